"""A sound trace breaks no invariant, and each invariant finds the fault it is there for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from worlds.trace_story import LATER, REFUSAL, Story, scenario

from relaysim.trace.invariants import INVARIANTS, check
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Level, Status, Visit
from relaysim.traffic.workload import Draws


def sound(spoil: Callable[[Story], None] | None = None) -> Story:
    """Three messages: delivered inside, handed to HUB02 for Gmail with a retry and a DSN, refused.

    A fault is put in at the end.
    """
    story = Story()
    first = story.message("app.alerts", ["cozumpark.com"], 0, connected=0, committed=5)
    second = story.message("app.alerts", ["gmail.com"], 0.5, connected=0.5, committed=5)
    third = story.message("app.news", ["gmail.com"], 3, connected=3, reply=REFUSAL)
    for message in (first, second):
        story.visit("HUB01/relay", Visit.SESSION, message, 0.5 * message, 0.5 * message, 5)
        story.visit("HUB01.cpu", Visit.RECEIVE, message, 1, 1, 2 + message)
        story.visit("HUB01.commit", Visit.COMMIT, message, 2 + message, 3, 5)
        story.visit("HUB01.cpu", Visit.CATEGORIZE, message, 5, 5, 6)
    story.ends(story.recipient(third), 4, Status.REFUSED, REFUSAL)
    inside = story.queued([0], "HUB01.mailbox", at=6)
    over = story.queued([1], "HUB01->HUB02", at=6)
    story.attempt(inside, enter=6, start=6, end=8)
    story.ends(0, 8)
    story.attempt(over, enter=6, start=6, end=7)
    out = story.queued([1], "HUB02->gmail.com", at=7, parent=over)
    story.level(Level.QUEUE_RETRY, 5, 9, 1)
    story.attempt(out, enter=7, start=7, end=9, reply=LATER)
    story.level(Level.QUEUE_RETRY, 5, 69, 0)
    story.attempt(out, enter=9, start=68, end=70, attempt=1)
    story.visit("main.line", Visit.LINE, out, 69, 69, 70, attempt=1)
    story.listing("203.0.113.25", 7, 30)
    story.ends(1, 70, Status.BOUNCED)
    notice = story.message(
        "HUB02.dsn", ["cozumpark.com"], 70, connected=70, committed=70, hub="HUB02", parent=1
    )
    story.ends(story.recipient(notice), 71, Status.BOUNCED)
    if spoil is not None:
        spoil(story)
    return story


def found(story: Story, end: float = 71, draws: Draws | None = None) -> list[tuple[str, str]]:
    """What is broken: the invariant and the text."""
    trace = story.trace(end)
    return [(v.invariant, v.text) for v in check(trace, draws or story.draws(), scenario())]


def test_a_sound_trace_breaks_none() -> None:
    assert found(sound()) == []


def put(table: str, row: int, **values: float) -> Callable[[Story], None]:
    """Another value in a row; times in seconds."""

    def spoil(story: Story) -> None:
        rows = story.tables[table]
        for column, value in values.items():
            rows.flat[row * len(rows.columns) + rows.columns.index(column)] = int(value)

    return spoil


S = 1_000_000


def busy_line(story: Story) -> None:
    story.visit("main.line", Visit.LINE, 2, 69, 69.5, 70, attempt=1)


def idle_core(story: Story) -> None:
    """A message waits for a second in which one of two cores is free."""
    story.visit("HUB01.cpu", Visit.RECEIVE, 2, 3, 4, 4)


def late_batch(story: Story) -> None:
    """The batch was due 1 s after it was opened; the writer was free and began after 2 s."""
    story.visit("HUB01.commit", Visit.COMMIT, 2, 20, 22, 23)


def full_batch(story: Story) -> None:
    """Two messages fill the batch; the writer was free and waited on."""
    story.visit("HUB01.commit", Visit.COMMIT, 2, 20, 20.5, 21)
    story.visit("HUB01.commit", Visit.COMMIT, 2, 20, 20.5, 21)


def in_spite_of_listing(story: Story) -> None:
    """The IP is listed from 60 s to 80 s; the delivery at 68 to 70 s goes through all the same."""
    story.listing("203.0.113.25", 60, 80)
    story.lookup("gmail.com", 68, 968, listed=True, egress="203.0.113.25")
    story.ends(1, 70, Status.DELIVERED)


def wrong_answer(story: Story) -> None:
    """The IP is on the list, and the answer to the domain says that it is not."""
    story.lookup("gmail.com", 20, 920, listed=False, egress="203.0.113.25")


def attempt_after_status(story: Story) -> None:
    story.attempt(0, enter=8.5, start=9, end=10, attempt=1)


def forgotten(story: Story) -> None:
    """A message that expires after two days still waits on the third."""
    message = story.message("app.news", ["gmail.com"], 60, connected=60, committed=60)
    story.queued([story.recipient(message)], "HUB01->gmail.com", at=60)


@pytest.mark.parametrize(
    ("spoil", "invariant", "text"),
    [
        (put("recipients", 0, status=9), "INV-1", "recipients: 1 no such final status: row 0"),
        (put("recipients", 0, end=-1), "INV-1", "recipients: 1 final status without end: row 0"),
        (put("recipients", 0, domain=3), "INV-1", "recipients: 1 not as drawn: row 0"),
        (put("recipients", 0, transaction=-1), "INV-1", "recipients: 1 delivered without a queue"),
        (
            put("messages", 1, committed=-1),
            "INV-1",
            "recipients: 1 a final status of a hub that never had it",
        ),
        (
            put("messages", 3, parent=-1),
            "INV-1",
            "messages: 1 neither drawn nor caused by another: row 3",
        ),
        (
            put("recipients", 1, status=Status.REFUSED),
            "INV-1",
            "recipients: 1 refused, yet queued: row 1",
        ),
        (put("messages", 1, connected=6 * S), "INV-2", "messages: 1 created, connected, committed"),
        (put("attempts", 3, enter=8 * S), "INV-2", "attempts: 1 before the last ended: row 3"),
        (put("attempts", 2, enter=6 * S), "INV-2", "attempts: 1 ready before it was queued: row 2"),
        (put("visits", 1, start=4 * S), "INV-2", "visits: 1 enter, start, end out of order: row 1"),
        (
            put("recipients", 0, end=5 * S),
            "INV-2",
            "recipients: 1 ended before it was queued: row 0",
        ),
        (put("transactions", 2, queued=5 * S), "INV-2", "transactions: 1 queued before its parent"),
        (
            put("recipients", 1, end=72 * S),
            "INV-3",
            "recipients: 1 end after the end of the run: row 1",
        ),
        (put("levels", 1, time=8 * S), "INV-3", "levels: 1 time before that of the row above"),
        (busy_line, "INV-4", "main.line: 2 in service at 69500000, capacity 1"),
        (idle_core, "INV-5", "HUB01.cpu: idle beside waiting work at 3000000"),
        (late_batch, "INV-5", "HUB01.commit: 1 the batch was due: row 9"),
        (full_batch, "INV-5", "HUB01.commit: idle beside waiting work at 20000000"),
        (in_spite_of_listing, "INV-8", "transactions row 2: delivered without a clean answer"),
        (wrong_answer, "INV-8", 'lookups row 0: answered "not listed"'),
        (put("attempts", 3, attempt=2), "INV-11", "attempts: 1 not numbered from 0 without gaps"),
        (
            attempt_after_status,
            "INV-11",
            "attempts: 1 after the final status of all its recipients: row 4",
        ),
    ],
)
def test_each_invariant_finds_its_fault(
    spoil: Callable[[Story], None], invariant: str, text: str
) -> None:
    faults = found(sound(spoil), draws=sound().draws())
    assert [(name, sentence[: len(text)]) for name, sentence in faults if name == invariant] == [
        (invariant, text)
    ]


def test_what_was_not_drawn_or_is_missing_breaks_the_first_invariant() -> None:
    story = sound()
    draws = story.draws()
    shorter = Story().trace(71)
    assert [v.text for v in check(shorter, draws, scenario()) if v.invariant == "INV-1"] == [
        "3 recipients of 3 messages drawn: 0 of 0"
    ]


def test_a_message_that_waits_longer_than_it_may_breaks_the_eleventh() -> None:
    story = Story()
    forgotten(story)
    two_days = 2 * 86_400
    assert found(story, end=60 + two_days) == []
    assert [name for name, _ in found(story, end=61 + two_days)] == ["INV-11"]


@pytest.mark.parametrize(
    ("queue", "broken"), [("HUB01->HUB02", []), ("HUB01->gmail.com", ["INV-11"])]
)
def test_the_timeout_of_a_hub_ends_with_the_250_of_the_next_hub_alone(
    queue: str, broken: list[str]
) -> None:
    """A destination may take some recipients and defer others, which the hub keeps."""
    story = Story()
    message = story.message("app.news", ["gmail.com"], 60, connected=60, committed=60)
    transaction = story.queued([story.recipient(message)], queue, at=60)
    story.attempt(transaction, enter=60, start=60, end=61)
    faults = found(story, end=61 + 2 * 86_400)
    assert [name for name, _ in faults if name == "INV-11"] == broken


def test_a_stopped_hub_may_be_idle_beside_work() -> None:
    story = sound(idle_core)
    story.tables["levels"] = Story().tables["levels"]
    story.level(Level.HUB_DOWN, 0, 3, 1)
    story.level(Level.HUB_DOWN, 0, 4, 0)
    assert found(story) == []


def test_a_domain_that_only_looks_at_the_greeting_may_take_mail_on_a_connection_from_before() -> (
    None
):
    def listed(opened: int) -> list[str]:
        story = sound(in_spite_of_listing)
        put("attempts", 3, opened=opened)(story)
        at_the_greeting = replace(story.draws(), stage=np.zeros(4, np.int8))
        broken = check(story.trace(71), at_the_greeting, scenario())
        return [violation.invariant for violation in broken]

    assert listed(opened=0) == []
    assert listed(opened=1) == ["INV-8"]


def test_littles_identity_is_checked_at_every_station_and_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No trace can break it as long as the measures are right: so the measure is made wrong."""
    story = sound()
    trace = story.trace(71)
    assert INVARIANTS["INV-7"](trace, story.draws(), scenario()) == []
    monkeypatch.setattr(StepFunction, "area", lambda steps, time: time * 0)
    broken = INVARIANTS["INV-7"](trace, story.draws(), scenario())
    assert [text.partition(":")[0] for text in broken] == ["HUB01.commit", "HUB02->gmail.com"]
