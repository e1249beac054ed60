"""The sessions of a plan as flat tables that the rules look things up in."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from sim.plan import DAY_MS, HOMEBOUND, NONE, Bools, Ints, Plan
from sim.rules import ANY_DAY, BILLION, DAY_OFF, WORKING_DAY, by_share, next_session
from sim.seats import tabled


class SessionTables:
    """Flat integer tables of one plan's sessions, channels and working days; nothing in them changes during a run."""

    def __init__(self, plan: Plan) -> None:
        s = plan.sessions
        self.n_sites = len(plan.sites.id)
        self.n_channels = s.quota.shape[1]
        self.site: list[int] = s.site.tolist()
        self.first: list[int] = s.first.tolist()
        self.intake_open: list[int] = s.intake_open.tolist()
        self.intake_close: list[int] = s.intake_close.tolist()
        self.collect_open: list[int] = s.collect_open.tolist()
        self.collect_close: list[int] = s.collect_close.tolist()
        self.collect_until: list[int] = _fill(s.collect_close, s.first).tolist()
        self.break_open: list[int] = s.break_open.tolist()
        self.break_close: list[int] = s.break_close.tolist()
        self.quota: list[int] = s.quota.ravel().tolist()
        self.seat_first, self.seat_after_ms = (of.tolist() for of in tabled(s, plan.behaviour.early_seats))
        """Of :func:`sim.rules.appointment`."""
        self.counters: list[int] = s.counters.ravel().tolist()
        self.on_request: list[bool] = s.on_request.tolist()
        self.home_session: list[int] = s.home_session.tolist()
        self.takes: list[int] = s.takes.ravel().tolist()
        self.parent: list[int] = plan.sites.parent.tolist()
        self.referral_ppb: list[int] = referral_ppb(plan).tolist()
        self.return_to: list[int] = _return_to(plan).tolist()
        """Where one comes again with missing papers: the site itself, or its home where it hands nothing out."""
        self.working_days: list[int] = plan.working_days.tolist()
        every_day = np.arange(plan.working_days[-1] + 1)
        self.worked: list[int] = np.searchsorted(plan.working_days, every_day, side="right").tolist()
        self.days = plan.n_days
        self.open_by_day: list[int] = by_day(s.intake_open, s.first, plan.n_days).tolist()
        self.close_by_day: list[int] = by_day(s.intake_close, s.first, plan.n_days).tolist()
        self.until_by_day: list[int] = by_day(_fill(s.collect_close, s.first), s.first, plan.n_days).tolist()
        self.next_offer: list[int] = next_offers(s.quota > 0, s.first, s.on_working_day(plan.working_days)).tolist()
        self.intake_from: list[int] = next_row(s.quota.sum(axis=1, keepdims=True) > 0, s.first)[:, 0].tolist()
        self.handing_out_from: list[int] = next_row((s.collect_open != NONE)[:, None], s.first)[:, 0].tolist()
        self.sending_days, self.sending_edges, self.sending_first = _share_tables(plan)
        self.promised_days: list[int] = days_promised(plan).tolist()

    def next_intake(self, site: int, after: int) -> int:
        """First session of a site with any quota whose intake opens after a time; NONE where there is none."""
        return next_session(site, after, self.first, self.intake_open, self.open_by_day, self.days, self.intake_from)

    def next_collection(self, site: int, after: int) -> int:
        """First session of a site that still hands out passports after a time; NONE where there is none."""
        return next_session(
            site, after, self.first, self.collect_until, self.until_by_day, self.days, self.handing_out_from
        )

    def sending(self, site: int, ppb: int) -> int:
        """Working days of sending a book to a site."""
        start, end = self.sending_first[site], self.sending_first[site + 1]
        return by_share(self.sending_days, self.sending_edges, start, end, ppb)


def days_promised(plan: Plan) -> Ints:
    """[sites]: working days from the interview to when people are told to come; as many of them as sending may take."""
    longest = np.array([max(shares) for shares in plan.sites.sending_days], dtype=np.int64)
    return longest + plan.behaviour.promised_days


