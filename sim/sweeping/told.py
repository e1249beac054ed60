"""What a sweep tells: a line for each value that was tried, and from where to where the limits are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.sweeping.search import gaps, runs
from sim.sweeping.swept import Swept
from sim.trying.doubted import doubted
from sim.trying.states import EXPLAINED, State, together
from sim.trying.told import AGREE, NOT_TOLD, refusals, replications_told, told_number
from sim.trying.trials import AS_IT_STANDS, CONFIDENCE, by_chance

HERE, ELSEWHERE = " *", "  "
ORDER: tuple[State, ...] = ("kept", "not kept", "not clear", "no value", "refused")


def lines_of(swept: Swept) -> Iterator[str]:
    """The lines to be printed."""
    setting = swept.setting
    yield f"{setting.path} from {setting.told(0)} to {setting.told(setting.grid.steps)}"
    yield from replications_told(swept.done, swept.replications, swept.seed, "value")
    yield ""
    yield from table(swept)
    yield ""
    yield from answers(swept)
    yield f"\nIntervals of {100 * CONFIDENCE:g}% that hold all together, over all values that might have been tried."


def table(swept: Swept) -> Iterator[str]:
    """A line for each value, that which the scenario has with a mark, and what the marks say."""
    states, setting = swept.states, swept.setting
    chance = [by_chance(swept.estimates, number) for number in range(len(swept.asked))]
    first, second = zip(*(one.parts for one in swept.asked), strict=True)
    ends = ["limits"] if swept.limits else []
    rows = [[f"value{ELSEWHERE}", *first, *ends], ["", *second, *[""] * len(ends)]]
    for place in swept.places:
        mark = HERE if place == setting.here else ELSEWHERE
        overall = [together(states[place])] if swept.limits else []
        rows.append([f"{setting.told(place)}{mark}", *_cells(swept, place, chance), *overall])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    yield from (line for line in lines if line)
    if setting.here in swept.places:
        yield f"{HERE.strip()} as it stands in the scenario"
    if any(AGREE in line for line in lines):
        yield f"{AGREE.strip()} the same in all replications: there is no interval, and others may differ"


def _cells(swept: Swept, place: int, chance: list[bool]) -> list[str]:
    rows = swept.estimates.get(place)
    if rows is None:
        return [NOT_TOLD for _ in swept.asked]
    told = zip(swept.asked, (row for _, row in rows.iterrows()), chance, strict=True)
    return [told_number(one, row, varies) for one, row, varies in told]


def answers(swept: Swept) -> Iterator[str]:
    """Which values keep the limits, and what is not known of those between."""
    if swept.nothing_differs:
        yield f"nothing that is told differs between the values: does {swept.setting.path} matter in this scenario?"
    if swept.limits:
        yield from _of_limits(swept)
    else:
        yield f"{len(swept.places)} values tried; a limit (--measure '... <= 30') has those sought that keep it"
    yield from refusals(swept.refused, swept.setting.told)
    yield from doubted(swept.doubts, lambda places: ", ".join(map(swept.setting.told, places)))


def _of_limits(swept: Swept) -> Iterator[str]:
    states = swept.states
    overall = {place: together(several) for place, several in states.items()}
    if len(swept.limits) > 1:
        for number, one in enumerate(swept.limits):
            yield f"{one}:"
            of_one = {place: several[number] for place, several in states.items()}
            yield from (f"    {line}" for line in _by_state(swept, of_one))
        yield "all of them:"
        yield from (f"    {line}" for line in _by_state(swept, overall))
    else:
        yield from _by_state(swept, overall)
    seen = {state for several in states.values() for state in several}
    yield from (text for state, text in EXPLAINED.items() if state in seen)


def _by_state(swept: Swept, states: Mapping[int, State]) -> Iterator[str]:
    """The values of each state, from where to where; the one as it stands by itself where it is none of the grid."""
    setting = swept.setting
    of_grid = {place: state for place, state in states.items() if place != AS_IT_STANDS}
    found = runs(of_grid)
    for state in ORDER:
        parts = [_from_to(swept, places) for one, places in found if one == state]
        if parts or state == "kept":
            yield f"{state}: {', '.join(parts) or 'none that was tried from end to end'}"
    if AS_IT_STANDS in states:
        yield f"as it stands ({setting.told(AS_IT_STANDS)}): {states[AS_IT_STANDS]}"
    open_ends = gaps(of_grid)
    if open_ends:
        between = ", ".join(f"{setting.told(a)} and {setting.told(b)}" for a, b in open_ends)
        why = "it was interrupted" if swept.interrupted else "more values may be tried (--tries)"
        yield f"where it changes between {between} is not known: {why}"


def _from_to(swept: Swept, places: list[int]) -> str:
    first, last = swept.setting.told(places[0]), swept.setting.told(places[-1])
    if len(places) == 1:
        return first
    there = places[-1] - places[0] + 1
    return f"{first} to {last}" + (f" ({len(places)} of {there} tried)" if len(places) < there else "")
