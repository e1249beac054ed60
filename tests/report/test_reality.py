"""What a report says of known figures and of tested conclusions, of this run and of experiments that it cites."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from sim.keeping.cited import CONCLUSION, FIGURE, NUMBERS, WORDS
from sim.keeping.concluded import SPREAD, Spread
from sim.keeping.folder import CITED
from sim.report.assumptions import Labels
from sim.report.findings import described
from sim.report.messages import Messages
from sim.report.page.build import page
from sim.report.reality import cited_conclusions, known_figures, reality_section
from sim.report.robust import ALL, HALF, MOST, SOME, UNTOLD, Standing, how_far, robust_sentence
from sim.report.told import read_side_tables
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up, opening_of

EN, ID = Messages("en"), Messages("id")
FIGURES = [("A", 1000, 1010, "yes"), ("B", 1000, 940, "yes"), ("C", 200, 208, "no"), ("D", 50.5, 75.75, "no")]
CONCLUSIONS = [
    ("Half holds", 40, 100, "roads.speeds", (0.32, 0.48)),
    ("All holds", 100, 100, "", (1.0, 1.0)),
    ("Part holds", 55, 100, "", (0.37, 0.73)),
    ("Most holds", 90, 100, "", (0.8, 1.0)),
]


LATER = "days_saved (mean) of with_ukk - before_ukk is below 0"


def cited(
    same: str = "yes",
    kept: str = "2026-11-24",
    about_what: str = LATER,
) -> pd.DataFrame:
    about = {
        "title_en": "The years",
        "title_id": "Tahun-tahun",
        "experiment": "history",
        "kept": kept,
        "version": "0.1.0",
        "model": "abc",
        "same_code": same,
    }
    figures = [
        {"kind": FIGURE, "text_en": name, "text_id": f"{name} dalam", "fitted": fitted, "turned_by": ""}
        | {"known": known, "modelled": modelled, "difference_percent": 100 * (modelled / known - 1), "fitted_inputs": 3}
        for name, known, modelled, fitted in FIGURES
    ]
    conclusions = [
        {
            "kind": CONCLUSION,
            "text_en": name,
            "text_id": f"{name} dalam",
            "fitted": "",
            "turned_by": turned,
            "about": about_what,
            **dict.fromkeys(("elsewhere_en", "elsewhere_id"), ""),
        }
        | {"holds": holds, "points": points, "paths": 10, "share_low": low, "share_high": high}
        for name, holds, points, turned, (low, high) in CONCLUSIONS
    ]
    return pd.DataFrame([about | row for row in (*figures, *conclusions)], columns=[*WORDS, *NUMBERS])


def own() -> pd.DataFrame:
    rows = [(name, known, modelled, 100 * (modelled / known - 1), "no") for name, known, modelled, _ in FIGURES]
    table = pd.DataFrame(rows, columns=["figure", "known", "modelled", "difference_percent", "fitted"])
    return table.assign(figure_id=table["figure"])


def reality(tables: dict[str, pd.DataFrame], messages: Messages = EN) -> list[str]:
    return [s.text for s in reality_section(tables, messages)]


def robust(tables: dict[str, pd.DataFrame], messages: Messages = EN) -> list[str]:
    return [s.text for s in cited_conclusions(tables, messages)]


def test_fitted_and_held_back_figures_are_told_apart_with_how_far_the_model_is_from_them() -> None:
    first, fitted, held, last = reality({CITED: cited()})
    assert first.startswith("In the experiment “The years” (history, simulator 0.1.0, 24 November 2026)")
    assert "held against 4 known figures" in first
    assert fitted.startswith("To 2 of them inputs were fitted, 3 inputs in all, so agreement there proves little")
    assert "is -6.0% to +1.0%; furthest off are B -6.0% and A +1.0%" in fitted
    assert "The other 2 were held back" in held
    assert "is +4.0% to +50.0%, within 10% for 1 of 2; furthest off are D +50.0% and C +4.0%" in held
    assert "Beyond these figures nothing on this page was compared" in last


@pytest.mark.parametrize(("same", "said"), [("yes", "that of this run."), ("no", "not that of this run (its digest")])
def test_a_citation_says_whether_its_code_is_that_of_this_run(same: str, said: str) -> None:
    assert said in reality({CITED: cited(same)})[0]
    assert said in robust({CITED: cited(same)})[0]


def test_a_citation_without_a_date_says_so() -> None:
    assert "simulator 0.1.0, not dated)" in reality({CITED: cited(kept="")})[0]


def test_how_many_inputs_were_fitted_is_told_of_this_run_too_and_not_where_nobody_said() -> None:
    table = own().assign(fitted=["yes", "yes", "no", "no"])
    assert reality({"targets.csv": table.assign(fitted_inputs=7)})[1].startswith(
        "To 2 of them inputs were fitted, 7 inputs in all"
    )
    assert reality({"targets.csv": table})[1].startswith("Inputs were fitted to 2 of them")


def test_figures_of_the_run_itself_come_first_and_need_no_citation() -> None:
    texts = reality({"targets.csv": own(), CITED: cited()})
    assert texts[0] == "This run is held against 4 known figures."
    assert texts[1].startswith("Nothing was fitted to them: modelled less known is -6.0% to +50.0%")
    assert texts[2].startswith("In the experiment “The years”")


def test_a_run_that_was_compared_with_nothing_says_so_and_where_to_read_more() -> None:
    (text,) = reality({})
    assert text.startswith("Nothing in this run was compared with known figures") and "docs/history.md" in text
    (text,) = robust({})
    assert text.startswith("Whether conclusions survive the ranges of the assumptions was not tested in this run")
    assert "docs/proof.md" in text


def test_cited_conclusions_are_told_by_how_often_they_hold_those_that_always_do_first() -> None:
    first, *texts = robust({CITED: cited()})
    assert "a share of points is no probability" in first
    assert texts == [
        "Holds over all the ranges tested (100 of 100 points on 10 paths): All holds.",
        "Holds over most of the ranges (90 of 100 points on 10 paths, 90%): Most holds.",
        "Holds at 55 of 100 points on 10 paths (55%), which does not tell more than half of the ranges from less: "
        "Part holds.",
        "Holds over no more than half of the ranges (40 of 100 points on 10 paths, 40%): Half holds. "
        "Turned by one input moved alone, the others standing somewhere in their ranges: Roads.speeds.",
    ]


@pytest.mark.parametrize(
    ("holds", "low", "high", "word"),
    [
        (100, 0.5, 0.9, ALL),
        (55, 0.37, 0.73, UNTOLD),
        (55, 0.501, 0.6, MOST),
        (60, 0.5, 0.7, UNTOLD),
        (45, 0.37, 0.499, HALF),
        (0, 0.0, 0.0, HALF),
        (99, math.nan, math.nan, SOME),
        (1, math.nan, math.nan, SOME),
    ],
)
def test_most_or_half_of_the_ranges_is_said_only_where_the_interval_tells(
    holds: int, low: float, high: float, word: str
) -> None:
    assert how_far(Standing("It", "", holds, 100, (), spread=Spread(10, 0, low, high))) == word


def test_what_was_cited_by_an_earlier_version_is_told_by_its_points_alone(tmp_path: Path) -> None:
    cited().drop(columns=[*SPREAD]).to_csv(tmp_path / CITED, index=False)
    tables = read_side_tables(tmp_path)
    assert "Holds at 90 of 100 points (90%): Most holds." in robust(tables)
    assert "Holds over all the ranges tested (100 of 100 points): All holds." in robust(tables)
    assert robust(tables, ID)[2] == "Berlaku di 90 dari 100 titik (90%): Most holds dalam."
    cited().drop(columns=["about"]).to_csv(tmp_path / CITED, index=False)
    with pytest.raises(ValueError, match="has no about"):
        read_side_tables(tmp_path)


def test_points_that_lie_by_themselves_are_told_apart_from_those_that_hang_on_them() -> None:
    one = Standing("It", "", 300, 512, (), spread=Spread(0, 128, 0.53, 0.7))
    assert "(300 of 512 points, 128 of them independent of each other, 59%)" in robust_sentence(EN, one).text


def test_who_is_ahead_at_the_other_points_is_told_where_it_is_known() -> None:
    one = Standing("The best: A", "", 40, 100, (), "B: 50; C: 9")
    assert robust_sentence(EN, one).text.endswith("The best: A. Ahead at other points: B: 50; C: 9.")
    assert "Ahead" not in robust_sentence(EN, Standing("A number", "", 40, 100, ())).text


def test_a_list_of_inputs_that_is_cut_short_says_so() -> None:
    paths = ["travel.early", "choice.taste", "travel.fare_minimum", "papers.come_back", "booking.window"]
    whole, cut = (
        robust_sentence(EN, Standing("Half holds", "", 40, 100, tuple(paths[:count]))).text for count in (4, 5)
    )
    named = "; ".join(map(Labels(EN), paths[:4]))
    assert whole.endswith(f"somewhere in their ranges: {named}.")
    assert cut.endswith(f"somewhere in their ranges, among others: {named}.")


def test_both_languages_say_the_same_in_their_own_words() -> None:
    tables = {CITED: cited()}
    assert len(reality(tables, ID)) == len(reality(tables))
    assert "“Tahun-tahun”" in reality(tables, ID)[0] and "D dalam +50,0%" in reality(tables, ID)[2]
    assert any("All holds dalam" in text for text in robust(tables, ID))


def test_the_table_has_each_figure_with_its_part_the_fitted_ones_first() -> None:
    (table,) = known_figures({CITED: cited()}, EN)
    assert [row[0] for row in table.rows] == ["A", "B", "C", "D"]
    assert table.rows[0][1:] == ("1,000", "1,010", "+1.0%", "inputs were fitted to it")
    assert table.rows[3][1:] == ("50.50", "75.75", "+50.0%", "nothing was fitted to it")


def test_what_a_page_opens_with_says_how_far_all_that_can_be_trusted(experiment: Experiment) -> None:
    evidence = experiment.gathered()
    text = opening_of(evidence, tables={CITED: cited()})
    assert "Of 2 known figures that nothing was fitted to, the model comes within 10% of 1; over all 2 it is" in text
    assert text.endswith(
        "Holds: “All holds” at all 100 points on 10 paths "
        "Holds over most: “Most holds” at 90 of 100 points on 10 paths "
        "Not decided: “Part holds” at 55 of 100 points on 10 paths "
        "Holds over no more than half: “Half holds” at 40 of 100 points on 10 paths"
    )
    assert "other model code" not in text and "not tested" not in text
    assert "other model code" in opening_of(evidence, tables={CITED: cited(same="no")})


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("days_saved (mean) of with_ukk - before_ukk is below 0", True),
        ("days_saved (mean, regency 16.01) of with_ukk - before_ukk is above 0", True),
        ("days_to_passport (mean) of with_ukk is below 20", True),
        ("travel_hours_saved (total) of only_oku - before_ukk is the largest of 4", True),
        ("travel_hours_saved (total) of only_here - before_ukk is the largest of 4", False),
        ("days_saved (mean) of only_oku - before_ukk is below 0", False),
        ("days_saved (mean) of with_ukk - without is below 0", False),
    ],
)
def test_what_a_page_opens_with_quotes_conclusions_on_what_it_finds_and_no_others(
    experiment: Experiment, about: str, told: bool
) -> None:
    text = opening_of(experiment.gathered(), tables={CITED: cited(about_what=about)})
    assert ("“All holds”" in text) == told
    assert (EN.text("page.lead.elsewhere") in text) == (not told)


def test_what_a_page_opens_with_says_that_nothing_was_compared_or_tested(experiment: Experiment) -> None:
    text = opening_of(experiment.gathered())
    assert EN.text("page.lead.not_held") in text and EN.text("page.lead.untested") in text
    fitted = cited()[lambda rows: (rows["kind"] == FIGURE) & (rows["fitted"] == "yes")]
    text = opening_of(experiment.gathered(), tables={CITED: fitted})
    assert EN.text("page.lead.all_fitted") in text
    assert EN.text("page.lead.fitted", number="2", inputs="3") in text


def test_the_page_and_the_findings_hold_both_parts(experiment: Experiment) -> None:
    told = made_up(experiment)
    told = type(told)(told.evidence, told.manifest, {**told.tables, CITED: cited()})
    keys = [section.key for section in described(told.evidence, EN, told.tables).sections]
    assert keys[-3:] == ["sure", "reality", "robust"]
    html = page(told, {}, "en")
    for words in (
        "Held against known figures",
        "What survives the assumptions",
        "Known figures and modelled ones: The",
    ):
        assert words in html
