"""Claims of the workbook: numbers are numbers, and the same tables give the same bytes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from sim.report.workbook import write_workbook
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up

NAMES = ["About", "Main measures", "Regencies", "Sites", "Services", "Equity", "summary", "comparisons", "assumptions"]


def sheet(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read(f"xl/worksheets/sheet{NAMES.index(name) + 1}.xml").decode()


def test_every_table_has_its_sheet_and_the_same_tables_give_the_same_bytes(
    experiment: Experiment, tmp_path: Path
) -> None:
    told = made_up(experiment)
    path = write_workbook(tmp_path, told, "en")
    first = path.read_bytes()
    with zipfile.ZipFile(path) as book:
        assert re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode()) == NAMES
    assert write_workbook(tmp_path, told, "en").read_bytes() == first


def test_numbers_are_numbers_and_the_same_as_in_the_evidence(experiment: Experiment, tmp_path: Path) -> None:
    told = made_up(experiment)
    xml = sheet(write_workbook(tmp_path, told, "id"), "Regencies")
    last = re.findall(r"<row [^>]*>(.*?)</row>", xml)[-1]
    values = [float(value) for value in re.findall(r"<c r=\"[A-Z]+\d+\" s=\"\d+\"><v>([^<]*)</v>", last)]
    gain = told.evidence.difference("with_ukk", "travel_hours_saved", "mean")
    assert len(values) == 2 + 5 * 3
    assert all(abs(a - b) < 1e-9 for a, b in zip(values[2:5], (gain.difference, gain.low, gain.high), strict=True))


def formats(path: Path, name: str) -> list[dict[str, str]]:
    """How the numbers of each row of a sheet are shown, by column."""
    with zipfile.ZipFile(path) as book:
        styles = book.read("xl/styles.xml").decode()
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    cells = styles[styles.index("<cellXfs") :]
    known = [codes.get(number, number) for number in re.findall(r'<xf numFmtId="(\d+)"', cells)]
    rows = re.findall(r"<row [^>]*>(.*?)</row>", sheet(path, name))[1:]
    found = []
    for row in rows:
        styled = re.findall(r'<c r="([A-Z]+)\d+"(?: s="(\d+)")?><v>', row)
        found.append({column: known[int(style)] if style else "as it is" for column, style in styled})
    return found


def test_a_column_of_one_unit_has_one_format_and_shares_are_per_cent(experiment: Experiment, tmp_path: Path) -> None:
    path = write_workbook(tmp_path, made_up(experiment), "en")
    for name in ("Regencies", "Sites", "Services"):
        rows = formats(path, name)
        for column in set().union(*rows):
            assert len({row[column] for row in rows if column in row}) == 1, (name, column)
    sites = formats(path, "Sites")[0]
    assert {"#,##0", "#,##0.00", "0.0%"} <= set(sites.values()) or "10" in sites.values()
    measures = {tuple(row.values()) for row in formats(path, "Main measures")}
    assert all(len(set(values)) == 1 for values in measures), "a value and the ends of its interval look alike"
    assert len(measures) >= 3


def test_raw_tables_show_numbers_as_they_are(experiment: Experiment, tmp_path: Path) -> None:
    rows = formats(write_workbook(tmp_path, made_up(experiment), "en"), "summary")
    assert {shown for row in rows for shown in row.values()} == {"as it is"}
