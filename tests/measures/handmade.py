"""Draws and journeys made by hand, so that every measure has a known answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.draws import TRIES, VISITS, Draws
from sim.journeys import LATER, VISIT_COLUMNS, Handover, Journeys, Status, compact
from sim.measures.rows import Rows
from sim.plan import DAY_MS, HOUR_MS, MINUTE_MS, NONE, UNLIMITED, Plan
from tests.model.small_province import plan_of

OFFICE, NEAR = 0, 1
Key = tuple[str, str, str, str]


def table(rows: Rows) -> dict[Key, float]:
    """Rows by measure, level, unit and statistic; none may be there twice."""
    keys = list(zip(rows.measure, rows.level, rows.unit, rows.statistic, strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, rows.value, strict=True))


def clock(day: int, hour: float, minute: float = 0) -> int:
    """Milliseconds of a time on a day."""
    return round(day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS)


def dense(journeys: Journeys) -> dict[str, np.ndarray]:
    """Copies of all columns with a row an applicant, those of visits [applicants, visits]: what ``compact`` takes."""
    names = [name for name in Journeys._fields if name not in LATER]
    return {n: journeys.by_visit(n) if n in VISIT_COLUMNS else np.array(getattr(journeys, n)) for n in names}


def session(plan: Plan, site: int, day: int) -> int:
    """Row of a site's session on a day."""
    (row,) = np.flatnonzero((plan.sessions.site == site) & (plan.sessions.day == day))
    return int(row)


def draws_of(plan: Plan, need_ms: Sequence[int], district: Sequence[int], size: Sequence[int], value: int) -> Draws:
    """Parties with nothing in store for them, all with one value of time."""
    sizes = np.array(size)
    n, people = len(sizes), int(sizes.sum())
    columns: dict[str, Any] = {}
    for field in dataclasses.fields(Draws):
        of_applicants = list(Draws.__annotations__).index(field.name) >= list(Draws.__annotations__).index("party")
        dtype = bool if "Bools" in str(field.type) else np.int64
        columns[field.name] = np.zeros(people if of_applicants else n, dtype=dtype)
    columns |= {
        "need_ms": np.array(need_ms),
        "wanted_ms": np.array(need_ms),
        "district": np.array(district),
        "size": sizes,
        "first": np.cumsum(sizes) - sizes,
        "party": np.repeat(np.arange(n), sizes),
        "value_of_time": np.full(n, value),
        "group": np.full(n, NONE),
        "group_people": np.zeros(n, np.int64),
        "closed": np.zeros(len(plan.sessions.site), bool),
        "print_limit": np.full((len(plan.sites.id), plan.n_days), UNLIMITED),
        "cost_rupiah": np.zeros((n, len(plan.sites.id)), np.int64),
        "misses": np.zeros((n, TRIES), bool),
        "visit_trip_ppm": np.zeros((people, VISITS), np.int64),
        "visit_place_ppb": np.zeros((people, VISITS), np.int64),
        "service_ms": np.zeros((people, VISITS, 2), np.int64),
    }
    return Draws(**columns)


def blank(applicants: int) -> dict[str, np.ndarray]:
    """Columns of journeys that have not begun."""
    out = {}
    for name in Journeys._fields:
        if name not in LATER:
            shape = (applicants, VISITS) if name in VISIT_COLUMNS else (applicants,)
            out[name] = np.full(shape, NONE, dtype=np.int64)
    out["status"][:] = Status.UNDER_WAY
    out["tries"][:] = 0
    for name in ("missed", "handover", "vain_trips", "vain_trip_ms"):
        out[name][:] = 0
    return out


@dataclasses.dataclass(frozen=True)
class Story:
    """A plan, and what became of seven applicants in it."""

    plan: Plan
    draws: Draws
    journeys: Journeys


