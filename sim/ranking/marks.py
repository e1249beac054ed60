"""The marks of a map of ranked places: of the places by how they stand, and of the service points that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plan import EVERYONE
from sim.ranking.figure import standing_key
from sim.report.maps.areas import Areas
from sim.report.maps.canvas import Sheet
from sim.report.style import FAINT, INK, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.plan import Plan
    from sim.ranking.ranked import Ranked, Standing
    from sim.report.messages import Messages

NAME, VIEW = "rank_map", "after"
"""Of the map, and of its panel."""
LOOKS: Mapping[Standing, Mapping[str, Any]] = {
    "may be best": {"marker": "s", "markersize": 12.0, "markeredgecolor": INK, "markeredgewidth": 1.8},
    "best if kept": {"marker": "D", "markersize": 9.5, "markeredgecolor": INK, "markeredgewidth": 1.8},
    "is not best": {"marker": "o", "markersize": 10.5, "markeredgecolor": "#5c5c5c", "markeredgewidth": 0.8},
    "over a limit": {"marker": "X", "markersize": 11.0, "markeredgecolor": "#5c5c5c", "markeredgewidth": 0.8},
    "no value": {"marker": "o", "markersize": 10.5, "markeredgecolor": FAINT, "markeredgewidth": 1.2},
    "refused": {"marker": "x", "markersize": 8.0, "markeredgecolor": INK, "markeredgewidth": 1.4},
    "not tried": {"marker": ".", "markersize": 5.0, "markeredgecolor": FAINT, "markeredgewidth": 1.0},
}
"""By how a place stands, as it is told; the face of a marker is the colour of its value, or white."""
COLOURED: tuple[Standing, ...] = ("may be best", "best if kept", "is not best", "over a limit")
"""How those stand that have a value."""
CROWD, CROWDED = 40, 0.65
"""Places from which markers are smaller, and how much."""
POINTS = ("P", "d", "*", "p", "h")
"""Markers of kinds of service points, on or beside the places."""
TOGETHER: Mapping[str, Any] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (5, 2)), "alpha": 0.8}
"""Line between places that may be the best together."""
MOST_TOGETHER = 12
"""Ways to place several sites that are drawn as lines between their places."""
STANDS: Mapping[str, Any] = {
    "marker": "o", "markersize": 19.0, "markerfacecolor": "none", "markeredgecolor": INK, "markeredgewidth": 1.2,
}  # fmt: skip
"""Ring around the place where the scenario has the site."""
SHADE = "#c9c9c9"
"""Face of a marker in the legend."""


def place_look(standing: Standing, places: int) -> dict[str, Any]:
    """How the mark of a place looks, of so many; its face is white until it has the colour of its value."""
    look = dict(LOOKS[standing])
    return look | {
        "markersize": look["markersize"] * (CROWDED if places > CROWD else 1.0),
        "markerfacecolor": "white",
    }


def is_told_together(ranked: Ranked) -> bool:
    """Whether lines tell which places may be the best together."""
    return len(ranked.sites) > 1 and bool(ranked.candidates) and ranked.answer != "any"


def draw_points(sheet: Sheet, axes: Axes, plan: Plan, areas: Areas) -> list[Any]:
    """Service points that are open to everyone, small and dark, so that what is under them is seen."""
    sites, markers, drawn = plan.sites, _markers(plan), []
    x, y = areas.projection.km(sites.lat, sites.lon)
    for row in np.flatnonzero(sites.audience == EVERYONE).tolist():
        (line,) = axes.plot(x[row], y[row], linestyle="none", **_point_look(markers[sites.kind[row]]))
        name = f"site-{VIEW}-{sites.id[row]}"
        line.set_gid(name)
        sheet.hover[name] = sites.name[row]
        drawn.append(line)
    return drawn


def _markers(plan: Plan) -> dict[str, str]:
    """A marker for each kind of service point that is open to everyone."""
    kinds = [kind for kind, whom in zip(plan.sites.kind, plan.sites.audience, strict=True) if whom == EVERYONE]
    return {kind: POINTS[number % len(POINTS)] for number, kind in enumerate(dict.fromkeys(kinds))}


def _point_look(marker: str) -> dict[str, Any]:
    return {
        "marker": marker, "markersize": 7.0, "markerfacecolor": INK, "markeredgecolor": "white", "markeredgewidth": 0.9,
        "zorder": 6.5,
    }  # fmt: skip


def place_handles(ranked: Ranked, shown: Sequence[int], messages: Messages) -> list[Any]:
    """Legend entries of how places stand, as far as any stands so, and of where the scenario has the sites.

    ``shown`` are the alternatives by which places are told.
    """
    from matplotlib.lines import Line2D

    there = {ranked.standing(alternative) for alternative in shown}
    handles = []
    for standing in (one for one in LOOKS if one in there):
        text = wrapped(messages.text(standing_key(NAME, standing, ranked)), 60)
        look = place_look(standing, len(shown))
        if standing in COLOURED:
            look["markerfacecolor"] = SHADE
        handles.append(Line2D([], [], linestyle="none", label=text, **look))
    if ranked.stands:
        text = wrapped(messages.text(f"figure.{NAME}.here", site=messages.names(ranked.site_names)), 60)
        handles.append(Line2D([], [], linestyle="none", label=text, **{**STANDS, "markersize": 13.0}))
    if is_told_together(ranked):
        key = "together_some" if len(ranked.candidates) > MOST_TOGETHER else "together"
        text = wrapped(messages.text(f"figure.{NAME}.several.{key}", drawn=MOST_TOGETHER), 60)
        handles.append(Line2D([], [], label=text, **TOGETHER))
    return handles


def point_handles(plan: Plan, messages: Messages) -> list[Any]:
    """Legend entries of the kinds of service points."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], linestyle="none", label=messages.text_or(f"kind.{kind}", kind), **_point_look(marker))
        for kind, marker in _markers(plan).items()
    ]
