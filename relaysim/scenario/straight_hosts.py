"""Hosts that submit straight to a relay service, with no hub between."""

from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario


def relay_at(scenario: Scenario, host: Host) -> str | None:
    """Return the relay service that a host submits to; None where it submits to hubs."""
    if host.server in scenario.relays:
        return host.server
    services = scenario.relays.items()
    return next((name for name, relay in services if host.server in relay.names), None)


def submitted_relays(scenario: Scenario) -> tuple[str, ...]:
    """Return the relay services that hosts submit to, by name."""
    found = {relay_at(scenario, host) for host in scenario.hosts.values()}
    return tuple(sorted(name for name in found if name is not None))


def messages_per_connection(scenario: Scenario, host: Host) -> int | None:
    """Return how many messages a session of a host carries: a relay service may take fewer."""
    relay, own = relay_at(scenario, host), host.messages_per_connection
    taken = None if relay is None else scenario.relays[relay].max_messages_per_connection
    return min((limit for limit in (own, taken) if limit is not None), default=None)
