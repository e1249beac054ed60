"""What will happen to each applicant in the offices."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.drawing.common import Common
from sim.drawing.quantiles import whole_quantiles
from sim.drawing.shares import from_shares, whole
from sim.draws import FIRST, REFERRED, RETURN, VISITS, Columns
from sim.plan import Behaviour, Bools, Ints
from sim.randomness import Identity, Source
from sim.rules import BILLION, MILLION


def applicant_draws(common: Common, source: Source, who: Identity, segment: Ints) -> Columns:
    """What will happen to an applicant in the offices."""
    b = common.behaviour
    replacement_u, missing_u = source.pair("applicant/papers", who)
    refused_u, days_u = source.pair("issue/decision", who)
    sending_u, collection_u = source.pair("issue/sending-and-handing-out", who)
    replacement = replacement_u < np.array([part.replacement for part in common.segments])[segment]
    missing = missing_u < np.where(replacement, b.missing_replacement, b.missing_new)
    rows = np.flatnonzero(missing)
    back_u, after_u = source.pair("papers/return", who.take(rows))
    comes_back, back_after = np.zeros(len(who), dtype=bool), np.zeros(len(who), dtype=np.int64)
    comes_back[rows] = back_u < b.come_back
    back_after[rows] = whole_quantiles(b.back_after, after_u)
    return {
        "replacement": replacement,
        "papers_missing": missing,
        "comes_back": comes_back,
        "back_after_ms": back_after,
        "refused": refused_u < b.refused,
        "referral_ppb": whole(source.uniform("referral", who) * BILLION),
        "collection_ms": whole_quantiles(b.service[2], collection_u),
        "issue_days": from_shares(b.issue_days, days_u),
        "sending_ppb": whole(sending_u * BILLION),
    }


@dataclass(frozen=True)
class Visits:
    """What will happen at visits, in memory visit by visit: few make another, and what is read together lies together.

    Numbers of visits that nobody can make are zero, and so is the wait for them.
    """

    trip_ppm: Ints
    """[visits, applicants], as is the next."""
    place_ppb: Ints
    service_ms: Ints
    """[visits, applicants, document and interview]"""
    referral_after_ms: Ints
    """[applicants]: from the interview to the visit after a referral."""

    @classmethod
    def of(cls, people: int) -> Visits:
        """Visits of so many people, who make none yet."""
        trips, places = (np.zeros((VISITS, people), dtype=np.int32) for _ in range(2))
        service, waits = (np.zeros(shape, dtype=np.int64) for shape in ((VISITS, people, 2), people))
        return cls(trips, places, service, waits)

    def without_referrals(self) -> Visits:
        """A copy to be written to, in which nobody is referred."""
        visits = Visits(*(getattr(self, field.name).copy() for field in fields(self)))
        for column in (visits.trip_ppm, visits.place_ppb, visits.service_ms):
            column[REFERRED] = 0
        visits.referral_after_ms[:] = 0
        return visits

    def protect(self) -> None:
        """From now on nobody can write to it."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    def fill(self, b: Behaviour, source: Source, visit: int, them: Identity, rows: Ints | slice) -> None:
        """Draw a visit of those who stand in some rows."""
        document_u, interview_u = source.pair("service/intake", them, visit)
        self.service_ms[visit, rows, 0] = whole_quantiles(b.service[0], document_u)
        self.service_ms[visit, rows, 1] = whole_quantiles(b.service[1], interview_u)
        if visit != FIRST:
            trip_u, place_u = source.pair("travel/again", them, visit)
            self.trip_ppm[visit, rows] = whole_quantiles(b.time_factor, trip_u, MILLION)
            self.place_ppb[visit, rows] = np.rint(place_u * BILLION)
        if visit == REFERRED:
            _, after_u = source.pair("referral", them)
            self.referral_after_ms[rows] = whole_quantiles(b.referral_after, after_u)


def visits_of(common: Common, source: Source, who: Identity, missing: Bools) -> Visits:
    """The visit as booked of everybody, and that with the missing papers; none after a referral yet."""
    visits = Visits.of(len(who))
    visits.fill(common.behaviour, source, FIRST, who, slice(None))
    back = np.flatnonzero(missing)
    visits.fill(common.behaviour, source, RETURN, who.take(back), back)
    return visits
