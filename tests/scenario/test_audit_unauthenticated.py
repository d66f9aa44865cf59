"""The check of authentication knows which domains are bulk senders, and where."""

import re

import pytest
from worlds.relay_designs import shared_hub

from relaysim.analysis.bulk_senders import bulk_senders
from relaysim.audit import check

NO_DKIM = 'sender_domains={"cozumpark.com"={dkim=[]}}'
NEWS = "hosts.marketing.streams.newsletter"
INVOICES = "hosts.crm.streams.invoices"
KEYS = ("authentication", "dmarc_policy", "dkim", "alignment", "dmarc_record", "ptr", "tls")


def found(*settings: str) -> list[str]:
    """The streams that the check names."""
    findings = check(shared_hub(*settings))
    return [each.place for each in findings if each.check == "unauthenticated"]


def test_everything_passes_unless_the_file_says_otherwise() -> None:
    assert found() == []


def test_invoices_need_a_signature_because_the_newsletter_makes_the_domain_a_bulk_sender() -> None:
    """The newsletter has 40,000 recipients, more than 5,000 of them at Gmail."""
    invoices = "hosts.crm.streams.invoices"
    assert {invoices, NEWS} <= set(found(NO_DKIM))
    # A subdomain is of the same registered domain, and has its records.
    assert invoices in found(NO_DKIM, f'{NEWS}.sender="news@news.cozumpark.com"')
    # Another registered domain takes the volume with it.
    assert found(NO_DKIM, f'{NEWS}.sender="news@cozumpark-news.com"') == []


def test_bulk_mail_needs_one_click_unsubscribe_where_a_receiver_asks_for_it() -> None:
    """Yahoo defers, Google does nothing about it; invoices are no bulk mail."""
    without = [f"{stream}.one_click_unsubscribe=false" for stream in (NEWS, INVOICES)]
    assert found(*without) == [NEWS]
    assert found(*without, "destinations.yahoo.requires.one_click_unsubscribe=none") == []
    (finding,) = (of for of in check(shared_hub(*without)) if of.check == "unauthenticated")
    assert "without one-click unsubscribe. yahoo defers 50 % of the attempts" in finding.reason
    assert f"{NEWS}.one_click_unsubscribe = true" in finding.fix


def test_a_domain_known_as_a_bulk_sender_is_one_everywhere() -> None:
    other = f'{NEWS}.sender="news@cozumpark-news.com"'
    known = 'sender_domains={"cozumpark.com"={dkim=[], bulk_sender=true}}'
    assert ("gmail", "cozumpark.com") not in bulk_senders(shared_hub(NO_DKIM, other))
    assert ("gmail", "cozumpark.com") in bulk_senders(shared_hub(known, other))
    assert "hosts.crm.streams.invoices" in found(known, other)


@pytest.mark.parametrize(("bulk_from", "is_one"), [(101, False), (100, True), (30, True)])
def test_the_threshold_is_that_of_the_largest_24_hours(bulk_from: int, is_one: bool) -> None:
    """100 mails in a morning and none on the two days after it: not 33 a day."""
    arrivals = '{process="campaign", at="8 h", messages=100, rate="1/s"}'
    scenario = shared_hub(
        'run.duration="3 d"',
        f'{NEWS}={{sender="a@own.example", size="1 KB", to={{gmail=1.0}}, arrivals={arrivals}}}',
        f"destinations.gmail.requires.bulk_from={bulk_from}",
    )
    assert (("gmail", "own.example") in bulk_senders(scenario)) is is_one


def test_what_is_sent_on_other_days_is_not_added() -> None:
    """Two campaigns of 60 mails from one domain, on the first and on the third day."""
    each = 'sender="a@own.example", size="1 KB", to={gmail=1.0}'
    scenario = shared_hub(
        'run.duration="3 d"',
        *(
            f'hosts.marketing.streams.{name}={{{each}, arrivals={{process="campaign", '
            f'at="{at}", messages=60, rate="1/s"}}}}'
            for name, at in (("newsletter", "8 h"), ("second", "56 h"))
        ),
        "destinations.gmail.requires.bulk_from=100",
    )
    assert ("gmail", "own.example") not in bulk_senders(scenario)


def test_a_finding_names_only_what_the_receivers_ask_for() -> None:
    """Mail without SPF, DKIM, DMARC and PTR record, to receivers that ask for SPF alone."""
    scenario = shared_hub(
        'sender_domains={"cozumpark.com"={spf=[], dkim=[]}}',
        'egress."198.51.100.10".ptr=false',
        *(
            f"destinations.{name}.requires.{key}={value}"
            for name in shared_hub().destinations
            for key, value in {**dict.fromkeys(KEYS, "none"), "spf": "{refuse=0.4}"}.items()
        ),
    )
    fixes = {each.fix for each in check(scenario) if each.check == "unauthenticated"}
    place = 'sender_domains."cozumpark.com".spf'
    assert fixes == {f"Add 198.51.100.10 to the SPF record of cozumpark.com ({place})."}
    reasons = [each.reason for each in check(scenario) if each.check == "unauthenticated"]
    assert all(" without SPF. " in reason for reason in reasons)


def test_each_reply_stands_with_the_share_of_mail_that_gets_it() -> None:
    """One draw decides: mail that two requirements refuse has the reply of the first one."""
    spf, dkim = "{refuse=0.3, junk=0.2}", "{refuse=0.9, defer=0.5}"
    scenario = shared_hub(
        'sender_domains={"cozumpark.com"={spf=[], dkim=[], bulk_sender=true}}',
        *(f"destinations.gmail.requires.{key}=none" for key in KEYS),
        f"destinations.gmail.requires.spf={spf}",
        f"destinations.gmail.requires.dkim={dkim}",
    )
    reason = next(of.reason for of in check(scenario) if of.check == "unauthenticated")
    gmail = reason.partition("gmail ")[2].partition("; ")[0]
    assert re.findall(
        r"(?:refuses|defers|junks) [\d.]+ %(?: of the attempts of the others)?", gmail
    ) == [
        "refuses 30 %",
        "refuses 60 %",
        "defers 50 % of the attempts of the others",
    ]
    assert "in 24 h" not in gmail


def test_a_requirement_of_bulk_senders_holds_from_the_threshold_on() -> None:
    reasons = [of.reason for of in check(shared_hub(NO_DKIM)) if of.check == "unauthenticated"]
    assert reasons
    for reason in reasons:
        gmail = reason.partition("gmail ")[2].partition("; ")[0]
        assert "once it has taken 5,000 recipients of cozumpark.com in 24 h" in gmail
