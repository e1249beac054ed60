"""Claims of sim.stats.warm_up, and of the series it is used on."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from sim.measures.all import measure
from sim.measures.rows import Rows
from sim.measures.weeks import settling_days, settling_sites
from sim.plan import DAY_MS, NONE
from sim.stats.warm_up import Truncation, mser5
from tests.model.small_province import plan_of, run


def backlog(rows: Rows, level: str) -> dict[str, float]:
    """By unit."""
    every = zip(rows.measure, rows.level, rows.unit, rows.value, strict=True)
    return {unit: value for measure, at, unit, value in every if (measure, at) == ("backlog", level)}


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
    found = backlog(rows, "day")
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


def test_offices_share_the_backlog_out_among_them_on_the_first_days() -> None:
    plan = plan_of()
    draws, journeys = run(plan)
    rows, _ = measure(plan, draws, journeys, (60,))
    shown, of_all, of_office = settling_days(plan), backlog(rows, "day"), backlog(rows, "site_day")
    offices = [plan.sites.id[row] for row in settling_sites(plan).tolist()]
    assert shown == 2 * plan.counted_from_ms // DAY_MS or shown == 60
    assert {*offices} == {site for site, office in zip(plan.sites.id, plan.sites.is_office, strict=True) if office}
    assert len(of_office) == shown * len(offices)
    booked_at = plan.sessions.site[journeys.session]
    programmes = np.isin(booked_at, settling_sites(plan), invert=True) & (journeys.session != NONE)
    again, opens = journeys.booked_again, plan.sessions.intake_open
    for day in (3, 17, shown - 1):
        date, end = (plan.origin + dt.timedelta(days=day)).isoformat(), (day + 1) * DAY_MS
        waiting = (journeys.booked_ms < end) & (journeys.appointment_ms >= end) & programmes
        missed = again & (journeys.missed_booked_ms < end) & (opens[journeys.missed_session] >= end)
        missed &= np.isin(plan.sessions.site[journeys.missed_session], settling_sites(plan), invert=True)
        elsewhere = waiting.sum() + missed.sum()
        assert sum(of_office[f"{office} {date}"] for office in offices) + elsewhere == of_all[date]


def test_whose_session_is_closed_waits_on_until_the_one_they_come_to() -> None:
    """The office is closed from the twentieth counted day to the end: nobody is in it any more."""
    first = plan_of().origin + dt.timedelta(days=plan_of().counted_from_ms // DAY_MS + 20)
    closed = {"affects": ["intake"], "from": first.isoformat(), "to": "2026-12-31"}
    plan = plan_of({"outages": {"closed": closed}, "booking": {"no_show": 0}})
    draws, journeys = run(plan)
    rows, _ = measure(plan, draws, journeys, (60,))
    found = backlog(rows, "day")
    days = [found[(first + dt.timedelta(days=more)).isoformat()] for more in range(30)]
    assert all(later >= earlier for earlier, later in itertools.pairwise(days))
    assert days[-1] > days[0]
