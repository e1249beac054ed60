"""What each applicant spent and got: the columns from which all measures of people are taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import FIRST, VISITS, Draws
from sim.journeys import LOST, Handover, Journeys, Status
from sim.plan import DAY_MS, EVERYONE, HOUR_MS, MINUTE_MS, NONE, Bools, Floats, Ints, Plan


@dataclass(frozen=True)
class Outcomes:
    """One row an applicant, in the order of the draws; NaN where a value does not apply."""

    counted: Bools
    """The need arose on a counted day."""
    applied: Bools
    served: Bools
    """The passport is in the applicant's hands."""
    deterred: Bools
    unserved: Bools
    lost: Bools
    under_way: Bools
    visited: Bools
    """Has been at the first appointment."""
    wait_minutes: Floats
    """All queueing at the first appointment, from arrival or the start of intake, the later of the two."""
    waited_share: Floats
    """1 for whoever waited at all, 0 for who was called at once at every station."""
    office_minutes: Floats
    """Time in the office at the first appointment, until the interview has ended or the papers are sent back."""
    lead_days: Floats
    """Days from when the party could come to its slot, of those who missed none."""
    days_to_passport: Floats
    trips: Floats
    travel_hours: Floats
    """All trips, both ways."""
    travel_km: Floats
    fare_rupiah: Floats
    """Fares and nights away of all trips."""
    cost_rupiah: Floats
    """Fares and nights, and all time on the road and in offices at the applicant's value of time; no fees."""
    need_ms: Ints
    district: Ints
    """Row of the applicant's district."""


def outcomes(plan: Plan, draws: Draws, journeys: Journeys) -> Outcomes:
    """The outcomes of one replication."""
    j, party = journeys, draws.party
    need = draws.need_ms[party]
    served = j.status == Status.COLLECTED
    visited = j.arrive_ms[:, FIRST] != NONE
    ways = _ways(plan, draws, journeys)
    office_ms, wait_ms = _first_visit(plan, journeys, visited)
    hours = ways.travel_ms / HOUR_MS
    in_offices = _office_hours(plan, journeys)
    cost = ways.fare + (hours + in_offices) * draws.value_of_time[party]
    return Outcomes(
        counted=(plan.counted_from_ms <= need) & (need < plan.counted_to_ms),
        applied=(j.status != Status.DETERRED),
        served=served,
        deterred=j.status == Status.DETERRED,
        unserved=j.status == Status.UNSERVED,
        lost=np.isin(j.status, LOST),
        under_way=j.status == Status.UNDER_WAY,
        visited=visited,
        wait_minutes=_where(visited, wait_ms / MINUTE_MS),
        waited_share=_where(visited, np.where(np.isnan(wait_ms), np.nan, wait_ms > 0)),
        office_minutes=_where(visited, office_ms / MINUTE_MS),
        lead_days=_where(visited & (j.missed == 0), _lead(plan, draws, j)),
        days_to_passport=_where(served, (j.collect_end_ms - need) / DAY_MS),
        trips=_where(served, ways.trips),
        travel_hours=_where(served, hours),
        travel_km=_where(served, ways.metres / 1000.0),
        fare_rupiah=_where(served, ways.fare),
        cost_rupiah=_where(served, cost),
        need_ms=need,
        district=draws.district[party],
    )


def same_people(a: Outcomes, b: Outcomes) -> bool:
    """Whether two sets of outcomes are of the same applicants, row by row: same moment of need, same district."""
    return np.array_equal(a.need_ms, b.need_ms) and np.array_equal(a.district, b.district)


@dataclass(frozen=True)
class _Ways:
    trips: Floats
    travel_ms: Floats
    metres: Floats
    fare: Floats


