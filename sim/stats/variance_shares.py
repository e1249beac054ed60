"""Shares of an outcome's variance that come from each uncertain input, and from chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000


@dataclass(frozen=True)
class SobolDesign:
    """Two independent sets of points, and the first with one input taken from the second."""

    a: Floats
    """[points, inputs], each between 0 and 1."""
    b: Floats
    ab: Floats
    """[inputs, points, inputs]: ``a`` with one column of ``b``."""

    @property
    def points(self) -> Floats:
        """All points in a row: a, b, then ab input by input, ``[points * (inputs + 2), inputs]``."""
        return np.concatenate([self.a, self.b, *self.ab])


@dataclass(frozen=True)
class Shares:
    """Sobol' indices with percentile intervals, ``[inputs]`` each."""

    first: Floats
    """Share that goes if the input alone becomes known."""
    first_low: Floats
    first_high: Floats
    total: Floats
    """Share that is left if all others become known: with what it does through others."""
    total_low: Floats
    total_high: Floats
    points: int
    """Base points behind them."""


def sobol_design(inputs: int, points: int, seed: int) -> SobolDesign:
    """The design of Saltelli et al. (2010) on a scrambled Sobol' sequence.

    Args:
        inputs: how many.
        points: base points, a power of 2.
        seed: of the scrambling.

    Source: Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M. & Tarantola, S. (2010), Variance based
    sensitivity analysis of model output, Computer Physics Communications 181, 259-270.
    """
    from scipy.stats import qmc

    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(2010,)))
    drawn = qmc.Sobol(2 * inputs, scramble=True, rng=rng).random(points)
    a, b = drawn[:, :inputs], drawn[:, inputs:]
    ab = np.repeat(a[None], inputs, axis=0)
    for which in range(inputs):
        ab[which, :, which] = b[:, which]
    return SobolDesign(a, b, ab)


def sobol_shares(a: ArrayLike, b: ArrayLike, ab: ArrayLike, confidence: float, seed: int) -> Shares:
    """First-order and total indices from the outcome at the points of a design.

    As ``scipy.stats.sobol_indices``, and with points that have no value: where one of a row's ``inputs + 2`` values is
    NaN, the row is left out.

    Args:
        a: ``[points]``.
        b: ``[points]``.
        ab: ``[inputs, points]``.
        confidence: of the percentile intervals, from rows drawn with replacement.
        seed: of that drawing.

    Source: first-order: Saltelli et al. (2010), table 2 (b); total: Jansen, M. J. W. (1999), Analysis of variance
    designs for model output, Computer Physics Communications 117, 35-43.
    """
    fa, fb, fab = (np.asarray(values, dtype=np.float64) for values in (a, b, ab))
    kept = ~(np.isnan(fa) | np.isnan(fb) | np.isnan(fab).any(axis=0))
    fa, fb, fab = fa[kept], fb[kept], fab[:, kept]
    n, inputs = len(fa), len(fab)
    if n < 2:
        nothing = np.full(inputs, np.nan)
        return Shares(nothing, nothing, nothing, nothing, nothing, nothing, n)
    first, total = _indices(fa, fb, fab)
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(1999,)))
    drawn = [_indices(fa[rows], fb[rows], fab[:, rows]) for rows in rng.integers(0, n, (RESAMPLES, n))]
    tails = (0.5 - confidence / 2.0, 0.5 + confidence / 2.0)
    (first_low, first_high), (total_low, total_high) = (
        np.nanquantile([pair[which] for pair in drawn], tails, axis=0) if np.ptp(np.r_[fa, fb]) > 0
        else np.full((2, inputs), np.nan)
        for which in (0, 1)
    )  # fmt: skip
    return Shares(first, first_low, first_high, total, total_low, total_high, n)


def _indices(fa: Floats, fb: Floats, fab: Floats) -> tuple[Floats, Floats]:
    both = np.r_[fa, fb]
    variance, centre = both.var(), both.mean()
    if variance == 0:
        return np.full(len(fab), np.nan), np.full(len(fab), np.nan)
    # Around the mean of all: the same in expectation, and far less noise where the mean is large.
    first = ((fb - centre) * (fab - fa)).mean(axis=1) / variance
    total = 0.5 * ((fa - fab) ** 2).mean(axis=1) / variance
    return first, total


def noise_share(values: ArrayLike) -> float:
    """Share of the variance between points that is left of chance in the means over replications.

    All points met the same chance, so what a replication adds to every point alike moves no point against another. Left
    is what replications do differently at different points: the residual of points and replications in a two-way
    layout, over the number of replications.

    Args:
        values: ``[points, replications]``; points without a value are NaN.

    Returns:
        Between 0 and 1; NaN with fewer than two points or replications, or where no point differs.

    Source: Montgomery, D. C. (2017), Design and Analysis of Experiments, 9th ed., ch. 4 (two-way layout with one
    observation a cell).
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[~np.isnan(table).any(axis=1)]
    points, replications = table.shape
    if points < 2 or replications < 2:
        return float("nan")
    means = table.mean(axis=1)
    between = means.var(ddof=1)
    if between == 0:
        return float("nan")
    residual = table - means[:, None] - table.mean(axis=0) + table.mean()
    error = (residual**2).sum() / ((points - 1) * (replications - 1))
    return float(min(error / replications / between, 1.0))
