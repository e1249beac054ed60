"""From need to appointment: all tries of all parties in the order of time; ties in the order of their numbers.

Nothing that happens in an office changes who gets which slot, so that all booking comes before all visits.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.draws import TRIES
from sim.engines.kernels.queues import add, drop_first
from sim.engines.kernels.tables import People, World
from sim.journeys import Journeys, Status
from sim.plan import NONE, Bools, Ints
from sim.rules import (
    FULL,
    NOT_OFFERED,
    appointment,
    arrival,
    cheapest,
    choose,
    first_channel,
    held_instead,
    hold,
    stretch_of,
    team_for,
    tomorrow,
    trip_duration,
    turn_of,
)

DETERRED, UNSERVED, LOST_NO_SHOW = int(Status.DETERRED), int(Status.UNSERVED), int(Status.LOST_NO_SHOW)
UNASKED = -2


class Book(NamedTuple):
    """What booking changes."""

    free: Ints
    """[sessions * channels]"""
    counters: Ints
    """[sessions * stations]: those left when teams on request are out."""
    held: Bools
    visited: Bools
    """Sessions of teams that a group has asked for."""
    session_of_group: Ints
    comers: Ints
    """[sessions + 1]: people who come to the session before, as far as is known: see
    :class:`sim.engines.kernels.visits.Comers`."""
    carried: Ints
    """[sessions]: people who come as an outage closes the session that they booked."""
    tries: Ints
    """[parties], as are the next three: undefined before the party first looks."""
    missed: Ints
    gives_up: Ints
    """NONE until the party looks for its first slot, or for its first after an appointment missed."""
    applies: Ints
    """1 or 0."""
    again_ms: Ints
    """When parties look again: a heap, with the next."""
    again_who: Ints


def book(w: World, p: People, c: Journeys, b: Book) -> None:
    """Book for everybody: journeys up to the arrival at the first visit."""
    parties, waiting, party = len(p.need_ms), 0, 0
    while True:
        due = party < parties
        if due and waiting:
            now, who = b.again_ms[0], b.again_who[0]
            due = p.need_ms[party] < now or (p.need_ms[party] == now and party < who)
        if due:
            now, who = p.need_ms[party], party
            b.tries[who], b.missed[who], b.gives_up[who], b.applies[who] = 0, 0, NONE, 0
            party += 1
        elif waiting:
            now, who = b.again_ms[0], b.again_who[0]
            drop_first(waiting, b.again_ms, b.again_who)
            waiting -= 1
        else:
            return
        later = _look(w, p, c, b, now, who)
        if later != NONE and later < w.horizon_ms:
            add(waiting, later, who, b.again_ms, b.again_who)
            waiting += 1


def _look(w: World, p: People, c: Journeys, b: Book, now: int, who: int) -> int:
    """One try of a party; when it tries again, or NONE."""
    if b.gives_up[who] == NONE:
        b.gives_up[who] = now + p.patience_ms[who]
    session = NONE
    if b.tries[who] == 0 and p.group[who] != NONE:
        session = _group_session(w, p, b, now, who)
    b.tries[who] += 1
    if session != NONE:
        b.applies[who] = 1
        site, channel = w.site[session], first_channel(session, w.quota, w.n_channels)
        return _take(w, p, c, b, now, who, site, session, channel)
    wanted = p.wanted_ms[who]
    if p.homebound[who]:
        wanted = max(wanted, tomorrow(now))
    gives_up, last = now + p.retry_ms[who] > b.gives_up[who], False
    while True:
        cost, site, session, channel = choose(
            who, p.channel[who], p.size[who], p.day_off_rupiah[who], p.worth_rupiah[who],
            now, wanted, w.notice_ms, w.window_ms,
            w.n_sites, p.cost_rupiah, w.closed_cost, w.lead_day_rupiah, w.full_lead_days,
            w.first, w.intake_open, w.intake_close, w.close_by_day, w.days,
            w.next_offer, w.also_books, w.quota, b.free, w.n_channels, last,
        )  # fmt: skip
        if site != NOT_OFFERED and not b.applies[who]:
            if cost > p.worth_rupiah[who]:
                return _end(p, c, b, who, DETERRED)
            b.applies[who] = 1
        if session != FULL:
            return _take(w, p, c, b, now, who, site, session, channel)
        if last or not gives_up:
            break
        last = True
    if gives_up or not _can_apply(w, p, who):
        return _end(p, c, b, who, UNSERVED)
    return now + p.retry_ms[who]


def _take(w: World, p: People, c: Journeys, b: Book, now: int, who: int, site: int, session: int, channel: int) -> int:
    """Take a slot; when the party looks for another as it misses the appointment, or NONE."""
    slot = session * w.n_channels + channel
    taken = w.quota[slot] - b.free[slot]
    b.free[slot] -= p.size[who]
    hold(session, b.held, w.home_session, w.takes, b.counters)
    turn = turn_of(taken, p.size[who], w.early_seats)
    at = appointment(session, slot, turn, now + w.notice_ms, w.intake_open, w.seat_first, w.seat_after_ms)
    for a in range(p.first[who], p.first[who] + p.size[who]):
        c.tries[a] = b.tries[who]
        c.site[a] = site
        c.session[a] = session
        c.slot_channel[a] = channel
        c.booked_ms[a] = now
        c.appointment_ms[a] = at
    before = b.missed[who]
    if not p.misses[who * TRIES + before]:
        _set_out(w, p, c, b, now, who, site, session, at)
        return NONE
    b.missed[who] = before + 1
    for a in range(p.first[who], p.first[who] + p.size[who]):
        c.missed[a] = before + 1
        if before == 0:
            c.missed_session[a] = session
            c.missed_channel[a] = channel
            c.missed_booked_ms[a] = now
    if not p.books_again[who] or before + 1 == TRIES:
        for a in range(p.first[who], p.first[who] + p.size[who]):
            c.status[a] = LOST_NO_SHOW
        return NONE
    b.gives_up[who] = NONE
    return at + p.books_again_after_ms[who]


def _set_out(
    w: World, p: People, c: Journeys, b: Book, now: int, who: int, site: int, session: int, booked: int
) -> None:
    """The journey to the appointment, of all members of the party, to a later one where an outage came between."""
    session, booked = held_instead(
        session, booked, p.size[who], w.closed, b.carried, w.quota, w.n_channels, w.site,
        w.first, w.intake_open, w.intake_close, w.open_by_day, w.days, w.intake_from,
    )  # fmt: skip
    if session == NONE:
        return
    hold(session, b.held, w.home_session, w.takes, b.counters)
    mean = mean_trip(w, p.district[who], site, booked)
    trip = trip_duration(mean, p.trip_ppm[who])
    at = arrival(now, booked, mean, trip, w.early_ms, w.early_share_ppm)
    if at >= w.horizon_ms:
        return
    b.comers[session + 1] += p.size[who]
    for a in range(p.first[who], p.first[who] + p.size[who]):
        c.visit_session[a] = session
        c.trip_ms[a] = trip
        c.arrive_ms[a] = at


def _group_session(w: World, p: People, b: Book, now: int, who: int) -> int:
    """The session at which a team visits the party's group: its first party asks for all."""
    group, size = p.group[who], p.group_people[who]
    if b.session_of_group[group] != UNASKED:
        return b.session_of_group[group]
    after = max(now + w.notice_ms, tomorrow(now))
    best = team_for(
        size, after, now + w.window_ms, w.reached[:, p.district[who]], w.for_groups, w.smallest_group,
        w.first, w.intake_open, w.intake_close, w.close_by_day, w.days, b.visited, w.quota, b.free, w.n_channels,
    )  # fmt: skip
    if best != NONE:
        b.visited[best] = True
    b.session_of_group[group] = best
    return best


def _can_apply(w: World, p: People, who: int) -> bool:
    start, end = who * w.n_sites, (who + 1) * w.n_sites
    place, _ = cheapest(p.cost_rupiah, start, end, w.closed_cost)
    return p.cost_rupiah[place] < w.closed_cost


def _end(p: People, c: Journeys, b: Book, who: int, status: int) -> int:
    """The journey of a party ends without a slot."""
    for a in range(p.first[who], p.first[who] + p.size[who]):
        c.status[a] = status
        c.tries[a] = b.tries[who]
    return NONE


def mean_trip(w: World, district: int, site: int, at: int) -> int:
    """Mean duration of a trip one way, with the roads of the day."""
    return w.travel_ms[stretch_of(w.travel_starts, at), district, site]
