"""What will happen to each applicant in the offices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.drawing.common import Common
from sim.drawing.shares import from_shares, whole
from sim.draws import FIRST, RETURN, VISITS, Columns
from sim.plan import Behaviour, Bools, Ints
from sim.randomness import Identity, Source
from sim.rules import BILLION, MILLION


def applicant_draws(common: Common, source: Source, who: Identity, segment: Ints) -> Columns:
    """What will happen to an applicant in the offices."""
    b = common.behaviour
    replacement_u, missing_u = source.pair("applicant/papers", who)
    back_u, after_u = source.pair("papers/return", who)
    refused_u, days_u = source.pair("issue/decision", who)
    referral_u, referral_after_u = source.pair("referral", who)
    sending_u, collection_u = source.pair("issue/sending-and-handing-out", who)
    replaces = np.array([part.replacement for part in common.segments])[segment]
    replacement = replacement_u < replaces
    missing = missing_u < np.where(replacement, b.missing_replacement, b.missing_new)
    return {
        "replacement": replacement,
        "papers_missing": missing,
        "comes_back": back_u < b.come_back,
        "back_after_ms": whole(b.back_after.ppf(after_u)),
        "refused": refused_u < b.refused,
        "referral_ppb": whole(referral_u * BILLION),
        "referral_after_ms": whole(b.referral_after.ppf(referral_after_u)),
        "collection_ms": whole(b.service[2].ppf(collection_u)),
        "issue_days": from_shares(b.issue_days, days_u),
        "sending_ppb": whole(sending_u * BILLION),
    }


@dataclass(frozen=True)
class Visits:
    """What will happen at visits, in memory visit by visit: few make another, and what is read together lies together.

    Numbers of visits that nobody can make are zero.
    """

    trip_ppm: Ints
    """[visits, applicants], as is the next."""
    place_ppb: Ints
    service_ms: Ints
    """[visits, applicants, document and interview]"""

    @classmethod
    def of(cls, people: int) -> Visits:
        """Visits of so many people, who make none yet."""
        trips, places = (np.zeros((VISITS, people), dtype=np.int32) for _ in range(2))
        return cls(trips, places, np.zeros((VISITS, people, 2), dtype=np.int64))

    def copy(self) -> Visits:
        """The same, to be written to."""
        return Visits(self.trip_ppm.copy(), self.place_ppb.copy(), self.service_ms.copy())

    def fill(self, b: Behaviour, source: Source, visit: int, them: Identity, rows: Ints | slice) -> None:
        """Draw a visit of those who stand in some rows."""
        document_u, interview_u = source.pair("service/intake", them, visit)
        self.service_ms[visit, rows, 0] = whole(b.service[0].ppf(document_u))
        self.service_ms[visit, rows, 1] = whole(b.service[1].ppf(interview_u))
        if visit != FIRST:
            trip_u, place_u = source.pair("travel/again", them, visit)
            self.trip_ppm[visit, rows] = whole(b.time_factor.ppf(trip_u) * MILLION)
            self.place_ppb[visit, rows] = whole(place_u * BILLION)


def visits_of(common: Common, source: Source, who: Identity, missing: Bools) -> Visits:
    """The visit as booked of everybody, and that with the missing papers; none after a referral."""
    visits = Visits.of(len(who))
    visits.fill(common.behaviour, source, FIRST, who, slice(None))
    back = np.flatnonzero(missing)
    visits.fill(common.behaviour, source, RETURN, who.take(back), back)
    for values in (visits.trip_ppm, visits.place_ppb, visits.service_ms):
        values.flags.writeable = False
    return visits
