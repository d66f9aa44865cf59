"""The check of delayed acknowledgement for bulk mail: on and off both have a cost."""

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
    """Delayed acknowledgement slows bulk mail; without it bulk mail fills the delivery queues.

    A session is held until the message is delivered, at most for max_acknowledgement_delay. In the
    worst case a source submits sessions / delay messages a second.
    """
    for path in paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        if connector is None or not path.routes or not path.share:
            continue
        stream = host.streams[path.stream]
        # Nobody plans the mail of a compromise, so no delay is advised for it.
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
                + " The other mail is protected: the bulk mail waits at the sender, not in the "
                "queues of the hub.",
                "If the campaign may take that long, change nothing. To submit faster set the "
                "delay to 0 and protect the other mail otherwise, such as by a separate hub for "
                "the bulk mail.",
                set_connector(path.hub, connector.name, MaxAcknowledgementDelay="00:00:00")
                if has_it
                else None,
            )
        elif has_it:
            burst = campaign(scenario, path.host, path.stream)
            pace = f" ({per_time(burst.rate)})" if burst else ""
            beside = [other for other in parted(scenario)[1] if path.hub in hubs_of(other)]
            yield Finding(
                Severity.WARNING if beside else Severity.INFO,
                connector_place(path.hub, connector.name),
                f"Delayed acknowledgement is off: {path.name} submits as fast as its sessions "
                f"allow{pace}. Messages that {path.hub} cannot send at that rate wait in the "
                "delivery queues"
                + (", ahead of other mail." if beside else "; there is no other mail."),
                "Set max_acknowledgement_delay (30 s by default): slow delivery then slows the "
                "sender, and the campaign takes longer.",
                set_connector(path.hub, connector.name, MaxAcknowledgementDelay="00:00:30"),
            )


def _sessions(host: Host, connector: ReceiveConnector) -> int | None:
    """Return the largest number of sessions of the host; None if nothing limits them."""
    limits = (host.sessions, allowed_sessions(connector))
    return min((limit for limit in limits if limit is not None), default=None)


def _slowest(scenario: Scenario, host: str, stream: str, sessions: int, delay: int) -> str:
    """Return the sentence with the lowest rate, and the longest time, of a submission."""
    rate = sessions * SECOND / delay
    count = messages(scenario, host, stream)
    return (
        f" Lowest rate: {sessions} sessions / {format_duration(delay)} = {per_time(rate)}, so "
        f"{count:,.0f} messages take up to {about(count / rate)}."
    )
