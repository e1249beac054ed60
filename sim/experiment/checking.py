"""Checking without running: a file, and everything it names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.config.inheritance import FileCache
from sim.config.loader import is_experiment, load_scenario, load_with_scenarios
from sim.experiment.plans import check_scenarios


def check_file(path: Path, overrides: Sequence[str] = (), files: FileCache | None = None) -> str:
    """One line that says what a sound file holds.

    Args:
        path: a scenario or an experiment.
        overrides: ``PATH=VALUE`` each, put in before checking.
        files: YAML files already read.

    Raises:
        ConfigError, DataError: everything that is wrong with it.
    """
    files = files or FileCache()
    if is_experiment(path, files):
        return _check_experiment(path, overrides, files)
    scenario = load_scenario(path, overrides, files=files)
    made = check_scenarios({scenario.model.name: scenario})[scenario.model.name]
    districts = len(next(iter(made.weights.values())))
    return (
        f"sound; {_counted(len(made.options), 'place')}, {_counted(len(made.sessions.site), 'session')}, "
        f"{_counted(districts, 'district')}, {_counted(made.calendar.n_days, 'simulated day')}"
    )


def _check_experiment(path: Path, overrides: Sequence[str], files: FileCache) -> str:
    experiment, scenarios = load_with_scenarios(path, overrides, files=files)
    model = experiment.model
    if model.targets is None:
        check_scenarios(scenarios)
    else:
        # Whether a known figure will be measured can be told from whole plans only.
        from sim.experiment.job import plans_and_targets

        plans_and_targets(experiment, scenarios)
    return f"sound; {_counted(len(scenarios), 'scenario')}, {_counted(model.replications, 'replication')}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
