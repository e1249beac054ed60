"""Claims of sim.stats.inequality: by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.stats.inequality import concentration, gini, lorenz, lorenz_at, worst_off_mean

VALUES = arrays(float, st.integers(1, 30), elements=st.floats(0, 1e6).map(lambda value: round(value, 3)))


@st.composite
def spread(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    values = draw(VALUES)
    return values, draw(arrays(float, len(values), elements=st.integers(1, 1000).map(float)))


def test_a_curve_by_hand() -> None:
    people, whole = lorenz([6, 1, 2], [1, 2, 1])
    assert people.tolist() == [0, 0.5, 0.75, 1]
    assert whole.tolist() == [0, 0.2, 0.4, 1]
    assert gini([6, 1, 2], [1, 2, 1]) == pytest.approx(1 - 0.5 * 0.2 - 0.25 * 0.6 - 0.25 * 1.4)
    assert lorenz_at([0.25, 0.9], [6, 1, 2], [1, 2, 1]) == pytest.approx([0.1, 0.76])


def test_the_far_bear_more_where_the_index_is_above_zero() -> None:
    near_to_far = [10, 20, 30]
    assert concentration([1, 2, 3], near_to_far) == pytest.approx(gini([1, 2, 3]))
    assert concentration([3, 2, 1], near_to_far) == pytest.approx(-gini([1, 2, 3]))
    assert concentration([2, 2, 2], near_to_far) == pytest.approx(0)
    # Two places of one rank are one place with their mean.
    assert concentration([1, 3, 4], [10, 10, 30]) == pytest.approx(concentration([2, 4], [10, 30], [2, 1]))
    assert concentration([1, 2, 99], [10, 20, np.nan]) == pytest.approx(concentration([1, 2], [10, 20]))


def test_the_worst_off_tenth_takes_the_place_on_its_edge_in_part() -> None:
    # A tenth of 100 people: the 4 with 50, and 6 of the 26 with 20.
    assert worst_off_mean([50, 20, 1], [4, 26, 70]) == pytest.approx((4 * 50 + 6 * 20) / 10)
    assert worst_off_mean([50, 20, 1], [4, 26, 70], share=1.0) == pytest.approx((200 + 520 + 70) / 100)


def test_places_without_value_or_people_are_not_there_and_nobody_has_no_inequality() -> None:
    assert gini([np.nan, 1, 3, 8], [5, 1, 1, 0]) == pytest.approx(gini([1, 3]))
    for nobody in ([], [np.nan]):
        assert np.isnan([gini(nobody), worst_off_mean(nobody), concentration(nobody, nobody)]).all()
        assert np.isnan(lorenz_at([0.5], nobody)).all()
    with pytest.raises(ValueError, match="a value cannot be negative here, found -1"):
        gini([1, -1])
    with pytest.raises(ValueError, match="same shape"):
        gini([1, 2], [1])
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        worst_off_mean([1], share=0)


@given(spread(), st.floats(1e-3, 1e3))
def test_gini_lies_between_0_and_1_and_knows_no_unit(of: tuple[np.ndarray, np.ndarray], unit: float) -> None:
    values, people = of
    found = gini(values, people)
    assert -1e-12 <= found < 1
    assert gini(unit * values, 7 * people) == pytest.approx(found, abs=1e-9)


@given(spread())
def test_gini_is_the_mean_absolute_difference_over_twice_the_mean(of: tuple[np.ndarray, np.ndarray]) -> None:
    values, people = of
    pairs = np.abs(values[:, None] - values) * np.outer(people, people)
    mean = np.average(values, weights=people)
    expected = pairs.sum() / people.sum() ** 2 / (2 * mean) if mean > 0 else 0.0
    assert gini(values, people) == pytest.approx(expected, abs=1e-9)


@given(spread())
def test_a_lorenz_curve_is_convex_from_0_to_1_and_never_above_equality(of: tuple[np.ndarray, np.ndarray]) -> None:
    people, whole = lorenz(*of)
    assert (people[0], whole[0], people[-1], whole[-1]) == pytest.approx((0, 0, 1, 1))
    slopes = np.diff(whole) / np.diff(people)
    assert (np.diff(slopes) >= -1e-6 * (1 + slopes[1:])).all()
    assert (whole <= people + 1e-9).all()


@given(spread(), st.randoms(use_true_random=False))
def test_no_order_concentrates_more_than_that_of_the_values(of: tuple[np.ndarray, np.ndarray], random: object) -> None:
    values, people = of
    rank = np.array([random.randint(0, 5) for _ in values], dtype=float)  # type: ignore[attr-defined]
    assert abs(concentration(values, rank, people)) <= gini(values, people) + 1e-9
    assert concentration(values, values, people) == pytest.approx(gini(values, people), abs=1e-9)


@given(spread())
def test_the_worst_off_tenth_is_the_end_of_the_lorenz_curve(of: tuple[np.ndarray, np.ndarray]) -> None:
    values, people = of
    mean = np.average(values, weights=people)
    (rest,) = lorenz_at([0.9], *of)
    if mean > 0:
        assert worst_off_mean(*of) == pytest.approx((1 - rest) * mean / 0.1, rel=1e-6)
    assert values.min() - 1e-9 <= worst_off_mean(*of) <= values.max() + 1e-9
