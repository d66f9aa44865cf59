"""Step 7: which way mail leaves a hub, and how one hub hands it to another."""

from worlds.small_world import SECOND_HUB, play

OUT_1 = "HUB01->example.org"
OUT_2 = "HUB02->example.org"
OVER = "HUB01->HUB02"
OK = "250 2.0.0 OK"

BY_HUB02 = """
[send_connectors.internet]
source_transport_servers = ["HUB02"]
"""
"""The host submits to HUB01; only HUB02 sends."""


def test_a_hub_that_is_no_source_hands_the_transaction_to_one_that_is() -> None:
    """Core time to send on HUB01, the LAN, then receive, commit and categorize on HUB02."""
    costs = """
    [hubs.HUB01]
    categorize_cost = "1 s"
    send_cost = "2 s"
    [hubs.HUB02]
    receive_cost = "16 s"
    categorize_cost = "4 s"
    commit_write = "8 s"
    """
    run = play(SECOND_HUB, BY_HUB02, costs, mail={"app.load": [(0, 1, 12500)]})
    assert run.visits("HUB01.cpu") == [(0, 0.0, 0.0, 1.0), (0, 1.0, 1.0, 3.0)]
    assert run.attempts(OVER) == [(0, 1.0, 27.001, OK)]
    assert run.visits("HUB02.commit") == [(0, 19.001, 19.001, 27.001)]
    assert run.visits("HUB02.cpu") == [(0, 3.001, 3.001, 19.001), (0, 27.001, 27.001, 31.001)]
    assert run.attempts(OUT_2) == [(1, 31.001, 31.001, OK)]
    assert run.ends("app.load") == [(31.001, "delivered")]


def test_a_hub_that_stops_while_it_receives_from_another_hub_has_not_got_the_message() -> None:
    """HUB02 stops at 5 s, in the middle of its work; HUB01 tries again when it is back."""
    stop = """
    [hubs.HUB02]
    receive_cost = "10 s"
    [[events]]
    at = "5 s"
    stop = { hub = "HUB02", for = "1 s" }
    """
    run = play(SECOND_HUB, BY_HUB02, stop, mail={"app.load": [(0, 1, 12500)]})
    first, second = run.attempts(OVER)
    assert first == (0, 0.0, 10.001, "421 4.4.2 Connection dropped")
    assert second[3] == OK
    assert run.statuses("app.load") == ["delivered"]


def test_the_hub_of_the_recipient_is_the_last_one_and_the_hub_of_the_message_the_first() -> None:
    run = play(SECOND_HUB, BY_HUB02, mail={"app.load": [0]})
    assert run.hubs("app.load") == ["HUB01"]
    assert run.last_hubs("app.load") == ["HUB02"]
    assert run.trace.transactions["parent"].tolist() == [-1, 0]
    names = run.trace.names
    assert [names.egress[e] for e in run.trace.attempts["egress"] if e >= 0] == ["203.0.113.25"]


def test_mail_to_the_mailboxes_is_not_handed_over() -> None:
    inside = "[hosts.app.streams.load]\nto = { internal = 1.0 }"
    run = play(SECOND_HUB, BY_HUB02, inside, mail={"app.load": [0]})
    assert run.last_hubs("app.load") == ["HUB01"]


def test_the_acknowledgement_comes_when_the_other_hub_has_it() -> None:
    """The next hop has committed it at 1 s; the delivery takes until 11 s."""
    late = """
    [hubs.HUB01.receive_connectors.relay]
    max_acknowledgement_delay = "30 s"
    [hubs.HUB02]
    commit_write = "1 s"
    [destinations.sink]
    response_time = "10 s"
    """
    run = play(SECOND_HUB, BY_HUB02, late, mail={"app.load": [(0, 1, 1)]})
    assert run.messages("app.load", "acknowledged") == [1.0]
    assert run.ends("app.load") == [(11.0, "delivered")]


def test_the_source_servers_take_their_turns_by_connection() -> None:
    three = """
    [hubs.HUB03]
    mta = "none"
    cores = 1
    addresses = ["192.168.168.173"]
    egress = "203.0.113.25"
    [send_connectors.internet]
    source_transport_servers = ["HUB02", "HUB03"]
    """
    run = play(SECOND_HUB, three, mail={"app.load": [0, 1, 2]})
    assert run.last_hubs("app.load") == ["HUB02", "HUB03", "HUB02"]


def test_a_source_server_that_is_down_is_passed_over() -> None:
    three = """
    [hubs.HUB03]
    mta = "none"
    cores = 1
    addresses = ["192.168.168.173"]
    egress = "203.0.113.25"
    [send_connectors.internet]
    source_transport_servers = ["HUB02", "HUB03"]
    [[events]]
    at = "0 s"
    stop = { hub = "HUB02", for = "1 h" }
    """
    run = play(SECOND_HUB, three, mail={"app.load": [0, 1]})
    assert run.last_hubs("app.load") == ["HUB03", "HUB03"]


