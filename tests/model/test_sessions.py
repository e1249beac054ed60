"""Rules become sessions: on the right days, with the right windows, breaks, quotas and staff; and trips get prices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sim.drawing import draw
from sim.engines import simpy_model
from sim.errors import DataError
from sim.measures.reach import everybody, reach
from sim.plan import DAY_MS, HOUR_MS, MINUTE_MS, NONE, Plan
from sim.randomness import Source
from sim.sessions import SessionTables, next_row
from tests.model.small_province import merged, plan_of


def dates(plan: Plan, site: int) -> list[dt.date]:
    rows = slice(*plan.sessions.first[site : site + 2])
    return [plan.origin + dt.timedelta(days=int(day)) for day in plan.sessions.day[rows]]


def rule(**changes: Any) -> dict[str, Any]:
    return {"sites": {"kanim": {"sessions": {"weekdays": changes}}}}


def test_sessions_are_held_on_the_days_of_the_rule_and_never_on_holidays() -> None:
    held = dates(plan_of(), 0)
    assert {day.weekday() for day in held} == {0, 1, 2, 3, 4}
    assert dt.date(2023, 4, 20) in held
    for holiday in ("2023-03-22", "2023-04-21", "2023-04-24", "2023-05-01"):
        assert dt.date.fromisoformat(holiday) not in held
    assert dt.date(2023, 5, 1) in dates(plan_of(rule(on_holidays=True)), 0)


def test_the_period_begins_with_the_warm_up_and_ends_with_the_run_out() -> None:
    plan = plan_of()
    assert plan.origin == dt.date(2023, 3, 1)
    assert plan.counted_from_ms == 14 * DAY_MS
    assert plan.counted_to_ms == (14 + 61) * DAY_MS
    assert plan.horizon_ms == (14 + 61 + 30) * DAY_MS


def test_a_rule_holds_between_its_dates_and_a_site_between_its_opening_and_closing() -> None:
    held = dates(plan_of(rule(**{"from": "2023-04-03", "to": "2023-04-05"})), 0)
    assert held == [dt.date(2023, 4, day) for day in (3, 4, 5)]
    plan = plan_of({"sites": {"ukk_near": {"opened": "2023-03-15", "closed": "2023-03-20"}}})
    assert dates(plan, 1) == [dt.date(2023, 3, 15), dt.date(2023, 3, 17)]


def test_a_site_without_a_session_is_not_in_the_plan() -> None:
    assert plan_of().sites.id == ("kanim", "ukk_near")
    opens_later = {"sites": {"ukk_far": {"in_service": "by_date", "opened": "2025-01-01"}}}
    assert plan_of(opens_later).sites.id == ("kanim", "ukk_near")


def test_a_session_has_the_windows_of_its_rule_and_the_break_of_its_day() -> None:
    plan = plan_of()
    s = plan.sessions
    friday = int(np.flatnonzero((s.site == 0) & (s.day == 2))[0])
    start = 2 * DAY_MS
    assert plan.origin + dt.timedelta(days=2) == dt.date(2023, 3, 3)
    assert s.intake_open[friday] == start + 8 * HOUR_MS
    assert s.intake_close[friday] == start + 15 * HOUR_MS
    assert s.closes[friday] == start + 16 * HOUR_MS
    assert (s.collect_open[friday], s.collect_close[friday]) == (start + 9 * HOUR_MS, start + 15.5 * HOUR_MS)
    assert (s.break_open[friday], s.break_close[friday]) == (start + 11.5 * HOUR_MS, start + 13 * HOUR_MS)
    assert s.seats_every[friday] == 30 * MINUTE_MS
    assert s.quota[friday].tolist() == [14, 4, 3]
    assert s.counters[friday].tolist() == [1, 1, 1]


def test_a_rule_may_have_breaks_of_its_own() -> None:
    s = plan_of(rule(breaks={"fri": None, "mon": {"from": "10:00", "to": "10:15"}})).sessions
    at_office = s.site == 0
    weekday = (s.day + 2) % 7
    assert (s.break_open[at_office & (weekday == 4)] == NONE).all()
    assert (s.break_open[at_office & (weekday == 1)] == NONE).all()
    monday = at_office & (weekday == 0)
    assert (s.break_open[monday] % DAY_MS == 10 * HOUR_MS).all()


def test_two_sessions_of_a_site_that_overlap_are_refused() -> None:
    other = {"days": ["wed"], "intake": {"from": "14:00", "to": "18:00"}, "seats_every": "30 min"}
    other |= {"quota": {"ordinary": 5}, "counters": {"document": 1, "interview": 1}}
    with pytest.raises(DataError, match=r"sites\.kanim\.sessions\.evening.*overlaps the sessions of 'weekdays'"):
        plan_of({"sites": {"kanim": {"sessions": {"evening": other}}}})


def test_an_overlap_is_told_by_its_weekdays_and_the_first_day_of_the_period_and_not_of_the_warm_up() -> None:
    other = {"days": ["wed", "fri"], "intake": {"from": "14:00", "to": "18:00"}, "seats_every": "30 min"}
    other |= {"quota": {"ordinary": 5}, "counters": {"document": 1, "interview": 1}}
    evening = {"sites": {"kanim": {"sessions": {"evening": other}}}}
    with pytest.raises(DataError, match=r"at the same site, on wed, fri, first on 2023-03-15\n"):
        plan_of(evening)
    late = {"sites": {"kanim": {"sessions": {"evening": {**other, "from": "2023-03-20"}}}}}
    with pytest.raises(DataError, match=r"at the same site, on wed, fri, first on 2023-03-24\n"):
        plan_of(merged(evening, late))
    early = {"sites": {"kanim": {"sessions": {"evening": {**other, "to": "2023-03-10"}}}}}
    with pytest.raises(DataError, match=r"on wed, fri, first on 2023-03-01, outside the period that is counted\n"):
        plan_of(merged(evening, early))


def test_a_break_that_covers_the_intake_is_refused() -> None:
    with pytest.raises(
        DataError,
        match=r"sites\.kanim\.sessions\.weekdays\.intake.*covers the whole intake, on fri, first on 2023-03-17",
    ):
        plan_of(rule(intake={"from": "11:45", "to": "12:45"}, breaks={"fri": {"from": "11:30", "to": "13:00"}}))


def test_a_site_whose_parent_holds_no_session_is_refused() -> None:
    with pytest.raises(DataError, match=r"nobody prints the books of ukk_near"):
        plan_of({"sites": {"kanim": {"in_service": "never"}}})


def test_the_tables_find_the_next_session_with_intake_and_the_next_that_hands_out() -> None:
    plan = plan_of()
    tables, s = SessionTables(plan), plan.sessions
    for after in range(0, plan.horizon_ms, 5 * HOUR_MS):
        for site in (0, 1):
            mine = np.flatnonzero(s.site == site)
            later = mine[s.intake_open[mine] > after]
            assert tables.next_intake(site, after) == (later[0] if len(later) else NONE)
            handing_out = mine[s.collect_close[mine] > after]
            assert tables.next_collection(site, after) == (handing_out[0] if len(handing_out) else NONE)


def test_sessions_that_hand_out_nothing_are_passed_over() -> None:
    evening = {"days": ["mon", "thu"], "intake": {"from": "17:00", "to": "19:00"}, "seats_every": "30 min"}
    evening |= {"quota": {"ordinary": 5}, "counters": {"document": 1, "interview": 1}}
    closed = {"days": ["sat"], "intake": {"from": "08:00", "to": "10:00"}, "seats_every": "30 min", "quota": {}}
    closed |= {"counters": {"collection": 1}, "collection": {"from": "08:00", "to": "10:00"}}
    plan = plan_of({"sites": {"kanim": {"sessions": {"evening": evening, "saturday": closed}}}})
    tables, s = SessionTables(plan), plan.sessions
    mine = np.flatnonzero(s.site == 0)
    for after in range(0, plan.horizon_ms, 5 * HOUR_MS):
        handing_out = mine[(s.collect_open[mine] != NONE) & (s.collect_close[mine] > after)]
        assert tables.next_collection(0, after) == (handing_out[0] if len(handing_out) else NONE)
        admitting = mine[(s.quota[mine].sum(axis=1) > 0) & (s.intake_open[mine] > after)]
        assert tables.next_intake(0, after) == (admitting[0] if len(admitting) else NONE)


def test_the_next_row_of_each_row_stays_in_its_site() -> None:
    offers = np.array([[0], [1], [0], [0], [1]], dtype=bool)
    assert next_row(offers, np.array([0, 3, 5]))[:, 0].tolist() == [1, 1, NONE, 4, 4]


def test_books_are_sent_by_the_shares_of_the_site() -> None:
    tables = SessionTables(plan_of({"sites": {"ukk_near": {"sending_days": {1: 0.25, 4: 0.75}}}}))
    days = [tables.sending(1, ppb) for ppb in range(0, 1_000_000_000, 10_000_000)]
    assert (days.count(1), days.count(4)) == (25, 75)
    assert tables.sending(0, 500_000_000) == 0


def test_a_trip_costs_its_kilometres_at_least_the_minimum_and_half_a_night_where_it_is_long() -> None:
    plan = plan_of()
    fare = plan.travel.fare_rupiah[0]
    assert fare[0].tolist() == [5000, 64 * 500]
    assert fare[1].tolist() == [60 * 500, 5000]
    # 240 km and 5 h 20 min to the office; 180 km and 4 h to the sub-office.
    assert fare[3].tolist() == [240 * 500 + 100_000, 180 * 500]
    assert plan.travel.starts.tolist() == [0, 61 * DAY_MS]
    assert plan.travel.fare_rupiah[1, 3, 0] == 235 * 500


def test_a_working_area_is_the_office_of_the_regency_and_the_sites_whose_books_it_prints() -> None:
    second = {"name": "Other", "kind": "kanim", "road_node": "FAR", "position": {"lat": 0, "lon": 2}}
    session = {"days": ["mon"], "intake": {"from": "08:00", "to": "12:00"}, "seats_every": "30 min"}
    session |= {"quota": {"ordinary": 5}, "counters": {"document": 1, "interview": 1}}
    plan = plan_of({"sites": {"other": {**second, "sessions": {"mondays": session}}}})
    assert plan.sites.id == ("kanim", "ukk_near", "other")
    assert plan.behaviour.working_area.tolist() == [[True, True, False]] * 4


def test_working_days_go_on_after_the_horizon() -> None:
    plan = plan_of()
    inside = plan.working_days[plan.working_days < plan.n_days]
    assert [plan.origin + dt.timedelta(days=int(day)) for day in inside][:3] == [dt.date(2023, 3, d) for d in (1, 2, 3)]
    assert plan.working_days[-1] > plan.n_days + 300
    assert (np.diff(plan.working_days) > 0).all()


def test_a_session_that_goes_on_over_nights_takes_in_counts_and_is_near_on_all_its_days() -> None:
    nights = {"nights": 2, "days": ["mon"], "intake": {"from": "04:00", "to": "06:00"}, "closes": "07:00"}
    nights |= {"quota": {"ordinary": 600}, "collection": None, "counters": {"collection": 0}}
    plan = plan_of(merged(rule(**nights), {"sites": {"ukk_near": {"in_service": "never"}}}))
    s = plan.sessions
    assert (s.intake_close - s.intake_open == 2 * DAY_MS + 2 * HOUR_MS).all()
    assert (s.closes - s.intake_close == HOUR_MS).all()
    weight = reach(plan, everybody(plan)).nearest_days()[:, 0]
    assert weight.sum() == pytest.approx(1)
    draws = draw(plan, Source(1, 0))
    j = simpy_model.run(plan, draws)
    days_in = (j.first("arrive_ms") - s.intake_open[j.first("visit_session")])[j.first("arrive_ms") != NONE] // DAY_MS
    assert {1, 2} <= set(days_in.tolist())


def test_a_session_that_begins_before_another_has_ended_after_nights_is_refused() -> None:
    with pytest.raises(DataError, match="overlaps the sessions of 'weekdays'"):
        plan_of(rule(nights=1))
