"""An experiment made ready: its files read, their tables, measures and known figures, and all that it asks for by name.

What is wrong is told together as far as it can be seen. What can be told from whole plans only is looked at when the
files are sound; an error that comes before says that more may show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.building.loading import Read, read_with_scenarios
from sim.config.inheritance import FileCache
from sim.config.loader import Loaded
from sim.config.schema import Experiment, Scenario
from sim.errors import ConfigError, DataError, InputError
from sim.experiment.asked import Asked, asked_of
from sim.keeping.cited import Cited, read_cited
from sim.keeping.targets import Targets, read_targets, target_problems
from sim.measures.own import OwnMeasure, own_measures
from sim.outline import Outline
from sim.plan import Plan
from sim.preparing.plans import build_with_outlines, check_scenarios, collected


@dataclass(frozen=True)
class Files:
    """A sound experiment."""

    experiment: Loaded[Experiment]
    scenarios: Mapping[str, Loaded[Scenario]]
    own: tuple[OwnMeasure, ...]
    targets: Targets | None
    cited: tuple[Cited, ...]
    outlines: Mapping[str, Outline]
    plans: Mapping[str, Plan]

    @property
    def asks(self) -> bool:
        """Whether it asks for numbers by name, which only whole plans can tell of."""
        model = self.experiment.model
        by_name = model.targets, model.calibration, model.sensitivity
        return any(one is not None for one in by_name) or bool(model.replications.precision)


def read_files(path: Path, overrides: Sequence[str], files: FileCache | None = None) -> Files:
    """Read an experiment and all that it names.

    Args:
        path: its file.
        overrides: ``PATH=VALUE`` each.
        files: YAML files already read.

    Raises:
        InputError: all that is wrong with any of the files.
    """
    read = read_with_scenarios(path, overrides, files)
    errors = read.errors
    own: tuple[OwnMeasure, ...] = ()
    targets: Targets | None = None
    cited: list[Cited] = []
    outlines: dict[str, Outline] = {}
    plans: dict[str, Plan] = {}
    with collected(errors):
        own = own_measures(dict(_named(read, "measures")))
    for _, file in _named(read, "targets"):
        with collected(errors):
            targets = read_targets(file)
    for place, (_, file) in enumerate(_named(read, "cites")):
        with collected(errors):
            cited.append(read_cited(file, f"cites[{place}]", {} if read.experiment is None else read.experiment.where))
    with collected(errors):
        if errors:
            # What else is wrong shows in outlines, which are quicker.
            check_scenarios(read.scenarios)
        else:
            plans, outlines = build_with_outlines(read.scenarios)
    if errors or read.experiment is None:
        raise ConfigError.merge(errors, more=True)
    return Files(read.experiment, read.scenarios, own, targets, tuple(cited), outlines, plans)


def all_asked(files: Files, plans: Mapping[str, Plan]) -> Asked:
    """All that an experiment asks for by name.

    Raises:
        InputError: all of it that will not be measured.
    """
    errors: list[InputError] = []
    found: Asked | None = None
    with collected(errors):
        if files.targets is not None:
            problems = target_problems(files.targets, plans, files.experiment.model)
            if problems:
                raise DataError(problems)
    with collected(errors):
        found = asked_of(files.experiment, files.scenarios, plans)
    if errors or found is None:
        raise ConfigError.merge(errors)
    return found


def _named(read: Read, section: str) -> Iterator[tuple[str, Path]]:
    """The files that a section of an experiment names, by the last part of their keys."""
    return ((str(parts[-1]), file) for parts, file in read.files.items() if parts[0] == section)
