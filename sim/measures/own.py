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
from sim.journeys import Journeys
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.plan import Plan

FUNCTION = "measure"
PARAMETERS = ("plan", "draws", "journeys", "outcomes")


class OwnMeasureError(SimError, RuntimeError):
    """A measure of a project's own failed; ``str`` names its file and line and says why."""


@dataclass(frozen=True)
class OwnMeasure:
    """The source of a file with a measure."""

    file: str
    source: str

    def add_to(self, rows: Rows, plan: Plan, draws: Draws, journeys: Journeys, outcomes: Outcomes) -> None:
        """Append its rows to those of a cell.

        Raises:
            OwnMeasureError: it fails, returns something else than rows, or measures what is measured already.
        """
        names: dict[str, Any] = {"__name__": Path(self.file).stem}
        try:
            # Whoever runs an experiment runs the files that it names, as with any program.
            exec(compile(self.source, self.file, "exec"), names)
            own = names[FUNCTION](plan, draws, journeys, outcomes)
        except (Exception, SystemExit) as error:
            raise OwnMeasureError(f"{self._place(error)}: {type(error).__name__}: {error}") from error
        if not isinstance(own, Rows):
            raise OwnMeasureError(f"{self.file}: {FUNCTION} returned {type(own).__name__}, not sim.measures.rows.Rows")
        twice = sorted({str(name) for name in own.measure} & {str(name) for name in rows.measure})
        if twice:
            raise OwnMeasureError(f"{self.file}: {', '.join(twice)}: is measured already; choose another name")
        rows.extend(own)

    def _place(self, error: BaseException) -> str:
        """File and line at which it failed: the last of its own that was being run."""
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                line = trace.tb_lineno
            trace = trace.tb_next
        return f"{self.file}:{line}" if line else self.file


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
            source = path.read_text(encoding="utf-8")
            tree = ast.parse(source, file)
        except SyntaxError as error:
            problems.append(Problem(f"is no Python: {error.msg}", file, error.lineno))
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
