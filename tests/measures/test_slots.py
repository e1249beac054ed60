"""Claims of free slots: the stretches of time add up, and say what whoever looks then would find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.drawing import draw
from sim.draws import Draws
from sim.engines import compiled
from sim.journeys import Journeys
from sim.measures import tallies
from sim.measures.held import held_sessions
from sim.measures.slots import Offer, days_ahead, offered, quantiles_of_days_ahead, slots, stretches
from sim.measures.tallies import Sessions
from sim.plan import DAY_MS, HOUR_MS, NONE, Plan
from sim.randomness import Source
from sim.rules import ANY_DAY, FULL, NOT_OFFERED, earliest_slot
from sim.sessions import SessionTables
from tests.measures.handmade import OFFICE, session, table
from tests.model.small_province import Tree, certain, merged, plan_of


def nothing_booked(plan: Plan) -> Sessions:
    return tallies.sessions(plan, tallies.nobody())


def filled(plan: Plan, when: dict[int, int]) -> Sessions:
    """Sessions whose slots are all taken, each with the last at its moment."""
    told = nothing_booked(plan)
    for row, at in when.items():
        told.booked[row], told.last_booked_ms[row] = plan.sessions.quota[row], at
    return told


def every_held(plan: Plan) -> np.ndarray:
    return plan.counted_sessions & (plan.sessions.quota.sum(axis=1) > 0)


@st.composite
def offers(data: st.DrawFn) -> Offer:
    """Sessions one after the other, which fill at any time or never; times are a few milliseconds."""
    n = data(st.integers(1, 8))
    opens = np.cumsum(data(st.lists(st.integers(1, 9), min_size=n, max_size=n)))
    window, open_for, notice = data(st.integers(0, 30)), data(st.integers(1, 5)), data(st.integers(0, 7))
    start, end = sorted(data(st.tuples(st.integers(0, 40), st.integers(0, 60))))
    begins = np.clip(opens - window, start, end)
    until = np.clip(opens + open_for - notice, start, end)
    full = np.array(data(st.lists(st.integers(-10, 80), min_size=n, max_size=n)))
    return Offer(opens, begins, until, np.minimum(until, full))


@settings(max_examples=400)
@given(offers())
def test_time_and_days_ahead_are_those_of_looking_at_each_moment(offer: Offer) -> None:
    """In each millisecond with a free slot its session is so far off, and nearer by one at the end of it."""
    furthest = []
    for now in range(70):
        there = (offer.from_ms <= now) & (now < offer.free_until_ms)
        if there.any():
            furthest.append(max(int(offer.opens_ms[there.argmax()]) - now, 0))
    off = np.array(furthest)
    assert stretches(offer.from_ms, offer.free_until_ms).sum() == len(off)
    assert days_ahead(offer) == pytest.approx(np.maximum(off - 0.5, 0).sum() / DAY_MS, abs=1e-15)
    for level in (0.0, 0.3, 0.5, 0.9, 1.0) if furthest else ():
        (days,) = quantiles_of_days_ahead(offer, [level])
        least, most = (np.clip(days * DAY_MS + by - off + (off > 0), off == 0, 1).sum() for by in (-1e-6, 1e-6))
        assert least - 1e-4 <= level * len(off) <= most + 1e-4 or (days == 0 and level * len(off) <= most)


def test_where_nothing_is_booked_the_next_slot_is_that_of_the_next_session() -> None:
    plan = plan_of()
    rows = table(slots(plan, nothing_booked(plan), every_held(plan)))
    name = plan.sites.id[OFFICE]
    s = plan.sessions
    mine = np.flatnonzero((s.site == OFFICE) & (s.quota[:, plan.channels.ordinary] > 0))
    last = s.intake_close[mine] - plan.behaviour.notice_ms
    moments = np.arange(plan.counted_from_ms + HOUR_MS // 2, plan.counted_to_ms, HOUR_MS)
    following = s.intake_open[mine[np.searchsorted(last, moments, side="right")]]
    expected = np.maximum(following - moments, 0).mean() / DAY_MS
    assert rows["no_slot_share", "site", name, "share"] == rows["full_share", "site", name, "share"] == 0
    # All moments on which it changes are whole hours, so that the middle of each hour stands for it.
    assert rows["next_slot_days", "site", name, "mean"] == pytest.approx(expected, abs=1e-12)


def test_a_site_that_is_full_from_the_first_moment_has_no_next_slot() -> None:
    plan = plan_of()
    told = filled(plan, dict.fromkeys(range(len(plan.sessions.site)), 0))
    rows, name = table(slots(plan, told, every_held(plan))), plan.sites.id[OFFICE]
    # What came into the window before the first moment was free at no moment either.
    assert rows["no_slot_share", "site", name, "share"] == rows["full_share", "site", name, "share"] == 1
    assert ("next_slot_days", "site", name, "mean") not in rows


def test_one_full_session_counts_as_one_and_sends_people_to_the_next() -> None:
    plan = plan_of()
    name, row = plan.sites.id[OFFICE], session(plan, OFFICE, 19)
    free = table(slots(plan, nothing_booked(plan), every_held(plan)))
    full = table(slots(plan, filled(plan, {row: 0}), every_held(plan)))
    held = every_held(plan) & (plan.sessions.site == OFFICE)
    assert full["full_share", "site", name, "share"] == pytest.approx(1 / held.sum())
    assert full["no_slot_share", "site", name, "share"] == 0
    assert full["next_slot_days", "site", name, "mean"] > free["next_slot_days", "site", name, "mean"]


def measured(overrides: Tree, name: str) -> dict[tuple[str, str], float]:
    """What the measures of slots say of a site in a replication, by measure and statistic."""
    plan = plan_of(overrides)
    draws = draw(plan, Source(1, 0))
    j = compiled.run(plan, draws)
    rows = table(slots(plan, tallies.sessions(plan, j), held_sessions(plan, draws, j)))
    return {(measure, statistic): value for (measure, _, unit, statistic), value in rows.items() if unit == name}


SLOT_STATISTICS = {
    *(("full_share", "share"), ("no_slot_share", "share")),
    *(("next_slot_days", statistic) for statistic in ("mean", "median", "p90")),
}


def closed(name: str, first: str, last: str) -> Tree:
    return {"outages": {"power": {"affects": ["intake"], "sites": [name], "from": first, "to": last}}}


@pytest.mark.parametrize("name", ["kanim", "ukk_near"])
def test_a_site_that_an_outage_closes_on_all_counted_days_is_told_no_slots(name: str) -> None:
    """Whether it opens again after them or not: what was offered there was not held."""
    assert set(measured({}, name)) == SLOT_STATISTICS
    assert measured(closed(name, "2023-03-01", "2026-12-31"), name) == {}
    assert measured(closed(name, "2023-03-15", "2023-05-14"), name) == {}


def test_sessions_that_an_outage_closes_are_offered_as_long_as_the_site_holds_others() -> None:
    """Nobody comes any more from the outage on, and yet people book."""
    roomy = {"sites": {"ukk_near": {"sessions": {"weekdays": {"quota": {"ordinary": 10_000}}}}}}
    struck = merged(roomy, closed("ukk_near", "2023-03-20", "2026-12-31"))
    assert set(measured(struck, "ukk_near")) == SLOT_STATISTICS
    assert measured(struck, "ukk_near") == measured(roomy, "ukk_near")


def test_a_site_to_which_nobody_comes_is_told_its_free_slots() -> None:
    """A place that costs so much that nobody chooses it."""
    dear = {"choice": {"kind_constants": {"ukk": "Rp 900000000"}}}
    plan = plan_of(dear)
    draws = draw(plan, Source(1, 0))
    assert not (compiled.run(plan, draws).site == plan.sites.id.index("ukk_near")).any()
    found = measured(dear, "ukk_near")
    assert set(found) == SLOT_STATISTICS
    assert found["full_share", "share"] == found["no_slot_share", "share"] == 0


@pytest.fixture(scope="module")
def crowded() -> tuple[Plan, Draws, Journeys]:
    """A province whose sites are often full, where many miss their appointments and book again."""
    few = {"ordinary": 2, "priority": 1}
    plan = plan_of(
        merged(
            certain(),
            {
                "booking": {"window": "9 days", "no_show": 0.3, "rebook": 1, "rebook_after": "1 day"},
                "sites": {"kanim": {"sessions": {"weekdays": {"quota": few}}}},
            },
        )
    )
    draws = draw(plan, Source(5, 0))
    return plan, draws, compiled.run(plan, draws)


def test_the_first_free_slot_is_the_one_that_the_rule_would_give(crowded: tuple[Plan, Draws, Journeys]) -> None:
    """At moments throughout the year, with what had been booked by then, missed appointments too."""
    plan, draws, j = crowded
    s, b, channel = SessionTables(plan), plan.behaviour, plan.channels.ordinary
    told = tallies.sessions(plan, j)
    assert j.booked_again.sum() > 10
    rows = table(slots(plan, told, held_sessions(plan, draws, j)))
    name = plan.sites.id[OFFICE]
    assert 0 < rows["no_slot_share", "site", name, "share"] < 1
    full_at = told.full_at_ms(plan.sessions.quota)[:, channel]
    mine = np.flatnonzero((plan.sessions.site == OFFICE) & (plan.sessions.quota[:, channel] > 0))
    offer, again = offered(plan, mine, full_at), j.booked_again
    seen = set()
    for now in np.linspace(plan.counted_from_ms, plan.counted_to_ms - 1, 150).astype(np.int64).tolist():
        free = plan.sessions.quota.copy()
        for session_of, channel_of, at in (
            (j.session, j.slot_channel, j.booked_ms),
            (j.missed_session[again], j.missed_channel[again], j.missed_booked_ms[again]),
        ):
            by_then = (at != NONE) & (at <= now)
            np.subtract.at(free, (session_of[by_then], channel_of[by_then]), 1)
        found = earliest_slot(
            OFFICE, channel, 1, ANY_DAY, now + b.notice_ms, now + b.window_ms,
            s.first, s.intake_open, s.intake_close, s.close_by_day, s.days,
            s.next_offer, s.quota, free.ravel(), s.n_channels,
        )  # fmt: skip
        there = (offer.from_ms <= now) & (now < offer.free_until_ms)
        open_to = (offer.from_ms <= now) & (now < offer.until_ms)
        wanted = mine[there.argmax()] if there.any() else FULL if open_to.any() else NOT_OFFERED
        assert found == wanted, now
        seen.add(min(int(found), 0))
    assert seen == {0, FULL}, "both a free slot and a full office were met"
