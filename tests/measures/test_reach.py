"""Claims of sim.measures.reach: days of service, coverage and slots within reach, counted by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from sim.measures.access import access
from sim.measures.reach import ALL, Person, access_columns, persons, reach, slots_per_thousand
from sim.plan import Plan
from tests.model.small_province import merged, plan_of
from tests.services.small_services import ROOMY, programme, with_programmes
from tests.stats.test_catchments import pysal

ZONES = {60: 1.0, 120: 0.68, 180: 0.22}
CITY, TOWN, HILL, FAR = range(4)


def person(plan: Plan, name: str = ALL) -> Person:
    return next(person for person in persons(plan) if person.id == name)


def counted(plan: Plan, site: int) -> set[int]:
    """Days on which a site takes people in."""
    s = plan.sessions
    rows = (s.site == site) & plan.counted_sessions & (s.quota.sum(axis=1) > 0)
    return set(s.day[rows].tolist())


def test_days_of_service_are_those_on_which_any_place_within_reach_is_open() -> None:
    plan = plan_of({"period": {"to": "2023-04-20"}})
    office, near = counted(plan, 0), counted(plan, 1)
    found = reach(plan, person(plan))
    assert found.service_days(10).tolist() == [len(office), len(near), 0, 0]
    # The town has its sub-office on three weekdays, and the office 80 minutes off on all; the hill is 63 from the town.
    assert found.service_days(80).tolist() == [len(office), len(office | near), len(near), 0]
    assert found.service_days(1000).tolist() == [len(office | near)] * 4


def test_a_van_that_comes_k_times_gives_k_days_and_an_office_every_day() -> None:
    days = ["2023-04-04", "2023-04-06", "2023-04-11"]
    visits = [{"date": date, "place": "3.1"} for date in days]
    van = plan_of(merged(ROOMY, with_programmes(van=programme(visits=visits))))
    assert reach(van, person(van)).service_days(60)[FAR] == 3
    office = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    assert reach(office, person(office)).service_days(60)[FAR] == len(counted(office, 2))


def tied(plan: Plan) -> Plan:
    """People of the first two districts may apply at the office alone, others nowhere."""
    near = np.array([True, True, False, False])[:, None] & (np.arange(len(plan.sites.id)) == 0)
    behaviour = dataclasses.replace(plan.behaviour, open_catchment=False, working_area=near)
    return dataclasses.replace(plan, behaviour=behaviour)


@pytest.mark.parametrize("made", [plan_of, lambda: tied(plan_of({"sites": {"ukk_far": {"in_service": "always"}}}))])
def test_measures_of_everybody_are_the_access_measures_of_the_run(made: Callable[[], Plan]) -> None:
    plan = made()
    rows = access(plan, (15, 60, 90))
    known = dict(zip(zip(rows.measure, rows.level, rows.unit, strict=True), rows.value, strict=True))
    found, people = reach(plan, person(plan)), plan.districts.population
    for limit in (15, 60, 90):
        share = np.average(found.coverage(limit), weights=people)
        assert share == pytest.approx(known[f"coverage_{limit}_min", "province", "province"])
    for code, minutes in zip(plan.districts.code, found.nearest_minutes(), strict=True):
        assert minutes == pytest.approx(known["nearest_minutes", "district", code], nan_ok=True)


def test_minutes_are_the_area_above_coverage() -> None:
    visits = [{"date": f"2023-04-{number:02d}", "place": "3.1"} for number in (3, 5, 8, 15)]
    van = programme(visits=visits, overtime=True)
    plan = plan_of(merged(ROOMY, {"sites": {"kanim": {"staff": 20}}}, with_programmes(van=van)))
    found = reach(plan, person(plan))
    step = 0.5
    above = sum(1.0 - found.coverage(limit) for limit in np.arange(0.0, found.minutes.max() + step, step)) * step
    assert found.nearest_minutes() == pytest.approx(above, abs=step)


def open_on(days: list[str], place: str = "ukk_near") -> Plan:
    """The sub-office on some days of the week, which the office is not open on but Monday to Friday."""
    return plan_of({"sites": {place: {"sessions": {"weekdays": {"days": days}}}}})


def test_a_session_on_a_saturday_brings_a_place_nearer_as_one_on_a_friday_does() -> None:
    fridays, saturdays = open_on(["mon", "wed", "fri"]), open_on(["mon", "wed", "sat"])
    assert len(counted(fridays, 1)) == len(counted(saturdays, 1))
    near = []
    for plan in (fridays, saturdays):
        found, whole = reach(plan, person(plan)), len(counted(plan, 0))
        by_day = np.repeat(found.minutes[:, TOWN], found.days)
        near.append(found.nearest_minutes()[TOWN])
        assert near[-1] == pytest.approx(np.sort(by_day)[:whole].mean())
    # The roads get better in the period; days left for the far office are those on which they are good.
    assert near[1] <= near[0]


def test_a_weekend_shift_takes_nobody_further_away() -> None:
    plain, more = open_on(["mon", "wed", "fri"]), open_on(["mon", "wed", "fri", "sat", "sun"])
    near = [reach(plan, person(plan)).nearest_minutes() for plan in (plain, more)]
    assert (near[1] <= near[0]).all()
    assert near[1][TOWN] < near[0][TOWN]


def test_least_and_most_are_of_everybody_on_the_quickest_and_the_slowest_roads() -> None:
    plan = plan_of()
    slower = dataclasses.replace(plan.travel, duration_ms=plan.travel.duration_ms * 2)
    quicker = dataclasses.replace(plan.travel, duration_ms=plan.travel.duration_ms // 2)
    ends = tuple(dataclasses.replace(plan, travel=travel) for travel in (quicker, slower))
    columns = access_columns("small", plan, (60,), ZONES, ends)
    quick, slow = (reach(end, person(end)) for end in ends)
    assert columns["nearest_minutes_least"][:4] == quick.nearest_minutes().tolist()
    assert columns["nearest_minutes_most"][:4] == slow.nearest_minutes().tolist()
    assert columns["coverage_60_min_least"][:4] == slow.coverage(60).tolist()
    assert columns["coverage_60_min_most"][:4] == quick.coverage(60).tolist()
    for name in ("nearest_minutes_least", "coverage_60_min_most"):
        assert np.isnan(columns[name][4:]).all()


def test_who_is_tied_to_a_working_area_has_no_session_of_another_in_reach() -> None:
    plan = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    free, bound = (reach(each, person(each)) for each in (plan, tied(plan)))
    # The town has a sub-office that belongs to others now.
    assert bound.nearest_minutes()[CITY] == free.nearest_minutes()[CITY]
    assert bound.nearest_minutes()[TOWN] > free.nearest_minutes()[TOWN]
    assert np.isnan(bound.nearest_minutes()[[HILL, FAR]]).all()
    measured = access(tied(plan), (60,))
    at = dict(zip(zip(measured.measure, measured.level, measured.unit, strict=True), measured.value, strict=True))
    shares = plan.districts.population[:2] / plan.districts.population[:2].sum()
    assert at["nearest_minutes", "province", "province"] == pytest.approx(bound.nearest_minutes()[:2] @ shares)


def test_what_is_open_depends_on_the_person() -> None:
    plan = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    days = {each.id: reach(plan, each).service_days(60) for each in persons(plan)}
    # The far sub-office has no slots for the accelerated and issues no electronic passports.
    assert days["channel:priority"][FAR] == days[ALL][FAR] > 0
    assert days["channel:accelerated"][FAR] == days["passport:electronic"][FAR] == 0
    assert days["channel:accelerated"][TOWN] == days[ALL][TOWN]
    assert days["mobility:homebound"].tolist() == [0, 0, 0, 0]


def test_the_homebound_have_days_only_where_a_team_comes_and_need_not_travel() -> None:
    team = programme(audience="homebound", days=["tue"], reach="70 min")
    plan = plan_of(merged(ROOMY, with_programmes(bedside=team)))
    site = plan.sites.id.index(next(name for name in plan.sites.id if name not in ("kanim", "ukk_near")))
    found = reach(plan, person(plan, "mobility:homebound"))
    reached = plan.sites.reached[site]
    assert 0 < reached.sum() < 4
    assert found.service_days(0).tolist() == np.where(reached, len(counted(plan, site)), 0).tolist()
    assert np.isnan(found.nearest_minutes()).tolist() == (~reached).tolist()
    # Nobody else has them.
    without = plan_of(merged(ROOMY))
    assert (reach(plan, person(plan)).service_days(60) <= reach(without, person(without)).service_days(60)).all()


def test_people_tied_to_their_working_area_have_no_days_elsewhere() -> None:
    tied = plan_of({"choice": {"catchment": "working_area"}})
    area = tied.behaviour.working_area
    found = reach(tied, person(tied)).service_days(10_000)
    assert (found[~area.any(axis=1)] == 0).all()
    assert (found[area.any(axis=1)] > 0).all()


@pytest.mark.parametrize("changes", [{}, {"sites": {"ukk_far": {"in_service": "always"}}}])
def test_slots_of_all_people_are_the_slots_that_anybody_reaches(changes: dict[str, object]) -> None:
    plan = plan_of(merged(changes))
    s = plan.sessions
    years = (plan.counted_to_ms - plan.counted_from_ms) / 86_400_000 / 365
    slots = s.quota[plan.counted_sessions].sum() / years
    for score in slots_per_thousand(plan, ZONES):
        assert (score * plan.districts.population).sum() / 1000 == pytest.approx(slots)


def test_slots_of_a_plan_are_those_of_pysal_access() -> None:
    plan = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    s, people = plan.sessions, plan.districts.population
    years = (plan.counted_to_ms - plan.counted_from_ms) / 86_400_000 / 365
    # Each site is a point of supply for each stretch of time with the same roads.
    stretch = np.searchsorted(plan.travel.starts, s.day * 86_400_000, side="right") - 1
    points = [(road, site) for road in range(len(plan.travel.starts)) for site in range(len(plan.sites.id))]
    slots = [
        s.quota[plan.counted_sessions & (stretch == road) & (s.site == site)].sum() / years for road, site in points
    ]
    minutes = np.column_stack([plan.travel.duration_ms[road, :, site] / 60_000 for road, site in points])
    oracle = pysal(np.array(slots), people, minutes, ZONES) * 1000
    np.testing.assert_allclose(np.array(slots_per_thousand(plan, ZONES)), oracle, rtol=1e-12)


def test_slots_are_nearer_to_where_the_office_is() -> None:
    plain, zoned = slots_per_thousand(plan_of(), ZONES)
    assert plain[FAR] == zoned[FAR] == 0  # four hours from anywhere
    assert zoned[CITY] > plain[CITY]
    assert zoned[HILL] < zoned[TOWN]


def test_access_columns_hold_every_person_and_district_once() -> None:
    plan = plan_of()
    columns = access_columns("small", plan, (30, 60), ZONES)
    assert {len(values) for values in columns.values()} == {4 * len(list(persons(plan)))}
    named = ["scenario", "person", "district", "name", "regency", "population", "nearest_minutes"]
    assert list(columns)[: len(named)] == named
    of_hour = ["coverage_60_min", "service_days_60_min", "coverage_60_min_least", "coverage_60_min_most"]
    assert [name for name in columns if "60" in name] == of_hour
    assert not np.isnan(columns["slots_e2sfca"][:4]).any() and np.isnan(columns["slots_e2sfca"][4:]).all()
