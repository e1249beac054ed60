"""The map of the province: districts by travel time to the nearest session, roads and sites, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.measures.access import nearest_minutes
from sim.plan import EVERYONE
from sim.report.evidence import Evidence
from sim.report.labels import place_labels
from sim.report.style import INK, Drawn, new_figure, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.plan import Plan
    from sim.report.messages import Messages

NAME = "map_travel_time"
KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of radius 6371 km."""
MINUTES = (0, 30, 60, 90, 120, 180, 240, 300)
"""Edges of the classes of travel time; the last class has no end."""
SITE_MARKERS = ("s", "^", "D", "P", "v", "X")
OTHER = "other"
ROAD_LOOKS: Mapping[str, tuple[str, Any, float]] = {
    "toll": ("#6b6b6b", "-", 1.8),
    "national": ("#8f8f8f", "-", 1.0),
    "provincial": ("#8f8f8f", "--", 0.9),
    OTHER: ("#8f8f8f", ":", 1.0),
}
"""Colour, line and width by class of road; every other class is drawn as OTHER."""
PEOPLE_SHOWN = (10_000, 50_000, 100_000)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Projection:
    """Equirectangular about the middle of the province: kilometres east and north, true to scale near it."""

    lat: float
    lon: float

    @classmethod
    def about(cls, lat: Floats, lon: Floats) -> Projection:
        """The projection about the middle of some points."""
        return cls(float(lat.min() + lat.max()) / 2, float(lon.min() + lon.max()) / 2)

    def km(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Kilometres east and north of the middle."""
        east = (lon - self.lon) * KM_PER_DEGREE * np.cos(np.radians(self.lat))
        return east, (lat - self.lat) * KM_PER_DEGREE


def mean_minutes(plan: Plan) -> Floats:
    """[districts]: one-way minutes to the nearest session, mean over the days on which any is held."""
    minutes, weight = nearest_minutes(plan)
    mean: Floats = (minutes * weight[:, None]).sum(axis=0)
    return mean


def draw(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the map, the baseline on the left and the main scenario on the right."""
    figure = new_figure(11.5, 6.9, layout=None)
    title = messages.text("figure.map_travel_time.title")
    figure.suptitle(title, x=0.02, y=0.98, ha="left", fontsize=12, fontweight="bold")
    base = evidence.plans[evidence.baseline].districts
    projection = Projection.about(base.lat, base.lon)
    for left, scenario in zip((0.015, 0.51), evidence.pair, strict=False):
        axes = figure.add_axes((left, 0.185, 0.475, 0.725))
        _panel(axes, evidence, scenario, projection, messages)
    _legends(figure, evidence, messages)
    return Drawn(NAME, title, figure, _data(evidence))


def _panel(axes: Axes, evidence: Evidence, scenario: str, projection: Projection, messages: Messages) -> None:
    plan = evidence.plans[scenario]
    axes.set_title(wrapped(evidence.title(scenario, messages), 60), fontsize=10)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _frame(axes, evidence, projection)
    _roads(axes, plan, projection)
    x, y = projection.km(plan.districts.lat, plan.districts.lon)
    colours, norm = _classes()
    order = np.argsort(-plan.districts.population, kind="stable")
    axes.scatter(
        x[order],
        y[order],
        s=_area(plan.districts.population[order]),
        c=mean_minutes(plan)[order],
        cmap=colours,
        norm=norm,
        linewidths=0.4,
        edgecolors="white",
        zorder=3,
    )
    markers = _site_markers(evidence)
    x, y = projection.km(plan.sites.lat, plan.sites.lon)
    office = plan.sites.is_office
    for row, kind in enumerate(plan.sites.kind):
        if plan.sites.audience[row] == EVERYONE:
            axes.plot(x[row], y[row], marker=markers[kind], **_site_look(small=not office[row]))
    obstacles = _scale_and_north(axes, messages)
    names = [wrapped(name, 24) for name, labelled in zip(plan.sites.name, office, strict=True) if labelled]
    place_labels(axes, x[office], y[office], names, obstacles)


def _plans(evidence: Evidence) -> list[Plan]:
    return [evidence.plans[scenario] for scenario in evidence.pair]


def _frame(axes: Axes, evidence: Evidence, projection: Projection) -> None:
    """The same extent for both panels."""
    layers = [layer for plan in _plans(evidence) for layer in (plan.districts, plan.sites)]
    lat, lon = np.concatenate([layer.lat for layer in layers]), np.concatenate([layer.lon for layer in layers])
    x, y = projection.km(lat, lon)
    axes.set_xlim(x.min() - 12, x.max() + 12)
    axes.set_ylim(y.min() - 22, y.max() + 12)


def _roads(axes: Axes, plan: Plan, projection: Projection) -> None:
    from matplotlib.collections import LineCollection

    x, y = projection.km(plan.roads.lat, plan.roads.lon)
    lines = np.stack([x, y], axis=-1)
    shown = _road_classes(plan)
    for road_class in dict.fromkeys(shown):
        colour, style, width = ROAD_LOOKS[road_class]
        chosen = lines[np.array(shown) == road_class]
        axes.add_collection(LineCollection(list(chosen), colors=colour, linestyles=style, linewidths=width, zorder=1))


def _road_classes(plan: Plan) -> list[str]:
    """The class under which each road is drawn."""
    return [road_class if road_class in ROAD_LOOKS else OTHER for road_class in plan.roads.road_class]


def _site_markers(evidence: Evidence) -> dict[str, str]:
    kinds = list(dict.fromkeys(kind for plan in _plans(evidence) for kind in plan.sites.kind))
    return {kind: SITE_MARKERS[i % len(SITE_MARKERS)] for i, kind in enumerate(kinds)}


def _site_look(small: bool = False) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "markersize": 5.5 if small else 8,
        "markerfacecolor": "#D55E00",
        "markeredgecolor": "white",
        "markeredgewidth": 1.2,
        "zorder": 5,
    }


