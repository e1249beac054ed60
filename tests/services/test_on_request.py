"""Teams that come when they are asked: to groups, and to people who cannot travel."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.draws import Draws
from sim.journeys import Handover, Journeys, Status
from sim.measures.all import measure
from sim.measures.applicants import outcomes
from sim.measures.lines import check_lines
from sim.plan import COLLECTION, DAY_MS, NONE, Plan
from tests.model.audit import check_admitted_are_served, check_parties, check_quotas, services
from tests.model.small_province import Tree, certain, merged, plan_of, run
from tests.services.small_services import ROOMY, of_party, programme, rows, site, with_programmes

LARGE, SMALL = 40, 10
GROUPS: Tree = {
    "need": {
        "segments": {
            "groups": {
                "per_year": 3000,
                "weight": "population_2023",
                "party_size": {1: 0.2, 5: 0.8},
                "group_size": {SMALL: 0.5, LARGE: 0.5},
                "replacement": 0.3,
                "electronic": 0.3,
                "worth": "Rp 900000000000",
            }
        }
    }
}
EAZY = programme(
    name="Eazy",
    audience="groups",
    smallest_group=LARGE,
    reach="2 h",
    days=["mon", "wed"],
    quota={"ordinary": 60},
    handover="brought",
    brought_days={5: 1.0},
)
BEDSIDE = programme(
    name="Bedside", audience="homebound", days=["tue"], quota={"ordinary": 2}, team={"interview": 1, "other": 1},
    handover="brought", brought_days={4: 1.0},
)  # fmt: skip
SENT_TO_THE_OFFICE = merged(
    with_programmes(eazy=EAZY),
    {
        "papers": {"missing_new": 0.5, "missing_replacement": 0.5, "come_back": 1},
        "issue": {"working_days": {2: 0.2, 9: 0.8}},
    },
)
"""Half of a group come again with their papers to the office, where the whole party fetches its passports."""
HOMEBOUND: Tree = {
    "need": {
        "segments": {
            name: {"homebound": 0.04, "party_size": {1: 1.0}, "channels": {}} for name in ("religious", "general")
        }
    }
}


@cache
def with_eazy(**words: str) -> tuple[Plan, Draws, Journeys]:
    plan = plan_of(merged(certain(), ROOMY, GROUPS, with_programmes(eazy={**EAZY, **words})))
    return plan, *run(plan)


@cache
def with_bedside() -> tuple[Plan, Draws, Journeys]:
    plan = plan_of(merged(certain(), ROOMY, HOMEBOUND, with_programmes(bedside=BEDSIDE)))
    return plan, *run(plan)


def test_who_goes_in_vain_for_the_passports_of_others_goes_to_the_office_that_hands_them_out() -> None:
    plan = plan_of(merged(certain(), ROOMY, GROUPS, SENT_TO_THE_OFFICE))
    draws, journeys = run(plan)
    found = outcomes(plan, draws, journeys)
    brought = plan.sites.collect_at.take(journeys.issued_at) == NONE
    # Interviewed by the team, they make no trip of their own but to fetch what the others' party waits for.
    goes = np.flatnonzero(found.served & (journeys.vain_trips > 0) & (journeys.issued_at != NONE) & brought)
    assert len(goes) > 20
    assert (plan.sessions.site[journeys.collect_session[goes]] == 0).all()
    last = len(plan.travel.starts) - 1
    stretch = np.searchsorted(plan.travel.starts, journeys.collect_arrive_ms[goes], side="right") - 1
    late = goes[stretch == last]
    one_way_km = plan.travel.distance_m[last, of_party(draws, draws.district)[late], 0] / 1000
    np.testing.assert_allclose(found.travel_km[late], 2 * (1 + journeys.vain_trips[late]) * one_way_km)


def test_a_group_large_enough_is_visited_together_on_one_day_of_the_team() -> None:
    plan, draws, journeys = with_eazy()
    group = of_party(draws, draws.group)
    visited = np.isin(journeys.site, site(plan, "eazy"))
    assert visited.sum() > 200
    assert (of_party(draws, draws.group_people)[visited] >= LARGE).all()
    for number in np.unique(group[visited]):
        members = group == number
        assert members.sum() == LARGE
        assert len(np.unique(journeys.session[members])) == 1
        assert visited[members].all()


def test_the_team_visits_one_group_a_day_and_a_request_waits_for_its_first_free_day() -> None:
    plan, draws, journeys = with_eazy()
    group = of_party(draws, draws.group)
    there = np.flatnonzero(journeys.site == site(plan, "eazy"))
    asked: dict[int, tuple[int, int]] = {}
    for row in there:
        asked.setdefault(int(group[row]), (int(draws.need_ms[draws.party[row]]), int(journeys.session[row])))
    sessions = [session for _, session in asked.values()]
    assert len(sessions) == len(set(sessions))
    taken: set[int] = set()
    waited = 0
    for need, session in sorted(asked.values()):
        earliest = max(need + plan.behaviour.notice_ms, (need // DAY_MS + 1) * DAY_MS)
        could = [row for row in rows(plan, "eazy") if plan.sessions.intake_close[row] > earliest]
        free = [row for row in could if row not in taken]
        assert session == free[0]
        waited += could[0] in taken
        taken.add(session)
    assert waited > 0


def test_smaller_groups_and_those_beyond_reach_book_as_usual_in_parties() -> None:
    plan, draws, journeys = with_eazy()
    people, far = (
        of_party(draws, draws.group_people),
        of_party(draws, draws.district) == plan.districts.code.index("3.1"),
    )
    small = people == SMALL
    beyond = (people == LARGE) & far
    assert small.sum() > 50
    assert beyond.sum() > 0
    assert not (journeys.site[small | beyond] == site(plan, "eazy")).any()
    assert (journeys.status[small] == Status.COLLECTED).any()
    assert draws.size[draws.group != NONE].max() == 5


def test_nobody_outside_a_group_books_the_team() -> None:
    plan, draws, journeys = with_eazy()
    assert (of_party(draws, draws.group)[journeys.site == site(plan, "eazy")] != NONE).all()


def test_the_groups_of_a_scenario_without_the_team_are_the_same_people() -> None:
    _, with_team, _ = with_eazy()
    without, journeys = run(plan_of(merged(certain(), ROOMY, GROUPS)))
    assert np.array_equal(with_team.need_ms, without.need_ms)
    assert np.array_equal(with_team.size, without.size)
    assert np.array_equal(with_team.group_people, without.group_people)
    assert (journeys.session[of_party(without, without.group_people) == LARGE] != NONE).any()


def test_counters_close_at_home_only_on_days_for_which_a_group_has_asked() -> None:
    plan, draws, journeys = with_eazy()
    s = plan.sessions
    # The plan does not know who will ask.
    assert (s.counters[rows(plan, "kanim")] == [3, 5, 2]).all()
    check_lines(plan, journeys)
    held = np.unique(journeys.session[journeys.site == site(plan, "eazy")])
    away = {int(s.home_session[row]): s.takes[row] for row in held}
    most_away = most_usual = 0
    for station in services(plan, draws, journeys):
        if station.station == COLLECTION or s.site[station.session] != site(plan, "kanim"):
            continue
        takes = int(away.get(station.session, np.zeros(3, int))[station.station])
        if station.station == 0:
            busy = max(((station.start <= t) & (t < station.end)).sum() for t in station.start)
            most_away, most_usual = (max(most_away, busy), most_usual) if takes else (most_away, max(most_usual, busy))
    assert most_away <= 2 < most_usual


def test_laws_of_offices_hold_with_teams_on_request() -> None:
    for plan, draws, journeys in (with_eazy(), with_bedside()):
        check_quotas(plan, draws, journeys)
        check_admitted_are_served(plan, journeys)
        check_parties(draws, journeys)


def test_officers_who_are_out_on_request_are_counted_once() -> None:
    plan, draws, journeys = with_eazy()
    found, _ = measure(plan, draws, journeys, (60,))
    keys = zip(found.measure, found.level, found.unit, strict=True)
    value = dict(zip(keys, found.value, strict=True))
    team_days, out = value["team_days", "programme", "eazy"], value["officer_days", "programme", "eazy"]
    assert team_days > 2
    assert out == 3 * team_days
    assert value["officer_days", "programme", "kanim"] + out == 12 * value["team_days", "programme", "kanim"]


@pytest.mark.parametrize(("overnight_after", "all_of_them"), [("1 min", True), ("23 h", False)])
def test_a_team_on_request_stays_overnight_where_those_it_visits_are_too_far_away(
    overnight_after: str, all_of_them: bool
) -> None:
    plan, draws, journeys = with_eazy(overnight_after=overnight_after)
    found, _ = measure(plan, draws, journeys, (60,))
    keys = zip(found.measure, found.level, found.unit, strict=True)
    value = dict(zip(keys, found.value, strict=True))
    out = value["officer_days", "programme", "eazy"]
    assert out > 0
    assert value["officer_nights", "programme", "eazy"] <= out
    assert (value["officer_nights", "programme", "eazy"] > 0) == all_of_them
    assert value["officer_nights", "programme", "kanim"] == 0


def test_what_the_offices_of_a_kind_have_together_is_the_sum_of_what_each_has() -> None:
    plan, draws, journeys = with_eazy()
    found, _ = measure(plan, draws, journeys, (60,))
    keys = zip(found.measure, found.level, found.unit, strict=True)
    value = dict(zip(keys, found.value, strict=True))
    offices = np.flatnonzero(plan.sites.is_office).tolist()
    assert len(offices) > 1
    for name in ("team_days", "officer_days"):
        for kind in {plan.sites.programme[row] for row in offices}:
            each = [value[name, "site", plan.sites.id[row]] for row in offices if plan.sites.programme[row] == kind]
            assert sum(each) == value[name, "programme", kind] > 0


def test_people_who_cannot_travel_are_unserved_without_a_team_and_counted() -> None:
    plan = plan_of(merged(certain(), ROOMY, HOMEBOUND))
    draws, journeys = run(plan)
    homebound = of_party(draws, draws.homebound)
    assert homebound.sum() > 20
    assert (journeys.status[homebound] == Status.UNSERVED).all()
    found, _ = measure(plan, draws, journeys, (60,))
    keys = zip(found.measure, found.level, found.unit, found.statistic, strict=True)
    share = dict(zip(keys, found.value, strict=True))["unserved_share", "province", "province", "share"]
    assert share >= outcomes(plan, draws, journeys).counted[homebound].sum() / journeys.applicants > 0


def test_people_who_cannot_travel_are_visited_in_the_order_of_request_and_nobody_else_is() -> None:
    plan, draws, journeys = with_bedside()
    homebound = of_party(draws, draws.homebound)
    visited = journeys.site == site(plan, "bedside")
    assert visited.sum() > 10
    assert not (visited & ~homebound).any()
    assert not (homebound & (journeys.site != NONE) & ~visited).any()
    first = np.flatnonzero(visited & (journeys.tries == 1))
    assert (np.diff(journeys.session[first]) >= 0).all()
    assert np.bincount(journeys.session[visited]).max() == 2


def test_who_is_visited_makes_no_trip_and_gets_the_passport_brought() -> None:
    plan, draws, journeys = with_bedside()
    found = outcomes(plan, draws, journeys)
    served = found.served & (journeys.site == site(plan, "bedside"))
    assert served.sum() > 5
    assert (found.trips[served] == 0).all()
    assert (found.travel_hours[served] == 0).all()
    assert (journeys.handover[served] == Handover.BROUGHT).all()
    assert (journeys.first("trip_ms")[served] == 0).all()


def test_a_team_goes_no_further_than_its_reach() -> None:
    reach = with_programmes(bedside=BEDSIDE | {"reach": "2 h"})
    plan = plan_of(merged(certain(), ROOMY, HOMEBOUND, reach))
    draws, journeys = run(plan)
    far = of_party(draws, draws.homebound & (draws.district == plan.districts.code.index("3.1")))
    assert far.any()
    assert (journeys.status[far] == Status.UNSERVED).all()


def test_the_way_of_a_team_is_that_to_all_whom_it_visits_those_it_visits_again_too() -> None:
    papers = {"papers": {"missing_new": 0.6, "missing_replacement": 0.6, "come_back": 1}}
    few = {"need": {"segments": {name: {"homebound": 0.004} for name in ("religious", "general")}}}
    plan = plan_of(merged(certain(), ROOMY, HOMEBOUND, few, with_programmes(bedside=BEDSIDE), papers))
    draws, j = run(plan)
    row = site(plan, "bedside")
    furthest: dict[int, int] = {}
    again = 0
    returns = zip(j.later_applicant.tolist(), j.visit_session[j.applicants :].tolist(), strict=True)
    for who, session in [*enumerate(j.session.tolist()), *returns]:
        if session != NONE and plan.sessions.site[session] == row and plan.counted_sessions[session]:
            again += session not in j.session
            # No road of this province opens on the way to them.
            metres = int(plan.travel.team_m[0, draws.district[draws.party[who]], row])
            furthest[session] = max(furthest.get(session, 0), metres)
    assert again > 0, "somebody is visited again on a day on which nobody else is"
    found, _ = measure(plan, draws, j, (60,))
    keys = zip(found.measure, found.unit, strict=True)
    km = dict(zip(keys, found.value, strict=True))["team_km", "bedside"]
    assert km == pytest.approx(2 * sum(furthest.values()) / 1000)
