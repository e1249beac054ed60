"""Help pages of the command line: options and commands in framed panels, as wide as the terminal up to 100 columns.

Drawn with click alone. Nothing else is imported for a page of help, which is there at once.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

MAX_WIDTH = 100
_FRAME, _PLAIN_FRAME = tuple("╭─╮│╰╯"), tuple("+-+|++")
_SPAN = re.compile(r"`([^`]+)`")
_FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


class PanelFormatter(click.HelpFormatter):
    """Writes a section as a panel with its name in the frame, and words in backticks in bold instead."""

    def __init__(self, indent_increment: int = 0, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width, max_width)
        # Frames of a terminal that cannot show them are drawn with letters that it has.
        self._frame = _FRAME if _can_show("".join(_FRAME)) else _PLAIN_FRAME

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, f"{_styled('Usage:', fg='yellow')} " if prefix is None else prefix)

    def write_text(self, text: str) -> None:
        super().write_text(_spans(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms and what is said of them, each in a column of its own, between the sides of a panel."""
        listed = [(_FLAG.sub(lambda flag: _styled(flag[0], fg="cyan", bold=True), term), text) for term, text in rows]
        inner = self.width - 4
        first = min(max(_width(term) for term, _ in listed), col_max, inner // 2)
        second = inner - first - col_spacing
        for term, text in listed:
            left, right = _wrapped(term, first), _wrapped(_spans(text), second)
            for number in range(max(len(left), len(right))):
                start, end = (lines[number] if number < len(lines) else "" for lines in (left, right))
                self._row(f"{start}{' ' * (first - _width(start) + col_spacing)}{end}")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A panel; what is written inside stands between its sides."""
        upper_left, line, upper_right, _, lower_left, lower_right = self._frame
        head = f"{upper_left}{line} {name} "
        self.write_paragraph()
        self.write(f"{_dim(head + line * (self.width - len(head) - 1) + upper_right)}\n")
        yield
        self.write(f"{_dim(lower_left + line * (self.width - 2) + lower_right)}\n")

    def _row(self, text: str) -> None:
        side = _dim(self._frame[3])
        self.write(f"{side} {text}{' ' * (self.width - 4 - _width(text))} {side}\n")


class PanelContext(click.Context):
    """A context whose help is drawn in panels."""

    formatter_class = PanelFormatter

    def make_formatter(self) -> click.HelpFormatter:
        return self.formatter_class(width=self.terminal_width, max_width=self.max_content_width or MAX_WIDTH)


class PanelCommand(click.Command):
    """A command whose help is drawn in panels."""

    context_class = PanelContext


class PanelGroup(click.Group):
    """A group whose help, and that of its commands, is drawn in panels, with the first paragraph of each command."""

    context_class = PanelContext
    command_class = PanelCommand

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(ctx)
        commands = [command for command in (self.get_command(ctx, name) for name in names) if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl([(str(command.name), _first_paragraph(command.help or "")) for command in commands])


def _first_paragraph(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())


def _spans(text: str) -> str:
    """Words in backticks styled one by one, so that a line may break between them."""
    return _SPAN.sub(lambda span: " ".join(_styled(word, fg="cyan") for word in span[1].split()), text)


def _wrapped(text: str, width: int) -> Sequence[str]:
    return click.wrap_text(text, width).splitlines()


def _styled(text: str, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
    # Click takes colours out where the output is no terminal; who never wants any says so: https://no-color.org
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=fg, bold=bold, dim=dim)


def _dim(text: str) -> str:
    return _styled(text, dim=True)


def _width(text: str) -> int:
    return len(click.unstyle(text))


def _can_show(text: str) -> bool:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
