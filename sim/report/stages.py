"""Where the days from the need to the passport go: which stage of the way takes longer, and why at sub-offices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.stages import STAGES
from sim.plan import DAY_MS
from sim.report.load import how_full
from sim.report.recovery import recovery
from sim.report.sentences import Sentence, interval_list, negated
from sim.report.tables import Table, need_of, regencies_of
from sim.report.vain import vain_trips
from sim.report.verdicts import GAIN, LOSS, MARKS, SMALL, UNCLEAR, verdict
from sim.report.written import (
    before_and_after,
    change_formatter,
    formatter,
    in_cells,
    plus_minus,
    usual_decimals,
    written_column,
)
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

TOTAL = "days_to_passport"
PROMISE = "as_promised_share"
STAGE_DECIMALS = 2
"""Stages are small beside their sum: with fewer digits they would often not add up to it."""
TOLD_GAP = 0.05
"""Days by which a stage must differ between offices to be told."""
HALF = 0.5
"""Of the first stage, above which what people take until they can come is called most of it."""
NOON = 0.5
TOLD_LEAD = 1.0
"""Days to the slot from which the office with the longest wait for one is named."""


def stages_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """The stages in their order before and after; which take longer and which less, and at which offices, and why."""
    found: dict[str, list[str]] = {LOSS: [], GAIN: [], UNCLEAR: [], SMALL: []}
    differences = {stage: saved(evidence, stage) for stage in STAGES}
    if all(math.isnan(difference.difference) for difference in differences.values()):
        return
    yield from _in_order(evidence, messages)
    for stage in sorted(STAGES, key=lambda stage: -abs(differences[stage].difference)):
        found[verdict(evidence, f"{stage}_saved", differences[stage])].append(stage)
    for kind, stages in found.items():
        if stages:
            names = [messages.text(f"finding.stages.of.{stage}") for stage in stages]
            if kind != SMALL:
                names = named_stages(evidence, messages, stages, -1.0 if kind == LOSS else 1.0)
            one = "_one" if len(stages) == 1 and kind in (LOSS, GAIN) else ""
            text = messages.text(f"finding.stages.{kind}{one}", stages="; ".join(names))
            yield Sentence(text, text if kind in (LOSS, GAIN) else "")
    yield from _promise(evidence, messages)
    yield from _outage(evidence, messages)
    yield from _prepare(evidence, messages)
    yield from _at_new_offices(evidence, messages)
    yield from _sending(evidence, messages)


def named_stages(evidence: Evidence, messages: Messages, stages: Sequence[str], sign: float) -> list[str]:
    """Stages, each with its change; with a sign of -1 what is saved is written as a loss."""
    numbers = interval_list(messages, "days_saved", "mean", [saved(evidence, stage) for stage in stages], sign)
    return [
        messages.text("finding.named", name=messages.text(f"finding.stages.of.{stage}"), **number)
        for stage, number in zip(stages, numbers, strict=True)
    ]


def _promise(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How many books are ready on the promised day, where it is not all of them before and after."""
    shares = [evidence.estimate(scenario, PROMISE, "share").estimate for scenario in evidence.pair]
    if any(math.isnan(share) for share in shares) or min(shares) == 1.0:
        return
    found = evidence.difference(evidence.main, PROMISE, "share")
    written, change = (partial(write, PROMISE, "share", messages) for write in (formatter, change_formatter))
    texts = before_and_after(messages, written, change, shares, found, usual_decimals(PROMISE, "share"))
    clear = verdict(evidence, PROMISE, found) in (LOSS, GAIN)
    text = messages.text(f"finding.stages.promise{'' if clear else '_unclear'}", **texts)
    yield Sentence(text, text if clear else "")


