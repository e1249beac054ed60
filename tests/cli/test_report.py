"""``report DIR``: the report of stored results drawn again, without running anything."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

import sim
from sim.report.evidence import Evidence
from tests.cli.cases import call, contents, draw_no_report, refused


@pytest.fixture
def stored(finished: Path, tmp_path: Path) -> Path:
    """A copy of finished results, away from the configuration they came from."""
    return Path(shutil.copytree(finished / "results" / "impact", tmp_path / "elsewhere"))


@pytest.mark.slow
def test_a_report_drawn_again_by_two_processes_is_the_same_to_the_last_byte(stored: Path) -> None:
    before = contents(stored)
    for name in ("report.html", "findings.md", "tables.xlsx", "tabel.xlsx", "figures/map_travel_time.svg"):
        (stored / name).unlink()
    result = call("report", stored, "--workers", "2")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == str(stored / "report.html")
    assert contents(stored) == before


@pytest.mark.slow
def test_tables_without_a_report_are_those_of_a_run_and_the_report_can_be_made_of_them(
    finished: Path, folder: Path
) -> None:
    done = call("run", "impact.yaml", "--no-report", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert "replications.parquet" in done.output and "figures" not in done.output and "report.html" not in done.output
    results, whole = folder / "results" / "impact", contents(finished / "results" / "impact")
    there = contents(results)
    assert not {"findings.md", "report.html", "tables.xlsx"} & there.keys()
    assert not any(name.startswith("figures/") for name in there)
    assert all(there[name] == whole[name] for name in there if name.endswith((".csv", ".npz", ".parquet")))
    assert call("report", results, "--workers", "1").exit_code == 0
    drawn = contents(results)
    same = [name for name in whole if name == "findings.md" or name.startswith("figures/")]
    assert len(same) > 20
    assert all(drawn[name] == whole[name] for name in same)


@pytest.mark.slow
def test_another_language_changes_words_and_no_table(stored: Path) -> None:
    before = contents(stored)
    assert call("report", stored, "--lang", "id").exit_code == 0
    after = contents(stored)
    assert after.keys() == before.keys()
    assert after["findings.md"].startswith(b"# Temuan")
    assert b'<html lang="id">' in after["report.html"]
    assert all(after[name] == before[name] for name in before if name.endswith((".csv", ".parquet", ".npz")))
    assert json.loads(after["manifest.json"])["language"] == "id"


def test_a_report_is_about_another_scenario_as_if_it_had_been_the_main_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_no_report(monkeypatch)
    (folder / "more.yaml").write_text("extends: after.yaml\nname: more\ntitle: More\nbooking: {no_show: 0.3}\n")
    experiment = folder / "impact.yaml"
    text = experiment.read_text().replace("  after: after.yaml\n", "  after: after.yaml\n  more: more.yaml\n")
    experiment.write_text(f"{text}main: more\n")
    assert call("run", "impact.yaml", "--workers", "1", "--out", "meant").exit_code == 0
    experiment.write_text(f"{text}main: after\n")
    assert call("run", "impact.yaml", "--workers", "1", "--out", "other").exit_code == 0
    assert (folder / "other/findings.md").read_bytes() != (folder / "meant/findings.md").read_bytes()
    tables = {name: data for name, data in contents(folder / "other").items() if name.endswith((".csv", ".parquet"))}
    for words in (("--main", "more"), ()):
        assert call("report", "other", *words, "--workers", "1").exit_code == 0
        assert (folder / "other/findings.md").read_bytes() == (folder / "meant/findings.md").read_bytes()
        assert json.loads((folder / "other/manifest.json").read_text())["main"] == "more"
    assert tables.items() <= contents(folder / "other").items()
    assert (folder / "other/plans.npz").read_bytes() == (folder / "meant/plans.npz").read_bytes()


def test_a_scenario_that_a_report_cannot_be_about_is_named_with_those_that_it_can(stored: Path) -> None:
    before = contents(stored)
    told = refused("report", stored, "--main", "afer")
    assert "'afer' is no scenario of these results" in told and "did you mean 'after'?" in told
    assert "'before' is the baseline itself\n    allowed: after" in refused("report", stored, "--main", "before")
    assert contents(stored) == before


def test_a_crate_tells_of_the_report_as_it_is_drawn_again_or_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rocrate")

    def drawn(figures: Path, evidence: Evidence, language: str, *told: object) -> list[str]:
        """Another figure in each language, as a later version of the program may draw others."""
        (figures / f"{language}.csv").write_text(language)
        return [language]

    draw_no_report(monkeypatch)
    monkeypatch.setattr("sim.report.figures.draw_figures", drawn)
    assert call("run", "impact.yaml", "--keep-journeys", "--crate", "--workers", "1").exit_code == 0
    out, crate = folder / "results/impact", folder / "results/impact/ro-crate-metadata.json"
    for language in ("en", "id"):
        done = call("report", out, "--lang", language, "--workers", "1")
        assert (done.exit_code, done.output.splitlines()[-1]) == (0, str(crate))
        told = {one["@id"]: one for one in json.loads(crate.read_text(encoding="utf-8"))["@graph"]}
        sizes = {name: int(one["contentSize"]) for name, one in told.items() if "contentSize" in one}
        there = contents(out)
        assert sizes == {name: len(data) for name, data in there.items() if name != crate.name}
        assert {f"figures/{language}.csv", "journeys/after-0000.parquet", "configuration/after.yaml"} <= set(sizes)
        assert (told["./"]["name"], told["#seed"]["value"]) == ("What the far sub-office does", 1)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "rocrate.rocrate", None)
        assert "ro-crate-metadata.json: is removed" in call("report", out, "--workers", "1").stderr
    assert set(contents(out)) == set(there) - {crate.name}
    assert call("report", out, "--workers", "1").exit_code == 0
    assert crate.exists()


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("workers", [1, 2])
def test_results_that_a_run_writes_while_a_report_is_drawn_stay(
    stored: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    meanwhile: dict[str, bytes] = {}

    def another_run(*told: object) -> None:
        (stored / "manifest.json").write_text((stored / "manifest.json").read_text() + "\n")
        (stored / "findings.md").write_text("Others.\n")
        meanwhile.update({name: data for name, data in contents(stored).items() if not name.startswith(".unfinished")})

    monkeypatch.setattr("sim.report.making.Report.write_pages", another_run)
    done = call("report", stored, "--lang", "id", "--workers", str(workers))
    assert done.exit_code == 1
    assert done.output == "another run has written results there meanwhile; the same command draws them\n"
    assert contents(stored) == meanwhile


def test_what_a_report_needs_and_is_not_there_is_named(stored: Path, tmp_path: Path) -> None:
    assert "is no folder" in refused("report", tmp_path / "nowhere")
    assert "holds no results: manifest.json is not there" in refused("report", tmp_path)
    (stored / "plans.npz").write_bytes(b"PK no zip")
    assert "plans.npz: no plans can be read from it" in refused("report", stored)
    (stored / "plans.npz").unlink()
    assert "plans.npz: is not there" in refused("report", stored)
    (stored / "manifest.json").write_text('{"title": {}}')
    assert "lacks question, main, baseline" in refused("report", stored)


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100] + b"0,1,2,3\n")


@pytest.mark.parametrize("name", ["replications.parquet", "assumptions.csv", "access.csv"])
def test_a_damaged_table_that_the_report_is_drawn_from_is_refused_by_name(stored: Path, name: str) -> None:
    damaged(stored / name)
    before = contents(stored)
    told = refused("report", stored)
    assert f"{name}: is not as the run wrote it" in told and "the same `run` writes it anew" in told
    assert contents(stored) == before
    (stored / name).unlink()
    assert f"{name}: is not there" in refused("report", stored)


@pytest.mark.slow
def test_other_tables_that_are_damaged_or_gone_are_warned_of_and_the_report_is_right_without_them(stored: Path) -> None:
    before = contents(stored)
    damaged(stored / "summary.csv")
    (stored / "comparisons.csv").unlink()
    result = call("report", stored)
    assert result.exit_code == 0
    assert "summary.csv: is not as the run wrote it" in result.stderr
    assert "comparisons.csv: is not there" in result.stderr
    assert result.stderr.count("it is drawn from replications.parquet") == 2
    assert contents(stored)["report.html"] == before["report.html"]


def test_results_in_python_refuse_a_table_or_journeys_that_are_not_what_the_run_wrote(stored: Path) -> None:
    results = sim.results(stored)
    damaged(stored / "summary.csv")
    (stored / "comparisons.csv").unlink()
    damaged(stored / "journeys/before-0000.parquet")
    with pytest.raises(sim.InputError, match=r"summary\.csv: is not as the run wrote it"):
        _ = results.summary
    with pytest.raises(sim.InputError, match=r"comparisons\.csv: is not there"):
        _ = results.comparisons
    with pytest.raises(sim.InputError, match=r"before-0000\.parquet: is not as the run wrote it"):
        results.journeys("before")
    assert len(results.replications)


def test_a_manifest_that_was_cut_off_is_told_by_the_line_where_it_ends(stored: Path) -> None:
    file = stored / "manifest.json"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[: len(whole) // 2], encoding="utf-8")
    line = len(file.read_text(encoding="utf-8").splitlines())
    told = refused("report", stored)
    assert re.search(rf"manifest\.json:{line}: is damaged: from here on it is no JSON", told)
    assert "what lies in cells/ is not simulated again" in told
    file.write_bytes(b"\xff\xfe\x00")
    assert "manifest.json: is damaged: it is no text in UTF-8" in refused("report", stored)


@pytest.mark.parametrize(("key", "value"), [("language", "fr"), ("confidence", "x"), ("tables", 3), ("title", None)])
def test_a_damaged_manifest_is_told_by_what_cannot_be_right(stored: Path, key: str, value: object) -> None:
    manifest = json.loads((stored / "manifest.json").read_text())
    (stored / "manifest.json").write_text(json.dumps(manifest | {key: value}))
    assert f"manifest.json: {key} cannot be right, so it is damaged: run the experiment again" in refused(
        "report", stored
    )
