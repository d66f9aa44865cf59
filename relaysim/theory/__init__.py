"""Queueing formulas: pure functions of numbers, each with the conditions under which it holds."""
