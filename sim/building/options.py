"""Options: every place where one can apply, from the sites and from the places of each programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.building.deterred import most_deterred
from sim.config.nodes import shown
from sim.config.schema import WEEKDAYS, Costs, Programme, Scenario, Site, Window
from sim.errors import Problem
from sim.plan import DAY_MS
from sim.province.calendar import Calendar
from sim.province.tables import Tables

T = TypeVar("T")
MOST_NAMED = 5
"""Districts of a regency that a message names."""
AUDIENCES = ("everyone", "homebound", "groups")


@dataclass(frozen=True)
class Held:
    """One session that a rule generates: the day, and the rule's words."""

    day: int
    intake: Window
    """From midnight of the day; the end is later than 24 h where intake goes on over nights."""
    closes: int
    collection: Window | None
    seats_every: int
    quota: Mapping[str, int]
    counters: Mapping[str, int]
    breaks: Mapping[str, Window | None]
    path: str
    """Of the rule, for errors."""


@dataclass(frozen=True)
class Option:
    """A place where one can apply."""

    id: str
    name: str
    kind: str
    programme: str
    audience: str
    home: str
    """The site whose officers hold its sessions; a site's own id."""
    held_at: str
    """The site in whose rooms they are held; elsewhere the option's own id."""
    parent: str
    """The site that prints."""
    road_node: str | None
    district: int | None
    """Row of the district whose point it is; None with a road node, and where the team goes to the applicants."""
    lat: float
    lon: float
    site: Site | None
    plan: Programme | None
    held: tuple[Held, ...]
    suspended: tuple[int, ...]
    """Days on which all sessions with slots that it, or its programme, would hold are suspended."""
    costs: Costs

    @property
    def on_request(self) -> bool:
        """Whether sessions are held only when booked."""
        return self.plan is not None and self.plan.on_request


def options(scenario: Scenario, tables: Tables, calendar: Calendar) -> tuple[list[Option], list[Problem]]:
    """All options with at least one session in the simulated period: sites in their order, then programmes.

    Returns:
        The options, and what is wrong with itineraries: an itinerary names an unknown district, a holiday, or a date on
        which the home office is not open; one team has two places on one day; a home office is not in service at all.
    """
    found = [option for option in _sites(scenario, calendar) if option.held]
    problems: list[Problem] = []
    # Where books are handed out alone nobody is there to be sent.
    open_on = {option.id: {held.day for held in option.held if any(held.quota.values())} for option in found}
    for name, programme in scenario.programmes.items():
        if programme.enabled:
            places = _programme(scenario, name, programme, tables, calendar, open_on, problems)
            if places and not open_on.get(programme.home):
                what = (
                    f"the home office {programme.home} holds no session on any simulated day: nobody hands its books on"
                )
                problems.append(Problem(what, path=f"programmes.{name}.home", allowed="an office that is in service"))
            found += places
    return found, problems


def in_service(site: Site, date: dt.date) -> bool:
    """Whether a site is open to the public on a date."""
    if site.in_service != "by_date":
        return site.in_service == "always"
    return (site.opened is None or site.opened <= date) and (site.closed is None or date < site.closed)


def days_in_service(option: Option, dates: Sequence[dt.date]) -> int:
    """Of some dates, those on which a site is in service, or a programme there, be it suspended meanwhile."""
    if option.site is not None:
        return sum(in_service(option.site, date) for date in dates)
    assert option.plan is not None
    return sum(all(rule.covers(date) for rule in option.plan.rules) for date in dates)


def _sites(scenario: Scenario, calendar: Calendar) -> Iterator[Option]:
    dates = [calendar.date(day) for day in range(calendar.n_days)]
    weekdays = [WEEKDAYS[number] for number in calendar.weekday]
    for site_id, site in scenario.sites.items():
        served = [day for day, date in enumerate(dates) if in_service(site, date)]
        held: list[Held] = []
        usual: set[int] = set()
        for rule_id, rule in site.sessions.items():
            later = rule.nights * DAY_MS
            # What the rule's sessions have in common is worked out once.
            words = (
                rule.intake.model_copy(update={"to": rule.intake.to + later}),
                later + (rule.closes if rule.closes is not None else rule.intake.to),
                rule.collection,
                rule.seats_every,
                dict(rule.quota),
                _by_name(rule.counters),
                _by_name(scenario.breaks if rule.breaks is None else rule.breaks),
                f"sites.{site_id}.sessions.{rule_id}",
            )
            days = [
                day
                for day in served
                if weekdays[day] in rule.days
                and (rule.on_holidays or not calendar.is_holiday[day])
                and rule.covers(dates[day])
            ]
            if any(rule.quota.values()):
                usual.update(days)
            held += [Held(day, *words) for day in days if not rule.is_suspended(dates[day])]
        held.sort(key=lambda h: (h.day, h.intake.from_))
        yield Option(
            id=site_id,
            name=site.name,
            kind=site.kind,
            programme=site.kind,
            audience="everyone",
            home=site_id,
            held_at=site_id,
            parent=site.parent or site_id,
            road_node=site.road_node,
            district=None,
            lat=site.position.lat,
            lon=site.position.lon,
            site=site,
            plan=None,
            held=tuple(held),
            suspended=tuple(sorted(usual - {one.day for one in held if any(one.quota.values())})),
            costs=site.costs,
        )


