"""The Python interface gives what the command line gives, and refuses what it refuses."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.measures.outcomes import Outcomes
from tests.cli.cases import ROOT, call, draw_no_report, refused, write_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the province, two scenarios and an experiment that has been run with its journeys kept."""
    made = tmp_path_factory.mktemp("api")
    write_files(made)
    sim.run(made / "impact.yaml", out=made / "results", keep_journeys=True)
    return made


@pytest.fixture(scope="module")
def results(folder: Path) -> sim.Results:
    return sim.results(folder / "results")


def run_of(folder: Path, name: str, replication: int = 0) -> sim.Run:
    return sim.load(folder / f"{name}.yaml").simulate(seed=1, replication=replication)


def test_importing_the_package_reads_no_library() -> None:
    heavy = "{'numpy', 'pandas', 'numba', 'scipy', 'pydantic', 'matplotlib', 'pyarrow'}"
    code = f"import sys, sim; assert not {heavy} & set(sys.modules); assert set(sim.__all__) <= set(dir(sim))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_everything_that_is_public_is_there_and_says_what_it_does() -> None:
    for name in sim.__all__:
        assert getattr(sim, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        sim.lode  # noqa: B018


def test_a_run_has_the_rows_of_the_same_cell_of_an_experiment(folder: Path, results: sim.Results) -> None:
    """Whoever simulates by hand gets the numbers of the command line, those of gains included."""
    before, after = run_of(folder, "before", 2), run_of(folder, "after", 2)
    of = results.replications
    for run, rows in ((before, before.measures()), (after, after.measures(baseline=before))):
        stored = of[(of["scenario"] == run.scenario.name) & (of["replication"] == 2)].reset_index(drop=True)
        rows, stored = (frame.astype({"scenario": str, "unit": str}) for frame in (rows, stored))
        labels = ["scenario", "replication", "measure", "level", "unit", "statistic"]
        pd.testing.assert_frame_equal(rows[labels].astype(str), stored[labels].astype(str))
        np.testing.assert_array_equal(rows["value"], stored["value"])


def test_journeys_of_a_run_are_those_that_are_kept_with_what_came_of_them(folder: Path, results: sim.Results) -> None:
    run = run_of(folder, "after")
    frame, kept = run.journeys(), results.journeys("after")
    assert f"{len(frame)} applicants" in repr(run)
    assert {"not_yet", "collected"} <= set(frame["handover"])
    assert frame.attrs == kept.attrs == {"origin": run.origin.isoformat()}
    pd.testing.assert_frame_equal(frame, kept)
    assert set(Outcomes._fields) - {"need_ms"} <= set(frame.columns)
    ends = frame[[f"{visit}_interview_end_ms" for visit in ("first", "return", "referred")]].max(axis=1)
    pd.testing.assert_series_equal(frame["interviewed_ms"], ends, check_names=False, check_dtype=False)
    mean = frame.loc[frame["counted"] & frame["served"], "travel_hours"].mean()
    measures = run.measures().set_index(["measure", "level", "statistic"])["value"]
    assert mean == pytest.approx(measures["travel_hours", "province", "mean"], rel=1e-12)
    by_regency = dict(run.scenario.districts()[["district", "regency"]].itertuples(index=False))
    assert (frame["district"].map(by_regency).astype(str) == frame["regency"].astype(str)).all()


def test_both_engines_give_the_same_frame(folder: Path) -> None:
    scenario = sim.load(folder / "after.yaml")
    pd.testing.assert_frame_equal(*(scenario.simulate(engine=name).journeys() for name in ("compiled", "simpy")))


def test_tables_of_runs_by_hand_are_those_of_the_experiment(folder: Path, results: sim.Results) -> None:
    rows = []
    for replication in range(3):
        before, after = run_of(folder, "before", replication), run_of(folder, "after", replication)
        rows += [before.measures(), after.measures(baseline=before)]
    together = pd.concat(rows)
    for made, written in (
        (sim.summarise(together), results.summary),
        (sim.compare(together, "before", together=True), results.comparisons),
    ):
        pd.testing.assert_frame_equal(made.reset_index(drop=True), written, check_dtype=False, rtol=1e-9)


def test_results_are_those_of_the_command_line(
    folder: Path, results: sim.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_no_report(monkeypatch)
    assert call("run", folder / "impact.yaml", "--workers", "1", "--out", tmp_path / "out").exit_code == 0
    for name in ("summary.csv", "comparisons.csv", "replications.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (results.folder / name).read_bytes()


def test_what_the_caller_s_own_function_raises_comes_back_as_it_is_and_cells_are_kept(folder: Path) -> None:
    class MineError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done:
            raise MineError(f"{done} of {total}")

    with pytest.raises(MineError, match="1 of 6"):
        sim.run(folder / "impact.yaml", out=folder / "stopped", report=False, progress=stop)
    assert not (folder / "stopped" / "summary.csv").exists()
    counted: list[int] = []
    results = sim.run(
        folder / "impact.yaml", out=folder / "stopped", report=False, progress=lambda done, total: counted.append(done)
    )
    assert counted[0] == 1, "the cell that was done is there"
    written = {path.name for path in results.folder.iterdir()}
    assert written >= {"summary.csv", "manifest.json"}
    assert not written & {"figures", "report.html", "findings.md", "tables.xlsx"}


def test_a_run_warns_of_what_is_hardly_meant(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    changes = {"sites.kanim.sessions.weekdays.quota.ordinary": 300}
    sim.run(folder / "impact.yaml", out=folder / "warned", set=changes, replications=2, report=False)
    assert any("cannot be served in the window at the station interview" in one.getMessage() for one in caplog.records)


def test_means_without_the_rows_that_count_their_people_are_refused(results: sim.Results, folder: Path) -> None:
    whole = results.replications
    for few in (whole.query("measure == 'travel_hours'"), whole.query("statistic in ('mean', 'share')")):
        for call_of in (sim.summarise, lambda frame: sim.compare(frame, "before")):
            with pytest.raises(sim.InputError, match="is over people, and no row says how many") as told:
                call_of(few)
            assert "pick measures from what comes back" in str(told.value)
    province = whole.query("level == 'province'")
    all_of_them = results.summary.query("level == 'province'").reset_index(drop=True)
    pd.testing.assert_frame_equal(sim.summarise(province), all_of_them, rtol=1e-9, check_dtype=False)


def test_codes_of_districts_stay_text(results: sim.Results) -> None:
    units = results.summary.query("level == 'district'")["unit"]
    assert set(units) == set(results.plans["before"].districts.code)
    assert set(results.table("flows")["district"]) <= set(results.plans["before"].districts.code)


def test_each_figure_of_the_report_can_be_had(results: sim.Results) -> None:
    drawn = {path.stem for path in (results.folder / "figures").glob("*.svg")}
    assert set(results.figures) == drawn
    english, indonesian = (results.plot("waits_by_site", language=language) for language in ("en", "id"))
    assert english.get_suptitle() != indonesian.get_suptitle() != ""


def test_the_numbers_of_a_figure_are_those_of_its_file_with_codes_as_text(results: sim.Results) -> None:
    for name in ("map_regencies", "burden_by_regency", "service_days"):
        data = results.figure_data(name)
        code = next(column for column in ("id", "regency", "unit") if column in data)
        written = pd.read_csv(results.folder / "figures" / f"{name}.csv", dtype={code: str})
        pd.testing.assert_frame_equal(data.reset_index(drop=True), written, rtol=1e-9, check_dtype=False)
        assert set(data[code]) & set(results.plans["before"].regencies.code)


def test_changes_may_be_a_map_or_lines_of_the_command_line(folder: Path) -> None:
    file = folder / "before.yaml"
    as_map = sim.load(file, {"need.day_cv": 0.4, "booking.window": "20 days", "issue.working_days": {1: 0.5, 2: 0.5}})
    as_lines = sim.load(file, ["need.day_cv=0.4", "booking.window=20 days", "issue.working_days={1: 0.5, 2: 0.5}"])
    assert as_map.loaded.model == as_lines.loaded.model
    assert as_map.loaded.model.need.day_cv == 0.4
    assert "day_cv: 0.4" in as_map.show()


def test_a_map_that_is_set_replaces_the_whole_and_a_part_of_it_that_part(folder: Path) -> None:
    at, file = "sites.kanim.sessions.weekdays.quota", folder / "before.yaml"
    usual = sim.load(file).loaded.model.sites["kanim"].sessions["weekdays"].quota
    assert len(usual) > 1
    whole = sim.load(file, {at: {"ordinary": 30}}).loaded.model.sites["kanim"].sessions["weekdays"].quota
    part = sim.load(file, {f"{at}.ordinary": 30}).loaded.model.sites["kanim"].sessions["weekdays"].quota
    assert (whole, part) == ({"ordinary": 30}, {**usual, "ordinary": 30})


def test_a_scenario_warns_of_what_check_warns_of_once_when_its_plan_is_made(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scenario = sim.load(folder / "before.yaml", {"sites.kanim.sessions.weekdays.quota.ordinary": 300})
    assert not caplog.records, "nothing is told before the plan is made"
    assert scenario.plan is scenario.plan
    assert len(scenario.warnings) == len(caplog.records) > 0
    assert any("cannot be served in the window at the station interview" in text for text in scenario.warnings)
    assert scenario.warnings[0].startswith("set sites.kanim.sessions.weekdays.quota.ordinary: ")
    assert caplog.records[0].getMessage() == f"{scenario.name}: {scenario.warnings[0]}"
    assert sim.load(folder / "before.yaml").warnings == ()


def test_a_scenario_may_have_another_name_in_tables(folder: Path) -> None:
    scenario = sim.load(folder / "before.yaml", name="other")
    assert set(scenario.simulate().measures()["scenario"]) == {"other"}


def test_faults_are_told_in_the_words_of_the_command_line_but_for_its_options(folder: Path) -> None:
    wrong = "bookin.window=20 days"
    with pytest.raises(sim.InputError) as caught:
        sim.load(folder / "before.yaml", [wrong])
    assert str(caught.value).startswith("set: ")
    assert f"--{caught.value}" in refused("check", folder / "before.yaml", "--set", wrong)
    assert "did you mean 'booking'" in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda folder: sim.load(folder / "impact.yaml"), "is an experiment"),
        (lambda folder: sim.load(folder / "nowhere.yaml"), "nowhere.yaml"),
        (lambda folder: sim.load(folder / "befor.yaml"), "did you mean 'before.yaml'"),
        (lambda folder: sim.load(3), "path: found 3\n    allowed: the path of a scenario's YAML file"),
        (lambda folder: sim.load(None), "path: found nothing (null)"),
        (lambda folder: sim.load(""), "path: found ''"),
        (lambda folder: sim.load(folder / "before.yaml", name=7), "name: found 7"),
        (lambda folder: sim.load(folder / "before.yaml", 3), "set: found 3\n    allowed: a map such as"),
        (lambda folder: sim.load(folder / "before.yaml", {3: 4}), "set: found 3"),
        (lambda folder: sim.load(folder / "before.yaml", [("need.day_cv", 0.3)]), "set: found a list"),
        (lambda folder: sim.load(folder / "before.yaml", ["need.day_cv"]), "set: 'need.day_cv' has no '='"),
        (lambda folder: sim.load(folder / "before.yaml", {"need.day_cv": {1, 2}}), "set['need.day_cv']: found a set"),
        (lambda folder: sim.load(folder / "before.yaml", {"need.day_cv": float("nan")}), "found nan"),
        (lambda folder: sim.load(folder / "before.yaml", {"need.day_cv": -1}), "set: need.day_cv: "),
        (lambda folder: sim.run(["impact.yaml"]), "experiment: found a list"),
        (lambda folder: sim.run(folder / "impact.yaml", out=5), "out: found 5\n    allowed: the path of a folder"),
        (lambda folder: sim.run(folder / "impact.yaml", replications="10"), "replications: found '10'"),
        (lambda folder: sim.run(folder / "impact.yaml", replications=2.5), "replications: found 2.5"),
        (lambda folder: sim.run(folder / "impact.yaml", seed="one"), "seed: found 'one'"),
        (lambda folder: sim.run(folder / "impact.yaml", workers=None), "workers: found nothing"),
        (lambda folder: sim.run(folder / "impact.yaml", engine=1), "engine: found 1"),
        (lambda folder: sim.run(folder / "impact.yaml", cluster=8786), "cluster: found 8786"),
        (lambda folder: sim.run(folder / "impact.yaml", keep_journeys="no"), "keep_journeys: found 'no'"),
        (lambda folder: sim.run(folder / "impact.yaml", progress=True), "progress: found true"),
        (lambda folder: sim.results(5), "folder: found 5"),
        (lambda folder: sim.results(folder / "results").table(3), "table: found 3"),
        (lambda folder: sim.results(folder / "results").plot(None), "figure: found nothing"),
        (lambda folder: sim.results(folder / "results").plot("warm_up", language=3), "language: found 3"),
        (lambda folder: sim.results(folder / "results").journeys(None), "scenario: found nothing"),
        (lambda folder: sim.results(folder / "results").journeys("before", "first"), "replication: found 'first'"),
        (lambda folder: sim.load(folder / "before.yaml").simulate(seed=1.5), "seed: found 1.5"),
        (lambda folder: sim.load(folder / "before.yaml").simulate(replication="0"), "replication: found '0'"),
        (lambda folder: run_of(folder, "after").measures(baseline="before"), "baseline: found 'before'"),
        (lambda folder: run_of(folder, "after").measures(travel_minutes=60), "travel_minutes: found 60"),
        (lambda folder: run_of(folder, "after").measures(travel_minutes=["60"]), "travel_minutes: found '60'"),
        (lambda folder: sim.summarise([run_of(folder, "after").measures()]), "measures: found a list"),
        (lambda folder: sim.summarise(run_of(folder, "after").measures(), confidence=95), "confidence: found 95"),
        (lambda folder: sim.compare(run_of(folder, "after").measures(), "aftr"), "did you mean 'after'"),
        (lambda folder: sim.compare(run_of(folder, "after").measures(), 0), "baseline: found 0\n    allowed: after"),
        (lambda folder: sim.run(folder / "before.yaml"), "is a scenario"),
        (lambda folder: sim.run(folder / "impact.yaml", replications=1), "replications: found 1"),
        (lambda folder: sim.run(folder / "impact.yaml", replications=10**6), "replications: found 1000000"),
        (
            lambda folder: sim.summarise(pd.concat([run_of(folder, "after").measures()] * 2)),
            "told apart by load(..., name=...)",
        ),
        (lambda folder: sim.run(folder / "impact.yaml", workers=0), "workers: found 0"),
        (lambda folder: sim.results(folder), "holds no results"),
        (lambda folder: sim.results(folder / "results").table("sumary"), "did you mean 'summary'"),
        (lambda folder: sim.results(folder / "results").plot("wait_by_site"), "did you mean 'waits_by_site'"),
        (lambda folder: sim.results(folder / "results").plot("warm_up", language="nl"), "language: found 'nl'"),
        (lambda folder: sim.results(folder / "results").journeys("befor"), "did you mean 'before'"),
        (lambda folder: sim.results(folder / "results").journeys("before", 9), "journeys are kept where asked for"),
        (lambda folder: run_of(folder, "before", -1), "replication: found -1"),
        (lambda folder: sim.load(folder / "before.yaml").simulate(seed=-1), "seed: found -1"),
        (lambda folder: sim.load(folder / "before.yaml").simulate(engine="simpi"), "did you mean 'simpy'"),
        (lambda folder: run_of(folder, "after").measures(baseline=run_of(folder, "before", 1)), "have other people"),
        (lambda folder: sim.compare(run_of(folder, "after").measures(), "before"), "before"),
        (lambda folder: sim.summarise(run_of(folder, "after").measures().drop(columns="unit")), "unit"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(folder: Path, ask: object, told: str) -> None:
    assert callable(ask)
    with pytest.raises(sim.InputError) as caught:
        ask(folder)
    assert told in str(caught.value)


def test_numbers_of_numpy_dates_and_paths_may_be_set(folder: Path) -> None:
    changes = {"need.day_cv": np.float64(0.4), "period.to": dt.date(2023, 5, 1), "booking.window": "20 days"}
    scenario = sim.load(folder / "before.yaml", changes)
    assert scenario.loaded.model.need.day_cv == 0.4
    assert scenario.loaded.model.period.to == dt.date(2023, 5, 1)
    assert scenario.simulate(seed=np.int64(3)).seed == 3  # type: ignore[arg-type]


def test_what_has_a_share_of_0_is_as_if_it_were_not_there(folder: Path) -> None:
    """The longest sending is what people are told to come by, the largest party is what groups are split into."""
    shares = {"issue.working_days": {1: 0.5, 4: 0.5}, "need.segments.religious.party_size": {1: 0.4, 2: 0.6}}
    with_more = {path: {**table, 9: 0.0} for path, table in shares.items()}
    plain, more = (sim.load(folder / "before.yaml", one).plan for one in (shares, with_more))
    assert plain.behaviour.issue_days == more.behaviour.issue_days == {1: 0.5, 4: 0.5}
    for one, other in zip(plain.segments, more.segments, strict=True):
        assert one.party_size == other.party_size


def test_a_scenario_may_stand_in_a_set_and_is_equal_to_itself_alone(folder: Path) -> None:
    one, other = sim.load(folder / "before.yaml"), sim.load(folder / "before.yaml")
    assert {one, one, other} == {one, other} and one != other


def test_coverage_is_measured_at_the_thresholds_that_are_asked_for_none_included(folder: Path) -> None:
    made = run_of(folder, "before")

    def thresholds(rows: pd.DataFrame) -> set[str]:
        return {name for name in rows["measure"] if name.startswith("coverage_")}

    assert len(thresholds(made.measures())) == 5
    assert thresholds(made.measures(travel_minutes=[45])) == {"coverage_45_min"}
    assert not thresholds(made.measures(travel_minutes=[]))


def test_a_folder_that_cannot_be_written_is_told_by_the_name_of_the_argument(folder: Path) -> None:
    with pytest.raises(sim.OutputError, match=r"is a file, so results cannot go to .*; choose a folder with out$"):
        sim.run(folder / "impact.yaml", out=folder / "impact.yaml")


def test_a_sweep_gives_the_table_that_the_command_writes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    path, asked = "sites.kanim.sessions.weekdays.counters.interview", ["wait_minutes kanim <= 20", "lead_days"]
    found = sim.sweep(folder / "after.yaml", path, np.int64(1), np.int64(3), asked, step=np.int64(1), replications=2)
    words = [word for one in asked for word in ("--measure", one)]
    words += ["--value", path, "--from", "1", "--to", "3", "--replications", "2", "--workers", "1", "--out", "swept"]
    assert call("sweep", "after.yaml", *words).exit_code == 0
    written = pd.read_csv("swept/sweep.csv", dtype={"value": str, "unit": str}, keep_default_na=False)
    assert found["value"].tolist() == written["value"].tolist()
    assert found["state"].tolist() == written["state"].tolist()
    np.testing.assert_allclose(found["estimate"], written["estimate"], rtol=1e-8)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("need.day_cv", 0.3, 0.2, ["lead_days"]), "high: 0.2 is not above 0.3"),
        (("need.day_cv", "low", 0.2, ["lead_days"]), "low: need.day_cv: "),
        (("need.dai_cv", 0.1, 0.2, ["lead_days"]), "did you mean 'day_cv'?"),
        (("need.day_cv", 0.1, 0.2, "lead_days"), "measures: found 'lead_days'"),
        (("need.day_cv", 0.1, 0.2, []), "measures: found a list"),
        (("need.day_cv", 0.1, 0.2, 5), "measures: found 5"),
        (("need.day_cv", True, 0.2, ["lead_days"]), "low: found true"),
        (("need.day_cv", 0.1, dt.timedelta(1), ["lead_days"]), "high: found "),
        (
            ("need.day_cv", 0.1, 0.2, ["lead_days", "lead_days mean"]),
            "measures: lead_days mean: the same",
        ),
        (("need.day_cv", 0.1, 0.2, ["led_days"]), "measures 'led_days': there is no measure 'led_days'"),
    ],
)
def test_a_sweep_speaks_of_its_arguments(
    folder: Path, arguments: tuple[str, object, object, list[str]], told: str
) -> None:
    with pytest.raises(sim.InputError) as caught:
        sim.sweep(folder / "after.yaml", *arguments)
    assert told in str(caught.value)
    assert "--" not in str(caught.value)
