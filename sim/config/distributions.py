"""Random quantities as a file gives them: a family with its mean and cv or own parameters, a constant, or a sample.

A distribution is a quantile function. It draws nothing: who draws passes probabilities in the open interval (0, 1), so
that the same probability gives the same fate in every scenario.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from sim.config import units
from sim.config.families import Family, family, solve_shapes
from sim.config.rejection import nearest_name, rejection, said
from sim.config.samples import read_column

if TYPE_CHECKING:
    from sim.config.families import Floats

Measure = Literal["duration", "money", "factor"]

NEGLIGIBLE = 1e-9
"""A probability of a negative value up to this is cut off at 0; a greater one is an error."""


MOST_CV = 100
"""A greater coefficient of variation leaves nothing but zeros and a few values without bound."""


def _rounded_duration(duration_ms: float) -> str:
    """Return a duration to four digits in the unit that suits its size."""
    for unit, unit_ms in (
        ("days", units.DAY_MS),
        ("h", units.HOUR_MS),
        ("min", units.MINUTE_MS),
        ("s", units.SECOND_MS),
    ):
        if duration_ms >= unit_ms * (2 if unit in ("days", "h") else 1):
            return f"{duration_ms / unit_ms:.4g} {unit}"
    return f"{duration_ms:.4g} ms"


_READ: dict[str, Callable[[object], float]] = {
    "duration": units.duration_ms,
    "money": units.parse_rupiah,
    "factor": units.parse_level,
}
_FORMAT: dict[str, Callable[[float], str]] = {
    "duration": _rounded_duration,
    "money": units.format_rupiah,
    "factor": lambda factor: f"{factor:g}",
}


@dataclass(frozen=True)
class Distribution:
    """A random quantity that is never negative, in the base unit of its measure (ms, rupiah, or a plain factor)."""

    measure: Measure
    family: str
    """``constant``, ``empirical``, or a family of scipy.stats."""
    shapes: tuple[float, ...] = ()
    loc: float = 0.0
    scale: float = 1.0
    sample: tuple[float, ...] = ()
    """The sorted values of an empirical distribution."""
    mean: float = math.nan
    cv: float = math.nan
    """Coefficient of variation: standard deviation over mean."""

    def ppf(self, u: Floats) -> Floats:
        """Return the quantiles of an array of probabilities in (0, 1), not rounded, in the same shape."""
        import numpy as np

        u = np.asarray(u, dtype=np.float64)
        if self.family == "constant":
            return np.full(u.shape, self.loc)
        if self.family == "empirical":
            rank = np.ceil(u * len(self.sample)).astype(np.int64) - 1
            return np.asarray(self.sample)[np.clip(rank, 0, len(self.sample) - 1)]
        values = family(self.family).ppf(u, *self.shapes) * self.scale
        values += self.loc
        return np.maximum(values, 0.0, out=values)

    def describe(self) -> str:
        """Return the family, mean and cv in words."""
        mean = _FORMAT[self.measure](self.mean)
        if self.family == "constant":
            return f"constant {mean}"
        size = f" of {len(self.sample)} values" if self.sample else ""
        return f"{self.family}{size}, mean {mean}, cv {self.cv:.3g}"


def read_distribution(value: object, measure: Measure) -> Distribution:
    """Return the distribution that a file gives, or refuse it (a ``ValueError`` that says why)."""
    if isinstance(value, Distribution):
        return value
    if not isinstance(value, Mapping):
        return _constant(_number(value, measure, ""), measure, "")
    forms = [key for key in ("distribution", "constant", "empirical") if key in value]
    if len(forms) != 1:
        raise rejection(
            f"has {' and '.join(forms) or 'none'} of the keys distribution, constant and empirical",
            allowed="{distribution: gamma, mean: ..., cv: ...}, {constant: ...} or {empirical: a.csv, column: ...}",
        )
    if forms == ["constant"]:
        _only(value, ("constant",))
        return _constant(_number(value["constant"], measure, "constant"), measure, "constant")
    return _empirical(value, measure) if forms == ["empirical"] else _of_family(value, measure)


def _of_family(value: Mapping[str, object], measure: Measure) -> Distribution:
    name = value["distribution"]
    if not isinstance(name, str):
        raise rejection(f"{said(name)} is not the name of a distribution", at="distribution")
    if name == "constant":
        _only(value, ("distribution", "mean", "cv"))
        if "cv" in value and _plain(value["cv"], "cv") != 0:
            raise rejection("a constant has no spread", allowed="cv 0, or no cv", at="cv")
        return _constant(_number(_needed(value, "mean", name), measure, "mean"), measure, "mean")
    of = family(name)
    _only(value, ("distribution", "mean", "cv", *of.shapes, "loc", "scale"))
    own = [key for key in (*of.shapes, "loc", "scale") if key in value]
    by_mean = [key for key in ("mean", "cv") if key in value]
    if own and by_mean:
        raise rejection(
            f"gives {name} both by {' and '.join(by_mean)} and by {' and '.join(own)}",
            allowed=f"either mean and cv, or {', '.join((*of.shapes, 'loc', 'scale'))}",
        )
    made = _by_own_parameters(of, value, measure) if own else _by_mean_and_cv(of, value, measure)
    return _never_negative(of, made)


def _by_own_parameters(of: Family, value: Mapping[str, object], measure: Measure) -> Distribution:
    shapes = tuple(_plain(_needed(value, name, of.name), name) for name in of.shapes)
    if not of.valid(*shapes):
        given = ", ".join(f"{name} {shape:g}" for name, shape in zip(of.shapes, shapes, strict=True))
        whole = "; a whole number for erlang" if of.name == "erlang" else ""
        raise rejection(f"{of.name} cannot have {given}", allowed=f"shapes in its domain{whole}", at=of.shapes[0])
    loc = _number(value["loc"], measure, "loc") if "loc" in value else 0.0
    unit_scale = 1.0 if measure == "factor" and "scale" not in value else None
    scale = unit_scale or _number(_needed(value, "scale", of.name), measure, "scale")
    if scale <= 0:
        raise rejection(f"{said(value['scale'])} is not above 0", allowed="a scale above 0", at="scale")
    return _with_moments(of, shapes, loc, scale, measure)


def _by_mean_and_cv(of: Family, value: Mapping[str, object], measure: Measure) -> Distribution:
    own = ", ".join((*of.shapes, "loc", "scale"))
    if len(of.shapes) > 1 and of.shapes_of_cv is None:
        raise rejection(f"mean and cv do not determine {of.name}", allowed=f"its own parameters: {own}")
    mean = _number(_needed(value, "mean", of.name), measure, "mean")
    if mean <= 0:
        raise rejection(f"{said(value['mean'])} is not above 0", allowed="a mean above 0", at="mean")
    if not of.shapes and of.from_zero:
        standard_mean, deviation = of.moments()
        made = _with_moments(of, (), 0.0, mean / standard_mean, measure)
        fixed_cv = deviation / standard_mean
        if "cv" in value and not math.isclose(_plain(value["cv"], "cv"), fixed_cv, rel_tol=1e-3):
            raise rejection(
                f"{of.name} always has cv {fixed_cv:.4g}, not {said(value['cv'])}",
                allowed="no cv, or another distribution, such as gamma",
                at="cv",
            )
        return made
    cv = _plain(_needed(value, "cv", of.name), "cv")
    if not 0 < cv <= MOST_CV:
        above = f"above 0 and at most {MOST_CV}"
        raise rejection(f"{said(value['cv'])} is not {above}", allowed=f"a cv {above}; or {{constant: ...}}", at="cv")
    if not of.shapes:
        standard_mean, deviation = of.moments()
        scale = mean * cv / deviation
        return _with_moments(of, (), mean - scale * standard_mean, scale, measure)
    shapes = solve_shapes(of, cv)
    if of.name == "erlang":
        shapes = (_whole_phases(shapes[0], cv),)
    elif not of.valid(*shapes):
        raise rejection(f"{of.name} cannot have cv {cv:g}: too extreme", allowed="a cv nearer to 1", at="cv")
    return _with_moments(of, shapes, 0.0, mean / of.moments(*shapes)[0], measure)


def _whole_phases(shape: float, cv: float) -> float:
    phases = max(round(shape), 1)
    if abs(1 / math.sqrt(phases) - cv) > 5e-3 * cv:
        near = sorted({max(math.floor(shape), 1), max(math.floor(shape), 1) + 1})
        cvs = " or ".join(f"{1 / math.sqrt(count):.4g}" for count in near)
        raise rejection(
            f"erlang has a whole number of phases, so cv {cv:g} cannot be", allowed=f"cv {cvs}; or gamma", at="cv"
        )
    return float(phases)


def _with_moments(of: Family, shapes: tuple[float, ...], loc: float, scale: float, measure: Measure) -> Distribution:
    try:
        standard_mean, deviation = of.moments(*shapes)
    except (OverflowError, ValueError, ZeroDivisionError):
        standard_mean, deviation = math.inf, math.inf
    mean = loc + scale * standard_mean
    if not math.isfinite(mean):
        raise rejection(f"{of.name} with these parameters has no finite mean", at="distribution")
    cv = scale * deviation / mean if mean else math.inf
    return Distribution(measure, of.name, shapes, loc, scale, mean=mean, cv=cv)


def _never_negative(of: Family, made: Distribution) -> Distribution:
    probability = of.cdf(-made.loc / made.scale, *made.shapes)
    if not probability <= NEGLIGIBLE:
        raise rejection(
            f"{made.describe()} is below 0 with probability {probability:.3g}, and a {made.measure} cannot be",
            allowed="a distribution that stays above 0, such as gamma or lognorm",
        )
    return made


def _constant(amount: float, measure: Measure, at: str) -> Distribution:
    if amount < 0 or (measure == "factor" and amount == 0):
        above = "above 0" if measure == "factor" else "of 0 or more"
        raise rejection(f"{_FORMAT[measure](amount)} is not {above}", allowed=f"a {measure} {above}", at=at)
    return Distribution(measure, "constant", loc=amount, mean=amount, cv=0.0)


def _empirical(value: Mapping[str, object], measure: Measure) -> Distribution:
    keys = ("empirical", "column") if measure == "factor" else ("empirical", "column", "unit")
    _only(value, keys)
    column, name = _needed(value, "column", "empirical"), value["empirical"]
    if not isinstance(name, (str, Path)) or not isinstance(column, str):
        allowed = "{empirical: file.csv, column: minutes, unit: min}"
        raise rejection("empirical names a CSV file and a column", allowed=allowed)
    factor = _unit_factor(_needed(value, "unit", "empirical"), measure) if measure != "factor" else 1.0
    sample = tuple(sorted(number * factor for number in read_column(Path(name), column)))
    mean = math.fsum(sample) / len(sample)
    variance = math.fsum((number - mean) ** 2 for number in sample) / len(sample)
    if mean <= 0:
        raise rejection(f"{name}: column {column!r} holds nothing above 0", allowed="a sample with a mean above 0")
    return Distribution(measure, "empirical", sample=sample, mean=mean, cv=math.sqrt(variance) / mean)


def _unit_factor(unit: object, measure: Measure) -> float:
    allowed = "ms, s, min, h or days" if measure == "duration" else "Rp"
    if measure == "money" and unit == "Rp":
        return 1.0
    if measure != "duration" or not isinstance(unit, str) or not unit.isalpha():
        raise rejection(f"{said(unit)} is not a unit of {measure}", allowed=allowed, at="unit")
    try:
        return units.duration_ms(f"1 {unit}")
    except ValueError:
        raise rejection(f"{said(unit)} is not a unit of duration", allowed=allowed, at="unit") from None


def _number(value: object, measure: Measure, at: str) -> float:
    """Return a parameter that carries the unit of the measure."""
    try:
        return float(_READ[measure](value))
    except ValueError as error:
        context = getattr(error, "context", None) or {"what": str(error), "allowed": "", "nearest": ""}
        raise rejection(context["what"], allowed=context["allowed"], nearest=context["nearest"], at=at) from None


def _plain(value: object, at: str) -> float:
    """Return a parameter without a unit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise rejection(f"{said(value)} is not a plain number", allowed="a finite number without a unit", at=at)
    return float(value)


