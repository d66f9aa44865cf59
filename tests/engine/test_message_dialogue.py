"""The dialogue of `trace`: its times are those of the run, and do not depend on any text."""

import codecs
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from worlds.small_world import SECOND_HUB, Mail, tables

from relaysim.mail import dialogue, reply
from relaysim.mail.dialogue import Cause, Speaker, Step, Verb
from relaysim.mail.reply import Reply
from relaysim.measure.journey import Event
from relaysim.present.text.terminal import plain
from relaysim.present.text.transcript import transcript_text
from relaysim.scenario.load import from_mapping
from relaysim.study import message_trace as study
from relaysim.study.message_trace import Transcript
from relaysim.study.replicate import trace_of
from relaysim.trace.tables import Status

KB = 1024
SLOW = """
[hosts.app]
round_trip = "1 s"
bandwidth = "8.192 kbit/s"
"""
LOGIN = """
[hubs.HUB01.receive_connectors.relay]
auth_mechanism = ["Tls", "BasicAuth"]
permission_groups = ["AnonymousUsers", "ExchangeUsers"]
[hosts.app]
account = "app@cozumpark.com"
port = 25
"""
NOT_OFFERED = """
[hosts.app]
account = "app@cozumpark.com"
port = 25
"""
TARPIT = """
[hubs.HUB01.receive_connectors.relay]
permissions = []
tarpit_interval = "5 s"
[hosts.app.streams.load]
to = { sink = 0.5, internal = 0.5 }
"""
PIPELINING = "[hosts.app]\npipelining = true"
COSTS = """
[hubs.HUB01]
receive_cost = { base = "20 ms", cv = 0.5 }
queue_database_batch_timeout = "100 ms"
queue_database_batch_size = 10
commit_write = "10 ms"
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "30 s"
"""
PRESSURE = """
[hubs.HUB01]
mta = "exchange-2010"
receive_cost = "0 s"
categorize_cost = "0 s"
send_cost = "0 s"
queue_database_batch_timeout = "0 s"
commit_write = "0 s"
[hubs.HUB01.back_pressure]
version_bucket_size = "1 KB"
[hubs.HUB01.receive_connectors.relay]
tarpit_interval = "0 s"
[hosts.big]
kind = "none"
address = "192.168.168.51"
server = "192.168.168.169"
bandwidth = "8.192 kbit/s"
"""
HAND_OVER = """
[hubs.HUB02]
receive_cost = "30 ms"
[send_connectors.internet]
source_transport_servers = ["HUB02"]
"""
RETRY = '[hosts.app]\non_failure = { retry_every = "5 min", give_up_after = "1 d" }'

SOME: Mail = {"app.load": [0, (1, 3), 2.5, (60, 2, 9 * KB), (60, 15), 61]}


class World(NamedTuple):
    """A small world, and the mail of its hosts."""

    changes: tuple[str, ...]
    mail: Mail = SOME


WORLDS = {
    "plain": World((SLOW,)),
    "TLS and login": World((SLOW, LOGIN)),
    "a login that is not offered": World((SLOW, NOT_OFFERED)),
    "tarpit": World((SLOW, TARPIT)),
    "pipelining": World((SLOW, PIPELINING)),
    "pipelining and tarpit": World((SLOW, PIPELINING, TARPIT)),
    "costs": World((SLOW, COSTS)),
    "hand over": World((SLOW, SECOND_HUB, HAND_OVER)),
    "back pressure": World(
        (SLOW, PRESSURE), {"big.load": [(0, 1, 130 * KB)], "app.load": [1, 3, (3.5, 2), 20, 140]}
    ),
    "back pressure and pipelining": World(
        (SLOW, PRESSURE, PIPELINING), {"big.load": [(0, 1, 130 * KB)], "app.load": [3, (3.5, 4)]}
    ),
}


Transcripts = Callable[..., list[Transcript]]


