"""Measures of a project's own, in a Python file that the experiment names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.cases import call, refused, write_files

FAR = """\
from sim.measures.people import places
from sim.measures.rows import Rows


def measure(plan, draws, journeys, outcomes):
    rows = Rows()
    far = (outcomes.travel_hours > 3).astype(float)
    rows.add_groups("far_share", far, outcomes.counted & outcomes.served, places(plan, outcomes.district), ("share",))
    return rows
"""
RUN = ("run", "impact.yaml", "--workers", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small experiment, with a file of a measure."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.report.figures.draw_figures", lambda *told: [])
    write_files(tmp_path)
    with (tmp_path / "impact.yaml").open("a") as file:
        file.write("measures: {far: far.py}\n")
    (tmp_path / "far.py").write_text(FAR)
    return tmp_path


def test_a_measure_of_ones_own_is_in_every_table(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    summary = pd.read_csv("results/impact/summary.csv", dtype={"unit": str}).query("measure == 'far_share'")
    assert set(summary["level"]) == {"province", "regency", "district"}
    assert set(summary["scenario"]) == {"before", "after"}
    compared = pd.read_csv("results/impact/comparisons.csv").query("measure == 'far_share' and level == 'province'")
    assert len(compared) == 1 and compared["ci_low"].notna().all()


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
        (FAR.replace("> 3", "> three"), "far.py:7: NameError"),
        (FAR.replace("> 3", "> exit(0)"), "far.py:7: SystemExit: 0"),
        (FAR.replace("return rows", "return 3"), "far.py: measure returned int, not sim.measures.rows.Rows"),
        (FAR.replace("far_share", "trips"), "far.py: trips: is measured already"),
    ],
)
def test_a_measure_that_fails_is_told_with_its_line_and_no_traceback(folder: Path, source: str, told: str) -> None:
    (folder / "far.py").write_text(source)
    result = call(*RUN)
    assert result.exit_code == 1
    assert told in result.output and "Traceback" not in result.output
