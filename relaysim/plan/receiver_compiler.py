"""Receivers in the plan: their replies, and their refusals by blocklists."""

from dataclasses import replace

from relaysim.mail import remote_reply as remote
from relaysim.plan import reputation_compiler as observers
from relaysim.plan.numbering import Numbering
from relaysim.plan.receiver_plan import ReceiverPlan
from relaysim.plan.relay_services import front_door
from relaysim.plan.reputation_compiler import threshold
from relaysim.plan.requirement_compiler import requirement_plans
from relaysim.scenario.destination import Destination
from relaysim.scenario.distribution import Constant
from relaysim.scenario.model import Scenario
from relaysim.traffic.sample import quantile_table


def compile_receivers(scenario: Scenario, numbers: Numbering) -> tuple[ReceiverPlan, ...]:
    """Return the receivers, in the order of their numbers."""
    at_once = quantile_table(Constant[int](value=0))
    # Spam traps and `elsewhere` accept all mail at once; the entry of the mailboxes is not used.
    silent = ReceiverPlan(
        *("", at_once, at_once, 0, 1, 0, 0, 0, 0, False, 0, 0, 0, 0, "", "", None, "", None)
    )
    result = []
    for name in numbers.destinations:
        if name in scenario.destinations:
            result.append(_receiver(scenario.destinations[name]))
        elif name in scenario.relays:
            result.append(front_door(scenario.relays[name], silent))
        else:
            result.append(replace(silent, name=name))
    return tuple(result)


def _receiver(destination: Destination) -> ReceiverPlan:
    greylisting = destination.greylisting
    return ReceiverPlan(
        name=destination.name,
        connect_time=quantile_table(destination.connect_time),
        response_time=quantile_table(destination.response_time),
        connect_failure=threshold(destination.connect_failure),
        mx_hosts=destination.mx_hosts,
        unreachable_mx_hosts=destination.unreachable_mx_hosts,
        defer=threshold(destination.defer),
        connections_per_ip=destination.max_connections_per_ip or 0,
        connection_backlog=destination.connection_backlog,
        drops_surplus=destination.surplus_connections == "drop",
        per_connection=destination.max_messages_per_connection or 0,
        junk_share=threshold(destination.junk_share),
        dnsbl_ttl=destination.dnsbl_ttl,
        dnsbl_negative_ttl=destination.dnsbl_negative_ttl,
        deferral=str(remote.deferral(destination.properties.replies)),
        unknown_user=str(remote.unknown_user(destination.properties.replies)),
        greylist=observers.greylist_rules(destination),
        greylisted=greylisting.reply if greylisting is not None else "",
        reputation=observers.reputation(destination),
        requires=requirement_plans(destination),
        bulk_from=destination.requires.bulk_from or 0,
        bulk_junk=threshold(destination.bulk_junk),
    )


def compile_refusals(scenario: Scenario, numbers: Numbering) -> dict[tuple[int, int, int], str]:
    """Return the reply of a domain by (receiver, blocklist, action)."""
    result = {}
    for receiver, name in enumerate(numbers.destinations):
        # Mailboxes, spam traps and `elsewhere` query no blocklist.
        destination = scenario.destinations.get(name)
        if destination is None:
            continue
        for blocklist, listed in enumerate(numbers.blocklists):
            model = scenario.blocklists[listed]
            for number, action in enumerate(("reject", "defer")):
                answer = remote.refusal(
                    destination.properties.replies,
                    model.properties.zone,
                    action,
                    of_domain=model.lists == "domain",
                )
                result[receiver, blocklist, number] = str(answer)
    return result
