"""What holds in every line of an office: at each station of each session, over a whole run."""

from __future__ import annotations

import numpy as np

from sim.errors import IdentityError
from sim.journeys import Journeys, Services
from sim.measures.held import booked_sessions
from sim.plan import COLLECTION, NONE, STATIONS, Ints, Plan

CALLED = ("document check", "interview", "collection")
"""What reports of errors call the stations."""


def check_lines(plan: Plan, j: Journeys) -> None:
    """Check counters, staff, and breaks, station by station of every session.

    Raises:
        IdentityError: naming the law, the station and the first session that breaks it.
    """
    counters = counters_on_duty(plan, j)
    if (counters < 0).any():
        _fail("no more staff are out with teams than an office has", "its counters", int(np.argmin(counters) // 3))
    for station, name in zip(STATIONS, CALLED, strict=True):
        at = j.services(station)
        s = plan.sessions
        opens = (s.collect_open if station == COLLECTION else s.intake_open).take(at.session)
        _require(at.start_ms >= at.came_ms, "nobody is served before arriving", name, at.session)
        _require(at.start_ms >= opens, "no service before the session opens", name, at.session)
        in_break = (s.break_open.take(at.session) <= at.start_ms) & (at.start_ms < s.break_close.take(at.session))
        _require(~in_break, "no service starts within the break", name, at.session)
        _check_counters(at, counters[:, station], name)


def counters_on_duty(plan: Plan, j: Journeys) -> Ints:
    """[sessions, stations]: counters, less those of the teams that somebody has called out."""
    s = plan.sessions
    out = np.flatnonzero(booked_sessions(plan, j) & (s.home_session != NONE))
    counters = s.counters.copy()
    np.subtract.at(counters, s.home_session[out], s.takes[out])
    return counters


def _check_counters(at: Services, counters: Ints, name: str) -> None:
    """At no moment are more services under way in a session than it has counters."""
    span = _span(at)
    lasting = at.end_ms > at.start_ms
    session = at.session[lasting]
    starts = np.sort(session * span + at.start_ms[lasting])
    ends = np.sort(session * span + at.end_ms[lasting])
    # Sessions lie one behind the other, so that all services of earlier ones have ended.
    under_way = np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")
    _require(under_way <= counters[starts // span], "no counter serves two at once", name, starts // span)
    # A service that takes no time needs a counter that is not in the midst of another.
    moments = at.session[~lasting] * span + at.start_ms[~lasting]
    amid = np.searchsorted(starts, moments, side="left") - np.searchsorted(ends, moments, side="right")
    _require(amid < counters[moments // span], "no counter serves two at once", name, moments // span)


def _span(at: Services) -> int:
    """Milliseconds by which sessions are set apart: more than any moment."""
    return int(at.end_ms.max(initial=0)) + 1


def _require(holds: np.ndarray, law: str, name: str, sessions: Ints) -> None:
    if not holds.all():
        _fail(law, name, int(sessions[np.argmin(holds)]))


def _fail(law: str, name: str, session: int) -> None:
    raise IdentityError(f"{law}: does not hold at the {name} of session {session}")
