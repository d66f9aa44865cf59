"""A provider throttles one stream: which mail of the sender waits, and for how long."""

import pytest
from worlds.reputation_world import HOUR, IP, NOBODY_LOOKS, PROVIDER, QUARTER, states
from worlds.small_world import Mail, Played, play

from relaysim.trace.tables import Level

OUT = "HUB01->example.org"
THROTTLED = """
[hosts.app.streams.bad]
sender = "news@bulk.example"
unknown_rate = 1.0
[hosts.app.streams.news]
sender = "news@bulk.example"
[destinations.sink.reputation]
domain_weight = 1.0
throttle_rate = "1/h"
throttle_junk = 0.0
[hubs.HUB01]
max_per_domain_outbound_connections = 1
"""
"""The domain of the newsletter is throttled from 900 s on, that of the load is not. The IP has sent
more than enough in this hour, so no newsletter gets through before 3,600 s."""
BAD: Mail = {"app.news": [0] * 100 + [1000, 1100], "app.bad": [0] * 18}
BY_THE_CLOCK = [1000, 1060, 1120, 1180, 1240, 1540, 1840, 2140, 2440, 2740, 3040]
"""The tries of a hub that does not get through: four times a minute later, six times five, then
ten; the next one is at 3,640 s."""


def run(how: str, *changes: str, **more: list[float]) -> Played:
    back_off = f"[operations]\nback_off = '{how}'"
    mail = {**BAD, **{f"app.{name}": times for name, times in more.items()}}
    result = play(PROVIDER, THROTTLED, NOBODY_LOOKS, back_off, *changes, mail=mail)
    assert states(result, f"sink {IP} bulk.example")[:1] == [(QUARTER, 2)]
    return result


def ends(found: Played, stream: str) -> list[float]:
    return [end for end, _ in found.ends(stream)]


def refused(found: Played) -> list[float]:
    return [end for _, _, end, text in found.attempts(OUT) if text.startswith("421")]


def test_the_source_backs_off_and_all_its_mail_waits_in_the_queue() -> None:
    """In Retry, by the clock of the hub; the first of the queue is what was turned away.

    When that is through at last the load follows, and then the second newsletter is turned away.
    """
    result = run("source", load=[1001, 1050])
    assert ends(result, "app.news")[100] == 3640
    assert ends(result, "app.load") == [3640, 3640]
    assert refused(result)[:12] == [*BY_THE_CLOCK, 3640]
    assert result.levels(Level.QUEUE_RETRY, OUT)[:3] == [(1000, 1), (3640, 0), (3640, 1)]


def test_the_stream_backs_off_alone_longer_and_longer() -> None:
    """As long as the queue would wait. The second newsletter waits with the first one, untried."""
    result = run("stream", load=[1001, 1050])
    assert ends(result, "app.load") == [1001, 1050]
    assert [end for end in refused(result) if end < HOUR] == BY_THE_CLOCK
    assert ends(result, "app.news")[100] == 3640
    assert result.levels(Level.QUEUE_RETRY, OUT) == []


def test_without_a_suspension_each_message_is_tried_again_by_itself() -> None:
    result = run("none", load=[1001, 1050])
    assert ends(result, "app.load") == [1001, 1050]
    tries = sorted([*range(1000, 3600, 60), *range(1100, 3600, 60)])
    assert [end for end in refused(result) if end < HOUR] == tries
    # 3,620 s is the first minute of the second one in the new hour, 3,640 s that of the first.
    assert ends(result, "app.news")[100:] == [2 * HOUR + 40, 3620]


def test_with_the_coupling_off_the_source_backs_off_by_stream() -> None:
    result = run("source", "[coupling]\nback_off = false", load=[1001, 1050])
    assert ends(result, "app.load") == [1001, 1050]


@pytest.mark.parametrize("how", ["source", "stream", "none"])
def test_what_waits_expires_in_time(how: str) -> None:
    """Accepted at 1,000 s, and never let through before 2,000 s."""
    old = "[hubs.HUB01]\nmessage_expiration_timeout = '10 min'"
    result = run(how, old)
    # What is on its way or suspended when it gets too old expires then, to the second.
    assert result.ends("app.news")[100:] == [(1600, "expired"), (1700, "expired")]


def test_a_stop_of_the_hub_does_not_end_a_suspension() -> None:
    stop = "[[events]]\nat = '1020 s'\nstop = { hub = 'HUB01', for = '10 s' }"
    result = run("stream", stop, load=[1001])
    assert refused(result)[:3] == [1000, 1060, 1120]
    down = "[[events]]\nat = '1020 s'\nstop = { hub = 'HUB01', for = '100 s' }"
    result = run("stream", down, load=[1001])
    assert refused(result)[:2] == [1000, 1120]
