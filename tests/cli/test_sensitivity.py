"""Claims of the sensitivity analysis, from an experiment file to its tables."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.building.loading import load_scenario
from sim.experiment.inputs import Variations, ranged_inputs
from sim.experiment.points import Floats, Point, PointWork
from sim.experiment.store import Store
from tests.cli.cases import call, change, refused

RANGES = """\
travel: {fare_per_km: {value: Rp 500, range: [Rp 300, Rp 900], basis: assumption}}
choice: {value_of_time: {distribution: lognorm, mean: {value: Rp 12000, range: [Rp 6000, Rp 30000]}, cv: 0.5}}
need:"""
SHORT = "to: 2023-04-14, warm_up: 7 days, run_out: 14 days"
STUDY = """\
replications: 2
sensitivity:
  inputs: [travel.fare_per_km, need.segments.religious.per_year]
  replications: 2
  morris: {trajectories: 2}
  sobol: {points: 2, inputs: 1}
  conclusions:
    hours_saved: {comparison: travel_hours_saved, scenario: after, statistic: total, above: 0}
    again: {title: Travel is saved, measure: travel_hours_saved, scenario: after, statistic: total, above: 0}
    many: {measure: need, scenario: before, above: 300}
    far: {measure: travel_hours, scenario: after, above: 0}
    further: {comparison: travel_hours, scenario: after, below: 100}
    best: {title: Least travel, measure: travel_hours, best_of: [before, after], goal: smallest}
