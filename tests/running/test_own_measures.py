"""Measures of a project's own, in a Python file that the experiment names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.cases import call, refused

FAR = """\
from sim.measures.people import places
from sim.measures.rows import Rows


def measure(plan, draws, journeys, outcomes):
    rows = Rows()
    far = (outcomes.travel_hours > 3).astype(float)
    rows.add_groups("far_share", far, outcomes.counted & outcomes.served, places(plan, outcomes.district), ("share",))
    return rows
"""


def added(at: str = "'province', 'province'", value: str = "1.0") -> str:
    """The measure, with a row added by hand."""
    return FAR.replace("    rows.add_groups", f"    rows.add('far_hours', {at}, 'mean', {value})\n    rows.add_groups")


RUN = ("run", "impact.yaml", "--workers", "1")


@pytest.fixture
def folder(folder: Path) -> Path:
    """The small experiment, with a file of a measure."""
    with (folder / "impact.yaml").open("a") as file:
        file.write("measures: {far: far.py}\n")
    (folder / "far.py").write_text(FAR)
    return folder


def test_a_measure_of_ones_own_is_in_every_table(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    summary = pd.read_csv("results/impact/summary.csv", dtype={"unit": str}).query("measure == 'far_share'")
    assert set(summary["level"]) == {"province", "regency", "district"}
    assert set(summary["scenario"]) == {"before", "after"}
    compared = pd.read_csv("results/impact/comparisons.csv").query("measure == 'far_share' and level == 'province'")
    assert set(compared["statistic"]) == {"share", "count"} and compared["ci_low"].notna().all()


def test_a_share_of_ones_own_is_a_ratio_of_sums_as_its_people_are_counted_without_being_asked(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    rows = pd.read_parquet("results/impact/replications.parquet")
    of_all = rows[(rows["measure"] == "far_share") & (rows["level"] == "province") & (rows["scenario"] == "after")]
    share, count = (of_all[of_all["statistic"] == kind]["value"].to_numpy() for kind in ("share", "count"))
    told = pd.read_csv("results/impact/summary.csv").query(
        "measure == 'far_share' and level == 'province' and scenario == 'after' and statistic == 'share'"
    )
    assert told["estimate"].item() == pytest.approx((share * count).sum() / count.sum(), rel=1e-9)
    assert told["estimate"].item() != pytest.approx(share.mean(), rel=1e-9)


def test_a_crate_holds_the_measure_as_it_was_run(folder: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    assert call(*RUN, "--crate").exit_code == 0
    kept = folder / "results/impact/configuration/measures/far.py"
    assert kept.read_text() == FAR
    crate = rocrate.ROCrate(folder / "results/impact")
    entity = crate.get("configuration/measures/far.py")
    assert entity["encodingFormat"] == "text/x-python"
    assert "configuration/measures/far.py" in {part.id for part in crate.get("#run")["object"]}
    assert call(*RUN).exit_code == 0
    assert not kept.exists()


def test_a_changed_measure_runs_the_cells_again_and_an_unchanged_one_does_not(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    assert "6 of 6 cells were already there" in call(*RUN).output
    (folder / "far.py").write_text(FAR.replace("> 3", "> 2"))
    assert "were already there" not in call(*RUN).output


@pytest.mark.slow
def test_workers_know_it_too(folder: Path) -> None:
    assert call(*RUN, "--out", "one").exit_code == 0
    assert call("run", "impact.yaml", "--workers", "2", "--out", "two").exit_code == 0
    assert (folder / "one/summary.csv").read_bytes() == (folder / "two/summary.csv").read_bytes()


def test_a_precision_may_be_asked_for_it(folder: Path) -> None:
    goal = "replications: {minimum: 3, maximum: 4, precision: [{measure: far_share, statistic: share, absolute: 50%}]}"
    text = (folder / "impact.yaml").read_text().replace("replications: 3", goal)
    (folder / "impact.yaml").write_text(text)
    assert call("check", "impact.yaml").exit_code == 0
    (folder / "impact.yaml").write_text(text.replace("far_share", "for_share"))
    assert "did you mean 'far_share'" in refused("check", "impact.yaml")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def measure(plan, draws:\n    pass\n", "far.py:1: is no Python"),
        ("def mesure(plan, draws, journeys, outcomes): ...\n", "has no function 'measure'"),
        ("\ndef measure(plan, draws): ...\n", "far.py:2: measure takes 2 arguments"),
    ],
)
def test_a_file_that_cannot_measure_is_refused_before_anything_runs(folder: Path, source: str, told: str) -> None:
    (folder / "far.py").write_text(source)
    for command in ("check", "run"):
        assert told in refused(command, "impact.yaml")
    assert not (folder / "results").exists()


def test_a_file_that_is_not_there_is_named_at_its_line(folder: Path) -> None:
    (folder / "far.py").rename(folder / "fare.py")
    assert "impact.yaml:9: measures.far: there is no file far.py" in refused("check", "impact.yaml")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (FAR.replace("> 3", "> three"), "far.py:7: measure: NameError"),
        (FAR.replace("> 3", "> exit(0)"), "far.py:7: measure: SystemExit: 0"),
        (FAR.replace("return rows", "return 3"), "far.py:5: measure: returned int, not sim.measures.rows.Rows"),
        (FAR.replace("far_share", "trips"), "far.py:8: trips: is measured already"),
        # Measured later, from two cells together, and in other scenarios alone.
        (FAR.replace("far_share", "travel_hours_saved"), "far.py:8: travel_hours_saved: is measured already"),
        (FAR.replace("far_share", "days_team_out"), "far.py:8: days_team_out: is measured already"),
        (FAR.replace("far_share", "far share"), "far.py:8: far share: the measure 'far share' is no name"),
        (FAR.replace('("share",)', '("shares",)'), "far.py:8: measure: ValueError: far_share: there is no statistic"),
        (FAR.replace("far, outc", "far[:5], outc"), "far.py:8: measure: ValueError: far_share needs one value for"),
        (
            FAR.replace("far, outc", "far.astype(str), outc"),
            "far.py:8: measure: TypeError: the values of far_share are",
        ),
        (FAR.replace("far, outc", "1.0, outc"), "far.py:8: measure: ValueError: far_share needs one value for each"),
        (FAR.replace("far, outc", "far * float('nan'), outc"), "far.py:8: far_share: the share is NaN for every"),
        (added("'regencies', '1'"), "far.py:8: far_hours: there is no level 'regencies'; did you mean 'regency'?"),
        (added("'municipality', '1'"), "there is no level 'municipality'\n    allowed: province, regency, district"),
        (added("'regency', 'Hull'"), "far.py:8: far_hours: there is no regency 'Hull'\n    allowed: "),
        (
            FAR.replace("return rows", "rows.add('a', 'regency', '1', 'meen', 1)\n    return rows"),
            "did you mean 'mean'?",
        ),
        (
            FAR.replace("return rows", "rows.add('a', 'regency', '1', 'spread', 1)\n    return rows"),
            "a: there is no statistic 'spread'\n    allowed: mean, share, median, p90, total, count, or another",
        ),
        (added("'regency', 1"), "far.py:8: far_hours: a row's name is 1"),
        (added(value="float('inf')"), "far.py:8: far_hours: the value of province province is infinite"),
        (added(value="-1").replace("'mean'", "'count'"), "far_hours: the count of province province is -1"),
        (added(value="1.5").replace("'mean'", "'share'"), "far_hours: the share of province province is 1.5"),
        (
            FAR.replace("(float)", "(float) * __import__('random').random()"),
            "far_share: gives other numbers when it is",
        ),
        (FAR.replace("    rows.add_groups", "    lambda: rows.add_groups"), "measure: adds no row in any scenario"),
        (added(value="'many'"), "far.py:8: measure: ValueError: could not convert string to float: 'many'"),
        (added(value="outcomes.travel_hours.mean()"), "far.py:8: far_hours: the mean is NaN for every province"),
        (FAR.replace("return rows", "rows.value.append(1.0)\n    return rows"), "far.py:5: measure: its rows are not"),
        (FAR.replace("return rows", "rows.extend(rows)\n    return rows"), "share of province province stands twice"),
        (
            FAR.replace("return rows", "journeys.arrive_ms[:, 0]\n    return rows"),
            'arrive_ms has a row for each visit; journeys.first("arrive_ms") one for each applicant',
        ),
        (
            FAR.replace("return rows", "journeys.first('arive_ms')\n    return rows"),
            "'arive_ms' is no column of visits; these are visit_session, trip_ms, arrive_ms",
        ),
    ],
)
def test_a_measure_that_fails_is_told_with_its_line_before_the_work(folder: Path, source: str, told: str) -> None:
    (folder / "far.py").write_text(source)
    for command in (("check", "impact.yaml"), RUN):
        said = refused(*command)
        assert told in said
        assert "more may show" not in said
    assert not (folder / "results").exists()


def test_a_measure_that_finds_somebody_in_one_scenario_only_is_sound(folder: Path) -> None:
    """Say, of those who use a sub-office that the baseline does not have."""
    only = 'if "ukk_far" in plan.sites.id else np.nan'
    (folder / "far.py").write_text("import numpy as np\n" + added(value=f"1.0 {only}"))
    assert call("check", "impact.yaml").exit_code == 0


def test_a_measure_that_fails_where_nobody_is_is_told_as_that(folder: Path) -> None:
    goal = "replications: {minimum: 3, maximum: 4, precision: [{measure: far_share, statistic: share, absolute: 50%}]}"
    (folder / "impact.yaml").write_text((folder / "impact.yaml").read_text().replace("replications: 3", goal))
    (folder / "far.py").write_text(FAR.replace("return rows", "far[0]\n    return rows"))
    told = refused("check", "impact.yaml")
    assert "far.py:9: measure: IndexError: " in told and "(where nobody needs a passport, to see what" in told


def test_a_measure_may_give_another_percentile(folder: Path) -> None:
    source = FAR.replace("return rows", "rows.add('far_hours', 'regency', '1', 'p75', 1)\n    return rows")
    (folder / "far.py").write_text(source)
    assert call("check", "impact.yaml").exit_code == 0
