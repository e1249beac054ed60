"""The numbers that an experiment asks for by name: its goals of precision, and the conclusions to be tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.config.problems import placed
from sim.config.texts import Language
from sim.errors import ConfigError, Problem
from sim.experiment.inputs import Input, chosen_inputs
from sim.experiment.precision import Stopping
from sim.experiment.quantities import Key, Quantity, measured, selected

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.config.schema import Experiment, Scenario
    from sim.plan import Plan

POINT_COLUMNS = ("stage", "point", "path", "problem")
"""In sensitivity_points.csv, beside those of inputs and those of each conclusion: its name, and that with `_holds`."""


@dataclass(frozen=True)
class Conclusion:
    """Something a decision hangs on: a number, or which of several scenarios has the best one."""

    name: str
    title: Mapping[Language, str]
    """In plain words, by language; empty where its author gave none."""
    quantities: tuple[Quantity, ...]
    """One; or one for each scenario of which the best is sought."""
    above: float | None
    below: float | None
    largest: bool
    """Of several: whether the largest is the best."""

    @property
    def scenarios(self) -> set[str]:
        """The scenarios that it is about, a baseline too."""
        return {name for q in self.quantities for name in (q.scenario, q.baseline) if name is not None}


@dataclass(frozen=True)
class Asked:
    """All that an experiment asks for by name, known to be measured."""

    stopping: Stopping
    conclusions: tuple[Conclusion, ...] = ()
    inputs: tuple[Input, ...] = ()
    """Values with a range, under which the conclusions are to be tested."""


def asked_of(
    experiment: Loaded[Experiment], scenarios: Mapping[str, Loaded[Scenario]], plans: Mapping[str, Plan]
) -> Asked:
    """Find what an experiment asks for among what it will measure.

    Raises:
        ConfigError: every quantity that will not be measured and every input without a range, at file, line and key.
    """
    model = experiment.model
    section = model.sensitivity
    known = measured(plans, model) if model.replications.precision or section is not None else []
    stopping, problems = Stopping.rule(model.replications, known, model.baseline, model.confidence)
    conclusions: list[Conclusion] = []
    inputs: list[Input] = []
    if section is not None:
        conclusions = _conclusions(experiment, known, problems)
        involved = {name for one in conclusions for name in one.scenarios}
        inputs, unknown = chosen_inputs({n: s for n, s in scenarios.items() if n in involved}, section.inputs)
        # With a conclusion that cannot be read it is not known which scenarios there are to look in.
        problems += unknown if not problems else []
        problems += _taken(conclusions, inputs)
    if problems:
        raise ConfigError(placed(problem, experiment.where) for problem in problems)
    return Asked(stopping, tuple(conclusions), tuple(inputs))


def _taken(conclusions: Sequence[Conclusion], inputs: Sequence[Input]) -> Iterator[Problem]:
    """A problem for each conclusion whose name another column of the table of points has."""
    others = [*POINT_COLUMNS, *(f"{one.name}_holds" for one in conclusions), *(one.path for one in inputs)]
    allowed = f"a name other than {', '.join(POINT_COLUMNS)}, an input's, and another conclusion's with _holds after it"
    for name in (one.name for one in conclusions if one.name in others):
        what = f"{name!r} is another column of sensitivity_points.csv"
        yield Problem(what, path=f"sensitivity.conclusions.{name}", allowed=allowed)


def _conclusions(experiment: Loaded[Experiment], known: Sequence[Key], problems: list[Problem]) -> list[Conclusion]:
    model = experiment.model
    found = []
    for name, asked in (model.sensitivity.conclusions if model.sensitivity else {}).items():
        path = f"sensitivity.conclusions.{name}"
        quantities: list[Quantity] = []
        for scenario in asked.best_of or (None,):
            some, problem = selected(asked, path, known, model.baseline, scenario)
            if problem is None and len(some) > 1:
                units = ", ".join(quantity.unit for quantity in some[:5])
                problem = Problem(f"is about {len(some)} units ({units}, ...)", path=path, allowed="one unit: name it")
            if problem is not None:
                problems.append(problem)
            quantities += some
        found.append(
            Conclusion(
                name, dict(asked.title or {}), tuple(quantities), asked.above, asked.below, asked.goal == "largest"
            )
        )
    return found
