"""Mobile and convenience services in words: what each gives, how far its teams go, and what a passport costs there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.report.effects import WORTH_TELLING
from sim.report.messages import NO_VALUE
from sim.report.prices import SUMS, Bill, amounts, bill, more, price_range, stated, without_range
from sim.report.scenarios import compared
from sim.report.sentences import Sentence, interval
from sim.report.teams import brought, fullest, users
from sim.report.verdicts import LOSS, SMALL, verdict
from sim.report.written import change_formatter, digits_needed, formatter, with_interval
from sim.stats.intervals import Estimate, mean_interval
from sim.stats.ratios import linearised_sums

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Floats, Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

NO_RANGE = (0.0, 0.0)
APART = 0.1
"""How far people more served are from passports more, as a share of these, from which a person's price is told too."""
INSTEAD = 0.05
"""Share of the passports of what is new that others lose to it, from which it is told."""
NUMBERS = (("passports", "count"), ("team_days", "count"))
EFFORT = (("officer_days", "count"), ("team_km", "total"), ("officer_nights", "count"))
"""Told where there is any."""


@dataclass(frozen=True)
class Together:
    """Some programmes of a scenario as one, in each replication."""

    values: Mapping[str, Floats]
    """[replications]: by the measures of SUMS."""
    bill: Bill
    """What they cost, price by price."""
    stated: bool
    """Whether the configuration says what each of them costs."""

    def estimate(self, measure: str, confidence: float) -> Estimate:
        """A sum; or ``rupiah_per_passport``, the ratio of the sums over all replications (the delta method)."""
        if measure != "rupiah_per_passport":
            found = mean_interval(self.values[measure], confidence)
        else:
            found = ratio(self.values["operating_rupiah"], self.values["passports"], confidence)
        # None of them can be below nothing.
        return replace(found, low=0.0 if found.low < 0 else found.low)

    @property
    def a_passport(self) -> tuple[float, float]:
        """What a passport costs with every price at the low, and at the high end; NaN where one has no range."""
        return _over(price_range(self.bill), self.values["passports"])


def together(evidence: Evidence, scenario: str, programmes: frozenset[str], assumptions: pd.DataFrame) -> Together:
    """Some programmes of a scenario as one.

    Args:
        evidence: of the replications.
        scenario: its name.
        programmes: their names; offices stand under their kinds.
        assumptions: as in assumptions.csv, with the ranges of prices.
    """
    measured, ordered = amounts(evidence, scenario), sorted(programmes)
    nothing = np.full(evidence.replication_count, np.nan)
    values = {
        measure: _sum([measured.get((measure, "programme", name, statistic), nothing) for name in ordered] or [nothing])
        for measure, statistic in SUMS
    }
    bills = [bill(evidence, scenario, assumptions, frozenset([name])) for name in ordered]
    lines = {path: line for lines in bills for path, line in lines.items()}
    return Together(values, lines, stated(evidence, scenario, programmes))


def _sum(each: list[Floats]) -> Floats:
    """[replications]: of those that have a value; NaN where none has."""
    rows = np.array(each)
    found: Floats = np.where(np.isnan(rows).all(axis=0), np.nan, np.nansum(rows, axis=0))
    return found


def services_in(evidence: Evidence, scenario: str) -> frozenset[str]:
    """All programmes of a scenario."""
    return frozenset(evidence.plans[scenario].sites.programme)


def ratio(over: Floats, number: Floats, confidence: float) -> Estimate:
    """A total over a number, of all replications together, with the interval of the delta method."""
    return mean_interval(linearised_sums(over, number), confidence)


def _over(ends: tuple[float, float], number: Floats) -> tuple[float, float]:
    mean = float(number.mean())
    return (ends[0] / mean, ends[1] / mean) if mean > 0 else (math.nan, math.nan)


def priced(messages: Messages, value: str, chance: str, ends: tuple[float, float]) -> str:
    """An amount, and in brackets between what it lies by chance, and over the assumed ranges of prices."""
    parts = [messages.text("finding.services.by_chance", interval=chance)] if chance else []
    if ends[0] < ends[1]:
        written = partial(formatter, "cost_rupiah", "mean", messages)
        low, high = map(written(digits_needed(written, sum(ends) / 2, *ends) or 0), ends)
        parts.append(messages.text("finding.services.by_range", low=low, high=high))
    return f"{value} ({'; '.join(parts)})" if parts else value


