"""What journeys of several visits cost, while the roads change under way; worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import FIRST, REFERRED, RETURN
from sim.journeys import Status, compact
from sim.measures.applicants import outcomes
from sim.measures.check import check_identities
from sim.measures.outcomes import Outcomes
from sim.plan import DAY_MS
from tests.measures.handmade import NEAR, OFFICE, Story, blank, book, clock, collect, draws_of, session, visit
from tests.model.small_province import plan_of

ULU = 3
PILGRIM, REFERRED_ONE, FORGETFUL, LATE = range(4)
TRIP = clock(0, 5)


@pytest.fixture(scope="module")
def told() -> Story:
    """Four from the far district, around day 61, on which a toll road makes the office 235 km off and not 240.

    A pilgrim goes to the office before it opens and fetches the passport after. One lacks papers at the sub-office
    before, returns after, is referred to the office, and fetches there. One misses a first appointment and is then
    refused. One is still in the document check at the end of simulated time.
    """
    plan = plan_of()
    assert plan.travel.starts[1] == 61 * DAY_MS
    need = [clock(50, 9), clock(51, 9), clock(52, 9), clock(74, 9)]
    draws = draws_of(plan, need, [ULU] * 4, [1] * 4, 10_000)
    c = blank(4)
    c["tries"][:] = 1
    c["status"][:] = [Status.COLLECTED, Status.COLLECTED, Status.LOST_REFUSED, Status.UNDER_WAY]
    office = {day: session(plan, OFFICE, day) for day in (57, 63, 69, 77, 103)}
    near = {day: session(plan, NEAR, day) for day in (58, 65)}

    book(c, PILGRIM, OFFICE, office[57], need[0], clock(57, 9))
    visit(c, PILGRIM, FIRST, office[57], TRIP, [clock(57, 9), clock(57, 9), clock(57, 9, 6)], 0, 12)
    collect(c, PILGRIM, office[63], clock(63, 10), clock(63, 10), clock(63, 10, 6))

    book(c, REFERRED_ONE, NEAR, near[58], need[1], clock(58, 9))
    c["visit_session"][REFERRED_ONE, FIRST], c["trip_ms"][REFERRED_ONE, FIRST] = near[58], TRIP
    c["arrive_ms"][REFERRED_ONE, FIRST] = c["document_start_ms"][REFERRED_ONE, FIRST] = clock(58, 9)
    c["document_end_ms"][REFERRED_ONE, FIRST] = clock(58, 9, 6)
    visit(c, REFERRED_ONE, RETURN, near[65], TRIP, [clock(65, 9), clock(65, 9, 6), clock(65, 9, 12)], 6, 12)
    visit(c, REFERRED_ONE, REFERRED, office[69], TRIP, [clock(69, 9), clock(69, 9), clock(69, 9, 6)], 12, 12)
    collect(c, REFERRED_ONE, office[77], clock(77, 10), clock(77, 10), clock(77, 10, 6))

    for who, ready in ((PILGRIM, clock(62, 10)), (REFERRED_ONE, clock(76, 10))):
        c["issued_at"][who], c["ready_ms"][who], c["collect_trip_ms"][who] = OFFICE, ready, TRIP

    book(c, FORGETFUL, OFFICE, office[63], clock(60, 9), clock(63, 9))
    c["missed"][FORGETFUL], c["missed_session"][FORGETFUL] = 1, near[58]
    c["missed_channel"][FORGETFUL], c["missed_booked_ms"][FORGETFUL] = 0, need[2]
    visit(c, FORGETFUL, FIRST, office[63], TRIP, [clock(63, 9), clock(63, 9), clock(63, 9, 6)], 0, 12)

    book(c, LATE, OFFICE, office[103], need[3], clock(103, 9))
    c["visit_session"][LATE, FIRST], c["trip_ms"][LATE, FIRST] = office[103], TRIP
    c["arrive_ms"][LATE, FIRST] = clock(103, 9)
    return Story(plan, draws, compact(c))


@pytest.fixture(scope="module")
def found(told: Story) -> Outcomes:
    return outcomes(told.plan, told.draws, told.journeys)


def test_the_journeys_could_have_been(told: Story) -> None:
    check_identities(told.plan, told.draws, told.journeys)


def test_the_kilometres_of_each_trip_are_those_of_its_day(found: Outcomes) -> None:
    np.testing.assert_array_equal(found.travel_km[:2], [2 * (240 + 235), 2 * (180 + 180 + 235 + 235)])


def test_a_road_that_saves_the_night_saves_its_cost(found: Outcomes) -> None:
    before = 2 * 240 * 500 + 200_000
    np.testing.assert_array_equal(found.fare_rupiah[:2], [before + 2 * 235 * 500, 2 * (180 + 180 + 235 + 235) * 500])


def test_every_visit_and_the_collection_is_a_trip(found: Outcomes) -> None:
    np.testing.assert_array_equal(found.trips, [2, 4, np.nan, np.nan])
    np.testing.assert_array_equal(found.travel_hours, [2 * 2 * 5, 4 * 2 * 5, np.nan, np.nan])


def test_the_cost_holds_the_time_of_every_visit(found: Outcomes) -> None:
    in_offices = np.array([18 + 6, 6 + 30 + 30 + 6]) / 60
    expected = found.fare_rupiah[:2] + 10_000 * (found.travel_hours[:2] + in_offices)
    np.testing.assert_allclose(found.cost_rupiah[:2], expected, rtol=1e-12)


def test_wait_and_office_time_are_of_the_first_visit_alone(found: Outcomes) -> None:
    np.testing.assert_array_equal(found.wait_minutes, [0, 0, 0, np.nan])
    np.testing.assert_array_equal(found.office_minutes, [18, 6, 18, np.nan])


def test_who_missed_an_appointment_has_no_lead(found: Outcomes) -> None:
    np.testing.assert_array_equal(found.lead_days, [7, 7, np.nan, 103 - 74])
