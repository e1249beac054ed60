"""What lies on the areas of a map: roads by class, and sites with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plan import EVERYONE
from sim.report.far import OFF_ROADS_KM
from sim.report.labels import place_labels
from sim.report.maps.areas import Areas
from sim.report.maps.canvas import Sheet
from sim.report.style import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.plan import Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

VERMILION = "#D55E00"
SITE_MARKERS = ("s", "^", "D", "P", "v", "X")
OTHER = "other"
ROAD_LOOKS: Mapping[str, tuple[Any, float]] = {
    "toll": ("-", 1.5),
    "national": ("-", 0.8),
    "provincial": ((0, (4, 2)), 0.8),
    OTHER: ((0, (1, 2)), 0.8),
}
"""Line and width by class of road; every other class is drawn as OTHER."""
ROAD, ROAD_EDGE, EDGE_WIDTH = "#fffbe6", "#6b6b6b", 0.9
"""Roads are light with a grey edge, so that they are seen on light and on dark areas."""

HATCH, HATCH_COLOUR = "////", "#a8a8a8"
"""Of districts far from every road: seen on light and on dark areas."""


def draw_roads(axes: Axes, plan: Plan, areas: Areas) -> None:
    """Roads by class."""
    from matplotlib.collections import LineCollection

    x, y = areas.projection.km(plan.roads.lat, plan.roads.lon)
    lines = np.stack([x, y], axis=-1)
    shown = road_classes(plan)
    for road_class in dict.fromkeys(shown):
        style, width = ROAD_LOOKS[road_class]
        chosen = lines[np.array(shown) == road_class]
        # The edge is a line of its own below: a path effect would draw each road by itself.
        for colour, wider, order in ((ROAD_EDGE, EDGE_WIDTH, 3.0), (ROAD, 0.0, 3.1)):
            dashes = (
                style if isinstance(style, str) else (style[0], [part * width / (width + wider) for part in style[1]])
            )
            axes.add_collection(
                LineCollection(list(chosen), colors=colour, linestyles=[dashes], linewidths=width + wider, zorder=order)
            )


def road_classes(plan: Plan) -> list[str]:
    """The class under which each road is drawn."""
    return [road_class if road_class in ROAD_LOOKS else OTHER for road_class in plan.roads.road_class]


def draw_sites(
    sheet: Sheet,
    axes: Axes,
    evidence: Evidence,
    panel: tuple[str, str],
    areas: Areas,
    messages: Messages,
    colours: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Sites that are open to everyone, offices with their names; places of services are smaller and have none."""
    view, scenario = panel
    plan = evidence.plans[scenario]
    sites, office = plan.sites, plan.sites.is_office
    markers = site_markers(evidence)
    x, y = areas.projection.km(sites.lat, sites.lon)
    for row in np.flatnonzero(sites.audience == EVERYONE).tolist():
        look = site_look(small=not office[row])
        look["markerfacecolor"] = (colours or {}).get(sites.id[row], VERMILION)
        (line,) = axes.plot(x[row], y[row], marker=markers[sites.kind[row]], **look)
        name = f"site-{view}-{sites.id[row]}"
        line.set_gid(name)
        sheet.hover[name] = (texts or {}).get(sites.id[row], sites.name[row])
    obstacles = sheet.scale(axes, messages)
    names = [wrapped(name, 24) for name, labelled in zip(sites.name, office, strict=True) if labelled]
    place_labels(axes, x[office], y[office], names, obstacles)


def site_markers(evidence: Evidence) -> dict[str, str]:
    """A marker for each kind of site of any scenario."""
    kinds = list(dict.fromkeys(kind for plan in evidence.plans.values() for kind in plan.sites.kind))
    return {kind: SITE_MARKERS[i % len(SITE_MARKERS)] for i, kind in enumerate(kinds)}


def site_look(small: bool = False) -> dict[str, Any]:
    """How the marker of a site looks."""
    return {
        "linestyle": "none",
        "markersize": 5.0 if small else 8,
        "markerfacecolor": VERMILION,
        "markeredgecolor": "white",
        "markeredgewidth": 0.8 if small else 1.2,
        "zorder": 6,
    }


def site_handles(
    evidence: Evidence, scenarios: Sequence[str], messages: Messages, colour: str = VERMILION
) -> list[Any]:
    """Legend entries of the kinds of sites that these scenarios show."""
    from matplotlib.lines import Line2D

    looks: dict[str, bool] = {}
    for scenario in scenarios:
        sites = evidence.plans[scenario].sites
        for kind, office, audience in zip(sites.kind, sites.is_office, sites.audience, strict=True):
            if audience == EVERYONE:
                looks.setdefault(kind, not office)
    markers = site_markers(evidence)
    return [
        Line2D(
            [],
            [],
            marker=markers[kind],
            label=messages.text_or(f"kind.{kind}", kind),
            **(site_look(small) | {"markerfacecolor": colour}),
        )
        for kind, small in looks.items()
    ]


def hatch_off_roads(patches: Sequence[Any], plan: Plan) -> None:
    """Hatch districts so far from every road of the data that the way there is a guess."""
    for patch, km in zip(patches, plan.districts.road_km.tolist(), strict=True):
        if patch is not None and km > OFF_ROADS_KM:
            patch.set_hatch(HATCH)
            patch.set_edgecolor(HATCH_COLOUR)


def off_road_handles(plan: Plan, messages: Messages) -> list[Any]:
    """The legend entry of districts that are hatched; none where none is."""
    from matplotlib.patches import Patch

    if not (plan.districts.road_km > OFF_ROADS_KM).any():
        return []
    label = messages.text("map.off_roads", km=messages.number(OFF_ROADS_KM, 0))
    return [Patch(facecolor="white", edgecolor=HATCH_COLOUR, hatch=HATCH, label=label)]


def road_handles(plan: Plan, messages: Messages) -> list[Any]:
    """Legend entries of the classes of roads that are drawn."""
    from matplotlib.lines import Line2D
    from matplotlib.patheffects import Normal, Stroke

    drawn = set(road_classes(plan))
    return [
        Line2D(
            [], [], color=ROAD, linestyle=style, linewidth=width, label=messages.text(f"road.{name}"),
            path_effects=[Stroke(linewidth=width + EDGE_WIDTH, foreground=ROAD_EDGE), Normal()],
        )
        for name, (style, width) in ROAD_LOOKS.items()
        if name in drawn
    ]  # fmt: skip
