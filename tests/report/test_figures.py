"""Claims of the figures: complete, the same bytes each time, and exactly the data beside them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from sim.keeping.folder import FIGURES as FOLDER
from sim.plan import Outage, Plan
from sim.report.curves import coverage_curve
from sim.report.dots import burden_by_regency, paired_differences
from sim.report.evidence import Evidence, gather
from sim.report.figures import COMPARING, FIGURES, WITH_CURVES, draw_figures, figures_of
from sim.report.labels import place_labels
from sim.report.maps.areas import Projection
from sim.report.messages import Messages
from sim.report.order import regency_order
from sim.report.outages import PANELS, outage_recovery
from sim.report.style import AFTER, BEFORE, ENDINGS, RC, new_figure
from sim.report.tables import regencies_of
from tests.report.report_cases import WEEKS, Experiment

NAMES = (
    "map_travel_time",
    "map_regencies",
    "map_flows",
    "coverage_curve",
    "burden_by_regency",
    "waits_by_site",
    "lead_time_by_week",
    "queue_by_week",
    "warm_up",
    "paired_differences",
    "lorenz_curves",
)
UNPAINTED = ("svg", "csv")
"""For tests that ask what a figure shows: the picture in points shows the same."""
Draw = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def draw(experiment: Experiment, whole_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Draws all figures in a language into a folder of a name, once; the first are those of the whole page."""
    done = {("en", "first"): whole_page.parent / FOLDER}

    def drawn(language: str, name: str) -> Path:
        if (language, name) not in done:
            folder = done[language, name] = tmp_path_factory.mktemp(name)
            paths = draw_figures(folder, experiment.gathered(), language, ENDINGS if language == "en" else UNPAINTED)
            assert sorted(paths) == sorted(folder.iterdir())
        return done[language, name]

    return drawn


def test_every_figure_comes_as_svg_png_and_csv(draw: Draw) -> None:
    folder = draw("en", "first")
    expected = {f"{name}.{ending}" for name in NAMES for ending in ("svg", "png", "csv")}
    assert {path.name for path in folder.iterdir()} == expected
    assert len({**FIGURES, **COMPARING, **WITH_CURVES}) == len(NAMES)


def test_queues_by_week_are_drawn_where_two_weeks_are_known_and_else_left_out(experiment: Experiment) -> None:
    rows = experiment.replications
    of_weeks = (rows["measure"] == "wait_minutes") & rows["level"].isin(["week", "site_week"])
    for weeks, drawn in ((0, False), (1, False), (2, True)):
        kept = ~of_weeks | rows["unit"].str.endswith(tuple(map(str, WEEKS[:weeks])) or ("none",))
        evidence = gather(rows[kept], experiment.plans, "before_ukk", "with_ukk", 0.95)
        assert ("queue_by_week" in figures_of(evidence, {})) == drawn


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes_and_the_settings_of_matplotlib_are_left_alone(draw: Draw) -> None:
    first, before = draw("en", "first"), dict(matplotlib.rcParams)
    second = draw("en", "second")
    different = [path.name for path in first.iterdir() if path.read_bytes() != (second / path.name).read_bytes()]
    assert not different
    assert dict(matplotlib.rcParams) == before


def test_nothing_in_a_figure_tells_when_it_was_made(draw: Draw) -> None:
    drawn = sorted(draw("en", "first").glob("*.svg"))
    assert [path.stem for path in drawn] == sorted(NAMES)
    for path in drawn:
        text = path.read_text(encoding="utf-8")
        assert "<dc:date>" not in text
        assert "<dc:title>" in text


