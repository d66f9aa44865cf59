"""The explanation of a message that a host submits straight to a relay service."""

from collections.abc import Iterator

from relaysim.explanation.expected_dialogue import Letter
from relaysim.explanation.outcome import destination_of
from relaysim.explanation.session import Attempt, Outcome
from relaysim.mail import reply
from relaysim.plan import routing, submission
from relaysim.scenario.host import Host, Retry
from relaysim.scenario.model import Scenario
from relaysim.scenario.relay import RelayLimit
from relaysim.units import format_duration

_WINDOWS = {"open": "at a time", "rolling day": "in 24 h"}


def relay_attempt(scenario: Scenario, target: submission.Target, letter: Letter) -> Attempt:
    """Return the submission to a relay service, which takes all mail within its limits."""
    hop = routing.to_relay(scenario, target.relay or "")
    outcomes = tuple(
        Outcome(recipient, reply.RECIPIENT_OK, (hop,), destination_of(scenario, recipient))
        for recipient in letter.recipients
    )
    return Attempt(target, None, None, None, (), (), outcomes)


def relay_text(scenario: Scenario, name: str, host: Host, relay: str) -> Iterator[str]:
    """Yield what the limits of a relay service allow, and what the host does above them."""
    model = scenario.relays[relay]
    yield f"Relay service: {relay} ({model.profile}), with no hub between."
    limits = sorted(model.limits.items())
    yield "Limits:" if any(limit.limit is not None for _, limit in limits) else "Limits: none."
    for title, limit in limits:
        if limit.limit is not None:
            yield f"  {title}: {_allowed(limit)}"
    # A client that is given by its address has no rules of its own.
    if host.streams:
        yield f"After a 4xx reply {name} {after_failure(host)}."


def _allowed(limit: RelayLimit) -> str:
    window = _WINDOWS.get(limit.window) or f"in a {limit.window.removeprefix('fixed ')}"
    above = limit.reply or "the reply comes in the next window"
    counted = limit.counts.replace("_", " ")
    return f"{limit.limit:,} {counted} {window} of one {limit.whose}; above: {above}"


def after_failure(host: Host) -> str:
    """Return what a host does with a message that it cannot submit."""
    if not isinstance(host.on_failure, Retry):
        return "drops the message"
    text = f"tries again every {format_duration(host.on_failure.retry_every)}"
    age = host.on_failure.give_up_after
    return text if age is None else f"{text} and drops the message after {format_duration(age)}"
