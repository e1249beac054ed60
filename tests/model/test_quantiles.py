"""Whole numbers told by polynomials are those of the distribution's own function, each of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.config.distributions import Distribution
from sim.config.families import family
from sim.config.schema import MOST_DRAWN
from sim.drawing import choice, draw, people, quantiles
from sim.drawing.quantiles import OCTAVES, ROUNDING, SAFETY, by_table, nearly, table_of, tabulated, whole_quantiles
from sim.draws import Draws
from sim.plan import Floats
from sim.randomness import Source
from tests.model.small_province import plan_of

LEAST = 2.0**-53
"""The smallest probability that is drawn."""
EDGES = [LEAST, 1 - LEAST, 0.5, 0.25, 0.75, 2.0**-OCTAVES, 1 - 2.0**-OCTAVES, 2.0 ** (-OCTAVES - 1), 0.3, 17 / 64]
CLOSED_FORM = [
    ("gamma", st.floats(0.05, 5000).map(lambda a: (a,))),
    ("erlang", st.integers(1, 60).map(lambda a: (float(a),))),
    ("lognorm", st.floats(0.001, 3).map(lambda s: (s,))),
    ("weibull_min", st.floats(0.2, 30).map(lambda c: (c,))),
    ("hyperexpon", st.tuples(st.floats(0.05, 0.95), st.floats(1.5, 80))),
    ("expon", st.just(())),
    ("norm", st.just(())),
    ("uniform", st.just(())),
]
distributions = st.one_of(
    [
        st.builds(
            Distribution,
            measure=st.just("duration"),
            family=st.just(name),
            shapes=shapes,
            loc=st.sampled_from([0.0, 86_400_000.0, -3.7]),
            scale=st.floats(-3, 11).map(lambda power: 10.0**power),
        )
        for name, shapes in CLOSED_FORM
    ]
)


def exact(distribution: Distribution, u: Floats, times: float = 1.0) -> list[int]:
    return np.rint(distribution.ppf(u) * times).astype(np.int64).tolist()


@given(
    distributions,
    st.lists(st.integers(0, 2**52 - 1).map(lambda k: (k + 0.5) * 2.0**-52), max_size=40),
    st.sampled_from([1.0, 1e6]),
)
@example(Distribution("duration", "gamma", (4.0,), 0.0, 9.72e8), [], 1.0)
@example(Distribution("factor", "lognorm", (0.149,), 0.0, 0.9889), [], 1e6)
def test_numbers_told_by_polynomials_are_those_of_the_function(
    distribution: Distribution, u: list[float], times: float
) -> None:
    probabilities = np.array([*EDGES, *u])
    # What cannot be counted is refused in files.
    with np.errstate(over="ignore"):
        assume(float(distribution.ppf(probabilities).max()) * times < MOST_DRAWN)
    assert by_table(distribution, probabilities, times).tolist() == exact(distribution, probabilities, times)


@pytest.mark.parametrize(
    "distribution",
    [
        Distribution("duration", "gamma", (2.777,), 0.0, 92_880.0),
        Distribution("duration", "gamma", (4.0,), 0.0, 972_000_000.0),
        Distribution("duration", "expon", (), 0.0, 259_200_000.0),
        Distribution("money", "lognorm", (0.83,), 0.0, 282_842.0),
    ],
    ids=lambda d: f"{d.family} {d.scale:g}",
)
def test_a_million_numbers_are_the_same_and_the_function_is_asked_for_few(
    distribution: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    u = (np.random.default_rng(3).integers(0, 2**52, 1_000_000) + 0.5) * 2.0**-52
    wanted = exact(distribution, u)
    asked: list[int] = []
    own = quantiles._exactly

    def counting(d: Distribution, some: Floats, times: float) -> object:
        asked.append(len(some))
        return own(d, some, times)

    monkeypatch.setattr(quantiles, "_exactly", counting)
    assert whole_quantiles(distribution, u).tolist() == wanted
    # A gamma of many days is known to its maker to a hundredth of a millisecond alone: one in six is asked for.
    assert 0 < sum(asked) < (200_000 if distribution.scale > 5e8 else 5_000)


@pytest.mark.parametrize(("name", "shapes"), [("gamma", (2.0,)), ("norm", ()), ("lognorm", (1.0,))])
def test_a_table_tells_how_far_it_may_be_out(name: str, shapes: tuple[float, ...]) -> None:
    table = table_of(name, shapes)
    u = (np.random.default_rng(4).integers(0, 2**52, 200_000) + 0.5) * 2.0**-52
    near, true = nearly(table, u), family(name).ppf(u, *shapes)
    cell = np.array([quantiles._cell(one) for one in u.tolist()])
    known = cell >= 0
    assert known.mean() > 0.99 and (np.isnan(near) == ~known).all()
    allowed = SAFETY * table.error[cell[known]] + ROUNDING * table.largest[cell[known]]
    assert (np.abs(near - true)[known] <= allowed).all()


def test_beyond_the_last_cell_nothing_is_told() -> None:
    beyond = np.array([LEAST, 2.0 ** (-OCTAVES - 1) * 0.999, 0.5, 1 - LEAST, 1 - 2.0 ** (-OCTAVES - 1) * 0.999])
    assert np.isnan(nearly(table_of("norm", ()), beyond)).all()


def test_where_no_polynomial_will_do_the_function_tells() -> None:
    jumps = tabulated(lambda u: np.where(u < 0.3, 1.0, 1e6))
    assert jumps.error.max() > 1e4
    # A point mass at 0, as negative numbers become it, and a family that only SciPy knows.
    for distribution in (
        Distribution("duration", "norm", (), 1.0, 1e4),
        Distribution("duration", "triang", (0.3,), 0.0, 9e7),
    ):
        u = (np.arange(20_000) + 0.5) / 20_000
        assert whole_quantiles(distribution, u).tolist() == exact(distribution, u)


def test_draws_are_the_same_whether_polynomials_tell_them_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of()

    def drawn(worth_a_table: int) -> Draws:
        monkeypatch.setattr(people, "_LATEST", people._Latest())
        for place in (quantiles, choice):
            monkeypatch.setattr(place, "WORTH_A_TABLE", worth_a_table)
        return draw(plan, Source(1, 0))

    told, exactly = drawn(1), drawn(10**9)
    for field in dataclasses.fields(Draws):
        assert np.array_equal(getattr(told, field.name), getattr(exactly, field.name)), field.name
