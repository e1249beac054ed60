"""Stations one behind the other in Ciw, a simulator written by others, with the arrivals and service times of a run.

Ciw is given the gaps between arrivals and, one by one, each person's service times. Its clock is a float of
milliseconds, in which whole numbers add up exactly, so that waits have to be equal and not only near.
"""

from __future__ import annotations

from typing import Any

import ciw
import numpy as np

from sim.draws import Draws
from sim.journeys import Journeys


class Own(ciw.dists.Distribution):  # type: ignore[misc]  # Ciw has no types
    """Everybody's own service time at a station, whoever is served before."""

    def __init__(self, service_ms: np.ndarray) -> None:
        self._service_ms = service_ms

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """Return the service time of the person; Ciw counts people from 1, in the order in which they come."""
        return float(self._service_ms[ind.id_number - 1])


class Gaps(ciw.dists.Distribution):  # type: ignore[misc]  # Ciw has no types
    """Gaps between given arrivals, and then none for ever.

    Ciw's own distribution of given values holds an iterator of Python's that cannot be copied from Python 3.14 on.
    """

    def __init__(self, times: np.ndarray) -> None:
        self._gaps: list[float] = np.diff(times, prepend=0).astype(float).tolist()
        self._taken = 0

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """Return the next gap."""
        self._taken += 1
        return self._gaps[self._taken - 1] if self._taken <= len(self._gaps) else float("inf")


def simulation_of(draws: Draws, stations: list[tuple[int, Any]], classes: np.ndarray | None = None) -> ciw.Simulation:
    """A simulation by Ciw that has not begun.

    Args:
        draws: who comes when.
        stations: counters and service distribution of each, one behind the other.
        classes: of each person, 0 before 1; one class where absent.
    """
    k = len(stations)
    of = np.zeros(draws.applicants, dtype=int) if classes is None else classes
    names = [str(c) for c in range(of.max() + 1)]
    after = [[1.0 if column == row + 1 else 0.0 for column in range(k)] for row in range(k)]
    network = ciw.create_network(
        arrival_distributions={name: [Gaps(draws.need_ms[of == int(name)]), *[None] * (k - 1)] for name in names},
        service_distributions={name: [service for _, service in stations] for name in names},
        number_of_servers=[counters for counters, _ in stations],
        routing=dict.fromkeys(names, after),
        priority_classes={name: int(name) for name in names},
    )
    return ciw.Simulation(network)


def finish(simulation: ciw.Simulation, people: int) -> None:
    """Simulate until so many people have left."""
    simulation.simulate_until_max_customers(people, method="Finish")


def waits_of(simulation: ciw.Simulation, people: int, stations: int) -> np.ndarray:
    """[people, stations]: waits in milliseconds, of a simulation that is over."""
    waits = np.full((people, stations), np.nan)
    for record in simulation.get_all_records():
        waits[record.id_number - 1, record.node - 1] = record.waiting_time
    return waits


def by_ciw(draws: Draws, stations: list[tuple[int, Any]], classes: np.ndarray | None = None) -> np.ndarray:
    """[people, stations]: waits in milliseconds by Ciw; arguments as of :func:`simulation_of`."""
    simulation = simulation_of(draws, stations, classes)
    finish(simulation, draws.applicants)
    return waits_of(simulation, draws.applicants, len(stations))


def by_model(j: Journeys) -> np.ndarray:
    """[people, document and interview]: waits in milliseconds by the model."""
    document = j.first("document_start_ms") - j.first("arrive_ms")
    return np.stack([document, j.first("interview_start_ms") - j.first("document_end_ms")], axis=1)
