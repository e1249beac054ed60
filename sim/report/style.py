"""How figures look, and how they are saved so that the same data give the same bytes.

Colours are Okabe and Ito's (2008) and ColorBrewer's ramps of one hue, which differ in lightness too; scenarios also
differ in marker and line, so that nothing is lost in grey or to colour-blind readers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from sim.experiment.summarise import write_table
from sim.report.parts import HEAD, NOTE, name_parts, note_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

    from sim.report.messages import Messages

INK = "#222222"
FAINT = "#8a8a8a"
LIGHT = "#d9d9d9"
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"

DPI = 200
COMPRESSION = 2
"""Of zlib: a twelfth larger than at its usual 6, in three fifths of the time."""
ENDINGS = ("svg", "png", "csv")
"""Files of a figure."""
RC: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.dpi": 100,
    # A name may hold dollars, which are no formula.
    "text.parse_math": False,
    "svg.fonttype": "path",
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "passport-service-simulator",
}


@dataclass(frozen=True)
class Look:
    """How one of two compared scenarios is drawn."""

    colour: str
    face: str
    marker: str
    line: Literal["-", "--"]
    size: float


BEFORE = Look(ORANGE, "white", "o", "--", 8.0)
AFTER = Look(BLUE, BLUE, "s", "-", 5.0)


@dataclass(frozen=True)
class Drawn:
    """A finished figure and exactly the data it shows."""

    name: str
    title: str
    figure: Figure
    data: pd.DataFrame
    hover: Mapping[str, str] = field(default_factory=dict)
    """What parts of the figure tell on hovering, by their ids in the SVG."""


def new_figure(width: float, height: float, layout: Any = "constrained") -> Figure:
    """An empty figure of a size in inches, outside pyplot's global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


LINE = 0.19
"""Inches from one line of the title to the next."""


def head(figure: Figure, title: str, handles: Sequence[Any] = ()) -> None:
    """Put the title, and under it a legend in one column, above a figure that is laid out by constrained layout.

    The title ends in empty lines that keep the place of the legend, however long the names of scenarios are.
    """
    lines = sum(str(handle.get_label()).count("\n") + 1 for handle in handles)
    text = figure.suptitle(title + "\n" * lines, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    text.set_gid(HEAD)
    if handles:
        top = 1.0 - (0.26 + LINE * title.count("\n")) / figure.get_figheight()
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.003, top), borderpad=0.2)


def looks(pair: Sequence[str]) -> tuple[Look, ...]:
    """The looks of a baseline and a main scenario, or of the one that is drawn alone."""
    return (BEFORE, AFTER)[-len(pair) :]


def look_handles(titles: Sequence[str], line: bool, chosen: Sequence[Look] = ()) -> list[Any]:
    """Legend entries of scenarios by their titles: of a pair, or with the looks that were chosen for them."""
    from matplotlib.lines import Line2D

    return [
        Line2D(
            [], [], color=look.colour, marker=look.marker, markerfacecolor=look.face, markersize=look.size,
            linestyle=look.line if line else "none", label=wrapped(title, 60),
        )
        for look, title in zip(chosen or looks(titles), titles, strict=True)
    ]  # fmt: skip


def save(drawn: Drawn, out_dir: Path, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Write a figure as NAME.svg and NAME.png and its data as NAME.csv; nothing in them tells when they were made."""
    paths = {ending: out_dir / f"{drawn.name}.{ending}" for ending in endings}
    about: dict[str, Any] = {"Title": drawn.title}
    if note := note_of(drawn.figure):
        about["Description"] = note
    if "csv" in paths:
        # What was found is there even where it cannot be drawn.
        write_table(drawn.data, paths["csv"])
    if "svg" in paths:
        name_parts(drawn.figure)
        drawn.figure.savefig(paths["svg"], format="svg", metadata=about | {"Date": None, "Creator": None})
        _add_titles(paths["svg"], drawn.hover)
    if "png" in paths:
        settings = {"compress_level": COMPRESSION}
        drawn.figure.savefig(
            paths["png"], format="png", dpi=DPI, metadata=about | {"Software": None}, pil_kwargs=settings
        )
    return list(paths.values())


def _add_titles(path: Path, hover: Mapping[str, str]) -> None:
    """Put texts into the parts of an SVG file that are named by them, where a browser shows them on hovering."""
    from html import escape

    if not hover:
        return

    def titled(found: re.Match[str]) -> str:
        text = hover.get(found.group(1))
        return found.group() + (f"\n<title>{escape(text)}</title>" if text is not None else "")

    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'<g id="([^"]+)">', titled, text), encoding="utf-8", newline="\n")


def wrapped(text: str, width: int) -> str:
    """Text broken into lines of at most ``width`` characters, at spaces only."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)) or text


def number_ticks(axis: Axis, messages: Messages, factor: float = 1.0, place: bool = True, most: int = 9) -> None:
    """Write an axis' ticks as the language writes numbers, multiplied by a factor, at ``most`` so many round places."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if place:
        axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: messages.tick(value * factor)))


def month_axis(grid: NDArray[Any], weeks: int, messages: Messages) -> None:
    """Write months under panels that share an axis of dates; each month, or each third where there are many weeks."""
    from matplotlib.dates import MonthLocator, num2date
    from matplotlib.ticker import FuncFormatter

    def month(value: float, _: object) -> str:
        return messages.month(num2date(value).date())  # type: ignore[no-untyped-call]

    for axes in grid.flat:
        axes.xaxis.set_major_locator(MonthLocator(interval=1 if weeks <= 60 else 3))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(FuncFormatter(month))
        axes.tick_params(axis="x", labelsize=8)
        axes.grid(axis="x", color=FAINT, alpha=0.15)


SMALL_PRINT = 17.5
"""Letters of the small print to an inch."""


def show_note(figure: Figure, text: str) -> None:
    """Put small print under a figure that is laid out by constrained layout, in as many lines as it needs."""
    label = figure.supxlabel(
        wrapped(text, int(SMALL_PRINT * figure.get_figwidth())), x=0.01, ha="left", fontsize=7.5, color="#555555"
    )
    label.set_gid(NOTE)


def error_bar(axes: Axes, x: float, y: float, low: float, high: float, look: Look, filled: bool = True) -> None:
    """A marker with its horizontal interval; the interval is left out where there is none."""
    if low <= high:
        axes.plot([low, high], [y, y], color=look.colour, linewidth=1.4, zorder=2, solid_capstyle="butt")
    axes.plot(
        [x], [y], marker=look.marker, markersize=look.size, color=look.colour,
        markerfacecolor=look.face if filled else "white", linestyle="none", zorder=3,
    )  # fmt: skip


def write_end(axes: Axes, x: float, y: float, text: str, side: int) -> None:
    """Write a value beside the end of its bar or dot, to the right (1) or left (-1), and keep room for it."""
    axes.annotate(
        text, (x, y), xytext=(6 * side, 0), textcoords="offset points", ha="left" if side > 0 else "right", va="center",
        fontsize=7, color=INK, annotation_clip=False, zorder=4,
    )  # fmt: skip
    axes.margins(x=0.17)
