"""Configurations tried with the same people: what is asked of each, and what is found."""