def _by_name(table: Mapping[Any, T]) -> dict[str, T]:
    return {str(key): value for key, value in table.items()}


# ---------------------------------------------------------------------------------------------------------- programmes


def _programme(
    scenario: Scenario,
    name: str,
    programme: Programme,
    tables: Tables,
    calendar: Calendar,
    open_on: Mapping[str, set[int]],
    problems: list[Problem],
) -> list[Option]:
    """The options of a programme: one for each place it visits."""
    days_at = _timetable(scenario, name, programme, tables, calendar, open_on, problems)
    suspended: set[int] = set()
    if any(rule.suspended for rule in programme.rules):
        # What is wrong with days on which it is suspended need not be mended.
        usual = _timetable(scenario, name, _unsuspended(programme), tables, calendar, open_on, [])
        suspended = _days(usual) - _days(days_at)
    home = scenario.sites[programme.home]
    districts = tables.districts
    found = []
    for place, days in days_at.items():
        if place and place not in districts.code:
            continue  # told as a problem of the itinerary
        row = districts.code.index(place) if place else None
        option_id = f"{name}@{place}" if place else name
        at_home = not place and programme.venue is None and not programme.on_request
        if row is not None:
            lat, lon, node = float(districts.lat[row]), float(districts.lon[row]), None
            label = f"{programme.name}, {districts.name[row]}"
        elif programme.venue is not None:
            lat, lon, node = programme.venue.position.lat, programme.venue.position.lon, programme.venue.road_node
            label = programme.name
        else:
            lat, lon, node = home.position.lat, home.position.lon, home.road_node
            label = programme.name
        closes = programme.closes if programme.closes is not None else programme.intake.to
        breaks = scenario.breaks if programme.breaks is None else programme.breaks
        path = f"programmes.{name}"
        quota, counters = dict(programme.quota), _by_name(programme.counters)
        words = None, programme.seats_every, quota, counters, _by_name(breaks), path
        found.append(
            Option(
                id=option_id,
                name=label,
                kind=programme.kind,
                programme=name,
                audience=programme.audience,
                home=programme.home,
                held_at=programme.home if at_home else option_id,
                parent=home.parent or programme.home,
                road_node=None if programme.on_request else node,
                district=row,
                lat=lat,
                lon=lon,
                site=None,
                plan=programme,
                held=tuple(Held(day, programme.intake, closes, *words) for day in sorted(days)),
                suspended=tuple(sorted(suspended)),
                costs=programme.costs,
            )
        )
    return [option for option in found if option.held]


def _unsuspended(programme: Programme) -> Programme:
    """The programme as it would be held if it were never suspended."""
    never = {"suspended": None}
    rotation = None if programme.rotation is None else programme.rotation.model_copy(update=never)
    return programme.model_copy(update={**never, "rotation": rotation})


def _days(timetable: Mapping[str, list[int]]) -> set[int]:
    return {day for days in timetable.values() for day in days}


