"""Claims of sim.stats.intervals, held against scipy.stats, theory and a hand example."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.stats.intervals import holm, mean_interval, mean_intervals, paired_interval, paired_intervals


def test_two_pairs_say_nothing_of_what_pairing_was_worth() -> None:
    found = paired_interval([1.0, 2.0], [2.0, 2.5], 0.95)
    assert np.isnan([found.correlation, found.variance_reduction]).all()
    assert np.isfinite(paired_interval([1.0, 2.0, 4.0], [2.0, 2.5, 2.0], 0.95).correlation)


def test_mean_interval_is_the_t_interval_of_scipy() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 12)
    found = mean_interval(values, 0.9)
    low, high = stats.t.interval(0.9, df=11, loc=values.mean(), scale=stats.sem(values))
    assert (found.estimate, found.low, found.high) == pytest.approx((values.mean(), low, high), rel=1e-12)
    assert found.n == 12


def test_paired_interval_and_p_are_those_of_the_paired_t_test() -> None:
    rng = np.random.default_rng(2)
    a = rng.normal(5.0, 2.0, 10)
    b = a + rng.normal(0.3, 0.5, 10)
    found = paired_interval(a, b, 0.95)
    test = stats.ttest_rel(a, b)
    interval = test.confidence_interval(0.95)
    assert (found.difference, found.low, found.high) == pytest.approx(((a - b).mean(), interval.low, interval.high))
    assert found.p == pytest.approx(test.pvalue)
    assert found.correlation == pytest.approx(stats.pearsonr(a, b).statistic)
    assert found.variance_reduction == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))


def test_a_replication_without_a_value_is_left_out_and_not_counted() -> None:
    values = [1.0, np.nan, 2.0, 4.0]
    assert mean_interval(values, 0.95) == mean_interval([1.0, 2.0, 4.0], 0.95)
    assert mean_interval(values, 0.95).n == 3
    a, b = [1.0, np.nan, 2.0, 4.0, 7.0], [0.5, 3.0, np.nan, 3.0, 7.5]
    assert paired_interval(a, b, 0.95) == paired_interval([1.0, 4.0, 7.0], [0.5, 3.0, 7.5], 0.95)
    assert paired_interval(a, b, 0.95).n == 3


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [3.0], [np.nan, 3.0]])
def test_fewer_than_two_values_give_no_interval(values: list[float]) -> None:
    found = mean_interval(values, 0.95)
    assert np.isnan([found.low, found.high]).all()
    assert found.n == np.count_nonzero(~np.isnan(values))
    assert np.isnan(found.estimate) == (found.n == 0)
    paired = paired_interval(values, values, 0.95)
    assert np.isnan([paired.low, paired.high, paired.p]).all()


def test_equal_values_give_an_interval_of_no_width() -> None:
    found = mean_interval([0.1] * 7, 0.95)
    assert (found.estimate, found.low, found.high) == (0.1, 0.1, 0.1)


def test_scenarios_that_do_not_differ_have_difference_zero_and_p_one() -> None:
    a = np.random.default_rng(3).normal(size=9)
    found = paired_interval(a, a, 0.95)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert found.correlation == pytest.approx(1.0)
    assert found.variance_reduction == np.inf


def test_the_same_difference_in_every_pair_has_p_zero() -> None:
    found = paired_interval([0.75] * 5, [0.5] * 5, 0.95)
    assert (found.difference, found.low, found.high, found.p) == (0.25, 0.25, 0.25, 0.0)
    assert np.isnan([found.correlation, found.variance_reduction]).all()


def test_two_counts_that_happen_to_differ_by_the_same_are_no_proof() -> None:
    for of in (1, 100):
        found = paired_interval(np.array([11.0, 17.0]) / of, np.array([10.0, 16.0]) / of, 0.95)
        assert (found.difference, found.n) == (pytest.approx(1 / of), 2)
        assert np.isnan([found.low, found.high, found.p]).all()


def test_two_medians_of_whole_days_that_do_not_vary_are_no_proof_either_but_what_a_plan_says_is() -> None:
    a, b = np.full((3, 2), 13.0), np.full((3, 2), 12.0)
    found = paired_intervals(a, b, 0.95, [False, True])
    assert found.difference.tolist() == [1.0, 1.0]
    assert np.isnan([found.low[0], found.high[0], found.p[0]]).all()
    assert (found.low[1], found.high[1], found.p[1]) == (1.0, 1.0, 0.0)


def test_many_that_differ_by_the_same_are_no_coincidence() -> None:
    found = paired_interval(np.arange(10) + 105.0, np.arange(10) + 100.0, 0.95)
    assert (found.difference, found.low, found.high, found.p) == (5.0, 5.0, 5.0, 0.0)


def test_many_quantities_at_once_equal_each_by_itself() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.lognormal(size=(2, 8, 50))
    a[rng.random(a.shape) < 0.2] = np.nan
    together = paired_intervals(a, b, 0.95)
    means = mean_intervals(a, 0.95)
    for column in range(50):
        alone = paired_interval(a[:, column], b[:, column], 0.95)
        assert (alone.difference, alone.low, alone.p, alone.n) == (
            together.difference[column],
            together.low[column],
            together.p[column],
            together.n[column],
        )
        assert mean_interval(a[:, column], 0.95).high == means.high[column]


@pytest.mark.parametrize("n", [3, 10])
def test_the_95_percent_interval_covers_the_truth_95_times_in_100(n: int) -> None:
    # 40,000 trials: the standard error of the coverage is 0.0011, so that a right method fails here once in 17,000.
    trials = 40_000
    found = mean_intervals(np.random.default_rng(5).normal(10.0, 3.0, (n, trials)), 0.95)
    coverage = np.mean((found.low <= 10.0) & (found.high >= 10.0))
    assert coverage == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / trials))


def test_the_paired_test_rejects_a_true_null_5_times_in_100() -> None:
    trials = 40_000
    rng = np.random.default_rng(6)
    shared = rng.normal(size=(10, trials))
    a, b = shared + 0.3 * rng.normal(size=shared.shape), shared + 0.3 * rng.normal(size=shared.shape)
    found = paired_intervals(a, b, 0.95)
    assert np.mean(found.p < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.95 * 0.05 / trials))
    assert np.array_equal(found.p < 0.05, (found.low > 0) | (found.high < 0))


def test_holm_gives_the_hand_example() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04, and never less than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_out_tests_that_were_not_made() -> None:
    found = holm([0.01, np.nan, 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[1])
    assert len(holm([])) == 0


def test_holm_never_passes_one() -> None:
    assert holm([0.6, 0.7, 1.0]).tolist() == [1.0, 1.0, 1.0]


def test_holm_keeps_the_chance_of_any_false_claim_at_5_percent() -> None:
    # Correlated tests of true nulls: 4,000 families of 10, standard error 0.0034.
    rng = np.random.default_rng(7)
    shared = rng.normal(size=(8, 4000, 1))
    a = shared + rng.normal(size=(8, 4000, 10))
    p = paired_intervals(a, np.zeros_like(a), 0.95).p
    any_false = np.mean([holm(family).min() < 0.05 for family in p])
    assert any_false <= 0.05 + 4 * 0.0034


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="between 0 and 1, found 95"):
        mean_interval([1.0, 2.0], 95)
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)|\(2, 1\) and \(3, 1\)"):
        paired_interval([1.0, 2.0], [1.0, 2.0, 3.0], 0.95)
