"""Quoted travel times: how rows are read, and the table of the documentation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.config.schema import Roads
from sim.errors import DataError
from sim.province.tables import Tables
from tests.province.province_cases import BUNDLED_ROADS, DATA, make_roads
from tests.province.quoted import Comparison, as_markdown, compare_quoted, median_absolute_error

ROOT = DATA.parents[2]
PROVINCE = DATA.parent / "province.yaml"
PAGE = ROOT / "docs" / "travel-times.md"
QUOTES = DATA / "quoted_travel_times.csv"
FIRST_GUESS = {"toll": 85, "national": 46, "provincial": 38, "local": 30, "urban": 25, "congested": 46}
HEADER = "from,to,mode,minutes_low,minutes_high,from_node,to_node,via_node,as_of,without_class\n"


def configured_roads() -> Roads:
    """The roads section of the province file, each value plain or with its provenance."""
    if not PROVINCE.exists():
        return BUNDLED_ROADS
    section = YAML(typ="safe").load(PROVINCE)["roads"]

    def plain(value: object) -> object:
        return value["value"] if isinstance(value, Mapping) else value

    return Roads.model_validate(
        {part: {key: plain(value) for key, value in section[part].items()} for part in ("speeds", "access")}
    )


def test_the_table_in_the_documentation_is_what_the_code_gives_now(bundled: Tables) -> None:
    rows = compare_quoted(bundled, configured_roads(), QUOTES)
    table = as_markdown(rows, compare_quoted(bundled, make_roads(FIRST_GUESS), QUOTES))
    page = PAGE.read_text(encoding="utf-8")
    assert table in page, f"put this table into {PAGE.name}:\n{table}"


def test_the_tuned_speeds_are_nearer_to_the_quotes_than_the_first_guess(bundled: Tables) -> None:
    tuned = median_absolute_error(compare_quoted(bundled, configured_roads(), QUOTES))
    guess = median_absolute_error(compare_quoted(bundled, make_roads(FIRST_GUESS), QUOTES))
    assert tuned[0] < guess[0]
    assert tuned[1] < guess[1]
    assert tuned[1] < 12


def test_every_row_with_minutes_by_car_within_the_network_is_compared(bundled: Tables) -> None:
    rows = compare_quoted(bundled, BUNDLED_ROADS, QUOTES)
    assert len(rows) == 19
    assert not [row for row in rows if "train" in row.mode or "bus" in row.mode]


def test_a_range_counts_as_its_midpoint_and_a_way_point_forces_the_way(small: Tables, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.csv"
    quotes.write_text(HEADER + "A,C,car,100,140,A,C,,2023-09-01,\nA,C,car over B,200,200,A,C,B,2023-09-01,\n")
    straight, over_b = compare_quoted(small, make_roads(), quotes)
    assert (straight.quoted_minutes, straight.modelled_minutes, straight.error_minutes) == (120, 90, -30)
    assert straight.error_percent == -25
    assert (over_b.modelled_minutes, over_b.modelled_km) == (180, 180)


def test_a_class_avoided_is_left_out_and_rows_without_nodes_are_not_compared(small: Tables, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.csv"
    quotes.write_text(HEADER + "A,C,car,1,1,A,C,,2023-09-01,toll\nA,Moon,rocket,9,9,,,,,\n")
    (row,) = compare_quoted(small, make_roads(), quotes)
    assert row.modelled_minutes == 180


def test_bad_rows_are_named_all_at_once(small: Tables, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.csv"
    quotes.write_text(HEADER + "A,C,car,,1,A,Q,,2023-09-01,\nA,C,car,1,1,A,C,,soon,\n")
    with pytest.raises(DataError) as caught:
        compare_quoted(small, make_roads(), quotes)
    found = {(problem.line, problem.column) for problem in caught.value.problems}
    assert found == {(2, "minutes_low"), (2, "to_node"), (3, "as_of")}


def test_the_median_is_of_absolute_errors() -> None:
    def row(quoted: float, modelled: float) -> Comparison:
        return Comparison("a", "b", "car", dt.date(2023, 1, 1), quoted, quoted, modelled, 1)

    assert median_absolute_error([row(100, 90), row(100, 130), row(200, 220)]) == (20, 10)
