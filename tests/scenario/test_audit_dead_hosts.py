"""What the audit says of MX hosts that do not answer, against Postfix's own formula."""

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found
from worlds.small_world import tables

from relaysim.audit import Severity
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario

STREAM = """
[hubs.HUB01]
max_per_domain_outbound_connections = 100
[hosts.app.streams.load]
arrivals = { process = "every", every = "1 min" }
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
"""


def design(hosts: int, dead: int, timeout: str = "30 s") -> Scenario:
    sink = f"[destinations.sink]\nmx_hosts = {hosts}\nunreachable_mx_hosts = {dead}"
    hub = f"[hubs.HUB01]\nsmtp_connect_timeout = '{timeout}'"
    return from_mapping(tables(STREAM, sink, hub), "story")


def test_the_ceiling_is_that_of_postfix(wording: Wording) -> None:
    """100 connections x 2 hosts / 30 s = 6.7 a second; without a host that answers nothing goes."""
    (finding,) = found(design(2, 1), "dead_mx_hosts")
    assert finding.severity is Severity.INFO
    assert finding.place == "destinations.sink.unreachable_mx_hosts"
    assert quantities(finding.reason) >= {"100", "15 s", "30 s", "6.7/s"}
    (all_dead,) = found(design(2, 2), "dead_mx_hosts")
    assert all_dead.severity is Severity.WARNING
    wording(finding, all_dead)


def test_a_short_time_out_or_many_hosts_are_no_finding() -> None:
    assert found(design(2, 1, "5 s"), "dead_mx_hosts") == []
    assert found(design(7, 1), "dead_mx_hosts") == []
    assert found(design(2, 0), "dead_mx_hosts") == []


def test_outages_that_leave_no_host_are_named() -> None:
    """Of two hosts one is lost from 0 to 1 h, the other from 30 min to 2.5 h; then one again."""
    events = [
        {"at": at, "outage": {"destination": "sink", "mx_hosts": 1, "for": length}}
        for at, length in (("0 s", "1 h"), ("30 min", "2 h"), ("2.5 h", "1 h"))
    ]
    sink = "[destinations.sink]\nmx_hosts = 2"
    design = from_mapping(tables(STREAM, sink) | {"events": events}, "story")
    (finding,) = found(design, "dead_mx_hosts")
    assert finding.place == "events.1.outage.mx_hosts"
    assert finding.reason == (
        "From 30 min to 1 h after the start no MX host of sink answers: its mail waits in the "
        "queues of HUB01."
    )


def test_a_hub_that_tries_many_dead_hosts_is_an_assumption() -> None:
    assumption = "Assumption: a hub tries all hosts"
    (few,), (many,) = (found(design(6, dead), "dead_mx_hosts") for dead in (4, 5))
    assert assumption not in few.reason
    assert many.reason.endswith(
        f"{assumption}; a server may defer sooner (Postfix: after 5, smtp_mx_address_limit)."
    )
