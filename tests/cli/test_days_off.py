"""What is said of days of work that appointments take: in findings, and where one scenario alone counts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import results
from sim.report.findings import described
from sim.report.messages import Messages
from sim.report.page.lead import lead
from tests.cli.cases import ROOT, call, draw_no_report, write_files

DAY_OFF = "choice: {day_off: {share: 0.4, price: Rp 60000}}\n"
WEIGHED_EN, WEIGHED_ID = "the fares and, for some, a day", "bagi sebagian orang, satu hari kerja"


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
    assert call("run", folder / "impact.yaml", "--out", folder / "out", "--workers", "1").exit_code == 0
    text = findings(folder)
    said = re.search(
        r"People served lose ([\d,]+) working days .* and ([\d,]+) after, a difference of (-?[\d,.]+)", text
    )
    assert said is not None, text
    found = results(folder / "out").summary.query(
        "measure == 'days_off' and level == 'province' and statistic == 'total'"
    )
    told = [int(number.replace(",", "")) for number in said.groups()[:2]]
    assert told == [round(value) for value in found["estimate"]]
    (change,) = results(folder / "out").comparisons.query(
        "measure == 'days_off' and level == 'province' and statistic == 'total'"
    )["difference"]
    assert float(said[3].replace(",", "")) == pytest.approx(change, abs=0.5)
    assert "weekend" not in text
    assert re.search(r"assumption that (3[89]|4[012])% of those in need lose a day", text)
    assert "| Working days lost per person, mean |" in text
    assert "The cost of travel, time and lost working days" in text
    assert WEIGHED_EN in text
    assert call("report", folder / "out", "--lang", "id").exit_code == 0
    text = findings(folder)
    assert "Mereka yang terlayani kehilangan" in text
    assert WEIGHED_ID in text


def test_where_nothing_is_said_of_days_of_work_no_findings_speak_of_them(folder: Path) -> None:
    assert call("run", folder / "impact.yaml", "--out", folder / "out", "--workers", "1").exit_code == 0
    for word in (WEIGHED_EN, "orking days lost", "lost working days", "lose a day"):
        assert word not in findings(folder)


def test_that_weekends_spare_nobody_a_day_of_work_is_told_where_there_are_more_and_nothing_is_said_of_them(
    folder: Path,
) -> None:
    with (folder / "after.yaml").open("a") as file:
        file.write(
            "  kanim:\n    sessions:\n      saturdays: {days: [sat], intake: {from: '08:00', to: '10:00'}, "
            "seats_every: 30 min, quota: {ordinary: 2}, counters: {document: 1, interview: 1}}\n"
        )
    assert call("run", folder / "impact.yaml", "--out", folder / "out", "--workers", "1").exit_code == 0
    (line,) = [line for line in findings(folder).splitlines() if "no working days" in line]
    # Of the nine Saturdays from 18 March to 13 May one is a holiday, on which offices are shut.
    assert "8 sessions are held on days that are no working days, where it was 0 before" in line
    assert "choice.day_off is not given" in line


def test_that_one_scenario_alone_counts_days_of_work_is_told_before_and_after_the_run(folder: Path) -> None:
    add_to(folder, "after")
    checked = call("check", folder / "impact.yaml")
    assert checked.exit_code == 0
    told = " ".join(checked.output.split())
    assert "after and before do not assume the same of who loses a day's work by an appointment" in told
    assert "choice.day_off" in told
    assert re.search(r"after\.yaml:6\b", told)
    assert call("run", folder / "impact.yaml", "--out", folder / "out", "--workers", "1").exit_code == 0
    text = findings(folder)
    assert "In “With the far sub-office” some people lose a day" in text
    assert "in “Without the far sub-office” nobody does" in text
    assert "People served lose" not in text
    assert text.index("nobody does") < text.index("per person")
    evidence, english = results(folder / "out")._told.evidence, Messages("en")
    assert "nobody does" in lead(evidence, english, described(evidence, english)).opening


def test_a_share_that_differs_is_told_and_weekends_are_named_where_there_are_any(folder: Path) -> None:
    add_to(folder, "before")
    saturdays = (
        "    sessions:\n      saturdays: {days: [sat], intake: {from: '08:00', to: '12:00'}, seats_every: 30 min, "
        "quota: {ordinary: 6}, counters: {document: 1, interview: 1}}\n"
    )
    with (folder / "after.yaml").open("a") as file:
        file.write(f"  kanim:\n{saturdays}choice: {{day_off: {{share: 0.2}}}}\n")
    assert "do not assume the same" in " ".join(call("check", folder / "impact.yaml").output.split())
    assert call("run", folder / "impact.yaml", "--out", folder / "out", "--workers", "1").exit_code == 0
    text = findings(folder)
    assert "do not assume the same of who loses a day" in text
    assert "Some of them may choose a later weekend" in text


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_form_of_a_text_for_days_of_work_is_one_of_a_text_and_is_there_in_both_languages(language: str) -> None:
    texts = Messages(language).texts
    forms = {key for key in texts if key.endswith("_day_off") and key.startswith(("finding", "page", "table", "word"))}
    assert len(forms) >= 7
    assert all(form.removesuffix("_day_off") in texts for form in forms)
    source = "\n".join(path.read_text() for path in (ROOT / "sim" / "report").rglob("*.py"))
    for form in forms:
        key = form.removesuffix("_day_off")
        if not key.startswith("page.words"):
            assert re.search(rf"(evidence|self)\.text\(\s*[\"']{re.escape(key)}[\"']", source), key
