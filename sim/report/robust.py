"""Which conclusions hold over all the ranges of the assumptions, over most of them, or over few, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.experiment.sensitivity import BASE, Study
from sim.report.messages import Messages
from sim.report.sensitivity import in_words
from sim.report.sentences import Sentence

if TYPE_CHECKING:
    import pandas as pd

ALL, MOST, FEW = "all", "most", "few"
HALF = 0.5
NAMED = 4
"""Inputs named that turn a conclusion by themselves."""


def study_of(tables: Mapping[str, pd.DataFrame]) -> Study | None:
    """The sensitivity analysis in tables of results, by the names of their files; None where there is none."""
    import pandas as pd

    if "sensitivity_points.csv" not in tables:
        return None
    names = ("sensitivity_points", "sensitivity", "sensitivity_morris", "sensitivity_sobol")
    points, conclusions, morris, sobol = (tables.get(f"{name}.csv", pd.DataFrame()) for name in names)
    return Study(points, conclusions, morris, sobol)


def how_far(found: Study, name: str) -> tuple[str, int, int]:
    """ALL, MOST or FEW; the points of the ranges at which a conclusion holds, and those that were tested."""
    rows = found.conclusions[(found.conclusions["conclusion"] == name) & (found.conclusions["stage"] != BASE)]
    holds, tested = int(rows["holds"].sum()), int((rows["points"] - rows["unfit"]).sum())
    if holds == tested:
        return ALL, holds, tested
    return MOST if holds > HALF * tested else FEW, holds, tested


def robust_sentences(found: Study, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each conclusion, those that hold everywhere first, and how the points were chosen."""
    names = [str(name) for name in found.conclusions["conclusion"].unique()]
    reach = {name: how_far(found, name) for name in names}
    if not any(tested for _, _, tested in reach.values()):
        return
    for kind in (ALL, MOST, FEW):
        for name in names:
            known, holds, tested = reach[name]
            if known == kind and tested:
                yield Sentence(
                    messages.text(
                        f"finding.robust.{kind}",
                        conclusion=in_words(found, name, messages.language),
                        holds=messages.number(holds, 0),
                        points=messages.number(tested, 0),
                        share=messages.percent(holds / tested, 0),
                        turned=_turned(found, name, messages),
                    )
                )
    inputs = found.morris["input"].nunique() if len(found.morris) else 0
    yield Sentence(messages.text("finding.robust.how", inputs=messages.number(inputs, 0)))


def _turned(found: Study, name: str, messages: Messages) -> str:
    """What turned a conclusion when it moved alone, in words that follow a sentence; empty where nothing did."""
    rows = found.morris[(found.morris["conclusion"] == name) & (found.morris["flips"] > 0)]
    paths = list(rows.sort_values("flips", ascending=False, kind="stable")["input"])
    if not paths:
        return ""
    return messages.text("finding.robust.turned", inputs=messages.names(paths[:NAMED]))


def precision_sentence(goals: pd.DataFrame, messages: Messages) -> Sentence:
    """Whether the precision that was asked for was reached."""
    numbers = {
        "goals": messages.number(len(goals), 0),
        "met": messages.number(int(goals["met"].sum()), 0),
        "replications": messages.number(int(goals["replications"].max()), 0),
    }
    return Sentence(messages.text(f"finding.sure.precision.{'met' if goals['met'].all() else 'unmet'}", **numbers))
