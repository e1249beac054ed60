"""Floating catchments: how much supply there is for the people of each place, competition included."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Zones = Mapping[float, float] | Mapping[int, float]
"""Weight of each zone by its outer edge in minutes."""


def two_step(supply: ArrayLike, people: ArrayLike, minutes: ArrayLike, catchment: float) -> Floats:
    """Two-step floating catchment scores (2SFCA): supply per person within reach.

    First, each point of supply gets the ratio R_j = S_j / sum of P_k over the places k within the catchment of j. Then
    each place i gets A_i = sum of R_j over the points of supply within its own catchment.

    Args:
        supply: ``[points]``: capacity, such as slots a year; not negative.
        people: ``[places]``: not negative.
        minutes: ``[places, points]``: travel times; infinite where one cannot go.
        catchment: how far people go, in minutes; the edge belongs to it.

    Returns:
        ``[places]``: supply per person. The scores times the people add up to the supply that anybody reaches.

    Raises:
        ValueError: shapes that do not fit, or negative numbers.

    Source: Luo, W. & Wang, F. (2003), Environment and Planning B 30(6), 865-884, doi:10.1068/b29120.
    """
    return enhanced_two_step(supply, people, minutes, {catchment: 1.0})


def enhanced_two_step(supply: ArrayLike, people: ArrayLike, minutes: ArrayLike, zones: Zones) -> Floats:
    """Enhanced two-step floating catchment scores (E2SFCA): zones of travel time weigh less the further out they are.

    As :func:`two_step` with weights in both steps: R_j = S_j / sum of P_k W_kj, and A_i = sum of R_j W_ij, where W is
    the weight of the zone that the travel time lies in, and 0 beyond the last.

    Args:
        supply: ``[points]``: capacity; not negative.
        people: ``[places]``: not negative.
        minutes: ``[places, points]``: travel times; infinite where one cannot go.
        zones: weight of each zone by its outer edge in minutes, which belongs to it.

    Raises:
        ValueError: shapes that do not fit, negative numbers, or no zone.

    Source: Luo, W. & Qi, Y. (2009), Health & Place 15(4), 1100-1107, doi:10.1016/j.healthplace.2009.06.002.
    """
    s, p, t = (np.asarray(values, dtype=np.float64) for values in (supply, people, minutes))
    if t.shape != (len(p), len(s)):
        raise ValueError(f"minutes must be [places, points] = {(len(p), len(s))}, found {t.shape}")
    for name, values in (("supply", s), ("people", p), ("minutes", t)):
        if np.isnan(values).any() or (values < 0).any():
            raise ValueError(f"{name} must not be negative or missing, found {values.min():g}")
    weight = zone_weights(t, zones)
    # Row by row rather than by a matrix product, whose last digits depend on the processor.
    demand = (weight * p[:, None]).sum(axis=0)
    ratio = np.divide(s, demand, out=np.zeros_like(s), where=demand > 0)
    scores: Floats = (weight * ratio).sum(axis=1)
    return scores


def zone_weights(minutes: Floats, zones: Zones) -> Floats:
    """The weight of the zone that each travel time lies in; 0 beyond the last.

    Raises:
        ValueError: no zone, an edge that is not above 0, or a negative weight.
    """
    steps = sorted((float(edge), weight) for edge, weight in zones.items())
    edges, weights = [edge for edge, _ in steps], np.array([*(weight for _, weight in steps), 0.0])
    if not edges or edges[0] <= 0 or weights.min() < 0:
        raise ValueError(f"zones need edges above 0 and weights of at least 0, found {dict(zones)}")
    found: Floats = weights[np.searchsorted(np.array(edges, dtype=np.float64), minutes, side="left")]
    return found
