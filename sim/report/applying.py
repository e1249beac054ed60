"""Who applies: people who were deterred and now apply, people who applied and are now deterred, and where they live."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.report.evidence import Evidence
from sim.report.gainers import NAMED, named
from sim.report.in_service import alike, not_throughout
from sim.report.messages import Messages
from sim.report.sentences import Sentence, interval
from sim.report.tables import in_need
from sim.report.written import before_and_after, formatter, usual_decimals
from sim.stats.intervals import paired_interval
from sim.stats.ratios import linearised_sums

NOBODY = 0.5
"""People below which nobody is written."""
MORE_THAN_ONE = 1.5
"""People below which one is written, or fewer."""
MORE_THAN_A_FEW = 10.0
"""People from whom on it is told where most of them live: of fewer, chance names the places. And from whom on they are
told to be lost where it is uncertain how many are: a few nearly always are."""
NOW, NO_LONGER = "now", "no_longer"
"""Ways in which people apply in one of two scenarios alone, as in the names of measures."""
LOST = 0.003
"""Change of a share of those who apply that is told."""
SMALL_PART = 0.001
"""Share below which it is written with a digit more."""
MANY_LOST = 100.0
"""People from whom on it is told too, however small their share."""


def applying_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Who applies in one of the pair alone and where they live, and which share of those in need does not apply."""
    now = evidence.difference(evidence.main, "now_apply", "count")
    if math.isnan(now.difference):
        return
    yield from (Sentence(text, text) for text in apply_otherwise(evidence, messages, evidence.main))
    yield Sentence(share_deterred(evidence, messages))
    yield from map(Sentence, never_again(evidence, messages))
    yield from _deterred_range(evidence, messages)
    yield from map(Sentence, where_they_live(evidence, messages))
    yield from _served(evidence, messages)
    yield from _lost(evidence, messages)
    yield from _unserved(evidence, messages)


