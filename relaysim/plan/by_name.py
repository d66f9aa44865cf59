"""The parts of a plan by the names of the scenario file."""

from relaysim.plan.compiler import compile_plan
from relaysim.plan.host_plan import HostPlan
from relaysim.plan.hub_plan import ConnectorPlan, HubPlan
from relaysim.plan.names import QueueKind
from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.receiver_plan import ReceiverPlan
from relaysim.plan.resource_plan import LinePlan, Station
from relaysim.scenario.model import Scenario


class PlanByName:
    """A plan by the names of the scenario file, to read servers and limits.

    Separate hubs of culprits are left out, because they have the same servers.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.plan: Plan = compile_plan(scenario)
        self._hosts = {host.name: host for host in self.plan.hosts}
        self._hubs = {hub.name: hub for hub in self.plan.hubs}
        hubs = self.plan.hubs
        self._lines = {line.title: line for line in self.plan.lines}
        self._connectors = {(hubs[c.hub].name, c.title): c for c in self.plan.connectors}
        self._queues = {
            (
                *(queue.kind, hubs[queue.hub].name, queue.next_hop),
                self.plan.egress[queue.egress].name if queue.by_ip else "",
            ): queue
            for queue in self.plan.queues
            # A queue for moved mail has the limits of the queue that it replaces.
            if not queue.moved
        }

    def host(self, name: str) -> HostPlan:
        """Return a host."""
        return self._hosts[name]

    def hub(self, name: str) -> HubPlan:
        """Return a hub."""
        return self._hubs[name]

    def shadow(self, hub: str) -> str | None:
        """Return the name of the hub that gets copies of the messages of a hub; None for none."""
        number = self._hubs[hub].shadow
        return self.plan.hubs[number].name if number >= 0 else None

    def connector(self, hub: str, title: str) -> ConnectorPlan:
        """Return a receive connector of a hub."""
        return self._connectors[hub, title]

    def queue(self, kind: QueueKind, hub: str, next_hop: str = "", egress: str = "") -> QueuePlan:
        """Return a delivery queue of a hub; with several public IPs, the one by `egress`."""
        one = self._queues.get((kind, hub, next_hop, ""))
        return self._queues[kind, hub, next_hop, egress] if one is None else one

    def queues(self, kind: QueueKind, hub: str) -> list[QueuePlan]:
        """Return all delivery queues of a hub that are of one kind."""
        return [queue for key, queue in self._queues.items() if key[:2] == (kind, hub)]

    def cores(self, hub: str) -> Station:
        """Return the cores of a hub."""
        return self.plan.stations[self._hubs[hub].cpu_station]

    def mailbox_submission(self, hub: str) -> Station:
        """Return the places for mailbox submission of a hub."""
        return self.plan.stations[self._hubs[hub].submission_station]

    def receiver(self, queue: QueuePlan) -> ReceiverPlan:
        """Return the destination that answers at a queue that leads outside."""
        return self.plan.receivers[queue.receiver]

    def line(self, scenario: Scenario, egress: str) -> tuple[LinePlan, Station]:
        """Return the line of a public IP, and its station."""
        line = self._lines[scenario.egress[egress].line or egress]
        return line, self.plan.stations[line.station]
