"""One source of routes: where check sends mail, and which receiver answers, is what a run does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.route_end import receiver
from relaysim.mail.address import parse_ip
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import TOO_LARGE, QueuePlan
from relaysim.plan.reached import left_by
from relaysim.plan.routing import HopKind
from relaysim.scenario.distribution import mean
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import ELSEWHERE

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").rglob("*.toml"))
ONE_HUB = ROOT / "tests" / "worlds" / "one_hub.toml"
GATE = 'destinations.gate={profile="secure-gateway", domains=["gate.example.net", "192.0.2.9"]}'
SMART = {
    "all by a smart host": (
        'send_connectors.internet.smart_hosts=["gate.example.net"]',
        "send_connectors.internet.dns_routing_enabled=false",
        GATE,
    ),
    "two smart hosts of one provider": (
        'send_connectors.internet.smart_hosts=["[192.0.2.9]", "Gate.Example.net"]',
        "send_connectors.internet.dns_routing_enabled=false",
        GATE,
    ),
    "one domain by a smart host": (
        'send_connectors.partner={address_spaces=["SMTP:gmail.com;1"],'
        ' source_transport_servers=["HUB01"], smart_hosts=["gate.example.net"],'
        " dns_routing_enabled=false}",
        GATE,
    ),
    "all that came by one receive connector": (
        r"send_connectors.bulk={linked_receive_connector='HUB01\relay',"
        ' smart_hosts=["gate.example.net"], dns_routing_enabled=false,'
        ' max_message_size="unlimited", source_transport_servers=["HUB01"]}',
        GATE,
    ),
}
Route = tuple[str, str, str, str]
"""Hub, egress, answering domain and receiver."""


def by_check(scenario: Scenario) -> Iterator[tuple[tuple[str, str, str, str, str], set[Route]]]:
    """The last hops that check has of remote mail.

    By the stream, the hub that takes the mail, the hub and receive connector that answer, and the
    domain.
    """
    for path in paths(scenario):
        size = max(1, round(mean(scenario.hosts[path.host].streams[path.stream].size)))
        name = "" if path.connector is None else path.connector.name
        for route in path.routes:
            routes = {
                (hop.hub, hop.egress or "", hop.domain, receiver(scenario, route, hop) or ELSEWHERE)
                for hop in route.lasts
                if hop.kind is HopKind.REMOTE
            }
            # Check ends at a relay service; in a run it is a hub with routes of its own.
            if not {receiving for *_, receiving in routes} & set(scenario.relays):
                stream = f"{path.host}.{path.stream}"
                key = (stream, route.first.hub, path.hub, name, f"{route.domains.name} {size}")
                yield key, routes


class Run:
    """The routes of a plan."""

    def __init__(self, scenario: Scenario) -> None:
        self.plan: Plan = compile_plan(scenario)
        self.hubs = [hub.name for hub in self.plan.hubs]
        self.connectors = [each.name for each in self.plan.connectors]

    def last(
        self, stream: int, hub: int, door: int, band: int, domain: int
    ) -> Iterator[tuple[QueuePlan, int]]:
        """The last queues, each with the public IPs by which their mail leaves."""
        route = self.plan.routes[hub, door][band][domain]
        if route == TOO_LARGE:
            return
        queue = self.plan.queues[route]
        if queue.to_hubs:
            for each in queue.to_hubs:
                yield from self.last(stream, each, door, band, domain)
        elif queue.receiver >= 0:
            sender = self.plan.streams[stream].from_domain
            yield from ((queue, egress) for egress in left_by(self.plan, route, sender))

    def routes(self, stream: str, hub: str, answers: str, connector: str, to: str) -> set[Route]:
        name, _, size = to.partition(" ")
        door = -1
        if self.plan.linked and connector:
            door = self.connectors.index(f"{answers}/{connector}")
        band = sum(int(size) > limit for limit in self.plan.bands)
        domain = self.plan.domains.index(name)
        return {
            (
                self.hubs[queue.hub],
                str(parse_ip(self.plan.egress[egress].name)),
                self.plan.domains[queue.domain],
                self.plan.receivers[queue.receiver].name,
            )
            for queue, egress in self.last(
                self.plan.stream_index[stream], self.hubs.index(hub), door, band, domain
            )
        }


def agree(scenario: Scenario) -> int:
    """Assert that check and run have the same routes; how many there are."""
    run, count = Run(scenario), 0
    for key, routes in by_check(scenario):
        assert routes == run.routes(*key), key
        count += len(routes)
    return count


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_all_shipped_scenarios_have_the_routes_of_a_run(file: Path) -> None:
    agree(load(file, ["run.scale=0.01"]))


@pytest.mark.parametrize("overrides", SMART.values(), ids=SMART)
def test_mail_by_smart_hosts_has_the_routes_of_a_run(overrides: tuple[str, ...]) -> None:
    scenario = load(ONE_HUB, overrides)
    assert agree(scenario) > 0
    assert "gate" in {route[3] for _, routes in by_check(scenario) for route in routes}
