"""Time passes here and nowhere else: plan, reference engine, trace, invariants."""
