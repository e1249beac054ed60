"""Checking without running: a file, and everything it names, up to the plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.config.loader import load_any, load_with_scenarios
from sim.config.schema import Experiment
from sim.experiment.job import build_plans


def check_file(path: Path, overrides: Sequence[str] = ()) -> str:
    """One line that says what a sound file holds.

    Raises:
        ConfigError, DataError: everything that is wrong with it.
    """
    loaded = load_any(path)
    if isinstance(loaded.model, Experiment):
        experiment, scenarios = load_with_scenarios(path, overrides)
        build_plans(scenarios)
        count = len(scenarios)
        return f"sound; {count} scenario{'s' if count != 1 else ''}, {experiment.model.replications} replications"
    from sim.config.loader import load_scenario

    scenario = load_scenario(path, overrides)
    plan = build_plans({scenario.model.name: scenario})[scenario.model.name]
    return (
        f"sound; {len(plan.sites.id)} sites, {len(plan.sessions.site)} sessions, {len(plan.districts.code)} districts, "
        f"{plan.n_days} simulated days"
    )
