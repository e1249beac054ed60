"""What happens to the load at the offices that were there before, and what the new sites take on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import Sentence, interval
from sim.report.written import before_and_after, change_formatter, formatter, usual_decimals, with_interval
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    from sim.plan import Plan

MEASURES = (
    ("passports", "count"),
    ("wait_minutes", "mean"),
    ("lead_days", "mean"),
    ("utilisation", "share"),
    ("quota_use", "share"),
    ("full_share", "share"),
    ("next_slot_days", "mean"),
    ("overtime_minutes", "mean"),
)


HOW_FULL = (("full_share", "share"), ("next_slot_days", "mean"), ("no_slot_share", "share"))
TOLD_NONE = 0.01
"""Share of the time without a free slot from which it is told."""
SHORT = MEASURES[1:3]
"""Of these, what a terminal shows."""
QUIET = ("equal", "same", "unseen")
"""Ways in which nothing that would be written happens at a site."""


def sessions_held(evidence: Evidence, scenario: str, site: str) -> float:
    """Sessions in which a site takes in applicants, those that an outage closes left out; NaN where there are none."""
    return evidence.estimate(scenario, "sessions", "count", "site", site).estimate or math.nan


def load_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each site of the baseline that the main scenario keeps."""
    base, plan = evidence.plans[evidence.baseline], evidence.plans[evidence.main]
    untouched = []
    for site, name in zip(base.sites.id, base.sites.name, strict=True):
        if site not in plan.sites.id:
            text = messages.text("finding.load.closed", site=name)
            yield Sentence(text, text)
            continue
        found = {key: change(evidence, messages, site, *key, evidence.main) for key in MEASURES}
        changes = {key: one for key, one in found.items() if one is not None}
        if changes and all(one.way in QUIET for one in changes.values()):
            untouched.append(name)
        elif changes:
            per_day = _per_day(evidence, messages, site)
            full = "; ".join([*per_day, *(one.text for one in changes.values())])
            short = "; ".join([*per_day, *(one.text for key, one in changes.items() if key in SHORT)])
            yield Sentence(*(messages.text("finding.load.site", site=name, changes=text) for text in (full, short)))
    if untouched:
        yield Sentence(messages.text("finding.load.untouched", sites=messages.names(untouched)))


def _per_day(evidence: Evidence, messages: Messages, site: str) -> list[str]:
    """Passports a session day, before and after."""
    rates = [passports_a_session(evidence, scenario, site) for scenario in (evidence.baseline, evidence.main)]
    if any(map(math.isnan, rates)):
        return []
    before, after = map(messages.number, rates)
    return [messages.text("finding.load.per_day", before=before, after=after) + on_sessions(evidence, messages, site)]


def on_sessions(evidence: Evidence, messages: Messages, site: str) -> str:
    """At how many sessions it takes applicants in, after a comma, where that is not as before; else empty.

    Whatever is counted over all days says little of an office that was shut for a part of them.
    """
    before, after = (
        messages.number(sessions_held(evidence, scenario, site), 0) for scenario in (evidence.baseline, evidence.main)
    )
    if before == after:
        return ""
    return ", " + messages.text("finding.load.on_sessions", before=before, after=after)


def has_slots(plan: Plan, site: str) -> bool:
    """Whether an office has a slot on any counted day: it may hand out books alone, or be closed."""
    if site not in plan.sites.id:
        return False
    rows = plan.counted_sessions & (plan.sessions.site == plan.sites.id.index(site))
    return bool(plan.sessions.quota[rows].any())


def passports_a_session(evidence: Evidence, scenario: str, site: str) -> float:
    """Passports over sessions held; NaN where there are none."""
    passports = evidence.estimate(scenario, "passports", "count", "site", site).estimate
    return passports / sessions_held(evidence, scenario, site)


@dataclass(frozen=True)
class Change:
    """What a measure is before and in a scenario."""

    way: str
    """Which way it goes, after which its text is named; what is ``unseen`` is ``flat``, written the same twice."""
    text: str


