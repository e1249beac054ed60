"""Each scenario by itself, where there is one alone, or where two have other people and nobody is there in both."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import Sentence, period

DESCRIBED = (
    *(("need", "count"), ("served", "count"), ("deterred_share", "share")),
    *(("travel_hours", "mean"), ("days_to_passport", "mean")),
)
BUSY = (("quota_use", "share"), ("full_share", "share"), ("lead_days", "mean"), ("wait_minutes", "mean"))


def compared(evidence: Evidence) -> tuple[str, ...]:
    """The scenarios whose people are the baseline's, in their order, with the baseline and the main one themselves."""
    return tuple(one for one in evidence.scenarios if one in evidence.pair or evidence.pairs(one))


def by_itself(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """What becomes of the people of each scenario; that nobody can be compared, where there are two."""
    if evidence.compares:
        yield messages.text("finding.person.unpaired")
    for scenario in evidence.pair:
        yield _described(evidence, messages, scenario)


def offices_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Where nothing is compared: how full and how busy the offices are in each scenario, and what becomes of people."""
    if evidence.compares:
        return
    for scenario in evidence.scenarios:
        yield Sentence(_described(evidence, messages, scenario))
        sites = evidence.plans[scenario].sites
        each = [
            told
            for site, name, office in zip(sites.id, sites.name, sites.is_office, strict=True)
            if office and (told := _office(evidence, messages, scenario, site, name))
        ]
        if each:
            title = evidence.title(scenario, messages)
            text = messages.text("finding.offices.text", scenario=title, each="; ".join(each))
            yield Sentence(text, text)


def _office(evidence: Evidence, messages: Messages, scenario: str, site: str, name: str) -> str:
    """How full and busy an office is; empty where it takes nobody in."""
    found = {key: evidence.estimate(scenario, key, statistic, "site", site).estimate for key, statistic in BUSY}
    if math.isnan(found["quota_use"]):
        return ""
    full = "" if math.isnan(found["full_share"]) else messages.percent(found["full_share"], 0)
    return messages.text(
        "finding.offices.site",
        site=name,
        quota_use=messages.percent(found["quota_use"], 0),
        full=messages.text("finding.offices.full", full_share=full) if full else "",
        lead_days=messages.number(found["lead_days"]),
        wait_minutes=messages.number(found["wait_minutes"]),
    )


def _described(evidence: Evidence, messages: Messages, scenario: str) -> str:
    need, served, share, hours, days = (evidence.estimate(scenario, *key) for key in DESCRIBED)
    if not served.estimate > 0:
        return messages.text(
            "page.lead.alone_unserved",
            main=evidence.title(scenario, messages),
            need=messages.number(need.estimate, 0),
            **period(evidence, messages, scenario),
        )
    ends = {
        f"{name}_{end}": messages.number(getattr(found, end), decimals)
        for name, found, decimals in (("served", served, 0), ("hours", hours, 1), ("days", days, 1))
        for end in ("low", "high")
    }
    return messages.text(
        "page.lead.alone",
        main=evidence.title(scenario, messages),
        need=messages.number(need.estimate, 0),
        served=messages.number(served.estimate, 0),
        deterred=messages.percent(share.estimate),
        hours=messages.number(hours.estimate),
        days=messages.number(days.estimate),
        confidence=messages.percent(evidence.confidence, 0),
        **ends,
        **period(evidence, messages, scenario),
    )
