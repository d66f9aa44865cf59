"""The check of greylisting: what the retry clock of a hub makes of it."""

from collections.abc import Iterator

from relaysim.analysis.answering_destinations import answering_destinations
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.greylisting import wait
from relaysim.mail.retry_clock import message_retry_delay
from relaysim.plan.reputation_compiler import greylist_rules, thousandths
from relaysim.scenario.destination import Destination
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, dotted
from relaysim.units import format_duration

_NOTICED = 2
"""Multiple of the delay from which on a wait is a finding."""


def greylisting(scenario: Scenario) -> Iterator[Finding]:
    """A destination greylists, and a hub tries again much later than it asks for, or too late."""
    for hub, destination in answering_destinations(scenario):
        path: KeyPath = ("hubs", hub.name)
        interval, shaping = hub.message_retry_interval, hub.shaping.get(destination.name)
        if shaping is not None and shaping.message_retry_interval is not None:
            path, interval = (*path, "shaping", destination.name), shaping.message_retry_interval
        if interval is not None:  # Postfix has no such interval
            yield from _of(hub, interval, destination, dotted((*path, "message_retry_interval")))


def _of(hub: Hub, interval: int, destination: Destination, key: str) -> Iterator[Finding]:
    rules = greylist_rules(destination)
    if rules is None:
        return
    factor, longest = thousandths(hub.message_retry_factor), hub.message_retry_longest or 0
    waits = wait(rules, lambda failure: message_retry_delay(failure, interval, factor, longest))
    place = dotted(("destinations", destination.name, "greylisting"))
    asked, every = format_duration(rules.delay), format_duration(interval)
    tries = f"{hub.name} tries a deferred message every {every}"
    fix = f'Set {key} = "{asked}": mail of a new sender then waits {asked}.'
    lifetime = hub.message_expiration_timeout
    if waits is None:
        window = format_duration(rules.retry_window)
        yield Finding(
            Severity.WARNING,
            place,
            f"Mail of a new sender never passes: {tries}, and {destination.name} takes a retry "
            f"within {window} alone.",
            fix,
        )
    elif waits >= lifetime:
        yield Finding(
            Severity.WARNING,
            place,
            f"Mail of a new sender never passes: {tries} and gives it up after "
            f"{format_duration(lifetime)}, before the first retry that {destination.name} takes "
            f"({format_duration(waits)}).",
            fix,
        )
    elif waits >= _NOTICED * rules.delay:
        yield Finding(
            Severity.INFO,
            place,
            f"Mail of a new sender waits {format_duration(waits)}: {tries}, and {destination.name} "
            f"asks for {asked}.",
            fix,
        )
