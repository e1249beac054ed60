"""The alternatives that are places: one site, or several together, at many nodes of the roads."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.checks import MOST_NAMES
from sim.config.key_paths import format_path
from sim.config.loader import Loaded
from sim.config.rejection import nearest_name
from sim.config.schema import Scenario
from sim.errors import ConfigError, Problem
from sim.limits import FEWEST_ALTERNATIVES, MOST_TRIES
from sim.ranking.alternatives import Alternative, Place

if TYPE_CHECKING:
    from sim.province.tables import Tables

PLACE, AT = "--place", "--at"
SEAT = "seat"
"""First word of the kind of nodes where a site is tried unless others are named: the seats of regencies."""
OF_PLACES = ("name", "road_node", "position")
"""What sites may differ in, and it is all the same which of them stands where."""
AND = " + "
"""Between the names of places that are tried together."""


def at_places(
    scenario: Loaded[Scenario], tables: Tables, sites: Sequence[str], at: str | None, *, one_for_all: bool
) -> list[Alternative]:
    """One alternative for each node of the roads at which a site might stand, or for each way to place several.

    Several are not tried at one node together. If sites are alike but for where they stand, nothing but chance (the
    tastes for them) changes as they change places, so that each pair of nodes is tried once, unless something is asked
    of one of them alone; of others both ways are tried. Where another office prints a site's books, that of a working
    area which is not moved itself, it is the one of the area in which the site then lies: that of the nearest district.

    Args:
        scenario: that has the sites.
        tables: of its province.
        sites: their names in the configuration.
        at: ids of nodes and first words of their kinds, with commas between; all seats of regencies when absent, or all
            nodes where none is called a seat.
        one_for_all: whether what is told of one site is told of all.

    Raises:
        ConfigError: there is no such site, it is named twice or never in service; there is no such node; or there are
            too few or too many ways to place the sites.
    """
    problems = [*_unfit(scenario, sites)]
    if problems:
        raise ConfigError(problems)
    rows = _nodes(tables, at)
    names = _names(tables, rows)
    ways = itertools.combinations if one_for_all and _are_alike(scenario, sites) else itertools.permutations
    number = (math.comb if ways is itertools.combinations else math.perm)(len(rows), len(sites))
    if number < FEWEST_ALTERNATIVES:
        places = f"is one place{'' if len(sites) == 1 else f', for {len(sites)} sites'}"
        if len(rows) > 1:
            places = f"are {len(rows)} places, for {len(sites)} sites"
        least = len(sites) + (ways is itertools.combinations)
        what = f"{', '.join(names.values())} {places}"
        raise ConfigError(Problem(what, path=AT, allowed=f"{least} places at least"))
    if number > MOST_TRIES:
        what = f"there are {number:,} ways to place {len(sites)} sites at {len(rows)} places"
        raise ConfigError(Problem(what, path=AT, allowed=f"fewer places: {MOST_TRIES:,} ways are tried at most"))
    placed = {(site, row): _placed(scenario, tables, site, sites, row, names[row]) for site in sites for row in rows}
    found = []
    for nodes in ways(rows, len(sites)):
        changes, stands = zip(*(placed[one] for one in zip(sites, nodes, strict=True)), strict=True)
        found.append(Alternative(AND.join(place.name for place in stands), sum(changes, ()), places=stands))
    return found


def _unfit(scenario: Loaded[Scenario], named: Sequence[str]) -> Iterator[Problem]:
    """Sites that cannot be placed."""
    sites = scenario.model.sites
    for site in dict.fromkeys(named):
        if site not in sites:
            near = "" if "," in site else nearest_name(site, sites)
            allowed = "" if near else f"{PLACE} once for each site" if "," in site else ", ".join(sites)
            yield Problem(f"there is no site {site!r}", path=PLACE, allowed=allowed, nearest=near)
        elif sites[site].in_service == "never":
            what = f"{site} is never in service, wherever it stands"
            yield Problem(what, path=PLACE, allowed=f"--set sites.{site}.in_service=always")
        elif named.count(site) > 1:
            yield Problem(f"{site} is named {named.count(site)} times", path=PLACE, allowed="sites, each once")


def _are_alike(scenario: Loaded[Scenario], sites: Sequence[str]) -> bool:
    """Whether it is all the same which of the sites stands where: the scenario is the same with any two exchanged."""
    whole = scenario.model.model_dump(warnings=False)
    for site in sites:
        for name in OF_PLACES:
            whole["sites"][site].pop(name, None)
    return all(_renamed(whole, {one: other, other: one}) == whole for one, other in itertools.pairwise(sites))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A tree of values with other names, wherever they stand."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {_renamed(key, names): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(_renamed(one, names) for one in value)
    return value


def _names(tables: Tables, rows: Sequence[int]) -> dict[int, str]:
    """Of nodes, by their rows: with the id where two of them have one name."""
    nodes = tables.nodes
    names = [nodes.name[row] for row in rows]
    return {
        row: name if names.count(name) == 1 else f"{name} ({nodes.id[row]})"
        for row, name in zip(rows, names, strict=True)
    }


def _placed(
    scenario: Loaded[Scenario], tables: Tables, site: str, placed: Sequence[str], row: int, name: str
) -> tuple[tuple[tuple[str, str], ...], Place]:
    """Settings that are changed where a site stands at a node, and the place; ``placed`` are all that are moved."""
    sites, nodes, regencies = scenario.model.sites, tables.nodes, tables.regencies
    # An area whose office the scenario does not have, or that prints no books itself, gives it none.
    offices = {
        area
        for area in regencies.working_area
        if area in sites and sites[area].parent in (None, area) and sites[area].in_service != "never"
    }.difference(placed)
    lat, lon = float(nodes.lat[row]), float(nodes.lon[row])
    changes = {"road_node": json.dumps(nodes.id[row]), "position": json.dumps({"lat": lat, "lon": lon})}
    parent = sites[site].parent
    area = regencies.working_area[_regency(tables, row)]
    if parent in offices and area in offices:
        changes["parent"] = parent = area
    settings = tuple((format_path(("sites", site, key)), value) for key, value in changes.items())
    return settings, Place(name, lat, lon, parent or "", nodes.id[row] == sites[site].road_node)


def _nodes(tables: Tables, at: str | None) -> list[int]:
    """Rows of the nodes that are named, in the order of their table."""
    nodes = tables.nodes
    kinds = [kind.split()[0].casefold() if kind.split() else "" for kind in nodes.kind]
    if at is None:
        return [row for row, kind in enumerate(kinds) if kind == SEAT] or [*range(len(nodes.id))]
    found: set[int] = set()
    problems = []
    for word in filter(None, (part.strip() for part in at.split(","))):
        of_kind = {row for row, kind in enumerate(kinds) if kind == word.casefold()}
        if word in nodes.index:
            found.add(nodes.index[word])
        elif of_kind:
            found |= of_kind
        else:
            near = nearest_name(word, [*nodes.index, *dict.fromkeys(kinds)])
            some = ", ".join(nodes.id[:MOST_NAMES])
            allowed = "" if near else f"{', '.join(dict.fromkeys(kinds))}, or a node: {some} ..."
            problems.append(Problem(f"there is no road node {word!r}", path=AT, allowed=allowed, nearest=near))
    if not found and not problems:
        problems.append(Problem("names no place", path=AT, allowed=", ".join(dict.fromkeys(kinds))))
    if problems:
        raise ConfigError(problems)
    return sorted(found)


def _regency(tables: Tables, node: int) -> int:
    """Row of the regency of the district whose centre is nearest to a node."""
    districts, nodes = tables.districts, tables.nodes
    east = (districts.lon - nodes.lon[node]) * np.cos(np.radians(nodes.lat[node]))
    nearest = int(np.argmin(np.hypot(districts.lat - nodes.lat[node], east)))
    return int(districts.regency[nearest])