def never_again(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """That whoever is deterred does not wait for what is there later, where something is there for a time alone."""
    if [*not_throughout(evidence, messages, evidence.pair), *alike(evidence, messages)]:
        yield messages.text("finding.deterred.never_again")


def _deterred_range(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Where the smallest and where the greatest share is deterred before."""
    regencies = evidence.plans[evidence.main].regencies
    found = [
        (before, after, name)
        for code, name in zip(regencies.code, regencies.name, strict=True)
        for need, before, after in [in_need(evidence, "regency", code)]
        if need > 0 and not math.isnan(before)
    ]
    if len(found) > 1:
        (low, _, best), (high, now, worst) = min(found), max(found)
        shares = {name: messages.percent(share) for name, share in (("low", low), ("high", high), ("now", now))}
        yield Sentence(evidence.text("finding.deterred.range", messages, best=best, worst=worst, **shares))


def where_they_live(evidence: Evidence, messages: Messages) -> Iterator[str]:
    """In which regencies most live of those who now apply, and of those who no longer do; the more first."""
    codes = evidence.plans[evidence.main].regencies.code
    for way in ways(evidence, evidence.main):
        everybody = evidence.difference(evidence.main, f"{way}_apply", "count")
        if not everybody.difference >= MORE_THAN_A_FEW:
            continue
        people = {
            code: evidence.difference(evidence.main, f"{way}_apply", "count", "regency", code).difference
            for code in codes
        }
        top = sorted((code for code in codes if people[code] >= NOBODY), key=lambda code: (-people[code], code))
        if top:
            names = named(evidence, messages, f"{way}_apply", top[:NAMED], statistic="count")
            yield messages.text(f"finding.deterred.where.{way}", names=names)


def _served(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How many are served in one of the pair alone, the more first."""
    now, served, lost = (
        evidence.difference(evidence.main, measure, "count")
        for measure in ("now_apply", "now_served", "no_longer_served")
    )
    if not served.difference + lost.difference > 0:
        return
    more = NO_LONGER if lost.difference > served.difference else NOW
    text = messages.text(
        f"finding.deterred.served.{more}",
        **interval(messages, "now_served", "count", served),
        **{f"lost_{k}": v for k, v in interval(messages, "no_longer_served", "count", lost).items()},
    )
    if more == NOW and served.difference < now.difference:
        text += " " + messages.text("finding.deterred.served_fewer")
    yield Sentence(text)


def _lost(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Which share of those who apply had an appointment and got no passport, where that clearly changes."""
    before, after = (_lost_of_applicants(evidence, scenario) for scenario in evidence.pair)
    # The share has no row in the tables, so no family to be adjusted in.
    found = paired_interval(after, before, evidence.confidence)
    people = abs(found.difference) * evidence.estimate(evidence.main, "applicants", "count").estimate
    if (abs(found.difference) >= LOST or people >= MANY_LOST) and (found.low > 0 or found.high < 0):
        told = {"before": messages.percent(float(before.mean())), "after": messages.percent(float(after.mean()))}
        way = "more" if found.difference > 0 else "fewer"
        number = messages.number(people, 0)
        yield Sentence(messages.text(f"finding.deterred.without_passport.{way}", people=number, **told))


def _lost_of_applicants(evidence: Evidence, scenario: str) -> NDArray[np.float64]:
    """[replications]: values whose mean is that share over all replications."""
    keys = ("need", "count"), ("lost_share", "share"), ("applicants", "count")
    need, lost, applicants = (evidence.values(scenario, *key) for key in keys)
    return linearised_sums(need * lost, applicants)


def _unserved(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """How many apply and find no slot, and how many of them are homebound: they wait for a team, and for no slot."""

    def number(scenario: str, level: str, unit: str) -> float:
        need, share = (
            evidence.estimate(scenario, *key, level, unit) for key in (("need", "count"), ("unserved_share", "share"))
        )
        # Nobody in need is nobody without a slot.
        return need.estimate * share.estimate if need.estimate else 0.0

    found = {
        name: number(scenario, *unit)
        for kind, unit in (("", ("province", "province")), ("home_", ("kind", "mobility:homebound")))
        for name, scenario in zip((f"{kind}before", f"{kind}after"), evidence.pair, strict=True)
    }
    if found["home_before"] >= NOBODY or found["home_after"] >= NOBODY:
        told = {name: messages.number(people, 0) for name, people in found.items()}
        yield Sentence(messages.text("finding.deterred.unserved", **told))


def apply_otherwise(evidence: Evidence, messages: Messages, scenario: str) -> list[str]:
    """How many apply in a scenario alone, and how many in the baseline alone, if that is told; the more first."""
    told = {NOW: now_apply, NO_LONGER: no_longer_apply}
    order = ways(evidence, scenario)
    texts = [text for way in order for text in told[way](evidence, messages, scenario)]
    if order[0] == NO_LONGER and evidence.direction(evidence.difference(scenario, "now_apply", "count")) > 0:
        texts += _slots_come_sooner(evidence, messages, scenario)
    return texts


def _slots_come_sooner(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """Why some apply where more than they no longer do: slots are nearer, if that is clear and there are no more."""
    before, after = (evidence.plans[one].sessions for one in (evidence.baseline, scenario))
    as_many = np.array_equal(before.quota, after.quota) and np.array_equal(before.intake_open, after.intake_open)
    if as_many and evidence.direction(evidence.difference(scenario, "lead_days", "mean")) < 0:
        waits = {
            name: messages.number(evidence.estimate(one, "lead_days", "mean").estimate, 2)
            for name, one in (("before", evidence.baseline), ("after", scenario))
        }
        if waits["before"] != waits["after"]:
            yield messages.text("finding.deterred.slots_sooner", **waits)


def ways(evidence: Evidence, scenario: str) -> tuple[str, str]:
    """NOW and NO_LONGER, that of more people first."""
    now, gone = (evidence.difference(scenario, f"{way}_apply", "count").difference for way in (NOW, NO_LONGER))
    return (NO_LONGER, NOW) if gone > now else (NOW, NO_LONGER)


def now_apply(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """How many who were deterred in the baseline apply in a scenario, if that is known.

    Where any do in the estimate some do: none are fewer than nobody. What may not be clear is how many.
    """
    now = evidence.difference(scenario, "now_apply", "count")
    if math.isnan(now.difference):
        return
    need, share = (
        evidence.estimate(evidence.baseline, *key) for key in (("need", "count"), ("deterred_share", "share"))
    )
    deterred = need.estimate * share.estimate
    if now.difference == 0.0:
        yield messages.text("finding.deterred.nobody")
        return
    some = "some_one" if now.difference < MORE_THAN_ONE else "some"
    yield messages.text(
        f"finding.deterred.{some if evidence.direction(now) > 0 else 'some_uncertain'}",
        part=_part(messages, now.difference / deterred if deterred else math.nan),
        **interval(messages, "now_apply", "count", now),
    )


def _part(messages: Messages, share: float) -> str:
    """A share, with a digit more where nothing would be left of it."""
    return messages.percent(share, 2 if 0.0 < share < SMALL_PART else 1)


def no_longer_apply(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """How many who applied in the baseline are deterred in a scenario, if that is clear or they are more than a few."""
    gone = evidence.difference(scenario, "no_longer_apply", "count")
    clear = evidence.direction(gone) > 0
    if clear or gone.difference >= MORE_THAN_A_FEW:
        lost = "lost_uncertain" if not clear else "lost_one" if gone.difference < MORE_THAN_ONE else "lost"
        yield messages.text(f"finding.deterred.{lost}", **interval(messages, "no_longer_apply", "count", gone))


def share_deterred(evidence: Evidence, messages: Messages) -> str:
    """Which share of those in need is deterred, before and after."""
    pair = [evidence.estimate(one, "deterred_share", "share").estimate for one in evidence.pair]
    found = evidence.difference(evidence.main, "deterred_share", "share")

    def points(finer: int) -> Callable[[float], str]:
        return lambda share: messages.number(100.0 * share, 1 + finer)

    share = partial(formatter, "deterred_share", "share", messages)
    if found.low == found.high == 0.0:
        return messages.text("finding.deterred.share_same", share=share()(pair[0]))
    return messages.text(
        "finding.deterred.share",
        **before_and_after(messages, share, points, pair, found, usual_decimals("share", "share")),
    )
