"""Which values to try next: those between neighbours that differ in which limits they keep."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping
from typing import Literal, TypeVar

S = TypeVar("S", bound=Hashable)
State = Literal["kept", "not kept", "not clear", "refused"]
"""Whether a value keeps a limit, as far as its interval tells; or the configuration refuses the value."""
FIRST = 9
"""Values tried first where there are limits."""


def spread(values: int, most: int) -> list[int]:
    """At most so many places of a number of values, both ends among them, as evenly spread as can be."""
    tried = min(values, most)
    return sorted({round(part * (values - 1) / max(tried - 1, 1)) for part in range(tried)})


def between(states: Mapping[int, Hashable], most: int) -> list[int]:
    """The places in the middle of neighbours whose states differ: at most so many, those in the widest gaps first.

    Args:
        states: of the places that were tried.
        most: places.
    """
    turns = [(a, b) for a, b in itertools.pairwise(sorted(states)) if states[a] != states[b] and b - a > 1]
    widest = sorted(turns, key=lambda turn: (turn[0] - turn[1], turn))[:most]
    return sorted((a + b) // 2 for a, b in widest)


def runs(states: Mapping[int, S]) -> list[tuple[S, list[int]]]:
    """Neighbouring places of the same state, in order."""
    return [(state, list(places)) for state, places in itertools.groupby(sorted(states), states.__getitem__)]
