"""Fitting from records: estimates of scipy, tests that hold their level, lines to paste, clear refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.building.loading import load_scenario
from sim.config.units import MINUTE_MS
from sim.errors import DataError
from sim.fitting.families import EXPON, GAMMA, HYPEREXPON, LOGNORM, WEIBULL, Family, Times, fit, fit_erlang
from sim.fitting.goodness import distance, goodness, observed_cdf
from sim.fitting.ranking import ranked, read_records
from tests.cli.cases import call
from tests.model.small_province import FILE


def times_of(family: str, n: int, seed: int, censored: bool, *shapes: float, scale: float = 10.0) -> Times:
    rng = np.random.default_rng(seed)
    value = getattr(stats, family).rvs(*shapes, scale=scale, size=n, random_state=rng)
    limit = rng.exponential(30, n) if censored else np.full(n, np.inf)
    return Times(np.minimum(value, limit), value > limit)


@pytest.mark.parametrize("censored", [False, True])
@pytest.mark.parametrize(
    ("family", "shapes"), [(EXPON, ()), (GAMMA, (2.5,)), (GAMMA, (0.6,)), (LOGNORM, (0.7,)), (WEIBULL, (1.8,))]
)
def test_estimates_are_those_of_scipy(family: Family, shapes: tuple[float, ...], censored: bool) -> None:
    times = times_of(family.name, 300, 5, censored, *shapes)
    ours = fit(family, times)
    assert ours is not None
    data = stats.CensoredData.right_censored(times.value, times.going_on)
    theirs = getattr(stats, family.name).fit(data, floc=0)
    found = [*list(ours.parameters.values())[:-1], 0.0, ours.parameters["scale"]]
    np.testing.assert_allclose(found, theirs, rtol=2e-3)
    frozen = getattr(stats, family.name)(*found)
    likelihood = frozen.logpdf(times.ended).sum() + frozen.logsf(times.value[times.going_on]).sum()
    assert ours.log_likelihood == pytest.approx(likelihood, rel=1e-9)
    grid = np.linspace(0.1, 40, 50)
    np.testing.assert_allclose(ours.cdf(grid), frozen.cdf(grid), atol=1e-9)
    np.testing.assert_allclose(ours.density(grid), frozen.pdf(grid), atol=1e-9)
    np.testing.assert_allclose(ours.ppf(ours.cdf(grid)), grid, rtol=1e-5)


@pytest.mark.parametrize("censored", [False, True])
def test_erlang_has_the_number_of_phases_of_greatest_likelihood(censored: bool) -> None:
    times = times_of("gamma", 400, 6, censored, 4.0, scale=3.0)
    made = fit_erlang(times)
    assert made is not None
    data = stats.CensoredData.right_censored(times.value, times.going_on)

    def likelihood(phases: int) -> float:
        _, _, scale = stats.gamma.fit(data, fa=phases, floc=0)
        frozen = stats.gamma(phases, scale=scale)
        return float(frozen.logpdf(times.ended).sum() + frozen.logsf(times.value[times.going_on]).sum())

    best = max(range(1, 9), key=likelihood)
    assert made.parameters["a"] == best
    assert made.log_likelihood == pytest.approx(likelihood(best), abs=1e-3)


def test_a_hyperexponential_is_found_again() -> None:
    rng = np.random.default_rng(7)
    value = np.where(rng.random(4000) < 0.7, rng.exponential(3, 4000), rng.exponential(20, 4000))
    made = fit(HYPEREXPON, Times(value, np.zeros(4000, dtype=bool)))
    assert made is not None
    p, ratio, scale = made.parameters.values()
    assert (p, scale, ratio * scale) == (
        pytest.approx(0.7, abs=0.05),
        pytest.approx(3, rel=0.1),
        pytest.approx(20, rel=0.1),
    )
    u = np.linspace(0.001, 0.999, 200)
    np.testing.assert_allclose(made.cdf(made.ppf(u)), u, atol=1e-4)


def test_the_distance_without_censoring_is_that_of_cramer_and_von_mises() -> None:
    times = times_of("gamma", 200, 8, False, 2.0)
    made = fit(LOGNORM, times)
    assert made is not None
    known = stats.cramervonmises(times.value, made.cdf).statistic
    assert distance(made, times) == pytest.approx(known, rel=1e-9)


def test_the_observed_distribution_of_censored_times_is_that_of_kaplan_and_meier() -> None:
    # By hand: 5 at risk at 1, 3 at 3, 1 at 7.
    times = Times(np.array([1.0, 2, 3, 5, 7]), np.array([False, True, False, True, False]))
    at, probability = observed_cdf(times)
    assert at.tolist() == [1, 3, 7]
    np.testing.assert_allclose(probability, [1 / 5, 1 - 4 / 5 * 2 / 3, 1])


@pytest.mark.slow
@pytest.mark.parametrize("censored", [False, True])
def test_a_right_family_is_doubted_as_often_as_the_level_says(censored: bool) -> None:
    """60 tests at level 0.2: 12 expected; 3 to 24 are within 1 in 1000 of the binomial."""
    doubted = 0
    for seed in range(60):
        times = times_of("gamma", 60, seed, censored, 2.0)
        made = fit(GAMMA, times)
        assert made is not None
        doubted += goodness(made, times, lambda some: fit(GAMMA, some), 39, seed) <= 0.2
    low, high = stats.binom.ppf([0.0005, 0.9995], 60, 0.2)
    assert low <= doubted <= high


@pytest.mark.parametrize("censored", [False, True])
def test_a_wrong_family_is_doubted_and_the_right_one_comes_first(censored: bool) -> None:
    rows = ranked(times_of("lognorm", 500, 9, censored, 0.9), 39, 1)
    assert rows[0].fit.family.name == "lognorm"
    p = {row.fit.family.name: row.p_value for row in rows}
    assert p["expon"] <= 0.05
    assert p["weibull_min"] <= 0.05
    assert p["lognorm"] > 0.05
    assert [row.fit.aic for row in rows] == sorted(row.fit.aic for row in rows)


# ------------------------------------------------------------------------------------------------ the command line


def records(folder: Path, times: Times) -> Path:
    file = folder / "records.csv"
    frame = pd.DataFrame({"took": times.value, "open": np.where(times.going_on, "yes", "no")})
    frame.to_csv(file, index=False)
    return file


def fitted(*words: str) -> Any:
    result = call("fit", *words, "--samples", "99")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "shapes"), [("lognorm", (0.6,)), ("expon", ()), ("gamma", (0.4,)), ("weibull_min", (3.0,))]
)
def test_what_is_printed_can_be_pasted(tmp_path: Path, family: str, shapes: tuple[float, ...]) -> None:
    times = times_of(family, 400, 3, True, *shapes)
    out = tmp_path / "out"
    said = fitted(str(records(tmp_path, times)), "--column", "took", "--censored", "open", "--out", str(out))
    file = tmp_path / "pasted.yaml"
    lines = said[said.index("value: {") :].strip().splitlines()
    file.write_text(f"extends: {FILE}\nservice:\n  interview:\n" + "".join(f"    {line}\n" for line in lines))
    loaded = load_scenario(file)
    made, best = loaded.model.service.interview, pd.read_csv(out / "families.csv").iloc[0]
    assert made.family == best["family"]
    assert made.mean == pytest.approx(best["mean"] * MINUTE_MS, rel=1e-4)
    assert made.cv == pytest.approx(best["cv"], rel=1e-3)
    known = loaded.provenance["service.interview"]
    assert known.basis == "derived"
    assert f"400 records, {times.going_on.sum()} of them still going on" in (known.source or {})["en"]


def test_the_table_and_the_figure_are_written_and_the_same_each_time(tmp_path: Path) -> None:
    file = records(tmp_path, times_of("gamma", 100, 4, False, 2.0))
    for name in ("a", "b"):
        fitted(str(file), "--column", "took", "--out", str(tmp_path / name))
    names = {path.name for path in (tmp_path / "a").iterdir()}
    assert names == {"families.csv", "fit.svg", "fit.png", "fit.csv"}
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    curves = pd.read_csv(tmp_path / "a" / "fit.csv")
    assert set(pd.read_csv(tmp_path / "a" / "families.csv")["family"]) | {"observed"} == set(curves["curve"])


def test_every_bad_row_is_reported_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text("took,open\n1,no\nlong,no\n-2,no\n,yes\n3,maybe\n")
    result = call("fit", str(file), "--column", "took", "--censored", "open", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    for line, words in ((3, "'long' is not a number"), (4, "found -2"), (5, "blank"), (6, "found 'maybe'")):
        assert any(f"records.csv:{line}: " in said and words in said for said in result.output.splitlines())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("yes", "no"), [("ya", "tidak"), ("yes", "no"), ("TRUE", "FALSE"), ("1", "0"), ("Ya", "0")])
def test_whether_a_time_was_still_going_on_is_read_in_either_language(tmp_path: Path, yes: str, no: str) -> None:
    file = tmp_path / "records.csv"
    file.write_text("took,open\n" + "".join(f"{row},{yes if row % 3 == 0 else no}\n" for row in range(1, 40)))
    times = read_records(file, "took", "open")
    assert times.going_on.tolist() == [row % 3 == 0 for row in range(1, 40)]


def test_words_that_say_neither_yes_nor_no_are_told_in_one_message(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text("took,open\n1,tidak\n" + "".join(f"{row},{'ja' if row % 2 else 'nee'}\n" for row in range(1, 40)))
    with pytest.raises(DataError) as refused:
        read_records(file, "took", "open")
    (problem,) = refused.value.problems
    assert (problem.line, problem.what) == (3, "found 'ja', 'nee' in 39 rows, the first of them here")
    assert problem.allowed == "0, no, false, tidak, 1, yes, true, ya"


def test_of_hundreds_of_bad_rows_of_one_kind_the_first_ten_are_told_and_the_others_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text("took,open\n" + "".join(f"long{row},no\n" for row in range(400)) + "-2,no\n-3,maybe\n")
    lines = call("fit", str(file), "--column", "took", "--censored", "open").output.splitlines()
    assert sum("is not a number" in line for line in lines) == 10
    assert f"{file}: column 'took': and 390 more of the same kind, the last in line 401" in lines
    assert sum("found -" in line for line in lines) == 2
    assert any("records.csv:403: column 'open': found 'maybe'" in line for line in lines)
    assert len(lines) < 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tok\n1\n", "did you mean 'tok'?"),
        ("took\n1\n2\n", "holds 2 times whose end was seen"),
        ("took\n" + "5\n" * 12, "all times are 5"),
        ("", "records.csv: the file is empty"),
    ],
)
def test_what_cannot_be_fitted_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "records.csv").write_text(text)
    result = call("fit", str(tmp_path / "records.csv"), "--column", "took")
    assert result.exit_code == 2
    assert words in result.output


def test_a_wrong_unit_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    for words in ((str(tmp_path / "none.csv"), "--column", "took"), ("x.csv", "--column", "took", "--unit", "parsec")):
        assert call("fit", *words).exit_code == 2
    result = call("fit", str(tmp_path), "--column", "took")
    assert result.exit_code == 2 and f"{tmp_path}: this is a folder, and what is read is a CSV file" in result.output


def test_a_file_where_results_would_go_is_named(tmp_path: Path) -> None:
    file = records(tmp_path, times_of("lognorm", 60, 9, False, 1.5))
    (tmp_path / "out").write_text("")
    result = call("fit", str(file), "--column", "took", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert f"{tmp_path / 'out'}: is a file, so results cannot go to" in result.output


def test_the_least_p_that_the_samples_can_give_is_told_and_may_doubt_a_family(tmp_path: Path) -> None:
    file = records(tmp_path, times_of("lognorm", 300, 9, False, 1.5))
    said = fitted(str(file), "--column", "took", "--out", str(tmp_path / "out"))
    assert "p: of 99 samples of the bootstrap, 0.01 at the least; below 0.05 the family is doubtful." in said
    p = pd.read_csv(tmp_path / "out" / "families.csv").set_index("family")["p_value"]
    assert p["expon"] == pytest.approx(0.01)


def test_records_that_are_a_header_alone_are_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "records.csv").write_text("took,open\n")
    result = call("fit", str(tmp_path / "records.csv"), "--column", "took")
    assert result.exit_code == 2
    assert "records.csv:1: the file holds column names and no rows below them" in result.output


@pytest.mark.parametrize("more", ["", "828\n"], ids=["all alike", "beside whole numbers"])
def test_times_whose_point_may_stand_between_thousands_are_refused(tmp_path: Path, more: str) -> None:
    rows = "".join(f"{1 + k % 5}.{100 + 7 * k}\n" for k in range(40))
    (tmp_path / "records.csv").write_text(f"took\n{rows}{more}")
    words = str(tmp_path / "records.csv"), "--column", "took", "--out", str(tmp_path / "out")
    result = call("fit", *words)
    assert result.exit_code == 2
    assert "records.csv:2: column 'took': '1.100' may be 1.1 or 1100" in result.output
    assert "allowed: thousands together, such as 6211; or decimals with a zero more, such as 6.2110" in result.output
    assert "and 30 more of the same kind, the last in line 41" in result.output
    (tmp_path / "records.csv").write_text(f"took\n{rows}{more}2.5\n")
    fitted(*words)


def test_a_comma_before_decimals_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "records.csv").write_text("took\n57,1\n60,2\n")
    result = call("fit", str(tmp_path / "records.csv"), "--column", "took")
    assert result.exit_code == 2
    assert (
        "records.csv:2: 2 values under 1 column names\n    allowed: a point before decimals, as 57.1" in result.output
    )


def test_results_go_to_a_folder_of_file_and_column_and_unit_and_place_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = fitted(str(records(tmp_path, times_of("gamma", 100, 4, False, 2.0))), "--column", "took", "--unit", "s")
    assert "100 times of the column 'took', taken as s (--unit)" in said
    assert "# in a scenario, under the time that was recorded: service: {interview: ...}\nvalue: {" in said
    assert (tmp_path / "results" / "fit_records_took" / "families.csv").exists()


def test_a_folder_that_cannot_be_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    file = records(tmp_path, times_of("gamma", 100, 4, False, 2.0))
    result = call("fit", str(file), "--column", "took", "--out", str(tmp_path / "taken"))
    assert result.exit_code == 2
    assert "AIC" not in result.output
