"""``report DIR``: the report of stored results drawn again, without running anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.cases import call, contents, refused


@pytest.fixture
def stored(finished: Path, tmp_path: Path) -> Path:
    """A copy of finished results, away from the configuration they came from."""
    return Path(shutil.copytree(finished / "results" / "impact", tmp_path / "elsewhere"))


def test_a_report_drawn_again_is_the_same_to_the_last_byte(stored: Path) -> None:
    before = contents(stored)
    for name in ("report.html", "findings.md", "tables.xlsx", "figures/map_travel_time.svg"):
        (stored / name).unlink()
    result = call("report", stored)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == str(stored / "report.html")
    assert contents(stored) == before


def test_another_language_changes_words_and_no_table(stored: Path) -> None:
    before = contents(stored)
    assert call("report", stored, "--lang", "id").exit_code == 0
    after = contents(stored)
    assert after.keys() == before.keys()
    assert after["findings.md"].startswith(b"# Temuan")
    assert b'<html lang="id">' in after["report.html"]
    assert all(after[name] == before[name] for name in before if name.endswith((".csv", ".parquet", ".npz")))
    assert json.loads(after["manifest.json"])["language"] == "id"


def test_what_a_report_needs_and_is_not_there_is_named(stored: Path, tmp_path: Path) -> None:
    assert "is no folder" in refused("report", tmp_path / "nowhere")
    assert "holds no results: manifest.json is not there" in refused("report", tmp_path)
    (stored / "plans.npz").write_bytes(b"PK no zip")
    assert "plans.npz: no plans can be read from it" in refused("report", stored)
    (stored / "plans.npz").unlink()
    assert "plans.npz: is not there" in refused("report", stored)
    (stored / "manifest.json").write_text('{"title": {}}')
    assert "lacks question, main, baseline" in refused("report", stored)