def _timetable(
    scenario: Scenario,
    name: str,
    programme: Programme,
    tables: Tables,
    calendar: Calendar,
    open_on: Mapping[str, set[int]],
    problems: list[Problem],
) -> dict[str, list[int]]:
    """Days by place; the place is empty where there is only one."""
    path = f"programmes.{name}"
    inside = [d for d in range(calendar.n_days) if programme.goes_on(calendar.date(d))]
    home_open = open_on.get(programme.home, set())
    # In their free time officers go out whether their office is open or not.
    possible = {d for d in inside if not calendar.is_holiday[d]} if programme.overtime else home_open
    if programme.dates is not None or programme.visits is not None:
        listed = [(date, "") for date in programme.dates or []] + [(v.date, v.place) for v in programme.visits or []]
        return _listed(path, programme, listed, tables, calendar, home_open, problems)
    if programme.weekends is not None:
        chosen = [d for d in inside if _weekend(programme, calendar, d) and not calendar.is_holiday[d]]
        return {"": chosen}
    if programme.rotation is not None:
        rotation = programme.rotation
        days = [
            d
            for d in inside
            if WEEKDAYS[calendar.weekday[d]] in rotation.days
            and d in possible
            and (rotation.weeks is None or week_of_month(calendar.date(d)) in rotation.weeks)
            and rotation.goes_on(calendar.date(d))
        ]
        places = rotation.places or most_deterred(
            scenario, tables, calendar, programme.home, rotation.most_deterred or 1
        )
        _check_places(f"{path}.rotation.places", places, tables, problems)
        if problems:
            return {}
        turns: dict[str, list[int]] = {place: [] for place in places}
        for turn, day in enumerate(days):
            turns[places[turn % len(places)]].append(day)
        return turns
    wanted = programme.days or []
    chosen = [
        d for d in inside if WEEKDAYS[calendar.weekday[d]] in wanted and not calendar.is_holiday[d] and d in possible
    ]
    return {"": chosen}


def _listed(
    path: str,
    programme: Programme,
    listed: list[tuple[dt.date, str]],
    tables: Tables,
    calendar: Calendar,
    home_open: set[int],
    problems: list[Problem],
) -> dict[str, list[int]]:
    """An itinerary of dates; those outside the simulated period are left out, those that cannot be are problems."""
    key = f"{path}.dates" if programme.dates is not None else f"{path}.visits"
    _check_places(key, [place for _, place in listed if place], tables, problems)
    turns: dict[str, list[int]] = {}
    by_date: dict[dt.date, str] = {}
    for row, (date, place) in enumerate(listed):
        at = f"{key}[{row}]"
        if date in by_date:
            there = f"{by_date[date]} and {place}" if place else "the same place"
            problems.append(Problem(f"one team has two visits on {date}: {there}", path=at))
            continue
        by_date[date] = place
        day = calendar.day(date)
        if not 0 <= day < calendar.n_days or not programme.goes_on(date):
            continue
        if calendar.is_holiday[day]:
            problems.append(Problem(f"{date} is a holiday", path=at, allowed="a date that is no holiday"))
        elif not programme.overtime and day not in home_open:
            what = f"the home office {programme.home} holds no session on {date}, so it has no officers to send"
            problems.append(Problem(what, path=at, allowed="a date on which it is open, or overtime: true"))
        turns.setdefault(place, []).append(day)
    return turns


def _check_places(key: str, places: list[str], tables: Tables, problems: list[Problem]) -> None:
    from sim.config.rejection import named, nearest_name

    known = tables.districts.code
    names = dict(zip(tables.districts.name, known, strict=True))
    for place in dict.fromkeys(places):
        if place not in known:
            inside = _districts_of(place, tables)
            name, code = ("", "") if inside else named(place, names)
            near = "" if inside else code or nearest_name(place, known)
            such_as = f", such as {inside}" if inside else f", as that of {name} is" if name else ""
            allowed = f"a code of {shown(tables.districts.file)}{such_as}"
            problems.append(Problem(f"there is no district {place!r}", path=key, allowed=allowed, nearest=near))


def _districts_of(place: str, tables: Tables) -> str:
    """Districts of the regency that a place names, by its code or as people write its name; empty where it is none."""
    from sim.config.rejection import joined, spellings

    d, regencies = tables.districts, list(zip(tables.regencies.code, tables.regencies.name, strict=True))
    if joined(place) in map(joined, d.name):
        return ""
    for row, (code, name) in enumerate(regencies):
        if place == code or joined(place) in spellings(name):
            inside = [
                f"'{one}' ({of})" for one, of, at in zip(d.code, d.name, d.regency.tolist(), strict=True) if at == row
            ]
            return f"those of the regency {name}: {', '.join(inside[:MOST_NAMED])}{' ...' * (len(inside) > MOST_NAMED)}"
    return ""


def _weekend(programme: Programme, calendar: Calendar, day: int) -> bool:
    """Whether a day is of a chosen weekend; a Sunday belongs to the Saturday before it."""
    weekends = programme.weekends
    weekday = WEEKDAYS[calendar.weekday[day]]
    if weekends is None or weekday not in weekends.days:
        return False
    return week_of_month(calendar.date(day if weekday == "sat" else day - 1)) in weekends.weeks


def week_of_month(date: dt.date) -> int:
    """How many days of this weekday its month has had by then: 1 for the first."""
    return (date.day - 1) // 7 + 1
