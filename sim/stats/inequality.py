"""How unevenly something is spread over people: Lorenz curve, Gini, concentration index, and the worst-off.

Values are per person and weights are people: a district counts as many times as it has people. All take places without
a value (NaN) or without people as not there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def lorenz(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """The Lorenz curve: share of people, from those with least on, and the share of the whole that is theirs.

    Args:
        values: ``[places]``: not negative.
        weights: ``[places]``: people; one each when absent.

    Returns:
        Two arrays that begin with 0 and end with 1; both empty where there is nobody. The curve is a straight line
        where everybody has nothing.

    Raises:
        ValueError: a value or a weight is negative.

    Source: Lorenz, M. O. (1905), Publications of the American Statistical Association 9(70), 209-219.
    """
    value, weight = _present(values, weights)
    if weights is None:
        whole = np.concatenate([[0.0], np.cumsum(np.sort(value))])  # sorting is quicker than finding an order
        return _shares(np.arange(len(whole), dtype=np.float64), whole)
    order = np.argsort(value, kind="stable")
    return _curve(value[order], weight[order])


def lorenz_at(shares: Sequence[float] | Floats, values: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """The Lorenz curve at some shares of people; NaN where there is nobody."""
    people, whole = lorenz(values, weights)
    if not len(people):
        return np.full(len(shares), np.nan)
    found: Floats = np.interp(np.asarray(shares, dtype=np.float64), people, whole)
    return found


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Gini coefficient: twice the area between the Lorenz curve and equality; NaN of nobody, 0 where all have nothing.

    0 is equality. It is the mean absolute difference of two people over twice the mean. It does not depend on the unit
    of the values.

    Raises:
        ValueError: a value or a weight is negative.

    Source: Dorfman, R. (1979), Review of Economics and Statistics 61(1), 146-149.
    """
    # Equality may come out as a rounding error below 0.
    return max(_area(*lorenz(values, weights)), 0.0)


def concentration(values: ArrayLike, rank: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Concentration index: as the Gini coefficient, with people in the order of something else than their own value.

    Above 0 those late in the order have more, below 0 those early in it; never further from 0 than the Gini
    coefficient. Places with the same rank are taken together.

    Args:
        values: ``[places]``: not negative.
        rank: ``[places]``: what they are put in order by, ascending; NaN leaves a place out.
        weights: ``[places]``: people; one each when absent.

    Raises:
        ValueError: a value or a weight is negative.

    Source: Kakwani, N., Wagstaff, A. & van Doorslaer, E. (1997), Journal of Econometrics 77(1), 87-103,
    doi:10.1016/S0304-4076(96)01807-6.
    """
    order = np.asarray(rank, dtype=np.float64)
    value = np.where(np.isnan(order), np.nan, np.asarray(values, dtype=np.float64))
    known, weight, at = _present(value, weights, order)
    if not len(known):
        return float("nan")
    places, group = np.unique(at, return_inverse=True)
    people = np.bincount(group, weight, minlength=len(places))
    whole = np.bincount(group, weight * known, minlength=len(places))
    return _area(*_curve((whole / people).astype(np.float64), people.astype(np.float64)))


def worst_off_mean(values: ArrayLike, weights: ArrayLike | None = None, share: float = 0.1) -> float:
    """The mean of the highest values that a share of the people has, the place on the edge in part; NaN of nobody.

    Raises:
        ValueError: a value or a weight is negative, or the share is not above 0 and at most 1.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"a share must be above 0 and at most 1, found {share:g}")
    value, weight = _present(values, weights)
    if not len(value):
        return float("nan")
    order = np.argsort(-value, kind="stable")
    people = weight[order]
    wanted = share * people.sum()
    taken = np.clip(wanted - (np.cumsum(people) - people), 0.0, people)
    return float((taken * value[order]).sum() / taken.sum())


def _present(values: ArrayLike, weights: ArrayLike | None, *more: Floats) -> tuple[Floats, ...]:
    """Values, weights and whatever goes with them, of the places that have both."""
    value = np.asarray(values, dtype=np.float64)
    weight = np.broadcast_to(1.0, value.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != value.shape:
        raise ValueError(f"values and weights need the same shape, found {value.shape} and {weight.shape}")
    there = ~np.isnan(value)
    if weights is not None:
        there &= ~np.isnan(weight) & (weight != 0)
    if not there.all():
        value, weight, more = value[there], weight[there], tuple(column[there] for column in more)
    for name, column in (("value", value), *(() if weights is None else (("weight", weight),))):
        if (column < 0).any():
            raise ValueError(f"a {name} cannot be negative here, found {column.min():g}")
    return value, weight, *more


def _curve(value: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Shares of people and of the whole, added up in the order in which they come."""
    return _shares(*(np.concatenate([[0.0], np.cumsum(column)]) for column in (weight, weight * value)))


def _shares(people: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Shares of sums that begin with 0; empty where there is nothing but that."""
    if len(people) == 1:
        return np.empty(0), np.empty(0)
    people = people / people[-1]
    return people, whole / whole[-1] if whole[-1] > 0 else people.copy()


def _area(people: Floats, whole: Floats) -> float:
    """Twice the area between a curve and the straight line."""
    if not len(people):
        return float("nan")
    return float(1.0 - (np.diff(people) * (whole[1:] + whole[:-1])).sum())
