"""What applicants spend and get, against seven journeys worked out by hand."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from sim.draws import FIRST
from sim.journeys import Handover, Status, compact
from sim.measures.applicants import outcomes
from sim.measures.check import check_identities
from sim.measures.outcomes import Outcomes, same_people
from sim.measures.stages import stages
from sim.plan import DAY_MS, NONE
from tests.measures.handmade import OFFICE, Story, clock, dense, session, story

NAN = np.nan


@pytest.fixture(scope="module")
def told() -> Story:
    return story()


@pytest.fixture(scope="module")
def found(told: Story) -> Outcomes:
    return outcomes(told.plan, told.draws, told.journeys)


def test_fates_are_told_apart_and_only_needs_of_counted_days_count(found: Outcomes) -> None:
    assert found.counted.tolist() == [False, True, True, True, True, True, True]
    assert found.served.tolist() == [False, True, True, True, True, False, False]
    assert found.deterred.tolist() == [True, False, False, False, False, True, False]
    assert found.lost.tolist() == [False] * 6 + [True]
    assert found.applied.tolist() == [False, True, True, True, True, False, True]
    assert found.visited.tolist() == [False, True, True, True, True, False, False]
    assert not found.unserved.any()
    assert not found.under_way.any()


def test_needs_after_the_counted_days_do_not_count(told: Story) -> None:
    short = dataclasses.replace(told.plan, counted_to_ms=16 * DAY_MS)
    counted = outcomes(short, told.draws, told.journeys).counted
    assert counted.tolist() == [False, True, True, True, True, False, False]


def test_waits_are_those_of_both_queues_from_the_opening_on(found: Outcomes) -> None:
    np.testing.assert_allclose(found.wait_minutes, [NAN, 10 + 20, 15 + 30, 0, 5, NAN, NAN])


def test_time_in_the_office_ends_with_the_interview_or_when_papers_are_sent_back(found: Outcomes) -> None:
    np.testing.assert_allclose(found.office_minutes, [NAN, 45, 60, 20, 10, NAN, NAN])


def test_lead_days_are_days_to_the_slot_of_those_who_came(found: Outcomes) -> None:
    np.testing.assert_allclose(found.lead_days, [NAN, 4, 4, 1, 1, NAN, NAN])


def test_lead_days_count_from_the_day_one_could_come(told: Story) -> None:
    wanted = np.array(told.draws.wanted_ms)
    wanted[1], wanted[2] = clock(18, 0), clock(16, 0)
    o = outcomes(told.plan, dataclasses.replace(told.draws, wanted_ms=wanted), told.journeys)
    np.testing.assert_allclose(o.lead_days, [NAN, 1, 1, 0, 1, NAN, NAN])


def test_lead_days_run_to_the_session_held_instead_where_an_outage_closes_the_one_booked(told: Story) -> None:
    """The one from the city has booked day 16 and comes on day 19; before that there are no lead days of it."""
    closed = np.array(told.draws.closed)
    closed[told.journeys.session[3]] = True
    draws, c = dataclasses.replace(told.draws, closed=closed), dense(told.journeys)
    c["visit_session"][3, FIRST] = session(told.plan, OFFICE, 19)
    moments = ("arrive_ms", "document_start_ms", "document_end_ms", "interview_start_ms", "interview_end_ms")
    for name in moments:
        c[name][3, FIRST] += 3 * DAY_MS
    for name in ("ready_ms", "collect_end_ms"):
        c[name][3] += 3 * DAY_MS
    check_identities(told.plan, draws, compact(c))
    np.testing.assert_allclose(outcomes(told.plan, draws, compact(c)).lead_days, [NAN, 4, 4, 4, 1, NAN, NAN])

    for name in ("visit_session", "trip_ms", *moments):
        c[name][3, FIRST] = NONE
    for name in ("issued_at", "ready_ms", "collect_end_ms"):
        c[name][3] = NONE
    c["status"][3], c["handover"][3] = Status.UNDER_WAY, Handover.NOT_YET
    check_identities(told.plan, draws, compact(c))
    np.testing.assert_allclose(outcomes(told.plan, draws, compact(c)).lead_days, [NAN, 4, 4, NAN, 1, NAN, NAN])


def test_one_who_came_after_missing_an_appointment_has_no_lead_days(told: Story) -> None:
    missed = np.array(told.journeys.missed)
    missed[3] = 1
    o = outcomes(told.plan, told.draws, told.journeys._replace(missed=missed))
    np.testing.assert_allclose(o.lead_days, [NAN, 4, 4, NAN, 1, NAN, NAN])


def test_days_to_the_passport_run_from_need_to_hand(found: Outcomes) -> None:
    hours = [NAN, 8 * 24 + 10 / 60, 8 * 24 + 10 / 60, 24, 11 * 24 + 2 / 60, NAN, NAN]
    np.testing.assert_allclose(found.days_to_passport * 24, hours)


def test_the_way_to_the_passport_is_made_of_four_stages(found: Outcomes) -> None:
    days = {name: values[1:5] * 24 * 60 for name, values in stages(found)}
    visited, ended, ready = 19 * 1440 + 570, [19 * 1440 + 615, 19 * 1440 + 630], 22 * 1440 + 600
    need = 15 * 1440 + 540
    # 4 came again with papers three days after the first appointment, which is a stage of its own.
    np.testing.assert_allclose(days["days_before_visit"], [visited - need] * 2 + [20 * 60 + 40, 18 * 60 + 30])
    np.testing.assert_allclose(days["days_of_visits"][2:], [20, 3 * 1440 + 45])
    np.testing.assert_allclose(days["days_of_issue"][0] + days["days_of_visits"][0], ready - visited)
    np.testing.assert_allclose(days["days_of_visits"][:2], [end - visited for end in ended])
    np.testing.assert_allclose(days["days_before_handover"][2], 0, atol=1e-9)
    np.testing.assert_allclose(sum(values for _, values in stages(found)), found.days_to_passport)


def test_the_last_interview_is_that_of_the_last_visit(told: Story, found: Outcomes) -> None:
    ends = [max(row) for row in told.journeys.by_visit("interview_end_ms").tolist()]
    assert found.interviewed_ms.tolist() == ends
    assert ends[4] == told.journeys.by_visit("interview_end_ms")[4, 1] > told.journeys.first("arrive_ms")[4]


def test_trips_are_visits_and_the_collection_of_the_one_who_goes(found: Outcomes) -> None:
    np.testing.assert_allclose(found.trips, [NAN, 2, 1, 1, 3, NAN, NAN])


def test_hours_and_kilometres_go_both_ways(found: Outcomes) -> None:
    one_way = 5 + 20 / 60
    np.testing.assert_allclose(found.travel_hours, [NAN, 4 * one_way, 2 * one_way, 2 * 0.16, 0, NAN, NAN])
    np.testing.assert_allclose(found.travel_km, [NAN, 4 * 240, 2 * 240, 2 * 4, 0, NAN, NAN])


def test_fares_hold_one_night_for_each_long_trip_and_the_minimum_for_a_short_one(found: Outcomes) -> None:
    round_trip = 2 * 240 * 500 + 200_000
    fares = [NAN, 2 * round_trip, round_trip, 2 * 5000, 3 * 2 * 5000, NAN, NAN]
    np.testing.assert_allclose(found.fare_rupiah, fares)


def test_the_cost_is_fares_and_all_time_on_the_road_and_in_offices(found: Outcomes) -> None:
    one_way = 5 + 20 / 60
    couple = 4 * one_way + 45 / 60 + 10 / 60, 2 * one_way + 60 / 60
    hours = np.array([NAN, *couple, 2 * 0.16 + 20 / 60 + 3, 10 / 60 + 15 / 60 + 2 / 60, NAN, NAN])
    np.testing.assert_allclose(found.cost_rupiah, found.fare_rupiah + 10_000 * hours)


def test_the_same_people_are_known_by_their_moment_and_district(told: Story, found: Outcomes) -> None:
    assert same_people(found, outcomes(told.plan, told.draws, told.journeys))
    moved = story()
    moved.draws.district[0] = 1
    assert not same_people(found, outcomes(moved.plan, moved.draws, moved.journeys))
    later = story()
    later.draws.need_ms[2] += 1
    assert not same_people(found, outcomes(later.plan, later.draws, later.journeys))


def test_a_plan_that_was_sent_to_a_worker_needs_no_code_of_its_own(told: Story) -> None:
    """Compiled code is made for arrays of a kind: in a row or with gaps."""
    sent = pickle.loads(pickle.dumps(told.plan))
    for part in ("sessions", "travel", "sites"):
        before, after = getattr(told.plan, part), getattr(sent, part)
        for field in dataclasses.fields(before):
            values = getattr(before, field.name)
            if isinstance(values, np.ndarray):
                there = getattr(after, field.name)
                assert (values.dtype, values.flags.c_contiguous) == (there.dtype, there.flags.c_contiguous), field.name
