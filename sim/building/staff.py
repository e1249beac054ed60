"""Officers: who is at which counter, on the road or on duty, day by day. Nobody is in two places.

A team that leaves its office closes as many counters there as it takes from each station. Where the visit is certain,
the home session has fewer counters in the plan; where it is on request, they close once somebody has booked. Sessions
of an office on one day, such as one in the morning and one in the afternoon, are held by the same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.building.options import Option
from sim.config.schema import STATIONS, Scenario
from sim.errors import Problem
from sim.plan import NONE, Ints
from sim.province.calendar import Calendar

Claims = dict[tuple[str, int], list[tuple[str, int]]]
"""By site and day: who asks for officers, and for how many."""


@dataclass(frozen=True)
class Duty:
    """By session, in the order of the options."""

    counters: Ints
    """[sessions, stations]: after the teams that are certain to leave."""
    home_session: Ints
    takes: Ints
    officers: Ints
    """The team; at an office all its staff but the teams that are certain to leave, or those at its counters. Where an
    office has several sessions on a day, they are told of the one with most counters, and of no other."""


def on_duty(scenario: Scenario, found: Sequence[Option], calendar: Calendar, problems: list[Problem]) -> Duty:
    """Counters and officers of every session; what cannot be staffed goes to ``problems``."""
    every = [(option, held) for option in found for held in option.held]
    counters = np.array([[held.counters.get(s, 0) for s in STATIONS] for _, held in every], dtype=np.int64)
    officers = counters.sum(axis=1)
    takes = np.zeros_like(counters)
    home_session = np.full(len(every), NONE, dtype=np.int64)
    of_office: dict[tuple[str, int], list[int]] = {}
    for row, (option, held) in enumerate(every):
        if option.site is not None:
            of_office.setdefault((option.id, held.day), []).append(row)
    at_home = {day: max(rows, key=lambda row: int(officers[row])) for day, rows in of_office.items()}
    claims: Claims = {day: [("counters", int(officers[row]))] for day, row in at_home.items()}
    for day, rows in of_office.items():
        staff = scenario.sites[day[0]].staff
        present = int(officers[at_home[day]]) if staff is None else staff
        officers[rows] = 0
        officers[at_home[day]] = present
    told = set()
    for row, (option, held) in enumerate(every):
        if option.plan is None:
            continue
        team = option.plan.team
        officers[row] = team.size or int(counters[row].sum())
        home = at_home.get((option.home, held.day))
        claims.setdefault((option.home, held.day), []).append((option.plan.name, int(officers[row])))
        if option.plan.overtime or home is None:
            continue
        if not option.on_request:
            officers[home] -= officers[row]
        takes[row, :2] = team.document, team.interview
        home_session[row] = home
        if takes[row].any() and len(of_office[option.home, held.day]) > 1 and option.programme not in told:
            told.add(option.programme)
            problems.append(
                Problem(
                    f"the team of {option.plan.name} closes counters of {option.home}, which has "
                    f"{len(of_office[option.home, held.day])} sessions on {calendar.date(held.day)}",
                    path=f"programmes.{option.programme}.team",
                    allowed="one session a day at its home, with a break in it; or a team that closes no counter",
                )
            )
    _leave(every, counters, takes, home_session, claims, calendar, problems)
    _check(scenario, claims, calendar, problems)
    return Duty(counters, np.where(_on_request(every), home_session, NONE), takes, officers)


def _on_request(every: Sequence[tuple[Option, object]]) -> np.ndarray:
    return np.array([option.on_request for option, _ in every], dtype=bool)


def _leave(
    every: Sequence[tuple[Option, object]],
    counters: Ints,
    takes: Ints,
    home_session: Ints,
    claims: Claims,
    calendar: Calendar,
    problems: list[Problem],
) -> None:
    """Close counters at home: for good where the visit is certain; on request it must only be possible."""
    left = counters.copy()
    told = set()
    for row, (option, _) in enumerate(every):
        home = int(home_session[row])
        if home == NONE or option.plan is None:
            continue
        left[home] -= takes[row]
        if (left[home, :2] < 1).any() and option.programme not in told:
            told.add(option.programme)
            day = int(every[row][1].day)  # type: ignore[attr-defined]
            problems.append(
                Problem(
                    f"the team of {option.plan.name} is larger than its office can spare on {calendar.date(day)}: "
                    f"it takes {takes[row, 0]} from the document check and {takes[row, 1]} from the interview of "
                    f"{option.home}, where other teams leave {left[home, 0] + takes[row, 0]} and "
                    f"{left[home, 1] + takes[row, 1]} counters that day",
                    path=f"programmes.{option.programme}.team",
                    allowed="a team that leaves at least one counter of each station open",
                )
            )
        if not option.on_request:
            counters[home] -= takes[row]
        closed = int(takes[row].sum())
        if closed:
            claims[option.home, int(every[row][1].day)].append((f"counters closed for {option.plan.name}", -closed))  # type: ignore[attr-defined]


def _check(
    scenario: Scenario,
    claims: Claims,
    calendar: Calendar,
    problems: list[Problem],
) -> None:
    """No site is asked for more officers than it has on any day; the first day of each site is told."""
    told = set()
    for (site, day), asked in sorted(claims.items(), key=lambda item: item[0][1]):
        staff = scenario.sites[site].staff
        total = sum(count for _, count in asked)
        if staff is not None and total > staff and site not in told:
            told.add(site)
            words = ", ".join(f"{what} {count}" for what, count in asked)
            problems.append(
                Problem(
                    f"{calendar.date(day)}: {total} officers are asked for and {staff} are there: {words}",
                    path=f"sites.{site}.staff",
                    allowed="fewer counters, a smaller team, another date, or more staff",
                )
            )
