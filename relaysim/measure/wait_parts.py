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
    """The recipients of each message, or of each transaction."""

    members: Column
    first: Column
    count: Column

    @classmethod
    def of(cls, owner: Column, recipient: Column, owners: int) -> Self:
        """Return the members of owners, from pairs of an owner and a recipient."""
        count = np.bincount(owner, minlength=owners).astype(np.int64)
        # Members of one owner are consecutive; `first` is where they begin.
        return cls(recipient[np.argsort(owner, kind="stable")], np.cumsum(count) - count, count)

    def join(self, owner: Column) -> tuple[Column, Column]:
        """Return all pairs (row, recipient of the owner of the row), in the order of rows."""
        count = self.count[owner]
        row = np.repeat(np.arange(len(owner)), count)
        # 0, 1, ... count - 1 within each row, without a loop.
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        return row, self.members[self.first[owner][row] + within]


@dataclass(frozen=True)
class RecipientRoutes:
    """The transactions of each recipient, from the last hub back to the first."""

    recipient: Column
    transaction: Column
    members: Members
    attempts: Column
    """The rows of `attempts` by transaction and number."""

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Follow each recipient's last transaction back through its parents."""
        transaction = trace.recipients["transaction"]
        recipient = np.flatnonzero(transaction >= 0)
        transaction = transaction[recipient]
        recipients, transactions = [recipient], [transaction]
        # One round for each hub on the longest route.
        while len(recipient):
            parent = trace.transactions["parent"][transaction]
            recipient, transaction = recipient[parent >= 0], parent[parent >= 0]
            recipients.append(recipient)
            transactions.append(transaction)
        pairs, owners = np.concatenate(recipients), np.concatenate(transactions)
        attempts = np.lexsort((trace.attempts["attempt"], trace.attempts["transaction"]))
        return cls(pairs, owners, Members.of(owners, pairs, len(trace.transactions)), attempts)


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
        weights = length.astype(np.float64)  # exact below 2**53 microseconds
        self.parts[part] += np.bincount(recipient, weights, len(self.end)).astype(np.int64)

    def close(self) -> dict[str, Column]:
        """Return all parts; time without a wait is service."""
        self.parts["service"] = self.life - sum(self.parts[name] for name in WAITS)
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
    visits, kind = trace.visits, trace.visits["visit"]
    station_hub = np.array(trace.names.station_hub, np.int64)
    message = trace.recipients["message"]
    # Work at a hub is done once for a message, and each of its recipients waits for it.
    members = Members.of(message, np.arange(len(message)), len(trace.messages))
    for part, which in (
        ("wait_commit", kind == Visit.COMMIT),
        ("wait_submission", (kind == Visit.RECEIVE) | (kind == Visit.CATEGORIZE)),
    ):
        rows = np.flatnonzero(which)
        row, recipient = members.join(visits["subject"][rows])
        at = rows[row]
        passed = _passes(trace, routes, recipient, station_hub[visits["station"][at]])
        at, recipient = at[passed], recipient[passed]
        until = waited_until(trace, visits["start"][at], visits["end"][at])
        enter = visits["enter"][at]
        account.add(part, recipient, account.cut(recipient, until) - account.cut(recipient, enter))


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
    attempts = trace.attempts
    order = routes.attempts
    transaction, queue = attempts["transaction"][order], attempts["queue"][order]
    enter, end = attempts["enter"][order], attempts["end"][order]
    until = waited_until(trace, attempts["start"][order], end)
    end = np.where(end >= 0, end, trace.end)
    # The last attempt of a transaction has no next one; `cut` limits NEVER to the end.
    due = np.full(len(order), NEVER)
    again = np.flatnonzero(transaction[1:] == transaction[:-1])
    due[again] = enter[again + 1]

    row, recipient = routes.members.join(transaction)
    begin, finish = account.cut(recipient, enter[row]), account.cut(recipient, until[row])
    spells = StateDurations.of(trace, Level.QUEUE_RETRY)
    # Time in Retry within the wait is not due to a lack of connections.
    retry = spells.until(queue[row], finish) - spells.until(queue[row], begin)
    account.add("wait_retry", recipient, retry)
    waited, mailbox = finish - begin - retry, is_mailbox(trace)[queue[row]]
    account.add("wait_delivery", recipient[~mailbox], waited[~mailbox])
    account.add("wait_mailbox", recipient[mailbox], waited[mailbox])

    # Between attempts; after the last one at an earlier hub the recipient has been handed over.
    handed = (due[row] == NEVER) & (trace.recipients["transaction"][recipient] != transaction[row])
    row, recipient = row[~handed], recipient[~handed]
    account.add(
        "wait_retry", recipient, account.cut(recipient, due[row]) - account.cut(recipient, end[row])
    )


def _while_sent(trace: Trace, routes: RecipientRoutes, account: _Account) -> None:
    """Add the waits of transactions for a core to send and for the line, within attempts."""
    visits, attempts = trace.visits, trace.attempts
    order = routes.attempts
    count = np.bincount(attempts["transaction"], minlength=len(trace.transactions))
    first = np.cumsum(count) - count
    for visit in (Visit.SEND, Visit.LINE):
        rows = np.flatnonzero(visits["visit"] == visit)
        transaction = visits["subject"][rows]
        # Attempts are numbered from 0 within a transaction, so this is the row of the visit's
        # attempt.
        end = attempts["end"][order[first[transaction] + visits["attempt"][rows]]]
        until = waited_until(trace, visits["start"][rows], visits["end"][rows])
        # A stop of the hub ends an attempt before the transfer that it waits for.
        until = np.where(end >= 0, np.minimum(until, end), until)
        row, recipient = routes.members.join(transaction)
        enter = visits["enter"][rows]
        waited = account.cut(recipient, until[row]) - account.cut(recipient, enter[row])
        if visit is Visit.LINE:
            account.add("wait_line", recipient, waited)
            continue
        mailbox = is_mailbox(trace)[trace.transactions["queue"][transaction[row]]]
        account.add("wait_delivery", recipient[~mailbox], waited[~mailbox])
        account.add("wait_mailbox", recipient[mailbox], waited[mailbox])
