"""The command line: ``run``, ``check``, ``show`` and ``schema``.

Exit status: 0 done, 1 a result does not hold or the program failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click

from sim import __version__
from sim.errors import InputError, OutputError, SimError

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
DEFAULT_EXPERIMENT = "ukk_impact"

click.rich_click.TEXT_MARKUP = "markdown"
click.rich_click.COMMAND_GROUPS = {"run_sim.py": [{"name": "Commands", "commands": ["run", "check", "show", "schema"]}]}


class _DefaultRun(click.RichGroup):
    """A group whose commands stand in their own order and that offers the nearest name for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Tell who names a file where a command belongs what to write instead."""
        if args[0] not in self.commands and args[0].endswith((".yaml", ".yml")):
            ctx.fail(f"No such command {args[0]!r}. Did you mean 'run {args[0]}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors raised on purpose and Ctrl-C end it with their text, whatever it was doing."""
        with _clear_errors():
            return super().invoke(ctx)


class _PathType(click.Path):
    """A path that names something: an empty one would mean the folder one stands in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


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
    "Example: `--set need.day_cv=0.3`",
)


@cli.command()
@click.argument("experiment", required=False, type=_PathType())
@click.option("--out", type=_PathType(), help="Folder for the results.  [default: results/ and the name]")
@click.option(
    "--replications", type=click.IntRange(2, 100_000), help="Instead of the experiment's number; an interval needs two."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Instead of the experiment's seed.")
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
        finished = run_job(
            job,
            engine=engine,
            keep_journeys=keep_journeys,
            progress=progress,
            tell=lambda text: click.echo(text, err=True),
        )
    # From here on it is not true any more that nothing was written.
    with _clear_errors(f"interrupted; what was written is in {job.folder.path}"):
        try:
            print_end(finished, sys.stdout, sys.stderr)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the findings cannot be printed: {error.strerror or error}") from error
    if finished.results.interrupted:
        sys.exit(INTERRUPTED)
    if finished.results.failure or finished.fault:
        sys.exit(_status(finished.results.failure or finished.fault))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=_PathType())
@_set_option
def check(files: Sequence[Path], overrides: Sequence[str]) -> None:
    """Check scenario and experiment FILES, and everything they name; list every error.

    What can be run but is hardly meant is a warning, and no error.
    """
    from sim.config.inheritance import FileCache
    from sim.experiment.checking import check_file

    cache, errors = FileCache(), []
    for file in files:
        try:
            said = check_file(file, overrides, cache, lambda text: click.echo(f"warning: {text}", err=True))
            click.echo(f"{file}: {said}")
        except InputError as error:
            errors.append(error)
    if errors:
        # A fault in a file that several build on is one fault.
        together = InputError.merge(errors)
        number = len(together.problems)
        click.echo(f"{together}\n{number} error{'' if number == 1 else 's'}", err=True)
        sys.exit(BAD_INPUT)


@cli.command()
@click.argument("scenario", type=_PathType())
@click.option("--diff", "other", type=_PathType(), help="Show only what differs from this scenario.")
@_set_option
def show(scenario: Path, other: Path | None, overrides: Sequence[str]) -> None:
    """Print the effective configuration of a SCENARIO, with where each value comes from."""
    from sim.config.loader import load_any
    from sim.config.show import differences, effective_yaml

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
    for path, left, right in rows:
        click.echo(f"{path}: {left} -> {right}")


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


@contextmanager
def _clear_errors(interrupted: str = "interrupted; nothing was written") -> Iterator[None]:
    """Errors that the program raises on purpose end it with their text, never with a traceback; so does Ctrl-C."""

    try:
        yield
    except SimError as error:
        click.echo(str(error), err=True)
        sys.exit(_status(error))
    except KeyboardInterrupt:
        click.echo(interrupted, err=True)
        sys.exit(INTERRUPTED)


def _status(error: Exception | None) -> int:
    """2 for what its user can mend, in the input or where output goes; 1 for the rest."""

    return BAD_INPUT if isinstance(error, InputError | OutputError) else FAILED


def main() -> None:
    """Entry point."""
    # Where one was closed before the start there is none.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli(prog_name="run_sim.py")
