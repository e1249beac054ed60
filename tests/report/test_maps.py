"""Claims of the maps: areas tile the province, follow the user's boundaries, and claim no more than their numbers."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from matplotlib.text import Annotation, Text

from sim.experiment.flows import flow_table
from sim.plan import Boundaries, Districts, Ints, Plan, Roads
from sim.report.evidence import Evidence, gather
from sim.report.maps import flows, regencies, travel_time
from sim.report.maps.areas import GRID_KM, Areas, areas_of, cells, dissolved, hull
from sim.report.maps.canvas import EMPTY
from sim.report.maps.colours import NOTHING, Classes
from sim.report.messages import Messages
from sim.report.parts import note_of
from sim.report.style import RC, Drawn, save
from tests.report.report_cases import Experiment

ROOM = 1e-3
"""Square kilometres that corners on a grid of a decimetre may be worth."""


@pytest.fixture(scope="module")
def plan(experiment: Experiment) -> Plan:
    return experiment.plans["with_ukk"]


def drawn(module: object, evidence: Evidence, language: str = "en") -> Drawn:
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        return module.draw(evidence, Messages(language))  # type: ignore[attr-defined,no-any-return]


# ---------------------------------------------------------------------------------------------------------- areas

coordinate = st.floats(-150, 150).map(lambda value: round(value, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=40))
def test_cells_tile_the_hull_and_each_holds_its_point(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    region = hull(x, y)
    found = cells(x, y, region)
    assert len(found) == len(points)
    together = shapely.union_all(found, grid_size=GRID_KM)
    # A corner moves to the grid, and with it the edges that meet there: that is all that may be missing.
    moved = GRID_KM * sum(cell.length for cell in found)
    assert together.area == pytest.approx(region.area, abs=moved)
    assert sum(cell.area for cell in found) == pytest.approx(together.area, abs=1e-9 * region.area)
    if len(set(points)) == len(points):
        assert all(
            shapely.dwithin(cell, shapely.Point(point), 0.001) for cell, point in zip(found, points, strict=True)
        )


def test_no_place_in_a_cell_is_nearer_to_the_point_of_another(plan: Plan) -> None:
    areas = areas_of(plan)
    x, y = areas.projection.km(plan.districts.lat, plan.districts.lon)
    for row, cell in enumerate(areas.districts):
        corners = shapely.get_coordinates(cell)
        away = np.hypot(corners[:, :1] - x, corners[:, 1:] - y)
        assert (away[:, row] <= away.min(axis=1) + 0.01).all()


def test_regencies_are_their_districts_together(plan: Plan) -> None:
    areas = areas_of(plan)
    for row, regency in enumerate(areas.regencies):
        mine = [areas.districts[place] for place in np.flatnonzero(plan.districts.regency == row)]
        assert regency.area == pytest.approx(sum(cell.area for cell in mine), abs=ROOM * len(mine))
    assert not areas.given


def relabelled(plan: Plan, order: Ints) -> Plan:
    d, rows = plan.districts, order.tolist()
    code, name = (tuple(texts[row] for row in rows) for texts in (d.code, d.name))
    moved = Districts(code, name, d.regency[order], d.lat[order], d.lon[order], d.population[order], d.road_km[order])
    return dataclasses.replace(plan, districts=moved)


def test_the_order_of_the_districts_changes_no_shape(plan: Plan) -> None:
    order = np.random.default_rng(3).permutation(len(plan.districts.code))
    one, other = areas_of(plan), areas_of(relabelled(plan, order))
    for place, row in enumerate(order):
        assert shapely.symmetric_difference(one.districts[row], other.districts[place]).area < ROOM
    for a, b in zip(one.regencies, other.regencies, strict=True):
        assert shapely.symmetric_difference(a, b).area < ROOM


@pytest.mark.parametrize("n", [1, 2])
def test_a_province_of_one_or_two_districts_has_areas(plan: Plan, n: int) -> None:
    few = relabelled(plan, np.arange(n))
    areas = areas_of(few)
    assert all(shape.area > 1 for shape in areas.districts)
    west, south, east, north = areas.bounds
    assert east > west and north > south


# ----------------------------------------------------------------------------------------------------- boundaries


def squares(plan: Plan, of: str) -> Plan:
    """The plan with a square of 2 by 2 degrees for each unit, side by side."""
    n = len(plan.regencies.code) if of == "regency" else len(plan.districts.code)
    west = 100.0 + 2.0 * np.arange(n)
    lon = (west[:, None] + [0, 2, 2, 0]).ravel()
    lat = np.tile([-4.0, -4.0, -2.0, -2.0], n)
    yes, first = np.ones(n, dtype=np.bool_), 4 * np.arange(n + 1)
    return dataclasses.replace(plan, boundaries=Boundaries(of, np.arange(n), yes, first, lon, lat))


def test_boundaries_of_any_scenario_are_those_of_the_maps(plan: Plan) -> None:
    assert areas_of(plan, squares(plan, "regency")).given
    assert not areas_of(plan, plan).given


def test_given_regencies_are_tiled_by_their_own_districts(plan: Plan) -> None:
    areas = areas_of(squares(plan, "regency"))
    assert areas.given
    for row, regency in enumerate(areas.regencies):
        mine = [areas.districts[place] for place in np.flatnonzero(plan.districts.regency == row)]
        assert sum(cell.area for cell in mine) == pytest.approx(regency.area, rel=1e-6)
        assert shapely.difference(shapely.union_all(mine), shapely.buffer(regency, 0.01)).area == 0


def test_given_districts_are_dissolved_to_regencies(plan: Plan) -> None:
    areas = areas_of(squares(plan, "district"))
    assert areas.given
    sizes = np.bincount(plan.districts.regency, [shape.area for shape in areas.districts])
    assert [shape.area for shape in areas.regencies] == pytest.approx(sizes.tolist(), rel=1e-6)


def test_a_hole_in_a_given_polygon_stays_a_hole(plan: Plan) -> None:
    base = squares(plan, "regency").boundaries
    lon = np.concatenate([base.lon[:4], [100.5, 101.5, 101.5, 100.5], base.lon[4:]])
    lat = np.concatenate([base.lat[:4], [-3.5, -3.5, -2.5, -2.5], base.lat[4:]])
    unit, outer = np.insert(base.unit, 1, 0), np.insert(base.outer, 1, False)
    with_hole = dataclasses.replace(base, unit=unit, outer=outer, first=4 * np.arange(len(unit) + 1), lon=lon, lat=lat)
    whole, holed = (areas_of(dataclasses.replace(plan, boundaries=b)).regencies[0] for b in (base, with_hole))
    assert holed.area == pytest.approx(0.75 * whole.area, rel=1e-6)


def test_boundaries_are_kept_with_the_results(plan: Plan, tmp_path: Path) -> None:
    from sim.keeping.plan_files import pack_plans, read_plans

    (tmp_path / "plans.npz").write_bytes(pack_plans({"one": squares(plan, "regency")}))
    found = read_plans(tmp_path / "plans.npz")["one"]
    assert found.boundaries.of == "regency"
    assert [a.area for a in areas_of(found).regencies] == [a.area for a in areas_of(squares(plan, "regency")).regencies]


# -------------------------------------------------------------------------------------------------------- figures


def test_classes_are_five_of_one_hue_that_darken(evidence: Evidence) -> None:
    for classes in (Classes.of_amounts(travel_time.MINUTES), Classes.of_amounts(regencies.HOURS)):
        edges = np.array([*classes.edges, 2 * classes.edges[-1]])
        shades = np.array(classes.of((edges[:-1] + edges[1:]) / 2))[:, :3]
        assert len(shades) == 5
        light = shades @ (0.2126, 0.7152, 0.0722)
        assert (np.diff(light) < -0.05).all()
        assert (shades[:, 2] >= shades.max(axis=1)).all(), "blue throughout"


@pytest.mark.parametrize("edges", [travel_time.SHORTER, regencies.SAVED])
def test_a_difference_of_nothing_is_white_and_losses_have_a_hue_of_their_own(edges: tuple[float, ...]) -> None:
    values = np.array([-1e9, -edges[0] / 2, 0.0, edges[0] / 2, 1e9])
    with_losses = Classes.of_changes(edges, values)
    assert list(with_losses.edges) == [-edge for edge in reversed(with_losses.edges)]
    loss, *nothing, gain = with_losses.of(values)
    assert all(min(shade[:3]) > 0.95 for shade in nothing)
    assert loss[0] > loss[1] and gain[1] > gain[0]
    gains_alone = Classes.of_changes(edges, values[1:])
    assert gains_alone.of(values[1:]) == with_losses.of(values[1:])
    assert len(gains_alone.edges) == 5
    assert with_losses.below_zero and not gains_alone.below_zero
    assert with_losses.of(np.array([np.nan])) == [EMPTY]


def test_the_map_of_the_difference_says_that_it_compares_the_same_people(evidence: Evidence) -> None:
    note = note_of(drawn(regencies, evidence).figure)
    assert "compares the same people" in note and "not after less before" in note
    for module in (regencies, travel_time, flows):
        assert "not legal boundaries" in note_of(drawn(module, evidence).figure)


def test_no_name_covers_a_regency_that_is_too_small_for_its_own(evidence: Evidence) -> None:
    figure = drawn(regencies, evidence).figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    axes = next(axes for axes in figure.axes if axes.texts)
    patches = {part.get_gid(): part for part in axes.findobj(PathPatch) if str(part.get_gid()).startswith("area-")}
    boxes = [shapely.box(*Text.get_window_extent(text, renderer).extents) for text in axes.texts if text.get_text()]
    areas = areas_of(*evidence.plans.values())
    assert len(patches) == len(areas.regencies)
    for shape in areas.regencies:
        seen = shapely.transform(shape, axes.transData.transform)
        hidden = shapely.union_all([shapely.intersection(seen, box) for box in boxes]).area
        assert hidden <= 0.45 * seen.area


def test_every_district_and_regency_tells_its_value_in_each_panel(evidence: Evidence) -> None:
    plan = evidence.plans["with_ukk"]
    minutes = plan.travel.duration_ms[0].min(axis=1) / 60_000
    told = drawn(travel_time, evidence).hover
    for view in ("before", "after", "difference"):
        assert {f"area-{view}-{code}" for code in plan.districts.code} <= set(told)
    code, name = plan.districts.code[0], plan.districts.name[0]
    assert told[f"area-after-{code}"] == f"{name}, Ogan Komering Ulu: {minutes[0]:.0f} minutes"
    told = drawn(regencies, evidence).hover
    hours = evidence.estimate("with_ukk", "travel_hours", "mean", "regency", "16.73")
    ends = f"({hours.low:.1f} to {hours.high:.1f})"
    assert told["area-after-16.73"] == f"Lubuklinggau: {hours.estimate:.1f} hours {ends}"
    assert "hours saved per person" in told["area-difference-16.73"]


def test_a_change_that_chance_may_have_made_is_not_coloured(experiment: Experiment) -> None:
    few = experiment.replications[experiment.replications["replication"] < 2]
    evidence = gather(few, experiment.plans, "before_ukk", "with_ukk", 0.95)
    figure = drawn(regencies, evidence)
    nothing = NOTHING
    unclear = [name for name, text in figure.hover.items() if "no clear change" in text]
    assert unclear
    parts = figure.figure.findobj(PathPatch)
    found = {part.get_gid(): part.get_facecolor() for part in parts if isinstance(part, PathPatch)}
    for name in unclear:
        assert found[name] == pytest.approx(nothing)


def test_a_clear_loss_that_is_too_small_for_a_colour_is_crossed_and_in_the_key(experiment: Experiment) -> None:
    rows = experiment.replications.copy()
    told = (rows["scenario"] == "with_ukk") & (rows["measure"] == "travel_hours_saved") & (rows["unit"] == "16.72")
    rows.loc[told & (rows["statistic"] == "mean"), "value"] = -0.1 + 0.001 * np.arange(10)
    for found, number in ((rows, 1), (experiment.replications, 0)):
        figure = drawn(regencies, gather(found, experiment.plans, "before_ukk", "with_ukk", 0.95)).figure
        labels = [text.get_text() for text in figure.findobj(Text)]  # type: ignore[attr-defined]
        assert labels.count("clearly more travel, by less than 0.25 hours") == number
        crossed = [part for part in figure.findobj(PathPatch) if part.get_hatch() == regencies.CROSSED]
        assert len(crossed) == number


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("module", [travel_time, regencies, flows], ids=lambda module: module.NAME)
def test_labels_of_a_map_overlap_neither_each_other_nor_its_edge(
    evidence: Evidence, module: object, language: str
) -> None:
    figure = drawn(module, evidence, language).figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    panels = [axes for axes in figure.axes if any(isinstance(text, Annotation) for text in axes.texts)]
    assert len(panels) == (2 if module is flows else 3)
    for axes in panels:
        boxes = [Text.get_window_extent(text, renderer) for text in axes.texts if text.get_text().strip()]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[place + 1 :])
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1


def test_the_texts_of_hovering_are_in_the_svg_where_their_parts_are(evidence: Evidence, tmp_path: Path) -> None:
    figure = drawn(flows, evidence)
    (path,) = save(figure, tmp_path, ("svg",))
    svg = path.read_text(encoding="utf-8")
    found = dict(re.findall(r'<g id="([^"]+)">\n<title>(.*?)</title>', svg))
    assert found.keys() == figure.hover.keys()
    assert re.findall(r'id="view-(\w+)"', svg) == ["before", "after"]


# ---------------------------------------------------------------------------------------------------------- flows


def test_flows_of_a_site_add_up_to_its_applicants_and_all_to_those_of_the_province(evidence: Evidence) -> None:
    for scenario in evidence.pair:
        rows = evidence.flows[evidence.flows["scenario"] == scenario]
        assert rows["applicants"].sum() == pytest.approx(evidence.estimate(scenario, "applicants", "count").estimate)
        by_site = rows.groupby("site")["applicants"].sum()
        assert set(by_site.index) <= set(evidence.plans[scenario].sites.id)
    figure = drawn(flows, evidence)
    again = gather(evidence.replications, evidence.plans, "before_ukk", "with_ukk", 0.95)
    pd.testing.assert_frame_equal(again.flows, evidence.flows)
    shown = evidence.flows["scenario"].isin(evidence.pair) & (evidence.flows["applicants"] >= flows.LEAST)
    pd.testing.assert_frame_equal(figure.data, evidence.flows[shown].reset_index(drop=True))


def test_a_flow_of_less_than_one_applicant_is_neither_drawn_nor_listed(evidence: Evidence) -> None:
    table = evidence.flows[evidence.flows["scenario"] == "with_ukk"].reset_index(drop=True)
    code, sites = table["district"].iloc[0], evidence.plans["with_ukk"].sites
    row = int(table.index[table["district"] == code][0])
    rest = evidence.flows[evidence.flows["scenario"] != "with_ukk"]
    few = pd.concat([rest, table.assign(applicants=table["applicants"].where(table.index != row, 0.4))])
    told = drawn(flows, dataclasses.replace(evidence, flows=few.reset_index(drop=True)))
    name = sites.name[sites.id.index(table["site"].iloc[row])]
    assert f"to {name}" in drawn(flows, evidence).hover[f"area-after-{code}"]
    assert f"to {name}" not in told.hover[f"area-after-{code}"]
    assert (told.data["applicants"] >= 1).all()


def test_a_flow_that_a_replication_does_not_have_counts_as_nobody() -> None:
    rows = [("a", 0, "applicants", "flow", "1 x", "count", 4.0), ("a", 1, "applicants", "flow", "1 y", "count", 6.0)]
    rows += [("a", 1, "applicants", "flow", "1 x", "count", 2.0)]
    columns = ["scenario", "replication", "measure", "level", "unit", "statistic", "value"]
    found = flow_table(pd.DataFrame(rows, columns=columns), 0.95, ["a"]).set_index("site")
    assert found["applicants"].to_dict() == {"x": 3.0, "y": 3.0}
    assert (found["ci_low"] >= 0).all() and (found["replications"] == 2).all()


def test_flows_are_no_measures_of_the_summary(experiment: Experiment) -> None:
    from sim.experiment.summarise import summary

    few = experiment.replications[experiment.replications["scenario"] == "before_ukk"]
    assert "flow" in set(few["level"])
    assert "flow" not in set(summary(few, 0.95)["level"])


def test_wide_flows_lie_below_narrow_ones_and_width_follows_applicants(evidence: Evidence) -> None:
    figure = drawn(flows, evidence)
    (panel, *_) = figure.figure.axes
    lines = [part for part in panel.findobj(PathPatch) if isinstance(part, PathPatch) and part.get_zorder() == 4]
    widths = [line.get_linewidth() for line in lines]
    assert widths == sorted(widths, reverse=True)
    assert min(widths) >= flows.STEP and max(widths) == flows.WIDEST
    rows = figure.data[(figure.data["scenario"] == "before_ukk") & (figure.data["applicants"] >= flows.LEAST)]
    drawn_lines = [np.shape(line.get_path().vertices)[0] // 2 for line in lines]
    assert sum(drawn_lines) == len(rows)
    assert drawn_lines[0] < len(rows) / 2


def test_a_province_without_roads_and_a_region_without_people_are_drawn(experiment: Experiment) -> None:
    bare = Roads(np.zeros((0, 2)), np.zeros((0, 2)), ())
    plans = {name: dataclasses.replace(plan, roads=bare) for name, plan in experiment.plans.items()}
    evidence = gather(experiment.replications, plans, "before_ukk", "with_ukk", 0.95)
    assert drawn(travel_time, evidence).hover


def test_dissolving_keeps_the_order_of_groups() -> None:
    shapes = [shapely.box(west, 0, west + 1, 1) for west in range(4)]
    found = dissolved(shapes, np.array([1, 0, 0, 1]), 2)
    assert [shape.area for shape in found] == pytest.approx([2.0, 2.0])
    assert found[0].bounds == pytest.approx((1, 0, 3, 1))
    assert isinstance(Areas.bounds, property)
