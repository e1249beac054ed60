"""What the compiler is told of all loops is true: no row and nothing divided is below 0, no two arrays overlap."""

from __future__ import annotations

import ast
import functools
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import jit
from sim.drawing import draw
from sim.engines import compiled
from sim.jit import CACHE_VARIABLE
from sim.measures.all import measure
from sim.plan import Plan
from sim.randomness import Source
from sim.rules import lead_days
from tests.cli.cases import WITHOUT_REPORT
from tests.model.small_province import merged, plan_of
from tests.services.small_services import ROOMY
from tests.services.test_on_request import GROUPS, SENT_TO_THE_OFFICE

ROOT = Path(__file__).parents[2]
SHORT = {"period": {"warm_up": "7 days", "to": "2023-04-10", "run_out": "10 days"}}


class FromZero(np.ndarray[Any, Any]):
    """An array whose rows cannot be counted from the end."""

    def __getitem__(self, rows: Any) -> Any:
        return super().__getitem__(known(rows))

    def __setitem__(self, rows: Any, values: Any) -> None:
        super().__setitem__(known(rows), values)


def known(rows: Any) -> Any:
    """The rows, where none is below 0."""
    for row in rows if isinstance(rows, tuple) else (rows,):
        if not isinstance(row, slice) and row < 0:
            raise IndexError(f"there is no row {row}")
    return rows


def from_zero(told: Any) -> Any:
    """What a loop is handed, with arrays whose rows cannot be counted from the end."""
    if isinstance(told, tuple):
        return type(told)(*map(from_zero, told))
    return told.view(FromZero) if isinstance(told, np.ndarray) else told


class Dividing(ast.NodeTransformer):
    """Has :func:`divided` do what a text divides."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.FloorDiv | ast.Mod):
            return node
        whole = ast.Constant(isinstance(node.op, ast.FloorDiv))
        return ast.Call(ast.Name("divided", ast.Load()), [node.left, node.right, whole], [])


def divided(number: Any, by: Any, whole: bool) -> Any:
    """A quotient or a rest, of what is not below 0."""
    if number < 0 or by < 0:
        raise ArithmeticError(f"{number} is divided by {by}")
    return number // by if whole else number % by


def arrays_in(told: Any) -> list[Any]:
    """The arrays that a function is handed, those of tables included, and not those without a number."""
    if isinstance(told, tuple):
        return [array for one in told for array in arrays_in(one)]
    return [told] if isinstance(told, np.ndarray) and told.size else []


def apart(told: tuple[Any, ...]) -> None:
    """That no array which can be written to overlaps another."""
    ranges = sorted((*np.lib.array_utils.byte_bounds(array), array.flags.writeable) for array in arrays_in(told))
    end, writeable = 0, False
    for begin, until, is_writeable in ranges:
        if begin < end and (writeable or is_writeable):
            raise MemoryError("two arrays overlap")
        end, writeable = max(end, until), is_writeable or (writeable and begin < end)


def keeping_apart(function: Any) -> Any:
    """A function that looks at what it is handed first, once for the same things."""
    seen: dict[tuple[int, ...], tuple[Any, ...]] = {}

    @functools.wraps(function)
    def called(*told: Any) -> Any:
        handed = tuple(one for one in told if isinstance(one, tuple | np.ndarray))
        if (key := tuple(map(id, handed))) not in seen:
            apart(handed)
            # They are held, so that no other thing comes to have their number.
            seen[key] = handed
        return function(*told)

    return called


@functools.cache
def dividing(function: Any) -> Any:
    """A copy of a function that divides nothing below 0 and is handed no arrays that overlap.

    So are the functions of the project that it calls.
    """
    space = dict(function.__globals__) | {"divided": divided}
    for name in function.__code__.co_names:
        called = space.get(name)
        if inspect.isfunction(called) and called.__module__.partition(".")[0] == jit.PACKAGE:
            space[name] = dividing(called)
    tree = Dividing().visit(ast.parse(inspect.getsource(function)))
    exec(compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec"), space)
    return keeping_apart(space[function.__name__])


@pytest.mark.parametrize("plan", [plan_of(SHORT), plan_of(merged(ROOMY, GROUPS, SENT_TO_THE_OFFICE, SHORT))])
def test_no_loop_counts_rows_from_the_end_divides_what_is_below_zero_or_is_handed_arrays_that_overlap(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IndexError, match="no row -1"):
        from_zero(np.zeros(3))[-1]
    with pytest.raises(ArithmeticError, match="-1 is divided by 86400000"):
        dividing(lead_days)(-1, 0)
    numbers = np.zeros(9)
    with pytest.raises(MemoryError, match="two arrays overlap"):
        apart(((np.zeros(1), numbers[4:]), numbers[:5]))
    apart((numbers[4:], numbers[:4]))
    for place in (jit, compiled):
        monkeypatch.setattr(place, "compiled", lambda loop: lambda *told: dividing(loop)(*map(from_zero, told)))
    draws = draw(plan, Source(1, 0))
    journeys = compiled.run(plan, draws)
    assert journeys.applicants == draws.applicants
    measure(plan, draws, journeys, (60,))


def accesses(a: Any, m: Any, pair: Any, i: Any, k: Any) -> Any:
    """Every way in which loops read and write arrays; the row ``k`` stands in several, and moves on."""
    total = 0
    for step in range(2):
        total += a[k] + m[i, k] + pair[step] + m[:, k][0] + m[i][1] + m[i, 0]
        a[k] += a[k] + step
        m[i, k] = total
        k += 1
    a[1] = m[0, k - 1] = total
    return total


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16])
def test_arrays_are_read_and_written_as_plain_python_does(kind: type[np.integer[Any]]) -> None:
    made = []
    for function in (accesses, jit.compiled(accesses)):
        a, m = np.arange(6), np.arange(12).reshape(3, 4).copy()
        made.append((function(a, m, (5, 6), 1, kind(1)), a.tolist(), m.tolist()))
    assert made[0] == made[1]


def divisions(number: Any, by: Any) -> Any:
    """Every way in which loops divide."""
    return number // by, number % by, number // 86_400_000 - 1, (number + 3) % 7, -(number // 2)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16])
@pytest.mark.parametrize("number", [0, 1, 12_345])
def test_what_is_not_below_zero_is_divided_as_plain_python_does(kind: type[np.integer[Any]], number: int) -> None:
    assert jit.compiled(divisions)(kind(number), kind(10)) == divisions(number, 10)


def checked(*words: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, where compiled loops look out for rows outside of their arrays."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", CACHE_VARIABLE: str(cache)}
    return subprocess.run(
        [sys.executable, *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_no_compiled_loop_leaves_its_arrays(tmp_path: Path) -> None:
    one_below = (
        "import numpy as np; from sim.jit import compiled; from sim.rules import hold; "
        "rows = np.zeros(9, dtype=np.int64); compiled(hold)(-1, rows > 0, rows, rows, rows)"
    )
    assert "IndexError" in checked("-c", one_below, cache=tmp_path).stderr
    of_provinces = "tests/model/test_compiled.py::test_both_engines_give_equal_and_lawful_journeys_in_any_province"
    for words in (
        (*WITHOUT_REPORT[1:], "run", "--replications", "2", "--out", str(tmp_path / "out")),
        ("-m", "pytest", "-q", "-n", "0", of_provinces),
    ):
        done = checked(*words, cache=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
