"""A small experiment with a table of known figures, which are still to be written."""

from __future__ import annotations

from pathlib import Path

from tests.cli.cases import change, write_files

RANGED = "general: {per_year: {value: 1200, range: [600, 3000], basis: assumption, note: who travels}}"
SECTION = """\
replications: 2
targets: known.csv
calibration:
  inputs: [need.segments.religious.per_year, need.segments.general.per_year]
  replications: 2
"""


def write_experiment(folder: Path) -> None:
    """Write it, with inputs to fit and all that is extended."""
    write_files(folder)
    change(folder, "before.yaml", "general: {per_year: 1200}", RANGED)
    change(folder, "before.yaml", "range: [500, 1200]", "range: [500, 2000]")
    change(folder, "impact.yaml", "replications: 3\n", SECTION)
