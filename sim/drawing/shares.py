"""Numbers from probabilities that several kinds of draws need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.plan import Floats, Ints


def from_shares(shares: Mapping[int, float], u: Floats) -> Ints:
    """Values drawn from a table of shares by value, by inversion."""
    values = np.array(sorted(shares), dtype=np.int64)
    edges = np.cumsum([shares[int(v)] for v in values])[:-1]
    drawn: Ints = values[rows_of(edges, u).astype(np.intp)]
    return drawn


def rows_of(edges: Floats, u: Floats) -> NDArray[np.unsignedinteger[Any]]:
    """The share that each number lies in, by the upper edges of all shares but the last: how many are not above it."""
    row = np.zeros(len(u), dtype=np.min_scalar_type(len(edges)))
    # Edge by edge: shares are few, and a search costs ten times as much, as nobody can foresee which way it goes.
    for edge in edges:
        row += u >= edge
    return row


def whole(x: Floats) -> Ints:
    """The nearest whole numbers."""
    return np.rint(x, out=np.empty(x.shape, dtype=np.int64), casting="unsafe")
