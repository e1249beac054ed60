"""Measures of people: waits, lead, travel, cost, and what share of need was met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.draws import Draws
from sim.journeys import LOST, Journeys, Status
from sim.measures.outcomes import Outcomes
from sim.measures.population import Population
from sim.measures.rows import Grouping, Rows, Wanted
from sim.measures.stages import stages
from sim.measures.weeks import site_weeks
from sim.plan import DAY_MS, NONE, Ints, Plan
from sim.stats.inequality import gini

FULL = ("mean", "median", "p90")
COUNTED = (*FULL, "count")
"""Of those whose number no other measure says."""
WITH_TOTAL = ("mean", "median", "p90", "total")
BRIEF = ("mean", "count")
"""Statistics of districts and weeks, of which there are so many."""

FATES: dict[str, list[int]] = {
    "need": list(Status),
    "applicants": [status for status in Status if status != Status.DETERRED],
    "served": [Status.COLLECTED],
    "deterred": [Status.DETERRED],
    "unserved": [Status.UNSERVED],
    "lost": list(LOST),
    # Who is still under way at the end is in no mean of the served: how many there are must be seen.
    "under_way": [Status.UNDER_WAY],
}


COUNTS = ("need", "applicants", "served", "under_way")
"""Fates that are told as numbers; the others as shares of need alone."""


@dataclass(frozen=True)
class Populations:
    """Those over whom measures of people are taken; the need of all arose on counted days."""

    counted: Population
    checked: Population
    """Whose papers were checked at the first appointment."""
    kept: Population
    """Who missed no appointment and has come."""
    served: Population


def populations(o: Outcomes) -> Populations:
    """The populations of one replication."""
    counted = Population(o.counted)
    return Populations(
        counted=counted,
        checked=counted.known(o.wait_minutes),
        kept=counted.known(o.lead_days),
        served=counted.part(counted.of(o.served)),
    )


def people(
    plan: Plan, draws: Draws, journeys: Journeys, o: Outcomes, of: Populations, wanted: Wanted | None = None
) -> Rows:
    """All measures of people that are wanted, by province, regency, district, site, programme, kind and week."""
    rows = Rows(wanted=wanted)
    province, regency, district = places(plan, o.district)
    site = Grouping("site", plan.sites.id, journeys.site)
    programme = _programmes(plan, journeys)
    party = draws.party.astype(np.intp)
    groupings = [province, programme, regency, site, *_kinds(plan, draws, party), district]
    _fates(rows, journeys, of.counted, groupings)
    for name, population, statistics, at_programmes in (
        ("wait_minutes", of.checked, COUNTED, ("mean", "p90", "count")),
        ("waited_share", of.checked, ("share",), ()),
        ("office_minutes", of.checked, COUNTED, ()),
        ("lead_days", of.kept, COUNTED, ("mean", "p90", "count")),
        ("days_to_passport", of.served, FULL, ("mean", "p90")),
        ("as_promised_share", of.served, ("share",), ("share",)),
        ("trips", of.served, ("mean",), ("mean", "p90")),
        ("travel_hours", of.served, WITH_TOTAL, ("mean", "p90")),
        ("travel_km", of.served, ("mean", "total"), ("mean", "p90", "total")),
        *([("days_off", of.served, ("mean", "total"), ("mean",))] if plan.behaviour.counts_days_off else []),
        ("cost_rupiah", of.served, WITH_TOTAL, ("mean", "p90")),
        ("fare_rupiah", of.served, ("mean", "total"), ()),
    ):
        at_districts = [statistic for statistic in statistics if statistic in BRIEF]
        at_level = {"programme": at_programmes, "district": at_districts}
        population.add(rows, name, getattr(o, name), groupings, statistics, at_level)
    for stage, days in stages(o):
        of.served.add(rows, stage, days, [province, site, programme], ("mean",))
    of.served.add(
        rows, "vain_trips", journeys.vain_trips.astype(np.float64), [province, regency, site], ("mean", "total")
    )
    _weeks(rows, plan, draws, party, journeys, o, of)
    if rows.wants("gini_travel_hours", "mean"):
        rows.add("gini_travel_hours", "province", "province", "mean", gini(of.served.of(o.travel_hours)))
    return rows


def places(plan: Plan, district: Ints) -> list[Grouping]:
    """Groupings by where people live."""
    return [
        Grouping("province", ("province",), np.zeros(len(district), dtype=np.int8)),
        Grouping("regency", plan.regencies.code, plan.districts.regency.astype(np.int32)[district.astype(np.intp)]),
        Grouping("district", plan.districts.code, district),
    ]


def programmes_of_sites(plan: Plan) -> tuple[list[str], Ints]:
    """The programmes, and the row of each site's among them."""
    names = list(dict.fromkeys(plan.sites.programme))
    return names, np.array([names.index(name) for name in plan.sites.programme], dtype=np.int64)