@pytest.mark.slow
def test_language_changes_the_words_and_not_the_data(draw: Draw) -> None:
    english, indonesian = draw("en", "first"), draw("id", "indonesian")
    for name in NAMES:
        assert (english / f"{name}.csv").read_bytes() == (indonesian / f"{name}.csv").read_bytes()
        assert (english / f"{name}.svg").read_bytes() != (indonesian / f"{name}.svg").read_bytes()
    assert "Waktu tempuh" in (indonesian / "map_travel_time.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "id"])
def test_scenarios_have_their_titles_in_the_language_of_the_figure(evidence: Evidence, language: str) -> None:
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        drawn = coverage_curve(evidence, Messages(language))
    labels = [line.get_label() for line in drawn.figure.axes[0].get_lines()]
    title = evidence.plans["before_ukk"].title[language]
    assert title in [str(label).replace("\n", " ") for label in labels]


def test_the_map_shows_every_district_and_site_of_both_scenarios(draw: Draw, experiment: Experiment) -> None:
    data = pd.read_csv(draw("en", "first") / "map_travel_time.csv")
    for scenario in ("before_ukk", "with_ukk"):
        plan = experiment.plans[scenario]
        rows = data[data["scenario"] == scenario]
        districts = rows[rows["layer"] == "district"]
        assert list(districts["id"]) == list(plan.districts.code)
        assert list(rows[rows["layer"] == "site"]["id"]) == list(plan.sites.id)
        minutes = plan.travel.duration_ms[0].min(axis=1) / 60_000
        assert districts["minutes"].to_numpy() == pytest.approx(minutes)


def test_the_coverage_curve_meets_the_coverage_measures(draw: Draw, evidence: Evidence) -> None:
    data = pd.read_csv(draw("en", "first") / "coverage_curve.csv")
    for scenario in ("before_ukk", "with_ukk"):
        for minutes in (60, 120):
            within = data[(data["scenario"] == scenario) & (data["minutes"] <= minutes)]["share_within"].max()
            assert within == pytest.approx(evidence.estimate(scenario, f"coverage_{minutes}_min", "share").estimate)


def test_the_figure_of_differences_shows_the_comparisons(draw: Draw, evidence: Evidence) -> None:
    data = pd.read_csv(draw("en", "first") / "paired_differences.csv", dtype={"unit": str})
    assert len(data) == 3 * (5 + 17)
    for row in data.to_dict("records"):
        found = evidence.difference(row["scenario"], row["measure"], "mean", row["level"], row["unit"])
        shown = (row["difference"], row["ci_low"], row["ci_high"])
        assert shown == pytest.approx((found.difference, found.low, found.high))


def test_regencies_are_in_one_order_that_of_their_gain_in_all_figures_and_tables(
    draw: Draw, evidence: Evidence
) -> None:
    order = regency_order(evidence)
    gains = [evidence.difference("with_ukk", "travel_hours_saved", "mean", "regency", c).difference for c in order]
    assert len(order) == 17 and gains == sorted(gains, reverse=True)
    for name in ("burden_by_regency", "paired_differences"):
        data = pd.read_csv(draw("en", "first") / f"{name}.csv", dtype={"unit": str})
        assert list(data[data["level"] == "regency"]["unit"].unique()) == order
    plan = evidence.plans["with_ukk"]
    names = dict(zip(plan.regencies.code, plan.regencies.name, strict=True))
    assert [row[0] for row in regencies_of(evidence, Messages("en")).rows[:-1]] == [names[code] for code in order]


def test_each_dot_has_its_value_beside_it(evidence: Evidence) -> None:
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        drawn = burden_by_regency(evidence, Messages("id"))
    written = [text.get_text() for text in drawn.figure.axes[0].texts]
    rows = drawn.data[drawn.data["measure"] == "travel_hours"]
    assert sorted(written) == sorted(Messages("id").number(value) for value in rows["estimate"])


def test_differences_that_the_text_tells_apart_are_told_apart_beside_their_dots(experiment: Experiment) -> None:
    rows = experiment.replications.copy()
    for scenario, hours in (("only_oku", 0.251), ("only_musi_rawas", 0.245)):
        told = (
            (rows["scenario"] == scenario) & (rows["measure"] == "travel_hours_saved") & (rows["statistic"] == "mean")
        )
        rows.loc[told & (rows["level"] == "province"), "value"] = hours + np.linspace(-0.004, 0.004, 10)
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        drawn = paired_differences(evidence, Messages("en"))
    written = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert {"0.251", "0.245"} <= set(written)


def test_panels_and_what_they_share_are_named_in_the_svg(draw: Draw) -> None:
    svg = (draw("en", "first") / "burden_by_regency.svg").read_text(encoding="utf-8")
    for name in ("body", "legend", "panel-0", "panel-1", "left-1", "head", "note"):
        assert f'<g id="{name}">' in svg, name
    assert '<g id="left-0">' not in svg
    assert "<dc:description>" in svg


def test_a_site_that_is_not_open_in_the_baseline_has_one_mark(draw: Draw) -> None:
    data = pd.read_csv(draw("en", "first") / "waits_by_site.csv")
    marks = data[data["statistic"] == "mean"].groupby("unit").size()
    assert marks["kanim_palembang"] == 2
    assert marks["ukk_oku"] == 1


def test_lead_times_are_drawn_for_the_province_and_then_for_offices_the_longest_first(
    draw: Draw, evidence: Evidence
) -> None:
    data = pd.read_csv(draw("en", "first") / "lead_time_by_week.csv")
    sites = evidence.plans["with_ukk"].sites
    lead = {
        site: evidence.estimate("with_ukk", "lead_days", "mean", "site", site).estimate
        for site, office in zip(sites.id, sites.is_office, strict=True)
        if office
    }
    slowest = sorted(lead, key=lambda site: (-lead[site], site))[:5]
    assert list(data["unit"].unique()) == ["province", *slowest]
    assert len(data[data["unit"] == "province"]) == 2 * 52


def test_queues_are_drawn_for_the_province_and_then_for_offices_the_longest_week_first(
    draw: Draw, evidence: Evidence
) -> None:
    data = pd.read_csv(draw("en", "first") / "queue_by_week.csv")
    after = data[(data["scenario"] == "with_ukk") & (data["unit"] != "province")]
    longest = after.groupby("unit")["estimate"].max().sort_values(ascending=False)
    assert list(data["unit"].unique()) == ["province", *longest.index]
    assert len(longest) == 5
    week = data["week"].iloc[10]
    expected = evidence.estimate("with_ukk", "wait_minutes", "mean", "site_week", f"kanim_palembang {week}").estimate
    shown = after[(after["unit"] == "kanim_palembang") & (after["week"] == week)]["estimate"].item()
    assert shown == pytest.approx(expected)


def test_where_others_come_than_before_no_figure_claims_that_people_are_compared(experiment: Experiment) -> None:
    rows = experiment.replications
    others = gather(
        rows[~rows["measure"].str.contains("saved|now_|no_longer")], experiment.plans, "before_ukk", "with_ukk", 0.95
    )
    drawn = figures_of(others, {})
    assert "paired_differences" not in drawn and "map_regencies" in drawn
    with matplotlib.rc_context(RC):
        map_of_hours = drawn["map_regencies"](others, Messages("en"))
    words = [text.get_text() for text in map_of_hours.figure.findobj(Text)]
    assert not any("same people compared" in text or "no clear change" in text for text in words)
    assert any("They are not the same people" in " ".join(text.split()) for text in words)


@pytest.mark.slow
def test_results_without_gains_person_by_person_can_still_be_drawn(experiment: Experiment, tmp_path: Path) -> None:
    rows = experiment.replications
    kept = rows[~rows["measure"].str.contains("saved|now_|no_longer") & ~rows["level"].str.contains("week")]
    draw_figures(tmp_path, gather(kept, experiment.plans, "before_ukk", "with_ukk", 0.95), "en", UNPAINTED)
    assert not (tmp_path / "paired_differences.csv").exists()
    hours = pd.read_csv(tmp_path / "map_regencies.csv")
    assert set(hours["measure"]) == {"travel_hours"} and set(hours["scenario"]) == {"before_ukk", "with_ukk"}


@pytest.mark.slow
def test_where_nobody_is_served_gains_are_drawn_without_any_regency(experiment: Experiment, tmp_path: Path) -> None:
    rows = experiment.replications.copy()
    rows.loc[rows["measure"] == "travel_hours", "value"] = np.nan
    draw_figures(tmp_path, gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95), "en", UNPAINTED)
    assert set(pd.read_csv(tmp_path / "paired_differences.csv")["level"]) == {"province"}


