"""Claims of the workbooks: numbers are numbers, each language has its own, and the same tables give the same bytes."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sim.report.told import Told
from sim.report.verdicts import GAIN, LOSS, SMALL, UNCLEAR, verdict
from sim.report.workbook import write_workbook
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up

FILES = ["summary", "comparisons"]
NAMES = {
    "en": [
        "About",
        "Main measures",
        "Regencies",
        "Regencies by scenario",
        "Sites",
        "Services",
        "Equity",
        "Assumptions",
        *FILES,
    ],
    "id": [
        *(
            "Keterangan",
            "Ukuran utama",
            "Kabupaten dan kota",
            "Kabupaten, kota per skenario",
            "Tempat layanan",
            "Jenis layanan",
            "Pemerataan",
        ),
        *("Asumsi", *FILES),
    ],
}


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())


def sheet(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read(f"xl/worksheets/sheet{names(path).index(name) + 1}.xml").decode()


def texts(path: Path, name: str) -> list[list[str]]:
    """The texts of each row of a sheet; numbers are left out."""
    with zipfile.ZipFile(path) as book:
        shared = book.read("xl/sharedStrings.xml").decode()
    known = [html.unescape(text) for text in re.findall(r"<si><t[^>]*>(.*?)</t></si>", shared, re.DOTALL)]
    rows = re.findall(r"<row [^>]*>(.*?)</row>", sheet(path, name))
    return [[known[int(place)] for place in re.findall(r't="s"><v>(\d+)</v>', row)] for row in rows]


@pytest.fixture(scope="module")
def told(experiment: Experiment) -> Told:
    return made_up(experiment)


@pytest.fixture(scope="module")
def books(told: Told, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbook of the made-up experiment in each language."""
    folder = tmp_path_factory.mktemp("books")
    return {language: write_workbook(folder, told, language) for language in NAMES}


@pytest.mark.slow
def test_every_table_has_its_sheet_and_the_same_tables_give_the_same_bytes(
    told: Told, books: dict[str, Path], tmp_path: Path
) -> None:
    assert names(books["en"]) == NAMES["en"]
    assert write_workbook(tmp_path, told, "en").read_bytes() == books["en"].read_bytes()


def test_numbers_are_numbers_and_the_same_as_in_the_evidence(told: Told, books: dict[str, Path]) -> None:
    xml = sheet(books["id"], "Kabupaten dan kota")
    last = re.findall(r"<row [^>]*>(.*?)</row>", xml)[-1]
    values = [float(value) for value in re.findall(r"<c r=\"[A-Z]+\d+\" s=\"\d+\"><v>([^<]*)</v>", last)]
    gain = told.evidence.difference("with_ukk", "travel_hours_saved", "mean")
    people = told.evidence.difference("with_ukk", "travel_hours_saved", "count").difference
    assert len(values) == 3 + 5 * 3 + 3
    heads = texts(books["id"], "Kabupaten dan kota")[0]
    assert "Dulu urung, kini mengajukan" in heads and "Dulu mengajukan, kini urung" not in heads
    assert values[0] == people
    assert all(abs(a - b) < 1e-9 for a, b in zip(values[3:6], (gain.difference, gain.low, gain.high), strict=True))


def test_the_sheet_of_regencies_has_the_need_of_both_scenarios_where_it_differs(
    experiment: Experiment, tmp_path: Path
) -> None:
    rows = experiment.replications.copy()
    more = (rows["scenario"] == "with_ukk") & (rows["measure"] == "need") & (rows["unit"] == "16.13")
    rows.loc[more, "value"] *= 2.0
    other = replace(made_up(experiment), evidence=replace(experiment, replications=rows).gathered())
    heads = texts(write_workbook(tmp_path, other, "en"), "Regencies")[0]
    assert heads[-4:-2] == ["Need a passport before", "Need a passport after"]
    assert {"0.0%"} == {
        row[max(row, key=lambda column: (len(column), column))]
        for row in formats(tmp_path / "tables.xlsx", "Regencies")
    }


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


def test_a_column_of_one_unit_has_one_format_and_shares_are_per_cent(books: dict[str, Path]) -> None:
    path = books["en"]
    for name in ("Regencies", "Sites", "Services"):
        rows = formats(path, name)
        for column in set().union(*rows):
            assert len({row[column] for row in rows if column in row}) == 1, (name, column)
    sites = formats(path, "Sites")[0]
    assert {"#,##0", "#,##0.00", "0.0%"} <= set(sites.values()) or "10" in sites.values()
    measures = {tuple(set(row.values())) for row in formats(path, "Main measures")}
    assert all(len(values) == 1 for values in measures), "a value and the ends of its interval look alike"
    assert len(measures) >= 3


