"""Settings of all tests: Hypothesis looks at the same examples in every run, Ctrl-C is heard, who runs what, when."""

from __future__ import annotations

import hashlib
import signal
import time
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


TURN = (5**0.5 - 1) / 2
"""How far apart two turns begin, as a share of the way round: whatever part a turn gets through, few turns are all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for whoever has not the time for all tests."""
    told = parser.getgroup("time")
    told.addoption("--until", type=float, metavar="TIME", help="skip what has not begun by then (seconds since 1970)")
    told.addoption("--turn", type=int, metavar="N", help="begin with other files than turn N - 1 did, and go round")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the folders that come first, or where it is a turn to begin: files are shuffled, each time alike."""
    turn = config.getoption("turn")
    scopes = sorted({_scope(item.nodeid) for item in items}, key=lambda one: hashlib.sha256(one.encode()).digest())
    ranks = {scope: rank for rank, scope in enumerate(scopes)}

    def place(item: pytest.Item) -> Any:
        if turn is not None:
            return (ranks[_scope(item.nodeid)] - round(turn * TURN % 1 * len(ranks))) % len(ranks)
        folder = item.path.parent.name
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    items.sort(key=place)


def _scope(test: str) -> str:
    """What one process runs: a file, or a test of those that share nothing."""
    file = test.partition("::")[0]
    return test if file in APART else file


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin nothing that there is no time for."""
    until = item.config.getoption("until")
    if until is not None and time.time() > until:
        pytest.skip("there was no time for it")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one process, in their order, so that what its tests share is made once."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _scope(nodeid)

    # The folders end with tests that take no time; by their number, the few that take long would come last.
    config.option.loadscopereorder = False
    return ByFile(config, log)