def services_section(
    evidence: Evidence, messages: Messages, assumptions: pd.DataFrame | None = None
) -> Iterator[Sentence]:
    """All services against the baseline; each programme of the main scenario; each kind of added office beside them."""
    if assumptions is None:
        return
    each = [Sentence(text, text if of_teams else "") for text, of_teams in _each(evidence, messages, assumptions)]
    said = [*_compared(evidence, messages, assumptions), *each]
    yield from said
    if said:
        yield from map(Sentence, brought(evidence, messages))
        yield from map(Sentence, _how_priced(evidence, messages, assumptions))


def _how_priced(evidence: Evidence, messages: Messages, assumptions: pd.DataFrame) -> Iterator[str]:
    """What a range of prices is, where any is told, and whose prices have none."""
    unknown: dict[str, None] = {}
    ranged = False
    for scenario in compared(evidence):
        for programme in sorted(services_in(evidence, scenario)):
            of = together(evidence, scenario, frozenset([programme]), assumptions)
            unknown |= dict.fromkeys(without_range(evidence, scenario, of.bill) if of.stated else ())
            low, high = of.a_passport
            ranged |= low < high
    if ranged:
        yield messages.text("finding.services.how")
    if unknown:
        yield messages.text("finding.services.no_range", names=messages.names(list(unknown)))


def _compared(evidence: Evidence, messages: Messages, assumptions: pd.DataFrame) -> Iterator[Sentence]:
    """What all services cost more than before, for how many more passports, and what those who apply save."""
    if not evidence.compares:
        return
    before, after = (together(evidence, s, services_in(evidence, s), assumptions) for s in evidence.pair)
    if np.isnan(after.values["passports"] - before.values["passports"]).any():
        return
    if not _is_stated(evidence, after, assumptions):
        yield Sentence(messages.text("finding.services.unstated"))
        return
    yield from _more(evidence, messages, before, after)
    yield from _elsewhere(evidence, messages, before, assumptions)
    if before.stated:
        price = formatter("cost_rupiah", "mean", messages)
        texts = {
            name: priced(
                messages, price(of.estimate("rupiah_per_passport", evidence.confidence).estimate), "", of.a_passport
            )
            for name, of in (("before", before), ("after", after))
        }
        yield Sentence(messages.text("finding.services.average", **texts))
    else:
        yield Sentence(messages.text("finding.services.average_unstated"))
    saved = evidence.difference(evidence.main, "cost_rupiah_saved", "total")
    if not math.isnan(saved.difference):
        found = verdict(evidence, "cost_rupiah_saved", evidence.difference(evidence.main, "cost_rupiah_saved", "mean"))
        if found == SMALL and saved.difference < 0:
            found = "small_loss"
        sign = -1.0 if found in (LOSS, "small_loss") else 1.0
        numbers = interval(messages, "cost_rupiah_saved", "total", saved, sign)
        text = messages.text(f"finding.services.applicants.{found}", burden=evidence.burden(messages), **numbers)
        yield Sentence(f"{text} {evidence.text('finding.services.applicants.how', messages)}")


def _is_stated(evidence: Evidence, after: Together, assumptions: pd.DataFrame) -> bool:
    """Whether the configuration says what the services of the main scenario cost to run, or those that it adds."""
    new = services_in(evidence, evidence.main) - services_in(evidence, evidence.baseline)
    return after.stated or bool(new and together(evidence, evidence.main, new, assumptions).stated)


def costs_more(evidence: Evidence, messages: Messages, assumptions: pd.DataFrame) -> list[str]:
    """What all services cost more or less than before, and what an additional passport costs, in a few sentences.

    Empty where they cost as much, or where that is not stated.
    """
    before, after = (together(evidence, s, services_in(evidence, s), assumptions) for s in evidence.pair)
    rupiah, passports = (after.values[key] - before.values[key] for key in ("operating_rupiah", "passports"))
    if np.isnan(passports).any() or not rupiah.any() or not _is_stated(evidence, after, assumptions):
        return []
    additional = _additional(evidence, messages, before, after)
    return [
        _in_all(evidence, messages, before, after),
        *_unpaid(evidence, messages),
        *([messages.text("finding.services.additional", value=additional)] if additional else []),
        *_each_person(evidence, messages, rupiah, passports),
        *_instead(evidence, messages, float(passports.mean()), float(rupiah.mean()), assumptions),
    ]


