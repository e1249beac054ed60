"""One regency or one site: its figures before and after, as text that the page's script puts into a table."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from sim.report.curves import thresholds
from sim.report.evidence import Evidence
from sim.report.messages import NO_VALUE, Messages
from sim.report.page.listings import SITE_COLUMNS
from sim.report.tables import measure_label
from sim.report.verdicts import MARKS, verdict
from sim.report.written import PEOPLE, change_formatter, in_cells, plus_minus, written_difference
from sim.stats.intervals import Difference

REGENCY_MEASURES = (
    *(("need", "count"), ("applicants", "count"), ("served", "count"), ("deterred_share", "share")),
    *(("unserved_share", "share"), ("lead_days", "mean"), ("days_to_passport", "mean"), ("wait_minutes", "mean")),
    *(("trips", "mean"), ("travel_hours", "mean"), ("travel_hours", "total"), ("cost_rupiah", "mean")),
    ("nearest_minutes", "mean"),
)
GAINS = (
    *(("travel_hours_saved", "mean"), ("days_saved", "mean"), ("cost_rupiah_saved", "mean")),
    *(("now_apply", "count"), ("no_longer_apply", "count")),
    *(("now_served", "count"), ("no_longer_served", "count")),
)


def places(evidence: Evidence, messages: Messages) -> dict[str, list[dict[str, Any]]]:
    """Regencies and sites in the order of their names, new sites first, each with rows of texts.

    A row is a measure, before, after and the difference; one of a single text heads the rows below it.
    """
    regencies = evidence.plans[evidence.main].regencies
    coverage = tuple((f"coverage_{limit}_min", "share") for limit in thresholds(evidence))
    found = {
        "regency": [
            {
                "id": code,
                "name": name,
                "new": False,
                "rows": _regency(evidence, messages, code, (*REGENCY_MEASURES, *coverage)),
            }
            for code, name in zip(regencies.code, regencies.name, strict=True)
        ]
    }
    names: dict[str, str] = {}
    for scenario in evidence.pair:
        sites = evidence.plans[scenario].sites
        names |= dict(zip(sites.id, sites.name, strict=True))
    new = {evidence.plans[evidence.main].sites.id[row] for row in evidence.added_sites(evidence.main)}
    found["site"] = [
        {"id": site, "name": name, "new": site in new, "rows": _site(evidence, messages, site)}
        for site, name in names.items()
    ]
    for kind in found.values():
        kind.sort(key=lambda place: (not place["new"], str(place["name"])))
    return {kind: [place for place in some if place["rows"]] for kind, some in found.items()}


def _regency(
    evidence: Evidence, messages: Messages, code: str, measures: tuple[tuple[str, str], ...]
) -> list[list[str]]:
    found = (_row(evidence, messages, measure_label(*key, messages), key, "regency", code) for key in measures)
    rows = [row for row in found if row]
    if not evidence.compares:
        return rows
    gains = []
    for key in GAINS:
        gained = evidence.difference(evidence.main, *key, "regency", code)
        if not math.isnan(gained.difference):
            text = _difference(evidence, messages, key, gained)
            gains.append([measure_label(*key, messages), "", "", text])
    headed = (("page.places.everyone", rows), ("page.places.same", gains))
    return [row for key, some in headed if some for row in ([messages.text(key)], *some)]


def _site(evidence: Evidence, messages: Messages, site: str) -> list[list[str]]:
    rows = (_row(evidence, messages, messages.text(f"page.site.{key[0]}"), key, "site", site) for key in SITE_COLUMNS)
    return [row for row in rows if row]


def _row(evidence: Evidence, messages: Messages, label: str, key: tuple[str, str], level: str, unit: str) -> list[str]:
    """Label, before, after and difference; nothing where neither scenario has the measure."""
    found = [evidence.estimate(scenario, *key, level, unit) for scenario in evidence.pair]
    if not any(estimate.n for estimate in found):
        return []
    cells = [plus_minus(estimate, in_cells(*key, messages), messages) for estimate in found]
    if len(cells) == 1:
        return [label, cells[0]]
    changed = evidence.difference(evidence.main, *key, level, unit)
    text = NO_VALUE
    if not math.isnan(changed.difference):
        text = _difference(evidence, messages, key, changed)
    return [label, *cells, text]


def _difference(evidence: Evidence, messages: Messages, key: tuple[str, str], found: Difference) -> str:
    mark = MARKS[verdict(evidence, key[0], found)] if not math.isnan(found.low) else ""
    written = partial(change_formatter, *key, messages)
    return written_difference(found, written, messages, mark, people=key[0] in PEOPLE)
