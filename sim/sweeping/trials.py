"""A scenario with a setting at some values, simulated: the numbers that are told of each."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiment.cells import Work, simulate
from sim.experiment.crews import Standby
from sim.experiment.inputs import UnfitPointError, Variations
from sim.experiment.quantities import Key, Quantity, read_for
from sim.experiment.summarise import summary
from sim.limits import FEWEST_REPLICATIONS
from sim.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

AS_IT_STANDS = -1
"""The place of the value that the scenario has, where it is none of those between the ends."""
UNCHANGED, VARIED = "as it stands", "varied"
"""Names of the scenario as it is, and of one in whose configuration the path of the setting stands."""


@dataclass(frozen=True)
class Trials:
    """What every worker knows. All values meet the same people with the same chance."""

    variations: Variations
    """Of UNCHANGED and VARIED."""
    path: str
    keys: tuple[tuple[str, ...], ...]
    """Measure, level, unit and statistic of all rows that are taken, see :func:`keys_of`."""
    seed: int
    travel_minutes: tuple[int, ...]
    engine: str

    @functools.cached_property
    def _plans(self) -> dict[str, Plan | str]:
        return {}

    def plan(self, value: Any) -> Plan | str:
        """The plan of a value, of the scenario as it stands for None, or why the configuration refuses it.

        It is made once in each process.
        """
        known = repr(value)
        if known not in self._plans:
            asked = (UNCHANGED, {}) if value is None else (VARIED, {self.path: value})
            try:
                self._plans[known] = self.variations.plan(*asked)
            except UnfitPointError as error:
                self._plans[known] = str(error.problems[0])
        return self._plans[known]

    def run(self, replication: int, values: Sequence[Any]) -> tuple[int, list[list[float] | str]]:
        """The rows of each value in a replication, as ``keys``, or why it is refused."""
        return replication, [self._taken(replication, self.plan(value)) for value in values]

    def _taken(self, replication: int, plan: Plan | str) -> list[float] | str:
        if isinstance(plan, str):
            return plan
        wanted = frozenset((key[0], key[3]) for key in self.keys)
        work = Work({VARIED: plan}, self.seed, self.travel_minutes, engine=self.engine, audit=False, wanted=wanted)
        _, _, rows, _ = simulate(work, VARIED, replication)
        labels = zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True)
        found = {tuple(key): value for *key, value in labels}
        return [found.get(key, np.nan) for key in self.keys]


def keys_of(quantities: Sequence[Quantity], known: Sequence[Key]) -> tuple[tuple[str, ...], ...]:
    """The rows that some numbers are made of, their own and those that count their people, as far as there are any."""
    there = {key[1:] for key in known}
    wanted = (key[1:] for quantity in quantities for key in read_for(quantity))
    return tuple(dict.fromkeys(key for key in wanted if key in there))


@dataclass
class Results:
    """What has been found of the values that were tried, by their places."""

    keys: Sequence[tuple[str, ...]]
    rows: dict[int, list[list[float]]] = field(default_factory=dict)
    """[replications, keys]"""
    refused: dict[int, str] = field(default_factory=dict)

    def note(self, place: int, of_replications: Sequence[list[float] | str]) -> None:
        """Note the rows of a value in each replication, or why it is refused."""
        refused = next((one for one in of_replications if isinstance(one, str)), None)
        if refused is not None:
            self.refused[place] = refused
        else:
            self.rows[place] = [one for one in of_replications if not isinstance(one, str)]

    def estimates(self, quantities: Sequence[Quantity], confidence: float) -> dict[int, pd.DataFrame]:
        """Of each place that is not refused a frame like summary.csv, one row for each number that is told."""
        import pandas as pd

        if not self.rows:
            return {}
        measure, level, unit, statistic = (np.array(column) for column in zip(*self.keys, strict=True))
        frames = [
            pd.DataFrame(
                {
                    "scenario": str(place), "replication": replication, "measure": measure, "level": level,
                    "unit": unit, "statistic": statistic, "value": values,
                }
            )
            for place, rows in self.rows.items()
            for replication, values in enumerate(rows)
        ]  # fmt: skip
        table = summary(pd.concat(frames, ignore_index=True), confidence).set_index(
            ["scenario", "measure", "level", "unit", "statistic"]
        )
        wanted = [quantity.key[1:] for quantity in quantities]
        return {place: table.loc[[(str(place), *key) for key in wanted]].reset_index() for place in self.rows}


def try_values(
    crew: Standby, results: Results, values: Mapping[int, Any], replications: int, progress: Callable[[], None]
) -> None:
    """Simulate some values in all replications, and note what was found.

    Args:
        crew: does the work.
        results: what is found is added to.
        values: by place.
        replications: of each.
        progress: called after each replication.

    Raises:
        KeyboardInterrupt: interrupted; what was found in the replications that were done is noted if they are enough.
    """
    found: dict[int, list[list[float] | str]] = {}
    try:
        for replication, of_values in crew.results([(number, [*values.values()]) for number in range(replications)]):
            found[replication] = of_values
            progress()
    finally:
        if len(found) >= FEWEST_REPLICATIONS:
            for row, place in enumerate(values):
                results.note(place, [found[replication][row] for replication in sorted(found)])
