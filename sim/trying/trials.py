"""Configurations that are tried with the same people and the same chance: the numbers that are told of each."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.cells import Work, simulate
from sim.experiment.crews import Standby
from sim.experiment.inputs import UnfitPointError, Variations
from sim.experiment.quantities import Key, Quantity, Values, read_for
from sim.experiment.summarise import summary
from sim.limits import FEWEST_REPLICATIONS
from sim.measures.gains import gains
from sim.measures.outcomes import Outcomes, same_people
from sim.measures.rows import Rows
from sim.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
AS_IT_STANDS = -1
"""The place of what the scenario is without any of the changes that are tried."""
CONFIDENCE = 0.95
"""Of all intervals of a table together."""
MOST_PLANS = 64
"""Plans that a process keeps, of a few megabytes each."""
Tried = tuple[str, Mapping[str, Any]]
"""A configuration by its name, and values that take the place of its own, by their paths."""


@dataclass(frozen=True)
class Trials:
    """What every worker knows."""

    variations: Variations
    """Of all configurations."""
    keys: tuple[tuple[str, ...], ...]
    """Measure, level, unit and statistic of all rows that are taken, see :func:`keys_of`."""
    seed: int
    travel_minutes: tuple[int, ...]
    engine: str
    baseline: Tried | None = None
    """What everybody's gains are against, where they are asked for."""

    @functools.cached_property
    def _plans(self) -> dict[str, Plan | str]:
        return {}

    def plan(self, tried: Tried) -> Plan | str:
        """The plan of what is tried, or why the configuration refuses it; made once in each process."""
        known = repr(tried)
        if known not in self._plans:
            while len(self._plans) >= MOST_PLANS:
                del self._plans[next(iter(self._plans))]
            try:
                self._plans[known] = self.variations.plan(*tried)
            except UnfitPointError as error:
                self._plans[known] = str(error.problems[0])
        return self._plans[known]

    def run(self, replication: int, tried: Sequence[Tried]) -> tuple[int, list[list[float] | str]]:
        """The rows of each that is tried in a replication, as ``keys``, or why it is refused."""
        before = None
        if self.baseline is not None:
            base = self.plan(self.baseline)
            if isinstance(base, str):
                return replication, [base for _ in tried]
            before = self._simulated(replication, base)
        return replication, [self._taken(replication, one, before) for one in tried]

    def _simulated(self, replication: int, plan: Plan) -> tuple[Rows, Outcomes]:
        wanted = frozenset((key[0], key[3]) for key in self.keys)
        work = Work({"": plan}, self.seed, self.travel_minutes, engine=self.engine, audit=False, wanted=wanted)
        return simulate(work, "", replication)[2:]

    def _taken(self, replication: int, tried: Tried, before: tuple[Rows, Outcomes] | None) -> list[float] | str:
        plan = self.plan(tried)
        if isinstance(plan, str):
            return plan
        if before is not None and tried == self.baseline:
            rows = before[0]
        else:
            rows, outcomes = self._simulated(replication, plan)
            if before is not None and same_people(before[1], outcomes):
                rows.extend(gains(plan, before[1], outcomes, rows.wanted))
        labels = zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True)
        found = {tuple(key): value for *key, value in labels}
        return [found.get(key, np.nan) for key in self.keys]


def by_chance(estimates: Mapping[int, pd.DataFrame], number: int) -> bool:
    """Whether a number hangs on chance: its replications differ at some value."""
    return any(float(rows["ci_low"].iloc[number]) < float(rows["ci_high"].iloc[number]) for rows in estimates.values())


def keys_of(quantities: Sequence[Quantity], known: Sequence[Key]) -> tuple[tuple[str, ...], ...]:
    """The rows that some numbers are made of, their own and those that count their people, as far as there are any."""
    there = {key[1:] for key in known}
    wanted = (key[1:] for quantity in quantities for key in read_for(quantity))
    return tuple(dict.fromkeys(key for key in wanted if key in there))


@dataclass
class Results:
    """What has been found of the values that were tried, by their places."""

    keys: Sequence[tuple[str, ...]]
    rows: dict[int, dict[int, list[float]]] = field(default_factory=dict)
    """By place and replication, as ``keys``."""
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def replicated(self) -> dict[int, int]:
        """By place, how many replications there are."""
        return {place: len(rows) for place, rows in self.rows.items()}

    def note(self, place: int, of_replications: Mapping[int, list[float] | str]) -> None:
        """Note the rows of what was tried in each replication, or why it is refused."""
        refused = next((one for one in of_replications.values() if isinstance(one, str)), None)
        if refused is not None:
            self.refused[place] = refused
        else:
            self.rows[place] = {number: one for number, one in of_replications.items() if not isinstance(one, str)}

    def keep_common(self) -> None:
        """Keep the replications alone that all have, so that they are compared in the same chance.

        Whoever has fewest is left out where there are not enough of these.
        """
        while self.rows:
            common = functools.reduce(set.intersection, (set(rows) for rows in self.rows.values()))
            if len(common) >= FEWEST_REPLICATIONS:
                break
            del self.rows[min(reversed(self.rows), key=lambda place: len(self.rows[place]))]
        for place, rows in self.rows.items():
            self.rows[place] = {number: rows[number] for number in sorted(common)}

    def estimates(self, quantities: Sequence[Quantity], confidence: float) -> dict[int, pd.DataFrame]:
        """Of each place that is not refused a frame like summary.csv, one row for each number that is told."""
        if not self.rows:
            return {}
        table = summary(self._frame(), confidence).set_index(["scenario", "measure", "level", "unit", "statistic"])
        wanted = [quantity.key[1:] for quantity in quantities]
        return {place: table.loc[[(str(place), *key) for key in wanted]].reset_index() for place in self.rows}

    def values(self, quantity: Quantity) -> dict[int, Floats]:
        """``[replications]`` of each place that is not refused: a number as its estimate is the mean of; NaN if none.

        Replications are all that any place has.
        """
        if not self.rows:
            return {}
        asked = [Quantity(str(place), None, *quantity.key[1:]) for place in self.rows]
        found = Values.taken(self._frame(), asked)
        return dict(zip(self.rows, found.first(found.count).T, strict=True))

    def _frame(self) -> pd.DataFrame:
        """One row for each number of each place and replication."""
        import pandas as pd

        measure, level, unit, statistic = (np.array(column) for column in zip(*self.keys, strict=True))
        frames = [
            pd.DataFrame(
                {
                    "scenario": str(place), "replication": replication, "measure": measure, "level": level,
                    "unit": unit, "statistic": statistic, "value": values,
                }
            )
            for place, rows in self.rows.items()
            for replication, values in rows.items()
        ]  # fmt: skip
        return pd.concat(frames, ignore_index=True)


def try_all(
    crew: Standby, results: Results, tried: Mapping[int, Tried], replications: int, progress: Callable[[], None]
) -> None:
    """Simulate some configurations in all replications, and note what was found.

    Args:
        crew: does the work.
        results: what is found is added to.
        tried: by place.
        replications: of each.
        progress: called after each replication.

    Raises:
        KeyboardInterrupt: interrupted; what was found in the replications that were done is noted if they are enough.
    """
    found: dict[int, list[list[float] | str]] = {}
    try:
        for replication, of_all in crew.results([(number, [*tried.values()]) for number in range(replications)]):
            found[replication] = of_all
            progress()
    finally:
        if len(found) >= FEWEST_REPLICATIONS:
            for row, place in enumerate(tried):
                results.note(place, {replication: found[replication][row] for replication in sorted(found)})
