"""What can be run and is hardly meant, in the scenarios of an experiment and between them, at its file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sim.config.loader import Loaded
from sim.config.nodes import COMMAND_LINE
from sim.config.problems import placed
from sim.config.schema import MONTHS, Scenario
from sim.errors import Problem
from sim.experiment.keys import plan_digest
from sim.keeping.targets import doubtful_counts
from sim.outline import Outline
from sim.plan import DAY_MS
from sim.preparing.overruled import NO_EFFECT, overruled, says
from sim.preparing.ready import Files


def all_doubts(found: Files) -> list[Problem]:
    """What of an experiment can be run but is hardly meant, each once; what is so in some scenarios names them."""
    scenarios = found.scenarios
    names: dict[Problem, list[str]] = {}
    for name, made in found.outlines.items():
        for problem in doubts(scenarios[name], made):
            names.setdefault(problem, []).append(name)
    each = (
        one if len(of) == len(found.outlines) else replace(one, what=f"in {', '.join(of)}: {one.what}")
        for one, of in names.items()
        # What the command line sets is meant for the scenarios in which it has an effect.
        if len(of) == len(found.outlines) or not (one.file.startswith(COMMAND_LINE) and NO_EFFECT in one.what)
    )
    return list(
        dict.fromkeys(
            (
                *each,
                *_days_off(scenarios),
                *_titles(scenarios),
                *_staff_alone(found),
                *_no_difference(found),
                *_other_people(found),
                *_other_days(found),
                *(doubtful_counts(found.targets) if found.targets is not None else ()),
            )
        )
    )


def doubts(scenario: Loaded[Scenario], made: Outline) -> list[Problem]:
    """What of a scenario can be run but is hardly meant, with file and line, each once."""
    found = (*made.warnings, *overruled(scenario, made))
    return list(dict.fromkeys(placed(_where_it_was_changed(problem, scenario), scenario.where) for problem in found))


def _where_it_was_changed(problem: Problem, scenario: Loaded[Scenario]) -> Problem:
    """A problem of a quota at the counters or hours that the scenario gives, where the quota is another file's."""
    rule, _, last = problem.path.rpartition(".")
    if last != "quota" or says(scenario, problem.path):
        return problem
    parts = (f"{rule}.{part}" for part in ("counters", "intake", "closes", "breaks"))
    return next((replace(problem, path=part) for part in parts if says(scenario, part)), problem)


def _staff_alone(found: Files) -> Iterator[Problem]:
    """Officers that a scenario has more or fewer of than the baseline, where no counter and no team hangs on them."""
    baseline = found.experiment.model.baseline
    if baseline is None or baseline not in found.outlines:
        return
    before, counters = found.scenarios[baseline].model, _on_duty(found.outlines[baseline])
    for name, scenario in found.scenarios.items():
        if name not in found.outlines:
            continue
        here = _on_duty(found.outlines[name])
        for site, about in scenario.model.sites.items():
            was = before.sites[site].staff if site in before.sites else about.staff
            if about.staff != was and site in here and here[site] == counters.get(site):
                now, then = ("not limited" if number is None else str(number) for number in (about.staff, was))
                problem = Problem(
                    f"is {now} in {name} and {then} in {baseline}, and no counter or team of it differs: whoever is at "
                    "none of these serves nobody",
                    path=f"sites.{site}.staff",
                    allowed=f"counters as well (sites.{site}.sessions.RULE.counters), or a team",
                )
                yield placed(problem, scenario.where)


def _on_duty(made: Outline) -> dict[str, bytes]:
    """By site: the sessions that its officers hold, there or elsewhere, with their counters and those they close."""
    s = made.sessions
    told = np.column_stack([s.day, s.intake_open, s.intake_close, s.counters, s.takes])
    homes = np.array([option.home for option in made.options])
    return {str(home): told[np.isin(s.site, np.flatnonzero(homes == home))].tobytes() for home in np.unique(homes)}


def _days_off(scenarios: Mapping[str, Loaded[Scenario]]) -> Iterator[Problem]:
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
        yield placed(problem, scenarios[said].where)


def _titles(scenarios: Mapping[str, Loaded[Scenario]]) -> Iterator[Problem]:
    """That scenarios have one title, by which reports and figures tell them apart."""
    first_of: dict[tuple[str, str], str] = {}
    for name, loaded in scenarios.items():
        for language, title in loaded.model.title.items():
            first = first_of.setdefault((language, title), name)
            if first != name:
                what = f"{first} and {name} have the same title, {title!r}, by which reports tell scenarios apart"
                yield placed(Problem(what, path="title", allowed="a title of its own"), loaded.where)
                break


def _no_difference(found: Files) -> Iterator[Problem]:
    """That two scenarios are one: whatever the files of the second say has no effect."""
    first_of: dict[str, str] = {}
    for name, plan in found.plans.items():
        first = first_of.setdefault(plan_digest(plan), name)
        if first != name:
            problem = Problem(
                f"{name} is simulated as {first} is: nothing in which the two files differ has an effect, and no "
                "difference between them will show",
                path=f"scenarios.{name}",
                allowed=f"a scenario that differs from {first} in need, in what is offered or in how people choose",
            )
            yield placed(problem, found.experiment.where)


def _other_people(found: Files) -> Iterator[Problem]:
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
        yield placed(problem, found.experiment.where)


def _other_days(found: Files) -> Iterator[Problem]:
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
            yield placed(problem, found.experiment.where)


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
