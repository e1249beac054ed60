"""Memory of journeys: lent to one at a time, and free again as soon as nobody can look into it."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from sim.draws import Draws
from sim.engines import compiled
from sim.engines.memory import Memory
from sim.journeys import Journeys, columns
from sim.measures.all import measure
from sim.measures.check import check_identities
from sim.plan import Plan
from tests.model.small_province import plan_of, run

SIZE = 1 << 16


@pytest.fixture
def without_collection() -> Iterator[None]:
    """What is freed is freed by itself, and not because Python looked for rings."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="module")
def small() -> tuple[Plan, Draws, Journeys]:
    plan = plan_of()
    return plan, *run(plan)


@pytest.mark.usefixtures("without_collection")
def test_memory_serves_again_once_the_last_array_in_it_is_gone() -> None:
    memory = Memory()
    first = memory.lend(SIZE)
    part = first[100:200].view(np.int32)[::5]
    place = first.__array_interface__["data"][0]
    del first
    assert memory.lend(SIZE).__array_interface__["data"][0] != place
    del part
    assert place in {lent.__array_interface__["data"][0] for lent in [memory.lend(SIZE), memory.lend(SIZE)]}


@pytest.mark.parametrize("size", [SIZE // 4, SIZE * 4])
@pytest.mark.usefixtures("without_collection")
def test_memory_of_another_size_is_neither_used_nor_lost(size: int) -> None:
    memory = Memory()
    place = memory.lend(SIZE).__array_interface__["data"][0]
    assert memory.lend(size).__array_interface__["data"][0] != place
    assert memory.lend(SIZE).__array_interface__["data"][0] == place


@pytest.mark.usefixtures("without_collection")
def test_replications_of_nearly_the_same_size_share_their_memory() -> None:
    memory = Memory()
    place = memory.lend(SIZE).__array_interface__["data"][0]
    assert memory.lend(SIZE + SIZE // 20).__array_interface__["data"][0] == place


def test_what_is_lent_in_one_thread_is_lent_in_no_other() -> None:
    memory, held, twice, watch = Memory(), set(), [], threading.Lock()

    def borrow() -> None:
        for _ in range(3000):
            lent = memory.lend(256)
            place = lent.__array_interface__["data"][0]
            with watch:
                twice.extend({place} & held)
                held.add(place)
            time.sleep(0)
            with watch:
                held.discard(place)
            del lent

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=borrow) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not twice


def test_journeys_that_are_held_are_not_written_over(small: tuple[Plan, Draws, Journeys]) -> None:
    plan, draws, meant = small
    held = [compiled.run(plan, draws) for _ in range(4)]
    for journeys in held:
        for name, column in columns(journeys).items():
            assert np.array_equal(column, columns(meant)[name]), name


@pytest.mark.usefixtures("without_collection")
def test_checking_and_measuring_hold_on_to_nothing(small: tuple[Plan, Draws, Journeys]) -> None:
    plan, draws, _ = small
    journeys = compiled.run(plan, draws)
    place = journeys.status
    check_identities(plan, draws, journeys)
    kept = measure(plan, draws, journeys, (60,))
    at = place.__array_interface__["data"][0]
    del journeys, place
    assert compiled.run(plan, draws).status.__array_interface__["data"][0] == at
    assert kept


def test_a_piece_that_is_too_large_is_not_kept() -> None:
    memory = Memory(largest=2000)
    for size, again in ((1000, True), (3000, False)):
        piece = memory.lend(size)
        piece[:] = 7
        del piece
        assert bool(memory._free) == again
        memory._free.clear()
