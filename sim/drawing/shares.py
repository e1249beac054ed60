"""Numbers from probabilities that several kinds of draws need."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.plan import Floats, Ints


def from_shares(shares: Mapping[int, float], u: Floats) -> Ints:
    """Values drawn from a table of shares by value, by inversion."""
    values = np.array(sorted(shares), dtype=np.int64)
    edges = np.cumsum([shares[int(v)] for v in values])[:-1]
    return values[np.searchsorted(edges, u, side="right")]


def whole(x: Floats) -> Ints:
    """The nearest whole numbers."""
    return np.rint(x).astype(np.int64)