"""


@pytest.fixture
def study(folder: Path, without_figures: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    change(folder, "before.yaml", "need:", RANGES)
    change(folder, "before.yaml", "to: 2023-05-13, warm_up: 7 days, run_out: 14 days", SHORT)
    change(folder, "impact.yaml", "replications: 3\n", STUDY)
    return folder


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "results/impact" / name)


def test_a_conclusion_without_a_value_is_told_by_name_and_the_rest_is_kept(study: Path) -> None:
    nobody = "title: Trips, measure: trips, level: kind, unit: 'mobility:homebound', best_of: [before, after]"
    change(study, "impact.yaml", "title: Least travel, measure: travel_hours, best_of: [before, after]", nobody)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 2, result.output
    told = " ".join(result.output.split())
    assert "sensitivity.conclusions.best: there is no trips (mean, kind mobility:homebound) of before and no" in told
    assert "fault of this program" not in told
    assert (study / "results/impact/summary.csv").exists()


@pytest.mark.slow
def test_conclusions_are_tested_over_the_ranges_and_what_can_turn_them_is_named(study: Path) -> None:
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    points, morris = table(study, "sensitivity_points.csv"), table(study, "sensitivity_morris.csv")
    sobol, concluded = table(study, "sensitivity_sobol.csv"), table(study, "sensitivity.csv")
    assert points["stage"].value_counts().to_dict() == {"as_it_stands": 1, "morris": 2 * 3, "sobol": 2 * 3}
    # With the values as they stand the points are the experiment itself, with its seeds.
    rows = pd.read_parquet(study / "results/impact/replications.parquet")
    saved = rows[(rows["measure"] == "travel_hours_saved") & (rows["level"] == "province")]
    assert points.loc[0, "hours_saved"] == pytest.approx(saved[saved["statistic"] == "total"]["value"].mean())
    # A mean is that of all people of all replications, as in the tables.
    for name, (file, column) in {"far": ("summary", "estimate"), "further": ("comparisons", "difference")}.items():
        told = table(study, f"{file}.csv").set_index(["scenario", "measure", "level", "statistic"])
        of_people = told.loc[("after", "travel_hours", "province", "mean"), column].item()
        assert points.loc[0, name] == pytest.approx(of_people, rel=1e-6)
    hours = rows[(rows["measure"] == "travel_hours") & (rows["level"] == "province") & (rows["statistic"] == "mean")]
    of_replications = hours[hours["scenario"] == "after"]["value"].mean()
    assert points.loc[0, "far"] != pytest.approx(of_replications, rel=1e-6)
    # What is taken person by person is the same however it is asked for.
    assert points["again"].tolist() == points["hours_saved"].tolist()
    assert "again: Travel is saved; " in result.output
    # Everybody who needs a passport is there whatever it costs, and more with a higher rate.
    many = morris[morris["conclusion"] == "many"].set_index("input")
    assert many.loc["travel.fare_per_km", ["effect", "effect_size", "flips"]].tolist() == [0, 0, 0]
    assert many.loc["need.segments.religious.per_year", "effect"] > 5
    assert set(sobol[sobol["conclusion"] == "many"]["input"]) <= set(many.index)
    for stage in ("morris", "sobol"):
        row = concluded[(concluded["conclusion"] == "best") & (concluded["stage"] == stage)].iloc[0]
        here = points[points["stage"] == stage]
        assert row["about"] == "travel_hours (mean) of after is the smallest of 2"
        assert row["title_en"] == row["title_id"] == "Least travel: With the far sub-office"
        assert row["holds"] == (here["best"] > 0).sum() == here["best_holds"].sum()
        others = (here["best"] <= 0).sum()
        assert (
            row["elsewhere_en"] == f"Without the far sub-office: {others}" if others else pd.isna(row["elsewhere_en"])
        )
        assert row["lowest"] == pytest.approx(here["best"].min())
    assert "hours_saved: travel_hours_saved (total) of after - before is above 0" in result.output
    assert "turned by moving alone" in result.output
    said = (study / "results/impact/findings.md").read_text()
    survives = said[said.index("## What survives the assumptions") :].split("## ")[1]
    assert survives.count("\n- Holds ") == 6
    assert "(6 of 6 points on 2 paths): Travel is saved." in survives
    assert concluded["paths"].fillna(0).tolist() == [*[0] * 6, *[2] * 6, *[0] * 6]
    assert concluded["independent"].fillna(0).tolist() == [*[0] * 12, *[4] * 6]
    here = points[points["stage"] == "morris"]
    assert here["path"].tolist() == [0, 0, 0, 1, 1, 1] and points["path"].count() == 6
    row = concluded[(concluded["conclusion"] == "best") & (concluded["stage"] == "morris")].iloc[0]
    shares = (here["best"] > 0).groupby(here["path"]).mean()
    assert row["share"] == pytest.approx(shares.mean())
    assert row["share_low"] <= row["share"] <= row["share_high"]


@pytest.mark.slow
def test_a_combination_that_cannot_be_is_refused_with_its_reason(study: Path) -> None:
    hours = """\
sites:
  kanim:
    sessions:
      weekdays:
        closes: {value: "16:00", range: ["12:00", "16:30"], basis: assumption}
        intake: {from: "08:00", to: {value: "12:00", range: ["11:00", "12:00"], basis: assumption}}
