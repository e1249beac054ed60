"""From a scenario and its data tables to a plan: rules become sessions, roads become trips, shares become rates."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np

from sim import plan as p
from sim.config import schema
from sim.config.schema import MONTHS, STATIONS, WEEKDAYS, Scenario
from sim.errors import DataError
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork, change_dates
from sim.province.tables import Tables, read_tables

DAYS_PER_YEAR = 365.0


def build_plan(scenario: Scenario, tables: Tables | None = None) -> p.Plan:
    """The plan of a scenario.

    Args:
        scenario: a valid scenario.
        tables: its data tables, if they have been read already.

    Raises:
        DataError: the tables do not fit the scenario: an unreachable district, a period without holidays on record,
            sessions of one site that overlap.
    """
    tables = tables or read_tables(scenario.data)
    period = scenario.period
    origin = period.from_ - dt.timedelta(days=-(-period.warm_up // p.DAY_MS))
    counted = (period.from_ - origin).days, (period.to - origin).days + 1
    n_days = counted[1] + -(-period.run_out // p.DAY_MS)
    calendar = Calendar(tables, origin, n_days)
    sessions, ids = _sessions(scenario, calendar)
    channels = tuple(scenario.channels)
    sites = {site: scenario.sites[site] for site in ids}
    return p.Plan(
        scenario=scenario.name,
        title=scenario.title,
        origin=origin,
        n_days=n_days,
        counted_from_ms=counted[0] * p.DAY_MS,
        counted_to_ms=counted[1] * p.DAY_MS,
        regencies=p.Regencies(tables.regencies.code, tables.regencies.name),
        districts=_districts(tables),
        sites=_sites(sites, scenario),
        sessions=sessions,
        travel=_travel(scenario, sites, tables, calendar),
        roads=_roads(scenario, tables, calendar.date(n_days - 1)),
        channels=_channels(scenario, channels),
        segments=tuple(_segment(scenario, name, tables, calendar, channels) for name in scenario.need.segments),
        day_cv=scenario.need.day_cv,
        hour_weights=_unit_sum(np.array(scenario.need.hours or [1.0] * 24)),
        working_days=_working_days(calendar),
        behaviour=_behaviour(scenario, sites, tables),
    )


def in_service(site: schema.Site, date: dt.date) -> bool:
    """Whether a site is open to the public on a date."""
    if site.in_service != "by_date":
        return site.in_service == "always"
    return (site.opened is None or site.opened <= date) and (site.closed is None or date < site.closed)


def _districts(tables: Tables) -> p.Districts:
    d = tables.districts
    return p.Districts(d.code, d.name, d.regency, d.lat, d.lon, d.population)


def _sites(sites: Mapping[str, schema.Site], scenario: Scenario) -> p.Sites:
    ids = tuple(sites)
    for site_id, site in sites.items():
        if site.parent is not None and site.parent not in sites:
            raise DataError(
                f"scenario {scenario.name}: the site {site_id} has sessions, but its parent {site.parent} has none "
                "in the simulated period, and somebody must print its books"
            )
    parent = [ids.index(site.parent) if site.parent else row for row, site in enumerate(sites.values())]
    return p.Sites(
        id=ids,
        name=tuple(site.name for site in sites.values()),
        kind=tuple(site.kind for site in sites.values()),
        lat=np.array([site.position.lat for site in sites.values()]),
        lon=np.array([site.position.lon for site in sites.values()]),
        parent=np.array(parent, dtype=np.int64),
        electronic=np.array([site.electronic for site in sites.values()], dtype=bool),
        referral_share=np.array([site.referral for site in sites.values()], dtype=float),
        sending_days=tuple(dict(site.sending_days or {0: 1.0}) for site in sites.values()),
    )


# ---------------------------------------------------------------------------------------------------------- sessions


def _sessions(scenario: Scenario, calendar: Calendar) -> tuple[p.Sessions, tuple[str, ...]]:
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
                (_session_row(calendar, day, rule, scenario.breaks), rule)
                for rule in site.sessions.values()
                for day in range(calendar.n_days)
                if in_service(site, calendar.date(day)) and _held(rule, calendar, day)
            ),
            key=lambda pair: pair[0],
        )
        if not found:
            continue
        _check_apart(scenario, site_id, [row for row, _ in found], calendar)
        for row, rule in found:
            rows.append([len(ids), *row])
            quotas.append([rule.quota.get(channel, 0) for channel in channels])
            counters.append([rule.counters.get(station, 0) for station in STATIONS])
        ids.append(site_id)
        first.append(len(rows))
    if not ids:
        raise DataError(f"scenario {scenario.name}: no site holds a session in the simulated period")
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


def _check_apart(scenario: Scenario, site: str, rows: list[tuple[int, ...]], calendar: Calendar) -> None:
    """Two sessions of one site may not overlap: their counters would be the same people."""
    for before, after in itertools.pairwise(rows):
        if after[0] < before[1]:
            raise DataError(
                f"scenario {scenario.name}: site {site}: two sessions overlap on {calendar.date(after[2])}; "
                "give their rules other days, dates or intake windows (sites.<id>.sessions)"
            )


def _working_days(calendar: Calendar) -> p.Ints:
    """Working days of the period, and plain weekdays for a year after it, which no run ever reaches."""
    inside = np.flatnonzero(calendar.is_working_day)
    after = np.arange(calendar.n_days, calendar.n_days + 366)
    weekday = (calendar.start.weekday() + after) % 7
    return np.concatenate([inside, after[weekday < 5]]).astype(np.int64)


# ------------------------------------------------------------------------------------------------------------ travel


def _travel(scenario: Scenario, sites: Mapping[str, schema.Site], tables: Tables, calendar: Calendar) -> p.Travel:
    """Trips for each stretch of the period between changes of the road network."""
    last = calendar.date(calendar.n_days - 1)
    dates = (calendar.start, *change_dates(tables, calendar.start, last))
    nodes = [site.road_node for site in sites.values()]
    trips = [RoadNetwork(tables, scenario.roads, on=date).travel(nodes) for date in dates]
    duration = np.stack([trip.duration_ms for trip in trips])
    distance = np.stack([trip.distance_m for trip in trips])
    t = scenario.travel
    fare = np.maximum(distance / 1000.0 * t.fare_per_km, t.fare_minimum)
    fare = fare + np.where(duration > t.overnight_after, t.overnight_cost / 2.0, 0.0)
    return p.Travel(
        starts=np.array([calendar.day(date) * p.DAY_MS for date in dates], dtype=np.int64),
        duration_ms=duration,
        distance_m=distance,
        fare_rupiah=np.rint(fare).astype(np.int64),
    )


def _roads(scenario: Scenario, tables: Tables, date: dt.date) -> p.Roads:
    rows = np.flatnonzero(RoadNetwork(tables, scenario.roads, on=date).in_service)
    ends = np.stack([tables.roads.from_node[rows], tables.roads.to_node[rows]], axis=1)
    return p.Roads(tables.nodes.lon[ends], tables.nodes.lat[ends], tuple(tables.roads.road_class[r] for r in rows))


# ------------------------------------------------------------------------------------------------------------ demand


def _channels(scenario: Scenario, ids: tuple[str, ...]) -> p.Channels:
    rows = [scenario.channels[name] for name in ids]
    return p.Channels(
        id=ids,
        queue_class=np.array([c.queue_class for c in rows], dtype=np.int64),
        also_books=np.array([ids.index(c.also_books) if c.also_books else p.NONE for c in rows], dtype=np.int64),
        ready_after=np.array([p.NONE if c.ready_after is None else c.ready_after for c in rows], dtype=np.int64),
    )


def _segment(scenario: Scenario, name: str, tables: Tables, calendar: Calendar, channels: tuple[str, ...]) -> p.Segment:
    need, segment = scenario.need, scenario.need.segments[name]
    mean_size = sum(size * share for size, share in segment.party_size.items())
    months = np.array([segment.months.get(month, 1.0) for month in MONTHS])
    weekdays = np.array([need.weekdays.get(day, 1.0) for day in WEEKDAYS], dtype=float)
    if weekdays.sum() > 0:
        weekdays = weekdays / weekdays.mean()
    by_day = (
        months[calendar.month - 1]
        * weekdays[calendar.weekday]
        * np.where(calendar.is_fasting, segment.fasting, 1.0)
        * _levels(need.level, calendar)
    )
    parties = segment.per_year / DAYS_PER_YEAR / mean_size
    share = np.array([segment.channels.get(channel, 0.0) for channel in channels])
    share[channels.index(need.default_channel)] += max(0.0, 1.0 - share.sum())
    return p.Segment(
        id=name,
        parties_per_day=parties * np.outer(district_weights(segment, tables), by_day),
        party_size=dict(segment.party_size),
        channel_share=share,
        replacement=segment.replacement,
        electronic=segment.electronic,
        homebound=segment.homebound,
        worth=segment.worth,
    )


def district_weights(segment: schema.Segment, tables: Tables) -> p.Floats:
    """[districts], adds up to 1: the regency's weight, spread over its districts by population."""
    regency = tables.districts.regency
    population = np.bincount(regency, tables.districts.population, minlength=len(tables.regencies.code))
    city = np.array([segment.city_factor if kind == "kota" else 1.0 for kind in tables.regencies.kind])
    weight = tables.regencies.columns[segment.weight] * city
    return _unit_sum(weight[regency] * tables.districts.population / np.maximum(population[regency], 1e-12))


