"""Names of the parts of a figure in its SVG, by which a page crops it, reads its small print and stacks its panels.

A part is named by a rectangle that is not seen. ``body`` is all but title and small print, ``legend`` the legend, and
``panel-0`` and so on are the panels; ``left-1`` and ``below-1`` are labels of axes that panel 1 shares with another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

HEAD, NOTE, BODY, LEGEND = "head", "note", "body", "legend"
PANEL, LEFT, BELOW, VIEW = "panel", "left", "below", "view"
PAD = 4.0
"""Pixels around a part."""
BESIDE = 14.0
"""Pixels that the last label of an axis may reach beyond it."""
HALF_LETTER = 8.0
"""Pixels that the lowest label of an axis reaches below it."""


def note_of(figure: Figure) -> str:
    """The small print of a figure in one line; empty where it has none."""
    return " ".join(" ".join(text.get_text().split()) for text in figure.texts if text.get_gid() == NOTE)


def name_frame(figure: Figure, name: str, box: tuple[float, float, float, float]) -> None:
    """Name a part by its left, bottom, width and height, as shares of the figure."""
    from matplotlib.patches import Rectangle

    left, bottom, width, height = box
    frame = Rectangle(
        (left, bottom), width, height, transform=figure.transFigure, fill=False, linewidth=0, alpha=0.0, gid=name
    )
    frame.set_in_layout(False)
    figure.add_artist(frame)


def name_parts(figure: Figure) -> None:
    """Name the body, legend and panels of a finished figure; those of a map are named as it is drawn."""
    if any(_name(artist).startswith((BODY, f"{VIEW}-")) for artist in figure.artists):
        return
    # Laid out once: another pass would move what is measured here. Without any engine saving draws once, not twice.
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine(None)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    panels = [axes for axes in figure.axes if axes.get_visible() and axes.axison]
    tight = {axes: _extent(axes, renderer) for axes in panels}
    legends = [legend.get_window_extent(renderer) for legend in figure.legends]
    found = {f"{PANEL}-{number}": _panel(axes, tight[axes]) for number, axes in enumerate(panels)}
    for number, axes in enumerate(panels):
        found |= {f"{side}-{number}": box for side, box in _shared(axes, tight).items()}
    found |= {LEGEND: _union(legends)} if legends else {}
    _name_all(figure, found, _union([*tight.values(), *legends]))


def _name_all(figure: Figure, boxes: dict[str, Bbox], body: Bbox) -> None:
    to_figure = figure.transFigure.inverted()
    for name, box in ((BODY, body.padded(PAD)), *boxes.items()):
        name_frame(figure, name, to_figure.transform_bbox(box).bounds)


def _name(artist: Any) -> str:
    return artist.get_gid() or ""


def _extent(axes: Axes, renderer: Any) -> Bbox:
    found = axes.get_tightbbox(renderer)
    return axes.get_window_extent(renderer) if found is None else found


def _panel(axes: Axes, tight: Bbox) -> Bbox:
    """A panel with its labels, but without what reaches over its neighbour on the right."""
    from matplotlib.transforms import Bbox

    right = min(tight.x1, axes.bbox.x1 + BESIDE)
    return Bbox.from_extents(tight.x0 - PAD, tight.y0 - PAD, right + PAD, tight.y1 + PAD)


def _shared(axes: Axes, tight: dict[Axes, Bbox]) -> dict[str, Bbox]:
    """The labels on the left and below that another panel of the row or column shows for this one."""
    from matplotlib.transforms import Bbox

    place = axes.get_subplotspec()
    if place is None:
        return {}
    found = {}
    for other in tight:
        there = other.get_subplotspec()
        if there is None or other is axes:
            continue
        room, box = tight[other], tight[axes]
        row, first = there.rowspan == place.rowspan, there.colspan.start == 0
        if row and first and _hides(axes, "y"):
            # Not so low as the labels of the other panel's own axis below.
            found[LEFT] = Bbox.from_extents(room.x0, axes.bbox.y0 - HALF_LETTER, other.bbox.x0, axes.bbox.y1 + PAD)
        column = there.colspan == place.colspan and there.rowspan.start > place.rowspan.start
        if column and _hides(axes, "x") and not _hides(other, "x"):
            left = max(box.x0 - PAD, axes.bbox.x0 - BESIDE)
            found[BELOW] = Bbox.from_extents(left, room.y0 - PAD, axes.bbox.x1 + BESIDE, other.bbox.y0)
    return found


def _hides(axes: Axes, which: str) -> bool:
    """Whether an axis leaves its labels to another panel."""
    axis, side = (axes.yaxis, "labelleft") if which == "y" else (axes.xaxis, "labelbottom")
    return not axis.get_tick_params().get(side, True)


def _union(boxes: list[Bbox]) -> Bbox:
    from matplotlib.transforms import Bbox

    return Bbox.union(boxes)
