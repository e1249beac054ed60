"""What else can be run and is hardly meant, and so is told: places that hold no session or have no slot, that stand far
from their road node or have one name; regencies whose people may go to one office alone, which holds no session, or
whose districts have other numbers of people; kinds of places without a constant; places of whose costs nothing is said.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from sim.building.options import Option, in_service
from sim.config.schema import Dated, Scenario
from sim.errors import Problem
from sim.province.calendar import Calendar
from sim.province.shapes import KM_PER_DEGREE
from sim.province.tables import Tables

BESIDE_NODE_KM = 5.0
"""Air distance from its road node up to which a place may stand: a node stands for a town."""
SHORT, LONG = 0.9, 5.0
"""How many times as long as the way by air a road is at least, as positions are rounded, and hardly ever more."""
OF_POPULATION = 0.1
"""By which share the people of a regency's districts may miss those of the regency, which may be of another year."""


def forsaken_regencies(scenario: Scenario, found: Sequence[Option], tables: Tables) -> Iterator[Problem]:
    """A warning for each office that people must go to, and that holds no session on any simulated day."""
    if scenario.choice.catchment != "working_area":
        return
    held = {name for option in found for name in (option.id, option.parent)}
    regencies = tables.regencies
    for area in dict.fromkeys(regencies.working_area):
        if area not in held:
            named = [name for name, of in zip(regencies.name, regencies.working_area, strict=True) if of == area]
            yield Problem(
                f"nobody in {', '.join(named)} can apply anywhere: their office {area!r} holds no session on any "
                "simulated day",
                path="choice.catchment",
                allowed="any, or an office in service (the column working_area of the regencies table)",
            )


def uneven_populations(tables: Tables) -> Iterator[Problem]:
    """A warning for each regency whose districts have other numbers of people than it has by its own table.

    That is by each of its columns whose name begins with ``population``; none is asked for where there is none.
    """
    districts, regencies = tables.districts, tables.regencies
    together = np.bincount(districts.regency, districts.population, minlength=len(regencies.code))
    columns = {name: values for name, values in regencies.columns.items() if name.startswith("population")}
    for row, people in enumerate(together.tolist()):
        known = {name: float(values[row]) for name, values in columns.items() if values[row] > 0}
        if not known or any(abs(people / number - 1.0) <= OF_POPULATION for number in known.values()):
            continue
        told = ", ".join(f"{number:,.0f} ({name})" for name, number in known.items())
        yield Problem(
            f"the districts of {regencies.name[row]} have {people:,.0f} people together, and it has {told}",
            file=str(regencies.file),
            line=regencies.line[row],
            allowed=f"numbers of {districts.file.name} and {regencies.file.name} that agree to a tenth",
        )


def holding_sessions(found: Sequence[Option]) -> set[str]:
    """Sites and programmes that hold a session on any simulated day."""
    return {option.programme if option.plan is not None else option.id for option in found}


def without_sessions(scenario: Scenario, found: Sequence[Option]) -> list[str]:
    """Sites and programmes that are not switched off, and hold no session on any simulated day."""
    held = holding_sessions(found)
    wanted = [name for name, site in scenario.sites.items() if site.in_service != "never"]
    wanted += [name for name, programme in scenario.programmes.items() if programme.enabled]
    return [name for name in wanted if name not in held]


def _suspended(rules: Collection[Dated], days: Sequence[dt.date]) -> tuple[str, str]:
    """What is said, and what is allowed, where rules are suspended on some of the days; nothing where none is."""
    count = sum(any(rule.covers(day) and rule.is_suspended(day) for rule in rules) for day in days)
    if not count:
        return "", ""
    return f"; {count} of the {len(days)} days are suspended", "fewer days under `suspended`, or null in its place; "


