"""The alternatives that are ranked: the rows of a table of settings, or the places where a site might stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.building.loading import load_scenario
from sim.config.checks import MOST_NAMES
from sim.config.csv_reader import Sheet, read_sheet
from sim.config.inheritance import FileCache
from sim.config.key_paths import format_path, parse_path
from sim.config.loader import Loaded
from sim.config.nodes import COMMAND_LINE
from sim.config.rejection import nearest_name
from sim.config.schema import Scenario
from sim.errors import ConfigError, DataError, Problem
from sim.limits import FEWEST_ALTERNATIVES

if TYPE_CHECKING:
    from sim.province.tables import Tables

AMONG, PLACE, AT = "--among", "--place", "--at"
NAME = "name"
SEAT = "seat"
"""First word of the kind of nodes where a site is tried unless others are named: the seats of regencies."""


@dataclass(frozen=True)
class Alternative:
    """One way in which a scenario might be."""

    name: str
    changes: tuple[tuple[str, str], ...]
    """Path and value of each setting that is changed, as after ``--set``."""
    file: str = ""
    line: int | None = None
    """Where it is written; nowhere where it is not read from a file."""
    printed_by: str = ""
    """The office that prints its books, of a place."""
    at: tuple[float, float] | None = None
    """Latitude and longitude, of a place."""


def from_table(file: Path) -> list[Alternative]:
    """The rows of a CSV file: a name, and the value of each setting whose path is the name of a column.

    What is blank stays as it stands.

    Raises:
        DataError: all that is wrong with the file.
    """
    problems: list[Problem] = []
    sheet = read_sheet(file, problems)
    paths = [column for column in sheet.columns if column != NAME]
    if sheet.readable:
        (names,) = sheet.texts(NAME)
        sheet.check_unique(NAME)
        _check_columns(sheet, paths)
        if len(sheet.rows) < FEWEST_ALTERNATIVES:
            sheet.report(1, "", f"the file holds {len(sheet.rows)} rows", allowed="at least two alternatives")
    if problems:
        raise DataError(problems)
    return [
        Alternative(name, tuple((path, row[path]) for path in paths if row[path]), str(file), line)
        for name, row, line in zip(names, sheet.rows, sheet.lines, strict=True)
    ]


def _check_columns(sheet: Sheet, paths: Sequence[str]) -> None:
    """Note names of columns that are no paths, and where there is none."""
    if not paths:
        allowed = "a column of values for each setting, named by its path, such as sites.ukk_oku.road_node"
        sheet.report(1, "", "no column but the names", allowed=allowed)
    for path in paths:
        try:
            parse_path(path)
        except ValueError as error:
            sheet.report(1, path, str(error))


def at_places(scenario: Loaded[Scenario], tables: Tables, site: str, at: str | None) -> list[Alternative]:
    """One alternative for each node of the roads at which a site might stand.

    Where another office prints its books, that of a working area, it is the one of the area in which it then lies: that
    of the nearest district.

    Args:
        scenario: that has the site.
        tables: of its province.
        site: its name in the configuration.
        at: ids of nodes and first words of their kinds, with commas between; all seats of regencies when absent, or all
            nodes where none is called a seat.

    Raises:
        ConfigError: there is no such site, it is never in service, or there is no such node.
    """
    sites = scenario.model.sites
    if site not in sites:
        near = nearest_name(site, sites)
        raise ConfigError(
            Problem(f"there is no site {site!r}", path=PLACE, allowed="" if near else ", ".join(sites), nearest=near)
        )
    if sites[site].in_service == "never":
        what = f"{site} is never in service, wherever it stands"
        raise ConfigError(Problem(what, path=PLACE, allowed=f"--set sites.{site}.in_service=always"))
    nodes, regencies = tables.nodes, tables.regencies
    rows = _nodes(tables, at)
    if len(rows) < FEWEST_ALTERNATIVES:
        raise ConfigError(Problem(f"{nodes.name[rows[0]]} is one place", path=AT, allowed="two places at least"))
    # An area whose office the scenario does not have, or that prints no books itself, gives it none.
    offices = {
        area
        for area in regencies.working_area
        if area in sites and sites[area].parent in (None, area) and sites[area].in_service != "never"
    } - {site}
    has_office = sites[site].parent in offices
    names = [nodes.name[row] for row in rows]
    found = []
    for row in rows:
        lat, lon = float(nodes.lat[row]), float(nodes.lon[row])
        changes = {"road_node": json.dumps(nodes.id[row]), "position": json.dumps({"lat": lat, "lon": lon})}
        parent = sites[site].parent
        area = regencies.working_area[_regency(tables, row)]
        if has_office and area in offices:
            changes["parent"] = parent = area
        name = nodes.name[row]
        told = name if names.count(name) == 1 else f"{name} ({nodes.id[row]})"
        settings = ((format_path(("sites", site, key)), value) for key, value in changes.items())
        found.append(Alternative(told, tuple(settings), printed_by=parent or "", at=(lat, lon)))
    return found


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


def loaded(
    file: Path, overrides: Sequence[str], alternatives: Sequence[Alternative], files: FileCache
) -> list[Loaded[Scenario]]:
    """The scenario in each alternative.

    Raises:
        ConfigError: all that is wrong with any of them, at its line of the table where it is read from one.
    """
    found: list[Loaded[Scenario]] = []
    problems: dict[Problem, None] = {}
    for one in alternatives:
        try:
            changes = [f"{path}={value}" for path, value in one.changes]
            found.append(load_scenario(file, [*overrides, *changes], files=files))
        except ConfigError as error:
            problems |= dict.fromkeys(_at_its_line(one, error.problems))
    if problems:
        raise ConfigError(problems)
    return found


def _at_its_line(one: Alternative, problems: Sequence[Problem]) -> Iterator[Problem]:
    for problem in problems:
        if problem.file == COMMAND_LINE and one.line is not None:
            yield replace(problem, file=one.file, line=one.line)
        else:
            yield replace(problem, what=f"{problem.what} (alternative {one.name!r})")
