"""Traps, complaints, break-ins: the causes of a listing, and the culprits."""

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities, quantities_after
from worlds.relay_designs import found, shared_hub

from relaysim.audit import Severity

NEWSLETTER = "hosts.marketing.streams.newsletter"
LISTS = tuple(
    f'blocklists.{name}.profile="{name}"' for name in ("barracuda", "uceprotect-1", "psbl")
)
PC = (
    'hosts.pc={kind="application", address="192.168.168.77", server="externalrelay", streams={'
    'spam={sender="hakan@cozumpark.com", size="8 KB", to={gmail=1.0}, trap_rate=0.01, arrivals={'
    'process="compromise", rate="600/min", at="1 h", lasts="3 h"}}}}',
    "hubs.HUB01.receive_connectors.externalrelay.remote_ip_ranges="
    '["10.10.20.30", "192.168.168.60", "192.168.168.77"]',
)
NAMES = ("css", "psbl", "barracuda", "uceprotect-1", "gmail", "outlook", "yahoo")


def test_the_traps_of_a_mailing_list_against_the_thresholds(wording: Wording) -> None:
    (finding,) = found(shared_hub(*LISTS), "trap_hits")
    assert finding.severity is Severity.INFO
    assert finding.place == NEWSLETTER
    # 60,000 x 5e-4 = 30 traps, of which psbl owns 1.5 and needs 1, css 7.5 and needs 7 beside the
    # other mail of the IP (`test_the_mail_of_an_ip_counts_against_its_hits`), ...
    assert quantities(finding.reason) >= {"30", "60,000"}
    assert quantities_after(finding.reason, NAMES) == [
        ("psbl", "78 %"),
        ("barracuda", "69 %"),
        ("css", "62 %"),
        ("uceprotect-1", "12 %"),
    ]
    wording(finding)


def test_a_weekly_campaign_keeps_long_listings_alive(wording: Wording) -> None:
    (finding,) = found(shared_hub(*LISTS, f'{NEWSLETTER}.arrivals.every="7 d"'), "trap_hits")
    assert quantities_after(finding.reason, NAMES)[-4:] == [
        ("psbl", "2 w"),
        ("barracuda", "1 w"),
        ("css", "1 w"),
        ("uceprotect-1", "1 w"),
    ]
    wording(finding)
    for seldom in ("30 d", "month"):
        setting = f'{NEWSLETTER}.arrivals.every="{seldom}"'
        (finding,) = found(shared_hub(*LISTS, setting), "trap_hits")
        assert not any(each.endswith(" w") for each in quantities(finding.reason))


@pytest.mark.parametrize(
    "setting",
    [
        f"{NEWSLETTER}.mailing_list.trap_share=1e-9",
        f"{NEWSLETTER}.to={{internal=1.0}}",
        f"{NEWSLETTER}.culprit=false",
        'blocklists.css.trigger="none"',
    ],
)
def test_no_traps_no_listing(setting: str) -> None:
    assert found(shared_hub(setting), "trap_hits") == []


def test_a_shorter_list_has_fewer_traps() -> None:
    few = f"{NEWSLETTER}.arrivals.messages=20000"
    (finding,) = found(shared_hub(few), "trap_hits")
    assert quantities(finding.reason) >= {"10", "20,000"}
    assert quantities_after(finding.reason, NAMES) == [("css", "11 %")]


def test_a_stream_without_a_list_hits_traps_all_the_time(wording: Wording) -> None:
    (finding,) = [each for each in found(shared_hub(*PC), "trap_hits") if "pc.spam" in each.reason]
    assert quantities(finding.reason) >= {"1,080", "108,000"}
    assert quantities_after(finding.reason, NAMES) == [("css", "100 %")]
    wording(finding)


def test_a_culprit_without_signals_harms_by_the_queue_only(wording: Wording) -> None:
    (finding,) = found(shared_hub(f"{NEWSLETTER}.mailing_list={{}}"), "trap_hits") or [None]
    assert finding is None
    silent = [f"{NEWSLETTER}.mailing_list.{key}=0.0" for key in ("trap_share", "unknown_rate")]
    complained = shared_hub(*silent)
    assert found(complained, "culprit_without_signals") == []
    nothing = shared_hub(*silent, f"{NEWSLETTER}.mailing_list.complaint_rate=0.0")
    (finding,) = found(nothing, "culprit_without_signals")
    assert finding.severity is Severity.INFO
    assert finding.place == NEWSLETTER
    wording(finding)


def test_a_break_in_is_found_by_what_it_does() -> None:
    quiet = shared_hub(*PC, "hosts.pc.streams.spam.trap_rate=0.0")
    assert found(quiet, "culprit_without_signals") == []