def idle_places(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each place that has days to hold sessions on and holds none, or has no slot in any of them."""
    days = [calendar.date(day) for day in range(calendar.n_days)]
    for name in without_sessions(scenario, found):
        if name in scenario.sites:
            if any(in_service(scenario.sites[name], day) for day in days):
                suspended, fewer = _suspended(scenario.sites[name].sessions.values(), days)
                what = f"holds no session on any day of the period on which it is in service{suspended}"
                allowed = f"{fewer}days and dates within the period"
                yield Problem(what, path=f"sites.{name}.sessions", allowed=allowed)
            continue
        programme = scenario.programmes[name]
        first, last = programme.from_ or days[0], programme.to or days[-1]
        if first <= days[-1] and days[0] <= last:
            sent = "" if programme.overtime else " on which its home is open, another home that is, or overtime: true"
            needs_home = "" if programme.overtime else f", as far as {programme.home} is open on them"
            suspended, fewer = _suspended(programme.rules, days)
            yield Problem(
                f"holds no session on any day of the period{needs_home}{suspended}",
                path=f"programmes.{name}",
                allowed=f"{fewer}days or dates within the period{sent}",
            )
    slots: dict[str, int] = {}
    for option in found:
        # A rule of an office may be there for collection alone.
        elsewhere = any(sum(held.quota.values()) for held in option.held)
        for held in option.held:
            if not (elsewhere and held.collection is not None):
                slots[held.path] = slots.get(held.path, 0) + sum(held.quota.values())
    for path, number in slots.items():
        if not number:
            yield Problem("its sessions have no slot: nobody can book there", path=path, allowed="a quota above 0")


def same_names(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """A warning for each site or programme that is called as another one is: tables and findings tell them by name."""
    held = holding_sessions(found)
    first_of: dict[str, str] = {}
    for section, places in (("sites", scenario.sites), ("programmes", scenario.programmes)):
        for name, place in places.items():
            first = first_of.setdefault(place.name.casefold(), name) if name in held else name
            if first != name:
                yield Problem(
                    f"{first} and {name} are both called {place.name!r}: reports name them alike",
                    path=f"{section}.{name}.name",
                    allowed="a name of its own",
                )


def weekends_for_nobody(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each programme in an office's rooms on days off alone, where all days are alike to everybody."""
    if scenario.choice.day_off is not None and scenario.choice.day_off.share > 0:
        return
    for option in found:
        days = [held.day for held in option.held]
        if option.plan is None or option.held_at == option.id or calendar.is_working_day[days].any():
            continue
        yield Problem(
            f"is open on days off alone, in the rooms of {option.home}, and nobody loses a day's work by an "
            "appointment here (choice.day_off says of nobody): hardly anybody comes but to whom it is the earlier free "
            "day",
            path=f"programmes.{option.programme}",
            allowed="choice.day_off, which says who would rather come at a weekend; or a venue of its own",
        )


def away_from_node(found: Sequence[Option], tables: Tables) -> Iterator[Problem]:
    """A warning for each place that stands far from its road node: trips are those to the node."""
    nodes = tables.nodes
    for option in found:
        row = nodes.index.get(option.road_node) if option.road_node is not None else None
        at_venue = option.plan is not None and option.plan.venue is not None
        if row is None or not (option.site is not None or at_venue):
            continue
        east = (option.lon - nodes.lon[row]) * math.cos(math.radians(nodes.lat[row]))
        km = KM_PER_DEGREE * math.hypot(option.lat - nodes.lat[row], east)
        if km > BESIDE_NODE_KM:
            yield Problem(
                f"is {km:,.0f} km by air from the road node {option.road_node!r} ({nodes.name[row]}), "
                "to which all trips to it lead",
                path=f"programmes.{option.programme}.venue.position" if at_venue else f"sites.{option.id}.position",
                allowed=f"the position of the node, lat {nodes.lat[row]:g}, lon {nodes.lon[row]:g}, or another node",
            )


def odd_roads(tables: Tables) -> Iterator[Problem]:
    """A warning for each road that is shorter than the way by air, or so much longer that something may be wrong."""
    nodes, roads = tables.nodes, tables.roads
    north = nodes.lat[roads.from_node] - nodes.lat[roads.to_node]
    middle = np.radians((nodes.lat[roads.from_node] + nodes.lat[roads.to_node]) / 2.0)
    air = KM_PER_DEGREE * np.hypot(north, (nodes.lon[roads.from_node] - nodes.lon[roads.to_node]) * np.cos(middle))
    short = (roads.distance_km < SHORT * air) & (air > BESIDE_NODE_KM)
    long = (roads.distance_km > LONG * air) & (roads.distance_km > LONG * BESIDE_NODE_KM)
    for row in np.flatnonzero(short | long).tolist():
        ends = " and ".join(nodes.id[node] for node in (int(roads.from_node[row]), int(roads.to_node[row])))
        yield Problem(
            f"the road between {ends} is {roads.distance_km[row]:g} km long; by air they are {air[row]:,.0f} km apart",
            file=str(roads.file),
            line=roads.line[row],
            column="distance_km",
            allowed=f"kilometres, {SHORT:g} to {LONG:g} times those by air; or other positions of these nodes",
        )


def kinds_without_constant(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """A warning for each kind of place that has no constant, where the one that others are told against is named."""
    known = scenario.choice.kind_constants
    kinds = dict.fromkeys(option.kind for option in found if option.held_at == option.id)
    for kind in kinds if 0 in known.values() else ():
        if kind in known:
            continue
        of_kind = (option for option in found if option.kind == kind and option.held_at == option.id)
        places = ", ".join(dict.fromkeys(option.programme if option.plan else option.id for option in of_kind))
        yield Problem(
            f"has no constant for the kind {kind!r} ({places}): Rp 0 is taken",
            path="choice.kind_constants",
            allowed=f"a value for {kind}, or one of the kinds that have one: {', '.join(known)}",
        )


def unpriced_nights(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each team whose nights away have a price and are never needed, or the other way round."""
    for name, programme in scenario.programmes.items():
        if not programme.enabled or bool(programme.costs.per_night) == (programme.overnight_after is not None):
            continue
        if programme.costs.per_night:
            path = f"programmes.{name}.costs.per_night"
            what = "nights of the team have a price, and none is ever needed"
            allowed = "overnight_after as well: the one-way trip beyond which officers stay overnight"
        else:
            path = f"programmes.{name}.overnight_after"
            what = "nights of the team cost nothing"
            allowed = "costs.per_night as well"
        yield Problem(what, path=path, allowed=allowed)
    for name, site in scenario.sites.items():
        for price in ("per_km", "per_night"):
            if getattr(site.costs, price):
                what = "is a price of a team on its way, and an office has none"
                yield Problem(what, path=f"sites.{name}.costs.{price}", allowed="this price at a programme")


def unpriced(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """A warning of the sites, and one of the programmes, of whose costs nothing is said where it is of others'."""
    held = holding_sessions(found)
    sites = {name: site.costs for name, site in scenario.sites.items() if name in held}
    programmes = {name: each.costs for name, each in scenario.programmes.items() if name in held}
    if not any(costs.model_fields_set for costs in (*sites.values(), *programmes.values())):
        return
    for section, costs_of, of in (("sites", sites, "offices of its kind"), ("programmes", programmes, "it")):
        silent = [name for name, costs in costs_of.items() if not costs.model_fields_set]
        if silent:
            others = f" (nor of {', '.join(silent[1:])})" if silent[1:] else ""
            yield Problem(
                f"nothing is said of what it costs to run{others}: Rp 0 is taken, and reports call the costs of {of}, "
                "and those of all services, not stated",
                path=f"{section}.{silent[0]}.costs",
                allowed="its prices, or {per_year: Rp 0} to be warned no more",
            )
