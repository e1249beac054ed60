"""Which values to try next: those between neighbours that differ in which limits they keep."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping
from typing import TypeVar

S = TypeVar("S", bound=Hashable)
AT_FIRST = 9
"""Values tried first where there are limits."""


def spread(values: int, most: int) -> list[int]:
    """At most so many places of a number of values, both ends among them, as evenly spread as can be."""
    tried = min(values, most)
    return sorted({round(part * (values - 1) / max(tried - 1, 1)) for part in range(tried)})


def gaps(states: Mapping[int, Hashable]) -> list[tuple[int, int]]:
    """Neighbours whose states differ, and between which there are others."""
    return [(a, b) for a, b in itertools.pairwise(sorted(states)) if states[a] != states[b] and b - a > 1]


def following(states: Mapping[int, Hashable], most: int) -> list[int]:
    """The places in the middle of gaps: at most so many, those in the widest gaps first.

    Args:
        states: of the places that were tried.
        most: places.
    """
    widest = sorted(gaps(states), key=lambda gap: (gap[0] - gap[1], gap))[:most]
    return sorted((a + b) // 2 for a, b in widest)


def runs(states: Mapping[int, S]) -> list[tuple[S, list[int]]]:
    """Neighbouring places of the same state, in order."""
    return [(state, list(places)) for state, places in itertools.groupby(sorted(states), states.__getitem__)]
