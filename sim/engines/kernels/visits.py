"""From the first arrival to the last interview: session by session, in the order in which they open.

Whoever is sent from one session to another comes to one that opens later than that moment, so that all who will ever
come to a session are known when its turn comes, and each session can be played by itself.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.draws import REFERRED, RETURN
from sim.engines.kernels.booking import mean_trip
from sim.engines.kernels.queues import Lines, call, line_up
from sim.engines.kernels.tables import Done, People, World
from sim.journeys import Handover, Journeys, Status
from sim.plan import DAY_MS, DOCUMENT, INTERVIEW, NONE, Bools, Ints
from sim.rules import at_once, hold, is_home, next_visit, share_of_window, trip_duration

LOST_PAPERS, LOST_REFUSED, COLLECTED = int(Status.LOST_PAPERS), int(Status.LOST_REFUSED), int(Status.COLLECTED)
AT_ONCE = int(Handover.AT_ONCE)


class Room(NamedTuple):
    """Space for the people of one session, by place."""

    visit: Ints
    """Row of each one's visit."""
    drawn: Ints
    """Row of what was drawn for it: the visit times all applicants, and the applicant."""
    applicant: Ints
    arrive_ms: Ints
    queue_class: Ints
    duration_ms: Ints
    start_ms: Ints
    busy_until: Ints


class Comers(NamedTuple):
    """Who comes to which session."""

    starts: Ints
    """[sessions + 1]: where the first visits of each session begin in ``rows``; before that, how many the one
    before it has."""
    rows: Ints
    """[applicants]: rows of first visits, session by session."""
    places: Ints
    """[sessions]: scratch."""
    newest: Ints
    """[sessions]: row of the later visit that was added last, or NONE."""
    before: Ints
    """[later visits]: the row added before it."""
    made: Ints
    """[1]: later visits that are made."""


def play(
    w: World, p: People, c: Journeys, counters: Ints, held: Bools,
    done: Done, comers: Comers, room: Room, lines: Lines,
) -> None:  # fmt: skip
    """Play all sessions, and note who is done with them when."""
    _by_session(w, c, comers)
    for session in w.by_opening:
        n = 0
        for i in range(comers.starts[session], comers.starts[session + 1]):
            room.visit[n] = comers.rows[i]
            n += 1
        row = comers.newest[session]
        while row != NONE:
            room.visit[n] = row
            n += 1
            row = comers.before[row - len(c.status)]
        if n:
            n = _documents(w, p, c, room, lines, n, session, counters, held, comers, done)
        if n:
            _interviews(w, p, c, room, lines, n, session, counters, held, comers, done)


def _by_session(w: World, c: Journeys, comers: Comers) -> None:
    """Sort all first visits by session."""
    for session in range(len(w.site)):
        comers.starts[session + 1] += comers.starts[session]
        comers.places[session] = comers.starts[session]
    for a in range(len(c.status)):
        session = c.visit_session[a]
        if session != NONE:
            comers.rows[comers.places[session]] = a
            comers.places[session] += 1


def _call(w: World, room: Room, lines: Lines, n: int, session: int, counters: int) -> None:
    line_up(n, room.arrive_ms, room.applicant, room.queue_class, w.n_classes, lines)
    call(
        n, w.n_classes, room.duration_ms, min(counters, n), w.intake_open[session], w.break_open[session],
        w.break_close[session], lines, room.busy_until, room.start_ms,
    )  # fmt: skip


def _documents(
    w: World, p: People, c: Journeys, room: Room, lines: Lines, n: int,
    session: int, counters: Ints, held: Bools, comers: Comers, done: Done,
) -> int:  # fmt: skip
    """The document check of a session; those who go on to the interview stay in the room. Returns their number."""
    people = len(c.status)
    for i in range(n):
        row = room.visit[i]
        a, drawn = row, row
        if row >= people:
            a = c.later_applicant[row - people]
            drawn = c.later_visit[row - people] * people + a
        room.applicant[i] = a
        room.drawn[i] = drawn
        room.arrive_ms[i] = c.arrive_ms[row]
        room.queue_class[i] = w.queue_class[p.channel[p.party[a]]]
        room.duration_ms[i] = p.service_ms[drawn * 2 + DOCUMENT]
    _call(w, room, lines, n, session, counters[session * 3 + DOCUMENT])
    stay = 0
    for i in range(n):
        row, start = room.visit[i], room.start_ms[i]
        end = start + room.duration_ms[i]
        if end >= w.horizon_ms:
            continue
        a, drawn = room.applicant[i], room.drawn[i]
        c.document_start_ms[row] = start
        c.document_end_ms[row] = end
        if row < people and p.papers_missing[a]:
            if p.comes_back[a]:
                site = w.return_to[w.site[session]]
                _come_again(
                    w, p, c, held, counters, comers, done, a, RETURN, site, end, p.back_after_ms[a], c.trip_ms[row]
                )
            else:
                c.status[a] = LOST_PAPERS
                done.at_ms[a] = end
            continue
        room.visit[stay] = row
        room.drawn[stay] = drawn
        room.applicant[stay] = a
        room.arrive_ms[stay] = end
        room.queue_class[stay] = room.queue_class[i]
        room.duration_ms[stay] = p.service_ms[drawn * 2 + INTERVIEW]
        stay += 1
    return stay


