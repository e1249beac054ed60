"""The scenario as its users write it: one frozen, strict model for each section of the file.

Values arrive here as YAML gives them and leave in the units the rest of the program uses: durations and clock times in
integer milliseconds, distances in kilometres, money in whole rupiah. What a section means together with the data tables
is checked in :mod:`sim.config.checks`, not here.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from sim.config import distributions
from sim.config.distributions import Distribution
from sim.config.rejection import nearest_name, rejection
from sim.config.section import Section
from sim.config.statistics import Calibration, Replications, Sensitivity
from sim.config.texts import Language, Title
from sim.config.units import (
    Clock,
    Date,
    Distance,
    Duration,
    Growth,
    Identifier,
    Interval,
    Level,
    Number,
    Price,
    Probability,
    Rupiah,
    Speed,
    YearOrMonth,
    format_duration,
)
from sim.limits import SEEDS

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Month = Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
TRAVEL_MINUTES = (30, 60, 90, 120, 180)
"""Thresholds of coverage, one way."""
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
MONTHS: tuple[Month, ...] = get_args(Month)
Station = Literal["document", "interview", "collection"]
STATIONS: tuple[Station, ...] = get_args(Station)
"""The three stations of an office, in the order in which an applicant meets them."""
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
MOST_PER_YEAR = 1e8


def _without_fraction(people: Any) -> Any:
    """Whole numbers that come as 46000.0, from Python; 46.000 is 46.0 to YAML, and forty-six thousand to its writer."""
    whole = isinstance(people, float) and 1000.0 <= people <= MOST_PER_YEAR and people.is_integer()
    return int(people) if whole else people


MOST_DRAWN = 2.0**62
"""Draws are whole numbers of eight bytes: milliseconds, rupiah, millionths."""
TAME_CV = 10.0
"""A coefficient of variation at which the largest draw of any family here is a few million times the mean."""
NEXT_TO_ONE = 1.0 - 2.0**-53
"""The largest probability that is drawn."""


def _countable(distribution: Distribution) -> Distribution:
    """Refuse a distribution of which some draw is no number that can be held.

    Up to a spread of TAME_CV none is, of means below decades.
    """
    if distribution.cv <= TAME_CV:
        return distribution
    import numpy as np

    times = 1e6 if distribution.measure == "factor" else 1.0
    with np.errstate(over="ignore"):
        largest = float(distribution.ppf(np.array([NEXT_TO_ONE]))[0]) * times
    if not largest < MOST_DRAWN:
        raise rejection(
            f"a draw may be as large as {largest / times:.1e}, more than can be counted",
            allowed="a smaller spread or mean",
        )
    return distribution


DurationDistribution = Annotated[distributions.DurationDistribution, AfterValidator(_countable)]
MoneyDistribution = Annotated[distributions.MoneyDistribution, AfterValidator(_countable)]
FactorDistribution = Annotated[distributions.FactorDistribution, AfterValidator(_countable)]


People = Annotated[int, Field(ge=0, le=MOST_PER_YEAR, strict=True), BeforeValidator(_without_fraction)]
"""People a year."""
T = TypeVar("T")


def _shares_sum_to_one(shares: dict[int, float]) -> dict[int, float]:
    if not shares:
        raise ValueError("needs at least one entry")
    total = sum(shares.values())
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the shares must add up to 1, they add up to {total:g}")
    # What never is can be no longest, largest or most.
    return {number: share for number, share in shares.items() if share > 0}


def _each_once(values: list[T]) -> list[T]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise rejection(f"{value} stands here twice", allowed="each entry once", at=place)
    return values


Once = Annotated[list[T], AfterValidator(_each_once), Field(json_schema_extra={"uniqueItems": True})]
"""A list in which an entry that stands twice is a slip."""

Shares = Annotated[dict[Annotated[int, Field(ge=0, le=1000)], Probability], AfterValidator(_shares_sum_to_one)]
"""Share by whole number, adding up to 1."""


EARLIEST, LATEST = 1900, 2200
"""Years of a period."""
MOST_MINUTES = 10_000


def _require_order(first: dt.date | None, last: dt.date | None) -> None:
    if first is not None and last is not None and last < first:
        raise ValueError(f"the end {last} is before the start {first}")


class Period(Section):
    """The days that are counted, and the days simulated before and after them."""

    from_: Date = Field(alias="from", description="First day whose needs are counted.")
    to: Date = Field(description="Last day whose needs are counted.")
    warm_up: Duration = Field(description="Simulated before the first counted day, so that queues do not start empty.")
    run_out: Duration = Field(description="Simulated after the last counted day, so that journeys can finish.")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        for key, date in (("from", self.from_), ("to", self.to)):
            if not EARLIEST <= date.year <= LATEST:
                raise rejection(f"the year {date.year} is out of reach", allowed=f"{EARLIEST} to {LATEST}", at=key)
        _require_order(self.from_, self.to)
        return self


class Boundaries(Section):
    """Outlines of regencies or districts, for maps alone; without them a district is what lies nearest to its point."""

    file: Path = Field(description="GeoJSON: a FeatureCollection of polygons in degrees (WGS84).")
    of: Literal["regency", "district"] = Field(default="regency", description="What each feature is.")
    property: Annotated[str, Field(min_length=1)] = Field(
        default="code", description="The property with its code or its name, as in the table of regencies or districts."
    )


class DataFiles(Section):
    """The province's data tables; a path is taken from the file that names it."""

    regencies: Path = Field(description="One row a regency: code, name, population, weights, working area.")
    districts: Path = Field(description="One row a district: code, name, regency, point, population.")
    road_nodes: Path = Field(description="One row a road node: id, name, point.")
    roads: Path = Field(description="One row a road: two nodes, distance, class, dates in service.")
    holidays: Path = Field(description="One row a public holiday or day of collective leave.")
    fasting: Path = Field(description="One row a year: first and last day of Ramadan.")
    boundaries: Boundaries | None = Field(default=None, description="Your own boundaries for the maps.")

    @property
    def files(self) -> list[Path]:
        """Every file that is named."""
        tables = [self.regencies, self.districts, self.road_nodes, self.roads, self.holidays, self.fasting]
        return tables if self.boundaries is None else [*tables, self.boundaries.file]


