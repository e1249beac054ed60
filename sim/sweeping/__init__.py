"""A sweep: one setting of a scenario at many values, what that does to a few measures, and where limits are kept."""
