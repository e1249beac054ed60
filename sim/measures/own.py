"""Measures of a project's own: Python files that an experiment names, each with a function that gives rows.

The function is ``measure(plan, draws, journeys, outcomes)`` and returns :class:`sim.measures.rows.Rows`; the built-in
measures are made by functions of the same kind. Its source goes to the workers as text and is a part of each cell's
key, so a changed measure runs its experiment's cells again.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.draws import Draws
from sim.errors import DataError, Problem, SimError
from sim.journeys import VISIT_COLUMNS, Journeys
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.measures.soundness import row_faults
from sim.plan import Plan

FUNCTION = "measure"
PARAMETERS = ("plan", "draws", "journeys", "outcomes")


class OwnMeasureError(SimError, RuntimeError):
    """A measure of a project's own failed; ``str`` names its file and line and says why."""

    problems: tuple[Problem, ...]

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True)
class OwnMeasure:
    """The source of a file with a measure."""

    file: str
    source: str

    def add_to(self, rows: Rows, plan: Plan, draws: Draws, journeys: Journeys, outcomes: Outcomes) -> Rows:
        """Append its rows to those of a cell, and return them.

        Raises:
            OwnMeasureError: it fails, returns something else than rows, gives rows that fit no table, or measures what
                is measured already.
        """
        own = self.taken(plan, draws, journeys, outcomes)
        faults = [
            Problem(fault.what, self.file, self.line_of(fault.measure), fault.measure, "", fault.allowed, fault.nearest)
            for fault in row_faults(own, rows, plan)
        ]
        if faults:
            raise OwnMeasureError(*faults)
        rows.extend(own)
        return own

    def taken(self, plan: Plan, draws: Draws, journeys: Journeys, outcomes: Outcomes) -> Rows:
        """Its rows, whatever they are.

        Raises:
            OwnMeasureError: it fails, or returns something else than rows.
        """
        names: dict[str, Any] = {"__name__": Path(self.file).stem}
        try:
            # Whoever runs an experiment runs the files that it names, as with any program.
            exec(compile(self.source, self.file, "exec"), names)
            own = names[FUNCTION](plan, draws, journeys, outcomes)
        except (Exception, SystemExit) as error:
            # What numba says of a wrong type fills pages; the first line says what it is.
            said, line = (str(error).splitlines() or [""])[0], self._failed_at(error)
            problem = Problem(
                f"{type(error).__name__}: {said}", self.file, line, FUNCTION, allowed=self._meant(error, line)
            )
            raise OwnMeasureError(problem) from error
        if not isinstance(own, Rows):
            what = f"returned {type(own).__name__}, not sim.measures.rows.Rows"
            raise OwnMeasureError(Problem(what, self.file, self.line_of(FUNCTION), FUNCTION))
        return own

    def line_of(self, name: str) -> int | None:
        """The line where a measure's name stands in the source; else that of the function."""
        tree = list(ast.walk(ast.parse(self.source)))
        named = [node.lineno for node in tree if isinstance(node, ast.Constant) and node.value == name]
        defined = [node.lineno for node in tree if isinstance(node, ast.FunctionDef) and node.name == FUNCTION]
        return min(named, default=max(defined, default=None))

    def _meant(self, error: BaseException, line: int | None) -> str:
        """What may have been meant where a column of visits was taken for one of applicants."""
        text = self.source.splitlines()[line - 1] if line else ""
        name = next((column for column in VISIT_COLUMNS if f".{column}" in text), None)
        if name is None or not isinstance(error, IndexError | ValueError):
            return ""
        return f'{name} has a row for each visit; journeys.first("{name}") one for each applicant'

    def _failed_at(self, error: BaseException) -> int | None:
        """The line at which it failed: the last of its own that was being run."""
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line


def own_measures(files: Mapping[str, Path]) -> tuple[OwnMeasure, ...]:
    """Read files with measures, without running them.

    Raises:
        DataError: one cannot be read, is no Python, or has no function as it should be.
    """
    from sim.config.nodes import shown

    made, problems = [], []
    for path in files.values():
        file = shown(path)
        try:
            source = path.read_text(encoding="utf-8-sig")
            tree = ast.parse(source, file)
        except SyntaxError as error:
            problems.append(Problem(f"is no Python: {error.msg}", file, error.lineno))
            continue
        except UnicodeDecodeError as error:
            problems.append(Problem(f"is not UTF-8 text (byte {error.start})", file, allowed="a Python file"))
            continue
        except (OSError, ValueError) as error:
            problems.append(Problem(f"cannot be read: {error}", file))
            continue
        problems += _problems(file, tree)
        made.append(OwnMeasure(file, source))
    if problems:
        raise DataError(problems)
    return tuple(made)


def _problems(file: str, tree: ast.Module) -> list[Problem]:
    allowed = f"def {FUNCTION}({', '.join(PARAMETERS)}), which returns sim.measures.rows.Rows"
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == FUNCTION]
    if not found:
        return [Problem(f"has no function {FUNCTION!r}", file, allowed=allowed)]
    arguments = found[-1].args
    if arguments.vararg or len(arguments.posonlyargs + arguments.args) == len(PARAMETERS):
        return []
    number = len(arguments.posonlyargs + arguments.args)
    return [Problem(f"{FUNCTION} takes {number} arguments", file, found[-1].lineno, allowed=allowed)]
