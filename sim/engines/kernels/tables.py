"""What the kernels read and write: flat arrays under names."""

from __future__ import annotations

from typing import NamedTuple

from sim.plan import Bools, Ints


class World(NamedTuple):
    """A plan, and what outages make of it; the arrays of visits, stations and channels are flat, row by row."""

    horizon_ms: int
    notice_ms: int
    window_ms: int
    early_seats: int
    lead_day_rupiah: int
    full_lead_days: int
    early_ms: int
    early_share_ppm: int
    ready_at_ms: int
    kept_ms: int
    delivery_fee: int
    n_sites: int
    n_channels: int
    n_classes: int
    days: int
    closed_cost: int
    """Cost of a site that is not open to a party."""

    # sites
    first: Ints
    parent: Ints
    collect_at: Ints
    return_to: Ints
    on_request_site: Bools
    for_groups: Bools
    smallest_group: Ints
    reached: Bools
    """[sites, districts]"""
    delivers: Bools
    referral_ppb: Ints
    promised_days: Ints
    sending_days: Ints
    sending_edges: Ints
    sending_first: Ints

    # sessions
    site: Ints
    by_opening: Ints
    """Sessions in the order of their intake."""
    intake_open: Ints
    intake_close: Ints
    collect_open: Ints
    collect_close: Ints
    collect_until: Ints
    break_open: Ints
    break_close: Ints
    seat_first: Ints
    seat_after_ms: Ints
    quota: Ints
    counters: Ints
    home_session: Ints
    takes: Ints
    next_offer: Ints
    open_by_day: Ints
    close_by_day: Ints
    until_by_day: Ints
    intake_from: Ints
    handing_out_from: Ints
    closed: Bools

    # channels
    queue_class: Ints
    """Rank of each channel's class: 0 is served first."""
    also_books: Ints
    ready_after: Ints

    # travel
    travel_starts: Ints
    travel_ms: Ints
    """[stretches, districts, sites]"""
    fare_rupiah: Ints

    # days
    working_days: Ints
    worked: Ints
    no_same_day: Bools
    """[sites, days]"""

    # printing: see sim.sessions.printing_days
    prints_first: Ints
    prints_on: Ints
    prints_by_day: Ints
    can_print: Ints
    printing_days: int


class People(NamedTuple):
    """The draws, as :class:`sim.draws.Draws` names them; flat, those of visits visit by visit as the columns are."""

    need_ms: Ints
    district: Ints
    size: Ints
    first: Ints
    channel: Ints
    homebound: Bools
    worth_rupiah: Ints
    day_off_rupiah: Ints
    cost_rupiah: Ints
    value_of_time: Ints
    wanted_ms: Ints
    retry_ms: Ints
    patience_ms: Ints
    misses: Bools
    group: Ints
    group_people: Ints
    checks_progress: Bools
    again_after_ms: Ints
    delivery_rupiah: Ints
    delivery_days: Ints
    books_again: Bools
    books_again_after_ms: Ints
    trip_ppm: Ints
    collect_delay_ms: Ints
    never_collects: Bools
    collect_trip_ppm: Ints
    collect_place_ppb: Ints
    party: Ints
    papers_missing: Bools
    comes_back: Bools
    back_after_ms: Ints
    refused: Bools
    referral_ppb: Ints
    referral_after_ms: Ints
    visit_trip_ppm: Ints
    visit_place_ppb: Ints
    service_ms: Ints
    collection_ms: Ints
    issue_days: Ints
    sending_ppb: Ints


class Done(NamedTuple):
    """How each applicant's visits ended."""

    at_ms: Ints
    """When their part in them ends, NEVER where it does not.

    For those whose books go the ordinary way the end of the interview; with printing it becomes the end of that day.
    """
    row: Ints
    """Row of the interview that led to the passport; undefined where none did."""
