"""Which of several alternatives may be the best, and how far each may be behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.intervals import ENOUGH_TO_AGREE, ROUNDING

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Best:
    """What is known of the best of some alternatives."""

    may_be: NDArray[np.bool_]
    """[alternatives]: those that may be the best; one of them is, with the confidence that was asked for."""
    behind: Floats
    """[alternatives]: how much worse than the best each is at most; all these hold together with the same event."""


def best(
    values: ArrayLike,
    confidence: float,
    *,
    planned: bool = False,
    keeps: ArrayLike | None = None,
    may_keep: ArrayLike | None = None,
) -> Best:
    """Which alternatives may have the largest mean, and how far below it each mean is at most.

    Alternatives that met the same chance are compared pair by pair, so that what chance does to all of them alike
    does not count. With the chance ``confidence`` the alternative that is truly the best exceeds none of its k - 1
    differences by more than what each exceeds with the chance ``(1 - confidence) / (k - 1)`` (Bonferroni, one side);
    then no other is clearly better than it, and it is further ahead of each than observed by no more than that.

    Where only some count, the best is the best of those that truly do. It is left out only by one that surely counts
    and is clearly better: whoever may not count cannot rule out another. So with the chance ``confidence``, less the
    chance that ``keeps`` or ``may_keep`` are wrong of any alternative, all that is told is right, if any counts.

    Args:
        values: ``[replications, alternatives]``, the more the better; NaN where one has no value.
        confidence: Between 0 and 1.
        planned: Whether chance has no part in the values, so that even two that agree are sure.
        keeps: ``[alternatives]``, whether each surely counts; all do when absent.
        may_keep: ``[alternatives]``, whether each may count, as those do that surely count; all do when absent.

    Returns:
        An alternative without any value, or that does not count, may not be the best, and NaN is how far it is behind.
        Where there are fewer than two replications, or fewer than ENOUGH_TO_AGREE that differ by the same in what is
        not ``planned``, or where either has no value in some, how far one is behind the other is not known, and
        infinite.

    Raises:
        ValueError: The values are not two-dimensional, the confidence is out of range, or one that surely counts may
            not.

    Means over replications are taken to be nearly normal, as everywhere: of rare counts the promise is kept less often.

    Source: Hsu, J. C. (1984), Constrained simultaneous confidence intervals for multiple comparisons with the best,
    Annals of Statistics 12, 1136-1144; Nelson, B. L., Swann, J., Goldsman, D. & Song, W. (2001), Simple procedures for
    selecting the best simulated system when the number of alternatives is large, Operations Research 49, 950-963
    (screening). Both take alternatives as independent or their spread as equal; Bonferroni's inequality needs neither.
    """
    from scipy.special import stdtrit

    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError(f"needs one row a replication, found an array of shape {rows.shape}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"the confidence is {confidence}, which is not between 0 and 1")
    known: NDArray[np.bool_] = np.logical_not(np.isnan(rows).all(axis=0))
    everyone = np.ones(len(known), dtype=np.bool_)
    sure = everyone if keeps is None else np.asarray(keeps, dtype=np.bool_)
    possible = everyone if may_keep is None else np.asarray(may_keep, dtype=np.bool_)
    if sure.shape != known.shape or possible.shape != known.shape or (sure & ~possible).any():
        raise ValueError("whether they count is to be told of each alternative, and one that surely counts may count")
    some = rows[:, known]
    k = some.shape[1]
    may_be, behind = np.zeros(len(known), dtype=np.bool_), np.full(len(known), np.nan)
    if k == 0:
        return Best(may_be, behind)
    n = len(some)
    whole = ~np.isnan(some).any(axis=0)
    scale = np.nanmax(np.abs(some), axis=0)
    reach = float(stdtrit(n - 1, 1.0 - (1.0 - confidence) / max(k - 1, 1))) if n > 1 else np.inf
    ahead = np.full((k, k), np.inf)
    """[one, other]: how far one is ahead of the other at most."""
    for one in np.flatnonzero(whole) if n > 1 else ():
        difference = some[:, one : one + 1] - some[:, whole]
        mean, variance = difference.mean(axis=0), difference.var(axis=0, ddof=1)
        # What differs by the rounding of sums alone is the same.
        negligible = ROUNDING * np.maximum(scale[one], scale[whole])
        variance = np.where(variance <= negligible**2, 0.0, variance)
        mean = np.where(np.abs(mean) <= negligible, 0.0, mean)
        width = reach * np.sqrt(variance / n)
        agree = (variance == 0) & (not planned) & (n < ENOUGH_TO_AGREE)
        ahead[one, whole] = mean + np.where(agree, np.inf, width)
    np.fill_diagonal(ahead, 0.0)
    sure, possible = sure[known], possible[known]
    # Whoever is ahead of another, that counts, by less than nothing at most is not the best.
    candidates = possible & (ahead[:, sure] >= 0.0).all(axis=1)
    may_be[known] = candidates
    behind[known] = np.where(possible, np.maximum(ahead[candidates].max(axis=0, initial=0.0), 0.0), np.nan)
    return Best(may_be, behind)
