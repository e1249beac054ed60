"""How long an outage is felt: by how many more people wait in the worst week, and up to which week more do so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sim.measures.weeks import whole_weeks
from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import interval

WAITING = ("interviews_waiting", "books_waiting")


def recovery(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """What an outage adds to those who wait, where the baseline has none; of weeks in which that is clear."""
    if not evidence.plans[scenario].outages or evidence.plans[evidence.baseline].outages:
        return
    _, weeks = whole_weeks(evidence.plans[scenario])
    for measure in WAITING:
        found = {week: evidence.difference(scenario, measure, "count", "week", week) for week in weeks}
        clear = [week for week in weeks if evidence.direction(found[week]) > 0]
        if clear:
            worst = max(clear, key=lambda week: found[week].difference)
            dates = {"worst": worst, "last": clear[-1]}
            yield messages.text(
                f"finding.recovery.{measure}",
                **{name: messages.date(dt.date.fromisoformat(week)) for name, week in dates.items()},
                baseline=evidence.title(evidence.baseline, messages),
                **interval(messages, measure, "count", found[worst]),
            )
