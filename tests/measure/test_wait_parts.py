"""The parts of the latency of a recipient, in small traces with times in seconds."""

import numpy as np
from worlds.trace_story import LATER, SECOND, Story

from relaysim.measure.binding_resource import held
from relaysim.measure.wait_parts import PARTS, waits
from relaysim.trace.columns import ShortColumn, Table
from relaysim.trace.tables import Level, Status, Trace, Visit


def parts(trace: Trace, recipient: int) -> dict[str, float]:
    """The parts of a recipient that are not zero, in seconds."""
    result = {name: part[recipient] / SECOND for name, part in waits(trace).items()}
    return {name: value for name, value in result.items() if value}


def straight(story: Story) -> int:
    """One message to Gmail that waits a little everywhere; delivered 30 s after its creation."""
    message = story.message("app.alerts", ["gmail.com"], created=0, connected=1, committed=9)
    story.visit("HUB01.cpu", Visit.RECEIVE, message, 2, 4, 5)  # 2 s for a core
    story.visit("HUB01.commit", Visit.COMMIT, message, 5, 8, 9)  # 3 s for the batch
    story.visit("HUB01.cpu", Visit.CATEGORIZE, message, 9, 13, 14)  # 4 s for a core
    recipient = story.recipient(message)
    transaction = story.queued([recipient], "HUB01->gmail.com", at=14)
    story.attempt(transaction, enter=14, start=19, end=30)  # 5 s for a connection
    story.visit("HUB01.cpu", Visit.SEND, transaction, 20, 20.5, 21)  # half a second for a core
    story.visit("main.line", Visit.LINE, transaction, 21, 27, 28)  # 6 s for the line
    story.ends(recipient, at=30)
    return recipient


def test_every_wait_has_its_part_and_the_rest_is_service() -> None:
    story = Story()
    recipient = straight(story)
    assert parts(story.trace(end=40), recipient) == {
        "wait_host": 1.0,
        "wait_submission": 6.0,
        "wait_commit": 3.0,
        "wait_delivery": 5.5,
        "wait_line": 6.0,
        # Session until the core is asked, three services of a core, the write, connection and
        # set-up, transfer, response: counted one by one.
        "service": (2 - 1) + 1 + 1 + 1 + (20 - 19) + 0.5 + 1 + (30 - 28),
    }


def test_mail_to_a_mailbox_waits_for_the_mailbox() -> None:
    story = Story()
    message = story.message("app.alerts", ["cozumpark.com"], created=0, connected=0, committed=0)
    transaction = story.queued([0], "HUB01.mailbox", at=0)
    story.attempt(transaction, enter=0, start=2, end=5)
    story.visit("HUB01.cpu", Visit.SEND, transaction, 2, 3, 4)
    story.ends(story.recipient(message), at=5)
    assert parts(story.trace(end=5), 0) == {"wait_mailbox": 3.0, "service": 2.0}


def test_between_two_attempts_the_message_waits_for_its_retry() -> None:
    story = Story()
    story.message("app.alerts", ["gmail.com"], created=0, connected=0, committed=0)
    transaction = story.queued([0], "HUB01->gmail.com", at=0)
    story.attempt(transaction, enter=0, start=1, end=2, reply=LATER)
    story.attempt(transaction, enter=62, start=65, end=66, attempt=1)
    story.ends(0, at=66)
    assert parts(story.trace(end=99), 0) == {
        "wait_delivery": 1.0 + 3.0,
        "wait_retry": 60.0,
        "service": 2.0,
    }


def test_waiting_while_the_queue_is_in_retry_is_waiting_for_the_retry() -> None:
    story = Story()
    gmail, mailbox = 2, 0
    story.message("app.alerts", ["gmail.com"], created=0, connected=0, committed=0)
    transaction = story.queued([0], "HUB01->gmail.com", at=0)
    story.level(Level.QUEUE_RETRY, mailbox, 0, 1)  # another queue: no matter
    story.level(Level.QUEUE_RETRY, gmail, 4, 1)
    story.level(Level.QUEUE_RETRY, gmail, 14, 0)
    story.level(Level.QUEUE_RETRY, gmail, 16, 1)
    story.level(Level.QUEUE_RETRY, gmail, 19, 0)
    story.attempt(transaction, enter=0, start=20, end=21)
    story.ends(0, at=21)
    assert parts(story.trace(end=30), 0) == {
        "wait_delivery": 4.0 + 2.0 + 1.0,
        "wait_retry": 10.0 + 3.0,
        "service": 1.0,
    }


def test_what_a_host_tried_before_is_waiting_for_the_host() -> None:
    """The hub stopped while a core had the message; the host came back five minutes later."""
    story = Story()
    message = story.message("app.alerts", ["gmail.com"], created=0, connected=300, committed=303)
    story.visit("HUB01.cpu", Visit.RECEIVE, message, 1, 5, 6)
    story.visit("HUB01.cpu", Visit.RECEIVE, message, 300, 302, 303)
    transaction = story.queued([0], "HUB01->gmail.com", at=303)
    story.attempt(transaction, enter=303, start=303, end=304)
    story.ends(0, at=304)
    assert parts(story.trace(end=400), 0) == {
        "wait_host": 300.0,
        "wait_submission": 2.0,
        "service": 2.0,
    }


