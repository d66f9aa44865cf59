"""Checks of mail that a hub sends to a smart host that is a hub of the scenario."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import connector_place, paths
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.rights import Right
from relaysim.plan import routing
from relaysim.plan.hand_over import PORT, HandOver, hand_overs
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def refused_by_smart_hub(scenario: Scenario) -> Iterator[Finding]:
    """A hub that is a smart host does not relay the mail of the hub that sends to it."""
    refused: dict[HandOver, list[str]] = {}
    for path in paths(scenario):
        for route in path.routes:
            for session in _sessions(scenario, route.first, route.domains.name):
                if not session.reply.is_success:
                    refused.setdefault(session, []).append(path.name)
    for session, streams in refused.items():
        connector, hub = session.connector, session.receiver
        connection = f"{session.sender} connects from {session.client}"
        if connector is None:
            place = dotted(("hubs", hub, "receive_connectors"))
            why = f"{connection} to {session.address} port {PORT}, and no receive connector answers"
        else:
            place = connector_place(hub, connector.name)
            right = Right.ACCEPT_ANY_RECIPIENT.value
            why = f"{connection}, and {connector.name} answers, whose sessions have no {right}"
        yield Finding(
            Severity.ERROR,
            place,
            f"Mail of {listed(dict.fromkeys(streams))} that {session.sender} sends to its smart "
            f"host {hub} gets {session.reply}: {why}.",
            f"Make a receive connector of {hub} for {session.client} whose sessions have the right "
            "to relay; at Postfix one with the name mynetworks has it.",
        )


def _sessions(scenario: Scenario, hop: routing.Hop, domain: str) -> Iterator[HandOver]:
    """Return the sessions at smart hosts along a chain of hubs."""
    for session in hand_overs(scenario, hop):
        if session.as_client:
            yield session
        if session.reply.is_success:
            behind = routing.next_hop(scenario, session.receiver, domain, 1)
            yield from _sessions(scenario, behind, domain)
