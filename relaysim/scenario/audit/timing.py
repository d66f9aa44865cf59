"""The check of when events happen."""

from collections.abc import Iterator

from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration


def event_in_drain(scenario: Scenario) -> Iterator[Finding]:
    """An event after the last message, when the run may be over already."""
    for number, event in enumerate(scenario.events):
        if event.at >= scenario.run.duration:
            yield Finding(
                Severity.NOTE,
                f"events.{number}",
                f"At {format_duration(event.at)} no more mail is made: the run ends as soon as all "
                "has its fate, so this may never happen.",
                "Lengthen run.duration, or let it happen before.",
            )
