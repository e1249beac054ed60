"""A station's order is defined by who is there, not by how its events happened to be scheduled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.engines.queue_lengths import QueueLengths
from sim.engines.stations import Station

Person = tuple[int, int, int]
"""Arrival, queue class and duration."""

PEOPLE = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 2), st.integers(0, 4)), min_size=1, max_size=9)


def served(
    people: list[Person], order: list[int], counters: int, opens: int = 0, pause: tuple[int, int] = (-1, -1)
) -> list[int]:
    """Start of service of each person, when their processes are started in the given order."""
    env = simpy.Environment()
    lengths = QueueLengths(1)
    station = Station(env, lambda: counters, opens, *pause, 0, lengths, 0)
    starts = [-1] * len(people)

    def person(number: int) -> Generator[simpy.Event, Any, None]:
        arrival, queue_class, duration = people[number]
        yield env.timeout(arrival)
        starts[number] = yield station.serve(queue_class, number, duration)

    for number in order:
        env.process(person(number))
    env.run()
    assert lengths.joined == lengths.served == [len(people)]
    assert lengths.person_ms == [sum(start - came for start, (came, _, _) in zip(starts, people, strict=True))]
    return starts


@given(PEOPLE, st.integers(1, 3), st.data())
def test_the_order_of_scheduling_within_an_instant_changes_nothing(
    people: list[Person], counters: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(people))))
    assert served(people, order, counters) == served(people, list(range(len(people))), counters)


def test_those_who_come_at_one_instant_are_called_by_class_and_then_by_number() -> None:
    people = [(0, 2, 10), (0, 1, 10), (0, 2, 10), (0, 1, 10)]
    assert served(people, [2, 0, 3, 1], 1) == [20, 0, 30, 10]


def test_one_who_comes_as_a_counter_falls_idle_competes_for_it() -> None:
    people = [(0, 2, 10), (5, 2, 10), (10, 1, 10)]
    assert served(people, [0, 1, 2], 1) == [0, 20, 10]


def test_a_service_is_never_interrupted() -> None:
    assert served([(0, 2, 10), (1, 1, 10)], [0, 1], 1) == [0, 10]


def test_counters_call_first_when_the_session_opens() -> None:
    people = [(1, 2, 10), (3, 1, 10), (5, 2, 10)]
    assert served(people, [0, 1, 2], 2, opens=4) == [4, 4, 14]


def test_no_service_starts_in_the_break_and_one_under_way_goes_on() -> None:
    people = [(0, 1, 8), (1, 1, 8), (6, 1, 1), (12, 1, 1)]
    assert served(people, [0, 1, 2, 3], 1, pause=(5, 12)) == [0, 12, 20, 21]


def test_a_break_that_begins_before_the_opening_delays_it() -> None:
    assert served([(0, 1, 1)], [0], 1, opens=5, pause=(3, 9)) == [9]


def test_many_who_need_no_time_are_served_at_one_instant() -> None:
    assert served([(2, 1, 0)] * 50, list(range(50)), 1) == [2] * 50


def _by_hand(people: list[Person], counters: int) -> list[int]:
    """The same station, stepped through instant by instant."""
    free_at, starts, now = [0] * counters, [-1] * len(people), 0
    while -1 in starts:
        for _ in people:
            waiting = [(c, a, k) for k, (a, c, _) in enumerate(people) if a <= now and starts[k] < 0]
            idle = [k for k, time in enumerate(free_at) if time <= now]
            if not waiting or not idle:
                break
            number = min(waiting)[2]
            starts[number], free_at[idle[0]] = now, now + people[number][2]
        now += 1
    return starts


@given(PEOPLE, st.integers(1, 3))
def test_a_station_does_what_stepping_through_each_instant_by_hand_does(people: list[Person], counters: int) -> None:
    assert served(people, list(range(len(people))), counters) == _by_hand(people, counters)