"""
    (study / "before.yaml").write_text((study / "before.yaml").read_text() + hours)
    loaded = {"before": load_scenario(study / "before.yaml")}
    inputs = ranged_inputs(loaded)
    chosen = [inputs["sites.kanim.sessions.weekdays.closes"], inputs["sites.kanim.sessions.weekdays.intake.to"]]
    variations = Variations.of(loaded, chosen)
    assert variations.plans(np.array([0.0, 1.0]))["before"].title["en"] == "Without the far sub-office"
    change(study, "before.yaml", 'range: ["11:00", "12:00"]', 'range: ["11:00", "16:00"]')
    change(study, "impact.yaml", "{trajectories: 2}", "{trajectories: 2}")
    change(study, "impact.yaml", "  sobol: {points: 2, inputs: 1}\n", "")
    change(
        study,
        "impact.yaml",
        "[travel.fare_per_km, need.segments.religious.per_year]",
        f"[{chosen[0].path}, {chosen[1].path}]",
    )
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    points = table(study, "sensitivity_points.csv")
    unfit = points[points["problem"].notna()]
    assert len(unfit) > 0
    assert unfit["problem"].str.contains("closes is before the end of intake").all()
    assert unfit["hours_saved"].isna().all()
    assert "points have no value: the configuration refuses them" in " ".join(result.output.split())


def test_ranges_inside_distributions_and_lists_are_inputs_too(study: Path) -> None:
    hours = ", ".join(["1"] * 23)
    change(
        study, "before.yaml", "need:\n", f"need:\n  hours: [{hours}, {{value: 2, range: [1, 9], basis: assumption}}]\n"
    )
    inputs = ranged_inputs({"before": load_scenario(study / "before.yaml")})
    assert {"choice.value_of_time.mean", "need.hours[23]"} <= set(inputs)
    loaded = {"before": load_scenario(study / "before.yaml")}
    variations = Variations.of(loaded, [inputs["need.hours[23]"], inputs["choice.value_of_time.mean"]])
    low, high = (variations.plans(np.full(2, share))["before"] for share in (0.0, 1.0))
    assert high.hour_weights[23] / low.hour_weights[23] > 5


def test_a_range_of_a_scenario_that_no_conclusion_is_about_is_no_input(study: Path) -> None:
    costs = "{value: Rp 5000, range: [Rp 1000, Rp 9000], basis: assumption}"
    (study / "after.yaml").write_text((study / "after.yaml").read_text() + f"travel: {{fare_minimum: {costs}}}\n")
    text = (study / "impact.yaml").read_text()
    start = text.index("    hours_saved:")
    (study / "impact.yaml").write_text(
        text[:start] + "    many: {measure: need, scenario: before, above: 300}\nseed: 1\n"
    )
    line = change(study, "impact.yaml", "[travel.fare_per_km, need.", "[travel.fare_minimum, need.")
    said = refused("check", "impact.yaml")
    assert f"impact.yaml:{line}: sensitivity.inputs[0]: no value with a range stands at 'travel.fare_minimum'" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("travel.fare_per_km,", "travel.fare_per_kn,", "sensitivity.inputs[0]: no value with a range stands at"),
        (
            "scenario: before",
            "scenario: befour",
            "sensitivity.conclusions.many.scenario: there is no scenario 'befour'",
        ),
        ("measure: need", "measure: neet", "sensitivity.conclusions.many.measure: there is no measure 'neet'"),
        ("best_of: [before, after]", "best_of: [before, aftr]", "sensitivity.conclusions.best.best_of: there is no"),
        ("above: 300", "level: regency, above: 300", "sensitivity.conclusions.many: is about"),
        ("points: 2", "points: 3", "sensitivity.sobol: points: 3 is not a power of 2"),
        (", above: 300", "", "needs one of above, below, best_of"),
        ("many: {", "point: {", "sensitivity.conclusions.point: 'point' is another column"),
        ("many: {", "again_holds: {", "sensitivity.conclusions.again_holds: 'again_holds' is another column"),
    ],
)
def test_what_cannot_be_tested_is_an_error_at_its_line(study: Path, old: str, new: str, message: str) -> None:
    line = change(study, "impact.yaml", old, new)
    said = refused("check", "impact.yaml")
    assert message in said
    assert f"impact.yaml:{line}: " in said


def stopped_after(monkeypatch: pytest.MonkeyPatch, points: int) -> None:
    """Ctrl-C comes when so many points have been stored."""
    real, written = Store.write_point, [0]

    def write_point(self: Store, key: str, problem: str, values: bytes) -> None:
        if written[0] == points:
            raise KeyboardInterrupt
        written[0] += 1
        real(self, key, problem, values)

    monkeypatch.setattr(Store, "write_point", write_point)


def points_run(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the points that are run from now on."""
    real, ran = PointWork.run, []

    def run(self: PointWork, number: int, shares: Floats) -> Point:
        ran.append(number)
        return real(self, number, shares)

    monkeypatch.setattr(PointWork, "run", run)
    return ran


