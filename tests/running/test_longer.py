"""Claims of sim.running.longer: what a longer warm-up changes for the same people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.build import build_plan
from sim.experiment.cells import play
from sim.measures.applicants import outcomes
from sim.plan import NONE
from sim.running.longer import MEASURES, longer_warm_up
from tests.model.small_province import merged, plan_of, scenario
from tests.services.small_services import ROOMY, programme, with_programmes

SLOW = {"sites": {"kanim": {"printing_per_day": 9}}, "period": {"run_out": "200 days"}}
"""Fewer books than are asked for, so that they pile up from the first day on; all are printed in the end."""


FEW = 50
"""People whom each of its offices has."""


def longer(overrides: dict[str, Any]) -> dict[str, Any] | None:
    model = scenario(overrides)
    return longer_warm_up(model, build_plan(model), 1, "simpy")


@pytest.mark.parametrize("overrides", [{}, SLOW])
def test_the_change_is_of_each_person_between_a_plan_with_that_warm_up_and_without(
    overrides: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.running.longer.FEWEST_PEOPLE", FEW)
    found = longer(overrides)
    assert found is not None
    assert found["days"] == 14 + 30, "the holidays of the year before are not on record"
    runs, passports = [], []
    for days in (14, found["days"]):
        plan = plan_of(merged(overrides, {"period": {"warm_up": f"{days} days"}}))
        draws, journeys = play(plan, 1, found["replication"], "simpy")
        o = outcomes(plan, draws, journeys)
        interviewed = journeys.by_visit("interview_end_ms").max(axis=1)
        counted = (interviewed >= plan.counted_from_ms) & (interviewed < plan.counted_to_ms)
        passports.append(((journeys.issued_at != NONE) & counted).sum())
        runs.append((plan, journeys.site[o.counted], o))
    (plan, site, here), (_, _, there) = runs
    assert found["passports"]["province"] == pytest.approx(passports[1] / passports[0] - 1.0)
    for measure in MEASURES:
        before, after = (getattr(o, measure)[o.counted] for o in (here, there))
        both = ~np.isnan(before) & ~np.isnan(after)
        assert both.sum() > 300
        assert found[measure]["province"] == pytest.approx(after[both].mean() - before[both].mean())
        for office in ("kanim", "ukk_near"):
            there_too = both & (site == plan.sites.id.index(office))
            assert there_too.sum() >= FEW
            assert found[measure][office] == pytest.approx(after[there_too].mean() - before[there_too].mean())


def test_books_that_pile_up_from_the_first_day_come_later_with_a_longer_warm_up_and_others_hardly() -> None:
    slow, usual = longer(SLOW), longer({})
    assert slow is not None
    assert usual is not None
    assert slow["days_to_passport"]["province"] > 3
    assert abs(usual["days_to_passport"]["province"]) < 0.5
    assert usual["days_to_passport"].keys() == {"province"}, "few people at an office are moved by chance"


def test_nothing_is_told_where_the_counted_days_are_not_the_same_or_the_tables_end() -> None:
    van = programme(rotation={"days": ["tue"], "places": ["1.1", "2.1"]})
    assert longer(merged(ROOMY, with_programmes(van=van))) is None, "a rotation begins with the first simulated day"
    assert longer({"period": {"warm_up": "50 days"}}) is None, "no holidays on record for 2022"
