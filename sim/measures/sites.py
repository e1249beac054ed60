"""Measures of sites: use of counters and quota, overtime, passports."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.draws import VISITS
from sim.journeys import Journeys
from sim.measures.outcomes import interviewed_ms
from sim.measures.rows import Rows
from sim.plan import COLLECTION, DAY_MS, DOCUMENT, INTERVIEW, NONE, Bools, Floats, Ints, Plan

STATION_MEASURES = (
    (INTERVIEW, "utilisation"),
    (DOCUMENT, "utilisation_document"),
    (COLLECTION, "utilisation_collection"),
)


def sites(plan: Plan, j: Journeys) -> Rows:
    """Measures over the sessions held on counted days.

    ``utilisation`` is the busy share of staffed time at the interview, where the queue is; ``overtime_minutes`` the
    mean over all sessions of work after the end of staffed time; ``quota_use`` the share of slots booked;
    ``visits_per_session`` counts all who come for intake, returns too.
    """
    rows, s = Rows(), plan.sessions
    held = plan.counted_sessions
    booked = np.bincount(j.session[j.session != NONE], minlength=len(s.site))
    twice = (j.missed_session != NONE) & (j.missed_session != j.session)
    booked = booked + np.bincount(j.missed_session[twice], minlength=len(s.site))
    quota = s.quota.sum(axis=1)
    offered = held & (quota > 0)
    visits = np.bincount(j.visit_session[j.visit_session != NONE], minlength=len(s.site))
    over = np.maximum(_last_end(j, len(s.site)) - s.closes, 0) / 60_000.0
    times = [
        (name, _busy_ms(j, station, len(s.site)), _staffed_ms(plan, station)) for station, name in STATION_MEASURES
    ]
    for row, site in enumerate(plan.sites.id):
        mine, open_mine = held & (s.site == row), offered & (s.site == row)
        if not mine.any():
            continue
        for name, busy_ms, staffed_ms in times:
            staffed = staffed_ms[mine].sum()
            if staffed > 0:
                rows.add(name, "site", site, "share", busy_ms[mine].sum() / staffed)
        if open_mine.any():
            rows.add("quota_use", "site", site, "share", booked[open_mine].sum() / quota[open_mine].sum())
            rows.add("overtime_minutes", "site", site, "mean", over[open_mine].mean())
            rows.add("sessions", "site", site, "count", int(open_mine.sum()))
            rows.add("visits_per_session", "site", site, "mean", visits[open_mine].mean())
            rows.add("visits_per_session", "site", site, "median", float(np.median(visits[open_mine])))
            rows.add("visits_per_session", "site", site, "p90", float(np.quantile(visits[open_mine], 0.9)))
    rows.extend(passports(plan, j))
    return rows


def passports(plan: Plan, j: Journeys) -> Rows:
    """Passports by day of the interview, as offices count them: by site, by office that prints them, and by month."""
    rows = Rows()
    counted = issued(plan, j)
    sites, offices = plan.sites.id, sorted(set(plan.sites.parent.tolist()))
    at_site = np.bincount(j.issued_at[counted], minlength=len(sites))
    rows.add("passports", "province", "province", "count", int(counted.sum()))
    for site, count in zip(sites, at_site.tolist(), strict=True):
        rows.add("passports", "site", site, "count", count)
    months = np.array([(plan.origin + dt.timedelta(days=day)).strftime("%Y-%m") for day in range(plan.n_days)])
    inside = np.unique(months[plan.counted_from_ms // DAY_MS : plan.counted_to_ms // DAY_MS])
    names, month_of_day = np.unique(months, return_inverse=True)
    month = month_of_day[np.where(counted, interviewed_ms(j), 0) // DAY_MS]
    office = plan.sites.parent[np.where(counted, j.issued_at, 0)]
    for row in offices:
        mine = counted & (office == row)
        rows.add("passports", "office", sites[row], "count", int(mine.sum()))
        by_month = dict(zip(names.tolist(), np.bincount(month[mine], minlength=len(names)).tolist(), strict=True))
        for name in inside.tolist():
            rows.add("passports", "office_month", f"{sites[row]} {name}", "count", by_month[name])
    return rows


def issued(plan: Plan, j: Journeys) -> Bools:
    """Applicants whose decisive interview was on a counted day and led to a passport, whenever their need arose."""
    at = interviewed_ms(j)
    counted: Bools = (j.issued_at != NONE) & (plan.counted_from_ms <= at) & (at < plan.counted_to_ms)
    return counted


def _busy_ms(j: Journeys, station: int, n_sessions: int) -> Floats:
    """[sessions]: time spent serving at a station."""
    if station == COLLECTION:
        # A party is served once, under the name of the one who came.
        rows = j.collect_trip_ms != NONE
        spent = j.collect_end_ms[rows] - j.collect_start_ms[rows]
        return np.bincount(j.collect_session[rows], spent, minlength=n_sessions).astype(np.float64)
    start, end = (
        (j.document_start_ms, j.document_end_ms) if station == DOCUMENT else (j.interview_start_ms, j.interview_end_ms)
    )
    busy = np.zeros(n_sessions)
    for v in range(VISITS):
        rows = np.flatnonzero(end[:, v] != NONE)
        spent = end[rows, v] - start[rows, v]
        busy += np.bincount(j.visit_session[rows, v], spent, minlength=n_sessions)
    return busy


def _staffed_ms(plan: Plan, station: int) -> Floats:
    """[sessions]: counters times staffed time, breaks left out."""
    s = plan.sessions
    opens = s.collect_open if station == COLLECTION else s.intake_open
    closes = s.collect_close if station == COLLECTION else s.closes
    pause = np.maximum(np.minimum(closes, s.break_close) - np.maximum(opens, s.break_open), 0)
    return (s.counters[:, station] * np.where(opens == NONE, 0, closes - opens - pause)).astype(np.float64)


def _last_end(j: Journeys, n_sessions: int) -> Ints:
    """[sessions]: end of the last service for intake; 0 where there was none."""
    last = np.zeros(n_sessions, dtype=np.int64)
    for v in range(VISITS):
        rows = j.document_end_ms[:, v] != NONE
        end = np.maximum(j.document_end_ms[rows, v], j.interview_end_ms[rows, v])
        np.maximum.at(last, j.visit_session[rows, v], end)
    return last
