"""From a scenario and its data tables to a plan: rules become sessions, roads become trips, shares become rates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import plan as p
from sim.config import schema
from sim.config.schema import MONTHS, WEEKDAYS, Scenario
from sim.outline import Outline, outline
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork
from sim.province.tables import Tables, read_tables

DAYS_PER_YEAR = 365.0


def build_plan(scenario: Scenario, tables: Tables | None = None) -> p.Plan:
    """The plan of a scenario.

    Args:
        scenario: a valid scenario.
        tables: its data tables, if they have been read already.

    Raises:
        DataError: the tables do not fit the scenario, or its rules do not fit each other (:func:`sim.outline.outline`).
    """
    tables = tables or read_tables(scenario.data)
    made = outline(scenario, tables)
    calendar, sites = made.calendar, made.sites
    channels = tuple(scenario.channels)
    return p.Plan(
        scenario=scenario.name,
        title=scenario.title,
        origin=calendar.start,
        n_days=calendar.n_days,
        counted_from_ms=made.counted[0] * p.DAY_MS,
        counted_to_ms=made.counted[1] * p.DAY_MS,
        regencies=p.Regencies(tables.regencies.code, tables.regencies.name),
        districts=_districts(tables),
        sites=_sites(sites),
        sessions=made.sessions,
        travel=_travel(scenario, made),
        roads=_roads(tables, made.networks[-1]),
        channels=_channels(scenario, channels),
        segments=tuple(_segment(scenario, name, tables, made, channels) for name in scenario.need.segments),
        day_cv=scenario.need.day_cv,
        hour_weights=made.hour_weights,
        working_days=_working_days(calendar),
        behaviour=_behaviour(scenario, sites, tables),
    )


def _districts(tables: Tables) -> p.Districts:
    d = tables.districts
    return p.Districts(d.code, d.name, d.regency, d.lat, d.lon, d.population)


def _sites(sites: Mapping[str, schema.Site]) -> p.Sites:
    ids = tuple(sites)
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


def _working_days(calendar: Calendar) -> p.Ints:
    """Working days of the period, and plain weekdays for a year after it, which no run ever reaches."""
    inside = np.flatnonzero(calendar.is_working_day)
    after = np.arange(calendar.n_days, calendar.n_days + 366)
    weekday = (calendar.start.weekday() + after) % 7
    return np.concatenate([inside, after[weekday < 5]]).astype(np.int64)


# ------------------------------------------------------------------------------------------------------------ travel


def _travel(scenario: Scenario, made: Outline) -> p.Travel:
    """Trips for each stretch of the period between changes of the road network."""
    nodes = [site.road_node for site in made.sites.values()]
    trips = [network.travel(nodes) for network in made.networks]
    duration = np.stack([trip.duration_ms for trip in trips])
    distance = np.stack([trip.distance_m for trip in trips])
    t = scenario.travel
    fare = np.maximum(distance / 1000.0 * t.fare_per_km, t.fare_minimum)
    fare = fare + np.where(duration > t.overnight_after, t.overnight_cost / 2.0, 0.0)
    return p.Travel(
        starts=np.array([made.calendar.day(network.on) * p.DAY_MS for network in made.networks], dtype=np.int64),
        duration_ms=duration,
        distance_m=distance,
        fare_rupiah=np.rint(fare).astype(np.int64),
    )


def _roads(tables: Tables, network: RoadNetwork) -> p.Roads:
    rows = np.flatnonzero(network.in_service)
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


def _segment(scenario: Scenario, name: str, tables: Tables, made: Outline, channels: tuple[str, ...]) -> p.Segment:
    need, segment, calendar = scenario.need, scenario.need.segments[name], made.calendar
    mean_size = sum(size * share for size, share in segment.party_size.items())
    months = np.array([segment.months.get(month, 1.0) for month in MONTHS])
    weekdays = np.array([need.weekdays.get(day, 1.0) for day in WEEKDAYS], dtype=float)
    if weekdays.sum() > 0:
        weekdays = weekdays / weekdays.mean()
    by_day = (
        months[calendar.month - 1]
        * weekdays[calendar.weekday]
        * np.where(calendar.is_fasting, segment.fasting, 1.0)
        * made.levels
    )
    parties = segment.per_year / DAYS_PER_YEAR / mean_size
    share = np.array([segment.channels.get(channel, 0.0) for channel in channels])
    share[channels.index(need.default_channel)] += max(0.0, 1.0 - share.sum())
    return p.Segment(
        id=name,
        parties_per_day=parties * np.outer(made.weights[name], by_day),
        party_size=dict(segment.party_size),
        channel_share=share,
        replacement=segment.replacement,
        electronic=segment.electronic,
        homebound=segment.homebound,
        worth=segment.worth,
    )


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
