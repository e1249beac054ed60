"""Who comes to need a passport, where and when.

Needs are a non-homogeneous Poisson process, drawn exactly: a count for each segment, district and day, then times
within the day from the hours' weights. A gamma day factor with mean 1, the same for the whole province, makes days
more variable than Poisson (Avramidis, Deslauriers & L'Ecuyer 2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.drawing.common import Common
from sim.drawing.shares import from_shares
from sim.plan import DAY_MS, HOUR_MS, NONE, Floats, Ints, Segment
from sim.randomness import Identity, Source, stable_hash


@dataclass(frozen=True)
class Needs:
    """Parties before their attributes: where, when, and the identity that keys their numbers."""

    segment: Ints
    district: Ints
    need_ms: Ints
    who: Identity
    size: Ints
    """People of each party where need comes in groups; 0 elsewhere."""
    group: Ints
    group_people: Ints


def needs_of(common: Common, source: Source) -> Needs:
    """All parties of a replication, in order of time."""
    return _grouped(common, source, _needs(common, source))


def _needs(common: Common, source: Source) -> Needs:
    """Parties in order of time; ties in order of segment, district and place in the day."""
    dates = common.dates
    factor = _day_factors(common, source, dates)
    columns: list[tuple[Ints, Ints, Ints, Ints, NDArray[np.uint64]]] = []
    for s, segment in enumerate(common.segments):
        groups = np.array([stable_hash(f"{segment.id}/{code}") for code in common.districts], dtype=np.uint64)
        counts = _counts(source, segment, groups, dates, factor)
        district, day = np.nonzero(counts)
        times = counts[district, day]
        district, day = np.repeat(district, times), np.repeat(day, times)
        index = np.arange(len(day)) - np.repeat(np.cumsum(times) - times, times)
        columns.append((np.full(len(day), s), district, day, index, groups[district]))
    segment_row, district, day, index, group = (np.concatenate(c) for c in zip(*columns, strict=True))
    who = Identity.of(group, dates[day], index)
    need = day * DAY_MS + _time_of_day(common.hour_weights, source.uniform("need/time", who))
    order = in_time(need)
    nobody = np.zeros(len(order), dtype=np.int64)
    return Needs(segment_row[order], district[order], need[order], who.take(order), nobody, nobody + NONE, nobody)


def in_time(need_ms: Ints) -> Ints:
    """The rows of moments from 0 on in ascending order, equal ones in their own order."""
    # Moment and row in one number: numpy sorts numbers ten times as fast as it finds their order.
    bits = len(need_ms).bit_length()
    if int(need_ms.max(initial=0)).bit_length() + bits >= 63:
        return np.argsort(need_ms, kind="stable")
    return np.sort(need_ms << bits | np.arange(len(need_ms))) & ((1 << bits) - 1)


def _grouped(common: Common, source: Source, needs: Needs) -> Needs:
    """Groups split into parties of at most the segment's largest party; all else as it was."""
    if all(segment.group_size is None for segment in common.segments):
        return needs
    people = np.zeros(len(needs.who), dtype=np.int64)
    largest = np.ones(len(needs.who), dtype=np.int64)
    size_u = source.uniform("group/size", needs.who)
    for s, segment in enumerate(common.segments):
        if segment.group_size is not None:
            rows = np.flatnonzero(needs.segment == s)
            people[rows] = from_shares(segment.group_size, size_u[rows])
            largest[rows] = max(segment.party_size)
    copies = np.where(people > 0, -(-people // largest), 1)
    row = np.repeat(np.arange(len(copies)), copies)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(copies) - copies, copies)
    who = needs.who.take(row).further(turn * largest[row])
    size = np.where(people[row] > 0, np.minimum(people[row] - turn * largest[row], largest[row]), 0)
    numbers = np.where(people > 0, np.cumsum(people > 0) - 1, NONE)
    return Needs(needs.segment[row], needs.district[row], needs.need_ms[row], who, size, numbers[row], people[row])


def _day_factors(common: Common, source: Source, dates: Ints) -> Floats:
    """[days]: gamma with mean 1 and the plan's coefficient of variation."""
    if common.day_cv == 0:
        return np.ones(len(dates))
    from scipy.special import gammaincinv

    shape = 1.0 / common.day_cv**2
    zeros = np.zeros(len(dates), dtype=np.int64)
    who = Identity.of(np.full(len(dates), stable_hash("province"), dtype=np.uint64), dates, zeros)
    return np.asarray(gammaincinv(shape, source.uniform("need/day", who)) / shape, dtype=np.float64)


def _counts(source: Source, segment: Segment, groups: NDArray[np.uint64], dates: Ints, factor: Floats) -> Ints:
    """[districts, days]: parties that arise, by inversion of the Poisson distribution."""
    mean = segment.parties_per_day * factor
    n_districts, n_days = mean.shape
    who = Identity.of(
        np.repeat(groups, n_days), np.tile(dates, n_districts), np.zeros(n_districts * n_days, dtype=np.int64)
    )
    return poisson_inverse(source.uniform("need/count", who).reshape(mean.shape), mean)


def poisson_inverse(u: Floats, mean: Floats) -> Ints:
    """Quantiles of Poisson distributions: small means by summing the probabilities, large ones by scipy."""
    counts = np.zeros(mean.shape, dtype=np.int64)
    small = mean <= 20.0
    m, left = mean[small], u[small]
    k = np.zeros(m.shape, dtype=np.int64)
    probability = np.exp(-m)
    below = probability.copy()
    todo = np.flatnonzero(left > below)
    step = 0
    while len(todo):
        step += 1
        k[todo] = step
        probability[todo] *= m[todo] / step
        below[todo] += probability[todo]
        todo = todo[(left[todo] > below[todo]) & (step < 200)]
    counts[small] = k
    if not small.all():
        from scipy.stats import poisson

        counts[~small] = np.asarray(poisson.ppf(u[~small], mean[~small])).astype(np.int64)
    return counts


def _time_of_day(weights: Floats, u: Floats) -> Ints:
    """Milliseconds from midnight: the inverse of the piecewise constant rate over the hours."""
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    edges[-1] = 1.0
    ms = np.asarray(np.interp(u, edges, np.arange(25) * float(HOUR_MS)))
    return np.minimum(ms.astype(np.int64), DAY_MS - 1)
