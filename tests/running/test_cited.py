"""Citing another experiment: known figures and tested conclusions come from what is kept of it, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.config.loader import load_experiment
from sim.errors import ConfigError
from sim.keeping.cited import CONCLUSION, FIGURE, NUMBERS, WORDS, Cited, cited_table, read_cited
from sim.keeping.expected import PRECISION, expected_file, kept_table, read_expected, read_sheet
from sim.keeping.targets import read_targets
from tests.cli.cases import call

ROOT = Path(__file__).parents[2]
HISTORY, SENSITIVITY = (ROOT / "experiments" / f"{name}.yaml" for name in ("history", "sensitivity"))
COUNTS = ROOT / "configs" / "south_sumatra" / "data" / "official_counts.csv"


def table_of(*files: Path, model: str = "") -> pd.DataFrame:
    return cited_table([read_cited(file, "cites[0]", {}) for file in files], model)


def test_a_small_table_is_kept_with_its_words_and_its_numbers_to_four_digits(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text('figure,known,fitted\n"Palembang, 2016",47514,yes\nÉlan,0.125,no\n', encoding="utf-8")
    found = kept_table({"tables": {"targets.csv": read_sheet(path).describe(path)}}, "targets.csv")
    assert found is not None
    assert found["figure"].tolist() == ["Palembang, 2016", "Élan"]
    assert found["fitted"].tolist() == ["yes", "no"]
    np.testing.assert_allclose(found["known"], [47514, 0.125], rtol=PRECISION)


def test_words_that_are_not_those_of_the_digest_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text("figure,known\nPalembang,47514\n", encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text("figure,known\nMuara Enim,47514\n", encoding="utf-8")
    kept = read_sheet(path).describe(path) | {"texts": read_sheet(other).describe(other)["texts"]}
    with pytest.raises(ValueError, match=r"words of targets\.csv"):
        kept_table({"tables": {"targets.csv": kept}}, "targets.csv")


def test_each_known_figure_of_the_history_is_cited_as_its_table_has_it_and_as_the_run_gave_it() -> None:
    targets, kept = read_targets(COUNTS), kept_table(read_expected(expected_file(HISTORY)), "targets.csv")
    assert kept is not None
    found = table_of(HISTORY)
    assert found["kind"].eq(FIGURE).all()
    assert found["text_en"].tolist() == list(targets.figure)
    assert found["text_id"].tolist() == list(targets.figure_id)
    assert found["fitted"].tolist() == list(targets.fitted)
    assert found["known"].tolist() == list(targets.known)
    assert found["fitted_inputs"].eq(10).all()
    np.testing.assert_allclose(found["modelled"], kept["modelled"], rtol=2 * PRECISION)
    np.testing.assert_allclose(found["modelled"] / found["known"] - 1, found["difference_percent"] / 100, atol=1e-12)


def test_each_conclusion_is_cited_once_with_the_stage_at_which_it_holds_least() -> None:
    kept = kept_table(read_expected(expected_file(SENSITIVITY)), "sensitivity.csv")
    assert kept is not None
    found = table_of(SENSITIVITY).set_index("text_en")
    assert found["kind"].eq(CONCLUSION).all()
    assert len(found) == kept["conclusion"].nunique()
    for name, rows in kept[kept["stage"] != "as_it_stands"].groupby("title_en"):
        least = rows.iloc[(rows["holds"] / rows["points"]).argmin()]
        assert (found.loc[name, "points"], found.loc[name, "holds"]) == (least["points"], least["holds"])
    travel = found.loc["The four sub-offices save hours of travel"]
    assert travel[["holds", "points"]].tolist() == [1374, 1410]
    best = found[found["elsewhere_en"] != ""].iloc[0]
    others = [int(one.rpartition(": ")[2]) for one in best["elsewhere_en"].split("; ")]
    assert others == sorted(others, reverse=True)
    assert 0 < sum(others) <= best["points"] - best["holds"]
    assert "need.segments.religious.worth.cv" in travel["turned_by"].split()


def test_the_paths_on_which_points_lie_and_how_sure_their_share_is_travel_with_a_conclusion(tmp_path: Path) -> None:
    path = tmp_path / "sensitivity.csv"
    stages = {"stage": ["as_it_stands", "morris"], "points": [1, 1400], "unfit": 0, "holds": [1, 771]}
    lie = {"paths": [None, 10], "independent": None, "share_low": [None, 0.37], "share_high": [None, 0.73]}
    words = {"conclusion": "later", "title_en": "It is later", "title_id": "", "about": "days"}
    pd.DataFrame({**words, **stages, **lie}).to_csv(path, index=False)
    kept = kept_table({"tables": {path.name: read_sheet(path).describe(path)}}, path.name)
    (row,) = cited_table([Cited("one", {"en": "", "id": ""}, "", "", "", None, kept, None)], "").to_dict("records")
    assert (row["holds"], row["points"], row["paths"]) == (771, 1400, 10)
    assert (row["share_low"], row["share_high"]) == (
        pytest.approx(0.37, rel=PRECISION),
        pytest.approx(0.73, rel=PRECISION),
    )
    assert np.isnan(row["independent"])


def test_inputs_that_were_fitted_are_counted_as_the_experiment_groups_them() -> None:
    inputs = load_experiment(HISTORY).model.calibration.inputs
    figures = pd.DataFrame(
        {
            "figure": "A",
            "figure_id": "A",
            "fitted": ["yes", "no"],
            "known": 1.0,
            "modelled": 2.0,
            "difference_percent": 1.0,
        }
    )
    told = Cited("one", {"en": "", "id": ""}, "", "", "", figures, None, None, fitted_inputs=len(inputs))
    assert len(inputs) == 10 < sum(len(one) if isinstance(one, list) else 1 for one in inputs)
    assert cited_table([told], "")["fitted_inputs"].tolist() == [10, 10]
    assert cited_table([replace(told, fitted_inputs=0)], "")["fitted_inputs"].isna().all()


def test_what_is_cited_says_whose_code_and_of_which_day_it_is() -> None:
    expected = read_expected(expected_file(HISTORY))
    found = table_of(HISTORY, SENSITIVITY, model=expected["model"])
    assert [*found.columns] == [*WORDS, *NUMBERS]
    first = found.iloc[0]
    assert (first["model"], first["same_code"], first["kept"]) == (expected["model"], "yes", expected["kept"])
    assert table_of(HISTORY, model="another")["same_code"].eq("no").all()


def changed(tmp_path: Path, table: str = "", **changes: Any) -> Path:
    """The history in a folder of its own, with other expected numbers and another table of known figures."""
    counts = tmp_path / "counts.csv"
    counts.write_text(table or COUNTS.read_text(encoding="utf-8"), encoding="utf-8")
    text = HISTORY.read_text(encoding="utf-8").replace("../configs/south_sumatra/data/official_counts.csv", str(counts))
    file = tmp_path / "history.yaml"
    file.write_text(text.replace("../configs", str(ROOT / "configs")), encoding="utf-8")
    expected = json.loads(expected_file(HISTORY).read_text(encoding="utf-8")) | changes
    expected_file(file).write_text(json.dumps(expected), encoding="utf-8")
    return file


def refused(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_cited(file, "cites[0]", {"cites[0]": ("mine.yaml", 7)})
    text = str(caught.value)
    assert text.startswith("mine.yaml:7: cites[0]: ")
    return text


def test_known_figures_that_changed_since_are_not_cited_beside_old_results(tmp_path: Path) -> None:
    counts = COUNTS.read_text(encoding="utf-8")
    assert len(table_of(changed(tmp_path))) == len(read_targets(COUNTS).figure)
    assert "47514" in counts
    assert "not those that its expected numbers are of" in refused(changed(tmp_path, counts.replace("47514", "49514")))
    shorter = "\n".join(counts.splitlines()[:-1]) + "\n"
    assert "not the one that its expected numbers are of" in refused(changed(tmp_path, shorter))


def test_an_experiment_without_expected_numbers_or_without_anything_to_cite_is_refused(tmp_path: Path) -> None:
    file = changed(tmp_path)
    assert "holds nothing against known figures and tests no conclusions" in refused(changed(tmp_path, tables={}))
    expected_file(file).unlink()
    assert "there are no expected numbers" in refused(file)


def test_a_scenario_cannot_be_cited() -> None:
    text = refused(ROOT / "configs" / "scenarios" / "with_ukk.yaml")
    assert "with_ukk.yaml cannot be cited" in text


def test_a_wrong_citation_is_told_at_its_line_before_anything_runs(folder: Path) -> None:
    file = folder / "impact.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "cites: [impact.yaml]\n", encoding="utf-8")
    line = len(file.read_text(encoding="utf-8").splitlines())
    result = call("check", "impact.yaml")
    assert result.exit_code == 2
    assert f"impact.yaml:{line}: cites[0]: impact.yaml cannot be cited" in result.output


def test_what_is_cited_lies_beside_the_results_and_not_in_their_expected_numbers(folder: Path) -> None:
    file = folder / "impact.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"cites: [{HISTORY}]\n", encoding="utf-8")
    assert call("run", "impact.yaml", "--out", "out", "--workers", "1").exit_code == 0
    cited = pd.read_csv(folder / "out" / "cited.csv")
    assert len(cited) == len(read_targets(COUNTS).figure)
    assert "cited.csv" in json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))["tables"]
    assert "Held against known figures" in (folder / "out" / "findings.md").read_text(encoding="utf-8")
    assert call("reproduce", "impact.yaml", "--update", "--workers", "1").exit_code == 0
    assert "cited.csv" not in json.loads((folder / "impact.expected.json").read_text(encoding="utf-8"))["tables"]
