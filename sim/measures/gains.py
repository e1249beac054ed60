"""What a scenario gives to the same people: each applicant against themselves in the baseline."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.measures.people import places
from sim.measures.population import Population
from sim.measures.rows import Rows, Wanted
from sim.measures.stages import stages
from sim.plan import Bools, Floats, Ints, Plan

SAVED = {
    "travel_hours": "travel_hours_saved",
    "days_to_passport": "days_saved",
    "wait_minutes": "wait_minutes_saved",
    "cost_rupiah": "cost_rupiah_saved",
}


class Fates(Protocol):
    """The columns of outcomes that are compared, one row an applicant."""

    @property
    def counted(self) -> Bools: ...
    @property
    def served(self) -> Bools: ...
    @property
    def deterred(self) -> Bools: ...
    @property
    def travel_hours(self) -> Floats: ...
    @property
    def wait_minutes(self) -> Floats: ...
    @property
    def days_to_visit(self) -> Floats: ...
    @property
    def days_to_interviewed(self) -> Floats: ...
    @property
    def days_to_ready(self) -> Floats: ...
    @property
    def days_to_passport(self) -> Floats: ...
    @property
    def cost_rupiah(self) -> Floats: ...
    @property
    def district(self) -> Ints: ...


def gains(plan: Plan, before: Fates, after: Fates, wanted: Wanted | None = None) -> Rows:
    """Rows of savings and of changes of fate that are wanted; the two outcomes must hold the same applicants.

    Savings are over the people served in both scenarios, baseline minus scenario, so that who is newly served changes
    no mean. ``days_before_visit_saved`` and the like are what is saved in each stage of the way to the passport, and
    ``days_before_visit_before`` the days of that stage in the baseline, of the same people: see
    :mod:`sim.measures.stages`; all stages together are ``days_saved``. ``now_apply`` counts those deterred in the
    baseline who apply here, ``now_served`` those served here only, ``no_longer_served`` those served in the baseline
    only.
    """
    rows = Rows(wanted=wanted)
    groupings = [g for g in places(plan, before.district) if g.level != "district"]
    both = Population(before.counted & before.served & after.served)
    for name, saved in SAVED.items():
        difference = getattr(before, name) - getattr(after, name)
        both.add(rows, saved, difference, groupings, ("mean", "total", "count"))
    for (stage, days_before), (_, days_after) in zip(stages(before), stages(after), strict=True):
        both.add(rows, f"{stage}_before", days_before, groupings, ("mean",))
        both.add(rows, f"{stage}_saved", days_before - days_after, groupings, ("mean",))
    one = np.ones(len(before.counted))
    for name, mask in (
        ("now_apply", before.deterred & ~after.deterred),
        ("no_longer_apply", ~before.deterred & after.deterred),
        ("now_served", ~before.served & after.served),
        ("no_longer_served", before.served & ~after.served),
    ):
        rows.add_groups(name, one, before.counted & mask, groupings, ("count",))
    return rows
