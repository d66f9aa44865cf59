"""What a relay service does with the mail that it has accepted."""

from worlds.reputation_world import LIST, NOBODY_LOOKS, PROVIDER, TRAPS, listed, states
from worlds.small_world import SECOND_HUB, play

from relaysim.trace.tables import Level

OUT = "HUB01->mx.provider.example"
BEHIND = "service->example.org"
OK = "250 2.0.0 OK"
UNKNOWN = "550 5.1.1 Recipient address rejected: User unknown"
SERVICE = """
[relays.service]
profile = "none"
names = ["mx.provider.example"]
response_time = "2 s"
[send_connectors.internet]
smart_hosts = ["mx.provider.example"]
"""
IP = "192.0.2.26"
HOUR = 3600


def test_it_delivers_from_its_own_ip() -> None:
    """2 s until the service accepts it, 3 s at the receiver; the hub is done after the first."""
    run = play(SERVICE, "[destinations.sink]\nresponse_time = '3 s'", mail={"app.load": [0]})
    assert run.attempts(OUT) == [(0, 0.0, 2.0, OK)]
    assert run.attempts(BEHIND) == [(1, 2.0, 5.0, OK)]
    assert run.ends("app.load") == [(5.0, "delivered")]
    assert run.last_hubs("app.load") == ["service"]
    names, attempts = run.trace.names, run.trace.attempts
    assert [names.egress[number] for number in attempts["egress"]] == ["198.51.100.10", IP]


def test_the_receiver_behind_draws_what_it_draws_without_the_service() -> None:
    """Laws of one form: the attempt at the service draws other numbers than the one behind."""
    law = '{ distribution = "exponential", mean = "10 s" }'
    receiver = f"[destinations.sink]\nresponse_time = {law}"
    direct = play(receiver, mail={"app.load": [0]})
    run = play(
        SERVICE, receiver, f"[relays.service]\nresponse_time = {law}", mail={"app.load": [0]}
    )
    (_, start, end, _), (_, accepted, delivered, _) = run.attempts(OUT) + run.attempts(BEHIND)
    ((_, _, alone, _),) = direct.attempts("HUB01->example.org")
    assert round(delivered - accepted, 6) == alone
    assert end - start != alone


def test_an_ndr_for_an_unknown_user_comes_back_by_a_hub_that_takes_mail_from_outside() -> None:
    """Accepted at 2 s, refused behind at 2 s; the NDR has 5 KB, 409 us at 100 Mbit/s to HUB02.

    HUB02 needs 4 s of core time to receive it and 3 s to categorize it.
    """
    outside = """
    [hosts.world]
    kind = "internet"
    address = "203.0.113.200"
    server = "192.168.168.172"
    [hubs.HUB02]
    receive_cost = "4 s"
    categorize_cost = "3 s"
    [egress."203.0.113.25"]
    age = "400 d"
    """
    nobody = "[hosts.app.streams.load]\nunknown_rate = 1.0"
    run = play(SERVICE, SECOND_HUB, outside, nobody, mail={"app.load": [0]})
    assert run.attempts(BEHIND) == [(1, 2.0, 2.0, UNKNOWN)]
    assert run.ends("app.load") == [(2.0, "bounced")]
    assert run.messages("service.dsn", "created") == [2.0]
    assert run.attempts("service->HUB02") == [(2, 2.0, 6.000409, OK)]
    assert run.last_hubs("service.dsn") == ["HUB02"]
    assert run.ends("service.dsn") == [(9.000409, "delivered")]


def test_without_a_host_for_the_internet_ndrs_come_to_all_hubs_in_turn() -> None:
    nobody = "[hosts.app.streams.load]\nunknown_rate = 1.0"
    egress = '[egress."203.0.113.25"]\nage = "400 d"'
    run = play(SERVICE, SECOND_HUB, egress, nobody, mail={"app.load": [0, HOUR]})
    assert run.last_hubs("service.dsn") == ["HUB01", "HUB02"]


