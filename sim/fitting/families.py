"""The families of the configuration as distributions of times, and their fit by maximum likelihood.

Parameters are unbounded inside: logarithms of what is above 0, so that the search needs no bounds. All start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SPREAD = 50.0
"""Logarithms of parameters beyond this are no fit but an escape to a limit of the family."""


@dataclass(frozen=True)
class Times:
    """Observed times, all above 0; where ``going_on`` the end had not come yet (right-censored)."""

    value: Floats
    going_on: Bools

    @property
    def ended(self) -> Floats:
        """The times whose end was seen."""
        return self.value[~self.going_on]

    def scaled(self, factor: float) -> Times:
        """The same times in another unit."""
        return Times(self.value * factor, self.going_on)


@dataclass(frozen=True)
class Family:
    """A family; every function takes times and unbounded parameters."""

    name: str
    start: Callable[[float, float], list[float]]
    """Parameters at which the search begins, for times with mean 1: of the cv and the share that has ended."""
    log_density: Callable[[Floats, Floats], Floats]
    log_survival: Callable[[Floats, Floats], Floats]
    parameters: Callable[[Floats], Mapping[str, float]]
    """As the configuration names them: shapes and, last, the scale."""
    ppf: Callable[[Floats, Floats], Floats]
    by_cv: bool = True
    """Given by mean and cv in a configuration."""


@dataclass(frozen=True)
class Fit:
    """A family fitted to times."""

    family: Family
    theta: Floats
    log_likelihood: float
    unit: float = 1.0
    """What the times were divided by before."""

    @property
    def n_parameters(self) -> int:
        """Number of fitted parameters."""
        return len(self.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """Shapes, and the scale in the unit of the times."""
        found = dict(self.family.parameters(self.theta))
        return {**found, "scale": found["scale"] * self.unit}

    @property
    def aic(self) -> float:
        """Akaike's information criterion (Akaike 1974): smaller is better."""
        return 2.0 * self.n_parameters - 2.0 * self.log_likelihood

    def cdf(self, times: Floats) -> Floats:
        """Probability of at most each of some times."""
        return -np.expm1(self.family.log_survival(times / self.unit, self.theta))

    def density(self, times: Floats) -> Floats:
        """Density at each of some times."""
        return np.exp(self.family.log_density(times / self.unit, self.theta)) / self.unit

    def ppf(self, u: Floats) -> Floats:
        """Quantiles of some probabilities."""
        return self.family.ppf(u, self.theta) * self.unit


