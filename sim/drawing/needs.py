"""Who comes to need a passport, where and when.

Needs are a non-homogeneous Poisson process, drawn exactly: a count for each segment, district and day, then times
within the day from the hours' weights. A gamma day factor with mean 1, the same for the whole province, makes days
more variable than Poisson (Avramidis, Deslauriers & L'Ecuyer 2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.drawing.common import Common
from sim.drawing.shares import from_shares, rows_of
from sim.plan import DAY_MS, HOUR_MS, NONE, Floats, Ints, Segment
from sim.randomness import Identity, Source, stable_hash

MOST = 200
"""Parties of a segment, district and day with a small mean; more would be as likely as nothing else."""
ALMOST_ONE = 1.0 - 2.0**-40
"""Less than 1 by more than arithmetic may be out."""


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
    """All parties of a replication, in order of time; ties in order of segment, district and place in the day."""
    segment, district, day, who = _arisen(common, source)
    need = day * DAY_MS + time_of_day(common.hour_weights, source.uniform("need/time", who))
    order = in_time(need)
    if all(part.group_size is None for part in common.segments):
        nobody = np.zeros(len(order), dtype=np.int64)
        segment, district, need = (column.take(order) for column in (segment, district, need))
        return Needs(segment, district, need, who.take(order), nobody, nobody + NONE, nobody)
    # Groups are split into parties of at most the segment's largest party.
    people = _people_of_groups(common, source, segment, who)[order]
    largest = np.array([max(part.party_size) for part in common.segments])[segment[order]]
    parties = np.maximum(-(-people // largest), 1)
    number = np.where(people > 0, np.cumsum(people > 0) - 1, NONE)
    of = np.repeat(np.arange(len(order)), parties)
    row, people, largest = order[of], people[of], largest[of]
    before = _places(parties, of) * largest
    return Needs(
        segment[row], district[row], need[row], who.take(row).further(before),
        np.minimum(people - before, largest), number[of], people,
    )  # fmt: skip


def _arisen(common: Common, source: Source) -> tuple[Ints, Ints, Ints, Identity]:
    """Segment, district, day and identity of each need, in this order."""
    dates = common.dates
    factor = _day_factors(common, source, dates)
    groups = np.array(
        [[stable_hash(f"{segment.id}/{code}") for code in common.districts] for segment in common.segments],
        dtype=np.uint64,
    )
    counts = np.stack(
        [_counts(source, part, group, dates, factor) for part, group in zip(common.segments, groups, strict=True)]
    ).reshape(-1)
    cell = np.flatnonzero(counts > 0)
    times = counts[cell]
    of = np.repeat(np.arange(len(cell)), times)
    cell = cell[of]
    stratum = cell // len(dates)
    day = cell - stratum * len(dates)
    segment = stratum // len(common.districts)
    district = stratum - segment * len(common.districts)
    return segment, district, day, Identity.of(groups.reshape(-1)[stratum], dates[day], _places(times, of))


def _places(counts: Ints, of: Ints) -> Ints:
    """[elements] the place of each in its group, from 0 on; groups of some sizes stand one behind the other.

    ``of`` is the group of each element.
    """
    return np.arange(len(of)) - (np.cumsum(counts) - counts)[of]


def in_time(need_ms: Ints) -> Ints:
    """The rows of moments from 0 on in ascending order, equal ones in their own order."""
    # Moment and row in one number: numpy sorts numbers ten times as fast as it finds their order.
    bits = len(need_ms).bit_length()
    if int(need_ms.max(initial=0)).bit_length() + bits >= 63:
        return np.argsort(need_ms, kind="stable")
    return np.sort(need_ms << bits | np.arange(len(need_ms))) & ((1 << bits) - 1)


def _people_of_groups(common: Common, source: Source, segment: Ints, who: Identity) -> Ints:
    """People of each group; 0 where need does not come in groups."""
    people = np.zeros(len(who), dtype=np.int64)
    for s, part in enumerate(common.segments):
        if part.group_size is not None:
            rows = np.flatnonzero(segment == s)
            people[rows] = from_shares(part.group_size, source.uniform("group/size", who.take(rows)))
    return people


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
    u = source.uniform("need/count", Identity.of(groups[:, None], dates, 0))
    return poisson_inverse(u.reshape(mean.shape), mean)


def poisson_inverse(u: Floats, mean: Floats) -> Ints:
    """Quantiles of Poisson distributions: small means by summing the probabilities, large ones by scipy."""
    small = mean <= 20.0
    if small.all():
        return _by_summing(u, mean)
    from scipy.stats import poisson

    counts = np.empty(mean.shape, dtype=np.int64)
    counts[small] = _by_summing(u[small], mean[small])
    counts[~small] = poisson.ppf(u[~small], mean[~small])
    return counts


def _by_summing(u: Floats, mean: Floats) -> Ints:
    """Quantiles of Poisson distributions with small means."""
    counts = np.zeros(mean.shape, dtype=np.int64)
    # The probability of 0 is above 1 less the mean: no need to work it out for most days of most districts.
    some = np.flatnonzero(u > ALMOST_ONE - mean)
    u, mean = u.reshape(-1).take(some), mean.reshape(-1).take(some)
    told = (jit.read_only(values, np.float64) for values in (u, mean, np.exp(-mean)))
    jit.compiled(sum_up)(*told, some, counts.reshape(-1))
    return counts


def sum_up(u: Floats, mean: Floats, none: Floats, rows: Ints, counts: Ints) -> None:
    """Put the counts whose probabilities add up to some numbers into some rows, which are 0.

    Args:
        u: the numbers.
        mean: of the counts.
        none: the probabilities of 0.
        rows: where the counts go.
        counts: what is written to.
    """
    for i in range(len(u)):
        count = 0
        probability = below = none[i]
        while u[i] > below and count < MOST:
            count += 1
            probability *= mean[i] / count
            below += probability
        counts[rows[i]] = count


def time_of_day(weights: Floats, u: Floats) -> Ints:
    """Milliseconds from midnight: the inverse of the piecewise constant rate over the hours."""
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    edges[-1] = 1.0
    hour = rows_of(edges[1:-1], u)
    # An hour without needs has no width, and nobody in it.
    with np.errstate(divide="ignore"):
        slope = float(HOUR_MS) / np.diff(edges)
    row = hour.astype(np.intp)
    ms = slope[row] * (u - edges[row]) + hour * float(HOUR_MS)
    found: Ints = np.minimum(ms.astype(np.int64), DAY_MS - 1)
    return found
