"""A scenario in hand and a run of it: what the Python interface gives to those who look at applicants."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.arguments import a_number, in_python, one_of, refuse, reworded
from sim.errors import InputError
from sim.limits import SEEDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import schema
    from sim.config.loader import Loaded
    from sim.draws import Draws
    from sim.journeys import Journeys
    from sim.measures.outcomes import Outcomes
    from sim.plan import Plan

ALL_SEEDS = "a whole number, 0 to 2**63 - 1"
LOG = logging.getLogger("sim")
"""Told what a person who waits should know, as a warning: Python shows those where nobody has set up logging."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """A valid scenario; made by :func:`sim.load`."""

    name: str
    """What tables call it."""
    loaded: Loaded[schema.Scenario]
    """The configuration (``.loaded.model``), and where each of its values comes from."""

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, {str(self.loaded.path)!r})"

    @property
    def plan(self) -> Plan:
        """All about it that is not random, as arrays (sites, sessions, travel times).

        What is in ``warnings`` goes to the log ``sim`` once, when the plan is made.

        Raises:
            InputError: the data tables do not fit the scenario, or its rules do not fit each other.
        """
        return self._made[0]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What can be run but is hardly meant, such as more slots than counters can serve, each with file and line:
        what ``run_sim.py check`` warns of. The plan is made if it has not been.

        Raises:
            InputError: as ``plan``.
        """
        return self._made[1]

    @functools.cached_property
    def _made(self) -> tuple[Plan, tuple[str, ...]]:
        return _made_of(self)

    def show(self) -> str:
        """The effective configuration as YAML, with where each value comes from."""
        from sim.config.show import effective_yaml

        return effective_yaml(self.loaded)

    def districts(self) -> pd.DataFrame:
        """One row a district: ``district`` (its code), ``name``, ``regency``, ``regency_name``, ``lat``, ``lon``,
        ``population``.
        """
        import pandas as pd

        of, regencies = self.plan.districts, self.plan.regencies
        return pd.DataFrame(
            {
                "district": of.code,
                "name": of.name,
                "regency": [regencies.code[row] for row in of.regency],
                "regency_name": [regencies.name[row] for row in of.regency],
                "lat": of.lat,
                "lon": of.lon,
                "population": of.population,
            }
        )

    def sites(self) -> pd.DataFrame:
        """One row a place where one can apply: ``site`` (its id), ``name``, ``kind``, ``programme``, ``lat``, ``lon``,
        and ``sessions`` and ``slots`` over the whole simulated time.
        """
        import numpy as np
        import pandas as pd

        of, sessions = self.plan.sites, self.plan.sessions
        n = len(of.id)
        return pd.DataFrame(
            {
                "site": of.id,
                "name": of.name,
                "kind": of.kind,
                "programme": of.programme,
                "lat": of.lat,
                "lon": of.lon,
                "sessions": np.bincount(sessions.site, minlength=n),
                "slots": np.bincount(sessions.site, sessions.quota.sum(axis=1), minlength=n).astype(np.int64),
            }
        )

    @in_python
    def simulate(self, *, seed: int = 1, replication: int = 0, engine: str | None = None) -> Run:
        """Simulate it once.

        The same seed and replication are the same people with the same chance in every scenario of a province, so two
        runs differ by what was changed and by nothing else.

        Args:
            seed: of all random numbers, 0 to 2**63 - 1.
            replication: 0, 1, 2 ...: as many independent repetitions as you like.
            engine: ``compiled`` (the default) or ``simpy``, the readable model: the same journeys, much more slowly.

        Raises:
            InputError: the scenario's tables do not fit it, or an argument is none of those allowed.
        """
        from sim.experiment.cells import play
        from sim.experiment.compiling import compile_once

        seed = a_number("seed", seed, 0, SEEDS - 1, ALL_SEEDS)
        replication = a_number("replication", replication, 0)
        chosen = chosen_engine(engine)
        compile_once(chosen, self.plan, LOG.warning)
        return Run(self, seed, replication, *play(self.plan, seed, replication, chosen))


