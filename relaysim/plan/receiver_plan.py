"""The part of the plan about receivers: the mailboxes and the destinations."""

from array import array
from dataclasses import dataclass

from relaysim.mail.greylisting import GreylistRules
from relaysim.plan.reputation_plan import ReputationPlan
from relaysim.plan.requirement_plan import RequirementPlan

MAILBOXES = 0
"""The number of the own mailboxes among the receivers."""


@dataclass(frozen=True, slots=True)
class ReceiverPlan:
    """The replies of a destination. Probabilities are thresholds for a 32-bit draw.

    `greylist` has the rules of its domains that greylist, which are among the draws, and
    `greylisted` their reply.
    """

    name: str
    connect_time: "array[int]"
    response_time: "array[int]"
    connect_failure: int
    mx_hosts: int
    unreachable_mx_hosts: int
    defer: int
    connections_per_ip: int
    connection_backlog: int
    drops_surplus: bool
    per_connection: int
    junk_share: int
    dnsbl_ttl: int
    dnsbl_negative_ttl: int
    deferral: str
    unknown_user: str
    greylist: GreylistRules | None
    greylisted: str
    reputation: ReputationPlan | None
    requires: tuple[RequirementPlan, ...] = ()
    bulk_from: int = 0
    """Recipients in 24 h from which on a domain is a bulk sender."""
    bulk_junk: int = 0
    """Share of bulk mail in the junk folder, a threshold for a 32-bit draw."""
