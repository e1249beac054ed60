"""The findings of an experiment in plain words, each sentence made from its numbers and never stronger than they are.

A gain or loss is claimed only where its interval leaves out zero, Holm's adjustment for the number of comparisons
leaves it standing, and it would not be written as zero. Everything else is said to be not shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.report.evidence import Evidence
from sim.report.load import load_section, new_sites_section
from sim.report.messages import Messages
from sim.report.ranking import best_single_section
from sim.report.sentences import GAIN, LOSS, SMALL, UNCLEAR, interval, period, verdict
from sim.report.tables import main_table, regency_table
from sim.stats.intervals import Difference

DIMENSIONS = (
    ("travel", "travel_hours_saved"),
    ("days", "days_saved"),
    ("cost", "cost_rupiah_saved"),
)
NAMED = 3
"""Regencies named at each end."""
FEW_REPLICATIONS = 30
"""Below it intervals of skewed measures and of tails may cover less than they say (see the methods)."""


@dataclass(frozen=True)
class Section:
    """Some sentences under a heading."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """All findings, in the order in which they are read."""

    title: str
    sections: tuple[Section, ...]

    def to_markdown(self) -> str:
        """The findings as Markdown."""
        parts = [f"# {self.title}"]
        for section in self.sections:
            parts += [f"## {section.heading}", "\n".join(f"- {sentence}" for sentence in section.sentences)]
        return "\n\n".join(parts)


def findings(evidence: Evidence, language: str) -> Findings:
    """Say in words what the main scenario changes against the baseline, for whom, and how sure that is."""
    messages = Messages(language)
    title = messages.text(
        "finding.title", main=evidence.plans[evidence.main].title, baseline=evidence.plans[evidence.baseline].title
    )
    makers: Sequence[tuple[str, Callable[[Evidence, Messages], Iterator[str]]]] = (
        ("person", _person),
        ("regencies", _regencies),
        ("deterred", _deterred),
        ("load", load_section),
        ("new_sites", new_sites_section),
        ("single", best_single_section),
        ("sure", _sure),
    )
    made = ((messages.text(f"finding.heading.{key}"), tuple(maker(evidence, messages))) for key, maker in makers)
    return Findings(title, tuple(Section(heading, sentences) for heading, sentences in made if sentences))


def write_findings(out_dir: Path, evidence: Evidence, language: str) -> Path:
    """Write the findings and the two tables they rest on to findings.md."""
    parts = [findings(evidence, language).to_markdown()]
    for table in (regency_table(evidence, language), main_table(evidence, language)):
        parts.append(f"## {table.title}\n\n{table.to_markdown()}")
    path = out_dir / "findings.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return path


def _person(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """What one person saves on average, and all together."""
    people = evidence.estimate(evidence.main, "travel_hours_saved", "count").estimate
    yield messages.text("finding.person.who", people=messages.number(people, 0), **period(evidence, messages))
    for key, measure in DIMENSIONS:
        mean = evidence.difference(evidence.main, measure, "mean")
        if math.isnan(mean.difference):
            continue
        found = verdict(evidence, measure, mean)
        sign = -1.0 if found == LOSS else 1.0
        total = evidence.difference(evidence.main, measure, "total")
        yield messages.text(
            f"finding.person.{key}.{found}",
            **interval(messages, measure, "mean", mean, sign),
            **{f"total_{name}": text for name, text in interval(messages, measure, "total", total, sign).items()},
        )


def _regencies(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Who gains most and least, who does not, and who loses."""
    for key, measure in DIMENSIONS:
        sorted_out = _sorted_out(evidence, measure)
        gain, loss = sorted_out[GAIN], sorted_out[LOSS]
        count = {
            name: messages.number(len(group), 0)
            for name, group in (("gain", gain), ("loss", loss), ("all", sum(sorted_out.values(), [])))
        }
        if not any(sorted_out.values()):
            continue
        yield messages.text(f"finding.regencies.{key}.count", **count)
        if gain:
            yield messages.text(f"finding.regencies.{key}.top", names=_named(evidence, messages, measure, gain[:NAMED]))
        if len(gain) > 2 * NAMED:
            lowest = _named(evidence, messages, measure, gain[: -NAMED - 1 : -1])
            yield messages.text(f"finding.regencies.{key}.bottom", names=lowest)
        if loss:
            most = _named(evidence, messages, measure, loss[:NAMED], -1.0)
            yield messages.text(f"finding.regencies.{key}.loss", names=most)
        if loss[NAMED:]:
            rest = _names(evidence, messages, loss[NAMED:])
            yield messages.text(f"finding.regencies.{key}.loss_rest", names=rest)
        if sorted_out[SMALL]:
            yield messages.text(f"finding.regencies.{key}.small", names=_names(evidence, messages, sorted_out[SMALL]))
        if sorted_out[UNCLEAR]:
            yield messages.text(
                f"finding.regencies.{key}.unclear", names=_names(evidence, messages, sorted_out[UNCLEAR])
            )


