"""Colours in classes that differ in lightness too: one way for amounts, two ways from a white middle for changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.report.maps.canvas import EMPTY

Floats = NDArray[np.float64]


class Classes:
    """Values as colours of classes between edges."""

    def __init__(self, edges: Sequence[float]) -> None:
        """Take cividis, dark for much, above 0; and brown to teal where edges lie on both sides of it."""
        import matplotlib
        from matplotlib.colors import BoundaryNorm, ListedColormap

        self.edges = tuple(edges)
        n = len(edges) - 1
        if min(edges) < 0:
            shades = matplotlib.colormaps["BrBG"](np.linspace(0.04, 0.96, n + 2))
            middle = (n + 2) // 2
            shades[middle] = (0.97, 0.97, 0.97, 1.0)
            self.map = ListedColormap(shades[1:-1]).with_extremes(under=shades[0], over=shades[-1])
        else:
            shades = matplotlib.colormaps["cividis_r"](np.linspace(0.0, 1.0, n + 1))
            self.map = ListedColormap(shades[:-1]).with_extremes(over=shades[-1])
        self.norm = BoundaryNorm(list(edges), n)

    def of(self, values: Floats) -> list[Any]:
        """The colour of each value; grey where there is none."""
        return [EMPTY if np.isnan(value) else self.map(self.norm(value)) for value in values.tolist()]
