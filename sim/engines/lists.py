"""Draws and journeys as Python's own arrays.

One at a time they are read and written many times quicker than NumPy's, and take a fifth of the memory of lists, whose
whole numbers are objects each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields

import numpy as np

from sim.draws import VISITS, Draws
from sim.journeys import LATER, VISIT_COLUMNS, Handover, Journeys, Status, compact
from sim.plan import DOCUMENT, NONE


class People:
    """The draws under their own names, those of visits and tries flat."""

    need_ms: array[int]
    district: array[int]
    size: array[int]
    first: array[int]
    channel: array[int]
    worth_rupiah: array[int]
    day_off_rupiah: array[int]
    wanted_ms: array[int]
    retry_ms: array[int]
    patience_ms: array[int]
    value_of_time: array[int]
    homebound: array[int]
    group: array[int]
    group_people: array[int]
    checks_progress: array[int]
    again_after_ms: array[int]
    delivery_rupiah: array[int]
    delivery_days: array[int]
    misses: array[int]
    """``[party * TRIES + try]``"""
    books_again: array[int]
    books_again_after_ms: array[int]
    trip_ppm: array[int]
    collect_delay_ms: array[int]
    never_collects: array[int]
    collect_trip_ppm: array[int]
    collect_place_ppb: array[int]
    papers_missing: array[int]
    comes_back: array[int]
    back_after_ms: array[int]
    refused: array[int]
    referral_ppb: array[int]
    referral_after_ms: array[int]
    visit_trip_ppm: array[int]
    visit_place_ppb: array[int]
    service_ms: array[int]
    collection_ms: array[int]
    issue_days: array[int]
    sending_ppb: array[int]

    def service(self, applicant: int, visit: int, station: int) -> int:
        """Service time at the document check or the interview of a visit, in milliseconds."""
        return self.service_ms[(applicant * VISITS + visit) * 2 + station]

    def __init__(self, draws: Draws) -> None:
        for field in fields(draws):
            if field.name in People.__annotations__:
                setattr(self, field.name, _array(getattr(draws, field.name)))
        self.need_array = draws.need_ms
        self.cost_rupiah = _array(draws.cost_rupiah)


def _array(values: np.ndarray) -> array[int]:
    """All values, row by row."""
    return array({1: "b", 4: "i", 8: "q"}[values.itemsize], values.tobytes())


class Record:
    """The journeys while they are being made; columns of visits are flat, three places an applicant."""

    def __init__(self, applicants: int) -> None:
        self._columns: dict[str, array[int]] = {}
        for name in Journeys._fields:
            if name not in LATER:
                places = VISITS if name in VISIT_COLUMNS else 1
                self._columns[name] = array("q", [NONE]) * (applicants * places)
        c = self._columns
        c["status"] = array("q", [int(Status.UNDER_WAY)]) * applicants
        c["tries"] = array("q", [0]) * applicants
        for name in ("missed", "handover", "vain_trips", "vain_trip_ms"):
            c[name] = array("q", [0]) * applicants
        self.ready_ms = c["ready_ms"]
        self.issued_at = c["issued_at"]
        self.collect_end_ms = c["collect_end_ms"]

    def end(self, applicants: Iterable[int], status: Status, tries: int | None = None) -> None:
        """The journeys of some applicants end here."""
        for a in applicants:
            self._columns["status"][a] = int(status)
            if tries is not None:
                self._columns["tries"][a] = tries

    def booked(
        self, applicants: Iterable[int], tries: int, site: int, session: int, channel: int, now: int, appointment: int
    ) -> None:
        """A party has a slot."""
        row = {
            "tries": tries,
            "site": site,
            "session": session,
            "slot_channel": channel,
            "booked_ms": now,
            "appointment_ms": appointment,
        }
        for name, value in row.items():
            column = self._columns[name]
            for a in applicants:
                column[a] = value

    def missed(self, applicants: Iterable[int], times: int) -> None:
        """A party did not come."""
        c = self._columns
        for a in applicants:
            c["missed"][a] = times
            if times == 1:
                c["missed_session"][a] = c["session"][a]
                c["missed_channel"][a] = c["slot_channel"][a]
                c["missed_booked_ms"][a] = c["booked_ms"][a]

    def arrive(self, applicant: int, visit: int, session: int, trip: int, now: int) -> None:
        """An applicant comes into an office."""
        c, row = self._columns, applicant * VISITS + visit
        c["visit_session"][row] = session
        c["trip_ms"][row] = trip
        c["arrive_ms"][row] = now

    def served(self, applicant: int, visit: int, station: int, start: int, end: int) -> None:
        """A service for intake has ended."""
        c, row = self._columns, applicant * VISITS + visit
        name = "document" if station == DOCUMENT else "interview"
        c[f"{name}_start_ms"][row] = start
        c[f"{name}_end_ms"][row] = end

    def issued(self, applicant: int, site: int, ready: int) -> None:
        """The passport will be ready at a site."""
        self.issued_at[applicant] = site
        self.ready_ms[applicant] = ready

    def interview_ends(self, applicant: int) -> array[int]:
        """Ends of the interviews of an applicant, by visit; NONE where there was none."""
        return self._columns["interview_end_ms"][applicant * VISITS : (applicant + 1) * VISITS]

    def home_again(self, applicant: int) -> int:
        """When an applicant who was interviewed is home from it: the last interview, and the way back."""
        c, rows = self._columns, range(applicant * VISITS, (applicant + 1) * VISITS)
        return max(c["interview_end_ms"][row] + c["trip_ms"][row] for row in rows if c["interview_end_ms"][row] != NONE)

    def in_vain(self, applicant: int, trips: int, one_way_ms: int) -> None:
        """An applicant has been at the office for a book that was not ready."""
        self._columns["vain_trips"][applicant] = trips
        self._columns["vain_trip_ms"][applicant] = one_way_ms

    def handed_over(self, applicants: Sequence[int], how: Handover, now: int) -> None:
        """Passports come to their owners without a trip."""
        for a in applicants:
            self._columns["status"][a] = int(Status.COLLECTED)
            self._columns["handover"][a] = int(how)
            self._columns["collect_end_ms"][a] = now

    def collected(self, applicants: Sequence[int], session: int, trip: int, arrival: int, start: int, end: int) -> None:
        """A party has its passports; the first of them has made the trip."""
        c = self._columns
        for a in applicants:
            c["status"][a] = int(Status.COLLECTED)
            c["handover"][a] = int(Handover.COLLECTED)
            c["collect_session"][a] = session
            c["collect_arrive_ms"][a] = arrival
            c["collect_start_ms"][a] = start
            c["collect_end_ms"][a] = end
        c["collect_trip_ms"][applicants[0]] = trip

    def journeys(self) -> Journeys:
        """The record as columns."""
        table = {name: np.frombuffer(values, dtype=np.int64) for name, values in self._columns.items()}
        return compact({name: v.reshape(-1, VISITS) if name in VISIT_COLUMNS else v for name, v in table.items()})
