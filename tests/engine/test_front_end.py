"""The front end of Exchange 2013 and later proxies each message to a hub of the site."""

import pytest
from worlds.small_world import SECOND_HUB, play, tables

from relaysim.analysis.mail_paths import paths
from relaysim.explanation.message import explain
from relaysim.scenario.load import from_mapping

_FREE = """
mta = "exchange-se"
receive_cost = "0 s"
categorize_cost = "0 s"
send_cost = "0 s"
queue_database_batch_size = 1
commit_write = "0 s"
shadow_redundancy_enabled = false
"""
_OPEN = """
tarpit_interval = "0 s"
max_inbound_connection_per_source = "unlimited"
max_inbound_connection_percentage_per_source = 100
"""
FRONT_ENDS = "".join(
    f"[hubs.{hub}]{_FREE}[hubs.{hub}.receive_connectors.relay]{_OPEN}" for hub in ("HUB01", "HUB02")
)
BOTH_SEND = "[send_connectors.internet]\nsource_transport_servers = ['HUB01', 'HUB02']"
"""Two servers of one site, each of which sends what it takes."""
MANY = {"app.load": [float(second) for second in range(200)]}


STREAM = """
[hosts.app.streams.load]
arrivals = { process = "every", every = "1 min" }
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
"""


def stop(hub: str, at: str) -> str:
    return f"[[events]]\nat = '{at}'\nstop = {{ hub = '{hub}', for = '1 h' }}"


def test_mail_to_one_server_is_spread_over_the_site() -> None:
    """200 messages go to either server with the same chance: 100, and a deviation of 7."""
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, mail=MANY)
    hubs = run.hubs("app.load")
    assert 80 <= hubs.count("HUB02") <= 120
    assert hubs.count("HUB01") + hubs.count("HUB02") == 200
    sessions = {row[0] for row in run.visits("HUB01/relay")}
    assert len(sessions) > 0
    assert run.visits("HUB02/relay") == []


def test_a_connector_of_the_transport_service_keeps_its_mail() -> None:
    own = "[hubs.HUB01.receive_connectors.relay]\ntransport_role = 'HubTransport'"
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, own, mail=MANY)
    assert run.hubs("app.load") == ["HUB01"] * 200


def test_a_server_of_another_site_gets_no_mail() -> None:
    apart = "[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'"
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, apart, mail=MANY)
    assert run.hubs("app.load") == ["HUB01"] * 200


def test_a_server_that_is_down_is_passed_over() -> None:
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, stop("HUB02", "0 s"), mail=MANY)
    assert run.hubs("app.load") == ["HUB01"] * 200


@pytest.mark.parametrize(
    ("stops", "reply"),
    [
        ("HUB02", "451 4.7.0 Temporary server error. Please try again later."),
        ("HUB01", "421 4.4.2 Connection dropped"),
    ],
)
def test_a_server_that_stops_before_its_commit_has_not_taken_the_message(
    stops: str, reply: str
) -> None:
    """Each server writes for 10 s. Of 40 messages at 0 s, some are with HUB02 when one stops.

    The front end of HUB01 answers for HUB02; when HUB01 itself stops, the sessions are lost.
    """
    slow = "[hubs.HUB01]\ncommit_write = '10 s'\n[hubs.HUB02]\ncommit_write = '10 s'"
    batches = (
        "[hubs.HUB01]\nqueue_database_batch_size = 99\n[hubs.HUB02]\nqueue_database_batch_size = 99"
    )
    mail = {"app.load": [0.0] * 40}
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, slow, batches, stop(stops, "5 s"), mail=mail)
    lost = run.verdicts("app.load").count(reply)
    if stops == "HUB01":
        assert lost == 40
    else:
        assert 10 <= lost <= 30
        assert run.hubs("app.load").count("HUB01") == 40 - lost
    assert {end for _, end in run.ends("app.load")} == (
        {"abandoned"} if stops == "HUB01" else {"abandoned", "delivered"}
    )


def test_the_server_that_takes_a_message_may_hand_it_to_the_source_of_the_connector() -> None:
    """HUB02 is no source server: it hands what it takes to HUB01, at the port of the transport."""
    servers = """
    [hubs.HUB01.receive_connectors."Default HUB01"]
    bindings = ["0.0.0.0:2525"]
    remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
    permission_groups = ["ExchangeServers"]
    auth_mechanism = ["Tls", "ExchangeServer"]
    """
    run = play(SECOND_HUB, FRONT_ENDS, servers, mail=MANY)
    taken = run.hubs("app.load").count("HUB02")
    assert taken > 0
    assert {end for _, end in run.ends("app.load")} == {"delivered"}
    assert len(run.attempts("HUB02->HUB01")) == taken


def test_mail_for_mailboxes_goes_to_a_hub_of_their_site() -> None:
    """HUB01 is in another site than the mailboxes: it hands their mail to HUB02."""
    inside = "[hosts.app.streams.load.to]\ninternal = 1.0"
    apart = "[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'"
    run = play(SECOND_HUB, apart, inside, mail={"app.load": [0.0, 1.0]})
    assert run.hubs("app.load") == ["HUB01", "HUB01"]
    assert [end for _, end in run.ends("app.load")] == ["delivered", "delivered"]
    assert len(run.attempts("HUB01->HUB02")) == 2


def test_the_paths_of_a_design_have_the_routes_of_both_servers() -> None:
    scenario = from_mapping(tables(SECOND_HUB, FRONT_ENDS, BOTH_SEND, STREAM), "story")
    (path,) = paths(scenario)
    assert path.hub == "HUB01"
    assert path.takers == ("HUB01", "HUB02")
    assert [(route.first.hub, route.first.egress, route.share) for route in path.routes] == [
        ("HUB01", "198.51.100.10", 0.5),
        ("HUB02", "203.0.113.25", 0.5),
    ]


def test_an_explanation_has_the_next_hop_from_either_server() -> None:
    scenario = from_mapping(tables(SECOND_HUB, FRONT_ENDS, BOTH_SEND, STREAM), "story")
    text = str(explain(scenario, "app", "ayse@example.org"))
    assert "Front end: it proxies each message to one of HUB01 and HUB02 at random." in text
    assert "of HUB01 by send connector internet" in text
    assert "of HUB02 by send connector internet" in text
