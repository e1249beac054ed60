"""All that a page or a workbook is made from: the evidence of an experiment, its manifest and its tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.rejection import nearest_name
from sim.config.texts import LANGUAGES
from sim.errors import InputError, Problem
from sim.keeping.cited import NUMBERS, WORDS
from sim.keeping.folder import CITED, MANIFEST, PLANS, REPLICATIONS, file_digest
from sim.keeping.plan_files import read_additions, read_adds, read_plans
from sim.keeping.table_file import read_parquet
from sim.report.evidence import Evidence, gather

if TYPE_CHECKING:
    import pandas as pd

    from sim.keeping.study import Study
    from sim.plan import Plan

ACCESS, TARGETS = "access.csv", "targets.csv"
SIDE_TABLES = (
    *("assumptions.csv", ACCESS, "precision.csv", TARGETS, "factorial.csv", CITED),
    *("sensitivity.csv", "sensitivity_morris.csv", "sensitivity_sobol.csv", "sensitivity_points.csv"),
)
"""Tables that are not made from the replications alone."""
TEXTS = frozenset(
    (
        *("scenario", "baseline", "measure", "level", "unit", "statistic", "person", "district", "name", "regency"),
        *("site", "figure", "figure_id", "fitted", "source", "service", "kind", "warning"),
        *("conclusion", "title_en", "title_id", "stage", "problem", *WORDS),
    )
)
"""Columns of words, whatever stands in them: a figure may be named 2016, and a regency 16.10."""
TEXTS_OF = {
    "assumptions.csv": (
        *("path", "value", "range_low", "range_high", "range_of", "basis", "where"),
        *(f"{what}_{language}" for what in ("source", "note") for language in LANGUAGES),
    ),
    "factorial.csv": ("effect",),
    **dict.fromkeys(("sensitivity_morris.csv", "sensitivity_sobol.csv"), ("input", "low", "high")),
}
"""Columns that are words in some tables and numbers in others."""
NEEDED = ("title", "question", "main", "baseline", "language", "confidence", "period", "parts", "statements", "tables")


@dataclass(frozen=True)
class Told:
    """What was run and what came of it."""

    evidence: Evidence
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    """Those of SIDE_TABLES that there are, by the names of their files; all cells as they are written."""

    def title(self, language: str) -> str:
        """The experiment's title."""
        return str(self.manifest["title"][language])

    def question(self, language: str) -> str:
        """What the experiment is to answer; empty where nobody said."""
        return str(self.manifest["question"].get(language, ""))

    def stated(self, item: str, language: str) -> str:
        """What its people say of an item of STRESS-DES; empty where nobody said anything."""
        return str(self.manifest["statements"].get(item, {}).get(language, ""))

    @property
    def study(self) -> Study | None:
        """The sensitivity analysis, where there is one."""
        from sim.report.robust import study_of

        return study_of(self.tables)


def baseline_of(manifest: Mapping[str, Any]) -> str | None:
    """The baseline of an experiment, where anything is compared with it."""
    baseline: str | None = manifest["baseline"]
    return baseline if baseline != manifest["main"] else None


def read_table(path: Path) -> pd.DataFrame:
    """A table of a run as it was written: words stay words, and are empty where there is none; numbers are NaN there.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    import pandas as pd

    columns = pd.read_csv(path, nrows=0).columns
    words = [name for name in columns if name in TEXTS or name in TEXTS_OF.get(path.name, ())]
    empty = {name: [""] for name in columns if name not in words}
    found: pd.DataFrame = pd.read_csv(path, dtype=dict.fromkeys(words, str), keep_default_na=False, na_values=empty)
    return found


def read_side_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of SIDE_TABLES in a folder."""
    tables = {name: read_table(folder / name) for name in SIDE_TABLES if (folder / name).is_file()}
    if CITED in tables:
        # What was cited by an earlier version has fewer numbers of each conclusion.
        tables[CITED] = _with_numbers(tables[CITED])
    return tables


