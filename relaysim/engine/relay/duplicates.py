"""Duplicates: a message that a host sends once more, though a hub has it already."""

from relaysim.engine.recorder import Recorder
from relaysim.trace.tables import Status

_DELIVERED, _DISCARDED = int(Status.DELIVERED), int(Status.DISCARDED)
NOT_TAKEN = (int(Status.REFUSED), int(Status.ABANDONED))
"""How recipients end that a hub has not taken."""


def taken(record: Recorder, message: int) -> list[int]:
    """Return the recipients of a message that the hub accepted at submission, in order."""
    first = record.messages.first_recipient[message]
    last = first + record.messages.recipients[message]
    return [row for row in range(first, last) if record.recipients.status[row] not in NOT_TAKEN]


def in_mailbox(record: Recorder, recipients: list[int]) -> list[int]:
    """Return the final status of recipients whose mailboxes get a message now.

    The mailbox server delivers the first copy and discards the others.

    Notes
    -----
    The store of Exchange knows a duplicate by Message-ID and submit time, for 7 days in Exchange
    2007 (Microsoft). Assumptions: a host sends both unchanged, and no retry takes longer.
    """
    status = record.recipients.status
    return [
        _DISCARDED
        if any(status[copy] == _DELIVERED for copy in record.copies_of(recipient))
        else _DELIVERED
        for recipient in recipients
    ]
