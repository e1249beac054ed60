"""Loops over elements that are compiled where numba is installed; what each gives is defined in numpy by its caller.

Units of several groupings are numbered through, so that one table holds them all; ``unit`` is [groupings, elements].
"""

from __future__ import annotations

from typing import Any

import numpy as np

DIGIT = 11
"""Bits that the sort looks at in one round."""
DIGITS = 1 << DIGIT
ROUNDS = 3
_DIGIT, _LOW = np.uint32(DIGIT), np.uint32(DIGITS - 1)


def count_kinds(unit: Any, kind: Any, out: Any) -> None:
    """Add to ``out`` [units, kinds] the elements of each unit and kind."""
    for i in range(unit.shape[1]):
        for g in range(unit.shape[0]):
            out[unit[g, i], kind[i]] += 1


def add_up(unit: Any, values: Any, out: Any) -> None:
    """Add to ``out`` [units] the values of the elements of each, in the order of the elements."""
    for i in range(unit.shape[1]):
        value = values[i]
        for g in range(unit.shape[0]):
            out[unit[g, i]] += value


def sort_by_key(values: Any, keys: Any, order: Any, spare: Any, starts: Any) -> None:
    """Put into ``order`` the places of ``values`` in ascending order, equal ones in their own order.

    ``keys`` are 32-bit numbers that ascend with the values, or stay as they are. They are sorted digit by digit, from
    the lowest; then the few that have the same key and are out of order are moved to where they belong. ``starts``
    [rounds, digits] begins with zeros.
    """
    n = len(keys)
    for i in range(n):
        order[i] = i
        for turn in range(ROUNDS):
            starts[turn, (keys[i] >> (np.uint32(turn) * _DIGIT)) & _LOW] += 1
    for turn in range(ROUNDS):
        shift = np.uint32(turn) * _DIGIT
        start, most = 0, 0
        for digit in range(DIGITS):
            here = starts[turn, digit]
            starts[turn, digit] = start
            start += here
            most = max(most, here)
        if most == n:
            # All have the same digit.
            continue
        for i in range(n):
            row = order[i]
            digit = (keys[row] >> shift) & _LOW
            spare[starts[turn, digit]] = row
            starts[turn, digit] += 1
        for i in range(n):
            order[i] = spare[i]
    for i in range(1, n):
        row = order[i]
        to = i
        while to > 0 and values[order[to - 1]] > values[row]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = row


def find_ranked(unit: Any, order: Any, between: Any, left: Any, found_so_far: Any, found: Any) -> None:
    """Put into ``found`` [units, wanted] the elements of some ranks in their unit, in the order given.

    ``between`` [units, wanted + 1] are elements to pass over before each wanted one, below 0 where it is the same as
    the one before, and more than there are after the last. ``left`` begins as its first column.
    """
    for g in range(unit.shape[0]):
        for i in range(len(order)):
            row = order[i]
            u = unit[g, row]
            left[u] -= 1
            while left[u] < 0:
                k = found_so_far[u]
                found[u, k] = row
                found_so_far[u] = k + 1
                left[u] = between[u, k + 1]
                if left[u] >= 0:
                    break


KERNELS = (count_kinds, add_up, sort_by_key, find_ranked)
