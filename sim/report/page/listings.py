"""Tables that stand on the page and in the workbook: sites, and the run itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.report.assumptions import scenario_title
from sim.report.messages import ARROW, Messages
from sim.report.tables import Table
from sim.report.written import formatter

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.told import Told

SITE_COLUMNS = (
    *(("passports", "count"), ("lead_days", "mean"), ("wait_minutes", "mean")),
    *(("utilisation", "share"), ("quota_use", "share"), ("full_share", "share"), ("next_slot_days", "mean")),
    ("overtime_minutes", "mean"),
)


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
            cells.append(ARROW.join(written(estimate.estimate) for estimate in found))
            values.append(found[-1].estimate)
        if measured:
            rows.append((name, *cells))
            numbers.append(tuple(values))
    titles = dict(zip(("baseline", "main"), (evidence.titles(messages)[0], evidence.titles(messages)[-1]), strict=True))
    compared = evidence.compares
    columns = (messages.text("page.site.site"), *(messages.text(f"page.site.{name}") for name, _ in SITE_COLUMNS))
    notes = (messages.text("page.site.note"),) if compared else ()
    title = messages.text("page.site.title" if compared else "page.site.alone", **titles)
    return Table(title, columns, tuple(rows), notes, tuple(numbers))


def run_of(told: Told, messages: Messages) -> Table:
    """How the experiment was run."""
    manifest = told.manifest
    replications, done = _replications(manifest["replications"], messages)

    def yes(value: bool) -> str:
        return messages.text("page.run.yes" if value else "page.run.no")

    period = manifest["period"]
    told_of = {
        "experiment": manifest["experiment"],
        "period": messages.dates(*(_date(period[end]) for end in ("first", "last"))),
        "around": " / ".join(messages.number(period[f"{key}_days"], 0) for key in ("warm_up", "run_out")),
        replications: done,
        "seed": str(manifest["seed"]),
        "engine": messages.text_or(f"page.engine.{manifest['engine']}", manifest["engine"]),
        "interrupted": yes(manifest["interrupted"]),
        "applicants": yes(manifest["same_applicants"]),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "platform": ", ".join(manifest["platform"][name] for name in ("system", "machine")),
        "model": manifest["model"],
    }
    rows = tuple((messages.text(f"page.run.{key}"), text) for key, text in told_of.items())
    columns = tuple(messages.text(f"page.run.{key}") for key in ("key", "value"))
    return Table(messages.text("page.run.title"), columns, rows, sorts=())


def _replications(done: Mapping[str, Any], messages: Messages) -> tuple[str, str]:
    """How many replications there are, of those asked for; to a precision also why no more: the key, and the text."""
    numbers = {name: messages.number(done[name], 0) for name in ("complete", "asked", "at_most") if name in done}
    if "stopped" in done:
        return "replications_to_precision", messages.text(f"page.run.stopped.{done['stopped']}", **numbers)
    return "replications", f"{numbers['complete']} / {numbers['asked']}"


def digests_of(told: Told, messages: Messages) -> Table:
    """Digests of what the run was made from."""
    titles = {name: f"{scenario_title(told, name, messages)} ({name})" for name in told.manifest["scenarios"]}
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
