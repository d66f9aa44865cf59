"""Which resource binds while mail waits for a connection or a session, as stories in seconds."""

from pathlib import Path

import numpy as np
import pytest
from worlds.trace_story import SECOND, Story

from relaysim.engine.run import simulate
from relaysim.measure.binding_resource import HELD, held
from relaysim.measure.wait_parts import PARTS, waits
from relaysim.scenario.load import load
from relaysim.trace.tables import Level, Trace, Visit
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def parts(trace: Trace, recipient: int) -> dict[str, float]:
    """The parts of a recipient that are not zero, in seconds."""
    result = {name: part[recipient] / SECOND for name, part in held(trace).items()}
    return {name: value for name, value in result.items() if value}


def sent(story: Story, queue: str, *, enter: float, start: float, end: float) -> int:
    """A message that is in a delivery queue from the start of the run on."""
    domain = "cozumpark.com" if queue.endswith(".mailbox") else "gmail.com"
    message = story.message("app.news", [domain], created=0, connected=0, committed=0)
    recipient = story.recipient(message)
    transaction = story.queued([recipient], queue, at=0)
    story.attempt(transaction, enter=enter, start=start, end=end)
    story.ends(recipient, at=end)
    return transaction


def test_a_wait_for_a_connection_is_due_to_the_line_while_a_transfer_waits_for_it() -> None:
    story = Story()
    first = sent(story, "HUB01->gmail.com", enter=0, start=0, end=10)
    story.visit("main.line", Visit.LINE, first, 2, 8, 9)
    sent(story, "HUB01->gmail.com", enter=0, start=10, end=11)
    trace = story.trace(end=20)
    assert parts(trace, 0) == {}
    assert parts(trace, 1) == {"wait_delivery_line": 6.0}
    assert waits(trace)["wait_delivery"][1] == 10 * SECOND


def test_the_line_comes_before_the_cores_and_the_rest_is_due_to_the_connections() -> None:
    story = Story()
    first = sent(story, "HUB01->gmail.com", enter=0, start=0, end=10)
    story.visit("HUB01.cpu", Visit.SEND, first, 1, 5, 6)  # waits for a core from 1 to 5
    second = sent(story, "HUB01->gmail.com", enter=0, start=0, end=10)
    story.visit("main.line", Visit.LINE, second, 3, 7, 8)  # waits for the line from 3 to 7
    sent(story, "HUB01->gmail.com", enter=0, start=10, end=11)
    trace = story.trace(end=20)
    assert parts(trace, 2) == {"wait_delivery_line": 4.0, "wait_delivery_core": 2.0}
    assert parts(trace, 0) == {"wait_delivery_core": 4.0}  # its own wait for a core


def test_what_waits_for_a_core_elsewhere_does_not_hold_up_this_queue() -> None:
    story = Story()
    other = sent(story, "HUB02->gmail.com", enter=0, start=0, end=10)
    story.visit("HUB02.cpu", Visit.SEND, other, 1, 9, 10)
    first = sent(story, "HUB01->gmail.com", enter=0, start=0, end=10)
    story.visit("HUB01.cpu", Visit.SEND, first, 0, 0, 1)
    sent(story, "HUB01->gmail.com", enter=0, start=10, end=11)
    assert parts(story.trace(end=20), 2) == {}


def test_mailbox_deliveries_wait_for_cores() -> None:
    story = Story()
    first = sent(story, "HUB01.mailbox", enter=0, start=0, end=10)
    story.visit("HUB01.cpu", Visit.SEND, first, 0, 4, 5)
    sent(story, "HUB01.mailbox", enter=0, start=10, end=11)
    trace = story.trace(end=20)
    assert parts(trace, 1) == {"wait_mailbox_core": 4.0}


def test_of_a_wait_in_which_the_queue_is_in_retry_only_the_other_part_counts() -> None:
    story = Story()
    gmail = 2
    first = sent(story, "HUB01->gmail.com", enter=0, start=0, end=10)
    story.visit("main.line", Visit.LINE, first, 0, 8, 9)
    story.level(Level.QUEUE_RETRY, gmail, 10, 1)
    story.level(Level.QUEUE_RETRY, gmail, 20, 0)
    sent(story, "HUB01->gmail.com", enter=0, start=20, end=21)
    trace = story.trace(end=30)
    assert waits(trace)["wait_delivery"][1] == 10 * SECOND
    assert parts(trace, 1) == {"wait_delivery_line": 8.0 * 10 / 20}


def test_a_wait_for_a_session_is_due_to_the_acknowledgement_by_the_share_of_sessions() -> None:
    """Two sessions from 0 to 10: one waits for its acknowledgement from 2 on, the other never."""
    story = Story()
    story.message("app.news", ["gmail.com"], 0, connected=0, committed=2, acknowledged=10)
    story.message("app.news", ["gmail.com"], 0, connected=0, committed=10, acknowledged=10)
    story.message("app.news", ["gmail.com"], 0, connected=10, committed=11)
    trace = story.trace(end=20)
    assert parts(trace, 2) == {"wait_host_acknowledgement": 8.0 / 2}
    assert parts(trace, 0) == {}


@pytest.mark.parametrize("name", ["shared-hub", "shared-hub-default-ack", "dedicated-hub-same-ip"])
def test_parts_are_never_longer_than_the_wait_that_they_are_of(name: str) -> None:
    design = load(SCENARIOS / f"{name}.toml", ["run.scale=0.05", 'lines.main.bandwidth="1 Mbit/s"'])
    trace = simulate(design, draw(design, 0, 1))
    whole, some = waits(trace), held(trace)
    assert any(part.sum() > 0 for part in some.values())
    for wait in PARTS:
        of = [some[part] for part in HELD if part.startswith(f"{wait}_")]
        if of:
            assert np.all(sum(of) <= whole[wait])
            assert all(np.all(part >= 0) for part in of)


def test_a_wider_line_takes_away_the_wait_that_is_due_to_the_line() -> None:
    """What was attributed to the line goes when the line is wide; more cores change nothing."""
    wait, due = {}, {}
    for name, setting in (
        ("as it is", []),
        ("wide line", ['lines.main.bandwidth="40 Mbit/s"']),
        ("more cores", ["hubs.HUB01.cores=8"]),
    ):
        settings = ["run.scale=0.1", 'lines.main.bandwidth="2 Mbit/s"', *setting]
        design = load(SCENARIOS / "shared-hub.toml", settings)
        trace = simulate(design, draw(design, 0, 1))
        wait[name] = waits(trace)["wait_delivery"].sum()
        due[name] = held(trace)["wait_delivery_line"].sum()
    assert due["as it is"] > 0.9 * wait["as it is"]
    assert wait["wide line"] < 0.05 * wait["as it is"]
    assert wait["more cores"] > 0.95 * wait["as it is"]
