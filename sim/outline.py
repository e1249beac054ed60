"""Outline: the days, the sessions and the roads of a scenario, before any trip is computed.

It is quick to make, and making it finds everything that can be wrong between a valid scenario and its data tables.
Problems carry the path of the key that they are about; who knows the files turns it into file and line.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim import plan as p
from sim.config import schema
from sim.config.schema import STATIONS, WEEKDAYS, Scenario
from sim.errors import DataError, Problem
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork, change_dates
from sim.province.tables import Tables

_OPEN, _CLOSE, _DAY = 0, 1, 2
"""Columns of a session's row: start and end of intake, and the day."""
_PAUSE, _RESUME = 6, 7
"""Columns of a session's row: start and end of the break."""


@dataclass(frozen=True)
class Outline:
    """What a plan is made from."""

    calendar: Calendar
    counted: tuple[int, int]
    """First counted day, and the day after the last one."""
    sites: Mapping[str, schema.Site]
    """The sites that hold a session on any simulated day."""
    sessions: p.Sessions
    networks: tuple[RoadNetwork, ...]
    """The roads of each stretch of the period between two changes."""
    levels: p.Floats
    """[days]: the level of need."""
    weights: Mapping[str, p.Floats]
    """By segment, [districts]: the share of need that arises in each."""
    hour_weights: p.Floats
    """[24], adds up to 1."""


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
    calendar = _calendar(tables, origin, counted[1] + -(-period.run_out // p.DAY_MS))
    problems: list[Problem] = []
    sessions, ids = _sessions(scenario, calendar, problems)
    sites = {site: scenario.sites[site] for site in ids}
    problems.extend(_printing_problems(sites))
    networks = _networks(scenario, sites, tables, calendar, problems)
    levels = _levels(scenario.need.level, calendar, problems)
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
    return Outline(calendar, counted, sites, sessions, networks, levels, weights, hours)


def in_service(site: schema.Site, date: dt.date) -> bool:
    """Whether a site is open to the public on a date."""
    if site.in_service != "by_date":
        return site.in_service == "always"
    return (site.opened is None or site.opened <= date) and (site.closed is None or date < site.closed)


def district_weights(segment: schema.Segment, tables: Tables) -> p.Floats:
    """[districts]: the regency's weight, spread over its districts by population."""
    regency = tables.districts.regency
    population = np.bincount(regency, tables.districts.population, minlength=len(tables.regencies.code))
    city = np.array([segment.city_factor if kind == "kota" else 1.0 for kind in tables.regencies.kind])
    weight = tables.regencies.columns[segment.weight] * city
    spread: p.Floats = weight[regency] * tables.districts.population / np.maximum(population[regency], 1e-12)
    return spread


def _calendar(tables: Tables, origin: dt.date, n_days: int) -> Calendar:
    try:
        return Calendar(tables, origin, n_days)
    except DataError as error:
        # The table is right as far as it goes; what asks too much of it is the period.
        raise DataError(
            replace(problem, what=f"{problem.what} (with warm-up and run-out)", file="", path="period")
            for problem in error.problems
        ) from None


# ---------------------------------------------------------------------------------------------------------- sessions


def _sessions(
    scenario: Scenario, calendar: Calendar, problems: list[Problem]
) -> tuple[p.Sessions | None, tuple[str, ...]]:
    """All sessions by site and time, and the sites that have any."""
    channels = tuple(scenario.channels)
    rows: list[list[int]] = []
    quotas: list[list[int]] = []
    counters: list[list[int]] = []
    first = [0]
    ids: list[str] = []
    for site_id, site in scenario.sites.items():
        found = sorted(
            (
                (_session_row(calendar, day, rule, scenario.breaks), name)
                for name, rule in site.sessions.items()
                for day in range(calendar.n_days)
                if in_service(site, calendar.date(day)) and _held(rule, calendar, day)
            ),
            key=lambda pair: pair[0],
        )
        if not found:
            continue
        problems.extend(_overlaps(site_id, found, calendar))
        problems.extend(_idle(site_id, found, calendar))
        for row, name in found:
            rule = site.sessions[name]
            rows.append([len(ids), *row])
            quotas.append([rule.quota.get(channel, 0) for channel in channels])
            counters.append([rule.counters.get(station, 0) for station in STATIONS])
        ids.append(site_id)
        first.append(len(rows))
    if not ids:
        problems.append(
            Problem(
                f"no site holds a session on any simulated day, {_days(calendar)}",
                path="sites",
                allowed="at least one site that is in service on those days (in_service, opened, closed, sessions)",
            )
        )
        return None, ()
    table = np.array(rows, dtype=np.int64)
    return (
        p.Sessions(
            site=table[:, 0],
            intake_open=table[:, 1],
            intake_close=table[:, 2],
            day=table[:, 3],
            closes=table[:, 4],
            collect_open=table[:, 5],
            collect_close=table[:, 6],
            break_open=table[:, 7],
            break_close=table[:, 8],
            seats_every=table[:, 9],
            quota=np.array(quotas, dtype=np.int64),
            counters=np.array(counters, dtype=np.int64),
            first=np.array(first, dtype=np.int64),
        ),
        tuple(ids),
    )


def _held(rule: schema.SessionRule, calendar: Calendar, day: int) -> bool:
    """Whether a rule has a session on a day."""
    date = calendar.date(day)
    return (
        WEEKDAYS[calendar.weekday[day]] in rule.days
        and (rule.on_holidays or not calendar.is_holiday[day])
        and (rule.from_ is None or rule.from_ <= date)
        and (rule.to is None or date <= rule.to)
    )


def _session_row(
    calendar: Calendar, day: int, rule: schema.SessionRule, breaks: Mapping[schema.Weekday, schema.Window | None]
) -> tuple[int, ...]:
    """Times of one session, in the order of the columns of the sessions table after the site."""
    midnight = day * p.DAY_MS
    weekday = WEEKDAYS[calendar.weekday[day]]
    own = breaks if rule.breaks is None else rule.breaks
    pause = own.get(weekday)
    collect = rule.collection
    return (
        midnight + rule.intake.from_,
        midnight + rule.intake.to,
        day,
        midnight + (rule.closes if rule.closes is not None else rule.intake.to),
        midnight + collect.from_ if collect else p.NONE,
        midnight + collect.to if collect else p.NONE,
        midnight + pause.from_ if pause else p.NONE,
        midnight + pause.to if pause else p.NONE,
        max(rule.seats_every, 1),
    )


def _overlaps(site: str, found: Iterable[tuple[tuple[int, ...], str]], calendar: Calendar) -> Iterator[Problem]:
    """Two sessions of one site may not overlap: their counters would be the same people. The first of each pair."""
    told = set()
    for (before, one), (after, other) in itertools.pairwise(found):
        if after[_OPEN] < before[_CLOSE] and (one, other) not in told:
            told.add((one, other))
            yield Problem(
                f"overlaps the sessions of {one!r} at the same site, first on {calendar.date(after[_DAY])}",
                path=f"sites.{site}.sessions.{other}",
                allowed="other days, dates or intake windows, or one rule with more counters",
            )


def _idle(site: str, found: Iterable[tuple[tuple[int, ...], str]], calendar: Calendar) -> Iterator[Problem]:
    """A break may not cover an intake: no seat would be left. The first session of each rule."""
    told = set()
    for row, name in found:
        if row[_PAUSE] <= row[_OPEN] and row[_CLOSE] <= row[_RESUME] and name not in told:
            told.add(name)
            yield Problem(
                f"the break of the day covers the whole intake, first on {calendar.date(row[_DAY])}",
                path=f"sites.{site}.sessions.{name}.intake",
                allowed="intake before or after the break, other days, or breaks of its own ({fri: null} for none)",
            )


def _printing_problems(sites: Mapping[str, schema.Site]) -> Iterator[Problem]:
    for site_id, site in sites.items():
        if site.parent is not None and site.parent not in sites:
            yield Problem(
                f"{site.parent} holds no session on any simulated day, so nobody prints the books of {site_id}",
                path=f"sites.{site_id}.parent",
                allowed="an office that is in service",
            )


# ------------------------------------------------------------------------------------------------------------- roads


def _networks(
    scenario: Scenario,
    sites: Mapping[str, schema.Site],
    tables: Tables,
    calendar: Calendar,
    problems: list[Problem],
) -> tuple[RoadNetwork, ...]:
    """The roads of each stretch of the period; problems are those of the first stretch that has any."""
    last = calendar.date(calendar.n_days - 1)
    dates = (calendar.start, *change_dates(tables, calendar.start, last))
    networks = tuple(RoadNetwork(tables, scenario.roads, on=date) for date in dates)
    nodes = [site.road_node for site in sites.values()]
    for network in networks:
        try:
            network.check(nodes)
        except DataError as error:
            problems.extend(_at_site(problem, sites) for problem in error.problems)
            break
    return networks


def _at_site(problem: Problem, sites: Mapping[str, schema.Site]) -> Problem:
    """A problem with a road node, told at the site that names the node; one with a file is in its right place."""
    if not problem.file:
        for site_id, site in sites.items():
            if repr(site.road_node) in problem.what:
                return replace(problem, path=f"sites.{site_id}.road_node")
    return problem


# ------------------------------------------------------------------------------------------------------------ demand


def _levels(level: Mapping[str, float], calendar: Calendar, problems: list[Problem]) -> p.Floats:
    """[days]: the level of the month, else of the year; 1 where the configuration names no level at all."""
    if not level:
        return np.ones(calendar.n_days)
    days = [(int(year), int(month)) for year, month in zip(calendar.year, calendar.month, strict=True)]
    by_month = {
        (year, month): level.get(f"{year}-{month:02d}", level.get(str(year))) for year, month in dict.fromkeys(days)
    }
    absent = [f"{year}-{month:02d}" for (year, month), value in by_month.items() if value is None]
    if absent:
        missing = ", ".join(absent[:6]) + (f" and {len(absent) - 6} more" if len(absent) > 6 else "")
        problems.append(
            Problem(
                f"no level for {missing}; the simulated days are {_days(calendar)} (with warm-up and run-out)",
                path="need.level",
                allowed="a level for each simulated year (2022: 1.0) or month (2022-03: 0.8)",
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