@dataclass(frozen=True, eq=False)
class Run:
    """One replication of a scenario; made by :meth:`Scenario.simulate`."""

    scenario: Scenario
    seed: int
    replication: int
    draws: Draws
    """Every random number that was used, by party or by applicant (:mod:`sim.draws`)."""
    raw: Journeys
    """What the engine gives back, as arrays."""

    def __repr__(self) -> str:
        people = f"{self.raw.applicants} applicants"
        return f"Run({self.scenario.name!r}, seed={self.seed}, replication={self.replication}, {people})"

    @property
    def origin(self) -> dt.date:
        """The first simulated day; columns in ``_ms`` that are moments count from its midnight."""
        return self.scenario.plan.origin

    @functools.cached_property
    def outcomes(self) -> Outcomes:
        """What each applicant spent and got, as arrays."""
        from sim.measures.applicants import outcomes

        return outcomes(self.scenario.plan, self.draws, self.raw)

    def journeys(self) -> pd.DataFrame:
        """One row an applicant, in the order of the draws.

        The columns of a file of ``--keep-journeys``: who, the columns of :mod:`sim.journeys` (sites, districts and the
        like by id, fates in words), and those of :class:`sim.measures.outcomes.Outcomes`: whether ``counted``,
        ``served``, ``deterred`` ..., and ``wait_minutes``, ``lead_days``, ``travel_hours``, ``cost_rupiah`` ... Units
        stand in the names; what never was is missing (NaN). Moments in ``_ms`` count from midnight of
        ``frame.attrs["origin"]``.
        """
        from sim.experiment.journey_files import journeys_frame, journeys_table

        return journeys_frame(journeys_table(self.scenario.plan, self.draws, self.raw, self.outcomes))

    @in_python
    def measures(self, *, baseline: Run | None = None, travel_minutes: Iterable[int] | None = None) -> pd.DataFrame:
        """All measures, tidy: scenario, replication, measure, level, unit, statistic, value.

        Args:
            baseline: another scenario's run with the same seed and replication: adds what each person saves against
                it (``travel_hours_saved``, ``now_apply`` ...).
            travel_minutes: minutes one way; each gives a measure ``coverage_<minutes>_min``, and none where the list
                is empty. Those of an experiment that names none when absent: 30, 60, 90, 120, 180.

        Raises:
            InputError: the baseline's run has other people, so nobody can be compared with themselves.
        """
        from sim.config.schema import TRAVEL_MINUTES
        from sim.experiment.packing import pack_rows
        from sim.experiment.store import Record, parts_of
        from sim.experiment.table import Table
        from sim.measures.all import measure

        if baseline is not None and not isinstance(baseline, Run):
            raise refuse("baseline", baseline, "another scenario's Run, made by its simulate()")
        minutes = TRAVEL_MINUTES if travel_minutes is None else _minutes(travel_minutes)
        plan = self.scenario.plan
        rows, _ = measure(plan, self.draws, self.raw, tuple(dict.fromkeys(minutes)))
        table = Table()
        saved = None if baseline is None else self._gains(baseline)
        table.add(self.scenario.name, self.replication, *parts_of(Record(pack_rows(rows), saved)))
        return table.frame()

    def _gains(self, baseline: Run) -> bytes:
        from sim.experiment.packing import pack_rows
        from sim.measures.gains import gains
        from sim.measures.outcomes import same_people

        if not same_people(baseline.outcomes, self.outcomes):
            raise InputError(
                f"{baseline!r} and {self!r} have other people, so nobody can be compared with themselves: "
                "simulate both with the same seed and replication, and the same need"
            )
        return pack_rows(gains(self.scenario.plan, baseline.outcomes, self.outcomes))


@in_python
def _made_of(scenario: Scenario) -> tuple[Plan, tuple[str, ...]]:
    """The plan of a scenario and what is to be warned of, which is told."""
    from sim.preparing.plans import build_one
    from sim.preparing.warned import doubts

    plan, outline = build_one(scenario.loaded, scenario.name)
    warnings = tuple(str(reworded(problem)) for problem in doubts(scenario.loaded, outline))
    for warning in warnings:
        LOG.warning("%s: %s", scenario.name, warning)
    return plan, warnings


def _minutes(asked: Iterable[int]) -> list[int]:
    """Thresholds of coverage.

    Raises:
        InputError: they are no whole numbers above 0.
    """
    if not isinstance(asked, Iterable) or isinstance(asked, str | bytes):
        raise refuse("travel_minutes", asked, "whole numbers of minutes, such as [60, 120]")
    return [a_number("travel_minutes", minutes, 1) for minutes in asked]


def chosen_engine(asked: str | None) -> str:
    """The engine to use; whoever asked for none is told where it is not the default.

    Raises:
        InputError: there is none of that name, or it cannot be used here.
    """
    from sim.engines import ENGINES, usable

    if asked is not None:
        one_of("engine", asked, ENGINES)
    engine, told = usable(asked)
    if told:
        LOG.warning(told)
    return engine
