"""The command line, command by command.

Exit status: 0 done, 1 a result does not hold or the program failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import dataclasses
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from sim import __version__
from sim.cli_parts import (
    BAD_INPUT,
    FAILED,
    INTERRUPTED,
    DefaultRun,
    PathType,
    WholeNumber,
    clear_errors,
    printed,
    status,
    tell_where,
)
from sim.engines import DEFAULT, ENGINES
from sim.errors import InputError, OutputError
from sim.limits import FEWEST_REPLICATIONS, FEWEST_TRIES, MOST_REPLICATIONS, MOST_TRIES, SEEDS

DEFAULT_EXPERIMENT = "ukk_impact"
REPLICATIONS = WholeNumber(FEWEST_REPLICATIONS, MOST_REPLICATIONS)
TRIES = WholeNumber(FEWEST_TRIES, MOST_TRIES)
SEED = WholeNumber(0, SEEDS - 1)


@click.group(cls=DefaultRun, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="passport-service simulator")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """What does a service point do to people's waiting, travel and access? A simulator of passport services.

    Without a command the bundled experiment is run: `experiments/ukk_impact.yaml`, South Sumatra with and without its
    four sub-offices.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


_set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a value, in every scenario or in the experiment; may be given more than once. "
    "Example: `--set need.day_cv=0.3`. A map, {...}, replaces the whole of what stood there.",
)


