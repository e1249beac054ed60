"""What each applicant spent and got: the columns from which all measures of people are taken."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim import jit
from sim.draws import FOUR_BYTES, Draws
from sim.journeys import VISIT_COLUMNS, Journeys, number_type
from sim.measures.applicants import Columns, Parties, Ways, World, tell_all
from sim.plan import EVERYONE, Bools, Floats, Ints, Plan

FATES = ("counted", "applied", "served", "deterred", "unserved", "lost", "under_way", "visited")
"""Columns that say yes or no."""


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
    found = _columns(len(journeys))
    jit.compiled(tell_all)(_world(plan), _parties(draws), _ways(journeys), found)
    return Outcomes(**found._asdict())


def is_ready() -> bool:
    """Whether nobody has to wait for compilation."""
    return not jit.available() or jit.is_cached(tell_all)


def prepare(plan: Plan) -> None:
    """Have the loop compiled, by the outcomes of nobody."""
    parties = Parties(*(_of_kind(np.zeros(0), _drawn_kind(name)) for name in Parties._fields))
    ways = Ways(*(_of_kind(np.zeros(0), number_type(name)) for name in Ways._fields))
    jit.compiled(tell_all)(_world(plan), parties, ways, _columns(0))


def _columns(people: int) -> Columns:
    """Space for the outcomes of so many."""
    return Columns(*(np.empty(people, dtype=_kind(name)) for name in Columns._fields))


def _kind(name: str) -> DTypeLike:
    """Of the numbers in a column."""
    if name in FATES:
        return np.bool_
    return {"need_ms": np.int64, "district": np.int32}.get(name, np.float64)


def _world(plan: Plan) -> World:
    s, travel = plan.sessions, plan.travel
    return World(
        plan.counted_from_ms,
        plan.counted_to_ms,
        plan.horizon_ms,
        plan.behaviour.delivery_fee,
        s.site,
        s.day,
        s.intake_open,
        plan.sites.audience != EVERYONE,
        plan.sites.collect_at,
        travel.starts,
        np.ascontiguousarray(travel.distance_m),
        np.ascontiguousarray(travel.fare_rupiah),
    )


def _parties(draws: Draws) -> Parties:
    return Parties(*(_of_kind(getattr(draws, name), _drawn_kind(name)) for name in Parties._fields))


def _drawn_kind(name: str) -> type[np.signedinteger[Any]]:
    """Of the numbers in a column of the draws."""
    return np.int32 if name in FOUR_BYTES else np.int64


def _ways(journeys: Journeys) -> Ways:
    columns = ((name, getattr(journeys, name)) for name in Ways._fields)
    return Ways(
        *(
            _of_kind(values.T.reshape(-1) if name in VISIT_COLUMNS else values, number_type(name))
            for name, values in columns
        )
    )


def _of_kind(values: NDArray[Any], kind: type[np.signedinteger[Any]]) -> Ints:
    """The values themselves in a row, most often; not to be written to, as scenarios share what is drawn."""
    row = np.ascontiguousarray(values, dtype=kind).view()
    row.flags.writeable = False
    return row


def same_people(a: Outcomes, b: Outcomes) -> bool:
    """Whether two sets of outcomes are of the same applicants, row by row: same moment of need, same district."""
    return np.array_equal(a.need_ms, b.need_ms) and np.array_equal(a.district, b.district)


def interviewed_ms(j: Journeys) -> Ints:
    """End of the last interview of each applicant; NONE where there was none."""
    # Column by column: numpy is slow at the maxima of many short rows.
    last: Ints = functools.reduce(np.maximum, j.interview_end_ms.T)
    return last
