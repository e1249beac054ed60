"""Labels of points that cover neither each other nor the points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.report.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from sim.report.maps.areas import Shape

DISTANCES = (9.0, 20.0, 34.0, 50.0, 68.0, 90.0, 115.0, 140.0)
"""Distances of a label from its point that are tried, in points."""
FAR = 34.0
"""A label farther away than this would be taken for the name of an area that it lies on."""
LEADER_FROM = 20.0
"""A label at least this far away gets a line to its point."""
SIDES = ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
PLACES = tuple((distance, side) for distance in DISTANCES for side in SIDES)
MARKER_PIXELS = 9.0
PADDING = np.array([-3.0, -2.0, 3.0, 2.0])
"""Pixels kept free around a label."""

Floats = NDArray[np.float64]


def place_labels(
    axes: Axes,
    x: Floats,
    y: Floats,
    texts: Sequence[str],
    obstacles: Sequence[Any],
    centred: bool = False,
    search: bool = True,
    areas: Sequence[Shape] = (),
) -> list[Annotation]:
    """Label points one after the other, each where it covers least of what is there, the nearest such place first.

    Args:
        axes: With limits and position that will not change any more.
        x: [points], in data units.
        y: [points].
        texts: A label for each point.
        obstacles: Artists that are not to be covered.
        centred: Whether a label may lie over its point, as the name of an area does.
        search: Whether another place is looked for where the first is taken.
        areas: In pixels, what labels that are far from their points are to keep off.
    """
    import shapely
    from matplotlib.text import Text

    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    axes.apply_aspect()
    room = np.asarray(axes.get_window_extent(renderer).extents)
    taken = [artist.get_window_extent(renderer).extents for artist in obstacles]
    for point in () if centred else axes.transData.transform(np.column_stack([x, y])):
        taken.append(np.concatenate([point - MARKER_PIXELS, point + MARKER_PIXELS]))
    land = shapely.union_all(list(areas))
    labels = []
    for east, north, text in zip(x, y, texts, strict=True):
        best: tuple[float, Annotation, Floats] | None = None
        for distance, side in ((0.0, (0, 0)), *PLACES) if centred else PLACES:
            label = _label(axes, (float(east), float(north)), text, side, distance)
            # Of the words alone: a leader may cross what a label must not cover.
            label.update_positions(renderer)
            box = np.asarray(Text.get_window_extent(label, renderer).extents) + PADDING
            covered = sum(_overlap(box, other) for other in taken) + _outside(box, room)
            if distance > FAR:
                covered += shapely.intersection(shapely.box(*box), land).area
            if best is None or covered < best[0]:
                if best is not None:
                    best[1].remove()
                best = (covered, label, box)
            else:
                label.remove()
            if not best[0] or not search:
                break
        assert best is not None
        taken.append(best[2])
        labels.append(best[1])
    return labels


def _label(axes: Axes, point: tuple[float, float], text: str, side: tuple[int, int], distance: float) -> Annotation:
    line = {"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 5}
    return axes.annotate(
        text,
        xy=point,
        xytext=(side[0] * distance, side[1] * distance),
        textcoords="offset points",
        ha={1: "left", 0: "center", -1: "right"}[side[0]],
        va={1: "bottom", 0: "center", -1: "top"}[side[1]],
        fontsize=7.5,
        fontweight="bold",
        linespacing=1.0,
        bbox={"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.72},
        arrowprops=line if distance >= LEADER_FROM else None,
        zorder=6,
    )


def _overlap(a: Floats, b: Floats) -> float:
    """Area that two boxes (x0, y0, x1, y1) share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return float(max(width, 0.0) * max(height, 0.0))


def _outside(box: Floats, room: Floats) -> float:
    """Area of a box that lies outside the room."""
    return float((box[2] - box[0]) * (box[3] - box[1])) - _overlap(box, room)
