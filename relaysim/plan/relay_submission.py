"""Relay services that hosts submit to: sessions, timing and replies, in place of a connector."""

from array import array

from relaysim.mail.session_time import relay_timing
from relaysim.plan.host_plan import SubmissionTarget, Verdicts
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.plan.names import SUBMISSION, connector_name, stream_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.relay_services import as_hub
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.relay import Relay


def session_limit(relay: Relay) -> tuple[int, str]:
    """Return the most sessions that hosts may have at a relay service, and the key that says so.

    The number is 0 for no limit. A limit of one IP is none of all hosts.
    """
    limits = [
        (limit.limit, name)
        for name, limit in relay.limits.items()
        if limit.counts == "connections" and limit.whose != "ip" and limit.limit is not None
    ]
    if not limits:
        return 0, dotted(("relays", relay.name, "limits"))
    least, name = min(limits)
    return least, dotted(("relays", relay.name, "limits", name, "limit"))


def relay_connector(
    scenario: Scenario, numbers: Numbering, relay: str, station: dict[str, int]
) -> ConnectorPlan:
    """Return what stands for a receive connector at a relay service: its limits stand apart."""
    name = connector_name(relay, SUBMISSION)
    return ConnectorPlan(
        name=name,
        hub=numbers.hubs.index(relay),
        title=SUBMISSION,
        station=station[name],
        max_inbound_connection=None,
        max_inbound_connection_per_source=None,
        max_inbound_connection_percentage_per_source=100,
        message_rate_limit=None,
        message_rate_per=0,
        max_message_size=None,
        max_recipients_per_message=0,
        max_acknowledgement_delay=0,
        receive=None,
        wording=as_hub(scenario.relays[relay]).properties.wording,
        relay=numbers.relays.index(relay),
        receiver=numbers.destinations.index(relay),
    )


def relay_target(numbers: Numbering, relay: str, host: Host) -> SubmissionTarget:
    """Return the submission target of a host at a relay service."""
    return SubmissionTarget(
        hub=numbers.hubs.index(relay),
        connector=numbers.connectors.index((relay, SUBMISSION)),
        source=len(numbers.egress) + numbers.direct.index(str(host.address)),
    )


def relay_verdicts(numbers: Numbering, name: str, host: Host) -> Verdicts:
    """Return the replies of a relay service to a host, apart from its limits: it takes all mail."""
    return Verdicts(
        mail={numbers.streams.index(stream_name(name, short)): -1 for short in host.streams},
        rcpt=array("q", [-1] * len(numbers.first_alike)),
        timing=relay_timing(host),
        bypasses_size_limit=True,
        relays=True,
    )
