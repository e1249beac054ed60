"""Measures of access that need no simulation: how near the sessions are to the people, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from sim.measures.reach import Reach, everybody, reach
from sim.measures.rows import Rows
from sim.plan import Floats, Ints, Plan

_KEPT: WeakKeyDictionary[Plan, dict[tuple[int, ...], Rows]] = WeakKeyDictionary()
"""The rows of plans that are in use: all replications have the same."""


def access(plan: Plan, thresholds: Sequence[int]) -> Rows:
    """Coverage and mean travel time to the nearest session; not to be written to.

    The travel time is a mean over the counted working days on which any session is held. Coverage counts days: a place
    with sessions on k days gives those near it k days of coverage out of those working days, weekend days too, and
    never more than all of them. So a service that is added takes nothing away.

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
    minutes, weight = _nearest(found, found.working if found.working.any() else found.days)
    mean = (minutes * weight[:, None]).sum(axis=0) if len(weight) else np.full(len(plan.districts.code), np.nan)
    every, days_weight = _nearest(found, found.days)
    population = plan.districts.population
    regency = plan.districts.regency
    n = len(plan.regencies.code)
    by_regency = np.bincount(regency, population, minlength=n)

    def add(measure: str, statistic: str, value: Floats) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):
            regencies = np.bincount(regency, population * value, minlength=n) / by_regency
        rows.add(measure, "province", "province", statistic, float((population * value).sum() / population.sum()))
        for code, number in zip(plan.regencies.code, regencies.tolist(), strict=True):
            rows.add(measure, "regency", code, statistic, number)

    for threshold in thresholds:
        days = ((every <= threshold) * days_weight[:, None]).sum(axis=0)
        add(f"coverage_{threshold}_min", "share", np.minimum(days, 1.0))
    add("nearest_minutes", "mean", mean)
    for code, value in zip(plan.districts.code, mean.tolist(), strict=True):
        rows.add("nearest_minutes", "district", code, "mean", value)
    return rows


def nearest_minutes(plan: Plan) -> tuple[Floats, Floats]:
    """Minutes from each district to the nearest session, for each kind of day, and the share of days of that kind.

    Shares are of the working days on which any session is held, and add up to 1. Sessions on request count for nobody:
    they come to those who ask.

    Returns:
        ``[kinds, districts]`` and ``[kinds]``; a kind is a set of sites with a session and a state of the roads.
    """
    found = reach(plan, everybody(plan))
    return _nearest(found, found.working if found.working.any() else found.days)


def _nearest(found: Reach, days: Ints) -> tuple[Floats, Floats]:
    """Minutes, and days as a share of the working days with any session, of the kinds of day that there are."""
    return found.minutes[days > 0], days[days > 0] / max(found.whole, 1)