def _levels(level: Mapping[str, float], calendar: Calendar) -> p.Floats:
    """[days]: the level of the month, else of the year; 1 where the configuration names no level at all."""
    if not level:
        return np.ones(calendar.n_days)
    by_month: dict[tuple[int, int], float] = {}
    for year, month in sorted({(int(y), int(m)) for y, m in zip(calendar.year, calendar.month, strict=True)}):
        value = level.get(f"{year}-{month:02d}", level.get(str(year)))
        if value is None:
            raise DataError(
                f"need.level names {', '.join(level)}, but the simulated days reach into {year}-{month:02d}; "
                f"add a level for {year} or {year}-{month:02d}"
            )
        by_month[year, month] = value
    return np.array([by_month[int(y), int(m)] for y, m in zip(calendar.year, calendar.month, strict=True)])


def _behaviour(scenario: Scenario, sites: Mapping[str, schema.Site], tables: Tables) -> p.Behaviour:
    s = scenario
    areas = tables.regencies.working_area
    own = np.array([[area in (site_id, site.parent) for site_id, site in sites.items()] for area in areas], dtype=bool)
    constants = [s.choice.kind_constants.get(site.kind, 0) for site in sites.values()]
    return p.Behaviour(
        open_catchment=s.choice.catchment == "any",
        working_area=own[tables.districts.regency],
        value_of_time=s.choice.value_of_time,
        lead_day_rupiah=s.choice.lead_day,
        taste_rupiah=s.choice.taste,
        site_constant=np.array(constants, dtype=np.int64),
        time_factor=s.travel.time_factor,
        early_ms=s.travel.early,
        early_share=s.travel.early_share,
        window_ms=s.booking.window,
        notice_ms=s.booking.notice,
        prepare_days=dict(s.booking.prepare_days),
        retry_every=s.booking.retry_every,
        patience=s.booking.patience,
        no_show=s.booking.no_show,
        rebook=s.booking.rebook,
        rebook_after=s.booking.rebook_after,
        missing_new=s.papers.missing_new,
        missing_replacement=s.papers.missing_replacement,
        come_back=s.papers.come_back,
        back_after=s.papers.back_after,
        issue_days=dict(s.issue.working_days),
        ready_at_ms=s.issue.ready_at,
        refused=s.issue.refused,
        referral_after=s.issue.referral_after,
        collect_delay=s.collection.delay,
        kept_ms=s.collection.kept_for,
        never_collects=s.collection.never,
        service=(s.service.document, s.service.interview, s.service.collection),
    )


def _unit_sum(weights: p.Floats) -> p.Floats:
    total = weights.sum()
    if total <= 0:
        raise DataError("weights that add up to 0 spread nothing: see need.segments.<id>.weight and need.hours")
    shares: p.Floats = weights / total
    return shares
