"""Where the days from the need to the passport go: which stage of the way takes longer, and why at sub-offices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.stages import STAGES
from sim.report.sentences import GAIN, LOSS, SMALL, UNCLEAR, Sentence, interval, verdict
from sim.report.tables import NOT_SHOWN, Table, formatter, plus_minus, written_difference
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

TOTAL = "days_to_passport"


def stages_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Which stages take longer and which less, the most first; then what sending books to sub-offices takes."""
    found: dict[str, list[str]] = {LOSS: [], GAIN: [], UNCLEAR: [], SMALL: []}
    differences = {stage: saved(evidence, stage) for stage in STAGES}
    if all(math.isnan(difference.difference) for difference in differences.values()):
        return
    for stage in sorted(STAGES, key=lambda stage: -abs(differences[stage].difference)):
        found[verdict(evidence, f"{stage}_saved", differences[stage])].append(stage)
    for kind, stages in found.items():
        if stages:
            sign = -1.0 if kind == LOSS else 1.0
            texts = [
                messages.text(
                    "finding.named",
                    name=messages.text(f"finding.stages.of.{stage}"),
                    **interval(messages, "days_saved", "mean", differences[stage], sign),
                )
                for stage in stages
            ]
            text = messages.text(f"finding.stages.{kind}", stages="; ".join(texts))
            yield Sentence(text, text if kind in (LOSS, GAIN) else "")
    yield from _sending(evidence, messages)


def saved(evidence: Evidence, stage: str) -> Difference:
    """Days of a stage saved by people served in both scenarios; below 0 where it takes longer."""
    return evidence.difference(evidence.main, f"{stage}_saved", "mean")


def _sending(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """For each office that prints for others: how long sending takes, and printing and sending against its own."""
    plan = evidence.plans[evidence.main]
    for parent in dict.fromkeys(int(plan.sites.parent[row]) for row in sent_to(plan)):
        rows = [row for row in sent_to(plan) if plan.sites.parent[row] == parent]
        there, here = (_mean_days(evidence, plan, sites) for sites in (rows, [parent]))
        if math.isnan(there) or math.isnan(here):
            continue
        days = {day for row in rows for day, share in plan.sites.sending_days[row].items() if share > 0}
        ends = {"low": messages.number(min(days), 0), "high": messages.number(max(days), 0)}
        yield Sentence(
            messages.text(
                "finding.stages.sending",
                names=messages.names([plan.sites.name[row] for row in rows]),
                parent=plan.sites.name[parent],
                days=messages.text("interval", **ends) if min(days) != max(days) else ends["low"],
                there=messages.number(there),
                here=messages.number(here),
            )
        )


def sent_to(plan: Plan) -> list[int]:
    """Rows of offices whose books are printed elsewhere and take some days to come."""
    sites = plan.sites
    return [
        row
        for row in np.flatnonzero(sites.is_office & (sites.parent != np.arange(len(sites.id)))).tolist()
        if any(day > 0 and share > 0 for day, share in sites.sending_days[row].items())
    ]


def _mean_days(evidence: Evidence, plan: Plan, rows: list[int]) -> float:
    """Days of printing and sending over the people served at some sites together."""
    days, people = (
        np.array([evidence.estimate(evidence.main, *key, "site", plan.sites.id[row]).estimate for row in rows])
        for key in ((STAGES[2], "mean"), ("served", "count"))
    )
    known = ~np.isnan(days) & (people > 0)
    return float(np.average(days[known], weights=people[known])) if known.any() else math.nan


def stages_of(evidence: Evidence, messages: Messages) -> Table:
    """Days of each stage before and after, of the same people, and of all stages together."""
    rows, numbers = [], []
    for stage in (*STAGES, TOTAL):
        total = stage == TOTAL
        less = evidence.difference(evidence.main, "days_saved", "mean") if total else saved(evidence, stage)
        before = sum(_before(evidence, one) for one in (STAGES if total else (stage,)))
        if math.isnan(before + less.difference):
            return Table("", (), ())
        more = Difference(-less.difference, -less.high, -less.low, less.p, less.n, math.nan, math.nan)
        written = partial(formatter, "days_saved", "mean", messages)
        change = written_difference(evidence, more, written, messages)
        name = messages.text(f"page.stages.of.{stage}")
        rows.append((name, messages.number(before), messages.number(before + more.difference), change))
        numbers.append((before, before + more.difference, more.difference))
    columns = tuple(messages.text(f"page.stages.{key}") for key in ("stage", "before", "after", "change"))
    confidence = messages.percent(evidence.confidence, 0)
    notes = (messages.text("page.stages.note", confidence=confidence, mark=NOT_SHOWN),)
    baseline, main = evidence.titles(messages)
    title = messages.text("page.stages.title", main=main, baseline=baseline)
    return Table(title, columns, tuple(rows), notes, tuple(numbers), sorts=(), totals=1)


def _before(evidence: Evidence, stage: str) -> float:
    return evidence.estimate(evidence.main, f"{stage}_before", "mean").estimate


def stages_by_site(evidence: Evidence, messages: Messages) -> Table:
    """Days of each stage at each office of the main scenario."""
    plan = evidence.plans[evidence.main]
    rows, numbers = [], []
    for row in np.flatnonzero(plan.sites.is_office).tolist():
        found = [
            evidence.estimate(evidence.main, measure, "mean", "site", plan.sites.id[row])
            for measure in (*STAGES, TOTAL)
        ]
        if all(estimate.n for estimate in found):
            written = formatter(TOTAL, "mean", messages)
            rows.append((plan.sites.name[row], *(plus_minus(estimate, written, messages) for estimate in found)))
            numbers.append(tuple(estimate.estimate for estimate in found))
    columns = (
        messages.text("page.site.site"),
        *(messages.text(f"page.stages.of.{stage}") for stage in (*STAGES, TOTAL)),
    )
    notes = (messages.text("page.stages.by_site_note", confidence=messages.percent(evidence.confidence, 0)),)
    title = messages.text("page.stages.by_site", main=evidence.title(evidence.main, messages))
    return Table(title, columns, tuple(rows), notes, tuple(numbers))
