"""The paragraph that a page opens with: the finding in plain words, each as strong as its interval and no stronger."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from sim.measures.stages import STAGES
from sim.report.evidence import Evidence
from sim.report.findings import ENOUGH_FOR_VARIANCES, Findings
from sim.report.gainers import DIMENSIONS, NAMED, by_verdict, named
from sim.report.messages import Messages
from sim.report.sentences import GAIN, LOSS, Sentence, interval, period, verdict
from sim.report.stages import saved

Sections = Mapping[str, Sequence[Sentence]]


def lead(evidence: Evidence, messages: Messages, findings: Findings) -> str:
    """One paragraph: what was compared, what changes for a person and where, who applies now, what is not covered."""
    sections = {section.key: section.sentences for section in findings.sections}
    compared = len(evidence.pair) == 2 and "person" in sections
    said = _compared(evidence, messages, sections) if compared else [_alone(evidence, messages)]
    count = evidence.replication_count
    said.append(messages.text("page.lead.limits", replications=messages.number(count, 0)))
    if compared and count < ENOUGH_FOR_VARIANCES:
        said.append(messages.text("page.lead.few"))
    return " ".join(said)


def _compared(evidence: Evidence, messages: Messages, sections: Sections) -> list[str]:
    people = evidence.difference(evidence.main, "travel_hours_saved", "count").difference
    baseline, main = evidence.titles(messages)
    first = messages.text(
        "page.lead.compared",
        main=main,
        baseline=baseline,
        people=messages.number(people, 0),
        confidence=messages.percent(evidence.confidence, 0),
        **period(evidence, messages),
    )
    changes = [sentence.text for sentence in sections["person"][1:]]
    # The stages follow the days that they are the stages of.
    after_days = [measure for _, measure in DIMENSIONS if _is_told(evidence, measure)].index("days_saved") + 1
    changes[after_days:after_days] = _why(evidence, messages)
    deterred = [sentence.text for sentence in sections.get("deterred", ())[:1]]
    return [first, *changes, *_where(evidence, messages), *deterred, *_aside(sections)]


def _is_told(evidence: Evidence, measure: str) -> bool:
    return measure == "days_saved" or not math.isnan(evidence.difference(evidence.main, measure, "mean").difference)


def _why(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Which stages make the passport come later or sooner, where that is proven, the most first."""
    total = evidence.difference(evidence.main, "days_saved", "mean")
    kind = verdict(evidence, "days_saved", total)
    if kind not in (GAIN, LOSS):
        return
    sign = 1.0 if kind == GAIN else -1.0
    stages = [
        messages.text(
            "finding.named",
            name=messages.text(f"finding.stages.of.{stage}"),
            **interval(messages, "days_saved", "mean", saved(evidence, stage), sign),
        )
        for stage in sorted(STAGES, key=lambda stage: -sign * saved(evidence, stage).difference)
        if verdict(evidence, f"{stage}_saved", saved(evidence, stage)) == kind
    ]
    if stages:
        yield messages.text(f"page.lead.stages.{kind}", stages=messages.names(stages))


def _aside(sections: Sections) -> list[str]:
    """What gets worse at the offices that were there before, of the main scenario, as a terminal is told."""
    return [sentence.short for sentence in sections.get("effects", ()) if sentence.short]


def _where(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """In how many regencies travel falls and rises, and where most."""
    groups = by_verdict(evidence, "travel_hours_saved")
    sizes = {kind: len(codes) for kind, codes in groups.items()}
    if not any(sizes.values()):
        return
    changed = "some" if sizes[GAIN] + sizes[LOSS] else "none"
    texts = {name: messages.number(number, 0) for name, number in (sizes | {"all": sum(sizes.values())}).items()}
    yield messages.text(f"page.lead.regencies.{changed}", **texts)
    for kind, key, sign in ((GAIN, "top", 1.0), (LOSS, "loss", -1.0)):
        if groups[kind]:
            names = named(evidence, messages, "travel_hours_saved", groups[kind][:NAMED], sign)
            yield messages.text(f"finding.regencies.travel.{key}", names=names)


def _alone(evidence: Evidence, messages: Messages) -> str:
    need, served, share, hours, days = (
        evidence.estimate(evidence.main, *key)
        for key in (
            *(("need", "count"), ("served", "count"), ("deterred_share", "share")),
            *(("travel_hours", "mean"), ("days_to_passport", "mean")),
        )
    )
    ends = {
        f"{name}_{end}": messages.number(getattr(found, end), decimals)
        for name, found, decimals in (("served", served, 0), ("hours", hours, 1), ("days", days, 1))
        for end in ("low", "high")
    }
    return messages.text(
        "page.lead.alone",
        main=evidence.titles(messages)[0],
        need=messages.number(need.estimate, 0),
        served=messages.number(served.estimate, 0),
        deterred=messages.percent(share.estimate),
        hours=messages.number(hours.estimate),
        days=messages.number(days.estimate),
        confidence=messages.percent(evidence.confidence, 0),
        **ends,
        **period(evidence, messages),
    )