def story() -> Story:
    """Seven applicants in six parties, value of time Rp 10,000 an hour. Day 14 is the first counted day.

    1 and 2: a couple of the far district (row 3), need on day 15, office on day 19, 5 h 20 min (240 km) one way with a
    night; one waits 10 and 20 minutes, the other 15 and 30; passports on day 23, fetched by the first in 4 minutes.
    3: of the city (row 0), accelerated, office on day 16, 12 minutes (4 km) one way, no wait, handed out 3 hours later.
    4: of the town (row 1), at the sub-office there, papers missing, comes again on day 19, fetches on day 26.
    5: deterred. 6: missed the appointment and is lost. 0: deterred before the counted days.
    """
    plan = plan_of()
    need = [clock(10, 9), clock(15, 9), clock(15, 12), clock(15, 13), clock(16, 9), clock(16, 10)]
    draws = draws_of(plan, need, [0, 3, 0, 1, 2, 0], [1, 2, 1, 1, 1, 1], 10_000)
    draws.channel[2] = 2
    c = blank(7)
    c["tries"][:] = 1
    c["status"][:] = [1, 7, 7, 7, 7, 1, 3]
    couple, office_19 = slice(1, 3), session(plan, OFFICE, 19)
    book(c, couple, OFFICE, office_19, clock(15, 9), clock(19, 10))
    visit(c, 1, 0, office_19, clock(0, 5, 20), [clock(19, 9, 30), clock(19, 9, 40), clock(19, 9, 45)], 20, 10)
    visit(c, 2, 0, office_19, clock(0, 5, 20), [clock(19, 9, 30), clock(19, 9, 45), clock(19, 9, 50)], 30, 10)
    c["issued_at"][couple] = OFFICE
    c["ready_ms"][couple] = clock(22, 10)
    collect(c, couple, session(plan, OFFICE, 23), clock(23, 9), clock(23, 9, 6), clock(23, 9, 10))
    c["collect_trip_ms"][1] = clock(0, 5, 20)

    office_16 = session(plan, OFFICE, 16)
    book(c, 3, OFFICE, office_16, clock(15, 12), clock(16, 9))
    visit(c, 3, 0, office_16, clock(0, 0, 9.6), [clock(16, 8, 40), clock(16, 8, 40), clock(16, 8, 45)], 0, 15)
    c["issued_at"][3] = OFFICE
    c["ready_ms"][3] = c["collect_end_ms"][3] = clock(16, 12)
    c["handover"][3] = Handover.AT_ONCE

    near_16, near_19, near_26 = (session(plan, NEAR, day) for day in (16, 19, 26))
    book(c, 4, NEAR, near_16, clock(15, 13), clock(16, 8))
    # Comes before the doors open at 8: the wait begins then.
    c["visit_session"][4, 0], c["trip_ms"][4, 0], c["arrive_ms"][4, 0] = near_16, 0, clock(16, 7, 30)
    c["document_start_ms"][4, 0], c["document_end_ms"][4, 0] = clock(16, 8, 5), clock(16, 8, 10)
    visit(c, 4, 1, near_19, 0, [clock(19, 8), clock(19, 8), clock(19, 8, 5)], 0, 10)
    c["issued_at"][4] = NEAR
    c["ready_ms"][4] = clock(25, 10)
    collect(c, 4, near_26, clock(26, 13), clock(26, 13), clock(26, 13, 2))
    c["collect_trip_ms"][4] = 0

    book(c, 6, OFFICE, session(plan, OFFICE, 19), clock(16, 10), clock(19, 13))
    c["missed"][6], c["missed_session"][6] = 1, session(plan, OFFICE, 19)
    c["missed_channel"][6], c["missed_booked_ms"][6] = 0, clock(16, 10)
    return Story(plan, draws, compact(c))


def book(c: dict[str, np.ndarray], who: Any, site: int, row: int, booked: int, appointment: int) -> None:
    c["site"][who], c["session"][who], c["slot_channel"][who] = site, row, 0
    c["booked_ms"][who], c["appointment_ms"][who] = booked, appointment


def visit(
    c: dict[str, np.ndarray], a: int, v: int, row: int, trip: int, times: list[int], wait: float, minutes: float
) -> None:
    """A visit: arrival, start and end of the document check; then a wait and an interview, in minutes."""
    c["visit_session"][a, v], c["trip_ms"][a, v] = row, trip
    c["arrive_ms"][a, v], c["document_start_ms"][a, v], c["document_end_ms"][a, v] = times
    c["interview_start_ms"][a, v] = times[2] + round(wait * MINUTE_MS)
    c["interview_end_ms"][a, v] = c["interview_start_ms"][a, v] + round(minutes * MINUTE_MS)


def collect(c: dict[str, np.ndarray], who: Any, row: int, arrive: int, start: int, end: int) -> None:
    c["collect_session"][who], c["collect_arrive_ms"][who] = row, arrive
    c["handover"][who] = Handover.COLLECTED
    c["collect_start_ms"][who], c["collect_end_ms"][who] = start, end
