"""Parts of the command line: commands in their order, paths that name something, errors that are clear."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sim.errors import InputError, OutputError, SimError
from sim.help_pages import PanelGroup

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130


class DefaultRun(PanelGroup):
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


@contextmanager
def clear_errors(interrupted: str = "interrupted; nothing was written") -> Iterator[None]:
    """Errors that the program raises on purpose end it with their text, never with a traceback; so does Ctrl-C."""

    try:
        yield
    except SimError as error:
        click.echo(str(error), err=True)
        sys.exit(status(error))
    except KeyboardInterrupt:
        click.echo(interrupted, err=True)
        sys.exit(INTERRUPTED)


def status(error: Exception | None) -> int:
    """2 for what its user can mend, in the input or where output goes; 1 for the rest."""

    return BAD_INPUT if isinstance(error, InputError | OutputError) else FAILED
