"""Why a message is taken or refused, and where it goes."""

from collections.abc import Callable
from typing import Any

import pytest
from relay_designs import DEDICATED, EXAMPLES, shared_hub

from relaysim.scenario.explain import Explanation, explain
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario

Design = Callable[..., Scenario]


def _shared_example(*overrides: str) -> Scenario:
    if not EXAMPLES.is_dir():
        pytest.skip("the shared examples are not here")
    return load(EXAMPLES / "shared-hub.toml", overrides)


@pytest.fixture(params=[shared_hub, _shared_example], ids=["inline", "example"])
def design(request: pytest.FixtureRequest) -> Design:
    """The shared hub as it stands in these tests, and the shared example."""
    found: Design = request.param
    return found


def verdicts(explanation: Explanation) -> list[tuple[str | None, str]]:
    """The connector and the reply for each recipient."""
    return [
        (attempt.connector and attempt.connector.name, str(outcome.reply))
        for attempt in explanation.attempts
        for outcome in attempt.outcomes
    ]


def test_sharepoint_reaches_a_colleague(design: Design) -> None:
    explanation = explain(design(), "sharepoint", "ali@cozumpark.com")
    assert verdicts(explanation) == [("internalrelay", "250 2.1.5 Recipient OK")]
    assert "mailbox delivery queue of HUB01" in str(explanation)


def test_and_nobody_outside(design: Design) -> None:
    explanation = explain(design(), "sharepoint", "ayse@hotmail.com")
    assert verdicts(explanation) == [("internalrelay", "550 5.7.1 Unable to relay")]


