"""What running services costs at the prices as they stand, and at both ends of the ranges that are assumed for them.

Running costs are days, officers, kilometres and nights, which are simulated, times prices, which nobody publishes. An
interval over replications holds none of the doubt about a price. So each price is kept apart from how much of it is
paid for. Prices of one kind move together within their ranges, whichever site or programme they are of: who is dear at
the office is dear on the road too, and an officer who goes out with a team in place of the office changes no wage. Each
kind moves by itself. A sum that a price without a range is part of has none either: the ranges of the others alone
would pass for all the doubt there is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.config.units import parse_rupiah
from sim.plan import DAYS_A_YEAR, Costs

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Floats
    from sim.report.evidence import Evidence

PRICES = tuple(field.name for field in fields(Costs) if field.name != "stated")
AMOUNTS = {
    "site": {"per_session": ("team_days", "count"), "officer_day": ("officer_days", "count")},
    "programme": {
        "per_session": ("team_days", "count"),
        "officer_day": ("officer_days", "count"),
        "per_km": ("team_km", "total"),
        "per_night": ("officer_nights", "count"),
    },
}
"""Measure and statistic of what each price is paid for. A year's price is for the counted days; offices go no way."""
SUMS = (
    *(("passports", "count"), ("team_days", "count"), ("officer_days", "count")),
    *(("team_km", "total"), ("officer_nights", "count"), ("operating_rupiah", "total")),
)
"""What programmes have together is the sum of what each has: all that prices are paid for, and what is had for them."""


@dataclass(frozen=True)
class Line:
    """A price, and how much of it is paid for."""

    kind: str
    """What it is a price of, one of PRICES."""
    price: float
    """As it stands, in rupiah."""
    low: float
    high: float
    """Ends of its assumed range; both the price where there is none."""
    amount: Floats
    """[replications]"""

    @property
    def has_no_range(self) -> bool:
        """Whether something is paid at this price, and nobody says between what it may lie."""
        return self.low == self.high and bool((self.price * self.amount).any())

    @property
    def prices(self) -> tuple[float, float, float]:
        """The price and its range."""
        return self.price, self.low, self.high


Bill = Mapping[str, Line]
"""By the path of the price in the configuration."""


def bill(evidence: Evidence, scenario: str, assumptions: pd.DataFrame, programmes: frozenset[str]) -> dict[str, Line]:
    """What some programmes of a scenario cost, price by price; offices stand under their kinds.

    Args:
        evidence: of the replications.
        scenario: its name.
        assumptions: as in assumptions.csv, which has the ranges.
        programmes: their names.
    """
    ranges = _ranges(assumptions, scenario)
    found = {}
    for path, price, amount in _priced(evidence, scenario, programmes):
        low, high = ranges.get(path, (price, price))
        found[path] = Line(path.rpartition(".")[2], price, low, high, amount)
    return found


def total(lines: Bill) -> Floats:
    """[replications]: all of a bill at the prices as they stand."""
    found: Floats = np.sum([line.price * line.amount for line in lines.values()], axis=0)
    return found


def more(after: Bill, before: Bill) -> dict[str, Line]:
    """What one bill has more than another, price by price.

    A price that is the same in both, with its range, has one line; of one that differs each has a line.
    """
    found = {}
    for path in dict.fromkeys((*after, *before)):
        new, old = after.get(path), before.get(path)
        if new is not None and old is not None and new.prices == old.prices:
            found[path] = replace(new, amount=new.amount - old.amount)
            continue
        if new is not None:
            found[path] = new
        if old is not None:
            found[f"{path} before"] = replace(old, amount=-old.amount)
    return found


def price_range(lines: Bill) -> tuple[float, float]:
    """The least and the most that a bill comes to within the ranges of its prices, mean over replications.

    All prices of a kind move together, from the low ends by the prices as they stand to the high ends, and each kind by
    itself; so each kind comes to its least and to its most at one of the three. Of a kind of which less is paid for
    than before, high prices make a difference of bills small. NaN where something is paid at a price without a range.
    """
    if any(line.has_no_range for line in lines.values()):
        return math.nan, math.nan
    moved: dict[str, Floats] = {}
    for line in lines.values():
        moved[line.kind] = moved.get(line.kind, 0.0) + np.array(line.prices) * line.amount.mean()
    return sum(float(each.min()) for each in moved.values()), sum(float(each.max()) for each in moved.values())


def without_range(evidence: Evidence, scenario: str, lines: Bill) -> list[str]:
    """Names of the sites and programmes of a scenario at whose prices something is paid and that have no range."""
    paths = [path for path, line in lines.items() if line.has_no_range]
    owners = {tuple(path.split(".")[:2]) for path in paths}
    sites = evidence.plans[scenario].sites
    named = dict.fromkeys(
        (("sites", site), name) if office else (("programmes", programme), programme_name)
        for site, name, office, programme, programme_name in zip(
            sites.id, sites.name, sites.is_office, sites.programme, sites.programme_name, strict=True
        )
    )
    return [name for owner, name in named if owner in owners]


def stated(evidence: Evidence, scenario: str, programmes: frozenset[str]) -> bool:
    """Whether the configuration says what each place of some programmes costs, be it nothing."""
    sites = evidence.plans[scenario].sites
    of = zip(sites.programme, sites.costs, strict=True)
    return all(costs.stated for programme, costs in of if programme in programmes)


def amounts(evidence: Evidence, scenario: str) -> Mapping[tuple[str, ...], Floats]:
    """[replications] of the measures of SUMS, by measure, level, unit and statistic."""
    return evidence.all_values(scenario, tuple(AMOUNTS), tuple(measure for measure, _ in SUMS))


def _priced(evidence: Evidence, scenario: str, programmes: frozenset[str]) -> Iterator[tuple[str, float, Floats]]:
    """Path, price and amount [replications] of each price of some programmes; NaN where it was not measured."""
    plan, bought = evidence.plans[scenario], amounts(evidence, scenario)
    nothing = np.zeros(evidence.replication_count)
    sites, seen = plan.sites, set()
    for row, (site, programme) in enumerate(zip(sites.id, sites.programme, strict=True)):
        if programme not in programmes:
            continue
        level, unit = ("site", site) if sites.is_office[row] else ("programme", programme)
        if (level, unit) in seen:
            # A programme has one list of prices, however many places it visits.
            continue
        seen.add((level, unit))
        for name in PRICES:
            if name == "per_year":
                amount = nothing + sites.days_in_service[row] / DAYS_A_YEAR
            elif name in AMOUNTS[level]:
                measure, statistic = AMOUNTS[level][name]
                amount = bought.get((measure, level, unit, statistic), np.full_like(nothing, np.nan))
            else:
                amount = nothing
            yield f"{level}s.{unit}.costs.{name}", float(getattr(sites.costs[row], name)), amount


def _ranges(assumptions: pd.DataFrame, scenario: str) -> dict[str, tuple[float, float]]:
    """The range of each price that has one in a scenario, by path."""
    columns = ("scenario", "path", "value", "range_of", "range_low", "range_high")
    found = {}
    for of, path, value, handle, *ends in zip(*(assumptions[name].tolist() for name in columns), strict=True):
        # Each bill asks for them, and most rows are of no price.
        if of not in ("all", scenario) or not ends[0] or path.split(".")[-2:-1] != ["costs"]:
            continue
        if handle == "factor":
            low, high = (float(parse_rupiah(value)) * float(end) for end in ends)
        else:
            low, high = (float(parse_rupiah(end)) for end in ends)
        found[path] = low, high
    return found
