"""Folders that may only be read: refused before the work, named, and left as they are, whoever runs the tests.

To the superuser nothing is read-only, so the program lays down its rights once all that it needs is imported.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import OutputError
from sim.keeping import folder as folder_module
from sim.keeping.folder import Folder
from tests.cli.cases import UNDRAWN, call, contents, draw_no_report, refused, stored, write_files

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs the rights of POSIX")
NOBODY = 65534
PROGRAM = f"""
import os, sys, tempfile
from pathlib import Path
{UNDRAWN}
import sim.running.job
import sim.running.terminal
from sim.cli import cli, main
words = sys.argv[1:]
sim.running.job.Job.load(Path("impact.yaml"), out=Path(tempfile.mkdtemp()))
if os.path.exists("results/impact/manifest.json"):
    cli(["report", "results/impact"], standalone_mode=False)
    os.chmod("results/impact", 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.argv[1:] = words
main()
"""


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The experiment in a working directory that anybody may read, and its results only its owner may write."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.chdir(folder)
    draw_no_report(monkeypatch)
    write_files(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder)


def by_nobody(*words: str) -> subprocess.CompletedProcess[str]:
    """Call the program in a process that may read everything here and write nothing."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_a_folder_that_may_not_be_written_is_refused_before_the_work(open_folder: Path) -> None:
    (open_folder / "results").mkdir(mode=0o555)
    done = by_nobody("run", "impact.yaml", "--workers", "1")
    assert done.returncode == 2, done.stderr
    assert "results/impact: results cannot be written here: Permission denied" in done.stderr
    assert "choose another folder with --out" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((open_folder / "results").iterdir()) == []


@pytest.mark.slow
def test_results_that_may_only_be_read_are_named_and_stay_as_they_are(open_folder: Path) -> None:
    assert call("run", "impact.yaml", "--workers", "1", "--replications", "2").exit_code == 0
    before = contents(open_folder)
    for words in (["run", "impact.yaml", "--seed", "2"], ["report", "results/impact", "--lang", "id"]):
        done = by_nobody(*words)
        assert done.returncode == 2, done.stderr
        assert "results/impact" in done.stderr
        assert "Permission denied" in done.stderr
        assert "Traceback" not in done.stderr
        (open_folder / "results/impact").chmod(0o755)
    found = contents(open_folder)
    tables = [name for name in before if name.endswith((".csv", ".parquet"))]
    assert set(found) == set(before)
    assert {name: found[name] for name in tables} == {name: before[name] for name in tables}
    assert len(stored(open_folder)) == 4


@pytest.mark.parametrize(("error", "said"), [(errno.EROFS, "Read-only file system"), (errno.EDQUOT, "quota exceeded")])
def test_a_disk_that_takes_no_file_is_told_of_before_anything_is_run(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, said: str
) -> None:
    def refuse(*told: object, **more: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(folder_module.tempfile, "TemporaryFile", refuse)
    told = refused("run", "impact.yaml", "--workers", "1")
    assert "results/impact: results cannot be written here: " in told
    assert said in told
    assert not (open_folder / "results").exists()


def test_a_folder_in_which_nothing_can_be_put_together_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*told: object, **more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(folder_module.tempfile, "mkdtemp", refuse)
    with pytest.raises(OutputError, match=f"{tmp_path}: cannot be written: Read-only"), Folder(tmp_path).staging():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_replications_for_which_there_is_no_room_costs_no_cell(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*told: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("sim.experiment.table.Table.add", refuse)
        told = refused("run", "impact.yaml", "--workers", "1")
    assert "results/impact: cannot be written: No space left on device" in told
    assert "the same command goes on from there" in told
    assert len(stored(open_folder)) == 6
    assert "6 of 6 cells were already there" in call("run", "impact.yaml", "--workers", "1").output
