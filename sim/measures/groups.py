"""Statistics of columns by unit: plain arrays in, plain arrays out, for all units of all groupings at once.

Each is defined here in a few lines of numpy, and done by a compiled loop (:mod:`sim.measures.kernels`) where numba is
installed: the same numbers, to the last bit.
"""

from __future__ import annotations

import copy
import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.measures import kernels
from sim.plan import NONE, Floats, Ints

QUANTILES = {"median": 0.5, "p90": 0.9}
Rows32 = NDArray[np.int32]
Numbers = NDArray[Any]
"""Unit numbers, in as few bytes as will do."""
MOST_CELLS = 1024
"""Combinations of units that are counted as one kind of cells, unless a single grouping has more units."""


class Column:
    """Some values, and their order once it is asked for."""

    def __init__(self, values: Floats) -> None:
        self.values: Floats = jit.read_only(values, np.float64)

    @functools.cached_property
    def order(self) -> Rows32:
        """Places of the values in ascending order."""
        return ascending(self.values)


class Cells(NamedTuple):
    """What of some groupings goes together: elements of one cell are in the same units of several groupings.

    There are a few kinds of cells, of some groupings each, so that an element is counted once for all of them.
    """

    of: Rows32
    """[elements, kinds]: the cell of each; cells of all kinds are numbered through."""
    units: Ints
    """[cells, most groupings of a kind]: its units; filled up with the number of all units."""
    grouping: Ints
    """[units]: which grouping each is of."""

    @classmethod
    def of_units(cls, unit: Numbers, slices: Sequence[slice], total: int) -> Cells:
        """The cells that there are, of the first groupings of units [elements, groupings]."""
        # The unit before those of a grouping is for the elements in none of them.
        first, sizes = [part.start - 1 for part in slices], [part.stop - part.start + 1 for part in slices]
        kinds = _packed(sizes, MOST_CELLS)
        strides = [np.cumprod([1, *(sizes[g] for g in members[:-1])]) for members in kinds]
        begins = np.cumsum([0, *(math.prod(sizes[g] for g in members) for members in kinds)]).tolist()
        number, of = np.zeros(begins[-1], dtype=np.int32), np.empty((len(unit), len(kinds)), dtype=np.int32)
        codes = [begin - np.dot(s, [first[g] for g in m]) for begin, s, m in zip(begins, strides, kinds, strict=False)]
        count = jit.compiled(kernels.number_cells)(
            unit, np.concatenate(kinds), np.concatenate(strides), np.cumsum(list(map(len, kinds))), np.array(codes),
            number, of,
        )  # fmt: skip
        units = np.full((count, max(map(len, kinds))), total, dtype=np.int64)
        for k, members in enumerate(kinds):
            numbers = number[begins[k] : begins[k + 1]]
            there = np.flatnonzero(numbers)
            for place, (g, stride) in enumerate(zip(members, strides[k], strict=True)):
                units[numbers[there] - 1, place] = first[g] + there // stride % sizes[g]
        return cls(of, units, np.repeat(np.arange(len(sizes)), sizes))


def _packed(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Groupings put together so that the product of their sizes is at most so much: the first that has room, each."""
    packed: list[list[int]] = []
    for g in sorted(range(len(sizes)), key=lambda g: -sizes[g]):
        room = (members for members in packed if math.prod(sizes[k] for k in members) * sizes[g] <= most)
        members = next(room, None)
        if members is None:
            packed.append(members := [])
        members.append(g)
    return packed


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
        self._cells: Cells | None = None
        self._part_of: tuple[Units, Ints] | None = None

    def of(self, rows: Ints) -> Units:
        """The units of some of the elements."""
        some = copy.copy(self)
        some.__dict__.pop("counts", None)
        some._unit = self._unit.take(rows, axis=0)
        some._cells = None
        some._part_of = self, rows
        return some

    def cells(self, groupings: int) -> Cells:
        """Cells of the first few groupings, or of more."""
        if self._cells is None or len(self._cells.grouping) < self.slices[groupings - 1].stop:
            if self._part_of is None:
                self._cells = Cells.of_units(self._unit, self.slices[:groupings], self.total)
            else:
                whole, rows = self._part_of
                cells = whole.cells(groupings)
                self._cells = cells._replace(of=cells.of.take(rows, axis=0))
        return self._cells

    @functools.cached_property
    def counts(self) -> Ints:
        """[units]: elements of each."""
        if jit.available():
            counts = np.zeros(self.total, dtype=np.int64)
            jit.compiled(kernels.count_units)(self._unit, counts)
            return counts
        return sum((np.bincount(row, minlength=self.total) for row in self._unit.T), np.zeros(self.total, np.int64))

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
        groupings = len(self.slices) if groupings is None else groupings
        end = self.slices[groupings - 1].stop
        counts = self.counts[:end]
        last = np.maximum(counts - 1, 0)
        at = [last * level for level in levels]
        low = [np.floor(place).astype(np.int64) for place in at]
        ranks = np.stack([rank for below in low for rank in (below, np.minimum(below + 1, last))], axis=1)
        found = column.values[self._ranked(groupings, column.order, counts, ranks)]
        out = []
        for k, (place, below) in enumerate(zip(at, low, strict=True)):
            a, b = found[:, 2 * k], found[:, 2 * k + 1]
            quantiles = np.full(self.total, np.nan)
            np.copyto(quantiles[:end], a + (b - a) * (place - below), where=counts > 0)
            out.append(quantiles)
        return out

    def _ranked(self, groupings: int, order: Rows32, counts: Ints, ranks: Ints) -> Ints:
        """[units, wanted]: elements of some ranks in their unit, 0 the lowest; element 0 for a unit without any.

        Args:
            groupings: of how many of them, from the first on, units are.
            order: elements in ascending order of their value.
            counts: [units]
            ranks: [units, wanted], below the counts.
        """
        found = np.zeros(ranks.shape, dtype=np.int64)
        if jit.available():
            cells = self.cells(groupings)
            wanted = np.where(counts[:, None] > 0, ranks, NONE)
            in_cells, (in_units, before) = np.zeros(len(cells.units), np.int64), np.zeros((2, self.total + 1), np.int64)
            jit.compiled(kernels.find_ranked)(
                self._unit, cells.of, cells.units, cells.grouping[: len(counts)], order, wanted,
                in_cells, in_units, before, found,
            )  # fmt: skip
            return found
        for row in self._unit.T[:groupings]:
            sizes = np.bincount(row, minlength=len(counts))
            within = order.take(np.argsort(row.take(order), kind="stable"))
            here = np.flatnonzero(sizes)
            found[here] = within[(np.cumsum(sizes) - sizes)[here, None] + ranks[here]]
        return found

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
    pairs, sorted_pairs = np.empty((2, len(values)), np.uint64)
    order, counts = np.empty(len(values), np.int32), np.zeros((3, 1 << kernels.DIGIT_BITS), dtype=np.int32)
    jit.compiled(kernels.sort_places)(near.view(np.uint32), pairs, sorted_pairs, order, counts)
    jit.compiled(kernels.mend_order)(jit.read_only(values, np.float64), order)
    return order
