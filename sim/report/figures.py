"""All figures of an experiment, each as SVG, PNG and the CSV of what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.report import curves, dots, outages, warm_up
from sim.report.evidence import Evidence, gather
from sim.report.maps import flows, regencies, travel_time
from sim.report.messages import Messages
from sim.report.style import ENDINGS, RC, Drawn, save

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.sensitivity import Study
    from sim.plan import Plan

FIGURES: tuple[Callable[[Evidence, Messages], Drawn], ...] = (
    travel_time.draw,
    regencies.draw,
    flows.draw,
    curves.coverage_curve,
    dots.burden_by_regency,
    dots.waits_by_site,
    curves.lead_time_by_week,
    warm_up.draw_warm_up,
)
"""In the order of a report."""

COMPARING: tuple[Callable[[Evidence, Messages], Drawn], ...] = (dots.paired_differences,)
"""After them, where something is compared."""

WITH_OUTAGES: tuple[Callable[[Evidence, Messages], Drawn], ...] = (outages.outage_recovery,)
"""After them, where something fails in any scenario."""


def draw_figures(
    out_dir: Path,
    replications: pd.DataFrame,
    plans: Mapping[str, Plan],
    baseline: str | None,
    main: str,
    language: str,
    confidence: float,
    endings: Sequence[str] = ENDINGS,
) -> list[Path]:
    """Draw every figure into a folder that exists.

    Args:
        out_dir: Where NAME.svg, NAME.png and NAME.csv go.
        replications: One row for each quantity of each scenario and replication.
        plans: The plan of each scenario, in the order of tables.
        baseline: The scenario that the others are compared with; None where nothing is compared.
        main: The scenario that most figures set beside it.
        language: ``en`` or ``id``.
        confidence: Coverage of each interval, between 0 and 1.
        endings: Which of svg, png and csv to write.

    Returns:
        The files, in the order of the figures. The same input gives the same bytes.
    """
    import matplotlib

    evidence = gather(replications, plans, baseline, main, confidence)
    messages = Messages(language)
    figures = FIGURES + COMPARING if len(evidence.pair) == 2 else FIGURES
    if outages.has_outages(evidence):
        figures = figures + WITH_OUTAGES
    paths: list[Path] = []
    with matplotlib.rc_context(cast(Any, dict(RC))):
        for draw in figures:
            paths += save(draw(evidence, messages), out_dir, endings)
    return paths


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
