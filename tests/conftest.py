"""Settings of all tests: Hypothesis looks at the same examples in every run, Ctrl-C is heard, and who runs what."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

# A shell starts what it sends to the background with Ctrl-C ignored; tests that raise it would wait for nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)

APART = ("tests/docs/test_guides.py", "tests/model/test_compiled.py")
"""Files whose tests share nothing and take minutes together."""
FIRST = ("api", "report")
"""On a new machine the first file has the engine compiled, for all; nothing in the folder after it needs an engine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that come first."""
    items.sort(key=lambda item: FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one process, in their order, so that what its tests share is made once."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file in APART else file

    # The folders end with tests that take no time; by their number, the few that take long would come last.
    config.option.loadscopereorder = False
    return ByFile(config, log)
