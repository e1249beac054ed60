"""The alternatives that are ranked, and those that are the rows of a table of settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.building.loading import load_scenario
from sim.config.csv_reader import Sheet, read_sheet
from sim.config.inheritance import FileCache
from sim.config.key_paths import parse_path
from sim.config.loader import Loaded
from sim.config.nodes import COMMAND_LINE
from sim.config.schema import Scenario
from sim.errors import ConfigError, DataError, Problem
from sim.limits import FEWEST_ALTERNATIVES

NAME = "name"


@dataclass(frozen=True)
class Place:
    """Where a site is tried."""

    name: str
    lat: float
    lon: float
    printed_by: str
    """The office that prints its books; nothing where it prints them itself."""
    as_it_stands: bool
    """Whether that is where the scenario has it."""


@dataclass(frozen=True)
class Alternative:
    """One way in which a scenario might be."""

    name: str
    changes: tuple[tuple[str, str], ...]
    """Path and value of each setting that is changed, as after ``--set``."""
    file: str = ""
    line: int | None = None
    """Where it is written; nowhere where it is not read from a file."""
    places: tuple[Place, ...] = ()
    """Where each of the sites stands that are placed."""


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
