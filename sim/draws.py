"""Draws: everything random about one replication of a plan, fixed before the engine starts.

First who comes to need a passport, where and when; then what will happen to each of them, whatever an engine does. All
values are integers in the units of the plan, so that an engine neither draws nor rounds.

Needs are a non-homogeneous Poisson process, drawn exactly: a count for each segment, district and day, then times
within the day from the hours' weights. A gamma day factor with mean 1, the same for the whole province, makes days
more variable than Poisson (Avramidis, Deslauriers & L'Ecuyer 2004).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.plan import DAY_MS, GROUPS, HOMEBOUND, HOUR_MS, NONE, UNLIMITED, Bools, Floats, Ints, Outage, Plan, Segment
from sim.randomness import Identity, Source, stable_hash

BILLION = 1_000_000_000
MILLION = 1_000_000
TRIES = 2
"""Appointments a party may make: the first, and one more after missing it."""
VISITS = 3
"""Visits for intake: as booked, again with the missing papers, at the parent office after a referral."""
FIRST, RETURN, REFERRED = range(VISITS)
CLOSED = 2_000_000_000
"""Cost in rupiah of a site that is not open to a party; no other costs as much, and it fits in four bytes."""
FOUR_BYTES = frozenset(
    {
        *("segment", "district", "size", "channel", "value_of_time", "cost_rupiah", "group", "group_people", "party"),
        *("delivery_days", "trip_ppm", "collect_trip_ppm", "collect_place_ppb", "referral_ppb", "visit_trip_ppm"),
        *("visit_place_ppb", "issue_days", "sending_ppb"),
    }
)
"""Columns of rows, counts, rupiah and shares: half the memory of times."""
AT_ONCE = 1 << 15
"""Parties whose costs are drawn together: what is needed on the way fits in a fast cache, and never grows."""
_EPOCH = dt.date(1970, 1, 1)
Columns = dict[str, Any]
"""Columns of :class:`Draws` by name."""


@dataclass(frozen=True)
class Draws:
    """Parties (one row each, by time of need) and applicants (one row each, a party's members together)."""

    # parties
    need_ms: Ints
    segment: Ints
    district: Ints
    size: Ints
    first: Ints
    """Row of the party's first applicant."""
    channel: Ints
    electronic: Bools
    homebound: Bools
    value_of_time: Ints
    """Rupiah an hour."""
    worth_rupiah: Ints
    cost_rupiah: Ints
    """[parties, sites]: what applying there costs a person, before lead days; CLOSED where it cannot be."""
    wanted_ms: Ints
    """From when on the party can come: the need itself, or the start of a later working day."""
    retry_ms: Ints
    patience_ms: Ints
    misses: Bools
    """[parties, tries]: misses that appointment."""
    group: Ints
    """Number of the group that the party is part of; NONE for most."""
    group_people: Ints
    """People in that group; 0 where there is none."""
    checks_progress: Bools
    """Looks whether the passport is ready before setting out."""
    again_after_ms: Ints
    """From a trip in vain to the next."""
    delivery_rupiah: Ints
    """Delivery is wanted where the trip costs more than this: fee, reluctance and taste."""
    delivery_days: Ints
    books_again: Bools
    books_again_after_ms: Ints
    trip_ppm: Ints
    """Trip duration over its mean, in millionths, of the trip to the appointment."""
    collect_delay_ms: Ints
    never_collects: Bools
    collect_trip_ppm: Ints
    collect_place_ppb: Ints
    """When in the collection window the party comes, in billionths of it."""
    # applicants
    party: Ints
    replacement: Bools
    papers_missing: Bools
    comes_back: Bools
    back_after_ms: Ints
    refused: Bools
    referral_ppb: Ints
    """Referred where this is below the site's share, both in billionths."""
    referral_after_ms: Ints
    visit_trip_ppm: Ints
    """[applicants, visits]: of the trips after the first."""
    visit_place_ppb: Ints
    """[applicants, visits]: when in the window one comes without an appointment, in billionths of it."""
    service_ms: Ints
    """[applicants, visits, document and interview]"""
    collection_ms: Ints
    """Service time of handing out this applicant's passport."""
    issue_days: Ints
    sending_ppb: Ints
    # the province
    closed: Bools
    """[sessions]: struck by an outage of intake."""
    print_limit: Ints
    """[sites, days]: books that an office can print, UNLIMITED where that is not limited; 0 where it does not print."""
    same_day_closed: Bools
    """[sites, days]: struck by an outage of printing or of passports of the same day."""

    @property
    def parties(self) -> int:
        """Number of parties."""
        return len(self.need_ms)

    @property
    def applicants(self) -> int:
        """Number of applicants."""
        return len(self.party)


def needs_between(draws: Draws, start_ms: int, end_ms: int) -> Draws:
    """The parties, with their applicants, whose need arises from ``start_ms`` to before ``end_ms``, and nobody else."""
    parties = slice(*np.searchsorted(draws.need_ms, (start_ms, end_ms)).tolist())
    people = slice(*np.searchsorted(draws.party, (parties.start, parties.stop)).tolist())
    names = [field.name for field in fields(Draws)]
    of_people, of_province = names.index("party"), names.index("closed")
    some: Columns = {}
    for place, name in enumerate(names):
        values = getattr(draws, name)
        some[name] = values[parties if place < of_people else people] if place < of_province else values
    some["first"] = some["first"] - people.start
    some["party"] = some["party"] - parties.start
    return Draws(**some)


@dataclass(frozen=True)
class _Needs:
    """Parties before their attributes: where, when, and the identity that keys their numbers."""

    segment: Ints
    district: Ints
    need_ms: Ints
    who: Identity
    size: Ints
    """People of each party where need comes in groups; 0 elsewhere."""
    group: Ints
    group_people: Ints


def draw(plan: Plan, source: Source) -> Draws:
    """All random numbers that ``plan`` needs in the replication ``source`` stands for."""
    needs = _grouped(plan, source, _needs(plan, source))
    party = _party_draws(plan, source, needs)
    size: Ints = party["size"]
    first: Ints = np.cumsum(size) - size
    owner = np.repeat(np.arange(len(size)), size)
    member = np.arange(len(owner)) - first[owner]
    w = needs.who.words
    who = Identity((w[0][owner], w[1][owner] + member.astype(np.uint64), w[2][owner], w[3][owner]))
    columns = {
        "need_ms": needs.need_ms,
        "segment": needs.segment,
        "district": needs.district,
        "first": first,
        "group": needs.group,
        "group_people": needs.group_people,
        "closed": closed_sessions(plan, source),
        "print_limit": print_limit(plan, source),
        "same_day_closed": _struck(plan, source, [outage for outage in plan.outages if outage.same_day]),
        "party": owner,
        **party,
        **_applicant_draws(plan, source, who, needs.segment[owner]),
    }
    for name in FOUR_BYTES:
        columns[name] = columns[name].astype(np.int32, copy=False)
    return Draws(**columns)


def _needs(plan: Plan, source: Source) -> _Needs:
    """Parties in order of time; ties in order of segment, district and place in the day."""
    dates = (plan.origin - _EPOCH).days + np.arange(plan.n_days)
    factor = _day_factors(plan, source, dates)
    columns: list[tuple[Ints, Ints, Ints, Ints, NDArray[np.uint64]]] = []
    for s, segment in enumerate(plan.segments):
        groups = np.array([stable_hash(f"{segment.id}/{code}") for code in plan.districts.code], dtype=np.uint64)
        counts = _counts(source, segment, groups, dates, factor)
        district, day = np.nonzero(counts)
        times = counts[district, day]
        district, day = np.repeat(district, times), np.repeat(day, times)
        index = np.arange(len(day)) - np.repeat(np.cumsum(times) - times, times)
        columns.append((np.full(len(day), s), district, day, index, groups[district]))
    segment_row, district, day, index, group = (np.concatenate(c) for c in zip(*columns, strict=True))
    who = Identity.of(group, dates[day], index)
    need = day * DAY_MS + _time_of_day(plan.hour_weights, source.uniform("need/time", who))
    order = np.argsort(need, kind="stable")
    nobody = np.zeros(len(order), dtype=np.int64)
    return _Needs(segment_row[order], district[order], need[order], who.take(order), nobody, nobody + NONE, nobody)


def _grouped(plan: Plan, source: Source, needs: _Needs) -> _Needs:
    """Groups split into parties of at most the segment's largest party; all else as it was."""
    if all(segment.group_size is None for segment in plan.segments):
        return needs
    people = np.zeros(len(needs.who), dtype=np.int64)
    largest = np.ones(len(needs.who), dtype=np.int64)
    size_u = source.uniform("group/size", needs.who)
    for s, segment in enumerate(plan.segments):
        if segment.group_size is not None:
            rows = np.flatnonzero(needs.segment == s)
            people[rows] = from_shares(segment.group_size, size_u[rows])
            largest[rows] = max(segment.party_size)
    copies = np.where(people > 0, -(-people // largest), 1)
    row = np.repeat(np.arange(len(copies)), copies)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(copies) - copies, copies)
    who = needs.who.take(row).member(turn * largest[row])
    size = np.where(people[row] > 0, np.minimum(people[row] - turn * largest[row], largest[row]), 0)
    numbers = np.where(people > 0, np.cumsum(people > 0) - 1, NONE)
    return _Needs(needs.segment[row], needs.district[row], needs.need_ms[row], who, size, numbers[row], people[row])


def _day_factors(plan: Plan, source: Source, dates: Ints) -> Floats:
    """[days]: gamma with mean 1 and the plan's coefficient of variation."""
    if plan.day_cv == 0:
        return np.ones(len(dates))
    from scipy.special import gammaincinv

    shape = 1.0 / plan.day_cv**2
    zeros = np.zeros(len(dates), dtype=np.int64)
    who = Identity.of(np.full(len(dates), stable_hash("province"), dtype=np.uint64), dates, zeros)
    return np.asarray(gammaincinv(shape, source.uniform("need/day", who)) / shape, dtype=np.float64)


def _counts(source: Source, segment: Segment, groups: NDArray[np.uint64], dates: Ints, factor: Floats) -> Ints:
    """[districts, days]: parties that arise, by inversion of the Poisson distribution."""
    mean = segment.parties_per_day * factor
    n_districts, n_days = mean.shape
    who = Identity.of(
        np.repeat(groups, n_days), np.tile(dates, n_districts), np.zeros(n_districts * n_days, dtype=np.int64)
    )
    return poisson_inverse(source.uniform("need/count", who).reshape(mean.shape), mean)


def poisson_inverse(u: Floats, mean: Floats) -> Ints:
    """Quantiles of Poisson distributions: small means by summing the probabilities, large ones by scipy."""
    counts = np.zeros(mean.shape, dtype=np.int64)
    small = mean <= 20.0
    m, left = mean[small], u[small]
    k = np.zeros(m.shape, dtype=np.int64)
    probability = np.exp(-m)
    below = probability.copy()
    todo = np.flatnonzero(left > below)
    step = 0
    while len(todo):
        step += 1
        k[todo] = step
        probability[todo] *= m[todo] / step
        below[todo] += probability[todo]
        todo = todo[(left[todo] > below[todo]) & (step < 200)]
    counts[small] = k
    if not small.all():
        from scipy.stats import poisson

        counts[~small] = np.asarray(poisson.ppf(u[~small], mean[~small])).astype(np.int64)
    return counts


def _time_of_day(weights: Floats, u: Floats) -> Ints:
    """Milliseconds from midnight: the inverse of the piecewise constant rate over the hours."""
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    edges[-1] = 1.0
    ms = np.asarray(np.interp(u, edges, np.arange(25) * float(HOUR_MS)))
    return np.minimum(ms.astype(np.int64), DAY_MS - 1)


def _party_draws(plan: Plan, source: Source, needs: _Needs) -> Columns:
    """What a party brings and what will happen to it as a party."""
    b, who, segment = plan.behaviour, needs.who, needs.segment
    size_u, channel_u = source.pair("party/size-and-channel", who)
    electronic_u, homebound_u = source.pair("party/passport-and-mobility", who)
    time_u, worth_u = source.pair("party/values", who)
    retry_u, patience_u = source.pair("booking/retry-and-patience", who)
    again_u, after_u = source.pair("booking/again", who)
    trip_u, collect_trip_u = source.pair("travel/party", who)
    delay_u, never_u = source.pair("collection/delay", who)
    checks_u, vain_u = source.pair("collection/progress", who)
    delivery_u, delivery_days_u = source.pair("collection/delivery", who)
    size, channel = np.ones(len(who), np.int64), np.zeros(len(who), np.int64)
    electronic, homebound = np.zeros(len(who), bool), np.zeros(len(who), bool)
    worth = np.zeros(len(who))
    for s, part in enumerate(plan.segments):
        rows = np.flatnonzero(segment == s)
        size[rows] = from_shares(part.party_size, size_u[rows])
        if part.group_size is not None:
            size[rows] = needs.size[rows]
        edges = np.cumsum(part.channel_share)[:-1]
        channel[rows] = np.searchsorted(edges, channel_u[rows], side="right")
        electronic[rows] = electronic_u[rows] < part.electronic
        homebound[rows] = homebound_u[rows] < part.homebound
        worth[rows] = part.worth.ppf(worth_u[rows])
    value_of_time = b.value_of_time.ppf(time_u)
    return {
        "size": size,
        "channel": channel,
        "electronic": electronic,
        "homebound": homebound,
        "value_of_time": _whole(np.minimum(value_of_time, float(CLOSED))),
        "worth_rupiah": _whole(np.minimum(worth, float(CLOSED - 1))),
        "cost_rupiah": _costs(plan, source, needs, size, electronic, homebound, channel, value_of_time),
        "wanted_ms": _wanted(plan, needs, source.uniform("booking/prepare", who)),
        "retry_ms": np.maximum(_whole(b.retry_every.ppf(retry_u)), 1),
        "patience_ms": _whole(b.patience.ppf(patience_u)),
        "misses": np.stack([source.uniform("booking/misses", who, k) < b.no_show for k in range(TRIES)], axis=1),
        "checks_progress": checks_u < b.progress_uptake,
        "again_after_ms": _whole(b.again_after.ppf(vain_u)),
        "delivery_rupiah": _whole(
            max(b.delivery_fee, 0) + b.delivery_reluctance + b.delivery_taste * np.log(delivery_u / (1.0 - delivery_u))
        ),
        "delivery_days": from_shares(b.delivery_days, delivery_days_u),
        "books_again": again_u < b.rebook,
        "books_again_after_ms": _whole(b.rebook_after.ppf(after_u)),
        "trip_ppm": _whole(b.time_factor.ppf(trip_u) * MILLION),
        "collect_delay_ms": _whole(b.collect_delay.ppf(delay_u)),
        "never_collects": never_u < b.never_collects,
        "collect_trip_ppm": _whole(b.time_factor.ppf(collect_trip_u) * MILLION),
        "collect_place_ppb": _whole(source.uniform("collection/place", who) * BILLION),
    }


def _wanted(plan: Plan, needs: _Needs, u: Floats) -> Ints:
    """From when on parties can come: so many working days after the day of their need."""
    days = from_shares(plan.prepare_days, u)
    place = np.searchsorted(plan.working_days, needs.need_ms // DAY_MS, side="right") + days - 1
    return np.where(days > 0, plan.working_days[np.maximum(place, 0)] * DAY_MS, needs.need_ms)


def _costs(
    plan: Plan,
    source: Source,
    needs: _Needs,
    size: Ints,
    electronic: Bools,
    homebound: Bools,
    channel: Ints,
    value_of_time: Floats,
) -> Ints:
    """[parties, sites]: generalised cost of applying there for one person, in rupiah, before lead days.

    Each trip counts both ways, its time at the party's value of time; everybody goes to the appointment, one of the
    party goes to collect, and nobody does where the book is issued at once. The Gumbel draw belongs to (party, site),
    so that opening a site leaves the taste for all others as it was.
    """
    stretch = np.searchsorted(plan.travel.starts, needs.need_ms, side="right") - 1
    costs = np.empty((len(needs.who), len(plan.sites.id)), dtype=np.int32)
    for start in range(0, len(costs), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        block = _Some(
            needs.who.take(some), stretch[some], needs.district[some], size[some], electronic[some], homebound[some],
            channel[some], value_of_time[some],
        )  # fmt: skip
        costs[some] = np.stack([_costs_at(plan, source, block, j) for j in range(costs.shape[1])], axis=1)
    return costs


@dataclass(frozen=True)
class _Some:
    """Some parties: what their costs depend on."""

    who: Identity
    stretch: Ints
    district: Ints
    size: Ints
    electronic: Bools
    homebound: Bools
    channel: Ints
    value_of_time: Floats

    def round_trip(self, plan: Plan, site: int, rows: Ints) -> Floats:
        """Rupiah of a trip both ways."""
        at = self.stretch[rows], self.district[rows], site
        hours = plan.travel.duration_ms[at] / HOUR_MS
        rupiah: Floats = 2.0 * (hours * self.value_of_time[rows] + plan.travel.fare_rupiah[at])
        return rupiah


def _costs_at(plan: Plan, source: Source, some: _Some, site: int) -> Ints:
    """Costs of applying at one site, CLOSED for those to whom it is not open."""
    b, sites = plan.behaviour, plan.sites
    costs = np.full(len(some.who), CLOSED, dtype=np.int32)
    rows = np.flatnonzero(_is_open(plan, site, some.district, some.electronic, some.homebound))
    if not len(rows):
        return costs
    cost = trip = some.round_trip(plan, site, rows)
    if (hands_out := int(sites.collect_at[site])) != NONE:
        collecting = trip if hands_out == site else some.round_trip(plan, hands_out, rows)
        if b.delivery_fee >= 0 and sites.delivers[site]:
            collecting = np.minimum(collecting, b.delivery_fee + b.delivery_reluctance)
        at_once = (plan.channels.ready_after[some.channel[rows]] != NONE) & (sites.parent[site] == site)
        cost = cost + np.where(at_once, 0.0, collecting / some.size[rows])
    cost = cost + b.site_constant[site]
    if b.taste_rupiah:
        who = some.who if len(rows) == len(some.who) else some.who.take(rows)
        cost += b.taste_rupiah * np.log(-np.log(source.uniform(f"choice/{sites.id[site]}", who)))
    costs[rows] = np.rint(np.minimum(cost, CLOSED - 1.0))
    return costs


def _is_open(plan: Plan, site: int, district: Ints, electronic: Bools, homebound: Bools) -> Bools:
    """[parties]: whether one may apply at a site.

    The homebound are visited and nobody else is; groups ask for a team before their people look for slots.
    """
    sites, b = plan.sites, plan.behaviour
    if sites.audience[site] == GROUPS:
        return np.zeros(len(district), dtype=bool)
    open_to: Bools = (homebound == (sites.audience[site] == HOMEBOUND)) & sites.reached[site, district]
    if not sites.electronic[site]:
        open_to &= ~electronic
    if not b.open_catchment:
        open_to &= b.working_area[district, site]
    return open_to


def _applicant_draws(plan: Plan, source: Source, who: Identity, segment: Ints) -> Columns:
    """What will happen to an applicant in the offices."""
    b = plan.behaviour
    replacement_u, missing_u = source.pair("applicant/papers", who)
    back_u, after_u = source.pair("papers/return", who)
    refused_u, days_u = source.pair("issue/decision", who)
    referral_u, referral_after_u = source.pair("referral", who)
    sending_u, collection_u = source.pair("issue/sending-and-handing-out", who)
    replaces = np.array([part.replacement for part in plan.segments])[segment]
    replacement = replacement_u < replaces
    missing = missing_u < np.where(replacement, b.missing_replacement, b.missing_new)
    # In memory visit by visit: few make another than the first, and what is read together lies together.
    trips = np.zeros((VISITS, len(who)), dtype=np.int32)
    places = np.zeros((VISITS, len(who)), dtype=np.int32)
    service = np.zeros((VISITS, len(who), 2), dtype=np.int64)
    for visit in range(VISITS):
        rows = _who_may(plan, visit, missing, referral_u)
        them = who if visit == FIRST else who.take(rows)
        document_u, interview_u = source.pair("service/intake", them, visit)
        service[visit, rows, 0] = _whole(b.service[0].ppf(document_u))
        service[visit, rows, 1] = _whole(b.service[1].ppf(interview_u))
        if visit != FIRST:
            trip_u, place_u = source.pair("travel/again", them, visit)
            trips[visit, rows] = _whole(b.time_factor.ppf(trip_u) * MILLION)
            places[visit, rows] = _whole(place_u * BILLION)
    return {
        "replacement": replacement,
        "papers_missing": missing,
        "comes_back": back_u < b.come_back,
        "back_after_ms": _whole(b.back_after.ppf(after_u)),
        "refused": refused_u < b.refused,
        "referral_ppb": _whole(referral_u * BILLION),
        "referral_after_ms": _whole(b.referral_after.ppf(referral_after_u)),
        "visit_trip_ppm": trips.T,
        "visit_place_ppb": places.T,
        "service_ms": service.transpose(1, 0, 2),
        "collection_ms": _whole(b.service[2].ppf(collection_u)),
        "issue_days": from_shares(b.issue_days, days_u),
        "sending_ppb": _whole(sending_u * BILLION),
    }


def _who_may(plan: Plan, visit: int, missing: Bools, referral_u: Floats) -> Ints | slice:
    """Applicants who may make that visit at some site: nobody else needs its numbers."""
    if visit == FIRST:
        return slice(None)
    if visit == RETURN:
        return np.flatnonzero(missing)
    return np.flatnonzero(referral_u < plan.sites.referral_share.max(initial=0.0))


def closed_sessions(plan: Plan, source: Source) -> Bools:
    """[sessions]: those that an outage of intake strikes, by date or at random."""
    days = _struck(plan, source, [outage for outage in plan.outages if outage.intake])
    struck: Bools = days[plan.sessions.site, plan.sessions.day]
    return struck


def print_limit(plan: Plan, source: Source) -> Ints:
    """[sites, days]: books that an office can print the ordinary way.

    Nothing on days that are not working days or that an outage strikes; after it the capacity returns evenly over the
    outage's working days. Slots that promise a passport of the day are kept free for it.
    """
    working = np.zeros(plan.n_days, dtype=bool)
    working[plan.working_days[plan.working_days < plan.n_days]] = True
    limited = plan.sites.printing_per_day < UNLIMITED
    whole = np.where(limited[:, None], plan.sites.printing_per_day[:, None] - _promised(plan), UNLIMITED)
    limit = np.where(working, whole, 0)
    for outage in plan.outages:
        if not outage.printing:
            continue
        struck = _struck(plan, source, [outage])
        limit[struck] = 0
        for k, rows in _days_after(struck, working, outage.returns_over):
            limit[rows] = np.minimum(limit[rows], (whole * k // (outage.returns_over + 1))[rows])
    return limit


def _promised(plan: Plan) -> Ints:
    """[sites, days]: slots at an office that prints by itself in channels that promise a passport of the day."""
    slots = np.zeros((len(plan.sites.id), plan.n_days), dtype=np.int64)
    s, own = plan.sessions, plan.sites.parent == np.arange(len(plan.sites.id))
    at_once = s.quota[:, plan.channels.ready_after != NONE].sum(axis=1)
    np.add.at(slots, (s.site, s.day), np.where(own[s.site], at_once, 0))
    return slots


def _days_after(struck: Bools, working: Bools, count: int) -> Iterator[tuple[int, Bools]]:
    """Masks of the first, second, ... working day after each stop, where it has not stopped again."""
    for k in range(1, count + 1):
        mask = np.zeros_like(struck)
        for site in np.flatnonzero(struck.any(axis=1)).tolist():
            for end in np.flatnonzero(struck[site, :-1] & ~struck[site, 1:]).tolist():
                days = np.flatnonzero(working[end + 1 :])[k - 1 : k] + end + 1
                mask[site, days] = ~struck[site, days]
        yield k, mask


def _struck(plan: Plan, source: Source, outages: Iterable[Outage]) -> Bools:
    """[sites, days] struck by some outages; at random an office with all whose home it is."""
    struck = np.zeros((len(plan.sites.id), plan.n_days), dtype=bool)
    dates = (plan.origin - _EPOCH).days + np.arange(plan.n_days)
    index = np.zeros(plan.n_days, dtype=np.int64)
    for outage in outages:
        for site in outage.sites.tolist():
            if outage.first_day is not None and outage.last_day is not None:
                struck[site, max(outage.first_day, 0) : max(outage.last_day + 1, 0)] = True
                continue
            office = plan.sites.id[plan.sites.home[site]]
            group = np.full(plan.n_days, stable_hash(f"{outage.id}/{office}"), dtype=np.uint64)
            begins_u, days_u = source.pair("outage", Identity.of(group, dates, index))
            for day in np.flatnonzero(begins_u < outage.per_day).tolist():
                struck[site, day : day + int(from_shares(outage.days, days_u[day : day + 1])[0])] = True
    return struck


def from_shares(shares: Mapping[int, float], u: Floats) -> Ints:
    """Values drawn from a table of shares by value, by inversion."""
    values = np.array(sorted(shares), dtype=np.int64)
    edges = np.cumsum([shares[int(v)] for v in values])[:-1]
    return values[np.searchsorted(edges, u, side="right")]


def _whole(x: Floats) -> Ints:
    return np.rint(x).astype(np.int64)
