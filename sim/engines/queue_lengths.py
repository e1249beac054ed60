"""The lengths of all lines, observed while the SimPy model runs, and Little's law held against its journeys."""

from __future__ import annotations

import numpy as np

from sim.errors import IdentityError
from sim.journeys import Journeys
from sim.plan import STATIONS


class QueueLengths:
    """The number waiting at each station, added up over time as the line grows and shrinks.

    A station tells of its line, nobody of his wait: whoever is lost from a line, is called twice, or has another time
    written down than the one at which he left, sets the two apart.
    """

    def __init__(self, lines: int) -> None:
        self.person_ms = [0] * lines
        """Of each line, session by session, :data:`sim.plan.STATIONS` within it: its length added up over time."""
        self.joined = [0] * lines
        self.served = [0] * lines

    def check(self, journeys: Journeys) -> None:
        """Check that the number waiting, added up over time, is the sum of waits (Little 1961, Oper. Res. 9:383).

        Lines in which somebody is left at the end of simulated time are passed over.

        Raises:
            IdentityError: naming the session and what does not agree.
        """
        lines = len(self.joined)
        joined, served, person_ms = (
            np.array(one, dtype=np.int64) for one in (self.joined, self.served, self.person_ms)
        )
        waits, rows = np.zeros(lines), np.zeros(lines, dtype=np.int64)
        for station in STATIONS:
            at = journeys.services(station)
            line = at.session * len(STATIONS) + station
            waits += np.bincount(line, at.start_ms - at.came_ms, lines)  # whole numbers below 2**53: exact
            rows += np.bincount(line, minlength=lines)
        complete = joined == served
        for agree, what in (
            (rows == served, "who was served has a journey that tells it"),
            (~complete | (waits == person_ms), "the number waiting over time is the sum of waits"),
        ):
            if not agree.all():
                raise IdentityError(f"{what}: does not hold in session {int(np.argmin(agree)) // len(STATIONS)}")
