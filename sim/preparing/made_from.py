"""Digests of the files that an experiment is made from, taken when they are read: later changes are not in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.config.data_files import seen_from
from sim.config.loader import Loaded
from sim.config.schema import Experiment, Scenario
from sim.errors import ConfigError, Problem
from sim.keeping.folder import file_digest

TARGETS = "targets"


@dataclass(frozen=True)
class MadeFrom:
    """Digest of each file, by its name."""

    data: Mapping[str, str]
    """Tables and samples of the scenarios, and the table of known figures."""
    files: Mapping[str, str]
    """The experiment's own file, and those that it names beside data: its scenarios and its own measures."""

    @classmethod
    def of(cls, experiment: Loaded[Experiment], scenarios: Mapping[str, Loaded[Scenario]]) -> MadeFrom:
        """Read the files of an experiment.

        Raises:
            ConfigError: one cannot be read any more.
        """
        data = [file for loaded in scenarios.values() for file in loaded.files.values()]
        data += [file for path, file in experiment.files.items() if path == TARGETS]
        files = [experiment.path, *(file for path, file in experiment.files.items() if path != TARGETS)]
        folder = experiment.path.parent
        return cls(digests(folder, data), digests(folder, files))


def digests(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """Digest of each file by its path from a folder, as a file in there would name it: the same in every checkout.

    Where a file shares no folder with it but the root of all, its path is a matter of one machine; it is known by its
    name and the beginning of its digest.

    Raises:
        ConfigError: a file cannot be read any more.
    """
    found = {}
    for file in dict.fromkeys(files):
        try:
            content = file_digest(file)
        except OSError as error:
            raise ConfigError(Problem(f"the file cannot be read: {error.strerror or error}", str(file))) from error
        shared = os.path.commonpath([folder, file]) if folder.drive == file.drive else ""
        elsewhere = shared in ("", folder.anchor)
        found[f"elsewhere/{content[:8]}/{file.name}" if elsewhere else seen_from(folder, file)] = content
    return found