@pytest.mark.slow
def test_where_nothing_is_compared_the_one_scenario_is_drawn_alone(experiment: Experiment, tmp_path: Path) -> None:
    draw_figures(tmp_path, gather(experiment.replications, experiment.plans, None, "with_ukk", 0.95), "en", UNPAINTED)
    assert {path.stem for path in tmp_path.iterdir()} == set(NAMES) - {"paired_differences"}
    for path in tmp_path.glob("*.csv"):
        assert list(pd.read_csv(path)["scenario"].unique()) == ["with_ukk"]
    for path in tmp_path.glob("*.svg"):
        text = " ".join(re.findall(r"<!-- (.*?) -->", path.read_text("utf-8"), re.DOTALL)).lower()
        assert "saved" not in text and "before and after" not in text, f"{path.name} compares"


def failing(
    experiment: Experiment, first_day: int | None, last_day: int | None, returns_over: int = 0
) -> tuple[dict[str, Plan], pd.DataFrame]:
    """The made-up experiment with an outage of printing in one scenario, and rows by week."""
    outage = Outage("power", False, True, True, np.array([0]), first_day, last_day, 0.01, {1: 1.0}, returns_over)
    plans = experiment.plans | {"only_oku": dataclasses.replace(experiment.plans["only_oku"], outages=(outage,))}
    rows = experiment.replications
    weeks = rows[(rows["level"] == "week") & (rows["measure"] == "lead_days")]
    more = [weeks.assign(measure=measure, statistic=statistic) for measure, statistic, _ in PANELS]
    return plans, pd.concat([rows, *more], ignore_index=True)


