"""Guard: a fault in an optional part of a result, such as a figure, does not end the result."""

import logging
from collections import Counter
from typing import Self

CAUGHT: Counter[str] = Counter()
"""How many faults this process caught, by the part of the output that failed."""
LOGGER = "relaysim"
"""The name of the logger."""
_LOG = logging.getLogger(LOGGER)


def described(error: BaseException) -> str:
    """Return the kind and the text of an exception in one line.

    Parameters
    ----------
    error
        Any exception.

    Returns
    -------
    str
        Such as "ZeroDivisionError: division by zero".
    """
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def caught(what: str, error: Exception) -> None:
    """Count and log a fault in a part of the output.

    Parameters
    ----------
    what
        The part of the output, such as "figure queues".
    error
        The exception that ended it.

    Notes
    -----
    The log record is a warning of the logger "relaysim" and carries the traceback. The command line
    prints its message alone.
    """
    CAUGHT[what] += 1
    _LOG.warning("%s failed: %s", what, described(error), exc_info=error)


class Guarded:
    """A context for an optional part of an output.

    A fault within ends the part, is counted and logged, and is not raised further.

    Parameters
    ----------
    what
        The part of the output, such as "theory of HUB01.cpu".
    *passed
        Exceptions that the caller handles: they are raised further.

    Notes
    -----
    `error` is None if the part is complete, and else the exception that ended it. An interrupt is
    no fault: it is raised further as always.
    """

    def __init__(self, what: str, *passed: type[Exception]) -> None:
        self.what, self.passed = what, passed
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> bool:
        """Return whether the exception ends here."""
        if not isinstance(error, Exception) or isinstance(error, self.passed):
            return False
        self.error = error
        caught(self.what, error)
        return True
