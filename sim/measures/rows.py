"""Tidy rows of measures: who is in which unit, and the statistics of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.plan import Bools, Floats, Ints

FLOW = "flow"
"""The level of pairs of a district and a site: too many for the tables of measures, they have one of their own."""


@dataclass(frozen=True)
class Grouping:
    """A level, its units, and the unit of each element (NONE where it is in no unit of this level)."""

    level: str
    units: Sequence[str]
    index: Ints


QUANTILES = {"median": 0.5, "p90": 0.9}


@dataclass
class Rows:
    """Rows of (measure, level, unit, statistic, value), as columns that grow."""

    measure: list[str] = field(default_factory=list)
    level: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    statistic: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.value)

    def add(self, measure: str, level: str, unit: str, statistic: str, value: float) -> None:
        """Append one row."""
        self.measure.append(measure)
        self.level.append(level)
        self.unit.append(unit)
        self.statistic.append(statistic)
        self.value.append(float(value))

    def extend(self, other: Rows) -> None:
        """Append all rows of another."""
        for name in ("measure", "level", "unit", "statistic", "value"):
            getattr(self, name).extend(getattr(other, name))

    def add_groups(
        self,
        measure: str,
        values: Floats,
        mask: Bools,
        groupings: Iterable[Grouping],
        statistics: Sequence[str],
    ) -> None:
        """One row for each unit and statistic over the elements in ``mask``; NaN where a unit has none.

        ``statistics`` are of mean, share (a mean of zeros and ones), median, p90, total and count.
        """
        rows = np.flatnonzero(mask)
        chosen = values[rows].astype(np.float64)
        ascending = np.argsort(chosen) if not QUANTILES.keys().isdisjoint(statistics) else None
        for grouping in groupings:
            results = group_statistics(chosen, grouping.index[rows], len(grouping.units), statistics, ascending)
            for statistic in statistics:
                for unit, value in zip(grouping.units, results[statistic].tolist(), strict=True):
                    self.add(measure, grouping.level, unit, statistic, value)


def group_statistics(
    values: Floats, unit: Ints, n: int, statistics: Sequence[str], ascending: Ints | None = None
) -> dict[str, Floats]:
    """Statistics of ``values`` by unit, each an array over the ``n`` units; below 0 stands who is in none.

    ``ascending`` are the rows in ascending order of their values, for quantiles; sorted here when absent.
    """
    inside = unit >= 0
    if not inside.all():
        if ascending is not None:
            ascending = (np.cumsum(inside) - 1)[ascending[inside[ascending]]]
        values, unit = values[inside], unit[inside]
    counts = np.bincount(unit, minlength=n)
    out: dict[str, Floats] = {"count": counts.astype(np.float64)}
    if not {"total", "mean", "share"}.isdisjoint(statistics):
        out["total"] = np.bincount(unit, values, minlength=n).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            out["mean"] = out["share"] = np.where(counts > 0, out["total"] / counts, np.nan)
    if not QUANTILES.keys().isdisjoint(statistics):
        order = np.argsort(values) if ascending is None else ascending
        # A stable sort of small whole numbers takes a few passes, not a logarithm.
        units = unit[order].astype(np.uint16) if n < 65_536 else unit[order]
        ordered = values[order[np.argsort(units, kind="stable")]]
        start = np.cumsum(counts) - counts
        for statistic, level in QUANTILES.items():
            out[statistic] = _sorted_quantile(ordered, start, counts, level)
    return out


def _sorted_quantile(ordered: Floats, start: Ints, counts: Ints, level: float) -> Floats:
    """Quantiles by linear interpolation (numpy's default, type 7) of groups that are sorted one behind the other."""
    out = np.full(len(counts), np.nan)
    some = counts > 0
    place = (counts[some] - 1) * level
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, counts[some] - 1)
    base = start[some]
    a, b = ordered[base + low], ordered[base + high]
    out[some] = a + (b - a) * (place - low)
    return out
