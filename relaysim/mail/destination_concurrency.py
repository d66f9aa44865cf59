"""How many deliveries the queue manager of Postfix has at a time to one next hop."""

from dataclasses import dataclass
from enum import StrEnum
from math import isqrt

from relaysim.mail.spelling import parse_name

WHOLE = 232_792_560
"""One whole of feedback: divisible by 1 to 20, so that fractions of it add up exactly."""


class Feedback(StrEnum):
    """How much one delivery changes the concurrency N, by the words of Postfix."""

    ONE = "1"
    """1: doubled after N deliveries."""
    BY_CONCURRENCY = "1/concurrency"
    """1/N."""
    BY_ROOT = "1/sqrt_concurrency"
    """1 over the square root of N."""

    def of(self, concurrency: int) -> int:
        """Return the feedback of one delivery at this concurrency, in parts of `WHOLE`."""
        match self:
            case Feedback.ONE:
                return WHOLE
            case Feedback.BY_CONCURRENCY:
                return WHOLE // concurrency
            case Feedback.BY_ROOT:
                return isqrt(WHOLE * WHOLE // concurrency)


def parse_feedback(value: object) -> Feedback:
    """Return the feedback of a word, such as "1/concurrency"; 1 may be a number.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    word = str(value) if isinstance(value, int) else value
    return parse_name(Feedback, word, "a feedback")


@dataclass(slots=True)
class Concurrency:
    """The concurrency to one next hop.

    It begins at `initial`. Deliveries add positive feedback, connections that fail add negative
    feedback. The next hop is dead after so many failures in a row that they make a cohort: each
    counts 1/N.

    Parameters
    ----------
    initial : int
        InitialDestinationConcurrency.
    most : int
        The limit of the next hop.
    positive, negative : Feedback
        The feedback.
    window : int
        The concurrency now; 0 while the next hop is dead.
    success, failure, failed_cohorts : int
        Feedback that has not changed the concurrency yet, and failures since the last delivery, in
        parts of `WHOLE`.

    Notes
    -----
    Postfix, SCHEDULER_README: positive feedback acts at the end of a whole, negative feedback at
    its beginning. The source of 2026 rounds negative feedback up: there the first failure after a
    delivery costs 2, not 1. The published measurements agree with 1.
    """

    initial: int
    most: int
    positive: Feedback
    negative: Feedback
    window: int = 0
    success: int = 0
    failure: int = 0
    failed_cohorts: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew, as when Postfix starts."""
        self.window = min(self.initial, self.most)
        self.success = self.failure = self.failed_cohorts = 0

    def succeeded(self, busy: int) -> None:
        """Count a delivery that no connection failure ended, or the end of a dead time.

        Parameters
        ----------
        busy : int
            Deliveries under way, with the one that ended.
        """
        self.failed_cohorts = 0
        if not self.window:
            self.window = busy or min(self.initial, self.most)
            self.success = self.failure = 0
        elif self.window < min(self.most, busy + self.initial):
            self.success += self.positive.of(self.window)
            if self.success >= WHOLE:
                self.window += 1
                self.success -= WHOLE
                self.failure = 0

    def failed(self) -> None:
        """Count a connection that failed; the window is 0 if the next hop is dead now."""
        if not self.window:
            return
        self.failed_cohorts += WHOLE // self.window
        if self.failed_cohorts >= WHOLE:
            self.window = 0
            return
        self.failure -= self.negative.of(self.window)
        if self.failure < 0:
            self.window = max(self.window - 1, 1)
            self.failure += WHOLE
            self.success = 0
