"""How many replications an experiment takes, and what its sensitivity is tested for: sections of an experiment file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sim.config.rejection import rejection, said
from sim.config.section import Section
from sim.config.texts import Title
from sim.config.units import Identifier, Level, Number, Probability
from sim.limits import FEWEST_REPLICATIONS, MOST_REPLICATIONS

FEWEST, MOST = FEWEST_REPLICATIONS, MOST_REPLICATIONS
Count = Annotated[int, Field(ge=FEWEST, le=MOST, strict=True)]


class Quantity(Section):
    """A number of the results: a measure of a scenario, or its difference from the baseline."""

    measure: str | None = Field(default=None, description="Name of the measure, as in summary.csv.")
    comparison: str | None = Field(
        default=None, description="In place of measure: its difference from the baseline, as in comparisons.csv."
    )
    scenario: Identifier | None = Field(default=None, description="Scenario; every one that has it when absent.")
    level: str = Field(default="province", description="Level, as in summary.csv.")
    unit: str | None = Field(default=None, description="Unit of the level; every one when absent.")
    statistic: str | None = Field(
        default=None, description="Statistic; when absent the first there is of mean, share, count, total."
    )

    @model_validator(mode="after")
    def _one(self) -> Quantity:
        if (self.measure is None) == (self.comparison is None):
            raise ValueError("needs either measure or comparison")
        return self

    @property
    def name(self) -> str:
        """The measure, whether it is compared or not."""
        return self.measure or self.comparison or ""


class Goal(Quantity):
    """How precise a quantity has to be: half the width of its interval."""

    relative: Annotated[Probability, Field(gt=0)] | None = Field(
        default=None, description="At most this share of the size of the estimate: 2%."
    )
    absolute: Annotated[Level, Field(gt=0)] | None = Field(
        default=None, description="At most this much, in the unit of the measure; for differences and what is near 0."
    )

    @model_validator(mode="after")
    def _one_size(self) -> Goal:
        if (self.relative is None) == (self.absolute is None):
            raise ValueError("needs either relative or absolute")
        return self


class Replications(Section):
    """A fixed number, or as many as a stated precision takes, between two bounds."""

    minimum: Count = Field(description="At least so many.")
    maximum: Count = Field(description="At most so many, whether the precision is reached or not.")
    precision: list[Goal] = Field(
        default_factory=list, description="What has to be how precise; all of it together, at the given confidence."
    )

    @model_validator(mode="before")
    @classmethod
    def _fixed(cls, value: Any) -> Any:
        if isinstance(value, (dict, Replications)):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise rejection(f"found {said(value)}", allowed="a whole number, or a map of minimum, maximum, precision")
        if not FEWEST <= value <= MOST:
            allowed = f"at least {FEWEST}" if value < FEWEST else f"at most {MOST}"
            raise rejection(f"found {value}", allowed=allowed)
        return {"minimum": value, "maximum": value}

    @model_validator(mode="after")
    def _sound(self) -> Replications:
        if self.maximum < self.minimum:
            raise ValueError(f"the maximum {self.maximum} is below the minimum {self.minimum}")
        if self.maximum > self.minimum and not self.precision:
            raise ValueError("a maximum above the minimum needs a precision that says when to stop")
        if self.precision and self.maximum == self.minimum:
            raise ValueError("a precision needs a maximum above the minimum")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler.resolve_ref_schema(handler(schema))
        about: JsonSchemaValue = {key: whole.pop(key) for key in ("title", "description") if key in whole}
        number = {"type": "integer", "minimum": FEWEST, "maximum": MOST, "description": "A fixed number."}
        return {**about, "anyOf": [number, whole]}


class Conclusion(Quantity):
    """A quantity that a decision hangs on, and where it would turn."""

    title: Title | None = Field(
        default=None, description="The conclusion in plain words, for reports: one text, or one for each language."
    )
    above: Number | None = Field(default=None, description="The conclusion holds where it is above this.")
    below: Number | None = Field(default=None, description="The conclusion holds where it is below this.")
    best_of: list[Identifier] | None = Field(
        default=None, min_length=2, description="The conclusion is which of these scenarios is the best."
    )
    goal: Literal["largest", "smallest"] = Field(default="largest", description="Which of best_of is the best.")

    @model_validator(mode="after")
    def _turns_once(self) -> Conclusion:
        given = [key for key in ("above", "below", "best_of") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"needs one of above, below, best_of; found {', '.join(given) or 'none'}")
        if self.best_of is not None and self.scenario is not None:
            raise ValueError("scenario and best_of: best_of names the scenarios")
        if self.best_of is None and self.scenario is None:
            raise ValueError("needs a scenario")
        return self


class Morris(Section):
    """Screening: which inputs matter at all."""

    trajectories: Annotated[int, Field(ge=2, le=10_000, strict=True)] = Field(
        default=10, description="Paths through the ranges, each of which moves every input once."
    )
    levels: Annotated[int, Field(ge=2, le=64, strict=True, multiple_of=2)] = Field(
        default=4, description="Values of each input between the ends of its range, an even number."
    )


class Sobol(Section):
    """Shares of variance of the inputs that matter most."""

    points: Annotated[int, Field(ge=2, le=2**20, strict=True)] = Field(
        default=64, description="Base points, a power of 2; inputs + 2 times as many are run."
    )
    inputs: Annotated[int, Field(ge=1, le=200, strict=True)] = Field(
        default=6, description="So many inputs: those that the screening finds to matter most."
    )

    @model_validator(mode="after")
    def _power(self) -> Sobol:
        if self.points & (self.points - 1):
            raise ValueError(f"points: {self.points} is not a power of 2")
        return self


class Sensitivity(Section):
    """Whether conclusions survive the ranges of the inputs."""

    inputs: Literal["all"] | list[str] = Field(
        default="all", description="Paths of inputs that have a range; `all` takes every one."
    )
    replications: Annotated[int, Field(ge=2, le=1000, strict=True)] = Field(
        default=2, description="Replications at each point, with the same seeds at all."
    )
    morris: Morris = Morris()
    sobol: Sobol | None = Field(default=None, description="After the screening; left out when absent.")
    conclusions: dict[Identifier, Conclusion] = Field(min_length=1, description="What must survive, by name.")


class Calibration(Section):
    """Which inputs are fitted to the known figures marked as fitted in the table of targets."""

    inputs: list[str | Annotated[list[str], Field(min_length=2)]] = Field(
        min_length=1,
        description="Paths of inputs that have a range; a list of paths in place of one moves together through ranges.",
    )
    tolerance: Annotated[Probability, Field(gt=0)] = Field(
        default=0.05,
        description="How near a figure is to be, as a share of it; half of low to high where that is more.",
    )
    replications: Annotated[int, Field(ge=1, le=1000, strict=True)] = Field(
        default=2, description="Replications at each point, with the same seeds at all."
    )
    points: Annotated[int, Field(ge=2, le=100_000, strict=True)] = Field(
        default=200, description="At most so many points are simulated, over all starts."
    )
    starts: Annotated[int, Field(ge=1, le=100, strict=True)] = Field(
        default=1, description="The first from the values as they stand, each other one from somewhere in the ranges."
    )
    step: Annotated[Probability, Field(gt=0, le=0.5)] = Field(
        default=0.1, description="How far an input is moved to see what it does, as a share of its range."
    )

    @model_validator(mode="after")
    def _once(self) -> Calibration:
        paths = self.paths
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"inputs: {', '.join(twice)} stands twice")
        return self

    @property
    def groups(self) -> list[list[str]]:
        """Paths that move together."""
        return [[one] if isinstance(one, str) else one for one in self.inputs]

    @property
    def paths(self) -> list[str]:
        """All paths, in their order."""
        return [path for group in self.groups for path in group]
