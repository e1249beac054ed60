"""Statistics of columns by unit: plain arrays in, plain arrays out, for all units of all groupings at once.

Each is defined here in a few lines of numpy, and done by a compiled loop (:mod:`sim.measures.kernels`) where numba is
installed: the same numbers, to the last bit.
"""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.measures import kernels
from sim.plan import DAY_MS, Bools, Floats, Ints

QUANTILES = {"median": 0.5, "p90": 0.9}
Rows32 = NDArray[np.int32]
Numbers = NDArray[Any]
"""Unit numbers, in as few bytes as will do."""
_MORE_THAN_THERE_ARE = np.iinfo(np.int32).max


class Column:
    """Some values, and their order once it is asked for."""

    def __init__(self, values: Floats) -> None:
        self.values: Floats = jit.read_only(values, np.float64)

    @functools.cached_property
    def order(self) -> Rows32:
        """Places of the values in ascending order."""
        return ascending(self.values)


class Units:
    """Which unit each of some elements is in, for several groupings, made ready for many columns.

    What is known of an element lies together, as columns are gone through in all orders. Units are numbered through:
    those of the first grouping, of the second, ...; before the units of each grouping stands one for the elements that
    are in none of them.

    Args:
        places: for each grouping the unit of each element; NONE, which is -1, is none.
        sizes: the number of units of each grouping.
    """

    def __init__(self, places: Sequence[Numbers], sizes: Sequence[int]) -> None:
        starts = np.cumsum([0, *(size + 1 for size in sizes)]).tolist()
        self.slices = [slice(start + 1, end) for start, end in itertools.pairwise(starts)]
        self.total: int = starts[-1]
        kind = np.uint16 if self.total <= np.iinfo(np.uint16).max else np.uint32
        self._unit: Numbers = np.empty((len(places[0]) if places else 0, len(places)), dtype=kind)
        for g, (place, start) in enumerate(zip(places, starts, strict=False)):
            np.add(place, start + 1, out=self._unit[:, g], dtype=np.int32, casting="unsafe")

    def of(self, rows: Ints) -> Units:
        """The units of some of the elements."""
        some = copy.copy(self)
        some.__dict__.pop("counts", None)
        some._unit = self._unit.take(rows, axis=0)
        return some

    @functools.cached_property
    def counts(self) -> Ints:
        """[units]: elements of each."""
        return count(self._unit, self.total, np.zeros(len(self._unit), dtype=np.uint8), 1)[:, 0]

    def totals(self, values: Floats) -> Floats:
        """[units]: sums of the values."""
        return add_up(self._unit, values, self.total)

    def table(self, kind: Ints, kinds: int) -> Ints:
        """[units, kinds]: elements of each unit and kind."""
        return count(self._unit, self.total, kind.astype(np.uint8), kinds)

    def quantiles(self, column: Column, levels: Sequence[float], groupings: int | None = None) -> list[Floats]:
        """[units] for each level: quantiles by linear interpolation (numpy's default, type 7); NaN of none.

        Those of the first few groupings only, where a number is given; NaN for the units of the others.
        """
        if not len(column.values):
            return [np.full(self.total, np.nan) for _ in levels]
        last = np.maximum(self.counts - 1, 0)
        at = [last * level for level in levels]
        low = [np.floor(place).astype(np.int64) for place in at]
        ranks = np.stack([rank for below in low for rank in (below, np.minimum(below + 1, last))], axis=1)
        groupings = len(self.slices) if groupings is None else groupings
        found = column.values[ranked(self._unit, groupings, column.order, self.counts, ranks)]
        known = self.counts > 0
        known[self.slices[groupings - 1].stop :] = False
        out = []
        for k, (place, below) in enumerate(zip(at, low, strict=True)):
            a, b = found[:, 2 * k], found[:, 2 * k + 1]
            out.append(np.where(known, a + (b - a) * (place - below), np.nan))
        return out

    def statistics(
        self, column: Column, names: Sequence[str], groupings_with_quantiles: int | None = None
    ) -> dict[str, Floats]:
        """[units] for each of mean, share (a mean of zeros and ones), median, p90, total and count."""
        levels = [name for name in names if name in QUANTILES]
        out: dict[str, Floats] = {}
        if levels:
            found = self.quantiles(column, [QUANTILES[name] for name in levels], groupings_with_quantiles)
            out |= zip(levels, found, strict=True)
        if not {"mean", "share", "total"}.isdisjoint(names):
            out["total"] = self.totals(column.values)
            with np.errstate(invalid="ignore", divide="ignore"):
                out["mean"] = out["share"] = out["total"] / self.counts
        out["count"] = self.counts.astype(np.float64)
        return out


