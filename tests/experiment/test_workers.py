"""Worker processes that are killed or asked to end at odd moments; seen from outside, as they might wait for ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from sim.experiment.workers import processes, run_piece
from tests.cli.test_interruption import PATIENCE_S, nobody_left, running

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


class Naps:
    """A task whose pieces take so many seconds."""

    def run(self, seconds: float) -> int:
        time.sleep(seconds)
        return os.getpid()


def kill_an_idle_one(which: int) -> None:
    """Kill one of three workers that have nothing to do, and ask for more."""
    with processes(Naps(), 3) as pool:
        naps = [pool.submit(run_piece, 0.5) for _ in range(3)]
        wait(naps)
        assert len({nap.result() for nap in naps}) == 3
        children = sorted(child.pid or 0 for child in multiprocessing.active_children())
        os.kill(children[which], signal.SIGKILL)
        try:
            # A pool that has not noticed yet still takes it; no other worker may do it when it has.
            pool.submit(run_piece, 0.0).result(timeout=PATIENCE_S)
        except BrokenProcessPool:
            print("told")


def ask_beginners_to_end() -> None:
    """Ask a worker to end that has only just been started."""
    with processes(Naps(), 1) as pool:
        nap = pool.submit(run_piece, 0.1)
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGTERM)
        assert nap.result(timeout=PATIENCE_S) != os.getpid()
        print("told")


class Heavy(Naps):
    """A task that no pipe holds."""

    def __init__(self) -> None:
        self.ballast = os.urandom(1_000_000)


def start_some_that_die_at_once() -> None:
    """Start workers that end before they have read anything."""
    # It is a process too, started by the same executable, and must live.
    resource_tracker.ensure_running()
    multiprocessing.set_executable("/bin/false")
    try:
        with processes(Heavy(), 2) as pool:
            pool.submit(run_piece, 0.1).result(timeout=PATIENCE_S)
    except BrokenProcessPool:
        print("told")


def said_by(call: str) -> str:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.experiment.test_workers import *\n{call}"
    with running(program=(sys.executable, "-c", code)) as process:
        out, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    assert process.returncode == 0, err
    return out


def test_a_worker_that_dies_while_it_starts_is_told_and_not_waited_for() -> None:
    assert said_by("start_some_that_die_at_once()") == "told\n"


WITHOUT_GUARD = """
import sys
sys.path.insert(0, {root!r})
from sim.experiment.workers import processes, run_piece
from tests.experiment.test_workers import Naps
with processes(Naps(), 2) as pool:
    print(pool.submit(run_piece, 0.1).result())
"""


@pytest.mark.parametrize(
    ("told", "from_file"), [("put the call under `if __name__ == '__main__':`", True), ("<stdin> is no file", False)]
)
def test_a_program_that_workers_cannot_read_is_told_so_at_once(told: str, from_file: bool, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(WITHOUT_GUARD.format(root=str(ROOT)), encoding="utf-8")
    program = [sys.executable, str(script) if from_file else "-"]
    text = "" if from_file else script.read_text(encoding="utf-8")
    done = subprocess.run(program, input=text, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1
    assert told in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("which", range(3))
def test_workers_end_when_one_of_them_is_killed_that_has_nothing_to_do(which: int) -> None:
    assert said_by(f"kill_an_idle_one({which})") in ("told\n", "")


@pytest.mark.slow
def test_a_worker_does_its_piece_though_it_is_asked_to_end_before_its_first_line() -> None:
    assert said_by("ask_beginners_to_end()") == "told\n"
