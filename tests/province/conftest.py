"""A small province written to disk, and the bundled one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.config.schema import DataFiles
from sim.province.tables import Tables, read_tables
from tests.province.province_cases import DATA, SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., DataFiles]:
    """Write the small province, some of its files changed, and return where its tables are."""

    def write_tables(**changed: str) -> DataFiles:
        for name, text in {**SMALL, **changed}.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return DataFiles(**{name: tmp_path / f"{name}.csv" for name in SMALL})

    return write_tables


@pytest.fixture
def small(write: Callable[..., DataFiles]) -> Tables:
    """The small province."""
    return read_tables(write())


@pytest.fixture(scope="session")
def bundled() -> Tables:
    """South Sumatra."""
    return read_tables(DataFiles(**{name: DATA / f"{name}.csv" for name in SMALL}))
