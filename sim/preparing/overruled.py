"""What a scenario says, and something else in it overrules: it can be run, and is hardly meant."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from sim.config.loader import Loaded
from sim.config.nodes import COMMAND_LINE, shown
from sim.config.problems import place_of
from sim.config.schema import Scenario, Site, Venue
from sim.errors import Problem
from sim.outline import Outline

NO_EFFECT = "has no effect"


def overruled(scenario: Loaded[Scenario], made: Outline) -> Iterator[Problem]:
    """A warning for each."""
    yield from _of_what_is_off(scenario)
    yield from _dates_without_effect(scenario, made)
    yield from _closed_before(scenario, made)
    yield from _out_of_period(scenario, made)
    yield from _trend_without_effect(scenario, made)
    yield from _venues_left_behind(scenario)


def says(scenario: Loaded[Scenario], path: str) -> bool:
    """Whether the scenario's own file, or the command line, says what stands at a path, or a part of it."""
    own, inside = (COMMAND_LINE, shown(scenario.path)), (f"{path}.", f"{path}[")
    return any(place[0] in own for part, place in scenario.where.items() if part == path or part.startswith(inside))


def _of_what_is_off(scenario: Loaded[Scenario]) -> Iterator[Problem]:
    """What the scenario's own file says of a service, an office or an outage that another file has switched off.

    Where the file itself switches it off the rest of the file is kept for when it is on, and only what the command line
    sets is not. Dates of an office are told as such.
    """
    model = scenario.model
    collection = {"delivery": model.collection.delivery, "progress_check": model.collection.progress_check}
    switches = [
        *((f"programmes.{name}", "enabled", one.enabled) for name, one in model.programmes.items()),
        *((f"outages.{name}", "enabled", one.enabled) for name, one in model.outages.items()),
        *((f"collection.{name}", "enabled", one.enabled) for name, one in collection.items() if one is not None),
        *((f"sites.{name}", "in_service", one.in_service != "never") for name, one in model.sites.items()),
    ]
    for place, switch, is_on in switches:
        decided = f"{place}.{switch}"
        if is_on or scenario.where.get(decided, ("", 0))[0] == COMMAND_LINE:
            continue
        own = () if says(scenario, decided) else (shown(scenario.path),)
        for sayer in (COMMAND_LINE, *own):
            keys = dict.fromkeys(
                path.removeprefix(f"{place}.").split(".")[0].split("[")[0]
                for path, (file, _) in scenario.where.items()
                if path.startswith(f"{place}.") and file == sayer
            )
            said = [key for key in keys if key not in ("opened", "closed", switch)]
            if said:
                others = f", nor has {', '.join(said[1:])}" if said[1:] else ""
                value = "never" if switch == "in_service" else "false"
                on = "always, or by_date" if switch == "in_service" else "true"
                yield Problem(
                    f"{NO_EFFECT}{others}: {switch} is {value}, as {place_of(scenario.where, decided)[0]} says",
                    path=f"{place}.{said[0]}",
                    allowed=f"{switch}: {on} beside it; or nothing of what is off",
                )


def _dates_without_effect(scenario: Loaded[Scenario], made: Outline) -> Iterator[Problem]:
    """Dates of a site that is always in service, or never, whatever they are.

    Those that the scenario's own file gives where one that it extends has decided, and those that stand beside
    `always` in one file. Beside `never` a date is kept for when the site is switched on.
    """
    for name, site in scenario.model.sites.items():
        decided = place_of(scenario.where, f"sites.{name}.in_service")[0]
        for key in ("opened", "closed"):
            path = f"sites.{name}.{key}"
            if getattr(site, key) is None or site.in_service == "by_date":
                continue
            if key == "closed" and site.in_service == "always" and _is_closed_before(site, made):
                continue  # told at in_service
            if place_of(scenario.where, path)[0] != decided:
                if says(scenario, path):
                    yield Problem(
                        f"{NO_EFFECT}: in_service is {site.in_service!r}, as {decided} says",
                        path=path,
                        allowed="in_service: by_date beside it, for the dates to count",
                    )
            elif site.in_service == "always":
                yield Problem(
                    f"{NO_EFFECT}: in_service is 'always' beside it",
                    path=path,
                    allowed="in_service: by_date, for the dates to count; no date (null) where it is always open",
                )


