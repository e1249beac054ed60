"""What maps have in common: a sheet of panels with a shared extent, areas, a scale and a legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.report.maps.areas import Areas, Shape
from sim.report.parts import BODY, HEAD, NOTE, VIEW, name_frame
from sim.report.style import INK, new_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.report.messages import Messages

Floats = NDArray[np.float64]

EMPTY = "#e9e9e9"
"""An area of which there is no value."""
BORDER = "#3d3d3d"
WIDTH, ROW = 11.5, 5.6
"""Inches of a figure, and of a row of panels."""
TOP = 0.45
"""Inches for the title."""
MARGIN, BELOW = 0.016, 0.038
"""Room around the province and, for the scale, under it, as shares of its greater side."""


@dataclass
class Sheet:
    """A figure with places for up to three panels and a legend, and what is told of its parts on hovering."""

    figure: Figure
    cells: list[tuple[float, float, float, float]]
    """Left, bottom, width and height of each place, as shares of the figure."""
    hover: dict[str, str] = field(default_factory=dict)
    """Texts by the ids of parts."""

    @classmethod
    def of(cls, panels: int, title: str) -> Sheet:
        """An empty sheet: two places in a row, the last one for the legend."""
        rows = -(-(panels + 1) // 2)
        height = TOP + rows * ROW
        figure = new_figure(WIDTH, height, layout=None)
        head = figure.suptitle(title, x=0.015, y=1 - 0.14 / height, va="top", ha="left", fontsize=12, fontweight="bold")
        head.set_gid(HEAD)
        name_frame(figure, BODY, (0.0, 0.0, 1.0, 1.0 - TOP / height))
        share = ROW / height
        cells = [(0.5 * (place % 2), (rows - 1 - place // 2) * share, 0.5, share) for place in range(2 * rows)]
        return cls(figure, cells)

    def panel(self, place: int, view: str, title: str, areas: Areas, bar: bool = True) -> Axes:
        """The axes of a panel, with room for a bar of colours under it.

        ``view`` is its name among the panels.
        """
        left, bottom, width, height = self.cells[place]
        name_frame(self.figure, f"{VIEW}-{view}", self.cells[place])
        floor = 0.155 if bar else 0.02
        axes = self.figure.add_axes((left + 0.01, bottom + floor * height, width - 0.02, (0.93 - floor) * height))
        self.figure.text(
            left + 0.015, bottom + 0.985 * height, wrapped(title, 62), va="top", fontsize=10, linespacing=1.1
        )
        axes.set_aspect("equal")
        axes.set_axis_off()
        west, south, east, north = areas.bounds
        side = max(east - west, north - south)
        axes.set_xlim(west - MARGIN * side, east + MARGIN * side)
        axes.set_ylim(south - BELOW * side, north + MARGIN * side)
        return axes

    def bar(
        self,
        place: int,
        colours: Any,
        norm: Any,
        label: str,
        ticks: Sequence[float],
        texts: Sequence[str],
        extend: str | None = None,
    ) -> None:
        """The colours of a panel and their values, under it.

        ``extend`` tells which ends are open: ``neither``, ``max`` or ``both``; that of changes where they go below 0,
        when absent.
        """
        from matplotlib.cm import ScalarMappable

        left, bottom, width, height = self.cells[place]
        axes = self.figure.add_axes((left + 0.05, bottom + 0.1 * height, width - 0.1, 0.025 * height))
        ends = extend or ("both" if min(ticks) < 0 else "max")
        bar = self.figure.colorbar(
            ScalarMappable(norm, colours), cax=axes, orientation="horizontal", extend=ends, spacing="uniform"
        )
        bar.set_label(label, fontsize=8.5)
        bar.set_ticks(list(ticks), labels=list(texts))
        bar.outline.set_linewidth(0.4)
        axes.tick_params(labelsize=8)

    def scale(self, axes: Axes, messages: Messages) -> list[Any]:
        """The scale and the way to the north of a panel."""
        return _scale_and_north(axes, messages)

    def legend(self, groups: Iterable[tuple[str, Sequence[Any]]], note: str) -> None:
        """Headed groups of handles in the last place, one under the other, and small print under them."""
        left, bottom, _, height = self.cells[-1]
        above = top = bottom + 0.93 * height
        for heading, handles in groups:
            if not handles:
                continue
            columns = 1 if len(handles) < 7 else 2
            self.figure.legend(
                handles=handles, title=heading, loc="upper left", bbox_to_anchor=(left + 0.04, top), ncols=columns,
                alignment="left", title_fontproperties={"size": 9, "weight": "bold"}, borderpad=0.0, borderaxespad=0.0,
            )  # fmt: skip
            lines = sum(str(handle.get_label()).count("\n") + 1 for handle in handles) / columns
            top -= (0.42 + 0.2 * lines) / self.figure.get_figheight()
        if top < above:
            name_frame(self.figure, "key", (left + 0.03, top, 0.42, above - top))
        text = self.figure.text(
            left + 0.04, top, wrapped(note, 78), fontsize=7.5, color="#555555", va="top", linespacing=1.35
        )
        text.set_gid(NOTE)


def draw_areas(
    sheet: Sheet, axes: Axes, shapes: Sequence[Shape], colours: Sequence[Any], ids: Sequence[str], texts: Sequence[str]
) -> list[Any]:
    """Fill areas, each a part of its own that tells its text on hovering; None in the place of one that is empty."""
    from matplotlib.patches import PathPatch

    patches: list[Any] = []
    for shape, colour, name, text in zip(shapes, colours, ids, texts, strict=True):
        if shape is None or shape.is_empty:
            patches.append(None)
            continue
        patch = PathPatch(path_of(shape), facecolor=colour, edgecolor="white", linewidth=0.25, zorder=1)
        patch.set_gid(name)
        axes.add_artist(patch)
        patch.set_clip_on(False)
        sheet.hover[name] = text
        patches.append(patch)
    return patches


def draw_borders(axes: Axes, areas: Areas) -> None:
    """The outlines of regencies."""
    from matplotlib.patches import PathPatch

    for shape in areas.regencies:
        patch = PathPatch(path_of(shape), facecolor="none", edgecolor=BORDER, linewidth=0.7, zorder=2)
        axes.add_artist(patch)
        patch.set_clip_on(False)


def path_of(shape: Shape) -> Any:
    """The rings of a polygon or multipolygon as one path."""
    import shapely
    from matplotlib.path import Path

    rings = [
        np.asarray(ring.coords)
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def note_of(areas: Areas, messages: Messages) -> str:
    """What the areas of a map are, and how it is projected."""
    return " ".join(
        (
            messages.text("map.given" if areas.given else "map.cells"),
            messages.text(
                "map.projection",
                lat=messages.number(abs(areas.projection.lat), 1),
                ns=messages.text("map.south" if areas.projection.lat < 0 else "map.north_of_equator"),
                lon=messages.number(abs(areas.projection.lon), 1),
                ew=messages.text("map.west" if areas.projection.lon < 0 else "map.east"),
            ),
        )
    )


def _scale_and_north(axes: Axes, messages: Messages) -> list[Any]:
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar  # type: ignore[import-untyped]

    west, east = axes.get_xlim()
    length = _round_length((east - west) / 3.2)
    bar = AnchoredSizeBar(
        axes.transData,
        length,
        messages.text("unit.km", value=messages.tick(length)),
        "lower left",
        pad=0.2,
        sep=3,
        frameon=False,
        size_vertical=length / 70,
        color=INK,
        fontproperties=FontProperties(size=8),
    )
    axes.add_artist(bar)
    north = axes.annotate(
        messages.text("map.north"),
        xy=(0.02, 0.21),
        xytext=(0.02, 0.12),
        xycoords="axes fraction",
        ha="center",
        fontsize=8,
        arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0},
    )
    return [bar, north]


def _round_length(km: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is no longer."""
    power = 10.0 ** np.floor(np.log10(km))
    return float(power * max(step for step in (1, 2, 5) if step * power <= km))
