"""Intervals for means and paired differences over replications, and p-values adjusted for many comparisons.

Replications run along the first axis everywhere, and every further axis is a quantity of its own: sums add row to row,
so that a result does not depend on how a processor groups its additions. A NaN is a replication that gave no
value (nobody was served there); it is left out, and ``n`` says how many were left in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.ratios import sum_in_order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


ENOUGH_TO_AGREE = 5
"""Pairs from which equal differences of what varies are taken for no coincidence."""
ROUNDING = 1e-12
"""Of a number: that far apart may be what is the same, added up in another order."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications; low and high are NaN where fewer than two replications gave a value."""

    estimate: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """A mean paired difference ``a - b``; see :func:`paired_intervals` for each field."""

    difference: float
    low: float
    high: float
    p: float
    n: int
    correlation: float
    variance_reduction: float


@dataclass(frozen=True)
class Estimates:
    """Many :class:`Estimate` side by side: arrays of the shape of one replication."""

    estimate: Floats
    low: Floats
    high: Floats
    n: Ints


@dataclass(frozen=True)
class Differences:
    """Many :class:`Difference` side by side: arrays of the shape of one replication."""

    difference: Floats
    low: Floats
    high: Floats
    p: Floats
    n: Ints
    correlation: Floats
    variance_reduction: Floats


def mean_interval(values: ArrayLike, confidence: float) -> Estimate:
    """Mean over replications and its Student t interval.

    Args:
        values: One value a replication; NaN where it gave none.
        confidence: Coverage of the interval, between 0 and 1.

    Raises:
        ValueError: The values are not one-dimensional or the confidence is out of range.
    """
    found = mean_intervals(_one_dimensional(values)[:, None], confidence)
    return Estimate(float(found.estimate[0]), float(found.low[0]), float(found.high[0]), int(found.n[0]))


def paired_interval(a: ArrayLike, b: ArrayLike, confidence: float) -> Difference:
    """Mean of ``a - b`` over replications and its paired t interval; see :func:`paired_intervals`."""
    found = paired_intervals(_one_dimensional(a)[:, None], _one_dimensional(b)[:, None], confidence)
    return Difference(
        float(found.difference[0]),
        float(found.low[0]),
        float(found.high[0]),
        float(found.p[0]),
        int(found.n[0]),
        float(found.correlation[0]),
        float(found.variance_reduction[0]),
    )


def mean_intervals(values: ArrayLike, confidence: float) -> Estimates:
    """Means over the first axis and their Student t intervals.

    Args:
        values: ``[replications, ...]``; NaN where a replication gave no value.
        confidence: Coverage of each interval, between 0 and 1.

    Returns:
        Arrays of shape ``[...]``. Equal values give an interval of no width; fewer than two give a NaN interval.
    """
    mean, variance, n = _moments(np.asarray(values, dtype=np.float64))
    half = _half_width(variance, n, confidence)
    return Estimates(mean, mean - half, mean + half, n)