def _with_numbers(cited: pd.DataFrame) -> pd.DataFrame:
    """What is cited, with all its columns.

    Raises:
        ValueError: it lacks words.
    """
    lacking = [name for name in WORDS if name not in cited]
    if lacking:
        raise ValueError(f"{CITED} has no {', '.join(lacking)}")
    return cited.reindex(columns=[*WORDS, *NUMBERS])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of stored results.

    Raises:
        InputError: there is none, or it lacks what a report needs.
    """
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; name one that `run` has written results to")
    if not path.is_file():
        raise InputError(
            Problem(f"holds no results: {MANIFEST} is not there", str(folder), allowed=_with_results(folder))
        )
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        what = "is damaged: from here on it is no JSON, as where a file was cut off or changed by hand"
        raise InputError(Problem(what, str(path), line=error.lineno, allowed=AGAIN)) from error
    except ValueError as error:
        raise InputError(Problem("is damaged: it is no text in UTF-8", str(path), allowed=AGAIN)) from error
    missing = [name for name in NEEDED if not isinstance(manifest, dict) or name not in manifest]
    if missing:
        raise InputError(
            f"{path}: lacks {', '.join(missing)}, so it was written by another version: run the experiment again"
        )
    sound = {
        "tables": isinstance(manifest["tables"], dict),
        "language": manifest["language"] in ("en", "id"),
        "confidence": isinstance(manifest["confidence"], float) and 0 < manifest["confidence"] < 1,
        "main": isinstance(manifest["main"], str),
        **{name: isinstance(manifest[name], dict) for name in ("title", "question", "period", "parts", "statements")},
    }
    damaged = [name for name, right in sound.items() if not right]
    if damaged:
        raise InputError(f"{path}: {', '.join(damaged)} cannot be right, so it is damaged: run the experiment again")
    return dict(manifest)


def _with_results(folder: Path) -> str:
    """The folders below that hold results; where there are none, what such a folder is."""
    found = sorted(str(path.parent) for path in folder.glob(f"*/{MANIFEST}"))
    return f"one of {', '.join(found)}" if found else "a folder that `run` has written to"


AGAIN = "the file that the run wrote; the same `run` writes it anew, and what lies in cells/ is not simulated again"


def altered(folder: Path, manifest: Mapping[str, Any], part: str = "tables") -> Iterator[Problem]:
    """A problem for each file that is not there any more, or is not what the run has written, by the digests it kept.

    Args:
        folder: where these files lie.
        manifest: of the results.
        part: ``tables`` or ``journeys``.
    """
    for name, digest in manifest[part].items():
        path = folder / name
        try:
            if file_digest(path) != digest:
                what = f"is not as the run wrote it: its digest is another than {MANIFEST} says"
                yield Problem(what, str(path), allowed=AGAIN)
        except FileNotFoundError:
            yield Problem("is not there", str(path), allowed=AGAIN)
        except OSError as error:
            yield Problem(f"cannot be read: {error.strerror or error}", str(path), allowed=AGAIN)


def _another_main(manifest: Mapping[str, Any], plans: Mapping[str, Plan], main: str) -> str:
    """The scenario, if a report can be about it."""
    others = [name for name in plans if name != baseline_of(manifest)]
    if main not in others:
        what = "is the baseline itself" if main in plans else "is no scenario of these results"
        raise InputError(
            Problem(f"{main!r} {what}", "--main", allowed=", ".join(others), nearest=nearest_name(main, others))
        )
    return main


def read_told(folder: Path, main: str | None = None) -> Told:
    """All of stored results that a report needs.

    Args:
        folder: where they are.
        main: the scenario that it is about, beside the baseline; as it was when absent.

    Raises:
        InputError: something is not there, or is damaged; there is no such scenario, or it is the baseline.
    """
    manifest = read_manifest(folder)
    for name in (PLANS, REPLICATIONS, "assumptions.csv"):
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: is not there; a report is drawn from it: run the experiment again")
    drawn_from = {name: of for name, of in manifest["tables"].items() if name in (REPLICATIONS, *SIDE_TABLES)}
    problems = list(altered(folder, {"tables": drawn_from}))
    if problems:
        raise InputError(problems)
    plans, adds = read_plans(folder / PLANS), read_adds(folder / PLANS)
    if main is not None:
        manifest["main"] = _another_main(manifest, plans, main)
    about = baseline_of(manifest), manifest["main"]
    try:
        replications = read_parquet(folder / REPLICATIONS)
        evidence = gather(replications, plans, *about, manifest["confidence"], adds, read_additions(folder / PLANS))
        return Told(evidence, manifest, read_side_tables(folder))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(Problem(f"its tables cannot be read: {error}", str(folder), allowed=AGAIN)) from error
