"""The explanation of one message."""

from dataclasses import dataclass
from typing import Any

from relaysim.explanation.expected_dialogue import Letter
from relaysim.explanation.explanation_text import render
from relaysim.explanation.session import Attempt
from relaysim.plan import submission
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario


@dataclass(frozen=True)
class Explanation:
    """The explanation of one message of one host; `str()` gives it as text."""

    scenario: Scenario
    name: str
    host: Host
    letter: Letter
    attempts: tuple[Attempt, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as a dictionary for JSON."""
        return {
            "host": self.name,
            "address": str(self.host.address),
            "sender": self.letter.sender,
            "size": self.letter.size,
            "by_mailbox_server": submission.by_mailbox_server(self.host),
            "attempts": [attempt.as_dict() for attempt in self.attempts],
        }

    def __str__(self) -> str:
        return render(self.scenario, self.name, self.host, self.attempts)