def _classes() -> tuple[Any, Any]:
    """Classed cividis, dark for long, and the norm that goes with it."""
    import matplotlib
    from matplotlib.colors import BoundaryNorm, ListedColormap

    shades = matplotlib.colormaps["cividis_r"](np.linspace(0.0, 1.0, len(MINUTES)))
    colours = ListedColormap(shades[:-1]).with_extremes(over=shades[-1])
    return colours, BoundaryNorm(MINUTES, len(MINUTES) - 1)


def _area(people: Floats) -> Floats:
    """Marker area in square points: in proportion to people, and never too small to see."""
    return np.maximum(np.asarray(people, dtype=np.float64) / 1000.0, 4.0)


def _scale_and_north(axes: Axes, messages: Messages) -> list[Any]:
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar  # type: ignore[import-untyped]

    bar = AnchoredSizeBar(
        axes.transData,
        100,
        messages.text("unit.km", value=messages.number(100, 0)),
        "lower left",
        pad=0.2,
        sep=3,
        frameon=False,
        size_vertical=1.5,
        color=INK,
        fontproperties=FontProperties(size=8),
    )
    axes.add_artist(bar)
    north = axes.annotate(
        messages.text("figure.map_travel_time.north"),
        xy=(0.02, 0.19),
        xytext=(0.02, 0.11),
        xycoords="axes fraction",
        ha="center",
        fontsize=8,
        arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0},
    )
    return [bar, north]


def _legends(figure: Figure, evidence: Evidence, messages: Messages) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.lines import Line2D

    colours, norm = _classes()
    bar_axes = figure.add_axes((0.03, 0.1, 0.36, 0.024))
    bar = figure.colorbar(
        ScalarMappable(norm, colours), cax=bar_axes, orientation="horizontal", extend="max", spacing="uniform"
    )
    bar.set_label(messages.text("figure.map_travel_time.minutes"))
    bar.set_ticks(MINUTES, labels=[messages.number(value, 0) for value in MINUTES])
    bar.outline.set_linewidth(0.4)
    sites = [
        Line2D([], [], marker=marker, label=messages.text_or(f"kind.{kind}", kind), **_site_look())
        for kind, marker in _site_markers(evidence).items()
    ]
    people = [
        Line2D([], [], marker="o", linestyle="none", color="#9a9a9a", markeredgecolor="white", markersize=float(size),
               label=messages.text("unit.people", value=messages.number(count, 0)))
        for count, size in zip(PEOPLE_SHOWN, np.sqrt(_area(np.array(PEOPLE_SHOWN))), strict=True)
    ]  # fmt: skip
    drawn = set(_road_classes(evidence.plans[evidence.main]))
    roads = [
        Line2D([], [], color=colour, linestyle=style, linewidth=width, label=messages.text(f"road.{name}"))
        for name, (colour, style, width) in ROAD_LOOKS.items()
        if name in drawn
    ]
    for left, key, handles in ((0.46, "sites", sites), (0.67, "districts", people), (0.82, "roads", roads)):
        heading = messages.text(f"figure.map_travel_time.{key}")
        figure.legend(
            handles=handles, title=heading, loc="upper left", bbox_to_anchor=(left, 0.175), alignment="left",
            title_fontproperties={"size": 8.5, "weight": "bold"}, borderpad=0.0,
        )  # fmt: skip


def _data(evidence: Evidence) -> pd.DataFrame:
    """Districts, sites and ends of roads that were drawn, one row each."""
    import pandas as pd

    parts = []
    for scenario in evidence.pair:
        plan = evidence.plans[scenario]
        minutes = mean_minutes(plan)
        rows = {"id": plan.districts.code, "name": plan.districts.name, "lat": plan.districts.lat}
        rows |= {"lon": plan.districts.lon, "population": plan.districts.population, "minutes": minutes}
        parts.append(pd.DataFrame(rows).assign(scenario=scenario, layer="district", kind=""))
        rows = {"id": plan.sites.id, "name": plan.sites.name, "kind": plan.sites.kind}
        rows |= {"lat": plan.sites.lat, "lon": plan.sites.lon}
        parts.append(pd.DataFrame(rows).assign(scenario=scenario, layer="site"))
        ends = {"lat": plan.roads.lat, "lon": plan.roads.lon}
        roads = {axis: values[:, 0] for axis, values in ends.items()}
        roads |= {f"{axis}_to": values[:, 1] for axis, values in ends.items()}
        parts.append(pd.DataFrame(roads).assign(scenario=scenario, layer="road", kind=plan.roads.road_class))
    columns = ["scenario", "layer", "id", "name", "kind", "lat", "lon", "lat_to", "lon_to", "population", "minutes"]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)
