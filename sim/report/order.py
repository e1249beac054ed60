"""The order of regencies, which is the same in every text, table and figure."""

from __future__ import annotations

import math

from sim.report.evidence import Evidence


def regency_order(evidence: Evidence) -> list[str]:
    """Codes of the regencies: most hours of travel saved a person first; as they are where nothing is compared.

    A regency without a value comes last.
    """
    codes = evidence.plans[evidence.main].regencies.code

    def gain(code: str) -> float:
        saved = evidence.difference(evidence.main, "travel_hours_saved", "mean", "regency", code).difference
        return -math.inf if math.isnan(saved) else saved

    return sorted(codes, key=lambda code: -gain(code))


def regencies_told(evidence: Evidence) -> list[str]:
    """Those of them that have any hours of travel to tell: where nobody is served there is nothing."""
    return [
        code
        for code in regency_order(evidence)
        if any(
            not math.isnan(evidence.estimate(scenario, "travel_hours", "mean", "regency", code).estimate)
            for scenario in evidence.pair
        )
    ]
