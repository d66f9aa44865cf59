"""Why a message is taken or refused, and where it goes."""

from collections.abc import Callable
from typing import Any

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusal
from worlds.relay_designs import DEDICATED, example, shared_hub

from relaysim.explanation import Explanation, explain
from relaysim.scenario.model import Scenario

Design = Callable[..., Scenario]


def _shared_example(*overrides: str) -> Scenario:
    return example("shared-hub", *overrides)


@pytest.fixture(params=[shared_hub, _shared_example], ids=["inline", "example"])
def design(request: pytest.FixtureRequest) -> Design:
    """The shared hub as it stands in these tests, and the shared example."""
    result: Design = request.param
    return result


def verdicts(explanation: Explanation) -> list[tuple[str | None, str]]:
    """The connector and the reply for each recipient."""
    return [
        (attempt.connector and attempt.connector.name, str(outcome.reply))
        for attempt in explanation.attempts
        for outcome in attempt.outcomes
    ]


def hops(explanation: Explanation) -> list[tuple[str, ...]]:
    """Kind, hub, queue and public IP of each hop of each recipient."""
    return [
        tuple(hop[key] or "" for key in ("kind", "hub", "queue", "egress"))
        for attempt in explanation.as_dict()["attempts"]
        for recipient in attempt["recipients"]
        for hop in recipient["hops"]
    ]


def passed_over(explanation: Explanation) -> list[str]:
    """The connectors that do not answer."""
    (attempt,) = explanation.as_dict()["attempts"]
    return [each["connector"] for each in attempt["passed_over"]]


def spoken(explanation: Explanation) -> list[str]:
    """The lines that client and server send, without remarks."""
    lines = [str(line) for line in explanation.attempts[0].lines]
    return [line for line in lines if line.startswith(("C:", "S:"))]


def test_sharepoint_reaches_a_colleague(design: Design) -> None:
    explanation = explain(design(), "sharepoint", "ali@cozumpark.com")
    assert verdicts(explanation) == [("internalrelay", "250 2.1.5 Recipient OK")]
    assert hops(explanation) == [("mailbox", "HUB01", "", "")]


def test_and_nobody_outside(design: Design) -> None:
    explanation = explain(design(), "sharepoint", "ayse@hotmail.com")
    assert verdicts(explanation) == [("internalrelay", "550 5.7.1 Unable to relay")]


