"""The check of hosts that are taken over: what their spam may do."""

from collections.abc import Iterator

from relaysim.analysis.sharing import ips, names, open_paths, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import SECOND
from relaysim.wording import listed, per_time, two_digits


def relay_by_address(scenario: Scenario) -> Iterator[Finding]:
    """A host that is taken over relays without logging in, and leaves by the IP of other mail."""
    _, others = parted(scenario)
    for path in open_paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        arrivals = host.streams[path.stream].arrivals
        if connector is None or host.account is not None or not isinstance(arrivals, Compromise):
            continue
        rate, limit = float(arrivals.rate), connector.message_rate_limit
        if limit is not None:
            rate = min(rate, limit / 60)
        beside = [each for each in others if ips(path) & ips(each)]
        yield Finding(
            Severity.WARNING,
            path.place,
            f"{path.host} relays through {connector.name} by its address alone. Taken over, it "
            f"sends up to {per_time(rate)} by {listed(sorted(ips(path)))}, "
            f"{two_digits(rate * arrivals.lasts / SECOND)} messages in all"
            + (f". It shares that IP with {names(beside)}." if beside else "."),
            f"Take {host.address} off the remote_ip_ranges and let it log in on port 587; else "
            "limit what one source may send.",
            set_connector(path.hub, connector.name, MessageRateLimit=60) if limit is None else None,
        )
