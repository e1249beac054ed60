"""Who gains and who does not, by regency: clearly, too little to matter, or not clearly and where it points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import Sentence, interval_list
from sim.report.tables import COMPARED
from sim.report.verdicts import GAIN, LOSS, SMALL, UNCLEAR, verdict
from sim.report.written import change_formatter, with_interval
from sim.stats.intervals import Difference

DIMENSIONS = (
    ("travel", "travel_hours_saved"),
    ("days", "days_saved"),
    ("cost", "cost_rupiah_saved"),
)
NAMED = 3
"""Regencies named at each end."""
MOST_NAMED = 6
"""Regencies named of which nothing is clear; the others are in the table."""
FEW_PEOPLE = 100
"""People compared below which a regency's numbers tell little of anybody else: told, and no more than told."""
MOST_APART = 20
"""The least and the greatest change that would have been clear, the one over the other, where both tell something."""


def regencies_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Who gains most and least, who does not, and who loses; why, where nothing was taken from anybody."""
    lost = gained = False
    for key, measure in DIMENSIONS:
        groups = by_verdict(evidence, measure)
        if not any(groups.values()):
            continue
        for name, text in _regency_texts(evidence, messages, key, measure, groups):
            shown = key == DIMENSIONS[0][0] and name != "bottom"
            yield Sentence(text, text if shown else "")
        if measure == "travel_hours_saved":
            yield from _in_all(evidence, messages, groups[GAIN])
        lost |= bool(groups[LOSS]) and measure != "cost_rupiah_saved"
        gained |= bool(groups[GAIN])
    reasons = {"chosen": lost and evidence.only_adds, "had_chosen": gained and evidence.only_takes}
    for name in (name for name, told in reasons.items() if told):
        baseline, main = evidence.titles(messages)
        yield Sentence(messages.text(f"finding.regencies.{name}", baseline=baseline, main=main))
    yield from _few(evidence, messages)


def losses(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """Where people clearly lose by a scenario, by dimension, and where they may lose more without its being clear."""
    codes = evidence.plans[scenario].regencies.code
    people = {code: _compared(evidence, code, scenario) for code in codes}
    everybody = sum(number for number in people.values() if not math.isnan(number))
    for key, measure in DIMENSIONS:
        groups = by_verdict(evidence, measure, scenario=scenario)
        lost = groups[LOSS]
        if lost:
            yield messages.text(
                f"finding.others.{key}_loss",
                number=messages.number(len(lost), 0),
                all=messages.number(len(codes), 0),
                share=messages.percent(sum(people[code] for code in lost) / everybody, 0),
                names=named(evidence, messages, measure, lost[:NAMED], -1.0, scenario=scenario),
            )
            yield from larger_losses(evidence, messages, measure, groups, scenario)


def larger_losses(
    evidence: Evidence, messages: Messages, measure: str, groups: Mapping[str, Sequence[str]], scenario: str
) -> Iterator[str]:
    """Regencies that by the estimate lose more than those that clearly lose, and of which it is not clear.

    Where few people are compared chance hides the greatest losses; to name the clear ones alone would hide them too.
    """
    yield from not_clear_though_as_much(
        evidence, messages, measure, (groups[LOSS][:NAMED], groups[UNCLEAR]), -1.0, scenario=scenario
    )


def not_clear_though_as_much(
    evidence: Evidence,
    messages: Messages,
    measure: str,
    clear_and_not: tuple[Sequence[str], Sequence[str]],
    sign: float,
    statistic: str = "mean",
    scenario: str | None = None,
) -> Iterator[str]:
    """Regencies that have as much or more by the estimate as the least of the clear ones that are named.

    Args:
        evidence: what was run.
        messages: the words.
        measure: what they have more of.
        clear_and_not: codes of regencies that are named as the greatest, and of those of which it is not clear.
        sign: 1, or -1 where what is below 0 is told.
        statistic: of the measure.
        scenario: that it is told of; the main one when absent.
    """
    scenario = scenario or evidence.main

    def size(code: str) -> float:
        return sign * evidence.difference(scenario, measure, statistic, "regency", code).difference

    told, others = clear_and_not
    least = min(map(size, told), default=math.inf)
    as_much = sorted((code for code in others if size(code) >= least), key=lambda code: (-size(code), code))
    if as_much:
        names = named(evidence, messages, measure, as_much[:NAMED], sign, statistic, scenario)
        if len(as_much) > NAMED:
            more = messages.number(len(as_much) - NAMED, 0)
            names = messages.text("finding.and_others", names=names, more=more)
        yield messages.text("finding.others.larger", names=names)


def largest_totals(
    evidence: Evidence, messages: Messages, key: str, measure: str, sign: float, scenario: str
) -> Iterator[tuple[list[str], str]]:
    """Codes of regencies where a total clearly differs most, and a text; it names too where it may do so as much.

    It is the total itself that is to be clear. Where it is so in no regency nothing is told.
    """
    found = {
        code: evidence.difference(scenario, measure, "total", "regency", code)
        for code in evidence.plans[scenario].regencies.code
    }
    clear = [code for code in found if sign * evidence.direction(found[code]) > 0]
    most = sorted(clear, key=lambda code: (-sign * found[code].difference, code))[:NAMED]
    if most:
        names = named(evidence, messages, measure, most, sign, "total", scenario)
        both = most, [code for code in found if code not in clear]
        text = [messages.text(key, names=names)]
        text += not_clear_though_as_much(evidence, messages, measure, both, sign, "total", scenario)
        yield most, " ".join(text)


def _in_all(evidence: Evidence, messages: Messages, gain: Sequence[str]) -> Iterator[Sentence]:
    """Where most hours are saved in all, if these are not where most are saved per person.

    Many people may save little each.
    """
    hours = DIMENSIONS[0][1]
    for most, text in largest_totals(evidence, messages, "finding.regencies.in_all", hours, 1.0, evidence.main):
        if most != list(gain[:NAMED]):
            yield Sentence(text)


def _few(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Regencies of which hardly anybody is compared."""
    codes = evidence.plans[evidence.main].regencies.code
    people = {code: _compared(evidence, code, evidence.main) for code in codes}
    names = _regency_names(evidence)
    few = [
        messages.text("finding.regencies.few_people", name=names[code], people=messages.number(number, 0))
        for code, number in people.items()
        if 0 < number < FEW_PEOPLE
    ]
    if few:
        limit = messages.number(FEW_PEOPLE, 0)
        yield Sentence(messages.text("finding.regencies.few", names=messages.names(few), limit=limit))


