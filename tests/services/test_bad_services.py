"""Plans that cannot be: each is told with its key, what was found and what would be right."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from sim.cli import cli
from sim.outline import outline
from tests.model.small_province import FILE, Tree, merged, scenario, tables
from tests.services.small_services import ROOMY, outage, problems, programme, with_programmes


def van(**words: object) -> Tree:
    return merged(ROOMY, with_programmes(van=programme(**words)))


def visits(*rows: tuple[str, str]) -> Tree:
    return van(visits=[{"date": date, "place": place} for date, place in rows])


def test_a_visit_on_a_holiday_is_an_error() -> None:
    told = problems(visits(("2023-04-04", "2.1"), ("2023-05-01", "2.2")))
    assert "programmes.van.visits[1]: 2023-05-01 is a holiday" in told


def test_a_visit_on_a_day_on_which_home_is_closed_is_an_error_but_in_overtime() -> None:
    saturday = ("2023-04-15", "2.1")
    assert "programmes.van.visits[0]: the home office kanim holds no session on 2023-04-15" in problems(
        visits(saturday)
    )
    chosen = [{"date": saturday[0], "place": saturday[1]}]
    outline(scenario(van(visits=chosen, overtime=True, team={"other": 2})), tables())


def test_a_programme_whose_home_is_never_in_service_is_an_error() -> None:
    closed = {"sites": {"ukk_far": {"in_service": "never"}}}
    weekly = van(home="ukk_far", days=["sat"], overtime=True, team={})
    assert "programmes.van.home: the home office ukk_far holds no session on any simulated day" in problems(
        merged(weekly, closed)
    )


def test_a_visit_before_the_site_opens_is_an_error() -> None:
    late = merged(visits(("2023-03-30", "2.1")), {"sites": {"kanim": {"opened": "2023-04-03"}}})
    assert "the home office kanim holds no session on 2023-03-30, so it has no officers to send" in problems(late)


@pytest.mark.parametrize(
    ("place", "offered"),
    [
        ("2.10", "; did you mean '2.1'?"),
        ("bu kit", "; did you mean '2.2'?"),
        ("Bukitt", "; did you mean '2.2'?"),
        ("2", "such as those of the regency Tengah: '2.1' (Simpang), '2.2' (Bukit)"),
        ("tengah", "such as those of the regency Tengah: '2.1' (Simpang), '2.2' (Bukit)"),
        ("2.11", ""),
    ],
    ids=[
        "zeros of a spreadsheet",
        "a name",
        "a name misspelt",
        "a regency",
        "a regency's name",
        "a code like others, which are other places",
    ],
)
def test_a_visit_to_an_unknown_district_offers_the_code_that_is_meant(place: str, offered: str) -> None:
    told = problems(visits(("2023-04-04", place)))
    assert f"programmes.van.visits: there is no district '{place}'" in told
    assert offered in told
    assert ("did you mean" in told) == ("did you mean" in offered)


def test_a_round_over_an_unknown_district_is_an_error() -> None:
    turns = van(rotation={"places": ["2.1", "9.9"], "days": ["tue"]})
    assert "programmes.van.rotation.places: there is no district '9.9'" in problems(turns)


def test_two_visits_of_one_van_on_a_day_are_an_error() -> None:
    told = problems(visits(("2023-04-04", "2.1"), ("2023-04-04", "3.1")))
    assert "programmes.van.visits[1]: one team has two visits on 2023-04-04: 2.1 and 3.1" in told


def test_a_team_larger_than_the_office_is_an_error_with_the_arithmetic() -> None:
    told = problems(van(days=["tue"], team={"interview": 5}))
    assert "programmes.van.team: the team of Van is larger than its office can spare on 2023-03-07" in told
    assert "it takes 0 from the document check and 5 from the interview of kanim" in told
    assert "leave 3 and 5 counters that day" in told


def test_every_fault_is_told_at_once() -> None:
    told = problems(visits(("2023-05-01", "2.1"), ("2023-04-15", "nowhere"), ("2023-04-15", "2.1")))
    assert "is a holiday" in told
    assert "'nowhere'" in told
    assert "two visits on 2023-04-15" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {"days": ["tue"], "dates": ["2023-04-04"]},
            "found days, dates; take away the one that a base gives: dates: null",
        ),
        ({}, "needs one of days, weekends, dates, visits, rotation; found none"),
        ({"days": ["tue"], "handover": "brought"}, "handover: brought needs brought_days, such as {5: 0.25"),
        ({"days": ["tue"], "brought_days": {"8": 1.0}}, "days that a base gives: brought_days: null"),
        ({"days": ["tue"], "quota": {}}, "a programme without slots serves nobody"),
        ({"days": ["tue"], "counters": {"interview": 1}}, "a quota without a counter at the station document"),
        (
            {"days": ["tue"], "audience": "groups", "smallest_group": 31},
            "smallest_group 31 is more than the quota, 30: no group is visited",
        ),
        ({"rotation": {"days": ["tue"]}}, "needs either places or most_deterred"),
        (
            {"rotation": {"days": ["tue"], "places": ["1"], "most_deterred": 2}},
            "take away the one that a base gives: most_deterred: null or places: null",
        ),
        ({"days": ["tue"], "from": "2023-05-01", "to": "2023-04-01"}, "is before the start"),
        ({"weekends": {"weeks": [6], "days": ["sat"]}}, "less than or equal to 5"),
        ({"days": ["tue"], "intake": {"from": "12:00", "to": "09:00"}}, "the end is not after the start"),
    ],
)
def test_a_programme_that_cannot_be_read_is_an_error(words: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        scenario(van(**words))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"affects": ["intake"], "first": "2023-04-05"}, "needs both from and to"),
        ({"affects": ["intake"], "per_year": 2}, "needs both per_year and days"),
        ({"affects": ["intake"]}, "needs either from and to, or per_year and days"),
        ({"affects": ["intake"], "first": "2023-04-05", "last": "2023-04-04"}, "is before the start"),
        ({"affects": ["power"], "first": "2023-04-05", "last": "2023-04-06"}, "intake"),
    ],
)
def test_an_outage_that_cannot_be_read_is_an_error(words: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        scenario(outage(**words))


def test_a_quota_that_no_counters_could_serve_is_a_warning_with_the_arithmetic() -> None:
    made = outline(scenario(van(days=["tue"], quota={"ordinary": 70})), tables())
    check, interview = (str(w) for w in made.warnings if w.path == "programmes.van.quota")
    # Six hours less one of break: 70 checks of 5 minutes at one counter, 70 interviews of 11 minutes at two.
    assert "70 x 5 min are 350 min of work, 1 counter x 300 min are 300 min" in check
    assert "70 x 11 min are 770 min of work, 2 counters x 300 min are 600 min" in interview
    assert "at most 54 slots" in interview


def test_counters_that_a_team_leaves_open_and_that_are_too_few_are_a_warning_with_the_arithmetic() -> None:
    made = outline(scenario(van(days=["tue", "thu"], team={"document": 1, "interview": 3})), tables())
    (told,) = map(str, made.warnings)
    # Seven hours at home: 90 interviews of 11 minutes at five counters, less three.
    assert "sites.kanim.sessions.weekdays.quota: 90 slots" in told
    assert "90 x 11 min are 990 min of work, 2 counters x 420 min are 840 min that teams leave open on 2023-" in told
    days = made.sessions.first[-1] - made.sessions.first[-2]
    assert f"(Van); so it is on {days} days, on which people wait longer" in told
    assert "at most 76 slots on those days" in told
    assert warnings(van(days=["tue", "thu"], team={"document": 1, "interview": 2})) == []
    for words in ({"overtime": True}, {"audience": "homebound"}):
        enough = {"sites": {"kanim": {"staff": 14}}}
        assert warnings(merged(van(days=["tue"], team={"document": 1, "interview": 3}, **words), enough)) == [], words


def test_two_teams_of_one_day_are_told_together() -> None:
    two = {
        name.lower(): programme(name=name, days=["tue"], team={"interview": 2, "other": 1}) for name in ("Van", "Bus")
    }
    both = merged(ROOMY, with_programmes(**two))
    (told,) = warnings(both)
    assert "1 counter x 420 min are 420 min that teams leave open on 2023-" in told
    assert "(Van, Bus)" in told


def test_a_visit_to_a_group_that_its_counters_cannot_serve_is_a_warning_with_the_arithmetic() -> None:
    made = outline(scenario(van(days=["tue"], audience="groups", smallest_group=20, quota={"ordinary": 70})), tables())
    check, _ = (str(w) for w in made.warnings if w.path == "programmes.van.quota")
    assert "70 x 5 min are 350 min of work, 1 counter x 300 min are 300 min" in check


def test_a_group_larger_than_a_day_of_the_team_is_a_warning() -> None:
    groups = {"need": {"segments": {"general": {"group_size": {20: 0.5, 40: 0.5}}}}}
    team = van(days=["tue"], audience="groups", smallest_group=10)
    (told,) = (str(w) for w in outline(scenario(merged(team, groups)), tables()).warnings if "van" in w.path)
    assert "a day of the team holds 30 slots, so it visits no group of 40 people" in told
    roomy = van(days=["tue"], audience="groups", smallest_group=10, quota={"ordinary": 40})
    assert not [w for w in outline(scenario(merged(roomy, groups)), tables()).warnings if "van" in w.path]


MALL = {"road_node": "MID", "position": {"lat": 0, "lon": 0}}


@pytest.mark.parametrize(
    ("words", "more", "told"),
    [
        ({"days": ["sat"], "overtime": True}, {}, True),
        ({"days": ["sat"], "overtime": True}, {"choice": {"day_off": {"share": 0.3, "price": "Rp 100000"}}}, False),
        ({"days": ["fri", "sat"], "overtime": True}, {}, False),
        (
            {"days": ["sat"], "overtime": True, "venue": MALL},
            {},
            False,
        ),
    ],
)
def test_a_weekend_at_the_office_that_is_no_better_to_anybody_is_warned_of(words: Tree, more: Tree, told: bool) -> None:
    found = warnings(merged(with_programmes(shift=programme(**words)), more))
    assert any("is open on days off alone, in the rooms of kanim" in text for text in found) == told


def warnings(overrides: Tree) -> list[str]:
    return [str(warning) for warning in outline(scenario(overrides), tables()).warnings]


def test_a_service_that_never_happens_is_a_warning() -> None:
    (told,) = warnings(van(days=["sun"]))
    assert told.startswith("programmes.van: holds no session on any day of the period, as far as kanim is open on them")
    assert warnings(van(days=["tue"])) == []
    assert warnings(van(days=["sun"], enabled=False)) == []
    (told,) = warnings(van(days=["tue"], suspended=[{"from": "2022-01-01", "to": "2024-12-31"}]))
    assert " days are suspended\n    allowed: fewer days under `suspended`, or null in its place; days or" in told
    assert warnings(van(days=["tue"], **{"from": "2024-01-01"})) == [], "it begins later, as many do"


MALL: Tree = {"road_node": "MID", "position": {"lat": 0, "lon": 0.5}}


def test_a_place_that_follows_another_in_the_same_spot_is_a_warning_as_people_like_one_and_not_the_other() -> None:
    def told_of(**words: Any) -> list[str]:
        small: Tree = {"days": ["tue"], "venue": MALL, "team": {}, "overtime": True}
        first = programme(**small, name="Before", to="2023-04-04")
        return warnings(with_programmes(before=first, after=programme(**small | words)))

    (told,) = told_of(**{"from": "2023-04-05"})
    assert told.startswith("programmes.after: is another place than before to people's choice, with tastes of its own")
    assert "begins on 2023-04-11, after the end of that on 2023-04-04" in told
    assert told.endswith("allowed: one place, with the days between under `suspended`")
    assert told_of() == [], "both are there at once"
    assert told_of(**{"from": "2023-04-05", "kind": "mall"}) == []
    assert told_of(**{"from": "2023-04-05", "venue": None}) == [], "in the rooms of its home it has the taste of that"


def test_dates_that_leave_out_the_warm_up_or_the_run_out_are_a_warning() -> None:
    # Simulated from 1 March to 13 June, counted from 15 March to 14 May.
    every = [dt.date(2023, 3, 7) + dt.timedelta(days=7 * week) for week in range(14)]
    counted = [day for day in every if dt.date(2023, 3, 15) <= day <= dt.date(2023, 5, 14)]

    def told_of(dates: list[dt.date]) -> list[str]:
        listed = van(dates=[str(day) for day in dates], overtime=True, team={})
        return warnings(merged(listed, {"sites": {"kanim": {"staff": None}}}))

    assert told_of(every) == []
    (told,) = told_of(counted)
    assert told.startswith(
        "programmes.van.dates: there is no date before 2023-03-21, though the days from 2023-03-01 on"
    )
    assert "and after 2023-05-09, though the days until 2023-06-13 are simulated: whoever needs a passport" in told
    (told,) = told_of([day for day in every if day <= counted[-1]])
    assert told.startswith("programmes.van.dates: there is no date after 2023-05-09, though")
    assert told_of(counted[2:4]) == [], "two dates are no rule that goes on"


def test_a_team_smaller_than_its_counters_is_a_warning_as_no_more_officers_are_counted() -> None:
    (told,) = warnings(van(days=["tue"], team={"other": 1}))
    assert told.startswith("programmes.van.team: is 1 for 3 counters: no more are counted, and paid, than the team has")
    unlimited = {"sites": {"kanim": {"staff": None}}}
    none = merged(van(days=["tue"], team={}, overtime=True), unlimited)
    assert warnings(none) == [], "without one, the counters say how many"


def test_days_of_a_service_that_fall_away_as_its_home_is_shut_are_a_warning() -> None:
    shut = {"sites": {"kanim": {"sessions": {"weekdays": {"suspended": [{"from": "2023-04-03", "to": "2023-04-14"}]}}}}}
    for when in ({"days": ["tue"]}, {"rotation": {"places": ["2.1"], "days": ["tue"]}}):
        (told,) = warnings(merged(van(**when), shut))
        assert told.startswith("programmes.van: is not held on 2 of its days, 2023-04-04 among them, as kanim holds no")
        assert warnings(merged(van(**when, suspended=[{"from": "2023-04-01", "to": "2023-04-15"}]), shut)) == []
    unlimited = {"sites": {"kanim": {"staff": None}}}
    assert warnings(merged(van(days=["tue"], overtime=True, team={}), shut, unlimited)) == []


def test_a_suspension_of_days_on_which_the_rule_holds_no_session_is_a_warning() -> None:
    for days in (("2023-04-08", "2023-04-09"), ("2023-04-24", "2023-04-24")):
        weekend = {"suspended": [dict(zip(("from", "to"), days, strict=True))]}
        (told,) = warnings({"sites": {"kanim": {"sessions": {"weekdays": weekend}}}})
        assert told.startswith(f"sites.kanim.sessions.weekdays.suspended[0]: takes nothing away: from {days[0]} to")
        assert told.endswith(
            "allowed: days among mon, tue, wed, thu, fri that are no holidays, or `suspended: null` for none"
        )
    friday = {"suspended": [{"from": "2023-04-07", "to": "2023-04-09"}]}
    assert warnings({"sites": {"kanim": {"sessions": {"weekdays": friday}}}}) == []


@pytest.mark.parametrize("affects", [["intake"], ["printing"], ["intake", "printing"], ["same_day"]])
def test_an_outage_on_days_on_which_nothing_would_happen_is_a_warning(affects: list[str]) -> None:
    weekend = outage(affects=affects, first="2023-04-08", last="2023-04-09")
    (told,) = warnings(weekend)
    assert told.startswith("outages.failure.from: strikes nothing from 2023-04-08 to 2023-04-09: no session is held")
    assert warnings(outage(affects=affects, first="2023-04-08", last="2023-04-10")) == []
    on_saturdays = {"sites": {"kanim": {"printing_days": ["mon", "sat"]}}}
    assert bool(warnings(merged(weekend, on_saturdays))) == (affects == ["intake"])


def test_an_office_that_prints_fewer_books_than_there_are_slots_is_a_warning() -> None:
    slow = {"sites": {"kanim": {"printing_per_day": 200, "printing_days": ["wed"]}}}
    (told,) = warnings(merged(ROOMY, slow))
    assert told.startswith("sites.kanim.printing_per_day: can print ")
    assert "and there are " in told and "books pile up" in told
    enough = {"sites": {"kanim": {"printing_per_day": 200}}}
    assert warnings(merged(ROOMY, enough)) == []


def test_an_office_that_hands_out_books_alone_has_nobody_to_send() -> None:
    shut = {"suspended": [{"from": "2023-04-03", "to": "2023-04-14"}]}
    window = {"from": "09:00", "to": "11:00"}
    fetching = {"from": "2023-04-03", "to": "2023-04-14", "days": ["tue"], "intake": window, "seats_every": "30 min"}
    fetching |= {"quota": {"ordinary": 0}, "counters": {"collection": 1}, "collection": window}
    home = {"sites": {"kanim": {"sessions": {"weekdays": shut, "fetching": fetching}}}}
    (told,) = warnings(merged(van(rotation={"places": ["2.1"], "days": ["tue"]}), home))
    assert told.startswith("programmes.van: is not held on 2 of its days, 2023-04-04 among them, as kanim holds no")
    assert "another home that is" in told


def test_suspensions_without_effect_and_dates_that_fall_into_one_are_warnings() -> None:
    (told,) = warnings(van(days=["tue"], suspended=[{"from": "2022-05-01", "to": "2022-05-31"}]))
    assert told.startswith(
        "programmes.van.suspended[0]: is on no simulated day: it lasts from 2022-05-01 to 2022-05-31"
    )
    assert told.endswith("allowed: days within the period, or `suspended: null` for none")
    weekdays = {"suspended": [{"from": "2024-05-01", "to": "2024-05-31"}]}
    (told,) = warnings({"sites": {"kanim": {"sessions": {"weekdays": weekdays}}}})
    assert told.startswith("sites.kanim.sessions.weekdays.suspended[0]: is on no simulated day")
    (told,) = warnings(van(dates=["2023-04-04", "2023-04-11"], suspended=[{"from": "2023-04-10", "to": "2023-04-12"}]))
    assert told.startswith("programmes.van.suspended: 1 of 2 dates are suspended, 2023-04-11 among them")


def test_a_site_without_a_session_or_a_slot_is_a_warning() -> None:
    never = {"sites": {"ukk_near": {"sessions": {"weekdays": {"days": ["sun"], "to": "2023-03-01"}}}}}
    (told,) = warnings(never)
    assert told.startswith(
        "sites.ukk_near.sessions: holds no session on any day of the period on which it is in service"
    )
    empty = {"weekdays": {"quota": {"ordinary": 0, "priority": 0, "accelerated": 0}}}
    (told,) = warnings({"sites": {"ukk_near": {"sessions": empty}}})
    assert told.startswith("sites.ukk_near.sessions.weekdays: its sessions have no slot: nobody can book there")
    assert warnings({"sites": {"ukk_near": {"opened": "2030-01-01"}}}) == [], "it opens later, as many do"


def test_a_place_far_from_its_road_node_is_a_warning_that_trips_lead_to_the_node() -> None:
    assert warnings({}) == []
    (told,) = warnings({"sites": {"ukk_near": {"position": {"lat": 0, "lon": 0.6}}}})
    assert told.startswith("sites.ukk_near.position: is 11 km by air from the road node 'MID'")
    assert "allowed: the position of the node, lat 0, lon 0.5, or another node" in told
    venue = {"road_node": "MID", "position": {"lat": 1, "lon": 0.5}}
    (told,) = warnings(van(days=["tue"], venue=venue))
    assert told.startswith("programmes.van.venue.position: is 111 km by air from the road node 'MID'")


def test_two_places_of_one_name_in_service_are_a_warning_at_the_second_one() -> None:
    (told,) = warnings({"sites": {"ukk_near": {"name": "kanim Muara"}}})
    assert told.startswith("sites.ukk_near.name: kanim and ukk_near are both called 'kanim Muara': reports name them")
    (told,) = warnings(van(days=["tue"], name="UKK Simpang"))
    assert told.startswith("programmes.van.name: ukk_near and van are both called 'UKK Simpang'")
    assert warnings(van(days=["tue"], name="UKK Simpang", enabled=False)) == []
    assert warnings({"sites": {"ukk_far": {"name": "UKK Simpang"}}}) == [], "it is not in service"


def test_a_slip_in_the_population_of_a_district_is_a_warning_at_the_line_of_its_regency() -> None:
    known = tables()
    slipped = known.districts.population.copy()
    slipped[known.districts.code.index("2.1")] /= 10
    wrong = replace(known, districts=replace(known.districts, population=slipped))
    (told,) = map(str, outline(scenario({}), wrong).warnings)
    assert "regencies.csv:3: the districts of Tengah have 11,500 people together" in told
    assert "and it has 25,000 (population_2023)" in told
    columns = {name: column for name, column in known.regencies.columns.items() if name != "population_2023"}
    unknown = replace(wrong, regencies=replace(known.regencies, columns=columns))
    model = scenario({"need": {"segments": {name: {"weight": "capital"} for name in ("religious", "general")}}})
    assert outline(model, unknown).warnings == (), "nobody says how many people the regency has"


@pytest.mark.parametrize(("length", "told"), [(8.5, "8.5 km"), (85_000.0, "85000 km")])
def test_a_road_shorter_than_the_air_or_in_metres_is_a_warning_at_its_line(length: float, told: str) -> None:
    known = tables()
    lengths = known.roads.distance_km.copy()
    lengths[1] = length
    (warning,) = map(
        str, outline(scenario({}), replace(known, roads=replace(known.roads, distance_km=lengths))).warnings
    )
    assert f"roads.csv:3: column 'distance_km': the road between OFFICE and MID is {told} long; by air" in warning
    assert "allowed: kilometres, 0.9 to 5 times those by air; or other positions of these nodes" in warning


def test_a_kind_without_a_constant_is_a_warning_where_the_kind_that_others_are_told_against_is_named() -> None:
    desk = {"sites": {"ukk_near": {"kind": "desk"}}}
    assert warnings(desk) == [] == warnings({})
    (told,) = warnings(merged(desk, {"choice": {"kind_constants": {"kanim": "Rp 0"}}}))
    assert told.startswith("choice.kind_constants: has no constant for the kind 'desk' (ukk_near): Rp 0 is taken")
    assert "allowed: a value for desk, or one of the kinds that have one: " in told
    named = {"choice": {"kind_constants": {"kanim": "Rp 0", "ukk": "Rp 0"}}}
    mall = {"road_node": "MID", "position": {"lat": 0, "lon": 0.5}}
    (told,) = warnings(merged(named, van(days=["tue"], venue=mall)))
    assert "the kind 'outreach' (van)" in told
    assert warnings(merged(named, van(days=["tue"]))) == [], "held at home, it has the constant of its home"


PRICED = {"sites": {name: {"costs": {"per_session": "Rp 1"}} for name in ("kanim", "ukk_near")}}


def test_nights_of_a_team_without_a_price_and_a_price_without_nights_are_warnings() -> None:
    def told_of(**words: object) -> list[str]:
        return warnings(merged(PRICED, van(days=["tue"], **words)))

    assert told_of(overnight_after="3 h", costs={"per_night": "Rp 1"}) == []
    (told,) = told_of(overnight_after="3 h", costs={"per_year": "Rp 0"})
    assert told.startswith("programmes.van.overnight_after: nights of the team cost nothing")
    (told,) = told_of(costs={"per_night": "Rp 1"})
    assert told.startswith("programmes.van.costs.per_night: nights of the team have a price, and none is ever needed")
    assert told_of(costs={"per_night": "Rp 1"}, enabled=False) == []
    (told,) = warnings(merged(PRICED, {"sites": {"ukk_near": {"costs": {"per_night": "Rp 1"}}}}))
    assert told.startswith("sites.ukk_near.costs.per_night: is a price of a team on its way, and an office has none")


def test_a_service_without_costs_is_a_warning_where_others_have_some_unless_it_says_that_it_costs_nothing() -> None:
    assert warnings(van(days=["tue"])) == [], "nobody's costs are told"
    (told,) = warnings(merged(PRICED, van(days=["tue"])))
    assert told.startswith("programmes.van.costs: nothing is said of what it costs to run: Rp 0 is taken, and reports")
    assert "allowed: its prices, or {per_year: Rp 0} to be warned no more" in told
    assert warnings(merged(PRICED, van(days=["tue"], costs={"per_year": "Rp 0"}))) == []
    assert warnings(merged(PRICED, van(days=["tue"], enabled=False))) == []
    (told,) = warnings(van(days=["tue"], costs={"per_session": "Rp 1"}))
    assert told.startswith("sites.kanim.costs: nothing is said of what it costs to run (nor of ukk_near): Rp 0")
    later = {"sites": {"kanim": PRICED["sites"]["kanim"], "ukk_near": {"opened": "2030-01-01"}}}
    assert not any("costs to run" in text for text in warnings(later)), "it holds no session"
    given = merged(PRICED, van(days=["tue"], costs={"per_year": "Rp 1"}))
    assert warnings(given) == []
    (told,) = warnings(merged(given, {"programmes": {"van": {"costs": None}}}))
    assert told.startswith("programmes.van.costs: nothing is said of what it costs to run"), "null takes them away"


def test_check_says_which_places_hold_no_session_in_the_period(tmp_path: Path) -> None:
    file = tmp_path / "later.yaml"
    file.write_text(f"extends: {FILE}\nname: later\nsites:\n  ukk_near: {{opened: 2030-01-01}}\n")
    said = CliRunner().invoke(cli, ["check", str(file)]).output
    assert "sound; 1 place (ukk_near: no session in the period), " in said


def test_the_bundled_services_are_planned_without_a_warning() -> None:
    file = Path(__file__).parents[2] / "experiments" / "mobile_services.yaml"
    done = CliRunner().invoke(cli, ["check", str(file)])
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output


def test_a_quota_that_fits_is_no_warning() -> None:
    made = outline(scenario(van(days=["tue"], quota={"ordinary": 54})), tables())
    assert not [w for w in made.warnings if w.path.startswith("programmes.van")]


def test_check_prints_warnings_at_file_and_line_and_still_holds_the_file_for_sound(tmp_path: Path) -> None:
    file = tmp_path / "busy.yaml"
    file.write_text(
        f"extends: {FILE}\nname: busy\nsites:\n  kanim:\n    sessions:\n      weekdays:\n"
        "        quota: {ordinary: 99}\n"
    )
    done = CliRunner().invoke(cli, ["check", str(file)])
    assert done.exit_code == 0
    assert "busy.yaml:7: sites.kanim.sessions.weekdays.quota" in done.output
    assert done.output.count("warning: ") == 2
    assert "106 x 11 min are 1166 min of work, 1 counter x 420 min are 420 min" in done.output
    assert "sound; " in done.output


def test_a_mistake_in_a_service_is_not_told_as_one_in_the_constant_of_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "typo.yaml"
    file.write_text(
        f"extends: {FILE}\nname: typo\nchoice: {{kind_constants: {{outreach: Rp 5000}}}}\n"
        "programmes:\n  van: {kind: outreach, rotasi: {days: [tue]}}\n"
    )
    said = CliRunner().invoke(cli, ["check", str(file)]).output
    assert "programmes.van.rotasi: unknown key" in said
    assert "kind_constants" not in said


def test_check_tells_an_impossible_plan_at_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "away.yaml"
    file.write_text(
        f"extends: {FILE}\nname: away\nsites:\n  kanim: {{staff: 4}}\nprogrammes:\n  mall:\n    name: Mall\n"
        "    kind: outreach\n"
        "    home: kanim\n    dates: [2023-04-08]\n    overtime: true\n    intake: {from: '09:00', to: '12:00'}\n"
        "    seats_every: 30 min\n    quota: {ordinary: 10}\n    counters: {document: 1, interview: 1}\n"
        "    team: {other: 5}\n    handover: home\n"
    )
    done = CliRunner().invoke(cli, ["check", str(file)])
    assert done.exit_code == 2
    assert "away.yaml:4: sites.kanim.staff: 2023-04-08: 5 officers are asked for and 4 are there: Mall 5" in done.output
