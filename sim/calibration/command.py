"""The command ``calibrate``: an experiment in, fitted values out, to paste or as a file to build on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sim.calibration.aim import Aim
from sim.calibration.run import Calibrated, calibrate
from sim.calibration.told import dumped, lines_of, settled, tree_of
from sim.config.inheritance import FileCache, read_inherited
from sim.config.nodes import COMMAND_LINE
from sim.config.problems import place_of
from sim.config.provenance import places_of
from sim.errors import InputError, OutputError


def run_calibrate(
    path: Path,
    overrides: Sequence[str],
    *,
    write: Path | None,
    replications: int | None,
    seed: int | None,
    engine: str,
    workers: int,
    tell: Callable[[str], None],
    done: Callable[[Calibrated], None] = lambda result: None,
) -> Iterator[str]:
    """Calibrate, write the overlay if one is wanted, and yield the lines to be printed.

    Raises:
        InputError: all that is wrong with the files, or values of several files for one overlay.
        OutputError: the overlay cannot be written.
    """
    if write is not None:
        _require_free(write)
    told = _command(path, overrides, replications, seed)
    result = calibrate(path, overrides, replications=replications, seed=seed, engine=engine, workers=workers, tell=tell)
    done(result)
    yield from lines_of(result, told)
    if write is not None:
        _write(write, result, told)
        yield f"\nwritten: {write}; a scenario takes these values where it says `extends:` with this file"


def _command(path: Path, overrides: Sequence[str], replications: int | None, seed: int | None) -> str:
    """The command that gives these values, as a source."""
    words = ["run_sim.py calibrate", path.as_posix()]
    words += [f"--replications {replications}"] if replications is not None else []
    words += [f"--seed {seed}"] if seed is not None else []
    return " ".join([*words, *(f"--set {text}" for text in overrides)])


def _require_free(file: Path) -> None:
    """See that a new file can be written, before anything is simulated."""
    if file.exists():
        raise OutputError(f"{file}: exists already; choose another name with --write")
    if not file.parent.is_dir():
        raise OutputError(f"{file}: there is no folder {file.parent}")
    if not os.access(file.parent, os.W_OK):
        raise OutputError(f"{file}: the folder {file.parent} cannot be written to")


def _write(file: Path, result: Calibrated, told: str) -> None:
    base = _base(result.aim)
    extends = Path(os.path.relpath(base, file.resolve().parent)).as_posix()
    source = settled(result, told)
    text = f"# Values fitted by: {source}\n" + dumped(
        {"extends": extends, **tree_of(result.aim, result.values, source)}
    )
    try:
        with open(file, "x", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
    except OSError as error:
        raise OutputError(f"{file}: {error.strerror or error}") from error


def _base(aim: Aim) -> Path:
    """The file that sets the fitted values, over which an overlay puts new ones.

    What the command line sets, to begin elsewhere, stands in a file all the same, or belongs in the scenario's own.
    """
    cache, files = FileCache(), set()
    for one in aim.inputs:
        for name, known in one.by_scenario.items():
            file = known.where[0]
            if file == COMMAND_LINE:
                file, _ = place_of(places_of(read_inherited(aim.files[name], cache).node), one.path)
            files.add(file)
    if len(files) > 1:
        raise InputError(f"--write: the values stand in several files ({', '.join(sorted(files))}): paste them there")
    return Path(files.pop()).resolve()
