"""All figures of an experiment, each as SVG, PNG and the CSV of what it shows."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.report import curves, dots, lorenz, outages, warm_up
from sim.report.access import draw_service_days
from sim.report.evidence import Evidence
from sim.report.maps import flows, regencies, travel_time
from sim.report.messages import Messages
from sim.report.style import ENDINGS, RC, Drawn, save
from sim.report.told import ACCESS

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.sensitivity import Study
    from sim.report.told import Told

Draw = Callable[[Evidence, Messages], Drawn]

FIGURES: Mapping[str, Draw] = {
    travel_time.NAME: travel_time.draw,
    regencies.NAME: regencies.draw,
    flows.NAME: flows.draw,
    "coverage_curve": curves.coverage_curve,
    "burden_by_regency": dots.burden_by_regency,
    "waits_by_site": dots.waits_by_site,
    "lead_time_by_week": curves.lead_time_by_week,
    "warm_up": warm_up.draw_warm_up,
}
"""By name, in the order of a report."""

COMPARING: Mapping[str, Draw] = {"paired_differences": dots.paired_differences}
"""After them, where something is compared."""

WITH_OUTAGES: Mapping[str, Draw] = {"outage_recovery": outages.outage_recovery}
"""After them, where something fails in any scenario."""

WITH_CURVES: Mapping[str, Draw] = {"lorenz_curves": lorenz.lorenz_curves}
"""After them, where the burden of districts is known."""


def figures_of(evidence: Evidence, access: pd.DataFrame | None) -> dict[str, Draw]:
    """The figures that are drawn of an experiment, by name.

    Args:
        evidence: its replications and plans.
        access: the content of access.csv, where there is any.
    """
    comparing = COMPARING if len(evidence.pair) == 2 else {}
    failing = WITH_OUTAGES if outages.has_outages(evidence) else {}
    curved = WITH_CURVES if lorenz.has_curves(evidence) else {}
    within: dict[str, Draw] = {} if access is None else {"service_days": functools.partial(draw_service_days, access)}
    return {**FIGURES, **comparing, **failing, **curved, **within}


def draw_figures(
    out_dir: Path,
    evidence: Evidence,
    language: str,
    endings: Sequence[str] = ENDINGS,
    access: pd.DataFrame | None = None,
) -> list[Path]:
    """Draw every figure into a folder that exists.

    Args:
        out_dir: Where NAME.svg, NAME.png and NAME.csv go.
        evidence: What was run, and what came of it.
        language: ``en`` or ``id``.
        endings: Which of svg, png and csv to write.
        access: The content of access.csv, where there is any.

    Returns:
        The files, in the order of the figures. The same input gives the same bytes.
    """
    import matplotlib

    messages = Messages(language)
    paths: list[Path] = []
    with matplotlib.rc_context(cast(Any, dict(RC))):
        for draw in figures_of(evidence, access).values():
            paths += save(draw(evidence, messages), out_dir, endings)
    return paths


def names_of(told: Told) -> tuple[str, ...]:
    """Names of all figures of stored results, in the order of a report."""
    return (
        *figures_of(told.evidence, told.tables.get(ACCESS)),
        *(["sensitivity"] if told.study is not None and len(told.study.morris) else []),
        *(["targets"] if "targets.csv" in told.tables else []),
    )


def draw_one(name: str, told: Told, language: str) -> Drawn:
    """Draw one figure of stored results.

    Raises:
        KeyError: there is none of that name.
    """
    import matplotlib

    from sim.report.sensitivity import draw_sensitivity
    from sim.report.targets import draw_targets

    messages = Messages(language)
    with matplotlib.rc_context(cast(Any, dict(RC))):
        if name == "sensitivity" and told.study is not None:
            return draw_sensitivity(told.study, messages)
        if name == "targets":
            return draw_targets(told.tables["targets.csv"], messages, told.evidence.confidence)
        return figures_of(told.evidence, told.tables.get(ACCESS))[name](told.evidence, messages)


def draw_sensitivity_figure(out_dir: Path, found: Study, language: str, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Draw the figure of a sensitivity analysis, where it came as far as having anything to show."""
    import matplotlib

    from sim.report.sensitivity import draw_sensitivity

    if not len(found.morris):
        return []
    with matplotlib.rc_context(cast(Any, dict(RC))):
        return save(draw_sensitivity(found, Messages(language)), out_dir, endings)


def draw_targets_figure(
    out_dir: Path, table: pd.DataFrame, language: str, confidence: float, endings: Sequence[str] = ENDINGS
) -> list[Path]:
    """Draw the figure of known and modelled figures; ``table`` is the content of targets.csv."""
    import matplotlib

    from sim.report.targets import draw_targets

    with matplotlib.rc_context(cast(Any, dict(RC))):
        return save(draw_targets(table, Messages(language), confidence), out_dir, endings)
