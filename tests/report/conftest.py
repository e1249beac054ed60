"""The made-up experiment, made once."""

from __future__ import annotations

import pytest

from sim.report.evidence import Evidence
from tests.report.report_cases import Experiment, run_experiment


@pytest.fixture(scope="session")
def experiment() -> Experiment:
    return run_experiment()


@pytest.fixture(scope="session")
def evidence(experiment: Experiment) -> Evidence:
    return experiment.gathered()
