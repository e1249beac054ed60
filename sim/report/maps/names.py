"""Names of areas on a map: within an area that has room for its name, and beside one that its name would cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.report.labels import place_labels
from sim.report.maps.areas import Shape
from sim.report.style import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COVERS = 0.3
"""Share of an area that its name may cover."""
LONGEST = 13
"""Letters of a line of a name."""
STEPS = 17
"""Places tried across an area, each way."""
PADDING = 3.0
"""Pixels kept free around a name."""
WORSE = 1000.0
"""How much worse it is to cover another name, or an area that is too small for its own, than to leave the area."""

Floats = NDArray[np.float64]


def name_areas(
    axes: Axes, shapes: Sequence[Shape], patches: Sequence[Any], names: Sequence[str], obstacles: Sequence[Any]
) -> None:
    """Write the name of each area; no name covers an area that is too small for its own.

    Args:
        axes: With limits and position that will not change any more.
        shapes: [areas], in data units.
        patches: [areas] as drawn.
        names: [areas].
        obstacles: Artists that are not to be covered.
    """
    import shapely

    known = [row for row, shape in enumerate(shapes) if not shape.is_empty]
    texts = [wrapped(names[row], LONGEST) for row in known]
    axes.apply_aspect()
    drawn = [shapely.transform(shapes[row], axes.transData.transform) for row in known]
    middles = np.array([_middle(shape) for shape in drawn]).reshape(-1, 2)
    sizes = _sizes(axes, texts)
    boxes = [_box(middle, size) for middle, size in zip(middles, sizes, strict=True)]
    covered = [shapely.intersection(box, shape).area / shape.area for box, shape in zip(boxes, drawn, strict=True)]
    room = np.array(covered) <= COVERS
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    taken = [shapely.box(*artist.get_window_extent(renderer).extents) for artist in obstacles]
    taken += [shape for shape, has in zip(drawn, room, strict=True) if not has]
    for place in np.flatnonzero(room).tolist():
        middles[place] = _best(drawn[place], middles[place], sizes[place], taken)
        taken.append(_box(middles[place], sizes[place]))
    x, y = axes.transData.inverted().transform(middles).T
    written = place_labels(axes, x[room], y[room], _of(texts, room), [], centred=True, search=False)
    small = [patches[row] for row, has in zip(known, room, strict=True) if not has]
    place_labels(axes, x[~room], y[~room], _of(texts, ~room), [*obstacles, *small, *written], areas=drawn)


def _sizes(axes: Axes, texts: Sequence[str]) -> Floats:
    """[names, 2]: pixels that each takes with what is kept free around it."""
    at = np.zeros(len(texts))
    trial = place_labels(axes, at, at, texts, [], centred=True, search=False)
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    extents = [label.get_window_extent(renderer) for label in trial]
    for label in trial:
        label.remove()
    return np.array([(box.width + 2 * PADDING, box.height + 2 * PADDING) for box in extents]).reshape(-1, 2)


def _best(shape: Shape, middle: Floats, size: Floats, taken: Sequence[Shape]) -> Floats:
    """The place within an area, all in pixels, where its name covers least that is not to be covered."""
    import shapely

    west, south, east, north = shape.bounds
    grid = np.stack(np.meshgrid(np.linspace(west, east, STEPS), np.linspace(south, north, STEPS)), -1).reshape(-1, 2)
    places = np.vstack([middle, grid[shapely.contains_xy(shape, grid)]])
    half = size / 2
    boxes: Any = shapely.box(*(places - half).T, *(places + half).T)
    outside = boxes[0].area - shapely.area(shapely.intersection(boxes, shape))
    hidden = sum((shapely.area(shapely.intersection(boxes, other)) for other in taken), np.zeros(len(boxes)))
    # Of places that are as good, the one nearest to the middle.
    away = np.hypot(*(places - middle).T)
    best: Floats = places[np.argmin(outside + WORSE * hidden + 0.01 * away)]
    return best


def _box(middle: Floats, size: Floats) -> Shape:
    import shapely

    return shapely.box(*(middle - size / 2), *(middle + size / 2))


def _of(texts: Sequence[str], which: Any) -> list[str]:
    return [text for text, wanted in zip(texts, which.tolist(), strict=True) if wanted]


def _middle(shape: Shape) -> tuple[float, float]:
    """The middle of the largest circle within an area."""
    import shapely

    line = shapely.maximum_inscribed_circle(shape, tolerance=1.0)
    return float(line.coords[0][0]), float(line.coords[0][1])
