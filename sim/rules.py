"""Rules: which option, which slot, which session, which day.

Each is a plain function of integers and flat sequences, without objects, so that every engine runs the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sim.plan import DAY_MS, HOUR_MS, NONE, Bools, Ints

BILLION = 1_000_000_000
MILLION = 1_000_000
WHOLE = 1 << 10
"""Parts in which the share of seats that are filled from the first on is told."""

DETERRED, FULL, BOOKED = -3, -2, 0
"""Outcomes of a try: nothing is worth it; the best option has no slot now; a session was chosen."""
NOT_OFFERED = -1

ANY_DAY, DAY_OFF, WORKING_DAY = range(3)
"""Days on which a session is looked for; all that are no working days are off."""

Table: TypeAlias = Sequence[int] | Ints | Bools
"""A column of whole numbers, as a list, an array or a NumPy array."""


def bisect_right(table: Table, low: int, high: int, value: int) -> int:
    """First row of ``table[low:high]``, which ascends, whose entry is above ``value``; ``high`` where none is."""
    while low < high:
        middle = (low + high) // 2
        if table[middle] > value:
            high = middle
        else:
            low = middle + 1
    return low


def first_after(site: int, after: int, first: Table, times: Table, by_day: Table, days: int) -> int:
    """The first session of a site whose time is above ``after``; the end of its sessions where none is.

    ``times`` ascends within the site; ``by_day[site * (days + 1) + day]`` is its first session whose time is on that
    day or later, so that nothing has to be searched.
    """
    row, end = by_day[site * (days + 1) + min(after // DAY_MS, days)], first[site + 1]
    if row < end:
        # Half of all times are past that of the day's session, which nobody could foresee: no branch hangs on it.
        row += times[row] <= after
    while row < end and times[row] <= after:
        row += 1
    return row


def earliest_slot(
    site: int,
    channel: int,
    size: int,
    on: int,
    after: int,
    until: int,
    first: Table,
    intake_open: Table,
    intake_close: Table,
    close_by_day: Table,
    days: int,
    next_offer: Table,
    quota: Table,
    free: Table,
    n_channels: int,
) -> int:
    """The first session of ``site`` with ``size`` free slots of ``channel``.

    It is held ``on`` ANY_DAY, a DAY_OFF or a WORKING_DAY; its intake closes after ``after`` and opens by ``until``.
    Returns its row, FULL where all offered sessions are taken, NOT_OFFERED where no such session has a quota of
    ``size`` for the channel. ``next_offer[(on * sessions + row) * n_channels + channel]`` is the first session from
    ``row`` on that is on such a day and whose quota for the channel is above 0, or NONE.
    """
    end, of_days = first[site + 1], on * len(quota)
    row = first_after(site, after, first, intake_close, close_by_day, days)
    found = NOT_OFFERED
    while row < end:
        row = next_offer[of_days + row * n_channels + channel]
        if row == NONE or intake_open[row] > until:
            break
        slot = row * n_channels + channel
        if free[slot] >= size:
            return row
        if quota[slot] >= size:
            found = FULL
        row += 1
    return found


def turn_of(taken: int, size: int, early: int) -> int:
    """Whose turn it is of a session's seats of a channel, of which so many are taken: see :mod:`sim.seats`.

    A party comes at the time of one of its ``size`` seats, not always the first: seats that are filled from the first
    on, ``early`` in WHOLE of them, alternate with the others, and all parties of two would have those of one kind.
    """
    return taken if size == 1 or early == WHOLE else taken + taken // size % size


def appointment(
    session: int,
    slot: int,
    turn: int,
    earliest: int,
    intake_open: Table,
    seat_first: Table,
    seat_after_ms: Table,
) -> int:
    """When whoever has a seat of a slot is told to come: not before ``earliest``, though the seat be earlier."""
    return max(intake_open[session] + seat_after_ms[seat_first[slot] + turn], earliest)


def lead_days(now: int, appointment: int) -> int:
    """Days from wanting a slot to the slot."""
    return appointment // DAY_MS - now // DAY_MS


def share_of_window(opens: int, closes: int, ppb: int) -> int:
    """The time a share, in billionths, into a window."""
    return opens + (closes - opens) * ppb // BILLION


def trip_duration(mean_ms: int, factor_ppm: int) -> int:
    """Duration of one trip: its mean times the trip's factor in millionths."""
    return mean_ms * factor_ppm // MILLION


