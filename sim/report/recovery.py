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
    """What an outage adds to those who wait, where the baseline has none; of weeks in which that is clear.

    After the last of them more may wait too: those weeks whose own interval leaves out zero are told to be such.
    """
    if not evidence.plans[scenario].outages or evidence.plans[evidence.baseline].outages:
        return
    _, weeks = whole_weeks(evidence.plans[scenario])
    for measure in WAITING:
        found = {week: evidence.difference(scenario, measure, "count", "week", week) for week in weeks}
        clear = [week for week in weeks if evidence.direction(found[week]) > 0]
        if clear:
            worst = max(clear, key=lambda week: found[week].difference)
            text = messages.text(
                f"finding.recovery.{measure}",
                worst=_date(messages, worst),
                last=_date(messages, clear[-1]),
                baseline=evidence.title(evidence.baseline, messages),
                **interval(messages, measure, "count", found[worst]),
            )
            later = [week for week in weeks if week > clear[-1] and found[week].low > 0]
            if later:
                more = interval(messages, measure, "count", found[later[-1]])
                text += " " + messages.text("finding.recovery.later", last=_date(messages, later[-1]), **more)
            yield text


def _date(messages: Messages, week: str) -> str:
    return messages.date(dt.date.fromisoformat(week))
