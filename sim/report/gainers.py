"""Who gains and who does not, by regency: proven, too small to be written, or not proven and where it points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.sentences import GAIN, LOSS, SMALL, SMALLEST, UNCLEAR, Sentence, interval, verdict
from sim.report.tables import change_formatter, with_interval

DIMENSIONS = (
    ("travel", "travel_hours_saved"),
    ("days", "days_saved"),
    ("cost", "cost_rupiah_saved"),
)
NAMED = 3
"""Regencies named at each end."""
MOST_NAMED = 6
"""Regencies named of which nothing is proven; the others are in the table."""


def regencies_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Who gains most and least, who does not, and who loses."""
    for key, measure in DIMENSIONS:
        groups = by_verdict(evidence, measure)
        if not any(groups.values()):
            continue
        for name, text in _regency_texts(evidence, messages, key, measure, groups):
            shown = key == DIMENSIONS[0][0] and name != "bottom"
            yield Sentence(text, text if shown else "")


def _regency_texts(
    evidence: Evidence, messages: Messages, key: str, measure: str, groups: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """The sentences of one dimension, by the name of their text."""

    def text(name: str, **values: str) -> tuple[str, str]:
        return name, messages.text(f"finding.regencies.{key}.{name}", **values)

    gain, loss = groups[GAIN], groups[LOSS]
    sizes = {kind: len(group) for kind, group in groups.items()}
    sizes["all"] = sum(sizes.values())
    yield text("count", **{name: messages.number(size, 0) for name, size in sizes.items()})
    if gain:
        yield text("top", names=named(evidence, messages, measure, gain[:NAMED]))
    if len(gain) >= 2 * NAMED:
        yield text("bottom", names=named(evidence, messages, measure, gain[: -NAMED - 1 : -1]))
    if loss:
        yield text("loss", names=named(evidence, messages, measure, loss[:NAMED], -1.0))
    for name, codes in (("loss_rest", loss[NAMED:]), ("small", groups[SMALL])):
        if codes:
            yield text(name, names=_names(evidence, messages, codes))
    for name, codes in _pointing(evidence, measure, groups[UNCLEAR]).items():
        if codes:
            shown = named(evidence, messages, measure, codes[:MOST_NAMED], -1.0 if name == "unclear_loss" else 1.0)
            rest = messages.number(len(codes) - MOST_NAMED, 0)
            more = messages.text("finding.and_more", names=shown, more=rest) if len(codes) > MOST_NAMED else shown
            yield text(name, names=more)
    if groups[UNCLEAR]:
        yield text("unclear_smallest", smallest=_smallest_of(evidence, messages, measure, groups[UNCLEAR]))


def _pointing(evidence: Evidence, measure: str, codes: Sequence[str]) -> dict[str, list[str]]:
    """Regencies of which nothing is proven by where their estimates point, the largest first."""
    sizes = {code: evidence.difference(evidence.main, measure, "mean", "regency", code).difference for code in codes}
    ordered = sorted(codes, key=lambda code: (-abs(sizes[code]), code))
    least = SMALLEST[measure]
    return {
        "unclear_gain": [code for code in ordered if sizes[code] >= least],
        "unclear_loss": [code for code in ordered if sizes[code] <= -least],
        "unclear_none": [code for code in ordered if abs(sizes[code]) < least],
    }


def _smallest_of(evidence: Evidence, messages: Messages, measure: str, codes: Sequence[str]) -> str:
    """The smallest changes that would have been proven four times in five in some regencies: the least and the most."""
    found = (evidence.difference(evidence.main, measure, "mean", "regency", code) for code in codes)
    sizes = [evidence.smallest_shown(measure, "mean", "regency", each) for each in found]
    written = partial(change_formatter, measure, "mean", messages)
    low, high = min(sizes), max(sizes)
    if written(0)(low) == written(0)(high):
        return with_interval(messages, written, high, high / 2, high)[0]
    return with_interval(messages, written, low, low, high)[1]


def by_verdict(evidence: Evidence, measure: str, statistic: str = "mean") -> dict[str, list[str]]:
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


def named(
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
