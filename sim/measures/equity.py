"""How unevenly the burden of a passport lies on districts and regencies, for all and for kinds of people.

A district's burden is its mean in this replication, and it weighs as much as it has people. Districts in which nobody
got a passport have no burden to tell and are left out: what became of those who did not apply is in ``deterred_share``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.draws import Draws
from sim.measures.outcomes import Outcomes
from sim.measures.people import Populations
from sim.measures.rows import Rows
from sim.plan import EVERYONE, MINUTE_MS, Bools, Floats, Ints, Plan
from sim.stats.inequality import concentration, gini, lorenz_at, worst_off_mean

TENTHS = tuple(tenth / 10 for tenth in range(1, 10))
BURDENS = (("travel_hours", "mean"), ("cost_rupiah", "mean"), ("deterred_share", "share"))
"""What weighs on people, and the statistic under which a mean of it stands."""
MEASURES = tuple(
    f"{kind}_{name}"
    for kind in ("gini_district", "concentration", "worst_tenth", "regency_gap", "lorenz")
    for name, _ in BURDENS
)
"""All that :func:`equity` measures."""
_ALL = slice(None)


def equity(plan: Plan, draws: Draws, o: Outcomes, of: Populations) -> Rows:
    """Rows of equity, for the province and by kind of person (channel, whether they can leave home and lose a day).

    For each of BURDENS, by district and weighted with population: ``gini_district_*``, the Gini coefficient;
    ``concentration_*``, the concentration index by remoteness, above 0 where those far from the offices that print bear
    more; ``worst_tenth_*``, the mean of the tenth of people in the districts that bear most; ``regency_gap_*``, the
    mean of the worst regency minus that of the best. ``lorenz_*``, at level ``tenth``, is the share of all burden on
    the so many tenths of people who bear least.
    """
    rows = Rows()
    population = plan.districts.population
    remote = remoteness(plan)
    for name, statistic, sums, people in _by_district(plan, draws, o, of):
        for level, unit, total, count in _kinds(plan, sums, people):
            mean = _ratio(total, count)
            rows.add(f"gini_district_{name}", level, unit, "mean", gini(mean, population))
            rows.add(f"concentration_{name}", level, unit, "mean", concentration(mean, remote, population))
            rows.add(f"worst_tenth_{name}", level, unit, statistic, worst_off_mean(mean, population))
            rows.add(f"regency_gap_{name}", level, unit, statistic, _gap(plan, total, count))
            if level == "province":
                for tenth, share in enumerate(lorenz_at(TENTHS, mean, population).tolist(), start=1):
                    rows.add(f"lorenz_{name}", "tenth", str(tenth), "share", share)
    return rows


def remoteness(plan: Plan) -> Floats:
    """[districts]: minutes to the nearest office for everybody that prints its own books; NaN where there is none.

    It hardly moves between scenarios, so that an index by it compares the same people.
    """
    sites = plan.sites
    office = (sites.parent == np.arange(len(sites.id))) & sites.is_office & (sites.audience == EVERYONE)
    if not office.any():
        return np.full(len(plan.districts.code), np.nan)
    last = np.searchsorted(plan.travel.starts, plan.counted_to_ms - 1, side="right") - 1
    minutes: Floats = plan.travel.duration_ms[last][:, office].min(axis=1) / MINUTE_MS
    return minutes


def _by_district(plan: Plan, draws: Draws, o: Outcomes, of: Populations) -> Iterator[tuple[str, str, Floats, Floats]]:
    """Each burden, with its sum and its people: ``[districts, channels, able or homebound, free or loses a day]``.

    The last has one place only where nothing is said of who loses a day's work.
    """
    shape = (len(plan.districts.code), len(plan.channels.id), 2, 2 if plan.behaviour.counts_days_off else 1)
    of_party = np.ravel_multi_index((draws.district, draws.channel, draws.homebound, draws.day_off_rupiah > 0), shape)
    cell, size = of_party[draws.party.astype(np.intp)], int(np.prod(shape))
    of_need, of_served = of.counted.of(cell), of.served.of(cell)

    def summed(cells: Ints, values: Floats | Bools | None = None) -> Floats:
        found: Floats = np.bincount(cells, values, minlength=size).reshape(shape).astype(np.float64)
        return found

    need, passports = summed(of_need), summed(of_served)
    for name, statistic in BURDENS:
        if name == "deterred_share":
            yield name, statistic, summed(of_need, of.counted.of(o.deterred)), need
        else:
            yield name, statistic, summed(of_served, of.served.of(getattr(o, name))), passports


def _kinds(plan: Plan, sums: Floats, people: Floats) -> Iterator[tuple[str, str, Floats, Floats]]:
    """Level, unit, and sum and people by district: for all, each channel, the homebound, and by day's work."""
    kinds: dict[str, tuple[slice | int, ...]] = {f"channel:{name}": (row,) for row, name in enumerate(plan.channels.id)}
    kinds["mobility:homebound"] = _ALL, 1
    if plan.behaviour.counts_days_off:
        kinds |= {f"working_day:{name}": (_ALL, _ALL, k) for k, name in enumerate(("free", "day_off"))}
    yield "province", "province", _over_kinds(sums), _over_kinds(people)
    for unit, of in kinds.items():
        yield "kind", unit, _over_kinds(sums[_ALL, *of]), _over_kinds(people[_ALL, *of])


def _over_kinds(table: Floats) -> Floats:
    """[districts]: sums over all axes but the first."""
    found: Floats = table.sum(axis=tuple(range(1, table.ndim)))
    return found


def _gap(plan: Plan, total: Floats, count: Floats) -> float:
    """The highest mean of a regency minus the lowest, of those that have one; NaN where there is none."""
    regency, n = plan.districts.regency, len(plan.regencies.code)
    of = (np.bincount(regency, column, minlength=n).astype(np.float64) for column in (total, count))
    mean = _ratio(*of)
    known = mean[~np.isnan(mean)]
    return float(known.max() - known.min()) if len(known) else float("nan")


def _ratio(total: Floats, count: Floats) -> Floats:
    """Means; NaN of nobody."""
    mean: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean
