"""The journey of one message: all its events in a trace, in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relaysim.mail.dialogue import Step
from relaysim.measure.wait_parts import PARTS, is_mailbox, waits
from relaysim.trace.columns import Table
from relaysim.trace.duplicates import duplicates
from relaysim.trace.tables import Cause, Level, Signal, Status, Trace, Visit

NEVER = -1
BY_REPUTATION = "by its reputation"
"""The text of a refusal that a provider bases on its own records, not on a blocklist."""


class Event(NamedTuple):
    """An event of a message; times in microseconds since the start of the run.

    `recipients` are the numbers of the recipients of the event, from 0; empty if it concerns all of
    them. `waited` and `lasted` are the wait before the event and the length of the event, -1 if
    there is none. `where` is a host, a station, a queue or an IP, `reply` the SMTP reply. `step` is
    the step of the dialogue whose line is `text`; None for an event outside a dialogue. `listed` is
    the domain on a list that an answer cites.
    """

    time: int
    what: str
    recipients: tuple[int, ...] = ()
    where: str = ""
    waited: int = NEVER
    lasted: int = NEVER
    reply: str = ""
    text: str = ""
    step: Step | None = None
    egress: str = ""
    listed: str = ""


@dataclass(frozen=True)
class Recipient:
    """The final status and the times of a recipient: `waits` by part add up to `lasted`."""

    number: int
    domain: str
    status: Status
    end: int
    reply: str
    lasted: int
    waits: dict[str, int]


@dataclass(frozen=True)
class Journey:
    """One message from creation to final status.

    `created` and `ended` (of the run) in microseconds.

    `source` is the host that sends the stream, or the hub whose DSNs it has, and `title` the name
    of the stream within that host.
    """

    stream: str
    source: str
    title: str
    number: int
    size: int
    created: int
    ended: int
    attempts: int
    connector: str
    reply: str
    recipients: tuple[Recipient, ...]
    events: tuple[Event, ...]
    parent: str
    """What the message is a DSN of, as `STREAM:N`; "" for any other."""


def journey(trace: Trace, message: int) -> Journey:
    """Return the journey of a message, by its row in the trace."""
    rows, names = trace.messages, trace.names
    first, count = int(rows["first_recipient"][message]), int(rows["recipients"][message])
    events = _JourneyEvents(trace, message, first, count).events()
    parent = int(rows["parent"][message])
    return Journey(
        stream=names.streams[rows["stream"][message]],
        source=names.source(int(rows["stream"][message])),
        title=names.stream_title[rows["stream"][message]],
        number=int(rows["number"][message]),
        size=int(rows["size"][message]),
        created=int(rows["created"][message]),
        ended=trace.end,
        attempts=int(rows["attempts"][message]),
        connector=_name(names.connectors, rows["connector"][message]),
        reply=_name(names.replies, rows["reply"][message]),
        recipients=tuple(_recipients(trace, first, count)),
        # The sort is stable, so events at one time stay in the order of the mail path.
        events=tuple(sorted(events, key=lambda event: event.time)),
        parent="" if parent < 0 else label(trace, int(trace.recipients["message"][parent])),
    )


def label(trace: Trace, message: int) -> str:
    """Return a message as `STREAM:N`."""
    rows = trace.messages
    return f"{trace.names.streams[rows['stream'][message]]}:{rows['number'][message]}"


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if number >= 0 else ""


def _recipients(trace: Trace, first: int, count: int) -> Iterator[Recipient]:
    rows, names, parts = trace.recipients, trace.names, waits(trace)
    for recipient in range(first, first + count):
        spent = {part: int(parts[part][recipient]) for part in PARTS}
        end = int(rows["end"][recipient])
        yield Recipient(
            number=recipient - first,
            domain=_name(names.domains, rows["domain"][recipient]),
            status=Status(rows["status"][recipient]),
            end=end if end >= 0 else trace.end,
            reply=_name(names.replies, rows["reply"][recipient]),
            lasted=sum(spent.values()),
            waits=spent,
        )


class _JourneyEvents:
    """The events of one message, from its rows in each table of a trace."""

    def __init__(self, trace: Trace, message: int, first: int, count: int) -> None:
        self.trace, self.names, self.message = trace, trace.names, message
        self.first, self.count = first, count
        self.created = int(trace.messages["created"][message])
        self.transactions = np.flatnonzero(trace.transactions["message"] == message)
        self.carried = self._carried()

    def _carried(self) -> dict[int, tuple[int, ...]]:
        """Return the recipients of each transaction, those of its later transactions too."""
        result: dict[int, list[int]] = {int(row): [] for row in self.transactions}
        for number in range(self.count):
            row = int(self.trace.recipients["transaction"][self.first + number])
            # -1 ends the chain: the first hub's transaction has no parent.
            while row >= 0:
                result[row].append(number)
                row = int(self.trace.transactions["parent"][row])
        return {row: tuple(numbers) for row, numbers in result.items()}

    def _where(self, row: int) -> tuple[int, ...]:
        """Return the recipients of a transaction; nothing if it has all recipients."""
        numbers = self.carried[row]
        return () if len(numbers) == self.count else numbers

    def events(self) -> Iterator[Event]:
        """Yield all events, table by table."""
        yield Event(self.created, "created", where=self._host())
        yield from self._submission()
        yield from self._at_hubs()
        yield from self._acknowledged()
        yield from self._acknowledgement_lost()
        for row in map(int, self.transactions):
            yield from self._delivery(row)
        yield from self._signals()
        yield from self._dsns()
        yield from self._statuses()

    def _host(self) -> str:
        return self.names.source(int(self.trace.messages["stream"][self.message]))

    def _submission(self) -> Iterator[Event]:
        rows, names = self.trace.messages, self.names
        connector = _name(names.connectors, rows["connector"][self.message])
        connected = int(rows["connected"][self.message])
        opened = False
        for row in self._visits(Visit.SESSION):
            entered, accepted = self._time("enter", row), self._time("start", row)
            # This message opened the session; otherwise it took its turn in one that was open.
            opened |= accepted == connected
            where = names.stations[self.trace.visits["station"][row]]
            yield Event(accepted, "session", where=where, waited=accepted - entered)
        for row in self._visits(Visit.SUBMIT):
            where = names.stations[self.trace.visits["station"][row]]
            entered, begun = self._time("enter", row), self._time("start", row)
            # -1: it still waits at the end of the run.
            if begun >= 0:
                yield Event(begun, "submitted", where=where, waited=begun - entered)
        if connected >= 0 and not opened and connector:
            waited = connected - self.created
            yield Event(connected, "turn", where=connector, waited=waited)
        yield from self._host_retries(connected)

    def _acknowledged(self) -> Iterator[Event]:
        rows, names = self.trace.messages, self.names
        acknowledged = int(rows["acknowledged"][self.message])
        # The mailbox server gets no reply: it is no SMTP client.
        if acknowledged >= 0 and rows["connector"][self.message] >= 0:
            reply = _name(names.replies, rows["reply"][self.message])
            connector = _name(names.connectors, rows["connector"][self.message])
            lasted = acknowledged - int(rows["committed"][self.message])
            yield Event(acknowledged, "acknowledged", where=connector, lasted=lasted, reply=reply)

    def _acknowledgement_lost(self) -> Iterator[Event]:
        """Yield the end of a session without its 250, and the duplicates that follow."""
        rows, names, failed = self.trace.messages, self.names, self.trace.refusals
        if rows["committed"][self.message] < 0 or rows["acknowledged"][self.message] >= 0:
            return
        for row in np.flatnonzero(failed["message"] == self.message)[-1:].tolist():
            where = _name(names.connectors, failed["connector"][row])
            reply = _name(names.replies, failed["reply"][row])
            yield Event(int(failed["time"][row]), "unacknowledged", where=where, reply=reply)
        for row in duplicates(self.trace).tolist():
            taken = int(rows["connected"][row])
            # -1: its host found no session.
            if rows["parent"][row] == self.first and taken >= 0:
                where = _name(names.connectors, rows["connector"][row])
                yield Event(taken, "sent again", where=where)

    def _host_retries(self, connected: int) -> Iterator[Event]:
        """Yield the spans in which the host waits for its retry: no hub accepted a connection."""
        host = self._host()
        if host in self.names.hosts:
            number = self.names.hosts.index(host)
            last = connected if connected >= 0 else self.trace.end
            yield from self._spells(Level.HOST_RETRY, number, self.created, last, host, ())

    def _at_hubs(self) -> Iterator[Event]:
        visits, rows = self.trace.visits, self.trace.messages
        committed, hub = int(rows["committed"][self.message]), rows["hub"][self.message]
        if committed >= 0 and not self._visits(Visit.COMMIT):
            # A queue database that takes no time keeps no record of its writes.
            yield Event(committed, "committed", where=self.names.hubs[hub])
        taken = ((Visit.RECEIVE, "received"), (Visit.COMMIT, "committed"))
        copied = ((Visit.SHADOW_RECEIVE, "copy received"), (Visit.SHADOW_COMMIT, "copy committed"))
        for kind, what in (*taken, *copied, (Visit.CATEGORIZE, "categorized")):
            for row in self._visits(kind):
                where = self.names.hubs[self.names.station_hub[visits["station"][row]]]
                yield self._visit(what, row, where)

    def _delivery(self, row: int) -> Iterator[Event]:
        transactions, attempts, names = self.trace.transactions, self.trace.attempts, self.names
        queue, recipients = int(transactions["queue"][row]), self._where(row)
        where = _name(names.queues, queue)
        yield Event(int(transactions["queued"][row]), "queued", recipients, where)
        tried = np.flatnonzero(attempts["transaction"] == row)
        for at in tried[np.argsort(attempts["attempt"][tried])]:
            yield from self._attempt(int(at), row, recipients)
        if queue >= 0 and len(tried):
            ends = [self._until(attempts, int(at)) for at in tried]
            first, last = int(transactions["queued"][row]), max(ends)
            yield from self._spells(Level.QUEUE_RETRY, queue, first, last, where, recipients)

    def _attempt(self, at: int, row: int, recipients: tuple[int, ...]) -> Iterator[Event]:
        attempts, names = self.trace.attempts, self.names
        number, queue = int(attempts["attempt"][at]), int(attempts["queue"][at])
        enter, start = int(attempts["enter"][at]), int(attempts["start"][at])
        end, egress = int(attempts["end"][at]), _name(names.egress, attempts["egress"][at])
        where, reply = _name(names.queues, queue), int(attempts["reply"][at])
        # The attempt never got a connection.
        if start < 0:
            until = self._until(attempts, at)
            yield Event(until, "no connection", recipients, where, waited=until - enter)
            return
        opened = "opened" if attempts["opened"][at] else "open"
        yield Event(
            start,
            "connection",
            recipients,
            egress or where,
            start - enter,
            text=opened,
            egress=egress,
        )
        for kind, what in ((Visit.SEND, "sent"), (Visit.LINE, "transferred")):
            for visit in self._visits(kind, row, number):
                station = names.stations[self.trace.visits["station"][visit]]
                yield self._visit(what, visit, station, recipients)
        if end >= 0:
            text = _name(names.replies, reply)
            why, listed = self._why(reply, row, int(attempts["egress"][at]), end)
            mailbox = bool(is_mailbox(self.trace)[queue])
            what = "stored" if mailbox and not text.startswith(("4", "5")) else "answered"
            yield Event(
                *(end, what, recipients, egress or where, NEVER, end - start, text, why),
                listed=listed,
            )

    def _why(self, reply: int, transaction: int, egress: int, time: int) -> tuple[str, str]:
        """Return why a reply refuses, and the domain on a list of domains that it cites.

        The reason is the list that it cites, or reputation; "" otherwise.
        """
        cause = self.names.causes[reply] if reply >= 0 else -1
        # -2 is `PROVIDER_CAUSE`, -1 a reply for another reason.
        if cause < 0:
            return BY_REPUTATION if cause == -2 else "", ""
        rows, names = self.trace.listings, self.names
        message = self.trace.transactions["message"][transaction]
        sender = names.stream_registered_domain[self.trace.messages["stream"][message]]
        on = (rows["blocklist"] == cause) & (rows["start"] <= time)
        of_domain = on & (rows["sender_domain"] == sender) & (sender >= 0)
        result = np.flatnonzero((on & (rows["egress"] == egress)) | of_domain)
        if not len(result):
            return f"on {names.blocklists[cause]}", ""
        last = result[-1]
        how = {Cause.SCRIPT: "as scripted", Cause.WIDENING: "with its neighbours"}
        why = how.get(Cause(rows["cause"][last]), "for what it sent")
        listed = names.registered_domains[sender] if of_domain.any() else ""
        return f"on {names.blocklists[cause]} {why}", listed

    def _signals(self) -> Iterator[Event]:
        rows, names = self.trace.signals, self.names
        receivers = {
            Signal.TRAP: names.operators,
            Signal.REPORT: names.blocklists,
        }
        chosen = (rows["recipient"] >= self.first) & (rows["recipient"] < self.first + self.count)
        for row in np.flatnonzero(chosen):
            seen = Signal(rows["signal"][row])
            subject = _name(receivers.get(seen, names.destinations), rows["subject"][row])
            number = int(rows["recipient"][row]) - self.first
            yield Event(
                int(rows["time"][row]),
                "signal",
                (number,) if self.count > 1 else (),
                subject,
                text=seen.name.lower(),
            )

    def _dsns(self) -> Iterator[Event]:
        rows = self.trace.messages
        sent_again = set(duplicates(self.trace).tolist())
        for number in range(self.count):
            recipient = self.first + number
            end = int(self.trace.recipients["end"][recipient])
            for row in np.flatnonzero(rows["parent"] == recipient):
                if row in sent_again:
                    continue
                created = int(rows["created"][row])
                # An NDR is made when the recipient is final; a notice before that is about delay.
                late = end < 0 or created < end
                yield Event(
                    created,
                    "delay notice" if late else "NDR",
                    (number,) if self.count > 1 else (),
                    label(self.trace, int(row)),
                )

    def _statuses(self) -> Iterator[Event]:
        rows = self.trace.recipients
        groups: dict[tuple[int, int, int], list[int]] = {}
        for number in range(self.count):
            recipient = self.first + number
            key = (
                int(rows["end"][recipient]),
                int(rows["status"][recipient]),
                int(rows["reply"][recipient]),
            )
            groups.setdefault(key, []).append(number)
        for (end, status, reply), numbers in groups.items():
            yield Event(
                end if end >= 0 else self.trace.end,
                Status(status).name.lower(),
                tuple(numbers) if len(numbers) < self.count else (),
                reply=_name(self.names.replies, reply),
            )

    def _spells(
        self,
        level: Level,
        subject: int,
        first: int,
        last: int,
        where: str,
        recipients: tuple[int, ...],
    ) -> Iterator[Event]:
        """Yield the spans of a state that overlap the span from `first` to `last` (µs)."""
        rows = self.trace.levels
        changes = np.flatnonzero((rows["level"] == level) & (rows["subject"] == subject))
        # -1: the state is not on.
        began = -1
        for row in changes:
            time, on = int(rows["time"][row]), bool(rows["value"][row])
            if on:
                began = time
            elif began >= 0:
                if time > first and began < last:
                    yield Event(began, "retry", recipients, where, lasted=time - began)
                began = -1
        # The state lasts beyond the end of the run, so the event has no length.
        if 0 <= began < last:
            yield Event(began, "retry", recipients, where)

    def _visits(self, kind: Visit, subject: int | None = None, attempt: int = 0) -> list[int]:
        rows = self.trace.visits
        chosen = (rows["visit"] == kind) & (rows["attempt"] == attempt)
        chosen &= rows["subject"] == (self.message if subject is None else subject)
        return [int(row) for row in np.flatnonzero(chosen)]

    def _visit(self, what: str, row: int, where: str, recipients: tuple[int, ...] = ()) -> Event:
        """Return a visit to a station as an event at the end of service, or of a wait in vain."""
        visits = self.trace.visits
        enter, start, end = (int(visits[name][row]) for name in ("enter", "start", "end"))
        until = self._until(visits, row)
        if start < 0:
            return Event(until, f"not {what}", recipients, where, until - enter)
        return Event(
            until, what, recipients, where, start - enter, until - start if end >= 0 else -1
        )

    def _until(self, table: Table, row: int) -> int:
        end = int(table["end"][row])
        return end if end >= 0 else self.trace.end

    def _time(self, column: str, row: int) -> int:
        return int(self.trace.visits[column][row])
