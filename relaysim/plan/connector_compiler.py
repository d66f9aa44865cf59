"""Receive connectors in the plan."""

from relaysim.mail.receive_connector import MessageRateSource, TransportRole
from relaysim.plan.front_end import takers
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.plan.names import connector_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.relay_submission import relay_connector
from relaysim.plan.resource_plan import own_cost
from relaysim.scenario.model import Scenario

# The order is a contract: the number in `message_rate_per` picks what a rate limit counts by.
_RATE_PER = (
    MessageRateSource.NONE,
    MessageRateSource.ALL,
    MessageRateSource.IP_ADDRESS,
    MessageRateSource.USER,
)


def compile_connector(
    scenario: Scenario, numbers: Numbering, hub: str, name: str, station: dict[str, int]
) -> ConnectorPlan:
    """Return a receive connector, or what stands for it at a relay service."""
    if hub in scenario.relays:
        return relay_connector(scenario, numbers, hub, station)
    connector = scenario.hubs[hub].receive_connectors[name]
    proxies = connector.transport_role is TransportRole.FRONTEND_TRANSPORT
    usual, near = (takers(scenario, hub, connector, to_mailbox) for to_mailbox in (False, True))
    return ConnectorPlan(
        name=connector_name(hub, name),
        hub=numbers.hubs.index(hub),
        title=name,
        station=station[connector_name(hub, name)],
        max_inbound_connection=connector.max_inbound_connection,
        max_inbound_connection_per_source=connector.max_inbound_connection_per_source,
        max_inbound_connection_percentage_per_source=(
            connector.max_inbound_connection_percentage_per_source
        ),
        message_rate_limit=connector.message_rate_limit,
        message_rate_per=_RATE_PER.index(connector.message_rate_source),
        max_message_size=connector.max_message_size,
        max_recipients_per_message=connector.max_recipients_per_message or 0,
        max_acknowledgement_delay=connector.max_acknowledgement_delay,
        receive=own_cost(connector.receive_cost),
        wording=scenario.hubs[hub].properties.wording,
        proxies_to=tuple(map(numbers.hubs.index, usual)) if proxies else (),
        proxies_to_mailboxes=tuple(map(numbers.hubs.index, near)) if near != usual else (),
    )
