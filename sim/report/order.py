"""The order of regencies, which is the same in every table and figure."""

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
