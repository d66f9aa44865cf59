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

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import QueueKind
from relaysim.trace.columns import Column, Small
from relaysim.trace.occupancy import waited_until
from relaysim.trace.step_function import StateDurations
from relaysim.trace.tables import Level, Trace, Visit

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


@dataclass(frozen=True)
class Members:
    """The recipients of each message or transaction, or the attempts of each transaction."""

    members: Small
    first: Small
    count: Small

    @classmethod
    def of(cls, owner: Column, member: Column, owners: int) -> Self:
        """Return the members of owners, from pairs of an owner and a member."""
        # Members of one owner are consecutive; `first` is where they begin.
        return cls.in_order(member[np.argsort(owner, kind="stable")], owner, owners)

    @classmethod
    def in_order(cls, members: Column, owner: Column, owners: int) -> Self:
        """Return the members of owners, which stand in the order of owners."""
        count = np.bincount(owner, minlength=owners).astype(np.int32)
        first = np.cumsum(count) - count
        return cls(members.astype(np.int32), first.astype(np.int32), count)

    def join(self, owner: Column) -> tuple[Column, Column]:
        """Return all pairs (row, member of the owner of the row), in the order of rows."""
        count = self.count[owner]
        row = np.repeat(np.arange(len(owner)), count)
        # 0, 1, ... count - 1 within each row, without a loop.
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        return row, self.members[self.first[owner][row] + within].astype(np.int64)


class Waited(NamedTuple):
    """Some visits that waited; columns as in the table `visits`."""

    station: Column
    subject: Column
    attempt: Column
    enter: Column
    until: Column
    """When the wait ended, see `waited_until`."""


