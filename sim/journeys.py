"""Journeys: what became of each applicant, as columns. The only thing an engine gives back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim.draws import FIRST, VISITS
from sim.plan import COLLECTION, DOCUMENT, NONE, STATIONS, Bools, Ints


class Status(IntEnum):
    """Where a journey ended, or that it has not."""

    UNDER_WAY = 0
    DETERRED = 1
    UNSERVED = 2
    LOST_NO_SHOW = 3
    LOST_PAPERS = 4
    LOST_REFUSED = 5
    LOST_UNCOLLECTED = 6
    COLLECTED = 7


class Handover(IntEnum):
    """How a passport came to its owner."""

    NOT_YET = 0
    COLLECTED = 1
    AT_ONCE = 2
    BROUGHT = 3
    DELIVERED = 4


LOST = (Status.LOST_NO_SHOW, Status.LOST_PAPERS, Status.LOST_REFUSED, Status.LOST_UNCOLLECTED)


class Journeys(NamedTuple):
    """Columns with a row for each applicant, in the order of the draws, and seven with a row for each visit.

    Columns of visits (``visit_session`` to ``interview_end_ms``) are longer. Their first rows are the visits as booked:
    row i is applicant i's, made or not. Then come the visits that were made with the missing papers, and then those
    after a referral, each by applicant; ``later_applicant`` and ``later_visit`` say whose and which they are.
    :meth:`first` gives a column of the visits as booked alone, :meth:`by_visit` a table of all.

    Sites, sessions and channels are row numbers: of ``plan.sites``, ``plan.sessions`` and ``plan.channels``. Times are
    milliseconds from the first simulated midnight. What never was is -1 (NONE).

    It is a named tuple: ``len()`` counts columns, ``_replace()`` makes another.
    """

    status: Ints
    """See :class:`Status`."""
    tries: Ints
    """Times the party looked for a slot."""
    missed: Ints
    """Appointments missed."""
    missed_session: Ints
    """Session of the first appointment missed."""
    missed_channel: Ints
    """Channel whose quota its slot was taken from."""
    missed_booked_ms: Ints
    """When that slot was taken: that of the last one, where no other was booked."""
    site: Ints
    """Site of the last appointment."""
    session: Ints
    """Session of the last appointment."""
    slot_channel: Ints
    """Channel whose quota it was taken from."""
    booked_ms: Ints
    """When the last slot was taken."""
    appointment_ms: Ints
    """When it says to come."""
    visit_session: Ints
    """[visits], as are the next six. Session of the visit, which is not the one booked where an outage came between."""
    trip_ms: Ints
    """One way to the visit; the way back is taken to last as long."""
    arrive_ms: Ints
    """When the line for the document check was joined; waits count from ``plan.sessions.intake_open``, if later."""
    document_start_ms: Ints
    """When the document check began."""
    document_end_ms: Ints
    """When it ended, and the line for the interview was joined."""
    interview_start_ms: Ints
    """When biometrics and interview began."""
    interview_end_ms: Ints
    """When they ended."""
    later_applicant: Ints
    """[visits but those as booked]. Who made it."""
    later_visit: Ints
    """[visits but those as booked]. 1 with the missing papers, 2 after a referral."""
    issued_at: Ints
    """Site of the interview that led to the passport, where it is collected."""
    ready_ms: Ints
    """When the passport can be collected."""
    handover: Ints
    """See :class:`Handover`."""
    vain_trips: Ints
    """Trips to collect what was not ready, of the member of the party who goes."""
    vain_trip_ms: Ints
    """One way, all of them together."""
    collect_session: Ints
    """Session at which the passport is fetched."""
    collect_trip_ms: Ints
    """One way, of the member of the party who goes; NONE for the others and where it is handed out at once."""
    collect_arrive_ms: Ints
    """When the line to fetch it was joined."""
    collect_start_ms: Ints
    """When it was one's turn."""
    collect_end_ms: Ints
    """When the passport is in the hands of its owner's party."""

    def __repr__(self) -> str:
        return f"Journeys({self.applicants} applicants, {len(self.later_visit)} visits after those as booked)"

    @property
    def applicants(self) -> int:
        """Number of applicants."""
        return len(self.status)

    @property
    def booked_again(self) -> Bools:
        """[applicants] who missed an appointment and booked another, which was later."""
        again: Bools = (self.missed_booked_ms != NONE) & (self.missed_booked_ms != self.booked_ms)
        return again

    def first(self, name: str) -> Ints:
        """[applicants] a column of visits, of those as booked alone.

        Raises:
            ValueError: it is no column of visits.
        """
        return self._visits(name)[: self.applicants]

    def by_visit(self, name: str, rows: Ints | None = None) -> Ints:
        """[applicants, 3] a column of visits: as booked, with the missing papers, after a referral; -1 if not made.

        Args:
            name: of the column.
            rows: those applicants alone, each once, in this order.

        Raises:
            ValueError: it is no column of visits.
        """
        first, values = self.first(name), self._visits(name)[self.applicants :]
        who, visit = self.later_applicant, self.later_visit
        if rows is not None:
            row_of = np.full(self.applicants, NONE, dtype=np.intp)
            row_of[rows] = np.arange(len(rows))
            theirs = np.flatnonzero(row_of[who] != NONE)
            first, values, who, visit = first[rows], values[theirs], row_of[who[theirs]], visit[theirs]
        table = np.full((len(first), VISITS), NONE, dtype=first.dtype)
        table[:, FIRST] = first
        table[who, visit] = values
        return table

    def _visits(self, name: str) -> Ints:
        if name not in VISIT_COLUMNS:
            raise ValueError(f"{name!r} is no column of visits; these are {', '.join(VISIT_COLUMNS)}")
        column: Ints = getattr(self, name)
        return column

    def services(self, station: int) -> Services:
        """All services of a station that have ended; at collection those of the member of each party who goes.

        Args:
            station: 0 the document check, 1 the interview, 2 collection.

        Raises:
            ValueError: it is none of these.
        """
        if station not in STATIONS:
            raise ValueError(f"{station!r} is no station: 0 is the document check, 1 the interview, 2 collection")
        if station == COLLECTION:
            rows = np.flatnonzero(self.collect_trip_ms != NONE)
            times = self.collect_session, self.collect_arrive_ms, self.collect_start_ms, self.collect_end_ms
        elif station == DOCUMENT:
            rows = np.flatnonzero(self.document_end_ms != NONE)
            times = self.visit_session, self.arrive_ms, self.document_start_ms, self.document_end_ms
        else:
            rows = np.flatnonzero(self.interview_end_ms != NONE)
            times = self.visit_session, self.document_end_ms, self.interview_start_ms, self.interview_end_ms
        return Services(*(column.take(rows).astype(np.int64, copy=False) for column in times))


