"""Whether the burden of a passport lies more evenly on people than before, in words, and whether that matters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sim.report.sentences import Sentence, negated
from sim.report.written import before_and_after, change_formatter, formatter, usual_decimals
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

BURDENS = ("travel_hours", "cost_rupiah")
OF_PEOPLE = ("gini_travel_hours", "mean")
"""The coefficient over people served, each with their own hours."""
COEFFICIENT_DECIMALS = 3
"""Of a coefficient, which lies between -1 and 1."""
LAST_TENTH = "9"
"""Where the Lorenz curve leaves the last tenth of people."""
WORTH_TELLING = 0.01
"""Change of a Gini coefficient from which it matters. Twice the coefficient is the mean difference between two people
over the mean (Gini 1912), so less than this moves that difference by less than 2% of the mean. A choice, and told."""


def evenness_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """For each burden: its Gini coefficient over districts, the worst-off tenth, the gap of regencies, remoteness."""
    if not evidence.compares:
        return
    for burden in BURDENS:
        yield from _gini(evidence, messages, burden)
        if burden == BURDENS[0]:
            yield from _each_their_own(evidence, messages)
        for told in (_worst_tenth, _regency_gap, _concentration):
            yield from told(evidence, messages, burden)


def _gini(evidence: Evidence, messages: Messages, burden: str) -> Iterator[Sentence]:
    """The Gini coefficient over districts before and after, and what that means."""
    measure = f"gini_district_{burden}"
    before, after = (evidence.estimate(scenario, measure, "mean").estimate for scenario in evidence.pair)
    found = evidence.difference(evidence.main, measure, "mean")
    if math.isnan(found.difference) or math.isnan(found.low):
        return
    written = partial(_written, messages)
    way = how(evidence, found)
    text = messages.text(
        f"finding.evenness.{way}",
        burden=messages.text(f"finding.evenness.of.{burden}", burden=evidence.burden(messages)),
        **before_and_after(messages, written, written, (before, after), found, COEFFICIENT_DECIMALS),
        apart_before=messages.percent(2.0 * before, 0),
        apart_after=messages.percent(2.0 * after, 0),
        worth=messages.number(WORTH_TELLING, 2),
    )
    saved, worst = (
        evidence.direction(evidence.difference(evidence.main, measure, "mean"))
        for measure in (f"{burden}_saved", f"worst_tenth_{burden}")
    )
    if way == "more" and saved < 0 <= worst:
        text += " " + messages.text(f"finding.evenness.levelled_down.{'rises' if worst else 'unclear'}")
    yield Sentence(text)


def _each_their_own(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """The Gini coefficient of the hours of people, which no mean of a district with few served can move."""
    before, after = (evidence.estimate(scenario, *OF_PEOPLE).estimate for scenario in evidence.pair)
    found = evidence.difference(evidence.main, *OF_PEOPLE)
    if not math.isnan(found.difference + found.low):
        written = partial(_written, messages)
        numbers = before_and_after(messages, written, written, (before, after), found, COEFFICIENT_DECIMALS)
        yield Sentence(messages.text("finding.evenness.of_people", **numbers))


def how(evidence: Evidence, found: Difference) -> str:
    """``more`` or ``less`` even, ``same`` where the change is too small to matter, or ``unclear``."""
    inside = found.low > -WORTH_TELLING and found.high < WORTH_TELLING
    direction = evidence.direction(found)
    if inside or (direction and abs(found.difference) < WORTH_TELLING):
        return "same"
    return {-1: "more", 1: "less", 0: "unclear"}[direction]


def _worst_tenth(evidence: Evidence, messages: Messages, burden: str) -> Iterator[Sentence]:
    """What share of the whole the tenth of people in the districts that bear most carries, and their mean."""
    lorenz = (f"lorenz_{burden}", "share", "tenth", LAST_TENTH)
    carried = [1.0 - evidence.estimate(scenario, *lorenz).estimate for scenario in evidence.pair]
    less = evidence.difference(evidence.main, *lorenz)
    worst = (f"worst_tenth_{burden}", "mean")
    means = [evidence.estimate(scenario, *worst).estimate for scenario in evidence.pair]
    if math.isnan(less.low + sum(means)):
        return
    share = partial(formatter, "share", "share", messages)
    shares = partial(change_formatter, "share", "share", messages)
    carried_words = before_and_after(messages, share, shares, carried, negated(less), usual_decimals("share", "share"))
    change = evidence.difference(evidence.main, *worst)
    written = partial(formatter, burden, "mean", messages)
    mean_words = before_and_after(messages, written, written, means, change, usual_decimals(burden, "mean"))
    yield Sentence(
        messages.text(
            f"finding.evenness.worst_tenth.{burden}",
            burden=evidence.burden(messages),
            before=carried_words["before"],
            after=carried_words["after"],
            change=_change(evidence, messages, less, carried_words),
            mean_before=mean_words["before"],
            mean_after=mean_words["after"],
            mean_change=_change(evidence, messages, change, mean_words),
        )
    )


def _regency_gap(evidence: Evidence, messages: Messages, burden: str) -> Iterator[Sentence]:
    """What lies between the regency that bears most and the one that bears least, and which these are."""
    gap = (f"regency_gap_{burden}", "mean")
    gaps = [evidence.estimate(scenario, *gap).estimate for scenario in evidence.pair]
    found = evidence.difference(evidence.main, *gap)
    ends = [_ends(evidence, scenario, burden) for scenario in evidence.pair]
    if math.isnan(found.low + sum(gaps)) or not all(ends):
        return
    written = formatter(burden, "mean", messages)
    places = {
        f"{end}_{when}": messages.text("finding.evenness.place", name=name, value=written(value))
        for when, both in zip(("before", "after"), ends, strict=True)
        for end, (name, value) in zip(("best", "worst"), both, strict=True)
    }
    finer = partial(formatter, burden, "mean", messages)
    words = before_and_after(messages, finer, finer, gaps, found, usual_decimals(burden, "mean"))
    text = messages.text(
        f"finding.evenness.regency_gap.{burden}",
        burden=evidence.burden(messages),
        before=words["before"],
        after=words["after"],
        change=_change(evidence, messages, found, words),
        **places,
    )
    if not all(_agree(*each, usual_decimals(burden, "mean")) for each in zip(ends, gaps, strict=True)):
        text += " " + messages.text("finding.evenness.gap_of_each")
    yield Sentence(text)


def _agree(ends: tuple[tuple[str, float], ...], gap: float, decimals: int) -> bool:
    """Whether a gap is what lies between the two regencies that are named, as all three are written."""
    (_, low), (_, high) = ends
    between = round(high, decimals) - round(low, decimals)
    return round(between - round(gap, decimals), decimals) == 0.0


def _ends(evidence: Evidence, scenario: str, burden: str) -> tuple[tuple[str, float], ...]:
    """The regency that bears least and the one that bears most, with what; empty where none was measured."""
    regencies = evidence.plans[scenario].regencies
    means = {
        name: evidence.estimate(scenario, burden, "mean", "regency", code).estimate
        for code, name in zip(regencies.code, regencies.name, strict=True)
    }
    known = sorted((value, name) for name, value in means.items() if not math.isnan(value))
    return tuple((name, value) for value, name in (known[0], known[-1])) if known else ()


def _concentration(evidence: Evidence, messages: Messages, burden: str) -> Iterator[Sentence]:
    """Whether those who live far from the offices that print bear more than their share."""
    measure = (f"concentration_{burden}", "mean")
    before, after = (evidence.estimate(scenario, *measure).estimate for scenario in evidence.pair)
    found = evidence.difference(evidence.main, *measure)
    if math.isnan(before + after + found.low):
        return
    written = partial(_written, messages)
    words = before_and_after(messages, written, written, (before, after), found, COEFFICIENT_DECIMALS)
    text = messages.text(
        f"finding.evenness.concentration.{burden}",
        burden=evidence.burden(messages),
        before=words["before"],
        after=words["after"],
        change=_change(evidence, messages, found, words),
    )
    yield Sentence(text)


def _change(evidence: Evidence, messages: Messages, found: Difference, words: Mapping[str, str]) -> str:
    """A change and its interval in words, and that it is not proven where it is not."""
    proven = "change" if evidence.direction(found) else "unproven"
    return messages.text(f"finding.evenness.{proven}", value=words["value"], interval=words["interval"])


def _written(messages: Messages, finer: int) -> partial[str]:
    return partial(messages.number, decimals=COEFFICIENT_DECIMALS + finer)
