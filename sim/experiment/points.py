"""Runs scenarios at points of the ranges of their inputs, and takes the numbers that conclusions hang on.

A point is a piece of work of its own: whoever runs it builds the plans, runs all replications of all scenarios and
hands back the numbers alone. Each is stored as it is finished, so that a run that was stopped goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.experiment.cells import Work, measured_rows
from sim.experiment.crews import Standby
from sim.experiment.inputs import UnfitPointError, Variations
from sim.experiment.interrupts import held
from sim.experiment.keys import builder_version, code_version, digest, machine
from sim.experiment.quantities import Key, Quantity, Values, read_for
from sim.experiment.sealed import DamagedCellError
from sim.experiment.store import Store
from sim.measures.own import OwnMeasure

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Point:
    """What came out at a point."""

    number: int
    """Its place among those that were handed out; -1 where it was stored."""
    values: Floats
    """[quantities, replications], as in the tables: their means are ratios of sums where quantities are means of
    people; NaN where the point is unfit."""
    problem: str = ""
    """Why the configuration refuses it; empty where it does not."""


@dataclass(frozen=True)
class PointResults:
    """What came out at some points."""

    values: Floats
    """[points, quantities, replications]; NaN where the point is unfit."""
    problems: tuple[str, ...]
    """Why a point is unfit; empty where it is not."""


@dataclass(frozen=True)
class PointWork:
    """What every worker knows; the seeds are the same at each point, so that points differ by their inputs alone."""

    variations: Variations
    baseline: str | None
    quantities: tuple[Quantity, ...]
    seed: int
    travel_minutes: tuple[int, ...]
    replications: int
    engine: str
    own: tuple[OwnMeasure, ...] = ()
    """Measures beside the built-in ones."""

    def run(self, number: int, shares: Floats) -> Point:
        """Run a point, ``[inputs]``: how far through its range each input is, NaN where it stays as it stands."""
        try:
            plans = self.variations.plans(shares)
        except UnfitPointError as error:
            return Point(number, np.full((len(self.quantities), self.replications), np.nan), str(error.problems[0]))
        keys = {key for quantity in self.quantities for key in read_for(quantity)}
        about = plans, self.seed, self.travel_minutes, self.baseline, self.engine
        wanted = frozenset((measure, statistic) for _, measure, _, _, statistic in keys)
        work = Work(*about, audit=False, own=self.own, wanted=wanted)
        found: dict[Key, Floats] = {}
        for replication in range(self.replications):
            for name, rows in measured_rows(work, replication).items():
                for *labels, value in zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True):
                    key = (name, *labels)
                    if key in keys:
                        found.setdefault(key, np.full(self.replications, np.nan))[replication] = value
        return Point(number, Values(self.quantities, found, self.replications).first(self.replications).T)

    def key(self, shares: Floats) -> str:
        """A digest of all that the numbers of a point depend on."""
        varied = self.variations
        about = [sorted(varied.digests.items()), varied.values(shares), self.baseline, self.seed, self.replications]
        how = [[*map(str, self.quantities)], self.travel_minutes, self.engine]
        code = [code_version(self.engine), builder_version(), [one.source for one in self.own], machine()]
        return digest(json.dumps([about, how, code], default=str).encode())


@dataclass
class Runner:
    """Runs points that are not stored, and keeps count."""

    work: PointWork
    crew: Standby
    store: Store | None = None
    """Where finished points are kept; nowhere when absent."""
    total: int = 0
    """Points that there will be in all."""
    progress: Progress = lambda done, total: None
    tell: Callable[[str], None] = lambda text: None
    done: int = field(default=0, init=False)

    def run(self, points: Floats) -> PointResults:
        """Run every point, ``[points, inputs]``; NaN where an input stays as it stands."""
        keys = [self.work.key(shares) for shares in points]
        found = {key: point for key in dict.fromkeys(keys) if (point := self._stored(key)) is not None}
        there = sum(key in found for key in keys)
        if there:
            self.tell(f"{there} of {len(points)} points were already there")
        self.done += there
        self.progress(self.done, self.total)
        # A point that stands twice in a design is run once.
        todo = {key: number for number, key in enumerate(keys) if key not in found}
        with closing(self.crew.results([(number, points[number]) for number in todo.values()])) as results:
            for point in results:
                key = keys[point.number]
                with held() as signals:
                    if self.store is not None:
                        self.store.write_point(key, point.problem, point.values.tobytes())
                    found[key] = point
                    self.done += keys.count(key)
                    self.progress(self.done, self.total)
                if signals:
                    raise KeyboardInterrupt
        whole = [found[key] for key in keys]
        return PointResults(np.stack([point.values for point in whole]), tuple(point.problem for point in whole))

    def _stored(self, key: str) -> Point | None:
        if self.store is None:
            return None
        try:
            record = self.store.read_point(key)
        except DamagedCellError as error:
            self.tell(f"{error}; it is run again")
            return None
        if record is None:
            return None
        problem, values = record
        return Point(-1, np.frombuffer(values).reshape(-1, self.work.replications), problem)


def quantities_of(several: Sequence[Sequence[Quantity]]) -> tuple[Quantity, ...]:
    """All quantities, each once."""
    return tuple(dict.fromkeys(quantity for some in several for quantity in some))
