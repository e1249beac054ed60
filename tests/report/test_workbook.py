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
