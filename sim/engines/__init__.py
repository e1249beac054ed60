"""Engines: deterministic functions of a plan and its draws."""