def _interviews(
    w: World, p: People, c: Journeys, room: Room, lines: Lines, n: int,
    session: int, counters: Ints, held: Bools, comers: Comers, done: Done,
) -> None:  # fmt: skip
    """The interview of a session, and where each one goes from there."""
    site = w.site[session]
    _call(w, room, lines, n, session, counters[session * 3 + INTERVIEW])
    for i in range(n):
        row, start, a = room.visit[i], room.start_ms[i], room.applicant[i]
        end = start + room.duration_ms[i]
        if end >= w.horizon_ms:
            continue
        c.interview_start_ms[row] = start
        c.interview_end_ms[row] = end
        if room.drawn[i] < REFERRED * len(c.status) and p.referral_ppb[a] < w.referral_ppb[site]:
            _come_again(
                w, p, c, held, counters, comers, done,
                a, REFERRED, w.parent[site], end, p.referral_after_ms[a], c.trip_ms[row],
            )  # fmt: skip
            continue
        if p.refused[a]:
            c.status[a] = LOST_REFUSED
            done.at_ms[a] = end
            continue
        c.issued_at[a] = site
        done.row[a] = row
        after = _issued_at_once(w, p, a, site, end)
        if after == NONE:
            done.at_ms[a] = end
            continue
        c.ready_ms[a] = end + after
        if end + after < w.horizon_ms:
            c.status[a] = COLLECTED
            c.handover[a] = AT_ONCE
            c.collect_end_ms[a] = end + after
            done.at_ms[a] = end + after


def _issued_at_once(w: World, p: People, a: int, site: int, now: int) -> int:
    """Time from the interview to a passport of the day; NONE where it goes the ordinary way."""
    promised = w.ready_after[p.channel[p.party[a]]]
    if promised == NONE:
        # Nearly everybody: what hangs on the day need not be looked up.
        return NONE
    today = now // DAY_MS
    return at_once(promised, w.parent[site], site, w.is_working_day[today], w.no_same_day[site, today])


def _come_again(
    w: World, p: People, c: Journeys, held: Bools, counters: Ints, comers: Comers, done: Done,
    a: int, visit: int, site: int, now: int, wait: int, way_back: int,
) -> None:  # fmt: skip
    """Travel alone to the next session of a site that opens so long after now, having been home."""
    home, after, drawn = now + way_back, now + wait, visit * len(c.status) + a
    while True:
        session = next_visit(
            site, w.parent[site], w.on_request_site[site], now, after,
            w.closed, w.first, w.intake_open, w.open_by_day, w.days, w.intake_from,
        )  # fmt: skip
        if session == NONE:
            done.at_ms[a] = now
            return
        arrival = share_of_window(w.intake_open[session], w.intake_close[session], p.visit_place_ppb[drawn])
        mean = mean_trip(w, p.district[p.party[a]], w.site[session], arrival)
        trip = trip_duration(mean, p.visit_trip_ppm[drawn])
        if is_home(arrival, trip, home):
            break
        after = home + trip
    hold(session, held, w.home_session, w.takes, counters)
    if arrival >= w.horizon_ms:
        return
    later = comers.made[0]
    comers.made[0] += 1
    c.later_applicant[later] = a
    c.later_visit[later] = visit
    row = len(c.status) + later
    c.visit_session[row] = session
    c.trip_ms[row] = trip
    c.arrive_ms[row] = arrival
    comers.before[later] = comers.newest[session]
    comers.newest[session] = row
