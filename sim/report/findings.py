"""The findings of an experiment in plain words, each sentence made from its numbers and never stronger than they are.

A gain or loss is called clear only where its interval leaves out zero, Holm's adjustment for the number of
comparisons leaves it standing, and it would not be written as zero. What is too small to be written is called small.
Everything else is said to be not clear, with its estimate and with what would have been clear: not clear is not the
same as no change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.applying import apply_otherwise, applying_section, ways
from sim.report.effects import WORTH_TELLING, effects_section, has_weekends, sessions_on_days_off, side_effects
from sim.report.evenness import evenness_section
from sim.report.evidence import Evidence
from sim.report.gainers import DIMENSIONS, losses, regencies_section
from sim.report.in_service import alike, not_throughout
from sim.report.load import load_section, new_sites_section
from sim.report.messages import Messages
from sim.report.ranking import best_single_section
from sim.report.reality import cited_conclusions, reality_section, standings
from sim.report.robust import precision_sentence, robust_sentences, study_of
from sim.report.scenarios import by_itself, offices_section
from sim.report.sentences import Sentence, interval, negated, period, smallest
from sim.report.services import services_section
from sim.report.stages import gain_tables, stages_section
from sim.report.tables import measures_of
from sim.report.vain import vain_trips
from sim.report.verdicts import LOSS, SMALL, SMALLEST, verdict
from sim.report.warm_up import warm_up_sentences, where_the_start_matters
from sim.report.written import before_and_after, formatter, usual_decimals, whole
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    import pandas as pd


OF_MANIFEST = ("changed", "warnings", "warm_up")
"""What of a manifest is told in words, in the order in which :func:`described` takes it."""
MOST_WARNINGS = 5
ENOUGH_FOR_VARIANCES = 10
"""A ratio of variances from fewer replications says nothing."""
MANY_TIMES = 1000.0
"""Replications that pairing spares, times those that were run, beyond which the number says nothing more."""
MANY_UNDER_WAY = 0.01
"""Share of need still under way at the end from which a terminal says so too."""
FEW_REPLICATIONS = 30
"""Below it intervals of skewed measures and of tails may cover less than they say (see the methods)."""


@dataclass(frozen=True)
class Section:
    """Some sentences under a heading."""

    key: str
    """What it is about, the same in every language."""
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Findings:
    """All findings, in the order in which they are read."""

    title: str
    sections: tuple[Section, ...]
    first: tuple[str, ...] = ()
    """What is said before all of them: what was changed on the command line, and that fewer replications were run than
    were asked for, where that is so."""
    warnings: int = 0
    """How many things were warned of before the run; they stand in the section on how sure it is."""
    start: tuple[str, ...] = ()
    """Titles of those of the pair whose numbers hang on their empty start; the same section says how far."""

    @property
    def short(self) -> tuple[str, ...]:
        """The main sentences, for a terminal."""
        return tuple(s.short for section in self.sections for s in section.sentences if s.short)

    def to_markdown(self) -> str:
        """The findings as Markdown."""
        parts = [f"# {self.title}", *self.first]
        for section in self.sections:
            parts += [f"## {section.heading}", "\n".join(f"- {sentence.text}" for sentence in section.sentences)]
        return "\n\n".join(parts)


def write_findings(
    out_dir: Path,
    evidence: Evidence,
    language: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
    asked: Mapping[str, Any] | None = None,
    changed: Sequence[str] = (),
    warned: Sequence[str] = (),
    warm_up: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Write the findings and the two tables they rest on to findings.md; see :func:`described`.

    Args:
        out_dir: a folder that exists.
        evidence: of the replications.
        language: ``en`` or ``id``.
        beside: tables that are not made from the replications alone, by the names of their files.
        asked: how many replications were asked for, as a manifest tells it.
        changed: what was changed on the command line, ``PATH=VALUE`` each.
        warned: what was warned of before the run.
        warm_up: what the manifest says of the warm-up of each scenario.
    """
    messages = Messages(language)
    parts = [described(evidence, messages, beside, asked, changed, warned, warm_up).to_markdown()]
    for table in (*gain_tables(evidence, messages), measures_of(evidence, messages)):
        if not table.rows:
            continue
        parts.append(f"## {table.title}\n\n{table.to_markdown()}")
    path = out_dir / "findings.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return path


