"""Colours in five classes of one hue, from light to dark; changes for the worse have a hue of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.report.maps.canvas import EMPTY

Floats = NDArray[np.float64]

AMOUNT, GAIN, LOSS = "Blues", "Greens", "Oranges"
"""Ramps of ColorBrewer."""
NOTHING = (0.97, 0.97, 0.97, 1.0)
"""A change too small to be one."""
LIGHTEST, DARKEST = 0.12, 0.92
"""Of a ramp."""
MOST_CLASSES = 6
"""Of values whose edges are found."""


class Classes:
    """Values as colours of classes between edges; the last class has no end."""

    def __init__(self, edges: Sequence[float], colours: Sequence[Any], open_below: bool = False) -> None:
        """Take the edges of classes and a colour for each class, those without an end included."""
        from matplotlib.colors import BoundaryNorm, ListedColormap

        self.edges = tuple(edges)
        below = int(open_below)
        inner = list(colours[below : len(edges) - 1 + below])
        self.map = ListedColormap(inner).with_extremes(over=colours[-1], under=colours[0] if open_below else None)
        self.norm = BoundaryNorm(list(edges), len(inner))

    @classmethod
    def of_amounts(cls, edges: Sequence[float]) -> Classes:
        """Classes of one hue, dark for much; the first begins at the first edge."""
        return cls(edges, _ramp(AMOUNT, len(edges)))

    @classmethod
    def of_changes(cls, edges: Sequence[float], values: Floats) -> Classes:
        """White for a change below the first edge, and a hue for gains; another for losses where there are any.

        Args:
            edges: Ascending sizes of a change, above 0; as many classes of gains.
            values: Changes, above 0 for a gain; NaN where there is none.
        """
        gains = [NOTHING, *_ramp(GAIN, len(edges))]
        if not (values <= -edges[0]).any():
            return cls((0.0, *edges), gains)
        losses = _ramp(LOSS, len(edges))[::-1]
        return cls((*(-edge for edge in reversed(edges)), *edges), [*losses, *gains], open_below=True)

    @classmethod
    def of_range(cls, values: Floats, dark_for_much: bool = True) -> Classes:
        """Classes of one hue between round numbers, the first and the last of which hold all values.

        Args:
            values: One of them at least is a number.
            dark_for_much: Whether the most is darkest; else the least is.
        """
        from matplotlib.ticker import MaxNLocator

        locator = MaxNLocator(nbins=MOST_CLASSES, steps=[1, 2, 2.5, 5, 10], min_n_ticks=1)
        edges = locator.tick_values(float(np.nanmin(values)), float(np.nanmax(values)))
        colours = _ramp(AMOUNT, len(edges) - 1)
        colours = colours if dark_for_much else colours[::-1]
        # A value at the last edge is of the last class.
        return cls([float(edge) for edge in edges], [*colours, colours[-1]])

    @property
    def below_zero(self) -> bool:
        """Whether there are classes of losses."""
        return self.edges[0] < 0

    def of(self, values: Floats) -> list[Any]:
        """The colour of each value; grey where there is none."""
        low = -np.inf if self.below_zero else self.edges[0]
        return [EMPTY if np.isnan(value) else self.map(self.norm(max(value, low))) for value in values.tolist()]


def _ramp(name: str, n: int) -> list[Any]:
    import matplotlib

    return list(matplotlib.colormaps[name](np.linspace(LIGHTEST, DARKEST, n)))
