"""Statistics of columns by unit: plain arrays in, plain arrays out, one pass or one sort for all units at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from sim.plan import Floats, Ints

QUANTILES = {"median": 0.5, "p90": 0.9}
_WORD = 16
"""Bits that numpy's stable sort takes by counting rather than by comparing."""


class Column:
    """Some values, and their order once it is asked for."""

    def __init__(self, values: Floats) -> None:
        self.values = values

    @functools.cached_property
    def order(self) -> Ints:
        """Places of the values in ascending order."""
        return ascending(self.values)

    @functools.cached_property
    def ordered(self) -> Floats:
        """The values in ascending order."""
        return self.values.take(self.order)


class Units:
    """Which of ``n`` units each of some elements is in (below 0: in none), made ready for many columns."""

    def __init__(self, index: Ints, n: int) -> None:
        # Those in no unit are counted in a place before the others, which is dropped: nothing has to be left out.
        self._place = np.maximum(index, -1) + 1
        self._n = n
        self._sizes = np.bincount(self._place, minlength=n + 1)
        self._starts = np.cumsum(self._sizes) - self._sizes

    @property
    def counts(self) -> Ints:
        """[units]: elements of each."""
        return self._sizes[1:]

    def totals(self, values: Floats) -> Floats:
        """[units]: sums of the values."""
        if self.counts[0] == len(values):
            # All in one unit: adding up in one place waits for itself at every step.
            return np.concatenate([[values.sum()], np.zeros(self._n - 1)])
        return np.bincount(self._place, values, minlength=self._n + 1)[1:]

    def means(self, values: Floats) -> Floats:
        """[units]: means of the values; NaN where a unit has none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.totals(values) / self.counts, dtype=np.float64)

    def table(self, kind: Ints, kinds: int) -> Ints:
        """[units, kinds]: elements of each unit and kind."""
        cells = np.bincount(self._place * kinds + kind, minlength=(self._n + 1) * kinds)
        return cells.reshape(self._n + 1, kinds)[1:]

    def quantiles(self, column: Column, levels: Sequence[float]) -> list[Floats]:
        """[units] for each level: quantiles by linear interpolation (numpy's default, type 7); NaN of none."""
        place = self._place.astype(np.uint16) if self._n < 1 << _WORD - 1 else self._place
        within = np.argsort(place.take(column.order), kind="stable")
        some = np.flatnonzero(self.counts)
        start, last = self._starts[1:][some], self.counts[some] - 1
        found = []
        for level in levels:
            at = last * level
            low = np.floor(at).astype(np.int64)
            a = column.ordered[within[start + low]]
            b = column.ordered[within[start + np.minimum(low + 1, last)]]
            out = np.full(self._n, np.nan)
            out[some] = a + (b - a) * (at - low)
            found.append(out)
        return found

    def statistics(self, column: Column, names: Sequence[str]) -> dict[str, Floats]:
        """[units] for each of mean, share (a mean of zeros and ones), median, p90, total and count."""
        levels = [name for name in names if name in QUANTILES]
        out: dict[str, Floats] = {}
        if levels:
            out |= zip(levels, self.quantiles(column, [QUANTILES[name] for name in levels]), strict=True)
        for name in names:
            if name == "count":
                out[name] = self.counts.astype(np.float64)
            elif name == "total":
                out[name] = self.totals(column.values)
            elif name in ("mean", "share"):
                out[name] = self.means(column.values)
        return out


def ascending(values: Floats) -> Ints:
    """Places of the values in ascending order, equal ones in their own order; NaN last.

    The bits of a number that is not negative ascend with it, and those of a negative one descend; so they are sorted
    as whole numbers, from the lowest 16 bits to the highest, each time by counting: a third of the time of comparing.
    """
    bits = (values + 0.0).view(np.uint64)
    sign = np.uint64(1 << 63)
    if len(values) and np.signbit(values).any():
        bits = np.where(bits & sign, ~bits, bits | sign)
    order: Ints = np.arange(len(bits))
    for shift in range(0, 64, _WORD):
        word = (bits >> np.uint64(shift)).astype(np.uint16)
        if (word == word[:1]).all():
            continue
        order = order.take(np.argsort(word.take(order), kind="stable"))
    return order
