"""Checking without running: a file, and everything it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim.config.inheritance import FileCache
from sim.config.loader import Loaded, is_experiment, load_scenario, load_with_scenarios
from sim.config.problems import placed
from sim.config.schema import Scenario
from sim.experiment.plans import check_scenarios
from sim.measures.own import own_measures
from sim.outline import Outline


def check_file(
    path: Path,
    overrides: Sequence[str] = (),
    files: FileCache | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> str:
    """One line that says what a sound file holds.

    Args:
        path: a scenario or an experiment.
        overrides: ``PATH=VALUE`` each, put in before checking.
        files: YAML files already read.
        warn: told what can be run but is hardly meant, each thing once, with file and line.

    Raises:
        ConfigError, DataError: everything that is wrong with it.
    """
    files = files or FileCache()
    if is_experiment(path, files):
        return _check_experiment(path, overrides, files, warn)
    scenario = load_scenario(path, overrides, files=files)
    outlines = check_scenarios({scenario.model.name: scenario})
    _warn({scenario.model.name: scenario}, outlines, warn)
    made = outlines[scenario.model.name]
    districts = len(next(iter(made.weights.values())))
    return (
        f"sound; {_counted(len(made.options), 'place')}, {_counted(len(made.sessions.site), 'session')}, "
        f"{_counted(districts, 'district')}, {_counted(made.calendar.n_days, 'simulated day')}"
    )


def _check_experiment(path: Path, overrides: Sequence[str], files: FileCache, warn: Callable[[str], None]) -> str:
    experiment, scenarios = load_with_scenarios(path, overrides, files=files)
    model = experiment.model
    own_measures(model.measures)
    asks = model.targets is not None or model.calibration is not None
    if not asks and not model.replications.precision and model.sensitivity is None:
        _warn(scenarios, check_scenarios(scenarios), warn)
    else:
        # Whether what is asked for by name will be measured can be told from whole plans only.
        from sim.calibration.aim import check_calibration
        from sim.experiment.asked import asked_of
        from sim.experiment.job import plans_and_targets

        plans, targets = plans_and_targets(experiment, scenarios)
        asked_of(experiment, scenarios, plans)
        check_calibration(experiment, scenarios, targets)
    least, most = model.replications.minimum, model.replications.maximum
    number = _counted(least, "replication") if least == most else f"{least} to {most} replications"
    return f"sound; {_counted(len(scenarios), 'scenario')}, {number}"


def _warn(
    scenarios: Mapping[str, Loaded[Scenario]], outlines: Mapping[str, Outline], warn: Callable[[str], None]
) -> None:
    found = [placed(problem, scenarios[name].where) for name, made in outlines.items() for problem in made.warnings]
    for problem in dict.fromkeys(found):
        warn(str(problem))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
