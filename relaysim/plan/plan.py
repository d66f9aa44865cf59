"""The plan: a scenario in integers, all names resolved, all rules of mail applied.

The plan has all that does not depend on time, from the functions that `explain` uses too: the
receive connector that answers a host, its replies to each sender and recipient, and the next hop of
each domain from each hub. An engine adds time.

A limit of 0 means no limit. Laws are tables of integers for 32-bit draws
(`relaysim.traffic.draw.looked_up`). An index of -1 means none.
"""

from array import array
from dataclasses import dataclass

from relaysim.plan.host_plan import BalancerPlan, HostPlan
from relaysim.plan.hub_plan import ConnectorPlan, HubPlan
from relaysim.plan.queue_plan import IpChoice, QueuePlan, WarmUpDays
from relaysim.plan.receiver_plan import ReceiverPlan
from relaysim.plan.relay_plan import RelayPlan
from relaysim.plan.reputation_plan import (
    BlocklistPlan,
    EgressPlan,
    OperationsPlan,
    OperatorPlan,
    RegisteredDomainPlan,
)
from relaysim.plan.resource_plan import LinePlan, Station
from relaysim.plan.scripted_event import Scripted
from relaysim.plan.stream_plan import StreamPlan


@dataclass(frozen=True, slots=True)
class Plan:
    """All input of an engine about a scenario, in the order of names."""

    name: str
    duration: int
    horizon: int
    streams: tuple[StreamPlan, ...]
    stream_index: dict[str, int]
    hosts: tuple[HostPlan, ...]
    balancers: tuple[BalancerPlan, ...]
    hubs: tuple[HubPlan, ...]
    connectors: tuple[ConnectorPlan, ...]
    queues: tuple[QueuePlan, ...]
    receivers: tuple[ReceiverPlan, ...]
    domains: tuple[str, ...]
    receiver_of: tuple[int, ...]
    external: "array[int]"
    """Of each domain: whether it is no accepted domain of the organization."""
    has_mailboxes: "array[int]"
    """Of each domain: whether its mailboxes are in the organization."""
    relays: tuple[RelayPlan, ...]
    lines: tuple[LinePlan, ...]
    egress: tuple[EgressPlan, ...]
    direct: tuple[str, ...]
    """The addresses of hosts that submit straight to a relay service."""
    from_domains: tuple[str, ...]
    registered_domains: tuple[RegisteredDomainPlan, ...]
    """Those of senders, which lists of domains know; empty without such a list."""
    blocklists: tuple[BlocklistPlan, ...]
    operators: tuple[OperatorPlan, ...]
    operations: OperationsPlan
    parties: tuple[int, ...]
    """The parties with a separate entry for an IP on lists: see `engine.reputation.listings`."""
    complaint_delay: "array[int]"
    feedback_delay: "array[int]"
    refusals: dict[tuple[int, int, int], str]
    """By (receiver, blocklist, action): the reply of a domain; `{ip}` is the egress, and `{domain}`
    the registered domain of the sender."""
    ip_choices: dict[tuple[int, int], tuple[IpChoice, ...]]
    """By queue and sender domain, -1 for any other: the queues by each public IP of its hub."""
    warm_ups: tuple[WarmUpDays, ...]
    moved: dict[int, int]
    """By queue: the queue for the mail of culprits after they have been moved."""
    replies: tuple[str, ...]
    """The replies to which verdicts refer, by index."""
    linked: bool
    """Whether a send connector is linked to a receive connector, so that routes depend on it."""
    routes: dict[tuple[int, int], tuple["array[int]", ...]]
    """By (hub, connector or -1): for each size band an array with the queue of each domain."""
    bands: tuple[int, ...]
    """The largest size of each band but the last, bytes, ascending."""
    stations: tuple[Station, ...]
    script: tuple[Scripted, ...]
    mailbox_time: "array[int]"
    unauthenticated: bool = False
    """Whether some mail may lack something that a receiver requires."""
