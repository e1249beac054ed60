"""Claims of sim.config.ranges: the ends are the ends, and everything between can stand in a file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.ranges import between
from sim.config.units import quantity

RANGES = [
    ("20 min", "10 min", "1 h"),
    ("5 h", "4 h", "7 h"),
    ("4 km", "2 km", "6 km"),
    ("46 km/h", "42 km/h", "52 km/h"),
    ("Rp 500", "Rp 300", "Rp 700"),
    ("Rp -500", "Rp -900", "Rp 700"),
    (0.1, 0.0, 0.25),
    (45, 31, 62),
    ("5%", "2%", "8%"),
    ("10:00", "08:00", "12:30"),
    ("2023-01-05", "2023-01-01", "2023-02-01"),
]


@pytest.mark.parametrize(("value", "low", "high"), RANGES)
def test_the_ends_of_a_range_are_its_ends_and_the_middle_lies_between(value: Any, low: Any, high: Any) -> None:
    found = [quantity(between(low, high, share, value)) for share in (0.0, 0.37, 1.0)]
    ends = quantity(low), quantity(high)
    assert (found[0], found[2]) == ends
    assert found[1] is not None and ends[0] is not None and ends[1] is not None
    assert found[1][0] == ends[0][0]
    assert ends[0][1] < found[1][1] < ends[1][1]


@given(st.floats(0, 1))
def test_whole_numbers_stay_whole(share: float) -> None:
    assert isinstance(between(31, 62, share, 45), int)
    assert isinstance(between(1, 2, share, 1.5), float)


def test_maps_and_lists_go_part_by_part_and_shares_still_add_up_to_one() -> None:
    low, high = {1: 0.5, 2: 0.5}, {2: 0.2, 3: 0.8}
    found = between(low, high, 0.25, low)
    assert sum(found.values()) == pytest.approx(1.0)
    assert found == pytest.approx({1: 0.375, 2: 0.425, 3: 0.2})
    assert between([1, 2.0], [3, 4.0], 0.5, [1, 2.0]) == [2, 3.0]
    slots = between(
        {"ordinary": 40, "priority": 10}, {"ordinary": 65, "priority": 15}, 0.5, {"ordinary": 50, "priority": 10}
    )
    assert slots == {"ordinary": 52, "priority": 12}


def test_what_cannot_be_measured_is_one_end_or_the_other() -> None:
    assert [between("any", "working_area", share, "any") for share in (0.2, 0.8)] == ["any", "working_area"]
