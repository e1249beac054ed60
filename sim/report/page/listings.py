"""Tables that stand on the page and in the workbook: sites, assumptions, and the run itself."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from sim.config.texts import LANGUAGES
from sim.report.messages import NO_VALUE, Messages
from sim.report.tables import Table
from sim.report.written import formatter

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.told import Told

SITE_COLUMNS = (
    *(("passports", "count"), ("lead_days", "mean"), ("wait_minutes", "mean")),
    *(("utilisation", "share"), ("quota_use", "share"), ("overtime_minutes", "mean")),
)
NUMBER = re.compile(r"(?<![\w.:/-])-?\d+(?:\.\d+)?(?![\w.:/-])")
"""A number in the text of a configuration; no part of a date, a time of day or a name."""
ASSUMPTION = "assumption"
SHARED = "all"
"""Scenario of a value that all scenarios share."""
OPTIONAL = ("delivery", "progress_check")
"""Parts of collection that a scenario may be without."""


def sites_of(evidence: Evidence, messages: Messages) -> Table:
    """Load and queues of each site that either scenario of the pair has."""
    names: dict[str, str] = {}
    for scenario in evidence.pair:
        sites = evidence.plans[scenario].sites
        names |= dict(zip(sites.id, sites.name, strict=True))
    rows, numbers = [], []
    for site, name in names.items():
        cells, values, measured = [], [], False
        for measure, statistic in SITE_COLUMNS:
            written = formatter(measure, statistic, messages)
            found = [evidence.estimate(s, measure, statistic, "site", site) for s in evidence.pair]
            measured |= any(estimate.n for estimate in found)
            cells.append(" \N{RIGHTWARDS ARROW} ".join(written(estimate.estimate) for estimate in found))
            values.append(found[-1].estimate)
        if measured:
            rows.append((name, *cells))
            numbers.append(tuple(values))
    titles = dict(zip(("baseline", "main"), (evidence.titles(messages)[0], evidence.titles(messages)[-1]), strict=True))
    compared = len(evidence.pair) == 2
    columns = (messages.text("page.site.site"), *(messages.text(f"page.site.{name}") for name, _ in SITE_COLUMNS))
    notes = (messages.text("page.site.note"),) if compared else ()
    title = messages.text("page.site.title" if compared else "page.site.alone", **titles)
    return Table(title, columns, tuple(rows), notes, tuple(numbers))


def assumptions_of(told: Told, messages: Messages, beside: bool = False) -> Table:
    """Values with their range, basis and source, what no source gives first.

    Args:
        told: what was run.
        messages: of the language.
        beside: those that the two scenarios compared make no use of, instead of those that they do.
    """
    rows = []
    frame = told.tables["assumptions.csv"]
    for row in sorted(frame.to_dict("records"), key=lambda row: row["basis"] != ASSUMPTION):
        if in_use(told, row["scenario"], row["path"]) == beside:
            continue
        span = [in_words(row[f"range_{end}"], messages) for end in ("low", "high")]
        scenario = _scenario(told, row["scenario"], messages)
        said = "; ".join(text for text in (row["source"], row["note"]) if text) or NO_VALUE
        between = messages.text("interval", low=span[0], high=span[1]) if any(span) else NO_VALUE
        basis = messages.text_or(f"page.basis.{row['basis']}", row["basis"])
        rows.append((row["path"], in_words(row["value"], messages), between, basis, said, scenario))
    keys = ("path", "value", "range", "basis", "source", "scenario")
    columns = tuple(messages.text(f"page.assumed.{key}") for key in keys)
    other = "" if written_in(told) == messages.language else written_in(told)
    title = messages.text("page.assumed.beside" if beside else "page.assumed.title")
    languages = tuple(other if key == "source" else "" for key in keys)
    return Table(title, columns, tuple(rows), sorts=(0, 3, 5), written_in=languages)


def in_use(told: Told, scenario: str, path: str) -> bool:
    """Whether a value has a part in one of the two scenarios that are compared: its site or service is there."""
    evidence = told.evidence
    if scenario not in (SHARED, *evidence.pair):
        return False
    kind, *rest = path.split(".")
    plans = [evidence.plans[name] for name in (evidence.pair if scenario == SHARED else (scenario,))]
    there = {
        "sites": {site for plan in plans for site in plan.sites.id},
        "programmes": {name for plan in plans for name in plan.sites.programme},
        "outages": {outage.id for plan in plans for outage in plan.outages},
        "name": set(),
        "title": set(),
    }
    if kind == "collection" and rest[0] in OPTIONAL:
        return rest[0] in told.manifest["parts"].get("collection", OPTIONAL)
    return kind not in there or (bool(rest) and rest[0] in there[kind])


def _scenario(told: Told, name: str, messages: Messages) -> str:
    if name == SHARED:
        return messages.text("page.assumed.all")
    return told.evidence.title(name, messages) if name in told.evidence.plans else name


def written_in(told: Told) -> str:
    """The language that notes and sources of the configuration are written in."""
    return str(told.manifest.get("written_in", LANGUAGES[0]))


def sources_of(told: Told, language: str) -> list[tuple[str, str]]:
    """The codes that stand in sources of values, each with what it means."""
    cited = " ".join(told.tables["assumptions.csv"]["source"])
    known: dict[str, dict[str, str]] = told.manifest.get("sources", {})
    return [(code, known[code][language]) for code in sorted(known) if re.search(rf"\b{re.escape(code)}\b", cited)]


def in_words(value: str, messages: Messages) -> str:
    """A value of a configuration, its numbers as the language writes them."""
    if value.startswith(("{", "[")):
        try:
            value = _flat(json.loads(value))
        except ValueError:
            return value
    return NUMBER.sub(lambda found: messages.exact(found.group()), value)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}{':' if key[0].isdigit() else ''} {_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    return str(value)


def run_of(told: Told, messages: Messages) -> Table:
    """How the experiment was run."""
    manifest = told.manifest
    done = manifest["replications"]

    def yes(value: bool) -> str:
        return messages.text("page.run.yes" if value else "page.run.no")

    period = manifest["period"]
    told_of = {
        "experiment": manifest["experiment"],
        "period": messages.dates(*(_date(period[end]) for end in ("first", "last"))),
        "around": " / ".join(messages.number(period[f"{key}_days"], 0) for key in ("warm_up", "run_out")),
        "replications": f"{messages.number(done['complete'], 0)} / {messages.number(done['asked'], 0)}",
        "seed": str(manifest["seed"]),
        "engine": manifest["engine"],
        "interrupted": yes(manifest["interrupted"]),
        "applicants": yes(manifest["same_applicants"]),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "platform": ", ".join(manifest["platform"][name] for name in ("system", "machine")),
        "model": manifest["model"],
    }
    rows = tuple((messages.text(f"page.run.{key}"), text) for key, text in told_of.items())
    columns = tuple(messages.text(f"page.run.{key}") for key in ("key", "value"))
    return Table(messages.text("page.run.title"), columns, rows, sorts=())


def digests_of(told: Told, messages: Messages) -> Table:
    """Digests of what the run was made from."""
    titles = {name: f"{_scenario(told, name, messages)} ({name})" for name in told.manifest["scenarios"]}
    rows = [
        (messages.text("page.run.of_scenario", scenario=titles[name]), about["configuration"])
        for name, about in told.manifest["scenarios"].items()
    ]
    for part, key in (("data", "page.run.of_data"), ("files", "page.run.of_file")):
        rows += [(messages.text(key, name=name), digest) for name, digest in told.manifest.get(part, {}).items()]
    columns = (messages.text("page.run.key"), messages.text("page.run.digest"))
    return Table(messages.text("page.run.configuration"), columns, tuple(rows), sorts=())


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