@dataclass(frozen=True)
class WaitedVisits:
    """The visits that waited; most found a free server.

    Attributes
    ----------
    trace : Trace
        The trace of the visits.
    rows : dict of Visit to int array
        The rows of each kind of visit, ascending.
    station : dict of Visit to int64 array, shape (queues,)
        The station at which transactions of each delivery queue were sent, by kind; -1 for none.
    """

    trace: Trace
    rows: dict[Visit, Small]
    station: dict[Visit, Column]

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Find the visits of a trace that waited."""
        visits, queue_of = trace.visits, trace.transactions["queue"]
        station_of = {visit: np.full(len(trace.names.queues), -1) for visit in SENT}
        rows: dict[Visit, list[Small]] = {visit: [np.empty(0, np.int32)] for visit in Visit}
        for first in range(0, len(visits), PART):
            part = slice(first, first + PART)
            kind, station, subject, enter, start, end = visits.at(
                part, "visit", "station", "subject", "enter", "start", "end"
            )
            for visit, of_queue in station_of.items():
                sent_here = np.flatnonzero(kind == visit)
                # A queue has one station of each kind, so repeated assignments agree.
                of_queue[queue_of[subject[sent_here]]] = station[sent_here]
            waited = np.flatnonzero(waited_until(trace, start, end) != enter)
            kind = kind[waited]
            for visit, parts in rows.items():
                parts.append((first + waited[kind == visit]).astype(np.int32))
        return cls(
            trace, {visit: np.concatenate(parts) for visit, parts in rows.items()}, station_of
        )

    def parts(self, *kinds: Visit) -> Iterator[Waited]:
        """Yield the visits of some kinds, part by part."""
        for kind in kinds:
            rows = self.rows[kind]
            for first in range(0, len(rows), PART):
                yield self._at(rows[first : first + PART])

    def together(self, *kinds: Visit) -> tuple[Column, Column, Column]:
        """Return station, begin and end of the waits of some kinds of visits."""
        parts = [(part.station, part.enter, part.until) for part in self.parts(*kinds)]
        empty = np.empty((3, 0), np.int64)
        station, enter, until = map(np.concatenate, zip(empty, *parts, strict=True))
        return station, enter, until

    def _at(self, rows: Small) -> Waited:
        station, subject, attempt, enter, start, end = self.trace.visits.at(
            rows.astype(np.int64), "station", "subject", "attempt", "enter", "start", "end"
        )
        return Waited(station, subject, attempt, enter, waited_until(self.trace, start, end))


SENT = (Visit.SEND, Visit.LINE)
"""The visits of transactions."""
PART = 1 << 17
"""Rows that are read at a time: their columns fit into the cache of a processor."""


@dataclass(frozen=True)
class RecipientRoutes:
    """The transactions of each recipient, from the last hub back to the first.

    Attributes
    ----------
    recipient, transaction : int array, shape (n,)
        Pairs of a recipient and one of its transactions.
    members : Members
        The recipients of each transaction.
    attempts : Members
        The rows of `attempts` of each transaction, by number.
    waited : WaitedVisits
        The visits that waited.
    """

    recipient: Small
    transaction: Small
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
            pairs.astype(np.int32),
            owners.astype(np.int32),
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
    transaction, attempt = trace.attempts.at(slice(None), "transaction", "attempt")
    # One number for both, nearly in order: such a sort takes a few passes.
    number = transaction * (attempt.max(initial=0) + 1)
    # Into a column of its own: those of the table may be the trace itself.
    number += attempt
    order = np.argsort(number, kind="stable")
    return Members.in_order(order, transaction, len(trace.transactions))


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

    def add_wait(self, part: str, recipient: Column, enter: Column, until: Column) -> None:
        """Add waits from `enter` to `until`, as far as they are in the span of their recipient."""
        self.add(part, recipient, self.cut(recipient, until) - self.cut(recipient, enter))

    def add_by_place(
        self, recipient: Column, length: Column, inside: npt.NDArray[np.bool_]
    ) -> None:
        """Add waits for delivery, to mailboxes or to the outside."""
        self.add("wait_mailbox", recipient[inside], length[inside])
        self.add("wait_delivery", recipient[~inside], length[~inside])

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
    first, count = trace.messages.at(slice(None), "first_recipient", "recipients")
    every = np.arange(len(trace.recipients), dtype=np.int32)
    members = Members(every, first.astype(np.int32), count.astype(np.int32))
    del first, count
    passes = _passes(trace, routes)
    for part, kinds in (
        ("wait_commit", (Visit.COMMIT,)),
        ("wait_submission", (Visit.RECEIVE, Visit.CATEGORIZE)),
    ):
        for waited in routes.waited.parts(*kinds):
            at, recipient = members.join(waited.subject)
            passed = passes(recipient, station_hub[waited.station[at]])
            account.add_wait(
                part, recipient[passed], waited.enter[at[passed]], waited.until[at[passed]]
            )
    # The shadow server is on no route, and all recipients wait for its copy.
    for waited in routes.waited.parts(Visit.SHADOW_RECEIVE, Visit.SHADOW_COMMIT):
        at, recipient = members.join(waited.subject)
        account.add_wait("wait_commit", recipient, waited.enter[at], waited.until[at])


def _passes(
    trace: Trace, routes: RecipientRoutes
) -> Callable[[Column, Column], npt.NDArray[np.bool_]]:
    """Return whether the route of a recipient has a hub; routes of one message may differ."""
    hubs = len(trace.names.hubs)
    if hubs == 1:
        return lambda recipient, _: np.ones(len(recipient), bool)
    seen = np.zeros((len(trace.recipients), hubs + 1), bool)  # the last column is for no hub, -1
    seen[np.arange(len(trace.recipients)), trace.messages["hub"][trace.recipients["message"]]] = (
        True
    )
    seen[routes.recipient, trace.transactions["hub"][routes.transaction]] = True
    return lambda recipient, hub: seen[recipient, hub]


def _for_connections(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of transactions for a connection, and for their next attempt."""
    spells, inside = StateDurations.of(trace, Level.QUEUE_RETRY), is_mailbox(trace)
    attempts, order = trace.attempts, routes.attempts.members
    for first in range(0, len(order), PART):
        # One more: the next attempt of the last one.
        transaction, queue, enter, start, end = attempts.at(
            order[first : first + PART + 1].astype(np.int64),
            *("transaction", "queue", "enter", "start", "end"),
        )
        until = waited_until(trace, start, end)
        waited = np.flatnonzero(until[:PART] != enter[:PART])
        row, recipient = routes.members.join(transaction[waited])
        row = waited[row]
        begin, finish = account.cut(recipient, enter[row]), account.cut(recipient, until[row])
        # Time in Retry within the wait is not due to a lack of connections.
        retry = spells.until(queue[row], finish) - spells.until(queue[row], begin)
        account.add("wait_retry", recipient, retry)
        account.add_by_place(recipient, finish - begin - retry, inside[queue[row]])

        # Between attempts.
        again = np.flatnonzero(transaction[1:] == transaction[:-1])
        row, recipient = routes.members.join(transaction[again])
        ended = np.where(end >= 0, end, trace.end)[again][row]
        account.add_wait("wait_retry", recipient, ended, enter[again + 1][row])
    # After the last one, unless that was at an earlier hub: then it has been handed over.
    transaction = trace.recipients["transaction"]
    for first in range(0, len(transaction), PART):
        last = transaction[first : first + PART]
        recipient = np.flatnonzero(last >= 0)
        recipient = recipient[routes.attempts.count[last[recipient]] > 0]
        last, recipient = last[recipient], first + recipient
        at = order[routes.attempts.first[last] + routes.attempts.count[last] - 1]
        (end,) = attempts.at(at.astype(np.int64), "end")
        end[end < 0] = trace.end
        account.add_wait("wait_retry", recipient, end, account.end[recipient])


def _while_sent(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of transactions for a core to send and for the line, within attempts."""
    attempts, queue = routes.attempts, trace.transactions["queue"]
    inside = is_mailbox(trace)
    for visit in SENT:
        for _, transaction, number, enter, until in routes.waited.parts(visit):
            # Attempts are numbered from 0 within a transaction.
            attempt = attempts.members[attempts.first[transaction] + number]
            (end,) = trace.attempts.at(attempt.astype(np.int64), "end")
            # A stop of the hub ends an attempt before the transfer that it waits for.
            until = np.where(end >= 0, np.minimum(until, end), until)
            row, recipient = routes.members.join(transaction)
            if visit is Visit.LINE:
                account.add_wait("wait_line", recipient, enter[row], until[row])
                continue
            waited = account.cut(recipient, until[row]) - account.cut(recipient, enter[row])
            account.add_by_place(recipient, waited, inside[queue[transaction[row]]])
