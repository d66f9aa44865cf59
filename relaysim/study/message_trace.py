"""The transcript of one message: its journey through a replication, with the SMTP dialogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from relaysim.mail.spelling import unknown
from relaysim.measure.frames import tables
from relaysim.measure.journey import Journey, journey
from relaysim.measure.recipients import streams
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.model import Scenario
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.provenance import Provenance
from relaysim.study.message_dialogue import dialogue_events
from relaysim.study.replicate import trace_of
from relaysim.study.sampling import Sampling
from relaysim.trace.duplicates import duplicates
from relaysim.trace.tables import Status, Trace

SECOND = 1e6
LOST = ("junked", "refused", "bounced", "expired", "abandoned", "suppressed", "in_flight")


class TranscriptError(Exception):
    """There is no such message; the text of the error lists what there is."""


@dataclass(frozen=True)
class Transcript:
    """One message in one replication of a scenario, from creation to final status.

    `journey` has times in microseconds; its events include the lines of the SMTP dialogue (`smtp`).
    `deadline` is that of its stream in microseconds, None for a DSN. `complete` is False where the
    dialogue is left out, because the replies of the hub differ from those of an idle hub.
    """

    scenario: Scenario
    replication: int
    journey: Journey = field(repr=False)
    deadline: int | None
    complete: bool
    provenance: Provenance = field(repr=False)

    @property
    def message(self) -> str:
        """Return the name of the message, as `relaysim trace --message` takes it."""
        return f"{self.journey.stream}:{self.journey.number}"

    @property
    def events(self) -> pd.DataFrame:
        """One row for each event, in the order of time.

        `time` (s since the start of the run), `since_creation` (s), `what`, `recipients` (numbers
        from 1, all if empty), `where`, `waited` and `lasted` (s, NaN if an event has none),
        `reply`, `text`.
        """
        created = self.journey.created
        rows = [
            {
                "time": event.time / SECOND,
                "since_creation": (event.time - created) / SECOND,
                "what": event.what,
                "recipients": numbers(event.recipients),
                "where": event.where,
                "waited": event.waited / SECOND if event.waited >= 0 else np.nan,
                "lasted": event.lasted / SECOND if event.lasted >= 0 else np.nan,
                "reply": event.reply,
                "text": event.text,
            }
            for event in self.journey.events
        ]
        return pd.DataFrame(rows)

    @property
    def recipients(self) -> pd.DataFrame:
        """One row for each recipient, in their order.

        `recipient` (from 1), `domain`, `status`, `reply`, `lasted` (s, from creation to its final
        status), and the parts of `lasted` by wait, as in the frame `recipients` of a run (s).
        """
        rows = [
            {
                "recipient": recipient.number + 1,
                "domain": recipient.domain,
                "status": recipient.status.name.lower(),
                "reply": recipient.reply,
                "lasted": recipient.lasted / SECOND,
                **{part: spent / SECOND for part, spent in recipient.waits.items()},
            }
            for recipient in self.journey.recipients
        ]
        return pd.DataFrame(rows)


def numbers(recipients: Sequence[int]) -> str:
    """Return the numbers of recipients, from 1 on, as "1, 3-5"."""
    spans: list[list[int]] = []
    for number in sorted(recipients):
        # Ends count from 1 and numbers from 0, so an equal number is the next one.
        if spans and spans[-1][1] == number:
            spans[-1][1] = number + 1
        else:
            spans.append([number + 1, number + 1])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in spans)


def transcript(
    scenario: Scenario,
    message: str,
    *,
    replication: int = 0,
    seed: int | None = None,
    command: str = "",
) -> Transcript:
    """Return the transcript of a message; its replication is run again.

    The name of a stream needs no host if it is unique without; streams of DSNs are `HUB.dsn`.

    Parameters
    ----------
    scenario : Scenario
        The design.
    message : str
        `STREAM:N`, the N-th message of a stream, from 0.
    replication : int
        The number of the replication, from 0.
    seed : int or None
        None for that of the scenario.
    command : str
        The command with the same result, for the provenance.

    Raises
    ------
    TranscriptError
        If there is no such message.
    """
    execution = Execution(command=command)
    _, seed = Sampling(seed=seed).resolved([scenario])
    stream, number = _parsed(message)
    _require_known(scenario, stream)
    trace = trace_of(scenario, replication, seed)
    row = _row(trace, stream, number, replication)
    life = journey(trace, row)
    lines, complete = dialogue_events(scenario, trace, life)
    events = sorted([*life.events, *lines], key=lambda event: (event.time, _rank(event.what)))
    known = streams(scenario).get(life.stream)
    return Transcript(
        scenario=scenario,
        replication=replication,
        journey=replace(life, events=tuple(events)),
        deadline=None if known is None else known.deadline,
        complete=complete,
        provenance=execution.provenance([scenario], 1, seed),
    )


def _rank(what: str) -> int:
    """Return the order of events of the same time: session, dialogue, and final statuses last."""
    if what in ("created", "session", "turn"):
        return 0
    return 3 if what.upper() in Status.__members__ else 1 if what == "smtp" else 2


def _parsed(message: str) -> tuple[str, int]:
    stream, colon, number = message.rpartition(":")
    if not colon or not stream or not number.isdigit():
        raise TranscriptError(
            f'"{message}" names no message: write STREAM:N, such as crm.invoices:17'
        )
    return stream, int(number)


def _require_known(scenario: Scenario, stream: str) -> None:
    titles = {stream.name: stream.title for stream in compile_plan(scenario).streams}
    known = list(titles)
    fits = [name for name, title in titles.items() if stream in (name, title)]
    if not fits:
        raise TranscriptError(str(unknown(stream, "a stream", known)))
    if len(fits) > 1 and stream not in fits:
        raise TranscriptError(f'"{stream}" may be {" or ".join(sorted(fits))}: write which')


def _row(trace: Trace, stream: str, number: int, replication: int) -> int:
    names = trace.names
    fits = [i for i, name in enumerate(names.streams) if name == stream]
    # A full name comes before the short name of another stream.
    fits = fits or [i for i, title in enumerate(names.stream_title) if title == stream]
    of_stream = np.isin(trace.messages["stream"], fits)
    rows = np.flatnonzero(of_stream & (trace.messages["number"] == number))
    if not len(rows):
        count = int(of_stream.sum())
        allowed = f"numbers 0 to {count - 1:,}" if count else "none"
        raise TranscriptError(
            f"{stream}:{number} does not exist: replication {replication} has {count:,} messages "
            f"of {stream} ({allowed})"
        )
    return int(rows[0])


def examples(scenario: Scenario, *, replication: int = 0, seed: int | None = None) -> pd.DataFrame:
    """Return examples of messages: `message` (`STREAM:N`), `why`.

    Of each stream the first message, the slowest that was delivered, and the first of each other
    final status.
    """
    _, seed = Sampling(seed=seed).resolved([scenario])
    trace = trace_of(scenario, replication, seed)
    frames = tables(trace, scenario, replication)
    # A duplicate has the number of its original.
    messages = frames["messages"].drop(duplicates(trace))
    recipients = frames["recipients"].merge(messages[["message", "number"]], on="message")
    recipients["stream"] = recipients["stream"].astype(str)
    reasons: dict[str, list[str]] = {}
    for _, of in recipients.groupby("stream", sort=True):
        for message, why in _of_stream(of):
            reasons.setdefault(message, []).append(why)
    rows = [(message, ", ".join(why)) for message, why in reasons.items()]
    return pd.DataFrame(rows, columns=["message", "why"])


def _of_stream(recipients: pd.DataFrame) -> Iterator[tuple[str, str]]:
    recipients = recipients.reset_index(drop=True)
    messages = recipients["stream"] + ":" + recipients["number"].astype(str)
    yield messages[recipients["number"].argmin()], "the first"
    latency = recipients["latency"].where(recipients["status"] == "delivered")
    if latency.notna().sum() > 1:
        yield messages[int(np.nanargmax(latency))], "the slowest delivered"
    for status in LOST:
        lost = messages[recipients["status"] == status]
        if len(lost):
            yield lost.iloc[0], f"the first {status.replace('_', ' ')}"