def _needed(value: Mapping[str, object], key: str, what: str) -> object:
    if key not in value:
        raise rejection(f"{what} needs {key!r}; it is missing", at="")
    return value[key]


def _only(value: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    for key in value:
        if key not in allowed:
            near = nearest_name(str(key), allowed)
            raise rejection("unknown key", allowed=", ".join(allowed), nearest=near, at=str(key))


def _schema(bare: dict[str, Any], parameter: dict[str, Any], unit: dict[str, Any] | None) -> WithJsonSchema:
    """Return the JSON Schema of the four ways to write a distribution."""
    empirical: dict[str, Any] = {
        "type": "object",
        "properties": {"empirical": {"type": "string"}, "column": {"type": "string"}},
        "required": ["empirical", "column"],
        "additionalProperties": False,
    }
    if unit is not None:
        empirical["properties"]["unit"] = unit
        empirical["required"].append("unit")
    of_family = {
        "type": "object",
        "properties": {
            "distribution": {"type": "string", "examples": ["gamma", "lognorm", "expon", "weibull_min"]},
            "mean": parameter,
            "cv": {"type": "number", "minimum": 0},
            "loc": parameter,
            "scale": parameter,
        },
        "required": ["distribution"],
        "additionalProperties": {"type": "number", "description": "A shape of the family."},
    }
    constant: dict[str, Any] = {"type": "object", "properties": {"constant": bare}, "required": ["constant"]}
    constant["additionalProperties"] = False
    description = "A constant, a family by mean and cv or by its own parameters, or a sample from a CSV file."
    return WithJsonSchema({"anyOf": [bare, constant, of_family, empirical], "description": description})


_DURATION = {"type": "string", "pattern": f"^-?{units.DURATION_PATTERN}$", "examples": ["10 min"]}
_MONEY = {"type": "string", "pattern": f"^{units.RUPIAH_PATTERN}$", "examples": ["Rp 40000"]}
_FACTOR = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9.]+ *%$"}]}
_TIME_UNIT = {"type": "string", "examples": ["ms", "s", "min", "h", "days"]}

DurationDistribution = Annotated[
    Distribution,
    PlainValidator(lambda value: read_distribution(value, "duration")),
    _schema(_DURATION, _DURATION, _TIME_UNIT),
]
"""A random duration in milliseconds."""

MoneyDistribution = Annotated[
    Distribution,
    PlainValidator(lambda value: read_distribution(value, "money")),
    _schema(_MONEY, _MONEY, {"const": "Rp"}),
]
"""A random amount in rupiah."""

FactorDistribution = Annotated[
    Distribution,
    PlainValidator(lambda value: read_distribution(value, "factor")),
    _schema(_FACTOR, _FACTOR, None),
]
"""A random factor without a unit."""
