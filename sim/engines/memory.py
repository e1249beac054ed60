"""Memory of journeys that nobody holds any more, and of what was noted on the way to them, kept for the next ones.

A replication fills tens of megabytes that were never touched before: the system has to find and clear them, which takes
a tenth of the engine's time, and more than half of it where there are ten times the applicants. Memory that was used
before costs nothing. It is handed on when the last array that lies in it is gone.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEPT = 2
"""Pieces that are kept: those of one replication while the next is made."""
ROOM = 1.125
"""Size of a new piece over what is asked for, as replications differ a little. What is never touched costs nothing."""

Bytes = NDArray[np.uint8]


class _Loan:
    """What arrays in a piece of memory hold on to; the piece comes back when it is gone."""

    def __init__(self, piece: Bytes) -> None:
        self.__array_interface__: dict[str, Any] = piece.__array_interface__


class Memory:
    """Lends pieces of memory, whose content is whatever it was. Safe to use from several threads."""

    def __init__(self, largest: int | None = None) -> None:
        """Nothing is kept yet.

        Args:
            largest: bytes of a piece up to which it is kept; any when absent.
        """
        self._largest = largest
        # Taking and giving back are one step each: memory can come back at any moment, in any thread.
        self._free: deque[Bytes] = deque(maxlen=KEPT)

    def lend(self, size: int) -> Bytes:
        """So many bytes, for as long as any array lies in them."""
        piece = self._free_piece(size)
        if piece is None:
            piece = np.empty(int(size * ROOM), dtype=np.uint8)
        loan = _Loan(piece)
        # The piece stays for as long as this is to be called with it.
        weakref.finalize(loan, self._take_back, piece).atexit = False
        return np.asarray(loan)[:size]

    def _take_back(self, piece: Bytes) -> None:
        if self._largest is None or len(piece) <= self._largest:
            self._free.append(piece)

    def _free_piece(self, size: int) -> Bytes | None:
        """A piece that was lent before, neither too small nor far too large."""
        unfit: list[Bytes] = []
        found = None
        while found is None:
            try:
                piece = self._free.pop()
            except IndexError:
                break
            if size <= len(piece) <= 2 * size:
                found = piece
            else:
                unfit.append(piece)
        self._free.extend(reversed(unfit))
        return found
