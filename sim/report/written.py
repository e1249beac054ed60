"""How numbers stand in texts and tables: an estimate with its width, a difference with its interval and its mark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from sim.report.messages import Messages, rounded
from sim.report.verdicts import MARKS, SMALL
from sim.stats.intervals import Difference, Estimate

FINEST = 3
"""Digits more than usual that an interval may take for its ends to differ."""
IN_COLUMN = 2
"""The same, for all numbers of a column: one that needs more has them alone, as most would say nothing by them."""
BORNE = 200.0
"""Units of the last digit in half an interval, beyond which that digit says nothing."""
LEVELS_FINER = 1
"""Digits more than usual that what was before and is after may take so that their difference looks right."""
PEOPLE = frozenset({"now_apply", "no_longer_apply", "now_served", "no_longer_served"})
"""Counts of people one by one, means of which may be below one: they are written whole."""
DECIMALS = {"trips": 2, "days_off": 2, "gini_travel_hours": 3}


def usual_decimals(measure: str, statistic: str) -> int:
    """Decimals with which a quantity is written; below 0 for thousands. Of a share, written in per cent with one."""
    if statistic == "share":
        return 3
    if measure.startswith("cost_rupiah"):
        return -3
    return 0 if statistic in ("count", "total") else DECIMALS.get(measure, 1)


def formatter(measure: str, statistic: str, messages: Messages, finer: int = 0) -> Callable[[float], str]:
    """How a quantity is written, with so many digits more than usual."""
    decimals = usual_decimals(measure, statistic) + finer
    if statistic == "share":
        return lambda value: messages.percent(value, decimals - 2)
    if measure.startswith("cost_rupiah"):
        return lambda value: messages.rupiah(value, finer)
    return lambda value: messages.number(value, decimals)


def change_formatter(measure: str, statistic: str, messages: Messages, finer: int = 0) -> Callable[[float], str]:
    """How a difference of a quantity is written: that of two shares in percentage points."""
    if statistic == "share":
        return lambda value: messages.text("unit.points", value=messages.number(100.0 * value, 1 + finer))
    return formatter(measure, statistic, messages, finer)


def with_interval(
    messages: Messages, written: Callable[[int], Callable[[float], str]], value: float, low: float, high: float
) -> tuple[str, str]:
    """A value and its interval in words, with as many digits more than usual as they need.

    The ends of an interval must differ, from each other and from the value between them, and none may be written as
    zero that is not: it would hide a sign. Where no digits set the value apart, the ends alone must differ; an interval
    whose ends are equal, or would need more than FINEST digits more, is one number.

    Args:
        messages: The language.
        written: How a number is written with so many digits more.
        value: The number.
        low: The lower end of its interval; NaN where there is none.
        high: The upper end.
    """
    finer = digits_needed(written, value, low, high)
    if finer is None:
        return written(0)(value), written(0)(low)
    write = written(finer)
    return write(value), ends_of(messages, write(low), write(high))


def whole(messages: Messages, people: float, fewer: str = "unit.fewer_than_one") -> str:
    """A mean number of people without decimals: nobody is a part of one. What would be written as nobody is not."""
    text = messages.number(people, 0)
    return messages.text(fewer) if people > 0.0 and text == messages.number(0.0, 0) else text


def people_with_interval(
    messages: Messages, people: float, low: float, high: float, fewer: str = "unit.fewer_than_one"
) -> tuple[str, str]:
    """A mean number of people and its interval, all whole; ends that would be the same lie a person further out."""
    value, *ends = (whole(messages, number, fewer) for number in (people, low, high))
    if low < high and ends[0] == ends[1]:
        below = messages.text(fewer) if 0.0 < low < 1.0 else messages.number(math.floor(low), 0)
        ends = [below, messages.number(math.ceil(high), 0)]
    return value, messages.text("interval", low=ends[0], high=ends[1]) if ends[0] != ends[1] else ends[0]


def before_and_after(
    messages: Messages,
    level: Callable[[int], Callable[[float], str]],
    change: Callable[[int], Callable[[float], str]],
    pair: Sequence[float],
    found: Difference,
    decimals: int,
) -> dict[str, str]:
    """What was before and is after, and the change: ``before``, ``after``, ``value`` and ``interval`` in words.

    All have more digits than usual where only these make after the sum of before and change: each number rounded by
    itself looks like a wrong sum now and then. Where LEVELS_FINER digits do not do that, or the interval bears none,
    there are the usual ones. The change has more still where it needs them.

    Args:
        messages: The language.
        level: How what was and is is written with so many digits more than usual.
        change: How a difference of them is written with so many digits more.
        pair: The values before and after.
        found: The change from the one to the other.
        decimals: Decimals with which all three are usually written; below 0 for tens, hundreds, thousands.
    """
    least, half = 0, (found.high - found.low) / 2.0
    for finer in range(LEVELS_FINER + 1):
        if finer and half > BORNE * 10.0 ** -(decimals + finer):
            break
        before, after, moved = (rounded(value, decimals + finer) for value in (*pair, found.difference))
        if round(before + moved - after, decimals + finer) == 0.0:
            least = finer
            break
    value, ends = with_interval(
        messages, lambda finer: change(max(finer, least)), found.difference, found.low, found.high
    )
    was, becomes = map(level(least), pair)
    return {"before": was, "after": becomes, "value": value, "interval": ends}


def ends_of(messages: Messages, low: str, high: str) -> str:
    """The ends of an interval in words; that they are percentage points is said once."""
    points = messages.text("unit.points", value="")
    return messages.text("interval", low=low.removesuffix(points), high=high)


def digits_needed(
    written: Callable[[int], Callable[[float], str]], value: float, low: float, high: float
) -> int | None:
    """How many digits more than usual a value and its interval need; None where no digits tell its ends apart."""
    found = None
    for finer in range(FINEST + 1 if low < high else 0):
        write = written(finer)
        ends, zero = (write(low), write(high)), write(0.0)
        if ends[0] != ends[1] and not any(text == zero and end for text, end in zip(ends, (low, high), strict=True)):
            if write(value) not in ends:
                return finer
            found = finer if found is None else found
    return found


def plus_minus(found: Estimate, written: Callable[[int], Callable[[float], str]], messages: Messages) -> str:
    """An estimate, and half the width of its interval unless that is less than the last digit shown.

    An interval that ends at a bound, as a count's does at 0, is written with both its ends.

    Args:
        found: The estimate.
        written: How a number is written with so many digits more than usual, of which there are as few as will do.
        messages: The language.
    """
    write = written(_digits_that_tell(found, written))
    half = _half(found)
    text = write(found.estimate)
    if math.isnan(half) or write(half) == write(0.0):
        return text
    if not math.isclose(found.high - found.low, 2.0 * half, rel_tol=1e-6):
        return f"{text} ({messages.text('interval', low=write(found.low), high=write(found.high))})"
    return f"{text} \N{PLUS-MINUS SIGN}{write(half).removeprefix('Rp ').removesuffix('%')}"


def in_cells(measure: str, statistic: str, messages: Messages) -> Callable[[int], Callable[[float], str]]:
    """How an estimate stands in a table with so many digits more than usual: whole where people are counted."""
    if statistic == "count":
        return lambda finer: formatter(measure, statistic, messages)
    return partial(formatter, measure, statistic, messages)


def _half(found: Estimate) -> float:
    """Half the width of an interval, or its longer side where it ends at a bound."""
    return max(found.high - found.estimate, found.estimate - found.low)


def _digits_that_tell(found: Estimate, written: Callable[[int], Callable[[float], str]]) -> int:
    """Digits more than usual of an estimate whose interval leaves out zero; none of another.

    So many as tell the estimate from what is a tenth less or more, or at the ends of its interval where these lie
    further away, and none of these three from zero; none where more than FINEST would be needed.
    """
    if not (found.low > 0.0 or found.high < 0.0):
        return 0
    apart = max(_half(found), 0.1 * abs(found.estimate))
    for finer in range(FINEST + 1):
        write = written(finer)
        near = (write(found.estimate - apart), write(found.estimate + apart))
        if write(found.estimate) not in near and write(0.0) not in map(write, (found.low, found.estimate, found.high)):
            return finer
    return 0


def written_column(
    found: Sequence[Difference],
    verdicts: Sequence[str],
    written: Callable[[int], Callable[[float], str]],
    messages: Messages,
) -> list[str]:
    """Differences that stand under each other, with their intervals and marks: all with as many decimals.

    They have those of the one that needs most, up to IN_COLUMN; what is too small to matter asks for none, and money
    has none.
    """
    needed = [
        digits_needed(written, one.difference, one.low, one.high) or 0
        for one, found_to_be in zip(found, verdicts, strict=True)
        if found_to_be != SMALL
    ]
    least = min(max(needed, default=0), IN_COLUMN)
    if written(1)(0.0) == written(0)(0.0):
        least = 0
    cells = []
    for one, found_to_be in zip(found, verdicts, strict=True):
        finest = least if found_to_be == SMALL and least else FINEST
        own = partial(_between, written, least, finest)
        cells.append(written_difference(one, own, messages, MARKS[found_to_be]))
    return cells


def _between(
    written: Callable[[int], Callable[[float], str]], least: int, finest: int, finer: int
) -> Callable[[float], str]:
    return written(min(max(finer, least), finest))


def written_difference(
    found: Difference,
    written: Callable[[int], Callable[[float], str]],
    messages: Messages,
    mark: str,
    people: bool = False,
) -> str:
    """A difference with its interval and its mark, if any (see :data:`sim.report.verdicts.MARKS`); people are whole."""
    if math.isnan(found.difference) or math.isnan(found.low):
        return written(0)(found.difference)
    if found.low == found.high == 0.0:
        return written(0)(0.0)
    mark = mark and f" {mark}"
    numbers = found.difference, found.low, found.high
    if people:
        value, interval = people_with_interval(messages, *numbers, "unit.below_one")
        return f"{value} ({interval}){mark}"
    value, interval = with_interval(messages, written, *numbers)
    # An interval that no digits tell apart is no interval to a reader.
    return f"{value}{mark}" if interval == written(0)(found.low) else f"{value} ({interval}){mark}"