@pytest.fixture
def transcripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Transcripts:
    """Run a small world and return the transcript of each message of the hosts."""

    runs = count()

    def of_world(*changes: str, mail: Mail) -> list[Transcript]:
        # The plan of an equal scenario is kept, with its replies: each run has its own title.
        title = f'title = "{next(runs)}"'
        scenario = from_mapping(tables(title, *changes, mail=mail, folder=tmp_path), "story")
        trace = trace_of(scenario, 0, 1)
        monkeypatch.setattr(study, "trace_of", lambda *_: trace)
        return [study.transcript(scenario, f"{s}:{n}") for s in mail for n in range(len(mail[s]))]

    return of_world


def dialogue_of(transcript: Transcript) -> list[tuple[float, Speaker, Verb]]:
    """The steps of a dialogue with their times in seconds since the message was created."""
    return [
        ((event.time - transcript.journey.created) / 1e6, event.step.speaker, event.step.verb)
        for event in transcript.journey.events
        if event.step is not None
    ]


def content_ends(transcript: Transcript) -> list[int]:
    return [
        event.time
        for event in transcript.journey.events
        if event.step is not None and event.step.verb is Verb.END
    ]


@pytest.mark.parametrize("name", WORLDS)
def test_every_dialogue_is_known_and_ends_when_the_hub_has_the_content(
    name: str, transcripts: Transcripts
) -> None:
    """Without costs a hub owns a message at once; what it refuses ends with the last reply."""
    changes, mail = WORLDS[name]
    run = transcripts(*changes, mail=mail)
    for transcript in run:
        assert transcript.complete
        ends = content_ends(transcript)
        if not ends:
            times = [event.time for event in transcript.journey.events if event.step]
            assert {recipient.status for recipient in transcript.journey.recipients} == {
                Status.REFUSED
            }
            assert {recipient.end for recipient in transcript.journey.recipients} == {times[-1]}
            continue
        work = [e for e in transcript.journey.events if e.what in ("received", "committed")]
        assert work[0].time - max(work[0].lasted, 0) - max(work[0].waited, 0) == ends[0]


