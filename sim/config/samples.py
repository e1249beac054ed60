"""Measured values from a column of a CSV file: finite, never negative, at least one."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from sim.config.rejection import nearest_name, rejection


def read_column(file: Path, column: str) -> list[float]:
    """Return the numbers of a column in the order of the file, or refuse it with file and line (a ``ValueError``)."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows, [])
            if column not in header:
                raise rejection(
                    f"{file}:1: there is no column {column!r}",
                    allowed=", ".join(header) or "a file that is not empty",
                    nearest=nearest_name(column, header),
                    at="column",
                )
            index = header.index(column)
            numbers = [_cell(row, index, f"{file}:{rows.line_num}: column {column!r}") for row in rows if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise rejection(f"{file} cannot be read: {reason}", allowed="a CSV file", at="empirical") from None
    if not numbers:
        raise rejection(
            f"{file} holds column names and no rows below them", allowed="at least one value", at="empirical"
        )
    return numbers


def _cell(row: list[str], index: int, place: str) -> float:
    cell = row[index].strip() if index < len(row) else ""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise rejection(f"{place}: {cell!r} is not a finite number of 0 or more", at="column")
    return number
