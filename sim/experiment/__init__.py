"""Experiments: cells, workers, results on disk."""
