"""The small experiment in a folder of its own, without its report, and a count of the cells that are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment import cells
from sim.experiment.cells import Cell, Work
from tests.cli.cases import Here, draw_no_figures, draw_no_report, write_files


@pytest.fixture
def folder_with_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the experiment in it; runs make the page, but no figures."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    draw_no_figures(monkeypatch)
    monkeypatch.setattr("sim.report.making.Beside", Here)
    return tmp_path


@pytest.fixture
def folder(folder_with_page: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where nobody looks at the page, which takes most of the time of so small a run."""
    draw_no_report(monkeypatch)
    return folder_with_page


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
