"""What an experiment will measure, known without simulating anybody; and the numbers that its file asks for by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.checks import MOST_NAMES
from sim.config.rejection import nearest_name
from sim.errors import DataError, Problem
from sim.experiment.denominators import RATIOS, TOTALS, counted_by
from sim.experiment.summarise import OWN_DIFFERENCES
from sim.experiment.table import Table, as_table
from sim.stats.ratios import Parts

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import statistics as sections
    from sim.config.schema import Experiment
    from sim.measures.own import OwnMeasure
    from sim.plan import Plan

Floats = NDArray[np.float64]
Key = tuple[str, ...]
KEYS = ("scenario", "measure", "level", "unit", "statistic")
AFTER_A_RUN = ("week", "site_week")
"""Levels whose units are known only after a run."""
FIRST = ("mean", "share", "count", "total")
"""Statistics in the order in which one is taken where none is named."""


@dataclass(frozen=True)
class Quantity:
    """One number of the results."""

    scenario: str
    baseline: str | None
    """Where the number is a difference from it, or is taken person by person against it."""
    measure: str
    level: str
    unit: str
    statistic: str

    @property
    def key(self) -> Key:
        """As KEYS."""
        return self.scenario, self.measure, self.level, self.unit, self.statistic

    def __str__(self) -> str:
        against = f" - {self.baseline}" if self.baseline else ""
        place = "" if self.level == "province" else f", {self.level} {self.unit}"
        return f"{self.measure} ({self.statistic}{place}) of {self.scenario}{against}"


def measured(plans: Mapping[str, Plan], model: Experiment) -> list[Key]:
    """The keys of all rows of an experiment, see :func:`measured_of`."""
    from sim.measures.own import own_measures

    return measured_of(plans, model.travel_minutes, model.baseline, own_measures(model.measures))


def measured_of(
    plans: Mapping[str, Plan],
    travel_minutes: Sequence[int],
    baseline: str | None = None,
    own: tuple[OwnMeasure, ...] = (),
) -> list[Key]:
    """The keys of all rows that are measured of some plans: what a run measures in which nobody has need.

    Those of weeks of people's need are left out.

    Raises:
        DataError: a measure of the project's own fails where there is nobody.
    """
    from sim.experiment.cells import Work, measured_rows
    from sim.measures.own import OwnMeasureError

    deserted = {
        name: replace(
            plan, segments=tuple(replace(s, parties_per_day=np.zeros_like(s.parties_per_day)) for s in plan.segments)
        )
        for name, plan in plans.items()
    }
    # With nobody to simulate the model itself takes no time, and need not be compiled first.
    work = Work(deserted, 0, tuple(travel_minutes), baseline, engine="simpy", own=own)
    try:
        found = measured_rows(work, 0)
    except OwnMeasureError as error:
        raise DataError(
            replace(problem, what=f"{problem.what} (where nobody needs a passport, to see what it measures)")
            for problem in error.problems
        ) from error
    return [
        (name, *key)
        for name, rows in found.items()
        for key in zip(rows.measure, rows.level, rows.unit, rows.statistic, strict=True)
    ]


def mismatch(key: Sequence[str | None], known: Sequence[Key]) -> Problem | None:
    """The first column of a key that fits no row: scenario, measure, level, statistic and, last, unit.

    None in a key fits anything.
    """
    rows = known
    for column in ("scenario", "measure", "level", "statistic", "unit"):
        place = KEYS.index(column)
        wanted = key[place]
        names = list(dict.fromkeys(row[place] for row in rows))
        if wanted is not None:
            rows = [row for row in rows if row[place] == wanted]
        if not rows:
            scenario, measure = key[0] or "any scenario", key[1]
            about = "" if column == "scenario" else f" of {measure}" if column != "measure" else f" in {scenario}"
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            near = nearest_name(str(wanted), names)
            return Problem(
                f"there is no {column} {wanted!r}{about}",
                column=column,
                allowed="" if near else ", ".join(names[:MOST_NAMES]) + more,
                nearest=near,
            )
    return None


def selected(
    asked: sections.Quantity, path: str, known: Sequence[Key], baseline: str | None, scenario: str | None = None
) -> tuple[list[Quantity], Problem | None]:
    """The numbers that a section of an experiment asks for, or what is wrong with it, at its key.

    Args:
        asked: the section.
        path: where it stands in the file.
        known: all that will be measured, see :func:`measured`.
        baseline: of the experiment.
        scenario: in place of the one that the section names.
    """
    compared = asked.comparison is not None
    scenario = scenario or asked.scenario
    name_key = "comparison" if compared else "measure"
    if compared and baseline is None:
        return [], Problem("there is no baseline to compare with", path=f"{path}.comparison")
    if compared and scenario == baseline:
        return [], Problem(
            f"{scenario!r} is the baseline, which differs from itself by nothing", path=f"{path}.scenario"
        )
    rows = [row for row in known if not compared or row[0] != baseline]
    key = (scenario, asked.name, asked.level, asked.unit, asked.statistic)
    problem = mismatch(key, rows)
    if problem is not None:
        column = name_key if problem.column == "measure" else problem.column
        if column == "scenario" and asked.scenario is None:
            column = "best_of"
        return [], replace(problem, column="", path=f"{path}.{column}")
    found = [row for row in rows if all(want is None or want == have for want, have in zip(key, row, strict=True))]
    statistic = asked.statistic or min((row[4] for row in found), key=preference)
    found = [row for row in found if row[4] == statistic]
    if compared and asked.name not in OWN_DIFFERENCES:
        there = set(known)
        found = [row for row in found if (baseline, *row[1:]) in there]
        if not found:
            what = f"{asked.name} has no value in the baseline to be compared with"
            return [], Problem(what, path=f"{path}.{name_key}")
    against = baseline if compared or asked.name in OWN_DIFFERENCES else None
    return [Quantity(row[0], against, *row[1:]) for row in dict.fromkeys(found)], None


def preference(statistic: str) -> tuple[int, str]:
    """Key of the order in which a statistic is taken where none is named."""
    return (FIRST.index(statistic) if statistic in FIRST else len(FIRST), statistic)


@dataclass(frozen=True)
class Values:
    """The values of some quantities in each replication, as tables are made of them."""

    quantities: tuple[Quantity, ...]
    rows: Mapping[Key, Floats]
    """``[replications]`` by what :func:`read_for` names, as far as there are any; NaN in one that has none."""
    count: int
    """Replications."""

    @classmethod
    def taken(cls, replications: pd.DataFrame | Table, quantities: Sequence[Quantity]) -> Values:
        """Those in a table."""
        table = as_table(replications)
        wanted: dict[str, dict[int, Key]] = {}
        for key in dict.fromkeys(key for quantity in quantities for key in read_for(quantity)):
            number = table.quantity(*key[1:])
            if number is not None and table.there(key[0])[number]:
                wanted.setdefault(key[0], {})[number] = key
        rows: dict[Key, Floats] = {}
        for scenario, keys in wanted.items():
            found = table.values(scenario, np.array(list(keys), dtype=np.int64))
            rows |= dict(zip(keys.values(), found.T, strict=True))
        return cls(tuple(quantities), rows, len(table.numbers))

    def first(self, n: int) -> Floats:
        """``[n, quantities]``: differences where they are asked for, means over people linearised over the first n."""
        return np.stack([self._one(quantity, n) for quantity in self.quantities], axis=1)

    def _one(self, quantity: Quantity, n: int) -> Floats:
        here = self._parts(quantity.key, n)
        if quantity.baseline is None or quantity.measure in OWN_DIFFERENCES:
            return here.linearised()[:, 0]
        before = self._parts((quantity.baseline, *quantity.key[1:]), n)
        both = here.there() & before.there()
        difference: Floats = (here.linearised(both) - before.linearised(both))[:, 0]
        return difference

    def _parts(self, key: Key, n: int) -> Parts:
        """What the values of one quantity in the first replications are made of."""
        nothing = np.full(self.count, np.nan)
        counted = (self.rows.get((key[0], counted_by(key[1], rank), key[2], key[3], "count")) for rank in range(3))
        people = next((found for found in counted if found is not None), None) if key[4] in RATIOS else None
        total = self.rows.get((key[0], *_total_of(key[1:]))) if key[1] in TOTALS and people is not None else None
        value, by, of = (
            (nothing if column is None else column)[:n, None] for column in (self.rows.get(key), people, total)
        )
        return Parts(value, by, of, np.array([people is not None]), np.array([total is not None]))


def _total_of(key: Key) -> Key:
    """What a mean shares out; itself where that is not known by itself."""
    measure, level, unit, statistic = key
    of, by = TOTALS.get(measure, (measure, statistic))
    return of, level, unit, by


def read_for(quantity: Quantity) -> Iterator[Key]:
    """The keys of all rows that a quantity is made of: its own, its baseline's, and the counts of their people."""
    for scenario in filter(None, (quantity.scenario, quantity.baseline)):
        yield scenario, *quantity.key[1:]
        if quantity.statistic in RATIOS:
            names = (counted_by(quantity.measure, rank) for rank in range(3))
            yield from ((scenario, name, quantity.level, quantity.unit, "count") for name in names if name)
            if quantity.measure in TOTALS:
                yield scenario, *_total_of(quantity.key[1:])


def province_rows(replications: pd.DataFrame | Table, wanted: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """The rows of the province, with means over people linearised: for methods that average over replications.

    Args:
        replications: One row for each quantity of each scenario and replication.
        wanted: measures and statistics, which alone are read.
    """
    import pandas as pd

    table = as_table(replications)
    quantities = []
    for measure, statistic in wanted:
        key = (measure, "province", "province", statistic)
        number = table.quantity(*key)
        names = [name for name in table.scenarios if number is not None and table.there(name)[number]]
        quantities += [Quantity(name, None, *key) for name in names]
    values = Values.taken(table, quantities)
    columns = pd.MultiIndex.from_tuples([quantity.key for quantity in quantities], names=KEYS)
    found = values.first(values.count) if quantities else np.empty((values.count, 0))
    wide = pd.DataFrame(found, index=pd.Index(table.numbers, name="replication"), columns=columns)
    return wide.melt(ignore_index=False, value_name="value").reset_index()
