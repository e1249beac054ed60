"""What each of eleven people spent and got, worked out on paper."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from sim.measures.check import check_identities
from sim.measures.outcomes import Outcomes, outcomes, same_people
from tests.measures.made_by_hand import (
    COUPLE,
    DETERRED,
    FORGETFUL,
    HURRIED,
    LATE,
    MATE,
    NO_SHOW,
    REFUSED,
    UNCOUNTED,
    UNSERVED,
    WANDERER,
    eleven,
)

UNKNOWN = float("nan")


@pytest.fixture(scope="module")
def found() -> Outcomes:
    return outcomes(*eleven())


def values(column: np.ndarray, expected: dict[int, float]) -> None:
    """Assert the values of those named, and that nobody else has one."""
    everyone = [expected.get(row, UNKNOWN) for row in range(11)]
    np.testing.assert_allclose(column, everyone, rtol=1e-12)


def rows(column: np.ndarray) -> set[int]:
    return set(np.flatnonzero(column).tolist())


def test_the_journeys_made_by_hand_could_have_been() -> None:
    check_identities(*eleven())


def test_each_fate_is_told_from_the_others(found: Outcomes) -> None:
    everybody = set(range(11))
    assert rows(found.counted) == everybody - {UNCOUNTED}
    assert rows(found.applied) == everybody - {DETERRED}
    assert rows(found.served) == {COUPLE, MATE, WANDERER, HURRIED, UNCOUNTED}
    assert rows(found.deterred) == {DETERRED}
    assert rows(found.unserved) == {UNSERVED}
    assert rows(found.lost) == {NO_SHOW, REFUSED, FORGETFUL}
    assert rows(found.under_way) == {LATE}
    assert rows(found.visited) == everybody - {DETERRED, UNSERVED, NO_SHOW}


def test_the_wait_is_all_queueing_at_the_first_visit_from_the_opening_on(found: Outcomes) -> None:
    expected = {COUPLE: 10, MATE: 18, WANDERER: 0, HURRIED: 0, UNCOUNTED: 0, REFUSED: 0, FORGETFUL: 65}
    values(found.wait_minutes, expected)


def test_the_office_time_ends_with_the_interview_or_with_the_papers_sent_back(found: Outcomes) -> None:
    expected = {COUPLE: 25, MATE: 41, WANDERER: 10, HURRIED: 15, UNCOUNTED: 12, REFUSED: 12, FORGETFUL: 90}
    values(found.office_minutes, expected)


def test_lead_days_count_from_the_day_one_could_come_for_those_who_missed_nothing(found: Outcomes) -> None:
    values(found.lead_days, {COUPLE: 2, MATE: 2, WANDERER: 0, HURRIED: 0, LATE: 7, UNCOUNTED: 1, FORGETFUL: 1})


def test_days_to_the_passport_count_from_the_need_to_the_hand(found: Outcomes) -> None:
    couple = 8 + (5 + 14 / 60) / 24
    expected = {
        COUPLE: couple,
        MATE: couple,
        WANDERER: 9 + (13 + 32 / 60) / 24,
        HURRIED: (7 + 5 / 60) / 24,
        UNCOUNTED: 4 + (1 + 2 / 60) / 24,
    }
    values(found.days_to_passport, expected)


def test_one_of_a_party_makes_the_trip_to_collect_for_all(found: Outcomes) -> None:
    values(found.trips, {COUPLE: 2, MATE: 1, WANDERER: 4, HURRIED: 1, UNCOUNTED: 2})


def test_all_trips_count_there_and_back_at_their_own_durations(found: Outcomes) -> None:
    minutes = {
        COUPLE: 2 * (190 + 100),
        MATE: 2 * 190,
        WANDERER: 2 * (250 + 230 + 420 + 390),
        HURRIED: 2 * 33,
        UNCOUNTED: 120,
    }
    values(found.travel_hours, {row: total / 60 for row, total in minutes.items()})


def test_kilometres_are_those_of_the_roads_of_the_day(found: Outcomes) -> None:
    km = {COUPLE: 2 * (120 + 110), MATE: 2 * 120, WANDERER: 2 * (160 + 160 + 300 + 300), HURRIED: 30, UNCOUNTED: 60}
    values(found.travel_km, km)


def test_fares_are_those_of_the_roads_of_the_day_with_the_nights_away(found: Outcomes) -> None:
    thousands = {
        COUPLE: 2 * (60 + 55),
        MATE: 2 * 60,
        WANDERER: 2 * (80 + 80 + 150 + 150) + 2 * 250,
        HURRIED: 20,
        UNCOUNTED: 40,
    }
    values(found.fare_rupiah, {row: 1000 * total for row, total in thousands.items()})


def test_the_cost_is_fares_and_all_time_on_the_road_and_in_offices_at_ones_own_value(found: Outcomes) -> None:
    expected = {
        COUPLE: 230_000 + (580 + 25 + 14) / 60 * 12_000,
        MATE: 120_000 + (380 + 41) / 60 * 12_000,
        WANDERER: 1_420_000 + (2580 + 10 + 30 + 45 + 2) / 60 * 6000,
        HURRIED: 20_000 + (66 + 15 + 180) / 60 * 20_000,
        UNCOUNTED: 40_000,
    }
    values(found.cost_rupiah, expected)


def test_a_service_that_waits_for_the_break_to_end_is_a_wait() -> None:
    plan, draws, j = eleven()
    later: dict[str, Any] = {}
    for name in ("document_start_ms", "document_end_ms", "interview_start_ms", "interview_end_ms"):
        later[name] = getattr(j, name) + 5 * 3_600_000
    found = outcomes(plan, draws, dataclasses.replace(j, **later))
    assert found.wait_minutes[COUPLE] == 5 * 60 + 10


def test_people_are_the_same_where_moment_of_need_and_district_are() -> None:
    plan, draws, j = eleven()
    found = outcomes(plan, draws, j)
    assert same_people(found, outcomes(plan, draws, j))
    other = dataclasses.replace(draws, need_ms=draws.need_ms + 1)
    assert not same_people(found, outcomes(plan, other, j))
    other = dataclasses.replace(draws, district=np.roll(draws.district, 1))
    assert not same_people(found, outcomes(plan, other, j))
