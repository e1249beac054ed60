"""From a scenario to a plan: options, sessions, staff, trips and rates."""
