"""What each applicant spent and got: the columns from which all measures of people are taken."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.plan import Bools, Floats, Ints

FATES = ("counted", "applied", "served", "deterred", "unserved", "lost", "under_way", "visited")
"""Columns that say yes or no."""


class Outcomes(NamedTuple):
    """Columns with one row an applicant, in the order of the draws; NaN (moments: NONE) where one does not apply."""

    counted: Bools
    """The need arose on a counted day."""
    applied: Bools
    """Was not deterred."""
    served: Bools
    """The passport is in the applicant's hands."""
    deterred: Bools
    """No office was worth its cost."""
    unserved: Bools
    """Found no slot before patience ended."""
    lost: Bools
    """Did not come, was sent back or refused, or never fetched the passport."""
    under_way: Bools
    """Simulated time ended before the journey did."""
    visited: Bools
    """Has been at an appointment; what follows is of the first that was kept."""
    wait_minutes: Floats
    """All queueing at it, from arrival or the start of intake (``plan.sessions.intake_open``), the later of the two."""
    waited_share: Floats
    """1 for whoever waited at all, 0 for who was called at once at every station."""
    office_minutes: Floats
    """Time in the office at it, until the interview has ended or the papers are sent back."""
    lead_days: Floats
    """Whole days from the one on which the party could come to the one on which it came, of those who missed none.

    Where an outage closed the session that was booked, to the day of the one that it came to instead; 0 where a team
    visited it before it could come.
    """
    days_to_visit: Floats
    """Days from the need to the first appointment kept; this and the next two of those served."""
    days_to_interviewed: Floats
    """Days from the need to the end of the last interview, after coming back with papers or being referred."""
    days_to_ready: Floats
    """Days from the need until the book lies where it is handed out, printed and sent."""
    days_to_passport: Floats
    """Days from the need until it is in the applicant's hands."""
    as_promised_share: Floats
    """1 for whose book lay where it is handed out by the day that they were told at the interview, else 0; of those
    served.

    That day is ``promised_days`` working days after the last interview, and as many more as sending takes at most.
    """
    trips: Floats
    """There and back counts as one."""
    travel_hours: Floats
    """All trips, both ways."""
    travel_km: Floats
    """Of the same trips."""
    fare_rupiah: Floats
    """Fares and nights away of all trips, and the fee where the passport is delivered."""
    days_off: Floats
    """Working days lost to visits for intake, of those who lose a day's work by one; 0 for everybody else."""
    cost_rupiah: Floats
    """Fares, nights and the fee of delivery, all time on the road and in offices at the applicant's value of time, days
    off; not the passport's fee."""
    need_ms: Ints
    """When the need arose."""
    interviewed_ms: Ints
    """When the last interview so far ended."""
    district: Ints
    """Row of the applicant's district in ``plan.districts``."""


def same_people(a: Outcomes, b: Outcomes) -> bool:
    """Whether two sets of outcomes are of the same applicants, row by row: same moment of need, same district."""
    return np.array_equal(a.need_ms, b.need_ms) and np.array_equal(a.district, b.district)
