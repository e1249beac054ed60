"""Laws of the model, stated over journeys without regard to how an engine works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.draws import FIRST, VISITS, Draws
from sim.journeys import Journeys, Status
from sim.plan import COLLECTION, DOCUMENT, INTERVIEW, NONE, Ints, Plan


@dataclass(frozen=True)
class Services:
    """Services of one station in one session, by start."""

    session: int
    station: int
    opens: int
    break_open: int
    break_close: int
    queue_class: Ints
    number: Ints
    came: Ints
    start: Ints
    end: Ints


def services(plan: Plan, draws: Draws, j: Journeys) -> Iterator[Services]:
    """All services that have ended, station by station."""
    number = np.arange(j.applicants)
    queue_class = plan.channels.queue_class[draws.channel[draws.party]]
    s = plan.sessions
    for station in (DOCUMENT, INTERVIEW, COLLECTION):
        parts = []
        if station == COLLECTION:
            rows = np.flatnonzero(j.collect_trip_ms != NONE)
            times = j.collect_arrive_ms[rows], j.collect_start_ms[rows], j.collect_end_ms[rows]
            parts.append(np.stack([j.collect_session[rows], queue_class[rows], number[rows], *times]))
        else:
            came = j.by_visit("arrive_ms") if station == DOCUMENT else j.by_visit("document_end_ms")
            start = j.by_visit("document_start_ms") if station == DOCUMENT else j.by_visit("interview_start_ms")
            end = j.by_visit("document_end_ms") if station == DOCUMENT else j.by_visit("interview_end_ms")
            for v in range(VISITS):
                rows = np.flatnonzero(end[:, v] != NONE)
                times = came[rows, v], start[rows, v], end[rows, v]
                parts.append(np.stack([j.by_visit("visit_session")[rows, v], queue_class[rows], number[rows], *times]))
        table = np.concatenate(parts, axis=1)
        table = table[:, np.lexsort((table[5], table[4], table[0]))]
        for session in np.unique(table[0]):
            part = table[:, table[0] == session]
            yield Services(
                int(session),
                station,
                int((s.collect_open if station == COLLECTION else s.intake_open)[session]),
                int(s.break_open[session]),
                int(s.break_close[session]),
                *part[1:],
            )


def nobody_is_overtaken(x: Services) -> bool:
    """First come, first served within a class, and no smaller class waits while a greater one is called."""
    waits_from, waits_to = x.came[:, None], x.start[:, None]
    called = x.start[None, :]
    waiting = (waits_from < called) & (called < waits_to)
    came_later = x.came[None, :] > waits_from
    goes_before = (x.queue_class[:, None] < x.queue_class[None, :]) | (
        (x.queue_class[:, None] == x.queue_class[None, :]) & came_later
    )
    return not bool((waiting & goes_before).any())


def no_counter_idles_while_somebody_waits(x: Services) -> bool:
    """Each service starts at the earliest moment it may, or when another one ends."""
    earliest = np.maximum(x.came, x.opens)
    paused = (x.break_open <= earliest) & (earliest < x.break_close)
    earliest = np.where(paused, x.break_close, earliest)
    return bool(((x.start == earliest) | np.isin(x.start, x.end) | (x.start == x.break_close)).all())


LAWS = (nobody_is_overtaken, no_counter_idles_while_somebody_waits)


def check_services(plan: Plan, draws: Draws, j: Journeys) -> None:
    """Assert all laws of stations."""
    for station in services(plan, draws, j):
        for law in LAWS:
            assert law(station), f"{law.__name__}: session {station.session}, station {station.station}"


def check_quotas(plan: Plan, draws: Draws, j: Journeys) -> None:
    """Assert that no quota of a session was exceeded, missed appointments and later ones counted."""
    taken = np.zeros_like(plan.sessions.quota)
    has, again = j.session != NONE, j.booked_again
    np.add.at(taken, (j.session[has], j.slot_channel[has]), 1)
    np.add.at(taken, (j.missed_session[again], j.missed_channel[again]), 1)
    assert (taken <= plan.sessions.quota).all()


def check_admitted_are_served(plan: Plan, j: Journeys) -> None:
    """Assert that whoever came in was served, unless the end of simulated time came first."""
    for v in range(VISITS):
        here = j.by_visit("arrive_ms")[:, v] != NONE
        left_waiting = here & (j.by_visit("document_end_ms")[:, v] == NONE)
        assert (j.status[left_waiting] == Status.UNDER_WAY).all()
        checked = here & (j.by_visit("document_end_ms")[:, v] != NONE) & (j.by_visit("interview_end_ms")[:, v] == NONE)
        sent_back = checked & (v == FIRST)
        assert np.isin(j.status[checked & ~sent_back], [Status.UNDER_WAY]).all()
    closes = plan.sessions.closes
    visited = np.flatnonzero((j.first("arrive_ms") != NONE) & (j.first("document_end_ms") == NONE))
    assert (closes[j.first("visit_session")[visited]] > plan.horizon_ms - 4 * 86_400_000).all()


BOOKING = (
    *("site", "session", "slot_channel", "booked_ms", "appointment_ms", "tries"),
    *("missed", "missed_session", "missed_channel", "missed_booked_ms"),
)


def check_parties(draws: Draws, j: Journeys) -> None:
    """Assert that a party books as one and comes to its appointment as one."""
    of = draws.first[draws.party]
    for name in BOOKING:
        column = getattr(j, name)
        assert np.array_equal(column, column[of]), name
    for name in ("arrive_ms", "trip_ms", "visit_session"):
        column = j.first(name)
        assert np.array_equal(column, column[of]), name