def test_some_recipients_bounce_behind_and_the_others_are_delivered() -> None:
    some = "[hosts.app.streams.load]\nunknown_rate = 0.3"
    run = play(SERVICE, some, mail={"app.load": [(0, 30)]})
    statuses = run.statuses("app.load")
    assert 3 < statuses.count("bounced") < 20
    assert statuses.count("delivered") == 30 - statuses.count("bounced")
    # One transaction to the service, and one message about those who do not exist.
    assert len(run.attempts(OUT)) == len(run.messages("service.dsn", "created")) == 1


def test_mail_for_several_domains_is_one_transaction_to_the_service_and_several_behind() -> None:
    two = """
    [destinations.net]
    profile = "none"
    domains = ["example.net"]
    [hosts.app.streams.load]
    to = { sink = 0.5, net = 0.5 }
    """
    run = play(SERVICE, two, mail={"app.load": [(0, 20)]})
    assert len(run.attempts(OUT)) == 1
    assert len(run.attempts(BEHIND)) == len(run.attempts("service->example.net")) == 1
    assert set(run.statuses("app.load")) == {"delivered"}


# Failures.


def test_the_service_tries_again_by_its_own_clock_and_gives_up_after_a_day() -> None:
    """The receiver is down for two days: an attempt each 15 min, 96 in all, then an NDR.

    A later message waits for the next attempt, and is delivered when the receiver is up.
    """
    down = """
    [run]
    duration = "3 d"
    [[events]]
    at = "0 s"
    outage = { destination = "sink", for = "2 d" }
    """
    run = play(SERVICE, down, mail={"app.load": [0, 47 * HOUR + 3000]})
    first = [start for transaction, start, *_ in run.attempts(BEHIND) if transaction == 1]
    assert first[:96] == [2 + 900.0 * number for number in range(96)]
    assert first[96:] == [-1.0]
    assert run.ends("app.load")[0] == (24 * HOUR + 2.0, "expired")
    assert run.statuses("app.load")[1] == "delivered"
    assert run.statuses("service.dsn") == ["delivered"]
    assert run.levels(Level.QUEUE_RETRY, OUT) == []


def test_an_outage_of_the_service_puts_the_queue_of_the_hub_into_retry() -> None:
    """Down for 30 s: the glitch retry of the hub comes after a minute."""
    down = "[[events]]\nat = '0 s'\noutage = { destination = 'service', for = '30 s' }"
    run = play(SERVICE, down, mail={"app.load": [0]})
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(0.0, 1), (60.0, 0)]
    assert run.ends("app.load") == [(62.0, "delivered")]


# Reputation.


def test_traps_and_refusals_are_about_the_ip_of_the_service() -> None:
    """A trap hit lists the IP of the service; receivers refuse what it delivers for that hour."""
    mail = {"app.traps": [8], "app.load": [11, 3605]}
    run = play(SERVICE, TRAPS, LIST, NOBODY_LOOKS, mail=mail)
    assert listed(run) == [(IP, "list", 10.0, 3610.0, "trigger", 0)]
    assert run.statuses("app.load") == ["bounced", "bounced"]
    assert f"Client host [{IP}] blocked" in run.verdicts("app.load")[0]


def test_a_listing_of_the_ip_of_the_hub_does_not_matter_behind_a_service() -> None:
    event = """
    [[events]]
    at = "0 s"
    listing = { egress = "198.51.100.10", blocklist = "list", for = "1 d" }
    """
    run = play(SERVICE, TRAPS, LIST, NOBODY_LOOKS, event, mail={"app.load": [10]})
    assert run.statuses("app.load") == ["delivered"]


def test_a_provider_judges_the_ip_of_the_service_with_the_domain_of_the_sender() -> None:
    bad = "[hosts.app.streams.unknown]\nunknown_rate = 1.0"
    mail = {"app.load": [10] * 200, "app.unknown": [10] * 100}
    run = play(SERVICE, PROVIDER, bad, NOBODY_LOOKS, mail=mail)
    assert states(run, f"sink {IP} cozumpark.com") != []
    assert not any("198.51.100.10" in name for name in run.trace.names.provider_states)
