"""Numbers that are asked for by name, on the axes of figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.report.style import number_ticks
from sim.report.tables import measure_label
from sim.report.written import formatter

if TYPE_CHECKING:
    from matplotlib.axis import Axis

    from sim.report.messages import Messages
    from sim.trying.asked import Asked


def asked_label(asked: Asked, names: Mapping[tuple[str, str], str], messages: Messages) -> str:
    """What a number is, with the name of its place.

    Args:
        asked: the number.
        names: of units, by level and unit.
        messages: of the language.
    """
    q = asked.quantity
    label = f"{q.measure} ({q.statistic})"
    if q.statistic in ("mean", "share"):
        label = messages.text_or(f"page.site.{q.measure}", label)
    label = measure_label(q.measure, q.statistic, messages, label)
    return label if q.level == "province" else f"{label}: {names.get((q.level, q.unit), q.unit)}"


def asked_ticks(axis: Axis, asked: Asked, messages: Messages, most: int = 9) -> None:
    """Write the ticks of an axis as the number is written, at ``most`` so many places."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    q = asked.quantity
    if q.statistic == "share" or q.measure.startswith("cost_rupiah"):
        written = formatter(q.measure, q.statistic, messages)
        axis.set_major_locator(MaxNLocator(nbins=min(most, 6)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    else:
        number_ticks(axis, messages, most=most)
