"""What a sweep tells: a line for each value that was tried, and from where to where the limits are kept."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sim.report.messages import Messages
from sim.report.written import formatter, with_interval
from sim.sweeping.run import CONFIDENCE, NOT_SET, Swept, kept, together
from sim.sweeping.search import State, runs

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeping.asked import Asked

HERE = " *"
NOT_TOLD = "-"
FINER = 1
"""Digits more than usual that a number may take for the ends of its interval to differ."""
ORDER: tuple[State, ...] = ("kept", "not kept", "not clear", "refused")


def lines_of(swept: Swept) -> Iterator[str]:
    """The lines to be printed."""
    yield f"{swept.path} from {swept.grid.low} to {swept.grid.high}"
    yield f"{swept.replications} replications of each value that is tried, with the same people (seed {swept.seed})\n"
    yield from table(swept)
    yield ""
    yield from answers(swept)
    if swept.nothing_differs:
        yield f"nothing that is told differs between the values: does {swept.path} matter in this scenario?"
    yield f"\nIntervals of {100 * CONFIDENCE:g}% that hold all together, over all values that might have been tried."


def table(swept: Swept) -> Iterator[str]:
    """A line for each value, that which the scenario has with a mark."""
    heads = ["value  ", *(str(one) for one in swept.asked), *(["limits"] if swept.limits else [])]
    rows = []
    for place in swept.places:
        cells = [f"{swept.value(place)}{HERE if swept.is_as_it_stands(place) else '  '}", *_cells(swept, place)]
        if swept.limits:
            of_place = swept.estimates.get(place)
            cells.append("refused" if of_place is None else together(kept(swept.limits, of_place)))
        rows.append(cells)
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in [heads, *rows]:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if swept.stands is NOT_SET:
        yield "the scenario does not set it"
    elif any(swept.is_as_it_stands(place) for place in swept.places):
        yield f"{HERE.strip()} as it stands in the scenario"


def _cells(swept: Swept, place: int) -> list[str]:
    rows = swept.estimates.get(place)
    if rows is None:
        return [NOT_TOLD for _ in swept.asked]
    return [_number(one, row) for one, (_, row) in zip(swept.asked, rows.iterrows(), strict=True)]


def _number(asked: Asked, row: pd.Series) -> str:
    """An estimate with its interval."""
    estimate, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    if math.isnan(estimate):
        return NOT_TOLD
    messages = Messages("en")
    written = partial(formatter, asked.quantity.measure, asked.quantity.statistic, messages)
    # Numbers of a column stand beside each other: most would say nothing by more digits.
    value, ends = with_interval(messages, lambda finer: written(min(finer, FINER)), estimate, low, high)
    return f"{value} ({ends})" if ends != value else value


def answers(swept: Swept) -> Iterator[str]:
    """Which values keep the limits, and what is not known of those between."""
    if not swept.limits:
        yield f"{len(swept.places)} values tried; a limit (--measure '... <= 30') has those sought that keep it"
        return
    states = swept.states
    overall = {place: together(several) for place, several in states.items()}
    if len(swept.limits) > 1:
        for number, one in enumerate(swept.limits.values()):
            yield f"{one}:"
            # A value that is refused has one state for all limits.
            of_one = {place: several[min(number, len(several) - 1)] for place, several in states.items()}
            yield from (f"    {line}" for line in _by_state(swept, of_one))
        yield "all of them:"
        yield from (f"    {line}" for line in _by_state(swept, overall))
    else:
        yield from _by_state(swept, overall)
    gaps = [(a[-1], b[0]) for (_, a), (_, b) in itertools.pairwise(runs(states)) if b[0] - a[-1] > 1]
    if gaps:
        between = ", ".join(f"{swept.value(a)} and {swept.value(b)}" for a, b in gaps)
        yield f"where it changes between {between} is not known: more values may be tried (--tries)"
    if any("not clear" in several for several in states.values()):
        yield "not clear: the interval holds the limit; more replications tell (--replications)"
    for place, why in swept.refused.items():
        yield f"refused: {swept.value(place)}: {why.splitlines()[0]}"


def _by_state(swept: Swept, states: Mapping[int, State]) -> Iterator[str]:
    """The values of each state, from where to where."""
    found = runs(states)
    for state in ORDER:
        parts = [_from_to(swept, places) for one, places in found if one == state]
        if parts or state == "kept":
            yield f"{state}: {', '.join(parts) or 'none that was tried'}"


def _from_to(swept: Swept, places: list[int]) -> str:
    first, last = swept.value(places[0]), swept.value(places[-1])
    if len(places) == 1:
        return f"{first}"
    untried = places[-1] - places[0] + 1 - len(places)
    return f"{first} to {last}" + (f" ({len(places)} of {len(places) + untried} tried)" if untried else "")
