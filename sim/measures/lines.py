"""What holds in every line of an office: at each station of each session, over a whole run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import VISITS
from sim.journeys import Journeys
from sim.measures.check import IdentityError
from sim.plan import COLLECTION, DOCUMENT, INTERVIEW, NONE, Ints, Plan

STATIONS = {DOCUMENT: "document check", INTERVIEW: "interview", COLLECTION: "collection"}


@dataclass(frozen=True)
class Services:
    """All services of one station that have ended."""

    session: Ints
    came_ms: Ints
    start_ms: Ints
    end_ms: Ints


def check_lines(plan: Plan, j: Journeys) -> None:
    """Check counters, staff, breaks and Little's law, station by station of every session.

    Raises:
        IdentityError: naming the law, the station and the first session that breaks it.
    """
    counters = counters_on_duty(plan, j)
    if (counters < 0).any():
        _fail("no more staff are out with teams than an office has", "its counters", int(np.argmin(counters) // 3))
    for station, name in STATIONS.items():
        at = services_of(j, station)
        s = plan.sessions
        opens = (s.collect_open if station == COLLECTION else s.intake_open).take(at.session)
        _require(at.start_ms >= at.came_ms, "nobody is served before arriving", name, at.session)
        _require(at.start_ms >= opens, "no service before the session opens", name, at.session)
        in_break = (s.break_open.take(at.session) <= at.start_ms) & (at.start_ms < s.break_close.take(at.session))
        _require(~in_break, "no service starts within the break", name, at.session)
        _check_counters(at, counters[:, station], name)
        _check_little(at, name)


def services_of(j: Journeys, station: int) -> Services:
    """The services of a station; at collection those of the member of each party who goes."""
    if station == COLLECTION:
        rows = np.flatnonzero(j.collect_trip_ms != NONE)
        columns = (j.collect_session, j.collect_arrive_ms, j.collect_start_ms, j.collect_end_ms)
        return Services(*(column[rows].astype(np.int64) for column in columns))
    came, start, end = (
        (j.arrive_ms, j.document_start_ms, j.document_end_ms)
        if station == DOCUMENT
        else (j.document_end_ms, j.interview_start_ms, j.interview_end_ms)
    )
    parts = []
    for visit in range(VISITS):
        rows = np.flatnonzero(end[:, visit] != NONE)
        parts.append([column[rows, visit].astype(np.int64) for column in (j.visit_session, came, start, end)])
    return Services(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def counters_on_duty(plan: Plan, j: Journeys) -> Ints:
    """[sessions, stations]: counters, less those of the teams that somebody has called out."""
    s = plan.sessions
    called = np.zeros(len(s.site), dtype=bool)
    for sessions in (j.session, j.missed_session, *j.visit_session.T):
        called[sessions[sessions != NONE]] = True
    out = np.flatnonzero(called & (s.home_session != NONE))
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


def _check_little(at: Services, name: str) -> None:
    """The number waiting, added up over time, is the sum of waits (Little 1961, Operations Research 9:383)."""
    if not len(at.session):
        return
    span = _span(at)
    came, called = np.sort(at.session * span + at.came_ms), np.sort(at.session * span + at.start_ms)
    moments = np.sort(np.concatenate([came, called]))
    waiting = np.searchsorted(came, moments, side="right") - np.searchsorted(called, moments, side="right")
    _require(waiting >= 0, "nobody is called who has not come", name, moments // span)
    # Between sessions nobody waits, so that the time between them adds nothing.
    area = np.add.reduceat(waiting[:-1] * np.diff(moments), _starts(moments // span))
    waits = np.add.reduceat(*_by_session(at))
    _require(area == waits, "the number waiting over time is the sum of waits", name, np.unique(at.session))


def _by_session(at: Services) -> tuple[Ints, Ints]:
    """Waits in the order of sessions, and where each session's begin."""
    order = np.argsort(at.session, kind="stable")
    return (at.start_ms - at.came_ms)[order], _starts(at.session[order])


def _starts(sessions: Ints) -> Ints:
    """Where each session's rows begin; sessions are in order."""
    return np.flatnonzero(np.append(True, sessions[1:] != sessions[:-1]))


def _span(at: Services) -> int:
    """Milliseconds by which sessions are set apart: more than any moment."""
    return int(at.end_ms.max(initial=0)) + 1


def _require(holds: np.ndarray, law: str, name: str, sessions: Ints) -> None:
    if not holds.all():
        _fail(law, name, int(sessions[np.argmin(holds)]))


def _fail(law: str, name: str, session: int) -> None:
    raise IdentityError(f"{law}: does not hold at the {name} of session {session}")