def referral_ppb(plan: Plan) -> Ints:
    """[sites]: share of those interviewed who are referred, in billionths; see :attr:`sim.draws.Draws.referral_ppb`."""
    share: Ints = np.rint(plan.sites.referral_share * BILLION).astype(np.int64)
    return share


def _return_to(plan: Plan) -> Ints:
    sites, own = plan.sites, np.arange(len(plan.sites.id))
    stays = (sites.collect_at == own) | (sites.audience == HOMEBOUND)
    return np.where(stays, own, sites.home)


def next_row(offers: np.ndarray, first: Ints) -> Ints:
    """[sessions, k]: the first row from each row on, within its site, where ``offers`` holds; NONE where none."""
    out = np.full(offers.shape, NONE, dtype=np.int64)
    for start, end in itertools.pairwise(first):
        for column in range(offers.shape[1]):
            rows = np.flatnonzero(offers[start:end, column]) + start
            if len(rows):
                at = np.searchsorted(rows, np.arange(start, end))
                inside = at < len(rows)
                out[start:end, column][inside] = rows[at[inside]]
    return out


def next_offers(offers: np.ndarray, first: Ints, on_working_day: Bools) -> Ints:
    """[(days, sessions, channels), flat]: the next session with a quota on any day, on days off, on working days.

    Args:
        offers: [sessions, channels] whether there is a quota.
        first: [sites + 1]
        on_working_day: [sessions]
    """
    days = {ANY_DAY: np.ones_like(on_working_day), DAY_OFF: ~on_working_day, WORKING_DAY: on_working_day}
    parts = [next_row(offers & days[on][:, None], first) for on in sorted(days)]
    return np.concatenate(parts).ravel()


def by_day(times: Ints, first: Ints, days: int) -> Ints:
    """[sites * (days + 1)]: the first session of each site whose time is on a day or later."""
    midnights = np.arange(days + 1) * DAY_MS
    return np.concatenate(
        [start + np.searchsorted(times[start:end], midnights) for start, end in itertools.pairwise(first)]
    )


class PrintingDays(NamedTuple):
    """Days on which offices print, office by office; after the period every working day is one."""

    first: Ints
    """[sites + 1]: the first row of each site, and the end."""
    on: Ints
    """The day."""
    books: Ints
    """What can be printed on it."""
    by_day: Ints
    """[sites * (days + 1)]: the first row of each site on a day or later."""
    days: int


def printing_days(plan: Plan, limit: Ints) -> PrintingDays:
    """When offices print.

    Args:
        plan: the plan.
        limit: [sites, days] books that can be printed, 0 where an office does not print.
    """
    after = plan.working_days[plan.working_days >= plan.n_days]
    days = [np.concatenate([np.flatnonzero(row), after]) for row in limit]
    whole = [np.full(len(after), books) for books in plan.sites.printing_per_day]
    books = [np.concatenate([row[row > 0], rest]) for row, rest in zip(limit, whole, strict=True)]
    first, on, last = np.cumsum([0, *map(len, days)]), np.concatenate(days), int(plan.working_days[-1])
    return PrintingDays(first, on, np.concatenate(books), by_day(on * DAY_MS, first, last), last)


def _fill(times: Ints, first: Ints) -> Ints:
    """``times`` with NONE replaced by the last time before it in its site (0 at its start), so that it ascends."""
    out = np.maximum(times, 0)
    for start, end in itertools.pairwise(first):
        out[start:end] = np.maximum.accumulate(out[start:end])
    return out


def _share_tables(plan: Plan) -> tuple[list[int], list[int], list[int]]:
    """Values, upper edges in billionths and first rows of the tables of sending days."""
    days: list[int] = []
    edges: list[int] = []
    first = [0]
    for shares in plan.sites.sending_days:
        total = 0.0
        for value in sorted(shares):
            total += shares[value]
            days.append(value)
            edges.append(round(total * BILLION))
        first.append(len(days))
    return days, edges, first