def _sorted_out(evidence: Evidence, measure: str, statistic: str = "mean") -> dict[str, list[str]]:
    """Codes of regencies by verdict; the largest gain first, and the largest loss first."""
    found: dict[str, list[str]] = {GAIN: [], LOSS: [], SMALL: [], UNCLEAR: []}
    size = {}
    for code in evidence.plans[evidence.main].regencies.code:
        difference = evidence.difference(evidence.main, measure, statistic, "regency", code)
        if not math.isnan(difference.difference):
            size[code] = abs(difference.difference)
            found[verdict(evidence, measure, difference)].append(code)
    for group in (GAIN, LOSS):
        found[group].sort(key=lambda code: (-size[code], code))
    return found


def _regency_names(evidence: Evidence) -> dict[str, str]:
    regencies = evidence.plans[evidence.main].regencies
    return dict(zip(regencies.code, regencies.name, strict=True))


def _names(evidence: Evidence, messages: Messages, codes: Sequence[str]) -> str:
    names = _regency_names(evidence)
    return messages.names([names[code] for code in codes])


def _named(
    evidence: Evidence,
    messages: Messages,
    measure: str,
    codes: Sequence[str],
    sign: float = 1.0,
    statistic: str = "mean",
) -> str:
    """Regencies, each with its number and interval."""
    names = _regency_names(evidence)
    texts = []
    for code in codes:
        difference = evidence.difference(evidence.main, measure, statistic, "regency", code)
        numbers = interval(messages, measure, statistic, difference, sign)
        texts.append(messages.text("finding.named", name=names[code], **numbers))
    return messages.names(texts)


def _deterred(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """People who did not apply before because it was not worth the burden."""
    now = evidence.difference(evidence.main, "now_apply", "count")
    if math.isnan(now.difference):
        return
    need, share = (
        evidence.estimate(evidence.baseline, *key) for key in (("need", "count"), ("deterred_share", "share"))
    )
    deterred = need.estimate * share.estimate
    part = messages.percent(now.difference / deterred if deterred else math.nan)
    found = "some" if evidence.direction(now) > 0 else "none"
    yield messages.text(f"finding.deterred.{found}", part=part, **interval(messages, "now_apply", "count", now))
    after = evidence.estimate(evidence.main, "deterred_share", "share")
    yield messages.text(
        "finding.deterred.share",
        before=messages.percent(share.estimate),
        after=messages.percent(after.estimate),
        **interval(messages, "deterred_share", "share", evidence.difference(evidence.main, "deterred_share", "share")),
    )
    top = _sorted_out(evidence, "now_apply", "count")[GAIN][:NAMED]
    if top:
        names = _named(evidence, messages, "now_apply", top, statistic="count")
        yield messages.text("finding.deterred.where", names=names)
    gone = evidence.difference(evidence.main, "no_longer_apply", "count")
    if evidence.direction(gone) > 0:
        yield messages.text("finding.deterred.lost", **interval(messages, "no_longer_apply", "count", gone))
    served, lost = (evidence.difference(evidence.main, m, "count") for m in ("now_served", "no_longer_served"))
    if not math.isnan(served.difference + lost.difference):
        yield messages.text(
            "finding.deterred.served",
            **interval(messages, "now_served", "count", served),
            **{f"lost_{k}": v for k, v in interval(messages, "no_longer_served", "count", lost).items()},
        )


def _sure(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Replications, the widest of the main intervals, what pairing was worth, and what intervals leave out."""
    count = evidence.replication_count
    yield messages.text(
        "finding.sure.replications",
        replications=messages.number(count, 0),
        confidence=messages.percent(evidence.confidence, 0),
    )
    widest = _widest(evidence)
    if widest:
        measure, share = widest
        name = messages.text(f"finding.sure.of.{measure}")
        yield messages.text("finding.sure.widest", measure=name, share=messages.percent(share))
    reduction = evidence.difference(evidence.main, "travel_hours", "mean").variance_reduction
    if math.isfinite(reduction):
        yield messages.text("finding.sure.pairing", factor=messages.number(reduction, 1))
    if count < FEW_REPLICATIONS:
        yield messages.text("finding.sure.few", few=messages.number(FEW_REPLICATIONS, 0))
    yield messages.text("finding.sure.holm")
    yield messages.text("finding.sure.assumptions")


def _widest(evidence: Evidence) -> tuple[str, float] | None:
    """The headline difference with the widest interval for its size, and half that width over the size."""
    headline = [*((measure, "mean") for _, measure in DIMENSIONS), ("now_apply", "count")]
    widths = {}
    for measure, statistic in headline:
        found: Difference = evidence.difference(evidence.main, measure, statistic)
        if found.difference and not math.isnan(found.low):
            widths[measure] = (found.high - found.low) / 2.0 / abs(found.difference)
    if not widths:
        return None
    measure = max(widths, key=lambda name: widths[name])
    return measure, widths[measure]
