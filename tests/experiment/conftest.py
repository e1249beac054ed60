"""The small experiment in a folder of its own, without drawing, and a count of the cells that are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment import cells
from sim.experiment.cells import Cell, Work
from tests.cli.cases import write_files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the experiment in it."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    monkeypatch.setattr("sim.report.figures.draw_figures", lambda *told: [])
    return tmp_path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Scenario and replication of each cell that this process runs from now on."""
    found: list[tuple[str, int]] = []
    real = cells.run_cell

    def run_cell(work: Work, scenario: str, replication: int) -> Cell:
        found.append((scenario, replication))
        return real(work, scenario, replication)

    monkeypatch.setattr(cells, "run_cell", run_cell)
    return found
