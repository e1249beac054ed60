"""Limits that files, the command line and the Python interface share."""

FEWEST_REPLICATIONS, MOST_REPLICATIONS = 2, 100_000
"""An interval needs two."""
SEEDS = 2**63
"""Seeds are below it."""
FEWEST_TRIES, MOST_TRIES = 2, 10_000
"""Values that a sweep tries."""
FEWEST_ALTERNATIVES = 2
"""That are ranked."""
