"""Seats: which appointments a session has, and in which order they are given out.

The seats of a session's channel are spread evenly over its intake window. A share of them is filled from the first on;
the others in an order in which those that are taken lie evenly over the day at any moment. Neither hangs on anything
but the plan, so that both are worked out once, seat by seat, and looked up by whoever books.
"""

from __future__ import annotations

import functools
from math import gcd

import numpy as np

from sim.plan import Ints, Sessions
from sim.rules import WHOLE

GOLDEN = (5**0.5 - 1) / 2
NEAR = 64
"""How far from the golden section a step is looked for."""
KEPT = 64
"""Kinds of seats that are kept for the next plan: scenarios of one province have the same."""


def order_of_seats(quota: int, early: int) -> Ints:
    """[quota]: the seats, counted by their times, in the order in which they are given out.

    ``early`` in WHOLE of them are filled from the first on, the others each a step after the one before, see
    :func:`step_of`. Seats of both kinds alternate.
    """
    turns = np.arange(quota)
    filled = turns * early // WHOLE
    from_first = (turns + 1) * early // WHOLE > filled
    first = ((filled + 1) * WHOLE - 1) // max(early, 1)
    others = quota - quota * early // WHOLE
    apart = (turns - filled) * step_of(others) % max(others, 1) * WHOLE // max(WHOLE - early, 1)
    return np.where(from_first, first, apart)


def seat_times(window: int, break_from: int, break_to: int, every: int, quota: int) -> Ints:
    """[quota]: times of all seats of a channel from the start of intake, in ms: spread evenly over the window.

    Each is at a multiple of ``every`` of time worked from the start. No seat is in the break, which lies within the
    window and may touch an end of it, but does not cover it; ``break_from`` equals ``break_to`` where there is none.
    """
    pause = break_to - break_from
    at = (window - pause) * np.arange(quota) // quota // every * every
    return at + np.where(at >= break_from, pause, 0)


def step_of(seats: int) -> int:
    """The step that visits each of so many seats once, and those visited at any moment lie evenly.

    That is so where the continued fraction of the step over the seats has small terms, as that of the golden section
    has the smallest: one near it is taken.
    """
    middle = round(seats * GOLDEN)
    near = range(max(middle - NEAR, 1), max(min(middle + NEAR, seats), 2))
    return min(
        (step for step in near if gcd(step, seats) == 1), key=lambda step: (_terms(seats, step), step), default=1
    )


def _terms(seats: int, step: int) -> int:
    """The largest term of a continued fraction."""
    largest = 0
    while step:
        term, rest = divmod(seats, step)
        largest, seats, step = max(largest, term), step, rest
    return largest


def tabled(sessions: Sessions, early: int) -> tuple[Ints, Ints]:
    """Appointments of a plan: ([slots], [seats]), where slot is the session times the channels, and the channel.

    The seats of a slot, from the first to be given out on, stand in the second from the row on that the first tells, in
    milliseconds after the start of intake. Slots whose seats are the same share rows; those without have row 0.
    """
    window = sessions.intake_close - sessions.intake_open
    pause = np.clip(np.stack([sessions.break_open, sessions.break_close]) - sessions.intake_open, 0, window)
    quota = sessions.quota
    kinds = np.stack(
        [*(np.broadcast_to(of[:, None], quota.shape) for of in (window, *pause, sessions.seats_every)), quota], axis=-1
    )
    found, kind = np.unique(kinds.reshape(-1, kinds.shape[-1]), axis=0, return_inverse=True)
    seats = [_appointments(*of, early) for of in found.tolist()]
    first = np.cumsum([0, *map(len, seats)])
    rows = np.where(quota.ravel() > 0, first[kind.reshape(-1)], 0)
    return rows, np.concatenate([np.zeros(0, dtype=np.int64), *seats])


@functools.lru_cache(maxsize=KEPT)
def _appointments(window: int, break_from: int, break_to: int, every: int, quota: int, early: int) -> Ints:
    """[quota]: times from the start of intake in the order in which they are given out; not to be written to."""
    times = seat_times(window, break_from, break_to, every, quota)[order_of_seats(quota, early)]
    times.flags.writeable = False
    return times
