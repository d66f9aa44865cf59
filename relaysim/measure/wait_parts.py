"""Where the time of a copy went: eight parts that add up to its latency exactly.

| part | what it waits for |
| --- | --- |
| `wait_host` | the host: from creation until its session turns to the message, at the last try |
| `wait_commit` | the batch of the queue database, at every hub |
| `wait_submission` | a core to take the message in or to categorize it, at every hub |
| `wait_delivery` | in a delivery queue for a connection, and then for a core to send |
| `wait_mailbox` | the same for delivery to mailboxes |
| `wait_line` | the Internet line |
| `wait_retry` | the next attempt: while its queue is in Retry, or the message is not due |
| `service` | nothing: the rest, in which something is done for the message |

A copy counts what happens to its message and its transactions up to its own end. Where it was
handed from hub to hub, the earlier hub counts too.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.trace.occupancy import waited_until
from relaysim.trace.step_function import Spells
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
    """Which copies belong to each message, or to each transaction."""

    members: Column
    first: Column
    count: Column

    @classmethod
    def of(cls, owner: Column, copy: Column, owners: int) -> Self:
        """From pairs of an owner and a copy."""
        count = np.bincount(owner, minlength=owners).astype(np.int64)
        return cls(copy[np.argsort(owner, kind="stable")], np.cumsum(count) - count, count)

    def join(self, owner: Column) -> tuple[Column, Column]:
        """All pairs of a row and a copy of the row's owner: (row, copy), in the order of rows."""
        count = self.count[owner]
        row = np.repeat(np.arange(len(owner)), count)
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        return row, self.members[self.first[owner][row] + within]


@dataclass(frozen=True)
class Ways:
    """The transactions of each copy, from the last hub back to the first."""

    copy: Column
    transaction: Column
    members: Members

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Follow each copy's last transaction back through its parents."""
        transaction = trace.copies["transaction"]
        copy = np.flatnonzero(transaction >= 0)
        transaction = transaction[copy]
        copies, transactions = [copy], [transaction]
        while len(copy):
            parent = trace.transactions["parent"][transaction]
            copy, transaction = copy[parent >= 0], parent[parent >= 0]
            copies.append(copy)
            transactions.append(transaction)
        pairs, owners = np.concatenate(copies), np.concatenate(transactions)
        return cls(pairs, owners, Members.of(owners, pairs, len(trace.transactions)))


class _Account:
    """The parts of each copy, and the span [taken, end) in which hubs had it."""

    def __init__(self, trace: Trace) -> None:
        message = trace.copies["message"]
        created = trace.messages["created"][message]
        connected = trace.messages["connected"][message]
        self.end = np.where(trace.copies["end"] >= 0, trace.copies["end"], trace.end)
        self.taken = np.minimum(np.where(connected >= 0, connected, self.end), self.end)
        self.life = self.end - created
        self.parts = {name: np.zeros(len(message), np.int64) for name in PARTS}
        self.parts["wait_host"] = self.taken - created

    def cut(self, copy: Column, time: Column) -> Column:
        """Times, none of them outside the span of their copy."""
        return np.clip(time, self.taken[copy], self.end[copy])

    def add(self, part: str, copy: Column, length: Column) -> None:
        """Book lengths of time on a part of some copies."""
        weights = length.astype(np.float64)  # exact below 2**53 microseconds
        self.parts[part] += np.bincount(copy, weights, len(self.end)).astype(np.int64)

    def close(self) -> dict[str, Column]:
        """All parts; what has not been waited for is service."""
        self.parts["service"] = self.life - sum(self.parts[name] for name in WAITS)
        return self.parts


def waits(trace: Trace, ways: Ways | None = None) -> dict[str, Column]:
    """The parts by name, one int64 array (microseconds) each, in the order of `trace.copies`.

    A copy in flight is followed to the end of the run. For a copy that no hub took, `wait_host` is
    the time until the last try, and `service` the rest.
    """
    ways = ways or Ways.of(trace)
    account = _Account(trace)
    _at_hubs(trace, ways, account)
    _for_connections(trace, ways, account)
    _while_sent(trace, ways, account)
    return account.close()


def is_mailbox(trace: Trace) -> npt.NDArray[np.bool_]:
    """Which queues of a trace deliver to mailboxes."""
    mailboxes = {f"{hub}.mailbox" for hub in trace.names.hubs}
    return np.array([name in mailboxes for name in trace.names.queues], bool)


