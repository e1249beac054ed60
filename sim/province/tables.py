"""Tables: the province as its CSV files give it, checked, as frozen arrays.

Every problem of every file is found before anything is raised, so that one look mends them all. Coordinates are WGS84
degrees, distances kilometres, areas square kilometres. Rows keep the order of their file: that order is the index by
which the rest of the program refers to a regency, district, node or road.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.csv_reader import Sheet, read_sheet
from sim.config.nodes import shown
from sim.config.rejection import joined, named, nearest_name
from sim.errors import DataError, Problem
from sim.plan import NO_BOUNDARIES, Boundaries
from sim.province.boundaries import read_boundaries

if TYPE_CHECKING:
    from sim.config.schema import DataFiles

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ALWAYS = dt.date.min
"""First day in service of a road whose table names none."""
NEVER = dt.date.max
"""First day in service of a road that is not in service; last day, not included, of one that stays."""
HOLIDAY_KINDS = ("holiday", "collective_leave")
REGENCY_KINDS = ("kabupaten", "kota")
"""A regency or a city; need may weigh more in cities (city_factor)."""
MEASURED = ("lat", "lon", "km", "km2", "ha", "code", "id")
"""Last parts of the names of columns in which a point stands before decimals, whatever the values look like."""
RATIOS = ("density", "share", "rate", "growth", "percent")
"""Last parts of the names of columns that are about people and count none."""


@dataclass(frozen=True)
class Regencies:
    """Regencies; ``columns`` holds every numeric column of the file by its name."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    working_area: tuple[str, ...]
    """The office that a regency belongs to."""
    columns: Mapping[str, Floats]
    file: Path
    line: tuple[int, ...]


@dataclass(frozen=True)
class Districts:
    """Districts, the origins of all trips; ``columns`` holds every numeric column of the file by its name."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    regency: Ints
    """Row of the regency of each district."""
    lat: Floats
    lon: Floats
    population: Floats
    columns: Mapping[str, Floats]
    file: Path
    line: tuple[int, ...]


@dataclass(frozen=True)
class Nodes:
    """Nodes of the road network."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    lat: Floats
    lon: Floats
    index: Mapping[str, int]
    """Row of each node by its id."""

    def meant(self, word: str) -> tuple[str, str]:
        """The id that was perhaps meant by what is none, and the name of that node where it was given by its name."""
        name, node = named(word, dict(zip(reversed(self.name), reversed(self.id), strict=True)))
        near = "" if joined(name) == joined(word) else nearest_name(word, self.index)
        return (near, "") if near else (node, name)


@dataclass(frozen=True)
class RoadTable:
    """Roads between two nodes, both ways, each in service from one date to another (not included)."""

    from_node: Ints
    to_node: Ints
    distance_km: Floats
    road_class: tuple[str, ...]
    in_service_from: tuple[dt.date, ...]
    in_service_to: tuple[dt.date, ...]
    file: Path
    line: tuple[int, ...]


