"""The identities hold in a sound run, and each column that is tampered with is found out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.draws import FIRST, REFERRED, RETURN, Draws
from sim.journeys import VISIT_COLUMNS, Journeys, Status, compact
from sim.measures.check import IdentityError, check_identities
from sim.plan import DAY_MS, NONE, Plan
from tests.measures.handmade import dense, story
from tests.model.small_province import plan_of, run

Columns = dict[str, np.ndarray]
Tampering = Callable[[Columns, Plan], None]


@pytest.fixture(scope="module")
def sound() -> tuple[Plan, Draws, Journeys]:
    plan = plan_of({"sites": {"ukk_near": {"referral": 0.3}}})
    return plan, *run(plan)


def test_a_sound_run_and_the_journeys_made_by_hand_pass(sound: tuple[Plan, Draws, Journeys]) -> None:
    check_identities(*sound)
    told = story()
    # The accelerated one and the others were given slots of one channel, which holds them all.
    check_identities(told.plan, told.draws, told.journeys)


def test_a_journey_that_is_missing_is_found_out(sound: tuple[Plan, Draws, Journeys]) -> None:
    plan, draws, j = sound
    short = compact({name: column[:-1] for name, column in dense(j).items()})
    with pytest.raises(IdentityError, match="went in"):
        check_identities(plan, draws, short)


def collected(c: Columns) -> int:
    """One who fetched a passport."""
    return int(np.flatnonzero((c["status"] == Status.COLLECTED) & (c["collect_trip_ms"] != NONE))[0])


def of_two(c: Columns) -> int:
    """The first of two applicants in a row who have the same slot: a party."""
    same = (c["appointment_ms"][1:] == c["appointment_ms"][:-1]) & (c["session"][1:] == c["session"][:-1])
    return int(np.flatnonzero(same & (c["session"][1:] != NONE) & (c["booked_ms"][1:] == c["booked_ms"][:-1]))[0])


def put(name: str, value: int, who: Callable[[Columns], int] = collected, visit: int | None = None) -> Tampering:
    def tamper(c: Columns, _: Plan) -> None:
        c[name][who(c) if visit is None else (who(c), visit)] = value

    return tamper


def add(name: str, value: int, who: Callable[[Columns], int] = collected, visit: int | None = None) -> Tampering:
    def tamper(c: Columns, _: Plan) -> None:
        c[name][who(c) if visit is None else (who(c), visit)] += value

    return tamper


def missed(c: Columns) -> int:
    return int(np.flatnonzero(c["missed"] > 0)[0])


def returned(c: Columns) -> int:
    return int(np.flatnonzero((c["arrive_ms"][:, RETURN] != NONE) & (c["status"] == Status.COLLECTED))[0])


def referred(c: Columns) -> int:
    return int(np.flatnonzero((c["arrive_ms"][:, REFERRED] != NONE) & (c["status"] == Status.COLLECTED))[0])


def overbook(c: Columns, plan: Plan) -> None:
    """Move everybody with a slot at the office into its first session."""
    rows = c["site"] == 0
    first = int(plan.sessions.first[0])
    for name, value in (("session", first), ("booked_ms", 0), ("appointment_ms", plan.sessions.intake_open[first])):
        c[name][rows] = value
    here = rows & (c["arrive_ms"][:, FIRST] != NONE)
    c["visit_session"][here, FIRST] = first


def at_once(which: Callable[[Columns], np.ndarray]) -> Tampering:
    """Let some who booked again have done so at the moment of the first booking."""

    def tamper(c: Columns, _: Plan) -> None:
        rows = which(c) & (c["missed_booked_ms"] < c["booked_ms"])
        assert rows.any()
        c["booked_ms"][rows] = c["missed_booked_ms"][rows]

    return tamper


def into_the_session_missed(c: Columns, _: Plan) -> None:
    """Let who came after missing an appointment have booked the same session once more, at the same moment."""
    rows = (c["missed"] == 1) & (c["arrive_ms"][:, FIRST] != NONE)
    for name, missed_one in (("booked_ms", "missed_booked_ms"), ("slot_channel", "missed_channel")):
        c[name][rows] = c[missed_one][rows]
    c["missed_session"][rows] = c["session"][rows]


TAMPERINGS: dict[str, Tampering] = {
    "status unknown": put("status", 17),
    "status lost": put("status", Status.UNDER_WAY),
    "status won": lambda c, _: c["status"].__setitem__(np.flatnonzero(c["status"] == Status.DETERRED)[0], 7),
    "status deterred with a slot": put("status", Status.DETERRED),
    "tries": put("tries", 0),
    "tries of one of a party": add("tries", 1, of_two),
    "missed": put("missed", 3),
    "missed without a session": put("missed", 1),
    "missed_session": put("missed_session", 0),
    "missed_channel": put("missed_channel", NONE, missed),
    "missed_channel of one of a party": add("missed_channel", 1, of_two),
    "missed_booked_ms": add("missed_booked_ms", 300 * DAY_MS, missed),
    "missed_booked_ms of one of a party": add("missed_booked_ms", -1, of_two),
    "site": lambda c, _: c["site"].__setitem__(slice(None), np.where(c["site"] == NONE, NONE, 1 - c["site"])),
    "session": put("session", NONE),
    "session of one of a party": add("session", 1, of_two),
    "slot_channel": put("slot_channel", NONE),
    "slot_channel of one of a party": add("slot_channel", 1, of_two),
    "booked_ms": add("booked_ms", 300 * DAY_MS),
    "booked_ms of one of a party": add("booked_ms", -1, of_two),
    "booked_ms of who missed both": at_once(lambda c: c["missed"] == 2),
    "booked_ms of who missed one of two": at_once(lambda c: c["missed"] == 1),
    "booked_ms of who came to the second of two": into_the_session_missed,
    "appointment_ms": add("appointment_ms", DAY_MS // 2),
    "appointment_ms of one of a party": add("appointment_ms", 1, of_two),
    "visit_session": add("visit_session", 1, visit=FIRST),
    "trip_ms": put("trip_ms", NONE, visit=FIRST),
    "arrive_ms": add("arrive_ms", DAY_MS, visit=FIRST),
    "arrive_ms of the return": add("arrive_ms", -60 * DAY_MS, returned, RETURN),
    "arrive_ms of the referral": add("arrive_ms", -60 * DAY_MS, referred, REFERRED),
    "document_start_ms": add("document_start_ms", -DAY_MS, visit=FIRST),
    "document_end_ms": add("document_end_ms", DAY_MS, visit=FIRST),
    "interview_start_ms": add("interview_start_ms", -DAY_MS, visit=FIRST),
    "interview_end_ms": add("interview_end_ms", -DAY_MS, visit=FIRST),
    "interview_end_ms missing": put("interview_end_ms", NONE, visit=FIRST),
    "issued_at": lambda c, _: c["issued_at"].__setitem__(collected(c), 1 - c["issued_at"][collected(c)]),
    "ready_ms": add("ready_ms", 90 * DAY_MS),
    "ready_ms before the interview": put("ready_ms", 0),
    "collect_session": put("collect_session", NONE),
    "collect_trip_ms": put("collect_trip_ms", NONE),
    "collect_arrive_ms": add("collect_arrive_ms", DAY_MS),
    "collect_start_ms": add("collect_start_ms", DAY_MS),
    "collect_end_ms": add("collect_end_ms", -DAY_MS),
    "collect_end_ms missing": put("collect_end_ms", NONE),
    "handover": put("handover", 3),
    "handover unknown": put("handover", 9),
    "vain_trips": put("vain_trips", -1),
    "vain_trip_ms": put("vain_trip_ms", 5),
    "quota": overbook,
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_column_that_is_tampered_with_is_found_out(what: str, sound: tuple[Plan, Draws, Journeys]) -> None:
    plan, draws, j = sound
    c = dense(j)
    TAMPERINGS[what](c, plan)
    with pytest.raises(IdentityError, match=r"does not hold for (applicant|session|party) \d+"):
        check_identities(plan, draws, compact(c))


def of_later_visits(name: str, change: Callable[[np.ndarray], object]) -> Callable[[Journeys], Journeys]:
    def tamper(j: Journeys) -> Journeys:
        values = getattr(j, name).copy()
        change(values)
        return j._replace(**{name: values})

    return tamper


LATER_TAMPERINGS: dict[str, Callable[[Journeys], Journeys]] = {
    "later_applicant out of order": of_later_visits("later_applicant", lambda who: who.__setitem__(0, who[1] + 1)),
    "later_applicant twice": of_later_visits("later_applicant", lambda who: who.__setitem__(1, who[0])),
    "later_applicant unknown": of_later_visits("later_applicant", lambda who: who.__setitem__(-1, 1 << 30)),
    "later_visit a first one": of_later_visits("later_visit", lambda visit: visit.__setitem__(0, FIRST)),
    "later_visit unknown": of_later_visits("later_visit", lambda visit: visit.__setitem__(-1, 3)),
    "later_visit without who makes it": lambda j: j._replace(later_applicant=j.later_applicant[1:]),
    "later_visit that was not made": lambda j: j._replace(
        **{
            name: np.append(getattr(j, name)[: j.applicants], getattr(j, name)[j.applicants :] * 0 + NONE)
            for name in VISIT_COLUMNS
        }
    ),
    "trip_ms without its visit": lambda j: j._replace(trip_ms=j.trip_ms[:-1]),
}


@pytest.mark.parametrize("what", LATER_TAMPERINGS)
def test_later_visits_that_are_tampered_with_are_found_out(what: str, sound: tuple[Plan, Draws, Journeys]) -> None:
    plan, draws, j = sound
    with pytest.raises(IdentityError, match=r"later visit|equally long|was made"):
        check_identities(plan, draws, LATER_TAMPERINGS[what](j))


def test_every_column_of_journeys_is_among_those_tampered_with() -> None:
    assert set(Journeys._fields) <= {what.split()[0] for what in (*TAMPERINGS, *LATER_TAMPERINGS)}
