"""The command line: ``run``, ``check``, ``show`` and ``schema``.

Exit status: 0 done, 1 a result does not hold or the program failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click

from sim import __version__

BAD_INPUT = 2
INTERRUPTED = 130
DEFAULT_EXPERIMENT = "ukk_impact"

click.rich_click.TEXT_MARKUP = "markdown"
click.rich_click.COMMAND_GROUPS = {"run_sim.py": [{"name": "Commands", "commands": ["run", "check", "show", "schema"]}]}


class _DefaultRun(click.RichGroup):
    """A group whose commands stand in their own order and that offers the nearest name for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_DefaultRun, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
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
    "Example: `--set sites.ukk_oku.sessions.weekdays.quota.ordinary=30`",
)


@cli.command()
@click.argument("experiment", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results.  [default: results/<experiment>]")
@click.option("--replications", type=click.IntRange(min=2), help="Instead of the experiment's number.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the experiment's seed.")
@click.option("--engine", type=click.Choice(["simpy"]), default="simpy", show_default=True, help="How to simulate.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes to use.  [default: as many as cores]")
@click.option(
    "--keep-journeys", is_flag=True, help="Also write every applicant's journey, a Parquet file for each cell."
)
@_set_option
def run(
    experiment: Path | None = None,
    out: Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "simpy",
    workers: int | None = None,
    keep_journeys: bool = False,
    overrides: Sequence[str] = (),
) -> None:
    """Run an experiment and write tables, figures and findings.

    EXPERIMENT is a YAML file; without one the bundled experiment is run. Results go to a folder: summary.csv,
    comparisons.csv, replications.parquet, findings.md, figures/, assumptions.csv and manifest.json.
    """
    with _clear_errors():
        from sim.experiment.job import Job, run_job
        from sim.report.terminal import print_end, progress_bar

        job = Job.load(
            experiment or bundled_experiment(),
            overrides,
            out=out,
            replications=replications,
            seed=seed,
            workers=workers,
        )
        with progress_bar(job.cells, sys.stderr) as progress:
            finished = run_job(job, engine=engine, keep_journeys=keep_journeys, progress=progress)
        print_end(finished)
    if finished.interrupted:
        sys.exit(INTERRUPTED)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_set_option
def check(files: Sequence[Path], overrides: Sequence[str]) -> None:
    """Check scenario and experiment FILES, and everything they name; list every error."""
    from sim.errors import InputError

    failed = 0
    for file in files:
        try:
            with _clear_errors(exit_on_error=False):
                from sim.experiment.checking import check_file

                click.echo(f"{file}: {check_file(file, overrides)}")
        except InputError as error:
            failed += len(error.problems)
            click.echo(str(error), err=True)
    if failed:
        click.echo(f"{failed} error{'s' if failed > 1 else ''}", err=True)
        sys.exit(BAD_INPUT)


@cli.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--diff", "other", type=click.Path(path_type=Path), help="Show only what differs from this scenario.")
@_set_option
def show(scenario: Path, other: Path | None, overrides: Sequence[str]) -> None:
    """Print the effective configuration of a SCENARIO, with where each value comes from."""
    with _clear_errors():
        from sim.config.loader import load_any
        from sim.config.show import differences, effective_yaml

        loaded: Any = load_any(scenario, overrides)
        if other is None:
            click.echo(effective_yaml(loaded), nl=False)
            return
        second: Any = load_any(other, overrides)
        rows = differences(loaded, second)
        if not rows:
            click.echo("no difference")
        for path, left, right in rows:
            click.echo(f"{path}: {left} -> {right}")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of scenario and experiment files, for editors and other tools."""
    import json

    from sim.config.jsonschema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def bundled_experiment() -> Path:
    """The experiment that is run when none is named: in the folder this program lies in."""
    return Path(__file__).resolve().parent.parent / "experiments" / f"{DEFAULT_EXPERIMENT}.yaml"


@contextmanager
def _clear_errors(exit_on_error: bool = True) -> Iterator[None]:
    """Errors that the program raises on purpose end it with their text, never with a traceback."""
    from sim.errors import InputError, OutputError, SimError

    try:
        yield
    except (InputError, OutputError) as error:
        if not exit_on_error and isinstance(error, InputError):
            raise
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except SimError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("interrupted before the first results; nothing was written", err=True)
        sys.exit(INTERRUPTED)


def main() -> None:
    """Entry point."""
    cli(prog_name="run_sim.py")
