"""A ranking: many alternatives of a scenario, and which of them may be the best."""