@pytest.fixture
def reword(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give every line of the dialogue module and every SMTP reply other words."""

    def step(speaker: Speaker, verb: Verb, text: str, *rest: object, **more: object) -> Step:
        other = codecs.encode(text, "rot13")
        assert other != text or not any(letter.isalpha() for letter in text)
        return Step(speaker, verb, other, *rest, **more)  # type: ignore[arg-type]

    def run() -> None:
        monkeypatch.setattr(dialogue, "Step", step)
        for name, value in vars(reply).copy().items():
            if isinstance(value, Reply):
                other = Reply(value.code, value.enhanced, f"other words {value.text}")
                monkeypatch.setattr(reply, name, other)

    return run


def without_words(transcript: Transcript) -> list[object]:
    """All of a transcript but texts and replies."""

    def content(event: Event) -> object:
        step = event.step and (event.step.speaker, event.step.verb, event.step.cause)
        return (*event[:3], event.where, event.waited, event.lasted, step)

    return [content(event) for event in transcript.journey.events]


def printed_times(transcript: Transcript) -> list[str]:
    """The printed lines of a transcript, each up to its text."""
    lines = plain(transcript_text(transcript)).partition("Final status")[0].splitlines()
    return [line[:24] for line in lines if line[:2].isdigit() and line[2] == ":"]


@pytest.mark.parametrize("name", WORLDS)
def test_other_words_change_no_time_and_no_event(
    name: str, reword: Callable[[], None], transcripts: Transcripts
) -> None:
    changes, mail = WORLDS[name]
    before = transcripts(*changes, mail=mail)
    reword()
    after = transcripts(*changes, mail=mail)
    texts = [[e.text for t in run for e in t.journey.events if e.step] for run in (before, after)]
    assert len(texts[0]) == len(texts[1])
    same = {a for a, b in zip(*texts, strict=True) if a == b}
    assert same == {"C: ."}  # RFC 5321 knows no other end of the content
    for old, new in zip(before, after, strict=True):
        assert without_words(old) == without_words(new)
        assert printed_times(old) == printed_times(new)
        assert len(printed_times(old)) > 10


def test_back_pressure_stands_before_the_reply_to_mail_from(
    transcripts: Transcripts,
) -> None:
    """The poll at 2 s finds 130 buckets, and the one at 4 s too: delays of 10 s and 15 s.

    A session takes 2 s to set up; MAIL FROM follows at 1.5 + 2 = 3.5 s and at 3 + 2 = 5 s.
    """
    mail: Mail = {"big.load": [(0, 1, 130 * KB)], "app.load": [1.5, 3]}
    run = transcripts("[hosts.app]\nround_trip = '1 s'", PRESSURE, mail=mail)
    by_name = {each.message: each for each in run}
    delays = {
        name: [(e.time, e.lasted) for e in each.journey.events if e.step and e.lasted > 0]
        for name, each in by_name.items()
    }
    assert delays == {
        "app.load:0": [(3_500_000, 10_000_000)],
        "app.load:1": [(5_000_000, 15_000_000)],
        "big.load:0": [],
    }
    assert dialogue_of(by_name["app.load:0"])[6:10] == [
        (2.0, Speaker.SERVER, Verb.EHLO),
        (2.0, Speaker.CLIENT, Verb.MAIL),
        (2.0, Speaker.LOG, Verb.MAIL),
        (13.0, Speaker.SERVER, Verb.MAIL),
    ]


def test_no_back_pressure_is_shown_that_did_not_happen(transcripts: Transcripts) -> None:
    """The second hub receives the message later, which is no delay of the first."""
    run = transcripts(SLOW, SECOND_HUB, HAND_OVER, mail=SOME)
    for transcript in run:
        assert [e.where for e in transcript.journey.events if e.what == "received"] == ["HUB02"]
        causes = {event.step.cause for event in transcript.journey.events if event.step}
        assert causes == {None, Cause.TRANSFER}


def test_the_dialogue_of_a_message_that_waits_to_be_sent_again_is_not_known(
    transcripts: Transcripts,
) -> None:
    """The hub refuses MAIL FROM, the host would submit again after the end of the run."""
    full = "[hubs.HUB01]\nmta = 'exchange-2007'\n[run]\nduration = '1 min'\ndrain = '0 s'"
    outside = "[hosts.app.streams.load]\nsender = 'news@example.net'"
    mail: Mail = {"big.load": [(0, 1, 130 * KB)], "app.load": [3]}
    run = transcripts(PRESSURE, full, RETRY, outside, mail=mail)
    transcript = next(each for each in run if each.message == "app.load:0")
    assert transcript.journey.reply == str(reply.INSUFFICIENT_RESOURCES)
    assert [recipient.status.name for recipient in transcript.journey.recipients] == ["IN_FLIGHT"]
    assert not transcript.complete
    assert dialogue_of(transcript) == []


def test_a_dialogue_is_shown_up_to_the_end_of_the_run(transcripts: Transcripts) -> None:
    short = "[run]\nduration = '10 s'\ndrain = '0 s'"
    run = transcripts(SLOW, short, mail={"app.load": [(5, 3)]})
    (transcript,) = run
    assert transcript.complete
    assert dialogue_of(transcript)[-3:] == [
        (4.0, Speaker.CLIENT, Verb.RCPT),
        (5.0, Speaker.SERVER, Verb.RCPT),
        (5.0, Speaker.CLIENT, Verb.RCPT),
    ]


def test_recipients_in_several_transactions_have_no_dialogue(
    transcripts: Transcripts,
) -> None:
    limit = "[hubs.HUB01.receive_connectors.relay]\nmax_recipients_per_message = 2"
    run = transcripts(SLOW, limit, mail={"app.load": [(0, 3)]})
    (transcript,) = run
    assert not transcript.complete
