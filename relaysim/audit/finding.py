"""Findings of `check`: severity, place, reason and fix."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """The severity of a finding, the worst first."""

    ERROR = "error"
    """The design does not work as intended."""
    WARNING = "warning"
    """The design works, but has a cost or a risk, or a better alternative."""
    INFO = "info"
    """Needed to interpret the results."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a check.

    Parameters
    ----------
    severity : Severity
        The severity.
    place : str
        The path in the scenario file; "" for the whole file.
    reason : str
        The problem and its effect.
    fix : str
        The change that solves the problem.
    command : str, optional
        The Exchange Management Shell commands of the fix, one a line.
    check : str
        The name of the check that made the finding.
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
