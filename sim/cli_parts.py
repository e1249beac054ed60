"""Parts of the command line that say what it is made of: commands in their order, and paths that name something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click


class DefaultRun(click.RichGroup):
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


class PathType(click.Path):
    """A path that names something: an empty one would mean the folder one stands in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)
