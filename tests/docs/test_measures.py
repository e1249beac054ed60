"""The page of measures names what is measured, at every level and by every statistic, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import sim
from sim.measures.names import MEASURED, is_measured

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "measures.md"
SCENARIOS = ROOT / "configs" / "scenarios"
DAY_OFF = {"choice.day_off": {"share": 0.4, "price": "Rp 157000"}}
TEAM = {"programmes.lakso.team": {"document": 1, "interview": 2, "other": 3}}
ROW = re.compile(r"\| (`[a-z_T]+`(?:, `[a-z_T]+`)*) \| .* \| ([^|]*: [^|]*) \|")
Places = set[tuple[str, str, str]]


def told() -> Iterator[tuple[str, str, str]]:
    for names, where in ROW.findall(PAGE.read_text("utf-8")):
        for part in where.split("; "):
            levels, _, statistics = part.partition(": ")
            for name in re.findall(r"`(\w+)`", names):
                yield from ((name, level, one) for level in levels.split(", ") for one in statistics.split())


def measured() -> Places:
    """All that may be measured: days of work are lost, and a team closes counters."""
    after = sim.load(SCENARIOS / "with_ukk_and_mobile.yaml", DAY_OFF | TEAM).simulate()
    before = sim.load(SCENARIOS / "before_ukk.yaml", DAY_OFF).simulate()
    frame = after.measures(baseline=before, travel_minutes=[60])
    rows = frame[["measure", "level", "statistic"]].drop_duplicates().itertuples(index=False)
    return {(row.measure.replace("_60_", "_T_"), row.level, row.statistic) for row in rows}


def test_the_page_of_measures_is_what_is_measured() -> None:
    page = list(told())
    assert len(page) == len(set(page)) > 200
    assert set(page) == measured()


def test_names_that_nobody_else_may_give_are_those_of_the_page() -> None:
    assert MEASURED | {"coverage_T_min"} == {name for name, _, _ in told()}
    assert is_measured("coverage_45_min") and not is_measured("coverage_T_min") and not is_measured("far_share")
