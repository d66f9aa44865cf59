"""Theory of submission: receive connectors with a limit, and mailbox submission."""

from relaysim.analysis.mail_paths import Path
from relaysim.mail.session_time import timing
from relaysim.scenario.distribution import mean
from relaysim.study.theory import poisson_streams as streams
from relaysim.study.theory.theory_answer import Answer
from relaysim.study.theory.theory_network import Network, batch_size
from relaysim.theory.erlang import erlang_b
from relaysim.theory.offered_work import utilization

HELD = "a session is held while its mail waits for a core or the queue database"
NO_LIMIT = "connections are unlimited, so none is turned away"


def dialog(network: Network, path: Path) -> float:
    """Seconds from the connection of a message of its own to the end of its data, on average."""
    host, stream = network.scenario.hosts[path.host], network.streams[path.name]
    recipients = stream.recipients if isinstance(stream.recipients, int) else 1
    return timing(host, path.connector).mean(mean(stream.size), recipients, messages=1)


def trips_vary(network: Network, path: Path) -> bool:
    """Whether a dialog takes longer for some messages than by `dialog`, for their recipients."""
    one = isinstance(network.streams[path.name].recipients, int)
    return not one and bool(network.scenario.hosts[path.host].round_trip)


def connections(network: Network, hub: str, name: str) -> Answer:
    """Busy connections of a receive connector whose limit turns away: Erlang's loss formula."""
    scenario = network.scenario
    connector = scenario.hubs[hub].receive_connectors[name]
    inbound = [path for path in network.paths if path.connector is connector and path.hub == hub]
    limit = connector.max_inbound_connection
    if limit is None:
        return Answer.none([NO_LIMIT])
    against = list[str]()
    if any(path.connector is connector for path in network.turned_down):
        against.append("some mail is refused in its session")
    for path in inbound:
        host, stream = scenario.hosts[path.host], network.streams[path.name]
        against += streams.arrivals(scenario, path.name, stream)
        entry = streams.entry(scenario, host, stream, path)
        against += [reason for reason in entry if reason != streams.TURNED_AWAY]
        if not host.properties.internet and streams.by_source(connector):
            against.append("connections above a limit of one source are turned away")
        if host.on_failure != "drop":
            against.append("hosts try again when they are turned away")
        if path.refused or trips_vary(network, path):
            against.append("sessions are longer for some recipients than for others")
    if any(event.rate is None for event in scenario.events):
        against.append(streams.SCRIPTED)
    if connector.max_acknowledgement_delay:
        against.append("a session is held until its mail is delivered")
    if _waits_inside(network, hub):
        against.append(HELD)
    if against or not inbound:
        return Answer.none(against or ["no mail gets in here"])
    offered = sum(network.rates[path.name] * path.share * dialog(network, path) for path in inbound)
    lost = erlang_b(limit, offered)
    return Answer("Erlang B", utilization(offered * (1 - lost), 1.0, limit))


def submission(network: Network, hub: str) -> Answer:
    """Busy places for mailbox submission."""
    settings = network.scenario.hubs[hub]
    submitted = [path for path in network.paths if path.connector is None and path.hub == hub]
    limit = settings.max_concurrent_mailbox_submissions
    if limit is None:
        return Answer.none(["places are unlimited, so nothing waits"])
    against = [*network.overloaded]
    for path in submitted:
        host, stream = network.scenario.hosts[path.host], network.streams[path.name]
        against += streams.arrivals(network.scenario, path.name, stream)
        entry = streams.entry(network.scenario, host, stream, path)
        against += [reason for reason in entry if reason not in (streams.PLACES, streams.IN_TURN)]
    if any(event.rate is None for event in network.scenario.events):
        against.append(streams.SCRIPTED)
    if _waits_inside(network, hub):
        against.append(HELD)
    if against or not submitted:
        return Answer.none(against or ["no mail gets in here"])
    offered = sum(
        network.rates[path.name] * path.share * dialog(network, path) for path in submitted
    )
    return Answer("utilization law", utilization(offered, 1.0, limit))


def _waits_inside(network: Network, hub: str) -> bool:
    """Whether a session lasts for longer than its dialog."""
    settings = network.scenario.hubs[hub]
    committed_at_once = batch_size(settings) == 1 and not settings.commit_write
    return "receive" in network.cores(hub) or not committed_at_once
