"""Means per person over all replications: ratios of two sums, and their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def linearised(means: ArrayLike, people: ArrayLike) -> Floats:
    """Values a replication whose mean is the ratio of sums, and whose t interval is the one of the delta method.

    A replication with more people says more about a person. With y the total and x the people of a replication, the
    mean per person is R = sum(y) / sum(x), not the mean of the replications' means, and to first order it moves with
    replication i by (y_i - R x_i) / mean(x). Each value here is R plus that. So every method for means over
    replications, paired differences and contrasts too, becomes one for ratios by being given these values.

    Args:
        means: ``[replications, ...]``: the mean per person in each; NaN where there was nobody.
        people: The same shape: how many people each mean is of.

    Returns:
        The same shape; NaN where ``means`` is, and in a quantity of which all replications together have nobody.

    Raises:
        ValueError: The shapes differ, or a number of people is negative.

    Source: Cochran, W. G. (1977), Sampling Techniques, 3rd ed., ch. 6; Law, A. M. (2015), Simulation Modeling and
    Analysis, 5th ed., section 9.5.2 (ratio estimators over replications).
    """
    mean, count = np.asarray(means, dtype=np.float64), np.asarray(people, dtype=np.float64)
    if mean.shape != count.shape:
        raise ValueError(f"means and people need the same shape, found {mean.shape} and {count.shape}")
    if (count < 0).any():
        raise ValueError(f"a number of people cannot be negative, found {np.nanmin(count):g}")
    present = ~np.isnan(mean) & (count > 0)
    x = np.where(present, count, 0.0)
    # From the first mean found, so that equal means give exactly that mean and exactly no variance.
    first = np.take_along_axis(mean, present.argmax(axis=0)[None], axis=0)[0] if len(mean) else np.zeros(mean.shape[1:])
    shifted = np.where(present, mean - first, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        people_in_all = sum_in_order(x)
        offset = sum_in_order(shifted * x) / people_in_all
        weight = x * (present.sum(axis=0) / people_in_all)
        return np.where(present, first + offset + (shifted - offset) * weight, np.nan)


def linearised_sums(totals: ArrayLike, counts: ArrayLike) -> Floats:
    """The same of totals, so that a replication without anybody, whose total is no mean of anything, counts too.

    Args:
        totals: ``[replications, ...]``; NaN where there is none.
        counts: The same shape: over how many each total is shared out; differences of counts may be negative.

    Returns:
        The same shape; NaN where either is, and where all counts together are 0.

    Raises:
        ValueError: The shapes differ.
    """
    y, x = np.asarray(totals, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if y.shape != x.shape:
        raise ValueError(f"totals and counts need the same shape, found {y.shape} and {x.shape}")
    present = ~(np.isnan(y) | np.isnan(x))
    y, x = np.where(present, y, 0.0), np.where(present, x, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_all = sum_in_order(x)
        ratio = sum_in_order(y) / in_all
        values = ratio + (y - ratio * x) * (present.sum(axis=0) / in_all)
    return np.where(present & (in_all != 0), values, np.nan)


@dataclass(frozen=True)
class Parts:
    """What values of replications are made of: ``[replications, quantities]``, and kinds of quantities."""

    value: Floats
    """As it is in each replication; NaN where there is none."""
    people: Floats
    """How many people it is a mean of."""
    total: Floats
    """What it shares out among them."""
    is_mean: Bools
    """``[quantities]``: of people whose number is known."""
    is_share: Bools
    """``[quantities]``: of something known by itself, among people whose number is known."""

    def there(self) -> Bools:
        """``[replications, quantities]``: where there is a value."""
        shared = ~(np.isnan(self.total) | np.isnan(self.people))
        of_people = ~np.isnan(self.value) & ((self.people > 0) | ~self.is_mean)
        return np.where(self.is_share, shared, of_people)

    def linearised(self, where: Bools | None = None) -> Floats:
        """Values whose mean over replications is a ratio of sums, in quantities that are one; NaN where there is none.

        Of some replications alone, where they are given: one that is left out of a pair is in neither of its ratios.
        """
        parts = (self.value, self.people, self.total)
        value, people, total = (part if where is None else np.where(where, part, np.nan) for part in parts)
        found, means = value.copy(), self.is_mean & ~self.is_share
        if means.any():
            found[:, means] = linearised(value[:, means], np.nan_to_num(people[:, means]))
        if self.is_share.any():
            found[:, self.is_share] = linearised_sums(total[:, self.is_share], people[:, self.is_share])
        return found


def sum_in_order(rows: Floats) -> Floats:
    """Row to row, so that a result does not depend on how a processor groups its additions."""
    total = np.zeros(rows.shape[1:])
    for row in rows:
        total += row
    return total
