"""Whether the warm-up is long enough: appointments outstanding by day from the first simulated one, and MSER-5."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.experiment.summarise import summary
from sim.plan import DAY_MS, Plan
from sim.report.evidence import Evidence
from sim.report.sentences import Sentence
from sim.report.style import (
    FAINT,
    LIGHT,
    Drawn,
    head,
    look_handles,
    looks,
    month_axis,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
)
from sim.stats.warm_up import BATCH, Truncation, mser5

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.table import Table
    from sim.report.messages import Messages


SHORTEST = 60
"""Days from the first simulated one that MSER-5 is shown at least."""


@dataclass(frozen=True)
class Checked:
    """A scenario's warm-up, and what MSER-5 would leave out."""

    scenario: str
    warm_up_days: int
    shown_days: int
    """From the first simulated day on."""
    truncation: Truncation

    @property
    def verdict(self) -> Literal["enough", "short", "untold"]:
        """Whether MSER-5 finds that what is simulated before the counted days suffices, or cannot tell."""
        if not self.truncation.decided:
            return "untold"
        return "enough" if self.truncation.observations <= self.warm_up_days else "short"


def check_warm_up(backlog: pd.DataFrame, plans: Mapping[str, Plan], scenarios: Sequence[str]) -> list[Checked]:
    """The warm-up of some scenarios; a period too short for MSER-5 is left out.

    Args:
        backlog: scenario, day and estimate, days in order.
        plans: The plan of each scenario.
        scenarios: Which to check.

    MSER-5 is for a series that settles at a level, and need has seasons. So it is shown the warm-up and as many days
    after it only, SHORTEST in all at least, and where the season moves even these it says that it cannot tell.
    """
    found = []
    for scenario in scenarios:
        series = backlog.loc[backlog["scenario"] == scenario, "estimate"].to_numpy(dtype=np.float64)
        days = int(plans[scenario].counted_from_ms // DAY_MS)
        series = series[: max(2 * days, SHORTEST)]
        if len(series) >= 4 * BATCH:
            found.append(Checked(scenario, days, len(series), mser5(series)))
    return found


def warm_up_sentences(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """Whether each warm-up suffices, or that MSER-5 cannot tell."""
    for checked in check_warm_up(_backlog(evidence.summary), evidence.plans, evidence.pair):
        text = messages.text(
            f"finding.sure.warm_up.{checked.verdict}",
            scenario=evidence.title(checked.scenario, messages),
            days=messages.number(checked.warm_up_days, 0),
            left_out=messages.number(checked.truncation.observations, 0),
            shown=messages.number(checked.shown_days, 0),
        )
        yield Sentence(text, "" if checked.verdict == "enough" else text)


def draw_warm_up(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the appointments outstanding at the end of each day, the warm-up, and what MSER-5 would leave out."""
    from matplotlib.patches import Patch

    data = _backlog(evidence.summary)
    data = data[data["scenario"].isin(evidence.pair)].reset_index(drop=True)
    checked = {one.scenario: one for one in check_warm_up(data, evidence.plans, evidence.pair)}
    data["left_out_by_mser5"] = data["scenario"].map(lambda name: _left_out(checked.get(name)))
    title = messages.text("figure.warm_up.title")
    figure = new_figure(6.4, 4.2)
    shaded = Patch(color=LIGHT, alpha=0.5, linewidth=0, label=messages.text("figure.warm_up.shaded"))
    head(figure, title, [*look_handles(evidence.titles(messages), line=True), shaded])
    axes = figure.add_subplot()
    for scenario, look in zip(evidence.pair, looks(evidence.pair), strict=True):
        rows = data[data["scenario"] == scenario]
        if rows.empty:
            continue
        days = [dt.date.fromisoformat(day) for day in rows["day"]]
        axes.fill_between(days, rows["ci_low"], rows["ci_high"], color=look.colour, alpha=0.25, linewidth=0)  # type: ignore[arg-type]
        axes.plot(days, rows["estimate"], color=look.colour, linestyle=look.line, linewidth=1.4)  # type: ignore[arg-type]
        first = days[0] + dt.timedelta(days=int(evidence.plans[scenario].counted_from_ms // DAY_MS))
        axes.axvspan(days[0], first, color=LIGHT, alpha=0.5 / len(evidence.pair), linewidth=0)  # type: ignore[arg-type]
        if scenario in checked and checked[scenario].truncation.decided:
            at = days[0] + dt.timedelta(days=checked[scenario].truncation.observations)
            axes.axvline(at, color=look.colour, linestyle=":", linewidth=1.6)  # type: ignore[arg-type]
    axes.set_ylim(bottom=0)
    number_ticks(axes.yaxis, messages)
    month_axis(np.array([axes]), data["day"].nunique() // 7, messages)
    axes.grid(axis="y")
    axes.grid(axis="x", color=FAINT, alpha=0.15)
    axes.set_ylabel(wrapped(messages.text("figure.warm_up.y"), 30))
    show_note(figure, evidence.text("figure.warm_up.note", messages))
    return Drawn("warm_up", title, figure, data)


def _left_out(checked: Checked | None) -> float:
    return float(checked.truncation.observations) if checked and checked.truncation.decided else float("nan")


def warm_up_record(replications: Table, plans: Mapping[str, Plan]) -> dict[str, dict[str, int | bool | None]]:
    """What the manifest says of each scenario's warm-up: its days, those that MSER-5 leaves out, whether it suffices.

    The last two are None where MSER-5 cannot tell, and where what is simulated is too short for it.

    Args:
        replications: One row for each quantity of each scenario and replication.
        plans: The plan of each scenario.
    """
    # The confidence is of intervals that are not used here.
    rows = summary(replications, 0.95, levels=["day"], measures=["backlog"])
    told = {one.scenario: one for one in check_warm_up(_backlog(rows), plans, tuple(plans)) if one.truncation.decided}
    return {
        scenario: {
            "days": int(plan.counted_from_ms // DAY_MS),
            "mser5_leaves_out": told[scenario].truncation.observations if scenario in told else None,
            "suffices": told[scenario].verdict == "enough" if scenario in told else None,
        }
        for scenario, plan in plans.items()
    }


def _backlog(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[(table["measure"] == "backlog") & (table["level"] == "day")]
    rows = rows.rename(columns={"unit": "day"}).sort_values(["scenario", "day"], kind="stable")
    columns = ["scenario", "day", "estimate", "ci_low", "ci_high", "replications"]
    return rows[columns].reset_index(drop=True)
