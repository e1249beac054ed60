"""Tidy rows of measures: who is in which unit, and the statistics of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.plan import Bools, Floats, Ints


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
        by_value = None
        if not QUANTILES.keys().isdisjoint(statistics):
            chosen = np.flatnonzero(mask)
            by_value = chosen[np.argsort(values[chosen], kind="stable")]
        for grouping in groupings:
            results = group_statistics(values, mask, grouping, statistics, by_value)
            for statistic in statistics:
                for unit, value in zip(grouping.units, results[statistic].tolist(), strict=True):
                    self.add(measure, grouping.level, unit, statistic, value)


def group_statistics(
    values: Floats, mask: Bools, grouping: Grouping, statistics: Sequence[str], by_value: Ints | None = None
) -> dict[str, Floats]:
    """Statistics of ``values`` by unit, each an array over the units.

    ``by_value`` are the rows in ``mask`` in ascending order of their values, for quantiles; sorted here when absent.
    """
    rows = np.flatnonzero(mask & (grouping.index >= 0))
    unit, chosen = grouping.index[rows], values[rows].astype(np.float64)
    n = len(grouping.units)
    counts = np.bincount(unit, minlength=n)
    totals = np.bincount(unit, chosen, minlength=n)
    out: dict[str, Floats] = {"count": counts.astype(np.float64), "total": totals.astype(np.float64)}
    with np.errstate(invalid="ignore", divide="ignore"):
        out["mean"] = out["share"] = np.where(counts > 0, totals / counts, np.nan)
    if not QUANTILES.keys().isdisjoint(statistics):
        ascending = rows[np.argsort(chosen, kind="stable")] if by_value is None else by_value
        units = grouping.index[ascending]
        ascending, units = ascending[units >= 0], units[units >= 0]
        # A stable sort of small whole numbers takes a few passes, not a logarithm.
        small = units.astype(np.uint16) if n < 65_536 else units
        ordered = values[ascending[np.argsort(small, kind="stable")]].astype(np.float64)
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