class Access(Section):
    """How people get from a district's point to the road network."""

    speed: Speed = Field(description="Speed off the network.")
    circuity: Number = Field(ge=1, description="Distance by way over distance by air, off the network.")
    own_district: Distance = Field(description="Mean way inside the district, from a home to the district's point.")
    limit: Distance = Field(description="A district further than this from every road (by air) is an error.")


class Roads(Section):
    """Speeds by road class, and the access rule."""

    speeds: dict[str, Speed] = Field(description="Speed by road class, as named in the roads table.")
    access: Access


class Travel(Section):
    """Trips: their random duration and their price, for one person."""

    time_factor: FactorDistribution = Field(
        description="Trip duration over its mean, drawn for each trip; its own mean is 1, to a hundredth."
    )
    early: Duration = Field(description="How long before the appointment one plans to arrive.")
    early_share: Probability = Field(description="Added to it: this share of the mean duration, as a reserve.")
    fare_per_km: Price = Field(description="Fare or fuel for each kilometre, one person.")
    fare_minimum: Price = Field(description="Least fare for a trip, one way.")
    overnight_after: Duration = Field(description="One-way trips longer than this need a night away.")
    overnight_cost: Price = Field(description="Price of that night and its meals.")

    @field_validator("time_factor")
    @classmethod
    def _keeps_the_mean(cls, factor: FactorDistribution) -> FactorDistribution:
        # People choose by mean trips, which this would change behind their backs.
        if abs(factor.mean - 1.0) > 0.01:
            raise rejection(
                f"its mean is {factor.mean:.4g}, and trips must take as long on average as the roads say",
                allowed="a mean of 1; roads.speeds makes all trips longer or shorter",
            )
        return factor


class DayOff(Section):
    """What coming on a working day costs those who have work then: a day of pay or of leave."""

    share: Probability = Field(description="Share of parties that must take a working day off for an appointment.")
    price: MoneyDistribution = Field(
        description="Rupiah of that day for a person, on top of travel and time; drawn for each party. Sessions at "
        "weekends and on holidays do not cost it."
    )


class Choice(Section):
    """How an applicant weighs the options; all in rupiah."""

    catchment: Literal["any", "working_area"] = Field(
        description="any: every office is open to all (the law); working_area: only one's own office and its UKKs."
    )
    value_of_time: MoneyDistribution = Field(description="Rupiah for an hour of one's time, drawn for each party.")
    lead_day: Price = Field(description="Price of each day between wanting a slot and the slot.")
    day_off: DayOff | None = Field(default=None, description="Those who lose a day of work; nobody when absent.")
    taste: Price = Field(description="Scale of the Gumbel draw: all that the costs leave out.")
    kind_constants: dict[str, Rupiah] = Field(
        default_factory=dict, description="Added for each kind of site; negative attracts."
    )


