"""Identities that hold in every run; a run in which one does not is wrong and says so."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from sim.draws import FIRST, REFERRED, RETURN, TRIES, VISITS, Draws
from sim.errors import SimError
from sim.journeys import Handover, Journeys, Status
from sim.plan import NONE, Bools, Ints, Plan

BOOKING = ("tries", "missed", "missed_session", "site", "session", "slot_channel", "booked_ms", "appointment_ms")
"""Columns that are the same for all members of a party."""


class IdentityError(SimError, AssertionError):
    """The engine broke a law of the model: a fault of this program, not of its input."""


def check_identities(plan: Plan, draws: Draws, j: Journeys) -> None:
    """Check conservation of applicants, order of events, parties and quotas.

    Raises:
        IdentityError: naming the identity and the first applicant or session that breaks it.
    """
    if len(j) != draws.applicants:
        raise IdentityError(f"{draws.applicants} applicants went in, {len(j)} journeys came out")
    _check_fates(j)
    _check_bookings(plan, draws, j)
    _check_quotas(plan, j)
    _check_visits(plan, draws, j)
    _check_issue(plan, j)
    _check_collection(draws, j)


def _check_fates(j: Journeys) -> None:
    known = np.isin(j.status, [int(s) for s in Status])
    _require(known, "need = deterred + unserved + lost + collected + under way")
    _require((j.status == Status.COLLECTED) == (j.collect_end_ms != NONE), "collected is who has the passport")
    _require((j.status != Status.DETERRED) | (j.session == NONE), "nobody deterred has a slot")
    _require((j.status != Status.LOST_NO_SHOW) | (j.missed > 0), "no no-show without a missed appointment")
    looked = (j.status != Status.UNDER_WAY) | (j.session != NONE)
    _require((j.tries >= 1) == looked, "an end or a slot comes of looking for one")


def _check_bookings(plan: Plan, draws: Draws, j: Journeys) -> None:
    s, head = plan.sessions, draws.first[draws.party]
    for name in BOOKING:
        column = getattr(j, name)
        _require(column == column[head], f"a party books as one ({name})")
    _require(_together(j.site, j.session, j.slot_channel, j.booked_ms, j.appointment_ms), "a booking is complete")
    booked = j.session != NONE
    _require(~booked | (s.site[j.session] == j.site), "a slot is at the site of its session")
    _require(~booked | (j.appointment_ms >= j.booked_ms), "no appointment before its booking")
    inside = (s.intake_open[j.session] <= j.appointment_ms) & (j.appointment_ms < s.intake_close[j.session])
    _require(~booked | inside, "an appointment is within the intake of its session")
    _require((j.missed >= 0) & (j.missed <= TRIES), f"at most {TRIES} appointments are missed")
    _require((j.missed > 0) == (j.missed_session != NONE), "a missed appointment had a session")


def _check_quotas(plan: Plan, j: Journeys) -> None:
    quota = plan.sessions.quota
    booked = j.session != NONE
    slots = j.session[booked] * quota.shape[1] + j.slot_channel[booked]
    taken = np.bincount(slots, minlength=quota.size).reshape(quota.shape)
    _require((taken <= quota).all(axis=1), "no session above its quota", "session")
    # The channel of a slot that was missed and booked anew is not kept: it counts for the session as a whole.
    twice = (j.missed_session != NONE) & (j.missed_session != j.session)
    total = taken.sum(axis=1) + np.bincount(j.missed_session[twice], minlength=len(quota))
    _require(total <= quota.sum(axis=1), "no session above its quota, missed appointments counted", "session")


def _check_visits(plan: Plan, draws: Draws, j: Journeys) -> None:
    s = plan.sessions
    for v in range(VISITS):
        session, arrive = j.visit_session[:, v], j.arrive_ms[:, v]
        document = j.document_start_ms[:, v], j.document_end_ms[:, v]
        interview = j.interview_start_ms[:, v], j.interview_end_ms[:, v]
        visit = f"visit {v + 1}"
        _require(_together(session, arrive, j.trip_ms[:, v]), f"{visit} has a session, a trip and an arrival")
        _require(_together(*document) & _together(*interview), f"services of {visit} have a start and an end")
        for before, after in itertools.pairwise((arrive, *document, *interview)):
            follows = (before != NONE) & (before <= after)
            _require((after == NONE) | follows, f"events of {visit} follow each other")
        opened = s.intake_open[session] <= document[0]
        _require((document[0] == NONE) | opened, f"no service of {visit} before the session opens")
    first = j.visit_session[:, FIRST]
    moved = draws.closed[j.session] & (s.site[first] == j.site)
    _require((first == NONE) | (first == j.session) | moved, "the first visit is to the session booked, if it was held")
    for v in range(VISITS):
        session = j.visit_session[:, v]
        _require((session == NONE) | ~draws.closed[session], "nobody visits a session that an outage closes")
    back, sent_back = j.arrive_ms[:, RETURN], j.document_end_ms[:, FIRST]
    _require((back == NONE) | ((sent_back != NONE) & (back >= sent_back)), "nobody returns who was not sent back")
    referred, interviewed = j.arrive_ms[:, REFERRED], j.interview_end_ms[:, :REFERRED].max(axis=1)
    _require(
        (referred == NONE) | ((interviewed != NONE) & (referred >= interviewed)), "no referral before an interview"
    )


def _check_issue(plan: Plan, j: Journeys) -> None:
    _require(_together(j.issued_at, j.ready_ms), "what is issued becomes ready")
    issued = j.issued_at != NONE
    last = j.interview_end_ms.argmax(axis=1)
    rows = np.arange(len(j))
    _require(~issued | (j.interview_end_ms[rows, last] != NONE), "no passport without an interview")
    _require(~issued | (j.ready_ms >= j.interview_end_ms[rows, last]), "no book before its interview")
    at = plan.sessions.site[j.visit_session[rows, last]]
    _require(~issued | (j.issued_at == at), "a passport is issued where its last interview was")
    collected = j.status == Status.COLLECTED
    _require(~collected | (issued & (j.collect_end_ms >= j.ready_ms)), "no book before it is ready")


def _check_collection(draws: Draws, j: Journeys) -> None:
    _require(
        _together(j.collect_session, j.collect_arrive_ms, j.collect_start_ms), "a collection has a session and times"
    )
    fetched = j.collect_session != NONE
    for before, after in itertools.pairwise((j.collect_arrive_ms, j.collect_start_ms, j.collect_end_ms)):
        _require(~fetched | (before <= after), "events of the collection follow each other")
    _require(np.isin(j.handover, [int(h) for h in Handover]), "a passport is handed over in one of the known ways")
    _require((j.handover != Handover.NOT_YET) == (j.status == Status.COLLECTED), "who has a passport was handed it")
    _require((j.handover == Handover.COLLECTED) == fetched, "what is fetched is fetched at a session")
    _require((j.vain_trips >= 0) & ((j.vain_trips > 0) | (j.vain_trip_ms == 0)), "a trip in vain is a trip")
    fetchers = fetched | (j.status == Status.LOST_UNCOLLECTED) | (j.status == Status.UNDER_WAY)
    _require((j.vain_trips == 0) | fetchers, "nobody goes in vain for what is brought")
    trips = np.bincount(draws.party, j.collect_trip_ms != NONE, minlength=draws.parties)
    needed = np.bincount(draws.party, fetched, minlength=draws.parties) > 0
    _require(trips == needed, "one of a party fetches its passports", "party")


def _together(*columns: Ints) -> Bools:
    """Where all columns have a value, or none has."""
    known = np.array([column != NONE for column in columns])
    return np.asarray(known.all(axis=0) | ~known.any(axis=0), dtype=np.bool_)


def _require(holds: Any, identity: str, what: str = "applicant") -> None:
    if not holds.all():
        raise IdentityError(f"{identity}: does not hold for {what} {int(np.flatnonzero(~holds)[0])}")
