"""Whether the warm-up is long enough: what is outstanding day by day from the first simulated one, and MSER-5."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.experiment.summarise import summary
from sim.measures.weeks import settling_days
from sim.plan import DAY_MS, Plan
from sim.report.effects import WORTH_TELLING
from sim.report.evidence import Evidence
from sim.report.sentences import Sentence
from sim.report.style import (
    FAINT,
    LIGHT,
    Drawn,
    Look,
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
    from matplotlib.axes import Axes

    from sim.experiment.table import Table
    from sim.report.messages import Messages


LEVELS = ("day", "site_day")
MEASURES = ("backlog", "books_waiting")
"""What has to be settled when counting starts: the appointments that people hold, and the books that are not ready."""
MOVED = {
    "days_to_passport": (0.05, 0.5),
    "lead_days": (0.05, 0.5),
    "wait_minutes": (1.0, WORTH_TELLING["wait_minutes"]),
    "passports": (0.005, 0.02),
}
"""Change, of the province and at one office, from which a longer warm-up matters: a choice, documented.

Of the mean of the same people; of passports that of their number, as a share.
"""
DECIMALS = {"days_to_passport": 3, "lead_days": 3, "wait_minutes": 2, "passports": 4}
"""Of the number, that of passports being a share."""
UNITS = {"days_to_passport": "days", "lead_days": "days", "wait_minutes": "minutes", "passports": "passports"}
MOST_NAMED = 4
"""Series that a sentence names."""


@dataclass(frozen=True)
class Series:
    """What is outstanding at the end of each day, in the province or at one office, and what MSER-5 leaves out."""

    measure: str
    site: str
    """Empty for the province."""
    truncation: Truncation


@dataclass(frozen=True)
class Checked:
    """A scenario's warm-up, and what MSER-5 says of each series of its first days."""

    scenario: str
    warm_up_days: int
    shown_days: int
    """From the first simulated day on."""
    series: tuple[Series, ...]

    @property
    def short(self) -> tuple[Series, ...]:
        """Those of which MSER-5 would leave out more than the warm-up, the one with the most first."""
        late = (
            one for one in self.series if one.truncation.decided and self.warm_up_days < one.truncation.observations
        )
        return tuple(sorted(late, key=lambda one: -one.truncation.observations))

    @property
    def untold(self) -> tuple[Series, ...]:
        """Those of which MSER-5 cannot tell."""
        return tuple(one for one in self.series if not one.truncation.decided)

    @property
    def left_out(self) -> int:
        """Days that MSER-5 would leave out at most, of series of which it can tell."""
        return max((one.truncation.observations for one in self.series if one.truncation.decided), default=0)

    @property
    def verdict(self) -> Literal["enough", "short", "untold"]:
        """Whether what is simulated before the counted days suffices for all series, or it cannot be told."""
        return "short" if self.short else "untold" if self.untold else "enough"


