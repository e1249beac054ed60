"""Seats: where the appointments of a session lie, and in which order they are given out."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.plan import HOUR_MS, MINUTE_MS, NONE
from sim.rules import WHOLE, turn_of
from sim.seats import order_of_seats, seat_times, step_of, tabled
from tests.model.small_province import plan_of

EVERY = st.sampled_from([1, 5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS])


@st.composite
def windows(draw: st.DrawFn) -> tuple[int, int, int]:
    """The length of an intake window, and from and to when in it a break leaves some of it, in milliseconds."""
    window = draw(st.integers(1, 48)) * 15 * MINUTE_MS
    if draw(st.booleans()):
        return window, 0, 0
    begin = draw(st.integers(0, window // (15 * MINUTE_MS))) * 15 * MINUTE_MS
    end = min(begin + draw(st.integers(0, 12)) * 15 * MINUTE_MS, window)
    assume(end - begin < window)
    return window, begin, end


@given(windows(), st.integers(1, 400), EVERY)
def test_seats_are_in_the_window_outside_the_break_and_in_order(
    window: tuple[int, int, int], quota: int, every: int
) -> None:
    length, pause, resume = window
    seats = seat_times(*window, every, quota)
    assert (seats >= 0).all() and (seats < length).all()
    assert not ((pause <= seats) & (seats < resume)).any()
    assert (np.diff(seats) >= 0).all()
    assert seats[0] == (resume if pause == 0 else 0)


@given(windows(), st.integers(1, 400))
def test_seats_spread_evenly_over_the_time_without_the_break(window: tuple[int, int, int], quota: int) -> None:
    length, pause, resume = window
    seats = seat_times(*window, 1, quota)
    worked = seats - np.where(seats >= pause, resume - pause, 0)
    assert np.abs(np.diff(worked) - (length - (resume - pause)) / quota).max(initial=0) <= 1


def test_a_break_at_the_end_of_intake_leaves_the_seats_before_it() -> None:
    assert seat_times(4 * HOUR_MS, 3 * HOUR_MS + 30 * MINUTE_MS, 4 * HOUR_MS, 30 * MINUTE_MS, 15).max() == 3 * HOUR_MS


@given(st.integers(1, 500), st.integers(0, WHOLE), st.data())
def test_each_seat_is_given_out_once_and_as_many_are_filled_from_the_first_as_asked(
    quota: int, early: int, data: st.DataObject
) -> None:
    order = order_of_seats(quota, early).tolist()
    assert sorted(order) == list(range(quota))
    taken = data.draw(st.integers(1, quota))
    filled = [k for k in range(taken) if (k + 1) * early // WHOLE > k * early // WHOLE]
    assert [order[k] for k in filled] == sorted(order[k] for k in filled)
    assert len(filled) == taken * early // WHOLE


@given(st.integers(2, 500), st.data())
def test_seats_that_are_not_filled_from_the_first_on_lie_evenly_at_any_moment(quota: int, data: st.DataObject) -> None:
    """No gap between those taken, the last and the first being neighbours, is above three times the mean gap."""
    taken = data.draw(st.integers(2, quota))
    seats = sorted(order_of_seats(quota, 0)[:taken].tolist())
    gaps = np.diff([*seats, seats[0] + quota])
    assert gaps.max() <= 3 * quota / taken


@given(st.integers(1, 100_000))
def test_a_step_visits_each_seat_once(seats: int) -> None:
    assert np.gcd(step_of(seats), seats) == 1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=200), st.integers(0, WHOLE))
def test_a_party_takes_one_of_its_own_seats(sizes: list[int], early: int) -> None:
    taken = 0
    for size in sizes:
        assert taken <= turn_of(taken, size, early) < taken + size
        taken += size


def test_parties_of_one_size_are_of_both_kinds() -> None:
    quota, early = 100, WHOLE // 2
    order = order_of_seats(quota, early)
    from_first = set(order[1::2].tolist())
    seats = [int(order[turn_of(taken, 2, early)]) for taken in range(0, quota, 2)]
    assert sum(seat in from_first for seat in seats) == 25


def test_the_table_of_a_plan_has_the_seats_of_each_slot() -> None:
    """Slot by slot against the plainest statement of where the seats lie."""
    plan = plan_of()
    s, early = plan.sessions, plan.behaviour.early_seats
    first, after_ms = tabled(s, early)
    channels = s.quota.shape[1]
    assert (s.break_open != NONE).any() and (s.quota > 0).any()
    for slot in np.flatnonzero(s.quota.ravel()).tolist():
        session, quota = slot // channels, int(s.quota.ravel()[slot])
        opens, closes = int(s.intake_open[session]), int(s.intake_close[session])
        lost = max(min(int(s.break_close[session]), closes) - max(int(s.break_open[session]), opens), 0)
        every, told = int(s.seats_every[session]), []
        for seat in order_of_seats(quota, early).tolist():
            at = opens + (closes - opens - lost) * seat // quota // every * every
            told.append(at + lost if at >= s.break_open[session] else at)
        assert (after_ms[first[slot] : first[slot] + quota] + opens).tolist() == told
