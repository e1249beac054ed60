"""Quantities with units: what is read, what is refused and in which words, and that text reads back."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from typing import Any

import pytest
from annotated_types import BaseMetadata
from hypothesis import given
from hypothesis import strategies as st
from pydantic import PlainValidator, TypeAdapter, ValidationError

from sim.config import units
from sim.config.schema import Scenario
from sim.config.section import Section


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("500 ms", 500),
        ("30 s", 30_000),
        ("10 min", 600_000),
        ("10min", 600_000),
        ("2.5 h", 9_000_000),
        ("1 h 30 min", 5_400_000),
        ("60 days", 60 * 86_400_000),
        ("1 day", 86_400_000),
        ("2 weeks", 14 * 86_400_000),
        ("0 min", 0),
    ],
)
def test_a_duration_becomes_whole_milliseconds(text: str, expected_ms: int) -> None:
    assert units.parse_duration(text) == expected_ms


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10, "10 has no unit; add one, such as '10 min' or '10 days'"),
        ("10", "has no unit"),
        ("-10 min", "is negative"),
        ("25 km", "'km' is not a unit of duration"),
        ("10 mintues", "did you mean 'minutes'?"),
        ("soon", "is not a duration"),
        ("", "is not a duration"),
        ("999999999 weeks", "is too long"),
        ("0.2 ms", "finer than a millisecond"),
        (None, "nothing (null) is not a duration"),
        (True, "true is not a duration"),
        (math.nan, "has no unit"),
    ],
)
def test_a_wrong_duration_is_refused_with_the_reason(value: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        units.parse_duration(value)
    assert words in str(caught.value)


def test_distance_speed_and_clock_come_in_base_units() -> None:
    assert units.parse_distance("25 km") == 25.0
    assert units.parse_distance("300 m") == pytest.approx(0.3)
    assert units.parse_speed("46 km/h") == 46.0
    assert units.parse_clock("08:00") == 8 * units.HOUR_MS
    assert units.parse_clock("08:00:30") == 8 * units.HOUR_MS + 30_000
    assert units.parse_clock("24:00") == units.DAY_MS


@pytest.mark.parametrize("text", ["Rp 40000", "Rp 40_000", "Rp 40.000", "Rp40000", "Rp. 40.000"])
def test_rupiah_may_have_indonesian_thousands(text: str) -> None:
    assert units.parse_rupiah(text) == 40_000


@pytest.mark.parametrize("value", [40000, "40000", "Rp 40.5", "Rp 40,000", "USD 3", None])
def test_an_ambiguous_amount_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="Rp 40000"):
        units.parse_rupiah(value)


def test_a_number_with_a_point_may_be_meant_in_thousands() -> None:
    """YAML reads 30.000 as thirty."""
    with pytest.raises(
        ValueError, match=r"write 'Rp 30\.000' if its point stands before thousands, or else whole rupiah"
    ):
        units.parse_rupiah(30.000)
    with pytest.raises(ValueError, match="add one, such as 'Rp 30000'"):
        units.parse_rupiah(30000)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (units.Probability, 1.5),
        (units.Probability, "150%"),
        (units.Probability, -0.1),
        (units.Probability, math.nan),
        (units.Probability, "0.5"),
        (units.Probability, True),
        (units.Level, -0.1),
        (units.Level, math.nan),
        (units.Level, math.inf),
        (units.Speed, "0 km/h"),
        (units.Price, "Rp -5"),
        (units.Interval, "0 min"),
        (units.Distance, "-3 km"),
        (units.Clock, "24:30"),
        (units.Clock, "08:60"),
        (units.Clock, 630),
        (units.Date, "2022-02-30"),
        (units.Date, "25-07-2022"),
        (units.Date, datetime.datetime(2022, 7, 25, 8)),
        (units.YearOrMonth, "2022-13"),
        (units.YearOrMonth, 22),
        (units.Identifier, "Palembang"),
        (units.Identifier, "../../etc"),
        (units.Identifier, "a/b"),
        (units.Identifier, ""),
        (units.Identifier, 7),
    ],
)
def test_each_type_refuses_what_it_cannot_mean(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_a_name_that_leads_out_of_a_folder_is_refused_for_that_reason() -> None:
    with pytest.raises(ValueError, match=r"holds '\.\.', which may lead out of its folder"):
        units.parse_identifier("../results")


def test_shares_and_levels_may_be_percentages() -> None:
    assert units.parse_probability("5%") == pytest.approx(0.05)
    assert units.parse_level("185 %") == pytest.approx(1.85)
    assert units.parse_growth("-3%") == units.parse_growth(-0.03) == pytest.approx(-0.03)
    assert units.parse_probability(1) == 1.0


def test_dates_and_periods_come_as_yaml_gives_them() -> None:
    assert units.parse_date("2022-07-25") == units.parse_date(datetime.date(2022, 7, 25)) == datetime.date(2022, 7, 25)
    assert units.parse_year_or_month(2022) == "2022"
    assert units.parse_year_or_month("2022-03") == "2022-03"


@given(st.integers(0, 10**13))
def test_a_formatted_duration_reads_back(duration_ms: int) -> None:
    assert units.parse_duration(units.format_duration(duration_ms)) == duration_ms


@given(st.integers(-(10**12), 10**12))
def test_a_formatted_amount_reads_back(amount: int) -> None:
    assert units.parse_rupiah(units.format_rupiah(amount)) == amount


@given(st.floats(1e-9, 1e6))
def test_formatted_distances_and_speeds_read_back(number: float) -> None:
    assert units.parse_distance(units.format_distance(number)) == number
    speed = min(number, units.MOST_SPEED)
    assert units.parse_speed(units.format_speed(speed)) == speed


@given(st.integers(0, 24 * 3600))
def test_a_formatted_time_of_day_reads_back(seconds: int) -> None:
    assert units.parse_clock(units.format_clock(seconds * 1000)) == seconds * 1000


def test_quantities_compare_across_units_and_not_across_measures() -> None:
    assert units.quantity("60 min") == units.quantity("1 h")
    assert units.quantity("5%") == units.quantity(0.05)
    assert units.quantity("5 km") != units.quantity("5 min")
    assert units.quantity("gamma") is None
    assert units.quantity(True) is None


def sections(of: type[Section] = Section) -> Iterator[type[Section]]:
    for kind in of.__subclasses__():
        yield kind
        yield from sections(kind)


def test_no_limit_of_a_field_is_put_aside_by_the_reader_of_its_type() -> None:
    """A plain validator takes the place of all that stands before it, limits too."""
    assert Scenario in set(sections())
    idle = [
        f"{kind.__name__}.{name}"
        for kind in sections()
        for name, field in kind.model_fields.items()
        for place, what in enumerate(field.metadata)
        if isinstance(what, PlainValidator) and any(isinstance(one, BaseMetadata) for one in field.metadata[:place])
    ]
    assert idle == []
