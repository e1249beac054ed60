"""Which conclusions hold over all the ranges of the assumptions, over most, or over no more than half, in words.

Most and no more than half are said where the interval of the share of points leaves a half out. The points of a path
hang together, so that a thousand of them on ten paths may not tell the one from the other; then neither is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.keeping.concluded import UNKNOWN, Spread, weakest
from sim.keeping.study import BASE, Study
from sim.report.assumptions import Labels
from sim.report.messages import Messages
from sim.report.sensitivity import in_words
from sim.report.sentences import Sentence

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence

ALL, MOST, HALF, UNTOLD, SOME = "all", "most", "half", "untold", "some"
NAMED = 4
"""Inputs named that turn a conclusion by themselves."""


@dataclass(frozen=True)
class Standing:
    """How far a conclusion stands over the ranges of the assumptions."""

    conclusion: str
    """In words."""
    about: str
    """In those of its quantities, as in sensitivity.csv."""
    holds: int
    points: int
    """Points that were tested, at least one."""
    turned_by: tuple[str, ...]
    """Inputs that turned it when they moved alone, those that did so most often first."""
    elsewhere: str = ""
    """Where it is which scenario is the best: others that are, and at how many points; most first."""
    spread: Spread = UNKNOWN
    """How the points lie."""


def study_of(tables: Mapping[str, pd.DataFrame]) -> Study | None:
    """The sensitivity analysis in tables of results, by the names of their files; None where there is none."""
    import pandas as pd

    if "sensitivity_points.csv" not in tables:
        return None
    names = ("sensitivity_points", "sensitivity", "sensitivity_morris", "sensitivity_sobol")
    points, conclusions, morris, sobol = (tables.get(f"{name}.csv", pd.DataFrame()) for name in names)
    return Study(points, conclusions, morris, sobol)


ABOUT = re.compile(r" of (?P<scenario>\S+)(?: - (?P<baseline>\S+))? is (?P<what>.*)")


def is_about(one: Standing, evidence: Evidence) -> bool:
    """Whether a conclusion, of this experiment or one that it cites, is about what this one finds.

    That is its main scenario against its baseline, or which scenario is the best, if it has that one too.
    """
    found = ABOUT.search(one.about)
    if found is None or found["baseline"] not in (None, evidence.baseline):
        return False
    return found["scenario"] in (evidence.scenarios if "est of " in found["what"] else [evidence.main])


def how_far(one: Standing) -> str:
    """ALL, MOST or no more than HALF of the ranges; UNTOLD where the points do not tell more than a half from less.

    SOME where nothing is known of how sure their share is, as of what was kept by an earlier version.
    """
    if one.holds == one.points:
        return ALL
    if math.isnan(one.spread.low):
        return SOME
    if one.spread.low > 0.5:
        return MOST
    return HALF if one.spread.high < 0.5 else UNTOLD


def standings_here(found: Study, messages: Messages) -> list[Standing]:
    """The conclusions of a sensitivity analysis, those that hold at most points first."""
    told = []
    for name in (str(name) for name in found.conclusions["conclusion"].unique()):
        rows = found.conclusions[(found.conclusions["conclusion"] == name) & (found.conclusions["stage"] != BASE)]
        least = weakest(rows)
        if least.points:
            about = str(rows.iloc[0]["about"])
            told.append(
                Standing(
                    in_words(found, name, messages.language),
                    about,
                    least.holds,
                    least.points,
                    _turned_by(found, name),
                    least.elsewhere[messages.language],
                    least.spread,
                )
            )
    return in_order(told)


def in_order(told: list[Standing]) -> list[Standing]:
    """Those that hold at most of their points first."""
    return sorted(told, key=lambda one: -one.holds / one.points)


def robust_sentences(found: Study, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each conclusion, those that hold everywhere first, and how the points were chosen."""
    told = standings_here(found, messages)
    if told:
        yield Sentence(messages.text("finding.robust.judged"))
    for one in told:
        yield robust_sentence(messages, one)
    if told:
        inputs = found.morris["input"].nunique() if len(found.morris) else 0
        yield Sentence(messages.text("finding.robust.how", inputs=messages.number(inputs, 0)))


def robust_sentence(messages: Messages, one: Standing) -> Sentence:
    """At how many of the points that were tested a conclusion holds, and what turned it by moving alone."""
    label, turned = Labels(messages), ""
    if one.turned_by:
        key = "turned_among" if len(one.turned_by) > NAMED else "turned"
        turned = messages.text(f"finding.robust.{key}", inputs="; ".join(map(label, one.turned_by[:NAMED])))
    text = messages.text(
        f"finding.robust.{how_far(one)}",
        conclusion=one.conclusion,
        **_points(messages, one),
        share=messages.percent(one.holds / one.points, 0),
        turned=turned,
    )
    return Sentence(f"{text} {ahead(messages, one)}" if one.elsewhere else text)


def ahead(messages: Messages, one: Standing) -> str:
    """Which scenarios are ahead at the other points, or that another of them is where that is not known."""
    if not one.elsewhere:
        return messages.text("finding.robust.another")
    return messages.text("finding.robust.elsewhere", scenarios=one.elsewhere)


def quoted(messages: Messages, one: Standing) -> str:
    """A conclusion in quotation marks and at how many points it holds, as part of a sentence."""
    return messages.text(
        f"finding.robust.quoted.{'all' if one.holds == one.points else 'some'}",
        conclusion=one.conclusion,
        **_points(messages, one),
    )


def _points(messages: Messages, one: Standing) -> dict[str, str]:
    """Placeholders: at how many points it holds, of how many, and how these lie."""
    where = ""
    if one.spread.paths:
        where = messages.text("finding.robust.where.paths", paths=messages.number(one.spread.paths, 0))
    elif one.spread.independent:
        independent = messages.number(one.spread.independent, 0)
        where = messages.text("finding.robust.where.independent", independent=independent)
    return {"holds": messages.number(one.holds, 0), "points": messages.number(one.points, 0), "where": where}


def _turned_by(found: Study, name: str) -> tuple[str, ...]:
    rows = found.morris[(found.morris["conclusion"] == name) & (found.morris["flips"] > 0)]
    return tuple(rows.sort_values("flips", ascending=False, kind="stable")["input"])


def precision_sentence(goals: pd.DataFrame, messages: Messages) -> Sentence:
    """Whether the precision that was asked for was reached."""
    numbers = {
        "goals": messages.number(len(goals), 0),
        "met": messages.number(int(goals["met"].sum()), 0),
        "replications": messages.number(int(goals["replications"].max()), 0),
    }
    return Sentence(messages.text(f"finding.sure.precision.{'met' if goals['met'].all() else 'unmet'}", **numbers))
