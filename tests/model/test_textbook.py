"""The model, configured as one office open day and night, against the theory of queues.

Each mean is held against its theory by replications 0, 1, 2... of one seed: within 4 standard errors (a false alarm in
about 1 of 400 means with 8 replications), and with a standard error of at most 5 percent, so that the test can fail.
The first tenth of each day is left out, so that queues do not start empty.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.draws import FIRST, Draws, draw
from sim.engines import simpy_model
from sim.journeys import Journeys
from sim.plan import DAY_MS, Plan
from sim.randomness import Source
from tests.model.small_province import DAY_UNITS, UNIT_MS, textbook

SEED = 11
EXPONENTIAL = {"distribution": "expon", "mean": "4 s"}
Measure = Callable[[Draws, Journeys], np.ndarray]


def interview_wait(_: Draws, j: Journeys) -> np.ndarray:
    return (j.interview_start_ms - j.document_end_ms)[:, FIRST]


def time_in_system(_: Draws, j: Journeys) -> np.ndarray:
    return (j.interview_end_ms - j.arrive_ms)[:, FIRST]


def means(plan: Plan, measure: Measure, replications: int, by_class: int | None = None) -> np.ndarray:
    """Mean of a measure in each replication, in units, over those who came after the first tenth of the day."""
    found = []
    for replication in range(replications):
        draws = draw(plan, Source(SEED, replication))
        journeys = simpy_model.run(plan, draws)
        rows = draws.need_ms >= DAY_MS // 10
        if by_class is not None:
            rows = rows & (draws.channel == by_class)
        found.append(measure(draws, journeys)[rows].mean() / UNIT_MS)
    return np.array(found)


def agrees(found: np.ndarray, truth: float) -> None:
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert error < 0.05 * truth, f"too uncertain: {found.mean():.3f} ± {error:.3f}"
    assert abs(found.mean() - truth) < 4 * error, f"{found.mean():.3f} ± {error:.3f} against {truth}"


def test_one_exponential_counter_waits_as_m_m_1() -> None:
    agrees(means(textbook({1: 0.75}, EXPONENTIAL), interview_wait, 8), 3.0)


def test_one_exponential_counter_is_busy_with_its_load() -> None:
    plan = textbook({1: 0.75}, EXPONENTIAL)
    agrees(means(plan, lambda d, j: (interview_wait(d, j) > 0) * UNIT_MS, 4), 0.75)


def test_three_exponential_counters_wait_as_m_m_3() -> None:
    service = {"distribution": "expon", "mean": "40 s"}
    agrees(means(textbook({1: 0.2}, service, counters=3), interview_wait, 12), 4.444444)


@pytest.mark.parametrize(
    ("service", "truth"),
    [("4 s", 2.0), ({"distribution": "gamma", "mean": "4 s", "cv": 0.70710678}, 3.0)],
    ids=["deterministic", "erlang_2"],
)
def test_one_general_counter_waits_as_pollaczek_and_khinchine_say(service: Any, truth: float) -> None:
    agrees(means(textbook({1: 0.8}, service), interview_wait, 7), truth)


def test_two_classes_wait_as_cobham_says() -> None:
    plan = textbook({1: 0.2, 2: 0.6}, EXPONENTIAL)
    runs = [(d, simpy_model.run(plan, d)) for d in (draw(plan, Source(SEED, r)) for r in range(8))]
    for row, truth in ((0, 1.0), (1, 5.0)):
        found = [interview_wait(d, j)[(d.need_ms >= DAY_MS // 10) & (d.channel == row)].mean() for d, j in runs]
        agrees(np.array(found) / UNIT_MS, truth)


def test_two_stations_in_a_row_are_a_tandem_of_queues() -> None:
    # λ 3, μ 4 at one counter, then μ 2 at two: 2.142857, all times four times as long.
    plan = textbook(
        {1: 0.75}, {"distribution": "expon", "mean": "8 s"}, counters=2, document=EXPONENTIAL, document_counters=1
    )
    agrees(means(plan, time_in_system, 7), 4 * 2.142857)


def test_the_number_waiting_is_the_rate_times_the_wait() -> None:
    plan = textbook({1: 0.75}, EXPONENTIAL)
    draws = draw(plan, Source(SEED, 0))
    j = simpy_model.run(plan, draws)
    came, start = j.document_end_ms[:, FIRST], j.interview_start_ms[:, FIRST]
    moments = np.sort(np.concatenate([came, start]))
    waiting = np.searchsorted(np.sort(came), moments, "right") - np.searchsorted(np.sort(start), moments, "right")
    area = (waiting[:-1] * np.diff(moments)).sum()
    assert area == (start - came).sum()
    assert (waiting >= 0).all()


def scheduled(plan: Plan, need_ms: np.ndarray, **columns: np.ndarray) -> Draws:
    """Draws of a plan in which people come at set times, instead of at random."""
    draws = draw(plan, Source(SEED, 0))
    assert draws.parties == draws.applicants >= len(need_ms)
    n = len(need_ms)
    cut = {f.name: getattr(draws, f.name)[:n] for f in dataclasses.fields(draws)}
    return dataclasses.replace(draws, **(cut | {"need_ms": need_ms, "wanted_ms": need_ms} | columns))


@pytest.mark.parametrize("counters", [1, 2, 5])
def test_regular_arrivals_with_regular_service_below_capacity_never_wait(counters: int) -> None:
    plan = textbook({1: 0.5}, "4 s", counters)
    draws = scheduled(plan, np.arange(2000) * (UNIT_MS // counters))
    assert not interview_wait(draws, simpy_model.run(plan, draws)).any()


@pytest.mark.parametrize("counters", [1, 2, 5])
def test_regular_arrivals_above_capacity_wait_exactly_as_long_as_the_arithmetic_says(counters: int) -> None:
    plan = textbook({1: 0.5}, "4 s", counters)
    gap = 700
    draws = scheduled(plan, np.arange(2000) * gap)
    number = np.arange(2000)
    start = number // counters * UNIT_MS + number % counters * gap
    np.testing.assert_array_equal(
        interview_wait(draws, simpy_model.run(plan, draws)), np.maximum(start - number * gap, 0)
    )


def test_a_batch_is_served_counter_by_counter() -> None:
    plan = textbook({1: 0.5}, "4 s", 3)
    draws = scheduled(plan, np.arange(900) // 9 * (10 * UNIT_MS))
    expected = np.tile(np.repeat([0, 1, 2], 3), 100) * UNIT_MS
    np.testing.assert_array_equal(interview_wait(draws, simpy_model.run(plan, draws)), expected)


@pytest.mark.parametrize("counters", [1, 2, 3])
def test_more_counters_make_nobody_wait_longer(counters: int) -> None:
    service = {"distribution": "gamma", "mean": "4 s", "cv": 1.5}
    few, more = (textbook({1: 0.18 * counters}, service, c) for c in (counters, counters + 1))
    draws = draw(few, Source(SEED, 3))
    start = [simpy_model.run(plan, draws).interview_start_ms[:, FIRST] for plan in (few, more)]
    assert (start[1] <= start[0]).all()
    assert (start[1] < start[0]).any()


def test_two_classes_together_wait_as_one_class_does() -> None:
    # Services are alike in distribution but not one by one, so it is the work that is conserved, not each wait.
    service = "4 s"
    one, two = textbook({1: 0.2, 2: 0.6}, service), textbook({3: 0.2, 4: 0.6}, service)
    draws = draw(one, Source(SEED, 1))
    flat = dataclasses.replace(two, channels=dataclasses.replace(two.channels, queue_class=np.array([1, 1])))
    with_priority, without = (interview_wait(draws, simpy_model.run(p, draws)) for p in (one, flat))
    assert with_priority.sum() == without.sum()
    assert with_priority.max() > without.max()


def test_stretching_all_times_stretches_the_results() -> None:
    morning = [1.0] * 10 + [0.0] * 14
    plan = textbook({1: 0.15, 2: 0.15}, EXPONENTIAL, 1, hours=morning)
    draws = draw(plan, Source(SEED, 2))
    twice = dataclasses.replace(
        draws, need_ms=2 * draws.need_ms, wanted_ms=2 * draws.wanted_ms, service_ms=2 * draws.service_ms
    )
    short, long = simpy_model.run(plan, draws), simpy_model.run(plan, twice)
    for name in ("arrive_ms", "document_start_ms", "interview_start_ms", "interview_end_ms"):
        np.testing.assert_array_equal(2 * getattr(short, name)[:, FIRST], getattr(long, name)[:, FIRST])


def test_it_is_an_office_open_day_and_night_without_a_way_to_it() -> None:
    plan = textbook({1: 0.75}, EXPONENTIAL)
    assert plan.travel.duration_ms[0, 0, 0] == 0
    draws = draw(plan, Source(SEED, 0))
    journeys = simpy_model.run(plan, draws)
    assert abs(draws.parties - 0.75 * DAY_UNITS) < 4 * np.sqrt(0.75 * DAY_UNITS)
    np.testing.assert_array_equal(journeys.arrive_ms[:, FIRST], draws.need_ms)
    np.testing.assert_array_equal(journeys.document_end_ms[:, FIRST], draws.need_ms)
