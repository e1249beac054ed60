"""What several files of tests look at and takes long to make: made by one process of a test run, for all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of a name, not to be written to; whoever comes while it is made waits.

    Args:
        factory: of the process that asks.
        name: of the folder.
        make: fills the folder, which is empty.
    """
    own = factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with FileLock(root / f"{name}.lock"):
        if not (root / name).exists():
            made = factory.mktemp(name)
            make(made)
            made.rename(root / name)
    return root / name
