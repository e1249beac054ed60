"""Fitting inputs to known figures, so that the fit can be repeated."""
