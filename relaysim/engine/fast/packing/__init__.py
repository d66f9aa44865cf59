"""The parts of a plan as rows of the compiled engine."""
