"""Identities that hold in every run; a run in which one does not is wrong and says so."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.draws import FIRST, TRIES, VISITS, Draws
from sim.errors import IdentityError
from sim.journeys import VISIT_COLUMNS, Handover, Journeys, Status
from sim.plan import NONE, Bools, Ints, Plan

BOOKING = (
    *("tries", "missed", "missed_session", "missed_channel", "missed_booked_ms"),
    *("site", "session", "slot_channel", "booked_ms", "appointment_ms"),
)
"""Columns that are the same for all members of a party."""


def check_identities(plan: Plan, draws: Draws, j: Journeys) -> None:
    """Check conservation of applicants, order of events, parties and quotas.

    Raises:
        IdentityError: naming the identity and the first applicant or session that breaks it.
    """
    if j.applicants != draws.applicants:
        raise IdentityError(f"{draws.applicants} applicants went in, {j.applicants} journeys came out")
    _check_fates(j)
    _check_bookings(plan, draws, j)
    _check_quotas(plan, j)
    visits = _visits(j)
    _check_visits(plan, draws, j, visits)
    _check_issue(plan, j, visits)
    _check_collection(draws, j)


def _check_fates(j: Journeys) -> None:
    known = (j.status >= int(min(Status))) & (j.status <= int(max(Status)))
    _require(known, "need = deterred + unserved + lost + collected + under way")
    _require(_is(j.status, Status.COLLECTED) == (j.collect_end_ms != NONE), "collected is who has the passport")
    booked = j.session != NONE
    _require(~_is(j.status, Status.DETERRED) | ~booked, "nobody deterred has a slot")
    _require(~_is(j.status, Status.LOST_NO_SHOW) | (j.missed > 0), "no no-show without a missed appointment")
    _require((j.tries >= 1) == (~_is(j.status, Status.UNDER_WAY) | booked), "an end or a slot comes of looking for one")


def _check_bookings(plan: Plan, draws: Draws, j: Journeys) -> None:
    s = plan.sessions
    alone, after = draws.party[1:] != draws.party[:-1], np.arange(1, j.applicants)
    for name in BOOKING:
        column = getattr(j, name)
        _require(alone | (column[1:] == column[:-1]), f"a party books as one ({name})", rows=after)
    _require(_together(j.site, j.session, j.slot_channel, j.booked_ms, j.appointment_ms), "a booking is complete")
    free, session = j.session == NONE, _rows(j.session)
    _require(free | (s.site[session] == j.site), "a slot is at the site of its session")
    _require(free | (j.appointment_ms >= j.booked_ms), "no appointment before its booking")
    inside = s.intake_open[session] <= j.appointment_ms
    inside &= j.appointment_ms < s.intake_close[session]
    _require(free | inside, "an appointment is within the intake of its session")
    _require((j.missed >= 0) & (j.missed <= TRIES), f"at most {TRIES} appointments are missed")
    _require((j.missed > 0) == (j.missed_session != NONE), "a missed appointment had a session")
    _require(_together(j.missed_session, j.missed_channel, j.missed_booked_ms), "a missed appointment was booked")
    # Of whoever did not book again, the last appointment is the one missed.
    only = (j.missed == 1) & (j.missed_session == j.session) & (j.missed_channel == j.slot_channel)
    only &= (j.missed_booked_ms == j.booked_ms) & (j.first("visit_session") == NONE)
    _require((j.missed == 0) | only | (j.missed_booked_ms < j.booked_ms), "who books again does so later")


def _check_quotas(plan: Plan, j: Journeys) -> None:
    quota = plan.sessions.quota
    booked = np.flatnonzero(j.session != NONE)
    again = np.flatnonzero(j.booked_again)
    sessions = np.concatenate([j.session[booked], j.missed_session[again]])
    channels = np.concatenate([j.slot_channel[booked], j.missed_channel[again]])
    taken = np.bincount(sessions * quota.shape[1] + channels, minlength=quota.size).reshape(quota.shape)
    _require(np.all(taken <= quota, axis=1), "no session above its quota, missed appointments counted", "session")


@dataclass(frozen=True)
class _Visit:
    """One visit: the first of everybody, or a later one of those who made it."""

    who: Ints
    """The applicants."""
    session: Ints
    trip: Ints
    arrive: Ints
    document_start: Ints
    document_end: Ints
    interview_start: Ints
    interview_end: Ints

    @property
    def home(self) -> Ints:
        """When each is home from it; NONE where it was not made, or has not ended."""
        home: Ints = np.maximum(self.document_end, self.interview_end)
        home += self.trip * (home != NONE)
        return home


def _visits(j: Journeys) -> list[_Visit]:
    """The visits, as booked, again with the missing papers, and after a referral."""
    people, later = j.applicants, len(j.later_visit)
    lengths = {len(getattr(j, name)) - people for name in VISIT_COLUMNS} | {len(j.later_applicant)}
    if lengths != {later}:
        raise IdentityError("a visit has a row in each of its columns: they are not equally long")
    known = (j.later_visit > FIRST) & (j.later_visit < VISITS) & (j.later_applicant >= 0) & (j.later_applicant < people)
    _require(known, "a later visit is a known one of somebody", "later visit")
    order = j.later_visit.astype(np.int64) * people + j.later_applicant
    _require(order[1:] > order[:-1], "later visits stand in order, each once", "later visit")
    first = _Visit(np.arange(people), *(getattr(j, name)[:people] for name in VISIT_COLUMNS))
    of_kind = [np.flatnonzero(j.later_visit == visit) for visit in range(FIRST + 1, VISITS)]
    return [first] + [
        _Visit(j.later_applicant[rows], *(getattr(j, name)[people:][rows] for name in VISIT_COLUMNS))
        for rows in of_kind
    ]


def _check_visits(plan: Plan, draws: Draws, j: Journeys, visits: list[_Visit]) -> None:
    s = plan.sessions
    for number, v in enumerate(visits, start=1):
        name = f"visit {number}"
        made, arrived = v.session != NONE, v.arrive != NONE
        checked, left = v.document_start != NONE, v.document_end != NONE
        called, ended = v.interview_start != NONE, v.interview_end != NONE
        whole = (made == arrived) & (made == (v.trip != NONE))
        _require(whole, f"{name} has a session, a trip and an arrival", rows=v.who)
        paired = (checked == left) & (called == ended)
        _require(paired, f"services of {name} have a start and an end", rows=v.who)
        events = (
            (arrived, v.arrive),
            (checked, v.document_start),
            (left, v.document_end),
            (called, v.interview_start),
            (ended, v.interview_end),
        )
        for (was, before), (is_, after) in itertools.pairwise(events):
            _require(~is_ | was & (before <= after), f"events of {name} follow each other", rows=v.who)
        session = _rows(v.session)
        opened = s.intake_open[session] <= v.document_start
        _require(~checked | opened, f"no service of {name} before the session opens", rows=v.who)
        open_that_day = ~made | ~draws.closed[session]
        _require(open_that_day, "nobody visits a session that an outage closes", rows=v.who)
    first, back, referred = visits
    for number, v in ((2, back), (3, referred)):
        _require(v.session != NONE, f"visit {number} was made", rows=v.who)
    elsewhere = np.flatnonzero((first.session != NONE) & (first.session != j.session))
    moved = draws.closed[j.session[elsewhere]] & (s.site[first.session[elsewhere]] == j.site[elsewhere])
    _require(moved, "the first visit is to the session booked, if it was held", rows=elsewhere)
    sent_back = first.document_end[back.who]
    returns = (sent_back != NONE) & (back.arrive >= sent_back)
    _require(returns, "nobody returns who was not sent back", rows=back.who)
    interviewed = first.interview_end.copy()
    interviewed[back.who] = np.maximum(interviewed[back.who], back.interview_end)
    sent_on = interviewed[referred.who]
    referrals = (sent_on != NONE) & (referred.arrive >= sent_on)
    _require(referrals, "no referral before an interview", rows=referred.who)
    home = first.home
    for v in (back, referred):
        late = v.arrive - v.trip >= home[v.who]
        _require(late, "nobody is under way twice", rows=v.who)
        home[v.who] = np.maximum(home[v.who], v.home)
    fetched = j.collect_trip_ms == NONE
    fetched |= j.collect_arrive_ms - j.collect_trip_ms >= home
    _require(fetched, "nobody sets out for a passport before being home")


def _check_issue(plan: Plan, j: Journeys, visits: list[_Visit]) -> None:
    _require(_together(j.issued_at, j.ready_ms), "what is issued becomes ready")
    none = j.issued_at == NONE
    first, *later = visits
    session, interviewed = _rows(first.session), first.interview_end.copy()
    for v in later:
        rows = np.flatnonzero(v.interview_end > interviewed[v.who])
        who = v.who[rows]
        session[who], interviewed[who] = v.session[rows], v.interview_end[rows]
    _require(none | (interviewed != NONE), "no passport without an interview")
    _require(none | (j.ready_ms >= interviewed), "no book before its interview")
    at = plan.sessions.site[session]
    _require(none | (j.issued_at == at), "a passport is issued where its last interview was")
    has_it = (j.issued_at != NONE) & (j.collect_end_ms >= j.ready_ms)
    _require(~_is(j.status, Status.COLLECTED) | has_it, "no book before it is ready")


def _check_collection(draws: Draws, j: Journeys) -> None:
    complete = _together(j.collect_session, j.collect_arrive_ms, j.collect_start_ms)
    _require(complete, "a collection has a session and times")
    fetched = j.collect_session != NONE
    for before, after in itertools.pairwise((j.collect_arrive_ms, j.collect_start_ms, j.collect_end_ms)):
        _require(~fetched | (before <= after), "events of the collection follow each other")
    known = (j.handover >= int(min(Handover))) & (j.handover <= int(max(Handover)))
    _require(known, "a passport is handed over in one of the known ways")
    _require(~_is(j.handover, Handover.NOT_YET) == _is(j.status, Status.COLLECTED), "who has a passport was handed it")
    _require(_is(j.handover, Handover.COLLECTED) == fetched, "what is fetched is fetched at a session")
    _require((j.vain_trips >= 0) & ((j.vain_trips > 0) | (j.vain_trip_ms == 0)), "a trip in vain is a trip")
    fetchers = fetched | _is(j.status, Status.LOST_UNCOLLECTED) | _is(j.status, Status.UNDER_WAY)
    _require((j.vain_trips == 0) | fetchers, "nobody goes in vain for what is brought")
    going, served = (draws.party[np.flatnonzero(who)] for who in (j.collect_trip_ms != NONE, fetched))
    trips = np.bincount(going, minlength=draws.parties)
    needed = np.bincount(served, minlength=draws.parties) > 0
    _require(trips == needed, "one of a party fetches its passports", "party")


def _is(codes: Ints, code: int) -> Bools:
    """Where codes are this one, as a plain number: for a member of an enumeration numpy widens all codes first."""
    found: Bools = codes == int(code)
    return found


def _rows(numbers: Ints) -> Ints:
    """Numbers of rows in a copy of the size that numpy looks rows up by; NONE, which is -1, finds the last."""
    rows: Ints = numbers.astype(np.intp)
    return rows


def _together(*columns: Ints) -> Bools:
    """Where all columns have a value, or none has."""
    first, *others = [column != NONE for column in columns]
    together: Bools = np.ones(len(first), dtype=bool)
    for known in others:
        together &= known == first
    return together


def _require(holds: Any, identity: str, what: str = "applicant", rows: Ints | None = None) -> None:
    """Raise where something does not hold; ``rows`` are those it was asked of, where that is not everybody."""
    if not holds.all():
        place = int(np.argmin(holds))
        raise IdentityError(f"{identity}: does not hold for {what} {place if rows is None else int(rows[place])}")
