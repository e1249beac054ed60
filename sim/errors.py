"""What can go wrong, said so that the person who wrote the input can mend it.

Each error is also the builtin it stands for. Errors about input hold every :class:`Problem` that was found, not only
the first one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

MOST_OF_A_KIND = 10
"""Problems of one kind that are told one by one."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one place of an input.

    ``path`` is the key in a configuration (``sites.ukk_oku.opened``), ``column`` the column of a data table; ``what``
    says what was found, ``allowed`` what would be right, ``nearest`` the valid name that was perhaps meant.
    """

    what: str
    file: str = ""
    line: int | None = None
    path: str = ""
    column: str = ""
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        column = f"column {self.column!r}" if self.column else ""
        head = ": ".join(part for part in (place, self.path, column, self.what) if part)
        if self.nearest:
            head += f"; did you mean {self.nearest!r}?"
        return f"{head}\n    allowed: {self.allowed}" if self.allowed else head

    @property
    def kind(self) -> tuple[str, ...]:
        """The same for problems that differ only by line, place in a list, and the value that was found."""
        path = re.sub(r"\d+", "#", self.path)
        return self.file, path, self.column, re.sub(r"'[^']*'|[-+]?\d[-+.\de]*", "#", self.what), self.allowed

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """Sort key: file, line, then the rest, so that the same input gives the same list."""
        return self.file, self.line or 0, self.path, self.column, self.what


def told(problems: Iterable[Problem]) -> Iterator[str]:
    """Each problem; of many of one kind in one file the first ones, and how many more there are."""
    problems = list(problems)
    kinds: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    left = dict.fromkeys(kinds, MOST_OF_A_KIND)
    for problem in problems:
        left[problem.kind] -= 1
        if left[problem.kind] >= 0:
            yield str(problem)
        more = kinds[problem.kind][MOST_OF_A_KIND:]
        if left[problem.kind] == 0 and more:
            last = f", the last in line {more[-1].line}" if more[-1].line else ""
            what = f"and {len(more)} more of the same kind{last}"
            yield str(Problem(what, more[0].file, column=more[0].column))


class SimError(Exception):
    """Base of every error this program raises on purpose."""


class ProgramError(SimError):
    """A fault of this program, told in a line; its cause, if it has one, or else it itself says where."""


class InputError(SimError, ValueError):
    """Bad input; ``problems`` holds all that was found, sorted by file and line, each once.

    ``more`` says that these kept other checks from being made, so that more may show once they are mended.
    """

    problems: tuple[Problem, ...]
    more: bool

    def __init__(self, problems: str | Problem | Iterable[Problem], *, more: bool = False) -> None:
        self.more = more
        if isinstance(problems, str):
            problems = Problem(problems)
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.problems = tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.order))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(told(self.problems))

    @classmethod
    def at(
        cls, file: object, line: int | None, column: str, what: str, *, allowed: str = "", nearest: str = ""
    ) -> Self:
        """Return an error with one problem in a data table."""
        return cls(Problem(what, file=str(file), line=line, column=column, allowed=allowed, nearest=nearest))

    @classmethod
    def merge(cls, errors: Iterable[InputError], *, more: bool = False) -> Self:
        """Return one error that holds the problems of all of them."""
        errors = list(errors)
        more = more or any(error.more for error in errors)
        return cls((problem for error in errors for problem in error.problems), more=more)


class ConfigError(InputError):
    """A configuration file that cannot be run."""


class DataError(InputError):
    """A data table that cannot be used."""


class OutputError(SimError, OSError):
    """Results cannot be written or read back."""


class IdentityError(ProgramError, AssertionError):
    """The engine broke a law of the model."""
