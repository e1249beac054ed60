"""One CSV file: its columns as checked texts, numbers, dates and references.

Nothing is raised here. What is wrong goes to a list of problems with file, line and column, and a harmless value takes
its place, so that the rest of the file is still checked.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.config.rejection import nearest_name
from sim.errors import Problem

NO_DATE = dt.date.min
"""Stands where a date could not be read."""
_GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,' ][0-9]{3})+")
"""A number as people write it with a mark between thousands: 50.000, 1,250, 9 095 000."""
ONE_NUMBER = "a finite number: digits, with a point before decimals and no mark between thousands, such as 50000 or 0.5"
WHOLE = "a whole number in digits alone, such as 50000: no point, comma or space between thousands"
ONE_POINT = "thousands together, such as 6211; or decimals with a zero more, such as 6.2110"
NOT_TEXT = {
    b"PK\x03\x04": "a workbook or a ZIP file",
    b"\xd0\xcf\x11\xe0": "an old workbook or document",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
}
"""How files begin that people take for tables, and what they are."""


@dataclass(frozen=True)
class Sheet:
    """The rows of one file, and where to report what is wrong with them."""

    file: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    lines: tuple[int, ...]
    """Line of each row in the file, from 1."""
    problems: list[Problem]
    readable: bool = True

    def report(self, line: int, column: str, what: str, *, allowed: str = "", nearest: str = "") -> None:
        """Note a problem; nothing more is noted about a file that could not be read at all."""
        if self.readable:
            file = str(self.file)
            self.problems.append(Problem(what, file=file, line=line, column=column, allowed=allowed, nearest=nearest))

    def missing(self, column: str) -> None:
        """Note that a column is absent, with the nearest name there is."""
        found = ", ".join(self.columns) or "nothing"
        self.report(1, column, f"the column is missing; found {found}", nearest=nearest_name(column, self.columns))

    def texts(self, *columns: str, blank: bool = False) -> tuple[tuple[str, ...], ...]:
        """Columns of text, none of it blank unless it may be."""
        return tuple(tuple(self._cells(column, blank=blank)) for column in columns)

    def choices(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """A column of words out of ``allowed``."""
        cells = self._cells(column)
        for line, cell in zip(self.lines, cells, strict=True):
            if cell and cell not in allowed:
                words = ", ".join(allowed)
                self.report(line, column, f"found {cell!r}", allowed=words, nearest=nearest_name(cell, allowed))
        return tuple(cells)

    def numbers(
        self, column: str, *, above_zero: bool = False, signed: bool = False, blank: bool = False, whole: bool = False
    ) -> NDArray[np.float64]:
        """A column of finite numbers, at least 0 unless ``signed``, above 0 if ``above_zero``; NaN for ``blank``s.

        ``whole`` is for what is counted, people above all: 50.000 there is fifty thousand in many countries and fifty
        in others, and is refused.
        """
        values = np.zeros(len(self.rows))
        for row, (line, cell) in enumerate(zip(self.lines, self._cells(column, blank=blank), strict=True)):
            if not cell:
                values[row] = np.nan if blank else 0.0
                continue
            number = parse_number(cell)
            if number is None:
                self.report(line, column, f"{cell!r} is not a number", allowed=WHOLE if whole else ONE_NUMBER)
                continue
            values[row] = number
            if whole:
                self.check_whole(line, column, cell)
            if above_zero and number <= 0:
                self.report(line, column, f"found {cell}", allowed="a number above 0")
        if not signed and not above_zero:
            self.check_at_least_zero(column, values)
        return values

    def check_whole(self, line: int, column: str, cell: str) -> None:
        """Note a number that counts nothing whole, or that may be a thousand times what it seems."""
        number = parse_number(cell)
        if grouped(cell):
            self.report(line, column, f"{cell!r} may be {number:g} or {_together(cell)}", allowed=WHOLE)
        elif number is not None and number != int(number):
            self.report(line, column, f"{cell!r} is not a whole number", allowed=WHOLE)

    def check_point(self, column: str) -> None:
        """Note each cell in which the point may stand between thousands, where no cell shows that it does not."""
        told = [(line, row[column]) for line, row in zip(self.lines, self.rows, strict=True) if "." in row[column]]
        if told and all(grouped(cell) for _, cell in told):
            for line, cell in told:
                number, thousands = cell.rstrip("0").rstrip("."), _together(cell)
                what = f"{cell!r} may be {number} or {thousands}, and no other value of the column tells which"
                if parse_number(cell) is not None:
                    self.report(line, column, what, allowed=ONE_POINT)

    def check_at_least_zero(self, column: str, values: NDArray[np.float64]) -> None:
        """Note every negative value of a column."""
        for row in np.flatnonzero(values < 0):
            self.report(self.lines[row], column, f"{values[row]:g} is negative", allowed="a number of at least 0")

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Columns ``lat`` and ``lon`` within the globe."""
        pair = []
        for column, limit in (("lat", 90.0), ("lon", 180.0)):
            values = self.numbers(column, signed=True)
            for row in np.flatnonzero(np.abs(values) > limit):
                allowed = f"degrees from {-limit:g} to {limit:g}"
                self.report(self.lines[row], column, f"{values[row]:g} is not on the globe", allowed=allowed)
            pair.append(values)
        return pair[0], pair[1]

    def dates(
        self, column: str, *, empty: dt.date | None = None, words: Mapping[str, dt.date] | None = None
    ) -> tuple[dt.date, ...]:
        """A column of dates as YYYY-MM-DD; ``empty`` stands for a blank where blanks are allowed."""
        found = []
        words = words or {}
        for line, cell in zip(self.lines, self._cells(column, blank=empty is not None), strict=True):
            date = words.get(cell)
            if date is None and cell:
                try:
                    date = dt.date.fromisoformat(cell) if len(cell) == 10 else None
                except ValueError:
                    date = None
                if date is None:
                    other = "".join(f" or {word!r}" for word in words)
                    self.report(line, column, f"{cell!r} is not a date", allowed=f"a date like 2023-08-30{other}")
            found.append(date or (NO_DATE if cell or empty is None else empty))
        return tuple(found)

    def references(self, column: str, known: tuple[str, ...], what: str) -> NDArray[np.int64]:
        """A column of ids of another table, as rows of it; -1 where unknown."""
        index = {word: row for row, word in enumerate(known)}
        rows = np.full(len(self.rows), -1, dtype=np.int64)
        for row, (line, cell) in enumerate(zip(self.lines, self._cells(column), strict=True)):
            rows[row] = index.get(cell, -1)
            if cell and cell not in index and known:
                self.report(line, column, f"there is no {what} {cell!r}", nearest=nearest_name(cell, known))
        return rows

    def check_unique(self, column: str) -> None:
        """Note every value of a column that stands there a second time."""
        first: dict[str, int] = {}
        for line, row in zip(self.lines, self.rows, strict=True):
            cell = row.get(column, "")
            if cell in first and cell:
                self.report(line, column, f"{cell!r} stands twice; first in line {first[cell]}")
            first.setdefault(cell, line)

    def check_filled_table(self) -> None:
        """Note a file without rows."""
        if not self.rows:
            self.report(1, "", "the file holds column names and no rows below them", allowed="at least one row")

    def numeric_columns(self, exclude: tuple[str, ...]) -> tuple[str, ...]:
        """Columns in which at least half of the filled cells are numbers: the others are words."""
        found = []
        for column in self.columns:
            cells = [row[column] for row in self.rows if row[column]]
            # float, not parse_number: a "nan" makes a column no less numeric, it makes the cell wrong; so do marks
            # between thousands.
            numbers = sum(_is_float(cell) or grouped(cell) for cell in cells)
            if column not in exclude and cells and 2 * numbers >= len(cells):
                found.append(column)
        return tuple(found)

    def _cells(self, column: str, *, blank: bool = False) -> list[str]:
        if column not in self.columns:
            self.missing(column)
            return [""] * len(self.rows)
        for line, row in zip(self.lines, self.rows, strict=True):
            if not blank and not row[column]:
                self.report(line, column, "the value is blank")
        return [row[column] for row in self.rows]


