"""Loops over elements that are compiled where numba is installed; what each gives is defined in numpy by its caller.

Units of several groupings are numbered through, so that one table holds them all; ``unit`` is [elements, groupings].
"""

from __future__ import annotations

from typing import Any

import numpy as np

_SIGN = np.uint32(1 << 31)
DIGIT_BITS = 11
"""Of the digits by which 32 bits are sorted, the third of which is one shorter."""
_DIGIT, _MIDDLE, _HIGH = np.uint32((1 << DIGIT_BITS) - 1), np.uint32(DIGIT_BITS), np.uint32(2 * DIGIT_BITS)
_KEY = np.uint64(32)
STRETCH = 512
"""Elements that are counted before one looks whether somebody wanted was among them."""


def count_units(unit: Any, out: Any) -> None:
    """Add to ``out`` [units] the elements of each."""
    for i in range(unit.shape[0]):
        for g in range(unit.shape[1]):
            out[unit[i, g]] += 1


def count_kinds(unit: Any, kind: Any, out: Any) -> None:
    """Add to ``out`` [units, kinds] the elements of each unit and kind."""
    for i in range(unit.shape[0]):
        for g in range(unit.shape[1]):
            out[unit[i, g], kind[i]] += 1


def add_up(unit: Any, values: Any, out: Any) -> None:
    """Add to ``out`` [units] the values of the elements of each, in the order of the elements."""
    for i in range(unit.shape[0]):
        value = values[i]
        for g in range(unit.shape[1]):
            out[unit[i, g]] += value


def sort_places(bits: Any, pairs: Any, sorted_pairs: Any, places: Any, counts: Any) -> None:
    """Put into ``places`` those of 32-bit floats in ascending order, equal ones in their own order.

    Digit by digit, the lowest first (Knuth, The Art of Computer Programming 3, 5.2.5, "radix list sort"). What is
    moved is a pair of 32-bit numbers in one: the key, and below it the place.

    Args:
        bits: of the floats.
        pairs: room for as many, as have the next two.
        sorted_pairs: room.
        places: the result.
        counts: [digits, values of a digit], zeros.
    """
    low, middle, high = counts[0], counts[1], counts[2]
    for i in range(len(bits)):
        key = _key(bits[i])
        low[key & _DIGIT] += 1
        middle[(key >> _MIDDLE) & _DIGIT] += 1
        high[key >> _HIGH] += 1
    for digit in range(3):
        before = 0
        for value in range(counts.shape[1]):
            here = counts[digit, value]
            counts[digit, value] = before
            before += here
    for i in range(len(bits)):
        key = _key(bits[i])
        to = low[key & _DIGIT]
        low[key & _DIGIT] = to + 1
        pairs[to] = np.uint64(key) << _KEY | np.uint64(i)
    for i in range(len(bits)):
        of_middle = np.uint32(pairs[i] >> _KEY) >> _MIDDLE & _DIGIT
        to = middle[of_middle]
        middle[of_middle] = to + 1
        sorted_pairs[to] = pairs[i]
    for i in range(len(bits)):
        of_high = np.uint32(sorted_pairs[i] >> _KEY) >> _HIGH
        to = high[of_high]
        high[of_high] = to + 1
        places[to] = np.uint32(sorted_pairs[i])


def _key(bits: Any) -> Any:
    """A number that ascends with a float: the bits of one below 0 descend."""
    return ~bits if bits & _SIGN else bits | _SIGN


def mend_order(values: Any, order: Any) -> None:
    """Move the few places in ``order`` that do not ascend with the values to where they belong."""
    for i in range(1, len(order)):
        row = order[i]
        to = i
        while to > 0 and values[order[to - 1]] > values[row]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = row


def number_cells(unit: Any, grouping: Any, stride: Any, ends: Any, first: Any, number: Any, of: Any) -> int:
    """Number the combinations of units of some groupings as they come; how many there are.

    Args:
        unit: [elements, groupings]
        grouping: [groupings] those that make up cells, kind by kind.
        stride: [groupings] what a unit of each of them adds to the code of a combination.
        ends: [kinds] how many groupings there are up to the end of each.
        first: [kinds] the code of the first combination.
        number: [codes] zeros; the number of the combination, from 1 on.
        of: [elements, kinds] the number of the combination, from 0 on.
    """
    count = 0
    for i in range(unit.shape[0]):
        g = 0
        for k in range(len(ends)):
            code = first[k]
            while g < ends[k]:
                code += unit[i, grouping[g]] * stride[g]
                g += 1
            if number[code] == 0:
                count += 1
                number[code] = count
            of[i, k] = number[code] - 1
    return count


def find_ranked(
    unit: Any, cell: Any, units_of_cell: Any, grouping: Any, order: Any, ranks: Any,
    in_cells: Any, in_units: Any, before: Any, found: Any,
) -> None:  # fmt: skip
    """Put into ``found`` the elements of some ranks in their unit.

    Elements are counted by cells, of which each has few, and cells by units at the end of each stretch of the order;
    stretches in which somebody wanted stands are gone through once more.

    Args:
        unit: [elements, groupings]
        cell: [elements, kinds of cells]
        units_of_cell: [cells, most units of one]; filled up with the number of units.
        grouping: [units] of the first groupings: which one each is of.
        order: elements in ascending order.
        ranks: [units, wanted]; below 0 where none is wanted.
        in_cells: [cells] zeros, room for counts.
        in_units: [units + 1] zeros, as is the next.
        before: [units + 1]
        found: [units, wanted]
    """
    for start in range(0, len(order), STRETCH):
        stop = min(start + STRETCH, len(order))
        for i in range(start, stop):
            for k in range(cell.shape[1]):
                in_cells[cell[order[i], k]] += 1
        for c in range(len(in_cells)):
            if in_cells[c] > 0:
                for k in range(units_of_cell.shape[1]):
                    in_units[units_of_cell[c, k]] += in_cells[c]
                in_cells[c] = 0
        for u in range(len(grouping)):
            for k in range(ranks.shape[1]):
                if before[u] <= ranks[u, k] < before[u] + in_units[u]:
                    found[u, k] = _find(unit, order, start, u, grouping[u], ranks[u, k] - before[u])
            before[u] += in_units[u]
            in_units[u] = 0


def _find(unit: Any, order: Any, start: int, u: int, grouping: int, rank: int) -> int:
    """The element of a rank in its unit, among those from a place in the order on."""
    i, left = start, rank
    while True:
        left -= unit[order[i], grouping] == u
        if left < 0:
            return int(order[i])
        i += 1


KERNELS = (count_units, count_kinds, add_up, sort_places, mend_order, number_cells, find_ranked)
