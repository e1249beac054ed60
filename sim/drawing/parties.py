"""What a party brings, and what will happen to it as a party."""

from __future__ import annotations

import numpy as np

from sim.drawing.common import Common
from sim.drawing.needs import Needs
from sim.drawing.quantiles import whole_quantiles
from sim.drawing.shares import from_shares, rows_of, whole
from sim.draws import CLOSED, TRIES, Columns
from sim.plan import DAY_MS, NONE, Behaviour, Bools, Floats, Ints
from sim.randomness import Identity, Source
from sim.rules import BILLION, MILLION


def party_draws(common: Common, source: Source, needs: Needs) -> tuple[Columns, Floats]:
    """What a party brings and what will happen to it as a party; and its value of time, rupiah an hour, not rounded."""
    b, who, segment = common.behaviour, needs.who, needs.segment
    size_u, channel_u = source.pair("party/size-and-channel", who)
    electronic_u, homebound_u = source.pair("party/passport-and-mobility", who)
    time_u, worth_u = source.pair("party/values", who)
    retry_u, patience_u = source.pair("booking/retry-and-patience", who)
    trip_u, collect_trip_u = source.pair("travel/party", who)
    delay_u, never_u = source.pair("collection/delay", who)
    checks_u, vain_u = source.pair("collection/progress", who)
    size, channel, worth = needs.size.copy(), np.empty(len(who), np.int64), np.empty(len(who), np.int64)
    for s, part in enumerate(common.segments):
        rows = np.flatnonzero(segment == s)
        if part.group_size is None:
            size[rows] = from_shares(part.party_size, size_u[rows])
        channel[rows] = rows_of(np.cumsum(part.channel_share)[:-1], channel_u[rows])
        worth[rows] = whole_quantiles(part.worth, worth_u[rows])
    value_of_time = b.value_of_time.ppf(time_u)
    homebound = homebound_u < np.array([part.homebound for part in common.segments])[segment]
    columns: Columns = {
        "size": size,
        "channel": channel,
        "electronic": electronic_u < np.array([part.electronic for part in common.segments])[segment],
        "homebound": homebound,
        "value_of_time": whole(np.minimum(value_of_time, float(CLOSED))),
        "worth_rupiah": np.minimum(worth, CLOSED - 1),
        "day_off_rupiah": _days_off(b, source, who, homebound),
        "wanted_ms": _wanted(common, needs, source.uniform("booking/prepare", who)),
        "retry_ms": np.maximum(whole_quantiles(b.retry_every, retry_u), 1),
        "patience_ms": whole_quantiles(b.patience, patience_u),
        **_misses(b, source, who),
        "checks_progress": checks_u < b.progress_uptake,
        "again_after_ms": whole_quantiles(b.again_after, vain_u),
        **_delivery(b, source, who),
        "trip_ppm": whole_quantiles(b.time_factor, trip_u, MILLION),
        "collect_delay_ms": whole_quantiles(b.collect_delay, delay_u),
        "never_collects": never_u < b.never_collects,
        "collect_trip_ppm": whole_quantiles(b.time_factor, collect_trip_u, MILLION),
        "collect_place_ppb": whole(source.uniform("collection/place", who) * BILLION),
    }
    return columns, value_of_time


def _misses(b: Behaviour, source: Source, who: Identity) -> Columns:
    """Who misses an appointment and looks for another, and when; drawn for those whom it can happen to."""
    misses = np.zeros((len(who), TRIES), dtype=bool)
    books_again, after = np.zeros(len(who), dtype=bool), np.zeros(len(who), dtype=np.int64)
    misses[:, 0] = source.uniform("booking/misses", who) < b.no_show
    rows = np.flatnonzero(misses[:, 0])
    them = who.take(rows)
    for k in range(1, TRIES):
        misses[rows, k] = source.uniform("booking/misses", them, k) < b.no_show
    again_u, after_u = source.pair("booking/again", them)
    books_again[rows] = again_u < b.rebook
    # Two bookings of a party are told apart by their moments.
    after[rows] = np.maximum(whole_quantiles(b.rebook_after, after_u), 1)
    return {"misses": misses, "books_again": books_again, "books_again_after_ms": after}


def _delivery(b: Behaviour, source: Source, who: Identity) -> Columns:
    """From which cost of a trip on parties want delivery, and how long it takes; not drawn where there is none."""
    if b.delivery_fee == NONE:
        nothing = np.zeros(len(who), dtype=np.int64)
        return {"delivery_rupiah": nothing, "delivery_days": nothing}
    delivery_u, days_u = source.pair("collection/delivery", who)
    taste = b.delivery_taste * np.log(delivery_u / (1.0 - delivery_u))
    return {
        "delivery_rupiah": whole(b.delivery_fee + b.delivery_reluctance + taste),
        "delivery_days": from_shares(b.delivery_days, days_u),
    }


def _days_off(b: Behaviour, source: Source, who: Identity, homebound: Bools) -> Ints:
    """What an appointment on a working day costs those who must take it off; not drawn where nobody must."""
    rupiah = np.zeros(len(who), dtype=np.int64)
    if b.day_off is not None and b.day_off_share > 0:
        takes_u, price_u = source.pair("party/day-off", who)
        rows = np.flatnonzero((takes_u < b.day_off_share) & ~homebound)
        rupiah[rows] = np.minimum(whole_quantiles(b.day_off, price_u[rows]), CLOSED - 1)
    return rupiah


def _wanted(common: Common, needs: Needs, u: Floats) -> Ints:
    """From when on parties can come: so many working days after the day of their need."""
    days = from_shares(common.prepare_days, u)
    worked = np.searchsorted(common.working_days, np.arange(common.n_days), side="right")
    place = worked[needs.need_ms // DAY_MS] + days - 1
    return np.where(days > 0, common.working_days[np.maximum(place, 0)] * DAY_MS, needs.need_ms)
