"""The manifest of results as text, and the digests in it that are taken again when figures are drawn again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.keeping.folder import FIGURES, file_digest


def manifest_text(about: Mapping[str, Any]) -> str:
    """A manifest as the text of its file."""
    return json.dumps(about, indent=2, ensure_ascii=False) + "\n"


def figure_digests(folder: Path) -> dict[str, str]:
    """Digest of the data of each figure in a folder of results, by its name."""
    return {path.stem: file_digest(path) for path in sorted((folder / FIGURES).glob("*.csv"))}
