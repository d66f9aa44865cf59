"""The check of authentication knows which domains are bulk senders, and where."""

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
