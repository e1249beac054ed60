"""What a party brings, and what will happen to it as a party."""

from __future__ import annotations

import numpy as np

from sim.drawing.common import Common
from sim.drawing.needs import Needs
from sim.drawing.shares import from_shares, rows_of, whole
from sim.draws import CLOSED, TRIES, Columns
from sim.plan import DAY_MS, Floats, Ints
from sim.randomness import Source
from sim.rules import BILLION, MILLION


def party_draws(common: Common, source: Source, needs: Needs) -> tuple[Columns, Floats]:
    """What a party brings and what will happen to it as a party; and its value of time, rupiah an hour, not rounded."""
    b, who, segment = common.behaviour, needs.who, needs.segment
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
    for s, part in enumerate(common.segments):
        rows = np.flatnonzero(segment == s)
        size[rows] = from_shares(part.party_size, size_u[rows])
        if part.group_size is not None:
            size[rows] = needs.size[rows]
        edges = np.cumsum(part.channel_share)[:-1]
        channel[rows] = rows_of(edges, channel_u[rows])
        electronic[rows] = electronic_u[rows] < part.electronic
        homebound[rows] = homebound_u[rows] < part.homebound
        worth[rows] = part.worth.ppf(worth_u[rows])
    value_of_time = b.value_of_time.ppf(time_u)
    columns: Columns = {
        "size": size,
        "channel": channel,
        "electronic": electronic,
        "homebound": homebound,
        "value_of_time": whole(np.minimum(value_of_time, float(CLOSED))),
        "worth_rupiah": whole(np.minimum(worth, float(CLOSED - 1))),
        "wanted_ms": _wanted(common, needs, source.uniform("booking/prepare", who)),
        "retry_ms": np.maximum(whole(b.retry_every.ppf(retry_u)), 1),
        "patience_ms": whole(b.patience.ppf(patience_u)),
        "misses": np.stack([source.uniform("booking/misses", who, k) < b.no_show for k in range(TRIES)], axis=1),
        "checks_progress": checks_u < b.progress_uptake,
        "again_after_ms": whole(b.again_after.ppf(vain_u)),
        "delivery_rupiah": whole(
            max(b.delivery_fee, 0) + b.delivery_reluctance + b.delivery_taste * np.log(delivery_u / (1.0 - delivery_u))
        ),
        "delivery_days": from_shares(b.delivery_days, delivery_days_u),
        "books_again": again_u < b.rebook,
        "books_again_after_ms": whole(b.rebook_after.ppf(after_u)),
        "trip_ppm": whole(b.time_factor.ppf(trip_u) * MILLION),
        "collect_delay_ms": whole(b.collect_delay.ppf(delay_u)),
        "never_collects": never_u < b.never_collects,
        "collect_trip_ppm": whole(b.time_factor.ppf(collect_trip_u) * MILLION),
        "collect_place_ppb": whole(source.uniform("collection/place", who) * BILLION),
    }
    return columns, value_of_time


def _wanted(common: Common, needs: Needs, u: Floats) -> Ints:
    """From when on parties can come: so many working days after the day of their need."""
    days = from_shares(common.prepare_days, u)
    place = np.searchsorted(common.working_days, needs.need_ms // DAY_MS, side="right") + days - 1
    return np.where(days > 0, common.working_days[np.maximum(place, 0)] * DAY_MS, needs.need_ms)
