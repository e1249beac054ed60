"""What can be run and is hardly meant of days on which something is closed: periods without sessions, outages that
strike nothing or close an office for weeks, books that nobody can fetch.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.building.options import Option, in_service
from sim.building.printing import printing_days
from sim.config.schema import Outage, Scenario
from sim.config.units import format_clock
from sim.errors import Problem
from sim.plan import DAY_MS, Sessions
from sim.province.calendar import Calendar

MANY_DAYS_SHUT = 31
"""Days without a session at the end of what is counted, at most, of an office that costs something."""
MANY_DAYS = 5
"""Sessions in a row that a failure closes without being foreseen, at most."""


def strikes(outage: Outage, option: Option) -> bool:
    """Whether an outage is one of a place: all are struck where it names none, else those that it names and theirs."""
    return outage.sites is None or not {option.id, option.home}.isdisjoint(outage.sites)


def idle_period(sessions: Sessions, counted: tuple[int, int], calendar: Calendar) -> Iterator[Problem]:
    """A warning where no session with slots is held on any counted day: nothing of a session can be measured."""
    first, last = counted
    inside = (sessions.intake_close > first * DAY_MS) & (sessions.intake_open < last * DAY_MS)
    if not sessions.quota[inside].any():
        yield Problem(
            f"no session is held on any counted day, {calendar.date(first)} to {calendar.date(last - 1)}",
            path="period",
            allowed="a period with working days, or with days on which a site is open",
        )


def unfetched_books(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each office that hands nothing out for longer than books are kept, after it has taken people in."""
    kept = scenario.collection.kept_for // DAY_MS
    for option in found:
        days = sorted({held.day for held in option.held if held.collection is not None}) if option.site else []
        for day, following in pairwise([*days, calendar.n_days]):
            # The parent hands them out where a sub-office does so no more.
            if following - day > kept + 1 and not (following == calendar.n_days and option.parent != option.id):
                ends = "the end of the simulation" if following == calendar.n_days else str(calendar.date(following))
                yield Problem(
                    f"hands out no passports between {calendar.date(day)} and {ends}, longer than they are kept "
                    f"({kept} days): whoever has one there for so long loses it, and nobody can fetch one then",
                    path=f"sites.{option.id}.sessions",
                    allowed=_fetching(option, calendar.date(day + 1), calendar.date(following - 1)),
                )
                break


def _fetching(option: Option, first: dt.date, last: dt.date) -> str:
    """A rule under which an office hands out books on some days, and takes nobody in, as it stands in a file."""
    handing = max((held for held in option.held if held.collection is not None), key=lambda held: held.day)
    assert handing.collection is not None
    opens, closes = format_clock(handing.collection.from_), format_clock(handing.collection.to)
    hours = f'{{from: "{opens}", to: "{closes}"}}'
    return (
        f"another rule beside it, as `fetching: {{from: {first}, to: {last}, days: [tue, thu], intake: {hours}, "
        f"seats_every: 30 min, quota: {{{next(iter(handing.quota))}: 0}}, counters: {{collection: 1}}, "
        f"collection: {hours}}}`"
    )


def paid_though_shut(found: Sequence[Option], counted: tuple[int, int], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each office that holds no session any more though it is in service, and so costs what it did."""
    _, after = counted
    for option in found:
        if option.site is None or not option.costs.per_year or not in_service(option.site, calendar.date(after - 1)):
            continue
        last = max(held.day for held in option.held)
        if after - 1 - last > MANY_DAYS_SHUT:
            yield Problem(
                f"holds its last session on {calendar.date(last)} and is in service to the end: the costs of a year, "
                "such as rent, go on",
                path=f"sites.{option.id}.sessions",
                allowed="`in_service: by_date` and `closed`, the first day without service, where it is given up; "
                "as it is where it opens again",
            )


def long_closures(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each outage by date that sends many days of bookings to the days after it."""
    for name, outage in scenario.outages.items():
        if not outage.enabled or "intake" not in outage.affects or outage.from_ is None or outage.to is None:
            continue
        first, last = calendar.day(outage.from_), calendar.day(outage.to)
        for option in found:
            office = option.site is not None and strikes(outage, option)
            days = sum(first <= held.day <= last for held in option.held) if office else 0
            if days > MANY_DAYS:
                yield Problem(
                    f"all who hold a slot at {option.id} on {days} days come in the days after {outage.to}, as many "
                    "again on each as it has slots: people book there until it strikes and while it lasts, which is "
                    "for failures that nobody foresees",
                    path=f"outages.{name}",
                    allowed=f"sessions that end (from, to) where it is known; an outage of up to {MANY_DAYS} days",
                )
                break


def idle_outages(scenario: Scenario, found: Sequence[Option], calendar: Calendar) -> Iterator[Problem]:
    """A warning for each outage that strikes nothing: on no simulated day, or sites alone that hold no session."""
    first, last = calendar.date(0), calendar.date(calendar.n_days - 1)
    for name, outage in scenario.outages.items():
        if not outage.enabled:
            continue
        if outage.from_ and outage.to and not (outage.from_ <= last and first <= outage.to):
            yield Problem(
                f"strikes no simulated day: it lasts from {outage.from_} to {outage.to}, and these are {first} to "
                f"{last}, with warm-up and run-out",
                path=f"outages.{name}.from",
                allowed="dates within the period, or enabled: false",
            )
        elif outage.sites is not None and not any(strikes(outage, option) for option in found):
            yield Problem(
                f"strikes {', '.join(outage.sites)} alone, where no session is held on any simulated day",
                path=f"outages.{name}.sites",
                allowed="sites in service in the period, or enabled: false",
            )
        elif outage.sites is not None and set(outage.affects) == {"printing"} and not _prints(outage, found):
            yield Problem(
                f"strikes the printing of {', '.join(outage.sites)} alone, where nothing is printed",
                path=f"outages.{name}.sites",
                allowed="offices that print, or enabled: false",
            )
        elif outage.from_ and outage.to and not _strikes_any_day(outage, found, calendar):
            yield Problem(
                f"strikes nothing from {outage.from_} to {outage.to}: no session is held then, and no book printed",
                path=f"outages.{name}.from",
                allowed="days on which sites are open, or enabled: false",
            )


def _prints(outage: Outage, found: Sequence[Option]) -> bool:
    """Whether an outage strikes any office that prints."""
    return any(strikes(outage, option) and option.id == option.parent and option.site is not None for option in found)


def _strikes_any_day(outage: Outage, found: Sequence[Option], calendar: Calendar) -> bool:
    """Whether what an outage by date affects would happen anywhere on one of its days."""
    assert outage.from_ is not None and outage.to is not None
    first, last = max(calendar.day(outage.from_), 0), calendar.day(outage.to)
    struck = [option for option in found if strikes(outage, option)]
    if "intake" in outage.affects and any(first <= held.day <= last for option in struck for held in option.held):
        return True
    of_printing = not {"printing", "same_day"}.isdisjoint(outage.affects)
    return of_printing and any(printing_days(option, calendar)[first : last + 1].any() for option in struck)
