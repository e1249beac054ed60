"""What a scenario gives to the same people: each applicant against themselves in the baseline."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.measures.people import places
from sim.measures.rows import Rows
from sim.plan import Bools, Floats, Ints, Plan

SAVED = {"travel_hours": "travel_hours_saved", "days_to_passport": "days_saved", "cost_rupiah": "cost_rupiah_saved"}


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
    def days_to_passport(self) -> Floats: ...
    @property
    def cost_rupiah(self) -> Floats: ...
    @property
    def district(self) -> Ints: ...


def gains(plan: Plan, before: Fates, after: Fates) -> Rows:
    """Rows of savings and of changes of fate; the two outcomes must hold the same applicants.

    Savings are over the people served in both scenarios, baseline minus scenario, so that who is newly served changes
    no mean. ``now_apply`` counts those deterred in the baseline who apply here, ``now_served`` those served here only,
    ``no_longer_served`` those served in the baseline only.
    """
    rows = Rows()
    groupings = [g for g in places(plan, before.district) if g.level != "district"]
    both = before.counted & before.served & after.served
    for name, saved in SAVED.items():
        difference = getattr(before, name) - getattr(after, name)
        rows.add_groups(saved, difference, both, groupings, ("mean", "total", "count"))
    one = np.ones(len(both))
    for name, mask in (
        ("now_apply", before.deterred & ~after.deterred),
        ("no_longer_apply", ~before.deterred & after.deterred),
        ("now_served", ~before.served & after.served),
        ("no_longer_served", before.served & ~after.served),
    ):
        rows.add_groups(name, one, before.counted & mask, groupings, ("count",))
    return rows
