"""What an experiment cites of others: how far the model was from known figures, and which conclusions were tested.

One experiment holds the model against official counts, another tests conclusions over the ranges of the assumptions. A
reader of a third is to see both. They are quoted from the expected numbers of those experiments, which `reproduce`
holds against a run, and never written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.loader import load_experiment
from sim.config.problems import placed
from sim.config.texts import LANGUAGES, Language
from sim.errors import ConfigError, InputError, Problem
from sim.keeping.concluded import SPREAD, weakest
from sim.keeping.expected import PRECISION, expected_file, kept_table, read_expected
from sim.keeping.targets import FITTED_INPUTS, Targets, read_targets

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.provenance import Place

FIGURE, CONCLUSION = "known figure", "conclusion"
WORDS = (
    *("experiment", *(f"title_{language}" for language in LANGUAGES), "kept", "version", "model", "same_code", "kind"),
    *(*(f"text_{language}" for language in LANGUAGES), "about", "fitted", "turned_by"),
    *(f"elsewhere_{language}" for language in LANGUAGES),
)
NUMBERS = ("known", "modelled", "difference_percent", FITTED_INPUTS, "points", "holds", *SPREAD)
STANDS, MOVED = "as_it_stands", ("morris", "sobol")
"""Stages of a sensitivity analysis: the one point of the values as they are, and those at which they are moved."""


@dataclass(frozen=True)
class Cited:
    """What another experiment gave, to the four digits to which it is kept."""

    name: str
    title: Mapping[Language, str]
    kept: str
    """Day on which its numbers were kept, as 2026-11-27; empty where that is not known."""
    version: str
    """Of the simulator."""
    model: str
    """Digest of the model's code."""
    figures: pd.DataFrame | None
    """As targets.csv, the known figures exact."""
    conclusions: pd.DataFrame | None
    """As sensitivity.csv."""
    screened: pd.DataFrame | None
    """As sensitivity_morris.csv."""
    fitted_inputs: int = 0
    """Inputs that were fitted to known figures, those that move together counted as one; 0 where nobody says."""


def read_cited(file: Path, path: str, where: Mapping[str, Place]) -> Cited:
    """What an experiment gave, from its file and the expected numbers beside it.

    Args:
        file: of the experiment.
        path: of the key that names it.
        where: of each key of the experiment that cites it.

    Raises:
        ConfigError: it is no experiment, has no expected numbers, or gave nothing that can be cited.
    """
    try:
        experiment = load_experiment(file)
        expected = read_expected(expected_file(file))
        names = ("targets.csv", "sensitivity.csv", "sensitivity_morris.csv")
        figures, conclusions, screened = (kept_table(expected, name) for name in names)
        if figures is not None:
            figures = _exact(figures, read_targets(experiment.files["targets"]))
    except (InputError, ValueError, KeyError) as error:
        raise _refused(f"{file.name} cannot be cited: {error}", path, where) from error
    if figures is None and conclusions is None:
        what = f"{file.name} holds nothing against known figures and tests no conclusions"
        raise _refused(what, path, where)
    return Cited(
        experiment.model.name,
        experiment.model.title,
        str(expected.get("kept", "")),
        str(expected["versions"].get("simulator", "")),
        str(expected.get("model", "")),
        figures,
        conclusions,
        screened,
        0 if experiment.model.calibration is None else len(experiment.model.calibration.inputs),
    )


def _exact(figures: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Modelled figures beside the known ones of their own table, under the names that these have there.

    Raises:
        ValueError: the table of known figures is another now.
    """
    if list(figures["figure"]) != list(targets.figure) or list(figures["fitted"]) != list(targets.fitted):
        raise ValueError("its table of known figures is not the one that its expected numbers are of")
    known = np.array(targets.known)
    if not np.allclose(figures["known"], known, rtol=PRECISION):
        raise ValueError("its known figures are not those that its expected numbers are of")
    figures = figures.assign(figure_id=targets.figure_id)
    # Of a small difference four digits say more than of the figure itself.
    return figures.assign(known=known, modelled=known * (1.0 + figures["difference_percent"] / 100.0))


def _refused(what: str, path: str, where: Mapping[str, Place]) -> ConfigError:
    allowed = "an experiment with `targets` or `sensitivity`, whose expected numbers `reproduce --update` has written"
    return ConfigError([placed(Problem(what, path=path, allowed=allowed), where)])


def cited_table(cited: Sequence[Cited], model: str) -> pd.DataFrame:
    """All that is cited, one row a known figure or a conclusion, with the columns of WORDS and NUMBERS.

    Args:
        cited: in the order in which they are told.
        model: digest of the model's code in this run, which theirs is compared with.
    """
    import pandas as pd

    rows = [row for one in cited for row in (*_figures(one), *_conclusions(one))]
    found = pd.DataFrame(rows, columns=[*WORDS, *NUMBERS])
    return found.assign(same_code=np.where(found["model"] == model, "yes", "no"))


def _about(one: Cited, kind: str) -> dict[str, Any]:
    titles = {f"title_{language}": one.title[language] for language in LANGUAGES}
    code = {"kept": one.kept, "version": one.version, "model": one.model}
    return {"experiment": one.name, **titles, **code, "kind": kind}


def _figures(one: Cited) -> list[dict[str, Any]]:
    if one.figures is None:
        return []
    rows = one.figures[one.figures["modelled"].notna() & (one.figures["known"] != 0)].to_dict("records")
    kept = ("fitted", "known", "modelled", "difference_percent")
    return [
        _about(one, FIGURE)
        | {"text_en": row["figure"], "text_id": row["figure_id"]}
        | {str(name): row[name] for name in kept}
        | ({FITTED_INPUTS: one.fitted_inputs} if one.fitted_inputs else {})
        for row in rows
    ]


def _conclusions(one: Cited) -> list[dict[str, Any]]:
    """Each conclusion once, over the points of the stage at which it holds least."""
    if one.conclusions is None:
        return []
    found = []
    for name, rows in one.conclusions.groupby("conclusion", sort=False):
        moved = rows[rows["stage"].isin(MOVED)]
        first = rows.iloc[0]
        titles = {f"text_{language}": first[f"title_{language}"] or first["about"] for language in LANGUAGES}
        least = weakest(moved)
        numbers = {"about": first["about"], "points": least.points, "holds": least.holds, **least.spread.row}
        elsewhere = {f"elsewhere_{language}": text for language, text in least.elsewhere.items()}
        found.append(_about(one, CONCLUSION) | titles | numbers | elsewhere | {"turned_by": _turned_by(one, str(name))})
    return [row for row in found if row["points"]]


def _turned_by(one: Cited, conclusion: str) -> str:
    """The inputs that turned a conclusion when they moved alone, those that did so most often first."""
    if one.screened is None:
        return ""
    rows = one.screened[(one.screened["conclusion"] == conclusion) & (one.screened["flips"] > 0)]
    return " ".join(rows.sort_values("flips", ascending=False, kind="stable")["input"])
