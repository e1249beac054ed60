"""From numbers of replications to one number with an interval: the tables summary.csv and comparisons.csv.

The input is the tidy table of replications: scenario, replication, measure, level, unit, statistic, value. Both tables
come out in a fixed order and with a fixed number of digits, so that the same replications give the same bytes. Values
are read a block of quantities at a time, so that memory does not grow with the number of replications.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.experiment.bounds import bounds, cut, difference_bounds, is_planned
from sim.experiment.layout import Layout, blocks, room
from sim.experiment.packing import LABELS
from sim.experiment.table import Table, as_table
from sim.measures.stages import STAGES
from sim.stats.intervals import ROUNDING, holm, mean_intervals, paired_intervals
from sim.stats.power import smallest_detectable
from sim.stats.simultaneous import bonferroni, critical_value, learns

if TYPE_CHECKING:
    import pandas as pd

KEYS = LABELS
"""Columns that, with the scenario, name a quantity."""

SUMMARY_COLUMNS = ("scenario", *KEYS, "estimate", "ci_low", "ci_high", "replications")
COMPARISON_COLUMNS = (
    *("scenario", "baseline", *KEYS, "difference", "ci_low", "ci_high", "p_adjusted", "replications"),
    *("correlation", "variance_reduction", "smallest_detectable", "ci_low_simultaneous", "ci_high_simultaneous"),
)

OWN_DIFFERENCES = (
    *("travel_hours_saved", "days_saved", "wait_minutes_saved", "cost_rupiah_saved"),
    *(f"{stage}_saved" for stage in STAGES),
    *("now_apply", "no_longer_apply", "now_served", "no_longer_served"),
)
"""Measures that already compare a scenario with the baseline, person by person, within each replication."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def summary(
    replications: pd.DataFrame | Table,
    confidence: float,
    scenarios: Sequence[str] | None = None,
    *,
    levels: Collection[str] | None = None,
    measures: Collection[str] | None = None,
) -> pd.DataFrame:
    """Estimate of every quantity from all replications, with its t interval: the content of summary.csv.

    A mean or a share of people whose number is known is the ratio of sums over replications, with the interval of the
    delta method; every other statistic, medians and percentiles too, is taken in each replication and averaged. An
    interval ends where a quantity cannot go beyond: see :mod:`sim.experiment.bounds`.

    Args:
        replications: One row for each quantity of each scenario and replication.
        confidence: Coverage of each interval, between 0 and 1.
        scenarios: Scenarios in the order of the table; alphabetical when absent.
        levels: The only levels that are wanted; all when absent.
        measures: The only measures that are wanted; all when absent.

    Returns:
        SUMMARY_COLUMNS; ``replications`` is how many had a value. Sorted by scenario, measure, level, unit, statistic.

    Raises:
        ValueError: A column is missing, or a quantity has two values in one replication.
    """
    layout = Layout.of(as_table(replications), scenarios, levels, measures)
    rows = _Rows.of(layout, {name: layout.quantities[name] for name in layout.scenarios})
    numbers = {name: np.full(len(rows), np.nan) for name in ("estimate", "low", "high", "n")}
    for scenario, at in rows.blocks():
        found = mean_intervals(layout.values(scenario, rows.quantity[at]), confidence)
        for name, column in numbers.items():
            column[at] = getattr(found, name)
    keys = layout.keys(rows.quantity)
    low, high = cut(numbers["estimate"], numbers["low"], numbers["high"], *bounds(keys))
    result = keys.assign(
        scenario=rows.scenario,
        estimate=numbers["estimate"],
        ci_low=low,
        ci_high=high,
        replications=numbers["n"].astype(np.int64),
    )
    return result.loc[:, list(SUMMARY_COLUMNS)]