def test_a_recipient_counts_the_earlier_hub_and_only_the_hubs_on_its_way() -> None:
    """One recipient is inside, the other is reached through the second hub."""
    story = Story()
    message = story.message(
        "app.alerts", ["cozumpark.com", "gmail.com"], created=0, connected=0, committed=2
    )
    story.visit("HUB01.commit", Visit.COMMIT, message, 0, 1, 2)
    story.visit("HUB01.cpu", Visit.CATEGORIZE, message, 2, 3, 4)
    inside = story.queued([0], "HUB01.mailbox", at=4)
    first = story.queued([1], "HUB01->HUB02", at=4)
    story.attempt(inside, enter=4, start=4, end=50)
    story.attempt(first, enter=4, start=7, end=12)
    story.visit("HUB02.commit", Visit.COMMIT, message, 8, 10, 12)
    story.visit("HUB02.cpu", Visit.CATEGORIZE, message, 12, 16, 17)
    second = story.queued([1], "HUB02->gmail.com", at=17, parent=first)
    story.attempt(second, enter=17, start=22, end=24)
    story.ends(0, at=50)
    story.ends(1, at=24)
    trace = story.trace(end=50)
    assert parts(trace, 0) == {"wait_commit": 1.0, "wait_submission": 1.0, "service": 48.0}
    assert parts(trace, 1) == {
        "wait_commit": 1.0 + 2.0,
        "wait_submission": 1.0 + 4.0,
        "wait_delivery": 3.0 + 5.0,
        "service": 8.0,
    }


def test_a_recipient_counts_only_what_happens_until_its_own_end() -> None:
    """Of two recipients in one transaction one bounces at once, the other is put off."""
    story = Story()
    story.message("app.news", ["gmail.com", "gmail.com"], created=0, connected=0, committed=0)
    transaction = story.queued([0, 1], "HUB01->gmail.com", at=0)
    story.attempt(transaction, enter=0, start=2, end=3, reply=LATER)
    story.attempt(transaction, enter=33, start=37, end=38, attempt=1)
    story.ends(0, at=3, status=Status.BOUNCED)
    story.ends(1, at=38)
    trace = story.trace(end=40)
    assert parts(trace, 0) == {"wait_delivery": 2.0, "service": 1.0}
    assert parts(trace, 1) == {"wait_delivery": 6.0, "wait_retry": 30.0, "service": 2.0}


def test_a_transfer_that_a_stop_cut_off_does_not_wait_for_the_line_any_longer() -> None:
    """The line had promised second 9; the hub stopped at 5, and was back at 20."""
    story = Story()
    story.message("app.news", ["gmail.com"], created=0, connected=0, committed=0)
    transaction = story.queued([0], "HUB01->gmail.com", at=0)
    story.attempt(transaction, enter=0, start=0, end=5, reply=LATER)
    story.visit("main.line", Visit.LINE, transaction, 1, 9, 10)
    story.attempt(transaction, enter=10, start=20, end=21, attempt=1)
    story.ends(0, at=21)
    assert parts(story.trace(end=21), 0) == {
        "wait_line": 4.0,
        "wait_retry": 5.0,
        "wait_delivery": 10.0,
        "service": 1.0 + 1.0,
    }


def test_a_recipient_in_flight_is_followed_to_the_end_of_the_run() -> None:
    story = Story()
    story.message("app.alerts", ["gmail.com"], created=0, connected=1, committed=2)
    story.message("app.alerts", ["gmail.com"], created=3)
    transaction = story.queued([0], "HUB01->gmail.com", at=2)
    story.attempt(transaction, enter=2, start=-1, end=-1)
    trace = story.trace(end=10)
    assert parts(trace, 0) == {"wait_host": 1.0, "wait_delivery": 8.0, "service": 1.0}
    assert parts(trace, 1) == {"wait_host": 7.0}


def test_the_parts_of_an_empty_trace_are_empty() -> None:
    assert {name: len(part) for name, part in waits(Story().trace(end=0)).items()} == dict.fromkeys(
        PARTS, 0
    )


def test_measures_leave_the_trace_as_it_is() -> None:
    """A column of 64 bits is read without a copy."""
    story = Story()
    recipient = straight(story)
    second = story.queued([recipient], "HUB01->gmail.com", at=30)
    story.attempt(second, enter=30, start=31, end=32)
    trace = story.trace(end=40)
    before = trace.fingerprint()
    waits(trace)
    held(trace)
    assert trace.fingerprint() == before


def test_a_short_column_has_the_same_values() -> None:
    edge = 2**31
    times = np.array([0, edge - 1, edge, 2**62, -1, 1 - edge, -edge, -edge - 1], np.int64)
    table = Table(("time",), {"time": ShortColumn.of(times)})
    assert table["time"].tolist() == times.tolist()
    assert table.at(np.array([6, 2, 0]), "time")[0].tolist() == [-edge, edge, 0]
