"""Loops over elements that are compiled where numba is installed; what each gives is defined in numpy by its caller.

Units of several groupings are numbered through, so that one table holds them all; ``unit`` is [elements, groupings].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.plan import DAY_MS

_SIGN, _ALL_BITS, _HALF = np.uint64(1 << 31), np.uint64((1 << 32) - 1), np.uint64(32)


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


def count_days(when_ms: Any, of: Any, out: Any) -> None:
    """Add to ``out`` [days + 2] the moments of some before the first day, in each, and after the last."""
    for i in range(len(when_ms)):
        out[min(max(when_ms[i] // DAY_MS + 1, 0), len(out) - 1)] += of[i]


def key_places(bits: Any, keyed: Any) -> None:
    """Put into ``keyed`` numbers that ascend with those whose bits are given, the lower half of each its place.

    Bits of a number that is not negative ascend with it, those of a negative one descend.
    """
    for i in range(len(bits)):
        key = np.uint64(bits[i])
        key = key ^ _ALL_BITS if key & _SIGN else key | _SIGN
        keyed[i] = (key << _HALF) | np.uint64(i)


def mend_order(values: Any, order: Any) -> None:
    """Move the few places in ``order`` that do not ascend with the values to where they belong."""
    for i in range(1, len(order)):
        row = order[i]
        to = i
        while to > 0 and values[order[to - 1]] > values[row]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = row


def find_ranked(unit: Any, groupings: int, order: Any, between: Any, left: Any, found_so_far: Any, found: Any) -> None:
    """Put into ``found`` [units, wanted] the elements of some ranks in their unit, in the order given.

    Of the units of the first ``groupings``. ``between`` [units, wanted + 1] are elements to pass over before each
    wanted one, below 0 where it is the same as the one before, and more than there are after the last. ``left`` begins
    as its first column.
    """
    for i in range(len(order)):
        row = order[i]
        for g in range(groupings):
            u = unit[row, g]
            left[u] -= 1
            while left[u] < 0:
                k = found_so_far[u]
                found[u, k] = row
                found_so_far[u] = k + 1
                left[u] = between[u, k + 1]
                if left[u] >= 0:
                    break


KERNELS = (count_kinds, add_up, count_days, key_places, mend_order, find_ranked)
