"""Running a ranking: from a scenario's file and its alternatives to which of them may be the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.config.inheritance import FileCache
from sim.config.key_paths import format_path
from sim.config.loader import require_scenario
from sim.config.schema import TRAVEL_MINUTES
from sim.errors import ConfigError, InputError, Problem
from sim.experiment.bounds import is_planned
from sim.experiment.compiling import compile_once
from sim.experiment.crews import Standby
from sim.experiment.inputs import Variations
from sim.experiment.interrupts import termination_as_interrupt
from sim.experiment.quantities import Key, measured_of
from sim.experiment.summarise import OWN_DIFFERENCES
from sim.experiment.workers import local_crew
from sim.preparing.plans import check_scenarios
from sim.province.tables import read_tables
from sim.ranking.alternatives import Alternative, from_table, loaded
from sim.ranking.chosen import chosen
from sim.ranking.placing import at_places
from sim.ranking.ranked import Ranked
from sim.trying.asked import OPTION, Written, read_asked, understood
from sim.trying.doubted import doubts_of, warned
from sim.trying.how import How
from sim.trying.names import names_of
from sim.trying.states import states_of
from sim.trying.trials import AS_IT_STANDS, CONFIDENCE, Results, Trials, Tried, keys_of, try_all

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.config.schema import Scenario
    from sim.plan import Plan

MOST, LEAST = "--most", "--least"
BASE = "baseline"
AT_ONCE = 24
"""Alternatives that meet the people of a replication one after the other, in one process."""
LOOKED_AT = 24
"""Alternatives at most whose plans are made beforehand, to know what will be measured, or that are looked through."""


@dataclass(frozen=True)
class Wanted:
    """What is ranked, and by what."""

    most: bool
    """Whether the most is the best; the least otherwise."""
    by: str
    """What is to be most or least, as after ``--measure``."""
    measures: tuple[str, ...] = ()
    """What else is told of each, and the limits that it has to keep to count."""
    among: Path | tuple[Alternative, ...] = ()
    """Alternatives or a table of them, or..."""
    sites: tuple[str, ...] = ()
    """...the sites that are placed..."""
    at: str | None = None
    """...at these nodes, see :func:`sim.ranking.placing.at_places`."""


def rank(
    file: Path,
    wanted: Wanted,
    how: How,
) -> Ranked:
    """Simulate alternatives of a scenario with the same people and the same chance, and order them.

    Gains are against the scenario as it stands; where sites are placed, against that without them. Where measures
    have limits, only those that keep them can be the best.

    Args:
        file: the scenario's file.
        wanted: what is ranked, and by what.
        how: they are tried.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        KeyboardInterrupt: interrupted before there was anything to tell.
    """
    files = FileCache()
    require_scenario(file, files)
    written = _written(wanted)
    stands = load_scenario(file, how.overrides, files=files)
    alternatives = _alternatives(wanted, stands, written)
    base = _base(file, wanted, stands, written, how.overrides, files)
    scenarios = loaded(file, how.overrides, alternatives, files)
    variations = Variations.of({BASE: base} | {str(place): one for place, one in enumerate(scenarios)}, ())
    plan = build_plan(base.model)
    known = _known(variations, plan, _unlike(scenarios)[:LOOKED_AT])
    asked = tuple(read_asked(written, known))
    quantities = [one.quantity for one in asked]
    against: Tried | None = (BASE, {}) if any(quantity.measure in OWN_DIFFERENCES for quantity in quantities) else None
    trials = Trials(variations, keys_of(quantities, known), how.seed, TRAVEL_MINUTES, how.engine, against)
    usual = warned(stands, how.warn)
    compile_once(how.engine, plan, how.tell, how.workers)
    results, interrupted = Results(trials.keys), False
    tried: dict[int, Tried] = {AS_IT_STANDS: (BASE, {})}
    tried |= {place: (str(place), {}) for place in range(len(alternatives))}
    try:
        with termination_as_interrupt(), Standby(local_crew(trials, how.workers)) as crew:
            _try_blocks(crew, results, tried, how)
    except KeyboardInterrupt:
        if not results.rows:
            raise
        interrupted = True
        results.keep_common()
    confidence = 1.0 - (1.0 - CONFIDENCE) / (len(tried) * len(asked))
    estimates = results.estimates(quantities, confidence)
    states = states_of(asked, estimates, results.refused)
    values = {place: column for place, column in results.values(asked[0].quantity).items() if place != AS_IT_STANDS}
    planned = is_planned(asked[0].quantity.measure)
    limited = sum(bool(one.sign) for one in asked) / len(asked)
    may_be_best, behind = chosen(values, states, limited, most=wanted.most, planned=planned)
    doubts = {} if base is stands else {AS_IT_STANDS: doubts_of(base, usual)}
    doubts |= {place: doubts_of(scenarios[place], usual) for place in _candidates(may_be_best)}
    return Ranked(
        title=stands.model.title,
        names=_names(plan, scenarios),
        sites=wanted.sites,
        stands=_standing(stands.model, wanted.sites),
        without=base is not stands,
        plan=plan,
        alternatives=tuple(alternatives),
        most=wanted.most,
        asked=asked,
        estimates=estimates,
        may_be_best=may_be_best,
        behind=behind,
        refused=results.refused,
        replications=how.replications,
        replicated=results.replicated,
        seed=how.seed,
        interrupted=interrupted,
        doubts=doubts,
    )


def _standing(scenario: Scenario, sites: Sequence[str]) -> tuple[tuple[float, float], ...]:
    """Where a scenario has some sites."""
    positions = (scenario.sites[site].position for site in sites)
    return tuple((at.lat, at.lon) for at in positions)


def _candidates(may_be_best: Mapping[int, bool]) -> list[int]:
    """Places that may be the best, as many as are looked through."""
    return [place for place, so in may_be_best.items() if so][:LOOKED_AT]


def _base(
    file: Path,
    wanted: Wanted,
    stands: Loaded[Scenario],
    written: Sequence[Written],
    overrides: Sequence[str],
    files: FileCache,
) -> Loaded[Scenario]:
    """What gains are against: the scenario as it stands, or without the sites that are placed.

    Others may not do without a site: then it is the scenario as it stands, unless gains are asked for.

    Raises:
        ConfigError: gains are asked for, and there is no scenario without the sites.
    """
    if not wanted.sites:
        return stands
    settings = [f"{format_path(('sites', site, 'in_service'))}=never" for site in wanted.sites]
    try:
        base = load_scenario(file, [*overrides, *settings], files=files)
        check_scenarios({base.model.name: base})
        return base
    except InputError as error:
        gains = [one for one in written if one.words[0] in OWN_DIFFERENCES]
        if not gains:
            return stands
        what = f"gains are against the scenario without {' and '.join(wanted.sites)}, which is refused"
        raise ConfigError([*(Problem(what, path=one.path) for one in gains), *error.problems]) from error


def _unlike(scenarios: Sequence[Loaded[Scenario]]) -> list[int]:
    """The first of the alternatives that have the same sites and services on the same days: they are measured alike."""
    first: dict[str, int] = {}
    for place, one in enumerate(scenarios):
        sites = [(key, site.in_service, site.opened, site.closed) for key, site in one.model.sites.items()]
        first.setdefault(repr((sites, [*one.model.programmes], one.model.period)), place)
    return [*first.values()]


def _names(plan: Plan, scenarios: Sequence[Loaded[Scenario]]) -> dict[tuple[str, str], str]:
    """Of all units that are measured of any alternative."""
    sites = {("site", key): site.name for one in scenarios for key, site in one.model.sites.items()}
    return sites | names_of(plan)


def _written(wanted: Wanted) -> list[Written]:
    """What is asked for, first that which alternatives are ordered by.

    Raises:
        ConfigError: all that is not understood, and a limit of what they are ordered by.
    """
    (by,) = understood([wanted.by], MOST if wanted.most else LEAST)
    if by.sign:
        words = " ".join(by.words)
        allowed = f"{by.option} '{words}' with {OPTION} '{words} {by.sign} {by.limit}'"
        raise ConfigError(Problem("a limit stands in a measure of its own", path=by.path, allowed=allowed))
    return [by, *understood(wanted.measures)]


def _alternatives(wanted: Wanted, stands: Loaded[Scenario], written: Sequence[Written]) -> list[Alternative]:
    if wanted.sites:
        tables = read_tables(stands.model.data)
        return at_places(stands, tables, wanted.sites, wanted.at, one_for_all=_asks_alike(written, wanted.sites))
    return from_table(wanted.among) if isinstance(wanted.among, Path) else list(wanted.among)


def _asks_alike(written: Sequence[Written], sites: Sequence[str]) -> bool:
    """Whether the same is asked of each of some sites, if anything is."""
    of_each = [
        {tuple("" if word == site else word for word in one.words) for one in written if site in one.words}
        for site in sites
    ]
    return all(asked == of_each[0] for asked in of_each)


def _known(variations: Variations, plan: Plan, places: Sequence[int]) -> list[Key]:
    """All that is measured of the baseline and of some alternatives."""
    found: dict[Key, None] = {}
    for name in map(str, places):
        try:
            other = variations.plan(name, {})
        except InputError:
            # It is told why where it is tried.
            continue
        found |= dict.fromkeys((BASE, *key[1:]) for key in measured_of({BASE: plan, name: other}, TRAVEL_MINUTES, BASE))
    return [*found] or measured_of({BASE: plan}, TRAVEL_MINUTES)


def _try_blocks(crew: Standby, results: Results, tried: dict[int, Tried], how: How) -> None:
    """Try all, so many at once as may meet the people of a replication one after the other in one process."""
    done = 0
    order = list(tried)
    for begin in range(0, len(order), AT_ONCE):
        places = order[begin : begin + AT_ONCE]

        def one_more(several: int = len(places)) -> None:
            nonlocal done
            done += several
            how.progress(done, len(tried) * how.replications)

        try_all(crew, results, {place: tried[place] for place in places}, how.replications, one_more)
