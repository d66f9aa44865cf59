import pytest

from relaysim.mail import reply
from relaysim.mail.blocklists import BLOCKLISTS
from relaysim.mail.destination import DESTINATIONS
from relaysim.mail.remote import ACCEPTED, TRY_AGAIN_LATER, deferral, refusal
from relaysim.mail.reply import Reply


def test_a_reply_reads_as_on_the_wire() -> None:
    assert str(reply.UNABLE_TO_RELAY) == "550 5.7.1 Unable to relay"
    assert str(reply.START_MAIL_INPUT) == "354 Start mail input; end with <CRLF>.<CRLF>"


def test_fields_are_filled_in() -> None:
    banner = reply.BANNER.filled(server="HUB01", date="Mon, 1 Mar 2010 08:00:00 +0200")
    assert str(banner) == (
        "220 HUB01 Microsoft ESMTP MAIL Service ready at Mon, 1 Mar 2010 08:00:00 +0200"
    )
    assert str(reply.QUEUED.filled(message_id="1@HUB01")) == (
        "250 2.6.0 <1@HUB01> Queued mail for delivery"
    )
    with pytest.raises(KeyError):
        reply.BANNER.filled(server="HUB01")


@pytest.mark.parametrize(
    ("code", "success"), [(250, True), (354, True), (421, False), (550, False)]
)
def test_2xx_and_3xx_are_successes(code: int, success: bool) -> None:
    assert Reply(code, "", "text").is_success is success


def test_enhanced_codes_agree_with_the_code() -> None:
    # Exchange's NDR for an expired message is a 5xx with a 4.x.x code: it stands so in its logs.
    constants = {each for each in vars(reply).values() if isinstance(each, Reply)}
    for each in constants - {reply.MESSAGE_EXPIRED}:
        assert not each.enhanced or each.enhanced[0] == str(each.code)[0]


def test_a_destination_defers_with_4xx_and_rejects_with_5xx() -> None:
    for destination in DESTINATIONS:
        assert 400 <= deferral(destination).code < 500
        for blocklist in (*BLOCKLISTS, "my-own-list"):
            assert refusal(destination, blocklist, "reject").code >= 500
            assert 400 <= refusal(destination, blocklist, "defer").code < 500
            assert refusal(destination, blocklist, "score") is ACCEPTED


@pytest.mark.parametrize(
    ("destination", "blocklist", "action", "text"),
    [
        (
            "small-business-gateway",
            "spamhaus-css",
            "reject",
            (
                "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
                "zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1"
            ),
        ),
        (
            "isp",
            "spamcop",
            "defer",
            ("450 4.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net"),
        ),
        (
            "none",
            "my-own-list",
            "reject",
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked",
        ),
        (
            "outlook",
            "spamhaus-sbl",
            "reject",
            (
                "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus. "
                "To request removal from this list see "
                "https://www.spamhaus.org/query/ip/192.0.2.1"
            ),
        ),
        (
            "yahoo",
            "spamhaus-xbl",
            "reject",
            (
                "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip "
                "is in Spamhaus's list; see https://postmaster.yahooinc.com/error-codes"
            ),
        ),
        (
            "m365-business",
            "barracuda",
            "reject",
            (
                "550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from "
                "this list please visit https://sender.office.com/ and follow the directions."
            ),
        ),
        (
            "outlook",
            "spamhaus-css",
            "defer",
            (
                "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due "
                "to IP reputation. For e-mail delivery information, see "
                "https://aka.ms/postmaster (S775)"
            ),
        ),
    ],
)
def test_the_refusal_texts(destination: str, blocklist: str, action: str, text: str) -> None:
    assert str(refusal(destination, blocklist, action).filled(ip="192.0.2.1")) == text


def test_the_deferral_of_an_unknown_kind() -> None:
    assert deferral("my-own-profile") is TRY_AGAIN_LATER