def _closed_before(scenario: Loaded[Scenario], made: Outline) -> Iterator[Problem]:
    """Sites that are always in service, though by their dates they were closed before the period begins."""
    for name, site in scenario.model.sites.items():
        if site.in_service == "always" and _is_closed_before(site, made):
            yield Problem(
                f"is 'always', though the site was closed on {site.closed}, by the first day of the period, "
                f"{made.calendar.date(made.counted[0])}",
                path=f"sites.{name}.in_service",
                allowed="by_date, for its dates to count; `closed: null` beside it to be warned no more",
            )


def _is_closed_before(site: Site, made: Outline) -> bool:
    """Whether a site is closed by its dates on the first counted day already."""
    return site.closed is not None and site.closed <= made.calendar.date(made.counted[0])


def _out_of_period(scenario: Loaded[Scenario], made: Outline) -> Iterator[Problem]:
    """Dates that the scenario's own file gives a site, by which it is in service on no counted day.

    In what a file extends there may be sites that open later: its dates are those of the world and not a scenario's.
    """
    first, last = (made.calendar.date(day) for day in (made.counted[0], made.counted[1] - 1))
    period = f"the period, {first} to {last}"
    for name, site in scenario.model.sites.items():
        if site.in_service != "by_date":
            continue
        late, early = site.opened is not None and site.opened > last, _is_closed_before(site, made)
        for key, outside in (("opened", late), ("closed", early)):
            path = f"sites.{name}.{key}"
            if outside and says(scenario, path):
                where = "is after" if key == "opened" else "is not after the first day of"
                yield Problem(
                    f"{getattr(site, key)} {where} {period}: the site is in service on no day of it",
                    path=path,
                    allowed="a date within the period; in_service: never where it is to be left out",
                )


def _trend_without_effect(scenario: Loaded[Scenario], made: Outline) -> Iterator[Problem]:
    """A trend that the scenario's own file gives, where a level is given for each month of the period."""
    need, path = scenario.model.need, "need.trend.per_year"
    if need.trend is None or not says(scenario, path):
        return
    months = dict.fromkeys(_month(made, day) for day in range(*made.counted))
    names = [_level_of(need.level, *month) for month in months]
    if all(names):
        said = ", ".join(f"{name}: {need.level[name]:g}" for name in dict.fromkeys(names))
        yield Problem(
            f"{NO_EFFECT} in the period: need.level says {{{said}}}, and a level goes before the trend",
            path=path,
            allowed="a level by year (or month) that stands for the growth, or a file to extend that gives none",
        )


def _venues_left_behind(scenario: Loaded[Scenario]) -> Iterator[Problem]:
    """Programmes that a file gives another home, and that are still held at the venue they had."""
    for name, programme in scenario.model.programmes.items():
        home, venue = f"programmes.{name}.home", f"programmes.{name}.venue"
        if not programme.enabled or programme.venue is None or not says(scenario, home):
            continue
        givers = {scenario.where[path][0] for path in (venue, f"{venue}.road_node") if path in scenario.where}
        if scenario.where[home][0] not in givers and _nearest_site(scenario.model, programme.venue) != programme.home:
            yield Problem(
                f"is {programme.home} now, and the venue is still at the road node {programme.venue.road_node!r}, as "
                f"{place_of(scenario.where, venue)[0]} says: its officers go there",
                path=home,
                allowed="a venue beside it: a road node and a position, or null for the rooms of its home",
            )


def _nearest_site(model: Scenario, venue: Venue) -> str:
    """The site that stands nearest to a venue, by air."""

    def apart(name: str) -> float:
        at = model.sites[name].position
        return math.hypot(at.lat - venue.position.lat, at.lon - venue.position.lon)

    return min(model.sites, key=apart)


def _month(made: Outline, day: int) -> tuple[int, int]:
    date: dt.date = made.calendar.date(day)
    return date.year, date.month


def _level_of(level: dict[str, float], year: int, month: int) -> str:
    """The name of the level that counts in a month; empty where there is none."""
    by_month = f"{year}-{month:02d}"
    return by_month if by_month in level else str(year) if str(year) in level else ""
