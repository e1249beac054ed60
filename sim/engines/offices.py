"""Offices: what they decide and keep: slots, stations, counters, printing. They know sessions, not programmes."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from sim import rules
from sim.draws import CLOSED, Draws
from sim.engines.lists import People, Record
from sim.engines.queue_lengths import QueueLengths
from sim.engines.stations import PRINTING_TURN, Station, Turn
from sim.plan import COLLECTION, DAY_MS, EVERYONE, GROUPS, NONE, Plan
from sim.sessions import SessionTables, printing_days


class Offices:
    """All offices and programmes of a plan, while it runs."""

    def __init__(self, env: simpy.Environment, plan: Plan, draws: Draws, people: People, record: Record) -> None:
        self._env = env
        self._plan = plan
        self._people = people
        self._record = record
        self.sessions = SessionTables(plan)
        s, sites = self.sessions, plan.sites
        self._free = s.quota[:]
        self._counters = s.counters[:]
        self._held = [not on_request for on_request in s.on_request]
        self._stations: dict[int, Station] = {}
        self.lengths = QueueLengths(plan.sessions.counters.size)
        self._closed: list[bool] = draws.closed.tolist()
        self._visited = [False] * len(s.site)
        self._carried = [0] * len(s.site)
        self._session_of_group: dict[int, int] = {}
        self._travel_starts = plan.travel.starts.tolist()
        self._travel_ms = plan.travel.duration_ms.tolist()
        self._fare = plan.travel.fare_rupiah.tolist()
        self._also_books = plan.channels.also_books.tolist()
        self._ready_after = plan.channels.ready_after.tolist()
        self.queue_class: list[int] = plan.channels.queue_class.tolist()
        self.referral_ppb = s.referral_ppb
        self.parent = s.parent
        self._on_request: list[bool] = (sites.audience != EVERYONE).tolist()
        self.collect_at: list[int] = sites.collect_at.tolist()
        self.return_to = s.return_to
        self._no_same_day: list[list[bool]] = draws.same_day_closed.tolist()
        prints = printing_days(plan, draws.print_limit)
        self._prints_first: list[int] = prints.first.tolist()
        self._prints_on: list[int] = prints.on.tolist()
        self._prints_by_day: list[int] = prints.by_day.tolist()
        self._printing_days = prints.days
        self._can_print: list[int] = prints.books.tolist()
        self._printed = [0] * len(prints.on)
        self._prints_next = list(range(len(prints.on)))
        self._queue: list[tuple[int, int, int]] = []
        self._day_ends = env.event()

    @property
    def now(self) -> int:
        """The clock: milliseconds from the first simulated midnight."""
        return self._env.now  # type: ignore[return-value]  # SimPy allows floats; all delays here are integers

    # ---------------------------------------------------------------- booking

    def look_for_slot(self, party: int, last: bool = False) -> tuple[int, int, int, int]:
        """The cheapest site and its earliest session: generalised cost, site, session, channel of the slot.

        ``last``: of a party that would give up, the cheapest free slot that is worth it.
        """
        people, s, b = self._people, self.sessions, self._plan.behaviour
        wanted = people.wanted_ms[party]
        if people.homebound[party]:
            wanted = max(wanted, rules.tomorrow(self.now))
        return rules.choose(
            party, people.channel[party], people.size[party], people.day_off_rupiah[party], people.worth_rupiah[party],
            self.now, wanted, b.notice_ms, b.window_ms,
            s.n_sites, people.cost_rupiah, CLOSED, b.lead_day_rupiah, b.full_lead_days,
            s.first, s.intake_open, s.intake_close, s.close_by_day, s.days,
            s.next_offer, self._also_books, s.quota, self._free, s.n_channels, last,
        )  # fmt: skip

    def can_apply(self, party: int) -> bool:
        """Whether any site is open to a party at all, now or later."""
        n = self.sessions.n_sites
        return min(self._people.cost_rupiah[party * n : (party + 1) * n]) < CLOSED

    def group_session(self, party: int) -> int:
        """The session at which a team visits the party's group; NONE where it is in none, or no team can come.

        The first party of a group asks for all: the earliest free day, within the booking window, of a team that goes
        to the district and can serve so many. A team visits one group a day.
        """
        people, s, b = self._people, self.sessions, self._plan.behaviour
        group, size = people.group[party], people.group_people[party]
        if group == NONE:
            return NONE
        if group in self._session_of_group:
            return self._session_of_group[group]
        after = max(self.now + b.notice_ms, rules.tomorrow(self.now))
        sites = self._plan.sites
        best = rules.team_for(
            size, after, self.now + b.window_ms,
            sites.reached[:, people.district[party]], sites.audience == GROUPS, sites.smallest_group,
            s.first, s.intake_open, s.intake_close, s.close_by_day, s.days,
            self._visited, s.quota, self._free, s.n_channels,
        )  # fmt: skip
        if best != NONE:
            self._visited[best] = True
        self._session_of_group[group] = best
        return best

    def first_channel(self, session: int) -> int:
        """The first channel with a quota in a session."""
        return rules.first_channel(session, self.sessions.quota, self.sessions.n_channels)

    def take_slot(self, session: int, channel: int, size: int) -> int:
        """Book ``size`` seats; returns the appointment. What is held on request is now held."""
        s = self.sessions
        slot = session * s.n_channels + channel
        taken = s.quota[slot] - self._free[slot]
        self._free[slot] -= size
        self.hold(session)
        behaviour = self._plan.behaviour
        turn = rules.turn_of(taken, size, behaviour.early_seats)
        earliest = self.now + behaviour.notice_ms
        return rules.appointment(session, slot, turn, earliest, s.intake_open, s.seat_first, s.seat_after_ms)

    def hold(self, session: int) -> None:
        """A session has a visitor: held on request, its team is missing at home."""
        rules.hold(session, self._held, self.sessions.home_session, self.sessions.takes, self._counters)

    def held_instead(self, session: int, appointment: int, size: int) -> tuple[int, int]:
        """The session that a party comes to where an outage closes its own, and the appointment; NONE at the end."""
        s = self.sessions
        session, appointment = rules.held_instead(
            session, appointment, size, self._closed, self._carried, s.quota, s.n_channels, s.site,
            s.first, s.intake_open, s.intake_close, s.open_by_day, s.days, s.intake_from,
        )  # fmt: skip
        if session != NONE:
            self.hold(session)
        return session, appointment

    # --------------------------------------------------------------- sessions

    def station(self, session: int, station: int) -> Station:
        """A station of a session, opened when its first visitor comes."""
        key = session * 3 + station
        if key not in self._stations:
            s = self.sessions
            opens = s.collect_open[session] if station == COLLECTION else s.intake_open[session]
            self._stations[key] = Station(
                self._env,
                lambda: self._counters[key],
                opens,
                s.break_open[session],
                s.break_close[session],
                station,
                self.lengths,
                key,
            )
        return self._stations[key]

    def next_intake(self, site: int, after: int) -> int:
        """The next session of a site that opens after a time, of its parent where it has none; NONE at the end."""
        s, on_request = self.sessions, self._on_request[site]
        return rules.next_visit(
            site, self.parent[site], on_request, self.now, after, self._closed,
            s.first, s.intake_open, s.open_by_day, s.days, s.intake_from,
        )  # fmt: skip

    def next_collection(self, site: int, after: int) -> int:
        """The next session that hands out passports, at the parent where the site has none; NONE at the end."""
        s = self.sessions
        row = s.next_collection(site, after)
        return row if row != NONE or self.parent[site] == site else s.next_collection(self.parent[site], after)

    def mean_trip(self, district: int, site: int, at: int) -> int:
        """Mean duration of a trip one way, with the roads of the day."""
        mean: int = self._travel_ms[rules.stretch_of(self._travel_starts, at)][district][site]
        return mean

    # --------------------------------------------------------------- printing

    def issued_at_once(self, party: int, site: int) -> int:
        """Time from the interview to a passport of the day; NONE where it goes the ordinary way."""
        today = self.now // DAY_MS
        promised = self._ready_after[self._people.channel[party]]
        return rules.at_once(promised, self.parent[site], site, self._no_same_day[site][today])

    def to_print(self, applicant: int, site: int) -> simpy.Event:
        """Send a decided application to its office's printer; the event is the end of the day."""
        self._queue.append((self.now, applicant, site))
        return self._day_ends

    def printing(self) -> Generator[simpy.Event, Any, None]:
        """At the end of each day give its applications their day of printing, first come, first printed."""
        while True:
            yield Turn(self._env, rules.tomorrow(self.now) - self.now, PRINTING_TURN)
            for interviewed, applicant, site in sorted(self._queue):
                self._record.issued(applicant, site, self._ready(interviewed, applicant, site))
            self._queue = []
            ended, self._day_ends = self._day_ends, self._env.event()
            ended.succeed()

    def _ready(self, interviewed: int, applicant: int, site: int) -> int:
        """When the passport is where it is handed out."""
        people, s, office = self._people, self.sessions, self.parent[site]
        earliest = rules.add_working_days(s.working_days, s.worked, interviewed // DAY_MS, people.issue_days[applicant])
        row = rules.printing_row(
            office, earliest, self._prints_first, self._prints_by_day, self._printing_days, self._prints_next
        )
        rules.print_one(row, self._prints_first[office + 1], self._printed, self._can_print, self._prints_next)
        sent = s.sending(site, people.sending_ppb[applicant])
        return max(self._ready_after_days(self._prints_on[row], sent), interviewed)

    def _ready_after_days(self, day: int, count: int) -> int:
        s = self.sessions
        return rules.ready_after(day, count, s.working_days, s.worked, self._plan.behaviour.ready_at_ms)

    # ------------------------------------------------------------- collection

    def promised(self, applicant: int, site: int) -> int:
        """When the applicant was told to come."""
        interviewed = max(self._record.interview_ends(applicant))
        return self._ready_after_days(interviewed // DAY_MS, self.sessions.promised_days[site])

    def collection_trip(self, party: int, session: int, sets_out: int) -> tuple[int, int]:
        """Arrival for collection at a session, and the duration of the trip."""
        people, s = self._people, self.sessions
        opens = max(s.collect_open[session], sets_out)
        arrival = rules.share_of_window(opens, s.collect_close[session], people.collect_place_ppb[party])
        mean = self.mean_trip(people.district[party], s.site[session], arrival)
        return arrival, rules.trip_duration(mean, people.collect_trip_ppm[party])

    def delivery_wanted(self, party: int, site: int, ready: int) -> bool:
        """Whether the party has its passports delivered."""
        if self._plan.behaviour.delivery_fee == NONE or not self._plan.sites.delivers[site]:
            return False
        people, district = self._people, self._people.district[party]
        stretch = rules.stretch_of(self._travel_starts, min(ready, self._plan.horizon_ms - 1))
        return rules.delivery_is_wanted(
            self._travel_ms[stretch][district][site], self._fare[stretch][district][site],
            people.value_of_time[party], people.delivery_rupiah[party],
        )  # fmt: skip

    def delivered_at(self, party: int, ready: int) -> int:
        """When a delivered passport is at the door."""
        return max(self._ready_after_days(ready // DAY_MS, self._people.delivery_days[party]), ready)