@dataclass(frozen=True)
class Holidays:
    """Public holidays and days of collective leave."""

    date: tuple[dt.date, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    file: Path


@dataclass(frozen=True)
class Fasting:
    """First and last day of each Ramadan."""

    first_day: tuple[dt.date, ...]
    last_day: tuple[dt.date, ...]
    file: Path


@dataclass(frozen=True)
class Tables:
    """All tables of a province."""

    regencies: Regencies
    districts: Districts
    nodes: Nodes
    roads: RoadTable
    holidays: Holidays
    fasting: Fasting
    boundaries: Boundaries = NO_BOUNDARIES


def read_tables(data: DataFiles) -> Tables:
    """Read and check the tables that ``data`` names.

    Returns:
        The tables, rows in the order of their files.

    Raises:
        DataError: with every problem of every file: a missing file or column, a duplicate id, a value that is blank,
            not a number, not a date or out of range, a row that refers to something unknown.
    """
    problems: list[Problem] = []
    regencies = _regencies(read_sheet(data.regencies, problems))
    of_districts = read_sheet(data.districts, problems)
    codes = _whole_codes(regencies, of_districts, problems)
    districts = _districts(of_districts, codes)
    nodes = _nodes(read_sheet(data.road_nodes, problems))
    roads = _roads(read_sheet(data.roads, problems), nodes.index)
    holidays = _holidays(read_sheet(data.holidays, problems))
    fasting = _fasting(read_sheet(data.fasting, problems))
    boundaries = NO_BOUNDARIES
    if data.boundaries is not None:
        of_district = data.boundaries.of == "district"
        units = (districts.code, districts.name) if of_district else (codes, regencies.name)
        unit_of = np.arange(len(districts.code)) if of_district else districts.regency
        points = districts.lon, districts.lat
        boundaries = read_boundaries(data.boundaries, *units, points, unit_of, problems)
    if problems:
        raise DataError(problems)
    return Tables(regencies, districts, nodes, roads, holidays, fasting, boundaries)


def _regencies(sheet: Sheet) -> Regencies:
    code, name, area = sheet.texts("code", "name", "working_area")
    kind = sheet.choices("kind", REGENCY_KINDS)
    sheet.check_unique("code")
    sheet.check_filled_table()
    names = sheet.numeric_columns(exclude=("code", "bps_code"))
    columns = {column: _amounts(sheet, column, signed=True) for column in names}
    for column, values in columns.items():
        if not column.endswith(("lat", "lon")):
            sheet.check_at_least_zero(column, values)
    return Regencies(code, name, kind, area, columns, sheet.file, sheet.lines)


def _whole_codes(regencies: Regencies, of_districts: Sheet, problems: list[Problem]) -> tuple[str, ...]:
    """The codes of regencies; one that has lost its last zero, as districts tell, is noted and then taken as whole.

    A spreadsheet makes 16.1 of 16.10: not what names the regency is wrong then, but the code itself.
    """
    known, asked = set(regencies.code), [row.get("regency_code", "") for row in of_districts.rows]
    whole = {}
    for line, code in zip(regencies.line, regencies.code, strict=True):
        lost = next((other for other in asked if other not in known and _is_shorter(code, other)), None)
        if lost is not None and code not in asked:
            whole[code] = lost
            problems.append(
                Problem(
                    f"{code!r} is {lost!r} without its last zero, which a spreadsheet takes away from a number: "
                    f"{asked.count(lost)} rows of {shown(of_districts.file)} name {lost!r}",
                    file=str(regencies.file),
                    line=line,
                    column="code",
                    allowed=f"{lost}, and the column formatted as text before the file is opened and saved",
                )
            )
    return tuple(whole.get(code, code) for code in regencies.code)


def _is_shorter(code: str, whole: str) -> bool:
    """Whether a code is a number with decimals, or had some, and another is the same number with zeros at its end."""
    number = re.fullmatch(r"[0-9]+\.[0-9]*0+", whole)
    return number is not None and code != whole and code in (whole.rstrip("0"), whole.rstrip("0").rstrip("."))


def _districts(sheet: Sheet, regency_codes: tuple[str, ...]) -> Districts:
    code, name = sheet.texts("code", "name")
    sheet.check_unique("code")
    sheet.check_filled_table()
    regency = sheet.references("regency_code", regency_codes, "regency")
    lat, lon = sheet.points()
    names = sheet.numeric_columns(exclude=("code", "regency_code", "lat", "lon"))
    columns = {column: _amounts(sheet, column) for column in names}
    return Districts(code, name, regency, lat, lon, _population(sheet, columns), columns, sheet.file, sheet.lines)


def _amounts(sheet: Sheet, column: str, *, signed: bool = False) -> Floats:
    """A numeric column of people or of anything else; people are whole, and a thousand times as many are others."""
    last = column.split("_")[-1]
    people = column.startswith(("population", "people")) and last not in RATIOS
    values = sheet.numbers(column, signed=signed, whole=people)
    if not people and last not in MEASURED:
        sheet.check_point(column)
    return values


def _population(sheet: Sheet, columns: Mapping[str, Floats]) -> Floats:
    """The column ``population``, or else the first whose name begins so (``population_2024_estimate``)."""
    for column in ("population", *(name for name in columns if name.startswith("population"))):
        if column in columns:
            return columns[column]
    if sheet.rows:
        sheet.missing("population")
    return np.zeros(len(sheet.lines))


def _nodes(sheet: Sheet) -> Nodes:
    ids, name, kind = sheet.texts("id", "name", "kind")
    sheet.check_unique("id")
    sheet.check_filled_table()
    lat, lon = sheet.points()
    return Nodes(ids, name, kind, lat, lon, {node: row for row, node in enumerate(ids)})


def _roads(sheet: Sheet, nodes: Mapping[str, int]) -> RoadTable:
    known = tuple(nodes)
    start = sheet.references("from_node", known, "road node")
    end = sheet.references("to_node", known, "road node")
    distance = sheet.numbers("distance_km", above_zero=True)
    (road_class,) = sheet.texts("road_class")
    opens = sheet.dates("in_service_from", empty=ALWAYS, words={"never": NEVER})
    closes = sheet.dates("in_service_to", empty=NEVER)
    sheet.check_filled_table()
    for row, line in enumerate(sheet.lines):
        if start[row] == end[row] and start[row] >= 0:
            sheet.report(line, "to_node", f"the road leads from {known[start[row]]!r} to itself")
        if closes[row] <= opens[row] and opens[row] != NEVER:
            sheet.report(line, "in_service_to", f"the end {closes[row]} is not after the start {opens[row]}")
    return RoadTable(start, end, distance, road_class, opens, closes, sheet.file, sheet.lines)


def _holidays(sheet: Sheet) -> Holidays:
    (name,) = sheet.texts("name")
    kind = sheet.choices("kind", HOLIDAY_KINDS)
    date = sheet.dates("date")
    sheet.check_unique("date")
    sheet.check_filled_table()
    return Holidays(date, name, kind, sheet.file)


def _fasting(sheet: Sheet) -> Fasting:
    first, last = sheet.dates("first_day"), sheet.dates("last_day")
    sheet.check_unique("first_day")
    for line, begin, end in zip(sheet.lines, first, last, strict=True):
        days = (end - begin).days + 1
        if ALWAYS not in (begin, end) and days not in (29, 30):
            sheet.report(line, "last_day", f"{begin} to {end} are {days} days; a month of fasting has 29 or 30")
    return Fasting(first, last, sheet.file)
