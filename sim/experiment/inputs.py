"""Uncertain inputs: every value of the scenarios that has a range, and the scenarios with other values of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from sim.config.rejection import nearest_name
from sim.config.schema import Scenario
from sim.config.validation import replaced
from sim.errors import InputError, Problem
from sim.plan import Plan
from sim.province.tables import Tables, read_tables

Floats = NDArray[np.float64]
RANGED = (
    "a value with a range; so far none has one. Give it one where it stands, in the scenario or in what it extends, "
    "as `day_cv: {value: 0.2, range: [0.1, 0.4], basis: assumption}`"
)


@dataclass(frozen=True)
class Input:
    """A value that may be anything in its range."""

    path: str
    by_scenario: Mapping[str, Provenance]
    """Scenarios that have it, each with its range; where one sets a value of its own without a range, it stays."""

    def value(self, scenario: str, share: float) -> Any:
        """The value of a scenario at a share of the way through its range."""
        known = self.by_scenario[scenario]
        return known.value if known.range is None else known.range.at(share, known.value)

    def shown(self, share: float) -> str:
        """The value, of the first scenario that has it; where a handle moves it, what that does."""
        known = next(iter(self.by_scenario.values()))
        return str(known.value) if known.range is None else known.range.told(share, known.value)

    def realised(self, share: float) -> float:
        """How far through its range the value lies that a share stands for: whole numbers are rounded."""
        known = next(iter(self.by_scenario.values()))
        return share if known.range is None else known.range.realised(share, known.value)


def ranged_inputs(scenarios: Mapping[str, Loaded[Scenario]]) -> dict[str, Input]:
    """Every input that has a range in some scenario, by path."""
    found: dict[str, dict[str, Provenance]] = {}
    for name, loaded in scenarios.items():
        for path, known in loaded.provenance.items():
            if known.range is not None and known.range.low != known.range.high:
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
        return [], [Problem(f"no value in {among} has a range", path=at, allowed=RANGED)]
    problems = []
    for place, path in enumerate(asked):
        if path not in known:
            near = nearest_name(path, known)
            some = ", ".join(list(known)[:MOST_NAMES])
            allowed = f"a value with a range: {some}{' ...' if len(known) > MOST_NAMES else ''}" if known else RANGED
            allowed = "" if near else allowed
            what = f"no value with a range stands at {path!r} in {among}"
            problems.append(Problem(what, path=f"{at}[{place}]", allowed=allowed, nearest=near))
    return [known[path] for path in dict.fromkeys(asked) if path in known], problems


class UnfitPointError(InputError):
    """The configuration refuses a combination of values."""


@dataclass(frozen=True)
class Variations:
    """Makes plans of scenarios with other values of some inputs, wherever it is sent: it needs no file but samples."""

    trees: Mapping[str, Any]
    """The effective configuration of each scenario, with absolute names of files."""
    digests: Mapping[str, str]
    """Of each configuration and of what its files hold."""
    inputs: Sequence[Input]
    tables: Mapping[str, Tables]
    """By what the configuration says under `data`."""

    @classmethod
    def of(cls, scenarios: Mapping[str, Loaded[Scenario]], inputs: Sequence[Input]) -> Variations:
        """Those of loaded scenarios; their tables are read here.

        Raises:
            DataError: what is wrong with a table.
        """
        tables: dict[str, Tables] = {}
        for loaded in scenarios.values():
            key = repr(loaded.model.data)
            if key not in tables:
                tables[key] = read_tables(loaded.model.data)
        trees = {
            name: with_files(loaded.tree, {parse_path(path): str(file) for path, file in loaded.files.items()})
            for name, loaded in scenarios.items()
        }
        return cls(trees, {name: loaded.digest for name, loaded in scenarios.items()}, tuple(inputs), tables)

    def values(self, shares: Floats) -> dict[str, dict[str, Any]]:
        """The value of each input at a point, by scenario and path.

        Args:
            shares: ``[inputs]``: how far through its range each input is; NaN where it stays as it stands.
        """
        found: dict[str, dict[str, Any]] = {name: {} for name in self.trees}
        for one, share in zip(self.inputs, shares.tolist(), strict=True):
            for name in found if not math.isnan(share) else ():
                if name in one.by_scenario:
                    found[name][one.path] = one.value(name, share)
        return found

    def plans(self, shares: Floats) -> dict[str, Plan]:
        """The plan of each scenario at a point, as :meth:`values`.

        Raises:
            UnfitPointError: a scenario cannot have these values; it says why.
        """
        return {name: self.plan(name, values) for name, values in self.values(shares).items()}

    def plan(self, name: str, values: Mapping[str, Any]) -> Plan:
        """The plan of a scenario with other values, by their paths, which must stand in its configuration.

        Raises:
            UnfitPointError: the scenario cannot have these values; it says why.
        """
        tree: Any = self.trees[name]
        for path, value in values.items():
            tree = replaced(tree, parse_path(path), value)
        try:
            model = Scenario.model_validate(tree)
            tables = self.tables.get(repr(model.data)) or read_tables(model.data)
            return build_plan(model, tables)
        except ValidationError as error:
            raise UnfitPointError(problems_of(error, (), Scenario, {})) from error
        except InputError as error:
            raise UnfitPointError(error.problems) from error
