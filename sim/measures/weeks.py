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
from sim.measures.tallies import Sessions, days
from sim.plan import DAY_MS, MINUTE_MS, NONE, Bools, Floats, Ints, Plan
from sim.sessions import referral_ppb

WEEK_MS = 7 * DAY_MS
FORTNIGHT = 14
"""Days in which an office that stands holds a session, holidays or not."""
SHORTEST = 60
"""Days from the first simulated one on which it is looked at, at least, whether the start is forgotten."""
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


def settling_days(plan: Plan) -> int:
    """On how many days, from the first simulated one, it is looked at whether the start is forgotten.

    The warm-up and as many days again, SHORTEST in all at least, but no day after the last counted one: what is to be
    settled at a level is not shown more of the seasons than that.
    """
    counted_from, counted_to = plan.counted_from_ms // DAY_MS, plan.counted_to_ms // DAY_MS
    return int(min(max(2 * counted_from, SHORTEST), counted_to))


def settling_sites(plan: Plan) -> Ints:
    """Rows of the offices that take applications from the first simulated days on to the last that is looked at.

    What opens later starts empty in life too, and a programme comes and goes.
    """
    last, s = settling_days(plan), plan.sessions
    early, late = s.day < FORTNIGHT, (s.day >= last - FORTNIGHT) & (s.day < last)
    offers, standing = s.quota.any(axis=1), plan.sites.is_office.copy()
    for stretch in (early, late):
        held = np.zeros(len(standing), dtype=bool)
        held[s.site[stretch & offers]] = True
        standing &= held
    return np.flatnonzero(standing)


def waiting(plan: Plan, draws: Draws, j: Journeys, o: Outcomes) -> Rows:
    """Who waits for what at the end of days and weeks: everybody, whenever their need arose.

    ``backlog`` is of people with an appointment still before them, whoever missed one and looks for another has none;
    ``books_waiting`` of people whose last interview led to a passport that is not ready yet. Both by day, up to the
    last counted one: this is the state that a warm-up has to bring about. So on its first days (:func:`settling_days`)
    both are told for single offices too (:func:`settling_sites`): people by where they booked, books by who prints
    them.

    At the end of weeks there are ``books_waiting`` and ``interviews_waiting``: those in need whose last interview is
    yet to come (of who has one at last, or may still have when simulated time ends). Whoever is referred waits for the
    interview at the parent office. ``handed_over`` counts passports that came into their owners' hands in the week. A
    week's unit is its Monday; the weeks are those that are simulated whole and have a counted day.
    """
    rows = Rows()
    mondays, names = whole_weeks(plan)
    referred, decided_at = _last_interviews(plan, draws, j, o)
    told = days(plan, draws.closed, referred, decided_at, o.need_ms, o.interviewed_ms, j)
    end = mondays + 7
    counted = plan.counted_to_ms // DAY_MS
    dates = (np.datetime64(plan.origin, "D") + np.arange(counted)).astype(str).tolist()
    outstanding, books = (
        np.cumsum(more - fewer, axis=1) for more, fewer in ((told.booked, told.visited), (told.decided, told.ready))
    )
    stand, first = settling_sites(plan), dates[: settling_days(plan)]
    for measure, by_site, of in (
        ("backlog", outstanding, stand),
        ("books_waiting", books, np.unique(plan.sites.parent[stand])),
    ):
        by_day = by_site[:, 1 : counted + 1]
        rows.add_all(measure, "day", dates, "count", by_day.sum(axis=0))
        for row in of.tolist():
            units = [f"{plan.sites.id[row]} {day}" for day in first]
            rows.add_all(measure, "site_day", units, "count", by_day[row, : len(first)])
    in_need, interviewed, handed_over = map(np.cumsum, (told.in_need, told.interviewed, told.handed_over))
    rows.add_all("handed_over", "week", names, "count", handed_over[end] - handed_over[mondays])
    rows.add_all("interviews_waiting", "week", names, "count", (in_need - interviewed)[end])
    rows.add_all("books_waiting", "week", names, "count", books.sum(axis=0)[end])
    return rows


def _last_interviews(plan: Plan, draws: Draws, j: Journeys, o: Outcomes) -> tuple[Bools, Ints]:
    """[applicants]: whose last interview so far led to a referral; where it led to a passport, or may yet.

    Of those under way journeys do not say so before the next visit: the rule does, by which engines refer, once at
    most.
    """
    who = np.flatnonzero((j.status == int(Status.UNDER_WAY)) & (o.interviewed_ms != NONE) & (j.issued_at == NONE))
    ends, session = (j.by_visit(name, who) for name in ("interview_end_ms", "visit_session"))
    last = ends.argmax(axis=1)
    site = plan.sessions.site[session[np.arange(len(who)), last]]
    refers = (last != REFERRED) & (draws.referral_ppb[who] < referral_ppb(plan)[site])
    referred, decided_at = np.zeros(j.applicants, dtype=bool), j.issued_at.astype(np.int64)
    referred[who] = refers
    decided_at[who] = np.where(refers, NONE, site)
    return referred, decided_at


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
