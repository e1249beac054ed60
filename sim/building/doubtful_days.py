"""What of the days of services can be simulated and is hardly meant, and so is told: dates that are no simulated day or
leave out the warm-up, days that fall away, suspensions without effect, services that follow one another, small teams.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.building.doubts import holding_sessions
from sim.building.options import Option, in_service, week_of_month
from sim.config.schema import WEEKDAYS, Dated, Days, Scenario, SessionRule
from sim.errors import Problem
from sim.province.calendar import Calendar


def visits_outside(scenario: Scenario, calendar: Calendar) -> Iterator[Problem]:
    """A warning for each team that is to visit places on days that are not simulated."""
    first, last = calendar.date(0), calendar.date(calendar.n_days - 1)
    for name, programme in scenario.programmes.items():
        outside = [date for date in programme.listed if not first <= date <= last]
        if outside and programme.enabled:
            yield Problem(
                f"{len(outside)} of {len(programme.listed)} dates are no simulated day, {outside[0]} among them: these "
                f"are {first} to {last}, with warm-up and run-out",
                path=f"programmes.{name}.{'visits' if programme.visits else 'dates'}",
                allowed="dates within the period",
            )


def dates_of_counted_days_alone(scenario: Scenario, counted: tuple[int, int], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each programme whose list of dates leaves out the warm-up or the run-out.

    That is where it goes on without dates, on that side, for more than twice as long as it ever does between two.
    """
    for name, programme in scenario.programmes.items():
        days = sorted(calendar.day(date) for date in programme.listed if programme.goes_on(date))
        days = [day for day in days if 0 <= day < calendar.n_days]
        if not programme.enabled or len(days) < 3:
            continue
        long = 2 * max(np.diff(days))
        missed = []
        if days[0] >= counted[0] and days[0] > long:
            missed.append(f"before {calendar.date(days[0])}, though the days from {calendar.date(0)} on are simulated")
        if days[-1] < counted[1] and calendar.n_days - days[-1] > long:
            last = calendar.date(calendar.n_days - 1)
            missed.append(f"after {calendar.date(days[-1])}, though the days until {last} are simulated")
        if missed:
            yield Problem(
                f"there is no date {' and '.join(missed)}: whoever needs a passport in the counted days waits with "
                "those from before them, and books into those after",
                path=f"programmes.{name}.{'visits' if programme.visits else 'dates'}",
                allowed="dates in the warm-up and the run-out too, or a rule for the days: days, weekends, rotation",
            )


def split_in_two(found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each place that follows another of its kind in the same spot: to people's choice these are two."""
    spans = [
        (option, option.held[0].day, option.held[-1].day)
        for option in sorted(found, key=lambda option: option.held[0].day)
        if option.held_at == option.id and not option.on_request
    ]
    told = set()
    for row, (later, begins, _) in enumerate(spans):
        for before, _, ends in spans[:row]:
            pair = before.programme if before.plan else before.id, later.programme if later.plan else later.id
            alike = (before.kind, before.lat, before.lon) == (later.kind, later.lat, later.lon)
            if not alike or ends >= begins or pair[0] == pair[1] or pair in told:
                continue
            told.add(pair)
            yield Problem(
                f"is another place than {pair[0]} to people's choice, with tastes of its own, though it stands in the "
                f"same spot and begins on {calendar.date(begins)}, after the end of that on {calendar.date(ends)}: "
                "some would apply at the one and not at the other",
                path=f"{'programmes' if later.plan else 'sites'}.{pair[1]}",
                allowed="one place, with the days between under `suspended`",
            )


def short_teams(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each programme with more counters than officers: no more are counted than the team has."""
    for name, programme in scenario.programmes.items():
        counters = sum(programme.counters.values())
        if programme.enabled and 0 < programme.team.size < counters:
            yield Problem(
                f"is {programme.team.size} for {counters} counters: no more are counted, and paid, than the team has",
                path=f"programmes.{name}.team",
                allowed=f"{counters} officers (document, interview and other together), fewer counters, or no team",
            )


def lost_days(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each programme whose days fall away as its home, though in service, holds no session on them."""
    open_on = {option.id: {one.day for one in option.held if any(one.quota.values())} for option in found}
    held = holding_sessions(found)
    for name, programme in scenario.programmes.items():
        weekdays = programme.days or (programme.rotation.days if programme.rotation is not None else None)
        home = scenario.sites[programme.home]
        weeks = programme.rotation.weeks if programme.rotation is not None else None
        # What holds no session at all, or has no home that does, is told elsewhere.
        if name not in held or programme.home not in open_on or programme.overtime or weekdays is None:
            continue
        lost = [
            date
            for day in range(calendar.n_days)
            if WEEKDAYS[calendar.weekday[day]] in weekdays
            and (weeks is None or week_of_month(calendar.date(day)) in weeks)
            and not calendar.is_holiday[day]
            and day not in open_on[programme.home]
            and in_service(home, date := calendar.date(day))
            and all(rule.goes_on(date) for rule in programme.rules)
        ]
        if lost:
            yield Problem(
                f"is not held on {len(lost)} of its days, {lost[0]} among them, as {programme.home} holds no session "
                "then and sends nobody",
                path=f"programmes.{name}",
                allowed="days on which its home is open, another home that is, `suspended` then, or overtime: true",
            )


def idle_suspensions(scenario: Scenario, calendar: Calendar) -> Iterator[Problem]:
    """A warning for each suspension that is on no simulated day, and of dates of a list that fall into one."""
    first, last = calendar.date(0), calendar.date(calendar.n_days - 1)
    rules: list[tuple[str, Dated]] = [
        (f"sites.{site}.sessions.{name}", rule)
        for site, of in scenario.sites.items()
        for name, rule in of.sessions.items()
    ]
    for name, programme in scenario.programmes.items():
        if programme.enabled:
            rules.append((f"programmes.{name}", programme))
            if programme.rotation is not None:
                rules.append((f"programmes.{name}.rotation", programme.rotation))
            fallen = [date for date in programme.listed if programme.covers(date) and programme.is_suspended(date)]
            if fallen:
                yield Problem(
                    f"{len(fallen)} of {len(programme.listed)} dates are suspended, {fallen[0]} among them: nothing is "
                    "held then",
                    path=f"programmes.{name}.suspended",
                    allowed="dates outside of it, or none of it",
                )
    for path, rule in rules:
        for number, days in enumerate(rule.suspended or ()):
            if isinstance(rule, SessionRule) and not _held_within(rule, days, calendar):
                yield Problem(
                    f"takes nothing away: from {days.from_} to {days.to} the rule holds no session anyway",
                    path=f"{path}.suspended[{number}]",
                    allowed=f"days among {', '.join(rule.days)} that are no holidays, or `suspended: null` for none",
                )
            elif days.to < first or last < days.from_:
                yield Problem(
                    f"is on no simulated day: it lasts from {days.from_} to {days.to}, and these are {first} to "
                    f"{last}, with warm-up and run-out",
                    path=f"{path}.suspended[{number}]",
                    allowed="days within the period, or `suspended: null` for none",
                )


def _held_within(rule: SessionRule, days: Days, calendar: Calendar) -> bool:
    """Whether a rule would hold a session on some simulated day of a suspension; True where none of these is one."""
    first, last = max(calendar.day(days.from_), 0), min(calendar.day(days.to), calendar.n_days - 1)
    return first > last or any(
        WEEKDAYS[calendar.weekday[day]] in rule.days
        and (rule.on_holidays or not calendar.is_holiday[day])
        and rule.covers(calendar.date(day))
        for day in range(first, last + 1)
    )
