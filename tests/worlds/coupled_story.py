"""Coupled runs made by hand: the status of each recipient in treatment, control and third run."""

from collections.abc import Sequence

from relaysim.engine.coupled_runs import Coupled
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status
from worlds.trace_story import OK, Story, scenario

CULPRIT = ("hosts.app.streams.news.culprit=true", 'run.duration="5 h"')
"""The newsletter is the culprit; alerts are innocent and have ten seconds."""

End = tuple[float, Status, int]
"""How long it took, its final status, and the reply."""


def took(seconds: float, status: Status = Status.DELIVERED, reply: int = OK) -> End:
    """A recipient ends so many seconds after its creation."""
    return seconds, status, reply


def lost(reply: int, seconds: float = 1.0) -> End:
    """A recipient bounces."""
    return seconds, Status.BOUNCED, reply


LATE = took(20)
SOON = took(2)


class Coupling:
    """Tells the three runs together."""

    def __init__(self, changes: Sequence[str] = ()) -> None:
        self.scenario: Scenario = scenario([*CULPRIT, *changes])
        self.treatment, self.control, self.absent = Story(), Story(), Story()

    def alert(self, created: float, *ends: End, to: str = "gmail.com") -> int:
        """An innocent recipient and its end in T, C and N; its row, which is the same in all of them.

        Alerts come before newsletters, as in draws.
        """
        runs = zip((self.treatment, self.control, self.absent), ends, strict=True)
        rows = {_sent(story, "app.alerts", to, created, end) for story, end in runs}
        return rows.pop()

    def news(self, created: float, *ends: End) -> int:
        """A culprit's recipient and its end in T and C."""
        runs = zip((self.treatment, self.control), ends, strict=True)
        rows = {_sent(story, "app.news", "gmail.com", created, end) for story, end in runs}
        return rows.pop()

    def runs(self, end: float = 40_000) -> Coupled:
        """The traces."""
        return Coupled(self.treatment.trace(end), self.control.trace(end), self.absent.trace(end))

    def measured(self, end: float = 40_000) -> Measured:
        """What is found in them."""
        return Measured.of(self.runs(end), self.scenario, self.treatment.draws())

    def values(self, *subject: str, end: float = 40_000) -> dict[str, float]:
        """The metrics of a scope and subject; by default of everything together."""
        scope, name = subject or ("total", "total")
        frame = self.measured(end).metrics()
        own = frame[(frame["scope"] == scope) & (frame["subject"] == name)]
        return dict(zip(own["metric"], own["value"], strict=True))


def _sent(story: Story, stream: str, to: str, created: float, end: End) -> int:
    seconds, status, reply = end
    message = story.message(stream, [to], created, connected=created, committed=created)
    recipient = story.recipient(message)
    queue = "HUB01.mailbox" if to == "cozumpark.com" else f"HUB01->{to}"
    transaction = story.queued([recipient], queue, at=created)
    story.attempt(transaction, created, created, created + seconds, reply=reply)
    story.ends(recipient, created + seconds, status, reply)
    return recipient
