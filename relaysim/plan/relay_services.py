"""Relay services in the plan: a receiver that hubs connect to, and a hub that delivers behind it.

What a service has accepted, its hub sends on from the public IP of the service, by DNS, with the
retry clock of the service; NDRs go back to a hub of the organization, as mail from outside does.
"""

from array import array
from dataclasses import replace

from relaysim.mail import remote_reply as remote
from relaysim.mail.domains import is_accepted
from relaysim.mail.relay_limits import Counts, Over
from relaysim.mail.transport_enforcement import BLOCKED
from relaysim.plan.numbering import Numbering
from relaysim.plan.receiver_plan import ReceiverPlan
from relaysim.plan.relay_plan import RelayLimitPlan, RelayPlan
from relaysim.plan.reputation_compiler import threshold
from relaysim.plan.submission import targets
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import hub_defaults
from relaysim.profiles.kind import Kind
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.relay import Relay, RelayLimit
from relaysim.scenario.table import DAY, HOUR, MINUTE, SECOND
from relaysim.traffic.sample import quantile_table

_LENGTHS = {
    "open": 0,
    "fixed second": SECOND,
    "fixed minute": MINUTE,
    "fixed hour": HOUR,
    "rolling day": DAY,
}


def relay_plans(scenario: Scenario) -> tuple[RelayPlan, ...]:
    """Return the relay services with their limits, in the order of names.

    A counter is that of a limit of one table, or of a tenant: then all tables of one provider share
    the limits of one name.
    """
    counters: dict[tuple[str, ...], int] = {}

    def compiled(relay: Relay, name: str, limit: RelayLimit) -> RelayLimitPlan:
        owner = relay.properties.provider if limit.whose == "tenant" else f"[{relay.name}]"
        key = owner, name, limit.counts, limit.window
        return RelayLimitPlan(
            counter=counters.setdefault(key, len(counters)),
            counts=int(Counts[limit.counts.upper()]),
            per_ip=limit.whose == "ip",
            window=_LENGTHS[limit.window],
            rolls=limit.window == "rolling day",
            limit=limit.limit or 0,
            over=int(Over[limit.over.upper()]),
            counts_refused=limit.counts_refused,
            reply=limit.reply,
        )

    plans = []
    for relay in (scenario.relays[name] for name in sorted(scenario.relays)):
        limits = [
            compiled(relay, name, limit)
            for name, limit in sorted(relay.limits.items())
            if limit.limit is not None
        ]
        connections = tuple(limit for limit in limits if limit.counts == Counts.CONNECTIONS)
        # Soft limits decide about the whole transaction, so they come before hard ones.
        mail = sorted(
            (limit for limit in limits if limit.counts != Counts.CONNECTIONS),
            key=lambda limit: limit.over,
        )
        plans.append(RelayPlan(relay.name, connections, tuple(mail)))
    return tuple(plans)


def front_door(relay: Relay, silent: ReceiverPlan) -> ReceiverPlan:
    """Return the replies of a relay service to the hubs.

    Parameters
    ----------
    relay : Relay
        The service.
    silent : ReceiverPlan
        A receiver that accepts all mail at once.
    """
    return replace(
        silent,
        name=relay.name,
        connect_time=quantile_table(relay.connect_time),
        response_time=quantile_table(relay.response_time),
        connect_failure=threshold(relay.connect_failure),
        defer=threshold(relay.defer),
        per_connection=relay.max_messages_per_connection or 0,
        deferral=str(remote.TRY_AGAIN_LATER),
    )


def as_hub(relay: Relay) -> Hub:
    """Return the hub that delivers what a relay service has accepted: without costs and limits."""
    profile = BUILT_IN.profile(Kind.MTA, "none")
    hub = Hub.model_validate(
        hub_defaults(profile)
        | {
            "name": relay.name,
            "mta": profile.name,
            "properties": profile.properties,
            "cores": 1,
            "addresses": [relay.egress],
            "egress": relay.egress,
            "queue_glitch_retry_count": 0,
            "transient_failure_retry_count": 0,
            # A service sends no delay notices that anything here counts.
            "delay_notification_timeout": "unlimited",
        }
    )
    return hub.model_copy(
        update={
            "message_retry_interval": relay.message_retry_interval,
            "outbound_connection_failure_retry_interval": relay.message_retry_interval,
            "message_expiration_timeout": relay.message_expiration_timeout,
            "max_per_domain_outbound_connections": relay.max_per_domain_outbound_connections,
        }
    )


def below_baseline(relay: Relay, hub: Hub) -> int:
    """Return how long a hub has been too old for a relay service, microseconds; -1 if it is not.

    Versions that the service never takes are at the last stage of its enforcement.
    """
    before, ended = relay.properties.refuses_support_ended_before, hub.properties.end_of_support
    if not before or not ended:
        return -1
    if ended < before:
        return BLOCKED
    return -1 if relay.below_baseline is None else relay.below_baseline


def inbound_hubs(scenario: Scenario) -> tuple[str, ...]:
    """Return the hubs that take mail from outside: those of hosts for the Internet, or else all."""
    hubs = (
        target.hub
        for name in sorted(scenario.hosts)
        if scenario.hosts[name].properties.internet
        for target in targets(scenario, scenario.hosts[name])
    )
    return tuple(dict.fromkeys(hub for hub in hubs if hub is not None)) or tuple(
        sorted(scenario.hubs)
    )


def external_domains(scenario: Scenario, numbers: Numbering) -> "array[int]":
    """Return of each domain 1 if it is no accepted domain of the organization, else 0."""
    accepted = scenario.organization.domains
    known = {name: is_accepted(accepted, name) for name in dict.fromkeys(numbers.first_alike)}
    return array("q", [not known[name] for name in numbers.first_alike])