def test_the_crm_does_and_leaves_by_the_public_ip(golden: Golden, design: Design) -> None:
    explanation = explain(design(), "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [("externalrelay", "250 2.1.5 Recipient OK")]
    assert hops(explanation) == [("remote", "HUB01", "hotmail.com", "198.51.100.10")]
    golden("explain/relayed", str(explanation) + "\n")


STRANGER: dict[str, Any] = {"from_address": "192.168.168.77", "server": "192.168.168.170"}
BOTH = ["ali@cozumpark.com", "ayse@hotmail.com"]


def test_an_address_that_no_list_has_is_answered_by_default(golden: Golden, design: Design) -> None:
    explanation = explain(design(), to=BOTH, **STRANGER)
    assert verdicts(explanation) == [
        ("Default HUB01", "250 2.1.5 Recipient OK"),
        ("Default HUB01", "550 5.7.1 Unable to relay"),
    ]
    assert "specific_binding_hides_wildcard = false" in str(explanation)
    golden("explain/wildcard", str(explanation) + "\n")


def test_unless_specific_bindings_hide_it(golden: Golden, design: Design) -> None:
    scenario = design("hubs.HUB01.specific_binding_hides_wildcard=true")
    explanation = explain(scenario, to=BOTH, **STRANGER)
    assert verdicts(explanation) == [(None, "421 4.3.2 Service not available")] * 2
    assert passed_over(explanation) == [
        *("Client HUB01", "internalrelay", "externalrelay", "Default HUB01")
    ]
    assert "specific_binding_hides_wildcard = true" in str(explanation)
    golden("explain/wildcard_hidden", str(explanation) + "\n")


def test_the_internet_cannot_relay(design: Design) -> None:
    explanation = explain(design(), "internet", "x@gmail.com")
    assert verdicts(explanation) == [("Default HUB01", "550 5.7.1 Unable to relay")]


def test_the_whole_page(golden: Golden, design: Design) -> None:
    explanation = explain(design(), "sharepoint", BOTH, size="20 KB")
    assert verdicts(explanation) == [
        ("internalrelay", "250 2.1.5 Recipient OK"),
        ("internalrelay", "550 5.7.1 Unable to relay"),
    ]
    assert passed_over(explanation) == ["Client HUB01", "externalrelay", "Default HUB01"]
    golden("explain/two_recipients", str(explanation) + "\n")


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


def test_without_anonymous_users_the_dialogue_ends_at_mail_from(golden_section: Golden) -> None:
    scenario = shared_hub("hubs.HUB01.receive_connectors.internalrelay.permission_groups=[]")
    explanation = explain(scenario, "sharepoint", "ali@cozumpark.com")
    assert last_lines(explanation, 4) == [
        "*: Tarpit for '0.00:00:05'",
        "S: 530 5.7.1 Client was not authenticated",
        "C: QUIT",
        "S: 221 2.0.0 Service closing transmission channel",
    ]
    assert verdicts(explanation) == [("internalrelay", "530 5.7.1 Client was not authenticated")]
    golden_section("explain/message", str(explanation))


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


def test_a_host_with_an_account_logs_in(golden_section: Golden) -> None:
    scenario = shared_hub('hosts.crm.account="COZUMPARK\\\\billing"', 'hosts.crm.server="mail"')
    explanation = explain(scenario, "crm", "ayse@hotmail.com", size=1000)
    starttls, ready, login, answer = spoken(explanation)[9:13]
    assert starttls == "C: STARTTLS"
    assert ready == "S: 220 2.0.0 SMTP server ready"
    assert login.startswith("C: AUTH ")
    assert "COZUMPARK\\billing" in login
    assert answer == "S: 235 2.7.0 Authentication successful"
    assert verdicts(explanation) == [("Client HUB01", "250 2.1.5 Recipient OK")]
    (attempt,) = explanation.as_dict()["attempts"]
    assert attempt["principal"] == "NT AUTHORITY\\Authenticated Users"
    golden_section("explain/message", str(explanation))


def test_who_may_not_log_in_ends_there() -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing"',
        'hosts.crm.server="mail"',
        'hubs.HUB01.receive_connectors."Client HUB01".permission_groups=[]',
    )
    explanation = explain(scenario, "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [("Client HUB01", "535 5.7.3 Authentication unsuccessful")]


def test_the_users_mail_comes_by_the_mailbox_server(golden_section: Golden) -> None:
    explanation = explain(shared_hub(*DEDICATED), "users", ["x@gmail.com", "ali@cozumpark.com"])
    assert verdicts(explanation) == [(None, "None")] * 2
    assert hops(explanation) == [
        ("remote", "HUB01", "gmail.com", "198.51.100.10"),
        ("mailbox", "HUB01", "", ""),
    ]
    golden_section("explain/mailbox_server", str(explanation))


def test_and_goes_by_every_hub_without_the_list(golden_section: Golden) -> None:
    scenario = shared_hub(*DEDICATED, "mailboxes.submission_server_override_list=[]")
    explanation = explain(scenario, "users", "x@gmail.com")
    assert hops(explanation) == [
        ("remote", "HUB01", "gmail.com", "198.51.100.10"),
        ("remote", "HUB02", "gmail.com", "203.0.113.25"),
    ]
    golden_section("explain/mailbox_server", str(explanation))


def test_a_hub_that_is_no_source_hands_over(golden_section: Golden) -> None:
    scenario = shared_hub(*DEDICATED, 'send_connectors.internet.source_transport_servers=["HUB01"]')
    explanation = explain(scenario, "marketing", "x@gmail.com")
    assert hops(explanation) == [
        ("transfer", "HUB02", "HUB01", ""),
        ("remote", "HUB01", "gmail.com", "198.51.100.10"),
    ]
    ((recipient,),) = [each["recipients"] for each in explanation.as_dict()["attempts"]]
    (session,) = recipient["hand_overs"]
    assert session["connector"] == "Default HUB01"
    assert session["reply"] == "235 2.7.0 Authentication successful"
    golden_section("explain/message", str(explanation))


def test_mail_without_a_route(golden_section: Golden) -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    explanation = explain(scenario, "crm", "ayse@hotmail.com")
    assert hops(explanation) == [("unreachable", "HUB01", "", "")]
    assert "550 4.4.7 QUEUE.Expired; message expired" in str(explanation)
    golden_section("explain/message", str(explanation))


def test_mail_that_every_send_connector_finds_too_large(golden_section: Golden) -> None:
    scenario = shared_hub('send_connectors.internet.max_message_size="1 MB"')
    explanation = explain(scenario, "crm", "ayse@hotmail.com", size="2 MB")
    assert hops(explanation) == [("too large", "HUB01", "", "")]
    assert "550 5.3.4 ROUTING.SizeLimit" in " ".join(str(explanation).split())
    golden_section("explain/message", str(explanation))


def test_a_name_with_two_addresses_is_tried_at_both(golden_section: Golden) -> None:
    scenario = shared_hub('dns.externalrelay=["192.168.168.171", "192.168.168.199"]')
    explanation = explain(scenario, "crm", "ayse@hotmail.com")
    assert verdicts(explanation) == [
        ("externalrelay", "250 2.1.5 Recipient OK"),
        (None, "421 4.2.1 Unable to connect"),
    ]
    assert "192.168.168.199" in str(explanation)
    golden_section("explain/message", str(explanation))


def test_a_host_may_try_another_server_and_be_somebody_else() -> None:
    explanation = explain(
        shared_hub(), "crm", "x@gmail.com", server="mail", port=587, sender="<>", stream="invoices"
    )
    assert explanation.letter.sender == "<>"
    assert verdicts(explanation)[0][0] == "Client HUB01"


def test_the_same_as_json_has_it() -> None:
    result = explain(shared_hub(), "crm", "ayse@hotmail.com", size=1000).as_dict()
    (attempt,) = result.pop("attempts")
    assert result == {
        "host": "crm",
        "address": "192.168.168.60",
        "sender": "billing@cozumpark.com",
        "size": 1000,
        "by_mailbox_server": False,
    }
    assert attempt["connector"] == "externalrelay"
    assert attempt["passed_over"][0]["connector"] == "Client HUB01"
    assert "192.168.168.171" in attempt["passed_over"][0]["reason"]
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
                    "front_end": None,
                }
            ],
            "hand_overs": [],
        }
    ]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ({"host": "sharepiont", "to": "a@b.com"}, '"sharepoint"'),
        ({"host": "crm", "to": "a@b.com", "stream": "invoice"}, '"invoices"'),
        ({"host": "crm", "to": "a@b.com", "server": "externalreley"}, '"externalrelay"'),
        ({"host": "crm", "to": "ayse"}, "ayse"),
        ({"host": "crm", "to": "<>"}, "<>"),
        ({"host": "crm"}, ""),
        ({"to": "a@b.com"}, ""),
        ({"host": "crm", "from_address": "10.0.0.1", "to": "a@b.com"}, ""),
        ({"from_address": "10.0.0.1", "to": "a@b.com"}, ""),
        ({"from_address": "10.0.0", "server": "mail", "to": "a@b.com"}, "10.0.0"),
        ({"from_address": "999.1.1.1", "server": "mial", "to": "a@b.com"}, "999.1.1.1"),
    ],
    ids=[
        *("host", "stream", "server", "recipient", "no recipient", "to nobody", "from nobody"),
        *("from two", "to no server", "half an address", "no address"),
    ],
)
def test_a_question_that_makes_no_sense(
    golden_section: Golden, question: dict[str, Any], named: str
) -> None:
    message = refusal(ValueError, lambda: explain(shared_hub(), **question))
    assert named in message
    golden_section("errors/explain", message)
