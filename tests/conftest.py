"""Settings of all tests: Hypothesis looks at the same examples in every run, and Ctrl-C is heard."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

# A shell starts what it sends to the background with Ctrl-C ignored; tests that raise it would wait for nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)