def test_the_crm_does_and_leaves_by_the_public_ip(design: Design) -> None:
    explanation = explain(design(), "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [("externalrelay", "250 2.1.5 Recipient OK")]
    assert str(explanation).endswith(
        "  ayse@hotmail.com: 250 2.1.5 Recipient OK\n"
        "    queue hotmail.com (destination outlook) of HUB01 by send connector internet,\n"
        "      leaves by 198.51.100.10"
    )


STRANGER: dict[str, Any] = {"from_address": "192.168.168.77", "server": "192.168.168.170"}
BOTH = ["ali@cozumpark.com", "ayse@hotmail.com"]


def test_an_address_that_no_list_has_is_answered_by_default(design: Design) -> None:
    explanation = explain(design(), to=BOTH, **STRANGER)
    assert verdicts(explanation) == [
        ("Default HUB01", "250 2.1.5 Recipient OK"),
        ("Default HUB01", "550 5.7.1 Unable to relay"),
    ]
    assert (
        "  specific_binding_hides_wildcard = false: another connector is bound to\n"
        "    192.168.168.170 itself and does not list the client. So Default HUB01\n"
        "    answers by its wildcard binding; with true the session ends with 421 4.3.2\n"
        "    Service not available. Which of the two Exchange does is unconfirmed.\n"
    ) in str(explanation)


def test_unless_specific_bindings_hide_it(design: Design) -> None:
    scenario = design("hubs.HUB01.specific_binding_hides_wildcard=true")
    assert str(explain(scenario, to=BOTH, **STRANGER)) == (
        "192.168.168.77 connects to 192.168.168.170 port 25.\n"
        "\n"
        "  S: 421 4.3.2 Service not available\n"
        "\n"
        "Receive connector: none\n"
        "  not Client HUB01: none of its bindings fits 192.168.168.170 port 25\n"
        "  not internalrelay: its remote IP ranges do not list 192.168.168.77\n"
        "  not externalrelay: none of its bindings fits 192.168.168.170 port 25\n"
        "  not Default HUB01: its wildcard binding is hidden by a connector bound to\n"
        "    192.168.168.170 port 25\n"
        "  specific_binding_hides_wildcard = true: another connector is bound to\n"
        "    192.168.168.170 itself and does not list the client. So the session ends\n"
        "    with 421 4.3.2 Service not available; with false Default HUB01 answers by\n"
        "    its wildcard binding. Which of the two Exchange does is unconfirmed.\n"
        "Recipients:\n"
        "  ali@cozumpark.com: 421 4.3.2 Service not available\n"
        "  ayse@hotmail.com: 421 4.3.2 Service not available"
    )


def test_the_internet_cannot_relay(design: Design) -> None:
    explanation = explain(design(), "internet", "x@gmail.com")
    assert verdicts(explanation) == [("Default HUB01", "550 5.7.1 Unable to relay")]


def test_the_whole_page(design: Design) -> None:
    assert str(explain(design(), "sharepoint", BOTH, size="20 KB")) == (
        "sharepoint (192.168.168.50) connects to 192.168.168.170 port 25 (internalrelay).\n"
        "\n"
        "  S: 220 HUB01 Microsoft ESMTP MAIL Service ready at Mon, 01 Mar 2010 08:00:00\n"
        "  C: EHLO sharepoint\n"
        "  S: 250-HUB01 Hello [192.168.168.50]\n"
        "  S: 250-SIZE 10485760\n"
        "  S: 250-PIPELINING\n"
        "  S: 250-ENHANCEDSTATUSCODES\n"
        "  S: 250-STARTTLS\n"
        "  S: 250 8BITMIME\n"
        "  C: STARTTLS\n"
        "  S: 220 2.0.0 SMTP server ready\n"
        "  *: TLS handshake, then EHLO again\n"
        "  C: MAIL FROM:<sharepoint@cozumpark.com> SIZE=20480\n"
        "  S: 250 2.1.0 Sender OK\n"
        "  C: RCPT TO:<ali@cozumpark.com>\n"
        "  S: 250 2.1.5 Recipient OK\n"
        "  C: RCPT TO:<ayse@hotmail.com>\n"
        "  *: Tarpit for '0.00:00:05'\n"
        "  S: 550 5.7.1 Unable to relay\n"
        "  C: DATA\n"
        "  S: 354 Start mail input; end with <CRLF>.<CRLF>\n"
        "  C: the message, 20,480 bytes\n"
        "  *: DelayedAck: the reply waits until the message is delivered, at most 30 s\n"
        "  S: 250 2.6.0 <message-id> Queued mail for delivery\n"
        "  C: QUIT\n"
        "  S: 221 2.0.0 Service closing transmission channel\n"
        "\n"
        "Receive connector: HUB01\\internalrelay\n"
        "  not Client HUB01: none of its bindings fits 192.168.168.170 port 25\n"
        "  not externalrelay: none of its bindings fits 192.168.168.170 port 25\n"
        "  not Default HUB01: internalrelay has the smaller remote range (1 against\n"
        "    4294967296 addresses)\n"
        "Session: NT AUTHORITY\\ANONYMOUS LOGON\n"
        "  ms-Exch-SMTP-Accept-Any-Sender                   AnonymousUsers\n"
        "  ms-Exch-Accept-Headers-Routing                   AnonymousUsers\n"
        "  ms-Exch-SMTP-Submit                              AnonymousUsers\n"
        "  ms-Exch-SMTP-Accept-Authoritative-Domain-Sender  AnonymousUsers\n"
        "  Set Session Permissions: SMTPSubmit SMTPAcceptAnySender\n"
        "    SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders\n"
        "Recipients:\n"
        "  ali@cozumpark.com: 250 2.1.5 Recipient OK\n"
        "    mailbox delivery queue of HUB01\n"
        "  ayse@hotmail.com: 550 5.7.1 Unable to relay\n"
        "    the domain is no accepted domain, and the session has no\n"
        "      ms-Exch-SMTP-Accept-Any-Recipient"
    )


def last_lines(explanation: Explanation, count: int) -> list[str]:
    return [str(line) for line in explanation.attempts[0].lines[-count:]]


def test_with_pipelining_the_tarpit_stands_before_the_reply_to_mail_from() -> None:
    """The order of a real protocol log of 2010: replies go out together, after the delay."""
    scenario = shared_hub("hosts.internet.pipelining=true")
    assert last_lines(explain(scenario, "internet", "x@gmail.com"), 7) == [
        "C: MAIL FROM:<someone@example.net> SIZE=109136",
        "C: RCPT TO:<x@gmail.com>",
        "*: Tarpit for '0.00:00:05'",
        "S: 250 2.1.0 Sender OK",
        "S: 550 5.7.1 Unable to relay",
        "C: QUIT",
        "S: 221 2.0.0 Service closing transmission channel",
    ]


def test_with_pipelining_each_recipient_of_a_refused_sender_is_refused() -> None:
    scenario = shared_hub(
        "hubs.HUB01.receive_connectors.internalrelay.permission_groups=[]",
        "hosts.sharepoint.pipelining=true",
    )
    explanation = explain(scenario, "sharepoint", "ali@cozumpark.com")
    assert last_lines(explanation, 7) == [
        "*: Tarpit for '0.00:00:05'",
        "C: RCPT TO:<ali@cozumpark.com>",
        "*: Tarpit for '0.00:00:05'",
        "S: 530 5.7.1 Client was not authenticated",
        "S: 503 5.5.2 Need mail command",
        "C: QUIT",
        "S: 221 2.0.0 Service closing transmission channel",
    ]
    assert verdicts(explanation) == [("internalrelay", "530 5.7.1 Client was not authenticated")]


def test_without_anonymous_users_the_dialogue_ends_at_mail_from() -> None:
    scenario = shared_hub("hubs.HUB01.receive_connectors.internalrelay.permission_groups=[]")
    explanation = explain(scenario, "sharepoint", "ali@cozumpark.com")
    assert last_lines(explanation, 4) == [
        "*: Tarpit for '0.00:00:05'",
        "S: 530 5.7.1 Client was not authenticated",
        "C: QUIT",
        "S: 221 2.0.0 Service closing transmission channel",
    ]
    assert str(explanation).endswith(
        "Session: NT AUTHORITY\\ANONYMOUS LOGON\n"
        "  Set Session Permissions: None\n"
        "Recipients:\n"
        "  ali@cozumpark.com: 530 5.7.1 Client was not authenticated\n"
        "    the session is anonymous and has no ms-Exch-SMTP-Submit (AnonymousUsers\n"
        "      brings it)"
    )


def test_a_message_that_is_too_large() -> None:
    explanation = explain(shared_hub(), "crm", "ayse@hotmail.com", size="20 MB")
    assert last_lines(explanation, 5)[0] == "C: MAIL FROM:<billing@cozumpark.com> SIZE=20971520"
    assert verdicts(explanation) == [
        ("externalrelay", "552 5.3.4 Message size exceeds fixed maximum message size")
    ]


def test_more_recipients_than_the_connector_takes() -> None:
    scenario = shared_hub(
        "hubs.HUB01.receive_connectors.externalrelay.max_recipients_per_message=1"
    )
    explanation = explain(scenario, "crm", ["a@hotmail.com", "b@hotmail.com"])
    assert verdicts(explanation) == [
        ("externalrelay", "250 2.1.5 Recipient OK"),
        ("externalrelay", "452 4.5.3 Too many recipients"),
    ]


def test_a_host_with_an_account_logs_in() -> None:
    scenario = shared_hub('hosts.crm.account="COZUMPARK\\\\billing"', 'hosts.crm.server="mail"')
    explanation = explain(scenario, "crm", "ayse@hotmail.com", size=1000)
    lines = [str(line) for line in explanation.attempts[0].lines]
    assert lines[6:14] == [
        "S: 250-STARTTLS",
        "S: 250-AUTH NTLM LOGIN (LOGIN only after STARTTLS)",
        "S: 250 8BITMIME",
        "C: STARTTLS",
        "S: 220 2.0.0 SMTP server ready",
        "*: TLS handshake, then EHLO again",
        "C: AUTH as COZUMPARK\\billing",
        "S: 235 2.7.0 Authentication successful",
    ]
    assert verdicts(explanation) == [("Client HUB01", "250 2.1.5 Recipient OK")]
    assert "Session: NT AUTHORITY\\Authenticated Users\n" in str(explanation)


def test_who_may_not_log_in_ends_there() -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing"',
        'hosts.crm.server="mail"',
        'hubs.HUB01.receive_connectors."Client HUB01".permission_groups=[]',
    )
    explanation = explain(scenario, "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [("Client HUB01", "535 5.7.3 Authentication unsuccessful")]


def test_the_users_mail_comes_by_the_mailbox_server() -> None:
    explanation = explain(shared_hub(*DEDICATED), "users", ["x@gmail.com", "ali@cozumpark.com"])
    assert str(explanation) == (
        "users submit by the mailbox server, past all receive connectors: no dialogue, no\n"
        "  rights. It takes in turn HUB01 (named in submission_server_override_list).\n"
        "\n"
        "By HUB01:\n"
        "  x@gmail.com\n"
        "    queue gmail.com (destination gmail) of HUB01 by send connector internet,\n"
        "      leaves by 198.51.100.10\n"
        "  ali@cozumpark.com\n"
        "    mailbox delivery queue of HUB01"
    )


def test_and_goes_by_every_hub_without_the_list() -> None:
    scenario = shared_hub(*DEDICATED, "mailboxes.submission_server_override_list=[]")
    text = str(explain(scenario, "users", "x@gmail.com"))
    assert "It takes in turn HUB01, HUB02 (all hubs of" in text
    assert "By HUB02:\n  x@gmail.com\n    queue gmail.com (destination gmail) of HUB02" in text
    assert text.endswith("leaves by 203.0.113.25")


def test_a_hub_that_is_no_source_hands_over() -> None:
    scenario = shared_hub(*DEDICATED, 'send_connectors.internet.source_transport_servers=["HUB01"]')
    text = str(explain(scenario, "marketing", "x@gmail.com"))
    assert (
        "  x@gmail.com: 250 2.1.5 Recipient OK\n"
        "    handed to HUB01, source server of send connector internet\n"
    ) in text
    assert "HUB01\\Default HUB01 answers, 235 2.7.0 Authentication successful" in " ".join(
        text.split()
    )
    assert text.endswith(
        "    queue gmail.com (destination gmail) of HUB01 by send connector internet,\n"
        "      leaves by 198.51.100.10"
    )


def test_mail_without_a_way_out() -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    assert str(explain(scenario, "crm", "ayse@hotmail.com")).endswith(
        "    Unreachable queue of HUB01: no send connector serves the domain; after 2 d\n"
        "      550 4.4.7 QUEUE.Expired; message expired"
    )


def test_mail_that_every_send_connector_finds_too_large() -> None:
    scenario = shared_hub('send_connectors.internet.max_message_size="1 MB"')
    assert str(explain(scenario, "crm", "ayse@hotmail.com", size="2 MB")).endswith(
        "    NDR, as every matching send connector is too small: 550 5.3.4\n"
        "      ROUTING.SizeLimit; message size exceeds fixed maximum size for route"
    )


def test_a_name_with_two_addresses_is_tried_at_both() -> None:
    scenario = shared_hub('dns.externalrelay=["192.168.168.171", "192.168.168.199"]')
    explanation = explain(scenario, "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [
        ("externalrelay", "250 2.1.5 Recipient OK"),
        (None, "421 4.2.1 Unable to connect"),
    ]
    assert str(explanation).endswith(
        "  S: 421 4.2.1 Unable to connect\n"
        "\n"
        "Receive connector: none. No hub has the address 192.168.168.199.\n"
        "Recipients:\n"
        "  ayse@hotmail.com: 421 4.2.1 Unable to connect"
    )


def test_a_host_may_try_another_server_and_be_somebody_else() -> None:
    explanation = explain(
        shared_hub(), "crm", "x@gmail.com", server="mail", port=587, sender="<>", stream="invoices"
    )
    assert explanation.letter.sender == "<>"
    assert verdicts(explanation)[0][0] == "Client HUB01"


def test_the_same_as_json_has_it() -> None:
    found = explain(shared_hub(), "crm", "ayse@hotmail.com", size=1000).as_dict()
    (attempt,) = found.pop("attempts")
    assert found == {
        "host": "crm",
        "address": "192.168.168.60",
        "sender": "billing@cozumpark.com",
        "size": 1000,
        "by_mailbox_server": False,
    }
    assert attempt["connector"] == "externalrelay"
    assert attempt["passed_over"][0] == {
        "connector": "Client HUB01",
        "reason": "none of its bindings fits 192.168.168.171 port 25",
    }
    assert attempt["rights"][-1] == {
        "right": "ms-Exch-SMTP-Accept-Any-Recipient",
        "source": "Add-ADPermission",
    }
    assert attempt["session_permissions"] == (
        "SMTPSubmit SMTPAcceptAnyRecipient SMTPAcceptAnySender "
        "SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"
    )
    assert attempt["dialogue"][-1] == "S: 221 2.0.0 Service closing transmission channel"
    assert attempt["recipients"] == [
        {
            "recipient": "ayse@hotmail.com",
            "reply": "250 2.1.5 Recipient OK",
            "accepted": True,
            "destination": "outlook",
            "hops": [
                {
                    "kind": "remote",
                    "hub": "HUB01",
                    "queue": "hotmail.com",
                    "send_connector": "internet",
                    "egress": "198.51.100.10",
                }
            ],
            "hand_overs": [],
        }
    ]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"host": "sharepiont", "to": "a@b.com"}, 'did you mean "sharepoint"'),
        ({"host": "crm", "to": "a@b.com", "stream": "invoice"}, 'did you mean "invoices"'),
        ({"host": "crm", "to": "a@b.com", "server": "externalreley"}, 'mean "externalrelay"'),
        ({"host": "crm", "to": "ayse"}, "not a mail address"),
        ({"host": "crm", "to": "<>"}, "no recipient"),
        ({"host": "crm"}, "to whom"),
        ({"to": "a@b.com"}, "who sends"),
        ({"host": "crm", "from_address": "10.0.0.1", "to": "a@b.com"}, "who sends"),
        ({"from_address": "10.0.0.1", "to": "a@b.com"}, "where does it connect to"),
        ({"from_address": "10.0.0", "server": "mail", "to": "a@b.com"}, "not an IP address"),
        ({"from_address": "999.1.1.1", "server": "mial", "to": "a@b.com"}, "999.1.1.1"),
    ],
)
def test_a_question_that_makes_no_sense(question: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explain(shared_hub(), **question)
