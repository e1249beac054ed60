"""What can be run and is hardly meant, and so is told: quotas beyond what counters serve in staffed time, or below the
size of a group; places that hold no session or have no slot, or that stand far from their road node; regencies whose
people may go to one office alone, which holds no session; places of whose costs nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.building.options import Held, Option, in_service
from sim.config.schema import WEEKDAYS, Scenario
from sim.errors import Problem
from sim.plan import MINUTE_MS
from sim.province.access import KM_PER_DEGREE
from sim.province.calendar import Calendar
from sim.province.tables import Tables

BESIDE_NODE_KM = 5.0
"""Air distance from its road node up to which a place may stand: a node stands for a town."""


def overfull(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each rule and station whose mean work exceeds its counters' time, on the longest of its days.

    The work is all slots times the mean service; the time that of all counters from the start of intake to the end of
    staffed time, the break left out. Teams that leave are not counted: the rule by itself promises too much.
    """
    longest: dict[str, Held] = {}
    for held in (held for option in found for held in option.held):
        known = longest.setdefault(held.path, held)
        if _staffed_ms(held, calendar) > _staffed_ms(known, calendar):
            longest[held.path] = held
    for path, held in longest.items():
        slots = sum(held.quota.values())
        minutes = _staffed_ms(held, calendar) / MINUTE_MS
        for station in ("document", "interview"):
            service = getattr(scenario.service, station).mean / MINUTE_MS
            counters = held.counters.get(station, 0)
            time = counters * minutes
            if slots * service > time * (1 + 1e-9):
                yield Problem(
                    f"{_slots(held)} cannot be served in the window at the station {station}: "
                    f"{slots} x {service:g} min are {slots * service:g} min of work, "
                    f"{_some(counters, 'counter')} x {minutes:g} min are {time:g} min; the rest is overtime",
                    path=f"{path}.quota",
                    allowed=f"at most {_some(int(time / service), 'slot')} on average, more counters, or longer hours",
                )


def unvisited_groups(scenario: Scenario, found: Sequence[Option]) -> Iterator[Problem]:
    """A warning for each team whose day holds fewer people than the largest group that asks for it."""
    sizes = {size for segment in scenario.need.segments.values() for size in segment.group_size or ()}
    for name, programme in scenario.programmes.items():
        slots = sum(programme.quota.values())
        large = sorted(size for size in sizes if size > max(slots, programme.smallest_group - 1))
        if programme.audience == "groups" and large and any(option.programme == name for option in found):
            yield Problem(
                f"a day of the team holds {_some(slots, 'slot')}, so it visits no group of "
                f"{', '.join(map(str, large))} people (need.segments): they book as usual",
                path=f"programmes.{name}.quota",
                allowed=f"at least {large[-1]} slots and counters for them, or smaller groups",
            )


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


def holding_sessions(found: Sequence[Option]) -> set[str]:
    """Sites and programmes that hold a session on any simulated day."""
    return {option.programme if option.plan is not None else option.id for option in found}


def without_sessions(scenario: Scenario, found: Sequence[Option]) -> list[str]:
    """Sites and programmes that are not switched off, and hold no session on any simulated day."""
    held = holding_sessions(found)
    wanted = [name for name, site in scenario.sites.items() if site.in_service != "never"]
    wanted += [name for name, programme in scenario.programmes.items() if programme.enabled]
    return [name for name in wanted if name not in held]


def idle_places(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each place that has days to hold sessions on and holds none, or has no slot in any of them."""
    days = [calendar.date(day) for day in range(calendar.n_days)]
    for name in without_sessions(scenario, found):
        if name in scenario.sites:
            if any(in_service(scenario.sites[name], day) for day in days):
                what = "holds no session on any day of the period on which it is in service"
                yield Problem(what, path=f"sites.{name}.sessions", allowed="days and dates within the period")
            continue
        programme = scenario.programmes[name]
        first, last = programme.from_ or days[0], programme.to or days[-1]
        if first <= days[-1] and days[0] <= last:
            needs_home = "" if programme.overtime else f", as far as {programme.home} is open on them"
            yield Problem(
                f"holds no session on any day of the period{needs_home}",
                path=f"programmes.{name}",
                allowed="days or dates within the period on which its home is open, or overtime: true",
            )
    slots: dict[str, int] = {}
    for held in (held for option in found for held in option.held):
        slots[held.path] = slots.get(held.path, 0) + sum(held.quota.values())
    for path, number in slots.items():
        if not number:
            yield Problem("its sessions have no slot: nobody can book there", path=path, allowed="a quota above 0")


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


def _staffed_ms(held: Held, calendar: Calendar) -> int:
    pause = held.breaks.get(WEEKDAYS[calendar.weekday[held.day]])
    start, end = held.intake.from_, held.closes
    rest = max(min(pause.to, end) - max(pause.from_, start), 0) if pause is not None else 0
    return end - start - rest


def _slots(held: Held) -> str:
    """All slots of a session, and how many each channel has."""
    quota = {channel: slots for channel, slots in held.quota.items() if slots}
    parts = " + ".join(f"{slots} {channel}" for channel, slots in quota.items())
    return f"{_some(sum(quota.values()), 'slot')} ({parts})" if len(quota) > 1 else _some(sum(quota.values()), "slot")


def _some(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


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
