"""What is counted of journeys by session, office and month, in loops that are compiled where numba is installed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import jit
from sim.journeys import Journeys, number_type
from sim.plan import DAY_MS, NONE, Ints, Plan


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
    return not jit.available() or (jit.is_cached(tell_sessions) and jit.is_cached(tell_passports))


def prepare(plan: Plan) -> None:
    """Have the loops compiled, by the journeys of nobody."""
    sessions(plan, journeys := nobody())
    passports(plan, journeys.issued_at, journeys.interview_end_ms, np.zeros(0, dtype=np.int64), 0)


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
