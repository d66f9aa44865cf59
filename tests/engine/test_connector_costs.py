"""Core time of receive and send connectors that differ from their hub."""

import pytest
from worlds.small_world import SECOND_HUB, play, tables

from relaysim.analysis.offered_load import Stage, Stages
from relaysim.explanation.message import explain
from relaysim.scenario.load import from_mapping

HUB = """
[hubs.HUB01]
receive_cost = "10 ms"
send_cost = "5 ms"
"""
SCANNED = """
[hubs.HUB01.receive_connectors.scanned]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.60"]
permission_groups = ["AnonymousUsers"]
permissions = [
  { user = 'NT AUTHORITY\\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
]
receive_cost = "40 ms"
[hosts.web]
kind = "none"
address = "192.168.168.60"
server = "192.168.168.169"
"""
PARTNER = """
[send_connectors.partner]
address_spaces = ["SMTP:example.net;1"]
source_transport_servers = ["HUB01"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"
send_cost = "30 ms"
[destinations.partner]
profile = "none"
domains = ["example.net"]
[hosts.web.streams.load]
to = { partner = 1.0 }
"""


def loaded(*changes: str, rates: dict[str, str]) -> dict[str, Stage]:
    """The stages of a scenario with streams of a message each so often."""
    streams = "".join(
        f"[hosts.{host}.streams.load]\nsender = 'app@cozumpark.com'\nsize = '1 KB'\n"
        f"arrivals = {{ process = 'every', every = '{every}' }}\n"
        for host, every in rates.items()
    )
    to = {} if "[hosts.web.streams.load]" in "".join(changes) else {"web": 1}
    streams += "".join(f"[hosts.{host}.streams.load.to]\nsink = 1.0\n" for host in ("app", *to))
    return Stages(from_mapping(tables(*changes, streams), "story")).by_name


def test_a_connector_with_a_scanner_costs_more() -> None:
    """One core. Both messages come at 0 s: by the one connector 10 ms, by the other 40 ms.

    The second one is with the hub at 50 ms. Then the first is sent, in 5 ms, and the second by a
    send connector that costs 30 ms: at 85 ms.
    """
    run = play(HUB, SCANNED, PARTNER, mail={"app.load": [0], "web.load": [0]})
    assert run.messages("app.load", "committed") == [0.010]
    assert run.messages("web.load", "committed") == [0.050]
    assert run.ends("app.load") == [(0.055, "delivered")]
    assert run.ends("web.load") == [(0.085, "delivered")]


def test_a_queue_without_chance_grows_by_what_is_above_the_distance() -> None:
    """D/D/1: 40 ms of work every 32 ms. Message n waits n x 8 ms for the core.

    The offered load says the same: 40 of 32 ms are 125 %. By the connector that has the cost of the
    hub it is 10 of 32 ms, and nothing waits.
    """
    free = "[hubs.HUB01]\nsend_cost = '0 s'"
    run = play(HUB, SCANNED, free, mail={"web.load": [n * 0.032 for n in range(50)]})
    waits = [start - enter for _, enter, start, _ in run.visits("HUB01.cpu")]
    assert waits == pytest.approx([n * 0.008 for n in range(50)], abs=1e-9)
    run = play(HUB, SCANNED, free, mail={"app.load": [n * 0.032 for n in range(50)]})
    assert {start - enter for _, enter, start, _ in run.visits("HUB01.cpu")} == {0.0}
    stages = loaded(HUB, SCANNED, free, rates={"app": "32 ms", "web": "32 ms"})
    assert stages["HUB01.cpu"].load({"web.load": 31.25}) == pytest.approx(1.25, rel=1e-12)
    assert stages["HUB01.cpu"].load({"app.load": 31.25}) == pytest.approx(0.3125, rel=1e-12)


def test_the_offered_load_of_a_send_connector() -> None:
    stages = loaded(HUB, SCANNED, PARTNER, rates={"app": "1 s", "web": "1 s"})
    assert stages["HUB01.cpu"].demand == pytest.approx({"app.load": 0.015, "web.load": 0.07})


SMART = """
[send_connectors.internet]
smart_hosts = ["192.168.168.172"]
dns_routing_enabled = false
send_cost = "7 ms"
[send_connectors.perimeter]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"
[hubs.HUB02]
receive_cost = "10 ms"
[hubs.HUB02.receive_connectors.relay]
receive_cost = "25 ms"
"""


def test_a_hub_that_is_a_client_costs_what_the_connector_costs() -> None:
    """HUB01 sends to HUB02 by its smart host in 7 ms, which takes the message in with 25 ms."""
    run = play(SECOND_HUB, SMART, mail={"app.load": [0]})
    start, end = run.visits("HUB02.cpu")[0][2:]
    assert round(end - start, 9) == 0.025
    assert [round(end - start, 9) for _, _, start, end in run.visits("HUB01.cpu")][-1] == 0.007
    stages = loaded(SECOND_HUB, SMART, SCANNED, rates={"app": "1 s"})
    assert stages["HUB02.cpu"].demand == pytest.approx({"app.load": 0.025})
    assert stages["HUB01.cpu"].demand == pytest.approx({"app.load": 0.007})


def test_explain_names_the_costs_of_connectors() -> None:
    spread = '{ base = "40 ms", per_kb = "0.5 ms", cv = 1.0 }'
    costs = f"""
    [hubs.HUB01.receive_connectors.scanned]
    receive_cost = {spread}
    [send_connectors.partner]
    send_cost = {spread}
    """
    stream = "[hosts.web.streams.load]\nsender = 'app@cozumpark.com'\nsize = '1 KB'\n"
    often = "arrivals = { process = 'every', every = '1 s' }"
    scenario = from_mapping(tables(SCANNED, PARTNER, costs, stream + often), "story")
    text = str(explain(scenario, "web", "a@example.net"))
    assert "core time of a message: 40 ms and 500 us a KB (receive_cost)" in text
    assert "core time 40 ms and 500 us a KB (send_cost)" in " ".join(text.split())
