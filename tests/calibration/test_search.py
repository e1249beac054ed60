"""Claims of the search, on functions whose least is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calibration.search import SETTLED_STEP, Floats, Found, misfit, search, starting_points

SLOPES = np.array([[4.0, 1.0], [1.0, -3.0], [0.5, 2.0]])


def towards(least: Floats, noise: float = 0.0) -> object:
    """Residuals that vanish at a point, with steps like those of counts where there is noise."""

    def evaluate(points: Floats) -> Floats:
        exact = (points - least) @ SLOPES.T
        return np.round(exact / noise) * noise if noise else exact

    return evaluate


@given(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)))
def test_the_least_is_found_wherever_it_lies(least: tuple[float, float]) -> None:
    found = search(towards(np.array(least)), [np.array([0.9, 0.2])], step=0.1, most=100)  # type: ignore[arg-type]
    assert found.stopped == "converged"
    # It stops at a step of less than this share of the point's distance from 0, which is at most the square root of 2;
    # steps towards an end of the range grow shorter by halves, so what is left is about as long as the last.
    assert found.point == pytest.approx(np.array(least), abs=SETTLED_STEP * 2**0.5)


@given(st.tuples(st.floats(-3.0, 4.0), st.floats(-3.0, 4.0)))
def test_no_point_outside_the_ranges_is_ever_evaluated(least: tuple[float, float]) -> None:
    seen = []

    def evaluate(points: Floats) -> Floats:
        seen.append(points)
        return np.tanh((points - np.array(least)) @ SLOPES.T)

    search(evaluate, [np.array([0.0, 1.0])], step=0.2, most=60)
    points = np.concatenate(seen)
    assert points.min() >= 0.0
    assert points.max() <= 1.0


def test_steps_finer_than_the_coarse_one_do_not_mislead() -> None:
    least = np.array([0.3, 0.7])
    found = search(towards(least, noise=0.05), [np.array([0.9, 0.1])], step=0.1, most=100)  # type: ignore[arg-type]
    assert found.point == pytest.approx(least, abs=0.03)


def test_no_more_points_than_allowed_are_evaluated_and_the_best_is_kept() -> None:
    counted = 0

    def evaluate(points: Floats) -> Floats:
        nonlocal counted
        counted += len(points)
        return np.exp(3 * points @ SLOPES.T) - 2.0

    found = search(evaluate, [np.array([0.9, 0.9])], step=0.1, most=7)
    assert counted == found.points <= 7
    assert found.stopped == "limit"
    assert np.abs(found.residuals).max() <= np.abs(evaluate(np.array([[0.9, 0.9]]))).max()


def interrupted_at(call: int) -> Found:
    """What a search finds that is interrupted at a call of the function that evaluates points."""
    calls = itertools.count(1)

    def evaluate(points: Floats) -> Floats:
        if next(calls) == call:
            raise KeyboardInterrupt
        return (points - 0.25) @ SLOPES.T

    return search(evaluate, [np.array([0.9, 0.9])], step=0.1, most=100)


def test_an_interruption_leaves_the_best_so_far() -> None:
    found = interrupted_at(4)
    assert found.stopped == "interrupted" and found.has_slopes
    assert misfit(found.residuals) < 0.5 * misfit((np.array([0.9, 0.9]) - 0.25) @ SLOPES.T)


def test_what_was_interrupted_at_once_has_no_slopes() -> None:
    found = interrupted_at(2)
    assert found.stopped == "interrupted" and not found.has_slopes


def test_a_point_that_cannot_be_is_stepped_around() -> None:
    def evaluate(points: Floats) -> Floats:
        residuals = (points - np.array([0.4, 0.4])) @ SLOPES.T
        residuals[points[:, 0] > 0.95] = np.nan
        return residuals

    found = search(evaluate, [np.array([0.88, 0.5])], step=0.1, most=100)
    assert found.point == pytest.approx([0.4, 0.4], abs=0.01)


def test_an_input_that_moves_no_figure_has_no_slope_and_stays() -> None:
    def evaluate(points: Floats) -> Floats:
        return np.column_stack([2.0 * (points[:, 0] - 0.5), 2.0 * (points[:, 0] - 0.5)])

    found = search(evaluate, [np.array([0.2, 0.7])], step=0.1, most=100)
    assert found.slopes == pytest.approx(np.array([[2.0, 0.0], [2.0, 0.0]]))
    assert found.point[1] == 0.7


def test_starts_are_spread_and_the_same_each_time() -> None:
    first = np.array([0.5, 0.5])
    once, again = (np.array(starting_points(first, 9, 3)) for _ in range(2))
    assert (once == again).all()
    assert (once[0] == first).all()
    # Eight points of a scrambled Sobol' sequence: one in each eighth of every input.
    assert sorted((once[1:, 0] * 8).astype(int).tolist()) == list(range(8))


def test_the_best_of_several_starts_is_taken() -> None:
    def evaluate(points: Floats) -> Floats:
        x = points[:, :1]
        return np.hstack([np.sin(9.0 * x), 1.2 - x])

    near, far = np.array([0.05]), np.array([0.7])
    one = search(evaluate, [near], step=0.05, most=100)
    both = search(evaluate, [near, far], step=0.05, most=200)
    assert np.square(both.residuals).sum() < np.square(one.residuals).sum() - 0.1
