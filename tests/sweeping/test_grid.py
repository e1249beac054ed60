"""The values that may be tried: evenly spaced, as a file gives them, from one end to the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.units import DAY_MS, format_clock, format_duration, quantity
from sim.errors import ConfigError
from sim.sweeping.grid import FINE, UNEVEN, Grid, grid


def values_of(made: Grid) -> list[Any]:
    return [made.value(place) for place in range(len(made))]


@pytest.mark.parametrize(
    ("low", "high", "step", "values"),
    [
        (5, 8, None, [5, 6, 7, 8]),
        (10, 20, "5", [10, 15, 20]),
        ("10min", "1 h", "10 min", ["10 min", "20 min", "30 min", "40 min", "50 min", "1 h"]),
        ("8 min", "9 min", "15 s", ["8 min", "8 min 15 s", "8 min 30 s", "8 min 45 s", "9 min"]),
        ("Rp 2.900", "Rp 3000", "Rp 50", ["Rp 2900", "Rp 2950", "Rp 3000"]),
        (0.1, 0.4, "0.1", [0.1, 0.2, 0.3, 0.4]),
        ("5%", "20%", "5%", ["5%", "10%", "15%", "20%"]),
        ("08:00", "09:00", "30 min", ["08:00", "08:30", "09:00"]),
        (dt.date(2023, 1, 1), "2023-01-15", "7 days", ["2023-01-01", "2023-01-08", "2023-01-15"]),
        ("5 km", "7 km", "1 km", ["5 km", "6 km", "7 km"]),
        ("-1 day", "1 day", "1 day", ["-1 day", "0 s", "1 day"]),
    ],
)
def test_values_are_a_step_apart_and_written_as_in_a_file(low: Any, high: Any, step: str, values: list[Any]) -> None:
    assert values_of(grid(low, high, step)) == values


@pytest.mark.parametrize(
    ("low", "high", "second"),
    [
        ("8 min", "20 min", "510 s"),
        ("10 days", "60 days", "12 days"),
        ("7 days", "60 days", "8 days"),
        (0.0, 0.3, 0.01),
        ("Rp 500", "Rp 5000", "Rp 1000"),
        ("08:00", "11:00", "08:10"),
        ("2023-01-01", "2023-12-31", "2023-01-15"),
    ],
)
def test_without_a_step_it_is_of_a_round_size(low: Any, high: Any, second: Any) -> None:
    made = grid(low, high)
    assert quantity(made.value(1)) == quantity(second)
    assert len(made) - 1 <= (FINE if low != "7 days" else 53)


def test_where_no_round_size_leads_from_end_to_end_there_are_some_other_steps() -> None:
    assert len(grid(0.0, 0.123457)) - 1 == UNEVEN


def test_a_setting_that_is_no_whole_number_is_gone_through_in_parts_even_from_0_to_1() -> None:
    assert values_of(grid(0, 1)) == [0, 1]
    assert values_of(grid(0, 1, "0.25", fractional=True)) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert len(grid(0, 1, fractional=True)) == 21


KINDS = {
    "number": lambda at: at,
    "duration": lambda at: format_duration(at * 61_000),
    "rupiah": lambda at: f"Rp {at * 7}",
    "time of day": lambda at: format_clock(at * 60_000),
    "date": lambda at: dt.date.fromordinal(738_000 + at).isoformat(),
    "distance": lambda at: f"{at / 7:.3f} km",
    "percent": lambda at: f"{at / 13:.4f}%",
}


@given(st.sampled_from(sorted(KINDS)), st.integers(1, 700), st.integers(1, 700))
def test_values_of_every_kind_ascend_and_each_stands_at_its_own_place(kind: str, low: int, further: int) -> None:
    made = grid(KINDS[kind](low), KINDS[kind](low + further))
    amounts = [made.amount(place) for place in range(len(made))]
    assert amounts == sorted(set(amounts))
    for place, value in enumerate(values_of(made)):
        assert made.place(value) == place
        size = quantity(value)
        assert size is not None
        assert size[1] == pytest.approx(amounts[place])
    between = made.low + 0.37 * (made.amount(1) - made.low)
    if kind == "number":
        assert made.place(between) is None
    assert made.place("Rp 3" if kind != "rupiah" else 3) is None


@pytest.mark.parametrize(
    ("low", "high", "step", "told"),
    [
        (8, 5, None, "--to: 5 is not above 8"),
        ("10 min", 5, None, "--to: 5 is a number, and 10 min a duration"),
        ({"a": 1}, {"a": 2}, None, "is nothing to go through step by step"),
        (True, False, None, "--from: true is nothing to go through step by step"),
        (5, 10, "3", "--step: steps of 3 do not lead from 5 to 10"),
        (5, 6, "0.5", "--step: 0.5 is too fine a step\n    allowed: whole numbers, as those of --from and --to"),
        ("2023-01-01", "2023-01-03", "12 h", "--step: 12 h is too fine a step\n    allowed: whole days"),
        ("08:00", "09:00", "500 ms", "--step: 500 ms is too fine a step\n    allowed: whole seconds"),
        (
            "Rp 5",
            "Rp 6",
            "Rp 0",
            "--step: 'Rp 0' is no step of a rupiah\n    allowed: an amount above 0, such as Rp 1000",
        ),
        (5, 10, "10 min", "--step: '10 min' is no step of a number"),
        (5, 10, "-1", "--step: '-1' is no step"),
        (
            "2023-01-01",
            "2023-01-03",
            "1",
            "--step: '1' is no step of a date\n    allowed: an amount above 0, such as 7 days",
        ),
        ("08:00", "09:00", "08:30", "--step: '08:30' is no step"),
        (0.0, 1.0, "0.0000001", "steps are too many"),
    ],
)
def test_what_is_no_way_from_one_end_to_the_other_is_refused_at_its_option(
    low: Any, high: Any, step: str | None, told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        grid(low, high, step)
    assert told in str(caught.value)


def test_a_day_is_the_finest_step_of_dates_however_few_there_are() -> None:
    made = grid("2023-02-15", "2023-03-18")
    assert len(made) - 1 == 31
    assert (made.amount(1) - made.low) * DAY_MS == DAY_MS
