"""Step 7: a smart host that is a hub of the scenario takes the mail as that of any client."""

from pathlib import Path

import pytest
from worlds.small_world import SECOND_HUB, Played, play, tables

from relaysim.analysis.offered_load import Stages
from relaysim.audit import check
from relaysim.explanation.message import explain
from relaysim.plan.compiler import compile_plan
from relaysim.plan.reached import seen_from
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError

CHAIN = """
[send_connectors.internet]
smart_hosts = ["HUB02"]
dns_routing_enabled = false
[send_connectors.relay]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"
[dns]
dmz = ["192.168.168.172"]
"""
"""HUB01 sends by HUB02, which sends by itself: of two equal connectors a hub uses its own."""
TO_HUB02 = "HUB01->HUB02 (smart host)"
OUT = "HUB02->example.org"
HAND_OVER = 81e-6
"""Seconds of 1 KB at 100 Mbit/s, rounded down to microseconds."""
NO_RIGHT = "[hubs.HUB02.receive_connectors.relay]\npermissions = []"


def chain(*changes: str, **given: object) -> Played:
    return play(SECOND_HUB, CHAIN, *changes, **given)  # type: ignore[arg-type]


def test_mail_leaves_by_the_smart_host() -> None:
    run = chain(mail={"app.load": [0]})
    assert run.ends("app.load") == [(HAND_OVER, "delivered")]
    assert [reply for *_, reply in run.attempts(TO_HUB02)] == ["250 2.0.0 OK"]
    assert [reply for *_, reply in run.attempts(OUT)] == ["250 2.0.0 OK"]
    assert run.last_hubs("app.load") == ["HUB02"]


def test_the_public_ip_of_the_last_hub_counts() -> None:
    run = chain(mail={"app.load": [0]})
    plan = compile_plan(run.scenario)
    (pair,) = seen_from(plan, 0, [plan.domains.index("example.org")])
    assert plan.egress[pair[0]].name == "203.0.113.25"


@pytest.mark.parametrize("name", ["hub02", "dmz", "192.168.168.172", "[192.168.168.172]"])
def test_a_smart_host_is_a_hub_by_its_name_by_dns_or_by_its_address(name: str) -> None:
    named = f'[send_connectors.internet]\nsmart_hosts = ["{name}"]'
    assert chain(named, mail={"app.load": [0]}).last_hubs("app.load") == ["HUB02"]


THIRD = r"""
[hubs.HUB03]
mta = "none"
cores = 1
addresses = ["192.168.168.173"]
egress = "203.0.113.26"
[hubs.HUB03.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.172"]
permission_groups = ["AnonymousUsers"]
permissions = [
  { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
]
[egress."203.0.113.26"]
[send_connectors.relay]
smart_hosts = ["HUB03"]
dns_routing_enabled = false
[send_connectors.last]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB03"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"
"""


def test_a_chain_may_be_longer() -> None:
    """HUB03 answers HUB02 alone, which connects from its lowest address."""
    run = chain(THIRD, mail={"app.load": [0]})
    assert run.ends("app.load") == [(2 * HAND_OVER, "delivered")]
    assert run.last_hubs("app.load") == ["HUB03"]


def test_without_the_right_to_relay_the_mail_bounces() -> None:
    """The sending hub has taken the mail, so it sends an NDR, to the own domain."""
    run = chain(NO_RIGHT, mail={"app.load": [0]})
    assert run.ends("app.load") == [(0.0, "bounced")]
    assert run.verdicts("app.load") == ["550 5.7.1 Unable to relay"]
    assert run.statuses("HUB01.dsn") == ["delivered"]


def test_a_hub_of_postfix_defers_what_it_may_not_relay() -> None:
    """HUB01 tries again each minute; after 150 s the message expires."""
    postfix = '[hubs.HUB02]\nmta = "postfix"\n[hubs.HUB01]\nmessage_expiration_timeout = "150 s"'
    run = chain(NO_RIGHT, postfix, mail={"app.load": [0]})
    assert [start for _, start, _, _ in run.attempts(TO_HUB02)] == [0.0, 60.0, 120.0]
    assert run.ends("app.load") == [(150.0, "expired")]


def test_the_limits_of_the_receiving_connector_hold() -> None:
    """Two sessions of HUB01 fit. HUB02 needs 10 s a message, one after another.

    The third connection is refused, and its message waits for one of the two that are open: HUB02
    has received it after 30 s.
    """
    two = """
    [hubs.HUB02]
    receive_cost = "10 s"
    [hubs.HUB02.receive_connectors.relay]
    max_inbound_connection_per_source = 2
    """
    run = chain(two, mail={"app.load": [0, 0, 0]})
    assert [round(end) for end, _ in run.ends("app.load")] == [10, 20, 30]
    replies = [reply[:3] for *_, reply in run.attempts(TO_HUB02)]
    assert replies == ["421", "250", "250", "250"]
    assert run.opened(TO_HUB02) == [1, 1, 1, 0]


