"""Claims of the standard errors of fitted inputs, on linear models whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.calibration.precision import UNTOLD, Floats, precision_of
from sim.calibration.told import in_unit, rounded
from sim.config.ranges import Range

SLOPES = arrays(np.float64, (3, 2), elements=st.floats(-50.0, 50.0))
ONE = np.zeros((3, 1))
"""Of one replication."""


@given(SLOPES)
def test_errors_are_those_of_a_linear_model_with_known_noise(slopes: Floats) -> None:
    """Conditioning the joint normal of inputs (variance 1/12) and figures (noise 1), as in a Kalman filter."""
    prior = np.eye(2) / 12
    figures = slopes @ prior @ slopes.T + np.eye(3)
    exact = prior - prior @ slopes.T @ np.linalg.solve(figures, slopes @ prior)
    precision = precision_of(slopes, ONE)
    assert precision.error == pytest.approx(np.sqrt(np.diag(exact)), rel=1e-4)
    off = exact[0, 1] / np.sqrt(exact[0, 0] * exact[1, 1])
    assert precision.correlation[0, 1] == pytest.approx(off, abs=1e-3)
    assert np.isnan(precision.chance).all()


@given(SLOPES)
def test_an_input_that_is_hardly_told_takes_no_more_from_another_than_it_moves_it_over_its_range(
    slopes: Floats,
) -> None:
    alone = precision_of(slopes[:, :1], ONE).error[0]
    moved = slopes[:, 0] @ slopes[:, 1] * alone**2
    error = precision_of(slopes, ONE).error
    assert error[0] ** 2 <= alone**2 + (moved * UNTOLD) ** 2 + 1e-12
    assert (error <= UNTOLD + 1e-12).all()


def test_of_two_inputs_that_do_nearly_the_same_the_strong_one_is_told() -> None:
    # The weak one does over its whole range what the strong one does over 12 percent of its own.
    strong = np.array([20.0, 20.0, 20.0])
    precision = precision_of(np.column_stack([strong, -0.12 * strong]), ONE)
    assert precision.hardly_told.tolist() == [False, True]
    # Known exactly: 1 / (1200 + 12) by itself, and 0.12 (but for the 12) of what the weak one may still be.
    moved = 0.12 * 1200 / 1212
    assert precision.error[0] ** 2 == pytest.approx(1 / 1212 + (moved * precision.error[1]) ** 2)
    assert precision.together(0) == [1]
    assert precision.correlation[0, 1] > 0


def test_the_range_alone_tells_what_no_figure_does() -> None:
    precision = precision_of(np.zeros((2, 2)), np.zeros((2, 1)))
    assert precision.error == pytest.approx(UNTOLD)
    assert precision.hardly_told.all()


@pytest.mark.parametrize("replications", [2, 3, 6, 20])
def test_a_standard_error_by_chance_covers_as_often_as_one_of_a_normal_distribution(replications: int) -> None:
    """Fitted values lie within it of the truth in 68.3 percent of 3000 times, within 4 errors of that."""
    slopes = np.array([[60.0, 10.0], [10.0, -50.0], [5.0, 40.0]])
    rng = np.random.default_rng(5)
    gain = np.linalg.inv(slopes.T @ slopes) @ slopes.T
    inside = np.zeros(2)
    for _ in range(3000):
        residuals = rng.normal(0.0, 1.5, (3, replications))
        fitted = -gain @ residuals.mean(axis=1)
        inside += np.abs(fitted) <= precision_of(slopes, residuals).chance
    assert inside / 3000 == pytest.approx(0.6827, abs=4 * np.sqrt(0.6827 * 0.3173 / 3000))


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        *(
            (6677, 412.0, "6680"),
            (6677, 96.0, "6677"),
            (6677, 3.2, "6677"),
            (6677, 0.0, "6677"),
            (6677, np.nan, "6677"),
        ),
        *(
            (0.04663, 0.055, "0.047"),
            (0.01546, 0.0021, "0.0155"),
            (61234.5, 4100.0, "61200"),
            ("12 min", 3.0, "12 min"),
        ),
    ],
)
def test_a_value_has_the_figures_that_its_error_bears(value: object, error: float, told: str) -> None:
    assert rounded(value, error) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        *((3000, 9000, "620"), ("5 min", "25 min", "2.1 min"), ("10 km", "20 km", "1.0 km"), (0.01, 0.2, "0.020")),
        *(("Rp 100.000", "Rp 300.000", "Rp 21.000"), ("30 km/h", "50 km/h", "2.1 km/h"), ("08:00", "10:00", "12 min")),
    ],
)
def test_an_error_is_told_in_the_unit_of_the_input(low: object, high: object, told: str) -> None:
    assert in_unit(Range(low, high), 0.1035) == told
