"""The command ``rank`` with limits: only alternatives that keep them, as far as is known, may be the best."""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from sim.experiment.quantities import Quantity
from sim.report.style import Drawn
from sim.trying.asked import Asked
from sim.trying.states import state_of
from tests.cli.cases import call, refused

PLACED = ("--place", "ukk_far", "--at", "MID,FAR,END")
NEAR = "nearest_minutes mean"
"""A number that the plan says, so that nothing of it is unclear, and different at each place."""
HEAD = {"rank": str, "may_be_best": str}


def ranked(*words: str) -> tuple[str, pd.DataFrame]:
    """What the command says, and its table without what gains are against."""
    result = call("rank", "after.yaml", *PLACED, *words, "--replications", "2", "--out", "ranked", "--workers", "1")
    assert result.exit_code == 0, result.output
    table = pd.read_csv("ranked/rank.csv", dtype=HEAD, keep_default_na=False, na_values={"behind_at_most": [""]})
    return result.stdout, table[table["alternative"] != ""]


def nearest() -> pd.Series:
    """The minutes of each place, the least first."""
    _, table = ranked("--least", NEAR)
    return table.set_index("alternative")["estimate"].astype(float)


def figures(drawings: list[Drawn], *words: str) -> list[Drawn]:
    """The dots and the map that the command draws."""
    drawings.clear()
    result = call("rank", "after.yaml", *PLACED, *words, "--replications", "2", "--workers", "1")
    assert result.exit_code == 0, result.output
    return drawings


@pytest.mark.usefixtures("folder", "without_pictures")
def test_the_best_number_does_not_count_where_a_limit_is_not_kept_and_the_next_is_the_best() -> None:
    minutes = nearest()
    first, second, third = minutes.index
    limit = f"{(minutes[first] + minutes[second]) / 2:.6f}"
    told, table = ranked("--least", NEAR, "--measure", f"{NEAR} >= {limit}")
    ordered = table[table["limit"] == ""].set_index("alternative")
    assert ordered.index.tolist() == [second, third, first]
    assert ordered["rank"].tolist() == ["1", "2", ""]
    assert ordered["may_be_best"].tolist() == ["True", "False", "False"]
    assert ordered["behind_at_most"].isna().tolist() == [False, False, True]
    limited = table[table["limit"] == f">= {limit}"].set_index("alternative")["state"]
    assert limited.to_dict() == {second: "kept", third: "kept", first: "not kept"}
    assert f"\nthe best of those that keep the limit, with 95%: {second}\n" in told
    assert f"\n    x {first} " in told
    assert f"\n{NEAR} >= {limit}: kept by 2, not kept by 1\n" in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_limit_that_none_keeps_leaves_no_best_and_is_told_in_words_figure_and_map(
    drawings: list[Drawn],
) -> None:
    words = ("--least", NEAR, "--measure", f"{NEAR} <= 1 min")
    told, table = ranked(*words)
    assert "\nnone of them keeps the limit, with 95%\n" in told
    assert set(table["rank"]) == {""}
    assert "True" not in set(table["may_be_best"])
    dots, province = figures(drawings, *words)
    assert [text.get_text() for text in dots.figure.legends[0].get_texts()][:1] == ["Does not keep a limit"]
    assert "No place keeps the limits, with 95%" in [text.get_text() for text in province.figure.texts]
    assert set(province.data.loc[province.data["layer"] == "place", "kind"]) == {"over a limit"}


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_is_told_of_each_limit_is_what_the_interval_in_the_table_says_and_what_is_not_clear_may_be_the_best() -> (
    None
):
    limits = ("wait_minutes <= 2", "served >= 223")
    told, table = ranked("--most", "travel_hours_saved total", *(word for one in limits for word in ("--measure", one)))
    limited = table[table["limit"] != ""]
    assert len(limited) == 6
    for _, row in limited.iterrows():
        sign, number = row["limit"].split()
        quantity = Quantity("s", None, row["measure"], row["level"], row["unit"], row["statistic"])
        asked = Asked(quantity, "<=" if sign == "<=" else ">=", float(number), number)
        assert row["state"] == state_of(asked, row, True)
    unclear = limited.loc[limited["state"] == "not clear", "alternative"]
    out = set(limited.loc[limited["state"] == "not kept", "alternative"])
    may_be = table.loc[table["may_be_best"] == "True", "alternative"]
    # With two replications next to nothing is sure.
    assert set(unclear) - out <= set(may_be)
    assert not out & set(may_be)
    assert "not clear: the interval holds the limit" in told
    assert "holds with 95% all together too." in told


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_figure_draws_the_limit_and_marks_what_does_not_keep_it_as_does_the_map(
    drawings: list[Drawn], language: str
) -> None:
    minutes = nearest()
    limit = float(minutes.iloc[:2].mean())
    words = ("--least", NEAR, "--measure", f"{NEAR} >= {limit}", "--lang", language)
    dots, province = figures(drawings, *words)
    dashed = [line for line in dots.figure.axes[1].lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in dashed] == [pytest.approx(limit)]
    kinds = province.data[province.data["layer"] == "place"].set_index("name")["kind"]
    assert kinds.to_dict() == dict(zip(minutes.index, ["over a limit", "may be best", "is not best"], strict=True))
    marks = [line for line in province.figure.axes[0].lines if str(line.get_gid()).startswith("place-")]
    assert len({str(line.get_marker()) for line in marks}) == 3
    # Pointing at a place tells its number at the limit.
    assert sum(f">= {limit}: " in text for text in province.hover.values()) == 3


@pytest.mark.usefixtures("folder", "without_pictures")
def test_without_a_limit_nothing_is_said_of_any() -> None:
    told, table = ranked("--least", NEAR, "--measure", "served")
    assert "limit" not in told
    assert set(table["limit"]) == set(table["state"]) == {""}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--most", "served  >=3"),
            "--most 'served  >=3': a limit stands in a measure of its own\n    allowed: "
            "--most 'served' with --measure 'served >= 3'",
        ),
        (("--most", "served", "--measure", "wait_minutes <= 3 km"), "--measure 'wait_minutes <= 3 km': the limit is"),
        (("--most", "served", "--measure", "wait_minutes < 3"), "--measure 'wait_minutes < 3': is not understood"),
        (
            ("--most", "served", "--measure", "deterred_share <= 30"),
            "the limit 30 of a share is above 1; 30 percent are '30%'",
        ),
    ],
)
def test_a_limit_that_is_not_understood_is_refused_with_what_would_be_right(words: tuple[str, ...], told: str) -> None:
    assert told in refused("rank", "after.yaml", *PLACED, *words)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_from_python_limits_are_told_and_errors_speak_of_arguments() -> None:
    minutes = nearest()
    found = sim.rank(
        "after.yaml", place="ukk_far", at=["MID", "FAR", "END"], least=NEAR, measures=[f"{NEAR} <= {minutes.iloc[0]}"],
        replications=2,
    )  # fmt: skip
    states = found[found["limit"] != ""].set_index("alternative")["state"]
    assert states[minutes.index[0]] == "kept"
    assert (states[minutes.index[1:]] == "not kept").all()
    with pytest.raises(sim.InputError) as caught:
        sim.rank("after.yaml", place="ukk_far", most="served >= 3", replications=2)
    assert "most 'served' with measures 'served >= 3'" in str(caught.value)
    assert "--" not in str(caught.value)