def _programmes(plan: Plan, journeys: Journeys) -> Grouping:
    """By the programme of the site that was booked; the offices stand under their kinds."""
    names, of_site = programmes_of_sites(plan)
    # NONE, which is -1, finds the last place, where it stands itself.
    return Grouping("programme", names, np.append(of_site, NONE).astype(np.int32)[journeys.site.astype(np.intp)])


def _kinds(plan: Plan, draws: Draws, party: Ints) -> list[Grouping]:
    segments = [f"segment:{segment.id}" for segment in plan.segments]
    channels = [f"channel:{channel}" for channel in plan.channels.id]
    return [
        Grouping("kind", segments, draws.segment[party]),
        Grouping("kind", channels, draws.channel[party]),
        Grouping("kind", ("passport:ordinary", "passport:electronic"), draws.electronic.view(np.int8).take(party)),
        Grouping("kind", ("application:new", "application:replacement"), draws.replacement.view(np.int8)),
        Grouping("kind", ("mobility:able", "mobility:homebound"), draws.homebound.view(np.int8).take(party)),
        *([_by_day_off(draws, party)] if plan.behaviour.counts_days_off else []),
    ]


def _by_day_off(draws: Draws, party: Ints) -> Grouping:
    """Those whom an appointment on a working day costs a day's work, and everybody else."""
    loses = draws.day_off_rupiah > 0
    return Grouping("kind", ("working_day:free", "working_day:day_off"), loses.view(np.int8).take(party))


def _fates(rows: Rows, journeys: Journeys, counted: Population, groupings: Sequence[Grouping]) -> None:
    """Counts, and shares of need.

    At a site, where the need that stayed away is not known, of those who booked; of a programme two counts.
    """
    units = counted.units(groupings)
    table = units.table(counted.of(journeys.status), len(Status))
    numbers = {name: table[:, statuses].sum(axis=1) for name, statuses in FATES.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {name: number / numbers["need"] for name, number in numbers.items()}
    for g, part in zip(groupings, units.slices, strict=True):
        counts = {"programme": ("applicants", "served"), "site": COUNTS[1:]}.get(g.level, COUNTS)
        for name in counts:
            rows.add_all(name, g.level, g.units, "count", numbers[name][part])
        if g.level == "programme":
            continue
        for name in ("served", "lost", "under_way", *(() if g.level == "site" else ("deterred", "unserved"))):
            rows.add_all(f"{name}_share", g.level, g.units, "share", shares[name][part])


def _weeks(rows: Rows, plan: Plan, draws: Draws, party: Ints, journeys: Journeys, o: Outcomes, of: Populations) -> None:
    """Lead days and days to the passport by week of need, for the province; lead days for each site too."""
    if not len(of.kept) and not len(of.served):
        return
    monday = ((plan.origin.weekday() + draws.need_ms // DAY_MS) // 7).astype(np.int32)
    # People stand in the order of their needs.
    firsts, lasts = ([some.members[end] for some in (of.kept, of.served) if len(some)] for end in (0, -1))
    low, high = int(monday[party[min(firsts)]]), int(monday[party[max(lasts)]])
    start = plan.origin - dt.timedelta(days=plan.origin.weekday())
    weeks = [(start + dt.timedelta(days=7 * week)).isoformat() for week in range(low, high + 1)]
    index = np.where((low <= monday) & (monday <= high), monday - low, NONE)[party]
    by_week = Grouping("week", weeks, index)
    nowhere = (journeys.site == NONE) | (index == NONE)
    of_site = np.where(nowhere, NONE, journeys.site * len(weeks) + index)
    both = [by_week, Grouping("site_week", site_weeks(plan, weeks), of_site)]
    of.kept.add(rows, "lead_days", o.lead_days, both, ("mean", "count"))
    of.served.add(rows, "days_to_passport", o.days_to_passport, [by_week], ("mean", "count"))