def _lang_option(of: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Which language, and of what."""
    return click.option(
        "--lang", type=click.Choice(["en", "id"]), default="en", show_default=True, help=f"Language {of}."
    )


def _how_options(command: Callable[..., None]) -> Callable[..., None]:
    """What all commands take that try configurations; :func:`_tried` is given it."""
    seed_help = "Of all random numbers; with that of an experiment the numbers are its own."
    for option in (
        _set_option,
        _workers_option,
        _engine_option,
        _lang_option("of what is told and of the figures"),
        click.option("--seed", type=SEED, default=1, show_default=True, help=seed_help),
        click.option("--replications", type=REPLICATIONS, default=10, show_default=True, help="Of each that is tried."),
    ):
        command = option(command)
    return command


_engine_option = click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    help=f"How to simulate: the same numbers, the SimPy model many times more slowly.  [default: {DEFAULT}]",
)
_workers_option = click.option(
    "--workers", type=WholeNumber(min=1), help="Processes to use.  [default: as many as cores]"
)
_cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on a Dask cluster: its scheduler's address, as `tcp://127.0.0.1:8786`, or `local` to start one here.",
)


@cli.command()
@click.argument("experiment", required=False, type=PathType())
@click.option("--out", type=PathType(), help="Folder for the results.  [default: results/ and the name]")
@click.option(
    "--replications",
    type=REPLICATIONS,
    help="Instead of the experiment's number; an interval needs two.",
)
@click.option("--seed", type=SEED, help="Instead of the experiment's seed.")
@_engine_option
@_workers_option
@_cluster_option
@click.option(
    "--keep-journeys", is_flag=True, help="Also write every applicant's journey, a Parquet file for each cell."
)
@click.option(
    "--resume/--fresh",
    default=True,
    show_default=True,
    help="Take what an earlier run has finished, where nothing that it depends on has changed; or remove it first.",
)
@click.option(
    "--report/--no-report",
    "drawn",
    default=True,
    show_default=True,
    help="Make figures, findings, page and workbooks too; `report DIR` makes them of tables that have none.",
)
@click.option("--crate", is_flag=True, help="Also describe the results as an RO-Crate, for an archive.")
@_set_option
def run(
    experiment: Path | None = None,
    out: Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep_journeys: bool = False,
    resume: bool = True,
    drawn: bool = True,
    crate: bool = False,
    overrides: Sequence[str] = (),
) -> None:
    """Run an experiment and write tables, figures, findings and a page.

    EXPERIMENT is a YAML file; without one the bundled experiment is run. Results go to a folder: report.html,
    findings.md, tables.xlsx, tabel.xlsx, summary.csv, comparisons.csv, access.csv, flows.csv, replications.parquet,
    figures/, assumptions.csv, plans.npz and manifest.json. What can be run but is hardly meant is told before, as by
    `check`. What is finished is kept in its folder cells/ at once:
    a run that was stopped, by whatever, goes on from there when it is started again.
    """
    from sim.running.job import Job, run_job
    from sim.running.terminal import print_end, progress_bar

    job = Job.load(
        experiment or bundled_experiment(),
        overrides,
        out=out,
        replications=replications,
        seed=seed,
        workers=workers,
        cluster=cluster,
        engine=_engine(engine),
        keep_journeys=keep_journeys,
        fresh=not resume,
        crate=crate,
        report=drawn,
    )
    for warning in job.warnings:
        _warn(warning)
    with progress_bar(job.cells, sys.stderr) as bar:
        finished = run_job(job, progress=bar.simulating, tell=_tell, stage=bar.writing)
    # From here on it is not true any more that nothing was written.
    with clear_errors(f"interrupted; what was written is in {job.folder.path}"):
        try:
            print_end(finished, sys.stdout, sys.stderr)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the findings cannot be printed: {error.strerror or error}") from error
    if finished.results.interrupted:
        sys.exit(INTERRUPTED)
    ended = finished.results.failure or finished.fault
    if ended is not None:
        tell_where(ended)
        sys.exit(status(ended))


@cli.command()
@click.argument("folder", metavar="DIR", type=PathType())
@click.option("--lang", type=click.Choice(["en", "id"]), help="Language of figures and findings.  [default: as it was]")
@click.option(
    "--main",
    metavar="SCENARIO",
    help="Scenario that the report is about, beside the baseline.  [default: as it was]",
)
@_workers_option
def report(folder: Path, lang: str | None = None, main: str | None = None, workers: int | None = None) -> None:
    """Draw the figures, findings and page of the results in DIR again, without running anything.

    Figures and findings.md are written in the language; report.html has both and opens in it, and there is a workbook
    of each, tables.xlsx and tabel.xlsx.
    """
    from sim.report.redraw import redraw
    from sim.running.job import cores

    with clear_errors():
        for name in redraw(folder, lang, main, _warn, workers or cores()):
            click.echo(str(folder / name))


@cli.command()
@click.argument("experiment", type=PathType())
@click.option("--out", type=PathType(), help="Folder to keep the results in.  [default: they are not kept]")
@_engine_option
@_workers_option
@_cluster_option
@click.option(
    "--resume/--fresh",
    default=None,
    help="Where the folder of --out holds cells: go on with those that still hold good, or remove them first.",
)
@click.option(
    "--update", is_flag=True, help="Write the expected numbers instead, for those who maintain the experiment."
)
def reproduce(
    experiment: Path,
    out: Path | None = None,
    engine: str | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool | None = None,
    update: bool = False,
) -> None:
    """Run an EXPERIMENT again, all of it, and compare with the numbers that are kept beside it.

    A line for each table and figure says that it is the same, or by how much and where it differs. Exit status 0 where
    all are the same, 1 where one is not. One that was interrupted goes on with --out and --resume.
    """
    if resume and out is None:
        raise click.UsageError("--resume needs --out, the folder in which an earlier reproduction left its cells")
    with clear_errors(), _results_folder(out) as folder:
        from sim.config.inheritance import FileCache
        from sim.config.loader import require_experiment
        from sim.keeping.expected import expected_file
        from sim.running.job import Job, run_job
        from sim.running.reproduce import compare, keep, require, require_no_cells
        from sim.running.terminal import progress_bar

        require_experiment(experiment, FileCache())
        file = expected_file(experiment)
        expected = None if update else require(file)
        if resume is None:
            require_no_cells(folder)
        fresh = not resume
        job = Job.load(experiment, out=folder, engine=_engine(engine), workers=workers, cluster=cluster, fresh=fresh)
        # What is gone at the end is looked at by nobody.
        job = dataclasses.replace(job, page=out is not None)
        with progress_bar(job.cells, sys.stderr) as bar:
            finished = run_job(job, progress=bar.simulating, tell=_tell, stage=bar.writing)
        finished.require_whole()
        if expected is None:
            keep(file, folder)
            click.echo(f"written: {file}")
            return
        lines, same = compare(expected, folder)
        for line in lines:
            click.echo(line)
        if not same:
            sys.exit(FAILED)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=PathType())
@_set_option
def check(files: Sequence[Path], overrides: Sequence[str]) -> None:
    """Check scenario and experiment FILES, and everything they name; list every error that can be seen.

    Where errors keep other checks from being made, it says so. Measures of an experiment's own are tried on one
    replication.

    What can be run but is hardly meant is a warning, and no error.
    """
    from sim.config.inheritance import FileCache
    from sim.running.checking import check_file

    cache, errors = FileCache(), []
    for file in files:
        try:
            said = check_file(file, overrides, cache, _warn, _tell)
            click.echo(f"{file}: {said}")
        except InputError as error:
            errors.append(error)
    if errors:
        # A fault in a file that several build on is one fault.
        together = InputError.merge(errors)
        number = len(together.problems)
        more = "; more may show once these are mended" if together.more else ""
        click.echo(f"{together}\n{number} error{'' if number == 1 else 's'}{more}", err=True)
        sys.exit(BAD_INPUT)


@cli.command()
@click.argument("scenario", type=PathType())
@click.option("--diff", "other", type=PathType(), help="Show only what differs: `-` in SCENARIO, `+` in this one.")
@_set_option
def show(scenario: Path, other: Path | None, overrides: Sequence[str]) -> None:
    """Print the effective configuration of a SCENARIO, with where each value comes from."""
    from sim.building.loading import load_any
    from sim.config.show import ABSENT, differences, effective_yaml, told

    loaded: Any = load_any(scenario, overrides)
    if other is None:
        click.echo(effective_yaml(loaded), nl=False)
        return
    second: Any = load_any(other, overrides)
    if type(loaded.model) is not type(second.model):
        kinds = [type(one.model).__name__.lower() for one in (loaded, second)]
        raise InputError(
            f"{scenario} is of the kind {kinds[0]}, {other} of the kind {kinds[1]}: compare like with like"
        )
    rows = differences(loaded, second)
    if not rows:
        click.echo("no difference")
        return
    click.echo(f"- {scenario}\n+ {other}")
    for path, left, right in rows:
        click.echo(f"{path}:")
        for sign, value in (("-", left), ("+", right)):
            if value is not ABSENT:
                click.echo(f"  {sign} {told(value)}")


@cli.command()
@click.argument("scenario", type=PathType())
@click.option(
    "--value", "path", required=True, metavar="PATH", help="The setting, as after `--set`; `show` prints them."
)
@click.option("--from", "low", required=True, metavar="VALUE", help="Its lowest value, as a file would give it.")
@click.option("--to", "high", required=True, metavar="VALUE", help="Its highest.")
@click.option(
    "--step", metavar="SIZE", help="Between values.  [default: 1 for whole numbers, else a round part of the way]"
)
@click.option(
    "--measure",
    "measures",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="What to tell of each value: `MEASURE [STATISTIC] [UNIT]`, as in summary.csv; with a limit the values are "
    "sought that keep it: `--measure 'wait_minutes kanim_palembang <= 30'`. May be given more than once.",
)
@click.option(
    "--tries", type=TRIES, default=25, show_default=True, help="Values tried at most, beside the present one."
)
@click.option(
    "--out", type=PathType(), help="Folder for the table and the figure.  [default: results/sweep_SCENARIO_VALUE]"
)
@_how_options
def sweep(
    scenario: Path,
    path: str,
    low: str,
    high: str,
    measures: Sequence[str],
    step: str | None = None,
    tries: int = 25,
    **how: Any,
) -> None:
    """Try values of one setting of a SCENARIO, and tell what each does and which keep a limit.

    How many counters until people queue half an hour at most? How many slots until the next free one is five days off?
    All values meet the same people with the same chance. Without a limit they are spread evenly; with limits it is
    found at which value each is kept no more, or from which on.
    """
    from sim.sweeping.command import run_sweep

    _tried(partial(run_sweep, scenario, path, (low, high), measures, step=step, tries=tries), **how)


@cli.command()
@click.argument("scenario", type=PathType())
@click.option(
    "--place",
    "sites",
    multiple=True,
    metavar="SITE",
    help="The site to try at many places, which the scenario has. Given more than once, they are placed together.",
)
@click.option(
    "--at",
    metavar="NODES",
    help="With `--place`: nodes of the roads, ids or first words of kinds with commas between.  [default: seat, the "
    "seats of regencies]",
)
@click.option(
    "--among",
    type=PathType(),
    metavar="TABLE",
    help="In place of `--place`: a CSV file of alternatives, one a row: `name`, and columns named by the paths of "
    "settings, as after `--set`; what is blank stays as it stands.",
)
@click.option(
    "--most",
    metavar="TEXT",
    help="What the best has most of: `MEASURE [STATISTIC] [UNIT]`, as in summary.csv: `--most now_apply`.",
)
@click.option("--least", metavar="TEXT", help="What the best has least of, in its place.")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="TEXT",
    help="What else to tell; with a limit, as in `wait_minutes ukk_oku <= 30`, only what keeps it can be the best. May "
    "be given more often.",
)
@click.option(
    "--out",
    type=PathType(),
    help="Folder for the table and the figures.  [default: results/rank_SCENARIO_SITE or _TABLE]",
)
@_how_options
def rank(
    scenario: Path,
    sites: Sequence[str] = (),
    at: str | None = None,
    among: Path | None = None,
    most: str | None = None,
    least: str | None = None,
    measures: Sequence[str] = (),
    **how: Any,
) -> None:
    """Rank alternatives of a SCENARIO, such as the places where an office might stand: which may be the best?

    All alternatives meet the same people with the same chance. What is saved is against the scenario without the sites
    that are placed, or as it stands. Told is which alternatives may be the best, and how far each is behind it at most.
    With limits it is the best of those that keep them. Places are drawn on a map.
    """
    from sim.ranking.command import run_rank
    from sim.ranking.run import Wanted

    if (not sites) == (among is None):
        raise click.UsageError("What is to be ranked? Give either --place SITE or --among TABLE.")
    if (most is None) == (least is None):
        raise click.UsageError("What makes one better than another? Give either --most MEASURE or --least MEASURE.")
    if at is not None and not sites:
        raise click.UsageError("--at names places of a site: give --place SITE too.")
    wanted = Wanted(most is not None, most or least or "", tuple(measures), among or (), tuple(sites), at)
    _tried(partial(run_rank, scenario, wanted), **how)


@cli.command()
@click.argument("records", type=PathType())
@click.option("--column", required=True, metavar="NAME", help="Column of the times.")
@click.option(
    "--censored",
    metavar="NAME",
    help="Column: whether the end had not come yet: `1`, `yes`, `true` or `ya`; else `0`, `no`, `false` or `tidak`.",
)
@click.option("--unit", default="min", show_default=True, help="Unit of the times: `ms`, `s`, `min`, `h` or `days`.")
@click.option(
    "--out", type=PathType(), help="Folder for the figure and the table.  [default: results/fit_RECORDS_NAME]"
)
@click.option(
    "--samples", type=WholeNumber(99, 100_000), default=199, show_default=True, help="Samples of the bootstrap."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of its random numbers.")
@_lang_option("of the figures")
def fit(
    records: Path,
    column: str,
    censored: str | None = None,
    unit: str = "min",
    out: Path | None = None,
    samples: int = 199,
    seed: int = 0,
    lang: str = "en",
) -> None:
    """Fit distributions to RECORDS of service or travel times, a CSV file, and print the best one as YAML to paste.

    Families are ranked by Akaike's criterion; `p` is the chance of a worse fit if the family were right, by parametric
    bootstrap: below 0.05 it hardly is. The least that N samples can give is 1/(N + 1).
    """
    from sim.fitting.command import run_fit

    for line in run_fit(records, column, censored, unit, out, samples, seed, lang):
        click.echo(line)


@cli.command()
@click.argument("experiment", type=PathType())
@click.option("--write", type=PathType(), metavar="FILE", help="Also write the values to a new scenario file.")
@click.option("--replications", type=WholeNumber(1, 1000), help="At each point, instead of the experiment's number.")
@click.option("--seed", type=SEED, help="Instead of the experiment's seed.")
@_engine_option
@_workers_option
@_set_option
def calibrate(
    experiment: Path,
    write: Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    workers: int | None = None,
    overrides: Sequence[str] = (),
) -> None:
    """Fit inputs of an EXPERIMENT to known figures, and print them as YAML to paste.

    The experiment's section `calibration:` names the inputs, the table under `targets:` which figures they are fitted
    to. Every point is simulated with the same draws, so the same command gives the same values. Each has its standard
    error; how far chance moves it is told from two replications on.
    """
    from sim.calibration.command import run_calibrate
    from sim.running.job import cores

    stopped: list[str] = []
    for line in run_calibrate(
        experiment,
        overrides,
        write=write,
        replications=replications,
        seed=seed,
        engine=_engine(engine),
        workers=workers or cores(),
        tell=_tell,
        done=lambda result: stopped.append(result.found.stopped),
    ):
        click.echo(line)
    if stopped == ["interrupted"]:
        sys.exit(INTERRUPTED)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of scenario and experiment files, for editors and other tools."""
    import json

    from sim.config.jsonschema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def bundled_experiment() -> Path:
    """The experiment that is run when none is named: in the folder this program lies in.

    Raises:
        InputError: it is not there, as where the program was installed without its checkout.
    """

    path = Path(__file__).resolve().parent.parent / "experiments" / f"{DEFAULT_EXPERIMENT}.yaml"
    if not path.is_file():
        raise InputError(f"the bundled experiment is not at {path}; name one: run_sim.py run EXPERIMENT")
    return path


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _tried(
    run: Callable[..., Iterator[str]],
    *,
    out: Path | None,
    lang: str,
    engine: str | None,
    workers: int | None,
    **how: Any,
) -> None:
    """Try configurations while a bar shows how far that is; what came of it is printed when the bar is gone."""
    from sim.running.job import cores
    from sim.running.terminal import progress_bar
    from sim.trying.how import How

    interrupted: list[bool] = []
    with progress_bar(0, sys.stderr) as bar:
        asked = How(
            **how,
            engine=_engine(engine),
            workers=workers or cores(),
            tell=_tell,
            warn=_warn,
            progress=bar.simulating,
        )
        lines = list(run(how=asked, out=out, language=lang, done=lambda found: interrupted.append(found.interrupted)))
    for line in lines:
        click.echo(line)
    if interrupted == [True]:
        click.echo("interrupted: told is what had been tried", err=True)
        sys.exit(INTERRUPTED)


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)


@contextmanager
def _results_folder(out: Path | None) -> Iterator[Path]:
    """The folder that was asked for, or one that is gone at the end."""
    if out is not None:
        yield out
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="reproduce-") as folder:
        try:
            yield Path(folder)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("interrupted; nothing is kept without --out") from None


def _engine(asked: str | None) -> str:
    """The engine to use; whoever asked for none is told where it is not the default."""
    from sim.engines import usable

    engine, told = usable(asked)
    if told:
        _tell(told)
    return engine


def main() -> None:
    """Entry point."""
    # Where one was closed before the start there is none.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    with printed():
        cli(prog_name="run_sim.py")
