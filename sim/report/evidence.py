"""What a report rests on: the replications, the two tables made of them, and the plans they were run with."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiment.flows import flow_table
from sim.experiment.packing import LABELS
from sim.experiment.summarise import KEYS, comparisons, summary
from sim.experiment.table import Table, as_table
from sim.stats.intervals import Difference, Estimate
from sim.stats.power import smallest_detectable

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Floats, Plan
    from sim.report.messages import Messages

REPORTED_LEVELS = (
    *("province", "regency", "site", "office", "programme", "kind", "tenth"),
    *("day", "week", "site_day", "site_week"),
)
"""Levels that tables, figures and findings use."""

NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan, 0)
NO_DIFFERENCE = Difference(math.nan, math.nan, math.nan, math.nan, 0, math.nan, math.nan)

Key = tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """An experiment's evidence, ready to be looked up; made by :func:`gather`."""

    plans: Mapping[str, Plan]
    """By scenario, in the order of tables."""
    baseline: str
    """The main scenario itself where nothing is compared."""
    main: str
    confidence: float
    replications: Table
    summary: pd.DataFrame
    comparisons: pd.DataFrame
    estimates: Mapping[Key, Estimate]
    """By scenario, measure, level, unit and statistic."""
    differences: Mapping[Key, Difference]
    """The same, from the baseline; p is adjusted by Holm's method."""
    flows: pd.DataFrame
    """Applicants by scenario, district and site, as in flows.csv."""
    only_adds: bool = False
    """Whether the main scenario is known to have all of the baseline, unchanged, and more places or sessions."""
    only_takes: bool = False
    """Whether it is known the other way round: the baseline has all of it, and more."""
    additions: Collection[str] | None = None
    """Scenarios that only add to the baseline, with their teams; None where that is not known."""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios in the order of tables."""
        return tuple(self.plans)

    @property
    def pair(self) -> tuple[str, ...]:
        """The baseline and the main scenario, or the one scenario where nothing is compared."""
        return (self.baseline, self.main) if self.main != self.baseline else (self.main,)

    @property
    def compares(self) -> bool:
        """Whether there are two scenarios to compare."""
        return len(self.pair) == 2

    def text(self, key: str, messages: Messages, **values: object) -> str:
        """A text that may say how sure intervals are.

        In its form ``_alone``, if it has one, where nothing is compared; in its form ``_day_off`` where days of work
        lost to appointments are counted.

        Args:
            key: of the text.
            messages: of the language.
            values: of its placeholders, but for ``confidence``.
        """
        forms = {
            f"{key}_alone": not self.compares,
            f"{key}_unpaired": not self.pairs(),
            f"{key}_day_off": self.counts_days_off,
        }
        chosen = next((form for form, asked in forms.items() if asked and form in messages.texts), key)
        return messages.text(chosen, confidence=messages.percent(self.confidence, 0), **values)

    def pairs(self, scenario: str = "") -> bool:
        """Whether people of a scenario, or of the main one, are compared with themselves in the baseline."""
        return not math.isnan(self.difference(scenario or self.main, "travel_hours_saved", "count").difference)

    @property
    def counts_days_off(self) -> bool:
        """Whether somebody may lose a day's work by an appointment in one of the pair."""
        return not all(math.isnan(self.estimate(scenario, "days_off", "total").estimate) for scenario in self.pair)

    def burden(self, messages: Messages) -> str:
        """What the cost of a passport is made of, in a few words."""
        return self.text("word.burden", messages)

    def title(self, scenario: str, messages: Messages) -> str:
        """A scenario's title in the language of a report."""
        return self.plans[scenario].title[messages.language]

    def titles(self, messages: Messages) -> tuple[str, ...]:
        """Titles of the pair."""
        return tuple(self.title(scenario, messages) for scenario in self.pair)

    @property
    def replication_count(self) -> int:
        """Replications that were run."""
        return len(self.replications.numbers)

    def estimate(
        self, scenario: str, measure: str, statistic: str, level: str = "province", unit: str = "province"
    ) -> Estimate:
        """A quantity's mean over replications; NO_ESTIMATE where there is none."""
        return self.estimates.get((scenario, measure, level, unit, statistic), NO_ESTIMATE)

    def difference(
        self, scenario: str, measure: str, statistic: str, level: str = "province", unit: str = "province"
    ) -> Difference:
        """A quantity's difference from the baseline; NO_DIFFERENCE where there is none."""
        return self.differences.get((scenario, measure, level, unit, statistic), NO_DIFFERENCE)

    def values(self, scenario: str, measure: str, statistic: str) -> NDArray[np.float64]:
        """A province-wide quantity's value in each replication, in their order; NaN where one has none."""
        quantity = self.replications.quantity(measure, "province", "province", statistic)
        if quantity is None:
            return np.full(self.replication_count, np.nan)
        return self.replications.values(scenario, np.array([quantity]))[:, 0]

    def all_values(self, scenario: str, levels: tuple[str, ...], measures: tuple[str, ...]) -> Mapping[Key, Floats]:
        """A scenario's values [replications] at some levels of some measures, by measure, level, unit and statistic.

        They are read once, for whoever asks for the same. NaN where a replication has none.
        """
        asked = scenario, levels, measures
        if asked not in self._read:
            chosen = np.flatnonzero(self.replications.chosen(levels, measures))
            labels = []
            for label in LABELS:
                codes, names = self.replications.labels(label)
                labels.append([names[code] for code in codes[chosen].tolist()])
            values = self.replications.values(scenario, chosen)
            self._read[asked] = dict(zip(zip(*labels, strict=True), values.T, strict=True))
        return self._read[asked]

    @functools.cached_property
    def _read(self) -> dict[tuple[str, tuple[str, ...], tuple[str, ...]], dict[Key, Floats]]:
        return {}

    def direction(self, difference: Difference) -> int:
        """1 or -1 where the difference stands, by its interval and after Holm's adjustment; otherwise 0."""
        stands = difference.p < 1.0 - self.confidence
        return int(stands and difference.low > 0) - int(stands and difference.high < 0)

    def smallest_shown(self, measure: str, statistic: str, level: str, difference: Difference) -> float:
        """The true difference that would have stood four times in five, among all that it is adjusted for."""
        half = max(difference.high - difference.difference, difference.difference - difference.low)
        tests = max(self._families[(measure, statistic, level)], 1)
        found = smallest_detectable(np.array([half]), np.array([difference.n]), self.confidence, tests=tests)
        return float(found[0])

    @functools.cached_property
    def _families(self) -> Counter[Key]:
        """Differences tested together, by measure, statistic and level."""
        tested = self.comparisons[self.comparisons["p_adjusted"].notna()]
        return Counter(tested[["measure", "statistic", "level"]].itertuples(index=False, name=None))

    @functools.cached_property
    def means_by_week(self) -> Mapping[tuple[str, str, str], Mapping[str, Difference]]:
        """How far means at a site are from the baseline's, by week, for each scenario, measure and site."""
        found: dict[tuple[str, str, str], dict[str, Difference]] = {}
        for (scenario, measure, level, unit, statistic), difference in self.differences.items():
            if level == "site_week" and statistic == "mean" and not math.isnan(difference.difference):
                site, _, week = unit.rpartition(" ")
                found.setdefault((scenario, measure, site), {})[week] = difference
        return found

    def added_sites(self, scenario: str) -> tuple[int, ...]:
        """Rows, in the scenario's plan, of the sites that the baseline does not have."""
        before = set(self.plans[self.baseline].sites.id)
        sites = self.plans[scenario].sites
        return tuple(row for row, site in enumerate(sites.id) if site not in before and sites.is_office[row])

    def single_additions(self) -> dict[str, int]:
        """Scenarios that add exactly one office or service and take no place away, with the row of its first place."""
        found, before = {}, set(self.plans[self.baseline].sites.id)
        for scenario, plan in self.plans.items():
            sites = plan.sites
            added = [row for row, site in enumerate(sites.id) if site not in before]
            what = {sites.id[row] if sites.is_office[row] else sites.programme[row] for row in added}
            alone = self.additions is None or scenario in self.additions
            if len(what) == 1 and alone and before <= set(sites.id):
                found[scenario] = added[0]
        return found