def check_warm_up(first_days: pd.DataFrame, plans: Mapping[str, Plan], scenarios: Sequence[str]) -> list[Checked]:
    """The warm-up of some scenarios; a period too short for MSER-5 is left out.

    Args:
        first_days: as :func:`_first_days` gives them.
        plans: The plan of each scenario.
        scenarios: Which to check.

    MSER-5 is for a series that settles at a level, and need has seasons. So it is shown the first days alone
    (:func:`~sim.measures.weeks.settling_days`), and where the season moves even these it says that it cannot tell.
    """
    found = []
    of = dict(iter(first_days.groupby("scenario", sort=False)))
    for scenario in scenarios:
        shown = settling_days(plans[scenario])
        if scenario not in of or shown < 4 * BATCH:
            continue
        series = tuple(
            Series(str(measure), str(site), mser5(rows["estimate"].to_numpy(dtype=np.float64)[:shown]))
            for (measure, site), rows in of[scenario].groupby(["measure", "site"], sort=False)
        )
        found.append(Checked(scenario, int(plans[scenario].counted_from_ms // DAY_MS), shown, series))
    return found


def warm_up_sentences(
    evidence: Evidence, messages: Messages, record: Mapping[str, Mapping[str, Any]] | None = None
) -> Iterator[Sentence]:
    """Whether each warm-up suffices, or that MSER-5 cannot tell, and of what; and what a longer one would change.

    Args:
        evidence: of the replications.
        messages: of the language.
        record: what the manifest says of each scenario's warm-up.

    Of scenarios beside the pair it is told only where it matters.
    """
    others = [name for name in evidence.scenarios if name not in evidence.pair]
    for checked in check_warm_up(_first_days(evidence.summary), evidence.plans, [*evidence.pair, *others]):
        about = (record or {}).get(checked.scenario, {})
        if checked.scenario in evidence.pair or _matters(checked, about):
            yield _verdict(checked, evidence, messages, about)


def where_the_start_matters(
    evidence: Evidence, record: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[str, ...]:
    """Scenarios of the pair whose numbers hang on their empty start, as far as is known."""
    found = check_warm_up(_first_days(evidence.summary), evidence.plans, evidence.pair)
    return tuple(one.scenario for one in found if _matters(one, (record or {}).get(one.scenario, {})))


def _matters(checked: Checked, record: Mapping[str, Any]) -> bool:
    return bool(checked.short) or _moves(record.get("longer"))


def _moves(longer: Mapping[str, Any] | None) -> bool:
    """Whether a longer warm-up moves a mean of the same people, or how many passports come, by as much as matters."""
    if longer is None:
        return False
    return any(
        abs(change) >= (in_all if unit == "province" else at_one)
        for measure, (in_all, at_one) in MOVED.items()
        for unit, change in longer.get(measure, {}).items()
    )


def _verdict(checked: Checked, evidence: Evidence, messages: Messages, record: Mapping[str, Any]) -> Sentence:
    plan, about = evidence.plans[checked.scenario], checked.short or checked.untold
    text = messages.text(
        f"finding.sure.warm_up.{checked.verdict}",
        scenario=evidence.title(checked.scenario, messages),
        days=messages.number(checked.warm_up_days, 0),
        left_out=messages.number(checked.left_out, 0),
        shown=messages.number(checked.shown_days, 0),
        series=_named(about, plan, messages),
    )
    longer = record.get("longer")
    if longer is None:
        if "longer" in record:
            text += " " + messages.text("finding.sure.warm_up.longer.untold")
        return Sentence(text, "" if checked.verdict == "enough" else text)
    text += f" {_longer(longer, plan, messages)}"
    # That MSER-5 finds no level needs no warning where the start hardly moves anything.
    return Sentence(text, text if _matters(checked, record) else "")


def _longer(longer: Mapping[str, Any], plan: Plan, messages: Messages) -> str:
    """By how much a longer warm-up moves the means of the same people, and how many passports come."""
    name = dict(zip(plan.sites.id, plan.sites.name, strict=True))
    parts = []
    for measure in MOVED:
        found = dict(longer.get(measure, {}))
        if "province" not in found:
            continue
        written = [_more_or_less(messages, measure, found.pop("province"))]
        site = max(found, key=lambda one: abs(found[one]), default="")
        if site and not _is_same(measure, found[site]):
            more = _more_or_less(messages, measure, found[site])
            written.append(messages.text("finding.sure.warm_up.longer.at", site=name.get(site, site), more=more))
        parts.append(messages.text(f"finding.sure.warm_up.longer.of.{measure}", more=", ".join(written)))
    key = f"finding.sure.warm_up.longer.{'moves' if _moves(longer) else 'quiet'}"
    return messages.text(key, days=messages.number(longer["days"], 0), parts="; ".join(parts))


def _more_or_less(messages: Messages, measure: str, value: float) -> str:
    way = "same" if _is_same(measure, value) else "less" if value < 0 else "more"
    tell, decimals = (messages.percent, 2) if measure == "passports" else (messages.number, DECIMALS[measure])
    return messages.text(f"finding.sure.warm_up.longer.{way}.{UNITS[measure]}", value=tell(abs(value), decimals))


def _is_same(measure: str, value: float) -> bool:
    """Whether a change would be written as none."""
    return round(value, DECIMALS[measure]) == 0.0


def _named(series: Sequence[Series], plan: Plan, messages: Messages) -> str:
    """Series by name, with how many more there are."""
    site_name = dict(zip(plan.sites.id, plan.sites.name, strict=True))
    names = []
    for one in series[:MOST_NAMED]:
        key = f"finding.sure.warm_up.{one.measure}.{'site' if one.site else 'province'}"
        names.append(messages.text(key, site=site_name.get(one.site, "")))
    more = len(series) - MOST_NAMED
    if more > 0:
        names.append(messages.text("finding.sure.warm_up.more", number=messages.number(more, 0)))
    return messages.names(names)


def draw_warm_up(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw what is outstanding at the end of each day, the warm-up, and what MSER-5 would leave out.

    The province, and below it those offices that the sentences on the warm-up name.
    """
    from matplotlib.patches import Patch

    data = _first_days(evidence.summary)
    data = data[data["scenario"].isin(evidence.pair)]
    checked = {one.scenario: one for one in check_warm_up(data, evidence.plans, evidence.pair)}
    cut = {
        (scenario, one.measure, one.site): one.truncation.observations
        for scenario, found in checked.items() for one in found.series if one.truncation.decided
    }  # fmt: skip
    panels = _panels(list(checked.values()))
    drawn = list(map(tuple, data[["measure", "site"]].to_numpy()))
    data = data[[one in panels for one in drawn]].reset_index(drop=True)
    whose = list(data[["scenario", "measure", "site"]].itertuples(index=False, name=None))
    data["left_out_by_mser5"] = [float(cut.get(key, "nan")) for key in whose]
    title = messages.text("figure.warm_up.title")
    figure = new_figure(6.4, 1.4 + 1.9 * len(panels))
    shaded = Patch(color=LIGHT, alpha=0.5, linewidth=0, label=messages.text("figure.warm_up.shaded"))
    head(figure, title, [*look_handles(evidence.titles(messages), line=True), shaded])
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for axes, (measure, site) in zip(grid[:, 0], panels, strict=True):
        for scenario, look in zip(evidence.pair, looks(evidence.pair), strict=True):
            chosen = [key == (scenario, measure, site) for key in whose]
            if any(chosen):
                first = int(evidence.plans[scenario].counted_from_ms // DAY_MS)
                _draw_series(axes, data[chosen], look, first, 0.5 / len(evidence.pair))
        axes.set_ylim(bottom=0)
        number_ticks(axes.yaxis, messages)
        axes.grid(axis="y")
        axes.grid(axis="x", color=FAINT, alpha=0.15)
        name = _site_name(evidence, site) if site else messages.text("figure.warm_up.province")
        axes.set_ylabel(wrapped(messages.text(f"figure.warm_up.y.{measure}", place=name), 24))
    month_axis(grid, data["day"].nunique() // 7, messages)
    show_note(figure, evidence.text("figure.warm_up.note", messages))
    return Drawn("warm_up", title, figure, data)


def _panels(checked: Sequence[Checked]) -> list[tuple[str, str]]:
    """Measure and site of what is drawn: the province, then the offices that sentences name."""
    named = (one for found in checked for one in (found.short or found.untold)[:MOST_NAMED] if one.site)
    return list(dict.fromkeys([*((measure, "") for measure in MEASURES), *((one.measure, one.site) for one in named)]))


def _draw_series(axes: Axes, rows: pd.DataFrame, look: Look, warm_up_days: int, alpha: float) -> None:
    days = [dt.date.fromisoformat(day) for day in rows["day"]]
    axes.fill_between(days, rows["ci_low"], rows["ci_high"], color=look.colour, alpha=0.25, linewidth=0)  # type: ignore[arg-type]
    axes.plot(days, rows["estimate"], color=look.colour, linestyle=look.line, linewidth=1.4)  # type: ignore[arg-type]
    axes.axvspan(days[0], days[0] + dt.timedelta(days=warm_up_days), color=LIGHT, alpha=alpha, linewidth=0)  # type: ignore[arg-type]
    left_out = float(rows["left_out_by_mser5"].iloc[0])
    if not math.isnan(left_out):
        at = days[0] + dt.timedelta(days=left_out)
        axes.axvline(at, color=look.colour, linestyle=":", linewidth=1.6)  # type: ignore[arg-type]


def _site_name(evidence: Evidence, site: str) -> str:
    sites = next(plan.sites for plan in map(evidence.plans.__getitem__, evidence.pair) if site in plan.sites.id)
    return sites.name[sites.id.index(site)]


def warm_up_record(replications: Table, plans: Mapping[str, Plan]) -> dict[str, dict[str, object]]:
    """What the manifest says of each scenario's warm-up.

    ``days`` of it, the days that MSER-5 leaves out of the series of which it leaves out most (``mser5_leaves_out``),
    whether the warm-up ``suffices``, and which series it cannot tell of (``unsettled``, such as ``backlog ukk_oku``).
    The first two findings are None where MSER-5 cannot tell of all, the last where it has too few days to tell of any.

    Args:
        replications: One row for each quantity of each scenario and replication.
        plans: The plan of each scenario.
    """
    # The confidence is of intervals that are not used here.
    rows = _first_days(summary(replications, 0.95, levels=LEVELS, measures=MEASURES))
    told = {one.scenario: one for one in check_warm_up(rows, plans, tuple(plans))}
    return {
        scenario: {
            "days": int(plan.counted_from_ms // DAY_MS),
            "mser5_leaves_out": found.left_out if (found := told.get(scenario)) and not found.untold else None,
            "suffices": found.verdict == "enough" if found and (found.short or not found.untold) else None,
            "unsettled": [f"{one.measure} {one.site or 'province'}" for one in found.untold] if found else None,
        }
        for scenario, plan in plans.items()
    }


def _first_days(table: pd.DataFrame) -> pd.DataFrame:
    """What is outstanding at the end of days: by scenario, measure, site (empty for the province) and day, in order."""
    rows = table[table["measure"].isin(MEASURES) & table["level"].isin(LEVELS)]
    split = rows["unit"].str.rpartition(" ")
    rows = rows.assign(site=split[0], day=split[2])
    rows = rows.sort_values(["scenario", "measure", "site", "day"], kind="stable")
    columns = ["scenario", "measure", "site", "day", "estimate", "ci_low", "ci_high", "replications"]
    return rows[columns].reset_index(drop=True)
