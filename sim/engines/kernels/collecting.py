"""From the last interview to the passport in hand: printing, then collection."""

from __future__ import annotations

from typing import NamedTuple

from sim.engines.kernels.booking import mean_trip
from sim.engines.kernels.queues import NEVER, Lines, call, line_up
from sim.engines.kernels.tables import Done, People, World
from sim.journeys import Handover, Journeys, Status
from sim.plan import COLLECTION, DAY_MS, NONE, Ints
from sim.rules import (
    add_working_days,
    by_share,
    delivery_is_wanted,
    first_free,
    is_home,
    next_session,
    print_one,
    printing_row,
    ready_after,
    share_of_window,
    stretch_of,
    trip_duration,
)

COLLECTED, LOST_UNCOLLECTED = int(Status.COLLECTED), int(Status.LOST_UNCOLLECTED)
FETCHED, BROUGHT, DELIVERED = int(Handover.COLLECTED), int(Handover.BROUGHT), int(Handover.DELIVERED)


class Printing(NamedTuple):
    """Scratch of printing."""

    applicant: Ints
    """[applicants]: those whose books are printed, as are the next four."""
    decided: Ints
    row: Ints
    """The earliest day of each, as a row of those on which its office prints."""
    classes: Ints
    """Of the line in which all stand: all 0."""
    printed: Ints
    """[days of all offices on which they print]: books printed."""
    following: Ints
    """[as above]: see :func:`sim.rules.first_free`."""


