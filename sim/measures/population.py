"""Populations: those over whom measures are taken, found once and then summarised as often as one likes.

To add a measure of people, compute a column with one value for each applicant (NaN where it does not apply) and add it
for a population and some groupings:

    served = Population(o.counted & o.served)
    served.add(rows, "night_hours", night_hours, places(plan, o.district), ("mean", "p90"))

What is the same for many measures is done once for all: a population keeps the units of its members for each grouping
and the order of each column's values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.groups import Column, Units
from sim.plan import Bools, Floats, Ints

if TYPE_CHECKING:
    from sim.measures.rows import Grouping, Rows

BRIEF = ("mean", "count")


class Population:
    """The elements (applicants, most often) in a mask."""

    def __init__(self, mask: Bools) -> None:
        self.members: Ints = np.flatnonzero(mask)
        # What is kept is known by its identity; holding on to it makes sure that nothing else comes to have the same.
        self._units: dict[tuple[int, ...], tuple[tuple[Grouping, ...], Units]] = {}
        self._columns: dict[int, tuple[Floats, Column]] = {}
        # None where all are known: one that held itself would hold all this until Python looks for such rings.
        self._known: dict[int, tuple[Floats, Population | None]] = {}

    def __len__(self) -> int:
        return len(self.members)

    def units(self, groupings: Sequence[Grouping]) -> Units:
        """The unit of each member in each grouping."""
        key = tuple(id(grouping) for grouping in groupings)
        if key not in self._units:
            units = Units([g.place.take(self.members) for g in groupings], [len(g.units) for g in groupings])
            self._units[key] = tuple(groupings), units
        return self._units[key][1]

    def column(self, values: Floats) -> Column:
        """The members' values, of the values of all elements."""
        if id(values) not in self._columns:
            chosen = values.take(self.members).astype(np.float64, copy=False)
            self._columns[id(values)] = values, Column(chosen)
        return self._columns[id(values)][1]

    def known(self, values: Floats) -> Population:
        """The members for whom a value is known: not NaN."""
        if id(values) not in self._known:
            unknown = np.isnan(self.column(values).values)
            some = None
            if unknown.any():
                some = Population(np.zeros(0, dtype=bool))
                some.members = self.members.take(np.flatnonzero(~unknown))
            self._known[id(values)] = values, some
        known = self._known[id(values)][1]
        return self if known is None else known

    def add(
        self,
        rows: Rows,
        measure: str,
        values: Floats,
        groupings: Sequence[Grouping],
        statistics: Sequence[str],
        brief: Sequence[str] = (),
    ) -> None:
        """Add one row for each unit and statistic to ``rows``, NaN for a unit without members.

        Args:
            rows: what the rows are added to.
            measure: its name.
            values: one for each element, members or not; members with NaN are left out.
            groupings: levels with their units.
            statistics: of mean, share (a mean of zeros and ones), median, p90, total and count.
            brief: levels with so many units that they get the means and counts among the statistics only.
        """
        statistics = [statistic for statistic in statistics if rows.wants(measure, statistic)]
        if not statistics:
            return
        some = self.known(values)
        full = [grouping for grouping in groupings if grouping.level not in brief]
        both = (*full, *(grouping for grouping in groupings if grouping.level in brief))
        units = some.units(both)
        found = units.statistics(some.column(values), statistics, len(full))
        for grouping, part in zip(both, units.slices, strict=True):
            for statistic in statistics:
                if grouping.level not in brief or statistic in BRIEF:
                    rows.add_all(measure, grouping.level, grouping.units, statistic, found[statistic][part])
