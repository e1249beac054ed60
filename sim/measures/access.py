"""Measures of access that need no simulation: how near the sessions are to the people, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from sim.measures.reach import everybody, reach
from sim.measures.rows import Rows
from sim.plan import Floats, Plan

_KEPT: WeakKeyDictionary[Plan, dict[tuple[int, ...], Rows]] = WeakKeyDictionary()
"""The rows of plans that are in use: all replications have the same."""


def access(plan: Plan, thresholds: Sequence[int]) -> Rows:
    """Coverage and mean travel time to the nearest session; not to be written to.

    Coverage counts days: a place with sessions on k days gives those near it k days of coverage, weekend days too, out
    of the counted working days on which any session is held, and never more than all of them. The travel time is a mean
    over as many days, those on which a session is nearest, of people who can reach one on all of them. So a service
    that is added takes nothing away, unless it is the first on a working day on which nothing was open, which is then
    held against all the others. Where people are tied to their working area, sites of others do not count.

    Args:
        plan: the scenario.
        thresholds: minutes one way; each gives a measure ``coverage_<minutes>_min``.
    """
    kept = _KEPT.setdefault(plan, {})
    if (key := tuple(thresholds)) not in kept:
        kept[key] = _access(plan, key)
    return kept[key]


def _access(plan: Plan, thresholds: Sequence[int]) -> Rows:
    rows = Rows()
    found = reach(plan, everybody(plan))
    n, regency = len(plan.regencies.code), plan.districts.regency

    def add(measure: str, statistic: str, value: Floats) -> None:
        # Districts from which none can be reached on some days have no mean.
        people = np.where(np.isnan(value), 0, plan.districts.population)
        burden = np.where(np.isnan(value), 0.0, value) * people
        with np.errstate(invalid="ignore", divide="ignore"):
            regencies = np.bincount(regency, burden, minlength=n) / np.bincount(regency, people, minlength=n)
            rows.add(measure, "province", "province", statistic, float(burden.sum() / people.sum()))
        for code, number in zip(plan.regencies.code, regencies.tolist(), strict=True):
            rows.add(measure, "regency", code, statistic, number)

    for threshold in thresholds:
        add(f"coverage_{threshold}_min", "share", found.coverage(threshold))
    mean = found.nearest_minutes()
    add("nearest_minutes", "mean", mean)
    for code, value in zip(plan.districts.code, mean.tolist(), strict=True):
        rows.add("nearest_minutes", "district", code, "mean", value)
    return rows
