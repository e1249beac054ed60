"""From files to a plan: scenarios with their tables; options, sessions, staff, trips and rates."""
