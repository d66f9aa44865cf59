"""What the audit says of greylists, against the stories of the engine."""

from pathlib import Path

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found
from worlds.small_world import tables

from relaysim.audit import Severity
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError

STREAM = """
[hosts.app.streams.load]
arrivals = { process = "every", every = "1 min" }
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
"""
GREY = "[destinations.sink.greylisting]\n"
POSTFIX = "[hubs.HUB01]\nmta = 'postfix'"


def design(every: str, *changes: str) -> Scenario:
    hub = f"[hubs.HUB01]\nmessage_retry_interval = '{every}'"
    return from_mapping(tables(hub, STREAM, GREY, *changes), "story")


def design_of_postfix(*changes: str) -> Scenario:
    return from_mapping(tables(POSTFIX, STREAM, GREY, *changes), "story")


def test_a_clock_that_makes_the_wait_twice_as_long_is_named(wording: Wording) -> None:
    (finding,) = found(design("15 min"), "greylisting")
    assert finding.severity is Severity.INFO
    assert finding.place == "destinations.sink.greylisting"
    assert quantities(finding.reason) >= {"15 min", "5 min"}
    wording(finding)
    for every in ("1 min", "4 min", "5 min", "9 min"):
        assert found(design(every), "greylisting") == []


def test_the_reason_names_the_first_waits_where_they_grow() -> None:
    """1, then 10 and 20 min at most: attempts at 1 and 11 min, and the receiver asks for 5 min."""
    (finding,) = found(
        design(
            "1 min", "[hubs.HUB01]\nmessage_retry_factor = 10.0\nmessage_retry_longest = '20 min'"
        ),
        "greylisting",
    )
    assert finding.reason == (
        "Mail of a new sender waits 11 min: HUB01 tries a deferred message after 1 min at first and "
        "then waits 10 min, 20 min, ..., and sink asks for 5 min."
    )


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


def test_the_fix_raises_the_expiration_where_the_delay_is_beyond_it(wording: Wording) -> None:
    """A retry every 5 min: the first one at 6 d passes, but Exchange ends the message at 2 d."""
    long = f"{GREY}delay = '6 d'\nretry_window = '10 d'"
    (finding,) = found(design("5 min", long), "greylisting")
    assert 'hubs.HUB01.message_expiration_timeout = "1 w"' in finding.fix
    assert "message_retry_interval" not in finding.fix
    wording(finding)
    raised = "[hubs.HUB01]\nmessage_expiration_timeout = '7 d'"
    assert found(design("5 min", long, raised), "greylisting") == []


def test_a_clock_of_postfix_may_miss_the_window(wording: Wording) -> None:
    """Its first retry comes after 5 to 10 min, by the phase of the scan, and later ones later."""
    (part,) = found(design_of_postfix(f"{GREY}retry_window = '6 min'"), "greylisting")
    assert part.severity is Severity.WARNING
    assert part.reason.startswith("A part of the mail")
    assert quantities(part.reason) >= {"5 min", "10 min", "6 min"}
    # 299 s is the first retry at the soonest.
    short = f"{GREY}delay = '1 min'\nretry_window = '4 min'"
    (never,) = found(design_of_postfix(short), "greylisting")
    assert never.reason.startswith("Mail of a new sender never passes")
    (late,) = found(design_of_postfix(f"{GREY}delay = '1 min'"), "greylisting")
    assert late.severity is Severity.INFO
    wording(part, never, late)
    # Up to 599 s is less than twice 5 min.
    assert found(design_of_postfix(), "greylisting") == []


def test_what_the_fix_says_of_postfix_cures() -> None:
    """Windows of 1 and 3 min above the delay; 1 s leaves no room for a clock of whole seconds."""
    for delay, window in (("5 min", "6 min"), ("1 min", "4 min"), ("2 h", "150 min")):
        grey = f"{GREY}delay = '{delay}'\nretry_window = '{window}'"
        (finding,) = found(design_of_postfix(grey), "greylisting")
        words = finding.fix.removeprefix("Set ").partition(": mail")[0]
        settings = words.replace(" and ", "\n").replace(", ", "\n").replace("hubs.HUB01.", "")
        mended = design_of_postfix(grey, f"[hubs.HUB01]\n{settings}")
        assert found(mended, "greylisting") == []
    (finding,) = found(
        design_of_postfix(f"{GREY}delay = '1 min'\nretry_window = '61 s'"), "greylisting"
    )
    assert finding.fix.startswith("No retry clock of this hub helps")


def test_each_hub_that_delivers_is_judged() -> None:
    """HUB01 of Exchange tries again every 5 min, DMZ02 of Postfix after 5 to 10 min."""
    path = Path(__file__).parents[2] / "scenarios" / "today" / "bulk-by-postfix.toml"
    grey = 'destinations.gmail.greylisting={delay="1 min",retry_window="4 min"}'
    reasons = [each.reason for each in found(load(path, [grey]), "greylisting")]
    assert [reason.split(": ")[1].split()[0] for reason in reasons] == ["HUB01", "DMZ02"]


@pytest.mark.parametrize(
    ("settings", "key", "allowed"),
    [
        ("delay = '2 d'", "retry_window", "write more than the delay"),
        ("delay = '2 d'\nretry_window = '2 d'", "retry_window", "write more than the delay"),
        ("delay = '3 d'\nretry_window = '2 d'", "retry_window", "write more than the delay"),
        ("delay = '1 h'\nmax_age = '30 min'", "max_age", "write at least the delay"),
        ("reply = '550 no'", "reply", '= "550 no": no reply to a recipient'),
    ],
)
def test_a_list_that_no_retry_can_pass_is_refused(settings: str, key: str, allowed: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        design("5 min", f"{GREY}{settings}")
    (problem,) = refused.value.problems
    assert problem.path == ("destinations", "sink", "greylisting", key)
    assert allowed in " ".join(str(problem).split())
