"""The page put together: what it holds in each language, and the template that it is poured into."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sim.config.texts import LANGUAGES
from sim.keeping.folder import FIGURES, PAGE, WORKBOOKS
from sim.report.access import access_of, access_regencies_of, equity_kinds_of, equity_of, limits
from sim.report.assumptions import assumptions_of, sources_of
from sim.report.far import furthest_of
from sim.report.findings import OF_MANIFEST, described
from sim.report.messages import ARROW, Messages
from sim.report.page.lead import lead
from sim.report.page.listings import digests_of, run_of, sites_of
from sim.report.page.pictures import Picture, written_pictures
from sim.report.page.places import places
from sim.report.page.stress import account
from sim.report.page.words import words
from sim.report.reality import known_figures
from sim.report.service_table import services_of
from sim.report.stages import gain_tables, stages_by_site
from sim.report.tables import Table, measures_of
from sim.report.told import ACCESS
from sim.report.verdicts import MARKS, SMALL, UNCLEAR

if TYPE_CHECKING:
    from markupsafe import Markup

    from sim.report.evidence import Evidence
    from sim.report.told import Told

NAMES = {"en": "English", "id": "Bahasa Indonesia"}
"""Each language's name in itself."""
SECTION_FIGURES = {
    "maps": ("map_travel_time", "map_regencies", "map_flows", "coverage_curve"),
    "access": ("service_days", "lorenz_curves"),
    "gains": ("paired_differences", "burden_by_regency"),
    "load": ("waits_by_site", "lead_time_by_week", "queue_by_week", "outage_recovery"),
    "sure": ("warm_up", "targets", "sensitivity"),
}
SECTION_FINDINGS = {
    "main": ("others",),
    "gains": ("regencies", "stages", "deterred", "single"),
    "access": ("evenness",),
    "costs": ("services",),
    "load": ("effects", "load", "new_sites", "offices"),
    "sure": ("sure", "reality", "robust"),
}
JOINT = re.compile(r"(?<=[a-z])([_./])(?=[a-z])")
INTERVAL = re.compile(
    r"(\(-?(?:Rp\s)?\d[^() ]*) ([^()]*\d[^()]*\)(?:\N{NO-BREAK SPACE}[\N{DEGREE SIGN}\N{ALMOST EQUAL TO}])?)"
)
"""A value's interval with its mark, which stay on one line of a screen and on at most two of a sheet."""
HALF = re.compile(r"\N{PLUS-MINUS SIGN}[\d.,]+%?")
"""Half the width of an interval, which stands under its value where there is little room."""
CODES = ("id", "unit", "regency", "district")
"""Columns of figures' numbers that hold codes, such as 16.10, which no spreadsheet may take for a number or a time."""
ORDER = (
    "finding",
    "main",
    "maps",
    "gains",
    "access",
    "places",
    "costs",
    "load",
    "assumed",
    "sure",
    "words",
    "run",
    "stress",
)


@dataclass(frozen=True)
class Part:
    """A section of the page."""

    key: str
    heading: str
    said: tuple[tuple[str, tuple[str, ...]], ...]
    """Findings, each under its heading."""
    tables: tuple[Table, ...]
    figures: tuple[Picture, ...]
    folded: tuple[Table, ...] = ()
    """Tables that are opened by whoever wants them."""


