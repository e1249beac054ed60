"""The folder of what was tried: its name, and the table and the figures in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.keeping.folder import Folder, writing

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


def write(folder: Path, figures: Mapping[str, Callable[[Messages], Drawn] | None], language: str) -> str:
    """Write figures with their tables; the line that tells of them.

    Args:
        folder: where to.
        figures: by the name of their files, without endings, what draws each; none where there is nothing to draw this
            time, and files of an earlier time are removed, as they would be taken for those of this one.
        language: of the line and the figures.

    Raises:
        OutputError: the folder cannot be written.
    """
    import matplotlib

    from sim.report.messages import Messages
    from sim.report.style import RC, save

    messages = Messages(language)
    earlier = [folder / f"{name}{ending}" for name in figures for ending in ENDINGS]
    earlier = [file for file in earlier if file.exists()]
    files = [f"{name}{ending}" for name, draw in figures.items() if draw is not None for ending in ENDINGS]
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file in earlier:
            if file.name not in files:
                file.unlink()
        with matplotlib.rc_context(cast(Any, dict(RC))):
            for draw in filter(None, figures.values()):
                save(draw(messages), folder)
    return messages.text(f"tried.written{'_anew' if earlier else ''}", folder=folder, files=", ".join(files))
