"""The steps of an SMTP dialogue, and that the timing of the engine is their sum."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.mail_examples import INTERNAL, SHAREPOINT, Receive

from relaysim.mail import reply
from relaysim.mail.address import IpAddress
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.dialogue import Cause, Dialogue, Speaker, Step, Verb, steps_with_times
from relaysim.mail.receive_verdict import error_delay
from relaysim.mail.reply import Reply
from relaysim.mail.session_access import identify, logs_in
from relaysim.mail.session_time import mailbox_timing, timing

TLS, BASIC = AuthMechanism.TLS, AuthMechanism.BASIC_AUTH
PLAIN = Receive("relay", auth_mechanism=())


@dataclass(frozen=True)
class Machine:
    """A host that submits."""

    address: IpAddress = SHAREPOINT
    account: str | None = None
    round_trip: int = 1_000
    pipelining: bool = False
    bandwidth: int | None = None


def session(host: Machine, connector: Receive) -> Dialogue:
    """A dialogue with the tarpit of the session."""
    principal = identify(connector, logs_in(connector, host.account))
    return Dialogue(error_delay(connector, principal), host.pipelining)


def spent(dialogue: Dialogue, first: Verb, last: Verb, round_trip: int) -> int:
    """The time of the steps from one command to another, microseconds."""
    steps = [step for step in dialogue.steps if first <= step.verb <= last]
    return sum(step.round_trips * round_trip + step.pause for step in steps)


def opened(dialogue: Dialogue, host: Machine, connector: Receive) -> None:
    dialogue.connect(reply.BANNER)
    dialogue.hello("app", host.address, "HUB01", connector)
    if logs_in(connector, host.account):
        dialogue.login("app", reply.AUTHENTICATED)


hosts = st.builds(
    Machine,
    account=st.sampled_from([None, "app@cozumpark.com"]),
    round_trip=st.integers(0, 10**6),
    pipelining=st.booleans(),
    bandwidth=st.none() | st.integers(8_000, 10**9),
)
connectors = st.builds(
    Receive,
    st.just("relay"),
    auth_mechanism=st.sets(st.sampled_from([TLS, BASIC, AuthMechanism.INTEGRATED])).map(tuple),
    tarpit_interval=st.integers(0, 10**8),
)


@given(hosts, connectors)
def test_the_opening_time_is_the_sum_of_the_steps_before_mail_from(
    host: Machine, connector: Receive
) -> None:
    dialogue = session(host, connector)
    opened(dialogue, host, connector)
    assert timing(host, connector).opening_time == spent(
        dialogue, Verb.CONNECT, Verb.AUTH, host.round_trip
    )


@settings(max_examples=500)
@given(hosts, connectors, st.lists(st.booleans(), min_size=1, max_size=30), st.data())
def test_the_time_of_a_message_is_the_sum_of_the_steps_from_mail_from_to_the_end_of_the_content(
    host: Machine, connector: Receive, accepted: list[bool], data: st.DataObject
) -> None:
    """Recipients above MaxRecipientsPerMessage go in further transactions of the session."""
    size, limit = data.draw(st.integers(0, 10**8)), data.draw(st.integers(1, 30))
    dialogue = session(host, connector)
    opened(dialogue, host, connector)
    taken = 0
    for number, success in enumerate(accepted):
        if number == 0 or (success and taken and taken % limit == 0):
            if number:
                dialogue.data(size, host.bandwidth)
            dialogue.mail_from("app@cozumpark.com", size, reply.SENDER_OK)
        answer = reply.RECIPIENT_OK if success else reply.UNABLE_TO_RELAY
        dialogue.rcpt_to("a@example.org", answer)
        taken += success
    if taken:
        dialogue.data(size, host.bandwidth)
    dialogue.quit()
    refused = len(accepted) - taken
    expected = timing(host, connector).submission(len(accepted), refused, -(-taken // limit), size)
    assert expected == spent(dialogue, Verb.MAIL, Verb.END, host.round_trip)


@given(hosts, connectors, st.integers(1, 30), st.sampled_from([530, 452, 421]))
def test_the_time_of_a_refused_sender_is_the_sum_of_the_steps(
    host: Machine, connector: Receive, recipients: int, code: int
) -> None:
    """421 closes the session, so the commands behind MAIL FROM get no reply."""
    dialogue = session(host, connector)
    dialogue.mail_from("app@cozumpark.com", None, Reply(code, "", "no"))
    if host.pipelining and code != 421:
        for _ in range(recipients):
            dialogue.rcpt_to("a@example.org", reply.NO_MAIL_COMMAND)
    dialogue.quit()
    expected = timing(host, connector).refusal(recipients, closes=code == 421)
    assert expected == spent(dialogue, Verb.MAIL, Verb.END, host.round_trip)


@given(hosts, connectors, st.integers(1, 20), st.integers(0, 10**7))
def test_the_mean_of_equal_messages_is_the_time_of_each(
    host: Machine, connector: Receive, recipients: int, size: int
) -> None:
    of_host = timing(host, connector)
    exact = of_host.opening_time + of_host.submission(recipients, 0, 1, size)
    assert of_host.mean(size, recipients, 1) == pytest.approx(exact / 1e6, abs=1e-6)


@pytest.mark.parametrize(
    ("host", "connector", "expected"),
    [
        (Machine(), PLAIN, (2, 1, 1, 2)),
        (Machine(pipelining=True), PLAIN, (2, 1, 0, 2)),
        (Machine(), Receive("relay"), (6, 1, 1, 2)),
        (Machine(account="app"), Receive("relay", auth_mechanism=(BASIC,)), (4, 1, 1, 2)),
        (Machine(account="app"), Receive("relay", auth_mechanism=(TLS, BASIC)), (8, 1, 1, 2)),
        (Machine(account="app"), PLAIN, (2, 1, 1, 2)),
    ],
)
def test_round_trips(
    host: Machine, connector: Receive, expected: tuple[int, int, int, int]
) -> None:
    """Counted from RFC 5321, 3207, 5246, 4954 and 2920; without AUTH in EHLO nobody logs in."""
    result = timing(host, connector)
    assert (result.opening, result.mail, result.recipient, result.content) == expected


def test_only_anonymous_sessions_have_a_tarpit() -> None:
    login = replace(PLAIN, auth_mechanism=(BASIC,))
    assert timing(Machine(), login).error_delay == 5_000_000
    assert timing(Machine(account="app"), login).error_delay == 0
    assert timing(Machine(account="app"), PLAIN).error_delay == 5_000_000


def test_the_mailbox_server_takes_two_round_trips_a_message() -> None:
    result = timing(Machine(bandwidth=8_000), None)
    assert result == mailbox_timing(1_000, 8_000)
    assert result.submission(0, 0, 1, 1_000) == 1_002_000
    assert result.mean(1_000, 3, 1) == pytest.approx(1.002)


def test_replies_stand_at_the_end_of_their_step_and_other_lines_at_the_beginning() -> None:
    dialogue = Dialogue(5_000_000)
    dialogue.mail_from("<>", 3_000, reply.SENDER_OK, delay=10_000_000)
    dialogue.rcpt_to("a@example.org", reply.UNABLE_TO_RELAY)
    dialogue.rcpt_to("b@example.org", reply.RECIPIENT_OK)
    dialogue.data(3_000, 8_000)
    assert [
        (time, step.speaker, step.verb) for time, step in steps_with_times(dialogue.steps, 7, 1_000)
    ] == [
        (7, Speaker.CLIENT, Verb.MAIL),
        (7, Speaker.LOG, Verb.MAIL),
        (10_001_007, Speaker.SERVER, Verb.MAIL),
        (10_001_007, Speaker.CLIENT, Verb.RCPT),
        (10_001_007, Speaker.LOG, Verb.RCPT),
        (15_002_007, Speaker.SERVER, Verb.RCPT),
        (15_002_007, Speaker.CLIENT, Verb.RCPT),
        (15_003_007, Speaker.SERVER, Verb.RCPT),
        (15_003_007, Speaker.CLIENT, Verb.DATA),
        (15_004_007, Speaker.SERVER, Verb.DATA),
        (15_004_007, Speaker.CLIENT, Verb.CONTENT),
        (18_005_007, Speaker.CLIENT, Verb.END),
        (18_005_007, Speaker.SERVER, Verb.ACKNOWLEDGE),
    ]
    assert {step.cause: step.pause for step in dialogue.steps} == {
        None: 0,
        Cause.BACK_PRESSURE: 10_000_000,
        Cause.TARPIT: 5_000_000,
        Cause.TRANSFER: 3_000_000,
        Cause.ACKNOWLEDGEMENT: 0,
    }


def test_a_hub_logs_in_at_another_hub() -> None:
    dialogue = Dialogue()
    dialogue.hello("HUB02", INTERNAL, "HUB01", None)
    dialogue.login_of_hub(reply.AUTHENTICATED)
    assert [str(step) for step in dialogue.steps] == [
        "C: EHLO HUB02",
        "S: 250 HUB01 Hello [192.168.168.170]",
        "C: AUTH as an Exchange server",
        "S: 235 2.7.0 Authentication successful",
    ]
    refused = Dialogue()
    refused.login_of_hub(reply.NO_EXCHANGE_AUTHENTICATION)
    assert refused.steps[-1] == Step(Speaker.LOG, Verb.AUTH, str(reply.NO_EXCHANGE_AUTHENTICATION))
