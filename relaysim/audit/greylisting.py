"""The check of greylisting: what the retry clock of a hub makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from relaysim.analysis.answering_destinations import answering_destinations
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.greylisting import GreylistRules, wait
from relaysim.mail.retry_clock import backed_off_retry, message_retry_delay
from relaysim.plan.reputation_compiler import greylist_rules, thousandths
from relaysim.scenario.destination import Destination
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, dotted
from relaysim.scenario.table import DAY, SECOND
from relaysim.units import format_duration
from relaysim.wording import listed

_NOTICED = 2
"""Multiple of the delay from which on a wait is a finding."""
_PHASES = 600
"""About the most arrivals between two scans of Postfix that are tried."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a hub tries a deferred message again; microseconds, `factor` in thousandths.

    Exchange has `interval`, `factor` and `most` (0 for none); Postfix the others, else 0.
    """

    interval: int
    factor: int
    most: int
    minimal: int
    maximal: int
    scan: int
    lifetime: int

    def waits(self, rules: GreylistRules) -> list[int | None]:
        """Return how long mail of a new sender waits; None if no retry passes.

        Of Postfix there is one value for each arrival between two scans. Tries count up to the end
        of the message, or of the retry window if that is later.
        """
        end = max(self.lifetime, rules.retry_window)
        step = max(self.scan // SECOND // _PHASES, 1) * SECOND
        arrivals = range(0, self.scan or 1, step)
        return [wait(rules, self._tries(at, at + end)) for at in arrivals]

    def _tries(self, arrived_at: int, end: int) -> Iterator[int]:
        time, failure = arrived_at, 1
        while time <= end:
            yield time
            if self.scan:
                time = backed_off_retry(time, arrived_at, self.minimal, self.maximal, self.scan)
            else:
                time += message_retry_delay(failure, self.interval, self.factor, self.most)
                failure += 1

    def is_good(self, rules: GreylistRules) -> bool:
        """Return whether all mail of a new sender passes in good time."""
        most = min(self.lifetime, _NOTICED * rules.delay)
        return all(each is not None and each < most for each in self.waits(rules))


def greylisting(scenario: Scenario) -> Iterator[Finding]:
    """A destination greylists, and a hub tries again much later than it asks for, or too late."""
    for hub, destination in answering_destinations(scenario):
        rules = greylist_rules(destination)
        if rules is not None:
            yield from _of(hub, rules, destination)


def _of(hub: Hub, rules: GreylistRules, destination: Destination) -> Iterator[Finding]:
    key, clock = _clock(hub, destination)
    if clock.is_good(rules):
        return
    waits = clock.waits(rules)
    longest = max(each or 0 for each in waits)
    if clock.scan:
        first, last = clock.minimal, clock.minimal + clock.scan
        pause = f"after {format_duration(first)} to {format_duration(last)}, later ones less often"
    else:
        pause = _pause(clock)
    tries, to = f"{hub.name} tries a deferred message {pause}", destination.name
    severity = Severity.WARNING
    if None in waits:
        what = "Mail" if not any(waits) else "A part of the mail"
        reason = (
            f"{what} of a new sender never passes: {tries}, and {to} takes a retry within "
            f"{format_duration(rules.retry_window)} alone."
        )
    elif longest >= clock.lifetime:
        reason = (
            f"Mail of a new sender never passes: {tries} and gives it up after "
            f"{format_duration(clock.lifetime)}, before the first retry that {to} takes "
            f"({format_duration(longest)})."
        )
    else:
        severity, most = Severity.INFO, "up to " if clock.scan else ""
        reason = (
            f"Mail of a new sender waits {most}{format_duration(longest)}: {tries}, and {to} asks "
            f"for {format_duration(rules.delay)}."
        )
    place = dotted(("destinations", to, "greylisting"))
    yield Finding(severity, place, reason, _fix(hub, key, clock, rules))


def _pause(clock: _Clock) -> str:
    """Return when a hub of one interval, or of waits that grow, tries again."""
    first, second, third = (
        message_retry_delay(failure, clock.interval, clock.factor, clock.most)
        for failure in (1, 2, 3)
    )
    if second == first:
        return f"every {format_duration(first)}"
    return (
        f"after {format_duration(first)} at first and then waits {format_duration(second)}, "
        f"{format_duration(third)}, ..."
    )


def _clock(hub: Hub, destination: Destination) -> tuple[str, _Clock]:
    """Return the key of the retry interval, and the clock."""
    path: KeyPath = ("hubs", hub.name)
    interval, shaping = hub.message_retry_interval, hub.shaping.get(destination.name)
    if shaping is not None and shaping.message_retry_interval is not None:
        path, interval = (*path, "shaping", destination.name), shaping.message_retry_interval
    clock = _Clock(
        interval=interval or 0,
        factor=thousandths(hub.message_retry_factor),
        most=hub.message_retry_longest or 0,
        minimal=hub.minimal_backoff_time or 0,
        maximal=hub.maximal_backoff_time or 0,
        scan=hub.queue_run_delay or 0,
        lifetime=hub.message_expiration_timeout,
    )
    return dotted((*path, "message_retry_interval")), clock


def _fix(hub: Hub, key: str, clock: _Clock, rules: GreylistRules) -> str:
    """Return the first settings that cure it."""
    sooner = _at_the_delay(clock, rules)
    later = max(clock.lifetime, rules.delay) // DAY * DAY + DAY
    for mended in (
        sooner,
        replace(clock, lifetime=later),
        replace(sooner, lifetime=later),
    ):
        if mended != clock and mended.is_good(rules):
            longest = max(each or 0 for each in mended.waits(rules))
            until = "up to " if clock.scan else ""
            return (
                f"Set {listed(_settings(hub, key, clock, mended), 5)}: mail of a new sender then "
                f"waits {until}{format_duration(longest)}."
            )
    return "No retry clock of this hub helps: ask the receiver to let your mail pass at once."


def _at_the_delay(clock: _Clock, rules: GreylistRules) -> _Clock:
    """Return the clock whose first retry comes when the delay is over."""
    if not clock.scan:
        return replace(clock, interval=rules.delay)
    # Postfix counts whole seconds, and a scan takes a message a second early.
    minimal = -(-rules.delay // SECOND) * SECOND + 2 * SECOND
    room = min(rules.retry_window, _NOTICED * rules.delay) - minimal
    scan = min(clock.scan, room // SECOND * SECOND)
    if scan < SECOND:
        return clock
    return replace(clock, minimal=minimal, maximal=max(clock.maximal, minimal), scan=scan)


def _settings(hub: Hub, key: str, clock: _Clock, mended: _Clock) -> Iterator[str]:
    path = dotted(("hubs", hub.name))
    for setting, before, after in (
        (key, clock.interval, mended.interval),
        (f"{path}.minimal_backoff_time", clock.minimal, mended.minimal),
        (f"{path}.maximal_backoff_time", clock.maximal, mended.maximal),
        (f"{path}.queue_run_delay", clock.scan, mended.scan),
        (f"{path}.message_expiration_timeout", clock.lifetime, mended.lifetime),
    ):
        if before != after:
            yield f'{setting} = "{format_duration(after)}"'
