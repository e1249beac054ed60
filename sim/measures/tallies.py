"""What is counted of journeys by session, office and month, in loops that are compiled where numba is installed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import jit
from sim.journeys import Journeys, Status, number_type
from sim.plan import DAY_MS, NONE, Bools, Ints, Plan

UNDER_WAY = int(Status.UNDER_WAY)


class Sessions(NamedTuple):
    """What came to pass at each session, one row each."""

    booked: Ints
    """[sessions, channels] Slots taken, those of appointments that were missed too."""
    last_booked_ms: Ints
    """[sessions, channels] When the last of them was; NONE where there is none."""
    visits: Ints
    """People who came for intake, returns too."""
    checked: Ints
    """Of first visits, those whose papers were checked."""
    queued_ms: Ints
    """All their queueing, see :func:`queued`."""
    document_ms: Ints
    """Time that counters of the document check spent serving."""
    interview_ms: Ints
    """The same of the interview."""
    collection_ms: Ints
    """The same of collection."""
    over_ms: Ints
    """From the end of staffed time to that of the last service for intake; 0 where that was in time."""

    def full_at_ms(self, quota: Ints) -> Ints:
        """[sessions, channels]: when the last slot was taken; NONE where one is left, or none was offered."""
        return np.where((quota > 0) & (self.booked == quota), self.last_booked_ms, NONE)


class Days(NamedTuple):
    """Moments of everybody, whenever the need arose: before the first day, on each, and after the last."""

    booked: Ints
    """[sites, days + 2] When slots there were taken; missed ones too, where another was taken."""
    visited: Ints
    """[sites, days + 2] When appointments there were over, kept or missed."""
    in_need: Ints
    """[days + 2] When the need of those arose who have had their last interview, or may have it after the end."""
    interviewed: Ints
    """[days + 2] Their last interviews."""
    decided: Ints
    """[sites, days + 2] Last interviews that led to a passport, or may do so after the end, by who prints it."""
    ready: Ints
    """[sites, days + 2] When passports were, by who prints them."""
    handed_over: Ints
    """[days + 2] When they were in the hands of their owners."""


def sessions(plan: Plan, journeys: Journeys) -> Sessions:
    """What sessions did in one replication."""
    quota = plan.sessions.quota
    by_slot = ("booked", "last_booked_ms")
    told = Sessions(**{
        name: np.zeros(quota.shape if name in by_slot else len(quota), dtype=np.int64) for name in Sessions._fields
    })  # fmt: skip
    told.last_booked_ms[:] = NONE
    times = (jit.read_only(moments, np.int64) for moments in (plan.sessions.intake_open, plan.sessions.closes))
    jit.compiled(tell_sessions)(read_only(journeys), *times, told)
    return told


def days(
    plan: Plan,
    closed: Bools,
    referred: Bools,
    decided_at: Ints,
    need_ms: Ints,
    interviewed_ms: Ints,
    journeys: Journeys,
) -> Days:
    """What happened on each day of a replication.

    Args:
        plan: the scenario.
        closed: [sessions] by an outage.
        referred: [applicants] whose last interview so far led to a referral.
        decided_at: [applicants] site of the last interview, where it led to a passport or may do so after the end;
            NONE elsewhere.
        need_ms: [applicants] when their need arose.
        interviewed_ms: [applicants] when their last interview ended; NONE where there is none.
        journeys: theirs.
    """
    by_site = ("booked", "visited", "decided", "ready")
    rows, sites = plan.n_days + 2, len(plan.sites.id)
    told = Days(**{
        name: np.zeros((sites, rows) if name in by_site else rows, dtype=np.int64) for name in Days._fields
    })  # fmt: skip
    s = plan.sessions
    moments = (jit.read_only(values, np.int64) for values in (need_ms, interviewed_ms, s.intake_open))
    where = (jit.read_only(values, np.int64) for values in (s.site, plan.sites.parent, decided_at))
    whether = (jit.read_only(values, np.bool_) for values in (closed, referred))
    jit.compiled(tell_days)(read_only(journeys), *moments, *where, *whether, told)
    return told


def passports(plan: Plan, issued_at: Ints, interviewed_ms: Ints, part_of_day: Ints, parts: int) -> Ints:
    """[sites, parts]: passports of interviews on counted days, whenever the need arose, by site of the interview.

    Args:
        plan: the scenario.
        issued_at: [applicants] site of the interview that led to the passport; NONE where there is none.
        interviewed_ms: [applicants] when it ended.
        part_of_day: [days] the part of the counted period that each day belongs to, such as a month.
        parts: their number.
    """
    told = np.zeros((len(plan.sites.id), parts), dtype=np.int64)
    jit.compiled(tell_passports)(
        jit.read_only(issued_at, np.int32), jit.read_only(interviewed_ms, np.int64),
        plan.counted_from_ms, plan.counted_to_ms, jit.read_only(part_of_day, np.int64), told,
    )  # fmt: skip
    return told


def is_ready() -> bool:
    """Whether nobody has to wait for compilation."""
    return not jit.available() or all(jit.is_cached(loop) for loop in (tell_sessions, tell_days, tell_passports))


def prepare(plan: Plan) -> None:
    """Have the loops compiled, by the journeys of nobody."""
    sessions(plan, journeys := nobody())
    none, no = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    days(plan, no, no, none, none, none, journeys)
    passports(plan, journeys.issued_at, journeys.interview_end_ms, none, 0)


def nobody() -> Journeys:
    """Journeys of nobody."""
    return Journeys(*(np.zeros(0, dtype=number_type(name)) for name in Journeys._fields))


def read_only(j: Journeys) -> Journeys:
    """Journeys as compiled loops read them."""
    return Journeys(*(jit.read_only(values, number_type(name)) for name, values in j._asdict().items()))


def tell_sessions(j: Journeys, intake_open: Ints, closes: Ints, t: Sessions) -> None:
    """Add up what everybody did at each session."""
    for row in range(len(j.visit_session)):
        session = j.visit_session[row]
        if session != NONE:
            t.visits[session] += 1
            # Who was not served has NONE for both, and has spent nothing.
            t.document_ms[session] += j.document_end_ms[row] - j.document_start_ms[row]
            t.interview_ms[session] += j.interview_end_ms[row] - j.interview_start_ms[row]
            left = max(j.document_end_ms[row], j.interview_end_ms[row])
            t.over_ms[session] = max(t.over_ms[session], left - closes[session])
            # The first rows are first visits.
            if row < len(j.status) and j.document_end_ms[row] != NONE:
                t.checked[session] += 1
                t.queued_ms[session] += queued(j, intake_open, row)
    for a in range(len(j.status)):
        if j.session[a] != NONE:
            take(t, j.session[a], j.slot_channel[a], j.booked_ms[a])
        if j.missed_session[a] != NONE and j.missed_booked_ms[a] != j.booked_ms[a]:
            take(t, j.missed_session[a], j.missed_channel[a], j.missed_booked_ms[a])
        # A party is served once, under the name of the one who came.
        if j.collect_trip_ms[a] != NONE:
            t.collection_ms[j.collect_session[a]] += j.collect_end_ms[a] - j.collect_start_ms[a]


def came(j: Journeys, intake_open: Ints, row: int) -> int:
    """Arrival at a visit, or the start of intake, the later of the two."""
    at: int = max(j.arrive_ms[row], intake_open[j.visit_session[row]])
    return at


def queued(j: Journeys, intake_open: Ints, row: int) -> int:
    """All queueing at a visit whose papers were checked, from :func:`came` on."""
    # NONE is before every time: no wait for an interview that was not to be.
    at_interview = max(j.interview_start_ms[row] - j.document_end_ms[row], 0)
    waited: int = j.document_start_ms[row] - came(j, intake_open, row) + at_interview
    return waited


def take(t: Sessions, session: int, channel: int, booked_ms: int) -> None:
    """Count a slot as taken."""
    t.booked[session, channel] += 1
    t.last_booked_ms[session, channel] = max(t.last_booked_ms[session, channel], booked_ms)


def tell_passports(
    issued_at: Ints, interviewed_ms: Ints, counted_from_ms: int, counted_to_ms: int, part_of_day: Ints, told: Ints
) -> None:
    """Count passports into ``told`` [sites, parts]."""
    for a in range(len(issued_at)):
        if issued_at[a] != NONE and counted_from_ms <= interviewed_ms[a] < counted_to_ms:
            told[issued_at[a], part_of_day[interviewed_ms[a] // DAY_MS]] += 1


def tell_days(
    j: Journeys, need_ms: Ints, interviewed_ms: Ints, intake_open: Ints, site: Ints, prints: Ints, decided_at: Ints,
    closed: Bools, referred: Bools, t: Days,
) -> None:  # fmt: skip
    """Count what everybody did on each day."""
    rows = len(t.in_need)
    for a in range(len(j.status)):
        _tell_appointments(j, intake_open, site, closed, t, a)
        under_way, interviewed = j.status[a] == UNDER_WAY, interviewed_ms[a] != NONE
        last = interviewed and not referred[a]
        # Whoever has neither had the last interview nor given up waits to the end.
        if last or under_way:
            t.in_need[row_of(rows, need_ms[a])] += 1
        if last:
            t.interviewed[row_of(rows, interviewed_ms[a])] += 1
        # A book that never becomes ready waits to the end: an office prints at the end of a day.
        if decided_at[a] != NONE:
            books = prints[decided_at[a]]
            t.decided[books, row_of(rows, interviewed_ms[a])] += 1
            if j.issued_at[a] != NONE and j.ready_ms[a] != NONE:
                t.ready[books, row_of(rows, j.ready_ms[a])] += 1
        if j.collect_end_ms[a] != NONE:
            t.handed_over[row_of(rows, j.collect_end_ms[a])] += 1


def _tell_appointments(j: Journeys, intake_open: Ints, site: Ints, closed: Bools, t: Days, a: int) -> None:
    """Count the appointments of somebody, at the site that they were booked at.

    Whose session an outage closes waits until the one that they come to, or on where there is none yet. Of an
    appointment that was missed and booked anew the day is known, and not the hour.
    """
    if j.booked_ms[a] == NONE:
        return
    rows, again, booked_at = len(t.in_need), j.missed_booked_ms[a] != j.booked_ms[a], site[j.session[a]]
    t.booked[booked_at, row_of(rows, j.booked_ms[a])] += 1
    if j.missed_booked_ms[a] != NONE and again:
        missed_at = site[j.missed_session[a]]
        t.booked[missed_at, row_of(rows, j.missed_booked_ms[a])] += 1
        t.visited[missed_at, row_of(rows, intake_open[j.missed_session[a]])] += 1
    over, visit = j.appointment_ms[a], j.visit_session[a]
    if visit != NONE and visit != j.session[a]:
        over = intake_open[visit]
    if visit != NONE or not (again and j.status[a] == UNDER_WAY and closed[j.session[a]]):
        t.visited[booked_at, row_of(rows, over)] += 1


def row_of(rows: int, when_ms: int) -> int:
    """The row of a moment among those of days, the first of which is for all before and the last for all after."""
    row: int = 0 if when_ms < 0 else min(when_ms // DAY_MS + 1, rows - 1)
    return row
