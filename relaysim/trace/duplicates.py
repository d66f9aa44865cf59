"""Duplicates in a trace: messages that a host sent once more, though a hub had them."""

import numpy as np

from relaysim.trace.columns import Column
from relaysim.trace.tables import Status, Trace

_NOT_TAKEN = (Status.REFUSED, Status.ABANDONED)
_ARRIVED = (Status.DELIVERED, Status.JUNKED)


def duplicates(trace: Trace) -> Column:
    """Return the rows of the duplicates among the messages; the other added ones are DSNs."""
    caused = np.flatnonzero(trace.messages["parent"] >= 0)
    host = np.array(trace.names.stream_host, np.int64)
    return caused[host[trace.messages["stream"][caused]] >= 0]


def original_of(trace: Trace) -> Column:
    """Return the recipient of the original message for each recipient; itself if it is no copy."""
    messages, original = trace.messages, np.arange(len(trace.recipients))
    rows = duplicates(trace)
    first, count, parent = messages.at(rows, "first_recipient", "recipients", "parent")
    complete = count == messages["recipients"][trace.recipients["message"][parent]]
    # 0, 1, ... count - 1 within each message, without a loop.
    whole = count[complete]
    within = np.arange(whole.sum()) - np.repeat(np.cumsum(whole) - whole, whole)
    copies = np.repeat(first[complete], whole) + within
    original[copies] = np.repeat(parent[complete], whole) + within
    # The hub refused some recipients; the copy before says which.
    for row in np.flatnonzero(~complete).tolist():
        earlier = rows[:row][parent[:row] == parent[row]]
        first_one = trace.recipients.at(parent[row : row + 1], "message")[0]
        before = _taken(trace, np.append(first_one, earlier)[-1:])
        original[first[row] + np.arange(count[row])] = original[before]
    return original


def _taken(trace: Trace, message: Column) -> Column:
    """Return the recipients of a message that the hub accepted before the reply was lost."""
    first, count = (
        column[0] for column in trace.messages.at(message, "first_recipient", "recipients")
    )
    rows = np.arange(first, first + count)
    status, end = trace.recipients.at(rows, "status", "end")
    taken = ~np.isin(status, _NOT_TAKEN)
    # A hub that stopped before its commit lost them all, later than it refused others.
    return rows[taken if taken.any() else end == end.max()]


def standing(trace: Trace) -> Column:
    """Return the copy that counts for each recipient: the first one that arrived.

    If none did, it is the first one that a hub took, else the original.

    Returns
    -------
    int64 array, shape (recipients,)
        Rows of recipients; the same for all copies of a message at one address.
    """
    stands = np.arange(len(trace.recipients))
    if not len(duplicates(trace)):
        return stands
    original, status = original_of(trace), trace.recipients["status"]
    rows = np.flatnonzero(np.isin(original, original[original != stands]))
    arrived, taken = np.isin(status[rows], _ARRIVED), ~np.isin(status[rows], _NOT_TAKEN)
    end = np.where(arrived, trace.recipients["end"][rows], 0)
    order = np.lexsort((rows, end, ~taken, ~arrived, original[rows]))
    first = original[rows][order]
    begins = np.append(True, first[1:] != first[:-1])
    best = np.full(len(original), -1)
    best[first[begins]] = rows[order[begins]]
    stands[rows] = best[original[rows]]
    return stands
