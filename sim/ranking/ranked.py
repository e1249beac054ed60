"""What was ranked, and what was found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.ranking.alternatives import Alternative
from sim.ranking.chosen import is_over, keeps
from sim.trying.asked import Asked
from sim.trying.how import Found
from sim.trying.trials import AS_IT_STANDS

if TYPE_CHECKING:
    from sim.plan import Plan

Standing = Literal["may be best", "best if kept", "is not best", "over a limit", "no value", "refused", "not tried"]
"""How an alternative stands: it may be the best; it may if it keeps the limits, which is not clear; another is clearly
better; it surely does not keep a limit; there is nobody to tell of; the configuration refuses it; or it was interrupted
before."""
Answer = Literal["none", "over", "alone", "one", "one_if", "several", "any"]
"""Which may be the best: no alternative has a value; none keeps the limits; one alone has a value; a single one, or
that if it keeps the limits; some; or all that are not over a limit."""


@dataclass(frozen=True, kw_only=True)
class Ranked(Found):
    """What a ranking found, by the places of alternatives, from 0 on in the order of their table.

    The first number that is told is that which they are ordered by; AS_IT_STANDS is what gains are against.
    """

    sites: tuple[str, ...]
    """Those that are placed, where places are what is ranked."""
    stands: tuple[tuple[float, float], ...]
    """Latitude and longitude at which the scenario has them."""
    without: bool
    """Whether gains are against the scenario without the sites; else against it as it stands."""
    plan: Plan
    """Of what gains are against."""
    alternatives: tuple[Alternative, ...]
    most: bool
    """Whether the most is the best; the least otherwise."""
    may_be_best: Mapping[int, bool]
    """By place, of those that were simulated."""
    behind: Mapping[int, float]
    """By place: how much worse than the best at most; NaN where there is no value or it is over a limit, infinite where
    it is not known."""

    @property
    def site_names(self) -> list[str]:
        """What the sites that are placed are called."""
        return [self.names.get(("site", site), site) for site in self.sites]

    @property
    def by(self) -> Asked:
        """What they are ordered by."""
        return self.asked[0]

    @property
    def word(self) -> str:
        """``most`` or ``least``, whichever is the best."""
        return "most" if self.most else "least"

    @property
    def places(self) -> list[int]:
        """Those that were simulated, the best first; those over a limit, without a value and refused at the end."""
        sign = -1.0 if self.most else 1.0

        def rank(place: int) -> tuple[bool, bool, float, int]:
            value = self.value(place)
            none = math.isnan(value)
            return none, is_over(self.states[place]), 0.0 if none else sign * value, place

        return [*sorted((place for place in self.estimates if place != AS_IT_STANDS), key=rank), *sorted(self.refused)]

    def value(self, place: int) -> float:
        """The estimate by which a place is ordered."""
        return float(self.estimates[place]["estimate"].iloc[0])

    @property
    def known(self) -> list[int]:
        """Places that have a value to be ordered by, in the order of ``places``."""
        return [place for place in self.places if place in self.estimates and not math.isnan(self.value(place))]

    @property
    def counted(self) -> list[int]:
        """Places that have a value and are over no limit as far as is known, in the order of ``places``: the ranks."""
        return [place for place in self.known if not is_over(self.states[place])]

    @property
    def candidates(self) -> list[int]:
        """Places that may be the best, in the order of ``places``."""
        return [place for place in self.places if self.may_be_best.get(place)]

    def standing(self, place: int) -> Standing:
        """How an alternative stands."""
        if place in self.refused:
            return "refused"
        if place not in self.estimates:
            return "not tried"
        if math.isnan(self.value(place)):
            return "no value"
        if is_over(self.states[place]):
            return "over a limit"
        if not self.may_be_best.get(place):
            return "is not best"
        return "may be best" if keeps(self.states[place]) else "best if kept"

    @property
    def answer(self) -> Answer:
        """Which may be the best."""
        candidates, counted = self.candidates, self.counted
        if not counted:
            return "over" if self.known else "none"
        if len(self.known) == 1:
            return "alone"
        if len(candidates) == 1:
            return "one" if keeps(self.states[candidates[0]]) else "one_if"
        # Where some are left out, another surely keeps the limits: then there is one that is the best.
        return "any" if len(candidates) == len(counted) else "several"

    @property
    def untried(self) -> int:
        """Alternatives that were not come to, as it was interrupted."""
        return len(self.alternatives) - len(self.places)
