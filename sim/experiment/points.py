"""Runs scenarios at points of the ranges of their inputs, and takes the numbers that conclusions hang on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.experiment.asked import Conclusion
from sim.experiment.cells import Cell, Work
from sim.experiment.crews import OpenCrew, cells
from sim.experiment.inputs import UnfitPointError, Variations
from sim.experiment.packing import LABELS, pack_rows, unpack_people, unpack_rows
from sim.experiment.quantities import Key, Quantity
from sim.experiment.summarise import OWN_DIFFERENCES
from sim.measures.gains import gains
from sim.measures.own import OwnMeasure
from sim.plan import Plan

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

AT_ONCE = 64
"""Cells for each worker that are handed out together: few enough plans to hold, enough work for starting workers."""
_BETWEEN = "@"
"""Stands between a scenario and the number of its point in the name of a plan; no scenario's name has it."""


@dataclass(frozen=True)
class Outcomes:
    """What came out at points."""

    values: Floats
    """[points, quantities, replications]; NaN where the point is unfit."""
    problems: tuple[str, ...]
    """Why a point is unfit; empty where it is not."""


@dataclass
class Runner:
    """Runs points; the same seeds at each, so that points differ by their inputs and not by chance."""

    variations: Variations
    baseline: str | None
    conclusions: Sequence[Conclusion]
    seed: int
    travel_minutes: tuple[int, ...]
    replications: int
    engine: str
    workers: int
    crew_of: Callable[[Work], OpenCrew]
    """Who runs the cells of some plans."""
    progress: Progress = lambda done, total: None
    own: tuple[OwnMeasure, ...] = ()
    quantities: list[Quantity] = field(init=False)
    done: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        """List the quantities of all conclusions, each once."""
        self.quantities = list(dict.fromkeys(q for one in self.conclusions for q in one.quantities))

    def run(self, points: Floats) -> Outcomes:
        """Run every point, ``[points, inputs]``, each share between 0 and 1."""
        values = np.full((len(points), len(self.quantities), self.replications), np.nan)
        problems = [""] * len(points)
        self.total = self.done + len(points)
        each = max(AT_ONCE * self.workers // (len(self.variations.scenarios) * self.replications), 1)
        for first in range(0, len(points), each):
            plans: dict[str, Plan] = {}
            numbers = range(first, min(first + each, len(points)))
            for number in numbers:
                try:
                    made = self.variations.plans(points[number])
                    plans |= {f"{name}{_BETWEEN}{number}": plan for name, plan in made.items()}
                except UnfitPointError as error:
                    problems[number] = str(error.problems[0])
            self._run_plans(plans, values)
            self.done += len(numbers)
            self.progress(self.done, self.total)
        return Outcomes(values, tuple(problems))

    def _run_plans(self, plans: Mapping[str, Plan], values: Floats) -> None:
        work = Work(plans, self.seed, self.travel_minutes, self.baseline, self.engine, audit=False, own=self.own)
        order = sorted(plans, key=lambda name: (_point(name), name.split(_BETWEEN)[0] != self.baseline))
        todo = [(name, replication) for name in order for replication in range(self.replications)]
        waiting: dict[tuple[int, int], dict[str, Cell]] = {}
        with closing(cells(self.crew_of(work), todo)) as results:
            for cell in results:
                at = _point(cell.scenario), cell.replication
                there = waiting.setdefault(at, {})
                there[cell.scenario.split(_BETWEEN)[0]] = cell
                if len(there) == len(self.variations.scenarios):
                    values[at[0], :, at[1]] = self._taken(waiting.pop(at), plans)

    def _taken(self, there: Mapping[str, Cell], plans: Mapping[str, Plan]) -> list[float]:
        """The quantities of a point in a replication, of which all cells are there."""
        wanted = {key for quantity in self.quantities for key in _keys(quantity)}
        found: dict[Key, float] = {}
        before = there[self.baseline] if self.baseline is not None else None
        own = {quantity.scenario for quantity in self.quantities if quantity.measure in OWN_DIFFERENCES}
        for name, cell in there.items():
            rows = [cell.rows]
            if before is not None and name in own:
                base, other = unpack_people(before.people or b""), unpack_people(cell.people or b"")
                if base.who == other.who:
                    rows.append(pack_rows(gains(plans[cell.scenario], base, other)))
            for part in map(unpack_rows, rows):
                labels = (part.column(label) for label in LABELS)
                for *key, value in zip(*labels, part.value.tolist(), strict=True):
                    if (name, *key) in wanted:
                        found[name, *key] = value
        return [self._value(quantity, found) for quantity in self.quantities]

    def _value(self, quantity: Quantity, found: Mapping[Key, float]) -> float:
        here = found.get(quantity.key, np.nan)
        if quantity.baseline is None or quantity.measure in OWN_DIFFERENCES:
            return here
        return here - found.get((quantity.baseline, *quantity.key[1:]), np.nan)


def _point(name: str) -> int:
    return int(name.split(_BETWEEN)[1])


def _keys(quantity: Quantity) -> list[Key]:
    keys = [quantity.key]
    if quantity.baseline is not None:
        keys.append((quantity.baseline, *quantity.key[1:]))
    return keys