def described(
    evidence: Evidence,
    messages: Messages,
    beside: Mapping[str, pd.DataFrame] | None = None,
    asked: Mapping[str, Any] | None = None,
    changed: Sequence[str] = (),
    warned: Sequence[str] = (),
    warm_up: Mapping[str, Mapping[str, Any]] | None = None,
) -> Findings:
    """Say in words what the main scenario changes against the baseline, for whom, and how sure that is.

    Args:
        evidence: of the replications.
        messages: of the language.
        beside: tables that are not made from the replications alone, by the names of their files.
        asked: how many replications were asked for, as a manifest tells it.
        changed: what was changed on the command line, ``PATH=VALUE`` each.
        warned: what was warned of before the run.
        warm_up: what the manifest says of the warm-up of each scenario.
    """
    study, goals = study_of(beside or {}), (beside or {}).get("precision.csv")
    makers: Sequence[tuple[str, Callable[[Evidence, Messages], Iterator[Sentence]]]] = (
        ("person", _person),
        ("regencies", regencies_section),
        ("stages", stages_section),
        ("deterred", applying_section),
        ("effects", effects_section),
        ("evenness", evenness_section),
        ("load", load_section),
        ("new_sites", new_sites_section),
        ("services", partial(services_section, assumptions=(beside or {}).get("assumptions.csv"))),
        ("single", partial(best_single_section, tested=standings(beside or {}, messages))),
        ("others", _others),
        ("offices", offices_section),
        ("sure", partial(_sure, warm_up=warm_up)),
    )
    made = [(key, tuple(maker(evidence, messages))) for key, maker in makers]
    # What the program says of a configuration is in English, and no finding: it stands behind them.
    added = [] if goals is None else [precision_sentence(goals, messages)]
    made[-1] = (made[-1][0], (*made[-1][1], *added, *map(Sentence, _warned(messages, warned))))
    made.append(("reality", tuple(reality_section(beside or {}, messages))))
    robust = robust_sentences(study, messages) if study is not None else cited_conclusions(beside or {}, messages)
    made.append(("robust", tuple(robust)))
    titles = evidence.titles(messages)
    title = evidence.text("finding.title", messages, main=titles[-1], baseline=titles[0])
    sections = (Section(key, messages.text(f"finding.heading.{key}"), said) for key, said in made if said)
    first = (*_changed(messages, changed), *_partial(evidence, messages, asked or {}))
    start = tuple(evidence.title(name, messages) for name in where_the_start_matters(evidence, warm_up))
    return Findings(title, tuple(sections), first, len(warned), start)


def _changed(messages: Messages, changed: Sequence[str]) -> Iterator[str]:
    if changed:
        yield messages.text("finding.changed", changes="; ".join(changed))


def _warned(messages: Messages, warned: Sequence[str]) -> Iterator[str]:
    if warned:
        # What would be right instead stands in lines of its own.
        texts = [text.split("\n")[0] for text in warned[:MOST_WARNINGS]]
        left = len(warned) - len(texts)
        more = [messages.text("finding.warned_more", number=messages.number(left, 0))] if left else []
        yield messages.text("finding.warned", warnings="; ".join([*texts, *more]))


def _partial(evidence: Evidence, messages: Messages, asked: Mapping[str, Any]) -> Iterator[str]:
    count = evidence.replication_count
    if asked.get("stopped") != "interrupted" and count >= asked.get("asked", 0):
        return
    numbers = {name: asked[name] for name in ("asked", "at_most") if name in asked}
    numbers |= {"complete": count, "scenarios": len(evidence.scenarios)}
    key = "finding.partial_precision" if "at_most" in asked else "finding.partial"
    yield messages.text(key, **{name: messages.number(number, 0) for name, number in numbers.items()})


