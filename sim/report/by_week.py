"""What grows at a site in some weeks and not in the mean of all: which weeks, and how much in the one where it is most.

Most weeks of most scenarios are the same before and after to the last bit, as the same people meet the same chance. So
the weeks that are tested together are those of a scenario and measure, at all sites, in which any replication differs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.report.sentences import interval
from sim.report.written import formatter
from sim.stats.intervals import Difference, holm
from sim.stats.simultaneous import bonferroni

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

TIMES_THE_MEAN = 2.0
"""How many times the growth over all weeks that of a week is from which single weeks are told: a choice."""
OF_NEED = ("lead_days",)
"""Measures whose weeks are those in which the need arose; of the others people came in the week."""


@dataclass(frozen=True)
class Weeks:
    """The weeks in which a mean grows by as much as is worth telling, and each alone beyond chance."""

    differences: Mapping[str, Difference]
    """By their Mondays, in order. These intervals hold together over all that were tested."""
    clear: frozenset[str]
    """Those that stand when all are tested together."""
    compared: int
    """Weeks of the site that could be compared."""

    @property
    def worst(self) -> str:
        """The week in which it grows most; of the clear ones where there are any."""
        return max(self.clear or self.differences, key=lambda week: self.differences[week].difference)

    @property
    def more(self) -> float:
        """By how much it grows where it grows most, clearly or not."""
        return max(each.difference for each in self.differences.values())


def worse_weeks(
    evidence: Evidence, scenario: str, measure: str, sites: Sequence[str], worth: float
) -> dict[str, Weeks]:
    """Weeks in which a mean grows, of those sites where it does and not as much in all weeks together.

    At a site at least one of them stands when all weeks of the site are tested together: of so many weeks some always
    point up by chance.
    """
    tested = {
        (site, week): each
        for site in sites
        for week, each in _by_week(evidence, scenario, measure, site).items()
        if each.difference != 0.0 or each.high > each.low
    }
    if not tested:
        return {}
    alone = dict(zip(tested, _p(list(tested.values()), evidence.confidence), strict=True))
    among_all = _adjusted(alone)
    found = {}
    for site in sites:
        told = {
            week: _together(each, len(tested), evidence.confidence)
            for (at, week), each in sorted(tested.items())
            if at == site and each.difference >= worth and each.low > 0
        }
        here = _adjusted({key: p for key, p in alone.items() if key[0] == site})
        if not any(here[site, week] < 1.0 - evidence.confidence for week in told):
            continue
        clear = frozenset(week for week in told if among_all[site, week] < 1.0 - evidence.confidence)
        weeks = Weeks(told, clear, len(_by_week(evidence, scenario, measure, site)))
        of_all = evidence.difference(scenario, measure, "mean", "site", site)
        if evidence.direction(of_all) <= 0 or weeks.more >= TIMES_THE_MEAN * of_all.difference:
            found[site] = weeks
    return found


def weeks_texts(
    evidence: Evidence, messages: Messages, scenario: str, site: str, found: Sequence[tuple[str, float, Weeks]]
) -> Iterator[str]:
    """What grows at a site in some weeks in words, with what it was in the worst and is now.

    Args:
        evidence: what was run.
        messages: the words.
        scenario: where it grows, against the baseline.
        site: its id.
        found: measures, what of each is worth telling, and their weeks. What grows in one and the same week alone is
            told together.
    """
    alone: dict[tuple[str, str], list[str]] = {}
    for measure, worth, weeks in found:
        kind, worst = "of_need" if measure in OF_NEED else "of_visit", weeks.worst
        written = formatter(measure, "mean", messages)
        before, after = (
            written(evidence.estimate(each, measure, "mean", "site_week", f"{site} {worst}").estimate)
            for each in (evidence.baseline, scenario)
        )
        values = {
            "measure": messages.text(f"finding.load.of.{measure}"),
            "before": before,
            "after": after,
            "interval": interval(messages, measure, "mean", weeks.differences[worst])["interval"],
        }
        if len(weeks.differences) == 1:
            alone.setdefault((kind, worst), []).append(messages.text("finding.load.up", **values))
            continue
        first, *_, last = weeks.differences
        some_clear = 0 < len(weeks.clear) < len(weeks.differences)
        yield messages.text(
            f"finding.effects.weeks.{kind}",
            **values,
            worst=_date(messages, worst),
            first=_date(messages, first),
            last=_date(messages, last),
            count=messages.number(len(weeks.differences), 0),
            clearly=_clearly(messages, weeks),
            most=messages.text(f"finding.effects.most.{'of_clear' if some_clear else 'of_all'}"),
            all=messages.number(weeks.compared, 0),
            worth=messages.number(worth, 0),
        )
    for (kind, week), changes in alone.items():
        yield messages.text(
            f"finding.effects.week.{kind}", worst=_date(messages, week), changes=messages.names(changes)
        )


def _clearly(messages: Messages, weeks: Weeks) -> str:
    """In how many of some weeks it is clear; nothing where in none, as is said elsewhere then."""
    if not weeks.clear:
        return ""
    if len(weeks.clear) == len(weeks.differences):
        return messages.text("finding.effects.clearly.all")
    return messages.text("finding.effects.clearly.some", clear=messages.number(len(weeks.clear), 0))


def _date(messages: Messages, week: str) -> str:
    return messages.date(dt.date.fromisoformat(week))


def _by_week(evidence: Evidence, scenario: str, measure: str, site: str) -> Mapping[str, Difference]:
    """Differences of a mean at a site from the baseline, by those weeks in which it has a counted session.

    Needs arise in weeks of a closure too and wait for what comes after: those count where the baseline has one.
    """
    plans = [evidence.plans[scenario]]
    if measure in OF_NEED:
        plans.append(evidence.plans[evidence.baseline])
    mondays = {monday for plan in plans if site in plan.sites.id for monday in _mondays(plan, site)}
    found = evidence.means_by_week.get((scenario, measure, site), {})
    return {week: each for week, each in found.items() if week in mondays}


def _mondays(plan: Plan, site: str) -> Iterator[str]:
    """First days of the weeks in which a site has a counted session."""
    mine = plan.counted_sessions & (plan.sessions.site == plan.sites.id.index(site))
    days = np.unique(plan.sessions.day[mine] - (plan.origin.weekday() + plan.sessions.day[mine]) % 7)
    return ((plan.origin + dt.timedelta(days=int(day))).isoformat() for day in days)


def _adjusted(p: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """By Holm's procedure, over all that are given."""
    return dict(zip(p, holm(list(p.values())), strict=True)) if p else {}


def _p(found: Sequence[Difference], confidence: float) -> list[float]:
    """The two-sided p of each difference by itself, which its interval tells; else as it was told."""
    from scipy.special import stdtr, stdtrit

    difference, half, p, df = np.array(
        [(one.difference, (one.high - one.low) / 2, one.p, one.n - 1) for one in found]
    ).T
    with np.errstate(divide="ignore", invalid="ignore"):
        by_interval = 2 * stdtr(df, -np.abs(difference) / half * stdtrit(df, 0.5 + confidence / 2))
    told: list[float] = np.where(half > 0, by_interval, p).tolist()
    return told


def _together(found: Difference, tests: int, confidence: float) -> Difference:
    """The difference with an interval that holds together with those of all that were tested (Bonferroni)."""
    wider = float(bonferroni(found.n, tests, confidence) / bonferroni(found.n, 1, confidence))
    half = wider * (found.high - found.low) / 2
    return replace(found, low=found.difference - half, high=found.difference + half)