def _outage(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How long an outage is felt, and who travels in vain."""
    for told in (recovery, vain_trips):
        yield from (Sentence(text, text) for text in told(evidence, messages, evidence.main))


def _prepare(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How much of the first stage people are assumed to take before they can come, beside waiting for a slot."""
    waits, first = (
        [evidence.estimate(scenario, measure, "mean").estimate for scenario in evidence.pair]
        for measure in ("lead_days", STAGES[0])
    )
    working, days = days_to_prepare(evidence.plans[evidence.main])
    if working == 0.0 or any(math.isnan(mean) for mean in (*waits, *first)):
        return
    kind = "most" if all(days > HALF * mean for mean in first) else "some"
    before, after = (messages.number(wait) for wait in waits)
    numbers = {"working": messages.number(working), "days": messages.number(days, 0), "before": before, "after": after}
    yield Sentence(messages.text(f"finding.stages.prepare_{kind}", **numbers))


def days_to_prepare(plan: Plan) -> tuple[float, float]:
    """Working days that people take on average until they can come, and how many days that is with days off.

    Needs are taken to arise at noon of every counted day alike; none if what is counted starts after the calendar ends.
    """
    counted = np.arange(plan.counted_from_ms // DAY_MS, -(-plan.counted_to_ms // DAY_MS))
    place = np.searchsorted(plan.working_days, counted, side="right")
    working, days = 0.0, 0.0
    for wanted, share in plan.prepare_days.items():
        known = place + wanted <= len(plan.working_days)
        if wanted and known.any():
            can_come = plan.working_days[place[known] + wanted - 1]
            working += share * wanted
            days += share * float((can_come - counted[known] - NOON).mean())
    return working, days


def _in_order(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Days of each stage before and after, in the order in which they are passed."""
    less = {stage: saved(evidence, stage).difference for stage in STAGES}
    before = {stage: _before(evidence, stage) for stage in STAGES}
    if any(math.isnan(before[stage] + less[stage]) for stage in STAGES):
        return

    def written(days: float) -> str:
        return messages.number(days, STAGE_DECIMALS)

    stages = [
        messages.text(
            "finding.stages.from_to",
            name=messages.text(f"finding.stages.of.{stage}"),
            before=written(before[stage]),
            after=written(before[stage] - less[stage]),
        )
        for stage in STAGES
    ]
    total = sum(before.values())
    text = messages.text(
        "finding.stages.in_order",
        before=written(total),
        after=written(total - evidence.difference(evidence.main, "days_saved", "mean").difference),
        stages="; ".join(stages),
    )
    yield Sentence(text)


def _at_new_offices(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """By which stages the way of those who go to the new offices is longer than that of those who go to the others."""
    plan = evidence.plans[evidence.main]
    new = list(evidence.added_sites(evidence.main))
    old = [row for row in np.flatnonzero(plan.sites.is_office).tolist() if row not in new]
    if not new or not old:
        return
    there, here = (
        {stage: _mean_days(evidence, plan, rows, stage) for stage in (*STAGES, TOTAL)} for rows in (new, old)
    )
    if any(math.isnan(days) for of in (there, here) for days in of.values()):
        return
    gaps = {stage: there[stage] - here[stage] for stage in STAGES}
    told = [stage for stage in sorted(STAGES, key=lambda stage: -abs(gaps[stage])) if abs(gaps[stage]) >= TOLD_GAP]
    served = [
        sum(evidence.estimate(evidence.main, "served", "count", "site", plan.sites.id[row]).estimate for row in rows)
        for rows in (new, [*new, *old])
    ]
    stages = [
        messages.text(
            "finding.stages.there_here",
            name=messages.text(f"finding.stages.of.{stage}"),
            there=messages.number(there[stage]),
            here=messages.number(here[stage]),
        )
        for stage in told
    ]
    text = messages.text(
        "finding.stages.new_offices",
        share=messages.percent(served[0] / served[1], 0),
        names=messages.names([plan.sites.name[row] for row in new]),
        there=messages.number(there[TOTAL]),
        here=messages.number(here[TOTAL]),
        stages="; ".join(stages) or messages.text("finding.stages.no_gap"),
    )
    yield Sentence(text)
    yield from _longest_lead(evidence, messages, new)


def _longest_lead(evidence: Evidence, messages: Messages, new: list[int]) -> Iterator[Sentence]:
    """At which of the new offices the wait for a slot is longest, where it is a day or more."""
    sites = evidence.plans[evidence.main].sites
    days = {row: evidence.estimate(evidence.main, "lead_days", "mean", "site", sites.id[row]).estimate for row in new}
    worst = max(new, key=lambda row: -1.0 if math.isnan(days[row]) else days[row])
    used = evidence.estimate(evidence.main, "quota_use", "share", "site", sites.id[worst]).estimate
    if days[worst] >= TOLD_LEAD and not math.isnan(used):
        share = messages.percent(used, 0)
        text = messages.text(
            f"finding.stages.{'longest' if len(new) > 1 else 'only'}",
            name=sites.name[worst],
            days=messages.number(days[worst]),
            share=share,
        )
        yield Sentence(text + how_full(evidence, messages, evidence.main, sites.id[worst]))


def saved(evidence: Evidence, stage: str) -> Difference:
    """Days of a stage saved by people served in both scenarios; below 0 where it takes longer."""
    return evidence.difference(evidence.main, f"{stage}_saved", "mean")


def _sending(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """For each office that prints for others: how long sending takes, and printing and sending against its own."""
    plan = evidence.plans[evidence.main]
    for parent in dict.fromkeys(int(plan.sites.parent[row]) for row in sent_to(plan)):
        rows = [row for row in sent_to(plan) if plan.sites.parent[row] == parent]
        there, here = (_mean_days(evidence, plan, sites, STAGES[2]) for sites in (rows, [parent]))
        if math.isnan(there) or math.isnan(here):
            continue
        days = {day for row in rows for day in plan.sites.sending_days[row]}
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
        if max(sites.sending_days[row]) > 0
    ]


def _mean_days(evidence: Evidence, plan: Plan, rows: list[int], stage: str) -> float:
    """Days of a stage over the people served at some sites together."""
    days, people = (
        np.array([evidence.estimate(evidence.main, *key, "site", plan.sites.id[row]).estimate for row in rows])
        for key in ((stage, "mean"), ("served", "count"))
    )
    known = ~np.isnan(days) & (people > 0)
    return float(np.average(days[known], weights=people[known])) if known.any() else math.nan


def gain_tables(evidence: Evidence, messages: Messages) -> tuple[Table, ...]:
    """Who needs a passport where; and what each saves, by regency and by stage, where people are compared."""
    if not evidence.compares:
        return ()
    if not evidence.pairs():
        return (need_of(evidence, messages),)
    return regencies_of(evidence, messages), need_of(evidence, messages), stages_of(evidence, messages)


def stages_of(evidence: Evidence, messages: Messages) -> Table:
    """Days of each stage before and after, of the same people, and of all stages together."""
    days = [_before(evidence, stage) for stage in STAGES]
    before = [*days, sum(days)]
    less = [*(saved(evidence, stage) for stage in STAGES), evidence.difference(evidence.main, "days_saved", "mean")]
    if any(math.isnan(day + one.difference) for day, one in zip(before, less, strict=True)):
        return Table("", (), ())
    measures = (*(f"{stage}_saved" for stage in STAGES), "days_saved")
    verdicts = [verdict(evidence, measure, one) for measure, one in zip(measures, less, strict=True)]
    written = partial(formatter, "days_saved", "mean", messages)
    changes = written_column([negated(one) for one in less], verdicts, written, messages)
    numbers = [(day, day - one.difference, -one.difference) for day, one in zip(before, less, strict=True)]
    rows = [
        (messages.text(f"page.stages.of.{stage}"), *(messages.number(end, STAGE_DECIMALS) for end in ends[:2]), change)
        for stage, ends, change in zip((*STAGES, TOTAL), numbers, changes, strict=True)
    ]
    columns = tuple(messages.text(f"page.stages.{key}") for key in ("stage", "before", "after", "change"))
    confidence = messages.percent(evidence.confidence, 0)
    notes = (messages.text("page.stages.note", confidence=confidence, mark=MARKS[UNCLEAR], small=MARKS[SMALL]),)
    baseline, main = evidence.titles(messages)
    title = messages.text("page.stages.title", main=main, baseline=baseline)
    # The stages stand in the order in which they are passed, which sorting would only lose.
    return Table(title, columns, tuple(rows), notes, tuple(numbers), sorts=(), totals=1)


def _before(evidence: Evidence, stage: str) -> float:
    return evidence.estimate(evidence.main, f"{stage}_before", "mean").estimate


def stages_by_site(evidence: Evidence, messages: Messages) -> Table:
    """Days of each stage at each office of the main scenario, and by each service that goes to people."""
    sites = evidence.plans[evidence.main].sites
    offices = [("site", sites.id[row], sites.name[row]) for row in np.flatnonzero(sites.is_office).tolist()]
    places = np.flatnonzero(~sites.is_office).tolist()
    services = [("programme", sites.programme[row], sites.programme_name[row]) for row in places]
    rows, numbers = [], []
    for level, unit, name in (*offices, *dict.fromkeys(services)):
        found = [evidence.estimate(evidence.main, measure, "mean", level, unit) for measure in (*STAGES, TOTAL)]
        if all(estimate.n for estimate in found):
            written = in_cells(TOTAL, "mean", messages)
            rows.append((name, *(plus_minus(estimate, written, messages) for estimate in found)))
            numbers.append(tuple(estimate.estimate for estimate in found))
    columns = (
        messages.text("page.site.site"),
        *(messages.text(f"page.stages.of.{stage}") for stage in (*STAGES, TOTAL)),
    )
    notes = (evidence.text("page.stages.by_site_note", messages),)
    title = messages.text("page.stages.by_site", main=evidence.title(evidence.main, messages))
    return Table(title, columns, tuple(rows), notes, tuple(numbers))
