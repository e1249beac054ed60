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
FINE = 2
"""Stretches of time a person by which people are put in order; to count more takes longer than they save."""
STRIDE = 4
"""Numbers that a processor compares at once; counters in order end at a multiple of it."""


class Lines(NamedTuple):
    """People of one station in line, class by class."""

    places: Ints
    """[people + classes]: their places; within a class by arrival. A gap follows each class: place 0, never called."""
    times: Ints
    """[people + classes]: arrivals; NEVER in a gap."""
    heads: Ints
    """[classes]: where the next one to be called stands."""
    order: Ints
    """[people + classes]: scratch."""
    stretches: Ints
    """[people * classes * FINE]: scratch."""


def line_up(n: int, times: Ints, numbers: Ints, classes: Ints, n_classes: int, lines: Lines) -> None:
    """Line people up, class by class, by time and then by number.

    Args:
        n: people, at least one.
        times: arrivals, by place, as are the next two.
        numbers: no two are equal.
        classes: 0 is called first.
        n_classes: number of classes.
        lines: the result.

    People come more or less evenly over a session, so that a few times as many equal stretches of time as there are
    people leave next to nothing to be moved; where they do not, runs are merged.
    """
    _by_stretch(n, times, classes, n_classes, lines)
    for k in range(n_classes):
        begin = lines.heads[k]
        end = (lines.heads[k + 1] if k + 1 < n_classes else n + n_classes) - 1
        _in_order(begin, end, times, numbers, lines)
        lines.times[end] = NEVER
        lines.places[end] = 0


def _in_order(begin: int, end: int, times: Ints, numbers: Ints, lines: Lines) -> None:
    """Line people of one class up who are nearly in order."""
    places, kept, steps = lines.places, lines.times, 0
    for i in range(begin, end):
        place = lines.order[i]
        time, j = times[place], i
        while j > begin and _later(kept[j - 1], time, numbers[places[j - 1]], numbers[place]):
            kept[j] = kept[j - 1]
            places[j] = places[j - 1]
            j -= 1
        kept[j] = time
        places[j] = place
        steps += i - j
        if steps > STEPS * (end - begin):
            _by_merging(end - begin, times, numbers, lines.order[begin:], lines.places[begin:])
            for row in range(begin, end):
                places[row] = lines.order[row]
                kept[row] = times[places[row]]
            return


def _by_stretch(n: int, times: Ints, classes: Ints, n_classes: int, lines: Lines) -> None:
    """Put places into ``lines.order`` by class and stretch of time; those of one stretch by place."""
    low, high = times[0], times[0]
    for i in range(1, n):
        low, high = min(low, times[i]), max(high, times[i])
    shift = 0
    while (high - low) >> shift >= FINE * n:
        shift += 1
    count, stretches = ((high - low) >> shift) + 1, lines.stretches
    for k in range(count * n_classes):
        stretches[k] = 0
    for i in range(n):
        stretches[classes[i] * count + ((times[i] - low) >> shift)] += 1
    begin = 0
    for k in range(n_classes):
        lines.heads[k] = begin
        for stretch in range(k * count, (k + 1) * count):
            stretches[stretch], begin = begin, begin + stretches[stretch]
        begin += 1
    for i in range(n):
        stretch = classes[i] * count + ((times[i] - low) >> shift)
        lines.order[stretches[stretch]] = i
        stretches[stretch] += 1


def _by_merging(n: int, times: Ints, numbers: Ints, order: Ints, spare: Ints) -> None:
    """Sort the places in ``order`` by merging runs, whatever their times."""
    for begin in range(0, n, RUN):
        for i in range(begin + 1, min(begin + RUN, n)):
            place, j = order[i], i
            while j > begin and _is_later(order[j - 1], place, times, numbers):
                order[j] = order[j - 1]
                j -= 1
            order[j] = place
    width = RUN
    while width < n:
        for begin in range(0, n, 2 * width):
            middle, end = min(begin + width, n), min(begin + 2 * width, n)
            if middle < end and _is_later(order[middle - 1], order[middle], times, numbers):
                _merge(begin, middle, end, times, numbers, order, spare)
        width *= 2


