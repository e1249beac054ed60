"""What offices have before them, week by week: people and books that wait, and passports handed over."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.journeys import Journeys, Status
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

    last_ms = o.interviewed_ms
    came, printed = np.flatnonzero(last_ms != NONE), np.flatnonzero(j.issued_at != NONE)
    handed = np.flatnonzero((j.status == Status.COLLECTED) & (j.collect_end_ms != NONE))
    # A book that never becomes ready waits to the end.
    ready = j.ready_ms.take(printed)
    ready = np.where(ready == NONE, plan.horizon_ms + WEEK_MS, ready)
    handed_ms = j.collect_end_ms.take(handed)
    rows.add_all("handed_over", "week", names, "count", before(handed_ms, mondays + 7) - before(handed_ms, mondays))
    rows.add_all("interviews_waiting", "week", names, "count", waiting(o.need_ms.take(came), last_ms.take(came)))
    rows.add_all("books_waiting", "week", names, "count", waiting(last_ms.take(printed), ready))
    return rows
