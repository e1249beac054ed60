"""Checking without running: a file, and everything it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.building.doubts import without_sessions
from sim.building.loading import load_scenario
from sim.calibration.aim import check_calibration
from sim.config.inheritance import FileCache
from sim.config.loader import is_experiment
from sim.errors import ConfigError, DataError, InputError, Problem, told
from sim.preparing.plans import check_scenarios, collected
from sim.preparing.ready import Files, all_asked, read_files
from sim.preparing.warned import all_doubts, doubts


def check_file(
    path: Path,
    overrides: Sequence[str] = (),
    files: FileCache | None = None,
    warn: Callable[[str], None] = lambda text: None,
    tell: Callable[[str], None] = lambda text: None,
) -> str:
    """One line that says what a sound file holds.

    Args:
        path: a scenario or an experiment.
        overrides: ``PATH=VALUE`` each, put in before checking.
        files: YAML files already read.
        warn: told what can be run but is hardly meant, each thing once, with file and line; of many of one kind the
            first ones, and how many more there are.
        tell: given a line for the person who waits, where measures of the project's own are tried.

    Raises:
        ConfigError, DataError: everything that is wrong with it; ``more`` where more may show once that is mended.
    """
    files = files or FileCache()
    try:
        asks_for_scenarios = is_experiment(path, files)
    except InputError as error:
        raise ConfigError(error.problems, more=True) from error
    if asks_for_scenarios:
        return _check_experiment(path, overrides, files, warn, tell)
    scenario = load_scenario(path, overrides, files=files)
    outlines = check_scenarios({scenario.model.name: scenario})
    made = outlines[scenario.model.name]
    _warn(doubts(scenario, made), warn)
    districts = len(next(iter(made.weights.values())))
    idle = without_sessions(scenario.model, made.options)
    without = f" ({', '.join(idle)}: no session in the period)" if idle else ""
    return (
        f"sound; {_counted(len(made.options), 'place')}{without}, {_counted(len(made.sessions.site), 'session')}, "
        f"{_counted(districts, 'district')}, {_counted(made.calendar.n_days, 'simulated day')}"
    )


def _check_experiment(
    path: Path,
    overrides: Sequence[str],
    files: FileCache,
    warn: Callable[[str], None],
    tell: Callable[[str], None],
) -> str:
    found = read_files(path, overrides, files)
    model, scenarios = found.experiment.model, found.scenarios
    _warn(all_doubts(found), warn)
    if found.own:
        _try_own(found, tell)
    if found.asks:
        # Whether what is asked for by name will be measured can be told from whole plans only.
        errors: list[InputError] = []
        with collected(errors):
            all_asked(found, found.plans)
        with collected(errors):
            check_calibration(found.experiment, scenarios, found.targets)
        if errors:
            raise DataError.merge(errors)
    least, most = model.replications.minimum, model.replications.maximum
    number = _counted(least, "replication") if least == most else f"{least} to {most} replications"
    return f"sound; {_counted(len(scenarios), 'scenario')}, {number}"


def _try_own(found: Files, tell: Callable[[str], None]) -> None:
    """Measures of the project's own, on one replication."""
    from sim.engines import usable
    from sim.experiment.compiling import compile_once
    from sim.experiment.interrupts import termination_as_interrupt
    from sim.experiment.trial import try_measures

    model = found.experiment.model
    engine, _ = usable(None)
    minutes = tuple(dict.fromkeys(model.travel_minutes))
    with termination_as_interrupt():
        compile_once(engine, next(iter(found.plans.values())), tell)
        tell("trying the experiment's own measures on one replication, a moment")
        try:
            try_measures(found.own, found.plans.values(), model.seed, minutes, engine)
        except DataError as error:
            raise DataError(error.problems, more=found.asks) from error


def _warn(found: Iterable[Problem], warn: Callable[[str], None]) -> None:
    for text in told(found):
        warn(text)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
