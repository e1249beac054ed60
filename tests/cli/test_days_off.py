"""What is said of days of work that appointments take: in findings, and where one scenario alone counts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import results
from tests.cli.cases import call, draw_no_report, write_files

DAY_OFF = "choice: {day_off: {share: 0.4, price: Rp 60000}}\n"
WEIGHED_EN, WEIGHED_ID = "the fares and, for some, a day", "bagi sebagian orang, sehari kerja"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    draw_no_report(monkeypatch)
    write_files(tmp_path)
    return tmp_path


def add_to(folder: Path, name: str) -> None:
    with (folder / f"{name}.yaml").open("a") as file:
        file.write(DAY_OFF)


def findings(folder: Path) -> str:
    return (folder / "out" / "findings.md").read_text(encoding="utf-8")


def test_days_of_work_are_told_with_what_is_assumed_of_them(folder: Path) -> None:
    add_to(folder, "before")
    assert call("run", folder / "impact.yaml", "--out", folder / "out").exit_code == 0
    text = findings(folder)
    said = re.search(r"Appointments take ([\d,]+) working days .* and ([\d,]+) after, a difference of (-?[\d,]+)", text)
    assert said is not None, text
    found = results(folder / "out").summary.query(
        "measure == 'days_off' and level == 'province' and statistic == 'total'"
    )
    told = [int(number.replace(",", "")) for number in said.groups()[:2]]
    assert told == [round(value) for value in found["estimate"]]
    assert told[0] > 50
    assert re.search(r"That (3[89]|4[012])% of those in need lose a day", text)
    assert "| Working days lost per person, mean |" in text
    assert WEIGHED_EN in text
    assert call("report", folder / "out", "--lang", "id").exit_code == 0
    text = findings(folder)
    assert "Jadwal menghabiskan" in text
    assert WEIGHED_ID in text


def test_where_nothing_is_said_of_days_of_work_no_report_speaks_of_them(folder: Path) -> None:
    assert call("run", folder / "impact.yaml", "--out", folder / "out").exit_code == 0
    for word in (WEIGHED_EN, "orking days lost", "Appointments take", "lose a day"):
        assert word not in findings(folder)


def test_that_one_scenario_alone_counts_days_of_work_is_told_before_and_after_the_run(folder: Path) -> None:
    add_to(folder, "after")
    checked = call("check", folder / "impact.yaml")
    assert checked.exit_code == 0
    told = " ".join(checked.output.split())
    assert "after says who loses a day's work by an appointment, and before does not" in told
    assert "choice.day_off" in told
    assert re.search(r"after\.yaml:6\b", told)
    assert call("run", folder / "impact.yaml", "--out", folder / "out").exit_code == 0
    text = findings(folder)
    assert "In “With the far sub-office” some people lose a day" in text
    assert "in “Without the far sub-office” nobody does" in text
    assert "Appointments take" not in text
