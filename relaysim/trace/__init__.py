"""The trace: the declared tables of a run, its fingerprint, and invariants that hold on it."""