def paired_intervals(a: ArrayLike, b: ArrayLike, confidence: float, planned: ArrayLike = False) -> Differences:
    """Means of ``a - b`` over the first axis, their paired t intervals and what pairing was worth.

    Replication ``i`` of ``a`` and of ``b`` saw the same applicants and the same chance (common random numbers). A pair
    counts where both have a value.

    Args:
        a: ``[replications, ...]``.
        b: The same shape as ``a``.
        confidence: Coverage of each interval, between 0 and 1.
        planned: ``[...]``, or one for all: whether chance has no part in a value, so that even two that agree are sure.

    Returns:
        Arrays of shape ``[...]``: the mean difference, its interval, the two-sided p-value of no difference, the number
        of pairs, the correlation of the pairs and the variance reduction ``(var a + var b) / var(a - b)``, which is how
        many times more replications independent runs would have needed. The last two are NaN where nothing varies, and
        for two pairs, whose correlation is 1 or -1 whatever they are. Where all differences are zero p is 1, and where
        they are the same it is 0: what a plan says, or what adds the same whatever chance does. Where fewer than
        ENOUGH_TO_AGREE are the same, and not zero, of what is not ``planned`` there is no interval and no p, NaN: two
        counts, or two medians of whole days, may happen to differ by one twice.

    Raises:
        ValueError: The shapes differ.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"pairs need the same shape on both sides, found {first.shape} and {second.shape}")
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = np.where(both, first, np.nan), np.where(both, second, np.nan)
    difference, variance, n = _moments(first - second)
    _, var_a, _ = _moments(first)
    _, var_b, _ = _moments(second)
    # Shares of whole numbers agree but for rounding.
    with np.errstate(invalid="ignore"):
        scale = np.maximum(np.fmax.reduce(np.abs(first), initial=0.0), np.fmax.reduce(np.abs(second), initial=0.0))
        variance = np.where(variance <= (ROUNDING * scale) ** 2, 0.0, variance)
        sure = np.asarray(planned, dtype=np.bool_) & (var_a + var_b == 0)
        agree = (variance == 0) & (difference != 0) & ~sure & (n < ENOUGH_TO_AGREE)
    half, p = _half_width(variance, n, confidence), _two_sided_p(difference, variance, n)
    half, p = (np.where(agree, np.nan, number) for number in (half, p))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = (var_a + var_b - variance) / (2.0 * np.sqrt(var_a * var_b))
        reduction = (var_a + var_b) / variance
    return Differences(
        difference,
        difference - half,
        difference + half,
        p,
        n,
        np.where((n > 2) & (var_a * var_b > 0), np.clip(correlation, -1.0, 1.0), np.nan),
        np.where((n > 2) & (var_a + var_b > 0), reduction, np.nan),
    )


def holm(p: ArrayLike) -> Floats:
    """P-values adjusted for looking at all of them, by Holm's step-down method.

    Keeps the chance of any false claim among all at the level that is used, whatever the dependence of the tests.

    Args:
        p: ``[tests]``; NaN where a test could not be made, which stays NaN and does not count.

    Returns:
        Adjusted p-values, in the order given.

    Source: Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65-70.
    """
    raw = _one_dimensional(p)
    adjusted = np.full(raw.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(raw))
    order = tested[np.argsort(raw[tested], kind="stable")]
    steps = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(raw[order] * steps), 1.0)
    return adjusted


def _one_dimensional(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"needs one value a replication, found an array of shape {array.shape}")
    return array


def _moments(values: Floats) -> tuple[Floats, Floats, Ints]:
    """Mean, variance (n - 1) and count over the first axis, without the NaN."""
    present = ~np.isnan(values)
    n = present.sum(axis=0).astype(np.int64)
    if len(values) == 0:
        return np.full(n.shape, np.nan), np.full(n.shape, np.nan), n
    # Taken from the first value found, so that equal values have exactly that mean and exactly no variance.
    first = np.take_along_axis(values, present.argmax(axis=0)[None], axis=0)[0]
    shifted = np.where(present, values - first, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = sum_in_order(shifted) / n
        squares = sum_in_order(np.where(present, shifted - offset, 0.0) ** 2)
        variance = np.where(n > 1, squares / (n - 1), np.nan)
    return first + offset, variance, n


def _half_width(variance: Floats, n: Ints, confidence: float) -> Floats:
    from scipy.special import stdtrit

    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}")
    with np.errstate(divide="ignore", invalid="ignore"):
        quantile = stdtrit(np.where(n > 1, n - 1, np.nan), 0.5 + confidence / 2.0)
        return np.asarray(quantile * np.sqrt(variance / n), dtype=np.float64)


def _two_sided_p(mean: Floats, variance: Floats, n: Ints) -> Floats:
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(mean) / np.sqrt(variance / n)
        p = 2.0 * stdtr(np.where(n > 1, n - 1, np.nan), -t)
    constant = variance == 0
    return np.where(constant, np.where(mean == 0, 1.0, 0.0), p)
