"""Small tables for people: the main measures by scenario, and what each regency gains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.report.curves import thresholds
from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.order import regencies_told
from sim.report.verdicts import MARKS, SMALL, UNCLEAR, verdict
from sim.report.written import PEOPLE, formatter, in_cells, plus_minus, written_column, written_difference

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from sim.plan import Floats


MAIN_ROWS = (
    *(("need", "count"), ("applicants", "count"), ("served", "count"), ("deterred_share", "share")),
    *(("unserved_share", "share"), ("lead_days", "mean"), ("days_to_passport", "mean"), ("as_promised_share", "share")),
    *(("wait_minutes", "mean"), ("wait_minutes", "p90"), ("trips", "mean"), ("travel_hours", "mean")),
    *(("travel_hours", "total"), ("days_off", "mean"), ("cost_rupiah", "mean")),
)
KEPT_ANYWAY = "as_promised_share"
"""Left out where it is whole in all scenarios: then printing comes into nobody's way."""
ACCESS_ROWS = (
    *(("nearest_minutes", "mean"), ("gini_travel_hours", "mean")),
    *(("worst_tenth_travel_hours", "mean"), ("regency_gap_travel_hours", "mean")),
)
DIFFERENCE_ROWS = (
    *(("travel_hours_saved", "mean"), ("travel_hours_saved", "total"), ("days_saved", "mean")),
    *(("wait_minutes_saved", "mean"), ("cost_rupiah_saved", "mean")),
    *(("now_apply", "count"), ("no_longer_apply", "count")),
    *(("now_served", "count"), ("no_longer_served", "count")),
)
BRIEF_ROWS = (
    *(("need", "count"), ("served", "count"), ("deterred_share", "share"), ("lead_days", "mean")),
    *(("days_to_passport", "mean"), ("wait_minutes", "mean"), ("travel_hours", "mean"), ("cost_rupiah", "mean")),
    *(("travel_hours_saved", "mean"), ("travel_hours_saved", "total"), ("days_saved", "mean")),
    *(("cost_rupiah_saved", "mean"), ("now_apply", "count"), ("no_longer_apply", "count")),
)
SAVED_COLUMNS = {
    "hours_saved": ("travel_hours_saved", "mean"),
    "days_saved": ("days_saved", "mean"),
    "rupiah_saved": ("cost_rupiah_saved", "mean"),
}
"""What a person saves, in tables of regencies, by the name of the heading."""
APPLY_COLUMNS = {"now_apply": ("now_apply", "count"), "no_longer_apply": ("no_longer_apply", "count")}
"""Each where anybody applies in that one of the two scenarios alone."""
COMPARED = ("travel_hours_saved", "count")
"""The people served in both scenarios, each compared with themselves."""


