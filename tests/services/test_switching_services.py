"""Services come and go by configuration alone, and leave those whom they cannot touch as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.drawing import draw
from sim.engines import simpy_model
from sim.journeys import Handover, Journeys, Status, columns
from sim.measures.check import check_identities
from sim.plan import NONE
from sim.preparing.ready import read_files
from sim.randomness import Source
from tests.model.small_province import FILE, Tree, certain, merged, plan_of, run
from tests.services.small_services import ENDLESS, ROOMY, programme, site, with_programmes

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "configs" / "scenarios"
VAN = programme(
    rotation={"places": ["2.1", "3.1"], "days": ["tue"]},
    quota={"ordinary": 2000},
    counters={"document": 2000, "interview": 2000},
)


def same(a: Journeys, b: Journeys, who: np.ndarray) -> bool:
    first, second = columns(a), columns(b)
    return all(np.array_equal(first[name][who], second[name][who]) for name in first)


@pytest.mark.parametrize("service", [
    with_programmes(van=VAN),
    {"collection": {"delivery": {"fee": "Rp 90000", "days": {1: 1.0}, "taste": "Rp 20000"}}},
    {"collection": {"progress_check": {"uptake": 0.7}}},
])  # fmt: skip
def test_switching_a_programme_off_is_one_line_and_leaves_untouched_applicants_identical(service: Tree) -> None:
    off = {
        "programmes": {"van": {"enabled": False}} if "programmes" in service else {},
        "collection": {name: {"enabled": False} for name in service.get("collection", {})},
    }
    on_plan, off_plan, bare = (plan_of(merged(certain(), ENDLESS, *more)) for more in ((service,), (service, off), ()))
    (draws, with_it), (draws_off, without), (_, never) = run(on_plan), run(off_plan), run(bare)
    everyone = np.ones(never.applicants, dtype=bool)
    assert same(without, never, everyone)
    checks = np.repeat(draws.checks_progress, draws.size)
    # Touched is who goes there, checks, has it delivered or is about to, or thinks of that when choosing an office.
    offices = draws_off.cost_rupiah.shape[1]
    thinks = np.repeat((draws.cost_rupiah[:, :offices] != draws_off.cost_rupiah).any(axis=1), draws.size)
    waits = (with_it.ready_ms != NONE) & (with_it.status == Status.UNDER_WAY)
    touched = (with_it.site >= offices) | (with_it.handover == Handover.DELIVERED) | checks | thinks | waits
    assert touched.sum() > 30
    assert (~touched).sum() > 300
    assert same(with_it, without, ~touched)


def test_one_line_of_a_file_switches_a_programme_off(tmp_path: Path) -> None:
    (tmp_path / "on.yaml").write_text(
        f"extends: {FILE}\nname: on_\n"
        "sites: {kanim: {sessions: {weekdays: {counters: {document: 3, interview: 5}}}}}\n"
        "programmes:\n  van:\n    name: Van\n    kind: outreach\n    home: kanim\n    days: [tue]\n"
        "    intake: {from: '09:00', to: '15:00'}\n    seats_every: 30 min\n    quota: {ordinary: 20}\n"
        "    counters: {document: 1, interview: 1}\n    team: {document: 1, interview: 1}\n    handover: home\n"
    )
    (tmp_path / "off.yaml").write_text("extends: on.yaml\nname: off_\nprogrammes: {van: {enabled: false}}\n")
    on, off = (build_plan(load_scenario(tmp_path / f"{name}.yaml").model) for name in ("on", "off"))
    assert set(on.sites.id) - set(off.sites.id) == {"van"}
    tuesdays = np.isin(on.sessions.day, on.sessions.day[on.sessions.site == site(on, "van")]) & (on.sessions.site == 0)
    assert (on.sessions.counters[tuesdays] == [2, 4, 1]).all()
    assert (off.sessions.counters[off.sessions.site == 0] == [3, 5, 1]).all()


@pytest.mark.parametrize("name", ["with_mpp_desk", "kanim_lubuklinggau"])
def test_a_new_desk_and_a_new_office_run_by_configuration_alone(name: str) -> None:
    # A year is long for a test: six weeks show that people are served there.
    start = "2026-02-02" if name == "kanim_lubuklinggau" else "2023-02-06"
    end = start[:5] + "03-06"
    brief = [f"period.from={start}", f"period.to={end}", "period.warm_up=0 days", "period.run_out=20 days"]
    loaded = load_scenario(SCENARIOS / f"{name}.yaml", brief)
    plan = build_plan(loaded.model)
    draws = draw(plan, Source(1, 0))
    journeys = simpy_model.run(plan, draws)
    check_identities(plan, draws, journeys)
    place = "mpp_palembang" if name == "with_mpp_desk" else "kanim_lubuklinggau"
    here = journeys.site == site(plan, place)
    assert (journeys.status[here] == Status.COLLECTED).sum() > 30
    if name == "with_mpp_desk":
        days = plan.sessions.day[plan.sessions.site == site(plan, place)]
        assert (np.diff(days) >= 7).all()
        assert plan.sessions.quota[plan.sessions.site == site(plan, place)].sum(axis=1).max() == 20
    else:
        assert "ukk_lubuklinggau" not in plan.sites.id
        assert plan.sites.parent[site(plan, place)] == site(plan, place)
        assert (journeys.handover[here] == Handover.AT_ONCE).any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobile_services", "outage_2024"])
def test_the_bundled_experiments_are_sound(name: str) -> None:
    files = read_files(ROOT / "experiments" / f"{name}.yaml", ())
    experiment, scenarios = files.experiment, files.scenarios
    assert all(loaded.model.name == key for key, loaded in scenarios.items() if key != "with_all")
    design = experiment.model.factorial
    if name == "mobile_services":
        assert design is not None
        assert sorted(s for pair in design.cells.values() for s in pair) == sorted(scenarios)
        for service, (before, after) in design.cells.items():
            on = [_services(scenarios[key].model) for key in (before, after)]
            assert on[0] == on[1] == (ALL if service == "all" else {service} - {"none"})


ALL = {"laksan", "lakso", "eazy", "garsun", "si_bangkit", "delivery", "progress_check"}


def _services(model: object) -> set[str]:
    programmes, collection = model.programmes, model.collection  # type: ignore[attr-defined]
    found = {name for name, programme in programmes.items() if programme.enabled}
    return found | {name for name in ("delivery", "progress_check") if getattr(collection, name).enabled}


def test_priority_and_accelerated_have_their_own_slots() -> None:
    plan = plan_of(merged(certain(), ROOMY))
    _, journeys = run(plan)
    booked = journeys.session != NONE
    for row, channel in enumerate(plan.channels.id):
        taken = np.bincount(
            journeys.session[booked & (journeys.slot_channel == row)], minlength=len(plan.sessions.site)
        )
        assert (taken <= plan.sessions.quota[:, row]).all(), channel
        assert taken.sum() > 10
