"""The check of delayed acknowledgement for bulk mail: on and off both have a price."""

from collections.abc import Iterator

from relaysim.analysis.held_sessions import allowed_sessions
from relaysim.analysis.mail_paths import connector_place, paths
from relaysim.analysis.message_rates import campaign, messages
from relaysim.analysis.sharing import hubs_of, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import SECOND
from relaysim.units import format_duration
from relaysim.wording import about, per_time


def delayed_acknowledgement(scenario: Scenario) -> Iterator[Finding]:
    """With it bulk mail is slow and the others are shielded, without it fast and in their way.

    A session is held until its message is delivered, at most for max_acknowledgement_delay, so a
    source gets rid of sessions / delay messages a second (the worst case).
    """
    for path in paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        if connector is None or not path.routes or not path.share:
            continue
        stream = host.streams[path.stream]
        if not is_culprit(host, stream) or isinstance(stream.arrivals, Compromise):
            continue
        hub = scenario.hubs[path.hub]
        has_it = hub.properties.delayed_acknowledgement
        delay = connector.max_acknowledgement_delay
        if delay:
            sessions = _sessions(host, connector)
            yield Finding(
                Severity.WARNING,
                connector_place(path.hub, connector.name),
                f"Delayed acknowledgement is on ({format_duration(delay)}): a session of "
                f"{path.host} is held until its message is delivered."
                + (_slowest(scenario, path.host, path.stream, sessions, delay) if sessions else "")
                + " The other mail is shielded: the bulk mail waits at its sender, not in the "
                "queues.",
                "Leave it on if the campaign has time. To submit faster set it to 0; then the "
                "bulk mail needs another shield, such as a hub of its own.",
                set_connector(path.hub, connector.name, MaxAcknowledgementDelay="00:00:00")
                if has_it
                else None,
            )
        elif has_it:
            found = campaign(scenario, path.host, path.stream)
            pace = f" at {per_time(found[2])}" if found else ""
            beside = [each for each in parted(scenario)[1] if path.hub in hubs_of(each)]
            yield Finding(
                Severity.WARNING if beside else Severity.INFO,
                connector_place(path.hub, connector.name),
                f"Delayed acknowledgement is off: {path.name} submits as fast as its sessions "
                f"allow{pace}, and what {path.hub} cannot send as fast stands in its queues"
                + (", before the mail of others." if beside else "; no other mail is there."),
                "With max_acknowledgement_delay (30 s by default) slow delivery would hold the "
                "sender back; the campaign then takes longer.",
                set_connector(path.hub, connector.name, MaxAcknowledgementDelay="00:00:30"),
            )


def _sessions(host: Host, connector: ReceiveConnector) -> int | None:
    """How many sessions the host has at most; None if nothing limits them."""
    limits = [each for each in (host.sessions, allowed_sessions(connector)) if each is not None]
    return min(limits, default=None)


def _slowest(scenario: Scenario, host: str, stream: str, sessions: int, delay: int) -> str:
    rate = sessions * SECOND / delay
    whole = messages(scenario, host, stream)
    return (
        f" At worst that is {sessions} sessions / {format_duration(delay)} = {per_time(rate)}, and "
        f"{whole:,.0f} messages take {about(whole / rate)}."
    )
