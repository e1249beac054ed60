"""Which alternatives may be the best of those that keep the limits, and how far each is behind it at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.stats.best import best
from sim.trying.states import State
from sim.trying.trials import CONFIDENCE

Floats = NDArray[np.float64]


def left_for_the_best(limited: float) -> float:
    """The confidence of the comparison with the best, so that with what is told of limits it holds with CONFIDENCE.

    A limit is kept in truth or it is not, so it is told wrongly by one end of its interval only, with half the chance
    that the interval is wrong. All intervals together are wrong with a chance of 1 - CONFIDENCE at most (Bonferroni),
    so what is told of limits is with ``limited / 2`` of that; the rest is left for the best.

    Args:
        limited: share of the intervals, between 0 and 1, that are of numbers with a limit.
    """
    return 1.0 - (1.0 - CONFIDENCE) * (1.0 - limited / 2)


def chosen(
    values: Mapping[int, Floats], states: Mapping[int, Sequence[State]], limited: float, *, most: bool, planned: bool
) -> tuple[dict[int, bool], dict[int, float]]:
    """By place, which may be the best of those that keep all limits, and how far each is behind it at most.

    With CONFIDENCE all of this is true at once: each limit that is told to be kept is kept, and each that is told not
    to be is not; if any alternative keeps all limits, the best that does is among those that may be; and none that may
    keep them is further behind it.

    Args:
        values: ``[replications]`` of what they are ordered by, NaN where there is none.
        states: whether each limit is kept, by intervals that hold all together with CONFIDENCE; none without limits.
        limited: share of the numbers told of each that have a limit.
        most: whether the most is the best; the least otherwise.
        planned: whether chance has no part in the values.
    """
    if not values:
        return {}, {}
    found = best(
        np.stack([*values.values()], axis=1) * (1.0 if most else -1.0),
        left_for_the_best(limited),
        planned=planned,
        keeps=[keeps(states[place]) for place in values],
        may_keep=[not is_over(states[place]) for place in values],
    )
    return (
        dict(zip(values, found.may_be.tolist(), strict=True)),
        dict(zip(values, found.behind.tolist(), strict=True)),
    )


def keeps(states: Sequence[State]) -> bool:
    """Whether an alternative surely keeps all limits."""
    return all(state == "kept" for state in states)


def is_over(states: Sequence[State]) -> bool:
    """Whether an alternative surely does not keep a limit.

    One of which there is nobody to tell is over none: nobody waits longer than the limit either.
    """
    return "not kept" in states
