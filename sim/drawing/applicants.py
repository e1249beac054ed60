"""What will happen to each applicant in the offices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.drawing.common import Common
from sim.drawing.shares import BILLION, MILLION, from_shares, whole
from sim.draws import FIRST, REFERRED, RETURN, VISITS, Columns
from sim.plan import Behaviour, Bools, Ints
from sim.randomness import Identity, Source


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
    def of(cls, visits: int, people: int) -> Visits:
        """So many visits, of which nobody makes any."""
        trips, places = (np.zeros((visits, people), dtype=np.int32) for _ in range(2))
        return cls(trips, places, np.zeros((visits, people, 2), dtype=np.int64))

    def fill(self, b: Behaviour, source: Source, visit: int, who: Identity, rows: Ints | slice) -> None:
        """Draw a visit of some applicants."""
        them = who if isinstance(rows, slice) else who.take(rows)
        document_u, interview_u = source.pair("service/intake", them, visit)
        self.service_ms[visit, rows, 0] = whole(b.service[0].ppf(document_u))
        self.service_ms[visit, rows, 1] = whole(b.service[1].ppf(interview_u))
        if visit != FIRST:
            trip_u, place_u = source.pair("travel/again", them, visit)
            self.trip_ppm[visit, rows] = whole(b.time_factor.ppf(trip_u) * MILLION)
            self.place_ppb[visit, rows] = whole(place_u * BILLION)


def first_visits(common: Common, source: Source, who: Identity, missing: Bools) -> Visits:
    """The visit as booked, and that with the missing papers."""
    visits = Visits.of(REFERRED, len(who))
    visits.fill(common.behaviour, source, FIRST, who, slice(None))
    visits.fill(common.behaviour, source, RETURN, who, np.flatnonzero(missing))
    return visits


def with_referrals(
    b: Behaviour, source: Source, who: Identity, before: Visits, referral_ppb: Ints, most_referred: float
) -> Visits:
    """The visits before a referral, and those after it of whoever some site may refer: nobody else needs its numbers.

    Args:
        b: of the plan.
        source: of the replication.
        who: the applicants.
        before: their visits before a referral.
        referral_ppb: one is referred where this is below the share of the site, both in billionths.
        most_referred: the highest share of any site.
    """
    visits = Visits.of(VISITS, len(who))
    visits.trip_ppm[:REFERRED], visits.place_ppb[:REFERRED] = before.trip_ppm, before.place_ppb
    visits.service_ms[:REFERRED] = before.service_ms
    visits.fill(b, source, REFERRED, who, np.flatnonzero(referral_ppb < most_referred * BILLION))
    return visits
