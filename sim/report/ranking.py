"""Which single added site or service brings most, and whether the replications can tell it from the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from sim.plan import Plan
from sim.report.evidence import Evidence
from sim.report.messages import Messages
from sim.report.robust import Standing, ahead, quoted
from sim.report.sentences import Sentence, interval, interval_list
from sim.stats.intervals import holm, paired_interval

CRITERIA = (("travel_hours_saved", "total"), ("cost_rupiah_saved", "total"), ("now_apply", "count"))


def best_single_section(evidence: Evidence, messages: Messages, tested: Sequence[Standing] = ()) -> Iterator[Sentence]:
    """For each criterion the order of the scenarios that add one site or service, and how far the first stands out.

    Args:
        evidence: of the replications.
        messages: of the language.
        tested: conclusions that were tested over the ranges of the assumptions; one that is about the first of an
            order is told with it.
    """
    single = evidence.single_additions()
    names = _names(evidence, messages, single)
    told = False
    words = {"burden": evidence.burden(messages), "baseline": evidence.title(evidence.baseline, messages)}
    for measure, statistic in CRITERIA:
        found = {scenario: evidence.difference(scenario, measure, statistic) for scenario in single}
        order = [scenario for scenario, difference in found.items() if not math.isnan(difference.difference)]
        order.sort(key=lambda scenario: (-found[scenario].difference, scenario))
        if len(order) < 2:
            continue
        numbers = interval_list(messages, measure, statistic, [found[one] for one in order])
        texts = [
            messages.text("finding.named", name=names[one], **number)
            for one, number in zip(order, numbers, strict=True)
        ]
        rivals = not_told_apart(evidence, measure, statistic, order)
        if found[order[0]].difference <= 0:
            text = messages.text(f"finding.single.{measure}.none", **words, order="; ".join(texts))
        elif rivals:
            tied = messages.names([names[scenario] for scenario in (order[0], *rivals)])
            text = messages.text(f"finding.single.{measure}.tied", **words, tied=tied, order="; ".join(texts))
            between = [one for one in order[1 : order.index(rivals[-1])] if one not in rivals]
            if between:
                told_apart = {"names": messages.names([names[one] for one in between]), "first": names[order[0]]}
                text += " " + messages.text("finding.single.between", **told_apart)
        else:
            first, second = (evidence.values(scenario, measure, statistic) for scenario in order[:2])
            lead = interval(messages, measure, statistic, paired_interval(first, second, evidence.confidence))
            text = messages.text(
                f"finding.single.{measure}.best", **words, best=names[order[0]], order="; ".join(texts)
            )
            text += " " + messages.text("finding.single.lead", second=names[order[1]], **lead)
        for one in tested:
            if one.about.startswith(f"{measure} ({statistic}) of {order[0]} - {evidence.baseline} is the largest"):
                text += " " + messages.text("finding.single.tested", what=quoted(messages, one))
                if one.holds < one.points:
                    text += " " + ahead(messages, one)
        yield Sentence(text, short=text if measure == CRITERIA[0][0] else "")
        told = True
    if told:
        yield Sentence(messages.text("finding.single.compared"))
        placeless = [f"“{evidence.title(one, messages)}”" for one in _placeless(evidence)]
        if placeless:
            yield Sentence(messages.text("finding.single.placeless", names=messages.names(placeless)))
    yield from _no_sum(evidence, messages, single)


def _names(evidence: Evidence, messages: Messages, single: Mapping[str, int]) -> dict[str, str]:
    """What each scenario adds: its name, or the scenario's title where several add one of that name."""
    names = {}
    for scenario, row in single.items():
        sites = evidence.plans[scenario].sites
        names[scenario] = sites.name[row] if sites.is_office[row] else sites.programme_name[row]
    often = Counter(names.values())
    return {
        scenario: name if often[name] == 1 else f"“{evidence.title(scenario, messages)}”"
        for scenario, name in names.items()
    }


def _placeless(evidence: Evidence) -> list[str]:
    """Scenarios that have the places of the baseline and are compared with it: a service without a place of its own."""
    there = evidence.plans[evidence.baseline].sites.id
    return [
        one
        for one, plan in evidence.plans.items()
        if one != evidence.baseline and plan.sites.id == there and evidence.pairs(one)
    ]


def _place(plan: Plan, row: int) -> tuple[str, float, float]:
    """Which site it is, and where."""
    return plan.sites.id[row], float(plan.sites.lat[row]), float(plan.sites.lon[row])


def _no_sum(evidence: Evidence, messages: Messages, single: Mapping[str, int]) -> Iterator[Sentence]:
    """That what sites save alone is not what they save together, where the main scenario has them all."""
    added = [_place(evidence.plans[scenario], row) for scenario, row in single.items()]
    there = [_place(evidence.plans[evidence.main], row) for row in evidence.added_sites(evidence.main)]
    # Two scenarios may open the same site, here with more slots and there at another place.
    if len(set(added)) < len(added) or not set(added) <= set(there):
        return
    alone = sum(evidence.difference(scenario, *CRITERIA[0]).difference for scenario in single)
    together = evidence.difference(evidence.main, *CRITERIA[0]).difference
    if len(single) > 1 and alone > together > 0:
        numbers = {"sum": messages.number(alone, 0), "all": messages.number(together, 0)}
        yield Sentence(messages.text("finding.single.not_a_sum", **numbers))


def not_told_apart(evidence: Evidence, measure: str, statistic: str, order: list[str]) -> list[str]:
    """Scenarios that cannot be told from the first in the order.

    All pairs are tested, with Holm's adjustment, and not only those of the first: which one is first was seen in the
    same replications.
    """
    values = {scenario: evidence.values(scenario, measure, statistic) for scenario in order}
    pairs = list(combinations(order, 2))
    raw = [paired_interval(values[a], values[b], evidence.confidence).p for a, b in pairs]
    adjusted = dict(zip(pairs, holm(np.array(raw)), strict=True))
    return [other for other in order[1:] if not adjusted[order[0], other] < 1.0 - evidence.confidence]
