"""Hosts with more than one address to go to, and more than one hub."""

from worlds.small_world import SECOND_HUB, play

TWO = """
[dns]
mail = ["192.168.168.169", "192.168.168.172"]
[hosts.app]
server = "mail"
round_trip = "1 s"
[send_connectors.internet]
source_transport_servers = ["HUB01", "HUB02"]
"""


def stop(hub: str, at: str = "0 s", length: str = "1 h") -> str:
    return f"[[events]]\nat = '{at}'\nstop = {{ hub = '{hub}', for = '{length}' }}"


def test_the_nth_connection_starts_at_address_n_modulo_their_number() -> None:
    run = play(SECOND_HUB, TWO, mail={"app.load": [0, 10, 20, 30]})
    assert run.hubs("app.load") == ["HUB01", "HUB02", "HUB01", "HUB02"]


def test_a_connection_fails_over_to_the_next_address_after_a_round_trip() -> None:
    run = play(SECOND_HUB, TWO, stop("HUB01"), mail={"app.load": [0, 10, 20]})
    assert run.hubs("app.load") == ["HUB02", "HUB02", "HUB02"]
    assert run.messages("app.load", "connected") == [1.0, 10.0, 21.0]
    assert run.visits("HUB02/relay")[0] == (0, 0.0, 1.0, 7.0)
    assert run.statuses("app.load") == ["delivered"] * 3


def test_a_turned_away_connection_fails_over_too() -> None:
    full = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection = 1"
    run = play(SECOND_HUB, TWO, full, mail={"app.load": [0, 1, 2]})
    assert run.hubs("app.load") == ["HUB01", "HUB02", "HUB02"]
    assert run.messages("app.load", "connected") == [0.0, 1.0, 3.0]


def test_if_all_fail_the_last_reply_counts_and_it_is_one_try() -> None:
    last = "[hubs.HUB02.receive_connectors.relay]\nremote_ip_ranges = ['10.0.0.1']"
    run = play(SECOND_HUB, TWO, stop("HUB01"), last, mail={"app.load": [0]})
    assert run.ends("app.load") == [(2.0, "abandoned")]
    assert run.verdicts("app.load") == ["421 4.3.2 Service not available"]
    assert run.submissions("app.load") == [1]


def test_a_host_that_retries_moves_on_when_its_hub_stops() -> None:
    """Sessions on HUB01 are cut at 3 s; five minutes later the message goes to HUB02."""
    retry = "[hosts.app]\non_failure = { retry_every = '5 min', give_up_after = '1 d' }"
    run = play(SECOND_HUB, TWO, retry, stop("HUB01", "3 s"), mail={"app.load": [0]})
    assert run.hubs("app.load") == ["HUB02"]
    assert run.messages("app.load", "connected") == [306.0]


def test_a_host_of_one_hub_does_not_notice_the_other_one_stop() -> None:
    one = "[hosts.app]\nserver = '192.168.168.172'"
    mail = {"app.load": [0, 1, 2.5]}
    alone = play(SECOND_HUB, TWO, one, mail=mail)
    stopped = play(SECOND_HUB, TWO, one, stop("HUB01", "1 s"), mail=mail)
    assert alone.ends("app.load") == stopped.ends("app.load")
    assert stopped.statuses("app.load") == ["delivered"] * 3
