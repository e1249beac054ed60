"""The small experiment in a folder of its own, and a run of it that several tests look at."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from sim.errors import Problem
from sim.experiment.inputs import UnfitPointError, Variations
from sim.plan import Plan
from sim.report import style
from sim.report.style import Drawn
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


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[Drawn]:
    """The figures that commands draw from now on; of their files the data alone is written."""
    kept: list[Drawn] = []
    save = style.save

    def keep(drawn: Drawn, folder: Path) -> list[Path]:
        kept.append(drawn)
        return save(drawn, folder, endings=("csv",))

    monkeypatch.setattr(style, "save", keep)
    return kept


@pytest.fixture
def second_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of the alternatives that are ranked is refused."""
    plan = Variations.plan

    def refuse(self: Variations, name: str, values: dict[str, Any]) -> Plan:
        if name == "1":
            raise UnfitPointError(Problem("the ground is marshy"))
        return plan(self, name, values)

    monkeypatch.setattr(Variations, "plan", refuse)
