"""The values that may be tried: evenly spaced, as a file gives them, from one end to the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.units import quantity
from sim.errors import ConfigError
from sim.sweeping.grid import FINE, UNEVEN, Grid, grid

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2023, 1, 15)


@pytest.mark.parametrize(
    ("low", "high", "step", "values"),
    [
        (5, 8, None, [5, 6, 7, 8]),
        (10, 20, "5", [10, 15, 20]),
        ("10 min", "1 h", "10 min", ["10 min", "20 min", "30 min", "40 min", "50 min", "1 h"]),
        ("Rp 500", "Rp 800", "Rp 100", ["Rp 500", "Rp 600", "Rp 700", "Rp 800"]),
        (0.1, 0.4, "0.1", [0.1, 0.2, 0.3, 0.4]),
        ("08:00", "09:00", "30 min", ["08:00", "08:30", "09:00"]),
        (
            dt.date(2023, 1, 1),
            dt.date(2023, 1, 15),
            "7 days",
            [dt.date(2023, 1, 1), "2023-01-08", dt.date(2023, 1, 15)],
        ),
    ],
)
def test_values_are_a_step_apart_and_written_as_in_a_file(low: Any, high: Any, step: str, values: list[Any]) -> None:
    made = grid(low, high, step)
    assert [made.value(place) for place in range(len(made))] == values


@pytest.mark.parametrize(
    ("low", "high", "second"),
    [
        ("8 min", "20 min", "510 s"),
        ("10 days", "60 days", "12 days"),
        (0.0, 0.3, 0.01),
        ("Rp 500", "Rp 5000", "Rp 1000"),
        ("08:00", "11:00", "08:10"),
    ],
)
def test_without_a_step_it_is_of_a_round_size(low: Any, high: Any, second: Any) -> None:
    made = grid(low, high)
    assert quantity(made.value(1)) == quantity(second)
    assert len(made) - 1 <= FINE


def test_where_no_round_size_leads_from_end_to_end_there_are_as_many_steps_as_halving_takes() -> None:
    assert len(grid(0.0, 0.123457)) - 1 == UNEVEN


@given(st.integers(-50, 50), st.integers(1, 60), st.integers(1, 9))
def test_each_value_stands_at_its_place_and_no_other_does(low: int, steps: int, size: int) -> None:
    made = Grid(low, low + steps * size, steps)
    values = [made.value(place) for place in range(len(made))]
    assert [made.place(value) for value in values] == list(range(len(made)))
    others = {*range(low - 3, low + steps * size + 4)} - {*values}
    assert {made.place(other) for other in others} <= {None}
    assert made.place("10 min") is None


@pytest.mark.parametrize(
    ("low", "high", "step", "told"),
    [
        (8, 5, None, "--to: 5 is not above 8"),
        ("10 min", 5, None, "--to: 5 is a number, and 10 min a duration"),
        ({"a": 1}, {"a": 2}, None, "is nothing to go through step by step"),
        (True, False, None, "--from: true is nothing to go through step by step"),
        (5, 10, "3", "--step: steps of 3 do not lead from 5 to 10"),
        (5, 6, "0.5", "--step: 0.5 is no whole number, as 5 is"),
        (5, 10, "10 min", "--step: '10 min' is no step"),
        (5, 10, "-1", "--step: '-1' is no step"),
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