@pytest.mark.parametrize("language", ["en", "id"])
def test_where_something_fails_the_way_back_is_drawn_beside_the_baseline(experiment: Experiment, language: str) -> None:
    # Day 0 is 1 January 2023.
    plans, rows = failing(experiment, 58, 64)
    evidence = gather(rows, plans, "before_ukk", "with_ukk", 0.95)
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        drawn = outage_recovery(evidence, Messages(language))
    assert list(drawn.data["scenario"].unique()) == ["before_ukk", "only_oku"]
    assert len(drawn.data) == 2 * 4 * 52
    texts = [text.get_text() for axes in drawn.figure.axes for text in axes.texts]
    expected = {
        "en": "No books printed at Kantor Imigrasi Kelas I TPI Palembang: 28 February to 6 March 2023",
        "id": "Buku tidak dicetak di Kantor Imigrasi Kelas I TPI Palembang: 28 Februari sampai 6 Maret 2023",
    }
    assert texts == [expected[language]]


def test_a_figure_names_no_office_where_all_that_could_be_are_struck(experiment: Experiment) -> None:
    plans, rows = failing(experiment, 58, 64)
    everywhere = np.arange(len(plans["only_oku"].sites.id))
    outages = tuple(dataclasses.replace(one, sites=everywhere) for one in plans["only_oku"].outages)
    plans |= {"only_oku": dataclasses.replace(plans["only_oku"], outages=outages)}
    drawn = outage_recovery(gather(rows, plans, "before_ukk", "only_oku", 0.95), Messages("en"))
    (text,) = (text.get_text() for axes in drawn.figure.axes for text in axes.texts)
    assert text == "No books printed: 28 February to 6 March 2023"


