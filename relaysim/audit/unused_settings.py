"""Settings inside a table that is used, which nothing in a scenario makes act."""

from collections.abc import Collection, Iterator

from relaysim.audit.finding import Finding, Severity
from relaysim.mail.address import domain_of
from relaysim.mail.relay_limits import external_recipient_limit
from relaysim.plan.front_end import outbound_proxies
from relaysim.plan.relay_services import below_baseline
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, dotted
from relaysim.scenario.relay import Relay
from relaysim.scenario.smart_hubs import smart_hubs
from relaysim.wording import listed


def settings_without_effect(
    scenario: Scenario, answered: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield a finding for each setting without effect.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    answered : collection of (str, str)
        Each hub with each destination or relay service that answers its mail.
    """
    yield from _of_hubs(scenario, answered)
    yield from _of_front_ends(scenario)
    yield from _of_relays(scenario, answered)
    for name, host in scenario.hosts.items():
        if host.data_done_timeout is not None and host.properties.mailbox_submission:
            yield _finding(
                ("hosts", name, "data_done_timeout"),
                "the mailbox server submits without an SMTP session.",
                "Remove it.",
            )
    for name, destination in scenario.destinations.items():
        for key, value in destination.requires:
            shares = () if value is None or isinstance(value, int) else tuple(value)
            if shares and not any(share for _, share in shares):
                yield _finding(
                    ("destinations", name, "requires", key),
                    "mail that lacks it is accepted, as its shares are all 0.",
                    'Write defer, refuse or junk, or the word "none".',
                )
        if destination.connection_backlog and destination.max_connections_per_ip is None:
            yield _finding(
                ("destinations", name, "connection_backlog"),
                f"{name} takes any number of connections from one IP.",
                "Remove it, or write max_connections_per_ip.",
            )
    weighs = any(each.lists == "domain" for each in scenario.blocklists.values())
    for name, sender in scenario.sender_domains.items():
        if sender.age is not None and not weighs:
            yield _finding(
                ("sender_domains", name, "age"),
                "no blocklist of this scenario lists domains.",
                'Remove it, or add a list such as [blocklists.dbl] with profile = "spamhaus-dbl".',
            )
    for number, event in enumerate(scenario.events):
        if event.resolver_fault is not None and not event.resolver_fault.share:
            yield _finding(
                ("events", number, "resolver_fault", "share"),
                "the fault is at no domain, as its share is 0.",
                "Write a share above 0, or remove the event.",
            )


def _of_hubs(scenario: Scenario, answered: Collection[tuple[str, str]]) -> Iterator[Finding]:
    senders = {
        domain_of(stream.sender)
        for host in scenario.hosts.values()
        for stream in host.streams.values()
        if stream.sender is not None
    }
    for name, hub in scenario.hubs.items():
        for domain in hub.egress_by_sender_domain:
            if domain not in senders:
                yield _finding(
                    ("hubs", name, "egress_by_sender_domain", domain),
                    f"no stream sends from {domain}.",
                    "Remove it, or write the domain of a sender.",
                )
        for receiver in hub.shaping:
            if (name, receiver) not in answered:
                yield _finding(
                    ("hubs", name, "shaping", receiver),
                    f"{name} hands no mail to {receiver}.",
                    "Remove it, or write the destination or relay service that answers the hub.",
                )


def _of_front_ends(scenario: Scenario) -> Iterator[Finding]:
    """Yield the send connectors whose mail leaves by the same IP with a front end and without."""
    for name, connector in scenario.send_connectors.items():
        sources = [hub for hub in connector.source_transport_servers if hub in scenario.hubs]
        smart = smart_hubs(scenario, connector)
        acts = any(outbound_proxies(scenario, hub, connector) for hub in sources) and not smart
        if not connector.frontend_proxy_enabled or acts:
            continue
        if smart:
            why = f"{listed(hub for hub, _ in smart)} takes mail from any server of a site alike."
        else:
            why = f"no front end in the site of {listed(sources)} sends by another public IP."
        yield _finding(
            ("send_connectors", name, "frontend_proxy_enabled"),
            why,
            "Remove it. With a second server of the site that has an IP of its own it acts.",
        )


def _of_relays(scenario: Scenario, answered: Collection[tuple[str, str]]) -> Iterator[Finding]:
    for name, relay in scenario.relays.items():
        # A host that submits straight to the service is no hub.
        senders = [hub for hub, receiver in answered if receiver == name]
        hubs = [scenario.hubs[hub] for hub in senders if hub in scenario.hubs]
        if relay.below_baseline is not None and hubs:
            old = [hub for hub in hubs if below_baseline(relay, hub) == relay.below_baseline]
            if not old:
                served = listed(sorted({f"{hub.name} ({hub.mta})" for hub in hubs}))
                watches = relay.properties.refuses_support_ended_before
                yield _finding(
                    ("relays", name, "below_baseline"),
                    f"{name} throttles none of the servers that send to it, {served}."
                    if watches
                    else f"{relay.profile} reads no version of a server.",
                    "Remove it. It acts on Exchange 2016 and 2019 at Microsoft 365 by a connector.",
                )
        if relay.licences is not None and not _counts_licences(relay):
            yield _finding(
                ("relays", name, "licences"),
                f"no limit of {name} depends on licences.",
                'Remove it, or write limit = "licences" in a limit.',
            )


def _counts_licences(relay: Relay) -> bool:
    most = external_recipient_limit(relay.licences or 0)
    return any(limit.limit == most for limit in relay.limits.values())


def _finding(path: KeyPath, reason: str, fix: str) -> Finding:
    return Finding(Severity.INFO, dotted(path), f"This has no effect: {reason}", fix)
