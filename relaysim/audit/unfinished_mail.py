"""Checks of mail that a run does not create, because the run ends earlier."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relaysim.analysis.message_rates import messages
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.arrivals import Campaign, Compromise, Every, Replay
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import SECOND
from relaysim.units import format_duration


@dataclass(frozen=True)
class Cut:
    """Messages of a stream after the end of the run.

    Parameters
    ----------
    host, stream : str
        The stream.
    left_out : int
        Messages at or after the end of `run.duration`.
    written : int
        All messages of the file or campaign; 0 for a process without an end that begins at `last`.
    last : int
        Time of the last message, microseconds.
    """

    host: str
    stream: str
    left_out: int
    written: int
    last: int

    def __str__(self) -> str:
        name = f"{self.host}.{self.stream}"
        if not self.written:
            return f"{name} sends nothing: the first message is at {format_duration(self.last)}"
        return (
            f"{self.left_out:,} of {self.written:,} messages of {name} are left out: the last one "
            f"is at {_seconds(self.last)}"
        )


def cuts(scenario: Scenario) -> Iterator[Cut]:
    """Yield each stream with messages after the end of the run.

    A repeated campaign and a compromise at a random time are left out: they have no last message.
    """
    for host, table in scenario.hosts.items():
        for name, stream in table.streams.items():
            left_out, written, last = _of(scenario, host, name, stream)
            if left_out:
                yield Cut(host, name, left_out, written, last)


def _of(scenario: Scenario, host: str, name: str, stream: Stream) -> tuple[int, int, int]:
    duration, scale = scenario.run.duration, scenario.run.scale
    match stream.arrivals:
        case Replay() as replay:
            created = read(replay.file).created
            # The recording is in the order of time.
            kept = int(np.searchsorted(created, duration))
            return len(created) - kept, len(created), int(created[-1])
        case Campaign() as campaign if campaign.every is None:
            written = round(campaign.messages * scale)
            left_out = written - round(messages(scenario, host, name))
            last = campaign.at + round(written / (float(campaign.rate) * scale) * SECOND)
            return left_out, written, last
        case Every() | Compromise() as process if (process.at or 0) >= duration:
            # The number of left-out messages is not known; 1 stands for "some".
            return 1, 0, process.at or 0
    return 0, 0, 0


def mail_after_the_end(scenario: Scenario) -> Iterator[Finding]:
    """Messages of a recording or a campaign are after the end of `run.duration`."""
    for cut in cuts(scenario):
        text = str(cut)
        end = format_duration(scenario.run.duration)
        yield Finding(
            Severity.WARNING,
            dotted(("hosts", cut.host, "streams", cut.stream, "arrivals")),
            f"{text}, and run.duration is {end}.",
            f"Set run.duration above {_seconds(cut.last)}, or start the mail earlier.",
        )


def _seconds(time: int) -> str:
    """Return a time, rounded up to the second."""
    return format_duration(-(-time // SECOND) * SECOND)
