"""Day by day and week by week: who waits for what, passports handed over, queues and overtime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import REFERRED, Draws
from sim.journeys import Journeys, Status
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.measures.tallies import Days, Sessions, days
from sim.plan import DAY_MS, MINUTE_MS, NONE, Bools, Floats, Ints, Plan
from sim.sessions import referral_ppb

WEEK_MS = 7 * DAY_MS
MEASURES = ("backlog", "handed_over", "interviews_waiting", "books_waiting")
"""All that :func:`waiting` measures."""


def whole_weeks(plan: Plan) -> tuple[Ints, list[str]]:
    """The first days of the weeks that are simulated whole and have a counted day, and their names."""
    whole = np.arange(-plan.origin.weekday() % 7, plan.n_days - 6, 7)
    mondays = whole[(whole * DAY_MS + WEEK_MS > plan.counted_from_ms) & (whole * DAY_MS < plan.counted_to_ms)]
    return mondays, [(plan.origin + dt.timedelta(days=day)).isoformat() for day in mondays.tolist()]


def site_weeks(plan: Plan, weeks: Sequence[str]) -> list[str]:
    """Units of the level ``site_week``: site by site, the weeks of each."""
    return [f"{site} {week}" for site in plan.sites.id for week in weeks]


def week_of_session(plan: Plan) -> Ints:
    """[sessions]: which of the whole weeks each is held in; NONE in none of them."""
    mondays, _ = whole_weeks(plan)
    if not len(mondays):
        return np.full(len(plan.sessions.day), NONE, dtype=np.int64)
    week: Ints = (plan.sessions.day - mondays[0]) // 7
    return np.where((week >= 0) & (week < len(mondays)), week, NONE)


def waiting(plan: Plan, draws: Draws, j: Journeys, o: Outcomes) -> Rows:
    """Who waits for what at the end of days and weeks: everybody, whenever their need arose.

    ``backlog`` is of people with an appointment still before them, at the end of each day up to the last counted one:
    this is the state that a warm-up has to bring about. Whoever missed an appointment and looks for another has none.

    Two count people at the end of the week: ``interviews_waiting`` those in need whose last interview is yet to come
    (of who has one at last, or may still have when simulated time ends), ``books_waiting`` those whose last interview
    led to a passport that is not ready yet. Whoever is referred waits for the interview at the parent office.
    ``handed_over`` counts passports that came into their owners' hands in the week. A week's unit is its Monday; the
    weeks are those that are simulated whole and have a counted day.
    """
    rows = Rows()
    mondays, names = whole_weeks(plan)
    told = days(plan, draws.closed, _referred(plan, draws, j, o), o.need_ms, o.interviewed_ms, j)
    before, end = Days(*np.cumsum(told, axis=1)), mondays + 7
    counted = plan.counted_to_ms // DAY_MS
    dates = (np.datetime64(plan.origin, "D") + np.arange(counted)).astype(str).tolist()
    outstanding = np.cumsum((told.booked - told.visited)[1 : counted + 1])
    rows.add_all("backlog", "day", dates, "count", outstanding)
    rows.add_all("handed_over", "week", names, "count", before.handed_over[end] - before.handed_over[mondays])
    rows.add_all("interviews_waiting", "week", names, "count", (before.in_need - before.interviewed)[end])
    rows.add_all("books_waiting", "week", names, "count", (before.decided - before.ready)[end])
    return rows


def _referred(plan: Plan, draws: Draws, j: Journeys, o: Outcomes) -> Bools:
    """[applicants]: those under way whose last interview so far led to a referral.

    Journeys do not say so before the next visit: the rule does, by which engines refer, once at most.
    """
    who = np.flatnonzero((j.status == int(Status.UNDER_WAY)) & (o.interviewed_ms != NONE) & (j.issued_at == NONE))
    ends, session = (j.by_visit(name, who) for name in ("interview_end_ms", "visit_session"))
    last = ends.argmax(axis=1)
    site = plan.sessions.site[session[np.arange(len(who)), last]]
    referred = np.zeros(j.applicants, dtype=bool)
    referred[who] = (last != REFERRED) & (draws.referral_ppb[who] < referral_ppb(plan)[site])
    return referred


def queues_by_week(plan: Plan, told: Sessions) -> Rows:
    """Queueing by week of the visit, for the province and each site: of everybody, counted or not.

    Whoever stands in a line makes it longer, whenever the need arose.
    """
    rows = Rows()
    _, names = whole_weeks(plan)
    minutes, people = (_by_site_and_week(plan, column) for column in (told.queued_ms / MINUTE_MS, told.checked))
    for level, units, in_all, of in (
        ("week", names, minutes.sum(axis=0), people.sum(axis=0)),
        ("site_week", site_weeks(plan, names), minutes.reshape(-1), people.reshape(-1)),
    ):
        rows.add_all("wait_minutes", level, units, "mean", _shared_out(in_all, of))
        rows.add_all("wait_minutes", level, units, "count", of)
    return rows


def overtime_by_week(plan: Plan, held: Bools, over: Floats) -> Rows:
    """Overtime by week of those sessions that the means over all weeks are of; NaN in a week without one.

    Args:
        plan: the scenario.
        held: [sessions]
        over: [sessions] minutes of overtime.
    """
    rows = Rows()
    _, names = whole_weeks(plan)
    means = _shared_out(*(_by_site_and_week(plan, column) for column in (over * held, held)))
    rows.add_all("overtime_minutes", "site_week", site_weeks(plan, names), "mean", means.reshape(-1))
    return rows


def _by_site_and_week(plan: Plan, of_session: NDArray[Any]) -> Floats:
    """[sites, weeks]: sums over the sessions of each."""
    _, names = whole_weeks(plan)
    week = week_of_session(plan)
    cell = (plan.sessions.site * len(names) + week)[week != NONE]
    shape = len(plan.sites.id), len(names)
    sums = np.bincount(cell, of_session[week != NONE], shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def _shared_out(sums: Floats, number: Floats) -> Floats:
    """Means; NaN of none."""
    with np.errstate(invalid="ignore"):
        return sums / number
