"""What can be run and is hardly meant, and so is told: quotas beyond what counters serve in staffed time, or below the
size of a group; regencies whose people may go to one office alone, which holds no session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.building.options import Held, Option
from sim.config.schema import WEEKDAYS, Scenario
from sim.errors import Problem
from sim.plan import MINUTE_MS
from sim.province.calendar import Calendar
from sim.province.tables import Tables


def overfull(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each rule and station whose mean work exceeds its counters' time, on the longest of its days.

    The work is all slots times the mean service; the time that of all counters from the start of intake to the end of
    staffed time, the break left out. Teams that leave are not counted: the rule by itself promises too much.
    """
    longest: dict[str, Held] = {}
    for held in (held for option in found for held in option.held):
        known = longest.setdefault(held.path, held)
        if _staffed_ms(held, calendar) > _staffed_ms(known, calendar):
            longest[held.path] = held
    for path, held in longest.items():
        slots = sum(held.quota.values())
        minutes = _staffed_ms(held, calendar) / MINUTE_MS
        for station in ("document", "interview"):
            service = getattr(scenario.service, station).mean / MINUTE_MS
            counters = held.counters.get(station, 0)
            time = counters * minutes
            if slots * service > time * (1 + 1e-9):
                yield Problem(
                    f"{_slots(held)} cannot be served in the window at the station {station}: "
                    f"{slots} x {service:g} min are {slots * service:g} min of work, "
                    f"{_some(counters, 'counter')} x {minutes:g} min are {time:g} min; the rest is overtime",
                    path=f"{path}.quota",
                    allowed=f"at most {_some(int(time / service), 'slot')} on average, more counters, or longer hours",
                )


def unvisited_groups(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """A warning for each team whose day holds fewer people than the largest group that asks for it."""
    sizes = {size for segment in scenario.need.segments.values() for size in segment.group_size or ()}
    for name, programme in scenario.programmes.items():
        slots = sum(programme.quota.values())
        large = sorted(size for size in sizes if size > max(slots, programme.smallest_group - 1))
        if programme.audience == "groups" and large and any(option.programme == name for option in found):
            yield Problem(
                f"a day of the team holds {_some(slots, 'slot')}, so it visits no group of "
                f"{', '.join(map(str, large))} people (need.segments): they book as usual",
                path=f"programmes.{name}.quota",
                allowed=f"at least {large[-1]} slots and counters for them, or smaller groups",
            )


def forsaken_regencies(scenario: Scenario, found: Sequence[Option], tables: Tables) -> Iterator[Problem]:
    """A warning for each office that people must go to, and that holds no session on any simulated day."""
    if scenario.choice.catchment != "working_area":
        return
    held = {name for option in found for name in (option.id, option.parent)}
    regencies = tables.regencies
    for area in dict.fromkeys(regencies.working_area):
        if area not in held:
            named = [name for name, of in zip(regencies.name, regencies.working_area, strict=True) if of == area]
            yield Problem(
                f"nobody in {', '.join(named)} can apply anywhere: their office {area!r} holds no session on any "
                "simulated day",
                path="choice.catchment",
                allowed="any, or an office in service (the column working_area of the regencies table)",
            )


def _staffed_ms(held: Held, calendar: Calendar) -> int:
    pause = held.breaks.get(WEEKDAYS[calendar.weekday[held.day]])
    start, end = held.intake.from_, held.closes
    rest = max(min(pause.to, end) - max(pause.from_, start), 0) if pause is not None else 0
    return end - start - rest


def _slots(held: Held) -> str:
    """All slots of a session, and how many each channel has."""
    quota = {channel: slots for channel, slots in held.quota.items() if slots}
    parts = " + ".join(f"{slots} {channel}" for channel, slots in quota.items())
    return f"{_some(sum(quota.values()), 'slot')} ({parts})" if len(quota) > 1 else _some(sum(quota.values()), "slot")


def _some(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
