"""How configurations are tried, and what all that try some have found."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.errors import Problem
from sim.trying.asked import Asked
from sim.trying.states import State, states_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class How:
    """With what chance configurations are tried, by what, and whom to tell meanwhile."""

    overrides: Sequence[str] = ()
    """``PATH=VALUE`` each, before whatever is tried."""
    replications: int
    """Of each configuration, two at least."""
    seed: int
    """Of all random numbers."""
    engine: str
    workers: int
    """Processes."""
    tell: Callable[[str], None] = lambda text: None
    """Given a line for the person who waits."""
    warn: Callable[[str], None] = lambda text: None
    """Told what of the scenario can be run and is hardly meant."""
    progress: Callable[[int, int], None] = lambda done, total: None
    """Given the number of replications of configurations that are done, and of all that are to be."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found of configurations, which are told apart by their places; AS_IT_STANDS is one."""

    title: Mapping[Any, str]
    """Of the scenario, by language."""
    names: Mapping[tuple[str, str], str]
    """By level and unit."""
    asked: tuple[Asked, ...]
    """What is told of each."""
    estimates: Mapping[int, pd.DataFrame]
    """By place: one row for each number that is told, as in summary.csv."""
    refused: Mapping[int, str]
    """By place, why the configuration is refused."""
    replications: int
    """Of each, as they were asked for."""
    replicated: Mapping[int, int]
    """By place, as they were done."""
    seed: int
    interrupted: bool
    doubts: Mapping[int, Sequence[Problem]] = field(default_factory=dict)
    """By place, what can be run and is hardly meant, but is not so as the scenario stands."""

    @property
    def done(self) -> tuple[int, int]:
        """The fewest and the most replications of a place: all that were asked for, or fewer where interrupted."""
        if not self.interrupted or not self.estimates:
            return self.replications, self.replications
        return min(self.replicated.values()), max(self.replicated.values())

    @property
    def limits(self) -> list[Asked]:
        """What is told and has a limit."""
        return [one for one in self.asked if one.sign]

    @functools.cached_property
    def states(self) -> dict[int, tuple[State, ...]]:
        """By place, whether each of ``limits`` is kept."""
        return states_of(self.asked, self.estimates, self.refused)
