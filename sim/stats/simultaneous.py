"""Intervals that hold all together: for many differences from one baseline that met the same chance.

Differences from a common baseline under common random numbers hang together strongly. With enough replications their
correlation can be learnt from them, and the intervals become narrower by it; with few it cannot, and Bonferroni's
inequality, which needs none, is what holds. Where the change comes was measured: see docs/statistics.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ENOUGH = 20
"""Replications from which the correlation is learnt: with 5 or 10 the bootstrap is wider than Bonferroni."""
MOST = 120
"""Comparisons up to which it is learnt; the bootstrap of larger families costs more than it gives."""
RESAMPLES = 2000
_SEED = 1995
"""Of the resampling: the same replications give the same interval."""


def critical_value(values: ArrayLike, confidence: float) -> float:
    """How many standard errors each interval of a family reaches, so that all hold together.

    Below ENOUGH replications Bonferroni's: the t quantile at 1 - (1 - confidence) / (2 k). From there on the quantile
    of max |T| over the family, T the studentised means of whole replications drawn with replacement, which keeps the
    correlation; never more than Bonferroni's, which holds anyway.

    Args:
        values: ``[replications, k]``: the paired differences; a column without any spread needs no interval and does
            not count.
        confidence: Chance that all k intervals hold, between 0 and 1.

    Returns:
        The factor on each standard error; NaN with fewer than two replications.

    Raises:
        ValueError: The values are not two-dimensional or the confidence is out of range.

    Source: Romano, J. P. & Wolf, M. (2005), Exact and approximate stepdown methods for multiple hypothesis testing,
    JASA 100, 94-108 (max-T with resampling); Miller, R. G. (1981), Simultaneous Statistical Inference, 2nd ed.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError(f"needs one row a replication, found an array of shape {rows.shape}")
    n = len(rows)
    spread = rows[:, (rows != rows[:1]).any(axis=0)] if n else rows
    most = float(bonferroni(n, spread.shape[1], confidence))
    if not learns(n, spread.shape[1]) or np.isnan(spread).any():
        return most
    return min(most, max_t_quantile(spread, confidence))


def bonferroni(n: ArrayLike, k: int, confidence: float) -> Floats:
    """How many standard errors each of k intervals reaches, so that all hold together whatever their correlation.

    Args:
        n: replications, of each interval or of all.
        k: comparisons with any spread.
        confidence: Chance that all k intervals hold, between 0 and 1.

    Returns:
        The factor on each standard error, of the shape of ``n``; NaN with fewer than two replications.

    Raises:
        ValueError: The confidence is out of range.
    """
    from scipy.special import stdtrit

    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}")
    pairs = np.asarray(n)
    freedom = np.where(pairs > 1, pairs - 1, np.nan)
    return np.asarray(stdtrit(freedom, 1.0 - (1.0 - confidence) / (2.0 * max(k, 1))), dtype=np.float64)


def learns(n: int, k: int) -> bool:
    """Whether the correlation of k comparisons is learnt from n replications: where there are enough, and not many."""
    return n >= ENOUGH and 1 < k <= MOST


def max_t_quantile(values: Floats, confidence: float, resamples: int = RESAMPLES) -> float:
    """The quantile of max |T| over bootstrap resamples of whole rows of ``values``, each column studentised."""
    n, k = values.shape
    weights = np.random.default_rng(_SEED).multinomial(n, np.full(n, 1.0 / n), size=resamples).astype(np.float64)
    centred = values - values.mean(axis=0)
    mean, square = np.zeros((resamples, k)), np.zeros((resamples, k))
    # Row by row and not as a matrix product, whose last bits differ between machines.
    for i in range(n):
        part = weights[:, i, None] * centred[i]
        mean += part
        square += part * centred[i]
    mean /= n
    error = np.sqrt(np.maximum(square / n - mean * mean, 0.0) / (n - 1))
    smallest = 1e-9 * centred.std(axis=0)
    statistic = np.abs(mean) / np.maximum(error, smallest)
    return float(np.quantile(statistic.max(axis=1), confidence))
