"""Measures of sites: use of counters and quota, overtime, passports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures import tallies
from sim.measures.held import held_sessions
from sim.measures.lines import counters_on_duty
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.measures.slots import MEASURES as SLOT_MEASURES
from sim.measures.slots import slots
from sim.measures.tallies import Sessions
from sim.measures.weeks import overtime_by_week
from sim.plan import COLLECTION, DAY_MS, DOCUMENT, INTERVIEW, MINUTE_MS, NONE, Floats, Ints, Plan

STATION_MEASURES = (
    (INTERVIEW, "utilisation"),
    (DOCUMENT, "utilisation_document"),
    (COLLECTION, "utilisation_collection"),
)
MEASURES = (
    *(name for _, name in STATION_MEASURES),
    *("quota_use", "overtime_minutes", "sessions", "visits_per_session", "passports", "passports_to_date"),
    *SLOT_MEASURES,
)
"""All that :func:`sites` measures."""


def sites(plan: Plan, draws: Draws, j: Journeys, told: Sessions, of_month: Ints) -> Rows:
    """Measures over the sessions held on counted days: not those that an outage closes, or that nobody asked for.

    ``utilisation`` is the busy share of staffed time at the interview, where the queue is; ``overtime_minutes`` the
    mean over all sessions of work after the end of staffed time; ``quota_use`` the share of slots booked;
    ``visits_per_session`` counts all who come for intake, returns too. Counters that a team has taken along are no
    staffed time.

    Args:
        plan: the scenario.
        draws: of the replication.
        j: what came of them.
        told: what came to pass at each session.
        of_month: what :func:`passports_by_month` gives.
    """
    rows, s = Rows(), plan.sessions
    counted, offered = plan.counted_sessions, held_sessions(plan, draws, j)
    quota, booked = s.quota.sum(axis=1), told.booked.sum(axis=1)
    counters = counters_on_duty(plan, j)
    over = told.over_ms / MINUTE_MS
    busy = {DOCUMENT: told.document_ms, INTERVIEW: told.interview_ms, COLLECTION: told.collection_ms}
    # Passports are handed out also where an outage stops intake.
    times = [
        (name, busy[station], _staffed_ms(plan, counters, station), counted if station == COLLECTION else offered)
        for station, name in STATION_MEASURES
    ]
    for row, site in enumerate(plan.sites.id):
        open_mine = offered & (s.site == row)
        for name, busy_ms, staffed_ms, open_to in times:
            mine = open_to & (s.site == row)
            staffed = staffed_ms[mine].sum()
            if staffed > 0:
                rows.add(name, "site", site, "share", busy_ms[mine].sum() / staffed)
        if open_mine.any():
            rows.add("quota_use", "site", site, "share", booked[open_mine].sum() / quota[open_mine].sum())
            rows.add("overtime_minutes", "site", site, "mean", over[open_mine].mean())
            rows.add("sessions", "site", site, "count", int(open_mine.sum()))
            visits = told.visits[open_mine]
            rows.add("visits_per_session", "site", site, "mean", visits.mean())
            rows.add("visits_per_session", "site", site, "median", float(np.median(visits)))
            rows.add("visits_per_session", "site", site, "p90", float(np.quantile(visits, 0.9)))
    rows.extend(overtime_by_week(plan, offered, over))
    rows.extend(slots(plan, told, offered))
    rows.extend(passports(plan, of_month))
    return rows


def passports_by_month(plan: Plan, j: Journeys, o: Outcomes) -> Ints:
    """[sites, counted months]: passports by day of the interview, whenever the need arose."""
    months, counted = _months(plan), _counted_months(plan)
    month_of_day = np.where(np.isin(months, counted), np.searchsorted(counted, months), NONE)
    return tallies.passports(plan, j.issued_at, o.interviewed_ms, month_of_day, len(counted))


def passports(plan: Plan, of_month: Ints) -> Rows:
    """Passports as offices count them: by site, by office that prints them, and by month.

    ``passports_to_date`` are those from the first counted day to the end of a month, as offices tell them in a year's
    course.

    Args:
        plan: the scenario.
        of_month: what :func:`passports_by_month` gives.
    """
    rows, sites = Rows(), plan.sites.id
    rows.add("passports", "province", "province", "count", of_month.sum())
    rows.add_all("passports", "site", sites, "count", of_month.sum(axis=1))
    months, by_office = _counted_months(plan).astype(str).tolist(), np.zeros_like(of_month)
    np.add.at(by_office, plan.sites.parent, of_month)
    for row in sorted(set(plan.sites.parent.tolist())):
        rows.add("passports", "office", sites[row], "count", by_office[row].sum())
        units = [f"{sites[row]} {name}" for name in months]
        rows.add_all("passports", "office_month", units, "count", by_office[row])
        rows.add_all("passports_to_date", "office_month", units, "count", by_office[row].cumsum())
    return rows


def _months(plan: Plan) -> NDArray[np.datetime64]:
    """[days]: the month of each."""
    return (np.datetime64(plan.origin, "D") + np.arange(plan.n_days)).astype("datetime64[M]")


def _counted_months(plan: Plan) -> NDArray[np.datetime64]:
    """Those with a counted day, in order."""
    return np.unique(_months(plan)[plan.counted_from_ms // DAY_MS : plan.counted_to_ms // DAY_MS])


def _staffed_ms(plan: Plan, counters: Ints, station: int) -> Floats:
    """[sessions]: counters times staffed time, breaks left out."""
    s = plan.sessions
    opens = s.collect_open if station == COLLECTION else s.intake_open
    closes = s.collect_close if station == COLLECTION else s.closes
    pause = np.maximum(np.minimum(closes, s.break_close) - np.maximum(opens, s.break_open), 0)
    return (counters[:, station] * np.where(opens == NONE, 0, closes - opens - pause)).astype(np.float64)