def fit(family: Family, times: Times) -> Fit | None:
    """The fit of greatest likelihood; None where the likelihood has no maximum inside the family.

    An end that was seen counts with its density, one that was not with the probability of a later one.
    """
    unit = float(times.value.mean())
    scaled = times.scaled(1.0 / unit)
    ended, going_on = scaled.ended, scaled.value[scaled.going_on]

    def loss(theta: Floats) -> float:
        with np.errstate(all="ignore"):
            total = family.log_density(ended, theta).sum() + family.log_survival(going_on, theta).sum()
        return -float(total) if np.isfinite(total) else 1e12

    cv = float(ended.std() / ended.mean()) if len(ended) > 1 else 1.0
    start = np.array(family.start(max(cv, 1e-3), len(ended) / len(times.value)))
    found = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-5})
    if not found.success:
        found = optimize.minimize(loss, found.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    if found.fun >= 1e12 or np.abs(found.x).max() > SPREAD:
        return None
    return Fit(family, found.x, -float(found.fun) - len(ended) * math.log(unit), unit)


def erlang(phases: int) -> Family:
    """Erlang with a number of phases."""
    log_phases = math.log(phases)

    def gamma(theta: Floats) -> Floats:
        return np.array([log_phases, theta[0]])

    return Family(
        "erlang",
        lambda cv, ended: [-log_phases - math.log(ended)],
        lambda x, theta: _gamma_density(x, gamma(theta)),
        lambda x, theta: _gamma_survival(x, gamma(theta)),
        lambda theta: {"a": float(phases), "scale": math.exp(theta[0])},
        lambda u, theta: special.gammaincinv(phases, u) * math.exp(theta[0]),
        by_cv=False,
    )


def fit_erlang(times: Times) -> Fit | None:
    """The better of the two numbers of phases next to the shape of the gamma distribution that fits best."""
    gamma = fit(GAMMA, times)
    if gamma is None:
        return None
    low = max(math.floor(gamma.parameters["a"]), 1)
    found = [made for made in (fit(erlang(phases), times) for phases in (low, low + 1)) if made is not None]
    return max(found, key=lambda made: made.log_likelihood, default=None)


def _gamma_density(x: Floats, theta: Floats) -> Floats:
    a, log_scale = math.exp(min(theta[0], SPREAD)), theta[1]
    return np.asarray((a - 1) * np.log(x) - x * np.exp(-log_scale) - special.gammaln(a) - a * log_scale)


def _gamma_survival(x: Floats, theta: Floats) -> Floats:
    return np.asarray(np.log(special.gammaincc(math.exp(min(theta[0], SPREAD)), x * np.exp(-theta[1]))))


def _lognorm_density(x: Floats, theta: Floats) -> Floats:
    z = (np.log(x) - theta[1]) * np.exp(-theta[0])
    return np.asarray(-np.log(x) - theta[0] - 0.5 * z * z - 0.5 * math.log(2 * math.pi))


def _lognorm_survival(x: Floats, theta: Floats) -> Floats:
    return np.asarray(special.log_ndtr(-(np.log(x) - theta[1]) * np.exp(-theta[0])))


def _weibull_density(x: Floats, theta: Floats) -> Floats:
    c, z = np.exp(theta[0]), np.log(x) - theta[1]
    return np.asarray(theta[0] - theta[1] + (c - 1) * z - np.exp(c * z))


def _weibull_survival(x: Floats, theta: Floats) -> Floats:
    return np.asarray(-np.exp(np.exp(theta[0]) * (np.log(x) - theta[1])))


def _hyper(theta: Floats) -> tuple[float, float, float]:
    return float(special.expit(theta[0])), float(np.exp(theta[1])), float(np.exp(theta[2]))


def _hyper_density(x: Floats, theta: Floats) -> Floats:
    p, ratio, scale = _hyper(theta)
    short, long = math.log(p) - x / scale, math.log1p(-p) - math.log(ratio) - x / (scale * ratio)
    return np.asarray(np.logaddexp(short, long) - math.log(scale))


def _hyper_survival(x: Floats, theta: Floats) -> Floats:
    p, ratio, scale = _hyper(theta)
    return np.asarray(np.logaddexp(math.log(p) - x / scale, math.log1p(-p) - x / (scale * ratio)))


def _hyper_ppf(u: Floats, theta: Floats) -> Floats:
    """By interpolation in the logarithm of the survival function, which is nearly straight; for drawing samples."""
    _, ratio, scale = _hyper(theta)
    x = np.concatenate([[0.0], np.geomspace(1e-6, 40.0, 4000) * scale * max(ratio, 1.0)])
    return np.asarray(np.interp(-np.log1p(-u), -_hyper_survival(x, theta), x))


EXPON = Family(
    "expon",
    lambda cv, ended: [-math.log(ended)],
    lambda x, theta: np.asarray(-theta[0] - x * np.exp(-theta[0])),
    lambda x, theta: np.asarray(-x * np.exp(-theta[0])),
    lambda theta: {"scale": math.exp(theta[0])},
    lambda u, theta: -np.log1p(-u) * np.exp(theta[0]),
)
GAMMA = Family(
    "gamma",
    lambda cv, ended: [-2 * math.log(cv), 2 * math.log(cv) - math.log(ended)],
    _gamma_density,
    _gamma_survival,
    lambda theta: {"a": math.exp(theta[0]), "scale": math.exp(theta[1])},
    lambda u, theta: special.gammaincinv(np.exp(theta[0]), u) * np.exp(theta[1]),
)
LOGNORM = Family(
    "lognorm",
    lambda cv, ended: [0.5 * math.log(math.log1p(cv * cv)), -0.5 * math.log1p(cv * cv) - math.log(ended)],
    _lognorm_density,
    _lognorm_survival,
    lambda theta: {"s": math.exp(theta[0]), "scale": math.exp(theta[1])},
    lambda u, theta: np.exp(theta[1] + np.exp(theta[0]) * special.ndtri(u)),
)
WEIBULL = Family(
    "weibull_min",
    lambda cv, ended: [-math.log(cv), -math.log(ended)],
    _weibull_density,
    _weibull_survival,
    lambda theta: {"c": math.exp(theta[0]), "scale": math.exp(theta[1])},
    lambda u, theta: (-np.log1p(-u)) ** np.exp(-theta[0]) * np.exp(theta[1]),
)
HYPEREXPON = Family(
    "hyperexpon",
    lambda cv, ended: [1.0, math.log(4 * max(cv, 1.0)), -math.log(2 * ended)],
    _hyper_density,
    _hyper_survival,
    lambda theta: dict(zip(("p", "ratio", "scale"), _hyper(theta), strict=True)),
    _hyper_ppf,
    by_cv=False,
)
