"""The smallest true difference that an experiment of a given size and spread would probably have shown."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

POWER = 0.8
"""The chance of showing it that is usually asked for."""


def smallest_detectable(
    half_width: NDArray[np.float64], n: NDArray[np.int64], confidence: float, power: float = POWER, tests: int = 1
) -> NDArray[np.float64]:
    """The true mean difference that a paired t test would show with the given chance.

    Under a true difference d the statistic of the test is noncentral t with n - 1 degrees of freedom and noncentrality
    d sqrt(n) / s. The difference is the one whose noncentrality puts ``power`` beyond the two-sided critical value; s
    is taken from the data, through the interval's half width, so the result is an estimate too.

    Args:
        half_width: ``[...]``: half the width of each paired t interval.
        n: ``[...]``: pairs behind each.
        confidence: Of the intervals, between 0 and 1.
        power: Chance of showing the difference, between 0 and 1.
        tests: How many differences are tested together. The first of Holm's steps asks a p-value of
            (1 - confidence) / tests; a difference that passes it stands whatever the others are, so more than one
            makes the result an upper bound.

    Returns:
        ``[...]``, in the unit of ``half_width``; NaN with fewer than two pairs.

    Source: Cohen, J. (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., ch. 2; Johnson, N. L.,
    Kotz, S. & Balakrishnan, N. (1995), Continuous Univariate Distributions 2, ch. 31 (noncentral t).
    """
    factors = {
        int(pairs): _over_half_width(int(pairs), confidence, power, tests) for pairs in np.unique(n) if pairs > 1
    }
    factor = np.array([factors.get(int(pairs), np.nan) for pairs in n.ravel()], dtype=np.float64).reshape(n.shape)
    return np.asarray(half_width * factor, dtype=np.float64)


@functools.cache
def _over_half_width(n: int, confidence: float, power: float, tests: int) -> float:
    """The smallest detectable difference in half widths of the interval."""
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    critical = float(t.isf((1.0 - confidence) / 2.0 / tests, n - 1))

    def lacking(noncentrality: float) -> float:
        # Beyond the critical value on the true side; the other side's share is below 1e-4 at any power of use.
        return float(nct.sf(critical, n - 1, noncentrality)) - power

    upper = critical + 2.0
    while lacking(upper) < 0:
        upper *= 2.0
    return float(brentq(lacking, 0.0, upper, xtol=1e-10)) / float(t.isf((1.0 - confidence) / 2.0, n - 1))
