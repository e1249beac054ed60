"""Mobile and convenience services in words: what each gives, how far its teams go, and what a passport costs there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.report.sentences import Sentence
from sim.report.tables import change_formatter, formatter, with_interval
from sim.stats.intervals import Estimate, mean_interval
from sim.stats.ratios import linearised

if TYPE_CHECKING:
    from sim.plan import Floats
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

SUMS = (
    *(("passports", "count"), ("team_days", "count"), ("officer_days", "count")),
    *(("team_km", "total"), ("operating_rupiah", "total")),
)
"""What programmes have together is the sum of what each has."""
OFFICES, ALL = "offices", "all"
NUMBERS = (("passports", "count"), ("team_days", "count"), ("team_km", "total"), ("officer_days", "count"))


@dataclass(frozen=True)
class Together:
    """Some programmes of a scenario as one, in each replication."""

    values: Mapping[str, Floats]
    """[replications]: by the measures of SUMS."""

    def estimate(self, measure: str, confidence: float) -> Estimate:
        """A sum; or ``rupiah_per_passport``, the ratio of the sums over all replications (the delta method)."""
        if measure != "rupiah_per_passport":
            found = mean_interval(self.values[measure], confidence)
        else:
            found = _ratio(self.values["operating_rupiah"], self.values["passports"], confidence)
        # None of them can be below nothing.
        return replace(found, low=0.0 if found.low < 0 else found.low)


def together(evidence: Evidence, scenario: str, which: str) -> Together:
    """All offices of a scenario as one, or all its services, offices too.

    Args:
        evidence: of the replications.
        scenario: its name.
        which: OFFICES or ALL.
    """
    sites = evidence.plans[scenario].sites
    offices = {name for name, office in zip(sites.programme, sites.is_office, strict=True) if office}
    of = evidence.replications.frame([scenario], ["programme"], [measure for measure, _ in SUMS])
    if which == OFFICES:
        of = of[of["unit"].isin(offices)]
    replications = evidence.replications.numbers
    values = {}
    for measure, statistic in SUMS:
        chosen = of[(of["measure"] == measure) & (of["statistic"] == statistic)]
        values[measure] = chosen.groupby("replication")["value"].sum().reindex(replications).to_numpy(dtype=np.float64)
    return Together(values)


def _ratio(total: Floats, number: Floats, confidence: float) -> Estimate:
    """A total over a number, of all replications together, with the interval of the delta method."""
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where(number != 0, total / number, np.nan)
    return mean_interval(linearised(each[:, None], np.nan_to_num(number)[:, None])[:, 0], confidence)


def _more(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """What all services of the main scenario cost more than those of the baseline, and for how many more passports."""
    before, after = (together(evidence, scenario, ALL) for scenario in (evidence.baseline, evidence.main))
    texts: dict[str, str] = {}
    for measure, kind in (("operating_rupiah", "cost_rupiah"), ("passports", "passports")):
        more = mean_interval(after.values[measure] - before.values[measure], evidence.confidence)
        if math.isnan(more.low):
            return
        statistic = "total" if measure == "operating_rupiah" else "count"
        written = partial(change_formatter, kind, statistic, messages)
        value, ends = with_interval(messages, written, more.estimate, more.low, more.high)
        texts[kind] = value if more.low == more.high else f"{value} ({ends})"
    costs = [each.estimate("rupiah_per_passport", evidence.confidence).estimate for each in (before, after)]
    price = formatter("cost_rupiah", "mean", messages)
    text = messages.text("finding.services.more", before=price(costs[0]), after=price(costs[1]), **texts)
    yield Sentence(text)


def services_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """All services against the baseline; each programme of the main scenario; each kind of added office beside them."""
    if len(evidence.pair) == 2:
        yield from _more(evidence, messages)
    sites = evidence.plans[evidence.main].sites
    names = {
        programme: name
        for programme, name, office in zip(sites.programme, sites.programme_name, sites.is_office, strict=True)
        if not office
    }
    if not names:
        return
    kinds = dict.fromkeys(sites.kind[row] for row in evidence.added_sites(evidence.main))
    names |= {kind: messages.text_or(f"kind.{kind}", kind) for kind in kinds}
    for programme, name in names.items():
        found = {
            measure: evidence.estimate(evidence.main, measure, statistic, "programme", programme).estimate
            for measure, statistic in NUMBERS
        }
        cost = evidence.estimate(evidence.main, "rupiah_per_passport", "mean", "programme", programme).estimate
        if math.isnan(found["passports"]):
            continue
        words = {measure: messages.number(value, 0) for measure, value in found.items()}
        price = formatter("cost_rupiah", "mean", messages)(cost)
        text = messages.text("finding.services.programme", name=name, cost=price, **words)
        yield Sentence(text, text if programme not in kinds else "")
