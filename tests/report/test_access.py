"""Claims of sim.report.access and sim.report.lorenz: tables and figures show the numbers that they are made from."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.measures.reach import access_columns
from sim.report.access import (
    access_of,
    access_regencies_of,
    draw_service_days,
    equity_kinds_of,
    equity_of,
    limits,
    person_name,
    shown_limit,
)
from sim.report.dots import burden_by_regency
from sim.report.evidence import Evidence, gather
from sim.report.far import MOST_ROWS, OFF_ROADS_KM, furthest_of, how_far_off
from sim.report.lorenz import lorenz_curves
from sim.report.messages import LANGUAGES, Messages
from sim.report.order import regency_order
from sim.report.page.build import view
from sim.report.told import ACCESS, Told
from sim.report.workbook import write_workbook
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up

LIMITS = (30, 60, 120)


@pytest.fixture(scope="module")
def access(experiment: Experiment) -> pd.DataFrame:
    zones = {60: 1.0, 120: 0.68, 180: 0.22}
    parts = [pd.DataFrame(access_columns(name, plan, LIMITS, zones)) for name, plan in experiment.plans.items()]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def told(experiment: Experiment, access: pd.DataFrame) -> Told:
    plain = made_up(experiment)
    return Told(plain.evidence, plain.manifest, {**plain.tables, ACCESS: access})


def test_the_table_is_of_all_people_of_the_province(access: pd.DataFrame, evidence: Evidence) -> None:
    messages = Messages("en")
    table = access_of(access, evidence, messages)
    shown = {row[0]: numbers for row, numbers in zip(table.rows, table.numbers, strict=True)}
    for limit in LIMITS[1:]:
        found = shown[f"People within {limit} min of a session"]
        expected = [evidence.estimate(s, f"coverage_{limit}_min", "share").estimate for s in evidence.scenarios]
        assert found == pytest.approx(expected)
    days = shown["Days a year on which a session is within 60 min of home"]
    coverage = shown["People within 60 min of a session"]
    assert days == pytest.approx(np.array(coverage) * 260)
    # Every site of the made-up province has 40 slots on each of 260 days.
    slots = [40 * 260 * len(plan.sites.id) for plan in evidence.plans.values()]
    population = evidence.plans["before_ukk"].districts.population.sum() / 1000
    reached = shown["Slots a year for 1,000 people within reach"]
    assert reached == pytest.approx(np.array(slots) / population)
    brief = access_of(access, evidence, messages, brief=True)
    assert set(brief.rows) < set(table.rows)


def test_each_regency_has_a_row_before_and_after(access: pd.DataFrame, evidence: Evidence) -> None:
    table = access_regencies_of(access, evidence, Messages("id"))
    regencies = evidence.plans["with_ukk"].regencies
    names = dict(zip(regencies.code, regencies.name, strict=True))
    assert [row[0] for row in table.rows] == [names[code] for code in regency_order(evidence)]
    assert all(len(row) == len(table.columns) for row in table.rows)
    (row,) = (row for row in table.rows if row[0] == "Lubuklinggau")
    before, after = (float(text.replace(",", ".")) for text in row[1].split(" → "))
    assert after < before


def by_roads(access: pd.DataFrame) -> pd.DataFrame:
    """The table with a range: minutes from half to twice, coverage by a tenth less and more."""
    ranged = access.copy()
    for end, factor in (("least", 0.5), ("most", 2.0)):
        ranged[f"nearest_minutes_{end}"] = ranged["nearest_minutes"] * factor
    for limit in LIMITS:
        covered = ranged[f"coverage_{limit}_min"]
        ranged[f"coverage_{limit}_min_least"], ranged[f"coverage_{limit}_min_most"] = covered * 0.9, covered * 1.05
    return ranged


def test_what_is_within_reach_has_the_range_of_roads_in_brackets_and_none_where_it_is_not_known(
    access: pd.DataFrame, evidence: Evidence
) -> None:
    messages = Messages("en")
    rows = {row[0]: row[1:] for row in access_of(by_roads(access), evidence, messages).rows}
    plain = {row[0]: row[1:] for row in access_of(access, evidence, messages).rows}
    assert set(rows) == set(plain)
    for label in ("Minutes to the nearest session, mean", "People within 120 min of a session"):
        for told, alone in zip(rows[label], plain[label], strict=True):
            assert re.fullmatch(re.escape(alone) + r" \([\d.]+%? to [\d.]+%?\)", told)
    (people,) = (numbers for label, numbers in rows.items() if label.startswith("People farther than 120 min"))
    place = evidence.scenarios.index("with_ukk")
    population = evidence.plans["with_ukk"].districts.population.sum()
    covered = evidence.estimate("with_ukk", "coverage_120_min", "share").estimate
    shown, least, most = (float(number.replace(",", "")) for number in re.findall(r"[\d,]+", people[place]))
    assert shown == pytest.approx((1 - covered) * population, abs=1)
    assert least == pytest.approx((1 - 1.05 * covered) * population, abs=1)
    assert most == pytest.approx((1 - 0.9 * covered) * population, abs=1)


def test_the_furthest_districts_are_named_with_their_people_and_the_way_to_a_road(
    access: pd.DataFrame, evidence: Evidence
) -> None:
    messages, ranged = Messages("en"), by_roads(access)
    table = furthest_of(ranged, evidence, messages, 30)
    of_main = ranged[(ranged["scenario"] == "with_ukk") & (ranged["person"] == "all")]
    far = of_main[of_main["nearest_minutes"] > 30]
    assert len(table.rows) == MOST_ROWS < len(far)
    assert [row[2] for row in table.numbers] == sorted(far["nearest_minutes"], reverse=True)[:MOST_ROWS]
    assert f"{far['population'].sum():,.0f} people" in table.notes[0]
    assert f"{len(far) - MOST_ROWS} nearest" in table.notes[1]
    assert not furthest_of(ranged, evidence, messages, 10_000).rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_how_far_roads_may_be_off_and_names_districts_far_from_any(
    access: pd.DataFrame, evidence: Evidence, language: str
) -> None:
    messages = Messages(language)
    told = list(how_far_off(by_roads(access), evidence, messages, 120))
    assert len(told) == 3
    off = access[(access["scenario"] == "with_ukk") & (access["person"] == "all") & (access["road_km"] > OFF_ROADS_KM)]
    assert off.sort_values("road_km")["name"].iloc[-1] in told[1]
    # Without a range, and with roads everywhere, only offices that nobody names are left.
    (left,) = how_far_off(access.assign(road_km=1.0), evidence, messages, 120)
    assert left == messages.text("far.elsewhere")
    one = access[access["district"] == access["district"].iloc[0]].assign(road_km=1.0)
    assert not list(how_far_off(one, evidence, messages, 120)), "a textbook's office has no border"


def test_spread_is_shown_as_it_was_measured_and_by_kind_of_person(evidence: Evidence) -> None:
    table = equity_of(evidence, Messages("en"))
    shown = {row[0]: numbers for row, numbers in zip(table.rows, table.numbers, strict=True)}
    found = shown["Hours of travel, Gini over districts"]
    expected = [evidence.estimate(s, "gini_district_travel_hours", "mean").estimate for s in evidence.scenarios]
    assert found == pytest.approx(expected)
    kinds = equity_kinds_of(evidence, Messages("en"))
    assert [row[0] for row in kinds.rows] == [
        "ordinary queue",
        "people who cannot travel (served only where a team comes to their home)",
        "All people",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_the_cost_name_lost_working_days_exactly_where_they_are_counted(
    evidence: Evidence, language: str
) -> None:
    messages = Messages(language)
    rows = evidence.replications.frame()
    lost = rows[(rows["measure"] == "travel_hours") & (rows["level"] == "province") & (rows["statistic"] == "total")]
    counted = pd.concat([rows, lost.assign(measure="days_off")], ignore_index=True)
    asked = gather(counted, evidence.plans, evidence.baseline, evidence.main, evidence.confidence)
    assert len(lost)
    for found, word in ((evidence, "word.burden"), (asked, "word.burden_day_off")):
        burden = messages.text(word)
        labels = [row[0] for row in equity_of(found, messages).rows]
        assert sum(burden in label for label in labels) == 4, labels
        figures = lorenz_curves(found, messages).figure, burden_by_regency(found, messages).figure
        labels = [axes.get_title() + axes.get_xlabel() for figure in figures for axes in figure.axes]
        drawn = [" ".join(label.split()) for label in labels]
        assert sum(burden in text for text in drawn) == 2, drawn


def test_a_channel_without_words_of_its_own_has_its_name() -> None:
    assert person_name("channel:vip", Messages("en")) == "vip"


def test_the_threshold_shown_first_is_the_nearest_to_an_hour(access: pd.DataFrame) -> None:
    assert limits(access) == list(LIMITS)
    assert shown_limit(access) == 60
    assert shown_limit(access.drop(columns="service_days_60_min")) == 30


def test_curves_begin_at_nothing_end_at_all_and_hold_the_estimates(evidence: Evidence) -> None:
    data = lorenz_curves(evidence, Messages("en")).data
    for (scenario, measure), rows in data.groupby(["scenario", "measure"]):
        assert rows[["share_of_people", "share_of_burden"]].iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
        middle = evidence.estimate(str(scenario), f"lorenz_{measure}", "share", "tenth", "5")
        assert rows["share_of_burden"].iloc[5] == pytest.approx(middle.estimate)
        assert (rows["share_of_burden"] <= rows["share_of_people"] + 1e-12).all()


def test_the_figure_of_days_shows_the_means_of_regencies(access: pd.DataFrame, evidence: Evidence) -> None:
    data = draw_service_days(access, evidence, Messages("en")).data
    assert len(data) == 2 * 17
    rows = access[(access["scenario"] == "with_ukk") & (access["person"] == "all") & (access["regency"] == "16.73")]
    expected = np.average(rows["service_days_60_min"], weights=rows["population"])
    shown = data[(data["scenario"] == "with_ukk") & (data["regency"] == "16.73")]["service_days"].item()
    assert shown == pytest.approx(expected)
    assert draw_service_days(access, evidence, Messages("id")).data.equals(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_section_of_access_and_equity(told: Told, language: str) -> None:
    parts = {part.key: part for part in view(told, {}, language)["parts"]}
    assert len(parts["access"].tables) == 5
    assert all("{" not in text for table in parts["access"].tables for text in (table.title, *table.notes))


def test_the_workbook_holds_access_and_equity_as_numbers(told: Told, tmp_path: Path) -> None:
    path = write_workbook(tmp_path, told, "en")
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
        assert [name for name in names if name in ("Within reach", "Equity", "access")] == [
            "Within reach", "Equity", "access",
        ]  # fmt: skip
        districts = book.read(f"xl/worksheets/sheet{names.index('access') + 1}.xml").decode()
    # One row a scenario and district, and the heading.
    assert len(re.findall("<row ", districts)) == 6 * 241 + 1
