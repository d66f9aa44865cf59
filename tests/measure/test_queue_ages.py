"""The shape of queues: what is in each at a moment, by age."""

import numpy as np
import pytest
from worlds.trace_story import LATER, SECOND, Story, scenario

from relaysim.measure.qshape import ALL, COLUMNS, Entries
from relaysim.trace.tables import Status, Visit

MINUTE = 60 * SECOND


def entries(*spans, queues=("HUB01->a.example",), hubs=None):
    """Return entries of queues from (queue, enter, leave) in minutes."""
    queue, enter, leave = (np.array(column, np.int64) for column in zip(*spans, strict=True))
    return Entries(queues, hubs or ("HUB01",) * len(queues), queue, enter * MINUTE, leave * MINUTE)


def test_the_columns_are_those_of_postfix():
    assert COLUMNS == ("T", "5", "10", "20", "40", "80", "160", "320", "640", "1280", "1280+")


@pytest.mark.parametrize(
    ("age", "column"),
    [(0, "5"), (4, "5"), (5, "10"), (9, "10"), (10, "20"), (1279, "1280"), (1280, "1280+")],
)
def test_a_column_ends_where_the_next_one_begins(age, column):
    shape = entries((0, 0, 5000)).shape(age * MINUTE)
    (row,) = shape.to_dict("records")
    assert row == {name: int(name in (ALL, column)) for name in COLUMNS}


def test_an_entry_is_there_from_its_coming_up_to_its_leaving():
    result = entries((0, 10, 20))
    assert [len(result.shape(time * MINUTE)) for time in (9, 10, 19, 20)] == [0, 1, 1, 0]


def test_the_fullest_queue_is_on_top_and_empty_ones_are_left_out():
    queues = ("HUB01->b.example", "HUB01->a.example", "HUB01.mailbox")
    result = entries((0, 0, 9), (1, 0, 9), (2, 0, 1), (0, 1, 9), queues=queues)
    assert result.shape(2 * MINUTE)[ALL].to_dict() == {"HUB01->b.example": 2, "HUB01->a.example": 1}


def test_the_fullest_moment_is_the_first_with_most_in_all_queues():
    spans = (0, 0, 4), (1, 2, 6), (0, 3, 8), (1, 8, 9), (0, 8, 9), (1, 8, 9)
    assert entries(*spans, queues=("x", "y")).fullest() == 3 * MINUTE


def test_of_one_hub_its_own_queues_count():
    queues = ("HUB01->a.example", "HUB010->a.example", "HUB01.mailbox")
    hubs = ("HUB01", "HUB010", "HUB01")
    result = entries((0, 0, 9), (1, 0, 9), (2, 0, 9), queues=queues, hubs=hubs).within("HUB01")
    assert result.queues == ("HUB01->a.example", "HUB01.mailbox")
    assert result.shape(MINUTE)[ALL].sum() == 2


def test_without_mail_nothing_is_anywhere():
    nothing = Entries.of(Story().trace(10), scenario())
    assert nothing.fullest() == 0
    assert nothing.shape(0).empty


def spans(story, end):
    """The entries of a story by queue, in seconds."""
    result = Entries.of(story.trace(end), scenario())
    rows = zip(result.queue, result.enter / SECOND, result.leave / SECOND, strict=True)
    return [(result.queues[queue], enter, leave) for queue, enter, leave in rows]


def test_a_transaction_stays_through_its_retries_until_its_last_recipient_has_left():
    story = Story()
    message = story.message("app.news", ["gmail.com", "gmail.com"], 0, 1, 2)
    recipients = [story.recipient(message, index) for index in (0, 1)]
    sent = story.queued(recipients, "HUB01->gmail.com", 3)
    story.attempt(sent, 3, 4, 5, reply=LATER)
    story.ends(recipients[0], 5)
    story.attempt(sent, 65, 66, 67, attempt=1)
    story.ends(recipients[1], 67)
    assert spans(story, 100) == [("HUB01->gmail.com", 3, 67)]


def test_what_is_there_to_the_last_outlives_the_run():
    story = Story()
    message = story.message("app.news", ["gmail.com"], 0, 1, 2)
    sent = story.queued([story.recipient(message)], "HUB01->gmail.com", 3)
    story.attempt(sent, 3, -1, -1)
    (entry,) = spans(story, 10)
    assert entry[2] > 10


def test_a_transaction_that_is_handed_on_leaves_with_the_attempt_that_does_it():
    story = Story()
    message = story.message("app.news", ["gmail.com"], 0, 1, 2)
    recipient = story.recipient(message)
    first = story.queued([recipient], "HUB01->HUB02", 3)
    story.attempt(first, 3, 4, 5)
    second = story.queued([recipient], "HUB02->gmail.com", 6, parent=first)
    story.attempt(second, 6, 7, 9)
    story.ends(recipient, 9)
    assert spans(story, 10) == [("HUB01->HUB02", 3, 5), ("HUB02->gmail.com", 6, 9)]


def test_counted_domains_are_one_queue_and_the_submission_queue_is_one_too():
    story = Story()
    for number in (1, 2):
        message = story.message("app.news", [f"business-{number}.example"], 0, 1, 2)
        story.visit("HUB01.cpu", Visit.CATEGORIZE, message, 2, 3, 4)
        recipient = story.recipient(message)
        sent = story.queued([recipient], f"HUB01->business-{number}.example", 4)
        story.attempt(sent, 4, 5, 6)
        story.ends(recipient, 6, Status.BOUNCED)
    assert spans(story, 10) == [("HUB01->business", 4, 6)] * 2 + [("HUB01.submission", 2, 4)] * 2
