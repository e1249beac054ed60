"""What is swept, and what was found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.config.units import quantity
from sim.sweeping.grid import Grid
from sim.trying.how import Found
from sim.trying.trials import AS_IT_STANDS


@dataclass(frozen=True)
class Setting:
    """What is swept: where it stands, what it is now, and what it may be."""

    path: str
    grid: Grid
    stands: Any
    """The value as the scenario has it; None where a default is in force that the scenario does not write."""

    @property
    def here(self) -> int:
        """The place of the value as it stands: AS_IT_STANDS where it is none of the grid."""
        place = self.grid.place(self.stands)
        return AS_IT_STANDS if place is None else place

    def value(self, place: int) -> Any:
        """The value at a place; None for a default that the scenario does not write."""
        return self.stands if place == AS_IT_STANDS else self.grid.value(place)

    def told(self, place: int) -> str:
        """The value at a place in a word or two."""
        amount = self.amount(place)
        if not math.isnan(amount):
            return str(self.grid.written(amount))
        return "default" if self.value(place) is None else "as it is"

    def amount(self, place: int) -> float:
        """The value at a place as a number; NaN where it is none."""
        size = quantity(self.stands)
        if place != AS_IT_STANDS:
            return self.grid.amount(place)
        return size[1] if size is not None and size[0] == self.grid.kind else math.nan


@dataclass(frozen=True, kw_only=True)
class Swept(Found):
    """What a sweep found, by the places of its values."""

    setting: Setting

    @property
    def places(self) -> list[int]:
        """Those that were tried, in the order of their values; one without an amount comes first."""
        amounts = {place: self.setting.amount(place) for place in {*self.estimates, *self.refused}}
        return sorted(amounts, key=lambda place: -math.inf if math.isnan(amounts[place]) else amounts[place])

    @property
    def nothing_differs(self) -> bool:
        """Whether all numbers are the same at all values, several of them."""
        told = [rows[["estimate", "ci_low", "ci_high"]] for rows in self.estimates.values()]
        return len(told) > 1 and all(told[0].equals(other) for other in told[1:])
