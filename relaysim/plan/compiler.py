"""Compile: a scenario becomes a plan, once for a design; no draw is needed."""

from dataclasses import replace

from relaysim.mail import remote_reply as remote
from relaysim.mail.address import domain_of
from relaysim.mail.destination_concurrency import Feedback
from relaysim.mail.domains import is_authoritative
from relaysim.mail.priority_queuing import parse_priority
from relaysim.mail.receive_connector import MessageRateSource, TransportRole
from relaysim.plan import reputation_compiler as observers
from relaysim.plan.front_end import takers
from relaysim.plan.hub_plan import (
    ConnectorPlan,
    HubPlan,
    PressurePlan,
    QueueManagerPlan,
    RetryClock,
)
from relaysim.plan.names import StationKind, connector_name, dsn_name, station_name, stream_name
from relaysim.plan.next_hops import Routes
from relaysim.plan.numbering import Numbering
from relaysim.plan.plan import Plan
from relaysim.plan.public_ips import all_public_ips
from relaysim.plan.queue_plan import WarmUpDays
from relaysim.plan.reached import seen_from
from relaysim.plan.receiver_plan import ReceiverPlan
from relaysim.plan.relay_services import as_hub, external_domains, front_door, relay_plans
from relaysim.plan.reputation_compiler import threshold
from relaysim.plan.requirement_compiler import all_pass, requirement_plans, sender_plan
from relaysim.plan.resource_plan import Cost, LinePlan, Station
from relaysim.plan.scripted_event import Scripted
from relaysim.plan.separated_culprits import separate_culprits
from relaysim.plan.shadow_server import shadow_server
from relaysim.plan.stream_plan import StreamPlan
from relaysim.plan.submission_target import balancer, host_plan
from relaysim.scenario import hub as hub_model
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.destination import Destination
from relaysim.scenario.distribution import Constant
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.traffic.sample import factor_table, quantile_table
from relaysim.units import LIMIT

# The order is a contract: the number in `message_rate_per` picks what a rate limit counts by.
_RATE_PER = (
    MessageRateSource.NONE,
    MessageRateSource.ALL,
    MessageRateSource.IP_ADDRESS,
    MessageRateSource.USER,
)


@keep_latest
def compile_plan(scenario: Scenario) -> Plan:
    """Return the plan of a scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    Plan
        The plan. The latest plans are kept and shared: callers must not change their
        dictionaries and arrays.
    """
    numbers = Numbering(scenario)
    # Streams come before routes: a sender domain gets a number here, and NDRs to it need a route.
    streams = (
        *(_stream(scenario, numbers, host, title) for host, title in numbers.host_streams),
        *(_dsn(scenario, numbers, hub) for hub in numbers.hubs),
    )
    replies: dict[str, int] = {}
    routes = Routes(scenario, numbers, replies)
    hosts = tuple(host_plan(scenario, numbers, name, replies) for name in numbers.hosts)
    stations = _stations(scenario, numbers)
    # The order of stations is the order of their numbers in the plan and in every trace.
    station = {place.name: number for number, place in enumerate(stations)}
    moved = _moved(scenario, numbers, routes)
    plan = Plan(
        name=scenario.name,
        duration=scenario.run.duration,
        horizon=scenario.run.horizon,
        streams=streams,
        stream_index={stream.name: number for number, stream in enumerate(streams)},
        hosts=hosts,
        balancers=tuple(balancer(scenario, numbers, name) for name in numbers.balancers),
        hubs=tuple(_hub(scenario, hub, numbers, station) for hub in numbers.hubs),
        connectors=tuple(
            _connector(scenario, numbers, hub, name, station) for hub, name in numbers.connectors
        ),
        queues=tuple(routes.queues),
        receivers=_receivers(scenario, numbers),
        domains=tuple(numbers.domains),
        receiver_of=tuple(numbers.receiver_of),
        external=external_domains(scenario, numbers),
        relays=relay_plans(scenario),
        lines=_lines(scenario, numbers, station),
        egress=observers.egress(scenario, numbers),
        from_domains=tuple(numbers.from_domains),
        blocklists=observers.blocklists(scenario, numbers),
        operators=observers.operators(scenario, numbers),
        operations=observers.operations(scenario),
        parties=(0,) if scenario.coupling.listing else (1, 2),
        complaint_delay=quantile_table(observers.COMPLAINT_DELAY),
        feedback_delay=quantile_table(observers.FEEDBACK_DELAY),
        refusals=_refusals(scenario, numbers),
        ip_choices=routes.ip_choices,
        warm_ups=_warm_ups(scenario, numbers),
        moved=moved,
        replies=tuple(replies),
        linked=routes.linked,
        routes=routes.tables,
        bands=routes.bands,
        stations=stations,
        script=(),
        mailbox_time=quantile_table(scenario.mailboxes.delivery_time),
        unauthenticated=not all_pass(scenario),
    )
    # A listing of a host's mail needs the routes, so the script is compiled after them.
    plan = replace(plan, script=_script(scenario, numbers, plan))
    return plan if scenario.coupling.contention else separate_culprits(plan)


