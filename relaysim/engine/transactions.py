"""The working state of the transactions of a run, which is not part of the record."""

from array import array

from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.trace.record import Transactions, column_names

_COLUMNS = column_names(Transactions)
_PARENT, _QUEUE, _WIDTH = _COLUMNS.index("parent"), _COLUMNS.index("queue"), len(_COLUMNS)


class TransactionStates:
    """One entry per row of the table `transactions`.

    Attributes
    ----------
    message : array of int
        Row of its message.
    first_recipient : array of int
        Row of its first recipient, which orders it among simultaneous events.
    priority : array of int
        Priority of its stream, index into the priority queues.
    attempts : array of int
        Number of attempts that have ended.
    hops : array of int
        Number of hubs that had the message before this one; 0 at the first hub.
    ready : array of int
        Time at which it was ready to be sent, or will be after a retry; microseconds.
    expires : array of int
        Time from which it is not tried again; microseconds.
    final : array of int
        1 if this hub has nothing more to do with it, else 0.
    """

    def __init__(self, record: Recorder, plan: Plan) -> None:
        self.record, self.plan = record, plan
        self.message = array("q")
        self.first_recipient = array("q")
        self.priority = array("b")
        self.attempts = array("q")
        self.hops = array("q")
        self.ready = array("q")
        self.expires = array("q")
        self.final = array("b")

    def start(
        self, recipients: list[int], hub: int, queue: int, parent: int, now: int, expires: int
    ) -> int:
        """Put recipients of one message with the same next hop into a new transaction.

        Parameters
        ----------
        recipients : list of int
            Rows, ascending.
        hub, queue, parent : int
            As in the table `transactions`.
        now, expires : int
            Time of queueing and of expiry, microseconds.

        Returns
        -------
        int
            Row of the transaction.
        """
        record = self.record
        row = len(self.message)
        first = recipients[0]
        message = record.recipients.message[first]
        record.transactions.flat.extend((message, first, len(recipients), hub, queue, parent, now))
        self.message.append(message)
        self.first_recipient.append(first)
        self.priority.append(self.plan.streams[record.messages.stream[message]].priority)
        self.attempts.append(0)
        self.hops.append(self.hops_after(parent))
        self.ready.append(now)
        self.expires.append(expires)
        self.final.append(0)
        transaction = record.recipients.transaction
        for recipient in recipients:
            transaction[recipient] = row
        return row

    def hops_after(self, parent: int) -> int:
        """Return how many hubs had a message before the hub that takes it now.

        Parameters
        ----------
        parent : int
            Transaction by which another hub handed the message over; -1 for a message that a host
            submitted, which has 0 hops.
        """
        return self.hops[parent] + 1 if parent >= 0 else 0

    def recipients(self, transaction: int) -> list[int]:
        """Return the recipients of a transaction that are not final."""
        messages, recipients = self.record.messages, self.record.recipients
        message = self.message[transaction]
        first = messages.first_recipient[message]
        return [
            recipient
            for recipient in range(first, first + messages.recipients[message])
            if recipients.transaction[recipient] == transaction and not recipients.status[recipient]
        ]

    def recipient_count(self, transaction: int) -> int:
        """Return the number of recipients of a transaction that are not final.

        A message with one recipient counts as 1, even just after it became final.
        """
        if self.record.messages.recipients[self.message[transaction]] == 1:
            return 1
        return len(self.recipients(transaction))

    def parent(self, transaction: int) -> int:
        """Return the transaction by which another hub handed it over; -1 if a host submitted it."""
        return self.record.transactions.flat[transaction * _WIDTH + _PARENT]

    def queue(self, transaction: int) -> int:
        """Return the number of the delivery queue of a transaction."""
        return self.record.transactions.flat[transaction * _WIDTH + _QUEUE]

    def linked_to(self, message: int, parent: int) -> int:
        """Return the receive connector that send connectors may be linked to; -1 for none.

        Behind a smart host no send connector is linked to that of the submission (assumption).

        Parameters
        ----------
        message : int
            Row.
        parent : int
            Transaction by which another hub handed the message over; -1 for none.
        """
        while parent >= 0:
            if self.plan.queues[self.queue(parent)].sessions:
                return -1
            parent = self.parent(parent)
        return self.record.messages.connector[message]
