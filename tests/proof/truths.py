"""What theory says of the queues in configs/textbook: the formulas, so that the table of exact values can be checked.

Rates are per minute, times minutes; ``wait`` is the mean time in the queue.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.integrate import solve_ivp


def waits_at_all(rate: float, service_rate: float, counters: int) -> float:
    """Probability of waiting in M/M/c (Erlang 1917), by the recursion of Erlang's loss formula."""
    load, lost = rate / service_rate, 1.0
    for c in range(1, counters + 1):
        lost = load * lost / (c + load * lost)
    busy = load / counters
    return lost / (1 - busy * (1 - lost))


def wait_of_classes(rates: Sequence[float], service_rate: float, counters: int) -> list[float]:
    """Mean wait by class, the first before the others: exponential service, no interruption.

    Cobham 1954 (Oper. Res. 2:70) for one counter; the same service rate for all classes, Kella & Yechiali 1985
    (Naval Res. Logist. 32:339) for several.
    """
    delay = waits_at_all(sum(rates), service_rate, counters) / (counters * service_rate)
    load = np.concatenate([[0.0], np.cumsum(rates)]) / (counters * service_rate)
    return [delay / ((1 - before) * (1 - upto)) for before, upto in itertools.pairwise(load)]


def wait_of_one(rate: float, mean: float, cv: float) -> float:
    """Mean wait in M/G/1: Pollaczek and Khinchine."""
    busy = rate * mean
    return busy * mean * (1 + cv * cv) / (2 * (1 - busy))


def wait_in_batches(batch_rate: float, sizes: Mapping[int, float], mean: float) -> float:
    """Mean wait in M^X/M/1: that of the batch as one customer, and of a member behind others of its batch.

    Burke 1975 (Oper. Res. 23:830).
    """
    first = sum(size * share for size, share in sizes.items())
    second = sum(size**2 * share for size, share in sizes.items())
    work_squared = (first + second) * mean**2
    batch = batch_rate * work_squared / (2 * (1 - batch_rate * first * mean))
    return batch + (second - first) / (2 * first) * mean


def wait_by_the_hour(per_hour: Sequence[float], service_rate: float, counters: int, most: int = 250) -> float:
    """Mean wait over the arrivals of a day in M_t/M/c that starts empty: Kolmogorov's forward equations.

    Rates are constant within each hour; the number present is cut off at ``most``.
    """
    present = np.arange(most + 1)
    ends = service_rate * np.minimum(present, counters)
    wait = np.maximum(present - counters + 1, 0) / (counters * service_rate)
    state = np.zeros(most + 2)
    state[0] = 1.0

    def change(_: float, y: np.ndarray, rate: float) -> np.ndarray:
        p = y[:-1]
        out = np.zeros_like(y)
        up, down = rate * p[:-1], ends[1:] * p[1:]
        out[:-2] += down - up
        out[1:-1] += up - down
        out[-1] = rate * (wait @ p)
        return out

    for rate in np.asarray(per_hour) / 60.0:
        state = solve_ivp(change, (0.0, 60.0), state, args=(rate,), method="LSODA", rtol=1e-9, atol=1e-12).y[:, -1]
    assert state[-2] < 1e-9, "cut off too low"
    return float(state[-1] / math.fsum(per_hour))
