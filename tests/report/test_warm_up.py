"""Claims of sim.report.warm_up: what is said of the first days, and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from sim.measures.weeks import settling_days
from sim.report.evidence import Evidence
from sim.report.findings import described
from sim.report.messages import Messages
from sim.report.page.lead import lead
from sim.report.warm_up import check_warm_up, draw_warm_up, warm_up_sentences, where_the_start_matters
from tests.model.small_province import plan_of

DAYS = np.arange(60)
SETTLED = 100.0 * (1.0 - np.exp(-DAYS / 2.0)) + 0.1 * (DAYS % 3)
LATE = np.where(DAYS < 25, 4.0 * DAYS, 100.0) + 0.1 * (DAYS % 3)
NEVER = 10.0 * DAYS


def first_days(series: Mapping[tuple[str, str], ArrayLike]) -> pd.DataFrame:
    """Rows of one scenario, by measure and site."""
    return pd.concat(
        [pd.DataFrame({"scenario": "small", "measure": measure, "site": site, "estimate": np.asarray(values)})
         for (measure, site), values in series.items()]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("series", "verdict", "short", "untold"),
    [
        ({("backlog", ""): SETTLED, ("books_waiting", ""): SETTLED}, "enough", [], []),
        ({("backlog", ""): SETTLED, ("backlog", "ukk_near"): NEVER}, "untold", [], ["ukk_near"]),
        ({("backlog", ""): SETTLED, ("books_waiting", "kanim"): LATE}, "short", ["kanim"], []),
        ({("backlog", "ukk_near"): NEVER, ("books_waiting", "kanim"): LATE}, "short", ["kanim"], ["ukk_near"]),
    ],
)
def test_a_warm_up_is_enough_where_it_is_for_each_office_and_for_appointments_and_books(
    series: Mapping[tuple[str, str], ArrayLike], verdict: str, short: list[str], untold: list[str]
) -> None:
    plan = plan_of({"period": {"warm_up": "20 days", "to": "2023-06-30"}})
    assert settling_days(plan) == len(DAYS)
    (found,) = check_warm_up(first_days(series), {"small": plan}, ["small"])
    assert found.verdict == verdict
    assert [one.site for one in found.short] == short
    assert [one.site for one in found.untold] == untold


def opening(evidence: Evidence, language: str, record: Mapping[str, Mapping[str, Any]]) -> str:
    """What a page opens with."""
    messages = Messages(language)
    return " ".join(
        point.text for point in lead(evidence, messages, described(evidence, messages, warm_up=record)).points
    )


@pytest.mark.parametrize(
    ("days", "at_one", "minutes", "passports", "moves"),
    [
        (0.001, -0.2, 0.3, 0.004, False),
        (0.06, 0.06, 0.0, 0.0, True),
        (0.01, 0.9, 0.0, 0.0, True),
        (0.0, 0.0, -6.0, 0.0, True),
        (0.0, 0.0, 0.0, -0.0064, True),
    ],
)
@pytest.mark.parametrize(("language", "less"), [("en", "6.00 minutes less"), ("id", "6,00 menit lebih singkat")])
def test_a_longer_warm_up_is_a_warning_where_it_moves_what_is_told(
    evidence: Evidence,
    days: float,
    at_one: float,
    minutes: float,
    passports: float,
    moves: bool,
    language: str,
    less: str,
) -> None:
    longer = {
        "days": 60,
        "replication": 0,
        "days_to_passport": {"province": days, "kanim_palembang": at_one},
        "lead_days": {"province": 0.0, "kanim_palembang": 0.1},
        "wait_minutes": {"province": 0.0, "kanim_muara_enim": minutes},
        "passports": {"province": passports, "kanim_muara_enim": 0.0},
    }
    record = {"with_ukk": {"longer": longer}, "before_ukk": {"longer": None}, "only_oku": {"longer": longer}}
    usual, found, *other = warm_up_sentences(evidence, Messages(language), record)
    assert usual.short, "what MSER-5 cannot tell is a warning where nothing more is known"
    assert len(other) == moves, "of others beside the pair it is told where it matters"
    assert where_the_start_matters(evidence, record) == (("with_ukk",) if moves else ())
    said = Messages(language).text("page.lead.start", scenarios="").split("; ")[-1]
    assert (said in opening(evidence, language, record)) == moves
    assert bool(found.short) == moves
    assert ("period.warm_up" in found.text) == moves
    assert (less in found.text) == (minutes == -6.0)
    assert ("Muara Enim" in found.text) == (minutes != 0.0)
    fewer = "0.64% fewer passports" if language == "en" else "0,64% paspor lebih sedikit"
    assert (fewer in found.text) == (passports == -0.0064)


def test_what_has_not_settled_is_named_and_drawn(evidence: Evidence) -> None:
    for language, named in (
        ("en", "the appointments outstanding at Kantor Imigrasi Kelas I TPI Palembang"),
        ("id", "janji temu yang belum dipenuhi di Kantor Imigrasi Kelas I TPI Palembang"),
    ):
        told = [sentence.text for sentence in warm_up_sentences(evidence, Messages(language))]
        assert len(told) == len(evidence.pair)
        assert all(named in text and "MSER-5" in text for text in told)
    drawn = draw_warm_up(evidence, Messages("en"))
    panels = drawn.data[["measure", "site"]].drop_duplicates()
    assert panels.to_numpy().tolist() == [["backlog", ""], ["backlog", "kanim_palembang"], ["books_waiting", ""]]
    of_office = drawn.data[drawn.data["site"] == "kanim_palembang"]
    assert of_office["left_out_by_mser5"].isna().all()
