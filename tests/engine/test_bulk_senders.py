"""Bulk senders: what only they need, and how a provider counts the mail of a registered domain."""

import pytest
from worlds.small_world import SECOND_HUB, Played, play

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import destination_defaults
from relaysim.profiles.kind import Kind

NO_DKIM = '[sender_domains."cozumpark.com"]\ndkim = []'
HOUR = 3600


def bulk_from(number: int) -> str:
    """A destination that refuses mail of bulk senders without a signature."""
    return f"""
    [destinations.sink.requires]
    bulk_from = {number}
    dkim = {{refuse = 1.0}}
    """


def statuses(run: Played, stream: str = "app.load") -> list[str]:
    return [status for _, status in run.ends(stream)]


def test_the_message_that_reaches_the_threshold_is_the_last_that_passes() -> None:
    """Ten of fifteen pass; with the tenth the domain is a bulk sender."""
    run = play(bulk_from(10), NO_DKIM, mail={"app.load": [float(n) for n in range(15)]})
    assert statuses(run) == ["delivered"] * 10 + ["bounced"] * 5


def test_recipients_count_and_refused_mail_does_not() -> None:
    """Three messages to four recipients each: after the third there are twelve."""
    mail = {"app.load": [(float(n), 4) for n in range(5)]}
    run = play(bulk_from(10), NO_DKIM, mail=mail)
    assert statuses(run) == ["delivered"] * 12 + ["bounced"] * 8


def test_the_24_hours_slide_and_once_is_for_good() -> None:
    """Six at 0 h and six at 25 h are never ten within 24 h; six more at 30 h are.

    The tenth of the last 24 h is the fourth at 30 h. A day and a half later the domain still is a
    bulk sender.
    """
    times = [0.0] * 6 + [25.0 * HOUR] * 6 + [30.0 * HOUR] * 6 + [66.0 * HOUR]
    longer = '[run]\nduration = "4 d"'
    run = play(longer, bulk_from(10), NO_DKIM, mail={"app.load": times})
    assert statuses(run) == ["delivered"] * 16 + ["bounced"] * 3


def test_all_ips_and_subdomains_count_together() -> None:
    """Google's example: 2,500 from solarmora.com and 2,500 from promotions.solarmora.com are 5,000.

    Here 5 by each of two hubs with an IP of their own, and the next one from either is refused.
    """
    two = """
    [send_connectors.internet]
    source_transport_servers = ["HUB01", "HUB02"]
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.172"
    [hosts.other.streams.load]
    sender = "a@promotions.cozumpark.com"
    [egress."203.0.113.25"]
    age = "400 d"
    """
    mail = {"app.load": [0.0] * 5 + [60.0], "other.load": [10.0] * 5 + [70.0]}
    run = play(bulk_from(10), NO_DKIM, SECOND_HUB, two, mail=mail)
    assert statuses(run) == ["delivered"] * 5 + ["bounced"]
    assert statuses(run, "other.load") == ["delivered"] * 5 + ["bounced"]


def test_a_domain_may_be_a_bulk_sender_from_the_start() -> None:
    """The first message is refused, also that of a subdomain."""
    known = f"{NO_DKIM}\nbulk_sender = true"
    news = '[hosts.app.streams.load]\nsender = "a@news.cozumpark.com"'
    assert statuses(play(bulk_from(10), known, mail={"app.load": [0.0]})) == ["bounced"]
    assert statuses(play(bulk_from(10), known, news, mail={"app.load": [0.0]})) == ["bounced"]


def test_each_provider_counts_alone() -> None:
    """Half of the mail goes to another provider, which has seen ten only at the end."""
    other = """
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    [destinations.other.requires]
    bulk_from = 10
    dkim = {refuse = 1.0}
    [hosts.app.streams.more]
    to = {other = 1.0}
    """
    mail = {"app.load": [float(n) for n in range(12)], "app.more": [float(n) for n in range(9)]}
    run = play(bulk_from(10), NO_DKIM, other, mail=mail)
    assert statuses(run).count("bounced") == 2
    assert set(statuses(run, "app.more")) == {"delivered"}


@pytest.mark.parametrize("name", ["gmail", "outlook", "yahoo"])
def test_large_providers_ask_more_of_5_000_a_day(name: str) -> None:
    requires = destination_defaults(BUILT_IN.profile(Kind.DESTINATION, name))["requires"]
    assert requires["bulk_from"] == 5000
    assert {"spf", "dkim", "alignment", "dmarc_record"} <= requires.keys()
