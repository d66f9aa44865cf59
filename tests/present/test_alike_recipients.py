"""Of very many recipients with equal events a few are shown, with one line for the others."""

import re
from pathlib import Path

from worlds.golden_sections import Golden
from worlds.golden_text import flat
from worlds.quantities import quantities

import relaysim
from relaysim.mail.dialogue import Dialogue
from relaysim.mail.reply import RECIPIENT_OK, Reply
from relaysim.measure.journey import Event
from relaysim.present.text.similar_events import folded
from relaysim.present.text.terminal import plain
from relaysim.present.text.transcript import transcript_text

SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"


def queued(recipients: tuple[int, ...], time: int, reply: str = "250 OK") -> list[Event]:
    """Recipients enter a queue of their own, and have their answer at a time of their own."""
    return [
        Event(10, "queued", recipients, where=f"HUB01->{recipients[0]}.example"),
        Event(time, "answered", recipients, reply=reply),
    ]


def by_time(*stories: list[Event]) -> list[Event]:
    return sorted((event for story in stories for event in story), key=lambda event: event.time)


def test_up_to_ten_recipients_have_events_one_by_one() -> None:
    events = [Event(0, "created"), *by_time(*(queued((i,), 20 + i) for i in range(10)))]
    assert folded(events, 10) == events


def test_of_more_recipients_three_have_events_and_one_line_stands_for_the_others(
    golden: Golden,
) -> None:
    put_off = queued((12,), 50, "450 later")
    events = by_time(*(queued((i,), 20 + i) for i in range(12)), put_off)
    *printed, line, last = folded(events, 13)
    assert printed == [
        *(queued((i,), 20 + i)[0] for i in range(3)),
        put_off[0],
        *(queued((i,), 20 + i)[1] for i in range(3)),
    ]
    assert (line.time, line.what, line.recipients) == (31, "alike", tuple(range(3, 12)))
    assert quantities(line.text) == {"3"}
    assert last == put_off[1]
    golden("transcript/alike", line.text)


def test_recipients_with_shared_events_come_first() -> None:
    many = queued(tuple(range(20, 30)), 90)
    printed = folded(by_time(*(queued((i,), 20 + i) for i in range(12)), many), 30)
    assert many[0] in printed
    assert many[1] in printed
    (line,) = (event for event in printed if event.what == "alike")
    assert line.recipients == tuple(range(2, 12))


def test_a_dialogue_about_many_recipients_is_shortened(golden: Golden) -> None:
    unknown = Reply(550, "5.1.1", "User unknown")
    dialogue = Dialogue()
    for i in range(14):
        dialogue.rcpt_to(f"r{i}@a.org", unknown if i == 13 else RECIPIENT_OK)
    lines = [Event(i, "smtp", text=str(s), step=s) for i, s in enumerate(dialogue.steps)]
    shown = folded(lines, 1)
    assert [*shown[:6], *shown[7:]] == [*lines[:6], *lines[26:]]
    assert shown[6].time == 25
    assert "10" in quantities(shown[6].text)
    assert str(RECIPIENT_OK) in shown[6].text
    golden("transcript/alike-dialogue", shown[6].text)


def test_a_transcript_keeps_every_event_and_prints_few() -> None:
    settings = ["run.scale=0.02", "hosts.crm.streams.invoices.recipients=120"]
    result = relaysim.transcript(relaysim.load(SHARED, settings), "crm.invoices:1")
    printed = plain(transcript_text(result))
    assert len(result.events) > 300
    assert len(re.findall(r"^\d\d:\d\d:\d\d", printed, re.MULTILINE)) < 120
    (alike,) = [event for event in folded(result.journey.events, 120) if event.what == "alike"]
    assert flat(alike.text) in flat(printed)
