"""The SMTP dialogue of a message in a run: the steps of its last session, with their times."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from relaysim.explanation import Letter
from relaysim.explanation.expected_dialogue import ExpectedDialogue, expected_dialogue
from relaysim.mail.backpressure import delay_at
from relaysim.mail.dialogue import Cause, Verb, steps_with_times
from relaysim.mail.session_time import timing
from relaysim.measure.journey import Event, Journey
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.straight_hosts import relay_at
from relaysim.trace.tables import Level, Status, Trace

_WORK = (
    *("received", "not received", "committed", "not committed"),
    *("copy received", "not copy received", "copy committed", "not copy committed"),
)
"""Events of the work that begins when a hub has the content of a message."""


_DELAYING = (Level.VERSION_BUCKETS, Level.SUBMISSION_QUEUE)
"""Resources whose pressure delays replies to MAIL FROM."""


def dialogue_events(scenario: Scenario, trace: Trace, journey: Journey) -> tuple[list[Event], bool]:
    """Return the dialogue of the last session about a message, and whether it is known.

    Parameters
    ----------
    scenario : Scenario
        The design.
    trace : Trace
        The run.
    journey : Journey
        The message in that run.

    Returns
    -------
    events : list of Event
        One event `smtp` a step, up to the end of the content or of the run. There are none if a
        mailbox server submits, or the host to a relay service: their words are not known.
    known : bool
        False if the hub did not reply as an idle hub does (it stopped, was short of resources or
        above a limit), or took the recipients in several transactions.

    Notes
    -----
    The steps are those that `explain` prints; the delay by back pressure is computed from the
    levels in the trace. Local parts of recipients are made up: relaysim draws domains.
    """
    name, short = journey.source, journey.title
    host = scenario.hosts.get(name)
    if host is None or submission.by_mailbox_server(host) or relay_at(scenario, host):
        return [], True
    begun = [event for event in journey.events if event.what in ("session", "turn")]
    reached = _reached(scenario, host, journey.connector)
    if reached is None or not begun:
        # Without a connector no hub answered, so nothing is left out.
        return [], not journey.connector
    target, connector = reached
    # Earlier sessions ended without the message.
    session = begun[-1]
    opened = session.what == "session"
    opening = timing(host, connector).opening_time if opened else 0
    letter = Letter(
        host.streams[short].sender,
        tuple(
            f"recipient{recipient.number + 1}@{recipient.domain}"
            for recipient in journey.recipients
        ),
        journey.size,
    )
    expected = expected_dialogue(
        scenario,
        host,
        name,
        target,
        connector,
        letter,
        scenario.run.start + timedelta(microseconds=session.time + host.round_trip),
        _delay(scenario, trace, target.hub or "", session.time + opening),
    )
    # A message that found a session open begins with MAIL FROM.
    first = Verb.CONNECT if opened else Verb.MAIL
    steps = [step for step in expected.steps if first <= step.verb <= Verb.END]
    events = [
        Event(
            time,
            "smtp",
            lasted=step.pause if step.cause is Cause.BACK_PRESSURE else -1,
            text=str(step),
            step=step,
        )
        for time, step in steps_with_times(steps, session.time, host.round_trip)
    ]
    if not _matches_run(expected, journey, events):
        return [], False
    # The run may end within the dialogue.
    return [event for event in events if event.time <= journey.ended], True


def _reached(
    scenario: Scenario, host: Host, name: str
) -> tuple[submission.Target, ReceiveConnector] | None:
    """Return the submission target at which a receive connector (`HUB/name`) answers the host."""
    for target in submission.targets(scenario, host):
        connector = submission.listen(scenario, host, target).connector
        if connector is not None and f"{target.hub}/{connector.name}" == name:
            return target, connector
    return None


def _delay(scenario: Scenario, trace: Trace, hub: str, time: int) -> int:
    """Return the delay of the reply to MAIL FROM of a hub at a time, microseconds."""
    model = scenario.hubs[hub]
    if not pressure.delays_first(model):
        return 0
    rows = trace.levels
    rows_of_hub = np.isin(rows["level"], _DELAYING) & (rows["time"] <= time)
    rows_of_hub &= rows["subject"] == trace.names.hubs.index(hub)
    values = dict.fromkeys(_DELAYING, 0)
    changes: dict[int, bool] = {}
    for row in np.flatnonzero(rows_of_hub).tolist():
        values[Level(rows["level"][row])] = rows["value"][row]
        changes[int(rows["time"][row])] = any(values.values())
    watched = model.back_pressure
    interval = watched.resource_monitoring_interval
    return delay_at(time, [*changes.items()], interval, watched.reply_delay())


def _matches_run(expected: ExpectedDialogue, journey: Journey, events: list[Event]) -> bool:
    """Return whether the replies and the end of a dialogue are those of the run."""
    replies = ["" if reply.is_success else str(reply) for reply in expected.replies]
    if replies != [
        recipient.reply if recipient.status in (Status.REFUSED, Status.ABANDONED) else ""
        for recipient in journey.recipients
    ]:
        return False
    ends = [event.time for event in events if event.step and event.step.verb is Verb.END]
    return all(end > journey.ended or end in _received(journey) for end in ends)


def _received(journey: Journey) -> Iterator[int]:
    """Yield the times at which hubs had the content of a message, microseconds."""
    for event in journey.events:
        if event.what in _WORK:
            yield event.time - max(event.lasted, 0) - max(event.waited, 0)
