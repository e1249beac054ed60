"""Rules against their plainest statements, on random cases."""

from __future__ import annotations

import bisect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import rules
from sim.plan import DAY_MS, HOUR_MS, MINUTE_MS, NONE
from sim.rules import ANY_DAY, BILLION, DAY_OFF, FULL, NOT_OFFERED, WORKING_DAY
from sim.sessions import by_day, next_offers

CLOSED = 10**15


@given(st.lists(st.integers(-5, 50)), st.data())
def test_bisect_right_is_that_of_the_standard_library(values: list[int], data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(values)))
    high = data.draw(st.integers(low, len(values)))
    table, value = sorted(values), data.draw(st.integers(-6, 51))
    assert rules.bisect_right(table, low, high, value) == bisect.bisect_right(table, value, low, high)


# --------------------------------------------------------------------------------------------------------- days


@given(st.lists(st.booleans(), min_size=20, max_size=90), st.integers(0, 60), st.integers(0, 12))
def test_working_days_are_counted_as_numpy_counts_them(is_open: list[bool], day: int, count: int) -> None:
    table = [row for row, value in enumerate([*is_open, *[True] * 40]) if value]
    worked = np.searchsorted(table, np.arange(table[-1] + 1), side="right").tolist()
    day = min(day, len(is_open) - 1)
    if count == 0:
        assert rules.add_working_days(table, worked, day, 0) == day
        return
    closed = [row for row, value in enumerate(is_open) if not value]
    expected = np.busday_offset(
        np.datetime64(day + 1, "D"),
        count - 1,
        roll="forward",
        weekmask=[1] * 7,
        holidays=np.array(closed, "datetime64[D]"),
    )
    assert rules.add_working_days(table, worked, day, count) == expected.astype(np.int64)


@given(st.integers(0, 10**12), st.integers(0, 10**10))
def test_lead_days_are_days_of_the_calendar(now: int, ahead: int) -> None:
    later = now + ahead
    dates = np.array([now, later], "datetime64[ms]").astype("datetime64[D]")
    assert rules.lead_days(now, later) == (dates[1] - dates[0]).astype(int)


# --------------------------------------------------------------------------------------------------------- trips


@given(st.integers(0, 10**9), st.integers(1, 10**8), st.integers(0, BILLION))
def test_a_share_of_a_window_is_in_the_window(opens: int, length: int, ppb: int) -> None:
    time = rules.share_of_window(opens, opens + length, ppb)
    assert opens <= time <= opens + length
    assert abs(time - (opens + length * ppb / BILLION)) <= 1


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**8),
    st.integers(0, 3 * 10**6),
    st.integers(0, 10**7),
)
def test_one_sets_out_as_planned_unless_it_is_too_late_for_that(
    now: int, ahead: int, mean: int, factor: int, early: int
) -> None:
    appointment, trip = now + ahead, rules.trip_duration(mean, factor)
    arrival = rules.arrival(now, appointment, mean, trip, early, 100_000)
    plan = appointment - early - mean * 0.1
    assert arrival - trip >= now
    if plan - mean >= now:
        assert abs(arrival - (plan + trip - mean)) <= 1
    else:
        assert arrival <= now + trip + 1


# -------------------------------------------------------------------------------------------------------- shares


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.integers(0, BILLION))
def test_a_value_is_chosen_by_where_it_falls_among_the_shares(weights: list[int], ppb: int) -> None:
    edges = [round(total / sum(weights) * BILLION) for total in itertools.accumulate(weights)]
    padded = [*range(100, 103), *range(len(weights)), 7, 8]
    got = rules.by_share(padded, [0] * 3 + edges + [0] * 2, 3, 3 + len(weights), ppb)
    assert got == min(int(np.searchsorted(edges, ppb, side="right")), len(weights) - 1)


# ------------------------------------------------------------------------------------------- sessions and choice


DAYS = st.sampled_from([ANY_DAY, WORKING_DAY, DAY_OFF])


