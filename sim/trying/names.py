"""Names of units beside their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.plan import Plan


def names_of(plan: Plan) -> dict[tuple[str, str], str]:
    """Of the units that have a name beside their code."""
    of = (
        ("site", plan.sites.id, plan.sites.name),
        ("office", plan.sites.id, plan.sites.name),
        ("regency", plan.regencies.code, plan.regencies.name),
        ("district", plan.districts.code, plan.districts.name),
    )
    return {(level, code): name for level, codes, names in of for code, name in zip(codes, names, strict=True)}
