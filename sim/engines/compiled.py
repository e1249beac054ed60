"""The compiled engine: the journeys of the SimPy model, to the last number, without its clock.

Booking is the only tie between one day and another, and sessions the only place where people meet. So all booking
comes first, then each session by itself in the order of their opening, then printing, then collection. The decisions
are those of :mod:`sim.rules`; that nothing else differs from the definition, :mod:`sim.engines.simpy_model`, is what
every run audits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from sim.drawing import LOOPS, draw
from sim.drawing import prepare as prepare_drawing
from sim.draws import CLOSED, Draws, needs_between
from sim.engines.kernels.booking import UNASKED, Book, book
from sim.engines.kernels.collecting import Fetching, Printing, collect, print_books
from sim.engines.kernels.queues import FINE, NEVER, STRIDE, Lines
from sim.engines.kernels.tables import Done, People, World
from sim.engines.kernels.visits import Comers, Rest, Room, play
from sim.engines.memory import Memory
from sim.jit import compile_for, compiled, is_cached, read_only
from sim.journeys import LATER, VISIT_COLUMNS, Journeys, Status, number_type
from sim.plan import DAY_MS, EVERYONE, GROUPS, NONE, Ints, Plan
from sim.randomness import Source
from sim.rules import MILLION
from sim.sessions import SessionTables, printing_days

TABLES = (
    "site", "first", "intake_open", "intake_close", "collect_open", "collect_close", "collect_until", "break_open",
    "break_close", "seat_first", "seat_after_ms", "quota", "counters", "home_session", "takes", "next_offer",
    "intake_from", "handing_out_from", "open_by_day", "close_by_day", "until_by_day", "worked", "working_days",
    "parent", "return_to", "referral_ppb", "promised_days", "sending_days", "sending_edges", "sending_first",
)  # fmt: skip
Kernel = Callable[..., None]
Space = dict[str, Ints]
"""Columns of a table that nothing stands in yet, by name."""
KERNELS: tuple[Kernel, ...] = (book, play, print_books, collect)
OF_VISITS = ("visit_trip_ppm", "visit_place_ppb", "service_ms")
"""Draws that a kernel reads visit by visit, as they lie in memory."""
LINE = 64
"""Bytes at whose multiples columns begin."""
_MEMORY, _SCRATCH = Memory(), Memory(largest=2**29)
"""Of journeys, and of what loops note while they run: of millions of people that would stand beside their measures."""
_ALL_ONES = NONE & 0xFF
FROM_ZERO = ("status", "tries", "missed", "handover", "vain_trips", "vain_trip_ms")
"""Columns that begin with 0, which a status of UNDER_WAY is; all others with NONE."""
assert not Status.UNDER_WAY


def run(plan: Plan, draws: Draws) -> Journeys:
    """Simulate one replication of a plan."""
    columns, made, calls = _calls(plan, draws)
    for kernel, arguments in calls:
        compiled(kernel)(*arguments)
    return _as_made(columns, int(made[0]))


def _calls(plan: Plan, draws: Draws) -> tuple[Journeys, Ints, list[tuple[Kernel, tuple[Any, ...]]]]:
    """Columns to be filled, how many later visits are made [1], and the loops that do it, with what each is given."""
    world, people = world_of(plan, draws), _people(draws)
    later = _most_later_visits(world, draws)
    columns = _columns(draws, later)
    space = _scratch(world, draws, later)
    comers = _comers(world, draws, space[Comers])
    done = Done(**space[Done], row=np.empty(draws.applicants, dtype=np.int32))
    done.at_ms.view(np.uint8)[:] = NEVER & 0xFF
    b, lines = _book(world, draws, comers.starts, space[Book]), Lines(**space[Lines])
    room, rest = Room(**space[Room]), Rest(**space[Rest])
    return (
        columns,
        comers.made,
        [
            (book, (world, people, columns, b)),
            (play, (world, people, columns, b.counters, b.held, done, comers, room, rest, lines)),
            (print_books, (world, people, columns, done, _printing(world, space[Printing]), lines)),
            (collect, (world, people, columns, done, _fetching(world, space[Fetching]), lines)),
        ],
    )


def is_ready() -> bool:
    """Whether the machine code lies ready, so that nobody has to wait for compilation."""
    return all(is_cached(kernel) for kernel in (*KERNELS, *LOOPS))


def prepare(plan: Plan, kernels: Sequence[Kernel] = KERNELS) -> None:
    """Have all loops compiled, or some, for the people of one day."""
    prepare_drawing()
    _, _, calls = _calls(plan, needs_between(draw(plan, Source(0, 0)), 0, DAY_MS))
    for kernel, arguments in calls:
        if kernel in kernels:
            compile_for(kernel, *arguments)


def _people(draws: Draws) -> People:
    """The draws, flat; not to be written to, so that other scenarios may have the same."""

    def row(name: str) -> Any:
        values = getattr(draws, name)
        return read_only((np.moveaxis(values, 1, 0) if name in OF_VISITS else values).reshape(-1), values.dtype)

    return People(*map(row, People._fields))


def _most_later_visits(w: World, draws: Draws) -> int:
    """Visits after the first that the draws allow for."""
    returns = np.count_nonzero(draws.papers_missing & draws.comes_back)
    return int(returns + np.count_nonzero(draws.referral_ppb < w.referral_ppb.max()))


def _columns(draws: Draws, later: int) -> Journeys:
    """Columns in one piece of memory, with room for so many later visits."""
    rows = {name: draws.applicants + later if name in VISIT_COLUMNS else draws.applicants for name in Journeys._fields}
    rows |= dict.fromkeys(LATER, later)
    sizes = {name: -(-count * np.dtype(number_type(name)).itemsize // LINE) * LINE for name, count in rows.items()}
    memory = _MEMORY.lend(sum(sizes.values()))
    from_zero = sum(sizes[name] for name in FROM_ZERO)
    # NONE, which is -1, is all ones; nothing clears memory faster than filling it byte by byte.
    memory[:from_zero] = 0
    memory[from_zero:] = _ALL_ONES
    made: dict[str, Any] = {}
    begin = 0
    for name in sorted(rows, key=lambda name: name not in FROM_ZERO):
        made[name] = memory[begin : begin + sizes[name]].view(number_type(name))[: rows[name]]
        begin += sizes[name]
    return Journeys(**made)


def _as_made(c: Journeys, later: int) -> Journeys:
    """Columns without the room for later visits that nobody made, and those made in their order."""
    people = c.applicants
    # No two visits are alike, so that one number tells their order: it is sorted faster than two.
    order = np.argsort(c.later_visit[:later].astype(np.int64) * people + c.later_applicant[:later])
    made: dict[str, Any] = {}
    for name in (*VISIT_COLUMNS, *LATER):
        start = 0 if name in LATER else people
        values = getattr(c, name)[: start + later]
        values[start:] = values[start:].take(order)
        made[name] = values
    return c._replace(**made)


def _book(w: World, draws: Draws, comers: Ints, space: Space) -> Book:
    return Book(
        free=w.quota.copy(),
        counters=w.counters.copy(),
        # A session that takes nothing from home is as good as held.
        held=np.zeros(len(w.site), dtype=bool),
        visited=np.zeros(len(w.site), dtype=bool),
        session_of_group=np.full(draws.group.max(initial=NONE) + 1, UNASKED, dtype=np.int64),
        comers=comers,
        carried=_zeros(len(w.site)),
        **space,
    )


def _comers(w: World, draws: Draws, space: Space) -> Comers:
    sessions = len(w.site)
    rows, newest = np.empty(draws.applicants, dtype=np.int32), np.full(sessions, NONE, dtype=np.int64)
    return Comers(**space, starts=_zeros(sessions + 1), rows=rows, newest=newest, made=_zeros(1))


def _printing(w: World, space: Space) -> Printing:
    days = len(w.prints_on)
    return Printing(**space, printed=_zeros(days), following=np.arange(days))


def _fetching(w: World, space: Space) -> Fetching:
    return Fetching(**space, starts=_zeros(len(w.site) + 1))


def _zeros(n: int) -> Ints:
    return np.zeros(n, dtype=np.int64)


def _scratch(w: World, draws: Draws, later: int) -> dict[Any, Space]:
    """Space for what each kind of table notes, all in one piece of memory that holds whatever it held."""
    sessions, people, parties, visits = len(w.site), draws.applicants, draws.parties, draws.applicants + later
    line = visits + w.n_classes
    of_room = dict.fromkeys(Room._fields, visits) | {"busy_until": visits + STRIDE}
    of_lines = dict.fromkeys(("places", "times", "order"), line)
    of_lines |= {"heads": w.n_classes, "stretches": visits * w.n_classes * FINE}
    of_fetching = dict.fromkeys(Fetching._fields, parties) | {"places": sessions, "busy_until": parties + STRIDE}
    del of_fetching["starts"]
    # All visits at one session are more than will be; what is never touched costs nothing.
    sizes: dict[Any, dict[str, int]] = {
        Book: dict.fromkeys(("tries", "missed", "gives_up", "applies", "again_ms", "again_who"), parties),
        Done: {"at_ms": people},
        Comers: {"places": sessions + 1, "before": later},
        Room: of_room,
        Rest: dict.fromkeys(Rest._fields, visits),
        Lines: of_lines,
        Printing: dict.fromkeys(("applicant", "decided", "row", "classes"), people),
        Fetching: of_fetching,
    }
    memory = _SCRATCH.lend(8 * sum(sum(fields.values()) for fields in sizes.values())).view(np.int64)
    made: dict[Any, Space] = {}
    begin = 0
    for table, fields in sizes.items():
        made[table] = {}
        for name, size in fields.items():
            made[table][name] = memory[begin : begin + size]
            begin += size
    return made


_WORLDS: WeakKeyDictionary[Plan, tuple[World, Ints]] = WeakKeyDictionary()
"""What has been made of each plan, as long as it lives: all its replications are played with it; and how many books its
printers were taken to print when it was made."""


def world_of(plan: Plan, draws: Draws) -> World:
    """The plan and its outages as flat arrays."""
    if plan not in _WORLDS:
        _WORLDS[plan] = _world(plan, draws), draws.print_limit
    world, limit = _WORLDS[plan]
    if not np.array_equal(limit, draws.print_limit):
        world = world._replace(**_of_printing(plan, draws))
    return world._replace(**_of_sessions(draws))


def _of_sessions(draws: Draws) -> dict[str, Any]:
    """What of the world hangs on the outages of a replication, but for printing."""
    return {"closed": draws.closed, "no_same_day": draws.same_day_closed}


def _of_printing(plan: Plan, draws: Draws) -> dict[str, Any]:
    """What of the world hangs on the outages of printers in a replication."""
    prints = printing_days(plan, draws.print_limit)
    return {
        "prints_first": prints.first,
        "prints_on": prints.on,
        "prints_by_day": prints.by_day,
        "can_print": prints.books,
        "printing_days": prints.days,
    }


def _world(plan: Plan, draws: Draws) -> World:
    s, b, sites, travel, channels = SessionTables(plan), plan.behaviour, plan.sites, plan.travel, plan.channels
    classes, ranks = np.unique(channels.queue_class, return_inverse=True)
    tables: dict[str, Any] = {name: np.array(getattr(s, name)) for name in TABLES}
    return World(
        horizon_ms=plan.horizon_ms,
        notice_ms=b.notice_ms,
        window_ms=b.window_ms,
        early_seats=b.early_seats,
        lead_day_rupiah=b.lead_day_rupiah,
        full_lead_days=b.full_lead_days,
        early_ms=b.early_ms,
        early_share_ppm=round(b.early_share * MILLION),
        ready_at_ms=b.ready_at_ms,
        kept_ms=b.kept_ms,
        delivery_fee=b.delivery_fee,
        n_sites=s.n_sites,
        n_channels=s.n_channels,
        n_classes=len(classes),
        closed_cost=CLOSED,
        collect_at=sites.collect_at,
        on_request_site=sites.audience != EVERYONE,
        for_groups=sites.audience == GROUPS,
        smallest_group=sites.smallest_group,
        reached=sites.reached,
        delivers=sites.delivers,
        by_opening=np.argsort(plan.sessions.intake_open, kind="stable"),
        queue_class=ranks.astype(np.int64).reshape(-1),
        also_books=channels.also_books,
        ready_after=channels.ready_after,
        travel_starts=travel.starts,
        travel_ms=travel.duration_ms,
        fare_rupiah=travel.fare_rupiah,
        days=s.days,
        **tables,
        **_of_sessions(draws),
        **_of_printing(plan, draws),
    )
