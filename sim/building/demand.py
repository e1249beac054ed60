"""Where need arises: the weights of districts."""

from __future__ import annotations

import numpy as np

from sim.config.schema import Segment
from sim.plan import Floats
from sim.province.tables import Tables


def district_weights(segment: Segment, tables: Tables) -> Floats:
    """[districts]: the regency's weight, spread over its districts by population."""
    regency = tables.districts.regency
    population = np.bincount(regency, tables.districts.population, minlength=len(tables.regencies.code))
    city = np.array([segment.city_factor if kind == "kota" else 1.0 for kind in tables.regencies.kind])
    weight = tables.regencies.columns[segment.weight] * city
    spread: Floats = weight[regency] * tables.districts.population / np.maximum(population[regency], 1e-12)
    return spread
