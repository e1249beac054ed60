"""From numbers of replications to one number with an interval: the tables summary.csv and comparisons.csv.

The input is the long frame of replications: scenario, replication, measure, level, unit, statistic, value. Both tables
come out in a fixed order and with a fixed number of digits, so that the same replications give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.experiment.bounds import bounds
from sim.experiment.denominators import linearise
from sim.measures.rows import FLOW
from sim.measures.stages import STAGES
from sim.stats.intervals import Differences, holm, mean_intervals, paired_intervals
from sim.stats.power import smallest_detectable
from sim.stats.simultaneous import critical_value

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("measure", "level", "unit", "statistic")
"""Columns that, with the scenario, name a quantity."""

REPLICATION_COLUMNS = ("scenario", "replication", *KEYS, "value")
SUMMARY_COLUMNS = ("scenario", *KEYS, "estimate", "ci_low", "ci_high", "replications")
COMPARISON_COLUMNS = (
    *("scenario", "baseline", *KEYS, "difference", "ci_low", "ci_high", "p_adjusted", "replications"),
    *("correlation", "variance_reduction", "smallest_detectable", "ci_low_simultaneous", "ci_high_simultaneous"),
)

LEVELS = ("province", "regency", "district", "site", "programme", "kind", "day", "week", "site_week")
"""Levels in the order of tables; any other level follows."""

STATISTICS = ("count", "share", "mean", "median", "p90", "total")
"""Statistics in the order of tables; any other statistic follows."""

OWN_DIFFERENCES = (
    *("travel_hours_saved", "days_saved", "cost_rupiah_saved"),
    *(f"{stage}_saved" for stage in STAGES),
    *("now_apply", "no_longer_apply", "now_served", "no_longer_served"),
)
"""Measures that already compare a scenario with the baseline, person by person, within each replication."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Table:
    """The long frame turned around: a row of ``keys`` and a column of ``values`` for each quantity."""

    scenario: NDArray[np.int64]
    """[quantities]: place among ``scenarios``."""
    scenarios: tuple[str, ...]
    """In the order of tables."""
    keys: pd.DataFrame
    """[quantities]: KEYS, in table order."""
    quantity: NDArray[np.int64]
    """[quantities]: a number for the KEYS, the same in every scenario."""
    values: Floats
    """[replications, quantities]; NaN where a replication has no row or no value. A mean over people is linearised,
    so that its mean over replications is the ratio of sums."""
    ratio: NDArray[np.bool_]
    """[quantities]: whether it is a mean over a known number of people."""


def summary(replications: pd.DataFrame, confidence: float, scenarios: Sequence[str] | None = None) -> pd.DataFrame:
    """Estimate of every quantity from all replications, with its t interval: the content of summary.csv.

    A mean or a share of people whose number is known is the ratio of sums over replications, with the interval of the
    delta method; every other statistic, medians and percentiles too, is taken in each replication and averaged. An
    interval ends where a quantity cannot go beyond: see :mod:`sim.experiment.bounds`.

    Args:
        replications: One row for each quantity of each scenario and replication.
        confidence: Coverage of each interval, between 0 and 1.
        scenarios: Scenarios in the order of the table; alphabetical when absent.

    Returns:
        SUMMARY_COLUMNS; ``replications`` is how many had a value. Sorted by scenario, measure, level, unit, statistic.

    Raises:
        ValueError: A column is missing, or a quantity has two values in one replication.
    """
    table = _turned(replications, scenarios)
    found = mean_intervals(table.values, confidence)
    names = np.array(table.scenarios, dtype=object)
    least, most = bounds(table.keys)
    result = table.keys.assign(
        scenario=names[table.scenario],
        estimate=found.estimate,
        ci_low=np.maximum(found.low, least),
        ci_high=np.minimum(found.high, most),
        replications=found.n,
    )
    return result.loc[:, list(SUMMARY_COLUMNS)]


