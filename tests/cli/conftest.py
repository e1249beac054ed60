"""The small experiment in a folder of its own, and a run of it that several tests look at."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.cases import call, draw_no_figures, draw_no_pictures, draw_no_report, write_files
from tests.once import once


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the experiment in it."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    return tmp_path


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that look at the page or the workbooks and at no figure."""
    draw_no_figures(monkeypatch)


@pytest.fixture
def without_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that look at none of these, which take most of the time of so small a run."""
    draw_no_report(monkeypatch)


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that look at no more than the numbers of a figure: painting it takes as long as all else."""
    draw_no_pictures(monkeypatch)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the experiment after a run with journeys; not to be written to."""
    return once(tmp_path_factory, "finished", run_experiment)


def run_experiment(folder: Path) -> None:
    write_files(folder)
    with chdir(folder):
        result = call("run", "impact.yaml", "--keep-journeys", "--workers", "1")
    assert result.exit_code == 0, result.output
    (folder / "terminal.txt").write_text(result.output)
