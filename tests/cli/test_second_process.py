"""The second process of a report: what it makes, what happens when it fails, dies or is stopped."""

from __future__ import annotations

import errno
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import pytest

from sim.report.told import Told, read_told
from tests.cli.cases import PROGRAM, call, contents
from tests.cli.test_interruption import PATIENCE_S, nobody_left, replications_done, running, wait_until

pytestmark = pytest.mark.slow
CELLS_ARE_THERE = ("run", "impact.yaml", "--replications", "2")
IN_THE_SECOND = """
import os, signal, sys, time

class Meddling:
    def find_spec(self, name, path=None, target=None):
        if name == "matplotlib":
            {what}

if "--multiprocessing-fork" in sys.orig_argv:
    sys.meta_path.insert(0, Meddling())
"""
FAILS = 'raise KeyError("colour")'
HAS_NO_ROOM = 'raise OSError(28, "No space left on device", "rows.tmp")'
HAS_NO_MEMORY = "raise MemoryError"
DIES = "os.kill(os.getpid(), signal.SIGKILL)"
IS_LONG_ABOUT_IT = """
            open(os.environ["BEGUN"], "w").close()
            while True:
                time.sleep(0.01)
"""
TAKES_A_MOMENT = """
            open(os.environ["BEGUN"], "w").close()
            time.sleep(1)
"""
WITHOUT_PAGE = {"report.html", "tables.xlsx", "tabel.xlsx"}


@pytest.fixture
def simulated(folder: Path, without_figures: None) -> Path:
    """The working directory, where all cells are there, so that only a report needs a second process."""
    assert call(*CELLS_ARE_THERE, "--workers", "1").exit_code == 0
    return folder


