"""The experiment of these tests in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.calibration.cases import write_experiment


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the experiment in it; its known figures are still to be written."""
    monkeypatch.chdir(tmp_path)
    write_experiment(tmp_path)
    return tmp_path
