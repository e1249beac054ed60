"""Experiments: cells and points, the workers that run them, the store, and the numbers that all replications give."""
