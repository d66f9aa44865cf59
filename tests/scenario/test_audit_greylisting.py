"""What the audit says of greylists, against the stories of the engine."""

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found
from worlds.small_world import tables

from relaysim.audit import Severity
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario

STREAM = """
[hosts.app.streams.load]
arrivals = { process = "every", every = "1 min" }
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
"""
GREY = "[destinations.sink.greylisting]\n"


def design(every: str, *changes: str) -> Scenario:
    hub = f"[hubs.HUB01]\nmessage_retry_interval = '{every}'"
    return from_mapping(tables(hub, STREAM, GREY, *changes), "story")


def test_a_clock_that_makes_the_wait_twice_as_long_is_named(wording: Wording) -> None:
    (finding,) = found(design("15 min"), "greylisting")
    assert finding.severity is Severity.INFO
    assert finding.place == "destinations.sink.greylisting"
    assert quantities(finding.reason) >= {"15 min", "5 min"}
    wording(finding)
    for every in ("1 min", "4 min", "5 min", "9 min"):
        assert found(design(every), "greylisting") == []


def test_mail_that_never_passes_is_a_warning(wording: Wording) -> None:
    (late,) = found(design("15 min", f"{GREY}retry_window = '10 min'"), "greylisting")
    assert late.severity is Severity.WARNING
    assert quantities(late.reason) >= {"15 min", "10 min"}
    soon = "[hubs.HUB01]\nmessage_expiration_timeout = '12 min'"
    (expired,) = found(design("15 min", soon), "greylisting")
    assert expired.severity is Severity.WARNING
    assert quantities(expired.reason) >= {"15 min", "12 min"}
    wording(late, expired)


def test_a_share_of_nothing_is_not_named() -> None:
    assert found(design("15 min", f"{GREY}share = 0.0"), "greylisting") == []
