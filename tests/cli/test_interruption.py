"""Ctrl-C, a request to end, and a worker that is killed: in real processes, seen from outside."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.cases import WITHOUT_REPORT, call_apart, contents, stored

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
PATIENCE_S = 60


@contextmanager
def running(*words: str, program: Sequence[str] = WITHOUT_REPORT) -> Iterator[subprocess.Popen[str]]:
    """The program in a session of its own, as if it were started from a terminal; nothing of it is left at the end."""
    process = subprocess.Popen(
        [*program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background ignores Ctrl-C, and that would be inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        for pid in in_session(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def in_session(session: int) -> dict[int, str]:
    """Living processes of a session, and their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if entry.name.isdigit() and int(fields[3]) == session and fields[0] != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError, IndexError):
            continue
    return found


def wait_until(ready: Callable[[], object], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def replications_done(folder: Path) -> int:
    return len(stored(folder, "after-*.cell"))


def nobody_left(session: int) -> bool:
    end = time.monotonic() + 10
    while in_session(session) and time.monotonic() < end:
        time.sleep(0.05)
    return not in_session(session)


def complete(folder: Path) -> int:
    count = json.loads((folder / "results/impact/manifest.json").read_text())["replications"]["complete"]
    assert len(list((folder / "results/impact/journeys").iterdir())) == 2 * count
    assert not list((folder / "results/impact").glob(".unfinished*"))
    return int(count)


@pytest.mark.parametrize(
    ("workers", "number", "to_all"),
    [
        ("1", signal.SIGINT, True),
        pytest.param("2", signal.SIGINT, True, marks=pytest.mark.slow),
        pytest.param("2", signal.SIGTERM, False, marks=pytest.mark.slow),
        pytest.param("2", signal.SIGTERM, True, marks=pytest.mark.slow),
    ],
)
def test_a_run_that_is_stopped_keeps_the_complete_replications(
    folder: Path, workers: str, number: signal.Signals, to_all: bool
) -> None:
    words = ("run", "impact.yaml", "--keep-journeys", "--replications", "5000", "--workers", workers)
    with running(*words) as process:
        wait_until(lambda: replications_done(folder) >= 4, process)
        (os.killpg if to_all else os.kill)(process.pid, number)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "of 5000." in err
    done = complete(folder)
    assert 2 <= done < 5000
    assert f"The results hold the {done} replications that were complete" in err
    assert f"{done} replications of 2 scenarios" in out


@pytest.mark.slow
def test_a_run_that_is_stopped_after_its_end_does_not_say_that_nothing_was_written(folder: Path) -> None:
    with running("run", "impact.yaml", "--replications", "2", "--workers", "1") as process:
        wait_until((folder / "results/impact/manifest.json").exists, process)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 130)
    assert "nothing was written" not in err
    assert not list((folder / "results/impact").glob(".unfinished*"))


def test_a_run_that_is_stopped_at_once_writes_nothing_and_says_so(folder: Path) -> None:
    before = contents(folder)
    more = ["--set", "need.segments.general.per_year=900000", "--set", "booking.window=60 days"]
    with running("run", "impact.yaml", "--workers", "2", *more) as process:
        wait_until(lambda: sum("spawn_main" in line for line in in_session(process.pid).values()) == 2, process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    assert (process.returncode, out) == (130, "")
    assert err == "interrupted\nNo results were written: there are 0 complete replications, and an answer needs two.\n"
    assert contents(folder) == before
    assert not (folder / "results").exists()


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_no_replication_that_is_complete(folder: Path) -> None:
    words = ("run", "impact.yaml", "--keep-journeys", "--replications", "5000", "--workers", "2")
    with running(*words) as process:
        wait_until(lambda: replications_done(folder) >= 4, process)
        workers = [pid for pid, line in in_session(process.pid).items() if "spawn_main" in line]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE_S)
        assert nobody_left(process.pid)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "stopped: a worker process died, perhaps for want of memory; run again with fewer workers" in err
    assert f"The results hold the {complete(folder)} replications that were complete, of 5000." in err


@pytest.mark.slow
def test_workers_do_not_outlive_a_run_that_is_killed(folder: Path) -> None:
    words = ("run", "impact.yaml", "--keep-journeys", "--replications", "5000", "--workers", "2")
    with running(*words) as process:
        wait_until(lambda: replications_done(folder) >= 1, process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert nobody_left(process.pid)


@pytest.mark.slow
@pytest.mark.parametrize("where", [("--workers", "1"), ("--cluster", "local", "--workers", "2")])
def test_a_terminal_shows_a_bar_with_the_time_left_and_a_file_nothing(folder: Path, where: tuple[str, ...]) -> None:
    if "--cluster" in where:
        pytest.importorskip("distributed")
    words = ("run", "impact.yaml", "--replications", "20", *where)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*WITHOUT_REPORT, *words],
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    out, _ = process.communicate(timeout=PATIENCE_S)
    os.close(master)
    text = shown.decode()
    assert process.returncode == 0, text
    assert "simulating" in text
    assert "/40" in text
    assert "gone, about" in text
    # No time is left where nothing is simulated any more.
    end = text[text.index("writing tables, figures, page: tables") :]
    assert "/3" in end
    assert "left" not in end
    assert "simulating" not in out.decode()


def test_nothing_heavy_is_imported_before_it_is_needed(folder: Path) -> None:
    watched = ("pandas", "matplotlib", "scipy", "pyarrow", "simpy", "multiprocessing.pool", "babel")
    code = (
        "import sys; sys.argv[0] = 'run_sim.py'\n"
        "from sim.cli import cli\n"
        "cli(standalone_mode=False, args=sys.argv[1:])\n"
        f"print([name for name in {watched} if name in sys.modules])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    # To see whether two scenarios are one their plans are built, by ways on roads.
    for words, needed in (
        (["check", "before.yaml"], []),
        (["check", "impact.yaml"], ["scipy"]),
        (["show", "before.yaml"], []),
        (["schema"], []),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, env=env, timeout=60, check=False
        )
        assert done.returncode == 0, (words, done.stderr)
        assert done.stdout.splitlines()[-1] == str(needed), words


def test_help_is_the_same_from_everywhere(tmp_path: Path) -> None:
    done = call_apart("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("run", "check", "show", "schema"))