def _stations(scenario: Scenario, numbers: Numbering) -> tuple[Station, ...]:
    stations = []
    for number, name in enumerate(sorted(scenario.hubs)):
        hub = scenario.hubs[name]
        submissions = hub.max_concurrent_mailbox_submissions or 0
        for kind, servers, key in (
            (StationKind.CORES, hub.cores, "cores"),
            (StationKind.COMMIT, 1, "queue_database_batch_size"),
            (StationKind.MAILBOX_SUBMISSION, submissions, "max_concurrent_mailbox_submissions"),
        ):
            place = dotted(("hubs", name, key))
            title = station_name(kind, name)
            stations.append(Station(title, kind, servers, number, limited_by=place))
    for number, (name, title) in enumerate(zip(numbers.lines, numbers.line_titles, strict=True)):
        table = "lines" if title in scenario.lines else "egress"
        place = dotted((table, title, "bandwidth"))
        stations.append(Station(name, StationKind.LINE, 1, line=number, limited_by=place))
    for number, (owner, title) in enumerate(numbers.connectors):
        # None is no limit in the scenario; a station has 0 for that.
        servers = scenario.hubs[owner].receive_connectors[title].max_inbound_connection or 0
        place = dotted(("hubs", owner, "receive_connectors", title, "max_inbound_connection"))
        name, owner_number = connector_name(owner, title), numbers.hubs.index(owner)
        stations.append(
            Station(name, StationKind.CONNECTOR, servers, owner_number, number, limited_by=place)
        )
    return tuple(stations)


def _stream(scenario: Scenario, numbers: Numbering, host: str, title: str) -> StreamPlan:
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
        bulk=culprit or stream.mailing_list is not None,
    )


def _dsn(scenario: Scenario, numbers: Numbering, hub: str) -> StreamPlan:
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


def _cost(cost: hub_model.Cost) -> Cost:
    return Cost(cost.base, cost.per_kb, factor_table(cost.cv))


