"""What goes wrong in the middle: nothing that is finished is lost, nothing is left half-written, and it is told."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from sim.cli_parts import FAULT
from sim.experiment import cells as cells_module
from sim.experiment.cells import Cell, Work
from sim.keeping import folder as folder_module
from tests.cli.cases import (
    PROGRAM,
    WITHOUT_REPORT,
    call,
    change,
    contents,
    draw_no_figures,
    draw_no_report,
    refused,
    stored,
)

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fails_at(real: Callable[..., Any], nth: int, error: Exception) -> Callable[..., Any]:
    """A function that works until it is called for the nth time, and once more afterwards."""
    calls = 0

    def function(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        # Cells are stored all along; what is tried here is what follows.
        calls += "cells" not in str(arguments)
        if calls == nth:
            raise error
        return real(*arguments, **named)

    return function


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("nth", [1, 2, 4, 8])
def test_a_disk_that_is_full_while_files_are_moved_leaves_the_earlier_results(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    assert call("run", "impact.yaml", "--replications", "2", "--workers", "1").exit_code == 0
    before = contents(folder)
    monkeypatch.setattr(folder_module.os, "replace", fails_at(os.replace, nth, FULL))
    said = refused("run", "impact.yaml", "--seed", "2", "--workers", "1")
    assert "cannot be written: No space left on device" in said
    assert contents(folder) == before


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_disk_that_is_full_while_a_file_is_written_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    before = contents(folder)
    monkeypatch.setattr(Path, "write_bytes", fails_at(Path.write_bytes, nth, FULL))
    said = refused("run", "impact.yaml", "--workers", "1")
    assert "results/impact/" in said
    assert "cannot be written: No space left on device" in said
    assert contents(folder) == before
    assert len(stored(folder)) == 6


@pytest.mark.parametrize("nth", [2, 10])
def test_a_disk_that_is_full_of_cells_keeps_the_complete_replications_if_there_are_two(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nth: int, without_report: None
) -> None:
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fails_at(os.fsync, nth, FULL))
        result = call("run", "impact.yaml", "--keep-journeys", "--workers", "1")
    assert result.exit_code == 2
    assert "cannot be written: No space left on device" in result.output
    assert not stored(folder, ".*")
    if nth == 2:
        assert "No results were written: there are 0 complete replications" in result.output
        assert len(stored(folder)) == 1
    else:
        assert "The results hold the 2 replications that were complete, of 3." in result.output
        kept = {path.name for path in (folder / "results/impact/journeys").iterdir()}
        assert kept == {f"{name}-000{number}.parquet" for name in ("before", "after") for number in (0, 1)}


@pytest.mark.usefixtures("without_report")
def test_a_cell_that_fails_costs_no_replication_that_is_complete(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cells_module.run_cell

    def run_cell(work: Work, scenario: str, replication: int) -> Cell:
        if (scenario, replication) == ("after", 2):
            raise ZeroDivisionError("by nobody")
        return real(work, scenario, replication)

    monkeypatch.setattr(cells_module, "run_cell", run_cell)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 1
    assert "stopped: a fault of this program: ZeroDivisionError: by nobody" in result.output
    assert "Traceback" not in result.stdout
    assert "raise ZeroDivisionError" in result.stderr, "where it is"
    assert result.stderr.endswith(f"{FAULT}\n")
    manifest = json.loads((folder / "results/impact/manifest.json").read_text())
    assert manifest["replications"] == {"asked": 3, "complete": 2}
    assert manifest["interrupted"] is True


@pytest.mark.usefixtures("without_report")
def test_a_run_to_a_precision_that_ends_after_its_minimum_is_told_as_partial(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = "{measure: travel_hours, absolute: 0.0001}"
    change(folder, "impact.yaml", "replications: 3", f"replications: {{minimum: 2, maximum: 9, precision: [{goal}]}}")
    real = cells_module.run_cell

    def run_cell(work: Work, scenario: str, replication: int) -> Cell:
        if replication == 4:
            raise KeyboardInterrupt
        return real(work, scenario, replication)

    monkeypatch.setattr(cells_module, "run_cell", run_cell)
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 130
    results = folder / "results/impact"
    told = {"asked": 2, "at_most": 9, "complete": 4, "stopped": "interrupted"}
    assert json.loads((results / "manifest.json").read_text())["replications"] == told
    said = "These results are partial: the run was stopped when 4 replications were complete in all 2 scenarios"
    assert (results / "findings.md").read_text().split("\n\n")[1].startswith(said)


def test_a_figure_that_cannot_be_drawn_costs_no_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw_figures(out_dir: Path, *told: object) -> None:
        (out_dir / "half.svg").write_text("half of a figure")
        raise KeyError("colour")

    monkeypatch.setattr("sim.report.figures.draw_figures", draw_figures)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 1
    assert "the figures could not be drawn" in result.output
    files = set(contents(folder / "results/impact"))
    tables = {"summary.csv", "comparisons.csv", "access.csv", "flows.csv", "assumptions.csv", "replications.parquet"}
    assert files == {*tables, "plans.npz", "manifest.json"}


@pytest.mark.usefixtures("without_report")
def test_tables_that_cannot_be_made_are_what_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the terminal would show some of them."""
    for name, base in (("third", "before"), ("fourth", "after")):
        (folder / f"{name}.yaml").write_text(f"extends: {base}.yaml\nname: {name}\ntitle: {name}\n")
    more = "  third: third.yaml\n  fourth: fourth.yaml\n"
    design = "factorial: {factor: ukk, cells: {none: [before, after], van: [third, fourth]}}\n"
    change(folder, "impact.yaml", "baseline:", f"{more}{design}baseline:")

    def comparisons(*told: object, **more: object) -> None:
        raise KeyError("column")

    monkeypatch.setattr("sim.running.output.comparisons", comparisons)
    result = call("run", "impact.yaml", "--replications", "2", "--workers", "1")
    assert result.exit_code == 1
    assert "the tables could not be made, a fault of this program (KeyError: 'column')" in result.output
    assert "No such file" not in result.output


