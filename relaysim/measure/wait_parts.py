"""The parts of the latency of a recipient: eight parts that add up to it exactly.

| part | the recipient waits for |
| --- | --- |
| `wait_host` | the host: from creation until the session takes the message, at the last attempt |
| `wait_commit` | the batch of the queue database, at every hub |
| `wait_submission` | a core that receives or categorizes the message, at every hub |
| `wait_delivery` | in a delivery queue for a connection, and then for a core to send |
| `wait_mailbox` | the same for delivery to mailboxes |
| `wait_line` | the Internet line |
| `wait_retry` | the next attempt: its queue is in Retry, or the message is not due |
| `service` | nothing: the rest, in which the message is processed |

A recipient counts the events of its message and its transactions up to its own end. After a
hand-over between hubs, the earlier hub counts too.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import QueueKind
from relaysim.trace.occupancy import waited_until
from relaysim.trace.step_function import StateDurations
from relaysim.trace.tables import Column, Level, Trace, Visit

WAITS = (
    "wait_host",
    "wait_commit",
    "wait_submission",
    "wait_delivery",
    "wait_line",
    "wait_mailbox",
    "wait_retry",
)
PARTS = (*WAITS, "service")
NEVER = np.int64(2**62)


@dataclass(frozen=True)
class Members:
    """The recipients of each message or transaction, or the attempts of each transaction."""

    members: Column
    first: Column
    count: Column

    @classmethod
    def of(cls, owner: Column, member: Column, owners: int) -> Self:
        """Return the members of owners, from pairs of an owner and a member."""
        count = np.bincount(owner, minlength=owners).astype(np.int64)
        # Members of one owner are consecutive; `first` is where they begin.
        return cls(member[np.argsort(owner, kind="stable")], np.cumsum(count) - count, count)

    def join(self, owner: Column) -> tuple[Column, Column]:
        """Return all pairs (row, member of the owner of the row), in the order of rows."""
        count = self.count[owner]
        row = np.repeat(np.arange(len(owner)), count)
        # 0, 1, ... count - 1 within each row, without a loop.
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        return row, self.members[self.first[owner][row] + within]


@dataclass(frozen=True)
class WaitedVisits:
    """The visits that waited, in the order of the trace; most found a free server.

    Attributes
    ----------
    kind, station, subject, attempt, enter : int64 array, shape (n,)
        As in the table `visits`.
    until : int64 array, shape (n,)
        When the wait ended, see `waited_until`.
    send_station, line_station : int64 array, shape (queues,)
        The stations at which transactions of each delivery queue were sent; -1 for none.
    """

    kind: Column
    station: Column
    subject: Column
    attempt: Column
    enter: Column
    until: Column
    send_station: Column
    line_station: Column

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Read the visits of a trace, part by part."""
        visits, queue_of = trace.visits, trace.transactions["queue"]
        stations = {visit: np.full(len(trace.names.queues), -1) for visit in _SENT}
        parts = []
        for first in range(0, len(visits), _PART):
            part = slice(first, first + _PART)
            kind, station, subject = visits.at(part, "visit", "station", "subject")
            for visit, station_of in stations.items():
                rows = np.flatnonzero(kind == visit)
                # A queue has one station of each kind, so repeated assignments agree.
                station_of[queue_of[subject[rows]]] = station[rows]
            enter, start, end = visits.at(part, "enter", "start", "end")
            until = waited_until(trace, start, end)
            rows = np.flatnonzero(until != enter)
            (attempt,) = visits.at(first + rows, "attempt")
            chosen = (column[rows] for column in (kind, station, subject, enter, until))
            parts.append((*chosen, attempt))
        empty = np.empty((6, 0), np.int64)
        kind, station, subject, enter, until, attempt = map(
            np.concatenate, zip(empty, *parts, strict=True)
        )
        sent = (stations[visit] for visit in _SENT)
        return cls(kind, station, subject, attempt, enter, until, *sent)

    def where(self, *kinds: Visit) -> tuple[Column, ...]:
        """Return station, subject, attempt, enter and until of visits of some kinds."""
        rows = np.flatnonzero(np.logical_or.reduce([self.kind == kind for kind in kinds]))
        columns = (self.station, self.subject, self.attempt, self.enter, self.until)
        return tuple(column[rows] for column in columns)


