"""What host and hub said to each other about a message, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

from relaysim.explanation import explain
from relaysim.explanation.session import Attempt
from relaysim.measure.journey import Event, Journey
from relaysim.plan import route
from relaysim.plan import session_time as dialog
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Fate

_FIRST = "MAIL FROM"
_READY = " ready at "
_SHAKE = 3
"""Round trips of a TLS handshake (two) and the EHLO after it, as in `plan.session_time.TLS`."""


def spoken(scenario: Scenario, told: Journey) -> tuple[list[Event], bool]:
    """The lines of the last session about a message, and whether they are known.

    The words are those of `explain`; the times are counted from the session's by the round trips of
    `plan.session_time`, as the engine does, and end where the trace says that the hub had the body.
    Local parts of recipients are made up: relaysim draws domains. There are no lines if a mailbox
    server submits, and none are known if the hub answered otherwise than `explain` expects of an
    idle one (stopped, in back pressure, over a limit), or took the recipients in several mails.
    """
    name, _, short = told.stream.partition(".")
    host = scenario.hosts.get(name)
    if host is None or route.by_mailbox_server(host):
        return [], True
    attempt = _answered(scenario, told, name, short)
    begun = [event for event in told.events if event.what in ("session", "turn")]
    if attempt is None or attempt.connector is None or not begun:
        return [], not told.connector
    start = scenario.run.start
    lines = list(_timed(host, attempt.connector, attempt, told, begun[-1], start))
    taken = [event for event in told.events if event.what == "received"]
    if taken and lines:
        # What the hub adds to its answers under back pressure.
        delay = taken[-1].time - taken[-1].lasted - taken[-1].waited - lines[-1].time
        if delay > 0:
            text = "*: back pressure: the hub delays its answers"
            lines.append(Event(lines[-1].time + delay, "smtp", lasted=delay, text=text))
    return lines, True


def _answered(scenario: Scenario, told: Journey, name: str, short: str) -> Attempt | None:
    """The session at the connector that answered, if the replies were those of the trace."""
    to = [f"recipient{copy.number + 1}@{copy.domain}" for copy in told.copies]
    for attempt in explain(scenario, name, to, stream=short, size=told.size).attempts:
        connector = attempt.connector
        if connector is None or f"{attempt.target.hub}/{connector.name}" != told.connector:
            continue
        expected = [
            "" if each.reply is None or each.reply.is_success else str(each.reply)
            for each in attempt.outcomes
        ]
        found = [
            copy.reply if copy.fate in (Fate.REFUSED, Fate.ABANDONED) else ""
            for copy in told.copies
        ]
        return attempt if expected == found else None
    return None


def _timed(
    host: Host,
    connector: ReceiveConnector,
    attempt: Attempt,
    told: Journey,
    begun: Event,
    start: datetime,
) -> Iterator[Event]:
    """The lines with their times, from the set-up of the session or from MAIL FROM on."""
    trip, now, mail = host.round_trip, begun.time, False
    if begun.what == "session":
        now += trip
    asked = ""
    for line in attempt.lines:
        if line.who == "C" and line.text == "QUIT":
            break
        mail |= line.text.startswith(_FIRST)
        if begun.what == "turn" and not mail:
            continue
        final = line.who == "S" and asked.startswith("the message")
        if line.who == "S" and asked and not final:
            trips = dialog.LOGIN if asked.startswith("AUTH") else 1
            now += trips * trip
        if line.who == "S" or line.who == "C":
            asked = line.text if line.who == "C" else ""
        if final or line.text.startswith("DelayedAck"):
            continue
        yield Event(now, "smtp", text=_dated(str(line), start, now))
        if line.text.startswith("TLS handshake"):
            now += _SHAKE * trip
        elif line.text.startswith("Tarpit"):
            now += connector.tarpit_interval
        elif line.text.startswith("the message"):
            body = told.size * 8_000_000 // host.bandwidth if host.bandwidth else 0
            now += body + trip
            yield Event(now, "smtp", text="C: .")


def _dated(line: str, start: datetime, now: int) -> str:
    """A greeting with the time of its session in place of that of the run."""
    server, ready, _ = line.partition(_READY)
    if not ready or not line.startswith("S: 220 "):
        return line
    date = format_datetime(start + timedelta(microseconds=now)).rsplit(" ", 1)[0]
    return f"{server}{ready}{date}"