def test_each_regency_has_a_row_for_each_scenario_with_what_becomes_of_its_people(
    books: dict[str, Path], experiment: Experiment
) -> None:
    rows = texts(books["en"], "Regencies by scenario")
    assert rows[0][:3] == ["Regency", "Scenario", "People who need a passport"]
    regencies = experiment.plans["with_ukk"].regencies.name
    assert len(rows) - 1 == len(experiment.plans) * (len(regencies) + 1)
    assert {tuple(row[:2]) for row in rows[1:]} >= {(name, "Two offices and four UKKs") for name in regencies}


def test_each_language_has_a_workbook_of_its_own_with_the_same_numbers(books: dict[str, Path]) -> None:
    assert {language: path.name for language, path in books.items()} == {"en": "tables.xlsx", "id": "tabel.xlsx"}
    for language, path in books.items():
        assert names(path) == NAMES[language]
    for english, indonesian in zip(*NAMES.values(), strict=True):
        numbers = [re.findall(r"<v>([^<]*)</v></c>", sheet(books["en"], english)) for _ in range(1)]
        numbers += [re.findall(r"<v>([^<]*)</v></c>", sheet(books["id"], indonesian))]
        assert len(numbers[0]) == len(numbers[1]), english
    assert texts(books["id"], "Ukuran utama")[0][:2] == ["Ukuran", "Satuan"]


def test_the_main_sheet_has_a_row_a_measure_and_marks_what_is_clear(told: Told, books: dict[str, Path]) -> None:
    rows = texts(books["en"], "Main measures")
    scenarios = told.evidence.scenarios
    assert len(rows[0]) == 2 + 4 * len(scenarios) - 1, "an estimate, its ends, and a mark but for the baseline"
    labels = [row[0] for row in rows[1:]]
    assert len(labels) == len(set(labels)) and labels[-1] == "People compared"
    marks = {mark for row in rows[1:] for mark in row[2:]}
    assert marks <= {"higher", "lower", "too small", "not clear", "the same", ""}
    need = next(row for row in rows if row[0] == "People who need a passport")
    assert "the same" in need, "the same people come in all scenarios"
    saved = next(row for row in rows if row[0] == "Hours of travel saved per person")
    expected = [
        {GAIN: "higher", LOSS: "lower", SMALL: "too small", UNCLEAR: "not clear"}[
            verdict(
                told.evidence,
                "travel_hours_saved",
                told.evidence.difference(name, "travel_hours_saved", "mean"),
            )
        ]
        for name in scenarios
        if name != told.evidence.baseline
    ]
    assert saved[2:] == expected


def test_sheets_are_ready_to_be_printed(books: dict[str, Path]) -> None:
    path = books["id"]
    with zipfile.ZipFile(path) as book:
        defined = book.read("xl/workbook.xml").decode()
    for name in NAMES["id"][1:]:
        xml = sheet(path, name)
        assert 'orientation="landscape"' in xml and "<pageSetUpPr fitToPage=" in xml
        assert '<pane xSplit="' in xml and 'state="frozen"' in xml
        assert re.search(rf"Print_Titles.*?{re.escape(name)}", defined)


def test_raw_tables_show_numbers_as_they_are(books: dict[str, Path]) -> None:
    rows = formats(books["en"], "summary")
    assert {shown for row in rows for shown in row.values()} == {"as it is"}


def test_a_row_is_as_high_as_its_text_needs(told: Told, tmp_path: Path) -> None:
    """Not every spreadsheet finds out by itself how often a text is broken, and lines would lie on each other."""
    long = told.tables["assumptions.csv"].assign(source_en="a reason " * 20)
    path = write_workbook(tmp_path, type(told)(told.evidence, told.manifest, {"assumptions.csv": long}), "en")
    heights = {
        name: dict(re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', sheet(path, name)))
        for name in ("Assumptions", "Sites")
    }
    headings = heights["Assumptions"].pop("1")
    assert set(heights["Assumptions"].values()) == {"45", "60"}, "180 letters in a column of 60, or more"
    assert heights["Sites"] == {"1": headings}
