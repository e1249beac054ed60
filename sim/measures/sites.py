"""Measures of sites: use of counters and quota, overtime, passports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sim.journeys import Journeys
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.plan import COLLECTION, DAY_MS, DOCUMENT, INTERVIEW, MINUTE_MS, NONE, Bools, Floats, Ints, Plan

STATION_MEASURES = (
    (INTERVIEW, "utilisation"),
    (DOCUMENT, "utilisation_document"),
    (COLLECTION, "utilisation_collection"),
)
MEASURES = (
    *(name for _, name in STATION_MEASURES),
    *("quota_use", "overtime_minutes", "sessions", "visits_per_session", "passports"),
)
"""All that :func:`sites` measures."""


def sites(plan: Plan, j: Journeys, o: Outcomes) -> Rows:
    """Measures over the sessions held on counted days.

    ``utilisation`` is the busy share of staffed time at the interview, where the queue is; ``overtime_minutes`` the
    mean over all sessions of work after the end of staffed time; ``quota_use`` the share of slots booked;
    ``visits_per_session`` counts all who come for intake, returns too.
    """
    rows, s = Rows(), plan.sessions
    held = plan.counted_sessions
    booked = _count(j.session, len(s.site))
    twice = np.flatnonzero((j.missed_session != NONE) & (j.missed_session != j.session))
    booked += _count(j.missed_session.take(twice), len(s.site))
    quota = s.quota.sum(axis=1)
    offered = held & (quota > 0)
    served = _served(plan, j)
    over = served.over_ms / MINUTE_MS
    times = [(name, served.busy_ms[station], _staffed_ms(plan, station)) for station, name in STATION_MEASURES]
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
            visits = served.visits[open_mine]
            rows.add("visits_per_session", "site", site, "mean", visits.mean())
            rows.add("visits_per_session", "site", site, "median", float(np.median(visits)))
            rows.add("visits_per_session", "site", site, "p90", float(np.quantile(visits, 0.9)))
    rows.extend(passports(plan, j, o))
    return rows


def passports(plan: Plan, j: Journeys, o: Outcomes) -> Rows:
    """Passports by day of the interview, as offices count them: by site, by office that prints them, and by month."""
    rows = Rows()
    counted = np.flatnonzero(issued(plan, j, o))
    sites, offices = plan.sites.id, sorted(set(plan.sites.parent.tolist()))
    rows.add("passports", "province", "province", "count", len(counted))
    rows.add_all("passports", "site", sites, "count", np.bincount(j.issued_at.take(counted), minlength=len(sites)))
    months = [(plan.origin + dt.timedelta(days=day)).isoformat()[:7] for day in range(plan.n_days)]
    inside = sorted(set(months[plan.counted_from_ms // DAY_MS : plan.counted_to_ms // DAY_MS]))
    number = {name: k for k, name in enumerate(inside)}
    month_of_day = np.array([number.get(name, NONE) for name in months])
    month = month_of_day.take(o.interviewed_ms.take(counted) // DAY_MS)
    office = plan.sites.parent.take(j.issued_at.take(counted))
    by_office = np.bincount(office * len(inside) + month, minlength=len(sites) * len(inside))
    by_office = by_office.reshape(len(sites), len(inside))
    for row in offices:
        rows.add("passports", "office", sites[row], "count", by_office[row].sum())
        units = [f"{sites[row]} {name}" for name in inside]
        rows.add_all("passports", "office_month", units, "count", by_office[row])
    return rows


def issued(plan: Plan, j: Journeys, o: Outcomes) -> Bools:
    """Applicants whose decisive interview was on a counted day and led to a passport, whenever their need arose."""
    counted: Bools = (plan.counted_from_ms <= o.interviewed_ms) & (o.interviewed_ms < plan.counted_to_ms)
    counted &= j.issued_at != NONE
    return counted


@dataclass(frozen=True)
class _Served:
    """What sessions did."""

    visits: Ints
    """[sessions]: people who came for intake, returns too."""
    busy_ms: dict[int, Floats]
    """[sessions] for each station: time spent serving."""
    over_ms: Ints
    """[sessions]: from the end of staffed time to that of the last service for intake; 0 where that was in time."""


def _served(plan: Plan, j: Journeys) -> _Served:
    n_sessions = len(plan.sessions.site)
    # Who made no visit has NONE for session, start and end: before all sessions, and nothing spent.
    place = j.visit_session.astype(np.int64) + 1

    def by_session(spent_ms: Ints) -> Floats:
        return np.bincount(place, spent_ms, minlength=n_sessions + 1)[1:].astype(np.float64)

    busy = {
        DOCUMENT: by_session(j.document_end_ms - j.document_start_ms),
        INTERVIEW: by_session(j.interview_end_ms - j.interview_start_ms),
    }
    visits = np.bincount(place, minlength=n_sessions + 1)[1:]
    closes = np.concatenate([[0], plan.sessions.closes])
    past = np.maximum(j.document_end_ms, j.interview_end_ms) - closes.take(place)
    late = np.flatnonzero(past > 0)
    over = np.zeros(n_sessions, dtype=np.int64)
    np.maximum.at(over, j.visit_session.take(late), past.take(late))
    # A party is served once, under the name of the one who came.
    rows = np.flatnonzero(j.collect_trip_ms != NONE)
    spent = j.collect_end_ms.take(rows) - j.collect_start_ms.take(rows)
    busy[COLLECTION] = np.bincount(j.collect_session.take(rows), spent, minlength=n_sessions).astype(np.float64)
    return _Served(visits, busy, over)


def _staffed_ms(plan: Plan, station: int) -> Floats:
    """[sessions]: counters times staffed time, breaks left out."""
    s = plan.sessions
    opens = s.collect_open if station == COLLECTION else s.intake_open
    closes = s.collect_close if station == COLLECTION else s.closes
    pause = np.maximum(np.minimum(closes, s.break_close) - np.maximum(opens, s.break_open), 0)
    return (s.counters[:, station] * np.where(opens == NONE, 0, closes - opens - pause)).astype(np.float64)


def _count(session: Ints, n_sessions: int) -> Ints:
    """[sessions]: how often each occurs; NONE is no session."""
    return np.bincount(session + 1, minlength=n_sessions + 1)[1:]
