"""What an audit finds: how bad, where, why, and the way out."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The design cannot do what it is meant to do."""
    ADVICE = "advice"
    """It works, but there is a better way, or a price to know of."""
    NOTE = "note"
    """Worth knowing when results are read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    `place` is the path in the scenario file, `reason` what is the matter, `way_out` what to do, and
    `command` the Exchange Management Shell commands for it where there are any, one a line.
    `check` is the name of the check that found it.
    """

    severity: Severity
    place: str
    reason: str
    way_out: str
    command: str | None = None
    check: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON has it."""
        keys = ("check", "severity", "place", "reason", "way_out", "command")
        found = asdict(self) | {"severity": self.severity.value}
        return {key: found[key] for key in keys}
