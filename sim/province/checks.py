"""What the data tables mean with the sections of a scenario: names and places that must exist in them, working areas.

Each check works with the sections that are valid by themselves and keeps silent about the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.checks import Finding, unknown
from sim.config.nodes import shown
from sim.errors import DataError, Problem
from sim.province.roads import speed_problems, unused_classes
from sim.province.tables import Tables, read_tables

if TYPE_CHECKING:
    from sim.config.schema import DataFiles


def table_checks(sections: Mapping[str, Any]) -> tuple[list[Finding], list[Problem]]:
    """Everything that is wrong in the data tables, and between them and the sections."""
    data = sections.get("data")
    if data is None or not all(file.is_file() for file in data.files):
        return [], []
    try:
        tables = read_tables(data)
    except DataError as error:
        return [], [_shown(problem) for problem in error.problems]
    findings: list[Finding] = []
    for site_id, site in sections.get("sites", {}).items():
        if site.road_node not in tables.nodes.index:
            findings.append(_unknown_node(f"sites.{site_id}.road_node", site.road_node, tables, data))
    need = sections.get("need")
    for name, segment in need.segments.items() if need is not None else ():
        if segment.weight not in tables.regencies.columns:
            path = f"need.segments.{name}.weight"
            findings.append(
                unknown(path, "numeric column of the regencies table", segment.weight, tables.regencies.columns)
            )
    roads = sections.get("roads")
    in_tables = list(_working_areas(tables, sections.get("sites")))
    in_tables += speed_problems(tables, roads) if roads is not None else []
    for name, known in unused_classes(tables, roads) if roads is not None else ():
        findings.append(unknown(f"roads.speeds.{name}", f"road in {shown(data.roads)} of the class", name, known))
    return findings, [_shown(problem) for problem in in_tables]


def _working_areas(tables: Tables, sites: Mapping[str, Any] | None) -> Iterator[Problem]:
    """A problem for each regency that belongs to an office nobody knows: its people would have nowhere to go."""
    regencies = tables.regencies
    for line, area in zip(regencies.line, regencies.working_area, strict=True):
        if sites and area not in sites:
            known = unknown("", "site", area, sites)
            yield Problem(
                known.message,
                str(regencies.file),
                line,
                column="working_area",
                allowed=known.allowed,
                nearest=known.nearest,
            )


def _shown(problem: Problem) -> Problem:
    """A problem of a data table, its file named as messages name files."""
    return replace(problem, file=shown(Path(problem.file)))


def _unknown_node(path: str, found: str, tables: Tables, data: DataFiles) -> Finding:
    """A finding of a road node that is not there; people also write its name in place of its id."""
    file = shown(data.road_nodes)
    finding = unknown(path, f"road node in {file} with the id", found, tables.nodes.index)
    near, name = tables.nodes.meant(found)
    if near and name:
        return replace(finding, nearest=near, allowed=f"an id of {file}, as that of {name} is")
    return finding
