"""How well a fitted family fits: the Cramér-von Mises distance, and its chance by parametric bootstrap.

Right-censored times are compared through the estimate of Kaplan and Meier (1958). Samples of the bootstrap are drawn
from the fitted family, censored like the records, and fitted again, as parameters that were fitted make any sample fit
better (Stute, González Manteiga & Presedo Quindimil 1993, Metrika 40:243).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from sim.fitting.families import Fit, Floats, Times
from sim.randomness import stable_hash


def observed_cdf(times: Times) -> tuple[Floats, Floats]:
    """Times at which an end was seen, ascending, and the estimated probability of at most each."""
    found = stats.ecdf(stats.CensoredData.right_censored(times.value, times.going_on)).cdf
    seen = np.isin(found.quantiles, times.ended)
    return np.asarray(found.quantiles[seen]), np.asarray(found.probabilities[seen])


def distance(fitted: Fit, times: Times) -> float:
    """n times the integral of the squared difference of observed and fitted probabilities over the fitted ones.

    Without censoring this is the statistic of Cramér and von Mises; with it the integral ends at the longest record.
    """
    at, observed = observed_cdf(times)
    end = 1.0 if not times.going_on.any() else float(fitted.cdf(np.array([times.value.max()]))[0])
    edges = np.concatenate([[0.0], np.minimum(fitted.cdf(at), end), [end]])
    level = np.concatenate([[0.0], observed])
    return float(len(times.value) * (((edges[1:] - level) ** 3 - (edges[:-1] - level) ** 3) / 3.0).sum())


def goodness(fitted: Fit, times: Times, again: Callable[[Times], Fit | None], samples: int, seed: int) -> float:
    """Probability of a distance at least as great if the times came from the fitted family.

    Args:
        fitted: the family with its fitted parameters.
        times: the records.
        again: fits the family to other times.
        samples: of the bootstrap.
        seed: of its random numbers.
    """
    rng = np.random.default_rng([seed, stable_hash(fitted.family.name)])
    here, beyond, made = distance(fitted, times), 0, 0
    limits = _censoring(times)
    n = len(times.value)
    for _ in range(samples):
        value = fitted.ppf(rng.random(n))
        limit = limits(rng.random(n))
        sample = Times(np.maximum(np.minimum(value, limit), 1e-300), value > limit)
        refitted = again(sample) if (~sample.going_on).sum() > 1 else None
        if refitted is not None:
            made += 1
            beyond += distance(refitted, sample) >= here
    return (1 + beyond) / (1 + made)


def _censoring(times: Times) -> Callable[[Floats], Floats]:
    """Quantiles of the time at which observation ends, by Kaplan and Meier with the parts exchanged."""
    if not times.going_on.any():
        return lambda u: np.full(u.shape, np.inf)
    at, probability = observed_cdf(Times(times.value, ~times.going_on))
    return lambda u: np.append(at, np.inf)[np.searchsorted(probability, u)]