def gather(
    replications: pd.DataFrame | Table,
    plans: Mapping[str, Plan],
    baseline: str | None,
    main: str,
    confidence: float,
    adds: Collection[tuple[str, str]] = (),
    additions: Collection[str] | None = None,
) -> Evidence:
    """Collect what a report needs of an experiment.

    Args:
        replications: One row for each quantity of each scenario and replication.
        plans: The plan of each scenario, in the order of tables.
        baseline: The scenario that the others are compared with; None where nothing is compared.
        main: The scenario that the findings are about.
        confidence: Coverage of each interval, between 0 and 1.
        adds: Pairs of scenarios of which the second is known to only add to the first.
        additions: Scenarios that only add to the baseline, if new teams are let close counters at home; None where
            that is not known.

    Raises:
        ValueError: The baseline or the main scenario has no plan, or is not in the replications.
    """
    base, rows = baseline or main, as_table(replications)
    simulated = set(rows.scenarios)
    for scenario in (base, main):
        if scenario not in plans or scenario not in simulated:
            known = ", ".join(name for name in plans if name in simulated)
            raise ValueError(f"no results of a scenario {scenario!r}; there are {known or 'none'}")
    order = tuple(plans)
    table = summary(rows, confidence, order, levels=REPORTED_LEVELS)
    compared = comparisons(rows, baseline, confidence, order, levels=REPORTED_LEVELS)
    flows = flow_table(rows, confidence, order)
    numbers = _estimates(table), _differences(compared)
    alike = (base, main) in adds, (main, base) in adds
    return Evidence(plans, base, main, confidence, rows, table, compared, *numbers, flows, *alike, additions)


def _estimates(table: pd.DataFrame) -> dict[Key, Estimate]:
    numbers = table[["estimate", "ci_low", "ci_high", "replications"]].itertuples(index=False, name=None)
    return {key: Estimate(*row) for key, row in zip(_keys(table), numbers, strict=True)}


def _differences(table: pd.DataFrame) -> dict[Key, Difference]:
    columns = ["difference", "ci_low", "ci_high", "p_adjusted", "replications", "correlation", "variance_reduction"]
    numbers = table[columns].itertuples(index=False, name=None)
    return {key: Difference(*row) for key, row in zip(_keys(table), numbers, strict=True)}


def _keys(table: pd.DataFrame) -> list[Key]:
    # Columns of text are slow to go through, one text at a time; as lists of objects they are not.
    columns = (table[name].to_numpy(dtype=object).tolist() for name in ("scenario", *KEYS))
    return list(zip(*columns, strict=True))
