"""Verdicts on a difference: clear, too small to matter, or not clear. Words, tables and figures all ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measures.stages import STAGES

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.stats.intervals import Difference

GAIN, LOSS, SMALL, UNCLEAR = "gain", "loss", "small", "unclear"
"""Verdicts: stands and is above or below zero; is too small to be written; or cannot be told from zero."""

SMALLEST = {
    **{"travel_hours_saved": 0.05, "days_saved": 0.05, "wait_minutes_saved": 0.05, "cost_rupiah_saved": 500.0},
    **{f"{stage}_saved": 0.05 for stage in STAGES},
}
"""What would be written as zero: half of the last digit that is shown."""

MARKS = {GAIN: "", LOSS: "", SMALL: "\N{ALMOST EQUAL TO}", UNCLEAR: "\N{DEGREE SIGN}"}
"""What stands beside a difference in a table."""


def verdict(evidence: Evidence, measure: str, difference: Difference) -> str:
    """GAIN, LOSS, SMALL or UNCLEAR, for something saved."""
    smallest = SMALLEST.get(measure, 0.0)
    direction = evidence.direction(difference)
    written_as_zero = abs(difference.difference) < smallest
    if written_as_zero and (direction or (-smallest < difference.low and difference.high < smallest)):
        return SMALL
    return {1: GAIN, -1: LOSS, 0: UNCLEAR}[direction]
