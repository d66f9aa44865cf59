import re
from pathlib import Path

import pytest

from relaysim.mail import reply
from relaysim.mail.blocklists import BLOCKLISTS
from relaysim.mail.destination import DESTINATIONS
from relaysim.mail.remote_reply import (
    ACCEPTED,
    TRY_AGAIN_LATER,
    blocked,
    cold,
    deferral,
    refusal,
    throttled,
    unknown_user,
)
from relaysim.mail.reply import Reply
from relaysim.mail.reputation import REPUTATIONS


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


def test_the_guide_names_the_wording_of_later_versions_beside_ours() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "refused.md"
    text = guide.read_text(encoding="utf-8")
    ours = (
        reply.TOO_MANY_CONNECTIONS_PER_SOURCE,
        reply.UNABLE_TO_RELAY,
        reply.NOT_AUTHENTICATED,
        reply.NO_SENDER_RIGHT,
        reply.INSUFFICIENT_RESOURCES,
    )
    for each in ours:
        assert f"| `{each}` | " in text
    later = set(re.findall(r"\| `(\d{3} [^`]+)` \(", text))
    assert len(later) == 4
    documented = " ".join((reply.__doc__ or "").split())
    assert all(f"`{each}`" in documented for each in later)


@pytest.mark.parametrize(
    ("code", "success"), [(250, True), (354, True), (421, False), (550, False)]
)
def test_2xx_and_3xx_are_successes(code: int, success: bool) -> None:
    assert Reply(code, "", "text").is_success is success


def test_enhanced_codes_agree_with_the_code() -> None:
    # Exchange's NDR for an expired message is a 5xx with a 4.x.x code, and its error between hubs a
    # 4xx with a 5.x.x code: they stand so in its logs.
    constants = {each for each in vars(reply).values() if isinstance(each, Reply)}
    for each in constants - {reply.MESSAGE_EXPIRED, reply.NO_EXCHANGE_AUTHENTICATION}:
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


def test_a_provider_slows_down_with_4xx_and_blocks_with_5xx() -> None:
    for destination in (*DESTINATIONS, "my-own-profile"):
        for reply_to in (throttled, cold):
            assert 400 <= reply_to(destination).code < 500
        for reply_to in (blocked, unknown_user):
            assert reply_to(destination).code >= 500
        assert str(unknown_user(destination)).startswith("550 5.1.1 ")


def test_providers_block_in_their_own_words_and_name_the_address() -> None:
    unnamed = blocked("my-own-profile")
    assert str(unnamed.filled(ip="192.0.2.1")) == (
        "550 5.7.1 Mail from 192.0.2.1 is blocked for its reputation"
    )
    assert unnamed not in {blocked(name) for name in REPUTATIONS}
    assert len({blocked(name) for name in REPUTATIONS}) == len(REPUTATIONS)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            throttled("gmail"),
            (
                "421 4.7.28 [192.0.2.1] Our system has detected an unusual rate of unsolicited "
                "mail originating from your IP address. To protect our users from spam, mail sent "
                "from your IP address has been temporarily rate limited. Please visit "
                "https://support.google.com/mail/?p=UnsolicitedRateLimitError to review our Bulk "
                "Email Senders Guidelines. - gsmtp"
            ),
        ),
        (
            throttled("outlook"),
            (
                "421 RP-001 The mail server IP connecting to Windows Live Hotmail server has "
                "exceeded the rate limit allowed. Reason for rate limitation is related to "
                "IP/domain reputation problems."
            ),
        ),
        (
            cold("outlook"),
            (
                "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to "
                "IP reputation. For e-mail delivery information, see https://aka.ms/postmaster "
                "(S775)"
            ),
        ),
        (
            cold("yahoo"),
            (
                "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected "
                "volume or user complaints - 4.16.55.1; see "
                "https://postmaster.yahooinc.com/error-codes"
            ),
        ),
        (
            cold("m365-business"),
            "451 4.7.500 Server busy. Please try again later from [192.0.2.1].",
        ),
        (
            blocked("outlook"),
            (
                "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact "
                "your Internet service provider since part of their network is on our block list "
                "(S3140). You can also refer your provider to "
                "http://mail.live.com/mail/troubleshooting.aspx#errors."
            ),
        ),
        (
            blocked("gmail"),
            (
                "550 5.7.1 [192.0.2.1] Our system has detected that this message is likely "
                "suspicious due to the very low reputation of the sending IP address. To best "
                "protect our users from spam, the message has been blocked. Please visit "
                "https://support.google.com/mail/answer/188131 for more information. - gsmtp"
            ),
        ),
        (unknown_user("isp"), "550 5.1.1 Recipient address rejected: User unknown"),
    ],
)
def test_what_providers_say_of_a_bad_or_new_address(given: Reply, text: str) -> None:
    assert str(given.filled(ip="192.0.2.1")) == text
