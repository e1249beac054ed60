"""A cell: one scenario in one replication by one engine, from draws to rows of measures. This is what a worker does."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from sim import engines
from sim.drawing import draw
from sim.draws import Draws
from sim.experiment.keys import cell_key, code_version, digest, plan_digest
from sim.experiment.packing import pack_people, pack_rows
from sim.journeys import Journeys
from sim.measures.all import measure
from sim.measures.check import check_identities
from sim.measures.gains import gains
from sim.measures.lines import check_lines
from sim.measures.outcomes import Outcomes, same_people
from sim.measures.own import OwnMeasure
from sim.measures.rows import Rows, Wanted
from sim.plan import Plan
from sim.randomness import Source


@dataclass(frozen=True)
class Work:
    """What every worker knows: the plans, and what to do with them."""

    plans: Mapping[str, Plan]
    seed: int
    travel_minutes: tuple[int, ...]
    baseline: str | None = None
    engine: str = engines.DEFAULT
    keep_journeys: bool = False
    audit: bool = True
    """Whether the first replication of each scenario is held against the SimPy model."""
    both_engines: int = 0
    """Replications that go whole through both engines."""
    own: tuple[OwnMeasure, ...] = ()
    """Measures beside the built-in ones."""
    wanted: Wanted | None = None
    """The built-in measures to take; all when absent, as they are for what is stored."""

    @functools.cached_property
    def plan_digests(self) -> dict[str, str]:
        """A digest of each plan."""
        return {name: plan_digest(plan) for name, plan in self.plans.items()}

    def key(self, scenario: str, replication: int) -> str:
        """The key of a cell: the same only where all that it depends on is."""
        plan = self.plan_digests[scenario]
        code = code_version(self.engine)
        if self.own:
            code = digest(code.encode(), *(one.source.encode() for one in self.own))
        if self.goes_whole(replication):
            code = digest(code.encode(), b"both engines")
        return cell_key(plan, code, self.seed, replication, self.engine, self.travel_minutes)

    def goes_whole(self, replication: int) -> bool:
        """Whether all people of a replication go through both engines."""
        return self.engine != "simpy" and self.audit and replication < self.both_engines

    def run(self, scenario: str, replication: int) -> Cell:
        """One cell, in whatever process this is."""
        return run_cell(self, scenario, replication)


@dataclass(frozen=True)
class Cell:
    """The result of one cell, packed (:mod:`sim.experiment.packing`)."""

    scenario: str
    replication: int
    rows: bytes
    people: bytes | None
    """What gains need of each applicant; None where nothing is compared."""
    journeys: bytes | None = None
    """Parquet, where journeys are kept."""
    audited: int = 0
    """Applicants who went through the SimPy model too, with equal journeys."""


def simulate(work: Work, scenario: str, replication: int) -> tuple[Draws, Journeys, Rows, Outcomes]:
    """Draw, simulate, check and measure one scenario in one replication."""
    plan = work.plans[scenario]
    draws, journeys = play(plan, work.seed, replication, work.engine)
    rows, outcomes = measure(plan, draws, journeys, work.travel_minutes, work.wanted)
    for own in work.own:
        own.add_to(rows, plan, draws, journeys, outcomes)
    return draws, journeys, rows, outcomes


def play(plan: Plan, seed: int, replication: int, engine: str) -> tuple[Draws, Journeys]:
    """Draw and simulate one replication of a plan, and check that the model's identities hold."""
    draws = draw(plan, Source(seed, replication))
    journeys = engines.run(engine, plan, draws)
    check_identities(plan, draws, journeys)
    return draws, journeys


def measured_rows(work: Work, replication: int) -> dict[str, Rows]:
    """The rows of every scenario in a replication, with its gains where it met the people of the baseline."""
    found = {name: simulate(work, name, replication)[2:] for name in work.plans}
    for name, (rows, outcomes) in found.items():
        if work.baseline is not None and name != work.baseline:
            before = found[work.baseline][1]
            if same_people(before, outcomes):
                rows.extend(gains(work.plans[name], before, outcomes, work.wanted))
    return {name: rows for name, (rows, _) in found.items()}


def run_cell(work: Work, scenario: str, replication: int) -> Cell:
    """One cell, ready to be sent and stored; the first of a scenario is audited.

    Raises:
        AuditError: the engine differs from the SimPy model.
    """
    draws, journeys, rows, outcomes = simulate(work, scenario, replication)
    people = kept = None
    audited = 0
    if replication == 0:
        check_lines(work.plans[scenario], journeys)
    whole = work.goes_whole(replication)
    if whole or (work.engine != "simpy" and replication == 0 and work.audit):
        from sim.engines.audit import audit, stretch

        plan = work.plans[scenario]
        audited = audit(plan, draws if whole else stretch(plan, draws)).applicants
    if work.baseline is not None:
        # Those of the baseline are stored; the others are needed for a moment only.
        people = pack_people(outcomes, compressed=scenario == work.baseline)
    if work.keep_journeys:
        from sim.experiment.journey_files import pack_journeys

        kept = pack_journeys(work.plans[scenario], draws, journeys, outcomes)
    return Cell(scenario, replication, pack_rows(rows), people, kept, audited)