def _compared(evidence: Evidence, code: str, scenario: str) -> float:
    """People of a regency who are compared with themselves."""
    return evidence.difference(scenario, *COMPARED, "regency", code).difference


def _regency_texts(
    evidence: Evidence, messages: Messages, key: str, measure: str, groups: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """The sentences of one dimension, by the name of their text."""

    def text(name: str, **values: str) -> tuple[str, str]:
        return name, messages.text(f"finding.regencies.{key}.{name}", **values)

    gain, loss = groups[GAIN], groups[LOSS]
    yield "count", counted(evidence, messages, key, groups)
    if gain:
        yield text("top", names=named(evidence, messages, measure, gain[:NAMED]))
    if len(gain) >= 2 * NAMED:
        yield text("bottom", names=named(evidence, messages, measure, gain[: -NAMED - 1 : -1]))
    if loss:
        yield text("loss", names=named(evidence, messages, measure, loss[:NAMED], -1.0))
    everywhere = len(groups[SMALL]) == len(evidence.plans[evidence.main].regencies.code)
    for name, codes in (("loss_rest", loss[NAMED:]), ("small", [] if everywhere else groups[SMALL])):
        if codes:
            yield text(name, names=_names(evidence, messages, codes))
    for name, codes in _pointing(evidence, measure, groups[UNCLEAR]).items():
        if codes:
            shown = named(evidence, messages, measure, codes[:MOST_NAMED], -1.0 if name == "unclear_loss" else 1.0)
            rest = messages.number(len(codes) - MOST_NAMED, 0)
            more = messages.text("finding.and_more", names=shown, more=rest) if len(codes) > MOST_NAMED else shown
            yield text(name, names=more)
    smallest = _smallest_of(evidence, messages, measure, groups[UNCLEAR]) if groups[UNCLEAR] else ""
    if smallest:
        yield text("unclear_smallest", smallest=smallest)


def counted(evidence: Evidence, messages: Messages, key: str, groups: Mapping[str, Sequence[str]]) -> str:
    """In how many regencies it is so and so; what is nowhere so is not told."""
    every = sum(map(len, groups.values()))

    def number(kind: str, codes: Sequence[str]) -> str:
        if len(codes) < every:
            return messages.number(len(codes), 0)
        return messages.text(f"finding.regencies.{'any' if kind == UNCLEAR else 'every'}")

    kinds = [
        messages.text(f"finding.regencies.{key}.count_{kind}", number=number(kind, codes))
        for kind, codes in groups.items()
        if codes
    ]
    told = {"all": messages.number(every, 0), "kinds": messages.names(kinds), "burden": evidence.burden(messages)}
    return messages.text(f"finding.regencies.{key}.count", **told)


def _pointing(evidence: Evidence, measure: str, codes: Sequence[str]) -> dict[str, list[str]]:
    """Regencies of which nothing is clear by where they point, the largest first.

    One points somewhere if its interval by itself, without an adjustment for the others, leaves out zero.
    """
    found = {code: evidence.difference(evidence.main, measure, "mean", "regency", code) for code in codes}
    ordered = sorted(codes, key=lambda code: (-abs(found[code].difference), code))
    up, down = ([code for code in ordered if points(found[code])] for points in (_above, _below))
    return {
        "unclear_gain": up,
        "unclear_loss": down,
        "unclear_none": [code for code in ordered if code not in (*up, *down)],
    }


def _above(found: Difference) -> bool:
    return found.low > 0.0


def _below(found: Difference) -> bool:
    return found.high < 0.0


def _smallest_of(evidence: Evidence, messages: Messages, measure: str, codes: Sequence[str]) -> str:
    """The smallest changes that would have been clear four times in five in some regencies: the least and the most.

    Nothing where they are so far apart that nobody would be the wiser, as after two replications.
    """
    found = (evidence.difference(evidence.main, measure, "mean", "regency", code) for code in codes)
    sizes = [evidence.smallest_shown(measure, "mean", "regency", each) for each in found]
    written = partial(change_formatter, measure, "mean", messages)
    low, high = min(sizes), max(sizes)
    if high > MOST_APART * low:
        return ""
    if written(0)(low) == written(0)(high):
        return with_interval(messages, written, high, high / 2, high)[0]
    return with_interval(messages, written, low, low, high)[1]


def by_verdict(evidence: Evidence, measure: str, scenario: str | None = None) -> dict[str, list[str]]:
    """Codes of regencies by verdict on a scenario, or on the main one; the largest gain and the largest loss first."""
    found: dict[str, list[str]] = {GAIN: [], LOSS: [], SMALL: [], UNCLEAR: []}
    size = {}
    for code in evidence.plans[evidence.main].regencies.code:
        difference = evidence.difference(scenario or evidence.main, measure, "mean", "regency", code)
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


def named(
    evidence: Evidence,
    messages: Messages,
    measure: str,
    codes: Sequence[str],
    sign: float = 1.0,
    statistic: str = "mean",
    scenario: str | None = None,
) -> str:
    """Regencies, each with its number and interval; and with the people that a mean rests on, where they are few."""
    names, scenario = _regency_names(evidence), scenario or evidence.main
    found = [evidence.difference(scenario, measure, statistic, "regency", code) for code in codes]
    texts = []
    for code, numbers in zip(codes, interval_list(messages, measure, statistic, found, sign), strict=True):
        people = _compared(evidence, code, scenario)
        few = "_few" if statistic == "mean" and people < FEW_PEOPLE else ""
        shown = messages.number(people, 0)
        texts.append(messages.text(f"finding.regencies.at{few}", name=names[code], people=shown, **numbers))
    return messages.names(texts)
