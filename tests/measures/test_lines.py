"""The laws of lines hold in a sound run, and each one that is broken is found out and named."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from sim.drawing import draw
from sim.draws import FIRST
from sim.engines import simpy_model
from sim.engines.lists import Record
from sim.errors import IdentityError
from sim.journeys import Journeys, compact
from sim.measures.lines import check_lines, counters_on_duty
from sim.plan import INTERVIEW, MINUTE_MS, NONE, Plan
from sim.randomness import Source
from tests.measures.handmade import dense
from tests.model.small_province import plan_of, run
from tests.proof.queues import queue, rate
from tests.services.test_on_request import with_eazy

Columns = dict[str, np.ndarray]
Tampering = Callable[[Columns, Plan], None]


@pytest.fixture(scope="module")
def sound() -> tuple[Plan, Journeys]:
    plan = plan_of({"sites": {"ukk_near": {"referral": 0.3}}})
    return plan, run(plan)[1]


def served(c: Columns) -> int:
    """The first who was interviewed on the day booked."""
    return int(np.flatnonzero(c["interview_end_ms"][:, FIRST] != NONE)[0])


def test_a_sound_run_passes(sound: tuple[Plan, Journeys]) -> None:
    check_lines(*sound)


def before_arriving(c: Columns, _: Plan) -> None:
    c["arrive_ms"][served(c), FIRST] = c["document_start_ms"][served(c), FIRST] + 1


def before_opening(c: Columns, plan: Plan) -> None:
    who = served(c)
    opens = plan.sessions.intake_open[c["visit_session"][who, FIRST]]
    c["arrive_ms"][who, FIRST] = c["document_start_ms"][who, FIRST] = opens - 1


def in_the_break(c: Columns, plan: Plan) -> None:
    rows = np.flatnonzero(c["interview_end_ms"][:, FIRST] != NONE)
    pause = plan.sessions.break_open[c["visit_session"][rows, FIRST]]
    has_one = np.flatnonzero(pause >= 0)[0]
    c["interview_start_ms"][rows[has_one], FIRST] = pause[has_one]
    c["document_end_ms"][rows[has_one], FIRST] = pause[has_one]


def two_at_one_counter(c: Columns, plan: Plan) -> None:
    rows = np.flatnonzero(c["interview_end_ms"][:, FIRST] != NONE)
    sessions, firsts, sizes = np.unique(c["visit_session"][rows, FIRST], return_index=True, return_counts=True)
    crowded = np.flatnonzero(sizes > plan.sessions.counters[sessions, INTERVIEW])[0]
    together = rows[c["visit_session"][rows, FIRST] == sessions[crowded]]
    start = c["interview_start_ms"][rows[firsts[crowded]], FIRST]
    c["document_end_ms"][together, FIRST] = c["interview_start_ms"][together, FIRST] = start
    c["interview_end_ms"][together, FIRST] = start + 5 * MINUTE_MS


@pytest.mark.parametrize(
    ("tamper", "law"),
    [
        (before_arriving, "nobody is served before arriving: does not hold at the document check of session"),
        (before_opening, "no service before the session opens: does not hold at the document check"),
        (in_the_break, "no service starts within the break: does not hold at the interview"),
        (two_at_one_counter, "no counter serves two at once: does not hold at the interview"),
    ],
)
def test_a_law_that_is_broken_is_named_with_its_station(
    tamper: Tampering, law: str, sound: tuple[Plan, Journeys]
) -> None:
    plan, j = sound
    c = dense(j)
    tamper(c, plan)
    with pytest.raises(IdentityError, match=law):
        check_lines(plan, compact(c))


def test_a_service_of_no_length_needs_a_counter_that_is_free(sound: tuple[Plan, Journeys]) -> None:
    plan, j = sound
    c = dense(j)
    two_at_one_counter(c, plan)
    check = dataclasses.replace(plan.sessions, counters=plan.sessions.counters * 1000)
    check_lines(dataclasses.replace(plan, sessions=check), compact(c))


def test_staff_who_are_out_with_a_team_are_missing_at_home_and_nobody_is_out_twice() -> None:
    plan, _, journeys = with_eazy()
    check_lines(plan, journeys)
    s = plan.sessions
    on_duty = counters_on_duty(plan, journeys)
    called = np.unique(journeys.session[journeys.session != NONE])
    out = called[s.home_session[called] != NONE]
    assert len(out) > 3
    assert (on_duty[s.home_session[out]] == s.counters[s.home_session[out]] - s.takes[out]).all()
    greedy = dataclasses.replace(plan, sessions=dataclasses.replace(s, takes=s.takes * 100))
    with pytest.raises(IdentityError, match="no more staff are out with teams than an office has"):
        check_lines(greedy, journeys)


@pytest.mark.parametrize("column", ["interview_start_ms", "document_start_ms"])
def test_the_model_checks_its_lines_against_its_journeys_by_littles_law(
    column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Record.served

    def a_minute_late(self: Record, a: int, visit: int, station: int, start: int, end: int) -> None:
        late = MINUTE_MS if (station == INTERVIEW) == column.startswith("interview") and a == 40 else 0
        told(self, a, visit, station, start + late, end)

    plan = plan_of()
    monkeypatch.setattr(Record, "served", a_minute_late)
    with pytest.raises(IdentityError, match="the number waiting over time is the sum of waits: does not hold in"):
        run(plan)


def test_the_model_notices_a_service_that_no_journey_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Record.served

    def forgets(self: Record, a: int, visit: int, station: int, start: int, end: int) -> None:
        if a != 40 or station == INTERVIEW:
            told(self, a, visit, station, start, end)

    monkeypatch.setattr(Record, "served", forgets)
    with pytest.raises(IdentityError, match="who was served has a journey that tells it"):
        run(plan_of())


def test_lines_that_the_end_of_time_cuts_off_break_no_law() -> None:
    plan = queue("mg1", 3, need__segments__class_1__per_year=rate(2))  # twice what one counter can do
    draws = draw(plan, Source(3, 0))
    journeys = simpy_model.run(plan, draws)
    assert (journeys.by_visit("arrive_ms")[journeys.first("interview_end_ms") == NONE, FIRST] != NONE).any()
    check_lines(plan, journeys)
