"""Populations: those over whom measures are taken, found once and then summarised as often as one likes.

To add a measure of people, compute a column with one value for each applicant (NaN where it does not apply) and add it
for a population and some groupings:

    served = Population(o.counted & o.served)
    served.add(rows, "night_hours", night_hours, places(plan, o.district), ("mean", "p90"))

What is the same for many measures is done once for all: a population keeps the units of its members for each set of
groupings, and populations that are a part of it take theirs from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.measures.groups import QUANTILES, Column, Units
from sim.plan import Bools, Floats, Ints

if TYPE_CHECKING:
    from sim.measures.rows import Grouping, Rows

N = TypeVar("N", bound=np.generic)


class Population:
    """The elements (applicants, most often) in a mask.

    Args:
        mask: of all elements; or of the members of ``whole``.
        whole: the population that this one is a part of.
    """

    def __init__(self, mask: Bools, whole: Population | None = None) -> None:
        rows = np.flatnonzero(mask if whole is None else one_each(mask, len(whole)))
        self._part_of = None if whole is None else (whole, rows)
        self._elements: int = len(mask) if whole is None else whole._elements
        self.members: Ints = rows if whole is None else whole.members[rows]
        first, last = (int(self.members[0]), int(self.members[-1])) if len(rows) else (0, -1)
        # Those in need on some days stand together: no need to pick each out.
        self._rows = slice(first, last + 1) if last + 1 - first == len(rows) else self.members
        # What is kept is known by its identity; holding on to it makes sure that nothing else comes to have the same.
        self._units: dict[tuple[int, ...], tuple[tuple[Grouping, ...], Units]] = {}

    def __len__(self) -> int:
        return len(self.members)

    def part(self, mask: Bools) -> Population:
        """Those members for whom a mask of the members holds."""
        return Population(mask, self)

    def of(self, values: NDArray[N]) -> NDArray[N]:
        """[members] what is theirs of the values of all elements, not to be written to.

        Raises:
            ValueError: there is not one value for each element.
        """
        values = one_each(values, self._elements)
        return values[self._rows] if isinstance(self._rows, slice) else values.take(self._rows)

    def units(self, groupings: Sequence[Grouping]) -> Units:
        """The unit of each member in each grouping."""
        key = tuple(id(grouping) for grouping in groupings)
        if key not in self._units:
            if self._part_of is None:
                units = Units([self.of(g.index) for g in groupings], [len(g.units) for g in groupings])
            else:
                whole, rows = self._part_of
                units = whole.units(groupings).of(rows)
            self._units[key] = tuple(groupings), units
        return self._units[key][1]

    def known(self, values: Floats) -> Population:
        """The members for whom a value is known: not NaN."""
        return self._known(values)[0]

    def _known(self, values: Floats) -> tuple[Population, Floats]:
        """The members for whom a value is known, and their values."""
        some = self.of(values)
        # A sum is unknown where any number is.
        with np.errstate(invalid="ignore", over="ignore"):
            if not np.isnan(some.sum()):
                return self, some
        known = self.part(~np.isnan(some))
        return known, known.of(values)

    def add(
        self,
        rows: Rows,
        measure: str,
        values: Floats,
        groupings: Sequence[Grouping],
        statistics: Sequence[str],
        at_level: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Add one row for each unit and statistic to ``rows``, NaN for a unit without members.

        Args:
            rows: what the rows are added to.
            measure: its name.
            values: one for each element, members or not; members with NaN are left out.
            groupings: levels with their units. Quantiles take the least time where the levels that have them come
                first.
            statistics: of mean, share (a mean of zeros and ones), median, p90, total and count.
            at_level: levels that get other statistics.

        Raises:
            ValueError: there is not one value and one unit for each element.
        """
        asked = [
            [name for name in (at_level or {}).get(grouping.level, statistics) if rows.wants(measure, name)]
            for grouping in groupings
        ]
        names = dict.fromkeys(name for some in asked for name in some)
        if not names:
            return
        some, theirs = self._known(values)
        units = some.units(groupings)
        last = max((g for g, own in enumerate(asked, start=1) if not QUANTILES.keys().isdisjoint(own)), default=0)
        found = units.statistics(Column(theirs), tuple(names), last)
        for grouping, part, own in zip(groupings, units.slices, asked, strict=True):
            for statistic in own:
                rows.add_all(measure, grouping.level, grouping.units, statistic, found[statistic][part])


def one_each(values: NDArray[N], number: int) -> NDArray[N]:
    """The values, where there are so many in a row.

    Raises:
        ValueError: there are not.
    """
    if values.shape != (number,):
        raise ValueError(f"one value is needed for each of {number:,} elements, found {_shape(values)}")
    return values


def _shape(values: NDArray[N]) -> str:
    """As in 3 x 4."""
    return " x ".join(f"{number:,}" for number in values.shape) or "1"
