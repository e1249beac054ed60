"""Families of continuous distributions in their standard form (location 0, scale 1).

The common ones are in closed form, so that reading a file needs no scipy.stats and drawing is fast; any other
continuous family of scipy.stats is used under its own name. Shapes have the names and meaning that scipy.stats gives.
One family is not there: ``hyperexpon`` is exponential with mean 1 with probability ``p``, else with mean ``ratio``.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.config.rejection import nearest_name, rejection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """A standard distribution; every function takes its shapes last."""

    name: str
    shapes: tuple[str, ...]
    moments: Callable[..., tuple[float, float]]
    """Mean and standard deviation."""
    ppf: Callable[..., Floats]
    """Quantiles of probabilities in the open interval (0, 1)."""
    cdf: Callable[..., float]
    """Probability of at most a number."""
    shapes_of_cv: Callable[[float], tuple[float, ...]] | None = None
    """The shapes that give a coefficient of variation at location 0, where they have a closed form."""
    from_zero: bool = True
    """The support is 0 to infinity; where not, mean and cv set location and scale."""

    def valid(self, *shapes: float) -> bool:
        """Return whether the shapes are in the family's domain."""
        return all(shape > 0 and math.isfinite(shape) for shape in shapes)


@dataclass(frozen=True)
class _Erlang(Family):
    def valid(self, *shapes: float) -> bool:
        return super().valid(*shapes) and all(float(shape).is_integer() for shape in shapes)


@dataclass(frozen=True)
class _Hyperexponential(Family):
    def valid(self, *shapes: float) -> bool:
        return super().valid(*shapes) and shapes[0] < 1


@dataclass(frozen=True)
class _ScipyFamily(Family):
    def valid(self, *shapes: float) -> bool:
        frozen = _scipy_stats(self.name)(*shapes)
        return all(math.isfinite(shape) for shape in shapes) and not any(math.isnan(end) for end in frozen.support())


def _gamma_ppf(u: Floats, a: float) -> Floats:
    """Quantiles of the gamma distribution with mean ``a``, by interpolation.

    scipy's polynomials (Derflinger, Hörmann & Leydold 2010) have an error in u below 1e-12, and are thirty times as
    quick as its special function, which serves where the density has a pole.
    """
    import numpy as np
    from scipy.special import gammaincinv

    if a < 1:
        return np.asarray(gammaincinv(a, u), dtype=np.float64)
    return np.asarray(_gamma_inverse(a).ppf(u), dtype=np.float64)


class _GammaDensity:
    """The density of a gamma distribution, without its constant, for numerical inversion."""

    def __init__(self, a: float) -> None:
        self._a = a

    def pdf(self, x: float) -> float:
        if x <= 0:
            return 0.0 if self._a > 1 else 1.0
        # Scaled to 1 at the mode, so that it neither overflows nor vanishes.
        mode = self._a - 1
        return math.exp(mode * math.log(x / mode) - (x - mode)) if mode > 0 else math.exp(-x)

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf


@functools.cache
def _gamma_inverse(a: float) -> Any:
    from scipy.stats.sampling import NumericalInversePolynomial

    density: Any = _GammaDensity(a)
    return NumericalInversePolynomial(density, center=a, u_resolution=1e-12)


def _gamma_cdf(x: float, a: float) -> float:
    if x <= 0:
        return 0.0
    from scipy.special import gammainc

    return float(gammainc(a, x))


def _lognorm_ppf(u: Floats, s: float) -> Floats:
    import numpy as np

    return np.asarray(np.exp(s * _norm_ppf(u)), dtype=np.float64)


def _norm_ppf(u: Floats) -> Floats:
    from scipy.special import ndtri

    values: Floats = ndtri(u)
    return values


def _expon_ppf(u: Floats) -> Floats:
    import numpy as np

    return -np.log1p(-u)


def _normal_below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _lognorm_moments(s: float) -> tuple[float, float]:
    mean = math.exp(s * s / 2)
    return mean, mean * math.sqrt(math.expm1(s * s))


def _weibull_moments(c: float) -> tuple[float, float]:
    mean, square = math.gamma(1 + 1 / c), math.gamma(1 + 2 / c)
    return mean, math.sqrt(max(square - mean * mean, 0.0))


class _HyperDensity:
    """The density of two exponentials, the second with a mean of ``ratio``, for numerical inversion."""

    def __init__(self, p: float, ratio: float) -> None:
        self._p, self._ratio = p, ratio

    def pdf(self, x: float) -> float:
        if x < 0:
            return 0.0
        return self._p * math.exp(-x) + (1 - self._p) / self._ratio * math.exp(-x / self._ratio)

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf


@functools.cache
def _hyper_inverse(p: float, ratio: float) -> Any:
    from scipy.stats.sampling import NumericalInversePolynomial

    density: Any = _HyperDensity(p, ratio)
    return NumericalInversePolynomial(density, center=p + (1 - p) * ratio, u_resolution=1e-12)


def _hyper_ppf(u: Floats, p: float, ratio: float) -> Floats:
    import numpy as np

    return np.asarray(_hyper_inverse(p, ratio).ppf(u), dtype=np.float64)


def _hyper_moments(p: float, ratio: float) -> tuple[float, float]:
    mean, square = p + (1 - p) * ratio, 2 * (p + (1 - p) * ratio**2)
    return mean, math.sqrt(square - mean * mean)


def _balanced(cv: float) -> tuple[float, float]:
    """Shapes with balanced means: either exponential brings half of the mean (Whitt 1982, Oper. Res. 30:125)."""
    if cv <= 1:
        raise rejection(f"hyperexpon cannot have cv {cv:g}", allowed="a cv above 1; gamma or erlang below", at="cv")
    p = (1 + math.sqrt((cv * cv - 1) / (cv * cv + 1))) / 2
    return p, p / (1 - p)