class Channel(Section):
    """A way to be admitted: it has its own quota in each session."""

    queue_class: Count = Field(description="Smaller is called first at a station; never interrupts a service.")
    also_books: Identifier | None = Field(default=None, description="Another channel it may take a slot from.")
    ready_after: Duration | None = Field(
        default=None,
        description="Issued this long after the interview, where the site prints by itself; collected at once.",
    )


class Booking(Section):
    """Slots: how far ahead, how soon, and what happens when there is none."""

    window: Duration = Field(description="Sessions open for booking this far ahead.")
    full_lead: Duration | None = Field(
        default=None,
        description="How far off a site without a free slot counts as when people choose, in whole days. The window "
        "and a day where nothing is said, and at least. Where windows are compared, give one that suits the longest: "
        "otherwise the shorter window makes full sites look nearer.",
    )
    notice: Duration = Field(description="A slot is taken at least this long before the session's intake closes.")
    early_seats: Probability = Field(
        default=1.0,
        description="Share of a session's seats that are taken from the first on, as by people who choose the earliest "
        "time there is; the others are taken evenly over the session. 1 where people are called in as they book.",
    )
    prepare_days: Shares = Field(
        description="Working days from need until one can come: share by number of days. Lead time counts from there."
    )
    retry_every: DurationDistribution = Field(description="Time between two tries, drawn for each party.")
    patience: DurationDistribution = Field(description="Time after which a party without a slot gives up.")
    no_show: Probability = Field(description="Share of parties that miss their appointment.")
    rebook: Probability = Field(description="Share of those that book again, once.")
    rebook_after: DurationDistribution = Field(description="Time from the missed appointment to the new try.")

    @model_validator(mode="after")
    def _sound(self) -> Booking:
        if self.window <= self.notice:
            raise ValueError(
                f"the window, {format_duration(self.window)}, is no longer than the notice, "
                f"{format_duration(self.notice)}: nobody could book"
            )
        return self


class Papers(Section):
    """Papers found missing at the document check."""

    missing_new: Probability = Field(description="Share sent back, first passports.")
    missing_replacement: Probability = Field(description="Share sent back, replacements.")
    come_back: Probability = Field(description="Share of those that return.")
    back_after: DurationDistribution = Field(description="Time until they return; no new slot is needed.")


class Issue(Section):
    """From interview to a passport that can be collected."""

    working_days: Shares = Field(description="Working days of adjudication and printing: share by number of days.")
    ready_at: Clock = Field(description="Time of day at which a finished book can be collected.")
    refused: Probability = Field(description="Share of applications refused after the interview.")
    referral_after: DurationDistribution = Field(
        description="Time until a referred applicant goes to the parent office; no new slot is needed."
    )


class Delivery(Section):
    """The passport is brought to its owner for a fee (SIGEP)."""

    enabled: bool = Field(default=True, description="Whether the service is offered.")
    fee: Price = Field(description="Price for a party.")
    reluctance: Price = Field(default=0, description="Added to the fee in people's minds: trust, not knowing of it.")
    days: Shares = Field(description="Working days from ready to the door: share by number of days.")
    taste: Price = Field(description="Scale of the logistic draw that parts like-minded people's decisions.")
    sites: Once[Identifier] | None = Field(
        default=None, description="Sites that offer it; all that hand out when absent."
    )


class ProgressCheck(Section):
    """One can see whether the passport is ready (Celimpungan)."""

    enabled: bool = Field(default=True, description="Whether the service is offered.")
    uptake: Probability = Field(description="Share of parties that look before they set out.")


class Collection(Section):
    """Fetching the passport."""

    delay: DurationDistribution = Field(description="Time from when one believes it to be ready to setting out.")
    kept_for: Duration = Field(description="A book not collected by then is cancelled.")
    never: Probability = Field(description="Share of parties that never collect.")
    promised_days: Count = Field(description="Working days after which an applicant is told to come, sending left out.")
    again_after: DurationDistribution = Field(description="Time from a trip in vain to the next.")
    delivery: Delivery | None = Field(default=None, description="Delivery, where it is offered.")
    progress_check: ProgressCheck | None = Field(default=None, description="Progress checks, where they are offered.")


