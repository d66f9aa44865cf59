"""Checks of mail that a run does not create, because the run ends earlier."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relaysim.analysis.campaign_dates import date
from relaysim.analysis.message_rates import messages
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.arrivals import Campaign, Compromise, Every, Replay
from relaysim.scenario.calendar_time import At, moment
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.model import Run, Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import DAY, SECOND
from relaysim.units import format_duration


@dataclass(frozen=True)
class Cut:
    """Messages of a stream after the end of the run.

    Parameters
    ----------
    host, stream : str
        The stream.
    first, last : int
        Times of the first and the last message, microseconds. Where there is no last message, that
        of the first campaign, or the first one again.
    left_out : int
        Messages at or after the end of `run.duration`; 0 if all are.
    written : int
        All messages of the file or campaign.
    date : str
        The date of the first message if the file writes a time of the calendar, else "".
    """

    host: str
    stream: str
    first: int
    last: int
    left_out: int = 0
    written: int = 0
    date: str = ""

    def __str__(self) -> str:
        name = f"{self.host}.{self.stream}"
        if not self.left_out:
            when = f"on {self.date}" if self.date else f"at {format_duration(self.first)}"
            return f"{name} sends nothing: the first message is {when}"
        return (
            f"{self.left_out:,} of {self.written:,} messages of {name} are left out: the last one "
            f"is at {_seconds(self.last)}"
        )


def cuts(scenario: Scenario) -> Iterator[Cut]:
    """Yield each stream with messages after the end of the run.

    A compromise at a random time is left out. A repeated campaign is left out if one starts in the
    run: it has no last message.
    """
    for host, table in scenario.hosts.items():
        for name, stream in table.streams.items():
            yield from _of(scenario, host, name, stream)


def _of(scenario: Scenario, host: str, name: str, stream: Stream) -> Iterator[Cut]:
    run = scenario.run
    match stream.arrivals:
        case Replay() as replay:
            created = read(replay.file).created
            # The recording is in the order of time.
            kept = int(np.searchsorted(created, run.duration))
            if kept < len(created):
                first, last = int(created[0]), int(created[-1])
                yield Cut(host, name, first, last, len(created) - kept, len(created))
        case Campaign() as process:
            campaigns = Campaigns(process, run)
            first, written = campaigns.first, campaigns.messages(0)
            last = first + round(written / (float(process.rate) * run.scale) * SECOND)
            if not campaigns.starts and (process.every or not isinstance(process.at, int)):
                yield Cut(host, name, first, last, date=_date(run, process.at, first))
            elif process.every is None:
                left_out = written - round(messages(scenario, host, name))
                if left_out:
                    yield Cut(host, name, first, last, left_out, written)
        case Every() | Compromise() as process if process.at is not None:
            first = moment(process.at, run.start)
            if first >= run.duration:
                yield Cut(host, name, first, first, date=_date(run, process.at, first))


def _date(run: Run, at: At, first: int) -> str:
    return "" if isinstance(at, int) else date(run, first)


def mail_after_the_end(scenario: Scenario) -> Iterator[Finding]:
    """Messages of a recording or a campaign are after the end of `run.duration`."""
    for cut in cuts(scenario):
        text = str(cut)
        end = format_duration(scenario.run.duration)
        fix = f"Set run.duration above {_seconds(cut.last)}, or start the mail earlier."
        if cut.date:
            days = f"{cut.last // DAY + 1:,} d"
            fix = f"Set run.duration to {days} or more, or set another run.start."
        yield Finding(
            Severity.WARNING,
            dotted(("hosts", cut.host, "streams", cut.stream, "arrivals")),
            f"{text}, and run.duration is {end}.",
            fix,
        )


def _seconds(time: int) -> str:
    """Return a time, rounded up to the second."""
    return format_duration(-(-time // SECOND) * SECOND)
