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

    The front end of HUB01 answers for HUB02. When HUB01 itself stops, all sessions are lost, but
    HUB02 commits what it has.
    """
    slow = "[hubs.HUB01]\ncommit_write = '10 s'\n[hubs.HUB02]\ncommit_write = '10 s'"
    batches = (
        "[hubs.HUB01]\nqueue_database_batch_size = 99\n[hubs.HUB02]\nqueue_database_batch_size = 99"
    )
    mail = {"app.load": [0.0] * 40}
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, slow, batches, stop(stops, "5 s"), mail=mail)
    lost = run.verdicts("app.load").count(reply)
    assert 10 <= lost <= 30
    other = "HUB01" if stops == "HUB02" else "HUB02"
    assert run.hubs("app.load").count(other) == 40 - lost
    assert {end for _, end in run.ends("app.load")} == {"abandoned", "delivered"}


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


# Mail for mailboxes: HUB01, which the host sends to, is in one site, and the mailboxes in another.

APART = "[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'"
THIRD = [
    text.replace("HUB02", "HUB03").replace("168.172", "168.173").replace("113.25", "113.26")
    for text in (SECOND_HUB, f"[hubs.HUB02]{_FREE}site = 'Ankara'")
]
"""A second server in the site of the mailboxes."""
SERVERS = """
[hubs.HUB02.receive_connectors."Default HUB02"]
bindings = ["0.0.0.0:2525"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
transport_role = "HubTransport"
permission_groups = ["ExchangeServers"]
auth_mechanism = ["Tls", "ExchangeServer"]
"""
"""HUB02 takes what HUB01 hands it."""
MIXED = "[hosts.app.streams.load.to]\ninternal = 0.5\nsink = 0.5"
INSIDE = "[hosts.app.streams.load.to]\ninternal = 1.0"


def test_mail_for_a_mailbox_goes_to_the_site_of_the_mailboxes_and_other_mail_does_not() -> None:
    """200 messages with one recipient each: who has a mailbox decides, message by message."""
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, APART, MIXED, mail=MANY)
    domains = [run.trace.names.domains[number] for number in run.trace.recipients["domain"]]
    assert run.hubs("app.load") == [
        "HUB02" if domain == "cozumpark.com" else "HUB01" for domain in domains
    ]
    assert 70 < domains.count("cozumpark.com") < 130
    assert set(run.statuses("app.load")) == {"delivered"}
    assert "HUB01->HUB02" not in run.trace.names.queues or not run.attempts("HUB01->HUB02")


def test_the_servers_of_the_other_site_take_it_with_the_same_chance() -> None:
    run = play(SECOND_HUB, FRONT_ENDS, *THIRD, APART, INSIDE, mail=MANY)
    hubs = run.hubs("app.load")
    assert (hubs.count("HUB01"), hubs.count("HUB02") + hubs.count("HUB03")) == (0, 200)
    assert 80 <= hubs.count("HUB03") <= 120


def test_the_first_20_recipients_decide() -> None:
    """With a share of 5 % the first 20 of 40 recipients have no mailbox in 36 % of messages."""
    few = "[hosts.app.streams.load.to]\ninternal = 0.05\nsink = 0.95"
    mail = {"app.load": [(float(second), 40) for second in range(100)]}
    run = play(SECOND_HUB, FRONT_ENDS, SERVERS, BOTH_SEND, APART, few, mail=mail)
    names, recipients = run.trace.names.domains, run.trace.recipients
    expected = []
    for message in range(100):
        own = recipients["domain"][recipients["message"] == message][:20]
        expected.append("HUB02" if "cozumpark.com" in [names[each] for each in own] else "HUB01")
    assert run.hubs("app.load") == expected
    late = recipients["domain"].reshape(100, 40)[:, 20:] == names.index("cozumpark.com")
    assert any(hub == "HUB01" and row.any() for hub, row in zip(expected, late, strict=True))


def test_a_recipient_that_the_front_end_refuses_does_not_count() -> None:
    """Without the right to relay 30 recipients outside are refused; the mailbox after them counts."""
    closed = "[hubs.HUB01.receive_connectors.relay]\npermissions = []"
    mail = {"app.load": [(float(second), 40) for second in range(20)]}
    few = "[hosts.app.streams.load.to]\ninternal = 0.05\nsink = 0.95"
    run = play(SECOND_HUB, FRONT_ENDS, BOTH_SEND, APART, closed, few, mail=mail)
    assert set(run.hubs("app.load")) == {"HUB02", ""}
    assert set(run.statuses("app.load")) == {"delivered", "refused"}


def test_while_no_server_of_that_site_runs_the_own_site_takes_the_mail() -> None:
    """HUB02 is back after an hour, and HUB01 hands it what it took."""
    down = stop("HUB02", "0 s")
    run = play(SECOND_HUB, FRONT_ENDS, SERVERS, BOTH_SEND, APART, INSIDE, down, mail=MANY)
    assert run.hubs("app.load") == ["HUB01"] * 200
    assert set(run.statuses("app.load")) == {"delivered"}
    assert min(end for end, _ in run.ends("app.load")) >= 3600


def test_a_site_of_mailboxes_without_a_front_end_gets_it_from_the_own_site() -> None:
    old = "[hubs.HUB02]\nmta = 'none'"
    run = play(SECOND_HUB, FRONT_ENDS, APART, INSIDE, old, mail={"app.load": [0.0, 1.0]})
    assert run.hubs("app.load") == ["HUB01", "HUB01"]
    assert len(run.attempts("HUB01->HUB02")) == 2


def test_the_paths_of_a_design_divide_messages_as_a_run_does() -> None:
    """Of 200 messages with one recipient one half goes to either site."""
    scenario = from_mapping(
        tables(SECOND_HUB, FRONT_ENDS, BOTH_SEND, APART, STREAM, MIXED), "story"
    )
    assert [
        (path.takers, path.share, [(route.domains.name, route.share) for route in path.routes])
        for path in paths(scenario)
    ] == [
        (("HUB02",), 0.5, [("cozumpark.com", 1.0)]),
        (("HUB01",), 0.5, [("example.org", 1.0)]),
    ]


def test_the_paths_of_messages_with_two_recipients() -> None:
    """A quarter of the messages has no mailbox; the others have two thirds of theirs there."""
    two = "[hosts.app.streams.load]\nrecipients = 2"
    scenario = from_mapping(
        tables(SECOND_HUB, FRONT_ENDS, BOTH_SEND, APART, STREAM, MIXED, two), "story"
    )
    near, usual = paths(scenario)
    assert (near.share, usual.share) == (0.75, 0.25)
    assert {route.domains.name: route.share for route in near.routes} == pytest.approx(
        {"cozumpark.com": 2 / 3, "example.org": 1 / 3}
    )


def test_an_explanation_says_who_decides() -> None:
    scenario = from_mapping(tables(SECOND_HUB, FRONT_ENDS, BOTH_SEND, APART, STREAM), "story")
    both = explain(scenario, "app", ["ayse@example.org", "ali@cozumpark.com"])
    text = " ".join(str(both).split())
    assert "it proxies this message to HUB02, in the site of the mailboxes, Ankara." in text
    assert "of HUB02 by send connector internet" in text
    assert "mailbox delivery queue of HUB02" in text
    assert "Front end" not in str(explain(scenario, "app", "ayse@example.org"))
