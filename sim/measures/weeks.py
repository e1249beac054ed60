"""What offices have before them, week by week: people and books that wait, and passports handed over."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.draws import Draws
from sim.journeys import Journeys, Status
from sim.measures.rows import Rows
from sim.measures.sites import interviewed_ms
from sim.plan import DAY_MS, NONE, Plan

WEEK_MS = 7 * DAY_MS


def weeks(plan: Plan, draws: Draws, j: Journeys) -> Rows:
    """Rows by week of the province, over everybody, whenever their need arose.

    Two count people at the end of the week: ``interviews_waiting`` those in need whose interview is yet to come (of who
    is interviewed at last), ``books_waiting`` those whose interview led to a passport that is not ready yet.
    ``handed_over`` counts passports that came into their owners' hands in the week. A week's unit is its Monday; the
    weeks are those that are simulated whole and have a counted day.
    """
    rows = Rows()
    whole = np.arange(-plan.origin.weekday() % 7, plan.n_days - 6, 7)
    mondays = whole[(whole * DAY_MS + WEEK_MS > plan.counted_from_ms) & (whole * DAY_MS < plan.counted_to_ms)]
    handed = np.sort(j.collect_end_ms[(j.status == Status.COLLECTED) & (j.collect_end_ms != NONE)])
    last_ms, printed = interviewed_ms(j), j.issued_at != NONE
    came = last_ms != NONE
    in_need, seen = np.sort(draws.need_ms[draws.party][came]), np.sort(last_ms[came])
    interviewed = np.sort(last_ms[printed])
    ready = np.sort(j.ready_ms[printed & (j.ready_ms != NONE)])
    for day in mondays.tolist():
        start, end = day * DAY_MS, day * DAY_MS + WEEK_MS
        week = (plan.origin + dt.timedelta(days=day)).isoformat()
        count = np.searchsorted(handed, end) - np.searchsorted(handed, start)
        rows.add("handed_over", "week", week, "count", count)
        unseen = np.searchsorted(in_need, end) - np.searchsorted(seen, end)
        rows.add("interviews_waiting", "week", week, "count", unseen)
        waiting = np.searchsorted(interviewed, end) - np.searchsorted(ready, end)
        rows.add("books_waiting", "week", week, "count", waiting)
    return rows