@dataclass(frozen=True)
class Services:
    """Services of one station, one row each."""

    session: Ints
    came_ms: Ints
    """When the line was joined."""
    start_ms: Ints
    end_ms: Ints


VISIT_COLUMNS = (
    "visit_session",
    "trip_ms",
    "arrive_ms",
    "document_start_ms",
    "document_end_ms",
    "interview_start_ms",
    "interview_end_ms",
)
FOUR_BYTES = frozenset(
    {
        *("status", "tries", "missed", "missed_session", "missed_channel", "site", "session", "slot_channel"),
        *("visit_session", "later_applicant", "later_visit"),
        *("issued_at", "handover", "vain_trips", "collect_session"),
    }
)
"""Columns of codes, rows and counts: half the memory of times."""
LATER = ("later_applicant", "later_visit")
"""Columns of visits after the first ones."""
VISIT_NAMES = ("first", "return", "referred")
assert len(VISIT_NAMES) == VISITS


def number_type(column: str) -> type[np.signedinteger[Any]]:
    """The type of the whole numbers of a column."""
    return np.int32 if column in FOUR_BYTES else np.int64


def compact(table: Mapping[str, Ints]) -> Journeys:
    """Journeys of columns by applicant, those of visits [applicants, visits]: NONE where one was not made."""
    made = functools.reduce(np.logical_or, [table[name] != NONE for name in VISIT_COLUMNS])
    visit, applicant = np.nonzero(made.T[FIRST + 1 :])
    visit += FIRST + 1
    columns = dict(table)
    for name in VISIT_COLUMNS:
        columns[name] = np.concatenate([table[name][:, FIRST], table[name][applicant, visit]])
    columns |= zip(LATER, (applicant, visit), strict=True)
    return Journeys(**{name: columns[name].astype(number_type(name), copy=False) for name in Journeys._fields})


def columns(journeys: Journeys) -> dict[str, Ints]:
    """All columns with a row an applicant, those of visits as ``first_arrive_ms``, ``return_arrive_ms``...

    Columns of applicants are the journeys' own.
    """
    out: dict[str, Ints] = {}
    for name in Journeys._fields:
        if name in VISIT_COLUMNS:
            values = journeys.by_visit(name)
            out |= {f"{visit}_{name}": values[:, k] for k, visit in enumerate(VISIT_NAMES)}
        elif name not in LATER:
            out[name] = getattr(journeys, name)
    return out
