"""Tidy rows of measures: who is in which unit, and the statistics of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measures.population import Population
from sim.plan import NONE, Bools, Floats, Ints

STATISTICS = ("mean", "share", "median", "p90", "total", "count")
"""The statistics of measures; :meth:`Rows.add_groups` makes each of them over people."""
COLUMNS = ("measure", "level", "unit", "statistic", "value")
"""Of rows."""
Wanted = frozenset[tuple[str, str]]
"""Measures and statistics of them that somebody asks for."""
FLOW = "flow"
"""The level of pairs of a district and a site: too many for the tables of measures, they have one of their own."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """A level, its units, and the unit of each element (NONE where it is in no unit of this level)."""

    level: str
    units: Sequence[str]
    index: NDArray[np.signedinteger[Any]]

    def __post_init__(self) -> None:
        """Loops that are compiled write where they are told.

        Raises:
            ValueError: there is no such unit.
        """
        if len(self.index):
            low, high = int(self.index.min()), int(self.index.max())
            if low < NONE or high >= len(self.units):
                wrong = low if low < NONE else high
                last = f"the last of its {len(self.units)} units is {len(self.units) - 1}, and none is {NONE}"
                raise ValueError(f"a unit of the level {self.level} is {wrong}: {last}")


@dataclass
class Rows:
    """Rows of (measure, level, unit, statistic, value), as columns that grow."""

    measure: list[str] = field(default_factory=list)
    level: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    statistic: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    wanted: Wanted | None = None
    """What is asked for: nothing else is added. Everything when absent."""

    def wants(self, measure: str, statistic: str) -> bool:
        """Whether a statistic of a measure is asked for."""
        return self.wanted is None or (measure, statistic) in self.wanted

    def __len__(self) -> int:
        return len(self.value)

    def add(self, measure: str, level: str, unit: str, statistic: str, value: float) -> None:
        """Append one row."""
        if not self.wants(measure, statistic):
            return
        self.measure.append(measure)
        self.level.append(level)
        self.unit.append(unit)
        self.statistic.append(statistic)
        self.value.append(float(value))

    def add_all(self, measure: str, level: str, units: Sequence[str], statistic: str, values: Floats | Ints) -> None:
        """Append one row for each unit of a level."""
        n = len(units)
        if len(values) != n:
            raise ValueError(f"{len(values)} values of {measure} for {n} units of {level}")
        if not self.wants(measure, statistic):
            return
        self.measure += [measure] * n
        self.level += [level] * n
        self.unit += units
        self.statistic += [statistic] * n
        self.value += values.astype(float).tolist()

    def extend(self, other: Rows) -> None:
        """Append all rows of another."""
        for name in COLUMNS:
            getattr(self, name).extend(getattr(other, name))

    def differing(self, other: Rows) -> str | None:
        """The measure of the first row that is another in two tables; None where all are equal, NaN to NaN."""
        if len(self) != len(other):
            longer = max(self, other, key=len)
            return longer.measure[min(len(self), len(other))]
        for mine, theirs in zip(self._whole(), other._whole(), strict=True):
            are_nan = mine[-1] != mine[-1] and theirs[-1] != theirs[-1]
            if mine[:-1] != theirs[:-1] or not (mine[-1] == theirs[-1] or are_nan):
                return mine[0]
        return None

    def _whole(self) -> Iterator[tuple[str, str, str, str, float]]:
        return zip(self.measure, self.level, self.unit, self.statistic, self.value, strict=True)

    def add_groups(
        self,
        measure: str,
        values: Floats,
        mask: Bools,
        groupings: Sequence[Grouping],
        statistics: Sequence[str],
    ) -> None:
        """One row for each unit and statistic over the elements in ``mask`` whose value is not NaN.

        See :meth:`Population.add`. With a mean or a share comes the count too: with it tables take the ratio of sums
        over replications, whose interval covers better than that of a mean of means.

        For several measures over the same elements a :class:`Population` of one's own is faster.

        Raises:
            TypeError: the values are no numbers.
            ValueError: values, mask and groupings are not of the same elements, or a statistic is unknown.
        """
        values, mask = np.asarray(values), np.asarray(mask)
        if values.dtype.kind not in "fiub":
            raise TypeError(f"the values of {measure} are no numbers but {values.dtype}")
        shapes = {"values": values.shape, "mask": mask.shape} | {g.level: g.index.shape for g in groupings}
        if len(set(shapes.values())) > 1 or values.ndim != 1:
            told = ", ".join(f"{name} {' x '.join(map(str, shape)) or 1}" for name, shape in shapes.items())
            raise ValueError(f"{measure} needs one value for each element; there are: {told}")
        if mask.dtype != np.bool_:
            raise ValueError(f"the mask of {measure} holds {mask.dtype} and not true or false")
        unknown = [name for name in statistics if name not in STATISTICS]
        if unknown:
            raise ValueError(f"{measure}: there is no statistic {unknown[0]!r}; there are {', '.join(STATISTICS)}")
        counted = ("count",) if {"mean", "share"} & {*statistics} else ()
        of = tuple(dict.fromkeys((*statistics, *counted)))
        Population(mask).add(self, measure, values.astype(np.float64, copy=False), groupings, of)
