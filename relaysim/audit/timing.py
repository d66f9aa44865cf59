"""The checks of when events happen, and of when the run ends."""

from collections.abc import Iterator

from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration


def event_in_drain(scenario: Scenario) -> Iterator[Finding]:
    """An event after the last message, when the run may be over already."""
    for number, event in enumerate(scenario.events):
        if event.at >= scenario.run.duration:
            yield Finding(
                Severity.INFO,
                f"events.{number}",
                f"At {format_duration(event.at)} no more mail is made: the run ends as soon as all "
                "is final, so this may never happen.",
                "Lengthen run.duration, or let it happen before.",
            )


def drain_below_deadline(scenario: Scenario) -> Iterator[Finding]:
    """The run ends before the deadline of the last messages: they are not judged."""
    run = scenario.run
    deadlines = {
        f"{host}.{name}": stream.deadline
        for host, described in scenario.hosts.items()
        for name, stream in described.streams.items()
    }
    name = max(deadlines, key=deadlines.__getitem__, default="")
    largest = deadlines.get(name, 0)
    if run.drain >= largest:
        return
    share = min(1.0, (largest - run.drain) / (run.duration - run.warm_up))
    yield Finding(
        Severity.WARNING,
        "run.drain",
        f"{format_duration(run.drain)} after the last message the run ends, before the deadline of "
        f"{name}, {format_duration(largest)}: the recipients of the last {100 * share:.0f} % of "
        "the time are not judged, and on_time, latency quantiles and harm leave them out.",
        f'Write drain = "{format_duration(largest)}" or leave drain out, or set shorter deadlines.',
    )
