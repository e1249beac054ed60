"""Measures of programmes: what each gives, how far its teams go, and what a passport costs there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.draws import Draws
from sim.journeys import Handover, Journeys
from sim.measures.held import held_sessions
from sim.measures.people import Populations, programmes_of_sites
from sim.measures.rows import Rows, Wanted
from sim.plan import DAY_MS, DAYS_A_YEAR, GROUPS, HOMEBOUND, NONE, Bools, Floats, Ints, Plan


def programmes(
    plan: Plan, draws: Draws, j: Journeys, passports: Ints, of: Populations, wanted: Wanted | None = None
) -> Rows:
    """Measures of programmes that are wanted, but for those of their people; the offices stand under their kinds.

    ``passports`` [sites] are those of interviews on counted days.

    ``team_days`` are sessions held, ``officer_days`` the officers of them and of those that an outage closes, who are
    paid all the same unless they come on request or in their free time, ``overtime_officer_days`` those in their free
    time, ``team_km`` the way of the teams there and back, ``officer_nights`` the nights of officers for whom that is
    too long for a day, ``operating_rupiah`` all running costs, and ``rupiah_per_passport`` those over the passports of
    counted days. Days, officers, costs and costs of a passport stand by office too, as each has prices of its own, and
    costs for the province, all together.
    """
    rows = Rows(wanted=wanted)
    _effort(rows, plan, _Effort.of(plan, draws, j), passports)
    handovers = np.bincount(of.served.of(j.handover), minlength=len(Handover))
    for how in (Handover.AT_ONCE, Handover.BROUGHT, Handover.DELIVERED):
        share = handovers[how] / len(of.served) if len(of.served) else np.nan
        rows.add(f"{how.name.lower()}_share", "province", "province", "share", share)
    return rows


@dataclass(frozen=True)
class _Effort:
    """What each session takes; ``[sessions]`` all but the plan."""

    plan: Plan
    held: Bools
    paid: Bools
    """Those whose officers are paid."""
    on_duty: Ints
    """Officers; who goes out on request is missing at home that day, and is counted once."""
    km: Floats
    nights: Ints

    @classmethod
    def of(cls, plan: Plan, draws: Draws, j: Journeys) -> _Effort:
        """That of one replication."""
        s = plan.sessions
        held = held_sessions(plan, draws, j)
        # Whoever was to work on a day that an outage strikes is paid, but for who comes when asked or in free time.
        struck = plan.counted_sessions & (s.quota.sum(axis=1) > 0) & draws.closed & ~s.on_request & ~s.overtime
        km = np.where(held, 2.0 * _team_way(plan, draws, j, plan.travel.team_m) / 1000.0, 0.0)
        longest = plan.sites.overnight_after_ms.take(s.site)
        away_overnight = held & (longest != NONE) & (_team_way(plan, draws, j, plan.travel.team_ms) > longest)
        on_duty = s.officers.copy()
        away = held & (s.home_session != NONE)
        np.subtract.at(on_duty, s.home_session[away], s.officers[away])
        return cls(plan, held, held | struck, on_duty, km, np.where(away_overnight, s.officers, 0))

    def at(self, places: Sequence[int]) -> _Effort:
        """That of the sessions at some sites alone."""
        there = np.isin(self.plan.sessions.site, places)
        return replace(self, held=self.held & there, paid=self.paid & there)

    @property
    def officer_days(self) -> int:
        """Days of officers, paid or in their free time."""
        return int(self.on_duty[self.paid].sum())

    def rupiah(self, places: Sequence[int]) -> float:
        """All running costs of some sites, whose prices by way and night are those of the first.

        A programme has one standing cost, however many places it visits; each office has its own.
        """
        sites, s = self.plan.sites, self.plan.sessions
        per_session = np.array([costs.per_session for costs in sites.costs])
        officer_day = np.array([costs.officer_day for costs in sites.costs])
        standing = sum(
            sites.costs[place].per_year * sites.days_in_service[place] / DAYS_A_YEAR
            for place in ([place for place in places if sites.is_office[place]] or places[:1])
        )
        pay = officer_day[s.site[self.paid]] * self.on_duty[self.paid]
        for_days = int(per_session[s.site[self.held]].sum() + pay.sum())
        costs = sites.costs[places[0]]
        nights = int(self.nights[self.held].sum())
        return float(standing + for_days + costs.per_km * self.km[self.held].sum() + costs.per_night * nights)


def _effort(rows: Rows, plan: Plan, effort: _Effort, passports: Ints) -> None:
    """Days, officers, kilometres, nights and rupiah of each office, and of each programme; rupiah of all together."""
    names, of_site = programmes_of_sites(plan)
    total = 0.0
    for row in np.flatnonzero(plan.sites.is_office).tolist():
        mine, site = effort.at([row]), plan.sites.id[row]
        rows.add("officer_days", "site", site, "count", mine.officer_days)
        rows.add("team_days", "site", site, "count", int(mine.held.sum()))
        _add_costs(rows, "site", site, mine.rupiah([row]), int(passports[row]))
    for row, name in enumerate(names):
        places = np.flatnonzero(of_site == row).tolist()
        mine, of_all = effort.at(places), int(passports[places].sum())
        rows.add("team_days", "programme", name, "count", int(mine.held.sum()))
        rows.add("officer_days", "programme", name, "count", mine.officer_days)
        overtime = mine.on_duty[mine.held & plan.sessions.overtime]
        rows.add("overtime_officer_days", "programme", name, "count", int(overtime.sum()))
        rows.add("team_km", "programme", name, "total", float(mine.km[mine.held].sum()))
        rows.add("officer_nights", "programme", name, "count", int(mine.nights[mine.held].sum()))
        rows.add("passports", "programme", name, "count", of_all)
        rupiah = mine.rupiah(places)
        total += rupiah
        _add_costs(rows, "programme", name, rupiah, of_all)
    _add_costs(rows, "province", "province", total, int(passports.sum()))


def _add_costs(rows: Rows, level: str, unit: str, rupiah: float, passports: int) -> None:
    rows.add("operating_rupiah", level, unit, "total", rupiah)
    rows.add("rupiah_per_passport", level, unit, "mean", rupiah / passports if passports else np.nan)


def _team_way(plan: Plan, draws: Draws, j: Journeys, ways: Ints) -> Floats:
    """[sessions]: the team's way to the place, in time or distance; on request to the furthest of those it visits.

    ``ways`` [stretches, districts, sites] are all that there may be.
    """
    s = plan.sessions
    stretch = np.searchsorted(plan.travel.starts, s.day * DAY_MS, side="right") - 1
    way = np.where(s.on_request, 0, ways[stretch, 0, s.site]).astype(np.float64)
    asked = np.isin(plan.sites.audience, (HOMEBOUND, GROUPS)).take(s.site)
    if asked.any():
        # The team sets out for whoever has booked, come or not, and for whoever is visited again.
        everybody = np.arange(j.applicants)
        of_visits = np.concatenate([everybody, j.later_applicant])
        for column, who in ((j.session, everybody), (j.missed_session, everybody), (j.visit_session, of_visits)):
            rows = np.flatnonzero(asked.take(column) & (column != NONE))
            session = column.take(rows)
            district = draws.district[draws.party[who[rows]]]
            np.maximum.at(way, session, ways[stretch[session], district, s.site[session]])
    return way
