"""The compiler of the loops that simulate, which is told what is true of them and what it would not find out.

Python counts rows below 0 from the end, and numba asks of every row whether it is one, which takes a fifth of the time
of the loops that simulate. No loop of the project counts from the end; tests run them with arrays that refuse to.

Python rounds quotients down, processors round them towards 0, and numba sets right those below 0, of which there are
none: that takes three times as long as the division itself, by a number that is known.

And no two arrays that a loop is handed overlap, unless it only reads them: what it has read need not be read again
because something was written elsewhere.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from numba.core import ir, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference
from numba.core.typing.templates import signature

DIVISIONS = (operator.floordiv, operator.mod)


class Compiler(CompilerBase):
    """Numba's own compiler, :class:`UnsignedRows` and :class:`UnsignedDivisions`; no two arrays overlap."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline: without a fallback to interpreted code."""
        # No option of numba's decorator says so.
        self.state.flags.noalias = True
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(UnsignedRows, NopythonTypeInference)
        pipeline.add_pass_after(UnsignedDivisions, NopythonTypeInference)
        pipeline.finalize()
        return [pipeline]


@register_pass(mutates_CFG=False, analysis_only=False)
class UnsignedRows(FunctionPass):
    """Reads and writes of arrays take their rows as unsigned numbers."""

    _name = "unsigned_rows"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Change the function that is being compiled; whether anything changed."""
        changed = False
        for block in state.func_ir.blocks.values():
            body: list[Any] = []
            for statement in block.body:
                for access in _accesses(statement):
                    made = _Rows(state, access)
                    body += made.unsigned()
                    changed |= bool(made.statements)
                body.append(statement)
            block.body = body
        return changed


@register_pass(mutates_CFG=False, analysis_only=False)
class UnsignedDivisions(FunctionPass):
    """Whole numbers are divided as unsigned ones."""

    _name = "unsigned_divisions"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Change the function that is being compiled; whether anything changed."""
        calls, changed = state.calltypes, False
        for block in state.func_ir.blocks.values():
            for division in filter(_is_division, block.body):
                of = division.value
                if all(isinstance(kind, types.Integer) for kind in calls[of].args):
                    del calls[of]
                    calls[of] = signature(types.uint64, types.uint64, types.uint64)
                    changed = True
        return changed


def _is_division(statement: Any) -> bool:
    """Whether a statement is a quotient or a rest that is given a name."""
    value = statement.value if isinstance(statement, ir.Assign) else None
    return isinstance(value, ir.Expr) and value.op == "binop" and value.fn in DIVISIONS


def _accesses(statement: Any) -> Iterator[Any]:
    """What reads or writes an array at rows that are not known beforehand."""
    if isinstance(statement, ir.SetItem):
        yield statement
    elif isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Expr) and statement.value.op == "getitem":
        yield statement.value


class _Rows:
    """The rows of one access."""

    def __init__(self, state: Any, access: Any) -> None:
        self.state, self.access = state, access
        self.statements: list[Any] = []

    def unsigned(self) -> list[Any]:
        """What has to come before the access, which has been changed to take the rows of it."""
        of, calls = self.state.typemap, self.state.calltypes
        index = self.access.index
        called = calls[self.access]
        array, _, *rest = called.args
        if not isinstance(array, types.Array):
            return []
        kind = of[index.name]
        if isinstance(kind, types.Integer):
            made = self._unsigned(index)
        elif isinstance(kind, types.BaseTuple):
            made = self._tuple(index, kind)
        else:
            return []
        self.access.index = made
        del calls[self.access]
        calls[self.access] = signature(called.return_type, array, of[made.name], *rest)
        return self.statements

    def _tuple(self, index: Any, kind: Any) -> Any:
        parts = []
        for place, one in enumerate(kind.types):
            part = self._new(one)
            self._assign(part, ir.Expr.static_getitem(index, place, None, index.loc))
            self.state.calltypes[self.statements[-1].value] = signature(one, kind, types.intp)
            parts.append(self._unsigned(part) if isinstance(one, types.Integer) else part)
        made = self._new(types.Tuple([self.state.typemap[part.name] for part in parts]))
        self._assign(made, ir.Expr.build_tuple(parts, index.loc))
        return made

    def _unsigned(self, row: Any) -> Any:
        made = self._new(types.uintp)
        self._assign(made, ir.Expr.cast(row, row.loc))
        return made

    def _new(self, kind: Any) -> Any:
        scope, loc = self.access.index.scope, self.access.index.loc
        made = scope.redefine("$row", loc)
        self.state.typemap[made.name] = kind
        return made

    def _assign(self, target: Any, value: Any) -> None:
        self.statements.append(ir.Assign(value, target, target.loc))
