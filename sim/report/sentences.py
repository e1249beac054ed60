"""Parts that all findings are made of: a verdict on a difference, its numbers as text, the period it is about."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import partial

from sim.measures.stages import STAGES
from sim.plan import DAY_MS
from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.tables import change_formatter, with_interval
from sim.stats.intervals import Difference

GAIN, LOSS, SMALL, UNCLEAR = "gain", "loss", "small", "unclear"
"""Verdicts: stands and is above or below zero; is too small to be written; or cannot be told from zero."""

SMALLEST = {
    **{"travel_hours_saved": 0.05, "days_saved": 0.05, "cost_rupiah_saved": 500.0},
    **{f"{stage}_saved": 0.05 for stage in STAGES},
}
"""What would be written as zero: half of the last digit that is shown."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the findings, and what a terminal shows of it: nothing where ``short`` is empty."""

    text: str
    short: str = ""


def verdict(evidence: Evidence, measure: str, difference: Difference) -> str:
    """GAIN, LOSS, SMALL or UNCLEAR, for something saved."""
    smallest = SMALLEST.get(measure, 0.0)
    direction = evidence.direction(difference)
    written_as_zero = abs(difference.difference) < smallest
    if written_as_zero and (direction or (-smallest < difference.low and difference.high < smallest)):
        return SMALL
    return {1: GAIN, -1: LOSS, 0: UNCLEAR}[direction]


def interval(messages: Messages, measure: str, statistic: str, found: Difference, sign: float = 1.0) -> dict[str, str]:
    """Placeholders ``value`` and ``interval`` of a difference; with a sign of -1 a saving is written as a loss."""
    written = partial(change_formatter, measure, statistic, messages)
    low, high = sorted((sign * found.low, sign * found.high))
    value, ends = with_interval(messages, written, sign * found.difference, low, high)
    return {"value": value, "interval": ends}


def negated(found: Difference) -> Difference:
    """The difference the other way round, as of what is not saved; what is told of pairing is left out."""
    return Difference(-found.difference, -found.high, -found.low, found.p, found.n, math.nan, math.nan)


def smallest(evidence: Evidence, messages: Messages, measure: str, statistic: str, found: Difference) -> str:
    """The smallest change of the whole province that would have been proven four times in five, as text."""
    size = evidence.smallest_shown(measure, statistic, "province", found)
    return with_interval(messages, partial(change_formatter, measure, statistic, messages), size, size / 2, size)[0]


def period(evidence: Evidence, messages: Messages) -> dict[str, str]:
    """Placeholders ``first`` and ``last``: the days whose needs are counted."""
    plan = evidence.plans[evidence.main]
    first, last = plan.counted_from_ms // DAY_MS, (plan.counted_to_ms - 1) // DAY_MS
    return {
        "first": messages.date(plan.origin + dt.timedelta(days=first)),
        "last": messages.date(plan.origin + dt.timedelta(days=last)),
    }
