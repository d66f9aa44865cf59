"""The part of the plan about relay services: their limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RelayLimitPlan:
    """A limit of a relay service.

    Parameters
    ----------
    counter : int
        What counts is kept by this number: limits of one tenant share it.
    counts : int
        What it counts, a `relaysim.mail.relay_limits.Counts`.
    per_ip : bool
        Whether each public IP counts separately.
    window : int
        Length of its window, microseconds; 0 for connections, which count while they are open.
    rolls : bool
        Whether the window ends now, instead of with the minute or hour of the clock.
    limit : int
        The most that it allows.
    over : int
        What happens above it, a `relaysim.mail.relay_limits.Over`.
    counts_refused : bool
        Whether mail that it refuses counts too.
    reply : str
        The reply above it; "" for a delay.
    """

    counter: int
    counts: int
    per_ip: bool
    window: int
    rolls: bool
    limit: int
    over: int
    counts_refused: bool
    reply: str


@dataclass(frozen=True, slots=True)
class RelayPlan:
    """A relay service: its limits of connections, and of mail in the order of their use."""

    name: str
    connections: tuple[RelayLimitPlan, ...]
    mail: tuple[RelayLimitPlan, ...]


def twin_relays(relays: Sequence[RelayPlan]) -> tuple[RelayPlan, ...]:
    """Return the same services with counters of their own, as culprits have them alone."""
    limits = [limit for relay in relays for limit in (*relay.connections, *relay.mail)]
    count = max((limit.counter for limit in limits), default=-1) + 1

    def twins(limits: Sequence[RelayLimitPlan]) -> tuple[RelayLimitPlan, ...]:
        return tuple(replace(limit, counter=limit.counter + count) for limit in limits)

    return tuple(
        RelayPlan(relay.name, twins(relay.connections), twins(relay.mail)) for relay in relays
    )
