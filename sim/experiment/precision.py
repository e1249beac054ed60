"""How many replications: as many as a stated precision takes, between two bounds.

Source: Hoad, K., Robinson, S. & Davies, R. (2010), Automated selection of the number of replications for a
discrete-event simulation, J. Oper. Res. Soc. 61, 1632-1644: stop where the interval is narrow enough and stays so for a
few more replications. With the size of the mean, not the signed mean, in the denominator of a relative precision;
absolute precisions for differences and for what is near zero; and all quantities at once, each interval widened by
Bonferroni's inequality.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem
from sim.experiment.quantities import Key, Quantity, Values, selected
from sim.experiment.table import Table, as_table
from sim.stats.intervals import mean_intervals

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.statistics import Replications

Floats = NDArray[np.float64]

LOOK_AHEAD = 5
"""Replications for which the precision must hold on, up to 100 of them; above, in proportion (the paper's k-limit)."""
ENOUGH_FOR_TAILS = 30
SKEWED = 1.0
"""Absolute skewness above which t intervals of few replications cover less than they say."""
ENOUGH_FOR_SKEWED = 25
"""Replications for each skewness squared with which they do not: Cochran, W. G. (1977), Sampling Techniques, 2.15."""
TAILS = ("p90", "median", "p95", "p99")
COLUMNS = (
    *("scenario", "baseline", "measure", "level", "unit", "statistic", "estimate", "half_width"),
    *("kind", "wanted", "achieved", "met", "skewness", "replications", "warning"),
)


@dataclass(frozen=True)
class Stopping:
    """When an experiment has enough replications."""

    quantities: tuple[Quantity, ...]
    wanted: tuple[float, ...]
    """Half width that each may have at most: a share of the estimate's size where ``relative``, else in its unit."""
    relative: tuple[bool, ...]
    minimum: int
    maximum: int
    confidence: float

    @classmethod
    def rule(
        cls,
        section: Replications,
        known: Sequence[Key],
        baseline: str | None,
        confidence: float,
        path: str = "replications",
    ) -> tuple[Stopping, list[Problem]]:
        """The rule of an experiment, and what is wrong with it: quantities that will not be measured.

        Args:
            section: of the experiment's file.
            known: all that will be measured; may be empty where the section asks for nothing.
            baseline: of the experiment.
            confidence: with which all quantities together are as precise as asked.
            path: where the section stands in the file.
        """
        quantities: list[Quantity] = []
        wanted: list[float] = []
        relative: list[bool] = []
        problems: list[Problem] = []
        for place, goal in enumerate(section.precision):
            found, problem = selected(goal, f"{path}.precision[{place}]", known, baseline)
            if problem is not None:
                problems.append(problem)
            quantities += found
            size = goal.relative if goal.relative is not None else goal.absolute
            wanted += [size or math.nan] * len(found)
            relative += [goal.relative is not None] * len(found)
        bounds = section.minimum, section.maximum
        return cls(tuple(quantities), tuple(wanted), tuple(relative), *bounds, confidence), problems

    def fixed(self, replications: int) -> Stopping:
        """The same goals, reported after a number of replications that is given."""
        return Stopping(self.quantities, self.wanted, self.relative, replications, replications, self.confidence)

    def more(self, replications: pd.DataFrame | Table) -> int:
        """How many more replications to run, 0 when there are enough.

        The answer depends on the values of the complete replications alone, never on who ran them or when.

        Args:
            replications: One row for each quantity of each scenario and complete replication.
        """
        table = as_table(replications)
        n = len(table.numbers)
        if n < self.minimum:
            return self.minimum - n
        if n >= self.maximum or not self.quantities:
            return 0
        values = Values.taken(table, self.quantities)
        shares = [self._shares(values.first(k)).max() for k in range(self.minimum, n + 1)]
        return more_after(np.array(shares), self.minimum, self.maximum)

    def table(self, replications: pd.DataFrame | Table) -> pd.DataFrame:
        """What was reached: COLUMNS, a row a quantity; empty where no precision was asked for."""
        import pandas as pd

        if not self.quantities:
            return pd.DataFrame(columns=list(COLUMNS))
        values = Values.taken(replications, self.quantities)
        n = values.count
        last = values.first(n)
        found = mean_intervals(last, self._each)
        half = (found.high - found.low) / 2.0
        shares, skew = self._shares(last), _skewness(last)
        rows = []
        for at, quantity in enumerate(self.quantities):
            achieved = shares[at] * self.wanted[at]
            kind = "relative" if self.relative[at] else "absolute"
            rows.append(
                (
                    *(quantity.scenario, quantity.baseline or "", *quantity.key[1:]),
                    *(found.estimate[at], half[at], kind, self.wanted[at], achieved),
                    *(bool(shares[at] <= 1.0), skew[at], int(found.n[at])),
                    _warning(quantity, float(skew[at]), int(found.n[at])),
                )
            )
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def _each(self) -> float:
        """Confidence of each interval, so that all hold together."""
        return 1.0 - (1.0 - self.confidence) / len(self.quantities)

    def _shares(self, values: Floats) -> Floats:
        return shares_of(values, np.array(self.wanted), np.array(self.relative, dtype=np.bool_), self._each)


def shares_of(values: Floats, wanted: Floats, relative: NDArray[np.bool_], confidence: float) -> Floats:
    """Half width over what it may be at most, of each quantity; infinite where there is no interval.

    Args:
        values: ``[replications, quantities]``.
        wanted: ``[quantities]``: what it may be at most, a share of the size of the mean where ``relative``.
        relative: ``[quantities]``.
        confidence: of each interval.
    """
    found = mean_intervals(values, confidence)
    half = (found.high - found.low) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(relative, np.abs(found.estimate), 1.0)
        share = np.where(half == 0.0, 0.0, half / (size * wanted))
    return np.where(np.isnan(share), np.inf, share)


def more_after(shares: Floats, minimum: int, maximum: int) -> int:
    """How many more replications to run, 0 when there are enough: the rule itself.

    Args:
        shares: ``[n - minimum + 1]``: the largest of :func:`shares_of` after ``minimum``, ``minimum`` + 1, ... n
            replications.
        minimum: replications that there are at least.
        maximum: replications that there may be.
    """
    n = minimum + len(shares) - 1
    left = maximum - n
    if left <= 0:
        return 0
    for start in np.flatnonzero(shares <= 1.0).tolist():
        end = start + look_ahead(minimum + start)
        if (shares[start : end + 1] <= 1.0).all():
            return min(max(minimum + end - n, 0), left)
    # The half width falls with the root of the number; never a leap, as the spread is known only roughly.
    needed = n * shares[-1] ** 2 if math.isfinite(shares[-1]) else math.inf
    return int(min(max(needed - n, 1), max(n // 2, LOOK_AHEAD), left))


def look_ahead(n: int) -> int:
    """For how many more replications a precision that is reached after ``n`` must hold on."""
    return LOOK_AHEAD if n <= 100 else n * LOOK_AHEAD // 100


def told(table: pd.DataFrame) -> list[str]:
    """Lines for a terminal: how many goals were met, which were not, and which intervals to take with care."""
    if table.empty:
        return []
    met, n = int(table["met"].sum()), int(table["replications"].max())
    lines = [f"Precision: {met} of {len(table)} goals met after {n} replications."]
    for row in table.to_dict("records"):
        if not row["met"]:
            lines.append(f"Not met: {_named(row)}: {_size(row, 'achieved')}, wanted {_size(row, 'wanted')}.")
    for row in table.to_dict("records"):
        if row["warning"]:
            lines.append(f"With care: {_named(row)}: {row['warning']}.")
    return lines


def _named(row: Mapping[Any, Any]) -> str:
    parts = [str(row[name]) for name in ("scenario", "baseline", "measure", "level", "unit", "statistic")]
    return str(Quantity(parts[0], parts[1] or None, *parts[2:]))


def _size(row: Mapping[Any, Any], column: str) -> str:
    value = float(row[column])
    return f"{value:.2%} either way" if row["kind"] == "relative" else f"{value:.4g} either way"


def _skewness(values: Floats) -> Floats:
    """Skewness of each column, corrected for its bias (G1); NaN with fewer than three values or no spread."""
    out = np.full(values.shape[1], np.nan)
    for at in range(values.shape[1]):
        column = values[~np.isnan(values[:, at]), at]
        n = len(column)
        spread = column.std() if n > 2 else 0.0
        if spread > 0:
            third = ((column - column.mean()) ** 3).mean() / spread**3
            out[at] = math.sqrt(n * (n - 1)) / (n - 2) * third
    return out


def _warning(quantity: Quantity, skewness: float, n: int) -> str:
    if quantity.statistic in TAILS and n < ENOUGH_FOR_TAILS:
        return f"a tail needs {ENOUGH_FOR_TAILS} replications, there are {n}"
    if abs(skewness) > SKEWED and n < ENOUGH_FOR_SKEWED * skewness**2:
        return f"skewness {skewness:.1f}: an interval of {n} replications covers less than it says"
    return ""