def _is_later(a: int, b: int, times: Ints, numbers: Ints) -> bool:
    """Whether the one at place ``a`` comes after the one at ``b``."""
    return _later(times[a], times[b], numbers[a], numbers[b])


def _later(time: int, other: int, number: int, of_other: int) -> bool:
    """Whether a time and a number come after others; without a branch, which could not be foreseen.

    Members of a party come together, so that half of all times are equal.
    """
    return (time > other) | ((time == other) & (number > of_other))


def _merge(begin: int, middle: int, end: int, times: Ints, numbers: Ints, order: Ints, spare: Ints) -> None:
    """Merge two neighbouring sorted runs of ``order``."""
    for i in range(begin, middle):
        spare[i] = order[i]
    i, j, k = begin, middle, begin
    while i < middle:
        if j < end and _is_later(spare[i], order[j], times, numbers):
            order[k] = order[j]
            j += 1
        else:
            order[k] = spare[i]
            i += 1
        k += 1


def call(
    n: int,
    n_classes: int,
    durations: Ints,
    counters: int,
    opens: int,
    break_open: int,
    break_close: int,
    lines: Lines,
    busy_until: Ints,
    starts: Ints,
) -> None:
    """Put into ``starts`` when the service of each place begins; NEVER where there is no counter.

    Args:
        n: people.
        n_classes: number of classes.
        durations: of the services, by place.
        counters: counters of the station.
        opens: no service begins before.
        break_open: no service begins from here...
        break_close: ...until here.
        lines: see :func:`line_up`; the heads of more than two classes move on.
        busy_until: scratch, one a counter and STRIDE more: ends of services, the least first.
        starts: the result, by place.
    """
    if counters <= 0:
        for i in range(n):
            starts[i] = NEVER
        return
    _all_idle(busy_until, counters, opens)
    if n_classes == 1:
        _call_one(n, durations, counters, break_open, break_close, lines, busy_until, starts)
        return
    if n_classes == 2:
        _call_two(n, durations, counters, opens, break_open, break_close, lines, busy_until, starts)
        return
    now, heads = opens, lines.heads
    for _ in range(n):
        earliest = NEVER
        for k in range(n_classes):
            earliest = min(earliest, lines.times[heads[k]])
        now = max(now, earliest, busy_until[0])
        if break_open <= now < break_close:
            now = break_close
        k = 0
        while lines.times[heads[k]] > now:
            k += 1
        place = lines.places[heads[k]]
        heads[k] += 1
        starts[place] = now
        replace_first(busy_until, counters, now + durations[place])


def _call_one(
    n: int, durations: Ints, counters: int, break_open: int, break_close: int,
    lines: Lines, busy_until: Ints, starts: Ints,
) -> None:  # fmt: skip
    """What :func:`call` does where there is one class."""
    for i in range(n):
        start = max(lines.times[i], busy_until[0])
        if break_open <= start < break_close:
            start = break_close
        place = lines.places[i]
        starts[place] = start
        replace_first(busy_until, counters, start + durations[place])


def _call_two(
    n: int, durations: Ints, counters: int, opens: int, break_open: int, break_close: int,
    lines: Lines, busy_until: Ints, starts: Ints,
) -> None:  # fmt: skip
    """What :func:`call` does where there are two classes.

    No branch hangs on people, as none could be foreseen, and what both of those who stand first take is read before it
    is known which of them is called.
    """
    first, second, now = 0, lines.heads[1], opens
    for _ in range(n):
        of_first, of_second = durations[lines.places[first]], durations[lines.places[second]]
        now = max(now, min(lines.times[first], lines.times[second]), busy_until[0])
        if break_open <= now < break_close:
            now = break_close
        is_first = lines.times[first] <= now
        place = lines.places[first if is_first else second]
        first += is_first
        second += 1 - is_first
        starts[place] = now
        replace_first(busy_until, counters, now + (of_first if is_first else of_second))


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
        if below + 1 < last and _is_later(below, below + 1, times, numbers):
            below += 1
        if _is_later(below, last, times, numbers):
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
