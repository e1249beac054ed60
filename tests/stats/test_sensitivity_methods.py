"""Claims of sim.stats.screening and sim.stats.variance_shares, on functions whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.stats.screening import elementary_effects, trajectories
from sim.stats.variance_shares import noise_share, sobol_design, sobol_shares

WEIGHTS = np.array([5.0, -2.0, 0.0, 0.5])


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * unit - 1.0)
    return np.sin(x[..., 0]) + 7.0 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


ISHIGAMI_FIRST, ISHIGAMI_TOTAL = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]


def test_every_trajectory_moves_every_input_once_and_stays_in_the_cube() -> None:
    design = trajectories(6, 20, 4, seed=1)
    assert ((design.points >= 0) & (design.points <= 1)).all()
    steps = np.diff(design.points, axis=1)
    assert (np.count_nonzero(steps, axis=2) == 1).all()
    assert (np.sort(design.moved, axis=1) == np.arange(6)).all()
    assert np.abs(steps[steps != 0]) == pytest.approx(2 / 3)
    assert set(np.round(3 * design.points).ravel()) == {0, 1, 2, 3}


def test_in_a_line_the_effects_are_the_slopes_without_spread() -> None:
    design = trajectories(4, 8, 4, seed=2)
    found = elementary_effects(design, design.points @ WEIGHTS, 0.95, seed=1)
    assert found.mean == pytest.approx(WEIGHTS)
    assert found.size == pytest.approx(np.abs(WEIGHTS))
    assert found.size_low == pytest.approx(np.abs(WEIGHTS))
    assert found.spread == pytest.approx(0.0, abs=1e-9)


def test_inputs_that_work_through_others_have_a_spread() -> None:
    design = trajectories(2, 30, 4, seed=3)
    found = elementary_effects(design, design.points[..., 0] * design.points[..., 1], 0.95, seed=1)
    assert (found.spread > 0.2).all()
    assert (found.size_low < found.size).all()


def test_a_point_without_a_value_spoils_only_its_steps() -> None:
    design = trajectories(4, 8, 4, seed=2)
    values = design.points @ WEIGHTS
    values[0, 2] = np.nan
    found = elementary_effects(design, values, 0.95, seed=1)
    assert found.mean == pytest.approx(WEIGHTS)
    assert sorted(found.steps) == [7, 7, 8, 8]


def test_shares_are_those_of_scipy_but_for_the_centre() -> None:
    design = sobol_design(3, 64, seed=1)
    fa, fb, fab = ishigami(design.a), ishigami(design.b), ishigami(design.ab)
    centre = np.r_[fa, fb].mean()
    func = {"f_A": (fa - centre)[None], "f_B": (fb - centre)[None], "f_AB": (fab - centre)[:, None]}
    theirs = stats.sobol_indices(func=func, n=64)
    ours = sobol_shares(fa, fb, fab, 0.95, seed=1)
    assert ours.first == pytest.approx(np.ravel(theirs.first_order), abs=1e-9)
    assert ours.total == pytest.approx(np.ravel(theirs.total_order), abs=1e-9)


def test_shares_of_the_ishigami_function_are_those_of_theory() -> None:
    design = sobol_design(3, 4096, seed=2)
    found = sobol_shares(ishigami(design.a), ishigami(design.b), ishigami(design.ab), 0.95, seed=1)
    assert found.first == pytest.approx(ISHIGAMI_FIRST, abs=0.02)
    assert found.total == pytest.approx(ISHIGAMI_TOTAL, abs=0.02)


@pytest.mark.slow
def test_intervals_of_total_shares_hold_the_truth_as_often_as_they_say_and_first_order_ones_less() -> None:
    held = np.zeros((2, 3))
    runs = 200
    for seed in range(runs):
        design = sobol_design(3, 128, seed)
        found = sobol_shares(ishigami(design.a), ishigami(design.b), ishigami(design.ab), 0.95, seed)
        held[0] += (found.first_low <= ISHIGAMI_FIRST) & (found.first_high >= ISHIGAMI_FIRST)
        held[1] += (found.total_low <= ISHIGAMI_TOTAL) & (found.total_high >= ISHIGAMI_TOTAL)
    assert (held[1] / runs > 0.93).all(), held / runs
    # Measured: 85% for the first input, whose estimate is skewed; docs/statistics.md says so.
    assert (held[0] / runs > 0.8).all(), held / runs


def test_rows_with_a_point_without_a_value_are_left_out() -> None:
    design = sobol_design(3, 64, seed=1)
    fa, fb, fab = ishigami(design.a), ishigami(design.b), ishigami(design.ab)
    fab[1, 5] = np.nan
    rows = np.arange(64) != 5
    found, expected = sobol_shares(fa, fb, fab, 0.9, 1), sobol_shares(fa[rows], fb[rows], fab[:, rows], 0.9, 1)
    assert found.points == 63
    assert found.first == pytest.approx(expected.first)


def test_an_outcome_that_never_changes_has_no_shares() -> None:
    same = np.ones(16)
    assert np.isnan(sobol_shares(same, same, np.ones((2, 16)), 0.95, 1).first).all()


def test_what_chance_adds_to_all_points_alike_is_no_noise() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(0.0, 1.0, (400, 1))
    shared = rng.normal(0.0, 5.0, (1, 3))
    assert noise_share(points + shared) == pytest.approx(0.0, abs=1e-12)
    own = rng.normal(0.0, 1.0, (400, 3))
    assert noise_share(points + shared + own) == pytest.approx(0.25, abs=0.05)
    assert noise_share(0.0 * points + shared + own) == pytest.approx(1.0, abs=0.15)
