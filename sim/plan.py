"""Plan: everything about a scenario that is not random, as arrays.

The plan is what an engine is told. It knows options (places where one can apply), sessions, stations, channels and
districts; it does not know what a Kanim, a UKK or a van is. Times are integer milliseconds from the first simulated
midnight, distances metres, money whole rupiah.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.config.distributions import Distribution

Ints = NDArray[np.signedinteger[Any]]
"""Whole numbers, of four bytes or of eight."""
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
DAYS_A_YEAR = 365.0
"""Of whatever is said for a year: a leap year has one day more of it."""
NONE = -1
"""Stands in integer arrays where there is no value."""

UNLIMITED = 1_000_000_000
"""Stands where a number has no limit."""

STATIONS = DOCUMENT, INTERVIEW, COLLECTION = 0, 1, 2
"""Column of each station in station arrays."""


@dataclass(frozen=True)
class Costs:
    """Operating costs in rupiah: a year, a session, an officer's day, a kilometre, an officer's night away."""

    per_year: int
    per_session: int
    officer_day: int
    per_km: int
    per_night: int
    stated: bool
    """Whether the configuration says anything of them; all are 0 where it does not."""


@dataclass(frozen=True)
class Regencies:
    """The regencies, in the order of their table."""

    code: tuple[str, ...]
    name: tuple[str, ...]


@dataclass(frozen=True)
class Districts:
    """The districts: origins of all trips, in the order of their table."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    regency: Ints
    """Row of the regency of each district."""
    lat: Floats
    lon: Floats
    population: Floats
    road_km: Floats
    """By air from the point to the nearest road in service at the end of the period."""


EVERYONE, HOMEBOUND, GROUPS = 0, 1, 2
"""Audiences of a site."""


@dataclass(frozen=True)
class Sites:
    """Places where one can apply: the sites, and every place of a programme, with a session in the simulated period."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    lat: Floats
    lon: Floats
    parent: Ints
    """Row of the office that prints the books: the site's own row where it prints by itself."""
    electronic: Bools
    referral_share: Floats
    sending_days: tuple[Mapping[int, float], ...]
    """Share by working days of sending books from the parent; all on 0 where the site prints by itself."""
    programme: tuple[str, ...]
    """The programme that each belongs to; for an office its kind."""
    programme_name: tuple[str, ...]
    audience: Ints
    """EVERYONE, HOMEBOUND or GROUPS."""
    smallest_group: Ints
    reached: Bools
    """[sites, districts]: on request, whether the team goes there; elsewhere True."""
    overnight_after_ms: Ints
    """One-way trips of the team that are longer cost each officer a night away; NONE where none does."""
    collect_at: Ints
    """Row of the site that hands out; NONE where the passports are brought after the days of sending."""
    home: Ints
    """Row of the office whose officers hold the sessions."""
    held_at: Ints
    """Row of the office in whose rooms the sessions are held; a place's own row where they are held nowhere else."""
    delivers: Bools
    """Whether a passport issued there can be delivered."""
    printing_per_day: Ints
    """Books that an office prints a day; a large number where it is not limited."""
    prints: Bools
    """[sites, days]: days on which an office prints; none where its parent does."""
    days_in_service: Ints
    """Counted days on which it is there, open that day or not: its costs of a year are those of these days."""
    days_suspended: Ints
    """Counted days on which all sessions with slots that it, or its programme, would hold are suspended."""
    costs: tuple[Costs, ...]

    @property
    def is_office(self) -> Bools:
        """Offices and sub-offices, as against places of programmes."""
        own: Bools = self.home == np.arange(len(self.id))
        return own


