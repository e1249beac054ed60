"""Numbers that README and docs quote from experiments are those that the experiments give now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.keeping.expected import PRECISION, expected_file, kept_table, read_expected
from tests.cli.cases import call, draw_no_report

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "experiments"
MARK = re.compile(r"<!-- numbers of (\w+): (\w+\.csv) (\w+) -->")
QUOTED = {
    "README.md": {("ukk_impact", "comparisons.csv"), ("sensitivity", "sensitivity.csv")},
    "docs/history.md": {("history", "targets.csv"), ("history", "summary.csv")},
    "docs/proof.md": {
        *(("sensitivity", f"sensitivity{part}.csv") for part in ("", "_morris", "_sobol", "_points")),
        ("textbook", "targets.csv"),
    },
    "docs/services.md": {("mobile_services", "factorial.csv"), ("mobile_services", "comparisons.csv")},
}
"""Pages that quote numbers, and the tables that these stand in."""
REGENCIES = [f"16.{number:02}" for number in (*range(1, 14), *range(71, 75))]
KNOWN = re.compile(r"^\| (.+?) \| ([\d,.]+) \| ([\d,.]+) \| ([\d,.]+) to ([\d,.]+) \| ([+-][\d.]+)% \|$", re.M)


def text_of(page: str) -> str:
    return " ".join((ROOT / page).read_text("utf-8").split())


def expected(experiment: str) -> dict[str, Any]:
    return read_expected(expected_file(EXPERIMENTS / f"{experiment}.yaml"))


def small_table(experiment: str, name: str) -> pd.DataFrame:
    found = kept_table(expected(experiment), name)
    assert found is not None
    return found


@pytest.mark.parametrize("page", QUOTED)
def test_a_page_was_read_anew_since_the_tables_it_quotes_changed(page: str) -> None:
    """Each renewal of expected numbers changes the digest; the mark is set by whoever sets the numbers of the page."""
    marks = MARK.findall(text_of(page))
    assert {mark[:2] for mark in marks} == QUOTED[page]
    for experiment, table, digest in marks:
        now = expected(experiment)["tables"][table]["digest"][:8]
        assert digest == now, f"{page} quotes {table} of {experiment} as it was: renew its numbers, then say {now}"


def test_no_other_page_has_a_mark() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]
    assert {str(page.relative_to(ROOT)) for page in pages if MARK.search(page.read_text("utf-8"))} == set(QUOTED)


def test_known_figures_stand_in_the_history_as_the_experiment_gives_them() -> None:
    rows = KNOWN.findall((ROOT / "docs" / "history.md").read_text("utf-8"))
    table = small_table("history", "targets.csv").set_index("figure")
    assert sorted(row[0] for row in rows) == sorted(table.index)
    for name, *told in rows:
        row = table.loc[name]
        for text, column in zip(told[:-1], ("known", "modelled", "ci_low", "ci_high"), strict=True):
            assert float(text.replace(",", "")) == pytest.approx(row[column], rel=PRECISION, abs=0.51), (name, column)
        assert float(told[-1]) == pytest.approx(row.difference_percent, rel=PRECISION, abs=0.051), name


def test_readme_says_at_how_many_points_conclusions_hold() -> None:
    table = small_table("sensitivity", "sensitivity.csv")
    at = table[table.stage == "morris"].set_index("conclusion")
    holds = {name: f"{value:,.0f}" for name, value in at.holds.items()}
    others = dict(re.findall(r"(UKK [A-Z]\w+(?: [A-Z]\w+)?).*?: (\d+)", at.elsewhere_en["best_single"]))
    text = text_of("README.md")
    points = f"{at.points['hours_saved']:,.0f}"
    assert holds["fewer_deterred"] == points
    for words in (
        f"That fewer are deterred holds at all {points} points tested",
        f"that travel is saved, at {holds['hours_saved']} of them",
        f"that the passport comes later, at {holds['passport_later']}",
        f"the sub-office that saves most by itself, at only {holds['best_single']} (",
        f"(UKK Musi Rawas at {others['UKK Musi Rawas']}, UKK OKU at {others['UKK OKU']})",
    ):
        assert words in text


class Results:
    """What a run has written."""

    def __init__(self, folder: Path) -> None:
        self.summary, self.changes = (
            pd.read_csv(folder / f"{name}.csv", dtype={"unit": str}) for name in ("summary", "comparisons")
        )

    def of(self, scenario: str, measure: str, statistic: str = "mean", at: str = "province province") -> float:
        return float(one(self.summary, scenario, measure, statistic, at).estimate)

    def change(self, measure: str, statistic: str = "mean", at: str = "province province") -> Any:
        return one(self.changes, "with_ukk", measure, statistic, at)


def one(frame: pd.DataFrame, scenario: str, measure: str, statistic: str, at: str) -> Any:
    named = (frame.scenario == scenario) & (frame.measure == measure) & (frame.statistic == statistic)
    level, unit = at.split()
    found = frame[named & (frame.level == level) & (frame.unit == unit)]
    assert len(found) == 1, (scenario, measure, statistic, at)
    return found.iloc[0]


def said_of_the_sub_offices(run: Results) -> Iterator[str]:
    """What README says of the bundled experiment, with the numbers of a run."""
    three = ("before_ukk", "with_ukk", "with_ukk_and_mobile")
    for words, measure, statistic, by in (
        ("people served", "served", "count", "{:,.0f}"),
        ("deterred by the burden", "deterred_share", "share", "{:.1%}"),
        ("hours of travel for a passport, mean", "travel_hours", "mean", "{:.1f}"),
    ):
        yield f"| {words} | {' | '.join(by.format(run.of(name, measure, statistic)) for name in three)} |"
    costs = (f"Rp {round(run.of(name, 'cost_rupiah'), -3):,.0f}" for name in three)
    yield f"| fares and time for a passport, mean | {' | '.join(costs)} |"
    hours, people = run.change("travel_hours_saved", "total"), run.change("travel_hours_saved", "count")
    yield (
        f"The {people.difference:,.0f} people served both before and after travel {hours.difference:,.0f} hours less "
        f"in a year ({hours.ci_low:,.0f} to {hours.ci_high:,.0f})"
    )
    saved = {code: run.change("travel_hours_saved", at=f"regency {code}").difference for code in REGENCIES}
    few = run.change("travel_hours_saved", "count", at="regency 16.13").difference
    yield (
        f"{saved['16.73']:.2f} hours a person in Lubuklinggau, {saved['16.13']:.2f} in Musi Rawas Utara (where only "
        f"{few:.0f} people are compared), {saved['16.05']:.2f} in Musi Rawas."
    )
    assert sorted(saved, key=saved.__getitem__)[-3:] == ["16.05", "16.13", "16.73"]
    yield (
        f"falls in {sum(value >= 0.05 for value in saved.values())}, by {saved['16.07']:.2f} hours in Banyuasin, "
        f"rises by {-saved['16.72']:.2f} hours in Pagar Alam"
    )
    assert min(saved, key=saved.__getitem__) == "16.72"
    later = -run.change("days_saved", at="regency 16.01").difference
    booked = run.of("with_ukk", "quota_use", "share", "site ukk_oku")
    ahead = run.of("with_ukk", "next_slot_days", at="site ukk_oku")
    yield (
        f"by {later:.1f} days in Ogan Komering Ulu, whose sub-office is full: with {booked:.0%} of its quota booked, "
        f"priority slots included, its next free ordinary slot is {ahead:.1f} days ahead."
    )
    apply = run.change("now_apply", "count")
    yield f"{apply.difference:,.0f} people ({apply.ci_low:,.0f} to {apply.ci_high:,.0f}) who were deterred now apply."
    days, first, fetched, printed = (
        -run.change(name).difference
        for name in ("days_saved", "days_before_visit_saved", "days_before_handover_saved", "days_of_issue_saved")
    )
    yield (
        f"To the same people the passport comes {days:.2f} days later on average: {first:.2f} until the first "
        f"appointment, since sub-offices have fewer slots, {fetched:.2f} until it is fetched, and "
        f"{printed:.2f} of printing"
    )
    before, after = (run.of(name, "days_to_passport") for name in three[:2])
    yield f"it comes {after:.1f} days after the need instead of {before:.1f}."
    (muara, then), (palembang, there) = (
        [f"{run.of(name, 'passports', 'count', f'site {site}'):,.0f}" for name in ("with_ukk", "before_ukk")]
        for site in ("kanim_muara_enim", "kanim_palembang")
    )
    used, was = (run.of(name, "quota_use", "share", "site kanim_muara_enim") for name in ("with_ukk", "before_ukk"))
    yield (
        f"Interviews at Kanim Muara Enim lead to {muara} passports instead of {then}, and {used:.0%} of its quota is "
        f"used instead of {was:.0%}; those at Kanim Palembang to {palembang} instead of {there}."
    )


@pytest.mark.slow
def test_readme_quotes_the_bundled_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_no_report(monkeypatch)
    call("run", EXPERIMENTS / "ukk_impact.yaml", "--out", tmp_path / "out")
    text = text_of("README.md")
    missing = [words for words in said_of_the_sub_offices(Results(tmp_path / "out")) if words not in text]
    assert not missing, "README does not say: " + "\n".join(missing)
