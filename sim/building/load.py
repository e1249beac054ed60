"""Quotas that can be run and are hardly meant: beyond what counters serve in staffed time, on all days or on those on
which teams are out, or below the size of a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.building.options import Held, Option
from sim.config.schema import STATIONS, WEEKDAYS, Scenario
from sim.errors import Problem
from sim.plan import MINUTE_MS, Sessions
from sim.province.calendar import Calendar


def overfull(scenario: Scenario, found: Sequence[Option], sessions: Sessions, calendar: Calendar) -> Iterator[Problem]:
    """Warnings of rules whose mean work exceeds the time of their counters at a station, on the longest of their days.

    Or else, one for each rule, the time of those that teams leave open on the day on which most is missing. The work is
    all slots times the mean service; the time lasts from the start of intake to the end of staffed time, the break left
    out. Teams on request are not counted: they are out on a few days only, and which ones shows as people book.
    """
    by_rule: dict[str, list[int]] = {}
    every = [(option, held) for option in found for held in option.held]
    for row, (_, held) in enumerate(every):
        by_rule.setdefault(held.path, []).append(row)
    services = {str(station): getattr(scenario.service, station).mean / MINUTE_MS for station in STATIONS[:2]}
    for path, rows in by_rule.items():
        longest = max((every[row][1] for row in rows), key=lambda held: _staffed_ms(held, calendar))
        loads = [_Load.of(longest, station, service, calendar) for station, service in services.items()]
        too_much = [load for load in loads if load.is_too_much]
        for load in too_much:
            yield Problem(
                f"{load}; the rest is overtime",
                path=f"{path}.quota",
                allowed=f"at most {load.most} on average, more counters, or longer hours",
            )
        if not too_much:
            yield from _short_of_teams(found, sessions, calendar, every, rows, services)


def _short_of_teams(
    found: Sequence[Option],
    sessions: Sessions,
    calendar: Calendar,
    every: Sequence[tuple[Option, Held]],
    rows: Sequence[int],
    services: Mapping[str, float],
) -> Iterator[Problem]:
    """A warning where the counters that teams leave open are too few for the sessions of one rule."""
    short: dict[int, _Load] = {}
    for row in rows:
        option, held = every[row]
        for column, (station, service) in enumerate(services.items()):
            left = int(sessions.counters[row, column])
            load = _Load.of(held, station, service, calendar, left)
            if left < held.counters.get(station, 0) and load.is_too_much:
                short[row] = max(load, short.get(row, load), key=lambda each: each.missing)
    if short:
        worst = max(short, key=lambda row: short[row].missing)
        option, held = every[worst]
        yield Problem(
            f"{short[worst]} that teams leave open on {calendar.date(held.day)} "
            f"({', '.join(_teams_out(found, sessions, option, held.day))}); so it is on {_some(len(short), 'day')}, "
            "on which people wait longer, and the rest is overtime",
            path=f"{held.path}.quota",
            allowed=f"at most {short[worst].most} on those days (sessions of their own), or a smaller team",
        )


@dataclass(frozen=True)
class _Load:
    """Work and time at one station of one session, in minutes."""

    held: Held
    station: str
    counters: int
    service: float
    staffed: float

    @classmethod
    def of(cls, held: Held, station: str, service: float, calendar: Calendar, counters: int | None = None) -> _Load:
        """With the counters of the rule, or so many."""
        at_station = held.counters.get(station, 0) if counters is None else counters
        return cls(held, station, at_station, service, _staffed_ms(held, calendar) / MINUTE_MS)

    @property
    def work(self) -> float:
        return sum(self.held.quota.values()) * self.service

    @property
    def time(self) -> float:
        return self.counters * self.staffed

    @property
    def missing(self) -> float:
        return self.work - self.time

    @property
    def is_too_much(self) -> bool:
        return self.work > self.time * (1 + 1e-9)

    @property
    def most(self) -> str:
        return _some(int(self.time / self.service), "slot")

    def __str__(self) -> str:
        """The arithmetic."""
        return (
            f"{_slots(self.held)} cannot be served in the window at the station {self.station}: "
            f"{sum(self.held.quota.values())} x {self.service:g} min are {self.work:g} min of work, "
            f"{_some(self.counters, 'counter')} x {self.staffed:g} min are {self.time:g} min"
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


def _teams_out(found: Sequence[Option], sessions: Sessions, home: Option, day: int) -> list[str]:
    """Names of the programmes whose teams are certain to close counters of an office on a day."""
    names, rows = [], iter(range(len(sessions.site)))
    for option in found:
        for held, row in zip(option.held, rows, strict=False):
            if option.plan is None or option.on_request or option.home != home.id:
                continue
            if held.day == day and sessions.takes[row].any():
                names.append(option.plan.name)
    return names


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
