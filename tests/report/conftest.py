"""The made-up experiment, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.keeping.folder import FIGURES, PAGE
from sim.report.evidence import Evidence
from sim.report.figures import draw_figures
from sim.report.page.build import write_page
from sim.report.page.pictures import drawn_pictures
from tests.once import once
from tests.report.report_cases import Experiment, run_experiment
from tests.report.told_cases import made_up


@pytest.fixture(scope="session")
def experiment() -> Experiment:
    return run_experiment()


@pytest.fixture(scope="session")
def evidence(experiment: Experiment) -> Evidence:
    return experiment.gathered()


@pytest.fixture(scope="session")
def whole_page(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the made-up experiment with all its figures, in English first."""

    def make(folder: Path) -> None:
        (folder / FIGURES).mkdir()
        draw_figures(folder / FIGURES, experiment.gathered(), "en")
        told = made_up(experiment)
        write_page(folder, told, "en", {"id": drawn_pictures(told.evidence, told.tables, "id")})

    return once(tmp_path_factory, "page", make) / PAGE