@dataclass(frozen=True)
class Table:
    """A table of text: the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    numbers: tuple[tuple[float, ...], ...] = ()
    """What is written in each row's columns after the first, by which a page sorts."""
    sorts: tuple[int, ...] | None = None
    """Columns by which sorting means something; all when absent. A column of hours, shares and people has no order."""
    totals: int = 0
    """How many of the last rows are totals, or are of another scenario: sorting leaves them where they are."""

    def to_markdown(self) -> str:
        """The table as Markdown, its notes under it."""
        head = [f"| {' | '.join(self.columns)} |", "|" + "---|" + "---:|" * (len(self.columns) - 1)]
        body = [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join([*head, *body, *(f"\n{note}" for note in self.notes)])

    def to_rich(self) -> RichTable:
        """The table for a terminal."""
        from rich.table import Table as RichTable

        table = RichTable(title=self.title, title_justify="left", caption=" ".join(self.notes), caption_justify="left")
        for place, column in enumerate(self.columns):
            table.add_column(column, justify="right" if place else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table


def measures_of(
    evidence: Evidence, messages: Messages, scenarios: Sequence[str] | None = None, brief: bool = False
) -> Table:
    """The main province-wide measures: a row a measure, a column a scenario; measures without any value are left out.

    Args:
        evidence: Of the replications.
        messages: Of the language.
        scenarios: Scenarios to show, in this order; all when absent.
        brief: Only the rows that a first look needs.
    """
    shown = tuple(evidence.scenarios if scenarios is None else scenarios)
    rows, numbers, marked = [], [], False
    for measure, statistic in measures_keys(evidence):
        if brief and (measure, statistic) not in BRIEF_ROWS:
            continue
        found = [evidence.estimate(scenario, measure, statistic) for scenario in shown]
        if measure == KEPT_ANYWAY and all(estimate.estimate == 1.0 for estimate in found if estimate.n):
            continue
        if any(estimate.n for estimate in found):
            written = in_cells(measure, statistic, messages)
            marks = [_mark(evidence, scenario, measure, statistic) for scenario in shown]
            cells = (plus_minus(one, written, messages) + mark for one, mark in zip(found, marks, strict=True))
            rows.append((measure_label(measure, statistic, messages), *cells))
            marked |= any(marks)
            numbers.append(tuple(estimate.estimate for estimate in found))
    notes = (
        evidence.text("table.main.note", messages),
        *([messages.text("table.main.marks", mark=MARKS[UNCLEAR], small=MARKS[SMALL])] if marked else []),
        messages.text("table.replications", replications=messages.number(evidence.replication_count, 0)),
    )
    # A terminal has no room for titles, and commands take names.
    heads = shown if brief else [evidence.title(scenario, messages) for scenario in shown]
    columns = (messages.text("table.measure"), *heads)
    return Table(messages.text("table.main.title"), columns, tuple(rows), notes, tuple(numbers), sorts=())


def _mark(evidence: Evidence, scenario: str, measure: str, statistic: str) -> str:
    """What marks a gain of people compared with themselves that is not clear, or too small to matter; else nothing."""
    if (measure, statistic) not in DIFFERENCE_ROWS:
        return ""
    found = evidence.difference(scenario, measure, statistic)
    if math.isnan(found.difference) or found.low == found.high == 0.0:
        return ""
    # All together is as clear, and as small, as one.
    of = evidence.difference(scenario, measure, "mean") if statistic == "total" else found
    mark = MARKS[verdict(evidence, measure, of)]
    return f" {mark}" if mark else ""


def measures_keys(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Measure and statistic of each row of the main table."""
    coverage = ((f"coverage_{t}_min", "share") for t in thresholds(evidence))
    return (*MAIN_ROWS, *coverage, *ACCESS_ROWS, *DIFFERENCE_ROWS)


def regency_units(evidence: Evidence, messages: Messages) -> list[tuple[str, str, str]]:
    """Level, unit and name of each row of tables of regencies, in their order, and of the province at the end."""
    regencies = evidence.plans[evidence.main].regencies
    names = dict(zip(regencies.code, regencies.name, strict=True))
    units = [("regency", code, names[code]) for code in regencies_told(evidence)]
    return [*units, ("province", "province", messages.text("word.province"))]


def regencies_of(evidence: Evidence, messages: Messages) -> Table:
    """What the main scenario changes in each regency, most travel saved first, and in the whole province."""
    units = regency_units(evidence, messages)
    numbers = [regency_numbers(evidence, level, unit) for level, unit, _ in units]
    columns = regency_columns(evidence)
    gained = [_gained(evidence, messages, [unit[:2] for unit in units], *column) for column in columns.values()]
    rows = [
        (
            name,
            *(messages.number(hours) for hours in row[:2]),
            *cells,
            messages.number(row[-1], 0),
        )
        for (_, _, name), row, cells in zip(units, numbers, zip(*gained, strict=True), strict=True)
    ]
    keys = ("regency", "hours_before", "hours_after", *columns, "people")
    notes = (
        evidence.text("table.regency.note", messages, mark=MARKS[UNCLEAR], small=MARKS[SMALL]),
        messages.text("table.replications", replications=messages.number(evidence.replication_count, 0)),
    )
    title = messages.text(
        "table.regency.title",
        main=evidence.title(evidence.main, messages),
        baseline=evidence.title(evidence.baseline, messages),
    )
    headings = tuple(messages.text(f"table.regency.{key}") for key in keys)
    return Table(title, headings, tuple(rows), notes, tuple(numbers), totals=1)


def regency_columns(evidence: Evidence) -> dict[str, tuple[str, str]]:
    """Measure and statistic of what tables of regencies tell as differences, by the name of the heading."""
    units = [("province", "province"), *(("regency", code) for code in evidence.plans[evidence.main].regencies.code)]
    apply = {
        name: column
        for name, column in APPLY_COLUMNS.items()
        if any(evidence.difference(evidence.main, *column, *unit).difference > 0 for unit in units)
    }
    return {**SAVED_COLUMNS, **apply, "total": ("travel_hours_saved", "total")}


def regency_numbers(evidence: Evidence, level: str, unit: str) -> tuple[float, ...]:
    """The numbers of a row of the table of regencies: hours before and after, then what is gained."""
    hours = (evidence.estimate(s, "travel_hours", "mean", level, unit) for s in (evidence.baseline, evidence.main))
    gained = (
        evidence.difference(evidence.main, *column, level, unit).difference
        for column in regency_columns(evidence).values()
    )
    compared = evidence.difference(evidence.main, *COMPARED, level, unit).difference
    return (*(estimate.estimate for estimate in hours), *gained, compared)


def need_of(evidence: Evidence, messages: Messages) -> Table:
    """Who needs a passport in each regency, and which share is deterred before and after, in the order of the other."""
    units = regency_units(evidence, messages)
    numbers = [need_numbers(evidence, level, unit) for level, unit, _ in units]
    rows = [
        (name, *(messages.number(need, 0) for need in row[:-2]), *map(messages.percent, row[-2:]))
        for (_, _, name), row in zip(units, numbers, strict=True)
    ]
    keys = ("regency", *need_keys(evidence))
    return Table(
        messages.text("table.need.title"),
        tuple(messages.text(f"table.regency.{key}") for key in keys),
        tuple(rows),
        (
            evidence.text("table.need.note", messages),
            *_spread_as_before(evidence, messages),
            messages.text("table.replications", replications=messages.number(evidence.replication_count, 0)),
        ),
        tuple(numbers),
        totals=1,
    )


def need_keys(evidence: Evidence) -> tuple[str, ...]:
    """Headings of :func:`need_numbers`: need has two where it is not the same in both scenarios."""
    need = ("need_before", "need_after") if _need_differs(evidence) else ("need",)
    return (*need, "deterred_before", "deterred_after")


def need_numbers(evidence: Evidence, level: str, unit: str) -> tuple[float, ...]:
    """People who need a passport, before and after where that differs, and which share is deterred before and after."""
    told = in_need(evidence, level, unit)
    before = evidence.estimate(evidence.baseline, "need", "count", level, unit).estimate
    return (before, *told) if _need_differs(evidence) else told


def _need_differs(evidence: Evidence) -> bool:
    """Whether the need of any regency is not that of the baseline."""
    before, after = (_of_regencies(evidence, scenario, "need", "count") for scenario in evidence.pair)
    return not np.array_equal(before, after, equal_nan=True)


def _of_regencies(evidence: Evidence, scenario: str, measure: str, statistic: str) -> Floats:
    """[regencies]"""
    codes = evidence.plans[evidence.main].regencies.code
    return np.array([evidence.estimate(scenario, measure, statistic, "regency", code).estimate for code in codes])


def _spread_as_before(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Which share would be deterred after, were the need spread over regencies as before, where that is another."""
    need, shares = (
        _of_regencies(evidence, evidence.baseline, "need", "count"),
        _of_regencies(evidence, evidence.main, "deterred_share", "share"),
    )
    known = (need > 0) & ~np.isnan(shares)
    if not _need_differs(evidence) or not known.any():
        return
    before, after = (messages.percent(in_need(evidence, "province", "province")[place]) for place in (1, 2))
    spread = messages.percent(float(np.average(shares[known], weights=need[known])))
    if spread != after:
        yield messages.text("table.need.spread", before=before, after=after, spread=spread)


def in_need(evidence: Evidence, level: str, unit: str) -> tuple[float, float, float]:
    """People who need a passport, and which share of them is deterred before and after."""
    need = evidence.estimate(evidence.main, "need", "count", level, unit).estimate
    before, after = (evidence.estimate(s, "deterred_share", "share", level, unit).estimate for s in evidence.pair)
    return need, before, after


def measure_label(measure: str, statistic: str, messages: Messages, otherwise: str | None = None) -> str:
    """What a measure is called in a table; something else, where that is given, if it is in none."""
    if measure.startswith("coverage_"):
        return messages.text("measure.coverage.share", minutes=measure.split("_")[1])
    key = f"measure.{measure}.{statistic}"
    return messages.text(key) if otherwise is None else messages.text_or(key, otherwise)


def _gained(
    evidence: Evidence, messages: Messages, units: Sequence[tuple[str, str]], measure: str, statistic: str
) -> list[str]:
    """A column of what is gained: a cell for each level and unit."""
    found = [evidence.difference(evidence.main, measure, statistic, *unit) for unit in units]
    # A sum is told as its mean is: it is of the same people.
    told = found
    if statistic == "total":
        told = [evidence.difference(evidence.main, measure, "mean", *unit) for unit in units]
    verdicts = [verdict(evidence, measure, one) if not math.isnan(one.difference) else UNCLEAR for one in told]
    if measure in PEOPLE:
        written = partial(formatter, measure, statistic, messages)
        pairs = zip(found, verdicts, strict=True)
        return [written_difference(one, written, messages, MARKS[way], people=True) for one, way in pairs]
    return written_column(found, verdicts, partial(_in_cell, measure, statistic, messages), messages)


def _in_cell(measure: str, statistic: str, messages: Messages, finer: int) -> Callable[[float], str]:
    """How a number is written in the table of regencies: rupiah without the word, which is in the heading."""
    if measure.startswith("cost_rupiah"):
        return lambda value: messages.thousands(value, finer)
    return formatter(measure, statistic, messages, finer)