def arrival(now: int, appointment: int, mean_ms: int, trip_ms: int, early_ms: int, early_share_ppm: int) -> int:
    """When somebody with an appointment gets there.

    They set out so as to be early by a fixed time and a share of the mean trip, but not before ``now``.
    """
    planned = appointment - early_ms - mean_ms * early_share_ppm // MILLION
    sets_out = max(planned - mean_ms, now)
    return sets_out + trip_ms


def is_home(arrival: int, trip_ms: int, home: int) -> bool:
    """Whether somebody who is home from an earlier trip at ``home`` can set out so as to arrive then."""
    return arrival - trip_ms >= home


def stretch_of(starts: Table, at: int) -> int:
    """The stretch of the period, with roads of its own, in which a time lies; stretches start at ``starts``."""
    return bisect_right(starts, 0, len(starts), at) - 1


def round_trip_rupiah(mean_ms: int, fare: int, value_of_time: int) -> int:
    """Cost of one trip there and back: fares, and time at so many rupiah an hour."""
    return 2 * (mean_ms * value_of_time // HOUR_MS + fare)


def delivery_is_wanted(mean_ms: int, fare: int, value_of_time: int, delivery_rupiah: int) -> bool:
    """Whether passports are delivered: the fee, to the party's taste, is below the cost of the trip."""
    return round_trip_rupiah(mean_ms, fare, value_of_time) > delivery_rupiah


def add_working_days(working_days: Table, worked: Table, day: int, count: int) -> int:
    """The ``count``-th working day after ``day``; ``day`` itself for 0.

    ``working_days`` ascends; ``worked[day]`` is the number of working days up to and including a day.
    """
    if count == 0:
        return day
    row = worked[min(day, len(worked) - 1)] + count - 1
    return working_days[min(row, len(working_days) - 1)]


def ready_after(day: int, count: int, working_days: Table, worked: Table, ready_at_ms: int) -> int:
    """The time of day at which passports are ready, so many working days after a day."""
    return add_working_days(working_days, worked, day, count) * DAY_MS + ready_at_ms


def at_once(promised: int, parent: int, site: int, no_same_day: bool) -> int:
    """Time from the interview to a passport of the day; NONE where it goes the ordinary way.

    The party's channel must promise it (``promised`` is not NONE), and the site print by itself, and on this day.
    """
    return promised if parent == site and not no_same_day else NONE


def hold(session: int, held: list[bool] | Bools, home_session: Table, takes: Table, counters: list[int] | Ints) -> None:
    """A session on request is held for certain: its team is missing at home."""
    if held[session]:
        return
    held[session] = True
    home = home_session[session]
    if home != NONE:
        for station in range(2):
            counters[home * 3 + station] -= takes[session * 3 + station]


def print_one(row: int, end: int, printed: list[int] | Ints, can_print: Table, following: list[int] | Ints) -> None:
    """Print a book on a day, one of the office's rows up to ``end``; once no more fit, others look from the next on."""
    printed[row] += 1
    if printed[row] >= can_print[row] and row < end - 1:
        following[row] = row + 1


def printing_row(
    office: int, earliest: int, first: Table, by_day: Table, days: int, following: list[int] | Ints
) -> int:
    """The row of the first day of an office, from ``earliest`` on, on which it prints and has room.

    Its rows begin at ``first[office]``; the last, which no run reaches, has always room. Row
    ``by_day[office * (days + 1) + day]`` is the first on that day or later.
    """
    row = by_day[office * (days + 1) + min(earliest, days)]
    return first_free(following, min(row, first[office + 1] - 1))


def first_free(following: list[int] | Ints, row: int) -> int:
    """The first row from ``row`` on that is not full.

    ``following[row]`` is the row itself while it has room, and a later one once it is full. The way found is shortened,
    so that a long run of full rows is walked once and not by everybody.
    """
    free = row
    while following[free] != free:
        free = following[free]
    while row != free:
        following[row], row = free, following[row]
    return free


def next_session(site: int, after: int, first: Table, times: Table, by_day: Table, days: int, following: Table) -> int:
    """The first session of a site whose time is above ``after`` and that counts; NONE where there is none.

    See :func:`first_after`; ``following[row]`` is the first row from ``row`` on that counts, or NONE.
    """
    row = first_after(site, after, first, times, by_day, days)
    return following[row] if row < first[site + 1] else NONE


def next_open(
    site: int,
    after: int,
    closed: Table,
    first: Table,
    intake_open: Table,
    open_by_day: Table,
    days: int,
    intake_from: Table,
) -> int:
    """The next session of a site that opens after a time and that no outage closes; NONE where there is none."""
    row = next_session(site, after, first, intake_open, open_by_day, days, intake_from)
    while row != NONE and closed[row]:
        row = next_session(site, intake_open[row], first, intake_open, open_by_day, days, intake_from)
    return row


def held_instead(
    session: int,
    appointment: int,
    size: int,
    closed: Table,
    carried: list[int] | Ints,
    quota: Table,
    n_channels: int,
    site: Table,
    first: Table,
    intake_open: Table,
    intake_close: Table,
    open_by_day: Table,
    days: int,
    intake_from: Table,
) -> tuple[int, int]:
    """The session held in place of one that an outage closes, and the appointment at it; NONE at the end.

    It is the next one of the site to which not yet as many people are ``carried`` over as it has slots; those of a
    party of ``size`` are added. With those who booked it, none has more than twice what it is made for, but for a party
    larger than all its slots. One comes as long after the start of intake as one would have, or at its end.
    """
    if not closed[session]:
        return session, appointment
    into = appointment - intake_open[session]
    following = session
    while True:
        following = next_open(
            site[session], intake_open[following], closed, first, intake_open, open_by_day, days, intake_from
        )
        if following == NONE:
            return NONE, NONE
        slots = 0
        for slot in range(following * n_channels, (following + 1) * n_channels):
            slots += quota[slot]
        if carried[following] == 0 or carried[following] + size <= slots:
            break
    carried[following] += size
    return following, min(intake_open[following] + into, intake_close[following])


def next_visit(
    site: int,
    parent: int,
    on_request: bool,
    now: int,
    after: int,
    closed: Table,
    first: Table,
    intake_open: Table,
    open_by_day: Table,
    days: int,
    intake_from: Table,
) -> int:
    """The session of a visit without an appointment: the next of a site after a time, or of its parent; or NONE.

    A team that comes on request is not out before tomorrow.
    """
    from_then = max(after, tomorrow(now)) if on_request else after
    row = next_open(site, from_then, closed, first, intake_open, open_by_day, days, intake_from)
    if row == NONE and parent != site:
        row = next_open(parent, after, closed, first, intake_open, open_by_day, days, intake_from)
    return row


def team_visit(
    site: int,
    size: int,
    after: int,
    until: int,
    first: Table,
    intake_open: Table,
    intake_close: Table,
    close_by_day: Table,
    days: int,
    visited: Table,
    quota: Table,
    free: Table,
    n_channels: int,
) -> int:
    """The first session in which a team can visit a group of ``size``: nobody else's day, with seats; or NONE."""
    row = first_after(site, after, first, intake_close, close_by_day, days)
    while row < first[site + 1] and intake_open[row] <= until:
        channel = first_channel(row, quota, n_channels)
        if channel != NONE and not visited[row] and free[row * n_channels + channel] >= size:
            return row
        row += 1
    return NONE


def team_for(
    size: int,
    after: int,
    until: int,
    reached: Table,
    for_groups: Table,
    smallest_group: Table,
    first: Table,
    intake_open: Table,
    intake_close: Table,
    close_by_day: Table,
    days: int,
    visited: Table,
    quota: Table,
    free: Table,
    n_channels: int,
) -> int:
    """The earliest session in which any team can visit a group of ``size``; the first team's where equal; or NONE.

    ``reached`` says by site whether the team goes to the group's district.
    """
    best = NONE
    for site in range(len(for_groups)):
        if not for_groups[site] or size < smallest_group[site] or not reached[site]:
            continue
        row = team_visit(
            site, size, after, until,
            first, intake_open, intake_close, close_by_day, days, visited, quota, free, n_channels,
        )  # fmt: skip
        if row != NONE and (best == NONE or intake_open[row] < intake_open[best]):
            best = row
    return best


def first_channel(session: int, quota: Table, n_channels: int) -> int:
    """The first channel with a quota in a session; NONE where there is none."""
    for channel in range(n_channels):
        if quota[session * n_channels + channel]:
            return channel
    return NONE


def tomorrow(now: int) -> int:
    """The next midnight."""
    return (now // DAY_MS + 1) * DAY_MS


def by_share(values: Table, edges_ppb: Table, start: int, end: int, ppb: int) -> int:
    """Value of a table of shares: rows ``start`` to ``end``, upper edges of each share in billionths, ascending."""
    row = start
    while row < end - 1 and ppb >= edges_ppb[row]:
        row += 1
    return values[row]


def cheapest(cost: Table, start: int, end: int, closed: int) -> tuple[int, int]:
    """The first place of the lowest cost in ``start`` to ``end``, which is not empty; the lowest cost of all others.

    No cost is above that of what is ``closed``, which is that of the others where there are none.
    """
    lowest, first, second = cost[start], start, closed
    for place in range(start + 1, end):
        one = cost[place]
        second = min(second, max(lowest, one))
        if one < lowest:
            lowest, first = one, place
    return first, second


def choose(
    party: int,
    channel: int,
    size: int,
    day_off: int,
    worth: int,
    now: int,
    wanted: int,
    notice: int,
    window: int,
    n_sites: int,
    cost: Table,
    closed: int,
    lead_day_rupiah: int,
    full_lead: int,
    first: Table,
    intake_open: Table,
    intake_close: Table,
    close_by_day: Table,
    days: int,
    next_offer: Table,
    also_books: Table,
    quota: Table,
    free: Table,
    n_channels: int,
    last: bool,
) -> tuple[int, int, int, int]:
    """The cheapest site for a party that looks for a slot now: (generalised cost, site, session, channel of the slot).

    The party can come from ``wanted`` on, and a slot is taken ``notice`` before the session's intake closes. Lead days
    count from the day it could come. Where a working day costs it ``day_off`` rupiah more, a site's sessions on working
    days and those on other days are two offers; to everybody else all sessions of a site are one.

    Of two that cost the same, the site that is cheaper without lead days and days off is chosen, then the first site,
    then what is no working day: no choice hangs on a site that has nothing to offer. The cheapest without lead days is
    tried first, and then those alone that can still be better, as lead days and days off only add cost. A site whose
    slots are all taken counts as one with a lead of ``full_lead`` days; it is returned with the session
    FULL where even so it is the best. Nobody leaves a free slot for what is full at the same site, unless that slot
    costs more than a passport is worth to the party: then it looks again for the other days rather than give up.
    A party that would give up now, as this is its ``last`` look, takes the cheapest free slot that is worth its cost.
    NOT_OFFERED as site means that no site has a session to offer.
    """
    best, best_site, best_session, best_channel = closed, NOT_OFFERED, FULL, channel
    other = also_books[channel]
    after = max(now + notice, wanted)
    start, end = party * n_sites, (party + 1) * n_sites
    first_tried, second_cost = cheapest(cost, start, end, closed)
    place, following = first_tried, start
    # Nothing is cheaper than the one tried first, so that a cost that is not below ``closed`` never counts as equal.
    best_cost = cost[first_tried]
    first_offer, last_offer = (DAY_OFF, WORKING_DAY) if day_off > 0 else (ANY_DAY, ANY_DAY)
    while place < end and cost[place] < best:
        site = place - start
        total_here, here, channel_here = closed, NOT_OFFERED, channel
        for on in range(first_offer, last_offer + 1):
            session = earliest_slot(
                site, channel, size, on, after, now + window,
                first, intake_open, intake_close, close_by_day, days, next_offer, quota, free, n_channels,
            )  # fmt: skip
            used = channel
            if other != NONE:
                second = earliest_slot(
                    site, other, size, on, after, now + window,
                    first, intake_open, intake_close, close_by_day, days, next_offer, quota, free, n_channels,
                )  # fmt: skip
                if (second >= 0 and (session < 0 or second < session)) or (second == FULL and session == NOT_OFFERED):
                    session, used = second, other
            if session == NOT_OFFERED or (session == FULL and (last or here >= 0)):
                continue
            lead = full_lead
            if session != FULL:
                lead = max(lead_days(max(now, wanted), intake_open[session]), 0)
            total = cost[place] + lead_day_rupiah * lead
            if on == WORKING_DAY:
                total += day_off
            if last and total > worth:
                continue
            instead = here == FULL and session != FULL and total <= worth
            if total < total_here or here == NOT_OFFERED or instead:
                total_here, here, channel_here = total, session, used
        if here != NOT_OFFERED and (total_here < best or (total_here == best and cost[place] < best_cost)):
            best, best_cost, best_site = total_here, cost[place], site
            best_session, best_channel = here, channel_here
        if second_cost >= best:
            break
        while following < end and (cost[following] >= best or following == first_tried):
            following += 1
        place = following
        following += 1
    return best, best_site, best_session, best_channel
