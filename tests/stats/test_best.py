"""Claims of sim.stats.best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.stats.best import best

ERROR = 1e-4
"""Chance that a right procedure fails a test of its coverage."""


def test_two_alternatives_are_compared_by_a_one_sided_t_test_of_their_pairs() -> None:
    values = np.random.default_rng(1).normal(size=(8, 2))
    difference = values[:, 0] - values[:, 1]
    width = stats.t.ppf(0.95, 7) * difference.std(ddof=1) / np.sqrt(8)
    found = best(values, 0.95)
    assert found.behind == pytest.approx([max(-difference.mean() + width, 0), max(difference.mean() + width, 0)])
    assert found.may_be.tolist() == [difference.mean() > -width, difference.mean() < width]


@pytest.mark.parametrize("n", [3, 10])
@pytest.mark.parametrize("correlation", [0.0, 0.95])
@pytest.mark.parametrize("means", [[0.0] * 6, [0.0, 0.1, 0.2, 0.3, 0.5, 1.0], [0.0, 0.0, 0.0, 0.0, 5.0, 5.0]])
def test_the_best_is_among_those_and_nobody_is_further_behind_as_often_as_it_says(
    means: list[float], correlation: float, n: int
) -> None:
    """Of 2,000 experiments with unequal spreads, not fewer keep the promise than chance allows a true 90%."""
    random, truth, trials = np.random.default_rng([n, int(100 * correlation), len(means)]), np.array(means), 2000
    spreads = np.linspace(0.5, 2.0, len(means))
    kept = 0
    for _ in range(trials):
        shared, own = random.normal(size=(n, 1)), random.normal(size=(n, len(means)))
        found = best(truth + spreads * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own), 0.9)
        kept += found.may_be[truth == truth.max()].any() and (found.behind >= truth.max() - truth - 1e-12).all()
    assert kept >= stats.binom.ppf(ERROR, trials, 0.9)


def test_what_chance_does_to_all_alike_does_not_count() -> None:
    random = np.random.default_rng(3)
    shared, own = 100 * random.normal(size=(6, 1)), 0.01 * random.normal(size=(6, 3))
    found = best(shared + own + [0.0, 1.0, 2.0], 0.95)
    assert found.may_be.tolist() == [False, False, True]
    assert found.behind == pytest.approx([2.0, 1.0, 0.0], abs=0.1)


def test_the_same_twice_may_both_be_the_best_and_neither_is_behind_the_other() -> None:
    column = np.random.default_rng(4).normal(size=(5, 1))
    found = best(np.hstack([column, column, column - 3.0]), 0.95)
    assert found.may_be.tolist() == [True, True, False]
    assert found.behind.tolist() == [0.0, 0.0, pytest.approx(3.0)]


def test_few_replications_that_happen_to_differ_by_the_same_tell_nothing() -> None:
    counts = np.array([[3.0, 4.0], [5.0, 6.0]])
    found = best(counts, 0.95)
    assert found.may_be.all()
    assert np.isinf(found.behind).all()
    assert best(np.tile(counts, (3, 1)), 0.95).may_be.tolist() == [False, True]


def test_what_a_plan_says_differs_by_what_it_differs_and_what_only_happens_to_be_whole_may_not() -> None:
    assert best(np.array([[1.0, 2.0], [1.0, 2.0]]), 0.95).may_be.all()
    found = best(np.array([[1.0, 2.0], [1.0, 2.0]]), 0.95, planned=True)
    assert found.may_be.tolist() == [False, True]
    assert found.behind.tolist() == [1.0, 0.0]


def test_one_without_a_value_is_not_the_best_and_does_not_widen_the_others() -> None:
    values = np.random.default_rng(5).normal(size=(6, 3))
    with_none = np.hstack([values, np.full((6, 1), np.nan)])
    found, alone = best(with_none, 0.95), best(values, 0.95)
    assert found.may_be.tolist() == [*alone.may_be.tolist(), False]
    assert found.behind[:3].tolist() == alone.behind.tolist()
    assert np.isnan(found.behind[3])


def test_one_that_has_no_value_in_some_replications_may_be_the_best_and_nobody_knows_by_how_much() -> None:
    values = np.array([[1.0, 20.0, 2.0], [1.5, 20.1, 2.4], [1.2, np.nan, 2.3], [1.1, 20.0, 2.2], [1.3, 20.0, 2.5]])
    found = best(values, 0.95)
    assert found.may_be.tolist() == [False, True, True]
    assert np.isinf(found.behind).all()
    # Each is ahead of the next where both have a value: nobody is told to be the best of a ring.
    ring = np.tile([[0.0, 1.0, np.nan], [np.nan, 0.0, 1.0], [1.0, np.nan, 0.0]], (3, 1))
    assert best(ring + np.random.default_rng(1).normal(0, 0.1, ring.shape), 0.95).may_be.all()


def test_how_far_one_is_behind_is_told_against_those_alone_that_may_be_the_best() -> None:
    """The third varies much and is clearly not the best: how far it may be ahead of the second says nothing."""
    random = np.random.default_rng(6)
    steady = random.normal([10.0, 5.0], 0.01, (8, 2))
    values = np.column_stack([steady, 5.0 + 2.0 * random.normal(size=8)])
    found = best(values, 0.95)
    assert found.may_be.tolist() == [True, False, False]
    assert found.behind[1] == pytest.approx(5.0, abs=0.1)


def test_sums_in_another_order_are_the_same() -> None:
    column = np.array([0.1, 0.2, 0.3, 0.4, 0.7])
    found = best(np.column_stack([column, column * (1 + 1e-15)]), 0.95)
    assert found.behind.tolist() == [0.0, 0.0]


def test_two_counts_that_happen_to_be_the_same_twice_are_not_sure_to_be() -> None:
    assert np.isinf(best(np.zeros((4, 2)), 0.95).behind).all()
    assert best(np.zeros((4, 2)), 0.95, planned=True).behind.tolist() == [0.0, 0.0]
    assert best(np.zeros((5, 2)), 0.95).behind.tolist() == [0.0, 0.0]


def test_a_single_alternative_is_the_best_and_none_are_none() -> None:
    assert best([[1.0], [2.0]], 0.95).may_be.tolist() == [True]
    assert best([[1.0], [2.0]], 0.95).behind.tolist() == [0.0]
    assert best(np.empty((3, 0)), 0.95).may_be.tolist() == []


def test_of_those_that_count_only_one_that_surely_does_rules_out_another() -> None:
    values = np.random.default_rng(7).normal([30.0, 20.0, 10.0, 40.0], 0.1, (6, 4))
    counts = {"keeps": [False, True, True, False], "may_keep": [True, True, True, False]}
    found = best(values, 0.95, **counts)
    assert found.may_be.tolist() == [True, True, False, False]
    assert found.behind[:3] == pytest.approx([0.0, 10.0, 20.0], abs=0.3)
    assert np.isnan(found.behind[3])


@pytest.mark.parametrize("counts", [{"keeps": [True, True], "may_keep": [True, False]}, {"keeps": [True]}])
def test_one_that_surely_counts_and_may_not_is_refused(counts: dict[str, list[bool]]) -> None:
    with pytest.raises(ValueError, match="one that surely counts may count"):
        best([[1.0, 2.0], [2.0, 3.0]], 0.95, **counts)


@given(arrays(float, (4, 5), elements=st.floats(-1e6, 1e6, width=32)), st.permutations(range(5)))
def test_the_order_of_alternatives_does_not_matter_and_the_one_with_the_largest_mean_may_be_the_best(
    values: np.ndarray, order: list[int]
) -> None:
    found, moved = best(values, 0.95), best(values[:, order], 0.95)
    assert moved.may_be.tolist() == found.may_be[order].tolist()
    assert np.array_equal(moved.behind, found.behind[order])
    assert found.may_be[values.mean(axis=0).argmax()]
    assert (found.behind >= 0).all()


@pytest.mark.parametrize(("values", "confidence"), [([1.0, 2.0], 0.95), ([[1.0, 2.0]], 1.0), ([[1.0, 2.0]], 0.0)])
def test_values_of_another_shape_and_a_confidence_out_of_range_are_refused(values: object, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"needs one row a replication|is not between 0 and 1"):
        best(values, confidence)  # type: ignore[arg-type]
