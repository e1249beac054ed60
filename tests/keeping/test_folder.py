"""The folder of results shared by runs: who puts files in place waits, and nobody waits for one that is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.keeping import folder as folder_module
from sim.keeping.folder import Folder
from tests.cli.cases import ROOT

HOLDER = """
import sys
from pathlib import Path
from sim.keeping.folder import _alone_in
with _alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
SOON, LONG = 0.3, 20.0


@contextmanager
def another_run_in(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is putting its files in place, until it is told to go on or killed."""
    words = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def commit_in_background(path: Path) -> threading.Thread:
    """Begin to put a table into the folder."""

    def commit() -> None:
        with Folder(path).staging() as staging:
            staging.write("summary.csv", "a\n")
            staging.commit()

    thread = threading.Thread(target=commit)
    thread.start()
    return thread


@pytest.mark.parametrize("killed", [False, True])
def test_files_are_put_in_place_when_another_run_is_done_or_killed(tmp_path: Path, killed: bool) -> None:
    path = tmp_path / "results"
    path.mkdir()
    with another_run_in(path) as process:
        waiting = commit_in_background(path)
        waiting.join(SOON)
        assert waiting.is_alive()
        assert not (path / "summary.csv").exists()
        if killed:
            process.send_signal(signal.SIGKILL)
        else:
            process.communicate("go on\n")
        waiting.join(LONG)
    assert not waiting.is_alive()
    assert [file.name for file in path.iterdir()] == ["summary.csv"]


def test_only_one_of_many_at_a_time_puts_files_in_place_and_no_lock_stays(tmp_path: Path) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(10):
            with folder_module._alone_in(tmp_path):
                with guard:
                    inside += 1
                    most = max(most, inside)
                with guard:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert list(tmp_path.iterdir()) == []


def test_runs_of_one_process_have_places_of_their_own(tmp_path: Path) -> None:
    with Folder(tmp_path).staging() as one, Folder(tmp_path).staging() as other:
        assert one.place != other.place
        one.write("summary.csv", "one\n")
        other.write("access.csv", "other\n")
        one.commit()
        other.commit()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access.csv", "summary.csv"]


def test_a_folder_that_was_made_for_nothing_is_gone_again(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Folder(tmp_path / "a/b").staging():
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
