"""Findings of `check`: severity, place, reason and fix."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    ERROR = "error"
    """The design cannot do what it is meant to do."""
    WARNING = "warning"
    """The design works, but there is a better one, or a cost to know of."""
    INFO = "info"
    """Worth knowing when results are read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a check.

    Parameters
    ----------
    severity : Severity
        How bad it is.
    place : str
        The path in the scenario file; "" for the whole file.
    reason : str
        What is wrong, and what follows from it.
    fix : str
        What to do about it.
    command : str, optional
        The Exchange Management Shell commands of the fix, one a line.
    check : str
        The name of the check that found it.
    """

    severity: Severity
    place: str
    reason: str
    fix: str
    command: str | None = None
    check: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as `check --json` prints it."""
        keys = ("check", "severity", "place", "reason", "fix", "command")
        values = asdict(self) | {"severity": self.severity.value}
        return {key: values[key] for key in keys}
