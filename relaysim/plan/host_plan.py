"""The part of the plan about hosts: their servers, submission targets and the replies to them."""

from array import array
from dataclasses import dataclass
from typing import NamedTuple

from relaysim.mail.session_time import Timing


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The replies of a connector to a host: to MAIL FROM by stream, to RCPT TO by domain.

    Replies are indexes into the plan's `replies`, -1 where the answer is a success.
    `relays`: no recipient is refused.
    """

    mail: dict[int, int]
    rcpt: "array[int]"
    timing: Timing
    bypasses_size_limit: bool
    relays: bool


class SubmissionTarget(NamedTuple):
    """A hub and the receive connector that answers there; -1 for none.

    `source` numbers the address that the hub sees; -1 stands for very many addresses. A relay
    service sees one of the addresses behind the public IPs, which count on from them.
    """

    hub: int
    connector: int
    source: int = -1


class Server(NamedTuple):
    """An address that a host connects to: a run of submission targets.

    It is one target, or `length` targets behind a load balancer, index into `Plan.balancers`, in
    the order of its hubs.
    """

    first: int
    length: int = 1
    balancer: int = -1


@dataclass(frozen=True, slots=True)
class BalancerPlan:
    """A load balancer: the numbers of its hubs, ascending, and how it chooses."""

    hubs: tuple[int, ...]
    least_connections: bool
    health_check_interval: int


@dataclass(frozen=True, slots=True)
class HostPlan:
    """A host, its submission targets, and the addresses of its server, in order.

    `account` numbers its account (-1: none). It is `outside` if it comes by the Internet line of
    the hub. `data_done_timeout` is 0 for a host that waits for a reply for ever.
    """

    name: str
    submission_targets: tuple[SubmissionTarget, ...]
    servers: tuple[Server, ...]
    verdicts: dict[int, Verdicts]
    by_mailbox_server: bool
    outside: bool
    account: int
    sessions: int
    messages_per_connection: int
    retry_every: int
    give_up_after: int
    data_done_timeout: int
    round_trip: int
    bandwidth: int
