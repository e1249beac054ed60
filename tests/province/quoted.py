"""Quoted travel times: the network held against times that somebody stated for named trips.

Each compared row of the quotes table names two road nodes, perhaps a node on the way, the date whose roads it is about,
and perhaps a road class that the traveller avoids. A range of minutes counts as its midpoint. Rows without nodes
(trains, places outside the network, no minutes) are not compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from sim.config.csv_reader import Sheet, parse_number, read_sheet
from sim.errors import DataError, Problem
from sim.province.roads import RoadNetwork
from sim.province.tables import Tables

if TYPE_CHECKING:
    from sim.config.schema import Roads

MINUTE_MS = 60_000
COLUMNS = (
    *("from", "to", "mode", "minutes_low", "minutes_high"),
    *("from_node", "to_node", "via_node", "as_of", "without_class"),
)
"""Columns of the quotes table that are read."""


@dataclass(frozen=True)
class Comparison:
    """One quoted trip and what the network makes of it, in minutes and kilometres."""

    origin: str
    destination: str
    mode: str
    as_of: dt.date
    low_minutes: float
    high_minutes: float
    modelled_minutes: float
    modelled_km: float

    @property
    def quoted_minutes(self) -> float:
        """Midpoint of the quoted range."""
        return (self.low_minutes + self.high_minutes) / 2

    @property
    def error_minutes(self) -> float:
        """Modelled less quoted."""
        return self.modelled_minutes - self.quoted_minutes

    @property
    def error_percent(self) -> float:
        """Error in per cent of the quoted time."""
        return 100 * self.error_minutes / self.quoted_minutes


def compare_quoted(tables: Tables, roads: Roads, quoted_csv: Path) -> tuple[Comparison, ...]:
    """Hold the network against the quotes table, in its order, rows without nodes left out.

    Raises:
        DataError: a compared row has no minutes or no date, names an unknown node, or no road leads from end to end.
    """
    problems: list[Problem] = []
    sheet = read_sheet(quoted_csv, problems)
    for column in COLUMNS:
        if column not in sheet.columns:
            sheet.missing(column)
    if problems:
        raise DataError(problems)
    networks: dict[tuple[str, str], RoadNetwork] = {}
    found = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if row["from_node"] and _sound(sheet, line, row, tables):
            key = row["as_of"], row["without_class"]
            if key not in networks:
                networks[key] = RoadNetwork(tables, roads, dt.date.fromisoformat(key[0]), key[1].split())
            found.append(_compare(sheet, line, row, networks[key]))
    if problems:
        raise DataError(problems)
    return tuple(found)


def median_absolute_error(rows: Sequence[Comparison]) -> tuple[float, float]:
    """Median absolute error in minutes, and in per cent of the quoted time."""
    return median(abs(row.error_minutes) for row in rows), median(abs(row.error_percent) for row in rows)


def as_markdown(rows: Sequence[Comparison], first_guess: Sequence[Comparison]) -> str:
    """The table of the documentation: quoted, modelled with the first guess of the speeds, modelled now, error."""
    lines = [
        "| from | to | how | roads of | quoted, min | first guess, min | modelled, min | km | error, min | error, % |",
        "|---|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row, guess in zip(rows, first_guess, strict=True):
        quoted = "-".join(dict.fromkeys((f"{row.low_minutes:g}", f"{row.high_minutes:g}")))
        times = f"{quoted} | {guess.modelled_minutes:.0f} | {row.modelled_minutes:.0f}"
        errors = f"{round(row.error_minutes):+d} | {round(row.error_percent):+d}"
        trip = f"{row.origin} | {row.destination} | {row.mode} | {row.as_of:%Y-%m}"
        lines.append(f"| {trip} | {times} | {row.modelled_km:.0f} | {errors} |")
    lines.append(_median_line(rows, first_guess))
    return "\n".join(lines) + "\n"


def _median_line(rows: Sequence[Comparison], first_guess: Sequence[Comparison]) -> str:
    minutes, percent = median_absolute_error(rows)
    before, before_percent = median_absolute_error(first_guess)
    return (
        f"| **median absolute error** | | | | | {before:.0f} min, {before_percent:.0f}% "
        f"| {minutes:.0f} min, {percent:.0f}% "
        f"| | {minutes:.0f} | {percent:.0f} |"
    )


def _sound(sheet: Sheet, line: int, row: Mapping[str, str], tables: Tables) -> bool:
    """Note what keeps a row from being compared; whether nothing does."""
    before = len(sheet.problems)
    for column in ("from_node", "to_node", "via_node"):
        if row[column] not in tables.nodes.index and not (column == "via_node" and not row[column]):
            sheet.report(line, column, f"there is no road node {row[column]!r}")
    for column in ("minutes_low", "minutes_high"):
        minutes = parse_number(row[column])
        if minutes is None or minutes <= 0:
            sheet.report(line, column, f"found {row[column]!r}", allowed="minutes above 0")
    try:
        dt.date.fromisoformat(row["as_of"])
    except ValueError:
        sheet.report(line, "as_of", f"{row['as_of']!r} is not a date", allowed="a date like 2023-08-30")
    return len(sheet.problems) == before


def _compare(sheet: Sheet, line: int, row: Mapping[str, str], network: RoadNetwork) -> Comparison:
    stops = [stop for stop in (row["from_node"], row["via_node"], row["to_node"]) if stop]
    legs = [network.between([start], [end]) for start, end in pairwise(stops)]
    durations = [int(leg.duration_ms[0, 0]) for leg in legs]
    if min(durations) < 0:
        sheet.report(line, "to_node", f"no road leads from {' over '.join(stops)} on {row['as_of']}")
    return Comparison(
        row["from"],
        row["to"],
        row["mode"],
        dt.date.fromisoformat(row["as_of"]),
        float(row["minutes_low"]),
        float(row["minutes_high"]),
        sum(durations) / MINUTE_MS,
        sum(int(leg.distance_m[0, 0]) for leg in legs) / 1000,
    )