def comparisons(
    replications: pd.DataFrame | Table,
    baseline: str | None,
    confidence: float,
    scenarios: Sequence[str] | None = None,
    *,
    together: bool = False,
    levels: Collection[str] | None = None,
) -> pd.DataFrame:
    """Mean paired difference of every quantity from the baseline, scenario minus baseline: comparisons.csv.

    A quantity that only one of the two scenarios has (a site that is not open in the other) has no row. The measures in
    OWN_DIFFERENCES are differences already: theirs is the value itself.

    Args:
        replications: One row for each quantity of each scenario and replication.
        baseline: The scenario the others are compared with; the table is empty where it is None.
        confidence: Coverage of each interval by itself, between 0 and 1.
        scenarios: Scenarios in the order of the table; alphabetical when absent.
        together: Whether to make the simultaneous intervals, which take a while; their columns are NaN otherwise.
        levels: The only levels that are wanted; all when absent.

    Returns:
        COMPARISON_COLUMNS. A family is all units and scenarios of a measure, statistic and level: ``p_adjusted`` is
        Holm's over it, and the simultaneous intervals hold all of it together with the chance ``confidence``.
        ``replications`` counts pairs, the replications in which both have a value, over which alone ratios are taken;
        ``correlation`` and ``variance_reduction`` say what the common random numbers were worth (NaN where they say
        nothing); ``smallest_detectable`` is the true difference that this experiment would have shown four times in
        five.

    Raises:
        ValueError: As :func:`summary`, or the baseline is not among the scenarios.
    """
    import pandas as pd

    layout = Layout.of(as_table(replications), scenarios, levels)
    if baseline is None:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    if baseline not in layout.scenarios:
        raise ValueError(f"no scenario is named {baseline!r}; there are {', '.join(layout.scenarios)}")
    pairs = _Pairs.of(layout, baseline)
    if not len(pairs.rows):
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    result, spread, blank = pairs.compared(confidence)
    family = np.asarray(result.groupby(["measure", "statistic", "level"], sort=False).ngroup(), dtype=np.int64)
    result["p_adjusted"] = _by_family(family, result["p_adjusted"].to_numpy(), holm)
    factor = np.full(len(result), np.nan)
    if together:
        factor = _factors(pairs, family, result["replications"].to_numpy(), spread, blank, confidence)
    half = factor * result.pop("standard_error").to_numpy()
    result["ci_low_simultaneous"] = result["difference"] - half
    result["ci_high_simultaneous"] = result["difference"] + half
    # The count of those who newly apply is no difference of two values.
    least, most = (np.where(pairs.own, *ends) for ends in zip(bounds(result), difference_bounds(result), strict=True))
    for suffix in ("", "_simultaneous"):
        low, high = (result[f"ci_{end}{suffix}"].to_numpy() for end in ("low", "high"))
        found = cut(result["difference"].to_numpy(), low, high, least, most)
        result[f"ci_low{suffix}"], result[f"ci_high{suffix}"] = found
    return result.loc[:, list(COMPARISON_COLUMNS)]


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: ten significant digits, line feeds, nothing where there is no value."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8")


@dataclass(frozen=True)
class _Rows:
    """The rows of a table that is being made: those of a scenario one after the other."""

    layout: Layout
    quantity: Ints
    """[rows]: the number of the quantity of each."""
    starts: dict[str, tuple[int, int]]
    """By scenario, its first row and the one after its last."""

    @classmethod
    def of(cls, layout: Layout, quantities: dict[str, Ints]) -> _Rows:
        ends = np.cumsum([len(some) for some in quantities.values()], dtype=np.int64).tolist()
        starts = dict(zip(quantities, itertools.pairwise([0, *ends]), strict=True))
        return cls(layout, np.concatenate([np.zeros(0, dtype=np.int64), *quantities.values()]), starts)

    def __len__(self) -> int:
        return len(self.quantity)

    @property
    def scenario(self) -> NDArray[np.object_]:
        """[rows]: the scenario of each."""
        names = np.array(list(self.starts), dtype=object)
        return np.repeat(names, [end - start for start, end in self.starts.values()])

    def blocks(self) -> Iterator[tuple[str, slice]]:
        """Rows of one scenario each, so many that their values can be held at once."""
        for name, (start, end) in self.starts.items():
            for block in blocks(self.layout.table, end - start):
                yield name, slice(start + block.start, min(start + block.stop, end))


