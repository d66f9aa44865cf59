"""Theory beside simulation: where a formula holds for a run, what it says, and else why not."""

from relaysim.study.theory.answer import parted
from relaysim.study.theory.frame import COLUMNS, beside

__all__ = ["COLUMNS", "beside", "parted"]
