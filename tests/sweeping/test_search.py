"""Which values are tried: the step at which a limit turns is found, by halving, wherever it is."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sim.sweeping.search import AT_FIRST, following, gaps, runs, spread


@given(st.integers(2, 5000), st.integers(2, 60))
def test_first_places_are_spread_evenly_from_end_to_end(values: int, most: int) -> None:
    places = spread(values, most)
    assert places == sorted(set(places))
    assert places[0] == 0
    assert places[-1] == values - 1
    assert len(places) == min(values, most)
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert max(gaps) - min(gaps) <= 1


@given(st.integers(2, 3000), st.data())
def test_every_turn_of_limits_that_turn_once_is_found_to_the_step(values: int, data: st.DataObject) -> None:
    """Two limits, one kept below a place and one from another place on, as slots against queues."""
    turns = data.draw(st.tuples(st.integers(0, values), st.integers(0, values)))

    def state(place: int) -> tuple[bool, bool]:
        return place < turns[0], place >= turns[1]

    states = {place: state(place) for place in spread(values, AT_FIRST)}
    while places := following(states, 100):
        assert not set(places) & set(states)
        states |= {place: state(place) for place in places}
    for turn in turns:
        if 0 < turn < values:
            assert {turn - 1, turn} <= set(states)
    # Halving: as many more as there are bits in the first gap, for each turn.
    assert len(states) <= AT_FIRST + 2 * (values // (AT_FIRST - 1) + 1).bit_length()


def test_no_more_are_tried_than_may_be_the_widest_gaps_first() -> None:
    states = {0: "a", 2: "b", 10: "a", 30: "b", 31: "a"}
    assert following(states, 2) == [6, 20]
    assert following(states, 9) == [1, 6, 20]
    assert following(states, 0) == []
    assert gaps(states) == [(0, 2), (2, 10), (10, 30)]


def test_neighbours_of_one_state_are_told_together() -> None:
    assert runs({1: "a", 5: "a", 9: "b", 3: "a"}) == [("a", [1, 3, 5]), ("b", [9])]
