"""The same arrivals and service times through Ciw, a simulator written by others: the same waits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import engines
from sim.drawing import draw
from sim.draws import FIRST, Draws
from sim.plan import Plan
from sim.randomness import Source
from tests.proof.ciw_networks import Own, by_ciw, by_model
from tests.proof.queues import SEED, queue, rate, scheduled

PEOPLE = 2000
COUNTERS = "sites__office__sessions__open__counters__"


def some(plan: Plan, run: int = 0) -> Draws:
    """The first people of a run who come at different times, which have one order only."""
    draws = draw(plan, Source(SEED, run))
    return scheduled(plan, np.unique(draws.need_ms)[:PEOPLE])


def largest_difference(plan: Plan, draws: Draws, waits: np.ndarray) -> float:
    """Largest difference of any wait by either engine from Ciw's, in milliseconds; it is shown that some waited."""
    assert np.nanmax(waits) > 0
    found = [by_model(engines.run(engine, plan, draws)) for engine in ("simpy", "compiled")]
    return max(float(np.abs(one[:, 2 - waits.shape[1] :] - waits).max()) for one in found)


@pytest.mark.parametrize("name", ["mm1", "mm3", "mm5", "md1", "me1", "mg1", "mh1"])
def test_waits_at_one_station_are_those_of_ciw(name: str) -> None:
    plan = queue(name, 4)
    draws = some(plan)
    counters = int(plan.sessions.counters[0, 1])
    waits = by_ciw(draws, [(counters, Own(draws.service_ms[:, FIRST, 1]))])
    assert largest_difference(plan, draws, waits) == 0


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, 1), (3, 2), (2, 5)])
def test_waits_in_tandem_are_those_of_ciw(first: int, second: int) -> None:
    changes = {f"{COUNTERS}document": first, f"{COUNTERS}interview": second}
    plan = queue("tandem", 3, **changes)
    draws = some(plan)
    stations = [(first, Own(draws.service_ms[:, FIRST, 0])), (second, Own(draws.service_ms[:, FIRST, 1]))]
    assert largest_difference(plan, draws, by_ciw(draws, stations)) == 0


@pytest.mark.parametrize(("name", "classes"), [("two_classes", 2), ("three_classes", 3), ("classes_and_counters", 2)])
def test_waits_of_classes_are_those_of_ciw(name: str, classes: int) -> None:
    plan = queue(name, 4)
    draws = some(plan)
    assert set(draws.channel.tolist()) == set(range(classes))
    counters = int(plan.sessions.counters[0, 1])
    waits = by_ciw(draws, [(counters, Own(draws.service_ms[:, FIRST, 1]))], draws.channel)
    assert largest_difference(plan, draws, waits) == 0


TIMES = st.lists(st.integers(1, 900_000), min_size=2, max_size=60)


@pytest.mark.slow
@settings(max_examples=60)
@given(TIMES, st.integers(1, 4), st.integers(1, 4), st.randoms(use_true_random=False))
def test_waits_are_those_of_ciw_whatever_the_times_and_counters(
    apart: list[int], first: int, second: int, random: Any
) -> None:
    plan = TANDEMS[first, second]
    come = np.array(list(itertools.accumulate(apart)))
    draws = scheduled(plan, come)
    service = draws.service_ms.copy()
    service[:, FIRST] = [[random.randint(0, 2_000_000) for _ in range(2)] for _ in apart]
    draws = scheduled(plan, come, service_ms=service)
    waits = by_ciw(draws, [(first, Own(service[:, FIRST, 0])), (second, Own(service[:, FIRST, 1]))])
    for engine in ("simpy", "compiled"):
        np.testing.assert_array_equal(by_model(engines.run(engine, plan, draws)), waits)


FEW = {"need__segments__class_1__per_year": rate(0.1)}
TANDEMS = {
    (first, second): queue("tandem", 3, **{f"{COUNTERS}document": first, f"{COUNTERS}interview": second}, **FEW)
    for first, second in itertools.product(range(1, 5), repeat=2)
}
