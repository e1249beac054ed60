"""Rules generate sessions: weekends, lists of dates, itineraries; and officers are in one place at a time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pytest
import yaml

from sim.drawing import draw
from sim.draws import CLOSED
from sim.engines import compiled
from sim.errors import Problem
from sim.journeys import columns
from sim.measures.all import measure
from sim.outline import outline
from sim.plan import DAY_MS, NONE, Ints, Plan
from sim.randomness import Source
from tests.model.small_province import merged, plan_of, run, scenario, tables
from tests.services.small_services import (
    ROOMY,
    Tree,
    dates,
    problems,
    programme,
    rows,
    site,
    weekdays,
    with_programmes,
)

WEEKENDS = programme(weekends={"weeks": [2, 4], "days": ["sat", "sun"]}, overtime=True, team={}, breaks={})
VAN = programme(rotation={"places": ["2.1", "2.2", "3.1"], "days": ["tue", "thu"]})


def roomy(*others: Tree) -> Tree:
    return merged(ROOMY, *others)


def test_second_and_fourth_weekends_are_held_unless_they_are_holidays() -> None:
    plan = plan_of(roomy(with_programmes(laksan=WEEKENDS)))
    # 1 April is a Saturday: the second weekend is 8 and 9, the fourth 22 (Idul Fitri, left out) and 23 April.
    april = [d for d in dates(plan, "laksan") if d.month == 4]
    assert april == [dt.date(2023, 4, 8), dt.date(2023, 4, 9), dt.date(2023, 4, 23)]


def test_a_sunday_belongs_to_the_weekend_of_its_saturday() -> None:
    plan = plan_of(roomy(with_programmes(laksan=WEEKENDS | {"weekends": {"weeks": [4], "days": ["sun"]}})))
    # The fourth Saturdays are 25 March, 22 April and 27 May.
    assert dates(plan, "laksan") == [dt.date(2023, 3, 26), dt.date(2023, 4, 23), dt.date(2023, 5, 28)]


EASTER = [{"from": "2023-04-03", "to": "2023-04-14"}]


def test_what_is_suspended_holds_no_session_on_these_days_and_is_the_same_place_before_and_after() -> None:
    whole = plan_of(roomy(with_programmes(laksan=WEEKENDS)))
    shorter = plan_of(roomy(with_programmes(laksan=WEEKENDS | {"suspended": EASTER})))
    left = [day for day in dates(whole, "laksan") if not dt.date(2023, 4, 3) <= day <= dt.date(2023, 4, 14)]
    assert dates(shorter, "laksan") == left != dates(whole, "laksan")
    both = [plan.sites.id for plan in (whole, shorter)]
    assert both[0] == both[1]
    costs = [draw(plan, Source(1, 0)).cost_rupiah for plan in (whole, shorter)]
    assert np.array_equal(*costs), "nobody likes it more or less"


def test_the_rules_of_an_office_and_an_itinerary_are_suspended_alike() -> None:
    office = {"sites": {"kanim": {"sessions": {"weekdays": {"suspended": EASTER}}}}}
    plan = plan_of(merged(roomy(office), with_programmes(van=VAN)))
    away = {dt.date(2023, 4, day) for day in range(3, 15)}
    assert not away & set(dates(plan, "kanim"))
    assert {dt.date(2023, 3, 31), dt.date(2023, 4, 17)} <= set(dates(plan, "kanim"))
    itinerary = VAN | {"rotation": VAN["rotation"] | {"suspended": EASTER}}
    plan = plan_of(roomy(with_programmes(van=itinerary)))
    held = sorted(day for place in ("2.1", "2.2", "3.1") for day in dates(plan, f"van@{place}"))
    assert not away & set(held)
    turns = [place for day in held for place in ("2.1", "2.2", "3.1") if day in dates(plan, f"van@{place}")]
    assert turns == [("2.1", "2.2", "3.1")[turn % 3] for turn in range(len(held))], "the round goes on where it stopped"


def test_days_count_as_suspended_where_no_session_with_slots_is_held_instead() -> None:
    def suspended(site: str, *trees: Tree) -> int:
        sites = plan_of(merged(roomy({}), *trees)).sites
        return int(sites.days_suspended[sites.id.index(site)])

    def weekdays(**rules: Any) -> Tree:
        return {"sites": {"kanim": {"sessions": {"weekdays": {"suspended": EASTER}, **rules}}}}

    van = VAN | {"rotation": VAN["rotation"] | {"suspended": EASTER}}
    held = sum(dt.date(2023, 4, 3) <= day <= dt.date(2023, 4, 14) for day in dates_of_van())
    assert suspended("laksan", with_programmes(laksan=WEEKENDS)) == 0
    assert suspended("laksan", with_programmes(laksan=WEEKENDS | {"suspended": EASTER})) == 2
    assert [suspended(f"van@{place}", with_programmes(van=van)) for place in ("2.1", "2.2", "3.1")] == [held] * 3
    assert held > 0
    assert suspended("kanim", weekdays()) == 10
    instead = {"days": ["mon", "tue"], "intake": {"from": "08:00", "to": "09:00"}, "seats_every": "30 min"}
    instead |= {"from": EASTER[0]["from"], "to": EASTER[0]["to"], "counters": {"document": 1, "interview": 1}}
    assert suspended("kanim", weekdays(few=instead | {"quota": {"ordinary": 5}})) == 10 - 4
    only_books = instead | {"quota": {}, "counters": {"collection": 1}, "collection": {"from": "08:00", "to": "09:00"}}
    assert suspended("kanim", weekdays(few=only_books)) == 10


def dates_of_van() -> list[dt.date]:
    plan = plan_of(roomy(with_programmes(van=VAN)))
    return [day for place in ("2.1", "2.2", "3.1") for day in dates(plan, f"van@{place}")]


def test_what_is_held_in_the_rooms_of_an_office_is_that_office_to_the_choice() -> None:
    mall = WEEKENDS | {"venue": {"road_node": "MID", "position": {"lat": 0, "lon": 0.5}}}
    services = with_programmes(shift=WEEKENDS, mall=mall)

    def costs(taste: str) -> dict[str, Ints]:
        """By place: costs to those who may be served by everybody, and who fetch a book that is printed."""
        constants = {"kanim": "Rp 5000", "outreach": "Rp 90000"}
        plan = plan_of(roomy({"choice": {"taste": taste, "kind_constants": constants}}, services))
        draws = draw(plan, Source(1, 0))
        found = draws.cost_rupiah[plan.channels.ready_after.take(draws.channel) == NONE]
        found = found[(found[:, [site(plan, place) for place in ("kanim", "shift", "mall")]] < CLOSED).all(axis=1)]
        return {place: found[:, row] for row, place in enumerate(plan.sites.id)}

    plain, spread = costs("Rp 0"), costs("Rp 30000")
    assert len(spread["kanim"]) > 100
    # Both are collected at the office: neither way nor constant nor taste tells one from the other.
    assert np.array_equal(plain["kanim"], plain["shift"])
    assert np.array_equal(spread["kanim"], spread["shift"])
    # A place of its own has a taste of its own.
    taste = {place: spread[place] - plain[place] for place in ("kanim", "mall")}
    assert np.mean(taste["kanim"] == taste["mall"]) < 0.01


def test_books_and_referrals_of_what_a_sub_office_holds_at_home_go_the_way_of_its_own() -> None:
    way = {"sites": {"ukk_near": {"referral": 0.2, "sending_days": {2: 0.5, 3: 0.5}}}}
    plan = plan_of(merged(way, with_programmes(shift=WEEKENDS | {"home": "ukk_near"})))
    office, shift = site(plan, "ukk_near"), site(plan, "shift")
    assert plan.sites.sending_days[office] == plan.sites.sending_days[shift] == {2: 0.5, 3: 0.5}
    assert plan.sites.referral_share[office] == plan.sites.referral_share[shift] == 0.2
    assert plan.sites.parent[office] == plan.sites.parent[shift] == site(plan, "kanim")
    draws, meant = run(plan)
    ours, theirs = columns(compiled.run(plan, draws)), columns(meant)
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_a_list_of_dates_and_a_venue_are_where_and_when_it_is_held() -> None:
    mall = {"road_node": "MID", "position": {"lat": 0, "lon": 0.5}}
    named = programme(dates=["2023-04-05", "2023-04-19", "2031-01-01"], venue=mall)
    plan = plan_of(roomy(with_programmes(mall=named)))
    assert dates(plan, "mall") == [dt.date(2023, 4, 5), dt.date(2023, 4, 19)]
    assert np.array_equal(
        plan.travel.duration_ms[:, :, site(plan, "mall")], plan.travel.duration_ms[:, :, site(plan, "ukk_near")]
    )


def test_an_itinerary_is_held_at_its_places_on_its_dates() -> None:
    visits = [{"date": "2023-04-04", "place": "2.2"}, {"date": "2023-04-06", "place": "3.1"}]
    plan = plan_of(roomy(with_programmes(van=programme(visits=visits))))
    assert dates(plan, "van@2.2") == [dt.date(2023, 4, 4)]
    assert dates(plan, "van@3.1") == [dt.date(2023, 4, 6)]
    at_home = plan.travel.duration_ms[:, plan.districts.code.index("3.1"), site(plan, "van@3.1")]
    assert (at_home == 0).all()  # the small province has no way inside a district


def test_a_rotation_visits_its_places_in_turn_on_days_when_home_is_open() -> None:
    plan = plan_of(roomy(with_programmes(van=VAN)))
    visited = sorted((date, place) for place in ("2.1", "2.2", "3.1") for date in dates(plan, f"van@{place}"))
    assert [place for _, place in visited] == [("2.1", "2.2", "3.1")[turn % 3] for turn in range(len(visited))]
    first, last = plan.origin, plan.origin + dt.timedelta(days=plan.n_days - 1)
    closed = {dt.date(2023, 3, 23)}  # the only Tuesday or Thursday of the period on which the office is closed
    expected = {*weekdays(first, last, "tue"), *weekdays(first, last, "thu")} - closed
    assert {date for date, _ in visited} == expected


def test_officers_in_their_free_time_go_round_on_days_on_which_home_is_shut_and_on_no_holiday() -> None:
    rule = {"rotation": {"places": ["2.1", "2.2"], "days": ["thu", "sat"]}, "overtime": True}
    plan = plan_of(roomy({"sites": {"kanim": {"staff": 20}}}, with_programmes(van=programme(**rule))))
    visited = {date for place in ("2.1", "2.2") for date in dates(plan, f"van@{place}")}
    first, last = plan.origin, plan.origin + dt.timedelta(days=plan.n_days - 1)
    saturdays = {*weekdays(first, last, "sat")} - {dt.date(2023, 4, 22)}  # the feast at the end of the fast
    assert {date for date in visited if date.weekday() == 5} == saturdays
    assert dt.date(2023, 3, 23) not in visited, "a day of leave"


def test_the_rule_that_a_warning_of_unfetched_books_names_mends_it() -> None:
    shut = {"suspended": [{"from": "2023-04-03", "to": "2023-05-12"}]}
    kept = {"collection": {"kept_for": "20 days"}}
    words = merged(kept, {"sites": {"kanim": {"sessions": {"weekdays": shut}}}})
    (warning,) = warned(words, "hands out no passports")
    rule = re.search(r"as `fetching: (\{.*\})`", warning.allowed)
    assert rule is not None
    added = {"sites": {"kanim": {"sessions": {"fetching": yaml.safe_load(rule.group(1))}}}}
    assert not warned(merged(words, added), "hands out no passports")


def warned(words: Tree, about: str) -> list[Problem]:
    """Warnings of a scenario that say something."""
    found = outline(scenario(words), tables()).warnings
    return [problem for problem in found if about in problem.what]


def test_a_rotation_can_be_of_some_weeks_of_the_month() -> None:
    rule = {"places": ["2.1", "2.2"], "days": ["tue"], "weeks": [1, 3]}
    plan = plan_of(roomy(with_programmes(van=programme(rotation=rule))))
    visited = sorted((date, place) for place in ("2.1", "2.2") for date in dates(plan, f"van@{place}"))
    first, last = plan.origin, plan.origin + dt.timedelta(days=plan.n_days - 1)
    tuesdays = [date for date in sorted(weekdays(first, last, "tue")) if (date.day - 1) // 7 in (0, 2)]
    assert [date for date, _ in visited] == tuesdays
    assert [place for _, place in visited] == [("2.1", "2.2")[turn % 2] for turn in range(len(tuesdays))]
    assert len(tuesdays) > 2


def test_a_rotation_by_deterred_people_goes_where_most_people_are_too_far() -> None:
    rule = {"most_deterred": 1, "days": ["tue"]}
    far = plan_of(roomy(with_programmes(van=programme(rotation=rule))))
    assert [name for name in far.sites.id if name.startswith("van@")] == ["van@3.1"]
    served = merged(with_programmes(van=programme(rotation=rule)), {"sites": {"ukk_far": {"in_service": "always"}}})
    near = plan_of(roomy(served))
    assert [name for name in near.sites.id if name.startswith("van@")] != ["van@3.1"]


def test_a_rotation_by_deterred_people_counts_what_a_day_off_costs_them_on_its_working_days_too() -> None:
    """Nobody can be won back to whom the day alone is too dear: places then stand in the order of their table."""
    rule = programme(rotation={"most_deterred": 2, "days": ["tue"]})

    def places(share: float) -> list[str]:
        day_off = {"choice": {"day_off": {"share": share, "price": "Rp 1900000000"}}}
        plan = plan_of(roomy(merged(with_programmes(van=rule), day_off)))
        return [name for name in plan.sites.id if name.startswith("van@")]

    usual = [name for name in plan_of(roomy(with_programmes(van=rule))).sites.id if name.startswith("van@")]
    assert places(0.0) == places(0.5) == usual
    assert places(1.0) == [f"van@{code}" for code in plan_of().districts.code[:2]] != usual


def test_a_team_away_closes_its_counters_at_home_that_day_and_no_other() -> None:
    plan, usual = plan_of(roomy(with_programmes(van=VAN))), plan_of(ROOMY)
    home = rows(plan, "kanim")
    out = np.isin(
        plan.sessions.day[home], plan.sessions.day[np.flatnonzero(plan.sessions.site > site(plan, "ukk_near"))]
    )
    missing = usual.sessions.counters[rows(usual, "kanim")] - plan.sessions.counters[home]
    assert out.sum() > 20
    assert (missing[out] == [1, 2, 0]).all()
    assert (missing[~out] == 0).all()
    assert (plan.sessions.officers[home] == np.where(out, 9, 12)).all()


def of_programme(plan: Plan, name: str, level: str = "programme") -> dict[str, float]:
    """What is measured of a programme in a run of a plan, by measure, or of another unit."""
    found, _ = measure(plan, *run(plan), (60,))
    rows = zip(found.measure, found.level, found.unit, found.value, strict=True)
    return {measured: value for measured, of, unit, value in rows if (of, unit) == (level, name)}


def test_overtime_closes_no_counter_and_is_counted_as_overtime() -> None:
    plan, usual = plan_of(roomy(with_programmes(laksan=WEEKENDS))), plan_of(ROOMY)
    assert np.array_equal(plan.sessions.counters[rows(plan, "kanim")], usual.sessions.counters[rows(usual, "kanim")])
    laksan, kanim = (of_programme(plan, name) for name in ("laksan", "kanim"))
    # Second and fourth weekends from 15 March to 14 May: 25, 26 March; 8, 9, 23 April; 13, 14 May. Three officers each.
    assert laksan["team_days"] == 7
    assert laksan["officer_days"] == laksan["overtime_officer_days"] == 21
    assert kanim["overtime_officer_days"] == 0


def test_days_kilometres_and_rupiah_of_a_van_are_counted() -> None:
    visits = [{"date": "2023-04-04", "place": "2.1"}, {"date": "2023-04-06", "place": "3.1"}]
    costs = {"per_year": "Rp 0", "per_session": "Rp 100000", "officer_day": "Rp 200000", "per_km": "Rp 1000"}
    plan = plan_of(roomy(with_programmes(van=programme(visits=visits, costs=costs))))
    value = of_programme(plan, "van")
    # There and back: 60 km to Simpang, 240 km to Ulu.
    assert value["team_days"] == 2
    assert value["team_km"] == 2 * (60 + 240)
    assert value["operating_rupiah"] == 2 * 100_000 + 6 * 200_000 + 600 * 1_000
    assert value["rupiah_per_passport"] == value["operating_rupiah"] / value["passports"]


def test_the_costs_of_a_year_are_those_of_the_counted_days_on_which_something_is_there() -> None:
    """61 days are counted, from 15 March to 14 May."""
    a_year = {"costs": {"per_year": "Rp 365000"}}
    visits = [{"date": "2023-04-04", "place": "2.1"}]
    van = programme(visits=visits, **a_year) | {"from": "2023-04-01", "to": "2023-04-10"}
    opened = {"in_service": "by_date", "opened": "2023-05-05", **a_year}
    never = {"in_service": "by_date", "opened": "2023-05-15", **a_year}
    sites = {"sites": {"kanim": a_year, "ukk_near": opened, "ukk_far": never}}
    plan = plan_of(merged(roomy(with_programmes(van=van)), sites))
    assert (plan.counted_to_ms - plan.counted_from_ms) // DAY_MS == 61
    values = {name: of_programme(plan, name)["operating_rupiah"] for name in ("kanim", "ukk", "van")}
    assert values == {"kanim": 61_000, "ukk": 10_000, "van": 10_000}
    province = of_programme(plan, "province", level="province")
    assert province["operating_rupiah"] == 81_000
    assert province["rupiah_per_passport"] == 81_000 / province["passports"]


@pytest.mark.parametrize(
    ("overnight_after", "nights"),
    [(None, 0), ("10 h", 0), ("320 min", 0), ("319 min", 3), ("80 min", 3), ("79 min", 6)],
)
def test_a_way_that_is_too_long_for_a_day_costs_each_officer_a_night(overnight_after: str | None, nights: int) -> None:
    """The ways take 80 and 320 minutes; each visit that takes longer than is said has three officers away overnight."""
    visits = [{"date": "2023-04-04", "place": "2.1"}, {"date": "2023-04-06", "place": "3.1"}]
    costs = {"per_session": "Rp 100000", "per_night": "Rp 700000"}
    van = programme(visits=visits, costs=costs, **({"overnight_after": overnight_after} if overnight_after else {}))
    plan = plan_of(roomy(with_programmes(van=van)))
    value = of_programme(plan, "van")
    assert value["officer_nights"] == nights
    assert value["operating_rupiah"] == 2 * 100_000 + nights * 700_000


def test_a_plan_that_asks_for_more_officers_than_there_are_names_date_site_and_claims() -> None:
    evening = programme(dates=["2023-04-04"], overtime=True)
    told = problems(roomy(with_programmes(laksan=evening)))
    assert "sites.kanim.staff: 2023-04-04: 13 officers are asked for and 12 are there: counters 10, Van 3" in told


def test_who_is_at_a_counter_can_leave_with_the_team_but_not_stay_behind() -> None:
    van = with_programmes(van=programme(dates=["2023-04-04"], team={"document": 1, "interview": 2, "other": 2}))
    plan_of(merged(ROOMY, van))
    told = problems(merged(ROOMY, van, {"sites": {"kanim": {"staff": 11}}}))
    assert "2023-04-04: 12 officers are asked for and 11 are there" in told
    assert "counters 10, Van 5, counters closed for Van -3" in told


MORNING_AND_AFTERNOON = {
    "weekdays": {"intake": {"from": "08:00", "to": "11:00"}, "counters": {"document": 3, "interview": 5}},
    "afternoons": {
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "intake": {"from": "13:00", "to": "15:00"},
        "seats_every": "30 min",
        "quota": {"ordinary": 20},
        "counters": {"document": 2, "interview": 3},
    },
}


@pytest.mark.parametrize("staff", [None, 12])
def test_officers_of_a_morning_and_an_afternoon_are_the_same_people(staff: int | None) -> None:
    office = {"sites": {"kanim": {"staff": staff}}}
    once = plan_of(roomy(office))
    twice = plan_of(roomy(merged(office, {"sites": {"kanim": {"sessions": MORNING_AND_AFTERNOON}}})))
    days = {name: (plan.sessions.site == 0).sum() for name, plan in (("once", once), ("twice", twice))}
    assert days["twice"] == 2 * days["once"]
    assert of_programme(once, "kanim")["officer_days"] == of_programme(twice, "kanim")["officer_days"] > 0


def test_officers_of_two_sessions_of_a_day_are_not_added_up() -> None:
    plan_of(merged(ROOMY, {"sites": {"kanim": {"staff": 10, "sessions": MORNING_AND_AFTERNOON}}}))


def test_a_team_closes_no_counters_of_an_office_with_two_sessions_on_that_day() -> None:
    two = {"sites": {"kanim": {"sessions": MORNING_AND_AFTERNOON}}}
    van = with_programmes(van=programme(dates=["2023-04-04"]))
    told = problems(merged(ROOMY, van, two))
    assert "programmes.van.team: the team of Van closes counters of kanim, which has 2 sessions on 2023-04-04" in told
    idle = with_programmes(van=programme(dates=["2023-04-04"], team={"other": 3}))
    plan_of(merged(ROOMY, idle, two, {"sites": {"kanim": {"staff": 13}}}))


def test_two_teams_may_not_leave_an_office_without_counters() -> None:
    both = with_programmes(van=programme(days=["tue"]), bus=programme(name="Bus", days=["tue"], team={"interview": 3}))
    assert "the team of Bus is larger than its office can spare" in problems(merged(ROOMY, both))


def test_coverage_counts_a_place_visited_k_days_as_k_days() -> None:
    from sim.measures.access import access

    def coverage(visits: int) -> float:
        first = ("2023-04-04", "2023-04-06", "2023-04-11")
        chosen = [{"date": date, "place": "3.1"} for date in first[:visits]]
        plan = plan_of(roomy(with_programmes(van=programme(visits=chosen)) if visits else {}))
        found = access(plan, (60,))
        key = ("coverage_60_min", "regency", "3")
        keys = zip(found.measure, found.level, found.unit, strict=True)
        return dict(zip(keys, found.value, strict=True))[key]

    working_days = 35  # from 15 March to 14 May, on which the office is open
    found = [coverage(visits) for visits in (0, 1, 3)]
    assert np.allclose(np.array(found) * working_days, [0, 1, 3], atol=0.02 * working_days)
