"""Whole numbers from distributions: quantiles rounded, of many probabilities at once.

What is drawn is a whole number of milliseconds, rupiah or millionths, and so it is enough to know a quantile well
enough to round it. Polynomials tell it four to five times as fast as a distribution's own function, and how far they
may be out; where that is too far to tell the nearest whole number, the function is asked. So the numbers are those of
the function, each of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim import jit
from sim.config.distributions import Distribution
from sim.config.families import family, is_in_closed_form
from sim.drawing.shares import whole
from sim.plan import NONE, Floats, Ints

WORTH_A_TABLE = 4_000
"""Numbers that are drawn at once; of fewer the function itself is as quick."""
OCTAVES = 11
"""How often the distance of a probability to 0 or 1 is halved, from 1/2 on; the function serves beyond."""
PARTS_BITS = 4
"""Each octave is cut into two to the power of so many cells, and on each stands a polynomial: a cell is 32 times as far
from the end of the interval, where quantiles may be infinite, as it is wide to either side of its middle."""
DEGREE = 6
TRIED = 33
"""Places in a cell at which a polynomial is held against the function."""
SAFETY = 16.0
"""How many times the largest error seen is allowed for."""
ROUNDING = 2.0**-48
"""Error of arithmetic, relative to the number."""
NAN = float("nan")
_CELLS = OCTAVES << PARTS_BITS
_FRACTION_BITS = 52
_SHIFT = _FRACTION_BITS - PARTS_BITS
_IN_CELL = (1 << _SHIFT) - 1
_TO_ONE = 2.0 ** (1 - _SHIFT)
_LOWEST = (1023 - 1 - OCTAVES) << PARTS_BITS
"""The leading bits of the smallest probability that lies in a cell: those of its exponent, and the first few more."""


class Table(NamedTuple):
    """Polynomials for the quantiles of a standard distribution, a row for each cell.

    First those of cells that ascend to 1/2, then those of cells that descend from 1 to it.
    """

    coefficients: Floats
    """[cells, degree + 1], the constant first, of the place in the cell, which goes from -1 to 1."""
    error: Floats
    """[cells] how far they may be out; NaN or infinite where they are of no use."""
    largest: Floats
    """[cells] the largest quantile, without its sign."""


def whole_quantiles(distribution: Distribution, u: Floats, times: float = 1.0) -> Ints:
    """The quantiles of probabilities in (0, 1), so many times, rounded to the nearest whole number.

    To the last bit what :meth:`Distribution.ppf <sim.config.distributions.Distribution.ppf>` gives; in a row.
    """
    if len(u) < WORTH_A_TABLE or not jit.available() or not is_in_closed_form(distribution.family):
        return _exactly(distribution, u, times)
    return by_table(distribution, u, times)


def by_table(distribution: Distribution, u: Floats, times: float = 1.0) -> Ints:
    """The same by polynomials, and by the function where they do not tell."""
    table = table_of(distribution.family, distribution.shapes)
    scale, shift = distribution.scale * times, distribution.loc * times
    out, doubtful = np.empty(len(u), dtype=np.int64), np.empty(len(u), dtype=np.int64)
    with np.errstate(invalid="ignore", over="ignore"):
        error = SAFETY * scale * table.error + ROUNDING * (scale * table.largest + abs(shift))
    count = jit.compiled(fill_whole)(
        jit.read_only(u, np.float64), jit.read_only(table.coefficients, np.float64),
        jit.read_only(0.5 - error, np.float64), scale, shift, out, doubtful,
    )  # fmt: skip
    rows = doubtful[:count]
    out[rows] = _exactly(distribution, u[rows], times)
    return out


def prepare() -> None:
    """Have the loops compiled, by the numbers of nobody."""
    nearly(table_of("uniform", ()), np.zeros(0))
    by_table(Distribution("factor", "uniform"), np.zeros(0))


def nearly(table: Table, u: Floats) -> Floats:
    """The quantiles of some probabilities but for the table's error; NaN of those that lie in no cell."""
    out = np.empty(len(u))
    jit.compiled(fill_nearly)(jit.read_only(u, np.float64), jit.read_only(table.coefficients, np.float64), out)
    return out