def test_a_hub_that_is_a_source_sends_by_itself() -> None:
    both = "[send_connectors.internet]\nsource_transport_servers = ['HUB02', 'HUB01']"
    run = play(SECOND_HUB, both, mail={"app.load": [0]})
    assert run.last_hubs("app.load") == ["HUB01"]


def test_twenty_messages_go_over_one_connection_between_hubs() -> None:
    slow = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    send_cost = "1 s"
    """
    run = play(SECOND_HUB, BY_HUB02, slow, mail={"app.load": [0] * 22})
    opened = run.opened(OVER)
    assert [k for k, first in enumerate(opened) if first] == [0, 20]


def test_the_most_specific_address_space_wins_whatever_it_costs() -> None:
    """Partner mail has a way of its own by a smart host."""
    partner = """
    [send_connectors.partner]
    address_spaces = ["SMTP:example.org;100"]
    source_transport_servers = ["HUB01"]
    max_message_size = "unlimited"
    smart_hosts = ["mx.partner.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.partner.example"]
    """
    run = play(partner, mail={"app.load": [0]})
    assert run.attempts("HUB01->mx.partner.example") == [(0, 0.0, 0.0, OK)]


def test_what_came_in_by_a_linked_receive_connector_leaves_by_its_send_connector() -> None:
    """On one hub, the bulk mail of one connector leaves by a smart host, all other mail by DNS."""
    linked = r"""
    [hubs.HUB01.receive_connectors.bulk]
    bindings = ["0.0.0.0:25"]
    remote_ip_ranges = ["192.168.168.60"]
    permission_groups = ["AnonymousUsers"]
    permissions = [
      { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
    ]
    [send_connectors.bulk]
    linked_receive_connector = 'HUB01\bulk'
    source_transport_servers = ["HUB01"]
    max_message_size = "unlimited"
    smart_hosts = ["mx.bulk.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.bulk.example"]
    [hosts.bulk]
    kind = "none"
    address = "192.168.168.60"
    server = "192.168.168.169"
    """
    run = play(linked, mail={"app.load": [0], "bulk.news": [0]})
    assert run.connectors("bulk.news") == ["HUB01/bulk"]
    queue_of = run.trace.transactions["queue"]
    queues = [run.trace.names.queues[queue_of[t]] for t in run.trace.recipients["transaction"]]
    assert queues == [OUT_1, "HUB01->mx.bulk.example"]


def test_the_link_holds_when_the_mail_is_handed_to_another_hub() -> None:
    linked = r"""
    [send_connectors.bulk]
    linked_receive_connector = 'HUB01\relay'
    source_transport_servers = ["HUB02"]
    max_message_size = "unlimited"
    smart_hosts = ["mx.bulk.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.bulk.example"]
    """
    run = play(SECOND_HUB, linked, mail={"app.load": [0]})
    assert run.last_hubs("app.load") == ["HUB02"]
    assert run.attempts("HUB02->mx.bulk.example") == [(1, 0.000081, 0.000081, OK)]


def test_recipients_handed_over_and_recipients_kept_have_separate_transactions() -> None:
    split = """
    [hosts.app.streams.load]
    to = { sink = 0.5, internal = 0.5 }
    [mailboxes]
    delivery_time = "1 s"
    """
    run = play(SECOND_HUB, BY_HUB02, split, mail={"app.load": [(0, 6, 1)]})
    ends = dict(zip(run.last_hubs("app.load"), run.ends("app.load"), strict=True))
    assert ends == {"HUB01": (1.0, "delivered"), "HUB02": (0.0, "delivered")}
    assert len(run.trace.transactions) == 3


def test_a_message_of_two_transactions_to_one_hub_ages_there_by_transaction() -> None:
    """Two send connectors of HUB02 and of HUB02 and HUB03 give two queues, and two hand-overs.

    One is a minute later, as HUB02 is down for the other at first. Each part has one row.
    """
    two = """
    [hubs.HUB03]
    mta = "none"
    cores = 1
    addresses = ["192.168.168.173"]
    egress = "203.0.113.25"
    [send_connectors.internet]
    source_transport_servers = ["HUB02"]
    [send_connectors.other]
    address_spaces = ["SMTP:example.net;1"]
    source_transport_servers = ["HUB03", "HUB02"]
    max_message_size = "unlimited"
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    [hosts.app.streams.load]
    to = { sink = 0.5, other = 0.5 }
    [[events]]
    at = "0 s"
    outage = { destination = "sink", for = "4 d" }
    [[events]]
    at = "0 s"
    outage = { destination = "other", for = "4 d" }
    [[events]]
    at = "0 s"
    stop = { hub = "HUB03", for = "4 d" }
    [[events]]
    at = "0 s"
    stop = { hub = "HUB02", for = "90 s" }
    """
    run = play(SECOND_HUB, two, mail={"app.load": [(0, 4, 1)]})
    assert {end for end, _ in run.ends("app.load")} == {120 + 2 * 86_400.0}
    assert run.messages("HUB02.dsn", "created") == [
        120 + 4 * 3600.0,
        120 + 4 * 3600.0,
        120 + 2 * 86_400.0,
        120 + 2 * 86_400.0,
    ]
