"""The search for inputs in their ranges that bring modelled figures near known ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Stopped = Literal["converged", "limit", "interrupted"]
Evaluate = Callable[[Floats], Floats]
"""Points ``[points, inputs]``, shares of ranges, to residuals ``[points, figures]``; NaN where a point cannot be."""

SETTLED_COST, SETTLED_STEP = 1e-2, 5e-3
"""A start has settled when a step betters its sum of squares, or moves it, by less than these shares."""


@dataclass(frozen=True)
class Found:
    """The best point of a search."""

    point: Floats
    """``[inputs]``, 0 to 1."""
    residuals: Floats
    """``[figures]``, differences in tolerances."""
    slopes: Floats
    """``[figures, inputs]``: how residuals change there over whole ranges; or at the last point that has it."""
    points: int
    """How many were simulated."""
    stopped: Stopped
    """Why the search ended."""
    has_slopes: bool
    """Whether it was looked anywhere how residuals hang on the inputs; else ``slopes`` are 0 and tell nothing."""


def misfit(residuals: Floats) -> float:
    """Root mean square of residuals; infinite where one is missing."""
    size = float(np.sqrt(np.mean(np.square(residuals))))
    return size if np.isfinite(size) else np.inf


def starting_points(first: Floats, number: int, seed: int) -> list[Floats]:
    """The first point, and others spread evenly over the ranges by a scrambled Sobol' sequence."""
    from scipy.stats import qmc

    if number == 1:
        return [first]
    design = qmc.Sobol(len(first), scramble=True, rng=np.random.default_rng(seed))
    return [first, *design.random(1 << (number - 2).bit_length())[: number - 1]]


def search(
    evaluate: Evaluate,
    starts: Sequence[Floats],
    *,
    step: float,
    most: int,
    tell: Callable[[int, float, float], None] = lambda points, now, best: None,
) -> Found:
    """Least squares within 0 and 1 from several starts, by the trust region method of scipy.optimize.least_squares.

    Simulated figures are steps and noise close up, so slopes are taken over a coarse step, away from the nearer end of
    the range. With the same draws at each point the figures are a function of the point, and the
    search is the same each time.

    Args:
        evaluate: residuals of several points at once.
        starts: points to begin from.
        step: length over which slopes are taken.
        most: points to evaluate at most, over all starts.
        tell: told after each point the number of points, its misfit and the best one.

    After Ctrl-C or at the limit it returns the best point so far.

    Raises:
        ValueError: no start can be evaluated.
    """
    from scipy.optimize import least_squares

    trail = _Trail(evaluate, step, most, tell)
    stopped: Stopped = "converged"
    try:
        for start in starts:
            inside = np.clip(start, 0.0, 1.0)
            if not np.isfinite(trail.at(inside)).all():
                continue
            least_squares(
                trail.at, inside, trail.slopes, bounds=(0.0, 1.0), ftol=SETTLED_COST, xtol=SETTLED_STEP, gtol=None
            )
    except _LimitError:
        stopped = "limit"
    except KeyboardInterrupt:
        stopped = "interrupted"
    if trail.best is None:
        if stopped == "interrupted":
            raise KeyboardInterrupt
        raise ValueError("no start can be evaluated")
    point, residuals = trail.best
    return Found(point, residuals, trail.slopes_at(point, len(residuals)), trail.points, stopped, bool(trail.steepness))


class _LimitError(Exception):
    """As many points as are allowed have been evaluated."""


@dataclass
class _Trail:
    """What has been evaluated."""

    evaluate: Evaluate
    step: float
    most: int
    tell: Callable[[int, float, float], None]
    points: int = 0
    best: tuple[Floats, Floats] | None = None
    known: dict[bytes, Floats] = field(default_factory=dict)
    steepness: dict[bytes, Floats] = field(default_factory=dict)

    def at(self, point: Floats) -> Floats:
        """Residuals of a point."""
        found: Floats = self._all(point[np.newaxis])[0]
        return found

    def slopes(self, point: Floats) -> Floats:
        """``[figures, inputs]``: how residuals change with each input over the step."""
        here = self.at(point)
        moves = np.where(point + self.step <= 1.0, self.step, -self.step)
        moved = self._all(point + np.diag(moves))
        stuck = ~np.isfinite(moved).all(axis=1) & (point - moves >= 0.0) & (point - moves <= 1.0)
        if stuck.any():
            # What cannot be moved this way is moved the other way.
            moves[stuck] *= -1.0
            moved[stuck] = self._all((point + np.diag(moves))[stuck])
        # An input that can be moved neither way is left where it is for this step.
        found: Floats = np.nan_to_num((moved - here) / moves[:, np.newaxis]).T
        self.steepness[point.tobytes()] = found
        return found

    def slopes_at(self, point: Floats, figures: int) -> Floats:
        """Slopes at a point, or at the last one that has them; 0 where none has."""
        if not self.steepness:
            return np.zeros((figures, len(point)))
        return self.steepness.get(point.tobytes(), list(self.steepness.values())[-1])

    def _all(self, points: Floats) -> Floats:
        new = [point for point in points if point.tobytes() not in self.known]
        if new:
            if self.points + len(new) > self.most:
                raise _LimitError
            for point, residuals in zip(new, self.evaluate(np.array(new)), strict=True):
                self._note(point, residuals)
        found: Floats = np.array([self.known[point.tobytes()] for point in points])
        return found

    def _note(self, point: Floats, residuals: Floats) -> None:
        self.points += 1
        self.known[point.tobytes()] = residuals
        size = misfit(residuals)
        if np.isfinite(size) and (self.best is None or size < misfit(self.best[1])):
            self.best = point.copy(), residuals
        self.tell(self.points, size, misfit(self.best[1]) if self.best is not None else np.inf)