def write_page(folder: Path, told: Told, language: str, others: Mapping[str, Mapping[str, Picture]]) -> Path:
    """Write report.html into a folder that holds the figures already.

    Args:
        folder: Of results.
        told: What was run and what came of it.
        language: The language of the figures, which the page opens in. The page has every language.
        others: The figures of the other languages, by language and name.
    """
    path = folder / PAGE
    numbers = {file.stem: file.read_text(encoding="utf-8") for file in sorted((folder / FIGURES).glob("*.csv"))}
    figures = {**others, language: written_pictures(told.evidence, folder, language)}
    text = page(told, figures, language, numbers)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def page(
    told: Told,
    figures: Mapping[str, Mapping[str, Picture]],
    language: str,
    numbers: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page as HTML: no part of it lies anywhere else.

    Args:
        told: What was run and what came of it.
        figures: By language and name.
        language: The language that the page opens in.
        numbers: What the figures show, as CSV, by the name of the figure: whoever has the page can save it.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report.page", "parts"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["cell"] = cell
    environment.filters["sentence"] = sentence
    order = (language, *(other for other in LANGUAGES if other != language))
    views = [view(told, figures.get(name, {}), name) for name in order]
    parts = resources.files("sim.report.page").joinpath("parts")
    return environment.get_template("page.html.j2").render(
        views=views,
        languages=[(name, NAMES[name]) for name in order],
        style=parts.joinpath("page.css").read_text(encoding="utf-8"),
        script=parts.joinpath("page.js").read_text(encoding="utf-8"),
        numbers=_json(dict(numbers)),
        saved=frozenset(numbers),
        data=_json({name: view["places"] for name, view in zip(order, views, strict=True)}),
        codes=_json(CODES),
        mark=MARKS[UNCLEAR],
        small=MARKS[SMALL],
        arrow=ARROW,
    )


def view(told: Told, figures: Mapping[str, Picture], language: str) -> dict[str, Any]:
    """What the page holds in one language."""
    evidence, messages = told.evidence, Messages(language)
    manifest = told.manifest
    of_run = (manifest.get(key, ()) for key in OF_MANIFEST)
    findings = described(evidence, messages, told.tables, manifest["replications"], *of_run)
    said = {section.key: section for section in findings.sections}
    tables = _tables(told, messages)
    folded = {"assumed": (assumptions_of(told, messages, beside=True),)}
    shown = [
        Part(
            key,
            evidence.text(f"page.heading.{key}", messages),
            tuple(
                (said[name].heading, tuple(sentence.text for sentence in said[name].sentences))
                for name in SECTION_FINDINGS.get(key, ())
                if name in said
            ),
            tuple(table for table in tables.get(key, ()) if table.rows),
            tuple(figures[name] for name in SECTION_FIGURES.get(key, ()) if name in figures),
            tuple(table for table in folded.get(key, ()) if table.rows),
        )
        for key in ORDER
    ]
    own = ("finding", "places", "words", "stress")
    shown = [part for part in shown if part.key in own or part.said or part.tables or part.figures]
    bases = told.tables["assumptions.csv"]["basis"]
    return {
        "language": language,
        "text": messages.text,
        "explained": partial(evidence.text, messages=messages),
        "lead": lead(evidence, messages, findings, told.tables),
        "title": told.title(language),
        "question": told.question(language),
        "parts": shown,
        "pair": len(evidence.pair),
        "scenarios": [
            (name, evidence.title(name, messages), _role(evidence.pair, name, messages)) for name in evidence.scenarios
        ],
        "assumed": {
            "count": messages.number(len(bases), 0),
            "assumptions": messages.number(int((bases == "assumption").sum()), 0),
        },
        "sources": sources_of(told, language),
        "places": places(evidence, messages),
        "stress": account(told, messages),
        "words": words(evidence, messages),
        "version": told.manifest["versions"]["simulator"],
        "workbook": WORKBOOKS[language],
        "new_in": evidence.titles(messages)[-1],
    }


def sentence(text: str) -> str:
    """A sentence in which no amount stands on another line than its currency."""
    return text.replace("Rp ", "Rp\N{NO-BREAK SPACE}")


def cell(text: str) -> Markup:
    """A cell's text, which breaks within names at their joints and after arrows; intervals are parts of their own."""
    from markupsafe import Markup, escape

    for mark in (MARKS[SMALL], MARKS[UNCLEAR]):
        text = text.replace(f" {mark}", f"\N{NO-BREAK SPACE}{mark}")
    text = text.replace(ARROW, f"\N{NO-BREAK SPACE}{ARROW.lstrip()}")
    kept = INTERVAL.sub('<span class="ends">\\1\N{NO-BREAK SPACE}\\2</span>', str(escape(sentence(text))))
    kept = HALF.sub(r'<span class="half">\g<0></span>', kept)
    return Markup(JOINT.sub(r"\1<wbr>", kept))


def _tables(told: Told, messages: Messages) -> dict[str, tuple[Table, ...]]:
    evidence = told.evidence
    found: dict[str, tuple[Table, ...]] = {
        "main": (measures_of(evidence, messages),),
        "costs": tuple(
            services_of(evidence, messages, scenario, told.tables["assumptions.csv"])
            for scenario in _with_services(evidence)
        ),
        "load": (sites_of(evidence, messages),),
        "assumed": (assumptions_of(told, messages),),
        "sure": known_figures(told.tables, messages),
        "run": (run_of(told, messages), digests_of(told, messages)),
    }
    if ACCESS in told.tables:
        access = told.tables[ACCESS]
        furthest = furthest_of(access, evidence, messages, limits(access)[-1])
        by_regency = access_regencies_of(access, evidence, messages)
        found["access"] = (access_of(access, evidence, messages), by_regency, *([furthest] if furthest.rows else []))
    found["access"] = (*found.get("access", ()), equity_of(evidence, messages), equity_kinds_of(evidence, messages))
    found["gains"] = (*gain_tables(evidence, messages), stages_by_site(evidence, messages))
    return found


def _with_services(evidence: Evidence) -> list[str]:
    """The main scenario, and each other that has a service which none before it has."""
    seen: set[str] = set()
    found = []
    for scenario in (evidence.main, *evidence.scenarios):
        services = set(evidence.plans[scenario].sites.programme)
        if services - seen:
            found.append(scenario)
        seen |= services
    return found


def _role(pair: tuple[str, ...], scenario: str, messages: Messages) -> str:
    if scenario == pair[-1]:
        return messages.text("page.role_main")
    return messages.text("page.role_baseline") if scenario == pair[0] else ""


def _json(value: Any) -> str:
    """JSON that may stand within a script element, whatever names are in it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
