"""The window: the span of time that is measured, from the end of the warm-up on."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.units import HOUR as HOUR
from relaysim.units import MINUTE as MINUTE
from relaysim.units import SECOND as SECOND


@dataclass(frozen=True)
class Window:
    """The span [start, end), microseconds since the start of the run."""

    start: int
    end: int

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Return the window of a scenario: [`warm_up`, `duration`)."""
        return cls(scenario.run.warm_up, scenario.run.duration)

    @property
    def length(self) -> int:
        """How long it is, microseconds."""
        return self.end - self.start

    def holds(self, time: Column) -> npt.NDArray[np.bool_]:
        """Return which times (microseconds) are in the window."""
        return (time >= self.start) & (time < self.end)

    def overlap(self, start: Column, end: Column) -> Column:
        """Return the length of each span [start, end) within the window, microseconds."""
        inside = np.minimum(end, self.end) - np.maximum(start, self.start)
        overlap: Column = np.maximum(inside, 0)
        return overlap