_SENT = (Visit.SEND, Visit.LINE)
_PART = 1 << 17
"""Rows that are read at a time: their columns fit into the cache of a processor."""


@dataclass(frozen=True)
class RecipientRoutes:
    """The transactions of each recipient, from the last hub back to the first.

    Attributes
    ----------
    recipient, transaction : int64 array, shape (n,)
        Pairs of a recipient and one of its transactions.
    members : Members
        The recipients of each transaction.
    attempts : Members
        The rows of `attempts` of each transaction, by number.
    waited : WaitedVisits
        The visits that waited.
    """

    recipient: Column
    transaction: Column
    members: Members
    attempts: Members
    waited: WaitedVisits

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Follow each recipient's last transaction back through its parents."""
        recipient, transaction = sent(trace)
        recipients, transactions = [recipient], [transaction]
        parents = trace.transactions["parent"]
        # One round for each hub on the longest route.
        while len(recipient):
            parent = parents[transaction]
            recipient, transaction = recipient[parent >= 0], parent[parent >= 0]
            recipients.append(recipient)
            transactions.append(transaction)
        pairs, owners = np.concatenate(recipients), np.concatenate(transactions)
        return cls(
            pairs,
            owners,
            Members.of(owners, pairs, len(trace.transactions)),
            _by_number(trace),
            WaitedVisits.of(trace),
        )


def sent(trace: Trace) -> tuple[Column, Column]:
    """Return the recipients that a hub has queued, and the last transaction of each."""
    transaction = trace.recipients["transaction"]
    recipient = np.flatnonzero(transaction >= 0)
    return recipient, transaction[recipient]


def _by_number(trace: Trace) -> Members:
    """Return the attempts of each transaction."""
    transaction, attempt = trace.attempts["transaction"], trace.attempts["attempt"]
    count = np.bincount(transaction, minlength=len(trace.transactions)).astype(np.int64)
    # One number for both, nearly in order: such a sort takes a few passes.
    order = np.argsort(transaction * (attempt.max(initial=0) + 1) + attempt, kind="stable")
    return Members(order, np.cumsum(count) - count, count)


class _Account:
    """The parts of each recipient, and the span [taken, end) in which hubs have it."""

    def __init__(self, trace: Trace) -> None:
        message = trace.recipients["message"]
        created = trace.messages["created"][message]
        connected = trace.messages["connected"][message]
        self.end = np.where(trace.recipients["end"] >= 0, trace.recipients["end"], trace.end)
        # Mail that no session took waited for the host until its end.
        self.taken = np.minimum(np.where(connected >= 0, connected, self.end), self.end)
        self.life = self.end - created
        self.parts = {name: np.zeros(len(message), np.int64) for name in PARTS}
        self.parts["wait_host"] = self.taken - created

    def cut(self, recipient: Column, time: Column) -> Column:
        """Return times, limited to the span of their recipient."""
        return np.clip(time, self.taken[recipient], self.end[recipient])

    def add(self, part: str, recipient: Column, length: Column) -> None:
        """Add lengths of time (microseconds) to a part of some recipients."""
        np.add.at(self.parts[part], recipient, length)

    def close(self) -> dict[str, Column]:
        """Return all parts; time without a wait is service."""
        service = self.parts["service"] = self.life
        for name in WAITS:
            service -= self.parts[name]
        return self.parts


def waits(trace: Trace, routes: RecipientRoutes | None = None) -> dict[str, Column]:
    """Return the parts of the latency by name.

    Parameters
    ----------
    trace : Trace
        The trace of one run.
    routes : RecipientRoutes, optional
        The transactions of each recipient, if they are known already.

    Returns
    -------
    dict of str to int64 array
        Microseconds, one entry for each recipient, in the order of `trace.recipients`. A recipient
        in flight is followed to the end of the run. For a recipient that no hub accepted,
        `wait_host` is the time until the last attempt, and `service` the rest.
    """
    routes = routes or RecipientRoutes.of(trace)
    account = _Account(trace)
    _at_hubs(trace, routes, account)
    _for_connections(trace, routes, account)
    _while_sent(trace, routes, account)
    return account.close()


def is_mailbox(trace: Trace) -> npt.NDArray[np.bool_]:
    """Return which queues of a trace deliver to mailboxes."""
    return np.array([kind is QueueKind.MAILBOX for kind in trace.names.queue_kind], bool)


