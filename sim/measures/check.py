"""Identities that hold in every run; a run in which one does not is wrong and says so."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from sim.draws import VISITS, Draws
from sim.errors import SimError
from sim.journeys import Journeys, Status
from sim.plan import NONE, Plan


class IdentityError(SimError, AssertionError):
    """The engine broke a law of the model: a fault of this program, not of its input."""


def check_identities(plan: Plan, draws: Draws, j: Journeys) -> None:
    """Check conservation of applicants, order of events and quotas.

    Raises:
        IdentityError: naming the identity and the first applicant or session that breaks it.
    """
    if len(j) != draws.applicants:
        raise IdentityError(f"{draws.applicants} applicants went in, {len(j)} journeys came out")
    known = np.isin(j.status, [int(s) for s in Status])
    _require(known, "need = deterred + unserved + lost + collected + under way", "applicant")
    for v in range(VISITS):
        times = [j.arrive_ms, j.document_start_ms, j.document_end_ms, j.interview_start_ms, j.interview_end_ms]
        for before, after in itertools.pairwise(times):
            _require(
                (after[:, v] == NONE) | ((before[:, v] != NONE) & (before[:, v] <= after[:, v])),
                f"events of visit {v + 1} follow each other",
                "applicant",
            )
    collected = j.status == Status.COLLECTED
    _require(
        ~collected | ((j.ready_ms != NONE) & (j.collect_end_ms >= j.ready_ms)),
        "no book before it is ready",
        "applicant",
    )
    _require(
        (j.booked_ms == NONE) | (j.appointment_ms >= j.booked_ms), "no appointment before its booking", "applicant"
    )
    channels = plan.sessions.quota.shape[1]
    booked = j.session != NONE
    taken = np.bincount(
        j.session[booked] * channels + j.slot_channel[booked], minlength=plan.sessions.quota.size
    ).reshape(-1, channels)
    _require((taken <= plan.sessions.quota).all(axis=1), "no session above its quota", "session")


def _require(holds: Any, identity: str, what: str) -> None:
    if not holds.all():
        raise IdentityError(f"{identity}: does not hold for {what} {int(np.flatnonzero(~holds)[0])}")
