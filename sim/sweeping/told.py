"""What a sweep tells: a line for each value that was tried, and from where to where the limits are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.report.messages import Messages
from sim.sweeping.search import gaps, runs
from sim.sweeping.swept import Swept
from sim.trying.doubted import doubted
from sim.trying.states import State, together
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

HERE, ELSEWHERE = " *", "  "
ORDER: tuple[State, ...] = ("kept", "not kept", "not clear", "no value", "refused")


def lines_of(swept: Swept, messages: Messages) -> Iterator[str]:
    """The lines to be printed."""
    setting = swept.setting
    low, high = setting.told(0), setting.told(setting.grid.steps)
    yield messages.text("sweeping.head", path=setting.path, low=low, high=high)
    yield from replications_told(swept.done, swept.replications, swept.seed, "value", messages)
    yield ""
    yield from table(swept, messages)
    yield ""
    yield from answers(swept, messages)
    yield ""
    yield messages.text("sweeping.intervals", confidence=messages.percent(CONFIDENCE, 0))


def table(swept: Swept, messages: Messages) -> Iterator[str]:
    """A line for each value, that which the scenario has with a mark, and what the marks say."""
    states, setting = swept.states, swept.setting
    chance = [by_chance(swept.estimates, number) for number in range(len(swept.asked))]
    first, second = zip(*(one.parts for one in swept.asked), strict=True)
    ends = [messages.text("sweeping.limits")] if swept.limits else []
    rows = [[f"{messages.text('sweeping.value')}{ELSEWHERE}", *first, *ends], ["", *second, *[""] * len(ends)]]
    for place in swept.places:
        mark = HERE if place == setting.here else ELSEWHERE
        overall = [state_told(together(states[place]), messages)] if swept.limits else []
        rows.append([f"{setting.told(place)}{mark}", *_cells(swept, place, chance, messages), *overall])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    yield from (line for line in lines if line)
    if setting.here in swept.places:
        yield messages.text("sweeping.here", mark=HERE.strip())
    if any(AGREE in line for line in lines):
        yield agreement(messages)


def _cells(swept: Swept, place: int, chance: list[bool], messages: Messages) -> list[str]:
    rows = swept.estimates.get(place)
    if rows is None:
        return [NOT_TOLD for _ in swept.asked]
    told = zip(swept.asked, (row for _, row in rows.iterrows()), chance, strict=True)
    return [told_number(one, row, varies, messages) for one, row, varies in told]


def answers(swept: Swept, messages: Messages) -> Iterator[str]:
    """Which values keep the limits, and what is not known of those between."""
    if swept.nothing_differs:
        yield messages.text("sweeping.nothing", path=swept.setting.path)
    if swept.limits:
        yield from _of_limits(swept, messages)
    else:
        yield messages.text("sweeping.no_limits", number=messages.number(len(swept.places), 0))
    yield from refusals(swept.refused, swept.setting.told, messages)
    yield from doubted(swept.doubts, lambda places: ", ".join(map(swept.setting.told, places)), messages)


def _of_limits(swept: Swept, messages: Messages) -> Iterator[str]:
    states = swept.states
    overall = {place: together(several) for place, several in states.items()}
    if len(swept.limits) > 1:
        for number, one in enumerate(swept.limits):
            yield f"{one}:"
            of_one = {place: several[number] for place, several in states.items()}
            yield from (f"    {line}" for line in _by_state(swept, of_one, messages))
        yield messages.text("sweeping.all")
        yield from (f"    {line}" for line in _by_state(swept, overall, messages))
    else:
        yield from _by_state(swept, overall, messages)
    yield from explained({state for several in states.values() for state in several}, messages)


def _by_state(swept: Swept, states: Mapping[int, State], messages: Messages) -> Iterator[str]:
    """The values of each state, from where to where; the one as it stands by itself where it is none of the grid."""
    setting = swept.setting
    of_grid = {place: state for place, state in states.items() if place != AS_IT_STANDS}
    found = runs(of_grid)
    for state in ORDER:
        parts = [_from_to(swept, places, messages) for one, places in found if one == state]
        if parts or state == "kept":
            yield f"{state_told(state, messages)}: {', '.join(parts) or messages.text('sweeping.none')}"
    if AS_IT_STANDS in states:
        told = state_told(states[AS_IT_STANDS], messages)
        yield messages.text("sweeping.stands", value=setting.told(AS_IT_STANDS), state=told)
    open_ends = gaps(of_grid)
    if open_ends:
        pairs = (messages.text("sweeping.pair", low=setting.told(a), high=setting.told(b)) for a, b in open_ends)
        why = messages.text("sweeping.interrupted" if swept.interrupted else "sweeping.more")
        yield messages.text("sweeping.open", between=", ".join(pairs), why=why)


def _from_to(swept: Swept, places: list[int], messages: Messages) -> str:
    first, last = swept.setting.told(places[0]), swept.setting.told(places[-1])
    if len(places) == 1:
        return first
    there, range_of = places[-1] - places[0] + 1, messages.text("sweeping.from_to", first=first, last=last)
    if len(places) == there:
        return range_of
    numbers = {"tried": messages.number(len(places), 0), "there": messages.number(there, 0)}
    return messages.text("sweeping.tried_of", range=range_of, **numbers)
