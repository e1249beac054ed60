"""Who prints how many books, and when: what cannot be is an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.building.options import Option, in_service
from sim.config.schema import WEEKDAYS, Scenario
from sim.errors import Problem
from sim.plan import Bools
from sim.province.calendar import Calendar


def printing_problems(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """Books that nobody prints, promises that leave others none, and a return to a limit that is not given."""
    yield from _unprinted(found)
    yield from _promised(scenario, found, calendar)
    yield from _returning(scenario, found)


def printing_days(option: Option, calendar: Calendar) -> Bools:
    """[days] on which an option prints: none where another office prints its books.

    Without ``printing_days`` an office prints on the days of its sessions, all over which they last, as its officers
    are there then; it goes on printing, for its sub-offices too, while sessions are suspended, and on working days
    where dates leave it without any rule.
    """
    site = option.site
    if site is None or option.parent != option.id:
        return np.zeros(calendar.n_days, dtype=np.bool_)
    if site.printing_days is not None:
        of_week = np.isin(calendar.weekday, [WEEKDAYS.index(day) for day in site.printing_days])
        return of_week & ~calendar.is_holiday
    dates = [calendar.date(day) for day in range(calendar.n_days)]
    ruled, held = np.zeros((2, calendar.n_days), dtype=np.bool_)
    for rule in site.sessions.values():
        covered = np.array([rule.covers(date) and in_service(site, date) for date in dates])
        of_week = np.isin(calendar.weekday, [WEEKDAYS.index(day) for day in rule.days])
        ruled |= covered
        for day in np.flatnonzero(covered & of_week & (rule.on_holidays | ~calendar.is_holiday)).tolist():
            held[day : day + rule.nights + 1] = True
    return np.where(ruled, held, calendar.is_working_day)


def slow_printing(
    scenario: Scenario, found: Sequence[Option], counted: tuple[int, int], calendar: Calendar
) -> Iterator[Problem]:
    """A warning for each office that can print fewer books on the counted days than it and those it prints for can take
    people in: teams on request are out on few days only, and are not counted.
    """
    first, last = counted
    for office in found:
        if office.site is None or office.site.printing_per_day is None or office.parent != office.id:
            continue
        days = int(printing_days(office, calendar)[first:last].sum())
        slots = sum(
            sum(held.quota.values())
            for option in found
            if option.parent == office.id and not option.on_request
            for held in option.held
            if first <= held.day < last
        )
        books = days * office.site.printing_per_day
        if slots > books:
            yield Problem(
                f"can print {books} books on the {days} counted days on which it prints, and there are {slots} slots "
                "then, at the office and where it prints for: if more are taken, books pile up",
                path=f"sites.{office.id}.printing_per_day",
                allowed=f"at least {-(-slots // days)} a day, more printing_days, or fewer slots"
                if days
                else "printing_days within the period",
            )


def _returning(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """Printing that returns by and by needs a limit to return to, at each office that is struck."""
    for name, outage in scenario.outages.items():
        if not (outage.enabled and outage.returns_over):
            continue
        struck = [option for option in found if outage.sites is None or option.id in outage.sites]
        limits = {o.id: o.site.printing_per_day for o in struck if o.site is not None and o.parent == o.id}
        unlimited = [office for office, limit in limits.items() if limit is None]
        # Where nothing is struck at all is a warning of its own.
        if unlimited or (struck and not limits):
            no_printer = f"{', '.join(dict.fromkeys(option.id for option in struck))}, where nothing is printed"
            named = "sites" if outage.sites is not None and not limits else "returns_over"
            yield Problem(
                f"printing cannot return by and by where it has no limit: {', '.join(unlimited) or no_printer}",
                path=f"outages.{name}.{named}",
                allowed="offices that print, and printing_per_day at each; or returns_over: 0",
            )


def _promised(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """An office must print more a day than it promises of the same day: the rest is for everybody else."""
    at_once = {name for name, channel in scenario.channels.items() if channel.ready_after is not None}
    for option in found:
        if option.site is None or option.site.printing_per_day is None or option.parent != option.id:
            continue
        slots: dict[int, int] = {}
        for held in option.held:
            slots[held.day] = slots.get(held.day, 0) + sum(n for name, n in held.quota.items() if name in at_once)
        day = max(slots, key=slots.__getitem__)
        if slots[day] >= option.site.printing_per_day:
            yield Problem(
                f"{option.site.printing_per_day} books a day, of which {slots[day]} are promised for the same day on "
                f"{calendar.date(day)}, leave none for everybody else",
                path=f"sites.{option.id}.printing_per_day",
                allowed=f"at least {slots[day] + 1}, or a smaller quota in {', '.join(sorted(at_once))}",
            )


def _unprinted(found: Sequence[Option]) -> Iterator[Problem]:
    """Somebody must print the books of every place."""
    ids = {option.id for option in found}
    for option in found:
        path = f"sites.{option.id}.parent" if option.site is not None else f"programmes.{option.programme}.home"
        if option.parent not in ids:
            yield Problem(
                f"{option.parent} holds no session on any simulated day, so nobody prints the books of {option.id}",
                path=path,
                allowed="an office that is in service",
            )
