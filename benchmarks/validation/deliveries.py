"""The deliveries of a stream, and the quantities of them that are compared."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.cases import Quantity

Times = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Deliveries:
    """The messages of a stream, measured or simulated.

    Attributes
    ----------
    submitted, delivered : array of float
        When a session took each message, and when its receiver sent its final 250, seconds.
    """

    submitted: Times
    delivered: Times

    def quantity(self, quantity: Quantity) -> float:
        """Return a quantity.

        Parameters
        ----------
        quantity : str
            "p50", "p95" or "p99": quantile of the time from submission to delivery, seconds;
            "makespan": from the first submission to the last delivery, seconds; "throughput":
            deliveries a second between those of the first and of the last tenth.
        """
        match quantity:
            case "p50" | "p95" | "p99":
                share = int(quantity[1:]) / 100
                return float(np.quantile(self.delivered - self.submitted, share))
            case "makespan":
                return float(self.delivered.max() - self.submitted.min())
            case "throughput":
                first, last = np.quantile(self.delivered, [0.1, 0.9])
                return float(0.8 * len(self.delivered) / (last - first))
