"""Main effects and interactions of services crossed with a factor of two levels, paired by replication.

The cells of the design are scenarios that met the same applicants, so every effect is a contrast of cells within a
replication, and its interval is a Student t interval over replications. Looking at all effects of a measure at once is
paid for by Bonferroni's inequality, which needs no estimate of how the effects hang together: with few replications
there is none worth having.

Source: Montgomery, D. C. (2017), Design and Analysis of Experiments, 9th ed., ch. 5 and 6 (effects), 3.5 (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.stats.intervals import holm, mean_intervals, paired_intervals

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

NONE, ALL, BEYOND = "none", "all", "all_beyond_sum"
"""Services with a meaning of their own: no service, all of them, and what all do beyond the sum of each alone."""
WITHOUT, WITH, MAIN, INTERACTION = "without", "with", "main", "interaction"
EFFECTS = (WITHOUT, WITH, MAIN, INTERACTION)
QUANTITIES = (
    *(("served", "count"), ("passports", "count"), ("deterred_share", "share"), ("unserved_share", "share")),
    *(("travel_hours", "mean"), ("travel_hours", "total"), ("trips", "mean"), ("vain_trips", "mean")),
    *(("cost_rupiah", "mean"), ("days_to_passport", "mean")),
)
"""Measures and statistics of the province that effects are taken of."""
COLUMNS = (
    *("measure", "statistic", "service", "effect", "estimate", "ci_low", "ci_high"),
    *("simultaneous_low", "simultaneous_high", "p_adjusted", "replications"),
)


def factorial(
    replications: pd.DataFrame,
    factor: str,
    cells: Mapping[str, Sequence[str]],
    confidence: float,
    quantities: Sequence[tuple[str, str]] = QUANTITIES,
) -> pd.DataFrame:
    """Effects of each service and of the factor: the content of factorial.csv.

    With y the value of a cell, the effects of a service s are y(s) - y(none) ``without`` the factor and ``with`` it,
    their mean (``main``) and half their difference, with minus without (``interaction``): what a service still adds
    once the factor stands is ``with``; where ``interaction`` is below 0 the factor takes part of its work away. The
    factor has a row of its own: its effect without any service, with all of them (where there is a cell ``all``), and
    its main effect, the mean over all cells. ``all_beyond_sum`` is the effect of all services minus the sum of the
    effects of each alone.

    Args:
        replications: One row for each quantity of each scenario and replication.
        factor: Name of the factor.
        cells: By service the scenarios without and with the factor; ``none`` is the pair without a service.
        confidence: Coverage of each interval by itself; the simultaneous ones hold all effects of one measure and
            statistic together with this chance.
        quantities: Measures and statistics at the level of the province.

    Returns:
        COLUMNS; ``p_adjusted`` is Holm's over the effects of a measure and statistic. A quantity that no cell has is
        left out.

    Raises:
        ValueError: A cell's scenario is not among the replications, or there is no cell ``none``.
    """
    import pandas as pd

    _check(replications, cells)
    names, weights = contrasts(factor, cells)
    scenarios = [scenario for pair in cells.values() for scenario in pair]
    province = replications[replications["level"] == "province"].astype({"scenario": str})
    parts = []
    for measure, statistic in quantities:
        rows = province[(province["measure"] == measure) & (province["statistic"] == statistic)]
        if rows.empty:
            continue
        wide = rows.pivot(index="replication", columns="scenario", values="value").reindex(columns=scenarios)
        values = wide.to_numpy(dtype=np.float64)[:, None, :]
        # A cell without a value spoils only the effects that it is part of.
        effects = np.where(weights == 0, 0.0, values * weights).sum(axis=2)
        table = _effects(names, effects, confidence)
        table.insert(0, "statistic", statistic)
        table.insert(0, "measure", measure)
        parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def contrasts(factor: str, cells: Mapping[str, Sequence[str]]) -> tuple[list[tuple[str, str]], Floats]:
    """Service and effect of each contrast, and its weights, [contrasts, cells]; cells in order, without before with."""
    place = {service: 2 * row for row, service in enumerate(cells)}
    names: list[tuple[str, str]] = []
    weights: list[Floats] = []

    def simple(service: str, level: int) -> Floats:
        row = np.zeros(2 * len(cells))
        row[place[service] + level] += 1.0
        row[place[NONE] + level] -= 1.0
        return row

    def four(service: str, without: Floats, with_: Floats) -> None:
        for effect, row in zip(
            EFFECTS, (without, with_, (without + with_) / 2.0, (with_ - without) / 2.0), strict=True
        ):
            names.append((service, effect))
            weights.append(row)

    alone = [service for service in cells if service not in (NONE, ALL)]
    for service in cells:
        if service != NONE:
            four(service, simple(service, 0), simple(service, 1))
    if ALL in cells and len(alone) > 1:
        beyond = [simple(ALL, level) - sum(simple(service, level) for service in alone) for level in (0, 1)]
        four(BEYOND, beyond[0], beyond[1])
    steps = {service: np.zeros(2 * len(cells)) for service in cells}
    for service, row in steps.items():
        row[place[service] : place[service] + 2] = -1.0, 1.0
    rows = {WITHOUT: steps[NONE], MAIN: np.mean(list(steps.values()), axis=0)}
    if ALL in cells:
        rows = {WITHOUT: steps[NONE], WITH: steps[ALL], MAIN: rows[MAIN]}
    for effect, row in rows.items():
        names.append((factor, effect))
        weights.append(row)
    return names, np.array(weights)


def _effects(names: Sequence[tuple[str, str]], values: Floats, confidence: float) -> pd.DataFrame:
    """Estimates of contrasts, ``[replications, contrasts]``, in their order."""
    import pandas as pd

    found = mean_intervals(values, confidence)
    together = mean_intervals(values, 1.0 - (1.0 - confidence) / len(names))
    return pd.DataFrame(
        {
            "service": [service for service, _ in names],
            "effect": [effect for _, effect in names],
            "estimate": found.estimate,
            "ci_low": found.low,
            "ci_high": found.high,
            "simultaneous_low": together.low,
            "simultaneous_high": together.high,
            "p_adjusted": holm(paired_intervals(values, np.zeros_like(values), confidence).p),
            "replications": found.n,
        }
    )


def _check(replications: pd.DataFrame, cells: Mapping[str, Sequence[str]]) -> None:
    if NONE not in cells:
        raise ValueError(f"a factorial needs a cell {NONE!r}; found {', '.join(cells)}")
    there = set(replications["scenario"])
    for service, pair in cells.items():
        for scenario in pair:
            if scenario not in there:
                raise ValueError(
                    f"the cell {service} is {scenario!r}, which was not run; {', '.join(sorted(there))} were"
                )
