"""The map of access: districts by travel time to the nearest session, before, after, and the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.measures.reach import everybody, reach
from sim.report.evidence import Evidence
from sim.report.maps.areas import Areas, areas_of
from sim.report.maps.canvas import Sheet, draw_areas, draw_borders, note_of
from sim.report.maps.colours import Classes
from sim.report.maps.layers import (
    draw_roads,
    draw_sites,
    hatch_off_roads,
    off_road_handles,
    road_handles,
    site_handles,
)
from sim.report.messages import ARROW, rounded
from sim.report.style import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Plan
    from sim.report.messages import Messages

NAME = "map_travel_time"
MINUTES = (0, 60, 120, 180, 240)
"""Edges of the classes of travel time; the last class has no end."""
SHORTER = (10, 30, 60, 120)
"""Edges of the classes of the difference; below the first there is none worth a colour."""

Floats = NDArray[np.float64]


def mean_minutes(plan: Plan) -> Floats:
    """[districts]: one-way minutes to the nearest session, as the measure of the name has them."""
    return reach(plan, everybody(plan)).nearest_minutes()


def draw(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the map: the baseline, the main scenario and how much nearer that is; or the one scenario alone."""
    title = messages.text(f"figure.{NAME}.title")
    compared = evidence.compares
    sheet = Sheet.of(3 if compared else 1, title)
    areas = areas_of(*(evidence.plans[name] for name in evidence.pair))
    minutes = {scenario: mean_minutes(evidence.plans[scenario]) for scenario in evidence.pair}
    views = ("before", "after") if compared else ("after",)
    for place, (view, scenario) in enumerate(zip(views, evidence.pair, strict=True)):
        texts = [_told(messages, value) for value in minutes[scenario].tolist()]
        label = messages.text(f"figure.{NAME}.minutes")
        classes = Classes.of_amounts(MINUTES)
        _panel(sheet, place, (view, scenario), areas, evidence, messages, minutes[scenario], texts, classes, label)
    if compared:
        before, after = (minutes[scenario] for scenario in evidence.pair)
        texts = [_changed(messages, *pair) for pair in zip(before.tolist(), after.tolist(), strict=True)]
        panel = ("difference", evidence.main)
        classes = Classes.of_changes(SHORTER, before - after)
        label = messages.text(f"figure.{NAME}.{'shorter_or_longer' if classes.below_zero else 'shorter'}")
        _panel(sheet, 2, panel, areas, evidence, messages, before - after, texts, classes, label)
    plan = evidence.plans[evidence.main]
    sheet.legend(
        (
            (messages.text("map.sites"), site_handles(evidence, evidence.pair, messages)),
            (messages.text("map.roads"), [*road_handles(plan, messages), *off_road_handles(plan, messages)]),
        ),
        f"{evidence.text(f'figure.{NAME}.note', messages)} {note_of(areas, messages)}",
    )
    return Drawn(NAME, title, sheet.figure, _data(evidence), sheet.hover)


def _panel(
    sheet: Sheet,
    place: int,
    panel: tuple[str, str],
    areas: Areas,
    evidence: Evidence,
    messages: Messages,
    values: Floats,
    texts: list[str],
    classes: Classes,
    label: str,
) -> None:
    """One panel: the view and the scenario whose roads and sites it shows, values by district and what is told."""
    view, scenario = panel
    plan = evidence.plans[scenario]
    districts, regencies = plan.districts, plan.regencies
    difference = messages.text(f"figure.{NAME}.difference")
    title = difference if view == "difference" else evidence.title(scenario, messages)
    axes = sheet.panel(place, view, title, areas)
    told = [
        f"{name}, {regencies.name[regency]}: {text}"
        for name, regency, text in zip(districts.name, districts.regency.tolist(), texts, strict=True)
    ]
    ids = [f"area-{view}-{code}" for code in districts.code]
    hatch_off_roads(draw_areas(sheet, axes, areas.districts, classes.of(values), ids, told), plan)
    draw_borders(axes, areas)
    draw_roads(axes, plan, areas)
    draw_sites(sheet, axes, evidence, panel, areas, messages)
    ticks = [messages.number(edge, 0) for edge in classes.edges]
    sheet.bar(place, classes.map, classes.norm, label, classes.edges, ticks)


def _told(messages: Messages, minutes: float) -> str:
    if np.isnan(minutes):
        return messages.text(f"figure.{NAME}.unreached")
    return messages.text(f"figure.{NAME}.value", minutes=messages.number(minutes, 0))


def _changed(messages: Messages, before: float, after: float) -> str:
    if np.isnan(before) or np.isnan(after):
        return ARROW.join(_told(messages, minutes) for minutes in (before, after))
    more = rounded(after, 0) - rounded(before, 0)
    word = "longer" if more > 0 else "same" if more == 0 else "nearer"
    numbers = {"before": before, "after": after, "change": abs(more)}
    return messages.text(f"figure.{NAME}.{word}", **{key: messages.number(value, 0) for key, value in numbers.items()})


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
