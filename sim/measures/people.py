"""Measures of people: waits, lead, travel, cost, and what share of need was met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Grouping, Rows
from sim.plan import DAY_MS, NONE, Floats, Ints, Plan
from sim.stats.inequality import gini

FULL = ("mean", "median", "p90")
COUNTED = (*FULL, "count")
"""Of those whose number no other measure says."""
WITH_TOTAL = ("mean", "median", "p90", "total")
BRIEF_LEVELS, BRIEF = ("district",), ("mean", "count")
"""Levels with so many units that they get means and counts only."""


def people(plan: Plan, draws: Draws, journeys: Journeys, o: Outcomes) -> Rows:
    """All measures of people, by province, regency, district, site, kind and week."""
    rows = Rows()
    groupings = [*places(plan, o.district), _sites(plan, journeys), *_kinds(plan, draws)]
    everyone = np.ones(len(journeys))
    _shares(rows, o, everyone, groupings)
    served = o.counted & o.served
    for name, mask, statistics in (
        ("wait_minutes", o.counted & o.visited, COUNTED),
        ("waited_share", o.counted & o.visited, ("share",)),
        ("office_minutes", o.counted & o.visited, COUNTED),
        ("lead_days", o.counted & ~np.isnan(o.lead_days), COUNTED),
        ("days_to_passport", served, FULL),
        ("trips", served, ("mean",)),
        ("travel_hours", served, WITH_TOTAL),
        ("travel_km", served, ("mean", "total")),
        ("cost_rupiah", served, WITH_TOTAL),
        ("fare_rupiah", served, ("mean", "total")),
    ):
        values = getattr(o, name)
        known = mask & ~np.isnan(values)
        brief = tuple(statistic for statistic in statistics if statistic in BRIEF)
        rows.add_groups(name, values, known, [g for g in groupings if g.level not in BRIEF_LEVELS], statistics)
        rows.add_groups(name, values, known, [g for g in groupings if g.level in BRIEF_LEVELS], brief)
    _weeks(rows, plan, draws, journeys, o)
    _backlog(rows, plan, journeys)
    rows.add("gini_travel_hours", "province", "province", "mean", gini(o.travel_hours[served]))
    return rows


def places(plan: Plan, district: Ints) -> list[Grouping]:
    """Groupings by where people live."""
    return [
        Grouping("province", ("province",), np.zeros(len(district), dtype=np.int64)),
        Grouping("regency", plan.regencies.code, plan.districts.regency[district]),
        Grouping("district", plan.districts.code, district),
    ]


def _sites(plan: Plan, journeys: Journeys) -> Grouping:
    return Grouping("site", plan.sites.id, journeys.site)


def _kinds(plan: Plan, draws: Draws) -> list[Grouping]:
    party = draws.party
    segments = [f"segment:{segment.id}" for segment in plan.segments]
    channels = [f"channel:{channel}" for channel in plan.channels.id]
    return [
        Grouping("kind", segments, draws.segment[party]),
        Grouping("kind", channels, draws.channel[party]),
        Grouping("kind", ("passport:ordinary", "passport:electronic"), draws.electronic[party].astype(np.int64)),
        Grouping("kind", ("application:new", "application:replacement"), draws.replacement.astype(np.int64)),
        Grouping("kind", ("mobility:able", "mobility:homebound"), draws.homebound[party].astype(np.int64)),
    ]


def _shares(rows: Rows, o: Outcomes, everyone: Floats, groupings: Sequence[Grouping]) -> None:
    """Counts, and shares of need; at a site, where the need that stayed away is not known, of those who booked."""
    rows.add_groups("need", everyone, o.counted, [g for g in groupings if g.level != "site"], ("count",))
    rows.add_groups("applicants", everyone, o.counted & o.applied, groupings, ("count",))
    rows.add_groups("served", everyone, o.counted & o.served, groupings, ("count",))
    # Who is still under way at the end is in no mean of the served: how many there are must be seen.
    rows.add_groups("under_way", everyone, o.counted & o.under_way, groupings, ("count",))
    for name in ("served", "deterred", "unserved", "lost", "under_way"):
        values = getattr(o, name).astype(np.float64)
        kept = [g for g in groupings if g.level != "site" or name not in ("deterred", "unserved")]
        rows.add_groups(f"{name}_share", values, o.counted, kept, ("share",))


def _weeks(rows: Rows, plan: Plan, draws: Draws, journeys: Journeys, o: Outcomes) -> None:
    """Lead days and days to the passport by week of need, for the province; lead days for each site too."""
    day = draws.need_ms[draws.party] // DAY_MS
    monday = (plan.origin.weekday() + day) // 7
    mask = o.counted & ~np.isnan(o.lead_days)
    if not mask.any():
        return
    low, high = int(monday[mask].min()), int(monday[mask].max())
    start = plan.origin - dt.timedelta(days=plan.origin.weekday())
    weeks = [(start + dt.timedelta(days=7 * week)).isoformat() for week in range(low, high + 1)]
    index = np.where(mask, monday - low, NONE)
    rows.add_groups("lead_days", o.lead_days, mask, [Grouping("week", weeks, index)], ("mean", "count"))
    served = mask & o.served
    rows.add_groups("days_to_passport", o.days_to_passport, served, [Grouping("week", weeks, index)], ("mean", "count"))
    units = [f"{site} {week}" for site in plan.sites.id for week in weeks]
    by_site = np.where(mask, journeys.site * len(weeks) + index, NONE)
    rows.add_groups("lead_days", o.lead_days, mask, [Grouping("site_week", units, by_site)], ("mean", "count"))


def _backlog(rows: Rows, plan: Plan, j: Journeys) -> None:
    """People with an appointment still before them at the end of each day, from the first simulated one on.

    Up to the last counted day, and everybody, counted or not: this is the state that a warm-up has to bring about.
    """
    days = plan.counted_to_ms // DAY_MS
    booked = j.appointment_ms != NONE
    change = np.zeros(days + 1, dtype=np.int64)
    for sign, when in ((1, j.booked_ms[booked]), (-1, j.appointment_ms[booked])):
        np.add.at(change, np.clip(when // DAY_MS, 0, days), sign)
    for day, outstanding in enumerate(np.cumsum(change)[:days].tolist()):
        date = plan.origin + dt.timedelta(days=day)
        rows.add("backlog", "day", date.isoformat(), "count", outstanding)
