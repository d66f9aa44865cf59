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
    """ "high", "normal" or "low", in any case. Raises ValueError that names the nearest."""
    names = {each.name.lower(): each for each in Priority}
    name = text_of(text).lower()
    if name not in names:
        raise unknown(text, "a priority", names)
    return names[name]


def choose(waiting: Sequence[int], in_use: Sequence[int], quotas: Sequence[int]) -> int:
    """The highest priority with work waiting and its quota of connections not full; -1 for none.

    Each sequence has one entry a priority, highest first: transactions waiting, connections that
    carry one now, and most connections allowed (MaxPerDomain...PriorityConnections; one that
    cannot be reached stands for unlimited, and three such make strict non-preemptive priority).
    """
    for priority, (work, used, quota) in enumerate(zip(waiting, in_use, quotas, strict=True)):
        if work > 0 and used < quota:
            return priority
    return -1
