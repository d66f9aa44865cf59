"""Receivers that require SPF, DKIM, DMARC, a PTR record and TLS."""

from math import sqrt

import pytest
from worlds.small_world import SECOND_HUB, Played, play

from relaysim.scenario.requirement import Requires
from relaysim.trace.tables import first_divergence

OUT = "HUB01->example.org"
NO_RECORDS = '[sender_domains."cozumpark.com"]\nspf = []\ndkim = []'
NO_SPF = '[sender_domains."cozumpark.com"]\nspf = []'
NO_DKIM = '[sender_domains."cozumpark.com"]\ndkim = []'
AUTHENTICATION = "550 5.7.26 This mail has been blocked because the sender is unauthenticated"
GMAIL = """
[destinations.sink]
profile = "gmail"
connect_time = "0 s"
connect_failure = 0.0
response_time = "0 s"
defer = 0.0
reputation = "none"
[destinations.sink.requires]
"""


def requires(**outcomes: str) -> str:
    """A destination with the replies of Gmail that requires these things alone."""
    return GMAIL + "".join(
        f"{key} = {outcomes.get(key, repr('none'))}\n" for key in Requires.model_fields
    )


def ends(run: Played, stream: str = "app.load") -> list[str]:
    return [status for _, status in run.ends(stream)]


def begins(run: Played, text: str) -> bool:
    return all(reply.startswith(text) for reply in run.verdicts("app.load"))


ITEMS = [key for key in Requires.model_fields if key != "bulk_from"]
ALL = requires(**dict.fromkeys(ITEMS, "{refuse = 1.0}"))
MAIL = {"app.load": [float(n) for n in range(20)]}


def test_mail_that_has_everything_is_never_touched() -> None:
    """The strictest receiver and one that requires nothing: the same trace, row for row."""
    strict, open_to_all = play(ALL, mail=MAIL), play(requires(), mail=MAIL)
    assert set(ends(strict)) == {"delivered"}
    assert first_divergence(strict.trace, open_to_all.trace) is None


def test_mail_that_lacks_what_nobody_requires_is_not_touched_either() -> None:
    """A signature is missing, and the receiver asks for a PTR record alone."""
    lacking = play(requires(ptr="{refuse = 1.0}"), NO_DKIM, mail=MAIL)
    assert first_divergence(lacking.trace, play(requires(), mail=MAIL).trace) is None


def test_one_of_spf_and_dkim_is_enough_for_authentication() -> None:
    one = requires(authentication="{refuse = 1.0}")
    assert set(ends(play(one, NO_SPF, mail=MAIL))) == {"delivered"}
    assert set(ends(play(one, NO_DKIM, mail=MAIL))) == {"delivered"}
    neither = play(one, NO_RECORDS, mail=MAIL)
    assert set(ends(neither)) == {"bounced"}
    assert begins(neither, AUTHENTICATION)


@pytest.mark.parametrize(
    ("key", "lacks", "reply"),
    [
        ("spf", NO_SPF, "550 5.7.27"),
        ("dkim", NO_DKIM, "550 5.7.30"),
        ("alignment", NO_RECORDS, "550 5.7.32"),
        ("dmarc_record", '[sender_domains."cozumpark.com"]\ndmarc = "missing"', "550 5.7.40"),
        ("ptr", '[egress."198.51.100.10"]\nptr = false', "550 5.7.25"),
        ("tls", "[send_connectors.internet]\nignore_starttls = true", "550 5.7.29"),
        ("dmarc_policy", f'{NO_RECORDS}\ndmarc = "reject"', "550 5.7.26 Unauthenticated email"),
    ],
)
def test_each_requirement_has_its_reply(key: str, lacks: str, reply: str) -> None:
    """The reply comes after the content, and the mail bounces."""
    run = play(requires(**{key: "{refuse = 1.0}"}), lacks, mail=MAIL)
    assert set(ends(run)) == {"bounced"}
    assert begins(run, reply)


def test_a_deferral_is_drawn_at_each_attempt() -> None:
    """Half of the attempts are deferred, and the hub tries again after a minute (Exchange 2010).

    Of 400 messages about half are delivered at once, a quarter after a minute, and so on.
    """
    run = play(requires(spf="{defer = 0.5}"), NO_SPF, mail={"app.load": [0] * 400})
    waits = [end for end, _ in run.ends("app.load")]
    assert set(ends(run)) == {"delivered"}
    for minute, share in ((0, 0.5), (1, 0.25), (2, 0.125)):
        count = sum(wait == 60.0 * minute for wait in waits)
        assert abs(count - 400 * share) < 3 * sqrt(400 * share * (1 - share))


def test_shares_of_the_mail_hold_whatever_the_attempts() -> None:
    """A fifth is refused, three tenths are junked, though half of the attempts are deferred."""
    outcome = "{defer = 0.5, refuse = 0.2, junk = 0.3}"
    count = 2000
    run = play(requires(dkim=outcome), NO_DKIM, mail={"app.load": [0] * count})
    for status, share in (("bounced", 0.2), ("junked", 0.3), ("delivered", 0.5)):
        found = ends(run).count(status)
        assert abs(found - count * share) < 3 * sqrt(count * share * (1 - share))


