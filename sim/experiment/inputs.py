"""Uncertain inputs: every value of the scenarios that has a range, and the scenarios with other values of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.build import build_plan
from sim.config.checks import MOST_NAMES
from sim.config.data_files import with_files
from sim.config.key_paths import parse_path
from sim.config.loader import Loaded
from sim.config.problems import problems_of
from sim.config.provenance import Provenance
from sim.config.ranges import between
from sim.config.rejection import nearest_name
from sim.config.schema import Scenario
from sim.config.validation import replaced
from sim.errors import InputError, Problem
from sim.plan import Plan
from sim.province.tables import Tables, read_tables

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """A value that may be anything in its range."""

    path: str
    by_scenario: Mapping[str, Provenance]
    """Scenarios that have it, each with its range; where one sets a value of its own without a range, it stays."""

    def value(self, scenario: str, share: float) -> Any:
        """The value of a scenario at a share of the way through its range."""
        known = self.by_scenario[scenario]
        low, high = known.range if known.range is not None else (known.value, known.value)
        return between(low, high, share, known.value)

    def shown(self, share: float) -> str:
        """The value, of the first scenario that has it."""
        return str(self.value(next(iter(self.by_scenario)), share))


def ranged_inputs(scenarios: Mapping[str, Loaded[Scenario]]) -> dict[str, Input]:
    """Every input that has a range in some scenario, by path."""
    found: dict[str, dict[str, Provenance]] = {}
    for name, loaded in scenarios.items():
        for path, known in loaded.provenance.items():
            if known.range is not None and known.range[0] != known.range[1]:
                found.setdefault(path, {})[name] = known
    return {path: Input(path, by_scenario) for path, by_scenario in found.items()}


def chosen_inputs(
    scenarios: Mapping[str, Loaded[Scenario]],
    asked: str | Sequence[str],
    at: str = "sensitivity.inputs",
    among: str = "any scenario that a conclusion is about",
) -> tuple[list[Input], list[Problem]]:
    """The inputs that an experiment names at a key, or all, and a problem for each that has no range."""
    known = ranged_inputs(scenarios)
    if isinstance(asked, str):
        if known:
            return list(known.values()), []
        return [], [
            Problem("no value of the scenarios that the conclusions are about has a range", path="sensitivity.inputs")
        ]
    problems = []
    for place, path in enumerate(asked):
        if path not in known:
            near = nearest_name(path, known)
            some = ", ".join(list(known)[:MOST_NAMES])
            allowed = "" if near else f"a value with a range: {some}{' ...' if len(known) > MOST_NAMES else ''}"
            what = f"no value with a range stands at {path!r} in {among}"
            problems.append(Problem(what, path=f"{at}[{place}]", allowed=allowed, nearest=near))
    return [known[path] for path in dict.fromkeys(asked) if path in known], problems


class UnfitPointError(InputError):
    """The configuration refuses a combination of values."""


@dataclass
class Variations:
    """Makes plans of scenarios with other values of some inputs."""

    scenarios: Mapping[str, Loaded[Scenario]]
    inputs: Sequence[Input]
    _tables: dict[str, Tables] = field(default_factory=dict)

    def plans(self, shares: Floats) -> dict[str, Plan]:
        """The plan of each scenario at a point.

        Args:
            shares: ``[inputs]``: how far through its range each input is.

        Raises:
            UnfitPointError: a scenario cannot have these values; it says why.
        """
        return {name: self._plan(name, loaded, shares) for name, loaded in self.scenarios.items()}

    def _plan(self, name: str, loaded: Loaded[Scenario], shares: Floats) -> Plan:
        tree: Any = loaded.tree
        for one, share in zip(self.inputs, shares.tolist(), strict=True):
            if name in one.by_scenario:
                tree = replaced(tree, parse_path(one.path), one.value(name, share))
        tree = with_files(tree, {parse_path(path): str(file) for path, file in loaded.files.items()})
        try:
            model = Scenario.model_validate(tree)
            key = repr(model.data)
            if key not in self._tables:
                self._tables[key] = read_tables(model.data)
            return build_plan(model, self._tables[key])
        except ValidationError as error:
            raise UnfitPointError(problems_of(error, (), Scenario, {})) from error
        except InputError as error:
            raise UnfitPointError(error.problems) from error
