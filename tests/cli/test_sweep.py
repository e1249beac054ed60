"""The command ``sweep`` on a small province: its numbers are those of a run, and its answers those of its numbers."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import Problem
from sim.experiment.inputs import UnfitPointError, Variations
from sim.plan import Plan
from sim.report import style
from sim.report.style import Drawn
from sim.stats.simultaneous import bonferroni
from sim.sweeping import run
from sim.trying.trials import Trials
from tests.cli.cases import call, refused

QUOTA = "sites.kanim.sessions.weekdays.quota.ordinary"
COUNTERS = "sites.kanim.sessions.weekdays.counters.interview"
FULL = ("--value", QUOTA, "--from", "1", "--to", "60", "--measure", "full_share kanim <= 20%")


def swept(*words: str, workers: str = "1") -> tuple[str, pd.DataFrame]:
    """What the command says, and its table."""
    result = call("sweep", "after.yaml", *words, "--out", "swept", "--workers", workers)
    assert result.exit_code == 0, result.output
    return result.stdout, pd.read_csv("swept/sweep.csv", dtype={"unit": str, "value": str})


@pytest.mark.usefixtures("folder", "without_report", "without_pictures")
def test_at_each_value_the_numbers_are_those_of_a_run_with_it() -> None:
    """Estimates to the last bit, means over people and others; intervals as wide as they must be to hold together."""
    asked = ("lead_days mean province", "lead_days p90 province", "overtime_minutes mean kanim")
    words = [word for one in asked for word in ("--measure", one)]
    _, table = swept("--value", COUNTERS, "--from", "1", "--to", "3", "--replications", "3", "--seed", "1", *words)
    assert len(table) == 9
    wider = float(bonferroni(3, 9, 0.95) / bonferroni(3, 1, 0.95))
    for counters, rows in table.groupby("value"):
        assert call("run", "impact.yaml", "--set", f"{COUNTERS}={counters}", "--workers", "1").exit_code == 0
        summary = pd.read_csv("results/impact/summary.csv", dtype={"unit": str}).query("scenario == 'after'")
        there = summary.set_index(["measure", "statistic", "unit"]).loc[[tuple(one.split()) for one in asked]]
        assert rows["estimate"].tolist() == there["estimate"].tolist()
        # Where an interval is cut at 0 the other half is whole.
        of_nine, single = (one["ci_high"].to_numpy() - one["estimate"].to_numpy() for one in (rows, there))
        assert of_nine == pytest.approx(wider * single, rel=1e-9)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_the_fewest_slots_that_keep_a_limit_are_found_and_their_neighbour_does_not_keep_it() -> None:
    told, table = swept(*FULL, "--replications", "5")
    states = dict(zip(table["amount"].astype(int), table["state"], strict=True))
    fewest, most = (
        pick(at for at in states if states[at] == state) for pick, state in ((min, "kept"), (max, "not kept"))
    )
    assert most < fewest
    # Where it turns, from not kept to not clear and from that to kept, is known to the step.
    assert all(b == a + 1 for a, b in itertools.pairwise(sorted(states)) if states[a] != states[b])
    assert f"\nkept: {fewest} to 60" in told
    assert f"\nnot kept: 1 to {most}" in told
    assert len(table) < 25
    assert table.loc[table["as_it_stands"], "value"].tolist() == ["14"]
    assert "\n   14 *  " in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_several_processes_find_the_same_and_so_does_the_readable_model() -> None:
    words = ["--value", COUNTERS, "--from", "1", "--to", "2", "--replications", "2", "--measure", "wait_minutes kanim"]
    told, table = swept(*words)
    for other, same in (swept(*words, workers="2"), swept(*words, "--engine", "simpy")):
        assert other == told.replace("sweep.png)", "sweep.png), in place of earlier ones")
        assert same.equals(table)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_values_that_the_configuration_refuses_are_told_with_the_reason_and_the_others_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = Variations.plan

    def plan(self: Variations, name: str, values: dict[str, Any]) -> Plan:
        if values[COUNTERS] == 2:
            raise UnfitPointError(Problem("two are one too many"))
        return original(self, name, values)

    monkeypatch.setattr(Variations, "plan", plan)
    words = ["--value", COUNTERS, "--from", "1", "--to", "3", "--replications", "2"]
    told, table = swept(*words, "--measure", "wait_minutes kanim <= 10000", "--measure", "lead_days <= 10000")
    assert "    kept: 1, 3\n    refused: 2\n" in told
    assert "\nrefused: 2: two are one too many\n" in told
    assert "not clear" not in told
    states = table.groupby("value")["state"].unique().map(list).to_dict()
    assert states == {"1": ["kept"], "2": ["refused"], "3": ["kept"]}
    assert table.query("value == '2'")["estimate"].isna().all()


@pytest.mark.usefixtures("folder", "without_pictures")
def test_limits_that_no_value_keeps_together_are_told_one_by_one_too() -> None:
    words = ["--value", QUOTA, "--from", "1", "--to", "40", "--replications", "5", "--tries", "12"]
    told, _ = swept(*words, "--measure", "wait_minutes kanim <= 1000", "--measure", "need <= 3")
    assert "wait_minutes mean kanim <= 1000:\n    kept: 1 to 40" in told
    assert "need count <= 3:\n    kept: none that was tried from end to end\n    not kept: 1 to 40" in told
    assert "all of them:\n    kept: none that was tried" in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_setting_that_changes_nothing_is_said_to() -> None:
    words = ["--value", "sites.ukk_near.referral", "--from", "0.05", "--to", "0.06", "--tries", "2"]
    told, table = swept(*words, "--replications", "2", "--measure", "need", "--measure", "lead_days")
    assert "nothing that is told differs between the values: does sites.ukk_near.referral matter" in told
    assert table.groupby("measure")["estimate"].nunique().tolist() == [1, 1]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("language", "label"), [("en", "Days waiting for a slot, mean"), ("id", "Hari menunggu jadwal, rata-rata")]
)
def test_the_figure_has_the_numbers_of_the_table_and_speaks_the_language(
    language: str, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Drawn] = []
    original = style.save

    def save(one: Drawn, folder: Path) -> list[Path]:
        drawn.append(one)
        return original(one, folder)

    monkeypatch.setattr(style, "save", save)
    words = ["--value", QUOTA, "--from", "2", "--to", "4", "--replications", "2"]
    told, table = swept(*words, "--measure", "lead_days <= 1", "--measure", "wait_minutes kanim", "--lang", language)
    of_both = {"en": "replications of each value", "id": "ulangan untuk tiap nilai"}
    assert [name for name, text in of_both.items() if text in told] == [language]
    first, second = drawn[0].figure.axes
    assert first.get_title(loc="left") == label
    assert second.get_title(loc="left").endswith(": Kanim Muara")
    for axes, name in ((first, "lead_days"), (second, "wait_minutes")):
        line, *_ = axes.get_lines()
        # The one that the scenario has, 14 slots, is not between the ends.
        rows = table[(table["measure"] == name) & ~table["as_it_stands"]]
        assert axes.get_xlim() == pytest.approx((1.92, 4.08))
        assert np.column_stack(line.get_data()) == pytest.approx(rows[["amount", "estimate"]].to_numpy(), rel=1e-8)
    assert Path("swept/sweep.svg").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--value", "sites.kanin.x", "--from", "1", "--to", "2"], "--value: sites.kanin.x: sites has no 'kanin'"),
        (["--value", QUOTA, "--from", "-1", "--to", "2"], f"--from: {QUOTA}: found -1"),
        (
            ["--value", "booking.no_show", "--from", "2", "--to", "300%"],
            "--to: booking.no_show: '300%' is outside 0 to 1",
        ),
        (["--value", f"{QUOTA}=3", "--from", "1", "--to", "2"], f"--value: '{QUOTA}=3' is not a path"),
        (["--value", "", "--from", "1", "--to", "2"], "--value: '' is not a path"),
        (["--value", QUOTA, "--from", "[", "--to", "2"], "--from"),
        (["--value", QUOTA, "--from", "3", "--to", "2"], "--to: 2 is not above 3"),
        (["--value", "name", "--from", "a", "--to", "b"], "--from: 'a' is nothing to go through step by step"),
        (["--value", QUOTA, "--from", "1", "--to", "2", "--measure", "led_days"], "did you mean 'lead_days'?"),
        (["--value", QUOTA, "--from", "1", "--to", "2", "--set", "nead.day_cv=3"], "--set: nead"),
        (["--value", "..", "--from", "1", "--to", "2"], "'..' is not a path"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_bad_input_is_told_at_its_option_before_anything_is_run(words: list[str], told: str) -> None:
    said = refused("sweep", "after.yaml", *words, "--measure", "lead_days")
    assert told in said
    assert not Path("results").exists()


@pytest.mark.usefixtures("folder")
def test_an_experiment_is_no_scenario() -> None:
    words = ["--value", QUOTA, "--from", "1", "--to", "2", "--measure", "lead_days"]
    assert "impact.yaml: is an experiment, and a scenario is wanted" in refused("sweep", "impact.yaml", *words)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_an_interrupted_sweep_tells_what_had_been_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    original = run.try_all
    rounds = []

    def once(*told: Any) -> None:
        rounds.append(told)
        if len(rounds) > 1:
            raise KeyboardInterrupt
        original(*told)

    monkeypatch.setattr(run, "try_all", once)
    result = call("sweep", "after.yaml", *FULL, "--replications", "5", "--out", "swept", "--workers", "1")
    assert result.exit_code == 130
    assert "is not known: it was interrupted" in result.stdout
    assert "interrupted" in result.stderr
    assert pd.read_csv("swept/sweep.csv")["amount"].tolist() == [1, 8, 14, 16, 23, 31, 38, 45, 53, 60]


@pytest.mark.usefixtures("folder", "without_pictures")
def test_replications_that_were_done_when_it_was_interrupted_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Trials.run

    def run_two(self: Trials, replication: int, values: Any) -> Any:
        if replication == 2:
            raise KeyboardInterrupt
        return original(self, replication, values)

    monkeypatch.setattr(Trials, "run", run_two)
    words = ["--value", QUOTA, "--from", "1", "--to", "3", "--measure", "lead_days", "--workers", "1", "--out", "swept"]
    result = call("sweep", "after.yaml", *words)
    assert result.exit_code == 130
    assert set(pd.read_csv("swept/sweep.csv")["replications"]) == {2}
    assert "2 replications of each value (10 were asked for; it was interrupted)" in result.stdout
    assert "warning: with fewer than 5 replications" in result.stdout


@pytest.mark.usefixtures("folder", "without_pictures")
def test_the_value_as_it_stands_is_always_tried_and_told_in_the_order_of_values() -> None:
    """On the grid and off it, and where it is a default that no file writes."""
    words = ["--replications", "2", "--measure", "lead_days <= 99", "--tries", "2"]
    told, table = swept("--value", QUOTA, "--from", "1", "--to", "60", *words)
    assert table["value"].tolist() == ["1", "14", "60"]
    assert table["as_it_stands"].tolist() == [False, True, False]
    told, table = swept("--value", QUOTA, "--from", "20", "--to", "60", *words)
    assert table["value"].tolist() == ["14", "20", "60"]
    assert "as it stands (14): kept" in told
    told, table = swept("--value", "need.segments.general.homebound", "--from", "10%", "--to", "20%", *words)
    assert table["value"].tolist() == ["default", "10%", "20%"]
    assert "as it stands (default): kept" in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_value_at_an_end_that_the_configuration_refuses_is_refused_by_itself() -> None:
    """A session cannot close before its intake ends, at 12:00."""
    words = ["--value", "sites.ukk_near.sessions.weekdays.closes", "--from", "11:00", "--to", "13:00", "--step", "1 h"]
    told, table = swept(*words, "--replications", "2", "--measure", "overtime_minutes ukk_near <= 600")
    assert table.loc[table["value"] == "11:00", "state"].tolist() == ["refused"]
    assert "refused: 11:00: " in told
    assert table.loc[table["value"] == "13:00", "state"].tolist() == ["kept"]


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_has_nobody_to_be_told_of_has_no_value_and_a_site_that_opens_is_known_by_name() -> None:
    words = ["--value", "sites.ukk_far.opened", "--from", "2023-03-01", "--to", "2023-09-01"]
    words += ["--set", "sites.ukk_far.in_service=by_date", "--set", "sites.ukk_far.opened=2025-01-01"]
    told, table = swept(*words, "--replications", "2", "--tries", "2", "--measure", "wait_minutes ukk_far <= 600")
    assert table["state"].tolist()[1:] == ["no value", "no value"]
    assert "no value: there is nobody of whom it could be told" in told
    assert "not clear" not in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_numbers_near_zero_are_written_with_the_digits_that_they_need() -> None:
    words = ["--value", "service.interview.mean", "--from", "1 s", "--to", "2 s", "--replications", "5", "--tries", "2"]
    told, table = swept(*words, "--measure", "wait_minutes kanim <= 5 s", "--set", "service.document=100 ms")
    small = table[table["amount"] < 10_000]
    assert (small["estimate"] > 0).all()
    lines = [line for line in told.splitlines() if line.strip().startswith(("1 s", "2 s"))]
    assert len(lines) == 2
    assert not any(re.search(r" 0\.0+ \(", line) for line in lines)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_value_as_it_stands_is_written_as_the_others_are() -> None:
    words = ["--value", "booking.no_show", "--from", "0%", "--to", "40%", "--replications", "2", "--tries", "2"]
    _, table = swept(*words, "--measure", "lead_days")
    assert all(value.endswith("%") for value in table["value"])
    assert table["as_it_stands"].sum() == 1


@pytest.mark.usefixtures("folder", "without_pictures")
def test_values_that_can_be_run_and_are_hardly_meant_are_warned_of_as_by_check_and_the_others_are_not() -> None:
    told, _ = swept("--value", QUOTA, "--from", "14", "--to", "60", "--measure", "lead_days", "--tries", "3",
                    "--replications", "2")  # fmt: skip
    line = next(line for line in told.splitlines() if line.startswith("warning: 37"))
    assert line.startswith(f"warning: 37, 60: {QUOTA.removesuffix('.ordinary')}: 44 slots ")
    assert "cannot be served in the window at the station interview" in line
    assert call("check", "after.yaml", "--set", f"{QUOTA}=37").output.count(line.split(": ", 3)[3]) == 1


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_is_hardly_meant_of_the_scenario_itself_is_warned_of_before_and_not_again_at_each_value() -> None:
    words = ["--value", COUNTERS, "--from", "1", "--to", "2", "--measure", "lead_days", "--replications", "2"]
    words += ["--workers", "1", "--out", "swept", "--set", "sites.ukk_far.name=UKK Simpang"]
    result = call("sweep", "after.yaml", *words)
    assert "are both called 'UKK Simpang'" in result.stderr
    assert "both called" not in result.stdout
