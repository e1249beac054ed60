"""The definition of the system: one process for each party, from need to passport, and one for each visit.

Read :meth:`Province.party` from top to bottom: it is the life of an applicant. The model draws nothing; the plan says
what there is, the draws say what happens to whom, and the rules say how people and offices decide.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import simpy

from sim import rules
from sim.draws import CLOSED, FIRST, REFERRED, RETURN, TRIES, Draws
from sim.engines.lists import People, Record
from sim.engines.stations import TURN, Station, Turn
from sim.journeys import Journeys, Status
from sim.plan import COLLECTION, DAY_MS, DOCUMENT, INTERVIEW, NONE, Plan
from sim.rules import FULL, NOT_OFFERED
from sim.sessions import SessionTables

Process = Generator[simpy.Event, Any, None]
BOOKING_TURN = TURN + 3
"""Tries of one instant come after the stations' turns, in the order of the parties' numbers."""


def run(plan: Plan, draws: Draws) -> Journeys:
    """Simulate one replication of a plan."""
    with _no_search_for_cycles():
        env = simpy.Environment(initial_time=0)
        province = Province(env, plan, draws)
        env.process(province.needs())
        env.run(until=plan.horizon_ms)
        return province.record.journeys()


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Leave Python's garbage collector off.

    A party that has gone its way leaves no cycle behind, so the searches find nothing; they take a third of the time,
    and more for each applicant the more applicants there are.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Province:
    """The offices, the bookings, and the people."""

    def __init__(self, env: simpy.Environment, plan: Plan, draws: Draws) -> None:
        self.env = env
        self.plan = plan
        self.people = People(draws)
        self.sessions = SessionTables(plan)
        self.free = self.sessions.quota[:]
        self.stations: dict[int, Station] = {}
        self.record = Record(draws.applicants)
        self.travel_starts = plan.travel.starts.tolist()
        self.travel_ms = plan.travel.duration_ms.tolist()
        self.referral_ppb = np.rint(plan.sites.referral_share * rules.BILLION).astype(np.int64).tolist()
        self.parent = plan.sites.parent.tolist()
        self.queue_class = plan.channels.queue_class.tolist()
        self.ready_after = plan.channels.ready_after.tolist()
        self.also_books = plan.channels.also_books.tolist()
        self.early_share_ppm = round(plan.behaviour.early_share * rules.MILLION)

    @property
    def now(self) -> int:
        """The clock: milliseconds from the first simulated midnight."""
        return self.env.now  # type: ignore[return-value]  # SimPy allows floats; all delays here are integers

    # ---------------------------------------------------------------- 1. need

    def needs(self) -> Process:
        """Start the parties of each day; they wait for their own moment."""
        start = 0
        for day in range(self.plan.n_days):
            end = int(np.searchsorted(self.people.need_array, (day + 1) * DAY_MS))
            for party in range(start, end):
                self.env.process(self.party(party))
            start = end
            yield self.env.timeout(DAY_MS)

    def party(self, party: int) -> Process:
        """The life of a party: need, choice, booking, journey and visit, issue, collection."""
        people, record, env = self.people, self.record, self.env
        members = range(people.first[party], people.first[party] + people.size[party])
        yield Turn(env, people.need_ms[party] - self.now, BOOKING_TURN + party)

        # ------------------------------------------ 2. choice and 3. booking
        gives_up = self.now + people.patience_ms[party]
        tries, applies = 0, False
        for appointments in range(TRIES):
            while True:
                tries += 1
                cost, site, session, channel = self.look_for_slot(party)
                if site != NOT_OFFERED and not applies:
                    if cost > people.worth_rupiah[party]:
                        return record.end(members, Status.DETERRED, tries=tries)
                    applies = True
                if session != FULL:
                    break
                if not self.can_apply(party) or self.now + people.retry_ms[party] > gives_up:
                    return record.end(members, Status.UNSERVED, tries=tries)
                yield Turn(env, people.retry_ms[party], BOOKING_TURN + party)
            appointment = self.take_slot(session, channel, len(members))
            record.booked(members, tries, site, session, channel, self.now, appointment)
            if not people.misses[party][appointments]:
                break
            record.missed(members, appointments + 1)
            if not people.books_again[party] or appointments + 1 == TRIES:
                return record.end(members, Status.LOST_NO_SHOW)
            yield Turn(env, appointment - self.now + people.books_again_after_ms[party], BOOKING_TURN + party)
            gives_up = self.now + people.patience_ms[party]

        # ------------------------------------- 4. journey and visit, 5. issue
        mean = self.mean_trip(people.district[party], site, appointment)
        trip = rules.trip_duration(mean, people.trip_ppm[party])
        b = self.plan.behaviour
        arrival = rules.arrival(self.now, appointment, mean, trip, b.early_ms, self.early_share_ppm)
        yield env.timeout(arrival - self.now)
        visits = [env.process(self.applicant(a, party, site, session, trip)) for a in members[1:]]
        yield from self.applicant(members[0], party, site, session, trip)
        yield from visits

        # ------------------------------------------------------ 6. collection
        yield from self.collect(party, members)

    # ------------------------------------------------------ choice and booking

    def look_for_slot(self, party: int) -> tuple[int, int, int, int]:
        """The cheapest site and its earliest session: generalised cost, site, session, channel of the slot."""
        people, s, b = self.people, self.sessions, self.plan.behaviour
        return rules.choose(
            party, people.channel[party], people.size[party],
            self.now, people.wanted_ms[party], b.notice_ms, b.window_ms,
            s.n_sites, people.order, people.cost_rupiah, CLOSED, b.lead_day_rupiah,
            s.first, s.intake_open, s.intake_close, s.next_offer, self.also_books, s.quota, self.free, s.n_channels,
        )  # fmt: skip

    def can_apply(self, party: int) -> bool:
        """Whether any site is open to a party at all, now or later."""
        cheapest = self.people.order[party * self.sessions.n_sites]
        return self.people.cost_rupiah[party * self.sessions.n_sites + cheapest] < CLOSED

    def take_slot(self, session: int, channel: int, size: int) -> int:
        """Book ``size`` seats; returns the appointment."""
        s = self.sessions
        slot = session * s.n_channels + channel
        taken = s.quota[slot] - self.free[slot]
        self.free[slot] -= size
        seat = rules.seat_time(
            s.intake_open[session], s.intake_close[session], s.break_open[session], s.break_close[session],
            s.seats_every[session], s.quota[slot], taken,
        )  # fmt: skip
        return max(seat, self.now + self.plan.behaviour.notice_ms)

    # -------------------------------------------------------- visit and issue

    def applicant(self, a: int, party: int, site: int, session: int, trip: int) -> Process:
        """One member's visits, until the passport is on its way or the application has failed."""
        people, record = self.people, self.record
        queue_class = self.queue_class[people.channel[party]]
        record.arrive(a, FIRST, session, trip, self.now)
        yield from self.document_check(a, FIRST, session, queue_class)
        visit = FIRST
        if people.papers_missing[a]:
            if not people.comes_back[a]:
                return record.end((a,), Status.LOST_PAPERS)
            visit, session = RETURN, self.next_intake(site, self.now + people.back_after_ms[a])
            if session == NONE:
                return
            site = self.sessions.site[session]
            yield from self.come_again(a, visit, party, site, session)
            yield from self.document_check(a, visit, session, queue_class)
        yield from self.interview(a, visit, session, queue_class)
        if people.referral_ppb[a] < self.referral_ppb[site]:
            site, visit = self.parent[site], REFERRED
            session = self.next_intake(site, self.now + people.referral_after_ms[a])
            if session == NONE:
                return
            yield from self.come_again(a, visit, party, site, session)
            yield from self.document_check(a, visit, session, queue_class)
            yield from self.interview(a, visit, session, queue_class)
        if people.refused[a]:
            return record.end((a,), Status.LOST_REFUSED)
        ready = self.ready(a, party, site)
        record.issued(a, site, ready)
        if self.issues_at_once(party, site):
            yield self.env.timeout(ready - self.now)
            record.collected((a,), NONE, NONE, NONE, NONE, ready)

    def document_check(self, a: int, visit: int, session: int, queue_class: int) -> Process:
        """Wait for the document check and go through it."""
        service = self.station(session, DOCUMENT).serve(queue_class, a, self.people.service_ms[a][visit][DOCUMENT])
        start = yield service
        self.record.served(a, visit, DOCUMENT, start, self.now)

    def interview(self, a: int, visit: int, session: int, queue_class: int) -> Process:
        """Wait for biometrics and interview, at one counter, and go through them."""
        service = self.station(session, INTERVIEW).serve(queue_class, a, self.people.service_ms[a][visit][INTERVIEW])
        start = yield service
        self.record.served(a, visit, INTERVIEW, start, self.now)

    def come_again(self, a: int, visit: int, party: int, site: int, session: int) -> Process:
        """Travel to a session without an appointment, alone."""
        people, s = self.people, self.sessions
        place = people.visit_place_ppb[a][visit]
        arrival = rules.share_of_window(s.intake_open[session], s.intake_close[session], place)
        mean = self.mean_trip(people.district[party], site, arrival)
        yield self.env.timeout(arrival - self.now)
        trip = rules.trip_duration(mean, people.visit_trip_ppm[a][visit])
        self.record.arrive(a, visit, session, trip, self.now)

    def ready(self, a: int, party: int, site: int) -> int:
        """When the passport can be collected: at once in a channel that promises so, else after working days."""
        people, b = self.people, self.plan.behaviour
        if self.issues_at_once(party, site):
            after: int = self.ready_after[people.channel[party]]
            return self.now + after
        today = self.now // DAY_MS
        printed = rules.add_working_days(self.sessions.working_days, today, people.issue_days[a])
        there = rules.add_working_days(
            self.sessions.working_days, printed, self.sessions.sending(site, people.sending_ppb[a])
        )
        return max(there * DAY_MS + b.ready_at_ms, self.now)

    def issues_at_once(self, party: int, site: int) -> bool:
        """Whether a site hands out the party's passports on the day: its channel promises so and the site prints."""
        promised: int = self.ready_after[self.people.channel[party]]
        return promised != NONE and self.parent[site] == site

    # ------------------------------------------------------------- collection

    def collect(self, party: int, members: range) -> Process:
        """One of the party fetches all its passports that were not issued at once, when the last of them is ready."""
        people, record, env, s = self.people, self.record, self.env, self.sessions
        waiting = [a for a in members if record.ready_ms[a] != NONE and record.collect_end_ms[a] == NONE]
        if not waiting:
            return
        last = max(waiting, key=record.ready_ms.__getitem__)
        ready, site = record.ready_ms[last], record.issued_at[last]
        if people.never_collects[party]:
            return record.end(waiting, Status.LOST_UNCOLLECTED)
        sets_out = max(ready + people.collect_delay_ms[party], self.now)
        session = self.next_collection(site, sets_out)
        if session == NONE:
            return
        opens = max(s.collect_open[session], sets_out)
        arrival = rules.share_of_window(opens, s.collect_close[session], people.collect_place_ppb[party])
        if arrival > ready + self.plan.behaviour.kept_ms:
            return record.end(waiting, Status.LOST_UNCOLLECTED)
        site = s.site[session]
        mean = self.mean_trip(people.district[party], site, arrival)
        trip = rules.trip_duration(mean, people.collect_trip_ppm[party])
        yield env.timeout(arrival - self.now)
        queue_class = self.queue_class[people.channel[party]]
        duration = sum(people.collection_ms[a] for a in waiting)
        start = yield self.station(session, COLLECTION).serve(queue_class, waiting[0], duration)
        record.collected(waiting, session, trip, arrival, start, self.now)

    # ---------------------------------------------------------------- offices

    def station(self, session: int, station: int) -> Station:
        """A station of a session, opened when its first visitor comes."""
        key = session * 3 + station
        if key not in self.stations:
            s = self.sessions
            opens = s.collect_open[session] if station == COLLECTION else s.intake_open[session]
            self.stations[key] = Station(
                self.env, s.counters[key], opens, s.break_open[session], s.break_close[session], station
            )
        return self.stations[key]

    def next_intake(self, site: int, after: int) -> int:
        """The next session of a site that opens after a time, of its parent where it has none; NONE at the end."""
        s = self.sessions
        row = s.next_intake(site, after)
        return row if row != NONE or self.parent[site] == site else s.next_intake(self.parent[site], after)

    def next_collection(self, site: int, after: int) -> int:
        """The next session that hands out passports, at the parent where the site has none; NONE at the end."""
        s = self.sessions
        row = s.next_collection(site, after)
        return row if row != NONE or self.parent[site] == site else s.next_collection(self.parent[site], after)

    def mean_trip(self, district: int, site: int, at: int) -> int:
        """Mean duration of a trip one way, with the roads of the day."""
        stretch = rules.bisect_right(self.travel_starts, 0, len(self.travel_starts), at) - 1
        mean: int = self.travel_ms[stretch][district][site]
        return mean
