"""What is finished is never run again, what depends on a change is, and what is damaged is named."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.experiment import cells, sealed
from sim.experiment.cells import Cell, Work
from sim.keeping import folder as folder_module
from sim.running import gathering
from tests.cli.cases import WITHOUT_REPORT, call, change, contents, draw_no_report, refused, stored

Ran = list[tuple[str, int]]
ALL = [(name, number) for number in range(3) for name in ("before", "after")]
AFTER = [("after", number) for number in range(3)]


def run(*more: str) -> str:
    """Run the experiment in this process, to its end."""
    result = call("run", "impact.yaml", "--workers", "1", *more)
    assert result.exit_code == 0, result.output
    return result.output


def numbers(folder: Path) -> dict[str, bytes]:
    """Everything but the manifest, which also tells how many cells were reused."""
    return {name: data for name, data in contents(folder / "results").items() if "manifest" not in name}


def test_a_second_run_runs_nothing_and_says_so(folder_with_page: Path, ran: Ran) -> None:
    run()
    assert ran == ALL
    first = numbers(folder_with_page)
    ran.clear()
    assert "6 of 6 cells were already there" in run()
    assert ran == []
    assert "impact/report.html" in first
    assert numbers(folder_with_page) == first
    manifest = json.loads((folder_with_page / "results/impact/manifest.json").read_text())
    assert manifest["cells"] == {"run": 0, "reused": 6}


def test_fresh_runs_everything_again_and_leaves_other_files_alone(folder: Path, ran: Ran) -> None:
    run()
    mine = [folder / "results/impact/cells" / name for name in ("notes.txt", "my.cell", "my-own.parquet")]
    for path in mine:
        path.write_text("mine")
    ran.clear()
    assert "already there" not in run("--fresh")
    assert ran == ALL
    assert all(path.read_text() == "mine" for path in mine)


def test_more_replications_cost_only_those_that_are_new(folder: Path, ran: Ran) -> None:
    run("--replications", "2")
    ran.clear()
    run()
    assert ran == [("before", 2), ("after", 2)]


def test_a_change_of_one_scenario_runs_that_scenario_alone(folder: Path, ran: Ran) -> None:
    run()
    ran.clear()
    change(folder, "after.yaml", "in_service: always}", "in_service: always, referral: 0.2}")
    run()
    assert ran == AFTER
    result = numbers(folder)
    run("--fresh")
    assert numbers(folder) == result


def test_a_change_of_a_data_table_runs_what_uses_it(folder: Path, ran: Ran) -> None:
    run()
    ran.clear()
    table = next((folder / "province").glob("*districts*.csv"))
    frame = pd.read_csv(table, dtype=str, comment="#")
    frame.loc[0, "population"] = str(int(frame.loc[0, "population"]) + 5000)
    frame.to_csv(table, index=False)
    run()
    assert ran == ALL


def test_a_title_or_a_comment_is_no_reason_to_run_anything(folder: Path, ran: Ran) -> None:
    run()
    ran.clear()
    change(folder, "before.yaml", "title: Without", "title: Long ago, without")
    change(folder, "after.yaml", "name: after", "# how it is now\nname: after")
    run()
    assert ran == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [(("--seed", "2"), ALL), (("--set", "travel_minutes=[30]"), ALL), (("--set", "confidence=0.9"), [])],
)
def test_a_cell_depends_on_seed_and_thresholds_and_not_on_confidence(
    folder: Path, ran: Ran, more: tuple[str, ...], expected: Ran
) -> None:
    run()
    ran.clear()
    run(*more)
    assert ran == expected


def test_another_model_runs_everything(folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    ran.clear()
    monkeypatch.setattr("sim.experiment.cells.code_version", lambda engine: "another")
    run()
    assert ran == ALL


def test_another_kind_of_machine_runs_everything_and_its_cells_lie_beside_those_of_the_first(
    folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    mine = {path.name for path in stored(folder)}
    ran.clear()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sim.experiment.keys.platform.machine", lambda: "abacus")
        run()
    assert ran == ALL
    assert mine < {path.name for path in stored(folder)}
    ran.clear()
    run()
    assert ran == []


def test_journeys_that_are_wanted_and_missing_are_made(folder: Path, ran: Ran) -> None:
    run()
    ran.clear()
    run("--keep-journeys")
    assert ran == ALL
    first = contents(folder / "results/impact/journeys")
    assert len(first) == 6
    ran.clear()
    run("--keep-journeys")
    assert ran == []
    assert contents(folder / "results/impact/journeys") == first
    stored(folder, "after-0001-*.parquet")[0].write_bytes(b"cut")
    output = run("--keep-journeys")
    assert ran == [("after", 1)]
    assert "after-0001" in output
    assert contents(folder / "results/impact/journeys") == first


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


def flipped_in_front(data: bytes) -> bytes:
    return data.replace(b"cell 1", b"cell 7", 1)


@pytest.mark.parametrize(
    "harm", [truncated, flipped, flipped_in_front, lambda data: b"", lambda data: b"\0" * len(data)]
)
@pytest.mark.parametrize("which", ["after-0001", "before-0002"])
def test_a_damaged_cell_is_named_and_run_again(folder: Path, ran: Ran, harm: Any, which: str) -> None:
    run()
    first = numbers(folder)
    ran.clear()
    path = stored(folder, f"{which}-*.cell")[0]
    path.write_bytes(harm(path.read_bytes()))
    output = run()
    assert path.name in output.replace("\n", "")
    assert "it is run again" in output
    scenario, _, number = which.partition("-")
    assert ran == [(scenario, int(number))]
    assert numbers(folder) == first


def test_a_cell_under_the_name_of_another_is_noticed(folder: Path, ran: Ran) -> None:
    run()
    first = numbers(folder)
    ran.clear()
    one, other = stored(folder, "after-000[01]-*.cell")
    one.write_bytes(other.read_bytes())
    assert "is another cell: after, replication 1; it is run again" in run()
    assert ran == [("after", 0)]
    assert numbers(folder) == first


def test_a_cell_that_is_damaged_while_others_run_is_run_again(
    folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gathering.Gathering.add

    def add(self: gathering.Gathering, cell: Cell) -> None:
        real(self, cell)
        if (cell.scenario, cell.replication, len(ran)) == ("after", 2, 6):
            path = stored(folder, "after-0000-*.cell")[0]
            path.write_bytes(flipped(path.read_bytes()))

    monkeypatch.setattr(gathering.Gathering, "add", add)
    assert "after-0000" in run()
    assert ran == [*ALL, ("after", 0)]


def test_a_cell_that_came_before_its_baseline_is_kept_and_compared_later(
    folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    whole = numbers(folder)
    fail = {("before", 1)}
    real = cells.run_cell

    def run_cell(work: Work, scenario: str, replication: int) -> Cell:
        if (scenario, replication) in fail:
            raise ZeroDivisionError("by nobody")
        return real(work, scenario, replication)

    with monkeypatch.context() as patched:
        patched.setattr(cells, "run_cell", run_cell)
        patched.setattr(gathering, "sorted", lambda names, key: ["after", "before"], raising=False)
        result = call("run", "impact.yaml", "--fresh", "--workers", "1")
    assert result.exit_code == 1
    assert "What was finished is kept: the same command goes on from there." in result.output
    assert len(stored(folder, "*.cell")) == 3
    ran.clear()
    run()
    assert ran == [("before", 1), ("before", 2), ("after", 2)]
    assert numbers(folder) == whole


def test_the_clock_set_back_changes_nothing(folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    run("--replications", "2")
    for path in stored(folder):
        os.utime(path, (4e9, 4e9))
    first = 2e9
    monkeypatch.setattr(time, "time", lambda: first - 1e8 * len(ran))
    ran.clear()
    run()
    assert ran == [("before", 2), ("after", 2)]
    result = numbers(folder)
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    draw_no_report(monkeypatch)
    run("--fresh")
    assert numbers(folder) == result


@pytest.mark.slow
def test_a_full_disk_is_told_and_costs_nothing_that_is_finished(folder: Path, ran: Ran) -> None:
    run("--replications", "2")
    words = [*WITHOUT_REPORT, "run", "impact.yaml", "--workers", "1"]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        # No file may be longer than this: the kernel refuses to write on, as it does where no room is left.
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
        ),
    )
    assert done.returncode == 2
    assert "cells/before-0002" in done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert "finished cells are kept in results/impact/cells: the same command goes on from there" in done.stderr
    assert len(stored(folder)) == 4
    ran.clear()
    run()
    assert ran == [("before", 2), ("after", 2)]


def test_cells_on_a_disk_that_may_only_be_read_are_told_of(
    folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(source: object, target: object) -> None:
        raise OSError(30, os.strerror(30), str(target))

    monkeypatch.setattr(folder_module.os, "replace", replace)
    output = refused("run", "impact.yaml", "--workers", "1")
    assert "cannot be written: Read-only file system" in output
    assert ran == ALL[:1]


def test_a_file_where_the_cells_go_is_refused(folder: Path) -> None:
    (folder / "results/impact").mkdir(parents=True)
    (folder / "results/impact/cells").write_text("mine")
    assert "cells: is a file where a folder of results goes" in refused("run", "impact.yaml")


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(folder: Path, ran: Ran) -> None:
    words = [*WITHOUT_REPORT, "run", "impact.yaml", "--replications", "200", "--workers", "2"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while len(stored(folder, "*.cell")) < 7:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = {(path.name.split("-")[0], int(path.name.split("-")[1])) for path in stored(folder, "*.cell")}
    done = {(scenario, number) for scenario, number in found if number < 8}
    output = run("--replications", "8")
    assert f"{len(done)} of 16 cells were already there" in output
    assert sorted(ran) == sorted({(s, n) for s in ("before", "after") for n in range(8)} - done)
    assert not stored(folder, ".*")
    result = numbers(folder)
    run("--replications", "8", "--fresh")
    assert numbers(folder) == result


@pytest.mark.slow
def test_two_runs_at_once_in_one_folder_both_finish(folder: Path) -> None:
    run()
    alone = numbers(folder)
    for path in stored(folder):
        path.unlink()
    words = [*WITHOUT_REPORT, "run", "impact.yaml", "--workers", "1"]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert numbers(folder) == alone
    assert len(stored(folder)) == 6
    assert not list((folder / "results/impact").glob(".unfinished*"))


def test_one_run_that_removes_the_cells_of_another_harms_it_not(
    folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gathering.Gathering.add

    def add(self: gathering.Gathering, cell: Cell) -> None:
        real(self, cell)
        if len(ran) == 4:
            self.store.clear()

    monkeypatch.setattr(gathering.Gathering, "add", add)
    run()
    assert sorted(set(ran)) == sorted(ALL)
    assert len(ran) == 10


def test_what_a_killed_run_was_writing_is_cleared_away(folder: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run("--replications", "2")
    left, host = folder / "results/impact/cells", sealed._host()
    (left / f".{host}~{gone.pid}~0a.part").write_text("half")
    (left / ".elsewhere~1~0a.part").write_text("half")
    run()
    assert [path.name for path in stored(folder, ".*")] == [".elsewhere~1~0a.part"]
