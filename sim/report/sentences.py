"""Parts that all findings are made of: the numbers of a difference as text, and the period it is about."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sim.plan import DAY_MS
from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.written import PEOPLE, change_formatter, digits_needed, people_with_interval, whole, with_interval
from sim.stats.intervals import Difference


@dataclass(frozen=True)
class Sentence:
    """A sentence of the findings, and what a terminal shows of it: nothing where ``short`` is empty."""

    text: str
    short: str = ""


def interval(messages: Messages, measure: str, statistic: str, found: Difference, sign: float = 1.0) -> dict[str, str]:
    """Placeholders ``value`` and ``interval`` of a difference; with a sign of -1 a saving is written as a loss."""
    written = partial(change_formatter, measure, statistic, messages)
    low, high = sorted((sign * found.low, sign * found.high))
    if measure in PEOPLE:
        value, ends = people_with_interval(messages, sign * found.difference, low, high)
        return {"value": value, "interval": ends}
    value, ends = with_interval(messages, written, sign * found.difference, low, high)
    return {"value": value, "interval": ends}


def interval_list(
    messages: Messages, measure: str, statistic: str, found: Sequence[Difference], sign: float = 1.0
) -> list[dict[str, str]]:
    """Placeholders as of :func:`interval` for differences that stand beside each other: all with as many digits."""
    if measure in PEOPLE:
        return [interval(messages, measure, statistic, one, sign) for one in found]
    written = partial(change_formatter, measure, statistic, messages)
    signed = [(sign * one.difference, *sorted((sign * one.low, sign * one.high))) for one in found]
    needed = [digits_needed(written, *numbers) for numbers in signed]
    finer = max((digits for digits in needed if digits is not None), default=0)
    texts = [with_interval(messages, lambda more: written(max(more, finer)), *numbers) for numbers in signed]
    return [{"value": value, "interval": ends} for value, ends in texts]


def negated(found: Difference) -> Difference:
    """The difference the other way round, as of what is not saved; what is told of pairing is left out."""
    return Difference(-found.difference, -found.high, -found.low, found.p, found.n, math.nan, math.nan)


def smallest(evidence: Evidence, messages: Messages, measure: str, statistic: str, found: Difference) -> str:
    """The smallest change of the whole province that would have been proven four times in five, as text."""
    size = evidence.smallest_shown(measure, statistic, "province", found)
    if measure in PEOPLE:
        return whole(messages, math.ceil(size) if math.isfinite(size) else math.nan)
    return with_interval(messages, partial(change_formatter, measure, statistic, messages), size, size / 2, size)[0]


def period(evidence: Evidence, messages: Messages, scenario: str = "") -> dict[str, str]:
    """Placeholders ``first`` and ``last``: the days whose needs are counted, in a scenario or in the main one."""
    plan = evidence.plans[scenario or evidence.main]
    first, last = plan.counted_from_ms // DAY_MS, (plan.counted_to_ms - 1) // DAY_MS
    return {
        "first": messages.date(plan.origin + dt.timedelta(days=first)),
        "last": messages.date(plan.origin + dt.timedelta(days=last)),
    }
