"""The receive connectors that answer hosts, and the addresses that hubs see."""

from relaysim.mail.address import IpAddress
from relaysim.plan import submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario


def answers(scenario: Scenario, host: Host) -> tuple[ReceiveConnector | None, ...]:
    """Return the connector that answers the host at each target; None for the mailbox server."""
    if submission.by_mailbox_server(host):
        return (None,) * len(submission.targets(scenario, host))
    return tuple(
        submission.listen(scenario, host, target).connector
        for target in submission.targets(scenario, host)
    )


def clients(scenario: Scenario, hub: str, connector: ReceiveConnector) -> list[str]:
    """Return the hosts whose sessions the connector answers.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub of the connector, by its name in the scenario.
    connector : ReceiveConnector
        One of the receive connectors of the hub.

    Returns
    -------
    list of str
        Names of hosts.
    """
    return [name for name, _ in sessions_at(scenario, hub, connector)]


def sessions_at(
    scenario: Scenario, hub: str, connector: ReceiveConnector
) -> list[tuple[str, submission.Target]]:
    """Return the hosts whose sessions the connector answers, each with the submission target.

    Parameters
    ----------
    scenario, hub, connector
        As for `clients`.

    Returns
    -------
    list of (str, Target)
        A host that has several targets there stands several times.
    """
    return [
        (name, target)
        for name, host in scenario.hosts.items()
        if not submission.by_mailbox_server(host)
        for target, answer in zip(
            submission.targets(scenario, host), answers(scenario, host), strict=True
        )
        if target.hub == hub and answer is connector
    ]


def sources_at(scenario: Scenario, hub: str, connector: ReceiveConnector) -> dict[str, IpAddress]:
    """Return for each host that the connector answers the address that the hub sees.

    Parameters
    ----------
    scenario, hub, connector
        As for `clients`.

    Returns
    -------
    dict of str to IpAddress
        By host; of a host with several targets there the address at the first one.
    """
    sources: dict[str, IpAddress] = {}
    for name, target in sessions_at(scenario, hub, connector):
        sources.setdefault(name, submission.source(scenario, scenario.hosts[name], target))
    return sources


def public_addresses(scenario: Scenario) -> set[IpAddress]:
    """Return the addresses with which the Internet arrives at hubs."""
    return {
        submission.source(scenario, host, target)
        for host in scenario.hosts.values()
        if host.properties.internet
        for target in submission.targets(scenario, host)
    }
