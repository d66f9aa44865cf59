"""The plan: a scenario in integers, compiled once for a design."""
