"""Registered domains, and what a message lacks by SPF, DKIM, DMARC, PTR and TLS."""

import pytest

from relaysim.mail.authentication import Dmarc, Missing, identity, missing
from relaysim.mail.registered_domain import registered_domain
from relaysim.mail.remote_reply import Replies
from relaysim.mail.requirement_reply import requirement_reply


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("example.com", "example.com"),
        ("news.mail.example.com", "example.com"),
        ("news.example.com.tr", "example.com.tr"),
        ("com.tr", "com.tr"),
        ("a.example.de", "example.de"),
        ("co.example.de", "example.de"),
        ("", ""),
    ],
)
def test_registered_domains(domain: str, registered: str) -> None:
    assert registered_domain(domain) == registered


def lacks(
    spf: bool = True,
    signed: bool = True,
    ptr: bool = True,
    tls: bool = True,
    sender: str = "example.com",
    header: str = "example.com",
    dmarc: Dmarc = Dmarc.NONE,
    unsubscribe: bool = True,
) -> set[str]:
    found = missing(identity(sender, header, dmarc), spf, signed, ptr, tls, unsubscribe)
    return {each.name or "" for each in Missing if each & found}


def test_mail_with_everything_lacks_nothing() -> None:
    assert lacks() == set()
    assert lacks(dmarc=Dmarc.REJECT) == set()


def test_one_of_spf_and_dkim_is_authentication_and_is_aligned() -> None:
    assert lacks(spf=False) == {"SPF"}
    assert lacks(signed=False) == {"DKIM"}
    assert lacks(spf=False, signed=False) == {"SPF", "DKIM", "AUTHENTICATION", "ALIGNMENT"}


def test_spf_of_another_domain_is_not_aligned_but_that_of_a_subdomain_is() -> None:
    assert lacks(signed=False, sender="bounces.example.com") == {"DKIM"}
    assert lacks(signed=False, sender="service.example") == {"DKIM", "ALIGNMENT"}
    # The signature is for the domain in the From header, whatever MAIL FROM has.
    assert lacks(sender="service.example") == set()


def test_the_policy_counts_where_dmarc_fails() -> None:
    fails = {"spf": False, "signed": False}
    common = {"SPF", "DKIM", "AUTHENTICATION", "ALIGNMENT"}
    assert lacks(**fails, dmarc=Dmarc.REJECT) == common | {"REJECT_POLICY"}
    assert lacks(**fails, dmarc=Dmarc.QUARANTINE) == common | {"QUARANTINE_POLICY"}
    assert lacks(**fails, dmarc=Dmarc.MISSING) == common | {"DMARC_RECORD"}
    assert lacks(dmarc=Dmarc.MISSING) == {"DMARC_RECORD"}


def test_ptr_tls_and_unsubscribe() -> None:
    assert lacks(ptr=False, tls=False) == {"PTR", "TLS"}
    assert lacks(unsubscribe=False) == {"ONE_CLICK_UNSUBSCRIBE"}


@pytest.mark.parametrize(
    ("replies", "lacking", "deferral", "refusal"),
    [
        (Replies.GMAIL, Missing.AUTHENTICATION, "421 4.7.26", "550 5.7.26"),
        (Replies.GMAIL, Missing.SPF, "421 4.7.27", "550 5.7.27"),
        (Replies.GMAIL, Missing.DKIM, "421 4.7.30", "550 5.7.30"),
        (Replies.GMAIL, Missing.ALIGNMENT, "421 4.7.32", "550 5.7.32"),
        (Replies.GMAIL, Missing.DMARC_RECORD, "421 4.7.31", "550 5.7.40"),
        (Replies.GMAIL, Missing.PTR, "421 4.7.23", "550 5.7.25"),
        (Replies.GMAIL, Missing.TLS, "421 4.7.29", "550 5.7.29"),
        (Replies.GMAIL, Missing.REJECT_POLICY, "421 4.7.0", "550 5.7.26"),
        (Replies.YAHOO, Missing.AUTHENTICATION, "421 4.7.0", "550 5.7.9"),
        (Replies.YAHOO, Missing.PTR, "421 4.7.0", "554 5.7.9"),
        (Replies.OUTLOOK, Missing.SPF, "451 4.7.650", "550 5.7.515"),
        (Replies.OUTLOOK, Missing.REJECT_POLICY, "451 4.7.650", "550 5.7.509"),
        (Replies.MICROSOFT_365, Missing.REJECT_POLICY, "451 4.7.500", "550 5.7.509"),
        (Replies.POSTFIX, Missing.PTR, "450 4.7.25", "550 5.7.25"),
    ],
)
def test_replies(replies: Replies, lacking: Missing, deferral: str, refusal: str) -> None:
    given = [str(requirement_reply(replies, lacking, permanent)) for permanent in (False, True)]
    assert (given[0].startswith(deferral), given[1].startswith(refusal)) == (True, True)


def test_every_wording_has_a_reply_to_everything_that_may_lack() -> None:
    for replies in Replies:
        for lacking in Missing:
            assert requirement_reply(replies, lacking, permanent=False).code // 100 == 4
            assert requirement_reply(replies, lacking, permanent=True).code // 100 == 5
