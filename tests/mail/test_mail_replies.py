import pytest

from relaysim.mail import reply
from relaysim.mail.blocklists import BLOCKLISTS
from relaysim.mail.destination import DESTINATIONS
from relaysim.mail.registry import REPLIES, reply_number
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
    ("code", "kind"), [(250, "success"), (354, "success"), (421, "transient"), (550, "permanent")]
)
def test_a_reply_is_of_one_kind(code: int, kind: str) -> None:
    answer = Reply(code, "", "text")
    kinds = {name: getattr(answer, f"is_{name}") for name in ("success", "transient", "permanent")}
    assert [name for name, holds in kinds.items() if holds] == [kind]


def test_every_reply_has_its_own_number() -> None:
    assert [reply_number(each) for each in REPLIES] == list(range(len(REPLIES)))
    with pytest.raises(KeyError):
        reply_number(Reply(550, "5.0.0", "unheard of"))


def test_every_constant_is_registered() -> None:
    constants = [each for each in vars(reply).values() if isinstance(each, Reply)]
    assert len(constants) == len(reply.EXCHANGE_REPLIES)
    assert set(constants) == set(reply.EXCHANGE_REPLIES)


def test_enhanced_codes_agree_with_the_code() -> None:
    # Exchange's NDR for an expired message is a 5xx with a 4.x.x code: it stands so in its logs.
    odd = {reply.MESSAGE_EXPIRED}
    for each in set(REPLIES) - odd:
        assert not each.enhanced or each.enhanced[0] == str(each.code)[0]


def test_whatever_a_destination_says_is_registered() -> None:
    for destination in DESTINATIONS:
        assert deferral(destination).is_transient
        assert deferral(destination) in REPLIES
        for blocklist in (*BLOCKLISTS, "my-own-list"):
            rejected = refusal(destination, blocklist, "reject")
            deferred = refusal(destination, blocklist, "defer")
            assert rejected.is_permanent
            assert deferred.is_transient
            assert {rejected, deferred} <= set(REPLIES)
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