def _at_hubs(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of messages for the queue database and a core, at the hubs on the route."""
    station_hub = np.array(trace.names.station_hub, np.int64)
    # Work at a hub is done once for a message, and each of its recipients waits for it.
    members = Members(
        np.arange(len(trace.recipients)),
        trace.messages["first_recipient"],
        trace.messages["recipients"],
    )
    for part, kinds in (
        ("wait_commit", (Visit.COMMIT,)),
        ("wait_submission", (Visit.RECEIVE, Visit.CATEGORIZE)),
    ):
        station, message, _, enter, until = routes.waited.where(*kinds)
        at, recipient = members.join(message)
        passed = _passes(trace, routes, recipient, station_hub[station[at]])
        at, recipient = at[passed], recipient[passed]
        waited = account.cut(recipient, until[at]) - account.cut(recipient, enter[at])
        account.add(part, recipient, waited)


def _passes(
    trace: Trace, routes: RecipientRoutes, recipient: Column, hub: Column
) -> npt.NDArray[np.bool_]:
    """Return whether the route of each recipient has each hub; routes of one message may differ."""
    hubs = len(trace.names.hubs)
    if hubs == 1:
        return np.ones(len(recipient), bool)
    seen = np.zeros((len(trace.recipients), hubs + 1), bool)  # the last column is for no hub, -1
    seen[np.arange(len(trace.recipients)), trace.messages["hub"][trace.recipients["message"]]] = (
        True
    )
    seen[routes.recipient, trace.transactions["hub"][routes.transaction]] = True
    passes: npt.NDArray[np.bool_] = seen[recipient, hub]
    return passes


def _for_connections(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of transactions for a connection, and for their next attempt."""
    order = routes.attempts.members
    transaction, queue, enter, start, end = trace.attempts.at(
        order, "transaction", "queue", "enter", "start", "end"
    )
    until = waited_until(trace, start, end)
    end[end < 0] = trace.end
    waited = np.flatnonzero(until != enter)
    row, recipient = routes.members.join(transaction[waited])
    row = waited[row]
    begin, finish = account.cut(recipient, enter[row]), account.cut(recipient, until[row])
    spells = StateDurations.of(trace, Level.QUEUE_RETRY)
    # Time in Retry within the wait is not due to a lack of connections.
    retry = spells.until(queue[row], finish) - spells.until(queue[row], begin)
    account.add("wait_retry", recipient, retry)
    length, mailbox = finish - begin - retry, is_mailbox(trace)[queue[row]]
    account.add("wait_delivery", recipient[~mailbox], length[~mailbox])
    account.add("wait_mailbox", recipient[mailbox], length[mailbox])

    # Between attempts.
    again = np.flatnonzero(transaction[1:] == transaction[:-1])
    row, recipient = routes.members.join(transaction[again])
    ended, due = end[again][row], enter[again + 1][row]
    account.add(
        "wait_retry", recipient, account.cut(recipient, due) - account.cut(recipient, ended)
    )
    # After the last one, unless that was at an earlier hub: then it has been handed over.
    count, first = routes.attempts.count, routes.attempts.first
    recipient, last = sent(trace)
    recipient, last = recipient[count[last] > 0], last[count[last] > 0]
    ended = account.cut(recipient, end[first[last] + count[last] - 1])
    account.add("wait_retry", recipient, account.end[recipient] - ended)


def _while_sent(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of transactions for a core to send and for the line, within attempts."""
    attempts = routes.attempts
    for visit in _SENT:
        _, transaction, number, enter, until = routes.waited.where(visit)
        # Attempts are numbered from 0 within a transaction.
        attempt = attempts.members[attempts.first[transaction] + number]
        (end,) = trace.attempts.at(attempt, "end")
        # A stop of the hub ends an attempt before the transfer that it waits for.
        until = np.where(end >= 0, np.minimum(until, end), until)
        row, recipient = routes.members.join(transaction)
        waited = account.cut(recipient, until[row]) - account.cut(recipient, enter[row])
        if visit is Visit.LINE:
            account.add("wait_line", recipient, waited)
            continue
        mailbox = is_mailbox(trace)[trace.transactions["queue"][transaction[row]]]
        account.add("wait_delivery", recipient[~mailbox], waited[~mailbox])
        account.add("wait_mailbox", recipient[mailbox], waited[mailbox])
