"""What each applicant spent and got: the columns from which all measures of people are taken."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields

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
    days_to_visit: Floats
    """Days from the need to the first appointment kept; this and the next two of those served."""
    days_to_interviewed: Floats
    """Days from the need to the end of the last interview, after coming back with papers or being referred."""
    days_to_ready: Floats
    """Days from the need until the book lies where it is handed out, printed and sent."""
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
    need = draws.need_ms.take(party)
    district = draws.district.take(party)
    served = j.status == Status.COLLECTED
    visited = j.arrive_ms[:, FIRST] != NONE
    first = _first_visit(plan, j)
    unserved, unchecked = np.flatnonzero(~served), np.flatnonzero(~first.checked)
    spent = _spent_on_trips(plan, draws, j, district)
    hours = spent.travel_ms / HOUR_MS
    in_offices = _office_ms(plan, j, first) / HOUR_MS
    cost = spent.fare + (hours + in_offices) * draws.value_of_time.take(party)
    return Outcomes(
        counted=(plan.counted_from_ms <= need) & (need < plan.counted_to_ms),
        applied=j.status != Status.DETERRED,
        served=served,
        deterred=j.status == Status.DETERRED,
        unserved=j.status == Status.UNSERVED,
        lost=_IS_LOST.take(j.status),
        under_way=j.status == Status.UNDER_WAY,
        visited=visited,
        wait_minutes=_without(unchecked, first.wait_ms / MINUTE_MS),
        waited_share=_without(unchecked, (first.wait_ms > 0).astype(np.float64)),
        office_minutes=_without(unchecked, first.office_ms / MINUTE_MS),
        lead_days=_without(np.flatnonzero(~visited | (j.missed != 0)), _lead(plan, draws, j)),
        days_to_visit=_without(unserved, (j.arrive_ms[:, FIRST] - need) / DAY_MS),
        days_to_interviewed=_without(unserved, (interviewed_ms(j) - need) / DAY_MS),
        days_to_ready=_without(unserved, (j.ready_ms - need) / DAY_MS),
        days_to_passport=_without(unserved, (j.collect_end_ms - need) / DAY_MS),
        trips=_without(unserved, spent.trips),
        travel_hours=_without(unserved, hours),
        travel_km=_without(unserved, spent.metres / 1000.0),
        fare_rupiah=_without(unserved, spent.fare),
        cost_rupiah=_without(unserved, cost),
        need_ms=need,
        district=district,
    )


def same_people(a: Outcomes, b: Outcomes) -> bool:
    """Whether two sets of outcomes are of the same applicants, row by row: same moment of need, same district."""
    return np.array_equal(a.need_ms, b.need_ms) and np.array_equal(a.district, b.district)


_IS_LOST = np.isin(np.arange(len(Status)), LOST)
"""[statuses]"""


@dataclass(frozen=True)
class _Spent:
    """What all trips of each applicant come to, there and back."""

    trips: Floats
    travel_ms: Floats
    metres: Floats
    fare: Floats


@dataclass(frozen=True)
class _Trips:
    """Trips in one table, whoever makes them; the last may stand for several trips of one person."""

    who: Ints
    site: Ints
    at_ms: Ints
    times: Ints
    one_way_ms: Ints
    """All of them together."""


def _spent_on_trips(plan: Plan, draws: Draws, j: Journeys, district: Ints) -> _Spent:
    parts = [*_visits_made(plan, j), _vain_trips(plan, j)]
    t = _Trips(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_Trips)))
    travel = plan.travel
    where = _stretch(plan, t.at_ms)
    for part, size in ((district.take(t.who), travel.distance_m.shape[1]), (t.site, travel.distance_m.shape[2])):
        where = where * size + part

    def of_each(values: Ints) -> Floats:
        return np.bincount(t.who, values, minlength=len(j)).astype(np.float64, copy=False)

    fee = np.flatnonzero(j.handover == Handover.DELIVERED)
    fare = of_each(2 * t.times * travel.fare_rupiah.reshape(-1).take(where))
    fare[fee] += _shared_fee(plan, draws, fee)
    return _Spent(
        trips=of_each(t.times),
        travel_ms=of_each(2 * t.one_way_ms),
        metres=of_each(2 * t.times * travel.distance_m.reshape(-1).take(where)),
        fare=fare,
    )


def _visits_made(plan: Plan, j: Journeys) -> Iterator[_Trips]:
    """Trips to visits, and to collect."""
    legs = [(j.visit_session[:, v], j.trip_ms[:, v], j.arrive_ms[:, v]) for v in range(VISITS)]
    legs.append((j.collect_session, j.collect_trip_ms, j.collect_arrive_ms))
    for session, trip, arrive in legs:
        rows = np.flatnonzero(trip != NONE)
        site = plan.sessions.site.take(session.take(rows))
        # To whom a team comes, makes no trip.
        goes = (plan.sites.audience == EVERYONE).take(site)
        if not goes.all():
            rows, site = rows[goes], site[goes]
        yield _Trips(rows, site, arrive.take(rows), np.ones_like(rows), trip.take(rows))


def _vain_trips(plan: Plan, j: Journeys) -> _Trips:
    """Trips in vain to collect what was not ready: each as long and dear as the mean one to where it is handed out."""
    rows = np.flatnonzero((j.vain_trips > 0) & (j.issued_at != NONE))
    site = plan.sites.collect_at.take(j.issued_at.take(rows))
    at_ms = np.minimum(j.ready_ms.take(rows), plan.horizon_ms - 1)
    return _Trips(rows, site, at_ms, j.vain_trips.take(rows), j.vain_trip_ms.take(rows))


def _stretch(plan: Plan, at_ms: Ints) -> Ints:
    """The stretch of the period with the same roads that each time is in; there are few."""
    stretch: Ints = np.zeros(len(at_ms), dtype=np.int64)
    for start in plan.travel.starts[1:]:
        stretch += at_ms >= start
    return stretch


def _shared_fee(plan: Plan, draws: Draws, rows: Ints) -> Floats:
    """The price of delivery, which a party pays once, for each of its members to whom passports were delivered."""
    party = draws.party.take(rows)
    sharing = np.bincount(party, minlength=draws.parties).take(party)
    return max(plan.behaviour.delivery_fee, 0) / np.maximum(sharing, 1)


@dataclass(frozen=True)
class _FirstVisit:
    """The first appointment of each applicant; without meaning for those whose papers were not checked there."""

    checked: Bools
    office_ms: Ints
    wait_ms: Ints


def _first_visit(plan: Plan, j: Journeys) -> _FirstVisit:
    """Time in the office and time in its queues at the first appointment."""
    checked_ms, called_ms, left_ms = j.document_end_ms[:, FIRST], j.interview_start_ms[:, FIRST], _left(j, FIRST)
    came = _came(plan, j, FIRST)
    # NONE is before every time: no wait for an interview that was not to be.
    wait = j.document_start_ms[:, FIRST] - came + np.maximum(called_ms - checked_ms, 0)
    return _FirstVisit(checked_ms != NONE, left_ms - came, wait)


def _came(plan: Plan, j: Journeys, visit: int) -> Ints:
    """Arrival of each at a visit, or the start of intake, the later of the two."""
    came: Ints = np.maximum(j.arrive_ms[:, visit], plan.sessions.intake_open.take(j.visit_session[:, visit]))
    return came


def _left(j: Journeys, visit: int) -> Ints:
    """When each had ended a visit: the interview, or the check of papers that were sent back."""
    left: Ints = np.maximum(j.document_end_ms[:, visit], j.interview_end_ms[:, visit])
    return left


def _office_ms(plan: Plan, j: Journeys, first: _FirstVisit) -> Ints:
    """Time in offices over all visits, handing out included."""
    total = first.office_ms * first.checked
    for v in range(VISITS):
        if v != FIRST:
            rows = np.flatnonzero(j.document_end_ms[:, v] != NONE)
            total[rows] += (_left(j, v) - _came(plan, j, v)).take(rows)
    total += (j.collect_end_ms - j.collect_arrive_ms) * (j.collect_trip_ms != NONE)
    at_once = np.flatnonzero(j.handover == Handover.AT_ONCE)
    total[at_once] += (j.collect_end_ms - interviewed_ms(j)).take(at_once)
    return total


def _lead(plan: Plan, draws: Draws, j: Journeys) -> Floats:
    """Whole days from the day the party could come to the day it was received: a later one where an outage came."""
    wanted = (draws.wanted_ms // DAY_MS).take(draws.party)
    days: Ints = np.maximum(plan.sessions.day.take(j.visit_session[:, FIRST]) - wanted, 0)
    return days.astype(np.float64)


def _without(rows: Ints, values: Floats) -> Floats:
    """The values themselves, made NaN in some rows."""
    values[rows] = np.nan
    return values


def interviewed_ms(j: Journeys) -> Ints:
    """End of the last interview of each applicant; NONE where there was none."""
    # Column by column: numpy is slow at the maxima of many short rows.
    last: Ints = functools.reduce(np.maximum, j.interview_end_ms.T)
    return last