def test_no_connector_that_lists_the_hub_answers_it() -> None:
    """HUB01 is in Retry; at 60 s it tries again, and so on, until the message expires."""
    elsewhere = """
    [hubs.HUB01]
    message_expiration_timeout = "90 s"
    [hubs.HUB02.receive_connectors.relay]
    remote_ip_ranges = ["10.0.0.1"]
    """
    run = chain(elsewhere, mail={"app.load": [0]})
    assert run.attempts(TO_HUB02)[:2] == [
        (0, 0.0, 0.0, "421 4.3.2 Service not available"),
        (0, 60.0, 60.0, "421 4.3.2 Service not available"),
    ]


def test_a_rate_limit_of_the_receiving_connector_ends_the_connection() -> None:
    """One message a minute: the second one gets 421, and waits a minute in Retry."""
    rate = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [hubs.HUB02.receive_connectors.relay]
    message_rate_limit = "1/min"
    """
    run = chain(rate, mail={"app.load": [0, 0]})
    assert [round(end) for end, _ in run.ends("app.load")] == [0, 60]


def test_mail_for_the_own_mailboxes_does_not_go_to_the_smart_host() -> None:
    inside = "[hosts.app.streams.load]\nto = { internal = 1.0 }"
    assert chain(inside, mail={"app.load": [0]}).last_hubs("app.load") == ["HUB01"]


def test_exchange_behind_postfix_in_the_perimeter_network() -> None:
    """Each with the defaults of its profile: HUB01 is in mynetworks of HUB02."""
    perimeter = r"""
    [hubs.HUB01]
    mta = "exchange-2010"
    [hubs.HUB02]
    mta = "postfix"
    [hubs.HUB02.receive_connectors.mynetworks]
    bindings = ["0.0.0.0:25"]
    remote_ip_ranges = ["192.168.168.169"]
    """
    run = chain(NO_RIGHT, perimeter, mail={"app.load": range(50)})
    assert run.statuses("app.load") == ["delivered"] * 50
    assert set(run.last_hubs("app.load")) == {"HUB02"}


@pytest.mark.parametrize(
    ("changes", "circle"),
    [
        ((), "HUB01 → HUB01"),
        ((SECOND_HUB, CHAIN), "HUB01 → HUB02 → HUB01"),
        ((SECOND_HUB, CHAIN, THIRD), "HUB01 → HUB02 → HUB03 → HUB01"),
    ],
)
def test_a_circle_is_an_error(changes: tuple[str, ...], circle: str, tmp_path: Path) -> None:
    last = ("internet", "relay", "last")[len(changes) - bool(changes)]
    back = f'[send_connectors.{last}]\nsmart_hosts = ["HUB01"]\ndns_routing_enabled = false'
    with pytest.raises(ScenarioError) as caught:
        from_mapping(tables(*changes, back, mail={"app.load": [0]}, folder=tmp_path))
    (problem,) = caught.value.problems
    assert problem.message == f"mail goes in a circle: {circle}"
    assert problem.path == ("send_connectors", last, "smart_hosts")


STREAM = """
[hosts.app.streams.load]
sender = "a@cozumpark.com"
size = "1 KB"
arrivals = { process = "poisson", rate = "1/s" }
to = { sink = 1.0 }
"""


def design(*changes: str) -> Scenario:
    return from_mapping(tables(SECOND_HUB, CHAIN, STREAM, *changes))


def test_explain_shows_the_session_at_the_smart_host() -> None:
    """HUB01 is a client of HUB02, without a log-in; then HUB02 sends to the domain."""
    host = " ".join(str(explain(design(), "app", "a@example.org")).split())
    assert "queue HUB02 (smart host) of HUB01 by send connector internet" in host
    assert r"192.168.168.172 port 25: HUB02\relay answers, 250 2.1.5 Recipient OK" in host
    assert "queue example.org (destination sink) of HUB02 by send connector relay" in host
    hub = str(explain(design(), "HUB01", "a@example.org"))
    assert r"Receive connector: HUB02\relay" in hub
    assert "C: AUTH" not in hub


def test_check_finds_all_of_a_chain_in_use() -> None:
    """The connector in the middle too, and a name in DNS that a smart host uses."""
    named = '[send_connectors.internet]\nsmart_hosts = ["dmz"]'
    places = [each.place for each in check(design(THIRD, named)) if each.check == "unused"]
    assert places == []


def test_the_offered_load_of_a_chain() -> None:
    """Each message costs each hub 10 ms to receive and 20 ms to send: 30 ms at one a second."""
    costs = "".join(
        f'[hubs.{hub}]\nreceive_cost = "10 ms"\nsend_cost = "20 ms"\n'
        for hub in ("HUB01", "HUB02", "HUB03")
    )
    stages = Stages(design(THIRD, costs)).by_name
    for hub in ("HUB01", "HUB02", "HUB03"):
        assert stages[f"{hub}.cpu"].load({"app.load": 1.0}) == pytest.approx(0.03)
