"""The fix for a host that may not relay."""

from relaysim.analysis.client_sources import public_addresses
from relaysim.analysis.mail_paths import Path
from relaysim.audit.open_relay import relays
from relaysim.audit.shell_commands import free_name, new_connector, permission, set_connector
from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.plan import routing, submission
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def relayed(scenario: Scenario, path: Path) -> tuple[str, str | None]:
    """Return the fix after which a refused host may relay, and the commands.

    Parameters
    ----------
    scenario
        The design.
    path
        The path of a stream whose external recipients are refused.

    Returns
    -------
    tuple
        The fix, and Exchange Management Shell commands, one a line: the address on the list of a
        connector of the hub that relays, or a new connector for the host only. Neither gives a
        right to another host. No command where strangers have the address of the host too.
    """
    host, hub = scenario.hosts[path.host], path.hub
    source = submission.source(scenario, host, path.target)
    address = str(source)
    if source != host.address:
        return _past_the_balancer(scenario, path, address), None
    if source in public_addresses(scenario):
        return (
            f"Give {path.host} a separate address: the Internet arrives as {address} too "
            "(source NAT), so no connector can distinguish the two."
        ), None
    for other in scenario.hubs[hub].receive_connectors.values():
        if not (other.enabled and other is not path.connector and relays(other)):
            continue
        # The address is there already, and still another connector answers: listing it changes
        # nothing.
        if any(ip_range.contains(source) for ip_range in other.remote_ip_ranges):
            continue
        fits = any(
            binding.fits(path.target.address, path.target.port) for binding in other.bindings
        )
        at = listed(map(str, other.bindings))
        fix = f"Send through {routing.identity(hub, other.name)} ({at}), which relays: list "
        fix += f"{address} there"
        fix += "." if fits else f" and point server of {path.host} to it."
        ranges = list(dict.fromkeys(map(str, [*other.remote_ip_ranges, address])))
        return fix, set_connector(hub, other.name, RemoteIPRanges=ranges)
    here = path.connector
    # A right at a connector with a wide range would make an open relay.
    if here is not None and all(ip_range.size == 1 for ip_range in here.remote_ip_ranges):
        principal = submission.session(scenario, host, here).principal
        right = Right.ACCEPT_ANY_RECIPIENT
        return (
            f"Let {path.host} use a separate connector that may relay. Or give this connector the "
            "right, if all listed hosts may send to anybody."
        ), permission("Add", hub, here.name, principal, right)
    name = free_name(scenario, hub, "relay")
    every = "[::]" if source.version == 6 else "0.0.0.0"
    commands = [
        new_connector(hub, name, f"{every}:{path.target.port}", [address]),
        permission("Add", hub, name, ANONYMOUS, Right.ACCEPT_ANY_RECIPIENT),
    ]
    kept = [] if here is None else [str(ip_range) for ip_range in here.remote_ip_ranges]
    if here is not None and address in kept:
        kept.remove(address)
        # First: Exchange refuses a second connector with the same binding and range.
        commands.insert(0, set_connector(hub, here.name, RemoteIPRanges=kept))
    return (
        f"Create a receive connector on {hub} that relays and lists only {address}.",
        "\n".join(commands),
    )


def _past_the_balancer(scenario: Scenario, path: Path, address: str) -> str:
    """Return the fix for a host behind source NAT: the same at each hub of the load balancer."""
    balancer = path.target.balancer or ""
    hubs = [
        f"{target.address} ({target.hub})"
        for target in submission.targets(scenario, scenario.hosts[path.host])
        if target.balancer == balancer
    ]
    switch = dotted(("load_balancers", balancer, "source_nat"))
    return (
        f"Switch source NAT off ({switch} = false), or point server of {path.host} to "
        f"{' or '.join(dict.fromkeys(hubs))}: a connector that relays for {address} would relay "
        "for every client of the load balancer."
    )
