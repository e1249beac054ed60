"""A small experiment with a table of known figures, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.cases import change, write_files

RANGED = "general: {per_year: {value: 1200, range: [600, 3000], basis: assumption, note: who travels}}"
SECTION = """\
replications: 2
targets: known.csv
calibration:
  inputs: [need.segments.religious.per_year, need.segments.general.per_year]
  replications: 2
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the experiment in it; its known figures are still to be written."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    change(tmp_path, "before.yaml", "general: {per_year: 1200}", RANGED)
    change(tmp_path, "before.yaml", "range: [500, 1200]", "range: [500, 2000]")
    change(tmp_path, "impact.yaml", "replications: 3\n", SECTION)
    return tmp_path
