"""The table of services: what each gives and what a passport costs there, in a scenario and in the baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from sim.report.messages import NO_VALUE
from sim.report.services import Together, services_in, together
from sim.report.tables import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence
    from sim.report.messages import Messages
    from sim.stats.intervals import Estimate

SERVICE_COLUMNS = (
    *(("passports", "count"), ("team_days", "count"), ("officer_days", "count")),
    *(("team_km", "total"), ("officer_nights", "count"), ("rupiah_per_passport", "mean")),
)
OFFICES, ALL = "offices", "all"


def service_names(evidence: Evidence, messages: Messages, scenario: str) -> dict[str, str]:
    """The programmes of a scenario by id; offices stand under their kinds."""
    sites = evidence.plans[scenario].sites
    return {
        programme: messages.text_or(f"kind.{programme}", name)
        for programme, name in zip(sites.programme, sites.programme_name, strict=True)
    }


def services_of(evidence: Evidence, messages: Messages, scenario: str, assumptions: pd.DataFrame) -> Table:
    """What each service of a scenario gives and costs; at the foot sums, and the services of the baseline."""
    body = [*_each(evidence, messages, scenario, assumptions)]
    if not body:
        return Table("", (), ())
    foot = [*_sums(evidence, messages, scenario, assumptions)]
    if scenario != evidence.baseline:
        title = evidence.title(evidence.baseline, messages)
        before = [*_each(evidence, messages, evidence.baseline, assumptions)]
        for name, of in (*before, *(_sums(evidence, messages, evidence.baseline, assumptions) if before else ())):
            foot.append((messages.text("page.service.before", name=name, baseline=title), of))
    rows, numbers = [], []
    for name, of in (*body, *foot):
        found = [of.estimate(measure, evidence.confidence) for measure, _ in SERVICE_COLUMNS]
        rows.append((name, *_cells(messages, found, of)))
        numbers.append((*(each.estimate for each in found), of.a_passport[1]))
    columns = (
        messages.text("page.service.service"),
        *(messages.text(f"page.service.{name}") for name, _ in SERVICE_COLUMNS),
        messages.text("page.service.by_range"),
    )
    note = evidence.text("page.service.note", messages)
    title = messages.text("page.service.title", main=evidence.title(scenario, messages))
    return Table(title, columns, tuple(rows), (note,), tuple(numbers), totals=len(foot))


def _cells(messages: Messages, found: list[Estimate], of: Together) -> Iterator[str]:
    for (measure, _), estimate in zip(SERVICE_COLUMNS, found, strict=True):
        money = measure == "rupiah_per_passport"
        if money and not of.stated:
            yield messages.text("page.not_stated")
            continue
        written = messages.thousands if money else partial(messages.number, decimals=0)
        text = written(estimate.estimate)
        ends = [written(value) for value in (estimate.low, estimate.high)]
        if ends[0] != ends[1]:
            text += f" ({messages.text('interval', low=ends[0], high=ends[1])})"
        yield text
    low, high = of.a_passport
    if not of.stated:
        yield messages.text("page.not_stated")
    elif math.isnan(low):
        yield NO_VALUE
    else:
        ends = [messages.thousands(end) for end in (low, high)]
        yield messages.text("interval", low=ends[0], high=ends[1]) if ends[0] != ends[1] else ends[0]


def _each(
    evidence: Evidence, messages: Messages, scenario: str, assumptions: pd.DataFrame
) -> Iterator[tuple[str, Together]]:
    """The services of a scenario of which anything was measured."""
    for programme, name in service_names(evidence, messages, scenario).items():
        if evidence.estimate(scenario, "passports", "count", "programme", programme).n:
            yield name, together(evidence, scenario, frozenset([programme]), assumptions)


def _sums(
    evidence: Evidence, messages: Messages, scenario: str, assumptions: pd.DataFrame
) -> Iterator[tuple[str, Together]]:
    """All offices together, and all services where there are others: of whatever is more than one."""
    sites, every = evidence.plans[scenario].sites, services_in(evidence, scenario)
    offices = frozenset(name for name, office in zip(sites.programme, sites.is_office, strict=True) if office)
    for which, programmes in ((OFFICES, offices), (ALL, every)):
        if len(programmes) > 1 and (which == OFFICES or programmes != offices):
            yield messages.text(f"page.service.{which}"), together(evidence, scenario, programmes, assumptions)
