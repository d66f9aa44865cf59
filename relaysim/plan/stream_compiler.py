"""Streams in the plan."""

from relaysim.mail.address import domain_of
from relaysim.mail.domains import is_authoritative
from relaysim.mail.priority_queuing import parse_priority
from relaysim.plan.names import dsn_name, stream_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.requirement_compiler import sender_plan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.culprit import is_bulk_mail, is_culprit
from relaysim.scenario.model import Scenario


def compile_stream(scenario: Scenario, numbers: Numbering, host: str, title: str) -> StreamPlan:
    """Return a stream of a host."""
    stream, coupling = scenario.hosts[host].streams[title], scenario.coupling
    name = stream_name(host, title)
    domain = domain_of(stream.sender)
    authoritative = bool(domain) and is_authoritative(scenario.organization.domains, domain)
    culprit = is_culprit(scenario.hosts[host], stream)
    party = 2 if culprit else 1
    return StreamPlan(
        number=numbers.streams.index(name),
        name=name,
        host=numbers.hosts.index(host),
        hub=-1,
        title=title,
        priority=int(parse_priority(stream.priority)),
        # -1: null sender, so no NDR. 0: the first domain is that of the own mailboxes.
        sender_domain=-1 if not domain else 0 if authoritative else numbers.domain(domain),
        sender_is_authoritative=authoritative,
        from_domain=numbers.from_domain(domain),
        culprit=culprit,
        counted=True,
        compromised=isinstance(stream.arrivals, Compromise),
        bounce_removals=stream.mailing_list.bounce_removals if stream.mailing_list else 0,
        listing_party=0 if coupling.listing else party,
        ip_party=0 if coupling.provider_ip else party,
        domain_party=0 if coupling.provider_domain else party,
        sender=sender_plan(scenario, numbers, host, title),
        bulk=is_bulk_mail(scenario.hosts[host], stream),
        registered_domain=numbers.registered_domain(domain),
    )


def compile_dsns(scenario: Scenario, numbers: Numbering, hub: str) -> StreamPlan:
    """Return the stream of a hub's DSNs: not counted, with the reputation of innocent mail."""
    name = dsn_name(hub)
    return StreamPlan(
        number=numbers.streams.index(name),
        name=name,
        host=-1,
        hub=numbers.hubs.index(hub),
        title="dsn",
        priority=int(parse_priority("normal")),
        # A DSN has the null sender, so it never causes another DSN.
        sender_domain=-1,
        sender_is_authoritative=False,
        from_domain=numbers.from_domain(""),
        culprit=False,
        counted=False,
        compromised=False,
        bounce_removals=0,
        listing_party=0 if scenario.coupling.listing else 1,
    )
