"""Teams and their places in words: how full they are, and that nobody goes to fetch what a team brings."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.plan import EVERYONE, NONE
from sim.report.evidence import Evidence
from sim.report.gainers import NAMED
from sim.report.load import how_full
from sim.report.messages import Messages
from sim.report.scenarios import compared

TOLD_FULL = 0.5
"""Share of the sessions at a programme's fullest place that are full from which it is told."""


def fullest(evidence: Evidence, messages: Messages, scenario: str, programme: str) -> str:
    """How full the fullest place of a programme is, after a space; empty where TOLD_FULL is not reached."""
    sites = evidence.plans[scenario].sites
    row = _fullest_place(evidence, scenario, programme)
    if _at(evidence, scenario, row, "full_share", "share") < TOLD_FULL:
        return ""
    places = sites.programme.count(programme)
    text = messages.text(
        f"finding.services.fullest.{'place' if places > 1 else 'only'}",
        places=messages.number(places, 0),
        place=sites.name[row],
        used=messages.percent(_at(evidence, scenario, row, "quota_use", "share"), 0),
    )
    return f" {text}{how_full(evidence, messages, scenario, sites.id[row])}"


def users(evidence: Evidence, messages: Messages, scenario: str, programme: str) -> str:
    """Where most of those live who book with a programme, after a space; empty where nobody does."""
    plan, flows = evidence.plans[scenario], evidence.flows
    places = [site for site, of in zip(plan.sites.id, plan.sites.programme, strict=True) if of == programme]
    rows = flows[(flows["scenario"] == scenario) & flows["site"].isin(places)]
    names = [plan.regencies.name[row] for row in plan.districts.regency]
    lives = dict(zip(plan.districts.code, names, strict=True))
    people = rows.groupby(rows["district"].map(lives))["applicants"].sum()
    if not people.sum() > 0:
        return ""
    most = people.sort_values(ascending=False, kind="stable").head(NAMED)
    told = [
        messages.text("finding.services.live", name=str(name), share=messages.percent(share, 0))
        for name, share in (most / float(people.sum())).items()
    ]
    return " " + messages.text("finding.services.users", names=messages.names(told))


def _fullest_place(evidence: Evidence, scenario: str, programme: str) -> int:
    places = [row for row, of in enumerate(evidence.plans[scenario].sites.programme) if of == programme]
    return max(places, key=lambda row: (*_fullness(evidence, scenario, row), -row))


def _fullness(evidence: Evidence, scenario: str, row: int) -> tuple[float, float]:
    """What the fullest of several has most of: full sessions, and, where all are full, days to the next free slot."""
    return (
        _at(evidence, scenario, row, "full_share", "share"),
        _at(evidence, scenario, row, "next_slot_days", "mean"),
    )


def _at(evidence: Evidence, scenario: str, row: int, measure: str, statistic: str) -> float:
    site = evidence.plans[scenario].sites.id[row]
    found = evidence.estimate(scenario, measure, statistic, "site", site).estimate
    return -1.0 if math.isnan(found) else found


def brought(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """That nobody goes to fetch what a team brings to a place, and whom that flatters: of each scenario compared.

    Each service is told once: of the main scenario, or else of those that have it, with how full it is there.
    """
    main = _bringing(evidence, evidence.main)
    if main:
        yield messages.text("finding.services.brought", names=messages.names(list(main.values())))
    elsewhere: dict[str, str] = {}
    having: dict[str, list[str]] = {}
    for scenario in compared(evidence):
        for programme, name in _bringing(evidence, scenario).items():
            if programme not in main:
                elsewhere.setdefault(programme, name)
                having.setdefault(programme, []).append(scenario)
    for scenarios in dict.fromkeys(map(tuple, having.values())):
        programmes = [programme for programme, those in having.items() if tuple(those) == scenarios]
        names = messages.names([elsewhere[programme] for programme in programmes])
        titles = messages.names([f"“{evidence.title(scenario, messages)}”" for scenario in scenarios])
        full = [_full_elsewhere(evidence, messages, scenarios, one, elsewhere[one]) for one in programmes]
        text = messages.text("finding.services.brought_elsewhere", names=names, scenarios=titles)
        yield " ".join([text, *filter(None, full)])


def _bringing(evidence: Evidence, scenario: str) -> dict[str, str]:
    """Names of the programmes of a scenario that serve whoever comes to a place, and bring the passports there."""
    sites = evidence.plans[scenario].sites
    of = zip(sites.programme, sites.programme_name, sites.is_office, sites.audience, sites.collect_at, strict=True)
    names = {
        programme: name
        for programme, name, office, audience, collect_at in of
        if not office and audience == EVERYONE and collect_at == NONE
    }
    return {
        programme: name
        for programme, name in names.items()
        if evidence.estimate(scenario, "passports", "count", "programme", programme).estimate > 0
    }


def _full_elsewhere(
    evidence: Evidence, messages: Messages, scenarios: tuple[str, ...], programme: str, name: str
) -> str:
    """How full a service is in that of some scenarios where it is fullest; empty where it is not full."""
    scenario = max(scenarios, key=lambda one: _fullness(evidence, one, _fullest_place(evidence, one, programme)))
    text = fullest(evidence, messages, scenario, programme).strip()
    title = evidence.title(scenario, messages)
    return text and messages.text("finding.services.full_elsewhere", name=name, scenario=title, full=text)