def test_a_little_of_everything_is_innocent() -> None:
    scenario = shared_hub(
        "hosts.crm.streams.invoices.trap_rate=1e-6",
        "hosts.crm.streams.invoices.complaint_rate=1e-4",
        "hosts.crm.streams.invoices.unknown_rate=0.01",
    )
    assert found(scenario, "innocent_with_signals") == []


def test_innocent_mail_that_behaves_like_bulk_mail(wording: Wording) -> None:
    scenario = shared_hub(f"{NEWSLETTER}.culprit=false")
    (finding,) = found(scenario, "innocent_with_signals")
    assert finding.severity is Severity.INFO
    assert finding.place == NEWSLETTER
    assert quantities(finding.reason) >= {"30", "0.3 %"}
    assert quantities_after(finding.reason, NAMES)[-3:] == [
        ("gmail", "0.1 %"),
        ("outlook", "0.1 %"),
        ("yahoo", "0.1 %"),
    ]
    wording(finding)
    inside = shared_hub(f"{NEWSLETTER}.culprit=false", f"{NEWSLETTER}.to={{internal=1.0}}")
    assert found(inside, "innocent_with_signals") == []


def test_the_trap_rate_of_people_is_a_range(wording: Wording) -> None:
    """Twice as much mail hits twice as many traps at both ends; the list names its own limit."""
    rate = "hosts.crm.streams.invoices.trap_rate=1e-5"
    (finding,) = found(shared_hub(rate), "people_trap_rate")
    assert finding.severity is Severity.INFO
    assert finding.place == "hosts.users.streams.correspondence.trap_rate"
    # 4,297 messages to the outside; css owns a quarter of the traps, so 2e-5 are 8e-5 of all.
    assert quantities(finding.reason) >= {"4,297", "0.00043", "0.43"}
    assert "1e-5 (crm.invoices)" in finding.reason
    assert "Above about 8e-5 css" in finding.reason
    wording(finding)


@pytest.mark.parametrize(
    "setting",
    [
        'blocklists={spamcop={profile="none"}, css={profile="none"}, uceprotect-2={profile="none"}}',
        'send_connectors.internet={address_spaces=["SMTP:*;1"], source_transport_servers=["HUB01"],'
        ' smart_hosts=["gate.example.net"], dns_routing_enabled=false}',
    ],
)
def test_without_traps_that_see_the_ip_no_rate_is_needed(setting: str) -> None:
    gate = 'destinations.gate={profile="none", domains=["gate.example.net"]}'
    assert found(shared_hub(setting, gate), "people_trap_rate") == []


@pytest.mark.parametrize(("age", "chance"), [("0 d", "94 %"), ("400 d", "62 %")])
def test_the_mail_of_an_ip_counts_against_its_hits(age: str, chance: str) -> None:
    """60,000 recipients explain 1.2 hits and 2.5 x sqrt(1.2) = 2.7 more: 4 of 7.5 list a new IP.

    A known IP sent 4,297 messages a day in 30 d before: 1.2 + 2.5 x sqrt(3.8) = 6.1, so 7 list it.
    """
    aged = f"egress.'198.51.100.10'.age='{age}'"
    (finding,) = found(shared_hub(aged), "trap_hits")
    assert quantities_after(finding.reason, NAMES) == [("css", chance)]


def test_a_host_that_relays_by_its_address_alone(wording: Wording) -> None:
    scenario = shared_hub(*PC)
    (finding,) = found(scenario, "relay_by_address")
    assert finding.severity is Severity.WARNING
    assert finding.place == "hosts.pc.streams.spam"
    assert quantities(finding.reason) >= {"10/s", "108,000"}
    assert "users.correspondence" in finding.reason
    assert "crm.invoices" in finding.reason
    assert str(finding.command).endswith("-MessageRateLimit 60")
    wording(finding)


def test_a_rate_limit_limits_a_break_in_too(wording: Wording) -> None:
    limit = 'hubs.HUB01.receive_connectors.externalrelay.message_rate_limit="60/min"'
    (finding,) = found(shared_hub(*PC, limit), "relay_by_address")
    assert quantities(finding.reason) >= {"1/s", "10,800"}
    assert finding.command is None
    wording(finding)


def test_no_hub_is_planned_for_a_break_in() -> None:
    without = f"{NEWSLETTER}.culprit=false"
    scenario = shared_hub(*PC, without)
    for name in ("bulk_shares_hub", "bulk_shares_ip", "delayed_acknowledgement"):
        assert found(scenario, name) == []
    assert found(scenario, "listing_reach") != []
