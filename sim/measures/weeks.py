"""Week by week: people and books that wait, passports handed over, queues and overtime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import REFERRED, Draws
from sim.journeys import Journeys, Status
from sim.measures.groups import by_day
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.measures.tallies import Sessions
from sim.plan import DAY_MS, MINUTE_MS, NONE, Bools, Floats, Ints, Plan
from sim.sessions import referral_ppb

WEEK_MS = 7 * DAY_MS
MEASURES = ("handed_over", "interviews_waiting", "books_waiting")
"""All that :func:`weeks` measures."""


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


def weeks(plan: Plan, draws: Draws, j: Journeys, o: Outcomes) -> Rows:
    """Rows by week of the province, over everybody, whenever their need arose.

    Two count people at the end of the week: ``interviews_waiting`` those in need whose last interview is yet to come
    (of who has one at last, or may still have when simulated time ends), ``books_waiting`` those whose last interview
    led to a passport that is not ready yet. Whoever is referred waits for the interview at the parent office.
    ``handed_over`` counts passports that came into their owners' hands in the week. A week's unit is its Monday; the
    weeks are those that are simulated whole and have a counted day.
    """
    rows = Rows()
    mondays, names = whole_weeks(plan)

    def before(when_ms: Ints, of: Bools) -> Ints:
        """[days + 2]: how many moments of some people lie before each day."""
        return np.cumsum(by_day(when_ms, of, plan.n_days))

    under_way, issued, interviewed = j.status == int(Status.UNDER_WAY), j.issued_at != NONE, o.interviewed_ms != NONE
    # They were referred, or their books are no longer printed: an office prints at the end of a day.
    without_book = under_way & interviewed & ~issued
    referred = _referred(plan, draws, j, np.flatnonzero(without_book))
    interviewed, decided = interviewed & ~referred, issued | (without_book & ~referred)
    handed_over = before(j.collect_end_ms, j.collect_end_ms != NONE)
    # Whoever has neither had the last interview nor given up waits to the end.
    to_interview = before(o.need_ms, interviewed | under_way) - before(o.interviewed_ms, interviewed)
    # A book that never becomes ready waits to the end.
    to_print = before(o.interviewed_ms, decided) - before(j.ready_ms, issued & (j.ready_ms != NONE))
    rows.add_all("handed_over", "week", names, "count", handed_over[mondays + 7] - handed_over[mondays])
    rows.add_all("interviews_waiting", "week", names, "count", to_interview[mondays + 7])
    rows.add_all("books_waiting", "week", names, "count", to_print[mondays + 7])
    return rows


def _referred(plan: Plan, draws: Draws, j: Journeys, who: Ints) -> Bools:
    """[applicants]: those among some whose last interview so far led to a referral.

    Journeys do not say so before the next visit: the rule does, by which engines refer, once at most.
    """
    ends, session = (j.by_visit(name)[who] for name in ("interview_end_ms", "visit_session"))
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