def test_a_figure_says_when_printing_that_returns_by_and_by_is_whole(experiment: Experiment) -> None:
    # Printing stops until Monday 6 March 2023 and comes back on the 7th and the 8th.
    plans, rows = failing(experiment, 58, 64, returns_over=2)
    drawn = outage_recovery(gather(rows, plans, "before_ukk", "only_oku", 0.95), Messages("en"))
    (text,) = (text.get_text() for axes in drawn.figure.axes for text in axes.texts)
    assert text.endswith("\nthen by and by, in full from 9 March 2023")


@pytest.mark.parametrize(("first_day", "last_day", "side"), [(20, 26, "left"), (330, 340, "right")])
def test_what_was_out_is_written_where_there_is_room(
    experiment: Experiment, first_day: int, last_day: int, side: str
) -> None:
    plans, rows = failing(experiment, first_day, last_day, returns_over=2)
    drawn = outage_recovery(gather(rows, plans, "before_ukk", "only_oku", 0.95), Messages("id"))
    (text,) = (text for axes in drawn.figure.axes for text in axes.texts)
    assert text.get_horizontalalignment() == side
    drawn.figure.draw_without_rendering()
    extent, panel = text.get_window_extent(), text.axes.get_window_extent()  # type: ignore[union-attr]
    assert panel.x0 <= extent.x0 <= extent.x1 <= panel.x1


@pytest.mark.slow
def test_an_outage_at_random_is_drawn_without_dates_and_says_so(experiment: Experiment, tmp_path: Path) -> None:
    plans, rows = failing(experiment, None, None)
    paths = draw_figures(tmp_path, gather(rows, plans, "before_ukk", "only_oku", 0.95), "en", ("png",))
    assert tmp_path / "outage_recovery.png" in paths
    drawn = outage_recovery(gather(rows, plans, "before_ukk", "only_oku", 0.95), Messages("en"))
    assert not any(axes.texts for axes in drawn.figure.axes)
    assert "at random are not marked" in drawn.figure.get_supxlabel()


def test_the_two_scenarios_differ_in_grey_too() -> None:
    grey = [np.dot(to_rgb(look.colour), (0.2126, 0.7152, 0.0722)) for look in (BEFORE, AFTER)]
    assert abs(grey[0] - grey[1]) > 0.25
    assert BEFORE.marker != AFTER.marker
    assert BEFORE.line != AFTER.line


def test_labels_cover_neither_each_other_nor_the_points() -> None:
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        figure = new_figure(5, 4, layout=None)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0, 10)
        axes.set_ylim(0, 10)
        x, y = np.array([5.0, 5.3, 4.8, 5.1, 9.8]), np.array([5.0, 5.1, 5.3, 4.7, 5.0])
        labels = place_labels(axes, x, y, [f"UKK Kota Nomor {i}" for i in range(5)], [])
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        extents = [matplotlib.text.Text.get_window_extent(label, renderer) for label in labels]
        for i, box in enumerate(extents):
            assert not any(box.overlaps(other) for other in extents[i + 1 :])
            assert box.x1 <= figure.bbox.x1 + 1
        points = axes.transData.transform(np.column_stack([x, y]))
        assert not any(box.contains(*point) for box in extents for point in points)


def test_the_maps_distances_are_true_in_both_directions() -> None:
    projection = Projection.about(np.array([-4.0, -2.0]), np.array([103.0, 105.0]))
    east, north = projection.km(np.array([-3.0, -3.0, -2.0]), np.array([104.0, 105.0, 104.0]))
    assert (east[0], north[0]) == (0.0, 0.0)
    # Haversine with a radius of 6371 km gives 111.04 km for a degree of longitude at 3 degrees south.
    assert east[1] == pytest.approx(111.04, abs=0.01)
    assert north[2] == pytest.approx(111.19, abs=0.01)
