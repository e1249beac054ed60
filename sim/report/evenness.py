"""Whether the burden of a passport lies more evenly on people than before, in words, and whether that matters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from sim.report.sentences import Sentence
from sim.report.tables import with_interval
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

BURDENS = ("travel_hours", "cost_rupiah")
WORTH_TELLING = 0.01
"""Change of a Gini coefficient from which it matters. Twice the coefficient is the mean difference between two people
over the mean (Gini 1912), so less than this moves that difference by less than 2% of the mean. A choice, and told."""


def evenness_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each burden: its Gini coefficient over districts before and after, and what that means."""
    if len(evidence.pair) < 2:
        return
    for burden in BURDENS:
        measure = f"gini_district_{burden}"
        before, after = (evidence.estimate(scenario, measure, "mean").estimate for scenario in evidence.pair)
        found = evidence.difference(evidence.main, measure, "mean")
        if math.isnan(found.difference) or math.isnan(found.low):
            continue
        written = partial(_written, messages)
        value, ends = with_interval(messages, written, found.difference, found.low, found.high)
        yield Sentence(
            messages.text(
                f"finding.evenness.{how(evidence, found)}",
                burden=messages.text(f"finding.evenness.of.{burden}"),
                before=messages.number(before, 3),
                after=messages.number(after, 3),
                value=value,
                interval=ends,
                apart_before=messages.percent(2.0 * before, 0),
                apart_after=messages.percent(2.0 * after, 0),
                worth=messages.number(WORTH_TELLING, 2),
            )
        )


def how(evidence: Evidence, found: Difference) -> str:
    """``more`` or ``less`` even, ``same`` where the change is too small to matter, or ``unclear``."""
    inside = found.low > -WORTH_TELLING and found.high < WORTH_TELLING
    direction = evidence.direction(found)
    if inside or (direction and abs(found.difference) < WORTH_TELLING):
        return "same"
    return {-1: "more", 1: "less", 0: "unclear"}[direction]


def _written(messages: Messages, finer: int) -> partial[str]:
    return partial(messages.number, decimals=3 + finer)