class Offer:
    """Sessions of some sites with their quotas and free slots, as flat tables."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.n_sites, self.n_channels = draw(st.integers(1, 4)), 2
        self.first = [0]
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.on_working_day: list[bool] = []
        for _ in range(self.n_sites):
            days = sorted(draw(st.sets(st.integers(0, 20), max_size=8)))
            self.on_working_day += [day % 7 < 5 for day in days]
            self.opens += [day * DAY_MS + 8 * HOUR_MS for day in days]
            self.closes += [day * DAY_MS + 12 * HOUR_MS for day in days]
            self.first.append(len(self.opens))
        slots = len(self.opens) * self.n_channels
        self.quota = draw(st.lists(st.integers(0, 5), min_size=slots, max_size=slots))
        self.free = [draw(st.integers(0, quota)) for quota in self.quota]
        offers = np.array(self.quota, dtype=np.int64).reshape(-1, self.n_channels) > 0
        self.days = 21
        self.close_by_day = by_day(np.array(self.closes, dtype=np.int64), np.array(self.first), self.days)
        working = np.array(self.on_working_day, dtype=bool)
        self.next_offer = next_offers(offers, np.array(self.first), working).tolist()
        self.also = draw(st.sampled_from([[NONE, NONE], [NONE, 0], [1, NONE]]))

    def earliest(self, site: int, channel: int, size: int, on: int, after: int, until: int) -> int:
        """The plainest statement of the rule: look at all sessions."""
        offered = [
            row
            for row in range(self.first[site], self.first[site + 1])
            if self.closes[row] > after
            and self.opens[row] <= until
            and self.quota[row * 2 + channel] >= size
            and on in (ANY_DAY, WORKING_DAY if self.on_working_day[row] else DAY_OFF)
        ]
        with_room = [row for row in offered if self.free[row * 2 + channel] >= size]
        return min(with_room, default=FULL if offered else NOT_OFFERED)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    return Offer(draw)


def moments(last_day: int = 22) -> st.SearchStrategy[int]:
    return st.integers(0, last_day * 24).map(lambda hours: hours * HOUR_MS)


@settings(max_examples=400)
@given(offers(), st.integers(0, 1), st.integers(1, 4), DAYS, moments(12), moments(), st.data())
def test_the_earliest_slot_is_the_first_of_all_sessions_with_room(
    offer: Offer, channel: int, size: int, on: int, after: int, until: int, data: st.DataObject
) -> None:
    site = data.draw(st.integers(0, offer.n_sites - 1))
    got = rules.earliest_slot(
        site, channel, size, on, after, until,
        offer.first, offer.opens, offer.closes, offer.close_by_day, offer.days,
        offer.next_offer, offer.quota, offer.free, 2,
    )  # fmt: skip
    assert got == offer.earliest(site, channel, size, on, after, until)


@settings(max_examples=600)
@given(
    offers(),
    st.integers(0, 1),
    st.integers(1, 3),
    moments(8),
    moments(10),
    st.integers(0, 36).map(lambda hours: hours * HOUR_MS),
    st.integers(0, 25).map(lambda days: days * DAY_MS),
    st.integers(1, 40),
    st.integers(0, 50),
    st.just(0) | st.integers(1, 200),
    st.integers(-200, 1200),
    st.booleans(),
    st.data(),
)
def test_the_choice_is_the_cheapest_of_all_sites_on_working_days_and_on_others(
    offer: Offer,
    channel: int,
    size: int,
    now: int,
    wanted: int,
    notice: int,
    window: int,
    full_lead: int,
    lead_day: int,
    day_off: int,
    worth: int,
    last: bool,
    data: st.DataObject,
) -> None:
    # Some are equal, and some that are not become so by lead days.
    costs = st.one_of(st.integers(-200, 900), st.integers(-2, 4).map(lambda days: days * lead_day), st.just(CLOSED))
    n = offer.n_sites
    # Another party before, and one after it to whom every site is cheap.
    cost = [CLOSED] * n + data.draw(st.lists(costs, min_size=n, max_size=n)) + [-900] * n
    of_days = [(DAY_OFF, 0), (WORKING_DAY, day_off)] if day_off else [(ANY_DAY, 0)]
    order = [(site, *of) for site in sorted(range(n), key=lambda site: cost[n + site]) for of in of_days]
    got = rules.choose(
        1, channel, size, day_off, worth, now, wanted, notice, window, n, cost, CLOSED, lead_day, full_lead,
        offer.first, offer.opens, offer.closes, offer.close_by_day, offer.days,
        offer.next_offer, offer.also, offer.quota, offer.free, 2, last,
    )  # fmt: skip
    after, can_come = max(now + notice, wanted), max(now, wanted)
    candidates = []
    has_room: set[int] = set()
    for place, (site, on, more) in enumerate(order):
        if cost[n + site] >= CLOSED:
            continue
        ways = [
            (offer.earliest(site, k, size, on, after, now + window), k)
            for k in (channel, offer.also[channel])
            if k >= 0
        ]
        open_ways = [way for way in ways if way[0] >= 0]
        if open_ways:
            session, used = min(open_ways, key=lambda way: way[0])
            lead = max(offer.opens[session] // DAY_MS - can_come // DAY_MS, 0)
            total = cost[n + site] + more + lead_day * lead
            candidates.append((total, place, site, session, used))
            if total <= worth or on != WORKING_DAY:
                has_room.add(site)
        elif any(session == FULL for session, _ in ways):
            candidates.append((cost[n + site] + more + lead_day * full_lead, place, site, FULL, NONE))
    # Nobody leaves a free slot that is worth its cost for others at the same site that are taken.
    candidates = [one for one in candidates if one[3] != FULL or one[2] not in has_room]
    # Who would give up takes what there is, if it is worth it.
    candidates = [one for one in candidates if not last or (one[3] != FULL and one[0] <= worth)]
    if not candidates:
        assert got[1:3] == (NOT_OFFERED, FULL)
        return
    total, _, site, session, used = min(candidates, key=lambda c: c[:2])
    assert got[:3] == (total, site, session)
    if session != FULL:
        assert got[3] == used


@settings(max_examples=400)
@given(offers(), moments(8), moments(10), st.integers(0, 50), st.integers(1, 200), st.integers(-200, 1200), st.data())
def test_a_slot_that_falls_free_deters_nobody(
    offer: Offer, now: int, wanted: int, lead_day: int, day_off: int, worth: int, data: st.DataObject
) -> None:
    """Whoever would look again were everything taken does not give up because something is free."""
    cost = data.draw(st.lists(st.integers(-200, 900) | st.just(CLOSED), min_size=offer.n_sites, max_size=offer.n_sites))

    def cheapest(free: list[int]) -> int:
        return rules.choose(
            0, 0, 1, day_off, worth, now, wanted, 0, 9 * DAY_MS, offer.n_sites, cost, CLOSED, lead_day, 10,
            offer.first, offer.opens, offer.closes, offer.close_by_day, offer.days,
            offer.next_offer, offer.also, offer.quota, free, 2, False,
        )[0]  # fmt: skip

    if cheapest([0] * len(offer.free)) <= worth:
        assert cheapest(offer.free) <= worth


@pytest.mark.parametrize(
    ("costs", "days", "chosen"),
    [
        ((30, 20), (1, 2), 1),
        ((30, 20, 5), (1, 2, None), 1),
        ((30, 5, 20), (1, None, 2), 2),
        ((20, 30, 5), (2, 1, None), 0),
        ((20, 20), (1, 1), 0),
        ((5, 20, 20), (None, 1, 1), 1),
    ],
)
def test_of_equal_sites_the_cheaper_without_lead_days_is_chosen_whatever_else_offers_nothing(
    costs: tuple[int, ...], days: tuple[int | None, ...], chosen: int
) -> None:
    """Each lead day costs 10, so that the sites with a session, which is on the day given, cost the same in all."""
    held = [day for day in days if day is not None]
    opens, closes = ([day * DAY_MS + hour * HOUR_MS for day in held] for hour in (8, 12))
    first = np.cumsum([0, *(day is not None for day in days)])
    n, last = len(costs), max(held) + 1
    _, site, session, _ = rules.choose(
        0, 0, 1, 0, 0, 0, 0, 0, 9 * DAY_MS, n, costs, CLOSED, 10, 10,
        first.tolist(), opens, closes, by_day(np.array(closes), first, last), last,
        list(range(len(held))), [NONE], [1] * len(held), [1] * len(held), 1, False,
    )  # fmt: skip
    assert (site, session) == (chosen, first[chosen])


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=60))
def test_the_first_free_row_is_that_of_a_walk_over_all_rows(asked: list[tuple[int, bool]]) -> None:
    """Rows fill one after the other as they are asked for; the last never does."""
    following = list(range(13))
    full: set[int] = set()
    for row, fills in asked:
        found = rules.first_free(following, row)
        assert found == next(r for r in range(row, 13) if r not in full)
        if fills and found < 12:
            full.add(found)
            following[found] = found + 1


def test_people_of_closed_sessions_fill_the_next_ones_by_as_many_as_these_have_slots_and_a_larger_party_one_alone() -> (
    None
):
    """A session of three slots on each of five days at ten; the first two days are struck."""
    opens = [day * DAY_MS + 10 * HOUR_MS for day in range(5)]
    carried = [0] * 5

    def comes(session: int, size: int) -> tuple[int, int]:
        row, at = rules.held_instead(
            session, opens[session] + HOUR_MS, size, [True, True, False, False, False], carried, [2, 1] * 5, 2, [0] * 5,
            [0, 5], opens, [one + 30 * MINUTE_MS for one in opens], [0, 1, 2, 3, 4, 5], 5, [0, 1, 2, 3, 4, NONE],
        )  # fmt: skip
        return row, at - opens[row] if row != NONE else NONE

    at_the_end = 30 * MINUTE_MS
    assert comes(0, 5) == (2, at_the_end)
    assert [comes(0, 2)[0], comes(1, 1)[0], comes(0, 1)[0], comes(1, 3)[0]] == [3, 3, 4, NONE]
    assert carried == [0, 0, 5, 3, 1]
    assert comes(3, 2) == (3, HOUR_MS)
    assert carried == [0, 0, 5, 3, 1]
