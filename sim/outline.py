"""Outline: the days, the sessions and the roads of a scenario, before any trip is computed.

It is quick to make, and making it finds everything that can be wrong between a valid scenario and its data tables.
Problems carry the path of the key that they are about; who knows the files turns it into file and line.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim import plan as p
from sim.building.closures import idle_outages, idle_period, long_closures, paid_though_shut, unfetched_books
from sim.building.demand import district_weights
from sim.building.doubtful_days import (
    dates_of_counted_days_alone,
    idle_suspensions,
    lost_days,
    short_teams,
    split_in_two,
    visits_outside,
)
from sim.building.doubts import (
    away_from_node,
    forsaken_regencies,
    idle_places,
    kinds_without_constant,
    odd_roads,
    same_names,
    uneven_populations,
    unpriced,
    unpriced_nights,
    weekends_for_nobody,
)
from sim.building.load import overfull, unvisited_groups
from sim.building.options import Held, Option, options
from sim.building.printing import printing_problems, slow_printing
from sim.building.staff import on_duty
from sim.config.nodes import shown
from sim.config.schema import WEEKDAYS, Need, Scenario
from sim.errors import DataError, Problem
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork, change_dates
from sim.province.tables import Tables


@dataclass(frozen=True)
class Outline:
    """What a plan is made from."""

    calendar: Calendar
    counted: tuple[int, int]
    """First counted day, and the day after the last one."""
    options: tuple[Option, ...]
    """Places where one can apply: those with a session on any simulated day."""
    sessions: p.Sessions
    networks: tuple[RoadNetwork, ...]
    """The roads of each stretch of the period between two changes."""
    levels: p.Floats
    """[days]: the level of need."""
    weights: Mapping[str, p.Floats]
    """By segment, [districts]: the share of need that arises in each."""
    hour_weights: p.Floats
    """[24], adds up to 1."""
    warnings: tuple[Problem, ...] = ()
    """What can be run, but is hardly meant; each with the path of its key."""


def outline(scenario: Scenario, tables: Tables) -> Outline:
    """The outline of a scenario.

    Raises:
        DataError: all that is wrong: a period without holidays on record, no session at all, sessions of one site that
            overlap, a parent without sessions, a district or a site that no road reaches, a month without a level,
            weights that add up to 0.
    """
    period = scenario.period
    origin = period.from_ - dt.timedelta(days=-(-period.warm_up // p.DAY_MS))
    counted = (period.from_ - origin).days, (period.to - origin).days + 1
    calendar = _calendar(tables, origin, counted, -(-period.run_out // p.DAY_MS))
    problems: list[Problem] = []
    found, wrong = options(scenario, tables, calendar)
    problems.extend(wrong)
    sessions = _sessions(scenario, found, calendar, counted, problems)
    problems.extend(printing_problems(scenario, found, calendar))
    networks = _networks(scenario, found, tables, calendar, problems)
    levels = _levels(scenario.need, calendar, problems)
    weights = {
        name: _unit_sum(
            district_weights(segment, tables),
            f"need.segments.{name}.weight",
            f"the column {segment.weight!r} of the regencies table puts no weight where people live",
            problems,
        )
        for name, segment in scenario.need.segments.items()
    }
    hours = np.array(scenario.need.hours or [1.0] * 24)
    hours = _unit_sum(hours, "need.hours", "the weights of the hours are all 0", problems)
    if problems or sessions is None:
        raise DataError(problems)
    warnings = (
        # What makes people lose their passports comes first.
        *unfetched_books(scenario, found, calendar),
        *overfull(scenario, found, sessions, calendar),
        *slow_printing(scenario, found, counted, calendar),
        *unvisited_groups(scenario, found),
        *forsaken_regencies(scenario, found, tables),
        *uneven_populations(tables),
        *odd_roads(tables),
        *idle_places(scenario, found, calendar),
        *same_names(scenario, found),
        *visits_outside(scenario, calendar),
        *dates_of_counted_days_alone(scenario, counted, calendar),
        *split_in_two(found, calendar),
        *short_teams(scenario),
        *lost_days(scenario, found, calendar),
        *idle_suspensions(scenario, calendar),
        *weekends_for_nobody(scenario, found, calendar),
        *idle_period(sessions, counted, calendar),
        *idle_outages(scenario, found, calendar),
        *long_closures(scenario, found, calendar),
        *paid_though_shut(found, counted, calendar),
        *away_from_node(found, tables),
        *kinds_without_constant(scenario, found),
        *unpriced_nights(scenario),
        *unpriced(scenario, found),
    )
    return Outline(calendar, counted, tuple(found), sessions, networks, levels, weights, hours, warnings)


def _calendar(tables: Tables, origin: dt.date, counted: tuple[int, int], run_out: int) -> Calendar:
    """The calendar of a period: warm-up, counted days, and so many days of run-out."""
    try:
        return Calendar(tables, origin, counted[1] + run_out)
    except DataError as error:
        # The table is right as far as it goes; what asks too much of it is the period.
        last = dt.date(max((day.year for day in tables.holidays.date), default=origin.year), 12, 31)
        until = last - dt.timedelta(days=run_out)
        is_within = until >= origin + dt.timedelta(days=counted[0])
        latest = f"; with this run-out, a period.to of {until} at most" if is_within else ""
        more = "; or rows of other years, be they estimates, in "
        raise DataError(
            replace(
                problem,
                what=f"{problem.what} (with warm-up and run-out)",
                file="",
                path="period",
                allowed=f"{problem.allowed}{latest}{more}{shown(Path(problem.file))}",
            )
            for problem in error.problems
        ) from None


# ---------------------------------------------------------------------------------------------------------- sessions


def _sessions(
    scenario: Scenario,
    found: Sequence[Option],
    calendar: Calendar,
    counted: tuple[int, int],
    problems: list[Problem],
) -> p.Sessions | None:
    """All sessions by option and time."""
    channels = tuple(scenario.channels)
    if not found:
        problems.append(
            Problem(
                f"no site holds a session on any simulated day, {_days(calendar)}",
                path="sites",
                allowed="at least one site that is in service on those days (in_service, opened, closed, sessions)",
            )
        )
        return None
    rows = [[place, *_session_row(calendar, held)] for place, option in enumerate(found) for held in option.held]
    every = [(option, held) for option in found for held in option.held]
    for option in found:
        problems.extend(_overlaps(option, calendar, counted))
        problems.extend(_idle(option, calendar, counted))
    # Column by column, as they are in a worker too: compiled code is made for the one or the other.
    table = np.ascontiguousarray(np.array(rows, dtype=np.int64).T)
    duty = on_duty(scenario, found, calendar, problems)
    return p.Sessions(
        site=table[0],
        intake_open=table[1],
        intake_close=table[2],
        day=table[3],
        closes=table[4],
        collect_open=table[5],
        collect_close=table[6],
        break_open=table[7],
        break_close=table[8],
        seats_every=table[9],
        quota=np.array([[held.quota.get(c, 0) for c in channels] for _, held in every], dtype=np.int64),
        counters=duty.counters,
        on_request=np.array([option.on_request for option, _ in every], dtype=bool),
        home_session=duty.home_session,
        takes=duty.takes,
        officers=duty.officers,
        overtime=np.array([option.plan is not None and option.plan.overtime for option, _ in every], dtype=bool),
        first=np.cumsum([0, *(len(option.held) for option in found)], dtype=np.int64),
    )


def _session_row(calendar: Calendar, held: Held) -> tuple[int, ...]:
    """Times of one session, in the order of the columns of the sessions table after the site."""
    midnight = held.day * p.DAY_MS
    pause = held.breaks.get(WEEKDAYS[calendar.weekday[held.day]])
    collect = held.collection
    return (
        midnight + held.intake.from_,
        midnight + held.intake.to,
        held.day,
        midnight + held.closes,
        midnight + collect.from_ if collect else p.NONE,
        midnight + collect.to if collect else p.NONE,
        midnight + pause.from_ if pause else p.NONE,
        midnight + pause.to if pause else p.NONE,
        held.seats_every,
    )


def _overlaps(option: Option, calendar: Calendar, counted: tuple[int, int]) -> Iterator[Problem]:
    """Two sessions of one place may not overlap: their counters would be the same people. Each pair of rules once."""
    found: dict[tuple[str, str], list[int]] = {}
    for before, after in itertools.pairwise(option.held):
        apart = (after.day - before.day) * p.DAY_MS
        if apart + after.intake.from_ < before.intake.to:
            found.setdefault((before.path, after.path), []).append(after.day)
    for (other, path), days in found.items():
        yield Problem(
            f"overlaps the sessions of {other.rpartition('.')[2]!r} at the same site, {_when(days, calendar, counted)}",
            path=path,
            allowed="other days, dates or intake windows, or one rule with more counters",
        )


def _idle(option: Option, calendar: Calendar, counted: tuple[int, int]) -> Iterator[Problem]:
    """A break may not cover an intake: no seat would be left. Each rule once."""
    found: dict[str, list[int]] = {}
    for held in option.held:
        pause = held.breaks.get(WEEKDAYS[calendar.weekday[held.day]])
        if pause is not None and pause.from_ <= held.intake.from_ and held.intake.to <= pause.to:
            found.setdefault(held.path, []).append(held.day)
    for path, days in found.items():
        yield Problem(
            f"the break of the day covers the whole intake, {_when(days, calendar, counted)}",
            path=f"{path}.intake",
            allowed="intake before or after the break, other days, or breaks of its own ({fri: null} for none)",
        )


def _when(days: Sequence[int], calendar: Calendar, counted: tuple[int, int]) -> str:
    """The weekdays of some days, and the first of them that is counted: a date of the warm-up stands in no file."""
    weekdays = ", ".join(WEEKDAYS[day] for day in sorted({int(calendar.weekday[day]) for day in days}))
    inside = [day for day in days if counted[0] <= day < counted[1]]
    if inside:
        return f"on {weekdays}, first on {calendar.date(inside[0])}"
    return f"on {weekdays}, first on {calendar.date(days[0])}, outside the period that is counted"


# ------------------------------------------------------------------------------------------------------------- roads


def _networks(
    scenario: Scenario,
    found: Sequence[Option],
    tables: Tables,
    calendar: Calendar,
    problems: list[Problem],
) -> tuple[RoadNetwork, ...]:
    """The roads of each stretch of the period; problems are those of the first stretch that has any."""
    last = calendar.date(calendar.n_days - 1)
    dates = (calendar.start, *change_dates(tables, calendar.start, last))
    networks = tuple(RoadNetwork(tables, scenario.roads, on=date) for date in dates)
    nodes = [option.road_node for option in found if option.road_node is not None]
    for network in networks:
        try:
            network.check(nodes)
        except DataError as error:
            problems.extend(_at_site(problem, found) for problem in error.problems)
            break
    return networks


def _at_site(problem: Problem, found: Sequence[Option]) -> Problem:
    """A problem with a road node, told at the site that names the node; one with a file is in its right place."""
    if not problem.file:
        for option in found:
            if option.road_node is not None and repr(option.road_node) in problem.what:
                at = f"sites.{option.id}.road_node" if option.site else f"programmes.{option.programme}.venue.road_node"
                return replace(problem, path=at)
    return problem


# ------------------------------------------------------------------------------------------------------------ demand


def _levels(need: Need, calendar: Calendar, problems: list[Problem]) -> p.Floats:
    """[days]: the level of the month, else of the year, else of the trend; 1 where there is neither level nor trend."""
    level, trend = need.level, need.trend
    if not level and trend is None:
        return np.ones(calendar.n_days)
    days = [(int(year), int(month)) for year, month in zip(calendar.year, calendar.month, strict=True)]
    years = {year: (1.0 + trend.per_year) ** (year - trend.year) for year, _ in days} if trend is not None else {}
    by_month = {
        (year, month): level.get(f"{year}-{month:02d}", level.get(str(year), years.get(year)))
        for year, month in dict.fromkeys(days)
    }
    absent = [f"{year}-{month:02d}" for (year, month), value in by_month.items() if value is None]
    if absent:
        missing = ", ".join(absent[:6]) + (f" and {len(absent) - 6} more" if len(absent) > 6 else "")
        problems.append(
            Problem(
                f"no level for {missing}; the simulated days are {_days(calendar)} (with warm-up and run-out)",
                path="need.level",
                allowed="a level for each simulated year (2022: 1.0) or month (2022-03: 0.8), or a trend",
            )
        )
    return np.array([by_month[day] or 0.0 for day in days])


def _unit_sum(weights: p.Floats, path: str, what: str, problems: list[Problem]) -> p.Floats:
    total = weights.sum()
    if total <= 0:
        problems.append(Problem(what, path=path, allowed="weights of which at least one is above 0"))
        return weights
    shares: p.Floats = weights / total
    return shares


def _days(calendar: Calendar) -> str:
    return f"{calendar.start} to {calendar.date(calendar.n_days - 1)}"
