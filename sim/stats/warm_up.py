"""How long a simulation that starts empty takes to forget it: MSER-5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

BATCH = 5
"""Observations a batch."""


@dataclass(frozen=True)
class Truncation:
    """Where a series has forgotten its start."""

    observations: int
    """To be left out at the start, a multiple of BATCH."""
    decided: bool
    """False where the best truncation lies at the end of what was searched, half of the series: no level is in sight,
    and more may have to go."""


def mser5(series: ArrayLike) -> Truncation:
    """The truncation that makes the mean of the rest most certain, by batches of five.

    Of the k batch means, leave out the first d for which the sum of squared deviations of the rest from their mean,
    over (k - d) squared, is least; d is sought in the first half, as at the end the statistic is small by chance.

    Args:
        series: One value a day (or other step), the mean over replications; the last incomplete batch is not used.

    Raises:
        ValueError: Fewer than four batches, or a value that is not finite.

    Source: White, K. P. (1997), An effective truncation heuristic for bias reduction in simulation output, Simulation
    69, 323-334; White, K. P., Cobb, M. J. & Spratt, S. C. (2000), A comparison of five steady-state truncation
    heuristics for simulation, Proc. Winter Simulation Conference, 755-760 (batches of five, half of the series).
    """
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 1 or len(values) < 4 * BATCH:
        raise ValueError(f"needs at least {4 * BATCH} values in a row, found an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("needs finite values")
    k = len(values) // BATCH
    batches = values[: k * BATCH].reshape(k, BATCH).mean(axis=1)
    half = k // 2
    statistic = [float(((batches[d:] - batches[d:].mean()) ** 2).sum()) / (k - d) ** 2 for d in range(half + 1)]
    best = int(np.argmin(statistic))
    return Truncation(best * BATCH, best < half)