def _ways(plan: Plan, draws: Draws, j: Journeys) -> _Ways:
    """All trips of each applicant, there and back."""
    district = draws.district[draws.party]
    total = _Ways(*(np.zeros(len(j)) for _ in range(4)))
    fee = np.where(j.handover == Handover.DELIVERED, max(plan.behaviour.delivery_fee, 0), 0)
    total.fare[:] += _once_a_party(draws, fee)
    legs = [(j.visit_session[:, v], j.trip_ms[:, v], j.arrive_ms[:, v]) for v in range(VISITS)]
    legs.append((j.collect_session, j.collect_trip_ms, j.collect_arrive_ms))
    for session, trip, arrive in legs:
        # To whom a team comes, makes no trip.
        rows = np.flatnonzero(trip != NONE)
        rows = rows[plan.sites.audience[plan.sessions.site[session[rows]]] == EVERYONE]
        site = plan.sessions.site[session[rows]]
        stretch = np.searchsorted(plan.travel.starts, arrive[rows], side="right") - 1
        where = stretch, district[rows], site
        total.trips[rows] += 1
        total.travel_ms[rows] += 2.0 * trip[rows]
        total.metres[rows] += 2.0 * plan.travel.distance_m[where]
        total.fare[rows] += 2.0 * plan.travel.fare_rupiah[where]
    _add_vain(total, plan, j, district)
    return total


def _add_vain(total: _Ways, plan: Plan, j: Journeys, district: Ints) -> None:
    """Trips in vain to collect what was not ready: each as long and dear as the mean one to where it is handed out."""
    rows = np.flatnonzero((j.vain_trips > 0) & (j.issued_at != NONE))
    site = plan.sites.collect_at[j.issued_at[rows]]
    stretch = np.searchsorted(plan.travel.starts, np.minimum(j.ready_ms[rows], plan.horizon_ms - 1), side="right") - 1
    where = stretch, district[rows], site
    total.trips[rows] += j.vain_trips[rows]
    total.travel_ms[rows] += 2.0 * j.vain_trip_ms[rows]
    total.metres[rows] += 2.0 * j.vain_trips[rows] * plan.travel.distance_m[where]
    total.fare[rows] += 2.0 * j.vain_trips[rows] * plan.travel.fare_rupiah[where]


def _once_a_party(draws: Draws, rupiah: Ints) -> Floats:
    """A price that a party pays once, shared by those of its members to whom it applies."""
    party = draws.party
    sharing = np.bincount(party[rupiah > 0], minlength=draws.parties)[party]
    return rupiah / np.maximum(sharing, 1)


def _first_visit(plan: Plan, j: Journeys, visited: Bools) -> tuple[Floats, Floats]:
    """Time in the office and time in its queues at the first appointment, in milliseconds."""
    session = np.where(visited, j.visit_session[:, FIRST], 0)
    came = np.maximum(j.arrive_ms[:, FIRST], plan.sessions.intake_open[session])
    interviewed = j.interview_end_ms[:, FIRST] != NONE
    checked = j.document_end_ms[:, FIRST] != NONE
    left = np.where(interviewed, j.interview_end_ms[:, FIRST], j.document_end_ms[:, FIRST])
    wait = j.document_start_ms[:, FIRST] - came
    wait = wait + np.where(interviewed, j.interview_start_ms[:, FIRST] - j.document_end_ms[:, FIRST], 0)
    return np.where(checked, left - came, np.nan), np.where(checked, wait, np.nan)


def _office_hours(plan: Plan, j: Journeys) -> Floats:
    """Hours in offices over all visits, handing out included."""
    total = np.zeros(len(j))
    for v in range(VISITS):
        rows = np.flatnonzero(j.document_end_ms[:, v] != NONE)
        came = np.maximum(j.arrive_ms[rows, v], plan.sessions.intake_open[j.visit_session[rows, v]])
        total[rows] += np.maximum(j.document_end_ms[rows, v], j.interview_end_ms[rows, v]) - came
    rows = np.flatnonzero(j.collect_trip_ms != NONE)
    total[rows] += j.collect_end_ms[rows] - j.collect_arrive_ms[rows]
    at_once = np.flatnonzero(j.handover == Handover.AT_ONCE)
    total[at_once] += j.collect_end_ms[at_once] - j.interview_end_ms[at_once].max(axis=1)
    return total / HOUR_MS


def _lead(plan: Plan, draws: Draws, j: Journeys) -> Floats:
    """Whole days from the day the party could come to the day it was received: a later one where an outage came."""
    wanted = draws.wanted_ms[draws.party] // DAY_MS
    days: Ints = np.maximum(plan.sessions.day[j.visit_session[:, FIRST]] - wanted, 0)
    return days.astype(np.float64)


def _where(mask: Bools, values: Floats) -> Floats:
    out: Floats = np.where(mask, values, np.nan)
    return out
