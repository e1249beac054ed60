"""What happens to the load at the offices that were there before, and what the new sites take on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import Sentence, interval
from sim.report.written import formatter

MEASURES = (
    ("passports", "count"),
    ("wait_minutes", "mean"),
    ("lead_days", "mean"),
    ("utilisation", "share"),
    ("quota_use", "share"),
    ("overtime_minutes", "mean"),
)


SHORT = MEASURES[1:3]
"""Of these, what a terminal shows."""


def sessions_held(evidence: Evidence, scenario: str, site: str) -> float:
    """Sessions in which a site takes in applicants, those that an outage closes left out; NaN where there are none."""
    return evidence.estimate(scenario, "sessions", "count", "site", site).estimate or math.nan


def load_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each site of the baseline that the main scenario keeps."""
    base, plan = evidence.plans[evidence.baseline], evidence.plans[evidence.main]
    for site, name in zip(base.sites.id, base.sites.name, strict=True):
        if site not in plan.sites.id:
            text = messages.text("finding.load.closed", site=name)
            yield Sentence(text, text)
            continue
        changes = {key: text for key in MEASURES if (text := change(evidence, messages, site, *key, evidence.main))}
        per_day = _per_day(evidence, messages, site)
        if changes:
            full = "; ".join([*per_day, *changes.values()])
            short = "; ".join([*per_day, *(text for key, text in changes.items() if key in SHORT)])
            yield Sentence(*(messages.text("finding.load.site", site=name, changes=text) for text in (full, short)))


def _per_day(evidence: Evidence, messages: Messages, site: str) -> list[str]:
    """Passports a session day, before and after."""
    rates = [passports_a_session(evidence, scenario, site) for scenario in (evidence.baseline, evidence.main)]
    if any(map(math.isnan, rates)):
        return []
    before, after = map(messages.number, rates)
    return [messages.text("finding.load.per_day", before=before, after=after)]


def passports_a_session(evidence: Evidence, scenario: str, site: str) -> float:
    """Passports over sessions held; NaN where there are none."""
    passports = evidence.estimate(scenario, "passports", "count", "site", site).estimate
    return passports / sessions_held(evidence, scenario, site)


def change(evidence: Evidence, messages: Messages, site: str, measure: str, statistic: str, scenario: str) -> str:
    """One measure at a site before and in a scenario, and whether the change stands; empty where there is none."""
    before, after = (
        evidence.estimate(each, measure, statistic, "site", site).estimate for each in (evidence.baseline, scenario)
    )
    difference = evidence.difference(scenario, measure, statistic, "site", site)
    if math.isnan(difference.difference):
        return ""
    written = formatter(measure, statistic, messages)
    word = {1: "up", -1: "down", 0: "flat"}[evidence.direction(difference)]
    if written(before) == written(after):
        word = "same" if evidence.direction(difference) else "flat"
    if difference.low == difference.high == 0.0:
        word = "equal"
    if word == "flat" and written(before) != written(after) and (difference.low > 0.0 or difference.high < 0.0):
        word = "up_unclear" if difference.low > 0.0 else "down_unclear"
    sign = -1.0 if word.startswith("down") else 1.0
    return messages.text(
        f"finding.load.{word}",
        measure=messages.text(f"finding.load.of.{measure}"),
        before=written(before),
        after=written(after),
        interval=interval(messages, measure, statistic, difference, sign)["interval"],
    )


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
        yield Sentence(text)
