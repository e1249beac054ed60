"""Whether what is tried keeps limits, as far as the intervals of its numbers tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from sim.stats.intervals import ENOUGH_TO_AGREE
from sim.trying.asked import Asked
from sim.trying.trials import by_chance

if TYPE_CHECKING:
    import pandas as pd

State = Literal["kept", "not kept", "not clear", "no value", "refused"]
"""All of the interval keeps the limit; all of it is beyond; neither; there is nobody to tell of; or the configuration
refuses what is tried."""
EXPLAINED: tuple[State, ...] = ("not clear", "no value")
"""Those of which it is told what they mean."""
WORST_FIRST: tuple[State, ...] = ("refused", "no value", "not kept", "not clear")


def key_of(state: State) -> str:
    """A state as a part of the key of a text."""
    return state.replace(" ", "_")


def state_of(asked: Asked, row: pd.Series, chance: bool) -> State:
    """Whether a number keeps its limit.

    Where few replications agree on a number that hangs on chance there is no interval, and it is not clear: two may
    happen to be the same.

    Args:
        asked: with the limit.
        row: of the number, as in summary.csv.
        chance: see :func:`by_chance`.
    """
    estimate, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    if math.isnan(estimate):
        return "no value"
    agree = low == high and chance and int(row["replications"]) < ENOUGH_TO_AGREE
    if math.isnan(low) or agree:
        return "not clear"
    if asked.sign == ">=":
        return "kept" if low >= asked.limit else "not kept" if high < asked.limit else "not clear"
    return "kept" if high <= asked.limit else "not kept" if low > asked.limit else "not clear"


def states_of(
    asked: Sequence[Asked], estimates: Mapping[int, pd.DataFrame], refused: Mapping[int, str]
) -> dict[int, tuple[State, ...]]:
    """Whether each keeps each limit, in the order of these; of what is refused one state for each too."""
    limits = [(number, one, by_chance(estimates, number)) for number, one in enumerate(asked) if one.sign]
    found: dict[int, tuple[State, ...]] = dict.fromkeys(refused, tuple("refused" for _ in limits))
    for place, rows in estimates.items():
        found[place] = tuple(state_of(one, rows.iloc[number], chance) for number, one, chance in limits)
    return found


def together(states: Sequence[State]) -> State:
    """Whether all limits are kept."""
    return next((state for state in WORST_FIRST if state in states), "kept")
