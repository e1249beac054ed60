"""What a ranking tells: a line for each alternative, the best first, and which of them may be the best."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from sim.ranking.chosen import is_over
from sim.ranking.ranked import Answer, Ranked
from sim.report.messages import Messages
from sim.report.written import FINEST, change_formatter, usual_decimals
from sim.trying.doubted import doubted
from sim.trying.states import EXPLAINED, State
from sim.trying.told import AGREE, NOT_TOLD, refusals, replications_told, told_number
from sim.trying.trials import AS_IT_STANDS, CONFIDENCE, by_chance

MAY_BE, IS_NOT, OVER = "* ", "  ", "x "
LIMIT = "limit"
"""Over the column of whether it is kept."""
MOST_LINES = 40
"""Alternatives that are told line by line; the table has the others."""
MOST_NAMED = 10
"""Alternatives that may be the best and are named."""
OF: Mapping[State, str] = {
    "kept": "kept by", "not kept": "not kept by", "not clear": "not clear for", "no value": "no value for"
}  # fmt: skip
"""What is told of a limit with the number of alternatives."""
NOT_KNOWN = "not known"
FEW = 10
"""Counted in all replications together, below which their mean is far from normal: see docs/statistics.md."""
NO_VALUE = (
    "no value (-): nobody is there of whom it could be told; or, of gains, others are in need than in what they are "
    "against"
)
TWO_DIGITS = 10.0


def lines_of(ranked: Ranked) -> Iterator[str]:
    """The lines to be printed."""
    yield f"{len(ranked.alternatives)} {_what(ranked.sites)}, by {ranked.by}, the {ranked.word} first"
    yield from replications_told(ranked.done, ranked.replications, ranked.seed, "alternative")
    yield ""
    yield from table(ranked)
    yield ""
    yield from answers(ranked)
    yield f"\nIntervals of {100 * CONFIDENCE:g}% that hold all together."
    if ranked.limits:
        told = "What is told of the limits, of the best and of how far others are behind it holds"
        yield f"{told} with {100 * CONFIDENCE:g}% all together too."


def _what(sites: Sequence[str]) -> str:
    """What is ranked, in the plural."""
    if not sites:
        return "alternatives"
    names = Messages("en").names(sites)
    return f"places of {names}" if len(sites) == 1 else f"ways to place {names}, named in this order"


def table(ranked: Ranked) -> Iterator[str]:
    """A line for each alternative, with a mark where it may be the best, and one for what gains are against."""
    chance = [by_chance(ranked.estimates, number) for number in range(len(ranked.asked))]
    first, second = zip(*_columns(ranked), strict=True)
    rows = [["", first[0], "behind the best", *first[1:]], ["", second[0], "at most", *second[1:]]]
    shown = [place for place in ranked.places if place not in ranked.refused][:MOST_LINES]
    counted = set(ranked.counted)
    for number, place in enumerate(shown, start=1):
        mark = MAY_BE if ranked.may_be_best.get(place) else OVER if is_over(ranked.states[place]) else IS_NOT
        numbers = _numbers(ranked, place, chance)
        rows.append(
            [
                f"{number if place in counted else '':3} {mark}{ranked.alternatives[place].name}",
                numbers[0],
                _behind(ranked, place),
                *numbers[1:],
            ]
        )
    if AS_IT_STANDS in ranked.estimates:
        numbers = _numbers(ranked, AS_IT_STANDS, chance)
        rows.append([f"    {IS_NOT}{_against(ranked)}", numbers[0], "", *numbers[1:]])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        line = "  ".join([name.ljust(widths[0]), *(c.rjust(width) for c, width in zip(cells, widths[1:], strict=True))])
        if line.strip():
            yield line.rstrip()
    left = len(ranked.places) - len(ranked.refused) - len(shown)
    if left:
        yield f"and {left} more, in the table"
    yield f"{MAY_BE.strip()} may be the best{_that_count(ranked)}"
    if any(is_over(ranked.states[place]) for place in shown):
        yield f"{OVER.strip()} does not keep a limit, and is not the best whatever its number"
    if any(AGREE in cell for row in rows for cell in row):
        yield f"{AGREE.strip()} the same in all replications: there is no interval, and others may differ"


def _columns(ranked: Ranked) -> Iterator[tuple[str, str]]:
    """The two lines over each column of numbers, and over that of each limit, which follows its number."""
    for one in ranked.asked:
        yield one.parts
        if one.sign:
            yield "", LIMIT


def _numbers(ranked: Ranked, place: int, chance: Sequence[bool]) -> list[str]:
    """The cells under the columns."""
    told, states = [], iter(ranked.states[place])
    for number, one in enumerate(ranked.asked):
        told.append(told_number(one, ranked.estimates[place].iloc[number], chance[number]))
        if one.sign:
            told.append(next(states))
    return told


def _that_count(ranked: Ranked) -> str:
    return f" of those that keep {_the_limits(ranked)}" if ranked.limits else ""


def _the_limits(ranked: Ranked) -> str:
    return "all limits" if len(ranked.limits) > 1 else "the limit"


def _against(ranked: Ranked) -> str:
    return f"without {Messages('en').names(ranked.sites)}" if ranked.without else "as it stands"


def _behind(ranked: Ranked, place: int) -> str:
    behind = ranked.behind.get(place, math.nan)
    if math.isnan(behind):
        return NOT_TOLD
    return _difference(ranked, behind) if math.isfinite(behind) else NOT_KNOWN


def _difference(ranked: Ranked, value: float) -> str:
    """A distance from the best, with as many digits as the largest one that is told needs for two of its own."""
    quantity = ranked.by.quantity
    measure, statistic = quantity.measure, quantity.statistic
    most = max((one for one in ranked.behind.values() if math.isfinite(one)), default=0.0)
    unit = 10.0 ** -usual_decimals(measure, statistic)
    finer = next(
        (finer for finer in range(FINEST) if most * 10.0**finer >= TWO_DIGITS * unit), 0 if most == 0 else FINEST
    )
    return change_formatter(measure, statistic, Messages("en"), finer)(value)


def answers(ranked: Ranked) -> Iterator[str]:
    """Which may be the best, how much is lost at most with any of them, and what was refused."""
    candidates, known, simulated = ranked.candidates, ranked.known, len(ranked.places) - len(ranked.refused)
    yield _best(ranked, [ranked.alternatives[place].name for place in candidates])
    yield from _of_limits(ranked)
    if len(known) < simulated:
        yield NO_VALUE
    if len(candidates) > 1:
        yield from _losses(ranked, candidates)
    if ranked.by.quantity.statistic == "count" and known:
        counted = max(ranked.value(place) * ranked.replicated[place] for place in known)
        if counted < FEW:
            yield f"warning: fewer than {FEW} are counted in any of them: what is told of the best is less sure"
    if ranked.untried:
        yield f"{ranked.untried} alternatives were not tried, and any of them may be better"
    if len(known) == simulated > 1 and len({ranked.value(place) for place in known}) == 1:
        yield "nothing that they are ordered by differs between them: do these settings matter in this scenario?"
    yield from refusals(ranked.refused, lambda place: ranked.alternatives[place].name)
    yield from _stand(ranked)
    yield from _printed(ranked)
    yield from doubted(ranked.doubts, lambda places: ", ".join(_called(ranked, place) for place in places))


def _called(ranked: Ranked, place: int) -> str:
    return _against(ranked) if place == AS_IT_STANDS else ranked.alternatives[place].name


def _best(ranked: Ranked, names: Sequence[str]) -> str:
    """Which may be the best, by the names of those that may."""
    sure, that, limits = f"with {100 * CONFIDENCE:g}%", _that_count(ranked), _the_limits(ranked)
    more = f"; and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    some = f"{'; '.join(names[:MOST_NAMED])}{more}"
    texts: Mapping[Answer, str] = {
        "none": f"no alternative has a value of {ranked.by}",
        "over": f"none of them keeps {limits}, {sure}",
        "alone": f"{some} alone has a value of {ranked.by}",
        "one": f"the best{that}, {sure}: {some}",
        "one_if": f"{some} alone may keep {limits}, {sure}; whether it does is not clear",
        "several": f"one of these {len(names)} is the best{that}, {sure}: {some}",
        "any": f"any of them{' that may keep ' + limits if that else ''} may be the best: --replications for more",
    }
    return texts[ranked.answer]


def _of_limits(ranked: Ranked) -> Iterator[str]:
    """How many keep each limit, and what is meant where that is not clear."""
    simulated = [place for place in ranked.places if place not in ranked.refused]
    for number, one in enumerate(ranked.limits):
        states = [ranked.states[place][number] for place in simulated]
        yield f"{one}: {', '.join(f'{text} {states.count(state)}' for state, text in OF.items() if state in states)}"
    seen = {state for place in simulated for state in ranked.states[place]}
    yield from (text for state, text in EXPLAINED.items() if state in seen)


def _losses(ranked: Ranked, candidates: Sequence[int]) -> Iterator[str]:
    """What is lost at most with the first of those that may be the best, with whichever loses least, and with any."""
    behind = {place: ranked.behind[place] for place in candidates if math.isfinite(ranked.behind[place])}
    first = candidates[0]
    least = min(behind, key=lambda place: behind[place], default=first)
    name = {place: ranked.alternatives[place].name for place in (first, least)}
    if first in behind:
        best = f"whichever is the best{_that_count(ranked)}"
        yield f"with {name[first]} at most {_difference(ranked, behind[first])} is lost against {best}"
    if least != first:
        yield f"least is lost at most with {name[least]}: {_difference(ranked, behind[least])}"
    if len(behind) == len(candidates) and max(behind.values()) > behind[first]:
        yield f"with any of them at most {_difference(ranked, max(behind.values()))}"


def _stand(ranked: Ranked) -> Iterator[str]:
    """Where the scenario has the sites that are placed, if they were tried there: against what others are weighed."""
    for number, site in enumerate(ranked.sites):
        places = (ranked.alternatives[alternative].places[number] for alternative in ranked.places)
        name = next((place.name for place in places if place.as_it_stands), None)
        if name is not None:
            yield f"{site} stands at {name} in the scenario"


def _printed(ranked: Ranked) -> Iterator[str]:
    """Which office prints the books of a site where, if that is not the same everywhere."""
    for number, site in enumerate(ranked.sites):
        by_office: dict[str, dict[str, None]] = {}
        for alternative in ranked.places:
            place = ranked.alternatives[alternative].places[number]
            by_office.setdefault(place.printed_by, {})[place.name] = None
        of = f" of {site}" if len(ranked.sites) > 1 else ""
        if len(by_office) > 1:
            for office, names in by_office.items():
                yield f"books{of} printed by {office}: {'; '.join(names)}"
