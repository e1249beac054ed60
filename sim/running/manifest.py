"""The manifest and the table of assumptions: what a reviewer needs to have the same numbers again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.config.nodes import COMMAND_LINE
from sim.config.texts import LANGUAGES
from sim.experiment.keys import code_version
from sim.keeping.folder import JOURNEYS, TABLES, Staging, file_digest
from sim.keeping.manifest import figure_digests
from sim.plan import DAY_MS, NONE
from sim.report.warm_up import warm_up_record

if TYPE_CHECKING:
    from sim.running.job import Job
    from sim.running.run import Results

AUDITED_COLUMNS = "all columns of the journeys are equal to those of the SimPy model"
LIBRARIES = (
    *("simpy", "numba", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "jinja2", "xlsxwriter", "pydantic"),
)


def manifest(job: Job, results: Results, staging: Staging) -> dict[str, Any]:
    """What was run, by what, and digests of what came out; ``staging`` holds the files."""
    model = job.experiment.model
    new = staging.new
    return {
        "experiment": model.name,
        "title": dict(model.title),
        "question": dict(model.question or {}),
        "baseline": model.baseline,
        "main": job.told_about[1],
        "language": job.language,
        "scenarios": {
            name: {"title": job.plans[name].title[job.language], "configuration": loaded.digest}
            for name, loaded in job.scenarios.items()
        },
        "changed": list(job.overrides),
        "warnings": list(job.warnings),
        "seed": job.seed,
        "engine": job.engine,
        "model": code_version(job.engine),
        "audit": {"columns": AUDITED_COLUMNS, "applicants": results.audited} if results.audited else None,
        "replications": replications_record(job, results),
        "cells": {"run": results.run, "reused": results.reused},
        "interrupted": results.interrupted or results.failure is not None,
        "same_applicants": results.people_compared,
        "confidence": model.confidence,
        "warm_up": {
            scenario: found | {"longer": results.longer.get(scenario)}
            for scenario, found in warm_up_record(results.replications, job.plans).items()
        },
        "period": _period(job),
        "parts": _parts(job),
        "sources": _sources(job),
        "statements": {item: dict(text) for item, text in model.statements.items()},
        "data": dict(job.made_from.data),
        "files": dict(job.made_from.files),
        "tables": {name: file_digest(new / name) for name in TABLES if (new / name).exists()},
        "figures": figure_digests(new),
        "journeys": {path.name: file_digest(path) for path in sorted((new / JOURNEYS).glob("*.parquet"))},
        "versions": versions(),
        "platform": {"system": platform.system(), "machine": platform.machine(), "byteorder": sys.byteorder},
    }


def replications_record(job: Job, results: Results) -> dict[str, Any]:
    """How many replications were asked for, and how many there are; to a precision also at most, and why no more."""
    rule, complete = job.asked.stopping, len(results.complete)
    if rule.minimum == rule.maximum:
        return {"asked": rule.minimum, "complete": complete}
    enough = "at_most" if complete == rule.maximum else "precision"
    stopped = "interrupted" if rule.more(results.replications) else enough
    return {"asked": rule.minimum, "at_most": rule.maximum, "complete": complete, "stopped": stopped}


def _period(job: Job) -> dict[str, Any]:
    """The counted days of the main scenario, and the days simulated before and after them."""
    plan = job.plans[job.told_about[1]]
    first, last = plan.counted_from_ms // DAY_MS, (plan.counted_to_ms - 1) // DAY_MS
    return {
        "first": (plan.origin + dt.timedelta(days=first)).isoformat(),
        "last": (plan.origin + dt.timedelta(days=last)).isoformat(),
        "warm_up_days": first,
        "run_out_days": plan.n_days - 1 - last,
    }


def _parts(job: Job) -> dict[str, list[str]]:
    """What the main scenario is made of, by the names of the configuration."""
    plan = job.plans[job.told_about[1]]
    return {
        "segments": [segment.id for segment in plan.segments],
        "channels": list(plan.channels.id),
        "programmes": list(dict.fromkeys(plan.sites.programme)),
        "collection": _collection(job),
        "outages": [outage.id for outage in plan.outages],
    }


def _collection(job: Job) -> list[str]:
    """What the baseline or the main scenario has beside plain collection, by the names of the configuration."""
    behaviour = [job.plans[name].behaviour for name in job.told_about if name is not None]
    found = {
        "delivery": any(each.delivery_fee != NONE for each in behaviour),
        "progress_check": any(each.progress_uptake > 0 for each in behaviour),
    }
    return [name for name, used in found.items() if used]


def _sources(job: Job) -> dict[str, Mapping[Any, str]]:
    """What the codes of sources mean, over all scenarios."""
    found: dict[str, Mapping[Any, str]] = {}
    for loaded in job.scenarios.values():
        for code, text in loaded.model.sources.items():
            found.setdefault(code, text)
    return found


def versions() -> dict[str, str]:
    """Versions of the simulator, of Python and of the libraries that numbers and figures come from."""
    found = {"simulator": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


BASIS = re.compile(r"[{,]\s*basis\s*:")
"""In a value of the command line, that it says of itself where it comes from."""
BY_HAND = {"en": "set on the command line", "id": "diatur lewat baris perintah"}


def _is_set_by_hand(path: str, overrides: Sequence[str]) -> bool:
    """Whether the command line gives a value, or a part of it, or all around it, without a basis of its own.

    What is given again later is what counts.
    """
    for text in reversed(overrides):
        changed, _, value = text.partition("=")
        changed = changed.strip()
        inside, around = changed.startswith((f"{path}.", f"{path}[")), path.startswith((f"{changed}.", f"{changed}["))
        if changed == path or inside or around:
            return BASIS.search(value) is None
    return False


def assumptions(job: Job) -> str:
    """Every value that carries a basis, as CSV: scenario, path, value, range, basis, source, note, file and line.

    `range_of` is the handle of a range (factor, mean, contrast, end); it is empty where low and high are values.

    A value that all scenarios share stands once, under the scenario ``all``. One that the command line gives without
    saying where it comes from is an assumption, whatever the file said of its own.
    """
    by_scenario = {name: dict(loaded.provenance.items()) for name, loaded in job.scenarios.items()}
    rows: list[list[str]] = []
    first = next(iter(by_scenario.values()))
    shared = {path for path in first if all(other.get(path) == first[path] for other in by_scenario.values())}
    for name, found in [("all", {p: first[p] for p in first if p in shared}), *by_scenario.items()]:
        for path, p in found.items():
            if name == "all" or path not in shared:
                ends = ("", "", "") if p.range is None else (_plain(p.range.low), _plain(p.range.high), p.range.handle)
                by_hand = _is_set_by_hand(path, job.overrides)
                source, note = (None, BY_HAND) if by_hand else (p.source, p.note)
                said = [(text or {}).get(language, "") for text in (source, note) for language in LANGUAGES]
                by_set = by_hand or p.where[0] == COMMAND_LINE
                where = COMMAND_LINE if by_set else f"{p.where[0]}:{p.where[1]}"
                basis = "assumption" if by_hand else p.basis
                rows.append([name, path, _plain(p.value), *ends, basis, *said, where])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    said_of = [f"{what}_{language}" for what in ("source", "note") for language in LANGUAGES]
    writer.writerow(["scenario", "path", "value", "range_low", "range_high", "range_of", "basis", *said_of, "where"])
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
