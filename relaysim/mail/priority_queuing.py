"""Priority queuing: which waiting transaction a connection takes."""

from collections.abc import Sequence
from enum import IntEnum

from relaysim.mail.spelling import text_of, unknown


class Priority(IntEnum):
    """The priority of a message; a lower number goes first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


def parse_priority(text: object) -> Priority:
    """Return the priority named "high", "normal" or "low", in any case.

    Raises
    ------
    ValueError
        If there is no such priority; the text names the nearest.
    """
    names = {priority.name.lower(): priority for priority in Priority}
    name = text_of(text).lower()
    if name not in names:
        raise unknown(text, "a priority", names)
    return names[name]


def choose(waiting: Sequence[int], in_use: Sequence[int], quotas: Sequence[int]) -> int:
    """Return the highest priority that has work and whose quota of connections is not full.

    Parameters
    ----------
    waiting, in_use, quotas : sequence of int
        One entry per priority, highest first: transactions that wait, connections that carry one
        now, and the connections allowed (MaxPerDomain...PriorityConnections). A quota that cannot
        be reached stands for unlimited; three such quotas are strict non-preemptive priority.

    Returns
    -------
    int
        The priority; -1 if none may take a connection.
    """
    for priority, (work, used, quota) in enumerate(zip(waiting, in_use, quotas, strict=True)):
        if work > 0 and used < quota:
            return priority
    return -1
