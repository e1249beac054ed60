"""A run in which the engines differ stops and names the first difference; where they agree it says for how many."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.drawing import draw
from sim.draws import RETURN, Draws, needs_between
from sim.engines import audit, compiled
from sim.journeys import VISIT_COLUMNS, Journeys
from sim.plan import DAY_MS, NONE, Plan
from sim.randomness import Source
from tests.cli.cases import call
from tests.model.small_province import plan_of, run

RUN = ("run", "impact.yaml", "--workers", "1")


def in_error(plan: Plan, draws: Draws, right: Callable[[Plan, Draws], Journeys] = compiled.run) -> Journeys:
    """The compiled engine, but that the party of the eighth applicant has booked a minute sooner."""
    j = right(plan, draws)
    booked = j.booked_ms.copy()
    booked[draws.party == draws.party[7]] -= 60_000
    return j._replace(booked_ms=booked)


def manifest() -> dict[str, object]:
    return dict(json.loads(Path("results/impact/manifest.json").read_text()))


def test_a_difference_stops_the_run_and_names_applicant_column_and_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "run", in_error)
    result = call(*RUN)
    assert result.exit_code == 1
    told = " ".join(result.output.split())
    found = re.search(r"scenario before: applicant (\d), .*? has booked_ms -?\d+ \((.*?)\) where .*? \((.*?)\)", told)
    assert found is not None, told
    assert int(found[1]) <= 7  # the first of the party
    assert pd.Timestamp(found[3]) - pd.Timestamp(found[2]) == pd.Timedelta(minutes=1)
    assert "Traceback" not in told


def with_none(j: Journeys) -> Journeys:
    """The journeys, and a row of a visit that nobody made."""
    more = {name: np.append(getattr(j, name), NONE) for name in VISIT_COLUMNS}
    return j._replace(
        **more, later_applicant=np.append(j.later_applicant, 0), later_visit=np.append(j.later_visit, RETURN)
    )


def test_the_first_applicant_that_differs_is_named_though_later_columns_differ_earlier() -> None:
    plan = plan_of()
    draws, meant = run(plan)
    made = meant._replace(status=meant.status.copy(), collect_end_ms=meant.collect_end_ms.copy())
    made.status[9] += 1
    made.collect_end_ms[4] += 1
    assert audit.first_difference(plan, draws, meant, meant) == ""
    turned = meant._replace(later_applicant=meant.later_applicant[::-1], later_visit=meant.later_visit[::-1])
    assert "not the same rows" in audit.first_difference(plan, draws, with_none(meant), meant)
    assert audit.first_difference(plan, draws, turned, meant) != ""
    said = audit.first_difference(plan, draws, made, meant)
    assert said.startswith("applicant 4, whose need arose on 2023-") and "has collect_end_ms" in said


def test_the_manifest_tells_whom_the_audit_compared(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    told = manifest()["audit"]
    assert isinstance(told, dict)
    assert set(told["applicants"]) == {"before", "after"}
    assert all(people > 30 for people in told["applicants"].values())


def test_by_default_two_weeks_of_the_first_replication_are_compared() -> None:
    plan = plan_of()
    draws = draw(plan, Source(1, 0))
    some = audit.stretch(plan, draws)
    assert 0 < some.applicants < draws.applicants
    days = (some.need_ms - plan.counted_from_ms) / DAY_MS
    assert days.min() >= 0 and 12 < days.max() < 14
    two_weeks = needs_between(draws, plan.counted_from_ms, plan.counted_from_ms + 14 * DAY_MS)
    np.testing.assert_array_equal(some.need_ms, two_weeks.need_ms)


def test_whole_replications_go_through_both_engines_where_that_is_asked_for(folder: Path) -> None:
    assert call(*RUN).exit_code == 0
    stretch = manifest()["audit"]["applicants"]
    known = "figure,scenario,measure,level,unit,statistic,known,fitted,source\n"
    Path("known.csv").write_text(f"{known}Need,before,need,province,province,count,300,no,made up\n")
    with Path("impact.yaml").open("a") as file:
        file.write("both_engines: 2\ntargets: known.csv\n")
    assert call(*RUN).exit_code == 0
    whole = manifest()["audit"]["applicants"]
    replications = pd.read_parquet("results/impact/replications.parquet").query(
        "scenario == 'before' and measure == 'need' and level == 'province' and replication < 2"
    )
    assert whole["before"] >= replications["value"].sum() > 2 * stretch["before"]
    assert pd.read_csv("results/impact/targets.csv")["both_engines"].tolist() == [whole["before"]]


def test_cells_that_were_stored_before_are_run_again_where_the_engines_are_to_be_compared_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(*RUN).exit_code == 0
    with Path("impact.yaml").open("a") as file:
        file.write("both_engines: 1\n")
    monkeypatch.setattr(compiled, "run", in_error)
    result = call(*RUN)
    assert result.exit_code == 1
    assert "has booked_ms" in result.output
