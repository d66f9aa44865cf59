"""The life of one message in the trace: each event once, in order, and all its time."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaysim.engine.run import simulate
from relaysim.measure.journey import journey
from relaysim.measure.wait_parts import PARTS
from relaysim.present.figures.message_path import parts
from relaysim.present.text.summary import summary
from relaysim.scenario.load import load, loads
from relaysim.study.message_trace import TranscriptError, examples, numbers, transcript
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LITTLE = ["run.scale=0.05"]

STORY = r"""
name = "story"

[run]
start = 2010-03-01T08:00:00
duration = "1 h"
drain = "3 d"

[organization.domains]
"cozumpark.com" = "Authoritative"

[hubs.HUB01]
mta = "none"
cores = 1
addresses = ["192.168.168.169"]
egress = "198.51.100.10"
categorize_cost = { base = "20 ms", cv = 0.0 }
message_retry_interval = "15 min"

[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.50"]
permission_groups = ["AnonymousUsers"]
permissions = [
  { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]

[egress."198.51.100.10"]

[mailboxes]
delivery_time = "0 s"

[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"
round_trip = "1 ms"

[hosts.app.streams.mail]
sender = "app@cozumpark.com"
arrivals = { process = "campaign", at = "10 s", messages = 2, rate = "1/s" }
size = "1 KB"
to = { sink = 1.0 }
deadline = "1 min"

[destinations.sink]
profile = "none"
domains = ["example.org"]
connect_time = "1 s"
response_time = "2 s"
"""


def story(*changes: tuple[str, str]):
    text = STORY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return loads(text)


def told(found):
    """Event, where, seconds since creation (to the microsecond), reply."""
    return [
        (row["what"], row["where"], round(row["since_creation"], 6), row["text"] or row["reply"])
        for row in found.events.to_dict("records")
    ]


def test_a_delivered_message_has_events_from_creation_to_mailbox():
    result = transcript(story(), "app.mail:0")
    assert told(result) == [
        ("created", "app", 0.0, ""),
        ("session", "HUB01/relay", 0.0, ""),
        ("smtp", "", 0.001, "S: 220 HUB01 Microsoft ESMTP MAIL Service ready at Mon, 01 Mar 2010 08:00:10"),
        ("smtp", "", 0.001, "C: EHLO app"),
        ("smtp", "", 0.002, "S: 250-HUB01 Hello [192.168.168.50]"),
        ("smtp", "", 0.002, "S: 250-SIZE"),
        ("smtp", "", 0.002, "S: 250-PIPELINING"),
        ("smtp", "", 0.002, "S: 250-ENHANCEDSTATUSCODES"),
        ("smtp", "", 0.002, "S: 250 8BITMIME"),
        ("smtp", "", 0.002, "C: MAIL FROM:<app@cozumpark.com> SIZE=1024"),
        ("smtp", "", 0.003, "S: 250 2.1.0 Sender OK"),
        ("smtp", "", 0.003, "C: RCPT TO:<recipient1@example.org>"),
        ("smtp", "", 0.004, "S: 250 2.1.5 Recipient OK"),
        ("smtp", "", 0.004, "C: DATA"),
        ("smtp", "", 0.005, "S: 354 Start mail input; end with <CRLF>.<CRLF>"),
        ("smtp", "", 0.005, "C: the message, 1,024 bytes"),
        ("smtp", "", 0.006, "C: ."),
        ("committed", "HUB01", 0.006, ""),
        ("acknowledged", "HUB01/relay", 0.006, "250 2.6.0 <id> Queued mail for delivery"),
        ("categorized", "HUB01", 0.026, ""),
        ("queued", "HUB01->example.org", 0.026, ""),
        ("connection", "198.51.100.10", 0.026, "opened"),
        ("answered", "198.51.100.10", 3.026, "250 2.0.0 OK"),
        ("delivered", "", 3.026, "250 2.0.0 OK"),
    ]  # fmt: skip
    (row,) = result.recipients.to_dict("records")
    assert (row["domain"], row["status"], row["lasted"]) == ("example.org", "delivered", 3.026)
    assert result.deadline == 60_000_000


def test_a_host_that_may_not_relay_is_refused_in_the_dialogue():
    result = transcript(
        story(('"Ms-Exch-SMTP-Accept-Any-Recipient"', '"Ms-Exch-SMTP-Submit"')), "mail:1"
    )
    assert told(result)[-3:] == [
        ("smtp", "", 0.003, "C: RCPT TO:<recipient1@example.org>"),
        ("smtp", "", 0.004, "S: 550 5.7.1 Unable to relay"),
        ("refused", "", 0.004, "550 5.7.1 Unable to relay"),
    ]
    assert result.message == "app.mail:1"


def test_pipelined_commands_share_a_round_trip_and_the_tarpit_comes_before_their_replies():
    result = transcript(
        story(
            ('"Ms-Exch-SMTP-Accept-Any-Recipient"', '"Ms-Exch-SMTP-Submit"'),
            (
                'permission_groups = ["AnonymousUsers"]',
                'permission_groups = ["AnonymousUsers"]\ntarpit_interval = "5 s"',
            ),
            ('kind = "none"', 'kind = "none"\npipelining = true'),
        ),
        "mail:1",
    )
    assert told(result)[-6:] == [
        ("smtp", "", 0.002, "C: MAIL FROM:<app@cozumpark.com> SIZE=1024"),
        ("smtp", "", 0.002, "C: RCPT TO:<recipient1@example.org>"),
        ("smtp", "", 0.002, "*: Tarpit for '0.00:00:05'"),
        ("smtp", "", 5.003, "S: 250 2.1.0 Sender OK"),
        ("smtp", "", 5.003, "S: 550 5.7.1 Unable to relay"),
        ("refused", "", 5.003, "550 5.7.1 Unable to relay"),
    ]


def test_a_message_that_is_put_off_says_how_often_and_its_notices_are_named():
    result = transcript(
        story(('response_time = "2 s"', 'response_time = "2 s"\ndefer = 1.0')), "app.mail:0"
    )
    attempts = [row for row in told(result) if row[0] == "answered"]
    assert len(attempts) > 100
    assert {row[3][:3] for row in attempts} == {"451"}
    gaps = np.diff([row[2] for row in attempts])
    assert gaps.min() > 900.0
    notices = [row[:3] for row in told(result) if row[0] in ("NDR", "delay notice")]
    assert notices[0][:2] == ("delay notice", "HUB01.dsn:0")
    assert notices[-1][0] == "NDR"
    assert told(result)[-1][0] == "expired"
    ndr = transcript(result.scenario, notices[-1][1])
    assert ndr.journey.parent == "app.mail:0"
    assert ndr.deadline is None


def test_a_connection_that_fails_is_no_answer_of_the_receiver():
    setting = 'response_time = "2 s"'
    result = transcript(story((setting, f"{setting}\nconnect_failure = 1.0")), "app.mail:0")
    words = " ".join(summary(result).split())
    assert "the connection fails: 421 4.2.1 Unable to connect" in words
    assert "the receiver answers" not in words


def test_a_hub_that_is_down_leaves_no_dialogue():
    result = transcript(
        story(
            (
                "[destinations.sink]",
                '[[events]]\nat = "0 s"\nstop = { hub = "HUB01", for = "1 h" }\n\n[destinations.sink]',
            )
        ),
        "app.mail:0",
    )
    assert [row[0] for row in told(result)] == ["created", "abandoned"]
    assert result.complete
    assert result.recipients["status"].tolist() == ["abandoned"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("app.mail", '"app.mail" names no message: write STREAM:N, such as crm.invoices:17'),
        ("app.mial:0", 'known are app.mail, HUB01.dsn; did you mean "app.mail"?'),
        (
            "app.mail:2",
            "app.mail:2 does not exist: replication 0 has 2 messages of app.mail (numbers 0 to 1)",
        ),
        ("dsn:0", "replication 0 has 0 messages of dsn (none)"),
    ],
)
def test_a_message_that_does_not_exist(message, text):
    with pytest.raises(TranscriptError) as error:
        transcript(story(), message)
    assert text in str(error.value)


def test_recipients_are_numbered_from_one_in_spans():
    assert numbers([0, 2, 3, 4, 8]) == "1, 3-5, 9"


def test_examples_name_messages_that_can_be_traced():
    scenario = load(SCENARIOS / "shared-hub.toml", LITTLE)
    result = examples(scenario)
    first = result.loc[result["why"].str.split(", ").str[0] == "the first", "message"]
    assert (first == result["message"].str.partition(":")[0].unique() + ":0").all()
    slowest = result.loc[result["why"].str.contains("the slowest"), "message"].iloc[0]
    assert (transcript(scenario, slowest).recipients["status"] == "delivered").any()


TRACES = {
    name: simulate(scenario, draw(scenario, 0, 1))
    for name in ("shared-hub-default-ack", "listing-day", "fresh-hub")
    if (scenario := load(SCENARIOS / f"{name}.toml", LITTLE))
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TRACES)), st.floats(0.0, 1.0, exclude_max=True))
def test_time_never_goes_back_and_all_of_it_is_accounted_for(name, place):
    trace = TRACES[name]
    result = journey(trace, int(place * len(trace.messages)))
    times = [event.time for event in result.events]
    assert times == sorted(times)
    assert times[0] >= result.created
    for recipient in result.recipients:
        assert set(recipient.waits) == set(PARTS)
        assert recipient.lasted == recipient.end - result.created
        assert min(recipient.waits.values()) >= 0


@pytest.mark.parametrize(
    "message", ["crm.invoices:1", "users.correspondence:5", "sharepoint.alerts:3"]
)
def test_the_stages_of_the_time_line_follow_each_other_without_a_gap(message):
    result = transcript(load(SCENARIOS / "listing-day.toml", LITTLE), message)
    for recipient in result.journey.recipients:
        stages = list(parts(result, recipient.number))
        assert stages[0].start == 0
        assert stages[-1].end == recipient.lasted
        assert all(a.end == b.start for a, b in itertools.pairwise(stages))


def test_a_session_behind_a_load_balancer_names_it() -> None:
    behind = SCENARIOS / "today" / "behind-a-load-balancer.toml"
    text = summary(transcript(load(behind, ["run.scale=0.01"]), "erp.invoices:1"))
    assert "erp gets a session at HUB01/externalrelay (load balancer front)" in " ".join(
        text.split()
    )
    assert "load balancer" not in summary(
        transcript(load(behind.parent / "exchange-se.toml", ["run.scale=0.01"]), "erp.invoices:1")
    )