def change(
    evidence: Evidence, messages: Messages, unit: str, measure: str, statistic: str, scenario: str, level: str = "site"
) -> Change | None:
    """One measure of a unit before and in a scenario, and whether the change stands; None where there is none."""
    before, after = (
        evidence.estimate(each, measure, statistic, level, unit).estimate for each in (evidence.baseline, scenario)
    )
    difference = evidence.difference(scenario, measure, statistic, level, unit)
    if math.isnan(difference.difference):
        return None
    written = partial(formatter, measure, statistic, messages)
    changed = partial(change_formatter, measure, statistic, messages)
    decimals = usual_decimals(measure, statistic)
    words = before_and_after(messages, written, changed, (before, after), difference, decimals)
    way = _way(evidence, difference, words["before"] == words["after"])
    sign = -1.0 if way.startswith("down") else 1.0
    text = messages.text(
        f"finding.load.{'flat' if way == 'unseen' else way}",
        measure=messages.text(f"finding.load.of.{measure}"),
        before=words["before"],
        after=words["after"],
        interval=interval(messages, measure, statistic, difference, sign)["interval"],
    )
    return Change(way, text)


def _way(evidence: Evidence, difference: Difference, seems_same: bool) -> str:
    """Which way a difference goes, of what is written the same before and after or not."""
    if difference.low == difference.high == 0.0:
        return "equal"
    leaves_out_zero = difference.low > 0.0 or difference.high < 0.0
    if seems_same:
        return "same" if leaves_out_zero else "unseen"
    direction = evidence.direction(difference)
    if direction or not leaves_out_zero:
        return {1: "up", -1: "down", 0: "flat"}[direction]
    return "up_unclear" if difference.low > 0.0 else "down_unclear"


def new_sites_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each site that the main scenario adds: how much it takes on, and how busy it is."""
    plan = evidence.plans[evidence.main]
    for row in evidence.added_sites(evidence.main):
        site = plan.sites.id[row]
        found = {
            measure: evidence.estimate(evidence.main, measure, statistic, "site", site).estimate
            for measure, statistic in MEASURES
        }
        if math.isnan(found["passports"]):
            continue
        text = messages.text(
            "finding.new_sites.site",
            site=plan.sites.name[row],
            passports=messages.number(found["passports"], 0),
            per_day=messages.number(passports_a_session(evidence, evidence.main, site)),
            days=messages.number(sessions_held(evidence, evidence.main, site), 0),
            quota_use=messages.percent(found["quota_use"], 0),
            lead_days=messages.number(found["lead_days"]),
            wait_minutes=messages.number(found["wait_minutes"]),
        )
        yield Sentence(text + how_full(evidence, messages, evidence.main, site) + _priced(evidence, messages, site))


def _priced(evidence: Evidence, messages: Messages, site: str) -> str:
    """What a passport of a site costs to provide, after a space; empty where nothing is said of its costs."""
    found = evidence.estimate(evidence.main, "rupiah_per_passport", "mean", "site", site)
    if math.isnan(found.estimate) or not found.estimate:
        return ""
    written = partial(formatter, "cost_rupiah", "mean", messages)
    value, ends = with_interval(messages, written, found.estimate, found.low, found.high)
    chance = messages.text("finding.services.by_chance", interval=ends)
    return " " + messages.text("finding.new_sites.cost", cost=value, chance=chance)


def how_full(evidence: Evidence, messages: Messages, scenario: str, site: str) -> str:
    """A sentence, after a space: how many sessions are full, and how far off the next slot is; empty where none says.

    Use of the quota is of all channels: a site may be full for nearly everybody while slots of others stay free.
    """
    full, days, none = (evidence.estimate(scenario, *key, "site", site).estimate for key in HOW_FULL)
    if math.isnan(full) or math.isnan(none):
        return ""
    if math.isnan(days):
        return " " + messages.text("finding.load.how_full_never", full=messages.percent(full, 0))
    numbers = {"full": messages.percent(full, 0), "days": messages.number(days)}
    if none < TOLD_NONE:
        return " " + messages.text("finding.load.how_full", **numbers)
    return " " + messages.text("finding.load.how_full_none", **numbers, none=messages.percent(none, 0))