@dataclass(frozen=True)
class _Pairs:
    """Quantities of scenarios that can be compared with a baseline."""

    layout: Layout
    baseline: str
    rows: _Rows
    own: NDArray[np.bool_]
    """[rows]: whether a quantity is a difference by itself."""
    planned: NDArray[np.bool_]
    """[rows]: whether a plan alone says what it is, where it does not vary."""

    @classmethod
    def of(cls, layout: Layout, baseline: str) -> _Pairs:
        codes, names = layout.table.labels("measure")
        own = np.array([name in OWN_DIFFERENCES for name in names], dtype=np.bool_)[codes]
        planned = np.array([is_planned(name) for name in names], dtype=np.bool_)[codes]
        kept = {}
        for name in layout.scenarios:
            if name != baseline:
                some = layout.quantities[name]
                kept[name] = some[own[some] | np.isin(some, layout.quantities[baseline])]
        rows = _Rows.of(layout, kept)
        return cls(layout, baseline, rows, own[rows.quantity], planned[rows.quantity])

    def values(self, scenario: str, rows: slice | Ints) -> tuple[Floats, Floats]:
        """``[replications, rows]``: those of the scenario and what they are compared with, 0 for one's own.

        NaN where either has none.
        """
        quantity, own = self.rows.quantity[rows], self.own[rows]
        parts = self.layout.parts(scenario, quantity)
        before_parts = self.layout.parts(self.baseline, quantity[~own])
        # A replication that one side has no value in is no pair, and in the ratio of neither.
        both = parts.there()
        both[:, ~own] &= before_parts.there()
        here, before = parts.linearised(both), np.zeros(both.shape)
        before[:, ~own] = before_parts.linearised(both[:, ~own])
        # What differs by the rounding of sums alone is the same: without any spread it would be clear from zero.
        return here, np.where(np.isclose(here, before, rtol=ROUNDING, atol=0.0), here, before)

    def differences(self, rows: Ints) -> Floats:
        """``[replications, rows]`` for ascending rows of whichever scenarios."""
        parts = []
        for scenario, (start, end) in self.rows.starts.items():
            some = rows[(rows >= start) & (rows < end)]
            if len(some):
                here, before = self.values(scenario, some)
                parts.append(here - before)
        return np.concatenate(parts, axis=1)

    def compared(self, confidence: float) -> tuple[pd.DataFrame, NDArray[np.bool_], NDArray[np.bool_]]:
        """Every row, p not adjusted yet; whether its differences have any spread, and whether one is missing."""
        fields = ("difference", "low", "high", "p", "n", "correlation", "variance_reduction")
        numbers = {name: np.full(len(self.rows), np.nan) for name in fields}
        spread, blank = (np.zeros(len(self.rows), dtype=np.bool_) for _ in range(2))
        for scenario, at in self.rows.blocks():
            here, before = self.values(scenario, at)
            found = paired_intervals(here, before, confidence, self.planned[at])
            for name, column in numbers.items():
                column[at] = getattr(found, name)
            differences = here - before
            # Of the pairs that are there: what a replication does not have is no spread.
            spread[at] = np.fmax.reduce(differences) > np.fmin.reduce(differences)
            blank[at] = np.isnan(differences).any(axis=0)
        return self._frame(numbers, confidence), spread, blank

    def _frame(self, numbers: dict[str, Floats], confidence: float) -> pd.DataFrame:
        from scipy.special import stdtrit

        n = numbers["n"].astype(np.int64)
        half = (numbers["high"] - numbers["low"]) / 2.0
        with np.errstate(invalid="ignore"):
            reach = stdtrit(np.where(n > 1, n - 1, np.nan), 0.5 + confidence / 2.0)
        return self.layout.keys(self.rows.quantity).assign(
            scenario=self.rows.scenario,
            baseline=self.baseline,
            difference=numbers["difference"],
            ci_low=numbers["low"],
            ci_high=numbers["high"],
            p_adjusted=numbers["p"],
            replications=n,
            correlation=numbers["correlation"],
            # Where the pairing was done person by person there is no second variance to compare with.
            variance_reduction=np.where(self.own, np.nan, numbers["variance_reduction"]),
            smallest_detectable=smallest_detectable(half, n, confidence),
            standard_error=half / reach,
        )


def _factors(
    pairs: _Pairs, family: Ints, found: Ints, spread: NDArray[np.bool_], blank: NDArray[np.bool_], confidence: float
) -> Floats:
    """[rows]: how many standard errors each interval reaches, so that those of its family hold together.

    ``found`` is how many pairs each row has.
    """
    n = len(pairs.layout.table.numbers)
    result = np.empty(len(family))
    waiting: list[tuple[Ints, Ints]] = []
    for rows in _families(family):
        moving = rows[spread[rows]]
        if learns(n, len(moving)) and not blank[moving].any():
            waiting.append((rows, moving))
        else:
            result[rows] = bonferroni(found[rows], len(moving), confidence)
    for some in _filled(waiting, room(pairs.layout.table)):
        read = np.sort(np.concatenate([moving for _, moving in some]))
        values = pairs.differences(read)
        for rows, moving in some:
            result[rows] = critical_value(values[:, np.searchsorted(read, moving)], confidence)
    return result


def _filled(families: list[tuple[Ints, Ints]], most: int) -> Iterator[list[tuple[Ints, Ints]]]:
    """Families, as many at a time as there is room for."""
    some: list[tuple[Ints, Ints]] = []
    for one in families:
        if some and sum(len(moving) for _, moving in some) + len(one[1]) > most:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _by_family(family: Ints, values: Floats, make: Callable[[Floats], ArrayLike]) -> Floats:
    """What ``make`` gives for the entries of each family, put in the order of ``family``."""
    result = np.empty(len(family))
    for rows in _families(family):
        result[rows] = make(values[rows])
    return result


def _families(family: Ints) -> list[Ints]:
    """The rows of each family, ascending."""
    order = np.argsort(family, kind="stable")
    starts = np.flatnonzero(np.diff(family[order], prepend=-1))
    return np.split(order, starts[1:])
