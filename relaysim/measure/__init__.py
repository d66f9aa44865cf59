"""Metrics and frames: all results of a run, computed from its trace."""
