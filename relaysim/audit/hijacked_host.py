"""The check of compromised hosts that relay without a login."""

from collections.abc import Iterator

from relaysim.analysis.sharing import ips, names, open_paths, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.plan import submission
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import SECOND
from relaysim.wording import listed, per_time, two_digits


def relay_by_address(scenario: Scenario) -> Iterator[Finding]:
    """A compromised host relays without a login; other mail may share the public IP."""
    _, others = parted(scenario)
    for path in open_paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        arrivals = host.streams[path.stream].arrivals
        if connector is None or host.account is not None or not isinstance(arrivals, Compromise):
            continue
        rate, limit = float(arrivals.rate), connector.message_rate_limit
        if limit is not None:
            # The limit is per minute.
            rate = min(rate, limit / 60)
        source = submission.source(scenario, host, path.target)
        login = f"Let {path.host} log in on port 587. "
        # Behind source NAT the address is that of all clients.
        if source == host.address:
            login = f"Remove {source} from remote_ip_ranges and let {login.removeprefix('Let ')}"
        beside = [other for other in others if ips(path) & ips(other)]
        yield Finding(
            Severity.WARNING,
            path.place,
            f"{path.host} relays through {connector.name} without a login, by address. After a "
            f"compromise {path.host} sends up to {per_time(rate)} by "
            f"{listed(sorted(ips(path)))}, "
            f"{two_digits(rate * arrivals.lasts / SECOND)} messages in all"
            + (f". Other mail on that IP: {names(beside)}." if beside else "."),
            f"{login}Or limit the message rate of one source.",
            set_connector(path.hub, connector.name, MessageRateLimit=60) if limit is None else None,
        )
