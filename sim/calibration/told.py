"""What a calibration tells: its table, the fitted values, and lines of YAML to paste."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.config.key_paths import parse_path
from sim.config.ranges import Range

if TYPE_CHECKING:
    from sim.calibration.aim import Aim
    from sim.calibration.run import Calibrated

UNTOLD = 1 / math.sqrt(12)
"""Standard error, as a share of the range, of one who knows the range and nothing else."""
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
    """The inputs, before and after, and how well the figures tell each."""
    aim = result.aim
    width = max(len(one.path) for one in aim.inputs)
    yield f"{'input':<{width}} {'before':>12} {'after':>12}  range"
    spread, point = aim.shares(result.found.spread), aim.shares(result.found.point)
    for number, one in enumerate(aim.inputs):
        known = next(iter(one.by_scenario.values()))
        span = known.range or Range(known.value, known.value)
        told = []
        if not AT_THE_END < point[number] < 1 - AT_THE_END:
            told.append("at the end of its range")
        if spread[number] > UNTOLD:
            told.append("the figures hardly tell it")
        note = f"  {'; '.join(told)}" if told else ""
        yield f"{one.path:<{width}} {known.value!s:>12} {result.values[number]!s:>12}  {span.low} to {span.high}{note}"


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
