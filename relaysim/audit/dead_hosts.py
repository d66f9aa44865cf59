"""The check of MX hosts that do not answer: how many connections a hub can open beside them."""

from collections.abc import Iterator

from relaysim.analysis.answering_destinations import answering_destinations
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.destination import Destination
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import SECOND
from relaysim.units import format_duration
from relaysim.wording import counted, per_time

_NOTICED = 5 * SECOND
"""Mean wait of a connection from which on there is a finding; Postfix advises a time-out of 5 s."""

_TRIED = 5
"""MX hosts that a delivery of Postfix tries by default (`smtp_mx_address_limit`)."""
_NO_LIMIT = (
    " Assumption: a hub tries all hosts; a server may defer sooner (Postfix: after 5, "
    "smtp_mx_address_limit)."
)


def dead_mx_hosts(scenario: Scenario) -> Iterator[Finding]:
    """MX hosts do not answer, so new connections wait and the hub opens few of them in a second.

    Of n hosts of equal preference d are dead. In a random order d / (n - d + 1) of them stand
    before the first that answers, each for one time-out.
    """
    for hub, destination in answering_destinations(scenario):
        if destination.unreachable_mx_hosts:
            yield from _of(hub, destination)
        if destination.unreachable_mx_hosts < destination.mx_hosts:
            yield from _without_a_host(scenario, hub, destination)


def _without_a_host(scenario: Scenario, hub: Hub, destination: Destination) -> Iterator[Finding]:
    """Scripted outages leave no MX host for a time."""
    changes: list[tuple[int, int, str]] = []
    for number, event in enumerate(scenario.events):
        outage = event.outage
        if outage is not None and outage.destination == destination.name and outage.mx_hosts:
            begin, place = moment(event.at, scenario.run.start), f"events.{number}.outage.mx_hosts"
            changes.append((begin, outage.mx_hosts, place))
            changes.append((begin + outage.for_, -outage.mx_hosts, place))
    alive, since, place = destination.mx_hosts - destination.unreachable_mx_hosts, 0, ""
    # At one time beginnings come first: two gaps that follow each other are one.
    for time, lost, of in sorted(changes, key=lambda change: (change[0], -change[1])):
        before, alive = alive, alive - lost
        if alive <= 0 < before:
            since, place = time, of
        elif before <= 0 < alive and since < time:
            yield Finding(
                Severity.INFO,
                place,
                f"From {format_duration(since)} to {format_duration(time)} after the start no MX "
                f"host of {destination.name} answers: its mail waits in the queues of {hub.name}.",
                "Lose fewer hosts at a time, unless that is what you want to see.",
            )


def _of(hub: Hub, destination: Destination) -> Iterator[Finding]:
    hosts, dead = destination.mx_hosts, destination.unreachable_mx_hosts
    place = dotted(("destinations", destination.name, "unreachable_mx_hosts"))
    if dead == hosts:
        yield Finding(
            Severity.WARNING,
            place,
            f"No MX host of {destination.name} answers: its mail waits in the queues and expires "
            f"after {format_duration(hub.message_expiration_timeout)}.",
            "Write fewer unreachable_mx_hosts than mx_hosts, or an outage under [[events]].",
        )
        return
    timeout = hub.smtp_connect_timeout
    wait = timeout * dead / (hosts - dead + 1)
    if wait < _NOTICED:
        return
    connections = hub.max_per_domain_outbound_connections
    ceiling = ""
    if connections:
        rate = per_time(connections * SECOND / wait)
        ceiling = f" So {counted(connections, 'connection')} to a domain open {rate} at most."
    yield Finding(
        Severity.INFO,
        place,
        f"{dead} of {hosts} MX hosts of {destination.name} do not answer: a new connection of "
        f"{hub.name} waits {format_duration(round(wait))} on average, {format_duration(timeout)} "
        f"for each.{ceiling}{_NO_LIMIT if dead >= _TRIED else ''}",
        f'Set hubs.{hub.name}.smtp_connect_timeout = "5 s", as Postfix advises, where the server '
        "has such a setting.",
    )
