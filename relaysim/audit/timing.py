"""Checks of the times of events and of the end of the run."""

from collections.abc import Iterator

from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration


def event_in_drain(scenario: Scenario) -> Iterator[Finding]:
    """An event is scheduled after the last message, when the run may have ended."""
    for number, event in enumerate(scenario.events):
        begin = moment(event.at, scenario.run.start)
        if begin >= scenario.run.duration:
            yield Finding(
                Severity.INFO,
                f"events.{number}",
                f"At {format_duration(begin)} no more mail is created. The run ends when every "
                "recipient has a final status, so this event may never occur.",
                "Raise run.duration, or schedule the event earlier.",
            )


def drain_below_deadline(scenario: Scenario) -> Iterator[Finding]:
    """The run ends before the deadline of the last messages, so metrics leave them out."""
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
        f"The run ends {format_duration(run.drain)} after the last message, before the deadline of "
        f"{name}, {format_duration(largest)}: on_time, latency quantiles and harm leave out the "
        f"recipients of the last {100 * share:.0f} % of the time.",
        f'Write drain = "{format_duration(largest)}" or leave drain out, or set shorter deadlines.',
    )
