from dataclasses import replace

import pytest
from worlds.mail_examples import (
    AS_INSTALLED,
    CLIENT,
    DEFAULT,
    DOMAINS,
    EXTERNAL_RELAY,
    INTERNAL_RELAY,
    MB,
    SECURED,
    Receive,
    receive,
)

from relaysim.mail import receive_verdict as session
from relaysim.mail import reply
from relaysim.mail.address import domain_of
from relaysim.mail.rights import ANONYMOUS, AUTHENTICATED_USERS, Permission, Right
from relaysim.mail.session_access import identify, session_rights


def dialog(
    connector: Receive,
    sender: str,
    recipient: str,
    *,
    account: bool = False,
    own: bool = False,
    size: int = 1024,
) -> list[str]:
    """The replies to AUTH (with an account), MAIL FROM with SIZE=, RCPT TO; ends at an error."""
    principal = identify(connector, account)
    rights = session_rights(connector, principal)
    steps = [session.authenticate(connector)] if account else []
    steps += [
        session.mail_from(principal, rights, domain_of(sender), DOMAINS, own),
        session.message_size(rights, size, connector.max_message_size),
        session.rcpt_to(rights, domain_of(recipient), DOMAINS),
    ]
    text: list[str] = []
    for step in steps:
        if not text or text[-1] != str(step):
            text.append(str(step))
        if not step.is_success:
            break
    return text


OUTSIDE, INSIDE, OWN = "news@shop.example", "serkan@cozumpark.com", "sharepoint@cozumpark.com"
EXTERNAL = "ayse@gmail.com"
SENDER, RECIPIENT = "250 2.1.0 Sender OK", "250 2.1.5 Recipient OK"
STRANGER = "530 5.7.1 Client was not authenticated"
NO_RELAY = "550 5.7.1 Unable to relay"
NOT_THIS_SENDER = "550 5.7.1 Client does not have permissions to send as this sender"
TOO_LARGE = "552 5.3.4 Message size exceeds fixed maximum message size"


@pytest.mark.parametrize("sender", [OUTSIDE, OWN, "<>"])
@pytest.mark.parametrize("recipient", [INSIDE, "a@plant.example", "a@partner.example", EXTERNAL])
def test_the_default_connector_as_installed_refuses_strangers(sender: str, recipient: str) -> None:
    assert dialog(AS_INSTALLED, sender, recipient) == [STRANGER]


@pytest.mark.parametrize("connector", [DEFAULT, INTERNAL_RELAY])
@pytest.mark.parametrize("sender", [OUTSIDE, OWN, "<>"])
def test_with_anonymous_users_mail_comes_in_and_is_not_relayed(
    connector: Receive, sender: str
) -> None:
    assert dialog(connector, sender, INSIDE) == [SENDER, RECIPIENT]
    assert dialog(connector, sender, "a@plant.example") == [SENDER, RECIPIENT]
    assert dialog(connector, sender, "a@partner.example") == [SENDER, RECIPIENT]
    assert dialog(connector, sender, EXTERNAL) == [SENDER, NO_RELAY]
    assert dialog(connector, sender, INSIDE, size=10 * MB) == [SENDER, RECIPIENT]
    assert dialog(connector, sender, INSIDE, size=10 * MB + 1) == [SENDER, TOO_LARGE]


@pytest.mark.parametrize("connector", [EXTERNAL_RELAY, SECURED])
@pytest.mark.parametrize("sender", [OUTSIDE, OWN, "<>"])
@pytest.mark.parametrize("recipient", [INSIDE, "a@partner.example", EXTERNAL])
def test_external_relay_and_externally_secured_relay_everything(
    connector: Receive, sender: str, recipient: str
) -> None:
    assert dialog(connector, sender, recipient) == [SENDER, RECIPIENT]


def test_only_the_externally_secured_are_past_the_size_limit() -> None:
    assert dialog(EXTERNAL_RELAY, OWN, EXTERNAL, size=11 * MB) == [SENDER, TOO_LARGE]
    assert dialog(SECURED, OWN, EXTERNAL, size=11 * MB) == [SENDER, RECIPIENT]
    assert dialog(replace(DEFAULT, max_message_size=None), OWN, INSIDE, size=11 * MB) == [
        SENDER,
        RECIPIENT,
    ]


def test_the_client_connector_wants_a_login_and_then_relays_from_own_addresses() -> None:
    login = "235 2.7.0 Authentication successful"
    assert dialog(CLIENT, OWN, INSIDE) == [STRANGER]
    assert dialog(CLIENT, OWN, EXTERNAL, account=True, own=True) == [login, SENDER, RECIPIENT]
    assert dialog(CLIENT, OUTSIDE, EXTERNAL, account=True) == [login, NOT_THIS_SENDER]
    assert dialog(CLIENT, INSIDE, EXTERNAL, account=True) == [login, NOT_THIS_SENDER]
    assert dialog(CLIENT, "<>", EXTERNAL, account=True) == [login, SENDER, RECIPIENT]


