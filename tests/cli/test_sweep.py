"""The command ``sweep`` on a small province: its numbers are those of a run, and its answers those of its numbers."""

from __future__ import annotations

import itertools
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
from tests.cli.cases import call, refused

QUOTA = "sites.kanim.sessions.weekdays.quota.ordinary"
COUNTERS = "sites.kanim.sessions.weekdays.counters.interview"
FULL = ("--value", QUOTA, "--from", "1", "--to", "60", "--measure", "full_share kanim <= 20%")


def swept(*words: str, workers: str = "1") -> tuple[str, pd.DataFrame]:
    """What the command says, and its table."""
    result = call("sweep", "after.yaml", *words, "--out", "swept", "--workers", workers)
    assert result.exit_code == 0, result.output
    return result.stdout, pd.read_csv("swept/sweep.csv", dtype={"unit": str, "value": str})


@pytest.mark.usefixtures("folder", "without_report")
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


@pytest.mark.usefixtures("folder")
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


@pytest.mark.usefixtures("folder")
def test_several_processes_find_the_same_and_so_does_the_readable_model() -> None:
    words = ["--value", COUNTERS, "--from", "1", "--to", "2", "--replications", "2", "--measure", "wait_minutes kanim"]
    told, table = swept(*words)
    for other, same in (swept(*words, workers="2"), swept(*words, "--engine", "simpy")):
        assert other == told
        assert same.equals(table)


@pytest.mark.usefixtures("folder")
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
    states = table.groupby("value")["state"].unique().map(list).to_dict()
    assert states == {"1": ["kept"], "2": ["refused"], "3": ["kept"]}
    assert table.query("value == '2'")["estimate"].isna().all()


@pytest.mark.usefixtures("folder")
def test_limits_that_no_value_keeps_together_are_told_one_by_one_too() -> None:
    words = ["--value", QUOTA, "--from", "1", "--to", "40", "--replications", "2", "--tries", "12"]
    told, _ = swept(*words, "--measure", "wait_minutes kanim <= 1000", "--measure", "full_share ukk_near <= -1")
    assert "wait_minutes mean kanim <= 1000:\n    kept: 1 to 40" in told
    assert "full_share share ukk_near <= -1:\n    kept: none that was tried\n    not kept: 1 to 40" in told
    assert "all of them:\n    kept: none that was tried" in told


@pytest.mark.usefixtures("folder")
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
    _, table = swept(*words, "--measure", "lead_days <= 1", "--measure", "wait_minutes kanim", "--lang", language)
    first, second = drawn[0].figure.axes
    assert label in first.get_ylabel().replace("\n", " ")
    assert second.get_ylabel().endswith("Kanim Muara")
    for axes, name in ((first, "lead_days"), (second, "wait_minutes")):
        line, *_ = axes.get_lines()
        # The one that the scenario has, 14 slots, stands first in the table and last in the figure.
        rows = table[table["measure"] == name].sort_values("amount")
        assert np.column_stack(line.get_data()) == pytest.approx(rows[["amount", "estimate"]].to_numpy(), rel=1e-8)
    assert Path("swept/sweep.svg").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--value", "sites.kanin.x", "--from", "1", "--to", "2"], "--value: sites.kanin.x: sites has no 'kanin'"),
        (["--value", QUOTA, "--from", "-1", "--to", "2"], f"--value: {QUOTA}: found -1"),
        (["--value", QUOTA, "--from", "3", "--to", "2"], "--to: 2 is not above 3"),
        (["--value", "name", "--from", "a", "--to", "b"], "--from: 'a' is nothing to go through step by step"),
        (["--value", QUOTA, "--from", "1", "--to", "2", "--measure", "led_days"], "did you mean 'lead_days'?"),
        (["--value", QUOTA, "--from", "1", "--to", "2", "--set", "nead.day_cv=3"], "--set: nead"),
        (["--value", "..", "--from", "1", "--to", "2"], "'..' is not a path"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_bad_input_is_told_at_its_option_before_anything_is_run(words: list[str], told: str) -> None:
    said = refused("sweep", "after.yaml", *words, "--measure", "lead_days", "--out", "swept")
    assert told in said
    assert not Path("swept").exists()


@pytest.mark.usefixtures("folder")
def test_an_experiment_is_no_scenario() -> None:
    words = ["--value", QUOTA, "--from", "1", "--to", "2", "--measure", "lead_days"]
    assert "impact.yaml: is an experiment, and a scenario is wanted" in refused("sweep", "impact.yaml", *words)


@pytest.mark.usefixtures("folder")
def test_an_interrupted_sweep_tells_what_had_been_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    original = run.try_values
    rounds = []

    def once(*told: Any) -> None:
        rounds.append(told)
        if len(rounds) > 1:
            raise KeyboardInterrupt
        original(*told)

    monkeypatch.setattr(run, "try_values", once)
    result = call("sweep", "after.yaml", *FULL, "--replications", "2", "--out", "swept", "--workers", "1")
    assert result.exit_code == 130
    assert "where it changes between" in result.stdout
    assert "interrupted" in result.stderr
    assert pd.read_csv("swept/sweep.csv")["amount"].tolist() == [1, 8, 14, 16, 23, 31, 38, 45, 53, 60]
