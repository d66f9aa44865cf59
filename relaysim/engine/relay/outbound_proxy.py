"""Front ends that proxy outbound mail: receivers see the public IP of the server that proxies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from relaysim.engine.relay.hub import Hub
from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import QueuePlan
from relaysim.traffic.draw import Decision, draw32

_OUTBOUND_PROXY = int(Decision.OUTBOUND_PROXY)


@dataclass(frozen=True, slots=True)
class Outlet:
    """The server by whose public IP a connection leaves.

    Parameters
    ----------
    hub : Hub
        The hub of the front end that proxies, or the one that has the queue.
    epoch : int
        Its epoch when the connection began to open.
    plan : QueuePlan
        The queue, with the public IP and the line of this server.
    """

    hub: Hub
    epoch: int
    plan: QueuePlan

    @property
    def stopped(self) -> bool:
        """Whether the server stopped since, which cut the connection."""
        return self.hub.epoch != self.epoch


class OutboundProxies:
    """The front ends that proxy the connections of queues; a queue stays one for all of them."""

    def __init__(self, plan: Plan, hubs: Sequence[Hub]) -> None:
        self.hubs = hubs
        self.plans = {
            number: [
                (proxy.hub, replace(queue, egress=proxy.egress, line=proxy.line))
                for proxy in queue.proxies
            ]
            for number, queue in enumerate(plan.queues)
            if queue.proxies
        }

    def outlet(self, number: int, hub: Hub, plan: QueuePlan, key: int, attempt: int) -> Outlet:
        """Return the server by whose public IP a connection of a queue leaves.

        Parameters
        ----------
        number, hub, plan : int, Hub, QueuePlan
            The queue, and the hub that has it, which is up.
        key, attempt : int
            Key of the first recipient of the transaction that opens the connection, and number of
            its attempt: they fix the draw.

        Notes
        -----
        One front end at random, of the servers that run (assumption: see
        `plan.front_end.outbound_proxies`). That of the hub itself always does.
        """
        if number in self.plans:
            up = [(server, seen) for server, seen in self.plans[number] if self.hubs[server].up]
            server, plan = up[draw32(key, _OUTBOUND_PROXY, attempt) * len(up) >> 32]
            hub = self.hubs[server]
        return Outlet(hub, hub.epoch, plan)
