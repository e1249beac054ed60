"""Textbook queues, as configurations of the ordinary model, against theory and arithmetic.

The table configs/textbook/exact.csv is checked against the formulas, and the model against the table: 12 runs of a
week each, within the t quantile at which all figures together would fail one time in a hundred were all right. The
queue at which most come is slow, and has 5 runs of two days.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import t

from sim import engines
from sim.drawing import draw
from sim.engines import compiled
from sim.measures.all import measure
from sim.plan import MINUTE_MS, Plan
from sim.randomness import Source
from tests.proof import truths
from tests.proof.queues import FOLDER, SEED, interview_wait, queue, rate, scheduled

RUNS = 12
FEW_RUNS = 5

with (FOLDER / "exact.csv").open(encoding="utf-8", newline="") as file:
    EXACT = list(csv.DictReader(file))
QUEUES = sorted({row["scenario"] for row in EXACT})
LIMIT = 1 - 0.01 / len(EXACT) / 2


def known(scenario: str, statistic: str = "mean", unit: str = "province") -> float:
    (found,) = (r for r in EXACT if (r["scenario"], r["statistic"], r["unit"]) == (scenario, statistic, unit))
    return float(found["known"])


# ------------------------------------------------------------------------------------------- the table and formulas


@pytest.mark.parametrize(
    ("name", "counters", "arrivals"), [("mm1", 1, 0.75), ("mm3", 3, 2), ("mm5", 5, 4.5), ("mm30", 30, 28.5)]
)
def test_the_table_says_of_several_counters_what_erlang_says(name: str, counters: int, arrivals: float) -> None:
    waits = truths.waits_at_all(arrivals, 1, counters)
    assert known(name, "share") == pytest.approx(waits, abs=1e-6)
    assert known(name) == pytest.approx(waits / (counters - arrivals), abs=1e-6)


@pytest.mark.parametrize(("name", "cv"), [("md1", 0), ("me1", 0.5**0.5), ("mm1_busy", 1), ("mg1", 1.5), ("mh1", 1.5)])
def test_the_table_says_of_one_counter_what_pollaczek_and_khinchine_say(name: str, cv: float) -> None:
    assert known(name) == pytest.approx(truths.wait_of_one(0.8, 1, cv), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "rates", "counters"),
    [("two_classes", [0.2, 0.6], 1), ("three_classes", [0.3, 0.3, 0.2], 1), ("classes_and_counters", [0.9, 1.5], 3)],
)
def test_the_table_says_of_classes_what_cobham_says(name: str, rates: list[float], counters: int) -> None:
    for number, wait in enumerate(truths.wait_of_classes(rates, 1, counters), 1):
        assert known(name, unit=f"channel:class_{number}") == pytest.approx(wait, abs=1e-6)


def test_the_table_is_right_about_batches_tandems_and_changing_rates() -> None:
    second = 1 / 2 + truths.waits_at_all(3, 2, 2) / (2 * 2 - 3)
    assert known("tandem") == pytest.approx(1 / (4 - 3) + second, abs=1e-6)
    assert known("batches") == pytest.approx(truths.wait_in_batches(0.3, {1: 0.5, 3: 0.5}, 1), abs=1e-6)
    by_hour = queue("hours", 2).hour_weights * 920
    assert known("hours") == pytest.approx(truths.wait_by_the_hour(by_hour, 1, 2), abs=1e-5)


# ----------------------------------------------------------------------------------------------- the model and theory


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "mm30" else []) for name in QUEUES]
)
def test_the_model_configured_as_a_textbook_queue_agrees_with_theory(name: str) -> None:
    short = name == "mm30"
    plan, runs = queue(name, 3 if short else 7), FEW_RUNS if short else RUNS
    figures = [row for row in EXACT if row["scenario"] == name]
    found = np.array([list(_measured(name, plan, figures, run)) for run in range(runs)])
    for row, values in zip(figures, found.T, strict=True):
        error = values.std(ddof=1) / np.sqrt(runs)
        off = (values.mean() - float(row["known"])) / error
        assert error < 0.12 * float(row["known"]), f"{row['figure']}: too uncertain, {error:.3f}"
        assert abs(off) < t.ppf(LIMIT, runs - 1), f"{row['figure']}: {values.mean():.4f} is off by {off:.1f} errors"


def _measured(name: str, plan: Plan, figures: list[dict[str, str]], run: int) -> Iterator[float]:
    draws = draw(plan, Source(SEED, run))
    rows, _ = measure(plan, draws, compiled.run(plan, draws), [60])
    table = {
        key[:4]: key[4] for key in zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True)
    }
    for row in figures:
        yield table[row["measure"], row["level"], row["unit"], row["statistic"]]


@pytest.mark.parametrize("name", [name for name in QUEUES if name != "mm30"])
def test_both_engines_give_the_same_journeys_in_every_textbook_queue(name: str) -> None:
    plan = queue(name, 2)
    draws = draw(plan, Source(SEED, 0))
    one, other = (engines.run(engine, plan, draws) for engine in ("simpy", "compiled"))
    for name in one._fields:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_a_counter_is_busy_with_its_load() -> None:
    plan, found = queue("mm1", 7), []
    for run in range(RUNS):
        draws = draw(plan, Source(SEED, run))
        rows, _ = measure(plan, draws, compiled.run(plan, draws), [60])
        found.append(rows.value[rows.measure.index("utilisation")])
    error = np.std(found, ddof=1) / np.sqrt(RUNS)
    assert error < 0.01
    assert abs(np.mean(found) - 0.75) < t.ppf(0.9975, RUNS - 1) * error


# ------------------------------------------------------------------------------------------------ exact by arithmetic

EVEN = {"service__interview": "1 min", "need__segments__class_1__per_year": rate(0.9)}


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("counters", [1, 2, 5])
def test_regular_arrivals_with_regular_service_below_capacity_never_wait(engine: str, counters: int) -> None:
    plan = queue("mm1", 2, sites__office__sessions__open__counters__interview=counters, **EVEN)
    draws = scheduled(plan, np.arange(2000) * (MINUTE_MS // counters))
    assert not interview_wait(engines.run(engine, plan, draws)).any()


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("counters", [1, 2, 5])
def test_regular_arrivals_above_capacity_wait_exactly_as_the_arithmetic_says(engine: str, counters: int) -> None:
    plan = queue("mm1", 2, sites__office__sessions__open__counters__interview=counters, **EVEN)
    gap, number = 10_500, np.arange(2000)
    draws = scheduled(plan, number * gap)
    start = number // counters * MINUTE_MS + number % counters * gap
    wait = np.maximum(start - number * gap, 0) / MINUTE_MS
    np.testing.assert_array_equal(interview_wait(engines.run(engine, plan, draws)), wait)


def test_a_batch_is_served_counter_by_counter() -> None:
    plan = queue("mm1", 2, sites__office__sessions__open__counters__interview=3, **EVEN)
    draws = scheduled(plan, np.arange(900) // 9 * (10 * MINUTE_MS))
    np.testing.assert_array_equal(
        interview_wait(compiled.run(plan, draws)), np.tile(np.repeat([0, 1, 2], 3), 100).astype(float)
    )


def test_two_classes_together_wait_as_one_class_does() -> None:
    # Services are alike in distribution but not one by one, so it is the work that is conserved, not each wait.
    plan = queue("two_classes", 3, service__interview="1 min")
    draws = draw(plan, Source(SEED, 1))
    flat = dataclasses.replace(plan, channels=dataclasses.replace(plan.channels, queue_class=np.array([1, 1])))
    here = draws.need_ms < plan.sessions.intake_close[0]
    with_priority, without = (interview_wait(compiled.run(p, draws))[here] for p in (plan, flat))
    assert with_priority.sum() == pytest.approx(without.sum())
    assert with_priority.max() > without.max()


def test_stretching_all_times_stretches_the_results() -> None:
    plan = queue("two_classes", 9)
    draws = draw(plan, Source(SEED, 2))
    early = scheduled(plan, draws.need_ms[draws.need_ms < 4 * 24 * 60 * MINUTE_MS])
    twice = dataclasses.replace(
        early, need_ms=2 * early.need_ms, wanted_ms=2 * early.wanted_ms, service_ms=2 * early.service_ms
    )
    short, long = compiled.run(plan, early), compiled.run(plan, twice)
    for name in ("arrive_ms", "document_start_ms", "interview_start_ms", "interview_end_ms"):
        np.testing.assert_array_equal(2 * short.first(name), long.first(name))


def test_it_is_an_office_open_day_and_night_without_a_way_to_it() -> None:
    plan = queue("mm1", 4)
    assert plan.travel.duration_ms[0, 0, 0] == 0
    draws = draw(plan, Source(SEED, 0))
    here = draws.need_ms < plan.sessions.intake_close[0]
    expected = 0.75 * 4 * 24 * 60
    assert abs(here.sum() - expected) < 4 * np.sqrt(expected)
    journeys = compiled.run(plan, draws)
    np.testing.assert_array_equal(journeys.first("arrive_ms")[here], draws.need_ms[here])
    np.testing.assert_array_equal(journeys.first("document_end_ms")[here], draws.need_ms[here])
