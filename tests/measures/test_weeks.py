"""Who waits for an interview and who for a book, to the person, up to the end of simulated time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sim.draws import FIRST, REFERRED, Draws
from sim.journeys import Journeys, Status, compact
from sim.measures.all import measure
from sim.measures.check import check_identities
from sim.plan import DAY_MS, NONE, Plan
from tests.measures.handmade import NEAR, OFFICE, blank, book, clock, draws_of, session, visit
from tests.model.small_province import Tree, merged, plan_of, run
from tests.services.small_services import ROOMY

TO_THE_LAST_DAY: Tree = {
    "period": {"run_out": "0 days"},
    "sites": {
        "kanim": {"sessions": {"weekdays": {"days": ["mon", "tue", "wed", "thu", "fri", "sun"]}}},
        "ukk_near": {"sessions": {"weekdays": {"days": ["mon", "wed", "fri", "sun"]}}},
    },
}
"""Simulated time ends with a Sunday, on which offices are open: nothing of that day is printed any more."""
LAST_WEEK = "2023-05-08"
OFTEN = 500_000_000


def waiting(plan: Plan, draws: Draws, journeys: Journeys, measure_of: str) -> dict[str, int]:
    """How many wait at the end of each week, by its Monday."""
    rows, _ = measure(plan, draws, journeys, ())
    value = zip(rows.measure, rows.unit, rows.value, strict=True)
    return {unit: int(count) for name, unit, count in value if name == measure_of}


def end_of(plan: Plan, week: str) -> int:
    return ((dt.date.fromisoformat(week) - plan.origin).days + 7) * DAY_MS


def test_whose_last_interview_so_far_led_to_a_referral_waits_for_the_next_and_nobody_else_does() -> None:
    """Eight in need a week before the end. A sub-office refers every other one; here they are told apart by hand."""
    plan = plan_of(merged(TO_THE_LAST_DAY, {"sites": {"ukk_near": {"referral": 0.5}}}))
    last = plan.n_days - 1
    assert plan.horizon_ms == (last + 1) * DAY_MS == end_of(plan, LAST_WEEK)
    wednesday, friday = last - 4, last - 2
    draws = draws_of(plan, [clock(last - 7, 9)] * 8, [1] * 8, [1] * 8, 10_000)
    draws.referral_ppb[:] = OFTEN - 1
    sent_on, sent_on_last_day, in_line, no_papers, decided, decided_at_office, printed, refused = range(8)
    draws.referral_ppb[decided] = OFTEN
    c = blank(8)
    c["tries"][:] = 1
    c["status"][refused] = Status.LOST_REFUSED

    def comes(a: int, site: int, day: int, number: int = FIRST) -> None:
        """A visit at nine, with the interview from 9:10 to 9:20; the first as it was booked."""
        row = session(plan, site, day)
        if number == FIRST:
            book(c, a, site, row, clock(last - 7, 9), clock(day, 9))
        visit(c, a, number, row, 0, [clock(day, 9), clock(day, 9), clock(day, 9, 10)], 0, 10)

    for a in (sent_on, in_line, decided_at_office, refused):
        comes(a, NEAR, wednesday)
    for a in (sent_on_last_day, decided):
        comes(a, NEAR, last)
    comes(printed, OFFICE, wednesday)
    c["issued_at"][printed], c["ready_ms"][printed] = OFFICE, clock(last + 2, 10)
    comes(in_line, OFFICE, last, REFERRED)
    c["interview_start_ms"][in_line, REFERRED] = c["interview_end_ms"][in_line, REFERRED] = NONE
    comes(decided_at_office, OFFICE, last, REFERRED)
    comes(refused, OFFICE, friday, REFERRED)
    comes(no_papers, NEAR, wednesday)
    c["interview_start_ms"][no_papers, FIRST] = c["interview_end_ms"][no_papers, FIRST] = NONE
    journeys = compact(c)
    check_identities(plan, draws, journeys)

    weeks = "2023-05-01", LAST_WEEK
    interviews = waiting(plan, draws, journeys, "interviews_waiting")
    books = waiting(plan, draws, journeys, "books_waiting")
    # For an interview wait those sent on before and on the last day, in line at the office, and sent back for papers.
    assert [interviews[week] for week in weeks] == [8, 4]
    # For a book those of the last day whose interview decided, at either place, and the one whose book is printed.
    assert [books[week] for week in weeks] == [0, 3]


@pytest.mark.parametrize("referral", [0.0, 1.0])
def test_everybody_has_given_up_waits_for_the_interview_waits_for_the_book_or_has_had_an_end(referral: float) -> None:
    """Where a sub-office sends nobody on, or everybody, the last interview alone says who still waits for one."""
    plan = plan_of(merged(ROOMY, TO_THE_LAST_DAY, {"sites": {"ukk_near": {"referral": referral}}}))
    draws, j = run(plan)
    ends, at = j.by_visit("interview_end_ms"), j.by_visit("visit_session")
    interviewed, person = ends.max(axis=1), np.arange(j.applicants)
    near = plan.sessions.site[at[person, ends.argmax(axis=1)]] == NEAR
    sent_on = (interviewed != NONE) & near & (referral == 1)
    of_last_day = (interviewed >= plan.horizon_ms - DAY_MS) & ~sent_on & (j.status == Status.UNDER_WAY)
    assert of_last_day.sum() > 10
    assert (j.issued_at[of_last_day & (j.ready_ms == NONE)] == NONE).all()
    if referral:
        assert (sent_on & (interviewed < plan.horizon_ms - DAY_MS)).sum() > 5

    found = {name: waiting(plan, draws, j, name) for name in ("interviews_waiting", "books_waiting")}
    need = draws.need_ms[draws.party]
    gave_up = (interviewed == NONE) & (j.status != Status.UNDER_WAY)
    for week in found["interviews_waiting"]:
        end = end_of(plan, week)
        decided = (interviewed != NONE) & (interviewed < end) & ~sent_on
        ready = decided & ((j.status == Status.LOST_REFUSED) | (j.ready_ms != NONE) & (j.ready_ms < end))
        in_need = (need < end) & ~gave_up
        assert found["interviews_waiting"][week] == (in_need & ~decided).sum()
        assert found["books_waiting"][week] == (decided & ~ready).sum()
    assert end == plan.horizon_ms
