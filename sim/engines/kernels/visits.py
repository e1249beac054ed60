"""From the first arrival to the last interview: session by session, in the order in which they open.

Whoever is sent from one session to another comes to one that opens later than that moment, so that all who will ever
come to a session are known when its turn comes, and each session can be played by itself.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.draws import REFERRED, RETURN
from sim.engines.kernels.booking import mean_trip
from sim.engines.kernels.queues import NEVER, Lines, call, line_up
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
    applicant: Ints
    arrive_ms: Ints
    queue_class: Ints
    duration_ms: Ints
    """Of the service at the station they stand before."""
    interview_ms: Ints
    """Of the interview, for those before the document check."""
    start_ms: Ints
    busy_until: Ints


class Rest(NamedTuple):
    """Those of a session whose way is not the ordinary one: settled together when it is over.

    They are few, and what hangs on them lies far apart; the loops of everybody else are the shorter for it.
    """

    visit: Ints
    """Row of the visit, by place, as are the others."""
    applicant: Ints
    at_ms: Ints
    """When the document check or the interview ended."""


class Comers(NamedTuple):
    """Who comes to which session."""

    starts: Ints
    """[sessions + 1]: where the first visits of each session begin in ``rows``; before that, how many the one
    before it has."""
    rows: Ints
    """[applicants]: rows of first visits, session by session; after them those of visits that are not made."""
    places: Ints
    """[1 + sessions]: scratch."""
    newest: Ints
    """[sessions]: row of the later visit that was added last, or NONE."""
    before: Ints
    """[later visits]: the row added before it."""
    made: Ints
    """[1]: later visits that are made."""


def play(
    w: World, p: People, c: Journeys, counters: Ints, held: Bools,
    done: Done, comers: Comers, room: Room, rest: Rest, lines: Lines,
) -> None:  # fmt: skip
    """Play all sessions, and note who is done with them when."""
    _by_session(w, c, comers)
    for session in w.by_opening:
        n = _come_in(w, p, c, room, session, comers)
        returns, others = 0, 0
        if n:
            n, returns = _documents(w, p, c, room, rest, lines, n, session, counters)
            others = returns
        if n:
            others = _interviews(w, p, c, room, rest, returns, lines, n, session, counters, done)
        for k in range(others):
            visit = RETURN if k < returns else _settle(w, p, c, rest, k, session, done)
            if visit != NONE:
                _come_again(w, p, c, rest, k, visit, session, held, counters, comers, done)


def _by_session(w: World, c: Journeys, comers: Comers) -> None:
    """Sort all first visits by session.

    Those that are not made come last, so that no branch hangs on whether one is: it could not be foreseen.
    """
    for session in range(len(w.site)):
        comers.starts[session + 1] += comers.starts[session]
        comers.places[session + 1] = comers.starts[session]
    comers.places[NONE + 1] = comers.starts[len(w.site)]
    for a in range(len(c.status)):
        session = c.visit_session[a]
        comers.rows[comers.places[session + 1]] = a
        comers.places[session + 1] += 1


def _come_in(w: World, p: People, c: Journeys, room: Room, session: int, comers: Comers) -> int:
    """Who comes to a session, in the room; their number."""
    people, n = len(c.status), 0
    for i in range(comers.starts[session], comers.starts[session + 1]):
        a = comers.rows[i]
        _comes_in(w, p, c, room, n, a, a, a)
        n += 1
    row = comers.newest[session]
    while row != NONE:
        later = row - people
        a = c.later_applicant[later]
        _comes_in(w, p, c, room, n, row, a, c.later_visit[later] * people + a)
        n += 1
        row = comers.before[later]
    return n


def _comes_in(w: World, p: People, c: Journeys, room: Room, place: int, row: int, a: int, drawn: int) -> None:
    """One who comes: the row of the visit, who it is, and the row of what was drawn for it."""
    room.visit[place] = row
    room.applicant[place] = a
    room.arrive_ms[place] = c.arrive_ms[row]
    room.queue_class[place] = w.queue_class[p.channel[p.party[a]]]
    room.duration_ms[place] = p.service_ms[drawn * 2 + DOCUMENT]
    room.interview_ms[place] = p.service_ms[drawn * 2 + INTERVIEW]


def _call(w: World, room: Room, lines: Lines, n: int, session: int, counters: int) -> None:
    line_up(n, room.arrive_ms, room.applicant, room.queue_class, w.n_classes, lines)
    call(
        n, w.n_classes, room.duration_ms, min(counters, n), w.intake_open[session], w.break_open[session],
        w.break_close[session], lines, room.busy_until, room.start_ms,
    )  # fmt: skip


def _documents(
    w: World, p: People, c: Journeys, room: Room, rest: Rest, lines: Lines, n: int, session: int, counters: Ints,
) -> tuple[int, int]:  # fmt: skip
    """The document check of a session; those who go on to the interview stay in the room.

    Returns their number and that of those whose papers are missing.
    """
    people = len(c.status)
    _call(w, room, lines, n, session, counters[session * 3 + DOCUMENT])
    stay, others = 0, 0
    for i in range(n):
        row, start = room.visit[i], room.start_ms[i]
        end = start + room.duration_ms[i]
        if end >= w.horizon_ms:
            continue
        a = room.applicant[i]
        c.document_start_ms[row] = start
        c.document_end_ms[row] = end
        if row < people and p.papers_missing[a]:
            _put_aside(rest, others, row, a, end)
            others += 1
            continue
        room.visit[stay] = row
        room.applicant[stay] = a
        room.arrive_ms[stay] = end
        room.queue_class[stay] = room.queue_class[i]
        room.duration_ms[stay] = room.interview_ms[i]
        stay += 1
    return stay, others


def _interviews(
    w: World, p: People, c: Journeys, room: Room, rest: Rest, others: int, lines: Lines, n: int,
    session: int, counters: Ints, done: Done,
) -> int:  # fmt: skip
    """The interview of a session, and the way to the passport of those who take the ordinary one.

    Returns how many are put aside by now.
    """
    site = w.site[session]
    refers = w.referral_ppb[site] > 0
    _call(w, room, lines, n, session, counters[session * 3 + INTERVIEW])
    for i in range(n):
        row, start, a = room.visit[i], room.start_ms[i], room.applicant[i]
        end = start + room.duration_ms[i]
        if end >= w.horizon_ms:
            continue
        c.interview_start_ms[row] = start
        c.interview_end_ms[row] = end
        is_referred = refers and p.referral_ppb[a] < w.referral_ppb[site]
        if is_referred or p.refused[a] or w.ready_after[p.channel[p.party[a]]] != NONE:
            _put_aside(rest, others, row, a, end)
            others += 1
            continue
        c.issued_at[a] = site
        done.row[a] = row
        done.at_ms[a] = end
    return others


def _put_aside(rest: Rest, place: int, row: int, a: int, now: int) -> None:
    """Note somebody who takes another way than most."""
    rest.visit[place] = row
    rest.applicant[place] = a
    rest.at_ms[place] = now


def _settle(w: World, p: People, c: Journeys, rest: Rest, place: int, session: int, done: Done) -> int:
    """Where one who was put aside goes from the interview: REFERRED, or NONE where there is no other visit."""
    row, a, end, site = rest.visit[place], rest.applicant[place], rest.at_ms[place], w.site[session]
    if p.referral_ppb[a] < w.referral_ppb[site] and not _was_referred(c, row):
        return REFERRED
    done.at_ms[a] = end
    if p.refused[a]:
        c.status[a] = LOST_REFUSED
        return NONE
    c.issued_at[a] = site
    done.row[a] = row
    today = end // DAY_MS
    after = at_once(w.ready_after[p.channel[p.party[a]]], w.parent[site], site, w.no_same_day[site, today])
    if after == NONE:
        return NONE
    c.ready_ms[a] = end + after
    done.at_ms[a] = NEVER
    if end + after < w.horizon_ms:
        c.status[a] = COLLECTED
        c.handover[a] = AT_ONCE
        c.collect_end_ms[a] = end + after
        done.at_ms[a] = end + after
    return NONE


def _was_referred(c: Journeys, row: int) -> bool:
    """Whether a visit is that after a referral."""
    return row >= len(c.status) and c.later_visit[row - len(c.status)] == REFERRED


def _come_again(
    w: World, p: People, c: Journeys, rest: Rest, place: int, visit: int, came_to: int,
    held: Bools, counters: Ints, comers: Comers, done: Done,
) -> None:  # fmt: skip
    """Travel alone to the next session of a site that opens long enough after now, having been home; or give up."""
    a, now = rest.applicant[place], rest.at_ms[place]
    home, drawn = now + c.trip_ms[rest.visit[place]], visit * len(c.status) + a
    if visit == REFERRED:
        site, after = w.parent[w.site[came_to]], now + p.referral_after_ms[a]
    elif p.comes_back[a]:
        site, after = w.return_to[w.site[came_to]], now + p.back_after_ms[a]
    else:
        c.status[a] = LOST_PAPERS
        done.at_ms[a] = now
        return
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
