"""What offices have before them, week by week: people and books that wait, and passports handed over."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.journeys import Journeys
from sim.measures.groups import by_day
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.plan import DAY_MS, NONE, Ints, Plan

WEEK_MS = 7 * DAY_MS
MEASURES = ("handed_over", "interviews_waiting", "books_waiting")
"""All that :func:`weeks` measures."""


def weeks(plan: Plan, j: Journeys, o: Outcomes) -> Rows:
    """Rows by week of the province, over everybody, whenever their need arose.

    Two count people at the end of the week: ``interviews_waiting`` those in need whose interview is yet to come (of who
    is interviewed at last), ``books_waiting`` those whose interview led to a passport that is not ready yet.
    ``handed_over`` counts passports that came into their owners' hands in the week. A week's unit is its Monday; the
    weeks are those that are simulated whole and have a counted day.
    """
    rows, weekday = Rows(), plan.origin.weekday()
    whole = np.arange(-weekday % 7, plan.n_days - 6, 7)
    mondays = whole[(whole * DAY_MS + WEEK_MS > plan.counted_from_ms) & (whole * DAY_MS < plan.counted_to_ms)]
    names = [(plan.origin + dt.timedelta(days=day)).isoformat() for day in mondays.tolist()]

    def before(when_ms: Ints, day: Ints) -> Ints:
        """How many times lie before each day."""
        return np.cumsum(by_day(when_ms, plan.n_days))[day]

    def waiting(from_ms: Ints, to_ms: Ints) -> Ints:
        """[weeks]: how many have begun to wait and not ended by the end of each week."""
        return before(from_ms, mondays + 7) - before(to_ms, mondays + 7)

    # What never was lies before the first day at both ends, and waits for nothing.
    in_need = np.where(o.interviewed_ms == NONE, NONE, o.need_ms)
    to_print = np.where(j.issued_at == NONE, NONE, o.interviewed_ms)
    handed_over = before(j.collect_end_ms, mondays + 7) - before(j.collect_end_ms, mondays)
    rows.add_all("handed_over", "week", names, "count", handed_over)
    rows.add_all("interviews_waiting", "week", names, "count", waiting(in_need, o.interviewed_ms))
    rows.add_all("books_waiting", "week", names, "count", waiting(to_print, _ready(plan, j)))
    return rows


def _ready(plan: Plan, j: Journeys) -> Ints:
    """[applicants]: when the passport is ready; one that never becomes so waits to the end."""
    never = (j.issued_at != NONE) & (j.ready_ms == NONE)
    return np.where(never, plan.horizon_ms + WEEK_MS, j.ready_ms)
