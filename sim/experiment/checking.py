"""Checking without running: a file, and everything it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sim.building.doubts import without_sessions
from sim.config.inheritance import FileCache
from sim.config.loader import Loaded, is_experiment, load_scenario
from sim.config.problems import placed
from sim.config.schema import MONTHS, Scenario
from sim.errors import ConfigError, DataError, InputError, Problem
from sim.experiment.overruled import overruled
from sim.experiment.plans import build_plans, check_scenarios, collected
from sim.experiment.ready import Files, all_asked, read_files
from sim.experiment.targets import doubtful_counts
from sim.outline import Outline
from sim.plan import DAY_MS


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
        warn: told what can be run but is hardly meant, each thing once, with file and line.
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
    _warn({scenario.model.name: scenario}, outlines, warn)
    made = outlines[scenario.model.name]
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
    found = read_files(path, overrides, files, build=False)
    model, scenarios = found.experiment.model, found.scenarios
    _warn(scenarios, found.outlines, warn)
    _warn_of_days_off(scenarios, warn)
    _warn_of_titles(scenarios, warn)
    _warn_of_other_people(found, warn)
    _warn_of_service_days(found, warn)
    for problem in doubtful_counts(found.targets) if found.targets is not None else ():
        warn(str(problem))
    if found.own:
        _try_own(found, tell)
    if found.asks:
        # Whether what is asked for by name will be measured can be told from whole plans only.
        from sim.calibration.aim import check_calibration

        errors: list[InputError] = []
        with collected(errors):
            all_asked(found, build_plans(scenarios))
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
    plans = (build_plans({name: loaded})[name] for name, loaded in found.scenarios.items())
    first, minutes = next(plans), tuple(dict.fromkeys(model.travel_minutes))
    with termination_as_interrupt():
        compile_once(engine, first, tell)
        tell("trying the experiment's own measures on one replication, a moment")
        try:
            try_measures(found.own, chain([first], plans), model.seed, minutes, engine)
        except DataError as error:
            raise DataError(error.problems, more=found.asks) from error


def _warn(
    scenarios: Mapping[str, Loaded[Scenario]], outlines: Mapping[str, Outline], warn: Callable[[str], None]
) -> None:
    found = [problem for name, made in outlines.items() for problem in doubts(scenarios[name], made)]
    for problem in dict.fromkeys(found):
        warn(str(problem))


def doubts(scenario: Loaded[Scenario], made: Outline) -> list[Problem]:
    """What of a scenario can be run but is hardly meant, with file and line, each once."""
    found = (*made.warnings, *overruled(scenario, made))
    return list(dict.fromkeys(placed(problem, scenario.where) for problem in found))


def _warn_of_days_off(scenarios: Mapping[str, Loaded[Scenario]], warn: Callable[[str], None]) -> None:
    """That scenarios to be compared do not assume the same of who loses a day's work by an appointment."""
    assumed = {name: loaded.model.choice.day_off for name, loaded in scenarios.items()}
    first, *others = assumed
    differing = [name for name in others if assumed[name] != assumed[first]]
    if differing:
        said = next(name for name in (first, *differing) if assumed[name] is not None)
        problem = Problem(
            f"{', '.join(differing)} and {first} do not assume the same of who loses a day's work by an appointment: "
            "to compare them is to compare this assumption too",
            path="choice.day_off",
            allowed="the same in every scenario, as in a base that all extend or by --set",
        )
        warn(str(placed(problem, scenarios[said].where)))


def _warn_of_titles(scenarios: Mapping[str, Loaded[Scenario]], warn: Callable[[str], None]) -> None:
    """That scenarios have one title, by which reports and figures tell them apart."""
    first_of: dict[tuple[str, str], str] = {}
    for name, loaded in scenarios.items():
        for language, title in loaded.model.title.items():
            first = first_of.setdefault((language, title), name)
            if first != name:
                what = f"{first} and {name} have the same title, {title!r}, by which reports tell scenarios apart"
                warn(str(placed(Problem(what, path="title", allowed="a title of its own"), loaded.where)))
                break


def _warn_of_other_people(found: Files, warn: Callable[[str], None]) -> None:
    """That people of a scenario cannot be compared with themselves in the baseline, as it has other ones."""
    baseline = found.experiment.model.baseline
    if baseline is None:
        return
    others = [name for name in found.scenarios if name != baseline and not _same_people(found, baseline, name)]
    if others:
        problem = Problem(
            f"{', '.join(others)}: need or period is not that of {baseline}, so nobody can be compared with "
            "themselves, and no gain of a person will be told",
            path="baseline",
            allowed="scenarios that differ in what is offered, each compared within one year",
        )
        warn(str(placed(problem, found.experiment.where)))


def _warn_of_service_days(found: Files, warn: Callable[[str], None]) -> None:
    """That a scenario is open on other working days than the baseline: access is a mean over such days."""
    baseline = found.experiment.model.baseline
    if baseline is None:
        return
    periods = {name: (loaded.model.period.from_, loaded.model.period.to) for name, loaded in found.scenarios.items()}
    served = {name: _service_days(made) for name, made in found.outlines.items() if periods[name] == periods[baseline]}
    for name, days in served.items():
        differing = days ^ served[baseline]
        if differing:
            first = min(differing)
            where = (name, baseline) if first in days else (baseline, name)
            problem = Problem(
                f"on {first} a session is held in {where[0]} and none in {where[1]}, and so on "
                f"{len(differing)} working days: coverage and the travel time to the nearest session "
                "are of the working days with any session, and do not compare",
                path="scenarios",
                allowed="an office in each scenario that is open on every working day",
            )
            warn(str(placed(problem, found.experiment.where)))


def _service_days(made: Outline) -> set[dt.date]:
    """The counted working days on which a session is held that everybody may book, or goes on that began before."""
    s, (first, last) = made.sessions, made.counted
    rows = np.flatnonzero((s.quota.sum(axis=1) > 0) & ~s.on_request)
    ends = (s.intake_close[rows] - 1) // DAY_MS
    days = {
        day for start, end in zip(s.day[rows].tolist(), ends.tolist(), strict=True) for day in range(start, end + 1)
    }
    return {made.calendar.date(day) for day in days if first <= day < last and made.calendar.is_working_day[day]}


WHO_THEY_ARE = {"channels", "replacement", "electronic", "homebound", "worth"}
"""What a segment says of people who are there all the same."""


def _same_people(found: Files, one: str, other: str) -> bool:
    """Whether needs arise at the same moments in the same places, whatever else people are."""
    a, b = (_arising(found, name) for name in (one, other))
    return a.keys() == b.keys() and all(np.array_equal(a[part], b[part]) for part in a)


def _arising(found: Files, name: str) -> dict[str, Any]:
    """All that the moments and places of needs hang on."""
    scenario, made = found.scenarios[name].model, found.outlines[name]
    need, calendar = scenario.need, made.calendar
    months = {MONTHS[month - 1] for month in np.unique(calendar.month)}
    segments = {
        f"segment {name}": [
            (key, {month: factor for month, factor in value.items() if month in months} if key == "months" else value)
            for key, value in segment.model_dump(exclude=WHO_THEY_ARE).items()
        ]
        for name, segment in need.segments.items()
    }
    return {
        **{f"weights of {name}": weights for name, weights in made.weights.items()},
        **{f"days of {name}": getattr(calendar, name) for name in ("is_fasting", "weekday")},
        **{name: str(value) for name, value in segments.items()},
        "levels": made.levels,
        "hours": made.hour_weights,
        "weekdays": str(need.weekdays),
        "day_cv": need.day_cv,
        "first day": str(calendar.start),
    }


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
