"""From a scenario and its data tables to a plan: rules become sessions, roads become trips, shares become rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim import plan as p
from sim.building.closures import strikes
from sim.building.options import AUDIENCES, Option, days_in_service
from sim.building.printing import printing_days
from sim.building.trips import travel
from sim.config.schema import MONTHS, WEEKDAYS, Scenario
from sim.outline import Outline, outline
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork
from sim.province.tables import Tables, read_tables
from sim.rules import WHOLE


def build_plan(scenario: Scenario, tables: Tables | None = None, made: Outline | None = None) -> p.Plan:
    """The plan of a scenario.

    Args:
        scenario: a valid scenario.
        tables: its data tables, if they have been read already.
        made: its outline, if it has been made of them already.

    Raises:
        DataError: the tables do not fit the scenario, or its rules do not fit each other (:func:`sim.outline.outline`).
    """
    tables = tables or read_tables(scenario.data)
    made = made or outline(scenario, tables)
    calendar, found = made.calendar, made.options
    trips, reached = travel(scenario, found, made.networks, calendar)
    channels = tuple(scenario.channels)
    return p.Plan(
        scenario=scenario.name,
        title=dict(scenario.title.items()),
        origin=calendar.start,
        n_days=calendar.n_days,
        counted_from_ms=made.counted[0] * p.DAY_MS,
        counted_to_ms=made.counted[1] * p.DAY_MS,
        regencies=p.Regencies(tables.regencies.code, tables.regencies.name),
        districts=_districts(tables, made.networks[-1]),
        sites=_sites(scenario, found, reached, calendar, range(*made.counted)),
        sessions=made.sessions,
        travel=trips,
        roads=_roads(tables, made.networks[-1]),
        channels=_channels(scenario, channels),
        segments=tuple(_segment(scenario, name, tables, made, channels) for name in scenario.need.segments),
        day_cv=scenario.need.day_cv,
        hour_weights=made.hour_weights,
        outages=_outages(scenario, found, calendar),
        working_days=_working_days(calendar),
        prepare_days=dict(scenario.booking.prepare_days),
        behaviour=_behaviour(scenario, found, tables),
        boundaries=tables.boundaries,
    )


def _districts(tables: Tables, network: RoadNetwork) -> p.Districts:
    d = tables.districts
    return p.Districts(d.code, d.name, d.regency, d.lat, d.lon, d.population, network.nearest_km())


def _sites(
    scenario: Scenario, found: Sequence[Option], reached: p.Bools, calendar: Calendar, counted: range
) -> p.Sites:
    dates = [calendar.date(day) for day in counted]
    ids = tuple(option.id for option in found)
    parent = [ids.index(option.parent) for option in found]
    delivery = scenario.collection.delivery
    delivers = delivery is not None and delivery.enabled
    offered = None if delivery is None or delivery.sites is None else set(delivery.sites)
    printing = [option.site.printing_per_day if option.site else None for option in found]
    return p.Sites(
        id=ids,
        name=tuple(option.name for option in found),
        kind=tuple(option.kind for option in found),
        lat=np.array([option.lat for option in found]),
        lon=np.array([option.lon for option in found]),
        parent=np.array(parent, dtype=np.int64),
        electronic=np.array([_issues_electronic(option) for option in found], dtype=bool),
        referral_share=np.array([scenario.sites[o.held_at].referral if o.held_at == o.home else 0.0 for o in found]),
        sending_days=tuple(_sending(scenario, option) for option in found),
        programme=tuple(option.programme for option in found),
        programme_name=tuple(option.plan.name if option.plan else option.kind for option in found),
        audience=np.array([AUDIENCES.index(option.audience) for option in found], dtype=np.int64),
        smallest_group=np.array([option.plan.smallest_group if option.plan else 0 for option in found], dtype=np.int64),
        reached=reached,
        overnight_after_ms=np.array([_overnight_after(option) for option in found], dtype=np.int64),
        collect_at=np.array([_collect_at(option, ids) for option in found], dtype=np.int64),
        home=np.array([ids.index(option.home) for option in found], dtype=np.int64),
        held_at=np.array([ids.index(option.held_at) for option in found], dtype=np.int64),
        delivers=np.array([delivers and (offered is None or option.home in offered) for option in found], dtype=bool),
        printing_per_day=np.array([number or p.UNLIMITED for number in printing], dtype=np.int64),
        prints=np.stack([printing_days(option, calendar) for option in found]),
        days_in_service=np.array([days_in_service(option, dates) for option in found], dtype=np.int64),
        days_suspended=np.array([sum(day in counted for day in option.suspended) for option in found], dtype=np.int64),
        costs=tuple(
            p.Costs(c.per_year, c.per_session, c.officer_day, c.per_km, c.per_night, bool(c.model_fields_set))
            for c in (option.costs for option in found)
        ),
    )


def _issues_electronic(option: Option) -> bool:
    return option.site.electronic if option.site is not None else option.plan is not None and option.plan.electronic


def _sending(scenario: Scenario, option: Option) -> dict[int, float]:
    """Working days from the print to where the passport is handed out: at home, unless it is brought."""
    brought = option.plan.brought_days if option.plan is not None else None
    return dict(brought or scenario.sites[option.home].sending_days or {0: 1.0})


def _overnight_after(option: Option) -> int:
    """One-way trips of the team that are longer need a night away; NONE where none does."""
    longest = option.plan.overnight_after if option.plan is not None else None
    return p.NONE if longest is None else longest


def _collect_at(option: Option, ids: tuple[str, ...]) -> int:
    if option.plan is None:
        return ids.index(option.id)
    return p.NONE if option.plan.handover == "brought" else ids.index(option.home)


def _outages(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> tuple[p.Outage, ...]:
    made = []
    for name, outage in scenario.outages.items():
        if not outage.enabled:
            continue
        struck = [row for row, option in enumerate(found) if strikes(outage, option)]
        made.append(
            p.Outage(
                id=name,
                intake="intake" in outage.affects,
                printing="printing" in outage.affects,
                same_day=not {"printing", "same_day"}.isdisjoint(outage.affects),
                sites=np.array(struck, dtype=np.int64),
                first_day=calendar.day(outage.from_) if outage.from_ else None,
                last_day=calendar.day(outage.to) if outage.to else None,
                per_day=(outage.per_year or 0.0) / p.DAYS_A_YEAR,
                days=dict(outage.days or {1: 1.0}),
                returns_over=outage.returns_over,
            )
        )
    return tuple(made)


def _working_days(calendar: Calendar) -> p.Ints:
    """Working days of the period, and plain weekdays for a year after it, which no run ever reaches."""
    inside = np.flatnonzero(calendar.is_working_day)
    after = np.arange(calendar.n_days, calendar.n_days + 366)
    weekday = (calendar.start.weekday() + after) % 7
    return np.concatenate([inside, after[weekday < 5]]).astype(np.int64)


# ------------------------------------------------------------------------------------------------------------ travel


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
        ordinary=ids.index(scenario.need.default_channel),
        ready_after=np.array([p.NONE if c.ready_after is None else c.ready_after for c in rows], dtype=np.int64),
    )


def _segment(scenario: Scenario, name: str, tables: Tables, made: Outline, channels: tuple[str, ...]) -> p.Segment:
    need, segment, calendar = scenario.need, scenario.need.segments[name], made.calendar
    sizes = segment.group_size if segment.group_size is not None else segment.party_size
    mean_size = sum(size * share for size, share in sizes.items())
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
    parties = segment.per_year / p.DAYS_A_YEAR / mean_size
    share = np.array([segment.channels.get(channel, 0.0) for channel in channels])
    share[channels.index(need.default_channel)] += max(0.0, 1.0 - share.sum())
    return p.Segment(
        id=name,
        parties_per_day=parties * np.outer(made.weights[name], by_day),
        party_size=dict(segment.party_size),
        group_size=None if segment.group_size is None else dict(segment.group_size),
        channel_share=share,
        replacement=segment.replacement,
        electronic=segment.electronic,
        homebound=segment.homebound,
        worth=segment.worth,
    )


def _behaviour(scenario: Scenario, found: Sequence[Option], tables: Tables) -> p.Behaviour:
    s, delivery, progress = scenario, scenario.collection.delivery, scenario.collection.progress_check
    delivers = delivery is not None and delivery.enabled
    areas = tables.regencies.working_area
    own = np.array([[area in (option.id, option.parent) for option in found] for area in areas], dtype=bool)
    kinds = {option.id: option.kind for option in found}
    constants = [s.choice.kind_constants.get(kinds[option.held_at], 0) for option in found]
    return p.Behaviour(
        open_catchment=s.choice.catchment == "any",
        working_area=own[tables.districts.regency],
        value_of_time=s.choice.value_of_time,
        lead_day_rupiah=s.choice.lead_day,
        day_off_share=s.choice.day_off.share if s.choice.day_off is not None else 0.0,
        day_off=s.choice.day_off.price if s.choice.day_off is not None else None,
        taste_rupiah=s.choice.taste,
        site_constant=np.array(constants, dtype=np.int64),
        time_factor=s.travel.time_factor,
        early_ms=s.travel.early,
        early_share=s.travel.early_share,
        window_ms=s.booking.window,
        full_lead_days=max(s.booking.window // p.DAY_MS + 1, -(-(s.booking.full_lead or 0) // p.DAY_MS)),
        notice_ms=s.booking.notice,
        early_seats=round(s.booking.early_seats * WHOLE),
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
        promised_days=s.collection.promised_days,
        again_after=s.collection.again_after,
        delivery_fee=delivery.fee if delivery is not None and delivers else p.NONE,
        delivery_days=dict(delivery.days) if delivery is not None else {0: 1.0},
        delivery_reluctance=delivery.reluctance if delivery is not None else 0,
        delivery_taste=delivery.taste if delivery is not None else 0,
        progress_uptake=progress.uptake if progress is not None and progress.enabled else 0.0,
        service=(s.service.document, s.service.interview, s.service.collection),
    )
