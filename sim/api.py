"""The Python interface: a scenario from its file, a run of it, an experiment, and tables with intervals.

It does what the command line does, by the same code: the same numbers, the same errors with the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.arguments import (
    a_confidence,
    a_flag,
    a_number,
    a_path,
    a_text,
    an_end,
    in_python,
    measured_rows,
    one_of,
    raised_as_it_is,
    refuse,
    the_changes,
)
from sim.errors import InputError
from sim.limits import FEWEST_ALTERNATIVES, FEWEST_REPLICATIONS, FEWEST_TRIES, MOST_REPLICATIONS, MOST_TRIES, SEEDS
from sim.runs import ALL_SEEDS, LOG, Run, Scenario, chosen_engine

if TYPE_CHECKING:
    import pandas as pd

    from sim.stored import Results
    from sim.trying.how import Found, How

__all__ = ["Run", "Scenario", "compare", "load", "rank", "run", "summarise", "sweep"]

Changes = Mapping[str, object] | Iterable[str]
"""Values to change: ``{"need.day_cv": 0.3}``, or ``["need.day_cv=0.3"]`` as after ``--set``."""

ENOUGH = f"a whole number, {FEWEST_REPLICATIONS} or more, for an interval, and at most {MOST_REPLICATIONS:,}"


@in_python
def load(path: str | Path, set: Changes = (), *, name: str | None = None) -> Scenario:
    """Read a scenario and all that it builds on.

    Args:
        path: the scenario's YAML file.
        set: values to change, after all inheritance; paths are those of error messages. A map replaces the whole of
            what stood there, where the same in a file that extends would be merged with it: to change one slot of a
            quota, say ``{"sites.ukk_oku.sessions.weekdays.quota.ordinary": 30}``.
        name: what tables call it, such as ``"quota 30"``; the name in the file when absent.

    Raises:
        InputError: everything that is wrong with its files, each with file, line and key.
    """
    from sim.building.loading import load_scenario
    from sim.config.inheritance import FileCache
    from sim.config.loader import require_scenario

    file, files = a_path("path", path, "a scenario's YAML file"), FileCache()
    if name is not None:
        a_text("name", name, "a text, which tables call the scenario")
    changes = the_changes(set)
    require_scenario(file, files)
    loaded = load_scenario(file, changes, files=files)
    return Scenario(name or loaded.model.name, loaded)


@in_python
def run(
    experiment: str | Path,
    *,
    out: str | Path | None = None,
    set: Changes = (),
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    workers: int = 1,
    cluster: str | None = None,
    keep_journeys: bool = False,
    fresh: bool = False,
    report: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Run an experiment as ``run_sim.py run`` does, and return what it has written; what is stored is not run again.

    Args:
        experiment: the experiment's YAML file.
        out: folder for the results; ``results/<name>`` when absent.
        set: values to change, in the experiment or in every scenario.
        replications: instead of the experiment's number; two at least.
        seed: instead of the experiment's.
        engine: ``compiled`` or ``simpy``.
        workers: processes. With more than one, a script must stand under ``if __name__ == "__main__":``, as
            :mod:`multiprocessing` asks.
        cluster: address of a Dask scheduler, or ``local``.
        keep_journeys: also write every applicant's journey.
        fresh: run all cells, also those that are stored.
        report: make figures, findings, page and workbooks too, which takes half a minute; ``run_sim.py report`` makes
            them of tables that have none.
        progress: told the number of cells done, and of all. What it raises ends the run, and comes back as it is.

    Raises:
        InputError: everything that is wrong with the files or the arguments.
        OutputError: the results cannot be written.
        SimError: a cell failed; what was finished is kept.
    """
    from sim.running.job import Job, run_job
    from sim.stored import results

    if progress is not None and not callable(progress):
        raise refuse("progress", progress, "a function that is given the number of cells done, and of all")
    job = Job.load(
        a_path("experiment", experiment, "an experiment's YAML file"),
        the_changes(set),
        out=None if out is None else a_path("out", out, "a folder"),
        replications=None if replications is None else _replications(replications),
        seed=None if seed is None else a_number("seed", seed, 0, SEEDS - 1, ALL_SEEDS),
        workers=a_number("workers", workers, 1),
        cluster=None if cluster is None else a_text("cluster", cluster, "the address of a Dask scheduler, or 'local'"),
        engine=chosen_engine(engine),
        keep_journeys=a_flag("keep_journeys", keep_journeys),
        fresh=a_flag("fresh", fresh),
        report=a_flag("report", report),
    )
    for warning in job.warnings:
        LOG.warning(warning)
    with raised_as_it_is(progress or (lambda done, total: None)) as told:
        run_job(job, progress=told, tell=LOG.warning).require_whole()
    return results(job.folder.path)


