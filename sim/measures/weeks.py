"""What offices have before them, week by week: people and books that wait, and passports handed over."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.journeys import Journeys, Status
from sim.measures.groups import by_day
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.plan import DAY_MS, NONE, Bools, Ints, Plan

WEEK_MS = 7 * DAY_MS
MEASURES = ("handed_over", "interviews_waiting", "books_waiting")
"""All that :func:`weeks` measures."""


def weeks(plan: Plan, j: Journeys, o: Outcomes) -> Rows:
    """Rows by week of the province, over everybody, whenever their need arose.

    Two count people at the end of the week: ``interviews_waiting`` those in need whose interview is yet to come (of who
    is interviewed at last, or may still be when simulated time ends), ``books_waiting`` those whose interview led to a
    passport that is not ready yet.
    ``handed_over`` counts passports that came into their owners' hands in the week. A week's unit is its Monday; the
    weeks are those that are simulated whole and have a counted day.
    """
    rows, weekday = Rows(), plan.origin.weekday()
    whole = np.arange(-weekday % 7, plan.n_days - 6, 7)
    mondays = whole[(whole * DAY_MS + WEEK_MS > plan.counted_from_ms) & (whole * DAY_MS < plan.counted_to_ms)]
    names = [(plan.origin + dt.timedelta(days=day)).isoformat() for day in mondays.tolist()]

    def before(when_ms: Ints, of: Bools) -> Ints:
        """[days + 2]: how many moments of some people lie before each day."""
        return np.cumsum(by_day(when_ms, of, plan.n_days))

    interviewed, issued = o.interviewed_ms != NONE, j.issued_at != NONE
    handed_over = before(j.collect_end_ms, j.collect_end_ms != NONE)
    # Whoever is never interviewed nor given up waits to the end.
    waits = interviewed | (j.status == int(Status.UNDER_WAY))
    to_interview = before(o.need_ms, waits) - before(o.interviewed_ms, interviewed)
    # A book that never becomes ready waits to the end.
    to_print = before(o.interviewed_ms, issued) - before(j.ready_ms, issued & (j.ready_ms != NONE))
    rows.add_all("handed_over", "week", names, "count", handed_over[mondays + 7] - handed_over[mondays])
    rows.add_all("interviews_waiting", "week", names, "count", to_interview[mondays + 7])
    rows.add_all("books_waiting", "week", names, "count", to_print[mondays + 7])
    return rows