@pytest.mark.usefixtures("without_report")
def test_ctrl_c_keeps_the_stages_that_are_complete_and_the_next_run_goes_on_with_the_points_that_are_missing(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(study, "impact.yaml", "  sobol: {points: 2, inputs: 1}\n", "")
    with monkeypatch.context() as patched:
        stopped_after(patched, 3)
        result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 130, result.output
    assert table(study, "sensitivity_points.csv")["stage"].tolist() == ["as_it_stands"]
    assert len(table(study, "summary.csv")) > 0
    assert not (study / "results/impact/sensitivity_morris.csv").exists()
    assert "Traceback" not in result.output
    damaged = next((study / "results/impact/cells").glob("*.point"))
    damaged.write_bytes(damaged.read_bytes()[:-3])
    ran = points_run(monkeypatch)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert f"{damaged.name}: is damaged" in result.output.replace("\n", "")
    # The trajectories of the screening may meet in a point.
    points = table(study, "sensitivity_points.csv").drop(columns=["point", "path"])
    distinct = len(points.drop_duplicates())
    assert len(points) == 7
    assert len(ran) == distinct - 2
    again = call("run", "impact.yaml", "--workers", "1")
    assert again.exit_code == 0
    assert len(ran) == distinct - 2


def points_and_tables(study: Path, *where: str) -> dict[str, bytes]:
    """What a fresh run of the study stores and writes, by the names of the files."""
    result = call("run", "impact.yaml", "--fresh", *where)
    assert result.exit_code == 0, result.output
    results = study / "results/impact"
    files = [*results.glob("sensitivity*.csv"), *results.glob("cells/*.point")]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.usefixtures("without_report")
def test_points_are_the_same_from_workers(study: Path) -> None:
    change(study, "impact.yaml", "  sobol: {points: 2, inputs: 1}\n", "")
    alone = points_and_tables(study, "--workers", "1")
    assert len([name for name in alone if name.endswith(".point")]) > 4
    assert points_and_tables(study, "--workers", "2") == alone


@pytest.mark.slow
@pytest.mark.usefixtures("without_report")
def test_points_are_the_same_from_a_dask_cluster(study: Path) -> None:
    pytest.importorskip("distributed")
    change(study, "impact.yaml", "  sobol: {points: 2, inputs: 1}\n", "")
    alone = points_and_tables(study, "--workers", "1")
    assert "sensitivity_morris.csv" in alone
    assert points_and_tables(study, "--cluster", "local", "--workers", "2") == alone


@pytest.mark.usefixtures("without_report")
def test_workers_that_die_at_a_point_are_told_in_plain_words(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead:
        def __init__(self, *told: object, **named: object) -> None:
            pass

        def submit(self, *piece: object) -> Future[object]:
            future: Future[object] = Future()
            future.set_exception(BrokenProcessPool("gone"))
            return future

        def shutdown(self, **how: object) -> None:
            pass

    change(study, "impact.yaml", "  sobol: {points: 2, inputs: 1}\n", "")
    with monkeypatch.context() as patched:
        stopped_after(patched, 1)
        assert call("run", "impact.yaml", "--workers", "1").exit_code == 130
    # The experiment itself is stored: what is left are points.
    monkeypatch.setattr("sim.experiment.workers.Pool", Dead)
    result = call("run", "impact.yaml", "--workers", "2")
    assert result.exit_code == 1, result.output
    assert "a worker process died, perhaps for want of memory" in " ".join(result.output.split())
    assert "fault of this program" not in result.output


@pytest.mark.usefixtures("without_report")
def test_a_fault_at_a_point_is_told_and_the_experiment_is_kept(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(self: PointWork, number: int, shares: Floats) -> Point:
        raise MemoryError

    monkeypatch.setattr(PointWork, "run", faulty)
    result = call("run", "impact.yaml", "--workers", "1")
    assert result.exit_code == 1, result.output
    assert "not enough memory" in result.output
    assert len(table(study, "summary.csv")) > 0