def _hub(scenario: Scenario, name: str, numbers: Numbering, station: dict[str, int]) -> HubPlan:
    relay = scenario.relays.get(name)
    hub = scenario.hubs[name] if relay is None else as_hub(relay)
    shadow = None if relay is not None else shadow_server(scenario, name)
    # Of several public IPs that of most mail: each queue has its own.
    egress = relay.egress if relay is not None else all_public_ips(scenario, name)[0]
    quotas = (
        hub.max_per_domain_high_priority_connections,
        hub.max_per_domain_normal_priority_connections,
        hub.max_per_domain_low_priority_connections,
    )
    # The choice among priorities compares integers, so an unlimited quota is a very large one.
    high, normal, low = (1 << 62 if quota is None else quota for quota in quotas)
    pressure = hub.back_pressure
    return HubPlan(
        name=hub.name,
        title=hub.name,
        cores=hub.cores,
        sends_first=hub.properties.sends_first,
        # A relay service has no stations: its work costs nothing.
        cpu_station=station.get(station_name(StationKind.CORES, hub.name), -1),
        commit_station=station.get(station_name(StationKind.COMMIT, hub.name), -1),
        submission_station=station.get(station_name(StationKind.MAILBOX_SUBMISSION, hub.name), -1),
        egress=numbers.egress.index(egress),
        line=numbers.line_of(scenario, egress),
        dsn_stream=numbers.streams.index(dsn_name(hub.name)),
        receive=_cost(hub.receive_cost),
        categorize=_cost(hub.categorize_cost),
        antivirus=_cost(hub.antivirus_cost),
        send=_cost(hub.send_cost),
        batch_size=hub.queue_database_batch_size,
        batch_timeout=hub.queue_database_batch_timeout,
        commit_write=hub.commit_write,
        connection_rate=hub.max_connection_rate_per_minute or 0,
        mailbox_submissions=hub.max_concurrent_mailbox_submissions or 0,
        outbound_connections=hub.max_outbound_connections or 0,
        connect_timeout=hub.smtp_connect_timeout,
        reject_time=hub.reject_time,
        skip_5xx_greeting=hub.skip_5xx_greeting,
        shadow=-1 if shadow is None else numbers.hubs.index(shadow),
        message_retry_interval=hub.message_retry_interval or 0,
        message_retry_factor=observers.thousandths(hub.message_retry_factor),
        message_retry_longest=hub.message_retry_longest or 0,
        retry=_retry_clock(hub),
        queue_manager=_queue_manager(hub),
        message_expiration_timeout=hub.message_expiration_timeout,
        delay_notification_timeout=(
            LIMIT if hub.delay_notification_timeout is None else hub.delay_notification_timeout
        ),
        priority_quotas=(high, normal, low) if hub.priority_queuing_enabled else None,
        pressure=PressurePlan(
            version_bucket_size=pressure.version_bucket_size or 0,
            drives=pressure.drives(),
            resource_monitoring_interval=pressure.resource_monitoring_interval,
            used_version_buckets=pressure.used_version_buckets.thresholds(),
            version_buckets_history_depth=pressure.version_buckets_history_depth,
            submission_queue_watched=pressure.submission_queue_watched,
            submission_queue_length=pressure.submission_queue_length.thresholds(),
            submission_queue_history_depth=pressure.submission_queue_history_depth,
            reply_delay=pressure.reply_delay(),
            delays_first=hub.properties.back_pressure_delays_first,
        ),
    )


def _retry_clock(hub: hub_model.Hub) -> RetryClock:
    """Return the clock of a queue in Retry.

    A next hop that Postfix cannot connect to is dead for the minimal backoff time.
    """
    steady = hub.outbound_connection_failure_retry_interval or hub.minimal_backoff_time
    assert steady is not None
    return RetryClock(
        hub.queue_glitch_retry_count or 0,
        hub.queue_glitch_retry_interval or 0,
        hub.transient_failure_retry_count or 0,
        hub.transient_failure_retry_interval or 0,
        steady,
        hub.mailbox_delivery_queue_retry_interval or steady,
    )


def _queue_manager(hub: hub_model.Hub) -> QueueManagerPlan | None:
    """Return the queue manager of Postfix; None for another server."""
    # A hub has all of these keys or none: the model checks it.
    if hub.queue_run_delay is None:
        return None
    return QueueManagerPlan(
        hub.minimal_backoff_time or 0,
        hub.maximal_backoff_time or 0,
        hub.queue_run_delay,
        hub.initial_destination_concurrency or 0,
        hub.destination_concurrency_positive_feedback or Feedback.ONE,
        hub.destination_concurrency_negative_feedback or Feedback.ONE,
        hub.smtp_connection_reuse_time_limit or 0,
        hub.smtp_connection_cache_time_limit or 0,
        hub.qmgr_message_active_limit or 0,
        hub.in_flow_delay or 0,
        hub.process_start_time or 0,
        hub.max_idle or 0,
    )


def _connector(
    scenario: Scenario, numbers: Numbering, hub: str, name: str, station: dict[str, int]
) -> ConnectorPlan:
    connector = scenario.hubs[hub].receive_connectors[name]
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
        wording=scenario.hubs[hub].properties.wording,
        proxies_to=tuple(map(numbers.hubs.index, takers(scenario, hub, connector)))
        if connector.transport_role is TransportRole.FRONTEND_TRANSPORT
        else (),
    )


