"""Mobile and convenience services in words: what each gives, how far its teams go, and what a passport costs there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.report.sentences import Sentence
from sim.report.tables import formatter

if TYPE_CHECKING:
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

NUMBERS = (("passports", "count"), ("team_days", "count"), ("team_km", "total"), ("officer_days", "count"))


def services_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """A sentence for each programme of the main scenario, and one for each kind of added office to compare it with."""
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
