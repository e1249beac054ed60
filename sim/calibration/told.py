"""What a calibration tells: its table, the fitted values, and lines of YAML to paste."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.config.key_paths import parse_path
from sim.config.ranges import Range
from sim.config.units import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, format_rupiah, quantity

if TYPE_CHECKING:
    from sim.calibration.aim import Aim
    from sim.calibration.run import Calibrated

FEW = 5
"""With fewer replications than this their chance is told roughly."""
AT_THE_END = 0.001
STOPPED = {
    "converged": "settled",
    "limit": "stopped at the limit (calibration.points)",
    "interrupted": "interrupted: the best so far",
}


def settled(result: Calibrated, basis_command: str) -> str:
    """The command as the source of its values; where the search was cut short, that too."""
    found = result.found
    if found.stopped == "converged":
        return basis_command
    why = {"limit": "at its limit of", "interrupted": "by hand after"}[found.stopped]
    return f"{basis_command} (cut short {why} {found.points} points: the best so far, not settled)"


def lines_of(result: Calibrated, basis_command: str) -> Iterator[str]:
    """The lines to be printed, those to paste last."""
    before, after = result.misfits
    ended = STOPPED[result.found.stopped]
    yield f"{result.found.points} points, {ended}; misfit {before:.3f} before, {after:.3f} after"
    yield "(misfit: root mean square of the differences of the fitted figures, in tolerances)\n"
    yield from figures(result)
    yield ""
    yield from values(result)
    yield ""
    yield from errors_explained(result)
    yield f"\n{pasted(result, settled(result, basis_command))}"


def figures(result: Calibrated) -> Iterator[str]:
    """The known figures, fitted ones first, with the modelled ones before and after."""
    targets = result.aim.targets
    width = max(len(name) for name in targets.figure)
    yield f"{'figure':<{width}} {'official':>10} {'before':>10} {'':>7} {'after':>10} {'':>7}  fitted"
    rows = sorted(range(len(targets.figure)), key=lambda row: targets.fitted[row] != "yes")
    for row in rows:
        known = targets.known[row]
        cells = "".join(_cell(values[row], known) for values in (result.before, result.after))
        yield f"{targets.figure[row]:<{width}} {known:>10,.5g}{cells}  {targets.fitted[row]}"


def _cell(modelled: float, known: float) -> str:
    if not math.isfinite(modelled):
        return f" {'-':>10} {'':>7}"
    off = f"{100 * (modelled / known - 1):+.1f}%" if known else ""
    return f" {modelled:>10,.5g} {off:>7}"


def values(result: Calibrated) -> Iterator[str]:
    """The inputs, before and after, with standard errors, and how well the figures tell each."""
    aim, found = result.aim, result.precision
    width = max(len(one.path) for one in aim.inputs)
    yield f"{'input':<{width}} {'before':>12} {'after':>12} {'error':>10} {'by chance':>10}  range"
    point, error, chance = (aim.shares(part) for part in (result.found.point, found.error, found.chance))
    is_known = result.found.has_slopes
    group_of = {number: place for place, group in enumerate(aim.groups) for number in group}
    for number, one in enumerate(aim.inputs):
        known, group = next(iter(one.by_scenario.values())), group_of[number]
        span = known.range or Range(known.value, known.value)
        told = []
        if not AT_THE_END < point[number] < 1 - AT_THE_END:
            told.append("at the end of its range")
        if is_known and found.hardly_told[group]:
            told.append("the figures hardly tell it")
        for other in found.together(group) if is_known else ():
            paths = ", ".join(aim.inputs[place].path for place in aim.groups[other])
            told.append(f"hangs together with {paths} ({found.correlation[group, other]:+.2f})")
        note = f"  {'; '.join(told)}" if told else ""
        after = rounded(result.values[number], error[number] * _width(span)[1])
        shares = (error[number], chance[number]) if is_known else (math.nan, math.nan)
        cells = "".join(f" {in_unit(span, float(share)):>10}" for share in shares)
        yield f"{one.path:<{width}} {known.value!s:>12} {after:>12}{cells}  {span.low} to {span.high}{note}"


def errors_explained(result: Calibrated) -> Iterator[str]:
    """What the standard errors hold and what they do not, with a warning where they hold too little."""
    if not result.found.has_slopes:
        yield "(errors are not known: it ended before it was looked how the figures hang on the inputs)"
        return
    yield "(error: standard error, from the range, the tolerances of the known figures, each taken as a standard error,"
    yield "and the chance of the replications; by chance: the last alone. What is wrong with the model is in neither.)"
    number = result.replications
    if number == 1:
        yield "warning: one replication at each point: how far chance moves the values is not known and in no error;"
        yield f"    --replications {FEW} or more tells it"
    elif number < FEW:
        yield f"warning: only {number} replications at each point: how far chance moves the values is told roughly;"
        yield f"    --replications {FEW} or more tells it better"
    if result.misfits[1] > 1:
        yield "warning: the misfit after is above 1: the figures are missed by more than the errors allow for"


def in_unit(span: Range, share: float) -> str:
    """A share of a range as a size in its unit, in two figures; ``-`` where it is not known."""
    kind, width = _width(span)
    size = share * width
    if not math.isfinite(size):
        return "-"
    if kind in ("duration", "time of day"):
        units = (("days", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS))
        name, unit = next((one for one in units if size >= one[1]), ("ms", 1))
        return f"{rounded(size / unit, size / unit)} {name}"
    if kind == "rupiah":
        return format_rupiah(float(f"{size:.2g}"))
    unit_name = {"distance": " km", "speed": " km/h", "date": " days"}.get(kind, "")
    return f"{rounded(size, size)}{unit_name}"


def rounded(value: Any, error: float) -> str:
    """A number to the second figure of its error; what is no plain number, as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(error) and error > 0):
        return str(value)
    digits = 1 - math.floor(math.log10(float(f"{error:.2g}")))
    if digits <= 0:
        return str(round(round(value, digits)))
    return str(value) if isinstance(value, int) else f"{value:.{digits}f}"


