"""The tables of an experiment as a workbook of each language: numbers as numbers, equal bytes for equal tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.keeping.folder import WORKBOOKS
from sim.measures.reach import ALL
from sim.report.access import access_of, equity_keys, people_of
from sim.report.assumptions import assumptions_of
from sim.report.messages import Messages
from sim.report.page.listings import SITE_COLUMNS
from sim.report.service_table import SERVICE_COLUMNS, service_names
from sim.report.sheets import RAW, Row, Sheet, Sheets, kind_of, unit_of
from sim.report.tables import (
    COMPARED,
    measure_label,
    measures_keys,
    need_keys,
    need_numbers,
    regency_columns,
    regency_units,
)
from sim.report.told import ACCESS
from sim.report.verdicts import GAIN, LOSS, SMALL, UNCLEAR, verdict

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence
    from sim.report.told import Told
    from sim.stats.intervals import Estimate

LEVELS = ("province", "regency", "site", "programme")
"""Levels of the sheets summary and comparisons."""
ASSUMPTIONS = "assumptions.csv"
REGENCY_COLUMNS = (
    *(("need", "count"), ("applicants", "count"), ("served", "count")),
    *(("deterred_share", "share"), ("unserved_share", "share")),
    *(("travel_hours", "mean"), ("days_to_passport", "mean"), ("cost_rupiah", "mean"), ("wait_minutes", "mean")),
)
"""What is told of each regency in each scenario."""
WAYS = {GAIN: "up", LOSS: "down", SMALL: "small", UNCLEAR: "none"}


def write_workbook(folder: Path, told: Told, language: str) -> Path:
    """Write tables.xlsx or tabel.xlsx into a folder: the same sheets, in the words of the language.

    Args:
        folder: Of results.
        told: What was run and what came of it.
        language: Of names of sheets and headings. Sheets of files have the names and columns of the files.
    """
    import xlsxwriter

    path, messages = folder / WORKBOOKS[language], Messages(language)
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": False, "strings_to_numbers": False}) as book:
        sheets = Sheets(book, told.title(language))
        sheets.about(messages.text("workbook.about"), _about(told, messages))
        for name, sheet in _sheets(told, messages):
            if sheet.rows:
                sheets.add(messages.text(f"workbook.{name}"), sheet)
        for name, frame in _files(told):
            sheets.add(name, Sheet(list(frame.columns), frame.itertuples(index=False, name=None)))
    return path


def _sheets(told: Told, messages: Messages) -> Iterable[tuple[str, Sheet]]:
    """The sheets for readers, by name."""
    evidence = told.evidence
    yield "main", _main(evidence, messages)
    if evidence.compares:
        yield "regencies", _regencies(evidence, messages)
    yield "by_scenario", _regencies_by_scenario(evidence, messages)
    yield "sites", _sites(evidence, messages)
    yield "services", _services(evidence, messages)
    if ACCESS in told.tables:
        yield "access", _access(told.tables[ACCESS], evidence, messages)
    yield "equity", _equity(evidence, messages)
    yield "assumptions", _assumptions(told, messages)


def _files(told: Told) -> Iterable[tuple[str, pd.DataFrame]]:
    """Tables that are also files, by name; what nobody reads in a workbook is left to the files."""
    for name, frame in (("summary", told.evidence.summary), ("comparisons", told.evidence.comparisons)):
        shown = frame[frame["level"].isin(LEVELS)]
        if len(shown):
            yield name, shown
    for name, frame in told.tables.items():
        if name != ASSUMPTIONS:
            yield Path(name).stem, frame[frame["person"] == ALL] if name == ACCESS else frame


def _about(told: Told, messages: Messages) -> list[str]:
    evidence = told.evidence
    confidence = messages.percent(evidence.confidence, 0)
    count = messages.number(evidence.replication_count, 0)
    lines = [messages.text("workbook.title", title=told.title(messages.language))]
    changed = told.manifest.get("changed", ())
    if changed:
        lines.append(messages.text("finding.changed", changes="; ".join(changed)))
    if told.question(messages.language):
        lines.append(told.question(messages.language))
    lines.append(messages.text("workbook.intervals", confidence=confidence, replications=count))
    if evidence.compares:
        people = evidence.difference(evidence.main, *COMPARED).difference
        baseline, main = evidence.titles(messages)
        number = messages.number(people, 0)
        lines.append(messages.text("workbook.compared_people", people=number, main=main, baseline=baseline))
        lines.append(messages.text("workbook.marks", confidence=confidence))
    lines.append(messages.text("workbook.levels", levels=", ".join(LEVELS)))
    return lines + [f"{name}: {evidence.title(name, messages)}" for name in evidence.scenarios]


def _three(messages: Messages, title: str) -> tuple[str, str, str]:
    ends = (messages.text(f"workbook.{end}", column=title) for end in ("low", "high"))
    return (title, *ends)  # type: ignore[return-value]


def _mark(
    evidence: Evidence, messages: Messages, scenario: str, key: tuple[str, str], level: str = "province", unit: str = ""
) -> str:
    """Whether a difference from the baseline is clear, and which way; empty where nothing is compared."""
    found = evidence.difference(scenario, *key, level, unit or level)
    if not found.n:
        return ""
    if found.low == found.difference == found.high == 0.0:
        return messages.text("workbook.mark.same")
    return messages.text(f"workbook.mark.{WAYS[verdict(evidence, key[0], found)]}")


def _main(evidence: Evidence, messages: Messages) -> Sheet:
    """A row a measure; of each scenario the estimate, its interval, and whether it differs from the baseline."""
    others = evidence.scenarios if evidence.compares else ()
    rows: list[Row] = []
    kinds = []
    for key in (*measures_keys(evidence), *([COMPARED] if others else [])):
        people = key == COMPARED
        label = messages.text("workbook.people_compared") if people else measure_label(*key, messages)
        row: list[Any] = [label, messages.text(f"workbook.unit.{unit_of(*key)}")]
        for scenario in evidence.scenarios:
            row += _ends(evidence.estimate(scenario, *key))
            if scenario in others and scenario != evidence.baseline:
                row.append("" if people else _mark(evidence, messages, scenario, key))
        if any(isinstance(value, float) and math.isfinite(value) for value in row):
            rows.append(row)
            kinds.append([kind_of(*key)] * len(row))
    columns = [messages.text("table.measure"), messages.text("workbook.unit.name")]
    for scenario in evidence.scenarios:
        title = evidence.title(scenario, messages)
        columns += _three(messages, title)
        if scenario in others and scenario != evidence.baseline:
            columns.append(messages.text("workbook.proven", column=title))
    return Sheet(columns, rows, kinds, frozen=2)


def _regencies(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text("table.regency.regency"), messages.text("workbook.people_compared")]
    columns += [messages.text(f"table.regency.{key}") for key in ("hours_before", "hours_after")]
    compared = regency_columns(evidence)
    for key in compared:
        title = messages.text(f"table.regency.{key}")
        columns += [*_three(messages, title), messages.text("workbook.proven", column=title)]
    columns += [messages.text(f"table.regency.{key}") for key in need_keys(evidence)]
    rows: list[Row] = []
    for level, unit, name in regency_units(evidence, messages):
        row: list[Any] = [name, evidence.difference(evidence.main, *COMPARED, level, unit).difference]
        row += [evidence.estimate(s, "travel_hours", "mean", level, unit).estimate for s in evidence.pair]
        for column in compared.values():
            found = evidence.difference(evidence.main, *column, level, unit)
            row += [found.difference, found.low, found.high]
            row.append(_mark(evidence, messages, evidence.main, column, level, unit))
        rows.append([*row, *need_numbers(evidence, level, unit)])
    kind = [RAW, "whole", "fine", "fine", *(kind_of(*key) for key in compared.values() for _ in range(4))]
    kind += ["share" if key.startswith("deterred") else "whole" for key in need_keys(evidence)]
    return Sheet(columns, rows, [kind] * len(rows))


def _regencies_by_scenario(evidence: Evidence, messages: Messages) -> Sheet:
    """What becomes of the people of each regency in each scenario, whoever they are there."""
    columns = [messages.text("table.regency.regency"), messages.text("workbook.scenario")]
    for key in REGENCY_COLUMNS:
        columns += _three(messages, measure_label(*key, messages))
    rows: list[Row] = []
    for scenario in evidence.scenarios:
        title = evidence.title(scenario, messages)
        for level, unit, name in regency_units(evidence, messages):
            rows.append([name, title, *_estimates(evidence, scenario, REGENCY_COLUMNS, level, unit)])
    return Sheet(columns, rows, [_kinds(REGENCY_COLUMNS)] * len(rows), frozen=2)


def _sites(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text("page.site.site"), messages.text("workbook.scenario")]
    for name, _ in SITE_COLUMNS:
        columns += _three(messages, messages.text(f"page.site.{name}"))
    rows: list[Row] = []
    for scenario in evidence.scenarios:
        sites = evidence.plans[scenario].sites
        title = evidence.title(scenario, messages)
        for site, name in zip(sites.id, sites.name, strict=True):
            rows.append([name, title, *_estimates(evidence, scenario, SITE_COLUMNS, "site", site)])
    return Sheet(columns, rows, [_kinds(SITE_COLUMNS)] * len(rows), frozen=2)


def _services(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text("page.service.service"), messages.text("workbook.scenario")]
    for name, _ in SERVICE_COLUMNS:
        columns += _three(messages, messages.text(f"page.service.{name}"))
    rows: list[Row] = []
    for scenario in evidence.scenarios:
        title = evidence.title(scenario, messages)
        for programme, name in service_names(evidence, messages, scenario).items():
            rows.append([name, title, *_estimates(evidence, scenario, SERVICE_COLUMNS, "programme", programme)])
    return Sheet(columns, rows, [_kinds(SERVICE_COLUMNS)] * len(rows), frozen=2)


def _access(access: pd.DataFrame, evidence: Evidence, messages: Messages) -> Sheet:
    """What each scenario offers within reach."""
    table = access_of(access, evidence, messages)
    rows: list[Row] = [(row[0], *values) for row, values in zip(table.rows, table.numbers, strict=True)]
    # Of the table's rows only those that are written as per cent are shares.
    kinds = [[RAW, *["share" if "%" in row[-1] else "fine"] * (len(row) - 1)] for row in table.rows]
    return Sheet(list(table.columns), rows, kinds)


def _equity(evidence: Evidence, messages: Messages) -> Sheet:
    """Spread of the burden for all and for kinds of people."""
    rows: list[Row] = []
    kinds = []
    for key, label in equity_keys(evidence, messages):
        for level, unit, name in people_of(evidence, messages):
            found = [evidence.estimate(scenario, *key, level, unit) for scenario in evidence.scenarios]
            if any(estimate.n for estimate in found):
                rows.append((label, name, *(value for estimate in found for value in _ends(estimate))))
                kinds.append([kind_of(*key)] * len(rows[-1]))
    columns = [messages.text("table.measure"), messages.text("equity.kind")]
    for scenario in evidence.scenarios:
        columns += _three(messages, evidence.title(scenario, messages))
    return Sheet(columns, rows, kinds, frozen=2)


def _assumptions(told: Told, messages: Messages) -> Sheet:
    """Every value with its range, basis and source, those that the two scenarios make no use of last."""
    tables = [assumptions_of(told, messages, beside=beside) for beside in (False, True)]
    return Sheet(list(tables[0].columns), [row for table in tables for row in table.rows])


def _kinds(keys: Sequence[tuple[str, str]]) -> list[str]:
    """What the numbers in the columns after name and scenario are: each with the ends of its interval."""
    return [RAW, RAW, *(kind_of(*key) for key in keys for _ in range(3))]


def _ends(found: Estimate) -> list[float]:
    return [found.estimate, found.low, found.high]


def _estimates(
    evidence: Evidence, scenario: str, keys: Sequence[tuple[str, str]], level: str, unit: str
) -> list[float]:
    found = (evidence.estimate(scenario, *key, level, unit) for key in keys)
    return [value for estimate in found for value in _ends(estimate)]