def _at_hubs(trace: Trace, ways: Ways, account: _Account) -> None:
    """Waits of messages for the queue database and for a core, at the hubs a copy comes through."""
    visits, names = trace.visits, trace.names
    hub_of = {f"{hub}.{what}": i for i, hub in enumerate(names.hubs) for what in ("cpu", "commit")}
    station_hub = np.array([hub_of.get(name, -1) for name in names.stations], np.int64)
    message = trace.copies["message"]
    members = Members.of(message, np.arange(len(message)), len(trace.messages))
    for part, which in (
        ("wait_commit", (Visit.COMMIT,)),
        ("wait_submission", (Visit.RECEIVE, Visit.CATEGORIZE)),
    ):
        rows = np.flatnonzero(np.isin(visits["visit"], which))
        row, copy = members.join(visits["subject"][rows])
        at = rows[row]
        passed = _passes(trace, ways, copy, station_hub[visits["station"][at]])
        at, copy = at[passed], copy[passed]
        until = waited_until(trace, visits["start"][at], visits["end"][at])
        enter = visits["enter"][at]
        account.add(part, copy, account.cut(copy, until) - account.cut(copy, enter))


def _passes(trace: Trace, ways: Ways, copy: Column, hub: Column) -> npt.NDArray[np.bool_]:
    """Whether each copy comes through each hub: other copies of its message may go elsewhere."""
    hubs = len(trace.names.hubs)
    if hubs == 1:
        return np.ones(len(copy), bool)
    seen = np.zeros((len(trace.copies), hubs + 1), bool)  # the last column is for no hub, -1
    seen[np.arange(len(trace.copies)), trace.messages["hub"][trace.copies["message"]]] = True
    seen[ways.copy, trace.transactions["hub"][ways.transaction]] = True
    passes: npt.NDArray[np.bool_] = seen[copy, hub]
    return passes


def _for_connections(trace: Trace, ways: Ways, account: _Account) -> None:
    """Waits of transactions for a connection, and for their next attempt."""
    attempts = trace.attempts
    order = np.lexsort((attempts["attempt"], attempts["transaction"]))
    transaction, queue = attempts["transaction"][order], attempts["queue"][order]
    enter, end = attempts["enter"][order], attempts["end"][order]
    until = waited_until(trace, attempts["start"][order], end)
    end = np.where(end >= 0, end, trace.end)
    due = np.full(len(order), NEVER)
    again = np.flatnonzero(transaction[1:] == transaction[:-1])
    due[again] = enter[again + 1]

    row, copy = ways.members.join(transaction)
    begin, finish = account.cut(copy, enter[row]), account.cut(copy, until[row])
    spells = Spells.of(trace, Level.QUEUE_RETRY)
    retry = spells.until(queue[row], finish) - spells.until(queue[row], begin)
    account.add("wait_retry", copy, retry)
    waited, mailbox = finish - begin - retry, is_mailbox(trace)[queue[row]]
    account.add("wait_delivery", copy[~mailbox], waited[~mailbox])
    account.add("wait_mailbox", copy[mailbox], waited[mailbox])

    # Between attempts; after the last one at an earlier hub the copy has been handed over.
    handed = (due[row] == NEVER) & (trace.copies["transaction"][copy] != transaction[row])
    row, copy = row[~handed], copy[~handed]
    account.add("wait_retry", copy, account.cut(copy, due[row]) - account.cut(copy, end[row]))


def _while_sent(trace: Trace, ways: Ways, account: _Account) -> None:
    """Waits of transactions for a core to send, and for the line, each within its attempt."""
    visits, attempts = trace.visits, trace.attempts
    order = np.lexsort((attempts["attempt"], attempts["transaction"]))
    count = np.bincount(attempts["transaction"], minlength=len(trace.transactions))
    first = np.cumsum(count) - count
    for visit in (Visit.SEND, Visit.LINE):
        rows = np.flatnonzero(visits["visit"] == visit)
        transaction = visits["subject"][rows]
        end = attempts["end"][order[first[transaction] + visits["attempt"][rows]]]
        until = waited_until(trace, visits["start"][rows], visits["end"][rows])
        # A stop of the hub ends an attempt before the transfer that it waits for.
        until = np.where(end >= 0, np.minimum(until, end), until)
        row, copy = ways.members.join(transaction)
        enter = visits["enter"][rows]
        waited = account.cut(copy, until[row]) - account.cut(copy, enter[row])
        if visit is Visit.LINE:
            account.add("wait_line", copy, waited)
            continue
        mailbox = is_mailbox(trace)[trace.transactions["queue"][transaction[row]]]
        account.add("wait_delivery", copy[~mailbox], waited[~mailbox])
        account.add("wait_mailbox", copy[mailbox], waited[mailbox])
