"""The page of an experiment: one file in every language, that opens without a network."""
