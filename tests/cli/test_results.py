"""What a run leaves: the files and columns that were promised, numbers that hold together, the same numbers again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

import sim
from sim.experiment.quantities import KEYS
from sim.keeping.targets import Targets, against_targets
from sim.running.manifest import _is_set_by_hand
from tests.cli.cases import call, call_apart, change, contents, draw_no_report, refused

FIGURES = (
    "burden_by_regency",
    "coverage_curve",
    "lead_time_by_week",
    "lorenz_curves",
    "map_flows",
    "map_regencies",
    "map_travel_time",
    "paired_differences",
    "queue_by_week",
    "service_days",
    "waits_by_site",
    "warm_up",
)
COLUMNS = {
    "summary.csv": "scenario,measure,level,unit,statistic,estimate,ci_low,ci_high,replications",
    "comparisons.csv": "scenario,baseline,measure,level,unit,statistic,difference,ci_low,ci_high,p_adjusted,"
    "replications",
    "access.csv": "scenario,person,district,name,regency,population,nearest_minutes,coverage_30_min,coverage_60_min",
    "flows.csv": "scenario,district,site,applicants,ci_low,ci_high,replications",
    "assumptions.csv": "scenario,path,value,range_low,range_high,range_of,basis,"
    "source_en,source_id,note_en,note_id,where",
}
WRITTEN = {
    "findings.md",
    "report.html",
    "tables.xlsx",
    "tabel.xlsx",
    "plans.npz",
    "manifest.json",
    "replications.parquet",
}
CORE_MEASURES = """
wait_minutes office_minutes lead_days days_to_passport trips travel_hours travel_km cost_rupiah applicants served_share
deterred_share unserved_share utilisation quota_use overtime_minutes coverage_60_min coverage_120_min gini_travel_hours
gini_district_travel_hours concentration_cost_rupiah worst_tenth_travel_hours regency_gap_deterred_share
"""


def results(folder: Path) -> Path:
    return folder / "results" / "impact"


def numbers(folder: Path) -> dict[str, bytes]:
    """What must not change: tables and the data of figures."""
    return {name: data for name, data in contents(folder).items() if name.endswith((".csv", ".parquet", ".md"))}


def test_a_run_writes_exactly_the_promised_files(finished: Path) -> None:
    expected = {*WRITTEN, *COLUMNS}
    expected |= {f"figures/{name}.{ending}" for name in FIGURES for ending in ("svg", "png", "csv")}
    expected |= {f"journeys/{name}-{n:04d}.parquet" for name in ("before", "after") for n in range(3)}
    assert set(contents(results(finished))) == expected
    assert sorted(os.listdir(results(finished))) == sorted({"cells", *(name.split("/")[0] for name in expected)})


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_begin_with_the_promised_columns(finished: Path, name: str) -> None:
    with (results(finished) / name).open() as file:
        found = file.readline().strip()
    # Columns may be added at the end: what a reader takes by name or place stays.
    assert found == COLUMNS[name] or found.startswith(COLUMNS[name] + ",")


def test_the_core_measures_are_all_there(finished: Path) -> None:
    summary = pd.read_csv(results(finished) / "summary.csv")
    assert set(summary["measure"]) >= set(CORE_MEASURES.split())
    assert set(summary["level"]) >= {"province", "regency", "district", "site", "kind"}
    assert set(summary["statistic"]) == {"mean", "median", "p90", "share", "total", "count"}
    assert set(summary.loc[summary["level"] == "province", "unit"]) == {"province"}
    assert ((summary["ci_low"] <= summary["estimate"]) | summary["ci_low"].isna()).all()


def test_replications_are_read_by_pandas_and_by_pyarrow(finished: Path) -> None:
    file = results(finished) / "replications.parquet"
    names = ["scenario", "replication", "measure", "level", "unit", "statistic", "value"]
    assert list(pd.read_parquet(file).columns) == names
    table = pq.read_table(file)
    assert table.column_names == names
    assert set(table["replication"].to_pylist()) == {0, 1, 2}
    keys = pd.read_parquet(file).drop(columns="value")
    assert not keys.duplicated().any()


def test_flows_are_those_of_the_replications_and_add_up_to_the_applicants_of_each_site(finished: Path) -> None:
    frame = pd.read_parquet(results(finished) / "replications.parquet")
    summed = frame[frame["level"] == "flow"].groupby(["scenario", "unit"], observed=True)["value"].sum()
    table = pd.read_csv(results(finished) / "flows.csv", dtype={"district": str})
    units = table["district"] + " " + table["site"]
    assert len(table) == len(summed)
    expected = [summed[key] / 3 for key in zip(table["scenario"], units, strict=True)]
    np.testing.assert_allclose(table["applicants"], expected)
    summary = pd.read_csv(results(finished) / "summary.csv", dtype={"unit": str})
    sites = summary[(summary["measure"] == "applicants") & (summary["level"] == "site")]
    by_site = table.groupby(["scenario", "site"])["applicants"].sum()
    known = [by_site.get(key, 0.0) for key in zip(sites["scenario"], sites["unit"], strict=True)]
    np.testing.assert_allclose(sites["estimate"], known)


def test_the_summary_is_the_mean_of_the_replications_and_for_a_person_the_ratio_of_sums(finished: Path) -> None:
    keys = ["scenario", "measure", "level", "unit", "statistic"]
    frame = pd.read_parquet(results(finished) / "replications.parquet")
    frame = frame[frame["level"] != "flow"]
    means = frame.groupby(keys, observed=True)["value"].mean()
    sums = frame.groupby(keys, observed=True)["value"].sum()
    summary = pd.read_csv(results(finished) / "summary.csv", dtype={"unit": str}).set_index(keys)["estimate"]
    assert len(means) == len(summary)
    plain = summary[~summary.index.get_level_values("statistic").isin(["mean", "share"])]
    np.testing.assert_allclose(plain.to_numpy(), means.reindex(plain.index).to_numpy(), rtol=1e-9)
    for scenario in ("before", "after"):
        total = sums[scenario, "travel_hours", "province", "province", "total"]
        people = sums[scenario, "served", "province", "province", "count"]
        assert summary[scenario, "travel_hours", "province", "province", "mean"] == pytest.approx(total / people)


def test_digests_of_the_manifest_match_the_files(finished: Path) -> None:
    folder = results(finished)
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {name: folder / name for name in manifest["tables"]}
    files |= {name: folder / "figures" / f"{name}.csv" for name in manifest["figures"]}
    files |= {name: folder / "journeys" / name for name in manifest["journeys"]}
    assert set(manifest["tables"]) == {*COLUMNS, "replications.parquet"}
    assert set(manifest["figures"]) == set(FIGURES)
    for name, digest in (manifest["tables"] | manifest["figures"] | manifest["journeys"]).items():
        assert hashlib.blake2b(files[name].read_bytes(), digest_size=32).hexdigest() == digest, name
    assert manifest["seed"] == 1
    assert {name: found["days"] for name, found in manifest["warm_up"].items()} == {"before": 7, "after": 7}
    assert manifest["replications"] == {"asked": 3, "complete": 3}
    assert manifest["interrupted"] is False
    assert "simulator" in manifest["versions"]
    assert not [word for word in ("/tmp", str(finished), str(Path.home())) if word in json.dumps(manifest)]


def test_need_is_what_became_of_it_counted_again_from_the_journeys(finished: Path) -> None:
    frame = pd.read_parquet(results(finished) / "replications.parquet")
    whole = frame[frame["level"] == "province"].astype({"scenario": str, "measure": str})
    for scenario in ("before", "after"):
        for number in range(3):
            counts = fates(results(finished) / "journeys" / f"{scenario}-{number:04d}.parquet")
            rows = whole[(whole["scenario"] == scenario) & (whole["replication"] == number)]
            told = {(m, s): v for m, s, v in zip(rows["measure"], rows["statistic"], rows["value"], strict=True)}
            need = sum(counts.values())
            assert need > 100
            assert told["need", "count"] == need
            assert told["served", "count"] == counts["served"]
            assert told["applicants", "count"] == need - counts["deterred"]
            shares = {name: told[f"{name}_share", "share"] for name in counts}
            assert shares == pytest.approx({name: count / need for name, count in counts.items()})
            assert sum(shares.values()) == pytest.approx(1)


def fates(file: Path) -> dict[str, int]:
    """How many of those whose need arose on a counted day were deterred, unserved, lost, served or are under way."""
    table = pq.read_table(file)
    origin = dt.date.fromisoformat(table.schema.metadata[b"origin"].decode())
    frame = table.to_pandas()
    day = frame["need_ms"] // 86_400_000
    counted = frame[(day >= (dt.date(2023, 3, 15) - origin).days) & (day <= (dt.date(2023, 5, 13) - origin).days)]
    status = counted["status"].astype(str).str.replace("^lost_.*", "lost", regex=True).replace("collected", "served")
    return {name: int((status == name).sum()) for name in ("deterred", "unserved", "lost", "served", "under_way")}


def test_the_end_tells_findings_and_where_the_files_are(finished: Path) -> None:
    text = (finished / "terminal.txt").read_text()
    assert "Main measures" in text
    assert "3 replications of 2 scenarios" in text
    assert "Results: results/impact/ (report.html, findings.md, tables.xlsx, tabel.xlsx, summary.csv" in text
    assert "before: Without the far sub-office\nafter: With the far sub-office\n" in text
    assert "The findings in words, and all scenarios side by side: results/impact/findings.md\n" in text
    assert "Figures, maps and tables, in a browser: results/impact/report.html\n" in text


@pytest.mark.slow
def test_no_byte_of_the_results_depends_on_the_number_of_workers(
    finished: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("run", "impact.yaml", "--keep-journeys", "--workers", "2").exit_code == 0
    assert contents(results(folder)) == contents(results(finished))
    draw_no_report(monkeypatch)
    assert call("run", "impact.yaml", "--keep-journeys", "--workers", "3").exit_code == 0
    three = numbers(results(folder))
    assert three == {name: data for name, data in numbers(results(finished)).items() if "figures" not in name}


@pytest.mark.slow
def test_nothing_depends_on_the_order_of_hashing(finished: Path, folder: Path) -> None:
    env = {**os.environ, "PYTHONHASHSEED": "77"}
    done = call_apart("run", "impact.yaml", "--keep-journeys", "--workers", "1", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(results(folder)) == contents(results(finished))


@pytest.mark.usefixtures("without_report")
def test_another_seed_gives_other_numbers(finished: Path, folder: Path) -> None:
    assert call("run", "impact.yaml", "--seed", "2", "--workers", "1").exit_code == 0
    assert numbers(results(folder))["summary.csv"] != numbers(results(finished))["summary.csv"]
    assert json.loads((results(folder) / "manifest.json").read_text())["seed"] == 2


@pytest.mark.usefixtures("without_report")
def test_fewer_replications_are_the_first_of_more(finished: Path, folder: Path) -> None:
    assert call("run", "impact.yaml", "--replications", "2", "--workers", "1").exit_code == 0
    more = pd.read_parquet(results(finished) / "replications.parquet")
    fewer = pd.read_parquet(results(folder) / "replications.parquet")
    first = more[more["replication"] < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(fewer, first, check_categorical=False)


@pytest.mark.usefixtures("without_report")
def test_set_reaches_the_experiment_and_every_scenario(folder: Path) -> None:
    more = ["--set", "confidence=0.8", "--set", "sites.kanim.sessions.weekdays.quota.ordinary=0"]
    assert call("run", "impact.yaml", "--workers", "1", *more).exit_code == 0
    manifest = json.loads((results(folder) / "manifest.json").read_text())
    assert manifest["confidence"] == 0.8
    rows = pd.read_csv(results(folder) / "assumptions.csv")
    rows = rows[rows["path"] == "sites.kanim.sessions.weekdays.quota.ordinary"]
    assert rows["scenario"].tolist() == ["all"]
    assert rows["value"].astype(str).tolist() == ["0"]
    assert rows["where"].tolist() == ["--set"]
    assert rows["basis"].tolist() == ["assumption"]
    assert rows["note_en"].tolist() == ["set on the command line"]
    assert rows["source_en"].isna().all(), "what the file says is of another value"
    assert manifest["changed"] == [word for word in more if word != "--set"]


@pytest.mark.parametrize(
    ("words", "by_hand"),
    [
        (["sites.kanim.sessions.weekdays.quota.ordinary=3"], True),
        (["sites.kanim.sessions.weekdays.quota={ordinary: 3}"], True),
        (["title=On the basis of nothing", "sites.kanim.sessions.weekdays.quota.ordinary=3"], True),
        (["sites.kanim.sessions.weekdays.quota={value: {ordinary: 3}, basis: study, source: Mine}"], False),
        (["seed=3"], False),
    ],
)
def test_a_value_set_by_hand_is_nobody_elses_figure(words: list[str], by_hand: bool) -> None:
    assert _is_set_by_hand("sites.kanim.sessions.weekdays.quota", words) == by_hand


def test_of_a_value_that_is_set_twice_the_last_says_where_it_comes_from() -> None:
    path = "need.segments.general.per_year"
    by_hand, of_a_study = f"{path}=900", f"{path}={{value: 950, basis: study, source: Mine}}"
    assert _is_set_by_hand(path, [of_a_study, by_hand])
    assert not _is_set_by_hand(path, [by_hand, of_a_study])


@pytest.mark.usefixtures("without_report")
def test_results_of_another_set_that_are_replaced_are_told(folder: Path) -> None:
    def told(*words: str) -> str:
        done = call("run", "impact.yaml", "--workers", "1", *words)
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    words, replaced = ("--set", "seed=5"), "results/impact holds results that were run"
    assert replaced not in told()
    assert f"{replaced} without --set: they will be replaced; --out PATH leaves them be" in told(*words)
    assert replaced not in told(*words)
    assert f"{replaced} with --set seed=5: they will be replaced" in told()


@pytest.mark.usefixtures("without_figures")
def test_what_the_command_line_changed_is_said_first_by_findings_and_page_then_and_when_drawn_again(
    folder: Path,
) -> None:
    words = ["--set", "sites.kanim.sessions.weekdays.quota.ordinary=3"]
    told = "Changed on the command line, in every scenario or in the experiment: " + words[1]
    for command in (["run", "impact.yaml", *words], ["report", str(results(folder))]):
        assert call(*command, "--workers", "1").exit_code == 0
        findings = (results(folder) / "findings.md").read_text()
        assert findings.split("\n\n")[1].startswith(told)
        assert told in (results(folder) / "report.html").read_text()


@pytest.mark.usefixtures("without_pictures")
def test_an_experiment_without_baseline_is_described_and_not_compared(folder: Path) -> None:
    change(folder, "impact.yaml", "baseline: before\n", "")
    change(folder, "impact.yaml", "  after: after.yaml\n", "")
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert (results(folder) / "comparisons.csv").read_text().count("\n") == 1
    assert (results(folder) / "figures" / "waits_by_site.csv").is_file()
    assert not (results(folder) / "figures" / "paired_differences.csv").exists()
    assert (results(folder) / "findings.md").is_file()
    assert "3 replications of 1 scenario " in result.output


@pytest.mark.usefixtures("without_report")
def test_scenarios_beside_the_two_compared_are_not_passed_over_in_silence(folder: Path) -> None:
    (folder / "third.yaml").write_text("extends: before.yaml\nname: third\ntitle: As before\n")
    change(folder, "impact.yaml", "  after: after.yaml\n", "  after: after.yaml\n  third: third.yaml\n")
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    assert "The other scenarios (third) stand in findings.md and the tables; `main:` in the experiment chooses" in told


TARGETS = """\
figure,scenario,measure,level,unit,statistic,known,fitted,source
Passports in the spring,before,passports,site,kanim,count,400,no,made up
"""


@pytest.mark.usefixtures("without_report")
def test_known_figures_stand_beside_the_modelled_ones(folder: Path) -> None:
    (folder / "known.csv").write_text(TARGETS)
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    row = pd.read_csv(results(folder) / "targets.csv").iloc[0]
    summary = pd.read_csv(results(folder) / "summary.csv")
    same = summary.query("scenario == 'before' and measure == 'passports' and unit == 'kanim' and level == 'site'")
    assert row["modelled"] == pytest.approx(same["estimate"].item())
    assert row["difference_percent"] == pytest.approx(100 * (row["modelled"] / 400 - 1), rel=1e-6)
    half = same["ci_high"].item() - same["estimate"].item()
    assert row["standard_error"] == pytest.approx(half / stats.t.ppf(0.975, same["replications"].item() - 1), rel=1e-6)
    assert row["difference_in_errors"] == pytest.approx((row["modelled"] - 400) / row["standard_error"], rel=1e-6)
    # A share whose interval is cut at both ends says nothing of how long it was.
    table = summary.head(1).assign(statistic="share", measure="served_share", ci_low=0.0, ci_high=1.0, estimate=0.5)
    keys = (tuple(table[list(KEYS)].iloc[0]),)
    unknown = (np.nan,), (np.nan,)
    asked = Targets(("x",), ("x",), keys, (0.6,), *unknown, ("no",), ("made up",), folder / "known.csv", (1,))
    beside = against_targets(asked, table, 0.95)
    assert beside["modelled"].item() == 0.5 and np.isnan(beside["standard_error"].item())
    assert "Passports in the spring" in result.output
    assert row["figure_id"] == "Passports in the spring"


@pytest.mark.usefixtures("without_pictures")
def test_known_figures_may_be_named_by_numbers_and_be_of_units_that_look_like_some(folder: Path) -> None:
    rows = "".join(
        f"{name},before,need,regency,{unit},count,400,no,NA\n" for name, unit in (("2016", "1"), ("NA", "2"))
    )
    (folder / "known.csv").write_text(TARGETS.partition("\n")[0] + "\n" + rows)
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    result = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert result.exit_code == 0, result.output
    table = sim.results(results(folder)).table("targets")
    assert table["figure"].tolist() == ["2016", "NA"]
    assert table["unit"].tolist() == ["1", "2"]
    assert table["source"].tolist() == ["NA", "NA"]
    drawn = pd.read_csv(results(folder) / "figures" / "targets.csv", dtype=str, keep_default_na=False)
    assert drawn["figure"].tolist() == ["2016", "NA"]


@pytest.mark.usefixtures("without_figures")
def test_a_known_figure_may_have_another_name_in_indonesian(folder: Path) -> None:
    named = TARGETS.replace("figure,", "figure,figure_id,").replace("spring,", "spring,Paspor pada musim semi,")
    (folder / "known.csv").write_text(named)
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert pd.read_csv(results(folder) / "targets.csv")["figure_id"].tolist() == ["Paspor pada musim semi"]
    read = (results(folder) / "report.html").read_text().split('<script type="application/json"')[0]
    english, indonesian = read.split('<div class="language"')[1:]
    assert "Passports in the spring" in english and "musim semi" not in english
    assert "Paspor pada musim semi" in indonesian and "in the spring" not in indonesian


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("passports,site", "pasports,site", "no measure 'pasports' in before; did you mean 'passports'?"),
        (",kanim,", ",kanin,", "no unit 'kanin' of passports; did you mean 'kanim'?"),
        ("spring,before", "spring,befor", "no scenario 'befor'; did you mean 'before'?"),
        (",400,", ",many,", "'many' is not a number"),
        (",400,", ",-400,", "column 'known': -400 is negative\n    allowed: a count of at least 0"),
        (",400,", ",1.500,", "column 'known': '1.500' may be 1.5 or 1500\n    allowed: 1.5 or 1500"),
        ("count,400,", "mean,12.500,", "column 'known': '12.500' may be 12.5 or 12500"),
    ],
)
def test_a_known_figure_that_names_nothing_is_refused_before_the_work(
    folder: Path, old: str, new: str, words: str
) -> None:
    (folder / "known.csv").write_text(TARGETS.replace(old, new))
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    for command in ("check", "run"):
        said = refused(command, "impact.yaml")
        assert "known.csv:2: " in said
        assert words in said
    assert not (folder / "results").exists()


def test_a_known_count_that_is_not_whole_is_a_warning_that_names_row_and_value(folder: Path) -> None:
    mean = "A mean,before,passports,site,kanim,mean,4.03,no,made up\n"
    (folder / "known.csv").write_text(TARGETS.replace(",400,", ",4.03,") + mean)
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    said = call("check", "impact.yaml").output
    assert "warning: known.csv:2: column 'known': Passports in the spring: a count of 4.03 is not whole" in said
    assert "A mean: " not in said


@pytest.mark.parametrize(("there", "absent"), [("low", "high"), ("high", "low")])
def test_one_end_of_a_known_figure_without_a_column_of_the_other_is_refused(
    folder: Path, there: str, absent: str
) -> None:
    (folder / "known.csv").write_text(TARGETS.replace(",known,", f",known,{there},").replace(",400,", ",400,400,"))
    change(folder, "impact.yaml", "seed: 1\n", "seed: 1\ntargets: known.csv\n")
    said = refused("check", "impact.yaml")
    assert f"known.csv:1: column '{absent}': the column is missing, and there is a column '{there}'" in said
    assert f"allowed: both columns; a cell of {absent} may be blank" in said


@pytest.mark.usefixtures("without_figures")
def test_results_of_an_earlier_run_are_replaced_and_other_files_left_alone(finished: Path, folder: Path) -> None:
    out = folder / "out"
    shutil.copytree(results(finished), out)
    others = ("notes.txt", "summary.xlsx", "figures/my_own.svg", "figures/my_own.csv", "journeys/old.parquet", ".keep")
    for name in others:
        (out / name).write_text("mine")
    assert call("run", "impact.yaml", "--out", "out", "--replications", "2", "--workers", "1").exit_code == 0
    left = {*WRITTEN, *COLUMNS, *others}
    assert set(contents(out)) == left
    assert all((out / name).read_text() == "mine" for name in others)


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    "text", ["{}", "[]", "not json", '{"versions": {"simulator": 1}, "tables": ["../precious.txt"], "figures": []}']
)
def test_a_manifest_of_somebody_else_stays_and_removes_no_file(folder: Path, text: str) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "manifest.json").write_text(text)
    (folder / "precious.txt").write_text("mine")
    said = refused("run", "impact.yaml", "--out", "out", "--replications", "2", "--workers", "1")
    assert "out: holds files that no run of this experiment has written, where its results go (manifest.json)" in said
    assert (folder / "precious.txt").read_text() == "mine"
    assert (folder / "out" / "manifest.json").read_text() == text


@pytest.mark.parametrize("name", ["summary.csv", "report.html", "figures/mine.svg", "journeys/old.parquet"])
def test_a_file_of_ones_own_where_results_go_is_named_before_the_work_and_stays(folder: Path, name: str) -> None:
    (folder / "out" / name).parent.mkdir(parents=True)
    (folder / "out" / name).write_text("mine")
    said = refused("run", "impact.yaml", "--out", "out")
    assert f"where its results go ({name}); choose another folder with --out, or move them away" in said
    assert contents(folder / "out") == {name: b"mine"}


def test_results_of_another_experiment_are_named_before_the_work_and_stay(finished: Path, folder: Path) -> None:
    shutil.copytree(results(finished), folder / "out")
    before = contents(folder / "out")
    change(folder, "impact.yaml", "name: impact", "name: another")
    said = refused("run", "impact.yaml", "--out", "out")
    assert "out: holds the results of another experiment, 'impact'; choose another folder with --out" in said
    assert contents(folder / "out") == before


@pytest.mark.usefixtures("without_report")
def test_results_whose_moving_was_cut_short_by_a_power_cut_are_known_as_ones_own(finished: Path, folder: Path) -> None:
    out, left = folder / "out", folder / "out/.unfinished-cut"
    shutil.copytree(results(finished), out)
    (left / "old").mkdir(parents=True)
    (out / "manifest.json").rename(left / "old/manifest.json")
    assert call("run", "impact.yaml", "--out", "out", "--replications", "2", "--workers", "1").exit_code == 0
    assert not left.exists()


def test_replications_to_a_precision_stop_when_it_is_reached_and_say_so(folder: Path, without_report: None) -> None:
    goal = "{comparison: travel_hours_saved, absolute: 1.5}"
    change(folder, "impact.yaml", "replications: 3", f"replications: {{minimum: 2, maximum: 9, precision: [{goal}]}}")
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(folder / "results/impact/precision.csv")
    assert table["met"].all()
    assert 7 <= table["replications"].item() <= 9
    assert "Precision: 1 of 1 goals met after" in result.output
    complete = table["replications"].item()
    why = "precision" if complete < 9 else "at_most"
    told = {"asked": 2, "at_most": 9, "complete": complete, "stopped": why}
    assert json.loads((results(folder) / "manifest.json").read_text())["replications"] == told
    assert "partial" not in (results(folder) / "findings.md").read_text()


def test_a_goal_that_is_not_measured_is_an_error_at_its_line(folder: Path) -> None:
    goal = "{measure: travel_hous, relative: 2%}"
    line = change(
        folder, "impact.yaml", "replications: 3", f"replications: {{minimum: 2, maximum: 9, precision: [{goal}]}}"
    )
    for command in ("check", "run"):
        said = refused(command, "impact.yaml")
        assert f"impact.yaml:{line}: replications.precision[0].measure: there is no measure 'travel_hous'" in said
        assert "did you mean 'travel_hours'" in said
