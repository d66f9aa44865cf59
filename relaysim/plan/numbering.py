"""Numbers for names: the plan refers to entities by their place in the order of names."""

from relaysim.mail.address import domain_of
from relaysim.mail.domains import specificity
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan.names import SUBMISSION, dsn_name, line_name, stream_name
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import ELSEWHERE
from relaysim.scenario.straight_hosts import relay_at, submitted_relays
from relaysim.traffic.receiving_domains import receivers
from relaysim.traffic.spam_traps import has_traps, operator_shares


class Numbering:
    """The numbers of all entities with a name, in the order of names.

    `streams` has the streams of hosts in the order of `Draws.streams`, then the DSNs of each hub.
    `hubs` are the hubs, then the relay services, which deliver as a hub does what they have
    accepted. `sources` are the addresses of clients: of hosts, of hubs, then of load balancers.
    `line_titles` are the names of lines, then the public IPs with a separate line. `first_alike`
    has for each domain the first one that the same patterns match: connectors know a domain by them
    alone, so what holds for the first one holds for thousands that are like it. `connectors` are
    the receive connectors of hubs, then one for each relay service that hosts submit to.
    """

    def __init__(self, scenario: Scenario) -> None:
        places = receivers(scenario, has_traps(scenario))
        self.hosts = sorted(scenario.hosts)
        self.relays = sorted(scenario.relays)
        self.hubs = [*sorted(scenario.hubs), *self.relays]
        self.connectors = [
            (hub, name)
            for hub in sorted(scenario.hubs)
            for name in sorted(scenario.hubs[hub].receive_connectors)
        ]
        self.connectors += [(relay, SUBMISSION) for relay in submitted_relays(scenario)]
        # The addresses of hosts that a relay service sees, which some limits count by.
        direct = (host for host in scenario.hosts.values() if relay_at(scenario, host))
        self.direct = sorted({str(host.address) for host in direct})
        hosts = {str(host.address) for host in scenario.hosts.values()}
        hubs = {str(address) for hub in scenario.hubs.values() for address in hub.addresses}
        self.balancers = sorted(scenario.load_balancers)
        behind = {str(balancer.address) for balancer in scenario.load_balancers.values()}
        # Hubs follow hosts: a hub is the client of a smart host that is a hub.
        self.sources = [*sorted(hosts), *sorted(hubs - hosts), *sorted(behind - hosts - hubs)]
        self.egress = sorted(scenario.egress)
        own_lines = [address for address in self.egress if scenario.egress[address].line is None]
        self.line_titles = [*sorted(scenario.lines), *own_lines]
        self.lines = [line_name(title) for title in self.line_titles]
        self.blocklists = sorted(scenario.blocklists)
        self.registered_domains = registered_sender_domains(scenario)
        self.operators = list(operator_shares(scenario))
        self.destinations = [*places.destinations, ELSEWHERE]
        self.host_streams = [
            (host, name) for host in self.hosts for name in sorted(scenario.hosts[host].streams)
        ]
        self.streams = [
            *(stream_name(host, name) for host, name in self.host_streams),
            *(dsn_name(hub) for hub in self.hubs),
        ]
        self.domains = list(places.domains)
        self.receiver_of = list(places.destination)
        # Sender domains are numbered in the order of compilation: streams, then DSNs.
        self.from_domains: list[str] = []
        self._domain = {name: number for number, name in enumerate(self.domains)}
        self._patterns = _patterns(scenario)
        self._first: dict[tuple[int | None, ...], str] = {}
        self.first_alike = [self._first_alike(name) for name in self.domains]

    def domain(self, name: str) -> int:
        """Return the number of a domain; a domain without destination counts as elsewhere."""
        if name not in self._domain:
            self._domain[name] = len(self.domains)
            self.domains.append(name)
            self.first_alike.append(self._first_alike(name))
            # The last destination is `elsewhere`.
            self.receiver_of.append(len(self.destinations) - 1)
        return self._domain[name]

    def _first_alike(self, domain: str) -> str:
        matches = tuple(specificity(pattern, domain) for pattern in self._patterns)
        return self._first.setdefault(matches, domain)

    def from_domain(self, name: str) -> int:
        """Return the number of a sender domain, as receivers see it."""
        if name not in self.from_domains:
            self.from_domains.append(name)
        return self.from_domains.index(name)

    def registered_domain(self, domain: str) -> int:
        """Return the number of the registered domain of a sender; -1 for none."""
        name = registered_domain(domain)
        known = self.registered_domains
        return known.index(name) if name in known else -1

    def line_of(self, scenario: Scenario, egress: str) -> int:
        """Return the line of a public IP: a named one, or its own."""
        return self.line_titles.index(scenario.egress[egress].line or egress)


def registered_sender_domains(scenario: Scenario) -> list[str]:
    """Return the registered domains of senders, sorted; none where no blocklist lists domains."""
    if all(blocklist.lists == "ip" for blocklist in scenario.blocklists.values()):
        return []
    senders = [
        domain_of(stream.sender)
        for host in scenario.hosts.values()
        for stream in host.streams.values()
    ]
    return sorted({registered_domain(domain) for domain in senders if domain})


def _patterns(scenario: Scenario) -> tuple[str, ...]:
    """Return the patterns of domains: accepted domains and address spaces."""
    accepted = (pattern.lower() for pattern in scenario.organization.domains)
    connectors = scenario.send_connectors.values()
    spaces = (space.pattern for connector in connectors for space in connector.address_spaces)
    return tuple(dict.fromkeys((*accepted, *spaces)))