@functools.lru_cache(maxsize=128)
def table_of(name: str, shapes: tuple[float, ...]) -> Table:
    """The polynomials of a family with some shapes."""
    return tabulated(lambda u: family(name).ppf(u, *shapes))


def tabulated(quantiles: Callable[[Floats], Floats]) -> Table:
    """Polynomials through quantiles at the nodes of Chebyshev in each cell, and how far off they are in between."""
    nodes = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    tried = np.linspace(-1.0, 1.0, TRIED)
    through_nodes = np.linalg.inv(np.vander(nodes, increasing=True)).T
    powers = np.vander(tried, DEGREE + 1, increasing=True).T
    ends = ((np.arange(_CELLS + 1, dtype=np.int64) + _LOWEST) << _SHIFT).view(np.float64)
    first, width = ends[:-1, None], np.diff(ends)[:, None]
    made: list[tuple[Floats, Floats, Floats]] = []
    for upper in (False, True):

        def at(places: Floats, upper: bool = upper) -> Floats:
            w = first + width * (places + 1.0) / 2.0
            return quantiles(1.0 - w if upper else w)

        with np.errstate(all="ignore"):
            coefficients, true = at(nodes) @ through_nodes, at(tried)
            error = np.abs(coefficients @ powers - true).max(axis=1)
        made.append((coefficients, error, np.abs(true).max(axis=1)))
    return Table(*(np.concatenate(parts) for parts in zip(*made, strict=True)))


def fill_whole(
    u: Floats, coefficients: Floats, certain: Floats, scale: float, shift: float, out: Ints, doubtful: Ints
) -> int:
    """Round the quantiles of some probabilities; how many are doubtful, whose rows are put into ``doubtful``.

    Args:
        u: the probabilities.
        coefficients: [cells, degree + 1] of polynomials.
        certain: [cells] how far a quantile may be from the nearest whole number for that to be the right one; below 0,
            or NaN, where none is certain.
        scale: what a quantile is multiplied by.
        shift: what is added then.
        out: the numbers.
        doubtful: has room for the rows of all.
    """
    count = 0
    for i in range(len(u)):
        cell = _cell(u[i])
        if cell == NONE:
            doubtful[count] = i
            count += 1
            continue
        x = _quantile(u[i], cell, coefficients) * scale + shift
        nearest = np.rint(x)
        out[i] = np.int64(max(nearest, 0.0))
        # What is NaN is certain of nothing.
        if not abs(x - nearest) < certain[cell]:
            doubtful[count] = i
            count += 1
    return count


def fill_nearly(u: Floats, coefficients: Floats, out: Floats) -> None:
    """Put the quantiles of some probabilities into ``out``, NaN for those that lie in no cell."""
    for i in range(len(u)):
        cell = _cell(u[i])
        out[i] = NAN if cell == NONE else _quantile(u[i], cell, coefficients)


def _cell(u: float) -> int:
    """The cell that a probability lies in; NONE beyond the last one."""
    upper = u > 0.5
    cell = (np.float64(1.0 - u if upper else u).view(np.int64) >> _SHIFT) - _LOWEST
    if not 0 <= cell < _CELLS:
        return NONE
    return int(cell + _CELLS) if upper else int(cell)


def _quantile(u: float, cell: int, coefficients: Floats) -> float:
    """The polynomial of a cell at a probability."""
    place = (np.float64(1.0 - u if u > 0.5 else u).view(np.int64) & _IN_CELL) * _TO_ONE - 1.0
    quantile = coefficients[cell, DEGREE]
    for power in range(DEGREE - 1, -1, -1):
        quantile = quantile * place + coefficients[cell, power]
    return float(quantile)


def _exactly(distribution: Distribution, u: Floats, times: float) -> Ints:
    return whole(distribution.ppf(u) * times)
