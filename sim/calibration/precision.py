"""How well known figures tell fitted inputs: standard errors, what chance has part in them, what hangs together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNTOLD = 1 / math.sqrt(12)
"""Standard error, as a share of the range, of one who knows the range and nothing else: that of an even spread."""
HARDLY = UNTOLD / math.sqrt(2)
"""Above this the figures take away less than half of the variance that the range leaves."""
TOGETHER = 0.7
"""From this correlation on about half of the variance of an input is that of the other."""


@dataclass(frozen=True)
class Precision:
    """Of inputs, or groups that move together, as shares of their ranges."""

    error: Floats
    """``[inputs]``: standard errors."""
    chance: Floats
    """``[inputs]``: the part of the replications' chance in them; NaN where one replication does not tell it."""
    correlation: Floats
    """``[inputs, inputs]``: of the errors."""

    @property
    def hardly_told(self) -> NDArray[np.bool_]:
        """``[inputs]``: whether the figures say little more of it than its range does."""
        return self.error > HARDLY

    def together(self, one: int) -> list[int]:
        """The other inputs whose errors hang together with those of one."""
        return [
            other
            for other, size in enumerate(np.abs(self.correlation[one]).tolist())
            if other != one and size >= TOGETHER
        ]


def precision_of(slopes: Floats, residuals: Floats) -> Precision:
    """Standard errors of inputs that were fitted by least squares.

    The tolerance of a figure counts as its standard error and the width of a range as even (variance 1/12, taken as
    normal), so that the covariance is the inverse of J'J + 12 I (Bayesian linear model: Gelman et al. 2013, Bayesian
    Data Analysis, 14.8). Without the range an input that is hardly told would take away what the figures tell of those
    that do nearly the same. To this comes the chance of the simulated figures by the delta method, widened by Student's
    t so that one error covers as much as with many replications. Faults of the model are in neither.

    Args:
        slopes: ``[figures, inputs]``, J: tolerances over the whole range.
        residuals: ``[figures, replications]``, tolerances, at the fitted point.
    """
    from scipy import stats

    inputs, replications = slopes.shape[1], residuals.shape[1]
    covariance = np.linalg.inv(slopes.T @ slopes + np.eye(inputs) / UNTOLD**2)
    chance = np.full(inputs, np.nan)
    if replications > 1:
        widening = float(stats.t.ppf(stats.norm.cdf(1.0), replications - 1))
        moved = covariance @ slopes.T @ residuals
        by_chance = np.atleast_2d(np.cov(moved)) * widening**2 / replications
        chance = np.sqrt(np.diag(by_chance))
        covariance = covariance + by_chance
    error = np.sqrt(np.diag(covariance))
    return Precision(error, chance, covariance / np.outer(error, error))
