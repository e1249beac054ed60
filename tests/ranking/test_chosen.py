"""Which may be the best of those that keep limits: known answers, and how often what is told together is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiment.quantities import Quantity
from sim.ranking.chosen import chosen, is_over, keeps, left_for_the_best
from sim.stats.best import best
from sim.trying.asked import Asked
from sim.trying.states import State, state_of
from sim.trying.trials import CONFIDENCE

ERROR = 1e-4
"""Chance that a right procedure fails a test of its error rate."""
LIMIT = Asked(Quantity("s", None, "wait_minutes", "province", "province", "mean"), "<=", 0.0, "0")

CLEAR = np.array([0.0, 0.1, -0.1, 0.05, -0.05])
"""What chance adds in each replication, far less than what alternatives differ by here."""


def told(means: Sequence[float], states: Sequence[Sequence[State]], most: bool = True) -> tuple[list[int], list[float]]:
    """Which may be the best, and how far each is behind, of alternatives that differ clearly."""
    noise = [CLEAR, CLEAR[::-1], np.roll(CLEAR, 1), np.roll(CLEAR, 2)]
    values = {place: mean + noise[place] for place, mean in enumerate(means)}
    may_be, behind = chosen(values, dict(enumerate(states)), 0.5, most=most, planned=False)
    return [place for place, so in may_be.items() if so], [behind[place] for place in values]


def test_the_best_number_does_not_count_where_a_limit_is_not_kept_and_the_next_is_the_best() -> None:
    may_be, behind = told([30.0, 20.0, 10.0], [("kept", "not kept"), ("kept", "kept"), ("kept", "kept")])
    assert may_be == [1]
    assert np.isnan(behind[0])
    assert behind[1] == 0.0
    assert behind[2] == pytest.approx(10.0, abs=0.5)


def test_one_that_may_keep_the_limit_may_be_the_best_and_rules_out_nobody() -> None:
    """Were the first over the limit in truth, the second would be the best: neither can be left out."""
    may_be, behind = told([30.0, 20.0, 10.0], [("not clear",), ("kept",), ("kept",)])
    assert may_be == [0, 1]
    assert behind == pytest.approx([0.0, 10.0, 20.0], abs=0.5)
    # Not even the last can be left out where nobody surely keeps it.
    assert told([30.0, 20.0, 10.0], [("not clear",), ("not kept",), ("not clear",)])[0] == [0, 2]


def test_the_least_is_the_best_where_it_is_asked_for() -> None:
    assert told([30.0, 20.0, 10.0], [("kept",), ("kept",), ("not kept",)], most=False)[0] == [1]


def test_none_is_the_best_where_none_keeps_the_limits() -> None:
    may_be, behind = told([2.0, 1.0], [("not kept",), ("not kept",)])
    assert may_be == []
    assert np.isnan(behind).all()


def test_one_of_which_there_is_nobody_to_tell_is_not_over_the_limit_and_does_not_surely_keep_it() -> None:
    assert not is_over(["no value"])
    assert not keeps(["no value"])
    assert is_over(["no value", "not kept"])
    assert told([30.0, 20.0], [("no value",), ("kept",)])[0] == [0, 1]


def test_of_the_error_limits_take_half_of_what_their_intervals_may_be_wrong_and_the_best_has_the_rest() -> None:
    assert left_for_the_best(0.0) == pytest.approx(0.95)
    assert left_for_the_best(0.5) == pytest.approx(1 - 0.05 * 0.75)
    values = np.random.default_rng(1).normal(size=(6, 3))
    columns = dict(enumerate(values.T))
    _, behind = chosen(columns, dict.fromkeys(columns, ("kept",)), 0.5, most=True, planned=False)
    assert [*behind.values()] == best(values, left_for_the_best(0.5)).behind.tolist()


def experiment(
    random: np.random.Generator, means: np.ndarray, limited: np.ndarray, n: int, correlation: float
) -> tuple[dict[int, np.ndarray], dict[int, tuple[State, ...]]]:
    """Values and states of alternatives, by intervals that hold all together as those of the command do."""
    k, spreads = len(means), np.linspace(0.5, 2.0, len(means))[:, np.newaxis]
    shape = (n, k, 1 + limited.shape[1])
    shared, own = random.normal(size=(n, 1, shape[2])), random.normal(size=shape)
    truth = np.column_stack([means, limited])
    found = truth + spreads * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)
    # As many numbers as are told, with those of what they are against.
    reach = stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * (k + 1) * shape[2]), n - 1)
    middle, width = found.mean(axis=0), reach * found.std(axis=0, ddof=1) / np.sqrt(n)
    states: dict[int, tuple[State, ...]] = {}
    for place in range(k):
        rows: list[Mapping[str, float]] = [
            {"estimate": mean, "ci_low": mean - half, "ci_high": mean + half, "replications": n}
            for mean, half in zip(middle[place, 1:], width[place, 1:], strict=True)
        ]
        # A mapping does, and is made in a hundredth of the time of a series.
        states[place] = tuple(state_of(LIMIT, cast(pd.Series, row), True) for row in rows)
    return {place: found[:, place, 0] for place in range(k)}, states


def is_true(
    means: np.ndarray, limited: np.ndarray, values: dict[int, np.ndarray], states: dict[int, tuple[State, ...]]
) -> bool:
    """Whether everything that is told of two limits, of the best and of how far others are behind it is true."""
    may_be, behind = chosen(values, states, 2 / 3, most=True, planned=False)
    kept = limited <= 0.0
    right = all(
        (state != "kept" or kept[place, number]) and (state != "not kept" or not kept[place, number])
        for place, of_all in states.items()
        for number, state in enumerate(of_all)
    )
    counts = kept.all(axis=1)
    if not counts.any():
        return right
    most = means[counts].max()
    there = any(may_be[place] for place in np.flatnonzero(counts & (means == most)).tolist())
    return right and there and all(far >= most - means[place] - 1e-12 for place, far in behind.items() if far == far)


CASES = {
    "the best is at the limit": ([0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]),
    "the best number is just over it": ([2.0, 0.0, 0.0, 0.0, 0.0], [0.001, -1.0, -1.0, 0.0, 3.0]),
    "all far from it": ([0.0, 0.1, 0.2, 0.3, 0.4], [-9.0, -9.0, -9.0, 9.0, 9.0]),
    "the best is hardly better": ([0.001, 0.0, 0.0, 0.0, 0.0], [-9.0, -9.0, -9.0, -9.0, -9.0]),
    "none keeps it": ([0.0, 0.1, 0.2, 0.3, 0.4], [0.001, 0.001, 0.001, 1.0, 9.0]),
}


def errors(case: str, n: int, correlation: float, trials: int) -> int:
    """In how many experiments something that is told is not true."""
    random = np.random.default_rng([n, int(100 * correlation), *case.encode()])
    means, first = (np.array(column) for column in CASES[case])
    # A second limit, near to which some are and that one does not keep.
    limited = np.column_stack([first, np.array([-0.001, -5.0, -0.001, 0.001, -5.0])])
    found = (experiment(random, means, limited, n, correlation) for _ in range(trials))
    return sum(not is_true(means, limited, *one) for one in found)


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_told_is_true_together_as_often_as_it_says(case: str) -> None:
    """Of 400 experiments, not more are wrong than chance allows of 5%."""
    assert errors(case, 5, 0.5, 400) <= stats.binom.ppf(1 - ERROR, 400, 1 - CONFIDENCE)


def test_if_those_of_which_it_is_not_clear_ruled_out_others_it_would_be_wrong_far_more_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sim.ranking.chosen.keeps", lambda states: not is_over(states))
    assert errors("the best number is just over it", 10, 0.5, 100) > 50


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("n", [3, 10])
@pytest.mark.parametrize("correlation", [0.0, 0.95])
def test_the_share_of_experiments_with_anything_wrong_is_at_most_one_in_twenty(
    case: str, n: int, correlation: float
) -> None:
    """Of 2,000 experiments; the shares stand in docs/statistics.md."""
    assert errors(case, n, correlation, 2000) <= stats.binom.ppf(1 - ERROR, 2000, 1 - CONFIDENCE)
