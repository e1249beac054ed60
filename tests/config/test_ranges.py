"""Claims of sim.config.ranges: the ends are the ends, and everything between can stand in a file."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.ranges import HANDLES, Range, between
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
    # Of 26 and of 6 whole numbers, each of which has an equal part of the way.
    assert slots == {"ordinary": 53, "priority": 13}


def test_what_cannot_be_measured_is_one_end_or_the_other() -> None:
    assert [between("any", "working_area", share, "any") for share in (0.2, 0.8)] == ["any", "working_area"]


# ------------------------------------------------------------------------------------------------------------ handles


def test_a_factor_moves_every_number_and_keeps_counters_whole_and_open() -> None:
    counters = {"document": 4, "interview": 8, "collection": 1}
    span = Range(0.5, 1.5, "factor")
    assert span.at(0.0, counters) == {"document": 2, "interview": 4, "collection": 1}
    assert span.at(0.5, counters) == counters
    assert span.at(1.0, counters) == {"document": 6, "interview": 12, "collection": 2}
    assert span.at(0.0, {"priority": 0.2, "accelerated": 0.0}) == {"priority": 0.1, "accelerated": 0.0}
    assert Range(0.1, 3.0, "factor").at(0.0, 0) == 0, "what is not there stays away"


@given(
    st.dictionaries(st.integers(0, 12), st.floats(0.01, 1.0), min_size=2, max_size=6),
    st.floats(0.05, 0.95),
)
def test_a_mean_tilts_shares_to_that_mean_and_no_number_comes_or_goes(shares: dict[int, float], place: float) -> None:
    low, high = min(shares), max(shares)
    mean = low + place * (high - low)
    moved = Range(mean, mean, "mean").at(0.5, shares)
    assert list(moved) == list(shares)
    assert sum(number * share for number, share in moved.items()) / sum(moved.values()) == pytest.approx(mean, abs=1e-6)


@given(st.lists(st.floats(0.0, 5.0), min_size=2, max_size=24).filter(lambda weights: sum(weights) > 0.1))
def test_a_contrast_keeps_the_sum_and_the_order_of_weights(weights: list[float]) -> None:
    for power in (0.5, 1.0, 2.0):
        moved = Range(power, power, "contrast").at(0.0, weights)
        assert sum(moved) == pytest.approx(sum(weights))
        assert sorted(range(len(moved)), key=lambda at: (moved[at], weights[at])) == sorted(
            range(len(moved)), key=lambda at: (weights[at], moved[at])
        )


def test_an_end_moves_the_end_of_every_window_and_its_beginning_stays() -> None:
    breaks = {"mon": {"from": "12:00", "to": "13:00"}, "fri": {"from": "11:30", "to": "13:00"}, "sat": None}
    moved = Range("-30 min", "30 min", "end").at(0.0, breaks)
    assert moved == {"mon": {"from": "12:00", "to": "12:30"}, "fri": {"from": "11:30", "to": "12:30"}, "sat": None}


@pytest.mark.parametrize(
    ("handle", "value"), [("factor", "some"), ("mean", [1, 2]), ("contrast", 3), ("end", {"from": "08:00"})]
)
def test_a_handle_that_does_not_suit_a_value_says_what_it_suits(handle: str, value: Any) -> None:
    with pytest.raises(ValueError, match="does not suit"):
        HANDLES[handle].stands(value)


def test_a_share_between_whole_numbers_counts_as_that_of_the_number_it_becomes() -> None:
    span = Range(1, 4)
    assert [span.at(share, 2) for share in (0.0, 0.3, 0.6, 1.0)] == [1, 2, 3, 4]
    assert span.realised(0.3, 2) == pytest.approx(1 / 3)
    assert Range(0.1, 0.9).realised(0.3, 0.5) == 0.3


def test_tilted_shares_are_as_near_to_the_value_as_any_with_that_mean() -> None:
    """Among shares of 1, 2 and 3 with one mean there is one direction to go: nothing on it is nearer."""
    value = {1: 0.5, 2: 0.2, 3: 0.3}
    found = Range(2.2, 2.2, "mean").at(0.0, value)

    def divergence(shares: dict[int, float]) -> float:
        return sum(shares[key] * math.log(shares[key] / value[key]) for key in value)

    for step in (-0.01, 0.01):
        assert divergence({key: found[key] + step * by for key, by in {1: 1, 2: -2, 3: 1}.items()}) > divergence(found)


@pytest.mark.parametrize(
    ("span", "value", "share"),
    [
        (Range(0.5, 2.0, "factor"), {"a": 15, "b": 2}, 1 / 3),
        (Range(1.0, 3.0, "mean"), {1: 0.25, 2: 0.5, 3: 0.25}, 0.5),
        (Range(0.5, 1.5, "contrast"), [1.0, 2.0], 0.5),
        (Range("-1 h", "1 h", "end"), {"from": "08:00", "to": "12:00"}, 0.5),
    ],
)
def test_on_its_way_a_handle_passes_the_value_itself(span: Range, value: Any, share: float) -> None:
    assert span.at(share, value) == value


@given(st.integers(0, 40), st.integers(1, 40))
def test_each_whole_number_of_a_range_has_an_equal_part_of_the_way(low: int, steps: int) -> None:
    """So that points spread evenly over the way, as those of Sobol', meet each number as often."""
    high, each = low + steps, 8
    ways = [(place + 0.5) / (each * (steps + 1)) for place in range(each * (steps + 1))]
    found = [between(low, high, way, low) for way in ways]
    assert [found.count(number) for number in range(low, high + 1)] == [each] * (steps + 1)


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from([2, 4, 6, 8]), st.data())
def test_a_step_of_the_screening_always_reaches_another_whole_number(
    low: int, steps: int, levels: int, data: st.DataObject
) -> None:
    span, step = Range(low, low + steps), levels / (2 * (levels - 1))
    start = data.draw(st.integers(0, levels // 2 - 1)) / (levels - 1)
    ends = [span.realised(share, low) for share in (start, start + step)]
    assert ends[1] > ends[0]
    # The realised share stands for the number that was run.
    assert [span.at(end, low) for end in ends] == [span.at(share, low) for share in (start, start + step)]
    assert ends == pytest.approx([(span.at(end, low) - low) / steps for end in ends])
