"""The check of authentication knows which domains are bulk senders, and where."""

from worlds.relay_designs import shared_hub

from relaysim.analysis.bulk_senders import bulk_senders
from relaysim.audit import check

NO_DKIM = 'sender_domains={"cozumpark.com"={dkim=[]}}'
NEWS = "hosts.marketing.streams.newsletter"
INVOICES = "hosts.crm.streams.invoices"


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
