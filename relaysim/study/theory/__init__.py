"""Theory beside simulation: where a formula holds for a run, what it says, and else why not."""

from relaysim.study.theory.theory_frame import COLUMNS, beside

__all__ = ["COLUMNS", "beside"]
