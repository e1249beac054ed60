"""Who lives far from every session, and how far roads may be off: what no interval of chance holds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.reach import ALL
from sim.report.evidence import Evidence
from sim.report.messages import ARROW, Messages
from sim.report.tables import Table

if TYPE_CHECKING:
    import pandas as pd

OFF_ROADS_KM = 50.0
"""Kilometres by air from every road of the data beyond which a way is a guess, by boat perhaps."""
MOST_ROWS = 15
"""Districts in the table, at most."""


def everybody_of(access: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """The rows of access.csv of a scenario and of somebody of whom nothing is known, one for each district."""
    return access[(access["scenario"] == scenario) & (access["person"] == ALL)]


def mean_over_people(people: pd.DataFrame, column: str) -> float:
    """Mean over people; NaN where there is none with a value."""
    values, number = people[column].to_numpy(dtype=np.float64), people["population"].to_numpy(dtype=np.float64)
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=number[known])) if number[known].sum() > 0 else math.nan


def mean_by_roads(access: pd.DataFrame, scenario: str, column: str) -> tuple[float, float, float]:
    """Mean over people of a column, and of its least and its most over the ranges of roads; NaN where not known."""
    people = everybody_of(access, scenario)
    value, least, most = (mean_over_people(people, f"{column}{end}") for end in ("", "_least", "_most"))
    return value, least, most


def people_beyond(access: pd.DataFrame, scenario: str, minutes: int) -> tuple[float, float, float]:
    """People with no session within so many minutes, and the least and the most of them by the ranges of roads."""
    people = everybody_of(access, scenario)
    number = people["population"].to_numpy(dtype=np.float64)
    value, most, least = (
        float((number * (1.0 - people[f"coverage_{minutes}_min{end}"].to_numpy(dtype=np.float64))).sum())
        for end in ("", "_least", "_most")
    )
    return value, least, most


def furthest_of(access: pd.DataFrame, evidence: Evidence, messages: Messages, minutes: int) -> Table:
    """Districts that on the mean of their days have no session within so many minutes, the furthest first."""
    baseline = everybody_of(access, evidence.pair[0])
    before = dict(zip(baseline["district"], baseline["nearest_minutes"], strict=True))
    regencies = evidence.plans[evidence.main].regencies
    names = dict(zip(regencies.code, regencies.name, strict=True))
    write = partial(messages.number, decimals=0)
    far = everybody_of(access, evidence.main)
    far = far[(far["nearest_minutes"] > minutes) | far["nearest_minutes"].isna()]
    far = far.sort_values(["nearest_minutes", "population"], ascending=False, na_position="first")
    rows, numbers = [], []
    for _, row in far.head(MOST_ROWS).iterrows():
        found = row["nearest_minutes"]
        times = [before[row["district"]], found] if evidence.compares else [found]
        ends = row["nearest_minutes_least"], row["nearest_minutes_most"]
        rows.append(
            (
                str(row["name"]),
                names[row["regency"]],
                write(row["population"]),
                ARROW.join(write(time) for time in times),
                messages.text("interval", low=write(ends[0]), high=write(ends[1])) if _known(ends) else write(math.nan),
                write(row["road_km"]),
            )
        )
        numbers.append((math.nan, float(row["population"]), found, ends[-1], float(row["road_km"])))
    columns = tuple(
        messages.text(f"far.{name}") for name in ("district", "regency", "people", "minutes", "by_roads", "road_km")
    )
    notes = [messages.text("far.note", minutes=write(minutes), people=write(far["population"].sum()))]
    if len(far) > MOST_ROWS:
        notes.append(messages.text("far.more", number=write(len(far) - MOST_ROWS)))
    notes.append(messages.text("far.roads"))
    title = messages.text("far.title", minutes=write(minutes), scenario=evidence.title(evidence.main, messages))
    return Table(title, columns, tuple(rows), tuple(notes), tuple(numbers), sorts=(2, 3, 4, 5))


def how_far_off(access: pd.DataFrame, evidence: Evidence, messages: Messages, minutes: int) -> Iterator[str]:
    """Sentences on what roads, ways without roads and offices that the data lacks can do to travel times."""
    value, least, most = people_beyond(access, evidence.main, minutes)
    write = partial(messages.number, decimals=0)
    if _known((least, most)) and write(least) != write(most):
        about = {"value": value, "low": least, "high": most}
        numbers = {name: write(people) for name, people in about.items()}
        yield messages.text("far.range", minutes=write(minutes), **numbers)
    off = everybody_of(access, evidence.main)
    off = off[off["road_km"] > OFF_ROADS_KM].sort_values("road_km", ascending=False)
    if len(off):
        named = [str(name) for name in off["name"].head(MOST_ROWS)]
        if len(off) > MOST_ROWS:
            named.append(messages.text("far.others", number=write(len(off) - MOST_ROWS)))
        people = write(off["population"].sum())
        key = "far.off_roads" if len(off) > 1 else "far.off_roads_one"
        yield messages.text(
            key, km=write(OFF_ROADS_KM), number=write(len(off)), people=people, names=messages.names(named)
        )
    # In one place alone nobody could have another office that is nearer.
    if len(everybody_of(access, evidence.main)) > 1:
        yield messages.text("far.elsewhere")


def in_brackets(messages: Messages, text: str, low: str, high: str) -> str:
    """A value with its range behind it; alone where the range is not known or has no width as it is written."""
    unknown = messages.number(math.nan)
    if low == high or unknown in (low, high):
        return text
    return f"{text} ({messages.text('interval', low=low, high=high)})"


def _known(ends: tuple[float, float]) -> bool:
    return not any(math.isnan(end) for end in ends)
