"""The line before the counters of one station, all at once: who is called when.

The order is that of :class:`sim.engines.stations.Station`: at each instant all who come and all counters that fall
idle are known before anybody is called; then the smaller class, the earlier arrival, the lower number comes first.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.plan import Ints

NEVER = 0x7070_7070_7070_7070
"""256 million years, of eight equal bytes: memory is filled with it byte by byte."""
RUN = 12
"""People sorted by insertion before runs are merged."""
STEPS = 8
"""Steps a person that people may be moved by insertion before they are merged instead."""
FEW = 8
"""Counters up to which looking at all of them finds the next idle one sooner than keeping them in order."""
STRIDE = 4
"""Numbers that a processor compares at once; counters in order end at a multiple of it."""


class Lines(NamedTuple):
    """Scratch of the calling of several classes."""

    places: Ints
    """One a person: their places class by class, within one by arrival."""
    heads: Ints
    """One a class, as are the next two: where the next one to be called stands in ``places``."""
    ends: Ints
    """Where the class ends."""
    arrives: Ints
    """Arrival of the next one to be called; NEVER where nobody is left."""


def in_order(n: int, times: Ints, numbers: Ints, order: Ints, spare: Ints) -> None:
    """Put into ``order`` the places 0 to ``n`` - 1, by time and then by number; ``spare`` is as long.

    People come more or less evenly over a session, so that as many equal stretches of time as there are people leave
    next to nothing to be moved; where they do not, runs are merged.
    """
    _by_stretch(n, times, order, spare)
    steps = 0
    for i in range(1, n):
        place, j = order[i], i
        while j > 0 and _later(order[j - 1], place, times, numbers):
            order[j] = order[j - 1]
            j -= 1
        order[j] = place
        steps += i - j
        if steps > STEPS * n:
            _by_merging(n, times, numbers, order, spare)
            return


def _by_stretch(n: int, times: Ints, order: Ints, spare: Ints) -> None:
    """Put the places into ``order`` by the stretch of time they fall into; those of one stretch by place."""
    if n == 0:
        return
    low, high = times[0], times[0]
    for i in range(1, n):
        low, high = min(low, times[i]), max(high, times[i])
    shift = 0
    while (high - low) >> shift >= n:
        shift += 1
    stretches = ((high - low) >> shift) + 1
    for k in range(stretches):
        spare[k] = 0
    for i in range(n):
        spare[(times[i] - low) >> shift] += 1
    begin = 0
    for k in range(stretches):
        spare[k], begin = begin, begin + spare[k]
    for i in range(n):
        k = (times[i] - low) >> shift
        order[spare[k]] = i
        spare[k] += 1


def _by_merging(n: int, times: Ints, numbers: Ints, order: Ints, spare: Ints) -> None:
    """Sort the places in ``order`` by merging runs, whatever their times."""
    for begin in range(0, n, RUN):
        for i in range(begin + 1, min(begin + RUN, n)):
            place, j = order[i], i
            while j > begin and _later(order[j - 1], place, times, numbers):
                order[j] = order[j - 1]
                j -= 1
            order[j] = place
    width = RUN
    while width < n:
        for begin in range(0, n, 2 * width):
            middle, end = min(begin + width, n), min(begin + 2 * width, n)
            if middle < end and _later(order[middle - 1], order[middle], times, numbers):
                _merge(begin, middle, end, times, numbers, order, spare)
        width *= 2


def _later(a: int, b: int, times: Ints, numbers: Ints) -> bool:
    """Whether the one at place ``a`` comes after the one at ``b``; without a branch, which could not be foreseen.

    Members of a party come together, so that half of all times are equal.
    """
    return (times[a] > times[b]) | ((times[a] == times[b]) & (numbers[a] > numbers[b]))


def _merge(begin: int, middle: int, end: int, times: Ints, numbers: Ints, order: Ints, spare: Ints) -> None:
    """Merge two neighbouring sorted runs of ``order``."""
    for i in range(begin, middle):
        spare[i] = order[i]
    i, j, k = begin, middle, begin
    while i < middle:
        if j < end and _later(spare[i], order[j], times, numbers):
            order[k] = order[j]
            j += 1
        else:
            order[k] = spare[i]
            i += 1
        k += 1


def call(
    n: int,
    order: Ints,
    times: Ints,
    classes: Ints,
    durations: Ints,
    counters: int,
    opens: int,
    break_open: int,
    break_close: int,
    n_classes: int,
    lines: Lines,
    busy_until: Ints,
    starts: Ints,
) -> None:
    """Put into ``starts`` when the service of each place begins; NEVER where there is no counter.

    Args:
        n: people.
        order: their places by arrival.
        times: arrivals, by place, as are the next two.
        classes: 0 is called first.
        durations: of the services.
        counters: counters of the station.
        opens: no service begins before.
        break_open: no service begins from here...
        break_close: ...until here.
        n_classes: number of classes.
        lines: scratch.
        busy_until: scratch, one a counter and STRIDE more: ends of services, the least first.
        starts: the result, by place.
    """
    if counters <= 0:
        for i in range(n):
            starts[i] = NEVER
        return
    if _are_equal(n, classes):
        _call_in_order(n, order, times, durations, counters, opens, break_open, break_close, busy_until, starts)
        return
    earliest = _line_up(n, order, times, classes, n_classes, lines)
    _all_idle(busy_until, counters, opens)
    now = opens
    for _ in range(n):
        now = max(now, earliest, busy_until[0])
        if break_open <= now < break_close:
            now = break_close
        k = 0
        while lines.arrives[k] > now:
            k += 1
        place = lines.places[lines.heads[k]]
        lines.heads[k] += 1
        _await_next(lines, k, times)
        earliest = lines.arrives[0]
        for other in range(1, n_classes):
            earliest = min(earliest, lines.arrives[other])
        starts[place] = now
        replace_first(busy_until, counters, now + durations[place])


def _line_up(n: int, order: Ints, times: Ints, classes: Ints, n_classes: int, lines: Lines) -> int:
    """Line people up class by class, each by arrival; the first arrival of all."""
    for k in range(n_classes):
        lines.ends[k] = 0
    for i in range(n):
        lines.ends[classes[i]] += 1
    begin = 0
    for k in range(n_classes):
        lines.heads[k] = begin
        lines.ends[k], begin = begin, begin + lines.ends[k]
    for i in range(n):
        place = order[i]
        k = classes[place]
        lines.places[lines.ends[k]] = place
        lines.ends[k] += 1
    for k in range(n_classes):
        _await_next(lines, k, times)
    return times[order[0]]


def _await_next(lines: Lines, k: int, times: Ints) -> None:
    """Note when the next one of a class arrives."""
    lines.arrives[k] = times[lines.places[lines.heads[k]]] if lines.heads[k] < lines.ends[k] else NEVER


def _are_equal(n: int, classes: Ints) -> bool:
    others = 0
    for i in range(n):
        others += classes[i] != classes[0]
    return others == 0


def _call_in_order(
    n: int, order: Ints, times: Ints, durations: Ints,
    counters: int, opens: int, break_open: int, break_close: int, busy_until: Ints, starts: Ints,
) -> None:  # fmt: skip
    """What :func:`call` does where all are of one class."""
    _all_idle(busy_until, counters, opens)
    for i in range(n):
        place = order[i]
        start = max(times[place], busy_until[0])
        if break_open <= start < break_close:
            start = break_close
        starts[place] = start
        replace_first(busy_until, counters, start + durations[place])


def add(n: int, time: int, number: int, times: Ints, numbers: Ints) -> None:
    """Add a moment to a heap of ``n``, the earliest first, of one time the lowest number."""
    place = n
    while place > 0:
        above = (place - 1) // 2
        if times[above] < time or (times[above] == time and numbers[above] < number):
            break
        times[place], numbers[place] = times[above], numbers[above]
        place = above
    times[place], numbers[place] = time, number


def drop_first(n: int, times: Ints, numbers: Ints) -> None:
    """Take the first moment out of a heap of ``n``."""
    last = n - 1
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        if below + 1 < last and _later(below, below + 1, times, numbers):
            below += 1
        if _later(below, last, times, numbers):
            break
        times[place], numbers[place] = times[below], numbers[below]
        place = below
    times[place], numbers[place] = times[last], numbers[last]


def _all_idle(ends: Ints, n: int, since: int) -> None:
    """Make a list of ``n`` counters that have all been idle since the same moment."""
    for k in range(n):
        ends[k] = since
    for k in range(n, n + STRIDE):
        ends[k] = NEVER


def replace_first(ends: Ints, n: int, end: int) -> None:
    """Put the end of a service in place of the least of ``n``, and the least of all there are now first.

    The others stand in no order where they are few, and in ascending order where they are many, with NEVER for the
    STRIDE after them: each moves up by one until the new one's place, and none of them waits for the one before.
    """
    if n > FEW:
        for k in range((n + STRIDE - 1) // STRIDE * STRIDE):
            ends[k] = min(ends[k + 1], max(ends[k], end))
        return
    least = end
    for k in range(n - 1, 0, -1):
        other = ends[k]
        ends[k] = max(other, least)
        least = min(other, least)
    ends[0] = least
