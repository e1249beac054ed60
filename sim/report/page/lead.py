"""What a page opens with: the finding in a few points, each as strong as its interval, and what they rest on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.stages import STAGES
from sim.plan import DAY_MS
from sim.report.access import limits
from sim.report.applying import apply_otherwise, never_again, share_deterred, where_they_live
from sim.report.effects import side_effects
from sim.report.evidence import Evidence
from sim.report.far import how_far_off
from sim.report.findings import (
    ENOUGH_FOR_VARIANCES,
    Findings,
    assumes_otherwise,
    days_off,
    person_change,
    queueing,
    weekends_alike,
)
from sim.report.gainers import DIMENSIONS, NAMED, by_verdict, counted, larger_losses, named
from sim.report.in_service import alike, not_throughout
from sim.report.load import HOW_FULL, change, has_slots, how_full, on_sessions
from sim.report.messages import Messages
from sim.report.reality import held_back, other_code, standings
from sim.report.robust import Standing, ahead, how_far, is_about, quoted
from sim.report.scenarios import by_itself
from sim.report.sentences import period
from sim.report.services import added_services, costs_more
from sim.report.stages import STAGE_DECIMALS, saved
from sim.report.tables import COMPARED
from sim.report.told import ACCESS, TARGETS
from sim.report.verdicts import GAIN, LOSS, verdict

if TYPE_CHECKING:
    import pandas as pd

FULLNESS = (("quota_use", "share"), ("lead_days", "mean"), ("days_to_passport", "mean"))
TOGETHER = (
    *(("need", "count"), ("served", "count"), ("deterred_share", "share"), ("unserved_share", "share")),
    *(("days_to_passport", "mean"), ("travel_hours", "mean"), ("cost_rupiah", "mean")),
)
"""What is told of all people where others come than before."""
LISTED = ("offices",)
"""Points whose sentences are each of something else."""
TOLD_WAIT = 1.0
"""Change of the days that people wait for a slot at an office, from which it is told."""
TOLD_LOST = 0.01
"""Change of the share of those with an appointment at an office who get no passport, from which it is told."""
MUCH_QUEUE = 30.0
"""Change of the minutes that people queue from which it is told first of all."""
TOLD_LOAD = 0.02
"""Change of an office's passports, for its size, from which it is told."""


@dataclass(frozen=True)
class Point:
    """One thing that a reader should take away."""

    heading: str
    text: str
    items: tuple[str, ...] = ()
    """What the text introduces, one below the other."""


@dataclass(frozen=True)
class Lead:
    """What a page opens with."""

    opening: str
    """What was compared, or what is told of one scenario alone."""
    points: tuple[Point, ...]
    """What came of it, one thing each, and at last what all of that rests on."""


def lead(
    evidence: Evidence, messages: Messages, findings: Findings, beside: Mapping[str, pd.DataFrame] | None = None
) -> Lead:
    """What was compared, what changes for a person and where, who applies now, and how far all that can be trusted.

    Args:
        evidence: of the replications.
        messages: of the language.
        findings: all of them.
        beside: tables that are not made from the replications alone, by the names of their files.
    """
    compared = evidence.pairs()
    opening = [_opening(evidence, messages)] if compared else by_itself(evidence, messages)
    texts = [*findings.first, *opening, *not_throughout(evidence, messages, evidence.pair), *alike(evidence, messages)]
    said = _compared(evidence, messages, beside or {}) if compared else _unpaired(evidence, messages)
    # An experiment with figures of its own is about them: they come first, and those that it cites with them.
    if TARGETS in (beside or {}):
        said = {"known": list(held_back(beside or {}, messages))} | said
    points = [_point(messages, key, each) for key, each in said.items() if each]
    sure = _sure(evidence, messages, compared, beside or {}, findings)
    return Lead(" ".join(texts), (*points, sure))


def _point(messages: Messages, key: str, texts: Sequence[str]) -> Point:
    heading = messages.text(f"page.lead.point.{key}")
    return Point(heading, "", tuple(texts)) if key in LISTED else Point(heading, " ".join(texts))


def _opening(evidence: Evidence, messages: Messages) -> str:
    people = evidence.difference(evidence.main, "travel_hours_saved", "count").difference
    baseline, main = evidence.titles(messages)
    text = messages.text(
        "page.lead.compared",
        main=main,
        baseline=baseline,
        people=messages.number(people, 0),
        confidence=messages.percent(evidence.confidence, 0),
        **period(evidence, messages),
    )
    return " ".join([text, *assumes_otherwise(evidence, messages)])


