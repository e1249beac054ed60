"""All figures of an experiment, each as SVG, PNG and the CSV of what it shows."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from sim.report import curves, dots, lorenz, outages, warm_up
from sim.report.access import draw_service_days
from sim.report.evidence import Evidence
from sim.report.maps import flows, regencies, travel_time
from sim.report.messages import Messages
from sim.report.robust import study_of
from sim.report.sensitivity import draw_sensitivity
from sim.report.style import ENDINGS, RC, Drawn, save
from sim.report.targets import draw_targets
from sim.report.told import ACCESS, TARGETS

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.told import Told

Draw = Callable[[Evidence, Messages], Drawn]
NO_TABLES: Mapping[str, pd.DataFrame] = MappingProxyType({})

FIGURES: Mapping[str, Draw] = {
    travel_time.NAME: travel_time.draw,
    regencies.NAME: regencies.draw,
    flows.NAME: flows.draw,
    "coverage_curve": curves.coverage_curve,
    "burden_by_regency": dots.burden_by_regency,
    "waits_by_site": dots.waits_by_site,
    "lead_time_by_week": curves.lead_time_by_week,
    "queue_by_week": curves.queue_by_week,
    "warm_up": warm_up.draw_warm_up,
}
"""By name, in the order of a report."""

OF_SERVED = (regencies.NAME, "burden_by_regency")
"""Of these, what is left out where nobody is served, as where only queues are looked at."""

OF_WEEKS = ("queue_by_week",)
"""What is left out where fewer than two whole weeks are known, as where a few days are looked at."""

COMPARING: Mapping[str, Draw] = {"paired_differences": dots.paired_differences}
"""After them, where people are compared with themselves."""

WITH_OUTAGES: Mapping[str, Draw] = {"outage_recovery": outages.outage_recovery}
"""After them, where something fails in any scenario."""

WITH_CURVES: Mapping[str, Draw] = {"lorenz_curves": lorenz.lorenz_curves}
"""After them, where the burden of districts is known."""


def figures_of(evidence: Evidence, tables: Mapping[str, pd.DataFrame]) -> dict[str, Draw]:
    """The figures that are drawn of an experiment, by name, in the order of a report.

    Args:
        evidence: its replications and plans.
        tables: those that are not made from the replications alone, by the names of their files.
    """
    comparing = COMPARING if any(map(evidence.pairs, evidence.scenarios)) else {}
    failing = WITH_OUTAGES if outages.has_outages(evidence) else {}
    curved = WITH_CURVES if lorenz.has_curves(evidence) else {}
    served = any(evidence.estimate(scenario, "travel_hours", "mean").n for scenario in evidence.pair)
    left_out = (() if served else OF_SERVED) + (() if curves.has_weeks(evidence) else OF_WEEKS)
    drawn = {name: draw for name, draw in FIGURES.items() if name not in left_out}
    beside: dict[str, Draw] = {}
    if ACCESS in tables:
        beside["service_days"] = functools.partial(draw_service_days, tables[ACCESS])
    study = study_of(tables)
    if study is not None and len(study.morris):
        beside["sensitivity"] = lambda _, messages: draw_sensitivity(study, messages)
    if TARGETS in tables:
        beside["targets"] = functools.partial(draw_targets, tables[TARGETS])
    return {**drawn, **comparing, **failing, **curved, **beside}


def draw_figures(
    out_dir: Path,
    evidence: Evidence,
    language: str,
    endings: Sequence[str] = ENDINGS,
    tables: Mapping[str, pd.DataFrame] = NO_TABLES,
) -> list[Path]:
    """Draw every figure into a folder that exists.

    Args:
        out_dir: Where NAME.svg, NAME.png and NAME.csv go.
        evidence: What was run, and what came of it.
        language: ``en`` or ``id``.
        endings: Which of svg, png and csv to write.
        tables: Those that are not made from the replications alone, by the names of their files.

    Returns:
        The files, in the order of the figures. The same input gives the same bytes.
    """
    import matplotlib

    messages = Messages(language)
    paths: list[Path] = []
    with matplotlib.rc_context(cast(Any, dict(RC))):
        for draw in figures_of(evidence, tables).values():
            paths += save(draw(evidence, messages), out_dir, endings)
    return paths


def draw_one(name: str, told: Told, language: str) -> Drawn:
    """Draw one figure of stored results.

    Raises:
        KeyError: there is none of that name.
    """
    import matplotlib

    with matplotlib.rc_context(cast(Any, dict(RC))):
        return figures_of(told.evidence, told.tables)[name](told.evidence, Messages(language))
