"""Distributions: the mean and cv that were asked for are the ones that come out, and nothing negative ever does."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from sim.config.distributions import Distribution, read_distribution
from sim.config.units import MINUTE_MS


def moments_from_quantiles(distribution: Distribution) -> tuple[float, float]:
    """Return mean and cv by integrating the quantile function, with u a normal probability so that tails count."""
    z = np.linspace(-9, 8.2, 40_001)
    values = distribution.ppf(stats.norm.cdf(z))
    density = stats.norm.pdf(z)
    mean = float(integrate.simpson(values * density, x=z))
    square = float(integrate.simpson(values**2 * density, x=z))
    return mean, math.sqrt(max(square - mean**2, 0.0)) / mean


@settings(max_examples=60, deadline=None)
@given(
    family=st.sampled_from(["gamma", "lognorm", "weibull_min"]),
    minutes=st.floats(0.5, 5000),
    cv=st.floats(0.1, 1.5),
)
def test_mean_and_cv_come_back_from_the_quantiles(family: str, minutes: float, cv: float) -> None:
    distribution = read_distribution({"distribution": family, "mean": f"{minutes:.3f} min", "cv": cv}, "duration")
    mean, found_cv = moments_from_quantiles(distribution)
    assert mean == pytest.approx(float(f"{minutes:.3f}") * MINUTE_MS, rel=1e-4)
    assert found_cv == pytest.approx(cv, rel=5e-3)
    assert distribution.cv == pytest.approx(cv, rel=1e-6)


@pytest.mark.parametrize(
    ("family", "cv"),
    [
        ("invgauss", 0.8),
        ("triang", 0.5),
        ("fisk", 0.3),
        ("norm", 0.1),
        ("logistic", 0.04),
        ("uniform", 0.3),
        ("erlang", 0.5),
    ],
)
def test_other_families_take_mean_and_cv_too(family: str, cv: float) -> None:
    distribution = read_distribution({"distribution": family, "mean": "10 min", "cv": cv}, "duration")
    mean, found_cv = moments_from_quantiles(distribution)
    assert mean == pytest.approx(10 * MINUTE_MS, rel=2e-3)
    assert found_cv == pytest.approx(cv, rel=2e-2)


@settings(max_examples=40, deadline=None)
@given(
    family=st.sampled_from(["gamma", "lognorm", "weibull_min", "expon", "uniform", "halfnorm"]),
    cv=st.floats(0.05, 0.57),
    u=st.lists(st.floats(1e-12, 1 - 1e-12), min_size=2, max_size=30),
)
def test_quantiles_rise_with_probability_and_are_never_negative(family: str, cv: float, u: list[float]) -> None:
    given_cv = {} if family in ("expon", "halfnorm") else {"cv": cv}
    distribution = read_distribution({"distribution": family, "mean": "10 min", **given_cv}, "duration")
    values = distribution.ppf(np.sort(np.asarray(u)))
    assert np.all(np.diff(values) >= 0)
    assert np.all(values >= 0)


@pytest.mark.parametrize("name", ["gamma", "lognorm", "weibull_min", "expon", "norm", "uniform"])
def test_the_closed_forms_agree_with_scipy_stats(name: str) -> None:
    family = getattr(stats, name)
    shapes = {"gamma": {"a": 2.5}, "lognorm": {"s": 0.7}, "weibull_min": {"c": 1.5}}.get(name, {})
    given_form = {"distribution": name, **shapes, "loc": "60 s", "scale": "5 s"}
    ours = read_distribution(given_form, "duration")
    theirs = family(*shapes.values(), loc=60_000, scale=5_000)
    u = np.linspace(0.001, 0.999, 500)
    if name == "gamma":
        # Interpolated: to 1e-12 in the probability, which is far below a millisecond.
        np.testing.assert_allclose(theirs.cdf(ours.ppf(u)), u, rtol=0, atol=2e-12)
        np.testing.assert_allclose(ours.ppf(u), theirs.ppf(u), rtol=1e-6)
    else:
        np.testing.assert_allclose(ours.ppf(u), theirs.ppf(u), rtol=1e-12)
    assert ours.mean == pytest.approx(theirs.mean())
    assert ours.cv == pytest.approx(theirs.std() / theirs.mean())


def test_a_bare_value_and_a_constant_are_the_same() -> None:
    bare, constant = read_distribution("5 min", "duration"), read_distribution({"constant": "5 min"}, "duration")
    assert bare == constant
    assert np.all(bare.ppf(np.array([0.1, 0.9])) == 5 * MINUTE_MS)
    assert (bare.mean, bare.cv) == (5 * MINUTE_MS, 0.0)


def test_money_and_factors_have_their_own_units() -> None:
    assert read_distribution({"distribution": "lognorm", "mean": "Rp 20.000", "cv": 0.5}, "money").mean == 20_000
    assert read_distribution({"distribution": "gamma", "mean": 1, "cv": 0.2}, "factor").mean == pytest.approx(1)
    with pytest.raises(ValueError, match="Rp"):
        read_distribution({"distribution": "lognorm", "mean": "20 min", "cv": 0.5}, "money")


def test_a_distribution_survives_the_way_to_a_worker() -> None:
    distribution = read_distribution({"distribution": "triang", "mean": "10 min", "cv": 0.5}, "duration")
    assert pickle.loads(pickle.dumps(distribution)) == distribution


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"distribution": "gama", "mean": "10 min", "cv": 1}, "did you mean 'gamma'?"),
        ({"distribution": "norm", "mean": "10 min", "cv": 0.5}, "below 0 with probability 0.0228"),
        ({"distribution": "uniform", "mean": "10 min", "cv": 0.9}, "below 0 with probability"),
        ({"distribution": "expon", "mean": "10 min", "cv": 0.5}, "expon always has cv 1"),
        ({"distribution": "erlang", "mean": "10 min", "cv": 0.6}, "cv 0.7071 or 0.5774"),
        ({"distribution": "erlang", "a": 1.5, "scale": "1 min"}, "whole number"),
        ({"distribution": "triang", "mean": "10 min", "cv": 0.9}, "cannot have cv 0.9"),
        ({"distribution": "beta", "mean": "10 min", "cv": 0.9}, "do not determine beta"),
        ({"distribution": "cauchy", "loc": "10 min", "scale": "1 s"}, "no finite mean"),
        ({"distribution": "gamma", "mean": "10 min"}, "gamma needs 'cv'"),
        ({"distribution": "gamma", "mean": "10 min", "cv": 0}, "not above 0"),
        ({"distribution": "lognorm", "mean": "10 min", "cv": 1e9}, "at most 100"),
        ({"distribution": "gamma", "mean": "-10 min", "cv": 1}, "not above 0"),
        ({"distribution": "gamma", "mean": "10 min", "cv": 1, "scale": "1 min"}, "both by mean and cv and by scale"),
        ({"distribution": "gamma", "mena": "10 min", "cv": 1}, "did you mean 'mean'?"),
        ({"distribution": "gamma", "a": -1, "scale": "1 min"}, "cannot have a -1"),
        ({"constant": "-5 min"}, "is not of 0 or more"),
        ({"constant": "5 min", "cv": 1}, "unknown key"),
        ({"mean": "5 min"}, "none of the keys"),
        ("-5 min", "is not of 0 or more"),
        (5, "has no unit"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused_with_the_reason(form: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_distribution(form, "duration")
    assert words in str(caught.value)


def test_a_factor_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        read_distribution(0, "factor")


def empirical(file: Path, column: str = "minutes") -> dict[str, object]:
    return {"empirical": str(file), "column": column, "unit": "min"}


def test_an_empirical_sample_keeps_its_values_mean_and_cv(tmp_path: Path) -> None:
    sample = [4.0, 9.5, 2.0, 7.0]
    (tmp_path / "times.csv").write_text("day,minutes\n" + "".join(f"1,{value}\n" for value in sample))
    distribution = read_distribution(empirical(tmp_path / "times.csv"), "duration")
    u = (np.arange(4000) + 0.5) / 4000
    drawn = distribution.ppf(u)
    assert set(drawn) == {value * MINUTE_MS for value in sample}
    assert drawn.mean() == pytest.approx(distribution.mean) == pytest.approx(np.mean(sample) * MINUTE_MS)
    assert drawn.std() / drawn.mean() == pytest.approx(distribution.cv)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,minutes\n1,4\n2,nan\n", "times.csv:3: column 'minutes': 'nan'"),
        ("day,minutes\n1,-4\n", "times.csv:2: column 'minutes': '-4'"),
        ("day,minutes\n1\n", "times.csv:2: column 'minutes': ''"),
        ("day,minute\n1,4\n", "did you mean 'minute'?"),
        ("day,minutes\n", "holds column names and no rows below them"),
        ("", "there is no column 'minutes'"),
    ],
)
def test_a_bad_sample_is_refused_with_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "times.csv").write_text(text)
    with pytest.raises(ValueError) as caught:
        read_distribution(empirical(tmp_path / "times.csv"), "duration")
    assert words in str(caught.value)


@settings(max_examples=40, deadline=None)
@given(cv=st.floats(1.05, 8))
def test_a_hyperexponential_has_its_mean_and_cv_with_half_of_the_mean_from_either_exponential(cv: float) -> None:
    made = read_distribution({"distribution": "hyperexpon", "mean": "10 min", "cv": cv}, "duration")
    p, ratio = made.shapes
    assert p == pytest.approx((1 - p) * ratio)
    mean, square = (order * made.scale**order * (p + (1 - p) * ratio**order) for order in (1, 2))
    assert mean == pytest.approx(10 * MINUTE_MS)
    assert math.sqrt(square - mean**2) / mean == pytest.approx(cv)
    u = np.linspace(0.001, 0.999, 300)
    x = made.ppf(u) / made.scale
    np.testing.assert_allclose(p * np.exp(-x) + (1 - p) * np.exp(-x / ratio), 1 - u, rtol=0, atol=1e-10)


@pytest.mark.parametrize("cv", [0.5, 1])
def test_a_hyperexponential_that_varies_too_little_is_refused(cv: float) -> None:
    with pytest.raises(ValueError, match=r"hyperexpon cannot have cv .* a cv above 1"):
        read_distribution({"distribution": "hyperexpon", "mean": "10 min", "cv": cv}, "duration")
