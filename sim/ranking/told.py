"""What a ranking tells: a line for each alternative, the best first, and which of them may be the best."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.ranking.chosen import is_over
from sim.ranking.ranked import Ranked
from sim.report.messages import Messages
from sim.report.written import FINEST, change_formatter, usual_decimals
from sim.trying.doubted import doubted
from sim.trying.states import State, key_of
from sim.trying.told import (
    AGREE,
    NOT_TOLD,
    agreement,
    explained,
    refusals,
    replications_told,
    state_told,
    told_number,
)
from sim.trying.trials import AS_IT_STANDS, CONFIDENCE, by_chance

MAY_BE, IS_NOT, OVER = "* ", "  ", "x "
MOST_LINES = 40
"""Alternatives that are told line by line; the table has the others."""
MOST_NAMED = 10
"""Alternatives that may be the best and are named."""
COUNTED: tuple[State, ...] = ("kept", "not kept", "not clear", "no value")
"""States of which it is told how many alternatives are in each."""
FEW = 10
"""Counted in all replications together, below which their mean is far from normal: see docs/statistics.md."""
TWO_DIGITS = 10.0


def lines_of(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """The lines to be printed."""
    number, confidence = messages.number(len(ranked.alternatives), 0), messages.percent(CONFIDENCE, 0)
    order = messages.text(f"ranking.{ranked.word}")
    yield messages.text("ranking.head", number=number, what=_what(ranked.sites, messages), by=ranked.by, order=order)
    yield from replications_told(ranked.done, ranked.replications, ranked.seed, "alternative", messages)
    yield ""
    yield from table(ranked, messages)
    yield ""
    yield from answers(ranked, messages)
    yield ""
    yield messages.text("tried.intervals", confidence=confidence)
    if ranked.limits:
        yield messages.text("ranking.limits_too", confidence=confidence)


def _what(sites: Sequence[str], messages: Messages) -> str:
    """What is ranked, in the plural."""
    what = "ways" if len(sites) > 1 else "places" if sites else "alternatives"
    return messages.text(f"ranking.{what}", names=messages.names(sites))


def table(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """A line for each alternative, with a mark where it may be the best, and one for what gains are against."""
    chance = [by_chance(ranked.estimates, number) for number in range(len(ranked.asked))]
    first, second = zip(*_columns(ranked, messages), strict=True)
    behind, at_most = (messages.text(f"ranking.{key}") for key in ("behind", "at_most"))
    rows = [["", first[0], behind, *first[1:]], ["", second[0], at_most, *second[1:]]]
    shown = [place for place in ranked.places if place not in ranked.refused][:MOST_LINES]
    counted = set(ranked.counted)
    for number, place in enumerate(shown, start=1):
        mark = MAY_BE if ranked.may_be_best.get(place) else OVER if is_over(ranked.states[place]) else IS_NOT
        numbers = _numbers(ranked, place, chance, messages)
        rows.append(
            [
                f"{number if place in counted else '':3} {mark}{ranked.alternatives[place].name}",
                numbers[0],
                _behind(ranked, place, messages),
                *numbers[1:],
            ]
        )
    if AS_IT_STANDS in ranked.estimates:
        numbers = _numbers(ranked, AS_IT_STANDS, chance, messages)
        rows.append([f"    {IS_NOT}{_against(ranked, messages)}", numbers[0], "", *numbers[1:]])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        line = "  ".join([name.ljust(widths[0]), *(c.rjust(width) for c, width in zip(cells, widths[1:], strict=True))])
        if line.strip():
            yield line.rstrip()
    left = len(ranked.places) - len(ranked.refused) - len(shown)
    if left:
        yield messages.text("ranking.more", number=messages.number(left, 0))
    yield messages.text("ranking.may_be", mark=MAY_BE.strip(), kept=_that_count(ranked, messages))
    if any(is_over(ranked.states[place]) for place in shown):
        yield messages.text("ranking.over", mark=OVER.strip())
    if any(AGREE in cell for row in rows for cell in row):
        yield agreement(messages)


def _columns(ranked: Ranked, messages: Messages) -> Iterator[tuple[str, str]]:
    """The two lines over each column of numbers, and over that of each limit, which follows its number."""
    for one in ranked.asked:
        yield one.parts
        if one.sign:
            yield "", messages.text("ranking.limit")


def _numbers(ranked: Ranked, place: int, chance: Sequence[bool], messages: Messages) -> list[str]:
    """The cells under the columns."""
    told, states = [], iter(ranked.states[place])
    for number, one in enumerate(ranked.asked):
        told.append(told_number(one, ranked.estimates[place].iloc[number], chance[number], messages))
        if one.sign:
            told.append(state_told(next(states), messages))
    return told


def _that_count(ranked: Ranked, messages: Messages) -> str:
    if not ranked.limits:
        return ""
    return messages.text(f"ranking.kept_{'all' if len(ranked.limits) > 1 else 'one'}")


def _the_limits(ranked: Ranked, messages: Messages) -> str:
    return messages.text("ranking.all_limits" if len(ranked.limits) > 1 else "ranking.the_limit")


def _against(ranked: Ranked, messages: Messages) -> str:
    return messages.text(f"ranking.{'without' if ranked.without else 'stands'}", names=messages.names(ranked.sites))


def _behind(ranked: Ranked, place: int, messages: Messages) -> str:
    behind = ranked.behind.get(place, math.nan)
    if math.isnan(behind):
        return NOT_TOLD
    return _difference(ranked, behind, messages) if math.isfinite(behind) else messages.text("ranking.not_known")


def _difference(ranked: Ranked, value: float, messages: Messages) -> str:
    """A distance from the best, with as many digits as the largest one that is told needs for two of its own."""
    quantity = ranked.by.quantity
    measure, statistic = quantity.measure, quantity.statistic
    most = max((one for one in ranked.behind.values() if math.isfinite(one)), default=0.0)
    unit = 10.0 ** -usual_decimals(measure, statistic)
    finer = next(
        (finer for finer in range(FINEST) if most * 10.0**finer >= TWO_DIGITS * unit), 0 if most == 0 else FINEST
    )
    return change_formatter(measure, statistic, messages, finer)(value)


def answers(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """Which may be the best, how much is lost at most with any of them, and what was refused."""
    candidates, known, simulated = ranked.candidates, ranked.known, len(ranked.places) - len(ranked.refused)
    yield _best(ranked, [ranked.alternatives[place].name for place in candidates], messages)
    yield from _of_limits(ranked, messages)
    if len(known) < simulated:
        yield messages.text("ranking.no_value")
    if len(candidates) > 1:
        yield from _losses(ranked, candidates, messages)
    if ranked.by.quantity.statistic == "count" and known:
        counted = max(ranked.value(place) * ranked.replicated[place] for place in known)
        if counted < FEW:
            yield messages.text("ranking.few", number=messages.number(FEW, 0))
    if ranked.untried:
        yield messages.text("ranking.untried", number=messages.number(ranked.untried, 0))
    if len(known) == simulated > 1 and len({ranked.value(place) for place in known}) == 1:
        yield messages.text("ranking.nothing")
    yield from refusals(ranked.refused, lambda place: ranked.alternatives[place].name, messages)
    yield from _stand(ranked, messages)
    yield from _printed(ranked, messages)
    yield from doubted(
        ranked.doubts, lambda places: ", ".join(_called(ranked, place, messages) for place in places), messages
    )


def _called(ranked: Ranked, place: int, messages: Messages) -> str:
    return _against(ranked, messages) if place == AS_IT_STANDS else ranked.alternatives[place].name


def _best(ranked: Ranked, names: Sequence[str], messages: Messages) -> str:
    """Which may be the best, by the names of those that may."""
    some, left = "; ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if left > 0:
        some = messages.text("ranking.named_more", names=some, number=messages.number(left, 0))
    answer = "any_if" if ranked.answer == "any" and ranked.limits else ranked.answer
    return messages.text(
        f"ranking.answer.{answer}",
        by=ranked.by,
        names=some,
        number=messages.number(len(names), 0),
        kept=_that_count(ranked, messages),
        limits=_the_limits(ranked, messages),
        confidence=messages.percent(CONFIDENCE, 0),
    )


def _of_limits(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """How many keep each limit, and what is meant where that is not clear."""
    simulated = [place for place in ranked.places if place not in ranked.refused]
    for number, one in enumerate(ranked.limits):
        states = [ranked.states[place][number] for place in simulated]
        counts = (
            messages.text(f"ranking.counts.{key_of(state)}", number=messages.number(states.count(state), 0))
            for state in COUNTED
            if state in states
        )
        yield messages.text("ranking.of_limit", limit=one, counts=", ".join(counts))
    yield from explained({state for place in simulated for state in ranked.states[place]}, messages)


def _losses(ranked: Ranked, candidates: Sequence[int], messages: Messages) -> Iterator[str]:
    """What is lost at most with the first of those that may be the best, with whichever loses least, and with any."""
    behind = {place: ranked.behind[place] for place in candidates if math.isfinite(ranked.behind[place])}
    value = {place: _difference(ranked, lost, messages) for place, lost in behind.items()}
    first = candidates[0]
    least = min(behind, key=lambda place: behind[place], default=first)
    name = {place: ranked.alternatives[place].name for place in (first, least)}
    if first in behind:
        kept = _that_count(ranked, messages)
        yield messages.text("ranking.first", name=name[first], value=value[first], kept=kept)
    if least != first:
        yield messages.text("ranking.least_lost", name=name[least], value=value[least])
    if len(behind) == len(candidates) and max(behind.values()) > behind[first]:
        yield messages.text("ranking.any_lost", value=value[max(behind, key=lambda place: behind[place])])


def _stand(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """Where the scenario has the sites that are placed, if they were tried there: against what others are weighed."""
    for number, site in enumerate(ranked.sites):
        places = (ranked.alternatives[alternative].places[number] for alternative in ranked.places)
        name = next((place.name for place in places if place.as_it_stands), None)
        if name is not None:
            yield messages.text("ranking.stands_at", site=site, place=name)


def _printed(ranked: Ranked, messages: Messages) -> Iterator[str]:
    """Which office prints the books of a site where, if that is not the same everywhere."""
    for number, site in enumerate(ranked.sites):
        by_office: dict[str, dict[str, None]] = {}
        for alternative in ranked.places:
            place = ranked.alternatives[alternative].places[number]
            by_office.setdefault(place.printed_by, {})[place.name] = None
        key = "ranking.printed_of" if len(ranked.sites) > 1 else "ranking.printed"
        if len(by_office) > 1:
            for office, names in by_office.items():
                yield messages.text(key, site=site, office=office, places="; ".join(names))