def _receivers(scenario: Scenario, numbers: Numbering) -> tuple[ReceiverPlan, ...]:
    at_once = quantile_table(Constant[int](value=0))
    # Spam traps and `elsewhere` accept all mail at once; the entry of the mailboxes is not used.
    silent = ReceiverPlan("", at_once, at_once, 0, 1, 0, 0, 0, 0, 0, 0, 0, "", "", None, "", None)
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


def _refusals(scenario: Scenario, numbers: Numbering) -> dict[tuple[int, int, int], str]:
    result = {}
    for receiver, name in enumerate(numbers.destinations):
        # Mailboxes, spam traps and `elsewhere` query no blocklist.
        destination = scenario.destinations.get(name)
        if destination is None:
            continue
        for blocklist, listed in enumerate(numbers.blocklists):
            zone = scenario.blocklists[listed].properties.zone
            for number, action in enumerate(("reject", "defer")):
                answer = remote.refusal(destination.properties.replies, zone, action)
                result[receiver, blocklist, number] = str(answer)
    return result


def _lines(scenario: Scenario, numbers: Numbering, station: dict[str, int]) -> tuple[LinePlan, ...]:
    lines = []
    for name, title in zip(numbers.lines, numbers.line_titles, strict=True):
        table = scenario.lines.get(title) or scenario.egress[title]
        lines.append(LinePlan(name, title, table.bandwidth or 0, station[name]))
    return tuple(lines)


def _warm_ups(scenario: Scenario, numbers: Numbering) -> tuple[WarmUpDays, ...]:
    return tuple(
        WarmUpDays(
            egress=numbers.egress.index(plan.egress),
            receiver=-1
            if plan.destination is None
            else numbers.destinations.index(plan.destination),
            volumes=plan.days,
        )
        for _, plan in sorted(scenario.warm_up_plans.items())
    )


def _script(scenario: Scenario, numbers: Numbering, plan: Plan) -> tuple[Scripted, ...]:
    result = []
    for event in scenario.events:
        at = moment(event.at, scenario.run.start)
        if event.stop is not None:
            hub = numbers.hubs.index(event.stop.hub)
            result.append(Scripted(at, at + event.stop.for_, "stop", hub))
        elif event.outage is not None and event.outage.line is not None:
            line = numbers.line_titles.index(event.outage.line)
            result.append(Scripted(at, at + event.outage.for_, "line outage", line))
        elif event.outage is not None:
            receiver = numbers.destinations.index(str(event.outage.destination))
            until, hosts = at + event.outage.for_, event.outage.mx_hosts
            what = "outage" if hosts is None else "mx outage"
            result.append(Scripted(at, until, what, receiver, count=hosts or 0))
        elif event.resolver_fault is not None:
            fault = event.resolver_fault
            receiver, share = numbers.destinations.index(fault.destination), threshold(fault.share)
            result.append(Scripted(at, at + fault.for_, "resolver_fault", receiver, share=share))
        elif event.listing is not None:
            blocklist = numbers.blocklists.index(event.listing.blocklist)
            until = at + event.listing.for_
            if event.listing.egress is not None:
                listed = [numbers.egress.index(event.listing.egress)]
            else:
                # A listing of a host means every public IP by which its mail leaves, in a fixed
                # order.
                listed = _carriers(scenario, numbers, plan, str(event.listing.of))
            fixed = event.listing.fixed
            result += [
                Scripted(at, until, "listing", egress, blocklist, fixed) for egress in listed
            ]
    return tuple(result)


def _moved(scenario: Scenario, numbers: Numbering, routes: Routes) -> dict[int, int]:
    """Return the queues to which the administrator moves the mail of culprits."""
    move_to = scenario.operations.move_to
    if scenario.operations.on_listing != "move_culprit" or move_to is None:
        return {}
    return routes.moved(move_to)


def _carriers(scenario: Scenario, numbers: Numbering, plan: Plan, name: str) -> list[int]:
    """Return the public IPs by which the mail of a host reaches its destinations."""
    written = {
        numbers.destinations.index(place)
        for stream in scenario.hosts[name].streams.values()
        for place, share in stream.to.items()
        if share > 0
    }
    domains = {domain for domain, place in enumerate(plan.receiver_of) if place in written}
    return sorted({egress for egress, _ in seen_from(plan, numbers.hosts.index(name), domains)})
