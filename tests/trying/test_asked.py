"""What is told of each value: read from a line, found among what is measured, held against its limit."""

from __future__ import annotations

import math

import pytest

from sim.errors import ConfigError
from sim.trying.asked import Asked, understood
from sim.trying.asked import read_asked as read

AT_MOST = "\N{LESS-THAN OR EQUAL TO}"
OF_MAY = ("passports", "office_month", "kanim 2023-05", "count")
KNOWN = [
    ("s", "wait_minutes", level, unit, statistic)
    for level, unit in (
        ("province", "province"),
        ("programme", "kanim"),
        ("site", "kanim"),
        ("site", "ukk"),
        ("office", "kanim"),
    )
    for statistic in ("mean", "p90", "count")
] + [
    ("s", "full_share", "site", "kanim", "share"),
    ("s", "full_share", "site", "ukk", "share"),
    ("s", "only_there", "site", "ukk", "median"),
    ("s", "passports", "office_month", "kanim 2023-05", "count"),
    ("s", "cost_rupiah", "province", "province", "mean"),
    ("s", "gini_travel_hours", "province", "province", "mean"),
]


def read_asked(texts: list[str], known: list[tuple[str, ...]]) -> list[Asked]:
    return read(understood(texts), known, idle={"ukk_shut"})


@pytest.mark.parametrize(
    ("text", "key", "sign", "limit"),
    [
        ("wait_minutes", ("wait_minutes", "province", "province", "mean"), "", math.nan),
        ("wait_minutes p90", ("wait_minutes", "province", "province", "p90"), "", math.nan),
        ("wait_minutes kanim <= 30", ("wait_minutes", "site", "kanim", "mean"), "<=", 30.0),
        ("  wait_minutes  p90  office kanim>=1.5 ", ("wait_minutes", "office", "kanim", "p90"), ">=", 1.5),
        ("full_share ukk <= 5%", ("full_share", "site", "ukk", "share"), "<=", 0.05),
        ("only_there", ("only_there", "site", "ukk", "median"), "", math.nan),
        ("wait_minutes kanim p90 <= 1.5 h", ("wait_minutes", "site", "kanim", "p90"), "<=", 90.0),
        (
            "wait_minutes programme kanim \N{LESS-THAN OR EQUAL TO} 30 min",
            ("wait_minutes", "programme", "kanim", "mean"),
            "<=",
            30.0,
        ),
        ("cost_rupiah => Rp 100.000", ("cost_rupiah", "province", "province", "mean"), ">=", 100_000.0),
        (
            "passports office_month 'kanim 2023-05'",
            ("passports", "office_month", "kanim 2023-05", "count"),
            "",
            math.nan,
        ),
        ("passports kanim 2023-05", OF_MAY, "", math.nan),
    ],
)
def test_a_line_names_a_measure_and_where_needed_statistic_level_unit_and_limit(
    text: str, key: tuple[str, ...], sign: str, limit: float
) -> None:
    (found,) = read_asked([text], KNOWN)
    assert found.quantity.key[1:] == key
    assert found.sign == sign
    assert found.limit == pytest.approx(limit, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wait_minuts", "did you mean 'wait_minutes'?"),
        ("wait_minutes kanin", "there is no unit 'kanin' of wait_minutes; did you mean 'kanim'?"),
        ("full_share", "full_share is known of 2 units of the level site: name one\n    allowed: kanim, ukk"),
        ("full_share p90 ukk", "there is no statistic 'p90' of full_share"),
        ("wait_minutes < 30", "is not understood"),
        ("wait_minutes <= 30 <= 40", "is not understood"),
        ("wait_minutes <=", "the limit is ''"),
        ("wait_minutes <= soon", "the limit is 'soon'"),
        ("wait_minutes <= nan", "the limit is 'nan'"),
        (
            "wait_minutes <= 0,5",
            "the limit is '0,5'\n    allowed: a number in the unit of the measure, such as 30, or with a unit",
        ),
        ("wait_minutes <= 5%", "the limit is '5%'"),
        ("wait_minutes count <= 30 min", "the limit is '30 min'"),
        ("gini_travel_hours <= 2 h", "the limit is '2 h'\n    allowed: a number, such as 30"),
        ("full_share ukk <= 150%", "the limit 150% of a share is above 1\n"),
        ("wait_minutes p95", "there is no statistic 'p95' of wait_minutes"),
        (
            "wait_minutes ukk_shut",
            "ukk_shut is never in service, neither as it stands nor at either end\n    allowed: --set",
        ),
        ("wait_minutes <= Rp 5", "the limit is 'Rp 5'"),
        ("full_share ukk <= 20", "the limit 20 of a share is above 1; 20 percent are '20%'"),
        ("share ukk", "there is no measure 'share'"),
        ("minutes", "there is no measure 'minutes'; did you mean 'wait_minutes'?"),
        ("wait", "there is no measure 'wait'\n    allowed: wait_minutes"),
        ("<= 3", "names no measure"),
        ("", "names no measure"),
    ],
)
def test_a_line_that_asks_for_nothing_that_is_measured_is_told_what_there_is(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_asked([text], KNOWN)
    assert str(caught.value).startswith(f"--measure {text!r}: ")
    assert told in str(caught.value)


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_asked_for_twice() -> None:
    with pytest.raises(ConfigError) as caught:
        read_asked(["wait_minuts", "full_share", "wait_minutes <= 5", "wait_minutes mean <= 3"], KNOWN)
    assert len(caught.value.problems) == 3
    assert "wait_minutes mean <= 5, wait_minutes mean <= 3: the same number is asked for twice" in str(caught.value)


def test_a_number_may_have_a_limit_on_either_side() -> None:
    assert [one.sign for one in read_asked(["wait_minutes <= 5", "wait_minutes >= 3"], KNOWN)] == ["<=", ">="]


def test_what_is_no_text_of_the_kind_is_told_before_it_is_known_what_there_is() -> None:
    with pytest.raises(ConfigError) as caught:
        understood(["wait_minutes < 3", "", "wait_minutes"])
    assert [problem.path for problem in caught.value.problems] == ["--measure ''", "--measure 'wait_minutes < 3'"]


def test_a_level_that_was_asked_for_is_a_part_of_the_name_where_another_has_such_a_unit() -> None:
    usual, other, only = read_asked(
        ["wait_minutes kanim <= 3", "wait_minutes office kanim", "full_share site ukk"], KNOWN
    )
    assert (str(usual), str(other), str(only)) == (
        "wait_minutes mean kanim <= 3",
        "wait_minutes mean office kanim",
        "full_share share ukk",
    )