def _width(span: Range) -> tuple[str, float]:
    """What a range measures, and from end to end how much of it."""
    (kind, low), (_, high) = (quantity(end) or ("number", math.nan) for end in (span.low, span.high))
    return kind, abs(high - low)


def pasted(result: Calibrated, source: str) -> str:
    """The fitted values as YAML, with their ranges and where they come from."""
    return dumped(tree_of(result.aim, result.values, source))


def tree_of(aim: Aim, fitted: tuple[Any, ...], source: str) -> dict[str, Any]:
    """The fitted values as a part of a scenario."""
    tree: dict[str, Any] = {}
    for one, value in zip(aim.inputs, fitted, strict=True):
        *above, last = (str(part) for part in parse_path(one.path))
        place = tree
        for part in above:
            place = place.setdefault(part, {})
        known = next(iter(one.by_scenario.values()))
        span = known.range or Range(value, value)
        place[last] = {"value": value, "range": span.written, "basis": "calibrated", "source": source}
        if known.note:
            texts = dict.fromkeys(known.note.values())
            place[last]["note"] = next(iter(texts)) if len(texts) == 1 else dict(known.note)
    return tree


def dumped(tree: dict[str, Any]) -> str:
    """A tree as YAML: maps as blocks, a value with where it comes from on a line of its own."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    def flowing(part: Any) -> Any:
        if not isinstance(part, dict):
            return part
        made = CommentedMap((key, flowing(value)) for key, value in part.items())
        if "basis" in part:
            made.fa.set_flow_style()
        return made

    text = io.StringIO()
    yaml = YAML()
    yaml.width = 10_000
    yaml.dump(flowing(tree), text)
    return text.getvalue().rstrip("\n")