def meddle(folder: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Let something else happen in processes that are started from here on, as soon as they begin to draw."""
    (folder / "meddling").mkdir()
    (folder / "meddling/sitecustomize.py").write_text(IN_THE_SECOND.format(what=what))
    monkeypatch.setenv("PYTHONPATH", str(folder / "meddling"))


def refuse(error: Exception) -> Any:
    def refusing(*told: object, **more: object) -> NoReturn:
        raise error

    return refusing


def test_an_error_in_the_second_process_is_told_as_one_in_the_first(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, files = [], []
    with monkeypatch.context() as alone:
        alone.setattr("sim.report.page.pictures.drawn_pictures", refuse(KeyError("colour")))
        said.append(call(*CELLS_ARE_THERE, "--workers", "1"))
    files.append(set(contents(simulated / "results/impact")))
    meddle(simulated, monkeypatch, FAILS)
    said.append(call(*CELLS_ARE_THERE, "--workers", "2"))
    files.append(set(contents(simulated / "results/impact")))
    assert [done.exit_code for done in said] == [1, 1]
    fault = (
        "the page could not be made, a fault of this program (KeyError: 'colour'); the tables and figures are written"
    )
    assert all(fault in done.output for done in said)
    assert files[0] == files[1]
    assert {"findings.md", "summary.csv", "manifest.json"} <= files[1] and not WITHOUT_PAGE & files[1]


def test_a_second_process_that_is_killed_costs_the_page_alone(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meddle(simulated, monkeypatch, DIES)
    done = call(*CELLS_ARE_THERE, "--workers", "2")
    assert done.exit_code == 1
    assert (
        "the page could not be made, the tables and figures are written: a worker process died, perhaps for want of "
        "memory; run again with fewer workers (--workers 1)" in done.output
    )
    files = set(contents(simulated / "results/impact"))
    assert {"findings.md", "summary.csv", "manifest.json"} <= files and not WITHOUT_PAGE & files
    assert call(*CELLS_ARE_THERE, "--workers", "1").exit_code == 0
    assert set(contents(simulated / "results/impact")) >= WITHOUT_PAGE


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (HAS_NO_ROOM, "the second process: rows.tmp: No space left on device; run again without it (--workers 1)"),
        (HAS_NO_MEMORY, "not enough memory for a second process; run again without it (--workers 1)"),
    ],
)
def test_a_second_process_without_room_costs_the_page_alone(
    simulated: Path, monkeypatch: pytest.MonkeyPatch, what: str, said: str
) -> None:
    meddle(simulated, monkeypatch, what)
    done = call(*CELLS_ARE_THERE, "--workers", "2")
    assert done.exit_code == 1
    assert f"the page could not be made, the tables and figures are written: {said}" in done.output
    files = set(contents(simulated / "results/impact"))
    assert {"findings.md", "summary.csv", "manifest.json"} <= files and not WITHOUT_PAGE & files


def test_results_that_another_run_replaces_meanwhile_are_not_mixed(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = simulated / "results/impact"

    def another_run(folder: Path, main: str | None = None) -> Told:
        told = read_told(folder, main)
        (folder / "manifest.json").write_text((folder / "manifest.json").read_text() + "\n")
        return told

    monkeypatch.setattr("sim.report.redraw.read_told", another_run)
    done = call("report", "results/impact", "--lang", "id", "--workers", "2")
    assert done.exit_code == 1
    assert "another run has written results there meanwhile; the same command draws them" in done.output
    assert not list(results.glob(".unfinished*"))


def test_a_report_drawn_again_stays_as_it_was_where_its_second_process_is_killed(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(simulated / "results/impact")
    meddle(simulated, monkeypatch, DIES)
    done = call("report", "results/impact", "--lang", "id", "--workers", "2")
    assert done.exit_code == 1
    assert "a worker process died, perhaps for want of memory" in done.output
    assert contents(simulated / "results/impact") == before
    assert not list((simulated / "results/impact").glob(".unfinished*"))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)), "Resource temporarily unavailable"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
    ],
)
def test_where_no_process_can_be_started_that_costs_the_page_alone(
    simulated: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    monkeypatch.setattr(ProcessPoolExecutor, "submit", refuse(error))
    done = call(*CELLS_ARE_THERE, "--workers", "2")
    assert done.exit_code == 1
    assert f"no worker process can be started: {why}; run again without any" in done.output
    files = set(contents(simulated / "results/impact"))
    assert {"findings.md", "summary.csv", "manifest.json"} <= files and not WITHOUT_PAGE & files


def test_with_one_worker_no_process_is_started(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiment.workers.Pool", refuse(AssertionError("a process")))
    assert call(*CELLS_ARE_THERE, "--workers", "1").exit_code == 0
    assert call("report", "results/impact", "--workers", "1").exit_code == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_second_process_does_not_outlive_a_run_that_is_stopped(
    simulated: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Ctrl-C goes to all processes of a terminal, the others to the first alone."""
    before = contents(simulated / "results")
    meddle(simulated, monkeypatch, IS_LONG_ABOUT_IT)
    monkeypatch.setenv("BEGUN", str(simulated / "begun"))
    with running(*CELLS_ARE_THERE, "--workers", "2", program=PROGRAM) as process:
        wait_until((simulated / "begun").exists, process)
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        _, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    kept = "what was simulated is kept in results/impact/cells: the same command goes on from there"
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert err.endswith(f"interrupted; results/impact is as it was\n{kept}\n")
        assert "Traceback" not in err
        assert contents(simulated / "results") == before


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_whoever_ends_all_processes_twice_still_gets_the_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meddle(folder, monkeypatch, TAKES_A_MOMENT)
    monkeypatch.setenv("BEGUN", str(folder / "begun"))
    with running("run", "impact.yaml", "--replications", "5000", "--workers", "2", program=PROGRAM) as process:
        wait_until(lambda: replications_done(folder) >= 4, process)
        os.killpg(process.pid, signal.SIGTERM)
        wait_until((folder / "begun").exists, process)
        os.killpg(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    assert process.returncode == 130
    assert "Traceback" not in err and "could not be made" not in err
    assert set(contents(folder / "results/impact")) >= WITHOUT_PAGE
