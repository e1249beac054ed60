"""The map of flows: who books where, a line from each district to each site, as wide as there are applicants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plan import EVERYONE
from sim.report.evidence import Evidence
from sim.report.maps.areas import Areas, areas_of
from sim.report.maps.canvas import Sheet, draw_areas, draw_borders, note_of
from sim.report.maps.layers import draw_sites, site_handles
from sim.report.style import BLUE, GREEN, ORANGE, Drawn

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages

NAME = "map_flows"
LAND = "#f1f1ee"
OFFICES = (BLUE, "#D55E00", GREEN, "#CC79A7", ORANGE, "#56B4E9", "#8C6D1F", "#4B3F8F")
"""Colours of offices, Okabe and Ito's (2008) and two more; they come round again where there are more offices."""
SERVICES = "#6f6f6f"
WIDEST = 7.0
"""Points of the widest flows."""
STEP = 0.25
"""Points by which widths differ; the narrowest is one step."""
USUAL = 0.95
"""Share of the flows whose width tells their applicants; the few greater ones are no wider."""
LEAST = 1.0
"""Applicants below which a flow is neither drawn nor told."""
MOST_TOLD = 6


def draw(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the baseline, the main scenario, and the one with most places of mobile services, where that is neither."""
    title = messages.text(f"figure.{NAME}.title")
    scenarios = shown_scenarios(evidence)
    sheet = Sheet.of(len(scenarios), title)
    areas = areas_of(*(evidence.plans[name] for name in evidence.pair))
    data = _data(evidence, scenarios)
    drawn = data["applicants"]
    most = _round_up(float(drawn.quantile(USUAL))) if len(drawn) else 10.0
    colours = site_colours(evidence, scenarios)
    for place, scenario in enumerate(scenarios):
        view = {evidence.main: "after", evidence.baseline: "before"}.get(scenario, "services")
        axes = sheet.panel(place, view, evidence.title(scenario, messages), areas, bar=False)
        flows = data[data["scenario"] == scenario]
        plan = evidence.plans[scenario]
        told = _told_of_districts(evidence, scenario, flows, messages)
        ids = [f"area-{view}-{code}" for code in plan.districts.code]
        draw_areas(sheet, axes, areas.districts, [LAND] * len(ids), ids, told)
        draw_borders(axes, areas)
        _lines(axes, evidence, scenario, areas, flows, colours, WIDEST / most)
        told_of_sites = _told_of_sites(evidence, scenario, flows, messages)
        draw_sites(sheet, axes, evidence, (view, scenario), areas, messages, colours, told_of_sites)
    sheet.legend(
        (
            (messages.text("map.sites"), site_handles(evidence, scenarios, messages, SERVICES)),
            (messages.text(f"figure.{NAME}.applicants"), _widths(messages, most)),
        ),
        f"{messages.text(f'figure.{NAME}.note')} {note_of(areas, messages)}",
    )
    return Drawn(NAME, title, sheet.figure, data, sheet.hover)


def shown_scenarios(evidence: Evidence) -> tuple[str, ...]:
    """The pair, and the scenario with most places of services where it has more than the main one."""
    places = {
        name: int((~plan.sites.is_office & (plan.sites.audience == EVERYONE)).sum())
        for name, plan in evidence.plans.items()
    }
    most = max(places, key=lambda name: places[name])
    more = places[most] > max(places[name] for name in evidence.pair)
    return (*evidence.pair, most) if more else evidence.pair


def site_colours(evidence: Evidence, scenarios: Sequence[str]) -> dict[str, str]:
    """The colour of each site: offices differ, places of services are grey."""
    found: dict[str, str] = {}
    for scenario in scenarios:
        sites = evidence.plans[scenario].sites
        for site, office in zip(sites.id, sites.is_office, strict=True):
            if site not in found:
                number = sum(colour != SERVICES for colour in found.values())
                found[site] = OFFICES[number % len(OFFICES)] if office else SERVICES
    return found


def _lines(
    axes: Axes,
    evidence: Evidence,
    scenario: str,
    areas: Areas,
    flows: pd.DataFrame,
    colours: Mapping[str, str],
    points_each: float,
) -> None:
    """The flows of people who travel, the widest below."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    plan = evidence.plans[scenario]
    sites = {site: row for row, site in enumerate(plan.sites.id) if plan.sites.audience[row] == EVERYONE}
    shown = flows[flows["site"].isin(list(sites))]
    shown = shown.sort_values(["applicants", "district", "site"], ascending=[False, True, True])
    if shown.empty:
        return
    district = {code: row for row, code in enumerate(plan.districts.code)}
    start = np.array([district[code] for code in shown["district"]])
    end = np.array([sites[site] for site in shown["site"]])
    ends = [
        np.column_stack(areas.projection.km(layer.lat[rows], layer.lon[rows]))
        for layer, rows in ((plan.districts, start), (plan.sites, end))
    ]
    lines = np.stack(ends, axis=1)
    points = np.clip(shown["applicants"].to_numpy() * points_each, STEP, WIDEST)
    widths = np.maximum(np.rint(points / STEP), 1) * STEP
    look = [colours[site] for site in shown["site"]]
    # Lines that look the same are one path: a page has thousands of them.
    for width, colour in dict.fromkeys(zip(widths.tolist(), look, strict=True)):
        same = lines[(widths == width) & (np.array(look) == colour)]
        path = Path(same.reshape(-1, 2), [Path.MOVETO, Path.LINETO] * len(same))
        axes.add_artist(
            PathPatch(path, fill=False, edgecolor=colour, linewidth=width, alpha=0.65, capstyle="round", zorder=4)
        )


def _told_of_districts(evidence: Evidence, scenario: str, flows: pd.DataFrame, messages: Messages) -> list[str]:
    """Of each district, how many book where, the most first."""
    plan = evidence.plans[scenario]
    names = dict(zip(plan.sites.id, plan.sites.name, strict=True))
    by_district: dict[str, list[tuple[float, str]]] = {}
    for code, site, people in zip(flows["district"], flows["site"], flows["applicants"], strict=True):
        by_district.setdefault(code, []).append((-float(people), site))
    told = []
    for code, name, regency in zip(plan.districts.code, plan.districts.name, plan.districts.regency, strict=True):
        found = sorted(by_district.get(code, []))[:MOST_TOLD]
        to = [
            messages.text(
                f"figure.{NAME}.to", site=names[site], people=messages.number(-people, 0 if people < -9 else 1)
            )
            for people, site in found
        ]
        where = f"{name}, {plan.regencies.name[regency]}"
        told.append(f"{where}: {'; '.join(to) or messages.text(f'figure.{NAME}.nobody')}")
    return told


def _told_of_sites(evidence: Evidence, scenario: str, flows: pd.DataFrame, messages: Messages) -> dict[str, str]:
    """Of each site, how many book there, and from how many districts at least one."""
    sites = evidence.plans[scenario].sites
    everyone = evidence.flows[evidence.flows["scenario"] == scenario].groupby("site")["applicants"].sum()
    told = {}
    for site, name in zip(sites.id, sites.name, strict=True):
        mine = flows[flows["site"] == site]
        told[site] = messages.text(
            f"figure.{NAME}.at",
            site=name,
            people=messages.number(float(everyone.get(site, 0.0)), 0),
            districts=messages.number(len(mine), 0),
        )
    return told


def _widths(messages: Messages, most: float) -> list[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=SERVICES, alpha=0.65, linewidth=max(count * WIDEST / most, 0.25),
               label=messages.text(f"figure.{NAME}.{key}", value=messages.number(count, 0)))
        for count, key in ((most / 10, "people"), (most / 2, "people"), (most, "people_or_more"))
    ]  # fmt: skip


def _round_up(people: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not less; at least 10."""
    power = 10.0 ** np.floor(np.log10(max(people, 10.0)))
    return float(min(step * power for step in (1, 2, 5, 10) if step * power >= people))


def _data(evidence: Evidence, scenarios: Sequence[str]) -> pd.DataFrame:
    """The flows of the scenarios that are shown, without those of less than one applicant."""
    flows = evidence.flows
    return flows[flows["scenario"].isin(list(scenarios)) & (flows["applicants"] >= LEAST)].reset_index(drop=True)
