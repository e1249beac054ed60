"""What a run writes: tables, figures, findings, the page, assumptions and the manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.config.show import effective_yaml
from sim.errors import ProgramError, SimError
from sim.experiment.crews import WorkerError
from sim.experiment.flows import FLOWS, flow_table
from sim.experiment.keys import code_version
from sim.experiment.sealed import told
from sim.experiment.store import Name, Store
from sim.experiment.summarise import comparisons, summary
from sim.keeping.cited import cited_table
from sim.keeping.crate import MEASURES, write_crate
from sim.keeping.folder import (
    CITED,
    CONFIGURATION,
    CRATE,
    FIGURES,
    FINDINGS,
    JOURNEYS,
    MANIFEST,
    PAGE,
    PLANS,
    REPLICATIONS,
    WORKBOOKS,
    Staging,
)
from sim.keeping.manifest import figure_digests, manifest_text
from sim.keeping.plan_files import pack_plans
from sim.keeping.table_file import write_parquet
from sim.keeping.targets import FITTED_INPUTS, against_targets
from sim.report.evidence import gather
from sim.report.making import Report, Source, making
from sim.report.told import Told, read_side_tables
from sim.running.manifest import assumptions, manifest

if TYPE_CHECKING:
    from sim.running.job import Job
    from sim.running.run import Results


Stage = Callable[[str, int, int], None]
"""Told what is being written, how many of the steps before it are done, and of how many."""


def write_results(
    job: Job,
    results: Results,
    store: Store,
    staging: Staging,
    stage: Stage = lambda name, done, steps: None,
) -> SimError | None:
    """Write the complete replications: all files, or none.

    Files of an earlier run in the folder are replaced; those that this run does not write are removed, so that all that
    is there belongs together.

    Returns:
        What hindered the tables, the figures or the findings, where something else could be written.

    Raises:
        OutputError: the results cannot be written.
    """
    source = Source(staging.new, staging.folder, *job.told_about, job.experiment.model.confidence)
    with told(job.folder.path):
        stage("tables", 0, 3)
        with told(job.folder.path / REPLICATIONS):
            write_parquet(results.replications, staging.path(REPLICATIONS))
        staging.write("assumptions.csv", assumptions(job))
        staging.write(PLANS, pack_plans(job.plans, job.adds, job.additions))
        # A second process only for the page, and not where workers have just died, perhaps for want of memory.
        workers = job.workers if job.page and results.failure is None else 1
        with making(source, staging.new, job.language, workers) as report:
            untold = _write_all(job, results, store, staging, report, stage)
        # A second process may have been writing one of them until now.
        if untold is not None:
            for name in (PAGE, *WORKBOOKS.values()):
                (staging.new / name).unlink(missing_ok=True)
        if job.crate:
            write_crate(staging)
        staging.commit()
    return untold


def _write_all(
    job: Job, results: Results, store: Store, staging: Staging, report: Report, stage: Stage
) -> SimError | None:
    """Write all that is made from the replications and plans; returns what hindered any of it."""
    untold = _fault("tables could not be made", "replications", lambda: _tables(job, results, staging))
    if job.keep_journeys:
        _copy_journeys(job, results, store, staging)
    about = manifest(job, results, staging)
    stage("figures", 1, 3)
    undrawn = _fault("figures could not be drawn", "tables", lambda: _draw(job, results, about, staging, report))
    if undrawn is not None:
        shutil.rmtree(staging.new / FIGURES, ignore_errors=True)
        (staging.new / FINDINGS).unlink(missing_ok=True)
    about |= {"figures": figure_digests(staging.new)}
    if job.crate and (added := _write_configuration(job, staging)):
        about |= {"crate": added}
    staging.write(MANIFEST, manifest_text(about))
    untold = untold or undrawn
    if untold is None and job.page:
        stage("page", 2, 3)
        untold = _fault("page could not be made", "tables and figures", lambda: report.write_pages(about))
    return untold


def _fault(what: str, kept: str, make: Callable[[], None]) -> SimError | None:
    """What went wrong in making something. Hours of simulation are not lost to it: it is returned, not raised."""
    try:
        make()
    except OSError:
        raise
    except WorkerError as error:
        return SimError(f"the {what}, the {kept} are written: {error}")
    except Exception as error:
        fault = ProgramError(
            f"the {what}, a fault of this program ({type(error).__name__}: {error}); the {kept} are written"
        )
        fault.__cause__ = error
        return fault
    return None


def _tables(job: Job, results: Results, staging: Staging) -> None:
    """The tables that are made from the replications."""

    model, rows, names = job.experiment.model, results.replications, list(job.plans)
    staging.write("access.csv", _csv(_access(job)))
    table = summary(rows, model.confidence, names)
    staging.write("summary.csv", _csv(table))
    compared = comparisons(rows, model.baseline, model.confidence, names, together=True)
    staging.write("comparisons.csv", _csv(compared))
    staging.write(FLOWS, _csv(flow_table(rows, model.confidence, names)))
    goals = job.asked.stopping.table(rows)
    if len(goals):
        staging.write("precision.csv", _csv(goals))
    if results.sensitivity is not None:
        for name, found in results.sensitivity.tables.items():
            staging.write(name, _csv(found))
    if model.factorial is not None:
        from sim.experiment.quantities import province_rows
        from sim.stats.factorial import QUANTITIES, factorial

        design, few = model.factorial, province_rows(rows, QUANTITIES)
        staging.write("factorial.csv", _csv(factorial(few, design.factor, design.cells, model.confidence)))
    if job.targets is not None:
        beside = against_targets(job.targets, table, model.confidence)
        if model.both_engines:
            beside["both_engines"] = beside["scenario"].map(results.audited).fillna(0).astype(int)
        if model.calibration is not None:
            beside[FITTED_INPUTS] = len(model.calibration.inputs)
        staging.write("targets.csv", _csv(beside))
    if job.cited:
        staging.write(CITED, _csv(cited_table(job.cited, code_version(job.engine))))


def _access(job: Job) -> Any:
    """What each scenario offers within reach of each district: computed from plans, once."""
    import pandas as pd

    from sim.measures.reach import access_columns
    from sim.preparing.road_ranges import at_road_ends

    model = job.experiment.model
    about = (model.travel_minutes, model.catchment_zones)
    parts = [
        access_columns(name, plan, *about, at_road_ends(job.scenarios[name], plan)) for name, plan in job.plans.items()
    ]
    return pd.concat([pd.DataFrame(columns) for columns in parts])


def _draw(job: Job, results: Results, about: Mapping[str, Any], staging: Staging, report: Report) -> None:
    """Gather what is told of the results, be it on the terminal alone; figures and findings, where they are wanted."""
    baseline, main = job.told_about
    confidence = job.experiment.model.confidence
    results.evidence = gather(results.replications, job.plans, baseline, main, confidence, job.adds, job.additions)
    if job.report:
        report.draw(Told(results.evidence, about, read_side_tables(staging.new)))


def _write_configuration(job: Job, staging: Staging) -> list[str]:
    """Write what was run, and return the names of all files that a crate adds to the results."""
    written = {f"{CONFIGURATION}/experiment.yaml": effective_yaml(job.experiment)}
    written |= {f"{CONFIGURATION}/{name}.yaml": effective_yaml(loaded) for name, loaded in job.scenarios.items()}
    written |= {f"{CONFIGURATION}/{name}": source for name, source in _own_sources(job).items()}
    for name, text in written.items():
        staging.write(name, text)
    return [*written, CRATE]


def _own_sources(job: Job) -> dict[str, str]:
    """The files of the project's own measures, as they were run, by the names that they have in a crate."""
    names = job.experiment.model.measures
    return {f"{MEASURES}/{name}.py": one.source for name, one in zip(names, job.own, strict=True)}


def _copy_journeys(job: Job, results: Results, store: Store, staging: Staging) -> None:
    """The journeys of complete replications, from the store: the same file under two names where the disk allows."""
    from sim.experiment.journey_files import journeys_file

    work = job.work()
    folder = staging.new / JOURNEYS
    folder.mkdir(parents=True, exist_ok=True)
    for replication in results.complete:
        for scenario in job.plans:
            stored = store.journeys_path(Name(scenario, replication, work.key(scenario, replication)))
            target = folder / journeys_file(scenario, replication)
            try:
                os.link(stored, target)
            except OSError:
                shutil.copyfile(stored, target)


def _csv(frame: Any) -> bytes:
    text: str = frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text.encode()
