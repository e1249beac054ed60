"""Measures: what journeys and plans say, as tidy rows."""