def _person(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """What one person saves on average, and all together."""
    people = evidence.difference(evidence.main, "travel_hours_saved", "count").difference
    if math.isnan(people):
        if evidence.compares:
            told = [*by_itself(evidence, messages), *_in_service(evidence, messages)]
            yield from (Sentence(text, text) for text in told)
        return
    text = messages.text(
        "finding.person.who",
        people=messages.number(people, 0),
        confidence=messages.percent(evidence.confidence, 0),
        **period(evidence, messages),
    )
    yield Sentence(text)
    told = [*assumes_otherwise(evidence, messages), *_in_service(evidence, messages)]
    yield from (Sentence(text, text) for text in told)
    yield from _changes(evidence, messages)
    yield from (Sentence(text, text) for text in queueing(evidence, messages))
    yield from (Sentence(text, text) for text in days_off(evidence, messages))
    yield from _everybody(evidence, messages)


def _in_service(evidence: Evidence, messages: Messages) -> list[str]:
    """What of the pair is there on a part of the days alone, in one of them or in both."""
    return [*not_throughout(evidence, messages, evidence.pair), *alike(evidence, messages)]


def assumes_otherwise(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """That the two scenarios do not agree on who loses a day's work by an appointment, where that is so."""
    losing = [_losing(evidence, scenario) for scenario in evidence.pair]
    titles = evidence.titles(messages)
    if min(losing) == 0.0 < max(losing):
        with_, without = (titles[losing.index(of(losing))] for of in (max, min))
        yield messages.text("finding.person.days_off.mixed", with_=with_, without=without)
    elif losing[0] != losing[-1]:
        yield messages.text("finding.person.days_off.differs", baseline=titles[0], main=titles[-1])


def _losing(evidence: Evidence, scenario: str) -> float:
    """People in need who would lose a day's work by an appointment on a working day, mean over replications."""
    found = evidence.estimate(scenario, "need", "count", "kind", "working_day:day_off").estimate
    return 0.0 if math.isnan(found) else found


def days_off(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Days of work that appointments take, and that this is an assumption."""
    losing = [_losing(evidence, scenario) for scenario in evidence.pair]
    yield from weekends_alike(evidence, messages, "finding.person.days_off.alike")
    if not min(losing):
        return
    need = evidence.estimate(evidence.baseline, "need", "count").estimate
    before, after = (evidence.estimate(scenario, "days_off", "total").estimate for scenario in evidence.pair)
    text = messages.text(
        "finding.person.days_off.total",
        before=messages.number(before, 0),
        after=messages.number(after, 0),
        share=messages.percent(losing[0] / need, 0),
        **interval(messages, "days_off", "total", evidence.difference(evidence.main, "days_off", "total")),
    )
    if any(has_weekends(evidence.plans[scenario]) for scenario in evidence.pair):
        text += " " + messages.text("finding.person.days_off.weekends")
    yield text


def weekends_alike(evidence: Evidence, messages: Messages, key: str) -> Iterator[str]:
    """That weekends spare nobody a day of work here, where one scenario has more sessions on them than the other."""
    if any(_losing(evidence, scenario) for scenario in evidence.pair):
        return
    numbers = [sessions_on_days_off(evidence.plans[scenario]) for scenario in evidence.pair]
    if numbers[0] != numbers[1]:
        before, after = (messages.number(number, 0) for number in numbers)
        yield messages.text(key, before=before, after=after)


def _everybody(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """The means over all who are served, and why they do not say what changes for one person."""
    means = {
        f"{name}_{when}": evidence.estimate(scenario, measure, "mean").estimate
        for name, measure in (("hours", "travel_hours"), ("days", "days_to_passport"))
        for when, scenario in zip(("before", "after"), evidence.pair, strict=True)
    }
    if not any(math.isnan(mean) for mean in means.values()):
        texts = {name: messages.number(mean) for name, mean in means.items()}
        yield Sentence(messages.text("finding.person.all", **texts))


def queueing(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """How long people queue in the office, where that clearly changes by as much as is told of an office."""
    found = evidence.difference(evidence.main, "wait_minutes", "mean")
    if not evidence.direction(found) or abs(found.difference) < WORTH_TELLING["wait_minutes"]:
        return
    means, tails = (
        [evidence.estimate(scenario, "wait_minutes", statistic).estimate for scenario in evidence.pair]
        for statistic in ("mean", "p90")
    )
    written = partial(formatter, "wait_minutes", "mean", messages)
    signed, way = (found, "more") if found.difference > 0 else (negated(found), "less")
    text = messages.text(
        f"finding.person.queue.{way}",
        **before_and_after(messages, written, written, means, signed, usual_decimals("wait_minutes", "mean")),
        **{name: messages.number(value, 0) for name, value in zip(("p90_before", "p90"), tails, strict=True)},
    )
    saved = evidence.difference(evidence.main, "wait_minutes_saved", "mean")
    if not math.isnan(saved.difference):
        way = {1: "less", -1: "more", 0: "unclear"}[evidence.direction(saved)]
        sign = -1.0 if way == "more" else 1.0
        numbers = interval(messages, "wait_minutes_saved", "mean", saved, sign)
        text += " " + messages.text(f"finding.person.queue.same.{way}", **numbers)
    yield text


def _changes(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """What one person saves in each dimension, and all together."""
    for key, measure in DIMENSIONS:
        for text in person_change(evidence, messages, evidence.main, key, measure):
            yield Sentence(text, text)


def person_change(evidence: Evidence, messages: Messages, scenario: str, key: str, measure: str) -> Iterator[str]:
    """What one person saves in a scenario in one of :data:`sim.report.gainers.DIMENSIONS`, if that is known."""
    mean = evidence.difference(scenario, measure, "mean")
    if math.isnan(mean.difference):
        return
    found = verdict(evidence, measure, mean)
    # Nobody saves from -0.04 to -0.01 days.
    lost = found == LOSS or (found == SMALL and mean.high <= 0.0)
    sign = -1.0 if lost else 1.0
    total = evidence.difference(scenario, measure, "total")
    # Ends of an interval that are next to nothing say nothing more.
    flat = max(abs(mean.low), abs(mean.high)) < SMALLEST[measure] / 100.0
    small = "small_flat" if flat else "small_loss" if lost else "small"
    yield messages.text(
        f"finding.person.{key}.{small if found == SMALL else found}",
        burden=evidence.burden(messages),
        smallest=smallest(evidence, messages, measure, "mean", mean),
        **interval(messages, measure, "mean", mean, sign),
        **{f"total_{name}": text for name, text in interval(messages, measure, "total", total, sign).items()},
    )


def _others(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """What changes in each scenario beside the main one, in a sentence each way."""
    if not evidence.compares:
        return
    for scenario in evidence.scenarios:
        people = evidence.difference(scenario, "travel_hours_saved", "count").difference
        if scenario in evidence.pair or math.isnan(people):
            continue
        changes = [text for one in DIMENSIONS for text in person_change(evidence, messages, scenario, *one)]
        changes += apply_otherwise(evidence, messages, scenario)
        changes += vain_trips(evidence, messages, scenario)
        changes += [*losses(evidence, messages, scenario), *side_effects(evidence, messages, scenario)]
        changes += not_throughout(evidence, messages, [scenario])
        titles = {
            key: evidence.title(one, messages)
            for key, one in zip(("scenario", "baseline"), (scenario, evidence.baseline), strict=True)
        }
        number = messages.number(people, 0)
        yield Sentence(messages.text("finding.others.text", changes=" ".join(changes), people=number, **titles))


def _sure(
    evidence: Evidence, messages: Messages, warm_up: Mapping[str, Mapping[str, Any]] | None
) -> Iterator[Sentence]:
    """Replications, the widest of the main intervals, what pairing was worth, and what intervals leave out."""
    count = evidence.replication_count
    confidence = messages.percent(evidence.confidence, 0)
    text = messages.text("finding.sure.replications", replications=messages.number(count, 0), confidence=confidence)
    yield Sentence(text, text)
    widest = _widest(evidence)
    if widest:
        measure, share = widest
        people, name = (messages.text(f"finding.sure.of.{one}") for one in (_people(evidence), measure))
        told = {"people": people, "measure": name, "share": messages.percent(share)}
        yield Sentence(messages.text("finding.sure.widest", **told))
    pairing = {
        name: evidence.difference(evidence.main, *key).variance_reduction
        for name, key in (("factor", ("travel_hours", "mean")), ("deterred", ("deterred_share", "share")))
    }
    if all(map(math.isfinite, pairing.values())) and count >= ENOUGH_FOR_VARIANCES:
        factors = {name: _times(messages, factor) for name, factor in pairing.items()}
        yield Sentence(messages.text("finding.sure.pairing", **factors))
    yield from _under_way(evidence, messages)
    yield from warm_up_sentences(evidence, messages, warm_up)
    if count < FEW_REPLICATIONS:
        yield Sentence(messages.text("finding.sure.few", few=messages.number(FEW_REPLICATIONS, 0)))
    if evidence.compares:
        text = messages.text("finding.sure.holm")
        yield Sentence(text, text)
    text = messages.text("finding.sure.assumptions")
    yield Sentence(text, text)


def _times(messages: Messages, factor: float) -> str:
    """About how many times as many: a ratio of variances is known to a digit or two, and beyond MANY_TIMES to none."""
    if factor > MANY_TIMES:
        return messages.text("finding.sure.times.many", times=messages.number(MANY_TIMES, 0))
    times = messages.number(float(f"{factor:.2g}"), 0) if factor >= 10.0 else messages.number(factor, 1)
    return messages.text("finding.sure.times.about", times=times)


def _under_way(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How many journeys had no end yet when the simulation ended: they are in no mean of those served."""
    for scenario, title in zip(evidence.pair, evidence.titles(messages), strict=True):
        number, share = (
            evidence.estimate(scenario, *key) for key in (("under_way", "count"), ("under_way_share", "share"))
        )
        if math.isnan(number.estimate):
            continue
        text = messages.text(
            "finding.sure.under_way",
            scenario=title,
            people=whole(messages, number.estimate),
            share=messages.percent(share.estimate, 2),
        )
        yield Sentence(text, text if share.estimate >= MANY_UNDER_WAY else "")


def _people(evidence: Evidence) -> str:
    """The measure of those who apply in one of the pair alone: of whichever are more."""
    return f"{ways(evidence, evidence.main)[0]}_apply"


def _widest(evidence: Evidence) -> tuple[str, float] | None:
    """The headline difference with the widest interval for its size, and half that width over the size."""
    headline = [*((measure, "mean") for _, measure in DIMENSIONS), (_people(evidence), "count")]
    widths = {}
    for measure, statistic in headline:
        found: Difference = evidence.difference(evidence.main, measure, statistic)
        if found.difference and not math.isnan(found.low):
            half = max(found.high - found.difference, found.difference - found.low)
            widths[measure] = half / abs(found.difference)
    if not widths:
        return None
    measure = max(widths, key=lambda name: widths[name])
    return measure, widths[measure]
