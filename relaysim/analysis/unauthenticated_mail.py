"""Mail that lacks something which its receivers require, by stream and public IP."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from relaysim.analysis.bulk_senders import bulk_senders
from relaysim.analysis.mail_paths import DomainRoute, Path
from relaysim.analysis.route_end import beyond_relay, is_direct, sees
from relaysim.analysis.sharing import open_paths, outside
from relaysim.mail.authentication import OF_BULK, Missing, missing
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan import routing
from relaysim.plan.requirement_compiler import requirement_key, requirements
from relaysim.plan.sender_identity import SenderIdentity, sender_identity
from relaysim.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Lacking:
    """Mail of a stream on one path, and what it lacks.

    Parameters
    ----------
    path : Path
        The submission target of the stream.
    hub : str
        The hub or relay service that sends it to the receivers.
    ip : str
        The public IP that they see.
    connector : str
        The send connector; "" behind a relay service.
    sender : SenderIdentity
        The sender of the stream.
    missing : Missing
        What the mail lacks.
    """

    path: Path
    hub: str
    ip: str
    connector: str
    sender: SenderIdentity
    missing: Missing


def lacking_mail(scenario: Scenario) -> dict[Lacking, dict[str, list[Missing]]]:
    """Return the mail that lacks what a destination requires, by destination what it requires.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    dict
        In the order of streams; for each destination the requirements that the mail does not meet,
        those for bulk senders if its domain is one there.
    """
    result: dict[Lacking, dict[str, list[Missing]]] = defaultdict(dict)
    bulk = bulk_senders(scenario)
    for path in open_paths(scenario):
        sender = sender_identity(scenario, path.host, path.stream)
        for route, hop in outside(path):
            name, ip = beyond_relay(scenario, route, hop), sees(scenario, route, hop)
            destination = scenario.destinations.get(name or "")
            if destination is None or ip is None:
                continue
            hub, connector = _sends(scenario, route, hop)
            lacks = missing(
                sender.of,
                sender.spf is None or ip in sender.spf,
                sender.signers is None or bool({*_had(path, route, hop), hub} & {*sender.signers}),
                scenario.egress[ip].ptr,
                not (connector and scenario.send_connectors[connector].ignore_starttls),
                sender.unsubscribe,
            )
            primary = registered_domain(sender.of.domain)
            spared = destination.requires.bulk_from and (destination.name, primary) not in bulk
            needed = lacks & ~OF_BULK if spared else lacks
            unmet = [each for each in requirements(destination) if each & needed]
            if unmet:
                result[Lacking(path, hub, ip, connector, sender, lacks)][destination.name] = unmet
    return dict(result)


def unmet_requirements(scenario: Scenario) -> dict[str, set[str]]:
    """Return the requirements that some mail does not meet, their keys by destination."""
    result: dict[str, set[str]] = defaultdict(set)
    for unmet in lacking_mail(scenario).values():
        for name, missed in unmet.items():
            result[name] |= set(map(requirement_key, missed))
    return dict(result)


def _sends(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> tuple[str, str]:
    """Return what sends to the receivers, and its send connector."""
    if is_direct(route, hop):
        return hop.hub, "" if hop.connector is None else hop.connector.name
    return routing.relay_at(scenario, hop) or "", ""


def _had(path: Path, route: DomainRoute, hop: routing.Hop) -> Iterator[str]:
    """Yield what had the message before: the host, and the first and the last hub."""
    yield from (path.host, route.first.hub, hop.hub)