def is_ready() -> bool:
    """Whether nobody has to wait for compilation."""
    return not jit.available() or all(jit.is_cached(kernel) for kernel in kernels.KERNELS)


def prepare() -> None:
    """Have everything compiled, by the statistics of a single element, and a single moment."""
    Units([np.zeros(1, dtype=np.int32)], [1]).statistics(Column(np.ones(1)), ("mean", "median"))
    by_day(np.zeros(1, dtype=np.int64), np.ones(1, dtype=bool), 1)


def count(unit: Numbers, total: int, kind: NDArray[np.uint8], kinds: int) -> Ints:
    """[units, kinds]: elements of each unit and kind, of units [elements, groupings] and kinds [elements]."""
    out = np.zeros((total, kinds), dtype=np.int64)
    if jit.available():
        jit.compiled(kernels.count_kinds)(unit, kind, out)
        return out
    for row in unit.T:
        cells = np.bincount(row.astype(np.int64) * kinds + kind, minlength=out.size)
        out += cells.reshape(out.shape)
    return out


def by_day(when_ms: Ints, of: Bools, days: int) -> Ints:
    """[days + 2]: moments of some elements before the first day, on each of so many days, and after them."""
    if jit.available():
        out = np.zeros(days + 2, dtype=np.int64)
        jit.compiled(kernels.count_days)(jit.read_only(when_ms, np.int64), jit.read_only(of, np.bool_), out)
        return out
    return np.bincount(np.clip(when_ms[of] // DAY_MS + 1, 0, days + 1), minlength=days + 2)


def add_up(unit: Numbers, values: Floats, total: int) -> Floats:
    """[units]: sums of the values of the elements of each unit, added in the order of the elements."""
    out = np.zeros(total)
    if jit.available():
        jit.compiled(kernels.add_up)(unit, jit.read_only(values, np.float64), out)
        return out
    for row in unit.T:
        out += np.bincount(row, values, minlength=total)
    return out


def ascending(values: Floats) -> Rows32:
    """Places of the values in ascending order, equal ones in their own order."""
    if not jit.available():
        return np.argsort(values, kind="stable").astype(np.int32)
    with np.errstate(over="ignore"):
        # Numbers of four bytes ascend with the values, the same for values that are nearly so; 0.0 is also -0.0.
        near = np.add(values, 0.0, dtype=np.float32, casting="unsafe")
    keyed = np.empty(len(values), dtype=np.uint64)
    jit.compiled(kernels.key_places)(near.view(np.uint32), keyed)
    # Key and place in one number: numpy sorts numbers ten times as fast as it finds their order.
    keyed.sort()
    order = keyed.astype(np.uint32).view(np.int32)
    jit.compiled(kernels.mend_order)(jit.read_only(values, np.float64), order)
    return order


def ranked(unit: Numbers, groupings: int, order: Rows32, counts: Ints, ranks: Ints) -> Ints:
    """[units, wanted]: elements of some ranks in their unit, 0 the lowest; element 0 for a unit without any.

    Args:
        unit: [elements, groupings]
        groupings: how many of them, from the first on.
        order: elements in ascending order of their value.
        counts: [units]
        ranks: [units, wanted], below the counts.
    """
    found = np.zeros(ranks.shape, dtype=np.int64)
    if jit.available():
        by_rank = np.argsort(ranks, axis=1, kind="stable")
        between = np.full((len(ranks), ranks.shape[1] + 1), _MORE_THAN_THERE_ARE, dtype=np.int32)
        between[:, :-1] = np.diff(np.take_along_axis(ranks, by_rank, axis=1), axis=1, prepend=-1) - 1
        between[counts == 0] = _MORE_THAN_THERE_ARE
        in_turn = np.zeros(ranks.shape, dtype=np.int64)
        so_far = np.zeros(len(ranks), dtype=np.int32)
        jit.compiled(kernels.find_ranked)(unit, groupings, order, between, between[:, 0].copy(), so_far, in_turn)
        np.put_along_axis(found, by_rank, in_turn, axis=1)
        return found
    for row in unit.T[:groupings]:
        sizes = np.bincount(row, minlength=len(counts))
        within = order.take(np.argsort(row.take(order), kind="stable"))
        here = np.flatnonzero(sizes)
        found[here] = within[(np.cumsum(sizes) - sizes)[here, None] + ranks[here]]
    return found
