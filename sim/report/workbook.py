"""The tables of an experiment as a workbook: a sheet each, numbers as numbers, equal bytes for equal tables."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.folder import WORKBOOK
from sim.measures.reach import ALL
from sim.report.access import access_of, equity_keys, people_of
from sim.report.messages import Messages
from sim.report.page.listings import SITE_COLUMNS
from sim.report.service_table import SERVICE_COLUMNS, service_names
from sim.report.tables import REGENCY_COLUMNS, measure_label, measures_keys
from sim.report.told import ACCESS

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence
    from sim.report.told import Told

LEVELS = ("province", "regency", "site", "programme")
"""Levels of the sheets summary and comparisons."""
CREATED = dt.datetime(2000, 1, 1)
"""Instead of the time of writing, which would change the bytes."""
TEXT_WIDTH, NUMBER_WIDTH, WIDEST = 16, 14, 60
FORMATS = {"share": "0.0%", "rupiah": '"Rp" #,##0', "whole": "#,##0", "fine": "#,##0.00", "finest": "0.0000"}
"""How a spreadsheet shows a number, by what it is; what has no kind is shown as it is."""
RAW = ""

Row = Sequence[Any]
Sheet = tuple[list[str], list[Row], list[list[str]]]
"""Columns, rows, and what the numbers of each row are."""


def write_workbook(folder: Path, told: Told, language: str) -> Path:
    """Write tables.xlsx into a folder.

    Args:
        folder: Of results.
        told: What was run and what came of it.
        language: Of the headings.
    """
    import xlsxwriter

    path, messages, evidence = folder / WORKBOOK, Messages(language), told.evidence
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": False, "strings_to_numbers": False}) as book:
        book.set_properties({"title": told.title(language), "created": CREATED})
        sheets = _Sheets(book)
        sheets.about(messages.text("workbook.about"), _about(told, messages))
        sheets.add(messages.text("workbook.main"), *_main(evidence, messages))
        if len(evidence.pair) == 2:
            sheets.add(messages.text("workbook.regencies"), *_regencies(evidence, messages))
        sheets.add(messages.text("workbook.sites"), *_sites(evidence, messages))
        sheets.add(messages.text("workbook.services"), *_services(evidence, messages))
        if ACCESS in told.tables:
            sheets.add(messages.text("workbook.access"), *_access(told.tables[ACCESS], evidence, messages))
        spread = _equity(evidence, messages)
        if spread[1]:
            sheets.add(messages.text("workbook.equity"), *spread)
        for name, frame in (("summary", evidence.summary), ("comparisons", evidence.comparisons)):
            shown = frame[frame["level"].isin(LEVELS)]
            if len(shown):
                sheets.add(name, list(shown.columns), shown.itertuples(index=False, name=None))
        for name, frame in told.tables.items():
            # Of the kinds of people there would be more rows than anybody reads: they are in the file.
            shown = frame[frame["person"] == ALL] if name == ACCESS else frame
            sheets.add(Path(name).stem, list(shown.columns), shown.itertuples(index=False, name=None))
    return path


class _Sheets:
    """The sheets of a book, all looking alike."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8EEF3", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.bold = book.add_format({"bold": True})
        self.formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}

    def about(self, name: str, lines: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 110)
        for place, line in enumerate(lines):
            sheet.write_string(place, 0, line, self.bold if place == 0 else None)

    def add(self, name: str, columns: Sequence[str], rows: Iterable[Row], kinds: Iterable[Sequence[str]] = ()) -> None:
        """Add a sheet; ``kinds`` says of each row what the numbers in its columns are."""
        sheet = self.book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 1)
        widths = [float(NUMBER_WIDTH)] * len(columns)
        for place, title in enumerate(columns):
            sheet.write_string(0, place, title, self.head)
        last = 0
        known = itertools.chain(kinds, itertools.repeat([RAW] * len(columns)))
        for last, (row, kind) in enumerate(zip(rows, known, strict=False), start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(last, place, value)
                    widths[place] = min(max(widths[place], TEXT_WIDTH, 0.95 * len(value)), WIDEST)
                elif value is not None and math.isfinite(value):
                    sheet.write_number(last, place, float(value), self.formats.get(kind[place]))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.autofilter(0, 0, last, len(columns) - 1)


def kind_of(measure: str, statistic: str) -> str:
    """What the numbers of a measure are."""
    if statistic == "share" or measure.startswith("coverage_"):
        return "share"
    if "rupiah" in measure and "gini" not in measure and "concentration" not in measure:
        return "rupiah"
    if statistic in ("count", "total"):
        return "whole"
    return "finest" if measure.startswith(("gini", "concentration")) else "fine"


def _about(told: Told, messages: Messages) -> list[str]:
    evidence = told.evidence
    confidence = messages.percent(evidence.confidence, 0)
    count = messages.number(evidence.replication_count, 0)
    lines = [messages.text("workbook.title", title=told.title(messages.language))]
    if told.question(messages.language):
        lines.append(told.question(messages.language))
    lines.append(messages.text("workbook.intervals", confidence=confidence, replications=count))
    lines.append(messages.text("workbook.levels", levels=", ".join(LEVELS)))
    return lines + [f"{name}: {evidence.title(name, messages)}" for name in evidence.scenarios]


def _three(messages: Messages, title: str) -> tuple[str, str, str]:
    ends = (messages.text(f"workbook.{end}", column=title) for end in ("low", "high"))
    return (title, *ends)  # type: ignore[return-value]


def _main(evidence: Evidence, messages: Messages) -> Sheet:
    rows: list[Row] = []
    kinds = []
    for key in measures_keys(evidence):
        for scenario in evidence.scenarios:
            found = evidence.estimate(scenario, *key)
            if found.n:
                label = measure_label(*key, messages)
                rows.append((label, scenario, found.estimate, found.low, found.high))
                kinds.append([RAW, RAW, *[kind_of(*key)] * 3])
    columns = [messages.text("table.measure"), messages.text("workbook.scenario")]
    return [*columns, *_three(messages, messages.text("workbook.estimate"))], rows, kinds


def _regencies(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text(f"table.regency.{key}") for key in ("regency", "hours_before", "hours_after")]
    for key in ("hours_saved", "days_saved", "rupiah_saved", "now_apply", "total"):
        columns += _three(messages, messages.text(f"table.regency.{key}"))
    regencies = evidence.plans[evidence.main].regencies
    units = [("regency", code, name) for code, name in zip(regencies.code, regencies.name, strict=True)]
    units.append(("province", "province", messages.text("word.province")))
    rows: list[Row] = []
    for level, unit, name in units:
        row: list[Any] = [name]
        row += [evidence.estimate(s, "travel_hours", "mean", level, unit).estimate for s in evidence.pair]
        for measure, statistic in REGENCY_COLUMNS:
            found = evidence.difference(evidence.main, measure, statistic, level, unit)
            row += [found.difference, found.low, found.high]
        rows.append(row)
    kind = [RAW, "fine", "fine", *(kind_of(*key) for key in REGENCY_COLUMNS for _ in range(3))]
    return columns, rows, [kind] * len(rows)


def _sites(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text("page.site.site"), messages.text("workbook.scenario")]
    for name, _ in SITE_COLUMNS:
        columns += _three(messages, messages.text(f"page.site.{name}"))
    rows: list[Row] = []
    for scenario in evidence.scenarios:
        sites = evidence.plans[scenario].sites
        for site, name in zip(sites.id, sites.name, strict=True):
            rows.append([name, scenario, *_estimates(evidence, scenario, SITE_COLUMNS, "site", site)])
    return columns, rows, [_kinds(SITE_COLUMNS)] * len(rows)


def _access(access: pd.DataFrame, evidence: Evidence, messages: Messages) -> Sheet:
    """What each scenario offers within reach."""
    table = access_of(access, evidence, messages)
    rows: list[Row] = [(row[0], *values) for row, values in zip(table.rows, table.numbers, strict=True)]
    # Of the table's rows only those that are written as per cent are shares.
    kinds = [[RAW, *["share" if row[-1].endswith("%") else "fine"] * (len(row) - 1)] for row in table.rows]
    return list(table.columns), rows, kinds


def _equity(evidence: Evidence, messages: Messages) -> Sheet:
    """Spread of the burden for all and for kinds of people."""
    rows: list[Row] = []
    kinds = []
    for key, label in equity_keys(messages):
        for level, unit, name in people_of(evidence, messages):
            for scenario in evidence.scenarios:
                found = evidence.estimate(scenario, *key, level, unit)
                if found.n:
                    rows.append((label, name, scenario, found.estimate, found.low, found.high))
                    kinds.append([RAW, RAW, RAW, *[kind_of(*key)] * 3])
    columns = [messages.text("table.measure"), messages.text("equity.kind"), messages.text("workbook.scenario")]
    return [*columns, *_three(messages, messages.text("workbook.estimate"))], rows, kinds


def _services(evidence: Evidence, messages: Messages) -> Sheet:
    columns = [messages.text("page.service.service"), messages.text("workbook.scenario")]
    for name, _ in SERVICE_COLUMNS:
        columns += _three(messages, messages.text(f"page.service.{name}"))
    rows: list[Row] = []
    for scenario in evidence.scenarios:
        for programme, name in service_names(evidence, messages, scenario).items():
            rows.append([name, scenario, *_estimates(evidence, scenario, SERVICE_COLUMNS, "programme", programme)])
    return columns, rows, [_kinds(SERVICE_COLUMNS)] * len(rows)


def _kinds(keys: Sequence[tuple[str, str]]) -> list[str]:
    """What the numbers in the columns after name and scenario are: each with the ends of its interval."""
    return [RAW, RAW, *(kind_of(*key) for key in keys for _ in range(3))]


def _estimates(
    evidence: Evidence, scenario: str, keys: Sequence[tuple[str, str]], level: str, unit: str
) -> list[float]:
    found = (evidence.estimate(scenario, *key, level, unit) for key in keys)
    return [value for estimate in found for value in (estimate.estimate, estimate.low, estimate.high)]