def test_who_lacks_more_never_fares_better() -> None:
    """With two requirements missing each message has the worse of both outcomes."""
    rank = ["delivered", "junked", "bounced"]
    junks, refuses = "{refuse = 0.1, junk = 0.9}", "{refuse = 0.5}"
    both = requires(spf=junks, dkim=refuses)
    fates = [
        [rank.index(status) for status in ends(play(of, NO_RECORDS, mail={"app.load": [0] * 300}))]
        for of in (requires(spf=junks), requires(dkim=refuses), both)
    ]
    assert [max(pair) for pair in zip(fates[0], fates[1], strict=True)] == fates[2]


def test_spf_names_ips_and_a_subdomain_without_records_has_those_of_its_domain() -> None:
    """The second IP is not in the record: what leaves by it is refused."""
    two = """
    [sender_domains."cozumpark.com"]
    spf = ["198.51.100.10"]
    dkim = []
    [send_connectors.internet]
    source_transport_servers = ["HUB01", "HUB02"]
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.172"
    [hosts.other.streams.load]
    sender = "a@news.cozumpark.com"
    [egress."203.0.113.25"]
    age = "400 d"
    """
    mail = {"app.load": [0], "other.load": [0]}
    run = play(requires(authentication="{refuse = 1.0}"), SECOND_HUB, two, mail=mail)
    assert ends(run) == ["delivered"]
    assert ends(run, "other.load") == ["bounced"]


def test_a_signature_of_the_first_hub_lasts() -> None:
    """HUB01 hands over to HUB02, which sends: the mail is signed if either of them signs it."""
    chain = "[send_connectors.internet]\nsource_transport_servers = ['HUB02']"
    fates = {}
    for signer in ("HUB01", "HUB02", "app"):
        keys = f'[sender_domains."cozumpark.com"]\nspf = []\ndkim = ["{signer}"]'
        run = play(requires(dkim="{refuse = 1.0}"), SECOND_HUB, chain, keys, mail={"app.load": [0]})
        fates[signer] = ends(run)
    assert fates == {"HUB01": ["delivered"], "HUB02": ["delivered"], "app": ["delivered"]}
    third = '[sender_domains."cozumpark.com"]\nspf = []\ndkim = ["other"]'
    other = '[hosts.other]\nkind = "none"\naddress = "192.168.168.51"\nserver = "192.168.168.169"'
    stream = '[hosts.other.streams.load]\narrivals = {process = "every", every = "1 d"}\n'
    stream += 'sender = "x@cozumpark.com"\nsize = "1 KB"\nto = {sink = 1.0}'
    run = play(
        requires(dkim="{refuse = 1.0}"),
        *(SECOND_HUB, chain, third, other, stream),
        mail={"app.load": [0]},
    )
    assert ends(run) == ["bounced"]
    assert ends(run, "other.load") == ["delivered"]


def test_the_from_header_of_another_domain_fails_dmarc_though_spf_passes() -> None:
    """SPF passes for MAIL FROM, but the From header has a domain with p=reject that nobody signs."""
    header = """
    [hosts.app.streams.load]
    header_from = "news@brand.example"
    [sender_domains."brand.example"]
    dkim = []
    dmarc = "reject"
    """
    run = play(requires(dmarc_policy="{refuse = 1.0}"), header, mail=MAIL)
    assert begins(
        run,
        "550 5.7.26 Unauthenticated email from brand.example is not accepted due to domain's DMARC "
        "policy",
    )
    quarantined = play(
        requires(dmarc_policy="{refuse = 1.0}"), header.replace("reject", "quarantine"), mail=MAIL
    )
    assert set(ends(quarantined)) == {"junked"}


def test_behind_a_relay_service_its_ip_and_its_signature_count() -> None:
    """The hub's IP is in the record, the service's is not; the service signs or does not."""
    service = """
    [relays.service]
    profile = "none"
    names = ["mx.provider.example"]
    egress = "192.0.2.1"
    [send_connectors.internet]
    smart_hosts = ["mx.provider.example"]
    [sender_domains."cozumpark.com"]
    spf = ["198.51.100.10"]
    """
    strict = requires(authentication="{refuse = 1.0}")
    assert ends(play(strict, service + "dkim = []", mail={"app.load": [0]})) == ["bounced"]
    assert ends(play(strict, service + "dkim = ['service']", mail={"app.load": [0]})) == [
        "delivered"
    ]


def test_the_null_sender_passes() -> None:
    """A stream without MAIL FROM and From header, and the NDRs of a hub."""
    null = '[hosts.app.streams.load]\nsender = "<>"'
    assert set(ends(play(ALL, NO_RECORDS, null, mail=MAIL))) == {"delivered"}
