"""Which conclusions hold over all the ranges of the assumptions, over most of them, or over few, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.experiment.concluded import weakest
from sim.experiment.sensitivity import BASE, Study
from sim.report.assumptions import Labels
from sim.report.messages import Messages
from sim.report.sensitivity import in_words
from sim.report.sentences import Sentence

if TYPE_CHECKING:
    import pandas as pd

ALL, MOST, FEW = "all", "most", "few"
ORDER = (ALL, MOST, FEW)
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


def how_far(holds: int, tested: int) -> str:
    """ALL, MOST or FEW, by the points of the ranges at which a conclusion holds, of those that were tested."""
    if holds == tested:
        return ALL
    return MOST if holds > HALF * tested else FEW


def robust_sentences(found: Study, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each conclusion, those that hold everywhere first, and how the points were chosen."""
    reach = {}
    for name in (str(name) for name in found.conclusions["conclusion"].unique()):
        rows = found.conclusions[(found.conclusions["conclusion"] == name) & (found.conclusions["stage"] != BASE)]
        reach[name] = weakest(rows)
    told = [name for name, (_, tested) in reach.items() if tested]
    for name in sorted(told, key=lambda name: ORDER.index(how_far(*reach[name]))):
        conclusion = in_words(found, name, messages.language)
        yield robust_sentence(messages, conclusion, *reach[name], _turned_by(found, name))
    if told:
        inputs = found.morris["input"].nunique() if len(found.morris) else 0
        yield Sentence(messages.text("finding.robust.how", inputs=messages.number(inputs, 0)))


def robust_sentence(messages: Messages, conclusion: str, holds: int, tested: int, turned_by: Sequence[str]) -> Sentence:
    """At how many of the points that were tested a conclusion holds, and what turned it by moving alone."""
    label, turned = Labels(messages), ""
    if turned_by:
        key = "turned_among" if len(turned_by) > NAMED else "turned"
        turned = messages.text(f"finding.robust.{key}", inputs="; ".join(map(label, turned_by[:NAMED])))
    text = messages.text(
        f"finding.robust.{how_far(holds, tested)}",
        conclusion=conclusion,
        holds=messages.number(holds, 0),
        points=messages.number(tested, 0),
        share=messages.percent(holds / tested, 0),
        turned=turned,
    )
    return Sentence(text)


def _turned_by(found: Study, name: str) -> list[str]:
    """The inputs that turned a conclusion when they moved alone, those that did so most often first."""
    rows = found.morris[(found.morris["conclusion"] == name) & (found.morris["flips"] > 0)]
    return list(rows.sort_values("flips", ascending=False, kind="stable")["input"])


def precision_sentence(goals: pd.DataFrame, messages: Messages) -> Sentence:
    """Whether the precision that was asked for was reached."""
    numbers = {
        "goals": messages.number(len(goals), 0),
        "met": messages.number(int(goals["met"].sum()), 0),
        "replications": messages.number(int(goals["replications"].max()), 0),
    }
    return Sentence(messages.text(f"finding.sure.precision.{'met' if goals['met'].all() else 'unmet'}", **numbers))