@dataclass(frozen=True)
class Sessions:
    """All sessions, ordered by site and then by start of intake."""

    site: Ints
    day: Ints
    """Day number of the session, 0 the first simulated day."""
    intake_open: Ints
    intake_close: Ints
    closes: Ints
    """End of staffed time; work after it is overtime."""
    collect_open: Ints
    """NONE where the session hands out nothing."""
    collect_close: Ints
    break_open: Ints
    """NONE where there is no break; no service starts within it."""
    break_close: Ints
    seats_every: Ints
    quota: Ints
    """[sessions, channels]"""
    counters: Ints
    """[sessions, stations]"""
    on_request: Bools
    """Held only if somebody has booked."""
    home_session: Ints
    """The session of the home office whose counters close when this one is held on request; NONE elsewhere."""
    takes: Ints
    """[sessions, stations]: counters that close there."""
    officers: Ints
    """Officers on duty: at the counters, or the whole team."""
    overtime: Bools
    """Held by officers in their free time."""
    first: Ints
    """[sites + 1]: the sessions of site ``s`` are rows ``first[s]`` to ``first[s + 1]``."""

    def on_working_day(self, working_days: Ints) -> Bools:
        """[sessions]: whether each is on a working day, as against weekends and holidays."""
        return np.isin(self.day, working_days)


@dataclass(frozen=True)
class Travel:
    """Means of one-way trips from each district to each site, for each stretch of the period with the same roads."""

    starts: Ints
    """[stretches]: first millisecond of each stretch; the first is 0."""
    duration_ms: Ints
    """[stretches, districts, sites]"""
    distance_m: Ints
    """[stretches, districts, sites]"""
    fare_rupiah: Ints
    """[stretches, districts, sites]: one way, one person, half of a night away included where one is needed."""
    team_ms: Ints
    """[stretches, districts, sites]: the team's way from home to the district on request, elsewhere to the place."""
    team_m: Ints
    """[stretches, districts, sites]: the same in metres."""


@dataclass(frozen=True)
class Roads:
    """Roads in service on the last simulated day, for maps: end points in degrees and class."""

    lon: Floats
    """[roads, 2]"""
    lat: Floats
    road_class: tuple[str, ...]


@dataclass(frozen=True)
class Boundaries:
    """Outlines of regencies or districts that somebody gave, for maps; none where nobody did."""

    of: str
    """``regency`` or ``district``; empty where there are none."""
    unit: Ints
    """[rings]: row of the regency or district that each ring belongs to."""
    outer: Bools
    """[rings]: whether it begins a polygon; the others are holes of the polygon before them."""
    first: Ints
    """[rings + 1]: the points of ring ``r`` are rows ``first[r]`` to ``first[r + 1]``."""
    lon: Floats
    """[points] degrees"""
    lat: Floats


NO_BOUNDARIES = Boundaries(
    of="",
    unit=np.zeros(0, dtype=np.int64),
    outer=np.zeros(0, dtype=np.bool_),
    first=np.zeros(1, dtype=np.int64),
    lon=np.zeros(0),
    lat=np.zeros(0),
)


@dataclass(frozen=True)
class Outage:
    """A time without intake or printing, by date or at random."""

    id: str
    intake: bool
    printing: bool
    same_day: bool
    """No passports of the same day: printing stops them too."""
    sites: Ints
    """Rows of the sites it strikes; printing stops where they are offices that print."""
    first_day: int | None
    """By date: first and last day, which may lie outside the period; None at random."""
    last_day: int | None
    per_day: float
    """At random: chance that it begins on a day at an office."""
    days: Mapping[int, float]
    returns_over: int
    """Working days after a stop over which printing returns evenly."""


@dataclass(frozen=True)
class Segment:
    """A part of demand: rates and attributes."""

    id: str
    parties_per_day: Floats
    """[districts, days]: expected parties (groups where need comes in groups), before the day factor."""
    party_size: Mapping[int, float]
    group_size: Mapping[int, float] | None
    """Share of groups by size, where need comes in groups."""
    channel_share: Floats
    """[channels], adds up to 1."""
    replacement: float
    electronic: float
    homebound: float
    worth: Distribution