def parse_number(cell: str) -> float | None:
    """A finite number, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def grouped(cell: str) -> bool:
    """Whether a cell looks like a number with a mark between thousands; one group after a point is a decimal too."""
    return _GROUPED.fullmatch(cell) is not None


def _together(cell: str) -> str:
    """The digits of a grouped number without the marks between them."""
    return re.sub(r"[.,' ]", "", cell)


def read_sheet(file: Path, problems: list[Problem]) -> Sheet:
    """Read a CSV file (UTF-8, first row the column names); what is wrong goes to ``problems``."""

    def unreadable(line: int | None, what: str, nearest: str = "") -> Sheet:
        problems.append(Problem(what, file=str(file), line=line, nearest=nearest))
        return Sheet(file, (), (), (), problems, readable=False)

    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(name.strip() for name in next(reader, []))
            other = next((mark for mark in (";", "\t", "|") if len(header) == 1 and mark in header[0]), None)
            if other is not None:
                name = "tabs" if other == "\t" else f"{other!r}"
                told = f"its columns are divided by {name}; save it as CSV with commas, and numbers with points"
                return unreadable(1, told)
            rows, lines = [], []
            for cells in reader:
                if not any(cells):
                    continue
                line = reader.line_num
                if len(cells) != len(header):
                    what = f"{len(cells)} values under {len(header)} column names"
                    hint = "a point before decimals, as 57.1" if _is_cut_number(cells, header) else ""
                    problems.append(Problem(what, file=str(file), line=line, allowed=hint))
                rows.append(dict(zip(header, [*(c.strip() for c in cells), *[""] * len(header)], strict=False)))
                lines.append(line)
    except FileNotFoundError:
        siblings = [path.name for path in file.parent.glob("*.csv")] if file.parent.is_dir() else []
        return unreadable(None, "the file does not exist", nearest_name(file.name, siblings))
    except IsADirectoryError:
        return unreadable(None, "this is a folder, and what is read is a CSV file")
    except OSError as error:
        return unreadable(None, f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return unreadable(*undecodable(file))
    except csv.Error as error:
        return unreadable(reader.line_num, f"the line is not CSV: {error}")
    if not header and not rows:
        return unreadable(None, "the file is empty")
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        return unreadable(1, f"the column name {doubled[0]!r} stands twice")
    return Sheet(file, header, tuple(rows), tuple(lines), problems)


def undecodable(file: Path) -> tuple[int | None, str]:
    """The first line of a file that is not UTF-8 text, and what to say of it."""
    data = file.read_bytes()
    for start, kind in NOT_TEXT.items():
        if data.startswith(start):
            return None, f"the file is {kind} and no text; export what it holds as text"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, "the file is UTF-16 and not UTF-8 text; save it as UTF-8"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return line, f"the file is not UTF-8 text (byte 0x{data[error.start]:02x}); save it as UTF-8"
    return None, "the file is not UTF-8 text; save it as UTF-8"


def _is_cut_number(cells: list[str], header: tuple[str, ...]) -> bool:
    """Whether there are too many cells as a comma stands before decimals."""
    numbers = [cell.strip().isdigit() for cell in cells]
    return len(cells) > len(header) and any(map(all, itertools.pairwise(numbers)))


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