def _each_person(evidence: Evidence, messages: Messages, rupiah: Floats, passports: Floats) -> Iterator[str]:
    """What it costs more for each person more who is served, where these are clearly fewer or more than passports.

    Passports are those of interviews on the counted days, people those whose need arose on them: a service that begins
    with the period serves some who waited from before, and would have been served before.
    """
    keys = ("now_served", "count"), ("no_longer_served", "count")
    now, gone = (evidence.values(evidence.main, *key) for key in keys)
    people = now - gone
    if np.isnan(people).any() or not (mean_interval(people, evidence.confidence).low > 0 and rupiah.mean() > 0):
        return
    if abs(people.mean() - passports.mean()) < APART * passports.mean():
        return
    each = ratio(rupiah, people, evidence.confidence)
    written = partial(change_formatter, "cost_rupiah", "mean", messages)
    value, chance = with_interval(messages, written, each.estimate, each.low, each.high)
    told = messages.text("finding.services.by_chance", interval=chance)
    people_more = messages.number(float(people.mean()), 0)
    yield messages.text("finding.services.each_person", people=people_more, value=f"{value} ({told})")


def _instead(
    evidence: Evidence, messages: Messages, more: float, rupiah: float, assumptions: pd.DataFrame
) -> Iterator[str]:
    """How much less others give and cost than before: why one of what is new costs less than an additional one."""
    new = services_in(evidence, evidence.main) - services_in(evidence, evidence.baseline)
    gone = services_in(evidence, evidence.baseline) - services_in(evidence, evidence.main)
    if not new or gone:
        return
    found = together(evidence, evidence.main, new, assumptions)
    of_new, paid = (float(found.values[key].mean()) for key in ("passports", "operating_rupiah"))
    if of_new - more >= INSTEAD * of_new:
        numbers = {"new": of_new, "instead": of_new - more}
        texts = {name: messages.number(value, 0) for name, value in numbers.items()}
        yield messages.text("finding.services.instead", **texts)
    if found.stated and paid - rupiah >= INSTEAD * paid:
        written = formatter("cost_rupiah", "total", messages)
        yield messages.text("finding.services.paid_instead", new=written(paid), instead=written(paid - rupiah))


def _in_all(evidence: Evidence, messages: Messages, before: Together, after: Together) -> str:
    """What is paid for how many more passports than before."""
    rupiah, passports = (after.values[key] - before.values[key] for key in ("operating_rupiah", "passports"))
    bounds = price_range(more(after.bill, before.bill))
    texts = {}
    for kind, statistic, values, ends in (
        ("cost_rupiah", "total", rupiah, bounds),
        ("passports", "count", passports, NO_RANGE),
    ):
        sign = -1.0 if values.mean() < 0 else 1.0
        found = mean_interval(sign * values, evidence.confidence)
        written = partial(change_formatter, kind, statistic, messages)
        value, chance = with_interval(messages, written, found.estimate, found.low, found.high)
        low, high = sorted(sign * end for end in ends)
        texts[kind] = priced(messages, value, chance if found.low < found.high else "", (low, high))
        texts[f"{kind}_way"] = messages.text(f"finding.services.way.{kind}.{'less' if sign < 0 else 'more'}")
    return messages.text(f"finding.services.{'more' if rupiah.any() else 'as_much'}", **texts)