class Segment(Section):
    """A part of demand with its own geography, season and worth."""

    per_year: People = Field(
        description="Potential applicants in 365 days in the whole province, at level 1 and where months and fasting "
        "weigh 1: their weights are taken as they are, and not made to add up to a year."
    )
    weight: str = Field(description="Column of the regencies table that spreads the need over regencies.")
    city_factor: Number = Field(
        default=1.0, gt=0, description="Weight of a city (kota) district against a regency one."
    )
    months: dict[Month, Level] = Field(default_factory=dict, description="Season: factor by month; 1 where absent.")
    fasting: Level = Field(default=1.0, description="Factor on days of Ramadan.")
    party_size: Shares = Field(description="Share of parties by number of people.")
    group_size: Shares | None = Field(
        default=None,
        description="Share of groups by number of people. Need then comes in groups (an office, a campus, an agency); "
        "a group that no team visits books in parties of at most the largest party size.",
    )
    channels: dict[Identifier, Probability] = Field(
        default_factory=dict, description="Share of parties by channel; the rest is of the default channel."
    )
    replacement: Probability = Field(description="Share of applicants who replace a passport.")
    electronic: Probability = Field(description="Share of parties that want the electronic passport.")
    homebound: Probability = Field(default=0.0, description="Share of parties that cannot travel.")
    worth: MoneyDistribution = Field(description="What the passport is worth to a person: above it one does not apply.")

    @model_validator(mode="after")
    def _sound(self) -> Segment:
        if 0 in self.party_size:
            raise ValueError("party_size: a party of 0 people cannot be")
        if 0 in (self.group_size or {}):
            raise ValueError("group_size: a group of 0 people cannot be")
        if sum(self.channels.values()) > 1 + 1e-9:
            raise ValueError("channels: the shares add up to more than 1")
        return self


class Trend(Section):
    """How need grows from year to year where no level is given."""

    per_year: Growth = Field(description="Growth a year: 0.03 or 3% makes each year's level 1.03 times the one before.")
    year: Annotated[int, Field(ge=1900, le=2199, strict=True)] = Field(description="The year whose level is 1.")


class Need(Section):
    """Who comes to need a passport, where and when."""

    level: dict[YearOrMonth, Level] = Field(
        default_factory=dict,
        description="Level by year or by month (2022, 2022-03); a month goes before its year, both before the trend.",
    )
    trend: Trend | None = Field(default=None, description="Level of the years and months that `level` does not name.")
    weekdays: dict[Weekday, Level] = Field(default_factory=dict, description="Factor by weekday; 1 where absent.")
    hours: list[Level] | None = Field(
        default=None, min_length=24, max_length=24, description="Weight of each hour of the day; even when absent."
    )
    day_cv: Number = Field(
        ge=0, le=10, description="Coefficient of variation of the province-wide day factor (gamma, mean 1)."
    )
    default_channel: Identifier = Field(description="Channel of a party that has no other.")
    segments: dict[Identifier, Segment] = Field(min_length=1)


class ServiceTimes(Section):
    """Time at a counter, for one applicant."""

    document: DurationDistribution
    interview: DurationDistribution
    collection: DurationDistribution


class Window(Section):
    """From one time of day to another."""

    from_: Clock = Field(alias="from")
    to: Clock

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.to <= self.from_:
            raise ValueError("the end is not after the start")
        return self


class Days(Section):
    """From one date to another, both included."""

    from_: Date = Field(alias="from", description="First date.")
    to: Date = Field(description="Last date.")

    @model_validator(mode="after")
    def _in_order(self) -> Days:
        _require_order(self.from_, self.to)
        return self


