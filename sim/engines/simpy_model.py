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
from sim.draws import FIRST, REFERRED, RETURN, TRIES, VISITS, Draws
from sim.engines.lists import People, Record
from sim.engines.offices import Offices
from sim.engines.stations import BOOKING_TURN, Turn
from sim.journeys import Handover, Journeys, Status
from sim.plan import COLLECTION, DAY_MS, DOCUMENT, INTERVIEW, NONE, Plan
from sim.rules import FULL, NOT_OFFERED

Process = Generator[simpy.Event, Any, None]


def run(plan: Plan, draws: Draws) -> Journeys:
    """Simulate one replication of a plan.

    Raises:
        IdentityError: what the stations saw and what the journeys tell do not agree.
    """
    with _no_search_for_cycles():
        env = simpy.Environment(initial_time=0)
        province = Province(env, plan, draws)
        env.process(province.needs())
        env.process(province.offices.printing())
        env.run(until=plan.horizon_ms)
        journeys = province.record.journeys()
        province.offices.lengths.check(journeys)
        return journeys


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
    """The people, and what they do; what offices do is in :mod:`sim.engines.offices`."""

    def __init__(self, env: simpy.Environment, plan: Plan, draws: Draws) -> None:
        self.env = env
        self.plan = plan
        self.people = People(draws)
        self.record = Record(draws.applicants)
        self.offices = Offices(env, plan, draws, self.people, self.record)
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
        people, record, env, offices = self.people, self.record, self.env, self.offices
        members = range(people.first[party], people.first[party] + people.size[party])
        yield Turn(env, people.need_ms[party] - self.now, BOOKING_TURN + party)

        # ------------------------------------------ 2. choice and 3. booking
        visited_as_group = offices.group_session(party)
        gives_up = self.now + people.patience_ms[party]
        tries, applies = 0, False
        for appointments in range(TRIES):
            while visited_as_group == NONE or appointments:
                tries += 1
                cost, site, session, channel = offices.look_for_slot(party)
                if site != NOT_OFFERED and not applies:
                    if cost > people.worth_rupiah[party]:
                        return record.end(members, Status.DETERRED, tries=tries)
                    applies = True
                gives_up_now = self.now + people.retry_ms[party] > gives_up
                if session == FULL and gives_up_now:
                    _, site, session, channel = offices.look_for_slot(party, last=True)
                if session != FULL:
                    break
                if not offices.can_apply(party) or gives_up_now:
                    return record.end(members, Status.UNSERVED, tries=tries)
                yield Turn(env, people.retry_ms[party], BOOKING_TURN + party)
            else:
                tries, applies, session = tries + 1, True, visited_as_group
                site, channel = offices.sessions.site[session], offices.first_channel(session)
            appointment = offices.take_slot(session, channel, len(members))
            record.booked(members, tries, site, session, channel, self.now, appointment)
            if not people.misses[party * TRIES + appointments]:
                break
            record.missed(members, appointments + 1)
            if not people.books_again[party] or appointments + 1 == TRIES:
                return record.end(members, Status.LOST_NO_SHOW)
            yield Turn(env, appointment - self.now + people.books_again_after_ms[party], BOOKING_TURN + party)
            gives_up = self.now + people.patience_ms[party]

        # ------------------------------------- 4. journey and visit, 5. issue
        session, appointment = offices.held_instead(session, appointment, int(people.size[party]))
        if session == NONE:
            return
        mean = offices.mean_trip(people.district[party], site, appointment)
        trip = rules.trip_duration(mean, people.trip_ppm[party])
        b = self.plan.behaviour
        arrival = rules.arrival(self.now, appointment, mean, trip, b.early_ms, self.early_share_ppm)
        yield env.timeout(arrival - self.now)
        visits = [env.process(self.applicant(a, party, site, session, trip)) for a in members[1:]]
        yield from self.applicant(members[0], party, site, session, trip)
        yield from visits

        # ------------------------------------------------------ 6. collection
        yield from self.collect(party, members)

    # -------------------------------------------------------- visit and issue

    def applicant(self, a: int, party: int, site: int, session: int, trip: int) -> Process:
        """One member's visits, until the passport is on its way or the application has failed."""
        people, record, offices = self.people, self.record, self.offices
        queue_class = offices.queue_class[people.channel[party]]
        record.arrive(a, FIRST, session, trip, self.now)
        yield from self.document_check(a, FIRST, session, queue_class)
        visit = FIRST
        if people.papers_missing[a]:
            if not people.comes_back[a]:
                return record.end((a,), Status.LOST_PAPERS)
            visit = RETURN
            found = yield from self.come_again(a, visit, party, offices.return_to[site], people.back_after_ms[a], trip)
            if found is None:
                return
            session, trip = found
            site = offices.sessions.site[session]
            yield from self.document_check(a, visit, session, queue_class)
        yield from self.interview(a, visit, session, queue_class)
        if people.referral_ppb[a] < offices.referral_ppb[site]:
            site, visit = offices.parent[site], REFERRED
            found = yield from self.come_again(a, visit, party, site, people.referral_after_ms[a], trip)
            if found is None:
                return
            session, trip = found
            yield from self.document_check(a, visit, session, queue_class)
            yield from self.interview(a, visit, session, queue_class)
        if people.refused[a]:
            return record.end((a,), Status.LOST_REFUSED)
        at_once = offices.issued_at_once(party, site)
        if at_once != NONE:
            record.issued(a, site, self.now + at_once)
            yield self.env.timeout(at_once)
            record.handed_over((a,), Handover.AT_ONCE, self.now)
        else:
            yield offices.to_print(a, site)

    def document_check(self, a: int, visit: int, session: int, queue_class: int) -> Process:
        """Wait for the document check and go through it."""
        service = self.offices.station(session, DOCUMENT).serve(queue_class, a, self.people.service(a, visit, DOCUMENT))
        start = yield service
        self.record.served(a, visit, DOCUMENT, start, self.now)

    def interview(self, a: int, visit: int, session: int, queue_class: int) -> Process:
        """Wait for biometrics and interview, at one counter, and go through them."""
        service = self.offices.station(session, INTERVIEW).serve(
            queue_class, a, self.people.service(a, visit, INTERVIEW)
        )
        start = yield service
        self.record.served(a, visit, INTERVIEW, start, self.now)

    def come_again(
        self, a: int, visit: int, party: int, site: int, wait: int, way_back: int
    ) -> Generator[simpy.Event, Any, tuple[int, int] | None]:
        """Travel to a session without an appointment, alone, having been home; the session and the trip, if any."""
        people, offices, s = self.people, self.offices, self.offices.sessions
        home, after, row = self.now + way_back, self.now + wait, a * VISITS + visit
        while True:
            session = offices.next_intake(site, after)
            if session == NONE:
                return None
            arrival = rules.share_of_window(
                s.intake_open[session], s.intake_close[session], people.visit_place_ppb[row]
            )
            mean = offices.mean_trip(people.district[party], s.site[session], arrival)
            trip = rules.trip_duration(mean, people.visit_trip_ppm[row])
            if rules.is_home(arrival, trip, home):
                break
            after = home + trip
        offices.hold(session)
        yield self.env.timeout(arrival - self.now)
        self.record.arrive(a, visit, session, trip, self.now)
        return session, trip

    # ------------------------------------------------------------- collection

    def collect(self, party: int, members: range) -> Process:
        """The party's passports, once the last is printed: brought, delivered, or fetched by one of its members."""
        people, record, env, offices = self.people, self.record, self.env, self.offices
        waiting = [a for a in members if record.ready_ms[a] != NONE and record.collect_end_ms[a] == NONE]
        if not waiting:
            return
        last = max(waiting, key=record.ready_ms.__getitem__)
        ready, site = record.ready_ms[last], offices.collect_at[record.issued_at[last]]
        if site == NONE:
            yield env.timeout(max(ready - self.now, 0))
            return record.handed_over(waiting, Handover.BROUGHT, self.now)
        if people.never_collects[party]:
            return record.end(waiting, Status.LOST_UNCOLLECTED)
        if offices.delivery_wanted(party, site, ready):
            at_door = offices.delivered_at(party, ready)
            yield env.timeout(max(at_door - self.now, 0))
            return record.handed_over(waiting, Handover.DELIVERED, self.now)
        believed = ready if people.checks_progress[party] else offices.promised(last, site)
        sets_out = max(believed + people.collect_delay_ms[party], self.now)
        home = record.home_again(waiting[0])
        vain, vain_ms = 0, 0
        while True:
            session = offices.next_collection(site, sets_out)
            if session == NONE:
                return
            arrival, trip = offices.collection_trip(party, session, sets_out)
            if not rules.is_home(arrival, trip, home):
                sets_out = home + trip
                continue
            if arrival >= ready:
                break
            vain, vain_ms, home = vain + 1, vain_ms + trip, arrival + trip
            sets_out = arrival + people.again_after_ms[party]
        record.in_vain(waiting[0], vain, vain_ms)
        if arrival > ready + self.plan.behaviour.kept_ms:
            return record.end(waiting, Status.LOST_UNCOLLECTED)
        yield env.timeout(arrival - self.now)
        duration = sum(people.collection_ms[a] for a in waiting)
        queue_class = offices.queue_class[people.channel[party]]
        start = yield offices.station(session, COLLECTION).serve(queue_class, waiting[0], duration)
        record.collected(waiting, session, trip, arrival, start, self.now)
