"""A station of one session: counters, and the people waiting for them.

Its order is defined without regard to how events happen to be scheduled: at each instant all arrivals and all ends of
service come first, then printing, then bookings; last, idle counters call the waiting, smaller queue class first, then
earlier arrival, then lower number. A heap holds the waiting, so that a long line costs no more than its logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

import simpy
from simpy.events import NORMAL

from sim.engines.queue_lengths import QueueLengths

PRINTING_TURN = 2
"""Event priority of printing within an instant; SimPy's own events have 0 and 1."""
BOOKING_TURN = 3
"""Bookings follow, in the order of the parties' numbers, which are added."""
STATION_TURN = 1 << 40
"""Stations call last, in their order, so that whoever comes in this instant, for whatever reason, is there."""
UNKNOWN = -1


class Turn(simpy.Event):
    """A timeout that comes after the other events of its instant; among turns the lower ``order`` comes first."""

    def __init__(self, env: simpy.Environment, delay: int, order: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, order, delay)  # type: ignore[arg-type]  # any integer orders events of one instant


class Service(simpy.Event):
    """The end of one service; its value is the time at which the service began."""

    def begin(self, duration: int) -> None:
        """A counter takes this one now and is done after ``duration``."""
        self._ok = True
        self._value = self.env.now
        self.env.schedule(self, NORMAL, duration)


class Station:
    """Counters of one kind in one session."""

    __slots__ = (
        "_break_close",
        "_break_open",
        "_counters",
        "_env",
        "_idle",
        "_lengths",
        "_line",
        "_next_turn",
        "_opens",
        "_order",
        "_since",
        "_waiting",
    )

    def __init__(
        self,
        env: simpy.Environment,
        counters: Callable[[], int],
        opens: int,
        break_open: int,
        break_close: int,
        order: int,
        lengths: QueueLengths,
        line: int,
    ) -> None:
        """``counters`` is asked at the first call: until then a team may be sent away."""
        self._env = env
        self._counters = counters
        self._idle = UNKNOWN
        self._opens = opens
        self._break_open = break_open
        self._break_close = break_close
        self._order = STATION_TURN + order
        self._waiting: list[tuple[int, int, int, int, Service]] = []
        self._next_turn = -1
        self._lengths = lengths
        self._line = line
        self._since = 0

    def serve(self, queue_class: int, number: int, duration: int) -> Service:
        """Join the line; the event returned happens when the service has ended."""
        service = Service(self._env)
        self._observe()
        self._lengths.joined[self._line] += 1
        heappush(self._waiting, (queue_class, self._now, number, duration, service))
        if self._idle:
            self._take_turn()
        return service

    @property
    def _now(self) -> int:
        return self._env.now  # type: ignore[return-value]  # all delays are integers

    def _take_turn(self) -> None:
        """See to it that the waiting are called, at this instant or as soon as the counters are open."""
        now = at = self._now
        if at < self._opens:
            at = self._opens
        if self._break_open <= at < self._break_close:
            at = self._break_close
        if self._next_turn != at:
            self._next_turn = at
            Turn(self._env, at - now, self._order).callbacks.append(self._call)

    def _call(self, _event: simpy.Event) -> None:
        self._next_turn = -1
        if self._idle == UNKNOWN:
            self._idle = max(self._counters(), 0)
        self._observe()
        while self._idle and self._waiting:
            _, _, _, duration, service = heappop(self._waiting)
            self._idle -= 1
            service.callbacks.append(self._release)
            service.begin(duration)

    def _release(self, _event: simpy.Event) -> None:
        self._idle += 1
        self._lengths.served[self._line] += 1
        if self._waiting:
            self._take_turn()

    def _observe(self) -> None:
        """Add up the length of the line until now, before it changes."""
        now = self._now
        self._lengths.person_ms[self._line] += len(self._waiting) * (now - self._since)
        self._since = now
