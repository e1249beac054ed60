"""Outcomes of a replication, applicant by applicant: a loop that is compiled where numba is installed.

What has been read of an applicant still lies at hand when it is needed again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from sim import jit
from sim.draws import FIRST, FOUR_BYTES, VISITS, Draws
from sim.journeys import LOST, Handover, Journeys, Status
from sim.measures.outcomes import FATES, Outcomes
from sim.measures.tallies import came, nobody, queued, read_only
from sim.plan import DAY_MS, EVERYONE, HOUR_MS, MINUTE_MS, NONE, Bools, Ints, Plan
from sim.rules import ready_after, stretch_of
from sim.sessions import days_promised

COLLECTED, DETERRED, UNSERVED = int(Status.COLLECTED), int(Status.DETERRED), int(Status.UNSERVED)
UNDER_WAY, FIRST_LOST, LAST_LOST = int(Status.UNDER_WAY), int(min(LOST)), int(max(LOST))
AT_ONCE, DELIVERED = int(Handover.AT_ONCE), int(Handover.DELIVERED)
NAN = float("nan")
IN_TURN = 2048
"""Parties that are gone through several times, each time for some of their outcomes, before the next ones."""


class World(NamedTuple):
    """What of a plan outcomes hang on."""

    counted_from_ms: int
    counted_to_ms: int
    horizon_ms: int
    delivery_fee: int
    site: Ints
    """[sessions], as are the next three."""
    day: Ints
    on_working_day: Bools
    intake_open: Ints
    comes_to_people: Bools
    """[sites]: to whom its team comes, makes no trip."""
    travel_starts: Ints
    promised_days: Ints
    """[sites]: of the interview; sending is in it."""
    working_days: Ints
    worked: Ints
    """[days]: working days up to and including each."""
    ready_at_ms: int
    distance_m: Ints
    """[stretches, districts, sites], as is the next."""
    fare_rupiah: Ints


class Parties(NamedTuple):
    """What of the draws outcomes hang on, by party."""

    need_ms: Ints
    district: Ints
    first: Ints
    size: Ints
    wanted_ms: Ints
    value_of_time: Ints
    day_off_rupiah: Ints


def outcomes(plan: Plan, draws: Draws, journeys: Journeys) -> Outcomes:
    """The outcomes of one replication."""
    found = _space(journeys.applicants)
    jit.compiled(tell_all)(_world(plan), _parties(draws), read_only(journeys), _later_rows(journeys), found)
    return found


def is_ready() -> bool:
    """Whether nobody has to wait for compilation."""
    return not jit.available() or jit.is_cached(tell_all)


def prepare(plan: Plan) -> None:
    """Have the loop compiled, by the outcomes of nobody."""
    parties = Parties(*(jit.read_only(np.zeros(0), _drawn_kind(name)) for name in Parties._fields))
    journeys = read_only(nobody())
    jit.compiled(tell_all)(_world(plan), parties, journeys, _later_rows(journeys), _space(0))


def _later_rows(j: Journeys) -> Ints:
    """[visits after the one as booked, applicants] rows of visits; NONE for those that were not made."""
    rows: Ints = np.full((VISITS - 1, j.applicants), NONE, dtype=np.int32)
    rows[j.later_visit - 1, j.later_applicant] = j.applicants + np.arange(len(j.later_visit))
    return rows


def _space(people: int) -> Outcomes:
    """Room for the outcomes of so many."""
    return Outcomes(*(np.empty(people, dtype=_kind(name)) for name in Outcomes._fields))


def _kind(name: str) -> DTypeLike:
    """Of the numbers in a column."""
    if name in FATES:
        return np.bool_
    return {"need_ms": np.int64, "interviewed_ms": np.int64, "district": np.int32}.get(name, np.float64)


def _world(plan: Plan) -> World:
    s, travel = plan.sessions, plan.travel
    return World(
        plan.counted_from_ms,
        plan.counted_to_ms,
        plan.horizon_ms,
        plan.behaviour.delivery_fee,
        s.site,
        s.day,
        s.on_working_day(plan.working_days),
        s.intake_open,
        plan.sites.audience != EVERYONE,
        travel.starts,
        days_promised(plan),
        plan.working_days,
        np.searchsorted(plan.working_days, np.arange(plan.n_days), side="right"),
        plan.behaviour.ready_at_ms,
        np.ascontiguousarray(travel.distance_m),
        np.ascontiguousarray(travel.fare_rupiah),
    )


def _parties(draws: Draws) -> Parties:
    return Parties(*(jit.read_only(getattr(draws, name), _drawn_kind(name)) for name in Parties._fields))


def _drawn_kind(name: str) -> type[np.signedinteger[Any]]:
    """Of the numbers in a column of the draws."""
    return np.int32 if name in FOUR_BYTES else np.int64


def tell_all(w: World, p: Parties, j: Journeys, later: Ints, o: Outcomes) -> None:
    """Fill the outcomes of everybody; ``later`` are the rows of :func:`_later_rows`.

    In turns: of so many columns at once the processor cannot tell beforehand what will be read next.
    """
    for start in range(0, len(p.first), IN_TURN):
        stop = min(start + IN_TURN, len(p.first))
        for party in range(start, stop):
            for a in range(p.first[party], p.first[party] + p.size[party]):
                _tell_fate(w, p, j, o, party, a)
        for party in range(start, stop):
            for a in range(p.first[party], p.first[party] + p.size[party]):
                _tell_first_visit(w, p, j, o, party, a)
                _tell_interview(j, later, o, a)
        for party in range(start, stop):
            first, end = p.first[party], p.first[party] + p.size[party]
            delivered = 0
            for a in range(first, end):
                delivered += j.handover[a] == DELIVERED
            for a in range(first, end):
                if o.served[a]:
                    # A party pays the price of delivery once.
                    fee = max(w.delivery_fee, 0) / delivered if j.handover[a] == DELIVERED else 0.0
                    _tell_way(w, p, j, later, o, party, a, fee)
                else:
                    _tell_no_way(o, a)


def _tell_fate(w: World, p: Parties, j: Journeys, o: Outcomes, party: int, a: int) -> None:
    status = j.status[a]
    o.need_ms[a] = p.need_ms[party]
    o.district[a] = p.district[party]
    o.counted[a] = w.counted_from_ms <= p.need_ms[party] < w.counted_to_ms
    o.applied[a] = status != DETERRED
    o.served[a] = status == COLLECTED
    o.deterred[a] = status == DETERRED
    o.unserved[a] = status == UNSERVED
    o.lost[a] = FIRST_LOST <= status <= LAST_LOST
    o.under_way[a] = status == UNDER_WAY
    o.visited[a] = j.arrive_ms[a] != NONE


def _tell_first_visit(w: World, p: Parties, j: Journeys, o: Outcomes, party: int, a: int) -> None:
    """Lead, time in the office and time in its queues; the rows of first visits are those of the applicants."""
    o.lead_days[a] = o.wait_minutes[a] = o.waited_share[a] = o.office_minutes[a] = NAN
    if j.arrive_ms[a] != NONE and j.missed[a] == 0:
        o.lead_days[a] = max(w.day[j.visit_session[a]] - p.wanted_ms[party] // DAY_MS, 0)
    if j.document_end_ms[a] != NONE:
        wait = queued(j, w.intake_open, a)
        o.wait_minutes[a] = wait / MINUTE_MS
        o.waited_share[a] = 1.0 if wait > 0 else 0.0
        o.office_minutes[a] = _in_office(w, j, a) / MINUTE_MS


def _tell_interview(j: Journeys, later: Ints, o: Outcomes, a: int) -> None:
    interviewed = j.interview_end_ms[a]
    for k in range(VISITS - 1):
        if later[k, a] != NONE:
            interviewed = max(interviewed, j.interview_end_ms[later[k, a]])
    o.interviewed_ms[a] = interviewed


def _in_office(w: World, j: Journeys, row: int) -> int:
    """Time at a visit until the interview had ended, or the check of papers that were sent back."""
    left: int = max(j.document_end_ms[row], j.interview_end_ms[row])
    return left - came(j, w.intake_open, row)


def _tell_way(w: World, p: Parties, j: Journeys, later: Ints, o: Outcomes, party: int, a: int, fee: float) -> None:
    """The days, trips and rupiah of somebody who has the passport in hand."""
    need, district = p.need_ms[party], p.district[party]
    in_offices, days_off = 0, 0.0
    trips, one_way_ms, one_way_m, one_way_rupiah = 0, 0, 0, 0
    for visit in range(VISITS):
        row = a if visit == FIRST else later[visit - 1, a]
        if row == NONE:
            continue
        if j.document_end_ms[row] != NONE:
            in_offices += _in_office(w, j, row)
        if j.trip_ms[row] != NONE and not w.comes_to_people[w.site[j.visit_session[row]]]:
            m, rupiah = _road(w, district, w.site[j.visit_session[row]], j.arrive_ms[row])
            trips, one_way_ms = trips + 1, one_way_ms + j.trip_ms[row]
            one_way_m, one_way_rupiah = one_way_m + m, one_way_rupiah + rupiah
            if w.on_working_day[j.visit_session[row]] and p.day_off_rupiah[party] > 0:
                days_off += 1.0
    if j.collect_trip_ms[a] != NONE:
        in_offices += j.collect_end_ms[a] - j.collect_arrive_ms[a]
        if not w.comes_to_people[w.site[j.collect_session[a]]]:
            m, rupiah = _road(w, district, w.site[j.collect_session[a]], j.collect_arrive_ms[a])
            trips, one_way_ms = trips + 1, one_way_ms + j.collect_trip_ms[a]
            one_way_m, one_way_rupiah = one_way_m + m, one_way_rupiah + rupiah
    if j.vain_trips[a] > 0:
        # In vain to where it is fetched at last: each as far and dear as a trip there when the passport is ready.
        m, rupiah = _road(w, district, w.site[j.collect_session[a]], min(j.ready_ms[a], w.horizon_ms - 1))
        trips, one_way_ms = trips + j.vain_trips[a], one_way_ms + j.vain_trip_ms[a]
        one_way_m, one_way_rupiah = one_way_m + j.vain_trips[a] * m, one_way_rupiah + j.vain_trips[a] * rupiah
    if j.handover[a] == AT_ONCE:
        in_offices += j.collect_end_ms[a] - o.interviewed_ms[a]
    o.days_to_visit[a] = (j.arrive_ms[a] - need) / DAY_MS
    o.days_to_interviewed[a] = (o.interviewed_ms[a] - need) / DAY_MS
    o.days_to_ready[a] = (j.ready_ms[a] - need) / DAY_MS
    o.days_to_passport[a] = (j.collect_end_ms[a] - need) / DAY_MS
    told = ready_after(
        o.interviewed_ms[a] // DAY_MS, w.promised_days[j.issued_at[a]], w.working_days, w.worked, w.ready_at_ms
    )
    o.as_promised_share[a] = 1.0 if j.ready_ms[a] // DAY_MS <= told // DAY_MS else 0.0
    o.trips[a] = trips
    o.travel_hours[a] = 2 * one_way_ms / HOUR_MS
    o.travel_km[a] = 2 * one_way_m / 1000.0
    o.fare_rupiah[a] = 2 * one_way_rupiah + fee
    o.days_off[a] = days_off
    time_rupiah = (o.travel_hours[a] + in_offices / HOUR_MS) * p.value_of_time[party]
    o.cost_rupiah[a] = o.fare_rupiah[a] + time_rupiah + days_off * p.day_off_rupiah[party]


def _road(w: World, district: int, site: int, at: int) -> tuple[int, int]:
    """Metres and fare of the way from a district to a site at a moment."""
    stretch = stretch_of(w.travel_starts, at)
    return w.distance_m[stretch, district, site], w.fare_rupiah[stretch, district, site]


def _tell_no_way(o: Outcomes, a: int) -> None:
    o.days_to_visit[a] = o.days_to_interviewed[a] = o.days_to_ready[a] = o.days_to_passport[a] = NAN
    o.as_promised_share[a] = NAN
    o.trips[a] = o.travel_hours[a] = o.travel_km[a] = o.fare_rupiah[a] = o.days_off[a] = o.cost_rupiah[a] = NAN
