"""Claims of sim.stats.warm_up, and of the series it is used on."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from sim.measures.all import measure
from sim.plan import DAY_MS, NONE
from sim.stats.warm_up import Truncation, mser5
from tests.model.small_province import plan_of, run


def test_a_series_that_starts_at_its_level_loses_nothing_or_little() -> None:
    rng = np.random.default_rng(1)
    left_out = [mser5(rng.normal(10.0, 1.0, 400)).observations for _ in range(200)]
    assert np.median(left_out) <= 20


def test_a_start_from_empty_is_left_out_until_it_is_forgotten() -> None:
    rng = np.random.default_rng(2)
    series = 100.0 * (1.0 - np.exp(-np.arange(400) / 15.0)) + rng.normal(0.0, 1.0, 400)
    found = mser5(series)
    assert found.decided
    assert 35 <= found.observations <= 100


def test_a_step_is_left_out_to_its_batch() -> None:
    series = np.r_[np.zeros(38), np.full(162, 5.0) + 0.01 * np.arange(162) % 0.02]
    assert mser5(series) == Truncation(40, True)


def test_the_statistic_is_that_of_the_paper() -> None:
    series = np.random.default_rng(3).normal(size=63).cumsum()
    batches = series[:60].reshape(12, 5).mean(axis=1)
    by_hand = [batches[d:].var() / (12 - d) for d in range(7)]
    assert mser5(series).observations == 5 * int(np.argmin(by_hand))


def test_a_series_that_settles_nowhere_is_not_decided() -> None:
    assert not mser5(np.arange(100.0)).decided


@pytest.mark.parametrize("series", [np.zeros(19), np.zeros((30, 2)), np.r_[np.zeros(30), np.nan]])
def test_series_that_cannot_be_truncated_are_refused(series: np.ndarray) -> None:
    with pytest.raises(ValueError, match="needs"):
        mser5(series)


def test_the_backlog_is_who_has_an_appointment_before_them_at_the_end_of_a_day() -> None:
    plan = plan_of()
    draws, journeys = run(plan)
    rows, _ = measure(plan, draws, journeys, (60,))
    found = {u: v for m, u, v in zip(rows.measure, rows.unit, rows.value, strict=True) if m == "backlog"}
    assert len(found) == plan.counted_to_ms // DAY_MS
    assert next(iter(found)) == plan.origin.isoformat()
    again = journeys.booked_again
    assert again.any()
    opens = plan.sessions.intake_open
    for day in (0, 5, 13, 40, len(found) - 1):
        end = (day + 1) * DAY_MS
        waiting = (journeys.booked_ms < end) & (journeys.appointment_ms >= end) & (journeys.session != NONE)
        waiting |= again & (journeys.missed_booked_ms < end) & (opens[journeys.missed_session] >= end)
        assert found[(plan.origin + dt.timedelta(days=day)).isoformat()] == waiting.sum()
    assert max(found.values()) > 0


def test_whose_session_is_closed_waits_on_until_the_one_they_come_to() -> None:
    """The office is closed from the twentieth counted day to the end: nobody is in it any more."""
    first = plan_of().origin + dt.timedelta(days=plan_of().counted_from_ms // DAY_MS + 20)
    closed = {"affects": ["intake"], "from": first.isoformat(), "to": "2026-12-31"}
    plan = plan_of({"outages": {"closed": closed}, "booking": {"no_show": 0}})
    draws, journeys = run(plan)
    rows, _ = measure(plan, draws, journeys, (60,))
    found = {u: v for m, u, v in zip(rows.measure, rows.unit, rows.value, strict=True) if m == "backlog"}
    days = [found[(first + dt.timedelta(days=more)).isoformat()] for more in range(30)]
    assert all(later >= earlier for earlier, later in itertools.pairwise(days))
    assert days[-1] > days[0]
