"""The rule about disturbed measurements, fixed beforehand: it reads no result."""

from collections.abc import Callable

from validation.trial import Trial

DISTURBED = 0.10
"""A measurement is disturbed if others used more than this share of the machine meanwhile."""
ATTEMPTS = 3
"""A disturbed measurement is made again, this often in all; the least disturbed one counts."""
SPARE = 120
"""Seconds for all measurements that are made again; after that, the first one counts."""


class Repetition:
    """The time that is left for measurements that are made again.

    Parameters
    ----------
    clock : callable
        Returns the time, seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.spare = clock, float(SPARE)

    def undisturbed(self, measure: Callable[[int], Trial]) -> Trial:
        """Return a measurement that nothing disturbed, or the least disturbed one.

        Parameters
        ----------
        measure : callable
            Measures; its argument is the number of the attempt, from 1.
        """
        best = measure(1)
        for attempt in range(2, ATTEMPTS + 1):
            if best.disturbance.share <= DISTURBED or self.spare <= 0:
                break
            began = self.clock()
            best = min(best, measure(attempt), key=lambda trial: trial.disturbance.share)
            self.spare -= self.clock() - began
        return best