@dataclass(frozen=True)
class Channels:
    """Channels in the order of the configuration."""

    id: tuple[str, ...]
    queue_class: Ints
    also_books: Ints
    """Row of another channel whose slots it may take, or NONE."""
    ordinary: int
    """Row of the channel of whoever has no other."""
    ready_after: Ints
    """Milliseconds from interview to a book where the site prints by itself, or NONE: the ordinary way."""


@dataclass(frozen=True)
class Catchment:
    """Where people may apply."""

    open_catchment: bool
    """Anywhere; else in their working area alone."""
    working_area: Bools
    """[districts, sites]: the site belongs to the district's own office."""


@dataclass(frozen=True)
class Behaviour(Catchment):
    """What people do, and how long offices take: distributions and constants."""

    value_of_time: Distribution
    lead_day_rupiah: int
    day_off_share: float
    """Share of parties to whom an appointment on a working day costs a day off."""
    day_off: Distribution | None
    """Rupiah of that day for a person; None where nothing is said of it."""
    taste_rupiah: int
    site_constant: Ints
    """[sites] rupiah"""
    time_factor: Distribution
    early_ms: int
    early_share: float
    window_ms: int
    full_lead_days: int
    """Days of lead that a site without a free slot counts as."""
    notice_ms: int
    early_seats: int
    """Of :data:`sim.rules.WHOLE` seats of a session those that are filled from the first on."""
    retry_every: Distribution
    patience: Distribution
    no_show: float
    rebook: float
    rebook_after: Distribution
    missing_new: float
    missing_replacement: float
    come_back: float
    back_after: Distribution
    issue_days: Mapping[int, float]
    ready_at_ms: int
    refused: float
    referral_after: Distribution
    collect_delay: Distribution
    kept_ms: int
    never_collects: float
    promised_days: int
    again_after: Distribution
    delivery_fee: int
    """Rupiah for a party; NONE where nothing is delivered."""
    delivery_days: Mapping[int, float]
    delivery_reluctance: int
    delivery_taste: int
    progress_uptake: float
    service: tuple[Distribution, Distribution, Distribution]
    """By station."""

    @property
    def counts_days_off(self) -> bool:
        """Whether anything is said of days of work that appointments cost, be it that nobody loses one."""
        return self.day_off is not None


@dataclass(frozen=True, eq=False)
class Plan:
    """One scenario, ready for an engine. Equal to nothing but itself, so that what is made from it can be kept."""

    scenario: str
    title: Mapping[str, str]
    """By language."""
    origin: dt.date
    """Date of day 0."""
    n_days: int
    counted_from_ms: int
    """Needs from here..."""
    counted_to_ms: int
    """...to here (not included) are counted."""
    regencies: Regencies
    districts: Districts
    sites: Sites
    sessions: Sessions
    travel: Travel
    roads: Roads
    channels: Channels
    segments: tuple[Segment, ...]
    day_cv: float
    hour_weights: Floats
    """[24], adds up to 1."""
    outages: tuple[Outage, ...]
    working_days: Ints
    """Day numbers of the working days, ascending; goes on past the horizon."""
    prepare_days: Mapping[int, float]
    """Working days from the need until people can come: share by number of days."""
    behaviour: Behaviour
    boundaries: Boundaries = NO_BOUNDARIES

    @property
    def counted_years(self) -> float:
        """Length of the counted period, in years of 365 days."""
        return (self.counted_to_ms - self.counted_from_ms) / DAY_MS / DAYS_A_YEAR

    @property
    def counted_sessions(self) -> Bools:
        """[sessions]: whether it takes people in on any counted day."""
        s = self.sessions
        inside: Bools = (s.intake_close > self.counted_from_ms) & (s.intake_open < self.counted_to_ms)
        return inside

    @property
    def horizon_ms(self) -> int:
        """End of simulated time."""
        return self.n_days * DAY_MS