def _compared(evidence: Evidence, messages: Messages, beside: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Sentences by what they are about."""
    assumptions = beside.get("assumptions.csv")
    travel, days, cost = (list(person_change(evidence, messages, evidence.main, *one)) for one in DIMENSIONS)
    queue = {"queue": [*queueing(evidence, messages)]}
    much = abs(evidence.difference(evidence.main, "wait_minutes", "mean").difference) >= MUCH_QUEUE
    return {
        **(queue if much else {}),
        "travel": [*travel, *_where(evidence, messages)],
        "days": [*days, *_why(evidence, messages), *_where_later(evidence, messages)],
        **({} if much else queue),
        "cost": [*cost, *days_off(evidence, messages)],
        "deterred": _applying(evidence, messages),
        "offices": [
            *_shut(evidence, messages),
            *_load(evidence, messages),
            *([] if assumptions is None else added_services(evidence, messages, assumptions)),
            *side_effects(evidence, messages, evidence.main),
        ],
        "provided": [] if assumptions is None else costs_more(evidence, messages, assumptions),
    }


def _applying(evidence: Evidence, messages: Messages) -> list[str]:
    """Who now applies and who no longer does, where they live, and what the model makes too many of."""
    deterred, where = apply_otherwise(evidence, messages, evidence.main), [*where_they_live(evidence, messages)]
    if not deterred:
        return []
    doubts = [*never_again(evidence, messages), *weekends_alike(evidence, messages, "page.lead.weekends_alike")]
    return [*deterred[:1], *where[:1], *deterred[1:], share_deterred(evidence, messages), *doubts]


def _unpaired(evidence: Evidence, messages: Messages) -> dict[str, list[str]]:
    """The same where others come than before: what changes for all together, and at the offices."""
    if not evidence.compares:
        return {}
    found = (change(evidence, messages, "province", *key, evidence.main, level="province") for key in TOGETHER)
    texts = [one.text for one in found if one is not None]
    return {
        "people": [messages.text("page.lead.together", changes="; ".join(texts))] if texts else [],
        "offices": [*_shut(evidence, messages), *_load(evidence, messages)],
    }


def _limits(evidence: Evidence, messages: Messages, compared: bool) -> Iterator[str]:
    """What the intervals hold."""
    count = evidence.replication_count
    limits = "limits" if compared else "limits_alone"
    yield messages.text(f"page.lead.{limits}", replications=messages.number(count, 0))
    if compared and count < ENOUGH_FOR_VARIANCES:
        yield messages.text("page.lead.few")


def _sure(
    evidence: Evidence, messages: Messages, compared: bool, beside: Mapping[str, pd.DataFrame], findings: Findings
) -> Point:
    """What the intervals hold, how far the model is from known figures, and what survives other assumptions."""
    told = [*_limits(evidence, messages, compared), *([] if TARGETS in beside else held_back(beside, messages))]
    if ACCESS in beside:
        told += how_far_off(beside[ACCESS], evidence, messages, limits(beside[ACCESS])[-1])
    if other_code(beside):
        told.append(messages.text("page.lead.other_code"))
    if findings.start:
        quoted_titles = [messages.text("finding.quoted", name=title) for title in findings.start]
        told.append(messages.text("page.lead.start", scenarios=messages.names(quoted_titles)))
    if findings.warnings:
        told.append(messages.text("page.lead.warned", number=messages.number(findings.warnings, 0)))
    conclusions = standings(beside, messages)
    here = [one for one in conclusions if is_about(one, evidence)]
    told.append(messages.text(f"page.lead.{'tested' if here else 'elsewhere' if conclusions else 'untested'}"))
    items = tuple(_standing(messages, one) for one in here)
    return Point(messages.text("page.lead.point.sure"), " ".join(told), items)


def _standing(messages: Messages, one: Standing) -> str:
    """Whether a conclusion holds, at how many points, and which other scenarios are ahead at the others."""
    text = messages.text(f"page.lead.standing.{how_far(one)}", conclusion=quoted(messages, one))
    return f"{text}. {ahead(messages, one)}" if one.elsewhere else text


def _why(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Which stages make the passport come later or sooner, and which pull the other way, where that is clear."""
    total = evidence.difference(evidence.main, "days_saved", "mean")
    kind = verdict(evidence, "days_saved", total)
    for way in {GAIN: (GAIN, LOSS), LOSS: (LOSS, GAIN)}.get(kind, ()):
        sign = 1.0 if way == GAIN else -1.0
        texts = [
            messages.text(
                "finding.stages.part",
                name=messages.text(f"finding.stages.of.{stage}"),
                value=messages.number(sign * saved(evidence, stage).difference, STAGE_DECIMALS),
            )
            for stage in sorted(STAGES, key=lambda stage: -sign * saved(evidence, stage).difference)
            if verdict(evidence, f"{stage}_saved", saved(evidence, stage)) == way
        ]
        if texts:
            yield messages.text(f"page.lead.stages.{way}", stages=messages.names(texts))


def _where(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """In how many regencies travel falls and rises, and where most."""
    groups = by_verdict(evidence, "travel_hours_saved")
    every = sum(map(len, groups.values()))
    if not every:
        return
    if groups[GAIN] or groups[LOSS]:
        yield counted(evidence, messages, "travel", groups)
    else:
        yield messages.text("page.lead.regencies.none", all=messages.number(every, 0))
    for way, key, sign in ((GAIN, "top", 1.0), (LOSS, "loss", -1.0)):
        if groups[way]:
            yield _living(evidence, messages, way, groups[way])
            names = named(evidence, messages, "travel_hours_saved", groups[way][:NAMED], sign)
            yield messages.text(f"finding.regencies.travel.{key}", names=names)
    yield from larger_losses(evidence, messages, "travel_hours_saved", groups, evidence.main)


def _living(evidence: Evidence, messages: Messages, way: str, codes: Sequence[str]) -> str:
    """How many of the people compared live where travel clearly falls or rises: means of the province are of all."""
    people = [evidence.difference(evidence.main, *COMPARED, "regency", code).difference for code in codes]
    return messages.text(f"page.lead.regencies.living.{way}", people=messages.number(sum(people), 0))


def _shut(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Offices that were there before and are not any more."""
    before, after = (evidence.plans[scenario].sites for scenario in (evidence.baseline, evidence.main))
    names = [name for site, name in zip(before.id, before.name, strict=True) if site not in after.id]
    if names:
        yield messages.text("page.lead.load.shut", names=messages.names(names))


def _where_later(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """In how many regencies the passport comes sooner and later, and where most."""
    groups = by_verdict(evidence, "days_saved")
    every = sum(map(len, groups.values()))
    for way, sign in ((GAIN, 1.0), (LOSS, -1.0)):
        codes = groups[way]
        if codes:
            many = "all" if len(codes) == every else "one" if len(codes) == 1 else "some"
            yield messages.text(
                f"page.lead.regencies.{way}.{many}",
                names=named(evidence, messages, "days_saved", codes[:NAMED], sign),
                number=messages.number(len(codes), 0),
                all=messages.number(every, 0),
            )
    yield from larger_losses(evidence, messages, "days_saved", groups, evidence.main)


def _load(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Which offices that were there before clearly give less or more, and which new one is fullest."""
    for site, name in _offices(evidence, new=False):
        found = evidence.difference(evidence.main, "passports", "count", "site", site)
        open_ = [has_slots(evidence.plans[scenario], site) for scenario in evidence.pair]
        passports, used = (
            [evidence.estimate(scenario, *key, "site", site).estimate for scenario in evidence.pair]
            for key in (("passports", "count"), ("quota_use", "share"))
        )
        if evidence.direction(found) and abs(found.difference) >= TOLD_LOAD * passports[0]:
            numbers = {
                **{"before": messages.number(passports[0], 0), "after": messages.number(passports[1], 0)},
                **{"used_before": messages.percent(used[0], 0), "used_after": messages.percent(used[1], 0)},
            }
            if all(open_):
                sessions = on_sessions(evidence, messages, site)
                yield messages.text("page.lead.load.site", site=name, sessions=sessions, **numbers)
            elif any(open_):
                key = "none_after" if open_[0] else "none_before"
                yield messages.text(f"page.lead.load.{key}", site=name, **numbers)
        if not all(open_):
            # Who waits for it there, or comes, is of the days before or after those that are counted.
            continue
        yield from _prints(evidence, messages, site, name)
        yield from _prints_on(evidence, messages, site, name)
        yield from _waits(evidence, messages, site, name)
        yield from _lost_at(evidence, messages, site, name)
    yield from _fullest(evidence, messages)


def _prints(evidence: Evidence, messages: Messages, site: str, name: str) -> Iterator[str]:
    """How many books an office prints, where those of its sub-offices and teams make that clearly another number."""
    printed, own = (
        [evidence.estimate(scenario, "passports", "count", level, site).estimate for scenario in evidence.pair]
        for level in ("office", "site")
    )
    before, after = (messages.number(number, 0) for number in printed)
    others = any(books - of_its_own >= TOLD_LOAD * of_its_own for books, of_its_own in zip(printed, own, strict=True))
    clear = evidence.direction(evidence.difference(evidence.main, "passports", "count", "office", site))
    if clear and others and abs(printed[1] - printed[0]) >= TOLD_LOAD * printed[0]:
        yield messages.text("page.lead.load.prints", site=name, before=before, after=after)


def _prints_on(evidence: Evidence, messages: Messages, site: str, name: str) -> Iterator[str]:
    """On which days of the week an office prints, where these are others than before."""
    days = []
    for scenario in evidence.pair:
        plan = evidence.plans[scenario]
        first, last = plan.counted_from_ms // DAY_MS, plan.counted_to_ms // DAY_MS
        prints = np.flatnonzero(plan.sites.prints[plan.sites.id.index(site), first:last]) + first
        days.append(sorted({(plan.origin.weekday() + int(day)) % 7 for day in prints}))
    if days[0] != days[1] and all(days):
        before, after = (messages.names([messages.weekday(day) for day in of]) for of in days)
        yield messages.text("page.lead.load.prints_on", site=name, before=before, after=after)


def _lost_at(evidence: Evidence, messages: Messages, site: str, name: str) -> Iterator[str]:
    """How many of those with an appointment at an office get no passport, where that clearly changes by TOLD_LOST."""
    found = evidence.difference(evidence.main, "lost_share", "share", "site", site)
    if evidence.direction(found) and abs(found.difference) >= TOLD_LOST:
        before, after = (
            messages.percent(evidence.estimate(scenario, "lost_share", "share", "site", site).estimate)
            for scenario in evidence.pair
        )
        sites = [evidence.plans[scenario].sites for scenario in evidence.pair]
        suspended = [of.days_suspended[of.id.index(site)] for of in sites]
        why = messages.text("page.lead.load.unfetched") if suspended[1] > suspended[0] else ""
        yield messages.text("page.lead.load.lost", site=name, before=before, after=after) + (f" {why}" if why else "")


def _waits(evidence: Evidence, messages: Messages, site: str, name: str) -> Iterator[str]:
    """How long people wait for a slot at an office, where that clearly changes by TOLD_WAIT or more."""
    found = evidence.difference(evidence.main, "lead_days", "mean", "site", site)
    if evidence.direction(found) and abs(found.difference) >= TOLD_WAIT:
        before, after = (
            messages.number(evidence.estimate(scenario, "lead_days", "mean", "site", site).estimate)
            for scenario in evidence.pair
        )
        yield messages.text("page.lead.load.waits", site=name, before=before, after=after)


def _fullest(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """The new office that is full at most sessions, or has most of its quota booked, and how long people wait there."""
    found = [
        ([evidence.estimate(evidence.main, *key, "site", site).estimate for key in FULLNESS], name, site)
        for site, name in _offices(evidence, new=True)
    ]
    known = [one for one in found if not any(map(math.isnan, one[0]))]
    if known:
        (used, days, passport), name, site = max(known, key=lambda one: (_full(evidence, one[2]), one))
        numbers = {"used": messages.percent(used, 0), "days": messages.number(days)}
        everybody = messages.number(evidence.estimate(evidence.main, *FULLNESS[-1]).estimate)
        passport_days = {"passport": messages.number(passport), "everybody": everybody}
        text = messages.text("page.lead.load.full", site=name, **passport_days, **numbers)
        yield text + how_full(evidence, messages, evidence.main, site)


def _full(evidence: Evidence, site: str) -> float:
    share = evidence.estimate(evidence.main, *HOW_FULL[0], "site", site).estimate
    return 0.0 if math.isnan(share) else share


def _offices(evidence: Evidence, *, new: bool) -> Iterator[tuple[str, str]]:
    """Ids and names of the offices of the main scenario that the baseline does not have, or of those that it has."""
    sites = evidence.plans[evidence.main].sites
    added = evidence.added_sites(evidence.main)
    for row, (site, name, office) in enumerate(zip(sites.id, sites.name, sites.is_office, strict=True)):
        if office and (row in added) == new:
            yield site, name
