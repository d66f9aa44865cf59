"""A block against the lifetime of a message: when a hub tries, when it gives up, what survives.

The hub has Exchange's clocks and no costs. Deferred for ever, mail is tried by the clock of the
queue or of the message until its time is over to the microsecond; refused, it is gone at once.
"""

import pytest
from worlds.listing_world import DAY, MINUTE, SECOND, play, statuses, stream, world

from relaysim.theory.listing_formulas import refused
from relaysim.trace.tables import Status, Trace

LISTED = """
[blocklists.list]
profile = "none"

[destinations.sink]
refuses_on = {{ list = 1.0 }}
refusal_stage = "{stage}"
refusal_action = "{action}"

[[events]]
at = "{at}"
listing = {{ egress = "198.51.100.10", blocklist = "list", for = "{length}" }}
"""
OUTAGE = """
[[events]]
at = "0 s"
outage = { destination = "sink", for = "30 d" }
"""
ONE = 'process = "campaign", at = "0 s", messages = 1, rate = "1/s"'
EXCHANGE = (
    [0, 1, 2, 3, 4],  # the queue's four glitch retries, a minute apart
    [9, 14, 19, 24, 29, 34],  # six after a transient failure, five minutes apart
)


def listed(stage: str, action: str, length: str = "30 d", at: str = "0 s") -> str:
    """A listing that the sink acts on."""
    return LISTED.format(stage=stage, action=action, length=length, at=at)


def sent(*changes: str, timeout: str = "2 d", arrivals: str = ONE, wait: str = "0 s") -> Trace:
    """The mail of an application; an attempt that is turned away takes `wait`."""
    return play(
        world(
            '[run]\nduration = "4 d"\ndrain = "8 d"',
            f'[hubs.HUB01]\nmessage_expiration_timeout = "{timeout}"\nreject_time = "{wait}"',
            stream("mail", arrivals),
            *changes,
        )
    )


def tries(trace: Trace) -> list[int]:
    """When the first message was tried."""
    attempts = trace.attempts
    own = (attempts["transaction"] == 0) & (attempts["start"] >= 0)
    return [int(start) for start in attempts["start"][own]]


def end(trace: Trace, message: int = 0) -> tuple[int, Status]:
    """When a message of the application became final, and which."""
    return int(trace.recipients["end"][message]), Status(trace.recipients["status"][message])


def by_queue(timeout: int) -> list[int]:
    """The attempts of a queue in Retry, by Exchange's intervals, before a timeout."""
    early = [minute * MINUTE for each in EXCHANGE for minute in each]
    late = range(early[-1] + 10 * MINUTE, timeout, 10 * MINUTE)
    return [*early, *late]


DOWN = {
    "down": OUTAGE,
    "421 greeting": listed("greeting", "defer"),
    "554 greeting": listed("greeting", "reject"),
}
LIVES = {"2 d": 2 * DAY, "4 d": 4 * DAY, "5 d": 5 * DAY, "7 d": 7 * DAY}
"""Exchange, Exim, Postfix, KumoMTA."""


@pytest.mark.parametrize("block", DOWN)
@pytest.mark.parametrize("timeout", LIVES)
def test_who_cannot_connect_tries_by_the_clock_of_the_queue_and_expires(
    block: str, timeout: str
) -> None:
    trace = sent(DOWN[block], timeout=timeout)
    assert tries(trace) == by_queue(LIVES[timeout])
    assert end(trace) == (LIVES[timeout], Status.EXPIRED)


@pytest.mark.parametrize(
    "block",
    [
        listed("mail", "defer"),
        listed("rcpt", "defer"),
        listed("data", "defer"),
        "[destinations.sink]\ndefer = 1.0",
    ],
    ids=["mail", "rcpt", "data", "always"],
)
@pytest.mark.parametrize("timeout", LIVES)
def test_who_is_deferred_tries_by_the_clock_of_the_message_and_expires(
    block: str, timeout: str
) -> None:
    """Once a minute."""
    trace = sent(block, timeout=timeout)
    assert tries(trace) == list(range(0, LIVES[timeout], MINUTE))
    assert end(trace) == (LIVES[timeout], Status.EXPIRED)


@pytest.mark.parametrize(("wait", "late"), [(8, 0), (13, 4)])
def test_what_waits_expires_at_once_and_what_is_on_its_way_when_it_fails(
    wait: int, late: int
) -> None:
    """So many seconds of dialog: the next try is a minute later, and so on until two days."""
    trace = sent(listed("rcpt", "defer"), wait=f"{wait} s")
    starts = range(0, 2 * DAY, (60 + wait) * SECOND)
    assert (starts[-1] + wait * SECOND > 2 * DAY) == (late > 0)
    assert tries(trace) == list(starts)
    assert end(trace) == (2 * DAY + late * SECOND, Status.EXPIRED)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_who_is_refused_is_gone_at_once(stage: str) -> None:
    """Of a message every ten minutes, none survives and none waits."""
    every = 'process = "every", every = "10 min"'
    trace = sent(listed(stage, "reject"), arrivals=every)
    count = 4 * DAY // (10 * MINUTE)
    assert statuses(trace, "app.mail") == [Status.BOUNCED] * count
    assert trace.recipients["end"][:count].tolist() == trace.messages["created"][:count].tolist()
    assert trace.attempts["attempt"].tolist() == [0] * len(trace.attempts)


def test_a_refusal_takes_the_time_of_the_dialog_and_no_more() -> None:
    assert end(sent(listed("rcpt", "reject"), wait="200 ms")) == (200_000, Status.BOUNCED)


def test_a_refusing_greeting_bounces_where_it_is_taken_as_an_answer() -> None:
    taken = "[hubs.HUB01]\nskip_5xx_greeting = false"
    assert end(sent(listed("greeting", "reject"), taken)) == (0, Status.BOUNCED)


EVERY = 'process = "every", every = "2 h", at = "1 h"'


@pytest.mark.parametrize(("timeout", "lost"), [("2 d", 12), ("5 d", 0)])
def test_three_days_of_deferral_cost_what_is_older_than_its_lifetime(
    timeout: str, lost: int
) -> None:
    """Twelve messages a day: Exchange loses those of the first day, and Postfix none."""
    trace = sent(listed("rcpt", "defer", "3 d"), arrivals=EVERY, timeout=timeout)
    assert statuses(trace, "app.mail") == [Status.EXPIRED] * lost + [Status.DELIVERED] * (48 - lost)
    assert lost == refused(12, 1.0, max(0, 3 - LIVES[timeout] // DAY))
    created, ended = trace.messages["created"][:48], trace.recipients["end"][:48]
    late = [max(0, 3 * DAY - when) for when in created.tolist()]
    assert (ended - created).tolist() == [2 * DAY] * lost + late[lost:]


def test_three_days_of_refusal_cost_all_three() -> None:
    trace = sent(listed("rcpt", "reject", "3 d"), arrivals=EVERY)
    assert statuses(trace, "app.mail") == [Status.BOUNCED] * 36 + [Status.DELIVERED] * 12
    assert refused(12, 1.0, 3) == 36