def test_a_relay_connector_offers_no_login() -> None:
    assert dialog(EXTERNAL_RELAY, OWN, EXTERNAL, account=True) == [
        "504 5.7.4 Unrecognized authentication type"
    ]


def test_a_login_without_the_right_to_submit_fails() -> None:
    connector = receive("servers", groups="ExchangeServers", auth="Tls,Integrated")
    assert dialog(connector, OWN, INSIDE, account=True) == ["535 5.7.3 Authentication unsuccessful"]
    answer = session.mail_from(AUTHENTICATED_USERS, frozenset(), "", DOMAINS)
    assert answer is reply.NO_SUBMIT_RIGHT


def test_without_the_anti_spoof_right_internal_senders_are_refused() -> None:
    rights = session_rights(DEFAULT, ANONYMOUS) - {Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER}
    says = [
        str(session.mail_from(ANONYMOUS, rights, domain, DOMAINS))
        for domain in ("cozumpark.com", "plant.example", "shop.example")
    ]
    assert says == [NOT_THIS_SENDER, SENDER, SENDER]


def test_the_anti_spoof_right_alone_is_no_right_to_any_sender() -> None:
    added = Permission(AUTHENTICATED_USERS, (Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER,))
    connector = replace(CLIENT, permissions=(added,))
    rights = session_rights(connector, AUTHENTICATED_USERS)
    answer = session.mail_from(AUTHENTICATED_USERS, rights, "cozumpark.com", DOMAINS)
    assert str(answer) == NOT_THIS_SENDER


def test_who_gets_a_greeting() -> None:
    assert session.connect(DEFAULT) is reply.BANNER
    assert str(session.connect(DEFAULT, hub_is_up=False)) == "421 4.2.1 Unable to connect"
    assert str(session.connect(None)) == "421 4.3.2 Service not available"


@pytest.mark.parametrize(
    ("open_connections", "open_from_source", "answer"),
    [
        (19, 19, reply.BANNER),
        (20, 20, reply.TOO_MANY_CONNECTIONS_PER_SOURCE),
        (4000, 19, reply.BANNER),
        (4001, 19, reply.TOO_MANY_CONNECTIONS_PER_SOURCE),  # 2 % of 999 are 19
        (4950, 0, reply.BANNER),
        (4951, 0, reply.TOO_MANY_CONNECTIONS_PER_SOURCE),  # 2 % of 49 are 0
        (5000, 0, reply.TOO_MANY_CONNECTIONS),
    ],
)
def test_the_connection_limits_of_exchange_2010(
    open_connections: int, open_from_source: int, answer: reply.Reply
) -> None:
    assert session.connect(INTERNAL_RELAY, open_connections, open_from_source) is answer


def test_the_two_limits_have_texts_of_their_own() -> None:
    assert session.connect(DEFAULT, 5000, 0) is reply.TOO_MANY_CONNECTIONS
    assert session.connect(DEFAULT, 20, 20) is reply.TOO_MANY_CONNECTIONS_PER_SOURCE


def test_no_limit_per_source_leaves_the_percentage() -> None:
    assert session.source_limit(None, 50, 5000, 1000) == 2000


def test_a_hundred_percent_is_no_limit() -> None:
    assert session.source_limit(None, 100, 5000, 4999) is None
    assert session.source_limit(20, 100, 5000, 4999) == 20
    assert session.source_limit(20, 100, None, 10**6) == 20
    assert session.source_limit(None, 2, None, 10**6) is None
    free = replace(DEFAULT, max_inbound_connection=None, max_inbound_connection_per_source=None)
    assert session.connect(free, 10**6, 10**6) is reply.BANNER


def test_a_sixth_message_in_a_minute_is_one_too_many_on_the_client_connector() -> None:
    assert session.submission_rate(5, 4) is reply.SENDER_OK
    assert session.submission_rate(5, 5) is reply.SUBMISSION_RATE_EXCEEDED
    assert session.submission_rate(None, 10**6) is reply.SENDER_OK


def test_the_recipient_limit() -> None:
    assert session.recipient_limit(200, 199) is reply.RECIPIENT_OK
    assert str(session.recipient_limit(200, 200)) == "452 4.5.3 Too many recipients"
    assert session.recipient_limit(None, 10**6) is reply.RECIPIENT_OK


def test_only_anonymous_sessions_are_tarpitted() -> None:
    assert session.error_delay(EXTERNAL_RELAY, ANONYMOUS) == 5_000_000
    assert session.error_delay(EXTERNAL_RELAY, AUTHENTICATED_USERS) == 0
