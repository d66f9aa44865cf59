"""Numbers for names: an engine knows everything by its place in the order of names."""

from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import ELSEWHERE
from relaysim.traffic.workload import Draws


class Numbering:
    """The numbers of everything that has a name, in the order of the names."""

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self.hosts = sorted(scenario.hosts)
        self.hubs = sorted(scenario.hubs)
        self.connectors = [
            (hub, name)
            for hub in self.hubs
            for name in sorted(scenario.hubs[hub].receive_connectors)
        ]
        self.egress = sorted(scenario.egress)
        self.lines = [f"{name}.line" for name in sorted(scenario.lines)] + [
            f"{name}.line" for name in self.egress if scenario.egress[name].line is None
        ]
        self.blocklists = sorted(scenario.blocklists)
        self.destinations = [*draws.destinations, ELSEWHERE]
        self.streams = [*draws.streams, *(f"{hub}.dsn" for hub in self.hubs)]
        self.domains = list(draws.domains)
        self.receiver_of = list(draws.destination)
        self.from_domains: list[str] = []
        self._domain = {name: number for number, name in enumerate(self.domains)}

    def domain(self, name: str) -> int:
        """The number of a domain; one that no destination has is put elsewhere."""
        if name not in self._domain:
            self._domain[name] = len(self.domains)
            self.domains.append(name)
            self.receiver_of.append(len(self.destinations) - 1)
        return self._domain[name]

    def from_domain(self, name: str) -> int:
        """The number of a sender's domain, as receivers see it."""
        if name not in self.from_domains:
            self.from_domains.append(name)
        return self.from_domains.index(name)

    def line_of(self, scenario: Scenario, egress: str) -> int:
        """The line of a public IP: a named one, or its own."""
        return self.lines.index(f"{scenario.egress[egress].line or egress}.line")