def _more(evidence: Evidence, messages: Messages, before: Together, after: Together) -> Iterator[Sentence]:
    """What is paid for more passports than before, in all and for each."""
    rupiah, passports = (after.values[key] - before.values[key] for key in ("operating_rupiah", "passports"))
    now_served, no_longer = (
        evidence.difference(evidence.main, key, "count").difference for key in ("now_served", "no_longer_served")
    )
    text = _in_all(evidence, messages, before, after)
    people = now_served - no_longer
    if messages.number(people, 0) not in (NO_VALUE, messages.number(float(passports.mean()), 0)):
        which = "less" if people < 0 else "more"
        text += " " + messages.text(f"finding.services.not_people.{which}", people=messages.number(abs(people), 0))
    if not rupiah.any():
        text += " " + messages.text("finding.services.same")
    yield Sentence(text)
    yield from map(Sentence, _unpaid(evidence, messages))
    value = _additional(evidence, messages, before, after) if evidence.pairs() else ""
    if value:
        text = messages.text("finding.services.additional", value=value)
        yield Sentence(text, text)
    value = _hour(evidence, messages, evidence.main, before, after)
    if value:
        yield Sentence(messages.text("finding.services.hour", value=value))


def _unpaid(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """Work of officers that has no price here where it clearly changes, and days on which they are not paid."""
    each: list[str] = []
    before, after = (evidence.plans[scenario].sites for scenario in evidence.pair)
    for site, name, office in zip(after.id, after.name, after.is_office, strict=True):
        if not office or site not in before.id:
            continue
        found = evidence.difference(evidence.main, "overtime_minutes", "mean", "site", site)
        if evidence.direction(found) and abs(found.difference) >= WORTH_TELLING["overtime_minutes"]:
            minutes = (
                evidence.estimate(scenario, "overtime_minutes", "mean", "site", site).estimate
                for scenario in evidence.pair
            )
            told = {when: messages.number(value, 0) for when, value in zip(("before", "after"), minutes, strict=True)}
            each.append(messages.text("finding.services.overtime_at", site=name, **told))
    if each:
        yield messages.text("finding.services.overtime", each=messages.names(each))
    for way, numbers in _suspended_pay(evidence, messages, evidence.main):
        yield messages.text(f"finding.services.suspended.{way}", **numbers)


def _suspended_pay(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Offices of a scenario whose officers are paid on fewer days than before, or on more, as these are suspended."""
    suspended: list[tuple[str, float]] = []
    before, after = (evidence.plans[name].sites for name in (evidence.baseline, scenario))
    for row, (site, name, office) in enumerate(zip(after.id, after.name, after.is_office, strict=True)):
        if not office or site not in before.id:
            continue
        more_days = int(before.days_suspended[before.id.index(site)] - after.days_suspended[row])
        if more_days:
            # Not all that differs in officer days: staff may differ too.
            open_longer = evidence.plans[scenario if more_days > 0 else evidence.baseline]
            suspended.append((name, more_days * _officers(open_longer, site) * after.costs[row].officer_day))
    for way, sign in (("less", -1.0), ("more", 1.0)):
        pay = {name: sign * rupiah for name, rupiah in suspended if sign * rupiah > 0}
        if pay:
            yield way, {"names": messages.names(list(pay)), "rupiah": messages.rupiah(sum(pay.values()))}


def _officers(plan: Plan, site: str) -> int:
    """Officers of an office on a day on which none is out."""
    return int(plan.sessions.officers[plan.sessions.site == plan.sites.id.index(site)].max(initial=0))


def _additional(evidence: Evidence, messages: Messages, before: Together, after: Together) -> str:
    """What an additional passport costs to provide; empty where there are clearly no more, or where they save."""
    return _each_costs(evidence, messages, before, after, after.values["passports"] - before.values["passports"])


def _hour(evidence: Evidence, messages: Messages, scenario: str, before: Together, after: Together) -> str:
    """What an hour of travel saved costs in a scenario; empty where clearly none is saved, or where services save."""
    hours = evidence.values(scenario, "travel_hours_saved", "total")
    return _each_costs(evidence, messages, before, after, hours)


def _each_costs(evidence: Evidence, messages: Messages, before: Together, after: Together, gained: Floats) -> str:
    """What running the services costs more for each of what is gained [replications]: passports, or hours.

    Empty where there is clearly nothing gained, or where services cost no more.
    """
    rupiah = after.values["operating_rupiah"] - before.values["operating_rupiah"]
    if not (mean_interval(gained, evidence.confidence).low > 0 and rupiah.mean() > 0):
        return ""
    each = ratio(rupiah, gained, evidence.confidence)
    written = partial(change_formatter, "cost_rupiah", "mean", messages)
    value, chance = with_interval(messages, written, each.estimate, each.low, each.high)
    return priced(messages, value, chance, _over(price_range(more(after.bill, before.bill)), gained))


def _elsewhere(
    evidence: Evidence, messages: Messages, before: Together, assumptions: pd.DataFrame
) -> Iterator[Sentence]:
    """What an additional passport, and an hour of travel saved, cost in the other scenarios."""
    passports, hours = {}, {}
    for scenario in evidence.scenarios:
        # Passports that come of other need are no doing of the services.
        if scenario in evidence.pair or not evidence.pairs(scenario):
            continue
        after = together(evidence, scenario, services_in(evidence, scenario), assumptions)
        if after.stated and not np.isnan(after.values["passports"] - before.values["passports"]).any():
            passports[scenario] = _additional(evidence, messages, before, after)
            hours[scenario] = _hour(evidence, messages, scenario, before, after)
    for key, told in (("additional_elsewhere", passports), ("hour_elsewhere", hours)):
        each = [f"“{evidence.title(scenario, messages)}” {value}" for scenario, value in told.items() if value]
        if each:
            yield Sentence(messages.text(f"finding.services.{key}", each="; ".join(each)))
    for scenario in passports:
        for way, numbers in _suspended_pay(evidence, messages, scenario):
            if passports[scenario] or hours[scenario]:
                title = evidence.title(scenario, messages)
                text = messages.text(f"finding.services.suspended_elsewhere.{way}", scenario=title, **numbers)
                yield Sentence(text)


def added_services(evidence: Evidence, messages: Messages, assumptions: pd.DataFrame) -> list[str]:
    """A sentence on each programme of the main scenario that the baseline does not have, but for offices."""
    before = services_in(evidence, evidence.baseline)
    return [text for text, name in _each(evidence, messages, assumptions) if name and name not in before]


def _passport_after(evidence: Evidence, messages: Messages, scenario: str, programme: str) -> str:
    """How many days after the need those who book with a programme have the passport, beside all; or nothing."""
    there = evidence.estimate(scenario, "days_to_passport", "mean", "programme", programme).estimate
    everybody = evidence.estimate(scenario, "days_to_passport", "mean").estimate
    if math.isnan(there) or math.isnan(everybody):
        return ""
    days = {"there": messages.number(there, 0), "everybody": messages.number(everybody, 0)}
    return " " + messages.text("finding.services.passport_after", **days)


def _each(evidence: Evidence, messages: Messages, assumptions: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """A sentence on each programme of the main scenario and each kind of added office; the programme, or nothing."""
    sites = evidence.plans[evidence.main].sites
    names = {
        programme: name
        for programme, name, office in zip(sites.programme, sites.programme_name, sites.is_office, strict=True)
        if not office
    }
    kinds = dict.fromkeys(sites.kind[row] for row in evidence.added_sites(evidence.main))
    names |= {kind: messages.text_or(f"kind.{kind}", kind) for kind in kinds}
    for programme, name in names.items():
        found = {
            measure: evidence.estimate(evidence.main, measure, statistic, "programme", programme).estimate
            for measure, statistic in (*NUMBERS, *EFFORT)
        }
        if math.isnan(found["passports"]):
            continue
        of = together(evidence, evidence.main, frozenset([programme]), assumptions)
        cost = of.estimate("rupiah_per_passport", evidence.confidence).estimate
        words = {measure: messages.number(value, 0) for measure, value in found.items()}
        effort = [
            messages.text(f"finding.services.effort.{measure}", number=words[measure])
            for measure, _ in EFFORT
            if measure == EFFORT[0][0] or found[measure] > 0
        ]
        price = priced(messages, formatter("cost_rupiah", "mean", messages)(cost), "", of.a_passport)
        key = "programme" if of.stated else "programme_unstated"
        numbers = {measure: words[measure] for measure, _ in NUMBERS}
        text = messages.text(f"finding.services.{key}", name=name, effort=messages.names(effort), cost=price, **numbers)
        if programme in kinds:
            yield text, ""
            continue
        more = (of(evidence, messages, evidence.main, programme) for of in (_passport_after, users, fullest))
        yield text + "".join(more), programme
