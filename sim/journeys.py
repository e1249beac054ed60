"""Journeys: what became of each applicant, as columns. The only thing an engine gives back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim import jit
from sim.draws import VISITS
from sim.plan import COLLECTION, DOCUMENT, NONE, Ints


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


@dataclass(frozen=True)
class Journeys:
    """One row an applicant, in the order of the draws. Times in milliseconds; NONE (-1) where something never was."""

    status: Ints
    tries: Ints
    """Times the party looked for a slot."""
    missed: Ints
    """Appointments missed."""
    missed_session: Ints
    """Session of the first appointment missed."""
    site: Ints
    """Site of the last appointment."""
    session: Ints
    """Session of the last appointment."""
    slot_channel: Ints
    """Channel whose quota it was taken from."""
    booked_ms: Ints
    appointment_ms: Ints
    visit_session: Ints
    """[applicants, visits], as are all columns of visits: as booked, with missing papers, after a referral."""
    trip_ms: Ints
    """One way to the visit; the way back is taken to last as long."""
    arrive_ms: Ints
    document_start_ms: Ints
    document_end_ms: Ints
    interview_start_ms: Ints
    interview_end_ms: Ints
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
    collect_trip_ms: Ints
    """One way, of the member of the party who goes; NONE for the others and where it is handed out at once."""
    collect_arrive_ms: Ints
    collect_start_ms: Ints
    collect_end_ms: Ints
    """When the passport is in the hands of its owner's party."""

    def __len__(self) -> int:
        return len(self.status)

    def services(self, station: int) -> Services:
        """All services of a station that have ended; at collection those of the member of each party who goes."""
        if station == COLLECTION:
            rows = np.flatnonzero(self.collect_trip_ms != NONE)
            times = self.collect_session, self.collect_arrive_ms, self.collect_start_ms, self.collect_end_ms
            return Services(*(column[rows].astype(np.int64) for column in times))
        came, start, end = (
            (self.arrive_ms, self.document_start_ms, self.document_end_ms)
            if station == DOCUMENT
            else (self.document_end_ms, self.interview_start_ms, self.interview_end_ms)
        )
        rows, visits = np.nonzero(end != NONE)
        return Services(*(column[rows, visits].astype(np.int64) for column in (self.visit_session, came, start, end)))


class FlatJourneys(NamedTuple):
    """Columns of :class:`Journeys` as compiled loops take them: those of visits in a row, visit by visit.

    Row ``visit * applicants + a`` is applicant ``a``'s, so that the first visits, nearly all there are, lie together.
    """

    status: Ints
    tries: Ints
    missed: Ints
    missed_session: Ints
    site: Ints
    session: Ints
    slot_channel: Ints
    booked_ms: Ints
    appointment_ms: Ints
    visit_session: Ints
    trip_ms: Ints
    arrive_ms: Ints
    document_start_ms: Ints
    document_end_ms: Ints
    interview_start_ms: Ints
    interview_end_ms: Ints
    issued_at: Ints
    ready_ms: Ints
    handover: Ints
    vain_trips: Ints
    vain_trip_ms: Ints
    collect_session: Ints
    collect_trip_ms: Ints
    collect_arrive_ms: Ints
    collect_start_ms: Ints
    collect_end_ms: Ints

    def journeys(self) -> Journeys:
        """The journeys, in the same memory."""
        columns = self._asdict().items()
        return Journeys(**{k: v.reshape(VISITS, -1).T if k in VISIT_COLUMNS else v for k, v in columns})


def flat(journeys: Journeys) -> FlatJourneys:
    """The columns of journeys, in the same memory where an engine has laid them out like that; not to be written to."""

    def row(name: str) -> Ints:
        values = getattr(journeys, name)
        return jit.read_only(values.T.reshape(-1) if name in VISIT_COLUMNS else values, number_type(name))

    return FlatJourneys(*(row(name) for name in FlatJourneys._fields))


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
        *("status", "tries", "missed", "missed_session", "site", "session", "slot_channel"),
        *("visit_session", "issued_at", "handover", "vain_trips", "collect_session"),
    }
)
"""Columns of codes, rows and counts: half the memory of times."""
VISIT_NAMES = ("first", "return", "referred")
assert len(VISIT_NAMES) == VISITS


def number_type(column: str) -> type[np.signedinteger[Any]]:
    """The type of the whole numbers of a column."""
    return np.int32 if column in FOUR_BYTES else np.int64


def columns(journeys: Journeys) -> dict[str, Ints]:
    """All columns as one-dimensional arrays, those of visits as ``first_arrive_ms``, ``return_arrive_ms``..."""
    out: dict[str, Ints] = {}
    for field in fields(journeys):
        values = getattr(journeys, field.name)
        if field.name in VISIT_COLUMNS:
            for k, visit in enumerate(VISIT_NAMES):
                out[f"{visit}_{field.name}"] = values[:, k]
        else:
            out[field.name] = values
    return out
