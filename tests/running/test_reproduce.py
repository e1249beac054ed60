"""Reproducing: the same is told to be the same; what differs, by how much and where."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.keeping.expected import (
    LARGE,
    PRECISION,
    pack_marks,
    pack_numbers,
    read_sheet,
    unpack_marks,
    unpack_numbers,
)
from sim.report.figures import FIGURES
from sim.running.reproduce import relative_gap
from tests.cli.cases import call, change, contents, draw_no_report, refused, write_files

FLOATS = st.one_of(st.just(float("nan")), st.floats(-(2.0**96), 2.0**96, width=32, allow_subnormal=False))


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the experiment, figures and all, and its expected numbers beside it; to be copied."""
    folder = tmp_path_factory.mktemp("updated")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(folder)
        write_files(folder)
        result = call("reproduce", "impact.yaml", "--update", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert result.output.endswith("written: impact.expected.json\n")
    return folder


@pytest.fixture
def drawn(updated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The experiment with its expected numbers, in the working directory."""
    shutil.copytree(updated, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def undrawn(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where tables alone are looked at: figures are not drawn again, and so are missing."""
    draw_no_report(monkeypatch)
    return drawn


@pytest.fixture
def curve_alone(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with one figure only, expected and drawn."""
    file, name = drawn / "impact.expected.json", "coverage_curve"
    expected = json.loads(file.read_text())
    file.write_text(json.dumps(expected | {"figures": {name: expected["figures"][name]}}))
    monkeypatch.setattr("sim.report.figures.figures_of", lambda *told: {name: FIGURES[name]})
    return drawn


def reproduce(status: int, *more: str) -> dict[str, str]:
    """Reproduce, and return what is said of each table and figure."""
    result = call("reproduce", "impact.yaml", "--workers", "1", *more)
    assert result.exit_code == status, result.output
    return dict(line.split(": ", 1) for line in result.output.splitlines() if ": " in line)


def alter(folder: Path, column: str, factor: float, table: str = "summary.csv") -> None:
    """Change one of the expected numbers."""
    file = folder / "impact.expected.json"
    expected = json.loads(file.read_text())
    sheet = expected["tables"][table]
    values = unpack_numbers(sheet["values"][column])
    values[7] *= factor
    marks = unpack_marks(sheet["groups"])
    marks[1] ^= 1
    sheet |= {"digest": "another", "groups": pack_marks(marks)}
    sheet["values"][column] = pack_numbers(values)
    file.write_text(json.dumps(expected))


@pytest.mark.slow
def test_the_same_again_is_the_same_with_identical_drawings_and_leaves_nothing(drawn: Path) -> None:
    before = set(contents(drawn))
    said = reproduce(0)
    assert said["summary.csv"].startswith("same (2,")
    assert said["replications.parquet"] == "same (6 cells, to the last bit)"
    figures = {name: words for name, words in said.items() if name.startswith("figures/")}
    assert len(figures) == 12
    assert all(words.startswith("same (") and words.endswith("; SVG identical") for words in figures.values())
    assert set(contents(drawn)) == before


def test_a_page_is_made_where_it_is_kept_and_only_there(curve_alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr("sim.report.making.Report.write_pages", lambda report, manifest: made.append(report.folder))
    reproduce(0)
    assert not made
    reproduce(0, "--out", "kept")
    assert len(made) == 1


def test_another_number_is_told_with_its_size_and_place(undrawn: Path) -> None:
    alter(undrawn, "estimate", 1.25)
    said = reproduce(1, "--out", "kept")
    row = pd.read_csv(undrawn / "kept/summary.csv").iloc[7]
    words = said["summary.csv"]
    assert words.startswith("differs: in 1 of ")
    assert re.search(r"; 1 of [\d,]+ numbers that are kept, most by 20\.0", words)
    assert f"estimate is {row['estimate']:.6g} instead of" in words
    assert words.endswith(f"in {', '.join(row[['scenario', 'measure', 'level', 'unit', 'statistic']])}")
    assert said["comparisons.csv"].startswith("same")


def test_a_number_that_differs_by_less_than_is_kept_is_told_as_such(undrawn: Path) -> None:
    alter(undrawn, "estimate", 1.0)
    assert "differs by more than one part in 4,096" in reproduce(1)["summary.csv"]


def test_another_configuration_is_told_table_by_table(undrawn: Path) -> None:
    change(undrawn, "after.yaml", "in_service: always}", "in_service: always, referral: 0.5}")
    said = reproduce(1)
    assert said["summary.csv"].startswith("differs")
    assert said["replications.parquet"].startswith("differs: 3 of 6 cells, the first is after in replication 0")


def test_cells_of_an_earlier_run_are_gone_on_with_or_removed_only_where_that_is_said(
    undrawn: Path, ran: list[tuple[str, int]]
) -> None:
    reproduce(1, "--out", "kept")
    assert len(ran) == 6
    cells = sorted((undrawn / "kept/cells").iterdir())
    cells[0].unlink()
    said = refused("reproduce", "impact.yaml", "--out", "kept")
    assert "kept/cells: holds cells of an earlier run; --resume goes on with those that still hold good" in said
    assert sorted((undrawn / "kept/cells").iterdir()) == cells[1:] and len(ran) == 6
    assert reproduce(1, "--out", "kept", "--resume")["replications.parquet"].startswith("same (6 cells")
    assert len(ran) == 7
    reproduce(1, "--out", "kept", "--fresh")
    assert len(ran) == 13
    assert "--resume needs --out" in refused("reproduce", "impact.yaml", "--resume")


def test_a_drawing_of_another_library_is_no_difference_and_told(curve_alone: Path) -> None:
    file = curve_alone / "impact.expected.json"
    expected = json.loads(file.read_text())
    expected["versions"]["matplotlib"] = "1.0"
    expected["figures"]["coverage_curve"]["svg"] = "another"
    file.write_text(json.dumps(expected))
    assert "SVG not identical (matplotlib" in reproduce(0)["figures/coverage_curve"]


def test_tables_and_figures_that_come_or_go_are_told(curve_alone: Path) -> None:
    file = curve_alone / "impact.expected.json"
    expected = json.loads(file.read_text())
    expected["tables"]["targets.csv"] = expected["tables"].pop("comparisons.csv")
    del expected["figures"]["coverage_curve"]
    file.write_text(json.dumps(expected))
    said = reproduce(1)
    assert said["targets.csv"] == "differs: is not there any more"
    assert said["comparisons.csv"] == said["figures/coverage_curve"] == "differs: was not there before"


@pytest.mark.parametrize("text", [None, "{}", "[]", "no json"])
def test_without_expected_numbers_it_is_said_how_to_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    if text is not None:
        (tmp_path / "impact.expected.json").write_text(text)
    assert "reproduce --update writes" in refused("reproduce", "impact.yaml")


@given(st.lists(FLOATS, max_size=40))
def test_kept_numbers_are_near_the_true_ones(values: list[float]) -> None:
    true = np.array(values, dtype=np.float64)
    kept = unpack_numbers(pack_numbers(true))
    assert len(kept) == len(true)
    assert (relative_gap(true, kept) <= PRECISION).all()


def test_of_a_large_table_the_estimates_are_kept_without_districts_and_weeks(tmp_path: Path) -> None:
    rows = LARGE + 1
    frame = pd.DataFrame({
        "scenario": "a",
        "level": np.where(np.arange(rows) % 10 == 0, "province", "district"),
        "estimate": np.arange(rows) * 1.5,
        "ci_low": 0.5,
    })  # fmt: skip
    frame.to_csv(tmp_path / "a.csv", index=False)
    sheet = read_sheet(tmp_path / "a.csv")
    assert list(sheet.values) == ["estimate"]
    assert sheet.kept.tolist() == list(range(0, rows, 10))
    assert len(json.dumps(sheet.describe(tmp_path / "a.csv"))) < 5000


@pytest.mark.slow
def test_a_crate_describes_every_file_and_what_was_run(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    assert call("run", "impact.yaml", "--crate", "--workers", "1").exit_code == 0
    out = drawn / "results/impact"
    crate = rocrate.ROCrate(out)
    assert crate.name == "What the far sub-office does"
    described = {entity.id for entity in crate.data_entities}
    assert described == set(contents(out)) - {"ro-crate-metadata.json"}
    assert {f"configuration/{name}.yaml" for name in ("experiment", "before", "after")} <= described
    run = crate.get("#run")
    assert run["instrument"].id == "#passport-service-simulator"
    assert {entity.id for entity in run["result"]} == {name for name in described if "configuration" not in name}
    assert crate.get("#seed")["value"] == 1
    draw_no_report(monkeypatch)
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert not (out / "ro-crate-metadata.json").exists()
    assert not (out / "configuration").exists()


@pytest.mark.slow
def test_without_rocrate_the_extra_is_named(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    assert "in the folder of the checkout, python -m pip install '.[archive]'" in refused(
        "run", "impact.yaml", "--crate"
    )
