"""Checks of mail that a hub sends to a smart host that is a hub of the scenario."""

from collections.abc import Iterator

from relaysim.analysis.hub_clients import smart_host_sessions, source_nat
from relaysim.analysis.mail_paths import connector_place
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.rights import Right
from relaysim.plan.hand_over import PORT, HandOver
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def refused_by_smart_hub(scenario: Scenario) -> Iterator[Finding]:
    """A hub that is a smart host does not relay the mail of the hub that sends to it."""
    for session, streams in smart_host_sessions(scenario).items():
        if session.reply.is_success:
            continue
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
            _admitted(scenario, session),
        )


def _admitted(scenario: Scenario, session: HandOver) -> str:
    """Return the fix after which the smart host relays for the hub, and for nobody else."""
    balancer = source_nat(scenario, session.client)
    if balancer is None:
        return (
            f"Make a receive connector of {session.receiver} for {session.client} whose sessions "
            "have the right to relay; at Postfix one with the name mynetworks has it."
        )
    hubs = listed(dict.fromkeys(scenario.load_balancers[balancer].hubs))
    switch = dotted(("load_balancers", balancer, "source_nat"))
    return (
        f"Switch source NAT off ({switch} = false), or write {hubs} as smart_hosts instead of the "
        f"load balancer: a connector that relays for {session.client} would relay for every "
        "client of the load balancer."
    )