class Dated(Section):
    """What holds between two dates, and not in between on days that are known beforehand."""

    from_: Date | None = Field(default=None, alias="from", description="First date; whenever it may be when absent.")
    to: Date | None = Field(default=None, description="Last date; whenever it may be when absent.")
    suspended: list[Days] | None = Field(
        default=None, min_length=1, description="Days between them without it, known beforehand: nobody books there."
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> Dated:
        _require_order(self.from_, self.to)
        return self

    def covers(self, date: dt.date) -> bool:
        """Whether a date is from the first to the last one."""
        return (self.from_ is None or self.from_ <= date) and (self.to is None or date <= self.to)

    def is_suspended(self, date: dt.date) -> bool:
        """Whether a date is among those without it."""
        return any(days.from_ <= date <= days.to for days in self.suspended or ())

    def goes_on(self, date: dt.date) -> bool:
        """Whether it holds on a date."""
        return self.covers(date) and not self.is_suspended(date)


class SessionRule(Dated):
    """A rule that generates sessions: on which days, when, with which quotas and counters."""

    days: Once[Weekday] = Field(min_length=1, description="Days of the week; holidays are left out.")
    on_holidays: bool = Field(default=False, description="Hold the session on public holidays too.")
    intake: Window = Field(description="Applicants are admitted in this window; all who were admitted are served.")
    nights: Annotated[int, Field(ge=0, le=366, strict=True)] = Field(
        default=0, description="Nights over which intake goes on: it ends so many days after it began."
    )
    collection: Window | None = Field(
        default=None, description="Passports are handed out in this window, of the first day."
    )
    closes: Clock | None = Field(
        default=None, description="End of staffed time on the last day; later work is overtime. Intake's when absent."
    )
    seats_every: Interval = Field(description="Appointments start at multiples of this from the start of intake.")
    quota: dict[Identifier, Count] = Field(description="Slots by channel.")
    counters: dict[Station, Count] = Field(description="Counters staffed at each station.")
    breaks: dict[Weekday, Window | None] | None = Field(
        default=None, description="Break by weekday, in place of the province's; null for none."
    )

    @model_validator(mode="after")
    def _sound(self) -> SessionRule:
        if sum(self.quota.values()):
            for station in ("document", "interview"):
                if not self.counters.get(station):
                    raise ValueError(
                        f"a quota of {sum(self.quota.values())} without a counter at the station {station}"
                    )
        if self.closes is not None and self.closes < self.intake.to:
            raise ValueError("closes is before the end of intake")
        if self.collection and not self.counters.get("collection"):
            raise ValueError("a collection window without a counter at the station collection")
        if self.counters.get("collection") and not self.collection:
            raise ValueError("counters at the station collection without a collection window")
        return self


class Costs(Section):
    """What a site or programme costs to run, in rupiah."""

    per_year: Price = Field(default=0, description="Rent, upkeep and the like, for the days on which it is there.")
    per_session: Price = Field(default=0, description="For each session held.")
    officer_day: Price = Field(default=0, description="For each officer on each session day.")
    per_km: Price = Field(default=0, description="For each kilometre of the team's way, there and back.")
    per_night: Price = Field(default=0, description="For each night of an officer of the team away.")


OwnCosts = Annotated[
    Costs, BeforeValidator(lambda found: {} if found is None else found, json_schema_input_type=Costs | None)
]
"""Null takes those of a base away: nothing is said of costs then."""


class Position(Section):
    """A point, WGS84 degrees."""

    lat: Number = Field(ge=-90, le=90)
    lon: Number = Field(ge=-180, le=180)


class Site(Section):
    """A place where sessions are held."""

    name: str = Field(min_length=1)
    kind: Identifier = Field(description="kanim, ukk or any other word; choice constants go by kind.")
    road_node: str = Field(description="Its node of the road network.")
    position: Position
    in_service: Literal["by_date", "always", "never"] = Field(
        default="by_date",
        description="by_date follows opened and closed; always and never are what a scenario decides.",
    )
    opened: Date | None = Field(default=None, description="First day of service; long ago when absent.")
    closed: Date | None = Field(default=None, description="First day without service.")
    parent: Identifier | None = Field(default=None, description="The office that prints its books; itself when absent.")
    sending_days: Shares | None = Field(default=None, description="Working days of sending books from the parent.")
    electronic: bool = Field(default=True, description="Issues electronic passports.")
    staff: Count | None = Field(
        default=None, description="Officers; counters, teams and duties draw on them. Not limited when absent."
    )
    printing_per_day: Annotated[int, Field(ge=1, strict=True)] | None = Field(
        default=None,
        description="Books that the office prints a day, its sub-offices' included; not limited when absent.",
    )
    printing_days: Once[Weekday] | None = Field(
        default=None,
        min_length=1,
        description="Days of the week on which it prints, but for holidays; those of its own sessions when absent.",
    )
    costs: OwnCosts = Field(default=Costs(), description="Operating costs; null takes those of a base away.")
    referral: Probability = Field(default=0.0, description="Share of cases sent on to the parent, in person.")
    sessions: dict[Identifier, SessionRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Site:
        if self.opened and self.closed and self.closed <= self.opened:
            raise rejection(
                f"closed {self.closed} is not after opened {self.opened}",
                allowed="a later day; or `opened` before it, as for an office that stood earlier",
                at="closed",
            )
        if self.sending_days is not None:
            if self.parent is None:
                raise ValueError("sending_days without a parent that sends")
        elif self.parent is not None:
            raise ValueError("a site with a parent needs sending_days")
        if self.referral and self.parent is None:
            raise ValueError("referral without a parent to refer to")
        if self.printing_days is not None and self.parent is not None:
            raise rejection(
                "printing_days at a site whose parent prints its books",
                allowed=f"printing_days at {self.parent}, or none here",
                at="printing_days",
            )
        return self


class Team(Section):
    """Officers who leave their office; its counters close for the day by as many."""

    document: Count = Field(default=0, description="From the document check.")
    interview: Count = Field(default=0, description="From the interview.")
    other: Count = Field(default=0, description="Others: drivers, helpers; they close no counter.")

    @property
    def size(self) -> int:
        """Officers in all."""
        return self.document + self.interview + self.other


class Visit(Section):
    """One day of an itinerary."""

    date: Date
    place: str = Field(description="Code of the district.")


class Rotation(Dated):
    """An itinerary by rule: places in turn."""

    places: list[str] | None = Field(default=None, min_length=1, description="Codes of districts, in turn.")
    most_deterred: Annotated[int, Field(ge=1, strict=True)] | None = Field(
        default=None,
        description="In place of places: so many districts of the home office's working area, one of a city at most, "
        "where a session wins most deterred people back.",
    )
    days: Once[Weekday] = Field(min_length=1, description="Days of the week on which the team is out.")
    weeks: Once[Annotated[int, Field(ge=1, le=5)]] | None = Field(
        default=None,
        min_length=1,
        description="Which of these days of a month: 1 is the first Tuesday, say; all when absent.",
    )

    @model_validator(mode="after")
    def _one(self) -> Rotation:
        if self.places is None and self.most_deterred is None:
            raise ValueError("needs either places or most_deterred")
        if self.places is not None and self.most_deterred is not None:
            raise ValueError(
                "has both places and most_deterred; take away the one that a base gives: most_deterred: null or "
                "places: null"
            )
        return self


class Weekends(Section):
    """Weekends of the month."""

    weeks: Once[Annotated[int, Field(ge=1, le=5)]] = Field(
        min_length=1, description="Which Saturdays, and the Sundays after."
    )
    days: Once[Literal["sat", "sun"]] = Field(min_length=1)


class Venue(Section):
    """A place that is no site: a mall, a hall."""

    road_node: str
    position: Position


class Programme(Dated):
    """A mobile or convenience service: a rule that generates sessions."""

    name: str = Field(min_length=1)
    kind: Identifier = Field(description="Any word; choice constants go by kind; held at home, by its home's.")
    enabled: bool = Field(default=True, description="The one line that switches the programme on or off.")
    home: Identifier = Field(description="The office whose officers go, and that prints the books.")
    audience: Literal["everyone", "homebound", "groups"] = Field(
        default="everyone", description="Who may book; to the homebound and to groups the team comes, on request."
    )
    smallest_group: Count = Field(default=0, description="Groups of fewer people book as usual.")
    reach: Duration | None = Field(default=None, description="On request: the team goes no further, one way.")
    venue: Venue | None = Field(
        default=None, description="Where it is held; at home when neither this nor an itinerary is given."
    )
    days: Once[Weekday] | None = Field(
        default=None, min_length=1, description="When: each such day that is no holiday."
    )
    weekends: Weekends | None = Field(default=None, description="When: weekends of the month, if no holiday.")
    dates: Once[Date] | None = Field(default=None, min_length=1, description="When: these dates.")
    visits: list[Visit] | None = Field(default=None, min_length=1, description="When and where: an itinerary.")
    rotation: Rotation | None = Field(default=None, description="When and where: an itinerary by rule.")
    intake: Window
    closes: Clock | None = Field(default=None, description="End of staffed time; intake's end when absent.")
    seats_every: Interval = Field(description="Appointments start at multiples of this from the start of intake.")
    quota: dict[Identifier, Count] = Field(description="Slots by channel; for groups, people a day in all.")
    counters: dict[Station, Count] = Field(description="Counters at the place.")
    breaks: dict[Weekday, Window | None] | None = Field(default=None, description="Breaks, in place of the province's.")
    team: Team = Field(default=Team(), description="Officers who are missing at home on that day.")
    overnight_after: Duration | None = Field(
        default=None,
        description="One-way trips of the team longer than this cost each officer a night away; none do when absent.",
    )
    overtime: bool = Field(default=False, description="Held by officers in their free time: no counter closes at home.")
    handover: Literal["home", "brought"] = Field(description="Collected at home, or brought to the place.")
    brought_days: Shares | None = Field(
        default=None, description="Brought: working days from the print, and not from the visit, to the hand-over."
    )
    electronic: bool = Field(default=True, description="Issues electronic passports.")
    costs: OwnCosts = Field(default=Costs(), description="Operating costs; null takes those of a base away.")

    @model_validator(mode="after")
    def _sound(self) -> Programme:
        given = [k for k in ("days", "weekends", "dates", "visits", "rotation") if getattr(self, k) is not None]
        if len(given) != 1:
            raise ValueError(
                f"needs one of days, weekends, dates, visits, rotation; found {', '.join(given) or 'none'}"
                + (f"; take away the one that a base gives: {given[-1]}: null" if given else "")
            )
        if self.venue is not None and given[0] in ("visits", "rotation"):
            raise ValueError(f"a venue and {given[0]}: the itinerary says where")
        if self.audience != "everyone" and (self.venue is not None or given[0] in ("visits", "rotation")):
            raise ValueError(f"on request the team goes to the {self.audience}: no venue and no itinerary")
        if self.handover == "brought" and self.brought_days is None:
            raise ValueError("handover: brought needs brought_days, such as {5: 0.25, 7: 0.5, 9: 0.25}")
        if self.handover != "brought" and self.brought_days is not None:
            raise ValueError(
                "brought_days goes with handover: brought alone; take away the days that a base gives: "
                "brought_days: null"
            )
        if not sum(self.quota.values()):
            raise ValueError("quota: a programme without slots serves nobody")
        if self.audience == "groups" and self.smallest_group > sum(self.quota.values()):
            slots = sum(self.quota.values())
            raise ValueError(
                f"smallest_group {self.smallest_group} is more than the quota, {slots}: no group is visited"
            )
        for station in ("document", "interview"):
            if not self.counters.get(station):
                raise ValueError(f"a quota without a counter at the station {station}")
        return self

    @property
    def rules(self) -> tuple[Dated, ...]:
        """What all must hold on a day of it: an itinerary by rule may have dates of its own."""
        return (self,) if self.rotation is None else (self, self.rotation)

    @property
    def listed(self) -> tuple[dt.date, ...]:
        """The dates of its list or of its itinerary, if it has one."""
        return (*(self.dates or ()), *(visit.date for visit in self.visits or ()))

    @property
    def on_request(self) -> bool:
        """Whether sessions are held only when somebody has booked them."""
        return self.audience != "everyone"


class Outage(Section):
    """A time without intake, printing or both, or without passports of the same day."""

    enabled: bool = Field(default=True, description="Whether it happens.")
    affects: Once[Literal["intake", "printing", "same_day"]] = Field(
        min_length=1, description="Printing stops passports of the same day too; same_day stops those alone."
    )
    sites: Once[Identifier] | None = Field(default=None, description="Sites it strikes; all when absent.")
    from_: Date | None = Field(default=None, alias="from", description="First day.")
    to: Date | None = Field(default=None, description="Last day.")
    per_year: Level | None = Field(
        default=None, description="At random: how often a year it strikes each office, and all whose home that is."
    )
    days: Shares | None = Field(default=None, description="At random: how many days it lasts.")
    returns_over: int = Field(
        default=0,
        ge=0,
        le=250,
        description="Days of printing after a stop of it until it is whole again; it returns evenly.",
    )

    @model_validator(mode="after")
    def _sound(self) -> Outage:
        if self.returns_over and "printing" not in self.affects:
            raise ValueError("returns_over is about printing, which is not among what it affects")
        by_date = self.from_ is not None or self.to is not None
        at_random = self.per_year is not None or self.days is not None
        if by_date == at_random:
            raise ValueError("needs either from and to, or per_year and days")
        if by_date and (self.from_ is None or self.to is None):
            raise ValueError("needs both from and to")
        if at_random and (self.per_year is None or self.days is None):
            raise ValueError("needs both per_year and days")
        _require_order(self.from_, self.to)
        return self


SourceCode = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]
"""A code that sources are cited by."""


class Scenario(Section):
    """A whole scenario: everything an engine will ever know, before chance."""

    name: Identifier = Field(description="Short name, used in tables and file names.")
    title: Title = Field(
        description="One line for people: a text, or {en: ..., id: ...} for figures in both languages."
    )
    language: Language = Field(
        default="en", description="Language of figures and printed tables, and of the notes and sources of values."
    )
    sources: dict[SourceCode, Title] = Field(
        default_factory=dict,
        description="What the codes mean that stand in the sources of values, for the report: F3c: Rules and days.",
    )
    period: Period
    data: DataFiles
    roads: Roads
    travel: Travel
    choice: Choice
    channels: dict[Identifier, Channel] = Field(min_length=1)
    booking: Booking
    papers: Papers
    issue: Issue
    collection: Collection
    need: Need
    service: ServiceTimes
    breaks: dict[Weekday, Window | None] = Field(default_factory=dict, description="Break by weekday, at every site.")
    sites: dict[Identifier, Site] = Field(min_length=1)
    programmes: dict[Identifier, Programme] = Field(
        default_factory=dict, description="Mobile and convenience services."
    )
    outages: dict[Identifier, Outage] = Field(default_factory=dict, description="Times without intake or printing.")


class Factorial(Section):
    """Which scenario is which cell of a design: one factor at two levels, crossed with services."""

    factor: Identifier = Field(description="Name of the two-level factor, used in tables: ukk.")
    cells: dict[Identifier, Annotated[list[Identifier], Field(min_length=2, max_length=2)]] = Field(
        min_length=2,
        description="Scenarios by service, without the factor and with it; `none` is the pair without any service.",
    )

    @model_validator(mode="after")
    def _sound(self) -> Factorial:
        if "none" not in self.cells:
            raise ValueError("cells: needs `none`, the two scenarios without any service")
        named = [scenario for pair in self.cells.values() for scenario in pair]
        twice = sorted({scenario for scenario in named if named.count(scenario) > 1})
        if twice:
            raise ValueError(f"cells: {', '.join(twice)} stands in two cells")
        return self


Statement = Literal["purpose", "aims", "overview", "preprocessing", "hardware", "code_access"]
"""Items of STRESS-DES (Monks et al. 2019) that only people can state."""


class Experiment(Section):
    """Scenarios compared with the same applicants."""

    name: Identifier = Field(description="Short name; results go to results/<name> unless told otherwise.")
    title: Title = Field(description="One line; one text, or one for each language.")
    question: Title | None = Field(
        default=None, description="What it is to answer, in plain words; one text, or one for each language."
    )
    statements: dict[Statement, Title] = Field(
        default_factory=dict,
        description="What no number tells, for the report's account by STRESS-DES; one text each, or one by language.",
    )
    language: Language | None = Field(default=None, description="Language of figures; the baseline's when absent.")
    scenarios: dict[Identifier, Path] = Field(
        min_length=1, description="Scenario files by name, in the order of tables."
    )
    baseline: Identifier | None = Field(
        default=None, description="The scenario that the others are compared with; nothing is compared when absent."
    )
    main: Identifier | None = Field(
        default=None, description="The scenario the findings are about; the first other one."
    )
    targets: Path | None = Field(
        default=None, description="Table of known figures (CSV) that the results are held against, in targets.csv."
    )
    cites: Once[Path] = Field(
        default_factory=list,
        description="Experiments whose comparison with known figures, and whose tested conclusions, the report quotes; "
        "their expected numbers must lie beside them.",
    )
    measures: dict[Identifier, Path] = Field(
        default_factory=dict, description="Python files with measures of your own, each with a function `measure`."
    )
    factorial: Factorial | None = Field(
        default=None, description="Main effects and interactions of services and a two-level factor, in factorial.csv."
    )
    replications: Replications = Field(
        description="How often everything is repeated with other chance: a number, or what precision it has to reach."
    )
    sensitivity: Sensitivity | None = Field(
        default=None, description="Whether the conclusions survive the ranges of the inputs."
    )
    calibration: Calibration | None = Field(
        default=None, description="Which inputs `run_sim.py calibrate` fits to the figures marked as fitted."
    )
    both_engines: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=0,
        description="Replications of each scenario that go whole through both engines, journey by journey; by default "
        "two weeks of the first one do.",
    )
    seed: Annotated[int, Field(ge=0, lt=SEEDS, strict=True)]
    confidence: Annotated[Number, Field(gt=0.5, lt=1)] = 0.95
    travel_minutes: Once[Annotated[int, Field(gt=0, le=MOST_MINUTES)]] = Field(
        default_factory=lambda: list(TRAVEL_MINUTES),
        description="Thresholds of coverage and of days of service within reach, in minutes one way.",
    )
    catchment_zones: dict[Annotated[int, Field(gt=0, le=MOST_MINUTES)], Annotated[Number, Field(ge=0, le=1)]] = Field(
        default_factory=lambda: {60: 1.0, 120: 0.68, 180: 0.22},
        min_length=1,
        description="Weight of each travel zone by its outer edge in minutes, for slots within reach (E2SFCA); the "
        "last edge is the catchment of 2SFCA.",
    )

    @model_validator(mode="after")
    def _known(self) -> Experiment:
        for key in ("baseline", "main"):
            value = getattr(self, key)
            if value is not None and value not in self.scenarios:
                near = nearest_name(value, self.scenarios)
                allowed = "" if near else ", ".join(self.scenarios)
                raise rejection(f"no scenario is named {value!r}", allowed=allowed, nearest=near, at=key)
        for service, pair in (self.factorial.cells if self.factorial is not None else {}).items():
            for value in pair:
                if value not in self.scenarios:
                    there = ", ".join(self.scenarios)
                    raise ValueError(f"factorial.cells.{service}: no scenario is named {value!r}; there are {there}")
        if self.main is not None and self.main == self.baseline:
            raise ValueError(f"main: {self.main!r} is the baseline; name another scenario")
        return self
