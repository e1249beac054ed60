"""Claims of sim.stats.simultaneous and sim.stats.power."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiment.summarise import comparisons
from sim.stats.intervals import mean_intervals
from sim.stats.power import smallest_detectable
from sim.stats.simultaneous import ENOUGH, MOST, critical_value

RNG = np.random.default_rng(12)


def alike(n: int, k: int, correlation: float) -> np.ndarray:
    shared = RNG.normal(size=(n, 1))
    return np.sqrt(correlation) * shared + np.sqrt(1.0 - correlation) * RNG.normal(size=(n, k))


@pytest.mark.parametrize("n", [2, 5, ENOUGH - 1])
def test_few_replications_are_left_to_bonferroni(n: int) -> None:
    assert critical_value(alike(n, 6, 0.9), 0.95) == pytest.approx(stats.t.ppf(1 - 0.05 / 12, n - 1))


def test_a_large_family_is_left_to_bonferroni() -> None:
    k = MOST + 1
    assert critical_value(alike(ENOUGH, k, 0.9), 0.95) == pytest.approx(stats.t.ppf(1 - 0.025 / k, ENOUGH - 1))


def test_the_more_alike_differences_are_the_narrower_their_intervals() -> None:
    alone = stats.t.ppf(0.975, 59)
    critical = [critical_value(alike(60, 10, correlation), 0.95) for correlation in (0.0, 0.9, 0.999)]
    assert stats.t.ppf(1 - 0.0025, 59) >= critical[0] > critical[1] > critical[2]
    assert critical[2] == pytest.approx(alone, rel=0.08)


def test_differences_without_any_spread_do_not_matter() -> None:
    values = alike(40, 4, 0.5)
    with_constant = np.hstack([values, np.full((40, 1), 7.0)])
    assert critical_value(with_constant, 0.95) == critical_value(values, 0.95)
    assert critical_value(with_constant[:5], 0.95) == pytest.approx(stats.t.ppf(1 - 0.05 / 8, 4))


def test_the_table_has_intervals_that_hold_for_all_scenarios_together() -> None:
    rows = [
        (name, r, "travel_hours", "province", "province", "mean", value)
        for name, column in zip("abcd", alike(10, 4, 0.3).T, strict=True)
        for r, value in enumerate(column)
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])
    table = comparisons(frame, "a", 0.95, together=True)
    wide = (table["ci_high_simultaneous"] - table["ci_low_simultaneous"]) / (table["ci_high"] - table["ci_low"])
    assert wide.to_numpy() == pytest.approx(stats.t.ppf(1 - 0.05 / 6, 9) / stats.t.ppf(0.975, 9))
    assert comparisons(frame, "a", 0.95)["ci_low_simultaneous"].isna().all()


def test_intervals_that_hold_together_are_never_narrower_than_each_by_itself() -> None:
    """Of two pairs the quantile is that of two, and what has no interval is compared with nothing."""
    values = alike(10, 3, 0.3)
    values[:8, 1] = np.nan
    values[1:, 2] = np.nan
    rows = [
        (name, r, "travel_hours", "province", "province", "mean", value)
        for name, column in zip("abcd", np.hstack([np.zeros((10, 1)), values]).T, strict=True)
        for r, value in enumerate(column)
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])
    table = comparisons(frame, "a", 0.95, together=True).set_index("scenario")
    wide = (table["ci_high_simultaneous"] - table["ci_low_simultaneous"]) / (table["ci_high"] - table["ci_low"])
    # Two of the three have an interval.
    for name, pairs in (("b", 10), ("c", 2)):
        assert wide[name] == pytest.approx(stats.t.ppf(1 - 0.05 / 4, pairs - 1) / stats.t.ppf(0.975, pairs - 1))
    assert np.isnan(wide["d"])


@pytest.mark.parametrize("n", [3, 10, 40])
def test_the_smallest_detectable_difference_is_shown_in_80_of_100_experiments(n: int) -> None:
    trials, sd = 40_000, 2.0
    half = np.array([stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)])
    true = smallest_detectable(half, np.array([n]), 0.95)[0]
    found = mean_intervals(np.random.default_rng(n).normal(true, sd, (n, trials)), 0.95)
    assert np.mean(found.low > 0) == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / trials))


@pytest.mark.parametrize("tests", [2, 85])
def test_among_many_the_smallest_detectable_difference_passes_the_first_of_holms_steps(tests: int) -> None:
    trials, sd, n = 40_000, 2.0, 10
    half = np.array([stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)])
    true = smallest_detectable(half, np.array([n]), 0.95, tests=tests)[0]
    values = np.random.default_rng(tests).normal(true, sd, (n, trials))
    p = stats.ttest_1samp(values, 0.0).pvalue
    assert np.mean(p < 0.05 / tests) == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / trials))


def test_one_pair_could_have_shown_nothing() -> None:
    assert np.isnan(smallest_detectable(np.array([np.nan]), np.array([1]), 0.95)).all()


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        critical_value([1.0, 2.0, 3.0], 0.95)
    with pytest.raises(ValueError, match="found 95"):
        critical_value([[1.0], [2.0]], 95)