def print_books(w: World, p: People, c: Journeys, done: Done, s: Printing, lines: Lines) -> None:
    """Give each decided application its day of printing, first come, first printed.

    Offices print at the end of a day what was decided by then.
    """
    books = _to_print(c, s)
    n = 0
    for k in range(books):
        a = s.applicant[k]
        interviewed = done.at_ms[a]
        late = _decided_after_printing(c, done.row[a]) if interviewed % DAY_MS == 0 else 0
        # The midnight that comes, unless it is one: not of a day that could be the one before the first.
        batch = (interviewed + late + DAY_MS - 1) // DAY_MS * DAY_MS
        if batch >= w.horizon_ms:
            c.issued_at[a] = NONE
            done.at_ms[a] = NEVER
            continue
        row = _earliest_row(w, p, c, s, a, interviewed)
        s.printed[row] += 1
        s.applicant[n] = a
        s.row[n] = row
        s.decided[n] = 2 * interviewed + late
        c.ready_ms[a] = _ready(w, p, a, c.issued_at[a], interviewed, w.prints_on[row])
        done.at_ms[a] = batch
        n += 1
    if _has_room(w, s):
        return
    for row in range(len(s.printed)):
        s.printed[row] = 0
    for i in range(n):
        s.classes[i] = 0
    line_up(n, s.decided, s.applicant, s.classes, 1, lines)
    for k in range(n):
        i = lines.places[k]
        row = first_free(s.following, s.row[i])
        print_one(row, w.prints_first[w.parent[c.issued_at[s.applicant[i]]] + 1], s.printed, w.can_print, s.following)
        a = s.applicant[i]
        c.ready_ms[a] = _ready(w, p, a, c.issued_at[a], s.decided[i] // 2, w.prints_on[row])


def _to_print(c: Journeys, s: Printing) -> int:
    """Those whose books are to be printed, in ``s.applicant``; their number. No branch hangs on who they are."""
    n = 0
    for a in range(len(c.status)):
        s.applicant[n] = a
        n += (c.issued_at[a] != NONE) & (c.ready_ms[a] == NONE)
    return n


def _has_room(w: World, s: Printing) -> bool:
    """Whether every book can be printed on its earliest day, so that nobody need ask who comes first."""
    too_many = 0
    for row in range(len(s.printed)):
        too_many += s.printed[row] > w.can_print[row]
    return too_many == 0


def _earliest_row(w: World, p: People, c: Journeys, s: Printing, a: int, interviewed: int) -> int:
    """The earliest day on which a book can be printed, as a row of those on which its office prints."""
    office = w.parent[c.issued_at[a]]
    earliest = add_working_days(w.working_days, w.worked, interviewed // DAY_MS, p.issue_days[a])
    return printing_row(office, earliest, w.prints_first, w.prints_by_day, w.printing_days, s.following)


def _decided_after_printing(c: Journeys, row: int) -> int:
    """1 where an interview without length at midnight came after the printing of that midnight, else 0."""
    return int(c.interview_end_ms[row] % DAY_MS == 0 and c.interview_start_ms[row] == c.interview_end_ms[row])


def _ready(w: World, p: People, a: int, site: int, interviewed: int, printed: int) -> int:
    """When a printed passport is where it is handed out."""
    days = by_share(w.sending_days, w.sending_edges, w.sending_first[site], w.sending_first[site + 1], p.sending_ppb[a])
    return max(ready_after(printed, days, w.working_days, w.worked, w.ready_at_ms), interviewed)


class Fetching(NamedTuple):
    """Scratch of collection."""

    session: Ints
    """[parties]: where each comes to fetch; NONE where nobody does."""
    fetch: Ints
    """[parties]: those that come, in the order of their numbers."""
    goes: Ints
    """[parties], as are the next four: the member who comes."""
    work_ms: Ints
    """How long it takes to hand out what all of the party fetch."""
    came_ms: Ints
    """When the line is joined."""
    trip_ms: Ints
    called_ms: Ints
    """When it is their turn."""
    starts: Ints
    """[sessions + 1]: where the parties of each session begin in ``parties``."""
    places: Ints
    parties: Ints
    arrive_ms: Ints
    """[parties], as are the others: of those of one session, by place."""
    queue_class: Ints
    duration_ms: Ints
    start_ms: Ints
    busy_until: Ints


def collect(w: World, p: People, c: Journeys, done: Done, f: Fetching, lines: Lines) -> None:
    """Bring, deliver, or have fetched the passports of each party whose members have all done their part."""
    n = 0
    for who in range(len(p.need_ms)):
        f.session[who] = _hand_over(w, p, c, done, f, who)
        f.fetch[n] = who
        n += f.session[who] != NONE
    for k in range(n):
        f.starts[f.session[f.fetch[k]] + 1] += 1
    for session in range(len(w.site)):
        f.starts[session + 1] += f.starts[session]
        f.places[session] = f.starts[session]
    for k in range(n):
        session = f.session[f.fetch[k]]
        f.parties[f.places[session]] = f.fetch[k]
        f.places[session] += 1
    for session in range(len(w.site)):
        if f.starts[session + 1] > f.starts[session]:
            _hand_out(w, p, f, lines, session)
    for k in range(n):
        _fetch(w, p, c, f, f.fetch[k])


def _hand_over(w: World, p: People, c: Journeys, done: Done, f: Fetching, who: int) -> int:
    """The session to which one of the party comes to fetch; NONE where nobody does."""
    first, end = p.first[who], p.first[who] + p.size[who]
    now, last, ready, goes, work = 0, NONE, NONE, NONE, 0
    for a in range(first, end):
        now = max(now, done.at_ms[a])
        if _waits(c, a):
            work += p.collection_ms[a]
            if c.ready_ms[a] > ready:
                last, ready = a, c.ready_ms[a]
            if goes == NONE:
                goes = a
    if last == NONE or now >= w.horizon_ms:
        return NONE
    issued_at = c.issued_at[last]
    site = w.collect_at[issued_at]
    if site == NONE:
        return _give(w, c, first, end, max(ready, now), BROUGHT)
    if p.never_collects[who]:
        return _lose(c, first, end)
    if _delivery_wanted(w, p, who, site, ready):
        at_door = ready_after(ready // DAY_MS, p.delivery_days[who], w.working_days, w.worked, w.ready_at_ms)
        at_door = max(at_door, ready)
        return _give(w, c, first, end, max(at_door, now), DELIVERED)
    believed = ready if p.checks_progress[who] else _promised(w, c.interview_end_ms[done.row[last]], site)
    sets_out = max(believed + p.collect_delay_ms[who], now)
    home = c.interview_end_ms[done.row[goes]] + c.trip_ms[done.row[goes]]
    vain, vain_ms = 0, 0
    while True:
        session = next_session(site, sets_out, w.first, w.collect_until, w.until_by_day, w.days, w.handing_out_from)
        if session == NONE and w.parent[site] != site:
            session = next_session(
                w.parent[site], sets_out, w.first, w.collect_until, w.until_by_day, w.days, w.handing_out_from
            )
        if session == NONE:
            return NONE
        opens = max(w.collect_open[session], sets_out)
        arrival = share_of_window(opens, w.collect_close[session], p.collect_place_ppb[who])
        mean = mean_trip(w, p.district[who], w.site[session], arrival)
        trip = trip_duration(mean, p.collect_trip_ppm[who])
        if not is_home(arrival, trip, home):
            sets_out = home + trip
            continue
        if arrival >= ready:
            break
        vain, vain_ms, home = vain + 1, vain_ms + trip, arrival + trip
        sets_out = arrival + p.again_after_ms[who]
    if vain:
        c.vain_trips[goes] = vain
        c.vain_trip_ms[goes] = vain_ms
    if arrival > ready + w.kept_ms:
        return _lose(c, first, end)
    if arrival >= w.horizon_ms:
        return NONE
    f.goes[who] = goes
    f.work_ms[who] = work
    f.came_ms[who] = arrival
    f.trip_ms[who] = trip
    return session


def _waits(c: Journeys, a: int) -> bool:
    """Whether an applicant's passport is ready, or will be, and is not yet in hand."""
    return (c.ready_ms[a] != NONE) & (c.collect_end_ms[a] == NONE)


def _give(w: World, c: Journeys, first: int, end: int, at: int, how: int) -> int:
    for a in range(first, end):
        if _waits(c, a) and at < w.horizon_ms:
            c.status[a] = COLLECTED
            c.handover[a] = how
            c.collect_end_ms[a] = at
    return NONE


def _lose(c: Journeys, first: int, end: int) -> int:
    for a in range(first, end):
        if _waits(c, a):
            c.status[a] = LOST_UNCOLLECTED
    return NONE


def _promised(w: World, interviewed: int, site: int) -> int:
    """When somebody was told to come."""
    return ready_after(interviewed // DAY_MS, w.promised_days[site], w.working_days, w.worked, w.ready_at_ms)


def _delivery_wanted(w: World, p: People, who: int, site: int, ready: int) -> bool:
    """Whether the party has its passports delivered."""
    if w.delivery_fee == NONE or not w.delivers[site]:
        return False
    at = min(ready, w.horizon_ms - 1)
    stretch = stretch_of(w.travel_starts, at)
    mean, fare = w.travel_ms[stretch, p.district[who], site], w.fare_rupiah[stretch, p.district[who], site]
    return delivery_is_wanted(mean, fare, p.value_of_time[who], p.delivery_rupiah[who])


def _hand_out(w: World, p: People, f: Fetching, lines: Lines, session: int) -> None:
    """The collection station of one session."""
    begin = f.starts[session]
    n = f.starts[session + 1] - begin
    for i in range(n):
        who = f.parties[begin + i]
        f.arrive_ms[i] = f.came_ms[who]
        f.queue_class[i] = w.queue_class[p.channel[who]]
        f.duration_ms[i] = f.work_ms[who]
    line_up(n, f.arrive_ms, f.parties[begin:], f.queue_class, w.n_classes, lines)
    call(
        n, w.n_classes, f.duration_ms, min(w.counters[session * 3 + COLLECTION], n), w.collect_open[session],
        w.break_open[session], w.break_close[session], lines, f.busy_until, f.start_ms,
    )  # fmt: skip
    for i in range(n):
        f.called_ms[f.parties[begin + i]] = f.start_ms[i]


def _fetch(w: World, p: People, c: Journeys, f: Fetching, who: int) -> None:
    """Hand out the passports of a party that has come, as far as that ends in simulated time."""
    goes, end = f.goes[who], f.called_ms[who] + f.work_ms[who]
    if end >= w.horizon_ms:
        return
    c.collect_trip_ms[goes] = f.trip_ms[who]
    for a in range(goes, p.first[who] + p.size[who]):
        if _waits(c, a):
            c.status[a] = COLLECTED
            c.handover[a] = FETCHED
            c.collect_session[a] = f.session[who]
            c.collect_arrive_ms[a] = f.came_ms[who]
            c.collect_start_ms[a] = f.called_ms[who]
            c.collect_end_ms[a] = end
