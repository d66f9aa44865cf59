"""The transcript of a message, as text: a line for each of its events."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from relaysim.mail.reply import FAILED_CONNECTION
from relaysim.measure.journey import BY_REPUTATION, Event, Recipient
from relaysim.measure.wait_parts import PARTS
from relaysim.plan.submission import targets
from relaysim.present.text.caption import origin
from relaysim.present.text.number_format import number
from relaysim.present.text.run_summary import PART_NAMES
from relaysim.present.text.similar_events import folded
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.message_trace import SECOND, Transcript, numbers
from relaysim.trace.tables import Status
from relaysim.units import format_duration
from relaysim.wording import columns

_OFFSET, _SHORT = 10, 16
_GOT_THROUGH = (Status.DELIVERED, Status.JUNKED)
_SIGNALS = {
    "trap": "a spam trap of {} has it",
    "provider_trap": "a spam trap of {} has it",
    "complaint": "its reader calls it spam: a complaint at {}",
    "unknown": "{} counts an unknown user",
    "report": "its reader reports it to {}",
}


def transcript_text(transcript: Transcript) -> list[RenderableType]:
    """Return the text for the terminal."""
    replication = transcript.replication
    return [
        text(
            f"{transcript.message} in replication {replication} of {transcript.scenario.name}",
            hanging=4,
        ),
        text(_about(transcript)),
        text(""),
        *_lines(transcript),
        text(""),
        *tables(_statuses(transcript)),
        *tables(_times(transcript)),
        *_notes(transcript),
        text(
            f"Replication {replication} alone, counted from 0; "
            f"{origin(transcript.provenance, intervals=False)}"
        ),
    ]


def listed(examples: pd.DataFrame, name: str) -> list[RenderableType]:
    """Return the table of messages of a scenario that are good examples."""
    rows = [[str(row["message"]), str(row["why"])] for row in examples.to_dict("records")]
    title = f"Messages of {name} that are worth a look (--message)"
    return tables(Grid(title, ["message", "which"], rows, wrapped=["which"]))


def _about(transcript: Transcript) -> str:
    journey = transcript.journey
    count = len(journey.recipients)
    to = f"{count} recipient{'s' if count != 1 else ''}"
    of = f", a DSN about {journey.parent}" if journey.parent else ""
    due = (
        "" if transcript.deadline is None else f"; deadline {format_duration(transcript.deadline)}"
    )
    return f"{journey.size:,} bytes to {to}{of}{due}."


def _lines(transcript: Transcript) -> Iterator[RenderableType]:
    """Yield time of day, time since creation, and text of each event."""
    journey, start = transcript.journey, transcript.scenario.run.start
    last = max(journey.created, *(event.time for event in journey.events))
    days = _clock(start, journey.created, True)[:6] != _clock(start, last, True)[:6]
    for event in folded(journey.events, len(journey.recipients)):
        clock = _clock(start, event.time, days)
        since = number((event.time - journey.created) / SECOND, "s")
        since = since if since.startswith("-") else f"+{since}"
        head = f"{clock}  {since:>{_OFFSET}}  "
        body = textwrap.wrap(
            _event_text(event, transcript),
            columns() - len(head),
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        yield Text("\n".join([head + body[0], *(" " * len(head) + line for line in body[1:])]))


def _clock(start: datetime, time: int, days: bool) -> str:
    at = start + timedelta(microseconds=time)
    return (
        at.strftime("%d %b %H:%M:%S") + f".{at.microsecond // 1000:03d}"
        if days
        else (at.strftime("%H:%M:%S") + f".{at.microsecond // 1000:03d}")
    )


def _event_text(event: Event, transcript: Transcript) -> str:
    recipients = f"recipient{'s' if len(event.recipients) > 1 else ''} {few(event.recipients)}: "
    return (recipients if event.recipients else "") + _what(event, transcript)


def _what(event: Event, transcript: Transcript) -> str:
    """Return one event in words."""
    journey, where = transcript.journey, event.where
    match event.what:
        case "smtp" | "alike":
            return event.text
        case "created":
            of = f" about {journey.parent}" if journey.parent else ""
            return f"created by {where}{of}"
        case "session":
            by = _by_balancer(transcript, where)
            return f"{journey.source} gets a session at {where}{by}{_waited(event)}"
        case "turn":
            return f"its turn in a session that is open at {where}{_waited(event)}"
        case "submitted":
            return f"handed over by the mailbox server{_waited(event)}"
        case "received":
            return f"{where} takes it in: {_took(event, 'a core')}"
        case "committed":
            took = f": {_took(event, 'its batch', 'the write')}" if event.lasted >= 0 else ""
            return f"{where} owns it{took}"
        case "copy received":
            return f"{where} receives a copy: {_took(event, 'a core')}"
        case "copy committed":
            return f"{where} has the copy: {_took(event, 'its batch', 'the write')}"
        case "categorized":
            return f"{where} knows its next hop: {_took(event, 'a core')}"
        case "queued":
            return f"in the delivery queue {where}"
        case "connection":
            of = "a new connection" if event.text == "opened" else "an open connection"
            by = f" from {event.egress}" if event.egress else ""
            return f"gets {of}{by}{_waited(event)}"
        case "sent":
            return f"sent on: {_took(event, 'a core')}"
        case "transferred":
            return f"over {where}: {_took(event, 'the line')}"
        case "stored":
            return f"in the mailbox{_lasted(event)}: {event.reply}".removesuffix(": ")
        case "answered":
            listed = f"{event.listed or where} is {event.text}"  # on a blocklist
            why = BY_REPUTATION if event.text == BY_REPUTATION else listed
            cites = f" ({why})" if event.text else ""
            if event.reply in map(str, FAILED_CONNECTION):
                return f"the connection fails: {event.reply}{cites}"
            return f"the receiver answers {event.reply}{cites}"
        case "no connection":
            return f"got no connection in {_seconds(event.waited)}"
        case "retry":
            lasted = f" for {_seconds(event.lasted)}" if event.lasted >= 0 else ""
            return f"{where} is in Retry{lasted}"
        case "acknowledged":
            return f"{journey.source} has its {event.reply}{_late(event)}"
        case "signal":
            return _SIGNALS[event.text].format(where)
        case "unacknowledged":
            return (
                f"its session at {where} ends without a 250, so it counts as failed: {event.reply}"
            )
        case "sent again":
            return f"its host sends it again at {where}: a duplicate"
        case "NDR" | "delay notice":
            return f"{event.what} to the sender: {where}"
    if event.what.startswith("not "):
        return f"{event.what} by {where} in {_seconds(event.waited)}"
    # What the receiver answered stands in the line above.
    answered = any(item.what == "answered" and item.time == event.time for item in journey.events)
    reply = f": {event.reply}" if event.reply and not answered else ""
    return f"{event.what.replace('_', ' ')}{reply}"


def _by_balancer(transcript: Transcript, where: str) -> str:
    """Return the load balancer that chose the hub of a session; "" if the host reaches it."""
    scenario, source = transcript.scenario, transcript.journey.source
    host = scenario.hosts.get(source)
    reached = () if host is None else targets(scenario, host)
    hub = where.partition("/")[0]
    balancers = {target.balancer for target in reached if target.hub == hub}
    # A host may reach a hub directly too, and the run does not say which way it took.
    (name,) = balancers if len(balancers) == 1 else (None,)
    return "" if name is None else f" (load balancer {name})"


def _seconds(microseconds: int) -> str:
    return number(microseconds / SECOND, "s")


def _waited(event: Event) -> str:
    return f", after {_seconds(event.waited)}" if event.waited > 0 else ""


def _lasted(event: Event) -> str:
    return f", in {_seconds(event.lasted)}" if event.lasted > 0 else ""


def _late(event: Event) -> str:
    """Return how long a delayed acknowledgement delayed the reply."""
    return f", {_seconds(event.lasted)} after the hub owned it" if event.lasted > 0 else ""


def _took(event: Event, what: str, work: str = "") -> str:
    waited = f"{_seconds(event.waited)} for {what}" if event.waited > 0 else f"no wait for {what}"
    took = "" if event.lasted < 0 else f", {_seconds(event.lasted)}{work and f' for {work}'}"
    return waited + (took or ", not done") + ("" if work or not took else " of work")


def groups(transcript: Transcript) -> list[list[Recipient]]:
    """Return recipients that differ in their number only, in the order of their first."""
    groups: dict[tuple[object, ...], list[Recipient]] = {}
    for recipient in transcript.journey.recipients:
        key = (
            recipient.domain,
            recipient.status,
            recipient.end,
            recipient.reply,
            tuple(recipient.waits.values()),
        )
        groups.setdefault(key, []).append(recipient)
    return list(groups.values())


def name(group: list[Recipient]) -> str:
    """Return recipients by number, and their domain."""
    return f"{few([recipient.number for recipient in group])} {group[0].domain}"


def few(recipients: Sequence[int]) -> str:
    """Return recipients by number; of very many the first, and how many there are."""
    whole = numbers(recipients)
    if len(whole) <= _SHORT:
        return whole
    first = whole[:_SHORT].rpartition(", ")[0]
    return f"{first}, ... ({len(recipients)})"


def _statuses(transcript: Transcript) -> Grid:
    rows = []
    for group in groups(transcript):
        recipient = group[0]
        late = "-"
        if transcript.deadline is not None:
            in_time = recipient.status in _GOT_THROUGH and recipient.lasted <= transcript.deadline
            late = "yes" if in_time else "no"
        lasted = _seconds(recipient.lasted)
        rows.append([name(group), recipient.status.name.lower().replace("_", " "), lasted, late])
    return Grid("Final status", ["recipient", "status", "after", "on time"], rows)


def _times(transcript: Transcript) -> Grid:
    rows = [
        [name(group), *(_seconds(group[0].waits[part]) for part in PARTS)]
        for group in groups(transcript)
    ]
    parts = [PART_NAMES.get(part, part) for part in PARTS]
    return Grid("Where the time went (what it waited for)", ["recipient", *parts], rows)


def _notes(transcript: Transcript) -> Iterator[RenderableType]:
    journey = transcript.journey
    if journey.attempts > 1:
        yield text(
            f"Attempts at submission: {journey.attempts}; the session shown is the last one."
        )
    spoken = any(event.what == "smtp" for event in journey.events)
    if spoken:
        yield text(
            "The words of the dialogue are Exchange's, its times are counted in round trips; the "
            "local parts of recipients are made up, as relaysim draws domains."
        )
    elif not transcript.complete:
        yield text(
            "No dialogue is shown: the hub answered otherwise than it does when it is idle "
            f"({journey.reply})."
        )
