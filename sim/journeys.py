"""Journeys: what became of each applicant, as columns. The only thing an engine gives back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim.draws import FIRST, VISITS
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


class Journeys(NamedTuple):
    """One row an applicant, in the order of the draws; in columns of visits (those of VISIT_COLUMNS) one a visit.

    Visits stand in this order: those as booked, one for each applicant, made or not; those made with the missing
    papers; those made after a referral; all by applicant. Times in milliseconds; NONE (-1) where something never was.
    """

    status: Ints
    """See :class:`Status`."""
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
    """When the last slot was taken."""
    appointment_ms: Ints
    """When it says to come."""
    visit_session: Ints
    """[visits], as are the next six. Session of the visit."""
    trip_ms: Ints
    """One way to the visit; the way back is taken to last as long."""
    arrive_ms: Ints
    """When the line for the document check was joined."""
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

    @property
    def applicants(self) -> int:
        """Number of applicants."""
        return len(self.status)

    def first(self, name: str) -> Ints:
        """[applicants] a column of visits, of those as booked alone."""
        column: Ints = getattr(self, name)[: self.applicants]
        return column

    def by_visit(self, name: str) -> Ints:
        """[applicants, visits] a column of visits; NONE for those that were not made."""
        values = getattr(self, name)
        table = np.full((self.applicants, VISITS), NONE, dtype=values.dtype)
        table[:, FIRST] = self.first(name)
        table[self.later_applicant, self.later_visit] = values[self.applicants :]
        return table

    def later_rows(self) -> Ints:
        """[visits after the one as booked, applicants] rows of visits; NONE for those that were not made."""
        rows: Ints = np.full((VISITS - 1, self.applicants), NONE, dtype=np.int32)
        rows[self.later_visit - 1, self.later_applicant] = self.applicants + np.arange(len(self.later_visit))
        return rows

    def services(self, station: int) -> Services:
        """All services of a station that have ended; at collection those of the member of each party who goes."""
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
        *("status", "tries", "missed", "missed_session", "site", "session", "slot_channel"),
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


def dense(journeys: Journeys) -> dict[str, Ints]:
    """Copies of all columns with a row an applicant, those of visits [applicants, visits]."""
    names = [name for name in Journeys._fields if name not in LATER]
    return {n: journeys.by_visit(n) if n in VISIT_COLUMNS else np.array(getattr(journeys, n)) for n in names}


def compact(table: Mapping[str, Ints]) -> Journeys:
    """Journeys of columns as :func:`dense` gives them."""
    made = functools.reduce(np.logical_or, [table[name] != NONE for name in VISIT_COLUMNS])
    visit, applicant = np.nonzero(made.T[FIRST + 1 :])
    visit += FIRST + 1
    columns = dict(table)
    for name in VISIT_COLUMNS:
        columns[name] = np.concatenate([table[name][:, FIRST], table[name][applicant, visit]])
    columns |= zip(LATER, (applicant, visit), strict=True)
    return Journeys(**{name: columns[name].astype(number_type(name), copy=False) for name in Journeys._fields})


def columns(journeys: Journeys) -> dict[str, Ints]:
    """All columns with a row an applicant, those of visits as ``first_arrive_ms``, ``return_arrive_ms``..."""
    out: dict[str, Ints] = {}
    for name, values in dense(journeys).items():
        if name in VISIT_COLUMNS:
            out |= {f"{visit}_{name}": values[:, k] for k, visit in enumerate(VISIT_NAMES)}
        else:
            out[name] = values
    return out
