"""The folder of what was tried: its name, and the table and the figure in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.experiment.folder import Folder, writing

if TYPE_CHECKING:
    from sim.report.messages import Messages
    from sim.report.style import Drawn

ENDINGS = (".csv", ".svg", ".png")


def prepared(out: Path | None, *names: str) -> Path:
    """The folder that was asked for, or one named by what was tried.

    Raises:
        OutputError: results cannot go there.
    """
    folder = out or Path("results") / re.sub(r"[^A-Za-z0-9_-]+", "_", "_".join(names))
    Folder.prepare(folder)
    return folder


def write(folder: Path, name: str, draw: Callable[[Messages], Drawn], language: str) -> str:
    """Write the table and the figure; the line that tells of them.

    Args:
        folder: where to.
        name: of the files, without their endings.
        draw: draws the figure.
        language: of the figure.

    Raises:
        OutputError: the folder cannot be written.
    """
    import matplotlib

    from sim.report.messages import Messages
    from sim.report.style import RC, save

    files = [f"{name}{ending}" for ending in ENDINGS]
    instead = any((folder / file).exists() for file in files)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(cast(Any, dict(RC))):
            save(draw(Messages(language)), folder)
    return f"Results: {folder}/ ({', '.join(files)})" + (", in place of earlier ones" if instead else "")