def comparisons(
    replications: pd.DataFrame,
    baseline: str | None,
    confidence: float,
    scenarios: Sequence[str] | None = None,
    *,
    together: bool = False,
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

    Returns:
        COMPARISON_COLUMNS. A family is all units and scenarios of a measure, statistic and level: ``p_adjusted`` is
        Holm's over it, and the simultaneous intervals hold all of it together with the chance ``confidence``.
        ``replications`` counts pairs; ``correlation`` and ``variance_reduction`` say what the common random numbers
        were worth (NaN where they say nothing); ``smallest_detectable`` is the true difference that this experiment
        would have shown four times in five.

    Raises:
        ValueError: As :func:`summary`, or the baseline is not among the scenarios.
    """
    import pandas as pd

    table = _turned(replications, scenarios)
    if baseline is None:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    if baseline not in table.scenarios:
        raise ValueError(f"no scenario is named {baseline!r}; there are {', '.join(table.scenarios)}")
    others = [scenario for scenario in table.scenarios if scenario != baseline]
    parts = [_against(table, baseline, scenario, confidence) for scenario in others]
    if not parts:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    result = pd.concat([part for part, _ in parts], ignore_index=True)
    family = np.asarray(result.groupby(["measure", "statistic", "level"], sort=False).ngroup(), dtype=np.int64)
    result["p_adjusted"] = _by_family(family, result["p_adjusted"].to_numpy(), holm)
    factor = np.full(len(result), np.nan)
    if together:
        differences = np.concatenate([values for _, values in parts], axis=1)
        factor = _by_family(family, differences, lambda values: critical_value(values, confidence))
    half = factor * result.pop("standard_error").to_numpy()
    result["ci_low_simultaneous"] = result["difference"] - half
    result["ci_high_simultaneous"] = result["difference"] + half
    # A difference has no bound, but the count of those who newly apply is no difference.
    own = result["measure"].isin(OWN_DIFFERENCES)
    least = np.where(own, bounds(result)[0], -np.inf)
    for column in ("ci_low", "ci_low_simultaneous"):
        result[column] = np.maximum(result[column], least)
    return result.loc[:, list(COMPARISON_COLUMNS)]


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: ten significant digits, line feeds, nothing where there is no value."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8")


def _turned(replications: pd.DataFrame, scenarios: Sequence[str] | None) -> _Table:
    import pandas as pd

    missing = [column for column in REPLICATION_COLUMNS if column not in replications.columns]
    if missing:
        raise ValueError(f"the replications lack {', '.join(missing)}; found {', '.join(replications.columns)}")
    replications = replications[replications["level"] != FLOW]
    codes, names = _coded(replications, scenarios)
    shape = tuple(max(len(values), 1) for values in names.values())
    # One integer a quantity, ascending in table order: sorting and matching integers is what keeps this fast.
    flat = np.ravel_multi_index(tuple(codes[column] for column in names), shape)
    column, quantities = pd.factorize(flat, sort=True)
    row, numbers = pd.factorize(replications["replication"].to_numpy(), sort=True)
    values = np.full((len(numbers), len(quantities)), np.nan)
    values[row, column] = replications["value"].to_numpy(dtype=np.float64)
    taken = np.zeros(values.shape, dtype=np.bool_)
    taken[row, column] = True
    if np.count_nonzero(taken) < len(flat):
        _refuse_doubles(replications)
    parts = dict(zip(names, np.unravel_index(quantities, shape), strict=True))
    keys = pd.DataFrame({name: names[name][parts[name]] for name in KEYS})
    scenario = parts["scenario"].astype(np.int64)
    values, ratio = linearise(keys, scenario, values)
    return _Table(scenario, tuple(names["scenario"]), keys, quantities % math.prod(shape[1:]), values, ratio)


def _refuse_doubles(replications: pd.DataFrame) -> None:
    columns = list(REPLICATION_COLUMNS[:-1])
    twice = replications[replications.duplicated(subset=columns)].iloc[0]
    raise ValueError(f"two values in one replication for {' '.join(str(twice[column]) for column in columns)}")


def _coded(
    replications: pd.DataFrame, scenarios: Sequence[str] | None
) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.object_]]]:
    """Each key column as integers that ascend in table order, and the values they stand for."""
    import pandas as pd

    first: dict[str, Sequence[str]] = {"scenario": scenarios or (), "level": LEVELS, "statistic": STATISTICS}
    codes, names = {}, {}
    for column in ("scenario", *KEYS):
        code, values = pd.factorize(replications[column])
        found = [str(value) for value in values]
        wanted = first.get(column, ())
        place = {value: i for i, value in enumerate(wanted)}
        ordered = sorted(found, key=lambda value: (place.get(value, len(place)), value))
        rank = {value: i for i, value in enumerate(ordered)}
        codes[column] = np.array([rank[value] for value in found], dtype=np.int64)[code]
        names[column] = np.array(ordered, dtype=object)
    return codes, names


def _against(table: _Table, baseline: str, scenario: str, confidence: float) -> tuple[pd.DataFrame, Floats]:
    """One scenario against the baseline, p not adjusted yet; and the differences, ``[replications, rows]``."""
    import pandas as pd

    here = np.flatnonzero(table.scenario == table.scenarios.index(scenario))
    there = np.flatnonzero(table.scenario == table.scenarios.index(baseline))
    # get_indexer gives -1 where the baseline has no such quantity.
    match = pd.Index(table.quantity[there]).get_indexer(pd.Index(table.quantity[here]))
    own = table.keys["measure"].isin(OWN_DIFFERENCES).to_numpy(dtype=np.bool_)[here]
    kept = own | (match >= 0)
    here, match, own = here[kept], match[kept], own[kept]
    before = np.zeros((len(table.values), len(here)))
    before[:, ~own] = table.values[:, there[match[~own]]]
    found = paired_intervals(table.values[:, here], before, confidence)
    frame = _comparison_frame(table.keys.iloc[here], scenario, baseline, found, own, confidence)
    return frame, table.values[:, here] - before


def _comparison_frame(
    keys: pd.DataFrame,
    scenario: str,
    baseline: str,
    found: Differences,
    own: NDArray[np.bool_],
    confidence: float,
) -> pd.DataFrame:
    from scipy.special import stdtrit

    half = (found.high - found.low) / 2.0
    with np.errstate(invalid="ignore"):
        reach = stdtrit(np.where(found.n > 1, found.n - 1, np.nan), 0.5 + confidence / 2.0)
    return keys.assign(
        scenario=scenario,
        baseline=baseline,
        difference=found.difference,
        ci_low=found.low,
        ci_high=found.high,
        p_adjusted=found.p,
        replications=found.n,
        correlation=found.correlation,
        # Where the pairing was done person by person there is no second variance to compare with.
        variance_reduction=np.where(own, np.nan, found.variance_reduction),
        smallest_detectable=smallest_detectable(half, found.n, confidence),
        standard_error=half / reach,
    )


def _by_family(family: NDArray[np.int64], values: Floats, make: Callable[[Floats], ArrayLike]) -> Floats:
    """What ``make`` gives for the columns (or entries) of each family, put in the order of ``family``."""
    result = np.empty(len(family))
    order = np.argsort(family, kind="stable")
    starts = np.flatnonzero(np.diff(family[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        result[rows] = make(values[..., rows])
    return result
