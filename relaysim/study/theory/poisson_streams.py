"""The reasons why the mail of a stream is not Poisson, or arrives less often than offered.

No formula of ours knows retries, refusals or rates that change. Each reason here is against every
formula for whatever the mail comes to, so they are given once for a stream.
"""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.size_tail import above
from relaysim.scenario.arrivals import Poisson
from relaysim.scenario.connector import ReceiveConnector, SendConnector
from relaysim.scenario.destination import Destination
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.rate_profile import Profile
from relaysim.scenario.stream import Stream
from relaysim.theory.applies import Queue, mg1_applies

FEW = 0.001
"""A smaller share of messages that are too large changes no mean visibly (assumption)."""


SCRIPTED = "events are scripted"
IN_TURN = "mail goes to several addresses in turn"
PLACES = "mailbox submissions are limited in number"
TURNED_AWAY = "connections above a limit are turned away"
HELD_OFF = "back pressure may hold mail off"
TOO_FAST = "messages a minute are limited"
TOO_LARGE = "messages above a size are refused"
LOSSES = (TURNED_AWAY, HELD_OFF, TOO_FAST, TOO_LARGE)
"""The reasons of `entry` that lose mail, and do not only delay it."""


def arrivals(scenario: Scenario, name: str, stream: Stream) -> Iterator[str]:
    """Yield the reasons why a stream (`name`: host.stream) is not Poisson with one rate."""
    changed = any(event.rate is not None and event.rate.stream == name for event in scenario.events)
    steady = isinstance(stream.arrivals, Poisson) and _flat(stream.arrivals.profile)
    source = Queue(
        arrivals=stream.arrivals.process,
        constant_rate=steady and not changed,
        singly=True,
        service="constant",
        cv=0.0,
        servers=1,
        queue_limit=None,
        load=0.0,
    )
    reason = mg1_applies(source)
    if reason is not None:
        yield reason


def losses(scenario: Scenario, name: str, stream: Stream) -> Iterator[str]:
    """Yield the reasons why mail of a stream is not sent, or not accepted at the first attempt."""
    if any(event.rate is None for event in scenario.events):
        yield SCRIPTED
    if stream.mailing_list is not None:
        yield "a mailing list is written to address by address"
    places = [
        scenario.destinations[place]
        for place, part in stream.to.items()
        if part > 0 and place in scenario.destinations
    ]
    for place in places:
        if place.connect_failure > 0 or place.defer > 0:
            yield "attempts fail or are deferred, and are made again"
        if _uses_list(scenario, place):
            yield "receivers may refuse mail by blocklists"
        if place.reputation is not None:
            yield "providers judge the sender, and may throttle or refuse"
    if places and stream.unknown_rate > 0:
        yield "mail to unknown users bounces"
    if places and stream.trap_rate > 0 and any(b.trap_share for b in scenario.blocklists.values()):
        yield "some mail goes to spam traps in place of its recipients"


def entry(scenario: Scenario, host: Host, stream: Stream, path: Path) -> Iterator[str]:
    """Yield the reasons why the hub of the path does not get the mail when it is created."""
    hub = scenario.hubs[path.hub]
    watched = hub.back_pressure
    if watched.version_bucket_size is not None or watched.drives():
        yield HELD_OFF
    if path.share < 1:
        yield IN_TURN
    connector = path.connector
    if connector is None:
        if hub.max_concurrent_mailbox_submissions is not None:
            yield PLACES
        return
    if host.sessions is not None:
        yield "hosts submit over a limited number of sessions"
    if hub.max_connection_rate_per_minute is not None:
        yield "connections a minute are limited"
    if turns_away(host, connector):
        yield TURNED_AWAY
    if connector.message_rate_limit is not None:
        yield TOO_FAST
    if too_large(stream, connector):
        yield TOO_LARGE
    most = stream.recipients if isinstance(stream.recipients, int) else stream.recipients.max
    if most > (connector.max_recipients_per_message or most):
        yield "messages to many recipients are submitted in parts"


def too_large(stream: Stream, connector: ReceiveConnector | SendConnector | None) -> bool:
    """Return whether messages of the stream are above the size limit of a connector."""
    limit = connector.max_message_size if connector is not None else None
    return limit is not None and above(stream.size, limit) > FEW


def turns_away(host: Host, connector: ReceiveConnector) -> bool:
    """Return whether the receive connector refuses connections of the host above a limit."""
    limited = connector.max_inbound_connection is not None
    return limited or (not host.properties.internet and by_source(connector))


def by_source(connector: ReceiveConnector) -> bool:
    """Return whether the receive connector limits the connections of one source."""
    return (
        connector.max_inbound_connection_per_source is not None
        or connector.max_inbound_connection_percentage_per_source < 100
    )


def _flat(profile: Profile | None) -> bool:
    return profile is None or len({*profile.hours}) == len({*profile.weekdays}) == 1


def _uses_list(scenario: Scenario, place: Destination) -> bool:
    """Return whether domains of the destination use a list of the scenario."""
    return any(
        place.refuses_on.get(name, 0) or place.refuses_on.get(blocklist.profile, 0)
        for name, blocklist in scenario.blocklists.items()
    )