@pytest.mark.usefixtures("without_figures")
def test_a_page_that_cannot_be_made_costs_neither_tables_nor_findings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_workbook(*told: object) -> None:
        raise KeyError("sheet")

    monkeypatch.setattr("sim.report.workbook.write_workbook", write_workbook)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 1
    assert "the page could not be made, a fault of this program (KeyError: 'sheet')" in result.output
    files = set(contents(folder / "results/impact"))
    assert {"findings.md", "summary.csv", "manifest.json"} <= files
    assert not {"report.html", "tables.xlsx", "tabel.xlsx"} & files


@pytest.mark.usefixtures("without_report")
def test_what_a_killed_run_left_behind_is_cleared_away(folder: Path) -> None:
    results = folder / "results/impact"
    for name in ("of_one_gone", "of_one_running"):
        (results / f".unfinished-{name}/new").mkdir(parents=True)
    (results / ".unfinished-of_one_gone/.lock").touch()
    with FileLock(results / ".unfinished-of_one_running/.lock"):
        assert call("run", "impact.yaml", "--replications", "2", "--workers", "1").exit_code == 0
    left = [path.name for path in results.iterdir() if path.name.startswith(".")]
    assert left == [".unfinished-of_one_running"]


@pytest.mark.usefixtures("without_report")
def test_a_table_that_cannot_be_made_costs_no_replication(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def comparisons(*told: object, **more: object) -> None:
        raise ZeroDivisionError("no pairs")

    monkeypatch.setattr("sim.running.output.comparisons", comparisons)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 1
    assert "the tables could not be made, a fault of this program (ZeroDivisionError: no pairs)" in result.output
    files = set(contents(folder / "results/impact"))
    assert {"replications.parquet", "manifest.json"} <= files
    assert "comparisons.csv" not in files


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_findings_that_cannot_be_printed_are_in_the_folder_all_the_same(folder: Path) -> None:
    with open("/dev/full", "w") as full:
        words = [*WITHOUT_REPORT, "run", "impact.yaml", "--replications", "2", "--workers", "1"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "the findings cannot be printed: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "results/impact/manifest.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words",
    [
        ("schema",),
        ("show", "before.yaml"),
        ("check", "impact.yaml"),
        ("report", "done", "--workers", "1"),
        ("--help",),
        ("--version",),
    ],
)
def test_what_cannot_be_printed_ends_every_command_with_one_line(
    finished: Path, folder: Path, words: tuple[str, ...]
) -> None:
    shutil.copytree(finished / "results/impact", folder / "done")
    program = PROGRAM if words[0] != "report" else WITHOUT_REPORT
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*program, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
        assert subprocess.run([*program, *words], stdout=full, stderr=full, timeout=60, check=False).returncode == 2
    assert done.returncode == 2
    assert done.stderr == "what there is to say cannot be printed: No space left on device\n"


STOPS = {"draw_figures": "sim.report.figures.draw_figures", "write_workbook": "sim.report.workbook.write_workbook"}


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("draw_figures", signal.SIGINT),
        ("write_workbook", signal.SIGTERM),
        pytest.param("draw_figures", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("write_workbook", signal.SIGINT, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_ctrl_c_while_results_are_written_ends_at_once_and_says_what_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: str, number: signal.Signals, again: bool
) -> None:
    """A request to end is the same; what an earlier run has written stays whole."""
    if again:
        with monkeypatch.context() as earlier:
            draw_no_report(earlier)
            assert call("run", "impact.yaml", "--replications", "2", "--workers", "1").exit_code == 0
    before = contents(folder)
    with monkeypatch.context() as stopping:
        draw_no_figures(stopping)
        stopping.setattr(STOPS[at], lambda *told: signal.raise_signal(number))
        result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 130
    there = "is as it was" if again else "holds no results yet"
    kept = "what was simulated is kept in results/impact/cells: the same command goes on from there"
    assert result.output.endswith(f"interrupted; results/impact {there}\n{kept}\n")
    assert contents(folder) == before
    assert not list((folder / "results/impact").glob(".unfinished*"))
    assert len(stored(folder)) == 6
    draw_no_report(monkeypatch)
    goes_on = call("run", "impact.yaml", "--workers", "1")
    assert goes_on.exit_code == 0
    assert "6 of 6 cells were already there" in goes_on.output


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("nth", [1, 4])
def test_ctrl_c_while_files_are_moved_is_heard_when_all_are_in_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    calls = 0

    def replace(*names: Any) -> None:
        nonlocal calls
        calls += "cells" not in str(names)
        if calls == nth:
            signal.raise_signal(signal.SIGINT)
        os.rename(*names)

    with monkeypatch.context() as stopping:
        stopping.setattr(folder_module.os, "replace", replace)
        result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 130
    assert result.output.endswith("interrupted; the results in results/impact are whole\n")
    assert json.loads((folder / "results/impact/manifest.json").read_text())["replications"]["complete"] == 3
    assert call("report", "results/impact", "--workers", "1").exit_code == 0


def test_a_run_without_any_terminal_or_stream_gives_results(folder: Path) -> None:
    words = [*WITHOUT_REPORT, "run", "impact.yaml", "--replications", "2", "--workers", "1"]
    shell = f"exec {shlex.join(words)} >&- 2>&-"
    assert subprocess.run(["sh", "-c", shell], timeout=60, check=False).returncode == 0
    assert (folder / "results/impact/manifest.json").is_file()


def test_a_fault_of_the_program_is_told_as_one_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def json_schema(*asked: object) -> None:
        raise KeyError("colour")

    monkeypatch.setattr("sim.config.jsonschema.json_schema", json_schema)
    result = call("schema")
    assert result.exit_code == 1
    assert "KeyError: 'colour'" in result.output and "Traceback" in result.output
    assert result.output.rstrip().endswith("not of what it was given; please report it with the lines above.")