@in_python
def summarise(measures: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Means over replications with their intervals, of measures of any number of runs put together.

    Args:
        measures: what :meth:`Run.measures` returned, one under the other. A mean over people is their sum over their
            number, so rows that count people must be there: pick rows from what comes back, not from this.
        confidence: coverage of each interval, between 0 and 1.

    Returns:
        The columns of summary.csv; how the intervals are made is told by :func:`sim.experiment.summarise.summary`.

    Raises:
        InputError: a column is missing, rows that count people are, or a quantity has two values in one replication of
            a scenario.
    """
    from sim.experiment.summarise import summary

    measures, confidence = measured_rows(measures), a_confidence(confidence)
    with _as_input_error():
        return summary(measures, confidence, _order(measures))


@in_python
def compare(measures: pd.DataFrame, baseline: str, *, confidence: float = 0.95, together: bool = False) -> pd.DataFrame:
    """Paired differences from a baseline with intervals and adjusted p-values.

    Args:
        measures: as of :func:`summarise`.
        baseline: name of the scenario that the others are compared with.
        confidence: coverage of each interval, between 0 and 1.
        together: also make simultaneous intervals, which takes a while.

    Returns:
        The columns of comparisons.csv; see :func:`sim.experiment.summarise.comparisons`.

    Raises:
        InputError: as :func:`summarise`, or the baseline is not among the scenarios.
    """
    from sim.experiment.summarise import comparisons

    measures, confidence = measured_rows(measures), a_confidence(confidence)
    order = _order(measures)
    baseline = one_of("baseline", baseline, order) if order is not None else a_text("baseline", baseline, "a scenario")
    with _as_input_error():
        return comparisons(measures, baseline, confidence, order, together=together)


@in_python
def sweep(
    scenario: str | Path,
    value: str,
    low: object,
    high: object,
    measures: Iterable[str],
    *,
    step: object = None,
    set: Changes = (),
    tries: int = 25,
    replications: int = 10,
    seed: int = 1,
    engine: str | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Try values of one setting between two ends, as ``run_sim.py sweep`` does, and return what each gives.

    Args:
        scenario: the scenario's YAML file.
        value: path of the setting, such as ``"sites.ukk_oku.sessions.weekdays.quota.ordinary"``.
        low: its lowest value, as a file would give it: ``10``, ``"8 min"``, ``"Rp 500"``, ``"08:00"``.
        high: its highest.
        measures: what is told of each value, ``"MEASURE [STATISTIC] [UNIT]"``; with a limit, as in
            ``"wait_minutes ukk_oku <= 30"``, those values are sought that keep it.
        step: between values; 1 between whole numbers and a round part of the way when absent.
        set: values to change before.
        tries: values tried at most, beside the one that the scenario has.
        replications: of each value, two at least.
        seed: of all random numbers.
        engine: ``compiled`` or ``simpy``.
        workers: processes; see :func:`run`.
        progress: told the number of replications done, and of those that are to be as far as that is known.

    Returns:
        The columns of sweep.csv: ``value`` as in a file and ``amount`` as a number, ``as_it_stands`` where the scenario
        has it, the measure with its level, unit and statistic, its ``estimate`` with an interval of 95% that holds
        together with all others and the ``replications`` that had a value, ``limit`` as it was asked for and ``state``:
        ``kept``, ``not kept``, ``not clear``, ``no value``, or ``refused``.

    Raises:
        InputError: all that is wrong with the files or the arguments.
    """
    from sim.sweeping.run import sweep as swept_by
    from sim.sweeping.table import sweep_table

    texts = list(measures) if isinstance(measures, Iterable) and not isinstance(measures, str) else []
    if not texts:
        raise refuse("measures", measures, 'a list of texts, such as ["wait_minutes ukk_oku <= 30"]')
    ends = an_end("low", low), an_end("high", high)
    how = _how(set, replications, seed, engine, workers, progress)
    found = swept_by(
        a_path("scenario", scenario, "a scenario's YAML file"),
        a_text("value", value, "the path of a setting, such as 'need.day_cv'"),
        ends,
        [a_text("measures", one, "texts, such as 'wait_minutes ukk_oku <= 30'") for one in texts],
        how,
        step=None if step is None else an_end("step", step),
        tries=a_number("tries", tries, FEWEST_TRIES, MOST_TRIES),
    )
    _note_interruption(found)
    return sweep_table(found)


@in_python
def rank(
    scenario: str | Path,
    *,
    among: str | Path | Mapping[str, Changes] | None = None,
    place: str | Iterable[str] | None = None,
    at: Iterable[str] | None = None,
    most: str | None = None,
    least: str | None = None,
    measures: Iterable[str] = (),
    set: Changes = (),
    replications: int = 10,
    seed: int = 1,
    engine: str | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Rank alternatives of a scenario, as ``run_sim.py rank`` does, and tell which of them may be the best.

    Args:
        scenario: the scenario's YAML file.
        among: the values that each alternative changes, by its name: ``{"one more": {"sites.ukk_oku.staff": 11}}``; or
            a CSV file of them. Either this or ``place``.
        place: the site that is tried at many places; or several, which are placed together.
        at: with ``place``, ids of road nodes and first words of kinds; the seats of regencies when absent.
        most: what the best has most of, ``"MEASURE [STATISTIC] [UNIT]"``: ``"travel_hours_saved total"``.
        least: what the best has least of, in its place.
        measures: what else is told of each; with a limit, as in ``"wait_minutes ukk_oku <= 30"``, only those that keep
            it can be the best.
        set: values to change before, in all alternatives.
        replications: of each alternative, two at least.
        seed: of all random numbers.
        engine: ``compiled`` or ``simpy``.
        workers: processes; see :func:`run`.
        progress: told the number of replications of alternatives that are done, and of all that are to be.

    Returns:
        The columns of rank.csv, the best first and last what gains are against: ``rank``, ``alternative`` and its
        ``settings``, the measure with its level, unit and statistic, its ``estimate`` with an interval of 95% that
        holds together with all others and the ``replications`` that had a value, ``limit`` as it was asked for and
        ``state``: ``kept``, ``not kept``, ``not clear``, ``no value``, or ``refused``; of what they are ordered by
        ``may_be_best`` (with 95% one of these is the best of those that keep the limits, if any does) and
        ``behind_at_most``, how much worse than the best it is at most; and why the configuration ``refused`` it.

    Raises:
        InputError: all that is wrong with the files or the arguments.
    """
    from sim.ranking.alternatives import Alternative
    from sim.ranking.run import Wanted
    from sim.ranking.run import rank as ranked_by
    from sim.ranking.table import rank_table

    if (among is None) == (place is None):
        raise refuse("among", among, "a table of alternatives, or `place` in its stead, and not both")
    if (most is None) == (least is None):
        raise refuse("most", most, "a measure that the best has most of, or `least` in its stead, and not both")
    how = _how(set, replications, seed, engine, workers, progress)
    rows: Path | tuple[Alternative, ...] = ()
    if isinstance(among, Mapping):
        if len(among) < FEWEST_ALTERNATIVES:
            raise refuse("among", among, "two alternatives at least")
        told = {a_text("among", name, "names of alternatives"): the_changes(changes) for name, changes in among.items()}
        rows = tuple(
            Alternative(name, tuple((path, value) for path, _, value in (line.partition("=") for line in lines)))
            for name, lines in told.items()
        )
    elif among is not None:
        rows = a_path("among", among, "a CSV file of alternatives, or a map of them")
    nodes = None
    if at is not None:
        if place is None or isinstance(at, str) or not isinstance(at, Iterable):
            raise refuse("at", at, 'a list of road nodes for `place`, such as ["PGA", "seat"]')
        nodes = ",".join(a_text("at", one, "ids of road nodes or first words of kinds") for one in at)
    asked = list(measures) if isinstance(measures, Iterable) and not isinstance(measures, str) else None
    if asked is None:
        raise refuse("measures", measures, 'a list of texts, such as ["now_apply"]')
    found = ranked_by(
        a_path("scenario", scenario, "a scenario's YAML file"),
        Wanted(
            most is not None,
            a_text("most" if most is not None else "least", most if most is not None else least, "a measure"),
            tuple(a_text("measures", one, "texts, such as 'now_apply'") for one in asked),
            rows,
            _placed(place),
            nodes,
        ),
        how,
    )
    _note_interruption(found)
    return rank_table(found)


def _placed(place: object) -> tuple[str, ...]:
    """The sites that are placed; none where something else is ranked."""
    if place is None:
        return ()
    allowed = 'a site of the scenario, or a list of them, such as ["ukk_oku", "ukk_fifth"]'
    if isinstance(place, str | Mapping) or not isinstance(place, Iterable):
        return (a_text("place", place, allowed),)
    found = tuple(a_text("place", one, allowed) for one in place)
    if not found:
        raise refuse("place", place, allowed)
    return found


def _how(
    changes: Changes,
    replications: object,
    seed: object,
    engine: str | None,
    workers: object,
    progress: Callable[[int, int], None] | None,
) -> How:
    """How configurations are tried."""
    from sim.trying.how import How

    if progress is not None and not callable(progress):
        raise refuse("progress", progress, "a function that is given the number of replications done, and of all")
    return How(
        overrides=tuple(the_changes(changes)),
        replications=_replications(replications),
        seed=a_number("seed", seed, 0, SEEDS - 1, ALL_SEEDS),
        engine=chosen_engine(engine),
        workers=a_number("workers", workers, 1),
        tell=LOG.warning,
        warn=LOG.warning,
        progress=progress or (lambda done, total: None),
    )


def _note_interruption(found: Found) -> None:
    if found.interrupted:
        LOG.warning("interrupted: the table has what had been tried")


def _replications(number: object) -> int:
    return a_number("replications", number, FEWEST_REPLICATIONS, MOST_REPLICATIONS, ENOUGH)


def _order(measures: pd.DataFrame) -> list[str] | None:
    """Scenarios in the order in which they come."""
    return [str(name) for name in measures["scenario"].unique()] if "scenario" in measures else None


@contextmanager
def _as_input_error() -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except (ValueError, KeyError) as error:
        text = str(error)
        if text.startswith("two values in one replication"):
            text += (
                ": replications of a scenario are simulate(seed=..., replication=0), 1, 2 ... with one seed, and "
                "variants of a file are told apart by load(..., name=...)"
            )
        raise InputError(text) from error
