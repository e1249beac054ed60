"""From the scenarios of an experiment to their plans, with every problem at its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from sim.build import build_plan
from sim.config.loader import Loaded
from sim.config.nodes import shown
from sim.config.problems import placed
from sim.config.schema import Scenario
from sim.errors import ConfigError, InputError, Problem
from sim.outline import Outline, outline
from sim.plan import Plan
from sim.province.tables import Tables, read_tables

T = TypeVar("T")


def build_plans(scenarios: Mapping[str, Loaded[Scenario]]) -> dict[str, Plan]:
    """The plan of each scenario, under the name that the experiment gives it.

    Raises:
        ConfigError: all that is wrong in any of them.
    """
    plans = _for_each(scenarios, build_plan)
    return {name: replace(plan, scenario=name) for name, plan in plans.items()}


def build_with_outlines(scenarios: Mapping[str, Loaded[Scenario]]) -> tuple[dict[str, Plan], dict[str, Outline]]:
    """The plan of each scenario, and the outline that it was made from, with its warnings.

    Raises:
        ConfigError: all that is wrong in any of them.
    """

    def make(model: Scenario, tables: Tables) -> tuple[Plan, Outline]:
        made = outline(model, tables)
        return build_plan(model, tables, made), made

    both = _for_each(scenarios, make)
    plans = {name: replace(plan, scenario=name) for name, (plan, _) in both.items()}
    return plans, {name: made for name, (_, made) in both.items()}


def build_one(scenario: Loaded[Scenario], name: str) -> tuple[Plan, Outline]:
    """The plan of one scenario under a name, and the outline that it was made from, with its warnings.

    Raises:
        ConfigError: all that is wrong in it.
    """
    plans, outlines = build_with_outlines({name: scenario})
    return plans[name], outlines[name]


def check_scenarios(scenarios: Mapping[str, Loaded[Scenario]]) -> dict[str, Outline]:
    """What can be checked without computing a trip: everything.

    Raises:
        ConfigError: all that is wrong in any of the scenarios, as :func:`build_plans` would find it.
    """
    return _for_each(scenarios, outline)


@contextmanager
def collected(errors: list[InputError]) -> Iterator[None]:
    """Bad input met in this block is put into a list, so that more can be looked for before anything is raised."""
    try:
        yield
    except InputError as error:
        errors.append(error)


def _for_each(scenarios: Mapping[str, Loaded[Scenario]], make: Callable[[Scenario, Tables], T]) -> dict[str, T]:
    made: dict[str, T] = {}
    errors: list[InputError] = []
    by_data: dict[str, Tables] = {}
    tables: dict[str, Tables] = {}
    for name, loaded in scenarios.items():
        try:
            key = repr(loaded.model.data)
            if key not in by_data:
                by_data[key] = read_tables(loaded.model.data)
            tables[name] = by_data[key]
            made[name] = make(loaded.model, by_data[key])
        except InputError as error:
            errors.append(ConfigError(placed(problem, loaded.where) for problem in error.problems))
    strangers = list(_strangers(scenarios, tables))
    if errors or strangers:
        raise ConfigError.merge([*errors, ConfigError(strangers)])
    return made


def _strangers(scenarios: Mapping[str, Loaded[Scenario]], tables: Mapping[str, Tables]) -> Iterator[Problem]:
    """A problem for each scenario whose people live elsewhere than those of the first: nothing could be compared."""
    for name, found in tables.items():
        first = next(iter(tables))
        here, there = ((t.regencies.code, t.districts.code) for t in (found, tables[first]))
        if here != there:
            own, other = (shown(t.districts.file) for t in (found, tables[first]))
            yield placed(
                Problem(
                    f"{name} has other districts ({own}) than {first} ({other}), so they cannot be compared",
                    path="data.districts",
                    allowed="the same regencies and districts, in the same order, in every scenario of an experiment",
                ),
                scenarios[name].where,
            )
