"""The quantities of an experiment in the order of its tables, and their values, a block of them at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiment.denominators import counts_of, totals_of
from sim.experiment.packing import LABELS
from sim.experiment.table import Table
from sim.measures.rows import FLOW
from sim.stats.ratios import Parts

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = ("province", "regency", "district", "site", "programme", "kind", "day", "week", "site_day", "site_week")
"""Levels in the order of tables; any other level follows."""
STATISTICS = ("count", "share", "mean", "median", "p90", "total")
"""Statistics in the order of tables; any other statistic follows."""
AT_ONCE = 2**19
"""Values of replications that are held at once: as many quantities as there is room for."""


@dataclass(frozen=True)
class Layout:
    """What tables have rows of: the quantities of each scenario but for flows, in order."""

    table: Table
    scenarios: tuple[str, ...]
    """In the order of tables."""
    quantities: Mapping[str, Ints]
    """By scenario, the numbers that :class:`~sim.experiment.table.Table` has given them."""
    people: Mapping[str, Ints]
    """By scenario, for every quantity of the table: the quantity that counts whom it is a mean over; or -1."""
    totals: Mapping[str, Ints]
    """By scenario, for every quantity: the one that it shares out, where that is known by itself; or -1."""

    @classmethod
    def of(
        cls,
        table: Table,
        scenarios: Sequence[str] | None = None,
        levels: Collection[str] | None = None,
        measures: Collection[str] | None = None,
    ) -> Layout:
        """Order the quantities of a table.

        Args:
            table: of replications.
            scenarios: in the order of tables; the others follow in that of the alphabet.
            levels: the only ones, where some are named.
            measures: the only ones, where some are named.

        Raises:
            ValueError: a quantity has two values in one replication.
        """
        if table.doubled:
            raise ValueError(f"two values in one replication for {table.doubled}")
        ranks = {"level": LEVELS, "statistic": STATISTICS}
        by_label = [_ranked(*table.labels(name), ranks.get(name, ())) for name in LABELS]
        order = np.lexsort(by_label[::-1])
        kept = table.chosen(levels, measures) & ~table.chosen([FLOW])
        order = order[kept[order]]
        keys = _keys(table, np.arange(len(kept)))
        counts, shared = counts_of(keys), totals_of(keys)
        named = list(dict.fromkeys(scenarios or ()))
        names = [name for name in named if name in table.scenarios]
        names += sorted(set(table.scenarios) - set(names))
        quantities, people, totals = {}, {}, {}
        for name in names:
            there = table.there(name)
            quantities[name] = order[there[order]]
            usable = np.where((counts >= 0) & there[counts], counts, -1)
            people[name] = np.where(usable[0] >= 0, usable[0], np.where(usable[1] >= 0, usable[1], usable[2]))
            totals[name] = np.where((shared >= 0) & there[shared] & (people[name] >= 0), shared, -1)
        names = [name for name in names if len(quantities[name])]
        return cls(table, tuple(names), quantities, people, totals)

    def keys(self, quantities: Ints) -> pd.DataFrame:
        """``[quantities]``: measure, level, unit and statistic of each."""
        return _keys(self.table, quantities)

    def values(self, scenario: str, quantities: Ints) -> Floats:
        """``[replications, quantities]``, NaN where a replication has none.

        A mean over a known number of people is linearised (:func:`sim.stats.ratios.linearised`), so that its mean over
        replications is the ratio of sums.
        """
        return self.parts(scenario, quantities).linearised()

    def parts(self, scenario: str, quantities: Ints) -> Parts:
        """What the values of some quantities of a scenario are made of."""
        people, totals = self.people[scenario][quantities], self.totals[scenario][quantities]
        needed = np.unique(np.concatenate([quantities, people[people >= 0], totals[totals >= 0]]))
        read = self.table.values(scenario, needed)
        value, *others = (
            read[:, np.searchsorted(needed, np.where(of >= 0, of, quantities))] for of in (quantities, people, totals)
        )
        return Parts(value, others[0], others[1], people >= 0, totals >= 0)


def room(table: Table) -> int:
    """Of how many quantities the values of all replications can be held at once."""
    return max(AT_ONCE // max(len(table.numbers), 1), 1)


def blocks(table: Table, quantities: int) -> Iterator[slice]:
    """Places of as many quantities at a time as there is room for."""
    step = room(table)
    return (slice(start, start + step) for start in range(0, quantities, step))


def _keys(table: Table, quantities: Ints) -> pd.DataFrame:
    import pandas as pd

    columns = {}
    for name in LABELS:
        codes, names = table.labels(name)
        columns[name] = np.array(names, dtype=object)[codes[quantities]]
    return pd.DataFrame(columns)


def _ranked(codes: Ints, names: Sequence[str], first: Sequence[str]) -> Ints:
    """[quantities]: the place of a label of each in the order of tables."""
    place = {name: row for row, name in enumerate(first)}
    ordered = sorted(names, key=lambda name: (place.get(name, len(place)), name))
    rank = {name: row for row, name in enumerate(ordered)}
    return np.array([rank[name] for name in names], dtype=np.int64)[codes]
