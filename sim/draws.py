"""Draws: everything random about one replication of a plan, fixed before the engine starts.

Who comes, and what will happen to them whatever an engine does, in integers of the units of the plan: an engine
neither draws nor rounds. Numbers that no engine can come to read, such as the wait after a referral of those whom
nobody refers, are not drawn but 0. How the others are drawn is in :mod:`sim.drawing`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sim.plan import Bools, Ints

TRIES = 2
"""Appointments a party may make: the first, and one more after missing it."""
VISITS = 3
"""Visits for intake: as booked, again with the missing papers, at the parent office after a referral."""
FIRST, RETURN, REFERRED = range(VISITS)
CLOSED = 2_000_000_000
"""Cost in rupiah of a site that is not open to a party; no other costs as much, and it fits in four bytes."""
FOUR_BYTES = frozenset(
    {
        *("segment", "district", "size", "channel", "value_of_time", "day_off_rupiah", "cost_rupiah"),
        *("group", "group_people", "party"),
        *("delivery_days", "trip_ppm", "collect_trip_ppm", "collect_place_ppb", "referral_ppb", "visit_trip_ppm"),
        *("visit_place_ppb", "issue_days", "sending_ppb"),
    }
)
"""Columns of rows, counts, rupiah and shares: half the memory of times."""
Columns = dict[str, Any]
"""Columns of :class:`Draws` by name."""


@dataclass(frozen=True)
class Draws:
    """Parties (one row each, by time of need) and applicants (one row each, a party's members together)."""

    # parties
    need_ms: Ints
    segment: Ints
    district: Ints
    size: Ints
    first: Ints
    """Row of the party's first applicant."""
    channel: Ints
    electronic: Bools
    homebound: Bools
    value_of_time: Ints
    """Rupiah an hour."""
    worth_rupiah: Ints
    day_off_rupiah: Ints
    """What an appointment on a working day costs a person more; 0 for most, and for those who are visited at home."""
    cost_rupiah: Ints
    """[parties, sites]: what applying there costs a person, before lead days; CLOSED where it cannot be."""
    wanted_ms: Ints
    """From when on the party can come: the need itself, or the start of a later working day."""
    retry_ms: Ints
    patience_ms: Ints
    misses: Bools
    """[parties, tries]: misses that appointment; a later one only where the first was missed."""
    group: Ints
    """Number of the group that the party is part of; NONE for most."""
    group_people: Ints
    """People in that group; 0 where there is none."""
    checks_progress: Bools
    """Looks whether the passport is ready before setting out."""
    again_after_ms: Ints
    """From a trip in vain to the next."""
    delivery_rupiah: Ints
    """Delivery is wanted where the trip costs more: fee, reluctance and taste; 0 where nothing is delivered."""
    delivery_days: Ints
    """Working days that it takes; 0 where nothing is delivered."""
    books_again: Bools
    """Looks for another appointment after missing the first; false for those who do not miss it."""
    books_again_after_ms: Ints
    """From the missed appointment to looking for another, at least 1; 0 for those who do not miss the first."""
    trip_ppm: Ints
    """Trip duration over its mean, in millionths, of the trip to the appointment."""
    collect_delay_ms: Ints
    never_collects: Bools
    collect_trip_ppm: Ints
    collect_place_ppb: Ints
    """When in the collection window the party comes, in billionths of it."""
    # applicants
    party: Ints
    replacement: Bools
    papers_missing: Bools
    comes_back: Bools
    """With the missing papers; false where none are missing."""
    back_after_ms: Ints
    """From being sent away to coming back; 0 where no papers are missing."""
    refused: Bools
    referral_ppb: Ints
    """Referred where this is below the site's share, both in billionths."""
    referral_after_ms: Ints
    """From the interview to the visit after a referral; 0 for those whom no site of the plan refers."""
    visit_trip_ppm: Ints
    """[applicants, visits]: of the trips after the first."""
    visit_place_ppb: Ints
    """[applicants, visits]: when in the window one comes without an appointment, in billionths of it."""
    service_ms: Ints
    """[applicants, visits, document and interview]"""
    collection_ms: Ints
    """Service time of handing out this applicant's passport."""
    issue_days: Ints
    sending_ppb: Ints
    # the province
    closed: Bools
    """[sessions]: struck by an outage of intake."""
    print_limit: Ints
    """[sites, days]: books that an office can print, UNLIMITED where that is not limited; 0 where it does not print."""
    same_day_closed: Bools
    """[sites, days]: not printing, or struck by an outage of printing or of passports of the same day."""

    @property
    def parties(self) -> int:
        """Number of parties."""
        return len(self.need_ms)

    @property
    def applicants(self) -> int:
        """Number of applicants."""
        return len(self.party)


def needs_between(draws: Draws, start_ms: int, end_ms: int) -> Draws:
    """The parties, with their applicants, whose need arises from ``start_ms`` to before ``end_ms``, and nobody else."""
    parties = slice(*np.searchsorted(draws.need_ms, (start_ms, end_ms)).tolist())
    people = slice(*np.searchsorted(draws.party, (parties.start, parties.stop)).tolist())
    names = [field.name for field in fields(Draws)]
    of_people, of_province = names.index("party"), names.index("closed")
    some: Columns = {}
    for place, name in enumerate(names):
        values = getattr(draws, name)
        some[name] = values[parties if place < of_people else people] if place < of_province else values
    some["first"] = some["first"] - people.start
    some["party"] = some["party"] - parties.start
    return Draws(**some)
