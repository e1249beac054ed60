"""What grows at a site in some weeks and not in the mean of all: which weeks, and how much in the worst."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report.load import change

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages
    from sim.stats.intervals import Difference

LEVEL = "site_week"
TIMES_THE_MEAN = 2.0
"""How many times the growth over all weeks the worst week's is from which single weeks are told: a choice."""


@dataclass(frozen=True)
class Weeks:
    """The weeks in which a mean clearly grows by as much as is worth telling, by their Mondays."""

    weeks: tuple[str, ...]
    worst: str
    more: float
    """By how much in the worst."""
    compared: int
    """Weeks that could be compared."""


def worse_weeks(evidence: Evidence, scenario: str, measure: str, site: str, worth: float) -> Weeks | None:
    """The weeks in which a mean clearly grows at a site; None where there is none, or the growth is of all weeks."""
    mine = _by_week(evidence, scenario, measure, site)
    clear = {
        week: each.difference
        for week, each in mine.items()
        if each.difference >= worth and evidence.direction(each) > 0
    }
    if not clear:
        return None
    worst = max(clear, key=lambda week: clear[week])
    of_all = evidence.difference(scenario, measure, "mean", "site", site).difference
    if clear[worst] < TIMES_THE_MEAN * of_all:
        return None
    return Weeks(tuple(sorted(clear)), worst, clear[worst], len(mine))


def weeks_texts(
    evidence: Evidence, messages: Messages, scenario: str, site: str, found: Sequence[tuple[str, float, Weeks]]
) -> Iterator[str]:
    """What grows at a site in some weeks in words, with what the worst was before and is now.

    Args:
        evidence: what was run.
        messages: the words.
        scenario: where it grows, against the baseline.
        site: its id.
        found: measures, what of each is worth telling, and their weeks. What grows in one and the same week alone is
            told together.
    """
    alone: dict[str, list[str]] = {}
    for measure, worth, weeks in found:
        worst = change(evidence, messages, LEVEL, f"{site} {weeks.worst}", measure, "mean", scenario)
        if worst is None:
            raise ValueError(f"{site} has no difference of {measure} in the week of {weeks.worst}")
        if len(weeks.weeks) == 1:
            alone.setdefault(weeks.worst, []).append(worst.text)
            continue
        numbers = {
            "count": messages.number(len(weeks.weeks), 0),
            "all": messages.number(weeks.compared, 0),
            "worth": messages.number(worth, 0),
        }
        at = {"first": weeks.weeks[0], "last": weeks.weeks[-1], "worst": weeks.worst}
        dates = {name: _date(messages, week) for name, week in at.items()}
        yield messages.text("finding.effects.weeks", **dates, **numbers, **worst.values)
    for week, changes in alone.items():
        yield messages.text("finding.effects.week", worst=_date(messages, week), changes=messages.names(changes))


def _date(messages: Messages, week: str) -> str:
    return messages.date(dt.date.fromisoformat(week))


def _by_week(evidence: Evidence, scenario: str, measure: str, site: str) -> Mapping[str, Difference]:
    """Differences of a mean at a site from the baseline, by week."""
    return evidence.means_by_week.get((scenario, measure, site), {})
