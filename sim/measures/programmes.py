"""Measures of programmes: what each gives, how far its teams go, and what a passport costs there."""

from __future__ import annotations

import numpy as np

from sim.draws import Draws
from sim.journeys import Handover, Journeys
from sim.measures.held import held_sessions
from sim.measures.people import Populations, programmes_of_sites
from sim.measures.rows import Rows, Wanted
from sim.plan import DAY_MS, DAYS_A_YEAR, GROUPS, HOMEBOUND, NONE, Floats, Ints, Plan


def programmes(
    plan: Plan, draws: Draws, j: Journeys, passports: Ints, of: Populations, wanted: Wanted | None = None
) -> Rows:
    """Measures of programmes that are wanted, but for those of their people; the offices stand under their kinds.

    ``passports`` [sites] are those of interviews on counted days.

    ``team_days`` are sessions held, ``officer_days`` the officers of them and of those that an outage closes, who are
    paid all the same unless they come on request or in their free time, ``overtime_officer_days`` those in their free
    time, ``team_km`` the way of the teams there and back, ``officer_nights`` the nights of officers for whom that is
    too long for a day, ``operating_rupiah`` all running costs, and ``rupiah_per_passport`` those over the passports of
    counted days. ``team_days`` and ``officer_days`` stand by office too, since each office has prices of its own.
    """
    rows = Rows(wanted=wanted)
    names, of_site = programmes_of_sites(plan)
    of_programme = np.bincount(of_site, passports, minlength=len(names)).astype(np.int64)
    _effort(rows, plan, draws, j, names, of_site, of_programme)
    handovers = np.bincount(of.served.of(j.handover), minlength=len(Handover))
    for how in (Handover.AT_ONCE, Handover.BROUGHT, Handover.DELIVERED):
        share = handovers[how] / len(of.served) if len(of.served) else np.nan
        rows.add(f"{how.name.lower()}_share", "province", "province", "share", share)
    vain = of.served.of(j.vain_trips)
    rows.add("vain_trips", "province", "province", "mean", vain.mean() if len(vain) else np.nan)
    rows.add("vain_trips", "province", "province", "total", vain.sum())
    return rows


def _effort(
    rows: Rows, plan: Plan, draws: Draws, j: Journeys, names: list[str], of_site: Ints, passports: Ints
) -> None:
    """Days, officers, kilometres, nights and rupiah of each programme."""
    s = plan.sessions
    held = held_sessions(plan, draws, j)
    # Whoever was to work on a day that an outage strikes is paid, but for those who come when asked or in free time.
    struck = plan.counted_sessions & (s.quota.sum(axis=1) > 0) & draws.closed & ~s.on_request & ~s.overtime
    paid = held | struck
    km = np.where(held, 2.0 * _team_way(plan, draws, j, plan.travel.team_m) / 1000.0, 0.0)
    longest = plan.sites.overnight_after_ms.take(s.site)
    away_overnight = held & (longest != NONE) & (_team_way(plan, draws, j, plan.travel.team_ms) > longest)
    nights = np.where(away_overnight, s.officers, 0)
    on_duty = s.officers.copy()
    # Who goes out on request is missing at home that day, and is counted once.
    away = held & (s.home_session != NONE)
    np.subtract.at(on_duty, s.home_session[away], s.officers[away])
    per_session = np.array([c.per_session for c in plan.sites.costs])
    officer_day = np.array([c.officer_day for c in plan.sites.costs])
    for row in np.flatnonzero(plan.sites.is_office).tolist():
        rows.add("officer_days", "site", plan.sites.id[row], "count", int(on_duty[paid & (s.site == row)].sum()))
        rows.add("team_days", "site", plan.sites.id[row], "count", int((held & (s.site == row)).sum()))
    for row, name in enumerate(names):
        mine = held & (of_site[s.site] == row)
        places = [p for p in range(len(plan.sites.id)) if of_site[p] == row]
        costs = plan.sites.costs[places[0]]
        paid_here = paid & (of_site[s.site] == row)
        officer_days = int(on_duty[paid_here].sum())
        # A programme has one standing cost, however many places it visits; each office has its own.
        standing = sum(
            plan.sites.costs[p].per_year * plan.sites.days_in_service[p] / DAYS_A_YEAR
            for p in ([p for p in places if plan.sites.is_office[p]] or places[:1])
        )
        pay = officer_day[s.site[paid_here]] * on_duty[paid_here]
        rupiah = int(per_session[s.site[mine]].sum() + pay.sum())
        officer_nights = int(nights[mine].sum())
        total = standing + rupiah + costs.per_km * km[mine].sum() + costs.per_night * officer_nights
        rows.add("team_days", "programme", name, "count", int(mine.sum()))
        rows.add("officer_days", "programme", name, "count", officer_days)
        rows.add("overtime_officer_days", "programme", name, "count", int(on_duty[mine & s.overtime].sum()))
        rows.add("team_km", "programme", name, "total", float(km[mine].sum()))
        rows.add("officer_nights", "programme", name, "count", officer_nights)
        rows.add("passports", "programme", name, "count", int(passports[row]))
        rows.add("operating_rupiah", "programme", name, "total", float(total))
        rows.add("rupiah_per_passport", "programme", name, "mean", total / passports[row] if passports[row] else np.nan)


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