_GAMMA: dict[str, Any] = {
    "shapes": ("a",),
    "moments": lambda a: (a, math.sqrt(a)),
    "ppf": _gamma_ppf,
    "cdf": _gamma_cdf,
    "shapes_of_cv": lambda cv: (cv**-2,),
}

_CLOSED = {
    family.name: family
    for family in (
        Family("gamma", **_GAMMA),
        _Erlang("erlang", **_GAMMA),
        Family(
            "lognorm",
            ("s",),
            moments=_lognorm_moments,
            ppf=_lognorm_ppf,
            cdf=lambda x, s: _normal_below(math.log(x) / s) if x > 0 else 0.0,
            shapes_of_cv=lambda cv: (math.sqrt(math.log1p(cv * cv)),),
        ),
        Family(
            "expon",
            (),
            moments=lambda: (1.0, 1.0),
            ppf=_expon_ppf,
            cdf=lambda x: -math.expm1(-x) if x > 0 else 0.0,
        ),
        _Hyperexponential(
            "hyperexpon",
            ("p", "ratio"),
            moments=_hyper_moments,
            ppf=_hyper_ppf,
            cdf=lambda x, p, ratio: 1 - p * math.exp(-x) - (1 - p) * math.exp(-x / ratio) if x > 0 else 0.0,
            shapes_of_cv=_balanced,
        ),
        Family("norm", (), moments=lambda: (0.0, 1.0), ppf=_norm_ppf, cdf=_normal_below, from_zero=False),
        Family(
            "uniform",
            (),
            moments=lambda: (0.5, math.sqrt(1 / 12)),
            ppf=lambda u: u,
            cdf=lambda x: min(max(x, 0.0), 1.0),
            from_zero=False,
        ),
        Family(
            "weibull_min",
            ("c",),
            moments=_weibull_moments,
            ppf=lambda u, c: _expon_ppf(u) ** (1 / c),
            cdf=lambda x, c: -math.expm1(-(x**c)) if x > 0 else 0.0,
        ),
    )
}


def _scipy_stats(name: str) -> Any:
    from scipy import stats

    return getattr(stats, name)


def is_in_closed_form(name: str) -> bool:
    """Whether a family is one of those here, and not of scipy.stats."""
    return name in _CLOSED


def family(name: str) -> Family:
    """Return the family of that name, or refuse it with the nearest one."""
    if name in _CLOSED:
        return _CLOSED[name]
    from scipy import stats

    found = getattr(stats, name, None)
    if not isinstance(found, stats.rv_continuous):
        names = [key for key in dir(stats) if isinstance(getattr(stats, key), stats.rv_continuous)]
        raise rejection(
            f"there is no distribution {name!r}",
            allowed="constant, or a continuous family of scipy.stats, such as gamma, lognorm, expon, weibull_min",
            nearest=nearest_name(name, ["constant", *names]),
            at="distribution",
        )
    shapes = tuple(part.strip() for part in found.shapes.split(",")) if found.shapes else ()
    low, high = found.support() if not shapes else (0.0, math.inf)
    return _ScipyFamily(
        name,
        shapes,
        moments=lambda *values: (float(found(*values).mean()), float(found(*values).std())),
        ppf=lambda u, *values: found(*values).ppf(u),
        cdf=lambda x, *values: float(found(*values).cdf(x)),
        from_zero=bool(low == 0 and math.isinf(high)),
    )


def solve_shapes(of: Family, cv: float) -> tuple[float, ...]:
    """Return the shapes that give a coefficient of variation at location 0, or refuse.

    Where there is no closed form, the one shape is bracketed on a grid from 0.001 to 1000 and solved with Brent's
    method. It is refused where no shape, or more than one, gives that ``cv``.
    """
    if of.shapes_of_cv is not None:
        return of.shapes_of_cv(cv)
    import numpy as np
    from scipy.optimize import brentq

    def excess(shape: float) -> float:
        mean, deviation = of.moments(shape)
        return deviation / mean - cv if mean > 0 and math.isfinite(deviation) else math.nan

    with np.errstate(all="ignore"):
        grid = [float(shape) for shape in np.geomspace(1e-3, 1e3, 241) if of.valid(float(shape))]
        values = [_guarded(excess, shape) for shape in grid]
        found = [(shape, value) for shape, value in zip(grid, values, strict=True) if math.isfinite(value)]
        brackets = [(a[0], b[0]) for a, b in itertools.pairwise(found) if a[1] * b[1] < 0 or b[1] == 0]
        if len(brackets) != 1:
            raise _undetermined(of, cv, [value + cv for _, value in found], len(brackets))
        return (float(brentq(excess, *brackets[0], xtol=1e-13, rtol=1e-12)),)


def _guarded(function: Callable[[float], float], shape: float) -> float:
    """Return a value, or NaN where the moments overflow."""
    try:
        return function(shape)
    except (OverflowError, ValueError):
        return math.nan


def _undetermined(of: Family, cv: float, reached: list[float], solutions: int) -> Exception:
    if solutions > 1:
        what = f"mean and cv do not determine {of.name}: {solutions} values of {of.shapes[0]} give cv {cv:g}"
    elif reached:
        what = f"{of.name} from 0 cannot have cv {cv:g}: its cv goes from {min(reached):.3g} to {max(reached):.3g}"
    else:
        what = f"{of.name} cannot be given by mean and cv"
    return rejection(what, allowed=f"its own parameters: {', '.join((*of.shapes, 'loc', 'scale'))}", at="cv")
