"""What is in service on a part of the counted days alone, so that nobody takes what it changes for that of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.plan import DAY_MS, Plan
from sim.report.evidence import Evidence
from sim.report.messages import Messages

APART = 31
"""Days from which first or last sessions are apart where it is in service at another time: some are held monthly."""


@dataclass(frozen=True)
class Service:
    """When an office or a programme is in service within the counted days."""

    days: int
    counted: int
    held: int
    """Counted days on which it holds a session with slots."""
    handing_out: int
    """Counted days on which it holds one without slots alone, to hand out books."""
    first: dt.date
    """Of its counted sessions."""
    last: dt.date
    suspended: int
    """Counted days on which it holds none of those it would hold."""

    @property
    def is_partial(self) -> bool:
        """Whether it is not there on some counted day, or suspended."""
        return self.days < self.counted or self.suspended > 0

    def is_as(self, other: Service | None) -> bool:
        """Whether another one is there at the same time."""
        if other is None or (self.days, self.suspended) != (other.days, other.suspended):
            return False
        ends = ((self.first, other.first), (self.last, other.last))
        return all(abs((one - another).days) < APART for one, another in ends)


def not_throughout(evidence: Evidence, messages: Messages, scenarios: Sequence[str]) -> Iterator[str]:
    """A text on the offices and programmes of some scenarios that are there on some days, and not as elsewhere.

    Those of the baseline are held against the main scenario, those of any other one against the baseline. There is no
    text where nothing is compared, or all are there throughout.
    """
    if not evidence.compares:
        return
    each: list[str] = []
    shut: list[str] = []
    for scenario in scenarios:
        other = evidence.main if scenario == evidence.baseline else evidence.baseline
        here, there = _services(evidence.plans[scenario]), _services(evidence.plans[other])
        names: dict[Service, list[str]] = {}
        for key, (name, service) in here.items():
            if service.is_partial and not service.is_as(there[key][1] if key in there else None):
                names.setdefault(service, []).append(name)
        for service, of in names.items():
            title = evidence.title(scenario, messages)
            text = _told(messages, service, of, "finding.person.in_service", scenario=title)
            (each if service.held else shut).append(text)
    if each:
        yield messages.text("finding.person.in_service.text", each="; ".join(each))
    if shut:
        yield messages.text("finding.person.in_service.closed", each="; ".join(shut))


def alike(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """A text on what is there on the same days alone in both of the pair, such as an office that is closed in both."""
    if not evidence.compares:
        return
    before, after = (_services(evidence.plans[name]) for name in (evidence.baseline, evidence.main))
    names: dict[Service, list[str]] = {}
    for key, (name, service) in after.items():
        if service.is_partial and key in before and service.is_as(before[key][1]):
            names.setdefault(service, []).append(name)
    each = [_told(messages, service, of, "finding.person.in_service.alike") for service, of in names.items()]
    if each:
        yield messages.text("finding.person.in_service.in_both", each="; ".join(each))


def _told(messages: Messages, service: Service, names: Sequence[str], key: str, **words: str) -> str:
    """When some offices or programmes are there."""
    return messages.text(
        f"{key}.{'shut' if not service.held else 'part' if service.days < service.counted else 'suspended'}",
        names=messages.names(names),
        days=messages.number(service.days, 0),
        counted=messages.number(service.counted, 0),
        held=messages.number(service.held, 0),
        handing_out=messages.number(service.handing_out, 0),
        first=messages.date(service.first),
        last=messages.date(service.last),
        suspended=messages.number(service.suspended, 0),
        **words,
    )


def _services(plan: Plan) -> dict[tuple[bool, str], tuple[str, Service]]:
    """Name and time in service of each office, by its id, and each programme with a session on a counted day."""
    first, last = plan.counted_from_ms // DAY_MS, (plan.counted_to_ms - 1) // DAY_MS
    sites, sessions = plan.sites, plan.sessions
    counted = (sessions.day >= first) & (sessions.day <= last)
    rows: dict[tuple[bool, str], list[int]] = {}
    for row, (site, programme, office) in enumerate(zip(sites.id, sites.programme, sites.is_office, strict=True)):
        rows.setdefault((bool(office), site if office else programme), []).append(row)
    found = {}
    for key, of in rows.items():
        of_it = counted & np.isin(sessions.site, of)
        with_slots = sessions.quota.any(axis=1)
        taking_in, handing = (np.unique(sessions.day[of_it & mask]) for mask in (with_slots, ~with_slots))
        held = taking_in if taking_in.size else handing
        if held.size:
            names = sites.name if key[0] else sites.programme_name
            in_service, suspended = int(sites.days_in_service[of[0]]), int(sites.days_suspended[of[0]])
            begin, end = (plan.origin + dt.timedelta(days=int(day)) for day in (held[0], held[-1]))
            numbers = len(taking_in), len(np.setdiff1d(handing, taking_in))
            service = Service(in_service, int(last - first + 1), *numbers, begin, end, suspended)
            found[key] = names[of[0]], service
    return found
