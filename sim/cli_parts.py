"""Parts of the command line: commands in their order, paths that name something, errors that are clear."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from sim.errors import InputError, OutputError, ProgramError, SimError
from sim.help_pages import PanelGroup

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
FAULT = "This is a fault of the program and not of what it was given; please report it with the lines above."
_UNWRITABLE = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT, errno.EPIPE)


class DefaultRun(PanelGroup):
    """A group whose commands stand in their own order and that offers the nearest name for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Tell who names a file or an option of `run` where a command belongs what to write instead."""
        if args[0] not in self.commands and args[0].endswith((".yaml", ".yml")):
            ctx.fail(f"No such command {args[0]!r}. Did you mean 'run {args[0]}'?")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell who gives an option of `run` without it to write it: without a command `run` is what is done."""
        asked = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            options = (option for option in self.commands["run"].params if isinstance(option, click.Option))
            if any(error.option_name in (*option.opts, *option.secondary_opts) for option in options):
                raise click.UsageError(f"{error.message} Did you mean 'run {' '.join(asked)}'?", ctx) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors raised on purpose and Ctrl-C end it with their text, whatever it was doing."""
        with clear_errors():
            return super().invoke(ctx)


class PathType(click.Path):
    """A path that names something: an empty one would mean the folder one stands in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


class WholeNumber(click.IntRange):
    """A whole number within bounds, told in these words, and not in click's, by help and by what refuses another."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            allowed = f"a whole number in digits, {self._describe_range()}"
            self.fail(f"found {str(value)!r}; allowed: {allowed}", param, ctx)

    def _describe_range(self) -> str:
        return f"{self.min} or more" if self.max is None else f"{self.min} to {self.max}"


@contextmanager
def clear_errors(interrupted: str = "interrupted; nothing was written") -> Iterator[None]:
    """Errors that the program raises on purpose end it with their text, never with a traceback; so does Ctrl-C.

    A fault of the program itself is told with its traceback, and as what it is.
    """

    try:
        yield
    except SimError as error:
        click.echo(str(error), err=True)
        tell_where(error)
        sys.exit(status(error))
    except KeyboardInterrupt as error:
        # Where more is known of what is kept than here, the error says so.
        click.echo(str(error) or interrupted, err=True)
        sys.exit(INTERRUPTED)
    except (click.ClickException, click.Abort, click.exceptions.Exit, OSError):
        raise
    except Exception:
        click.echo(f"{traceback.format_exc()}\n{FAULT}", err=True)
        sys.exit(FAILED)


def tell_where(error: Exception | None) -> None:
    """Where a fault of the program is that was told in a line, for those who can mend it."""
    if isinstance(error, ProgramError):
        click.echo(f"\n{''.join(traceback.format_exception(error.__cause__ or error))}\n{FAULT}", err=True)


@contextmanager
def printed() -> Iterator[None]:
    """Where what is said cannot be printed, as on a disk that is full, one line says so and the end is not 0."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        # An error with a file's name is about that file, and what is no error of writing about something else.
        if error.filename is not None or error.errno not in _UNWRITABLE:
            raise
        _silence()
        with suppress(OSError):
            click.echo(f"what there is to say cannot be printed: {error.strerror or error}", err=True)
        sys.exit(BAD_INPUT)


def _silence() -> None:
    """What still waits to be printed would fail once more when the interpreter ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def status(error: Exception | None) -> int:
    """2 for what its user can mend, in the input or where output goes; 1 for the rest."""

    return BAD_INPUT if isinstance(error, InputError | OutputError) else FAILED
