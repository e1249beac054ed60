"""Trips to fetch a passport that was not there yet: how many there are, and where most of the difference is."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.evidence import Evidence
from sim.report.gainers import largest_totals
from sim.report.messages import Messages
from sim.report.sentences import interval

VAIN, TOTAL = "vain_trips", "total"
TOLD = 0.001
"""Trips for each person served by which there must be more or fewer to be told."""


def vain_trips(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """How many trips in vain there are before and in a scenario, and in which regencies, if that clearly differs."""
    found = evidence.difference(scenario, VAIN, TOTAL)
    served = evidence.estimate(evidence.baseline, "served", "count").estimate
    way = evidence.direction(found)
    if not way or abs(found.difference) < TOLD * served:
        return
    before, after = (
        messages.number(evidence.estimate(each, VAIN, TOTAL).estimate, 0) for each in (evidence.baseline, scenario)
    )
    text = messages.text(
        f"finding.vain.{'more' if way > 0 else 'fewer'}",
        before=before,
        after=after,
        interval=interval(messages, VAIN, TOTAL, found, float(way))["interval"],
    )
    where = largest_totals(evidence, messages, "finding.vain.where", VAIN, float(way), scenario)
    yield " ".join([text, *(places for _, places in where)])
