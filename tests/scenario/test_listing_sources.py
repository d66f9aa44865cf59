"""Where a listing can happen: one function on the scenario decides it."""

from pathlib import Path

import pytest

from relaysim.analysis.listing_sources import listing_possible
from relaysim.scenario.load import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LIST = 'blocklists.own={profile = "none", trigger = "%s", %s}'
APP = "hosts.app.streams.load"
QUIET = LIST % ("none", "widening = 'none'")
EVENT = 'events=[{at="1 s", listing={of="app", blocklist="own", for="1 h"}}]'
COUNT = LIST % ("count", "trap_share = 1.0, threshold = 2")


def _possible(*changes: str) -> bool:
    return listing_possible(load(SCENARIOS / "mm4.toml", changes))


def test_theory_has_no_listing_and_a_shared_hub_may_have_one() -> None:
    assert not _possible()
    assert listing_possible(load(SCENARIOS / "shared-hub.toml"))


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ((COUNT,), False),
        ((COUNT, f"{APP}.trap_rate=0.001"), True),
        ((COUNT, f"{APP}.trap_rate=0.001", f"{APP}.to={{internal=1.0}}"), False),
        ((COUNT.replace("trap_share = 1.0", "trap_share = 0.0"), f"{APP}.trap_rate=0.001"), False),
        ((COUNT, f"{APP}.complaint_rate=0.001"), False),
        ((LIST % ("none", "widening = 'none'"), f"{APP}.trap_rate=0.001"), False),
        ((LIST % ("compromise", 'compromise_time = "1 h"'),), False),
    ],
)
def test_an_operator_needs_evidence(changes: tuple[str, ...], possible: bool) -> None:
    assert _possible(*changes) is possible


def test_complaints_are_evidence_for_a_list_that_gets_reports() -> None:
    spamcop = 'blocklists.spamcop={profile="spamcop"}'
    assert not _possible(spamcop)
    assert _possible(spamcop, f"{APP}.complaint_rate=0.001")


def test_foreign_neighbours_can_list_an_ip_that_sends_well() -> None:
    with_neighbours = 'blocklists.own={profile="uceprotect-2", neighbour_rate="1/d"}'
    assert _possible(with_neighbours)


def test_a_hijacked_host_is_found_out() -> None:
    lists = LIST % ("compromise", 'compromise_time = "1 h"')
    spam = f'{APP}.arrivals={{process="compromise", rate="1/s", at="0 s", lasts="1 h"}}'
    assert _possible(lists, spam)


def test_a_provider_that_keeps_reputations_can_act_on_any_mail() -> None:
    gmail = 'destinations.gmail={profile="gmail", domains=["gmail.com"]}'
    assert not _possible(gmail)
    assert _possible(gmail, f"{APP}.to={{gmail=1.0}}")


def test_a_scripted_listing_is_one() -> None:
    assert _possible(QUIET, EVENT)


SMART = (
    'destinations.gate={profile="none", domains=["gate.example.net"]}',
    'send_connectors.internet.smart_hosts=["gate.example.net"]',
    "send_connectors.internet.dns_routing_enabled=false",
)
GATE = SMART[0]
NEIGHBOURS = ('blocklists.own={profile="uceprotect-2", neighbour_rate="1/d"}',)
SPAM = f'{APP}.arrivals={{process="compromise", rate="1/s", at="0 s", lasts="1 h"}}'
DIRECT_TRAPS = (
    "send_connectors.traps={address_spaces=['SMTP:spamtrap.example;1'],"
    ' source_transport_servers=["HUB01"]}'
)


@pytest.mark.parametrize(
    ("changes", "behind"),
    [
        ((COUNT, f"{APP}.trap_rate=0.001"), False),
        ((LIST % ("compromise", 'compromise_time = "1 h"'), SPAM), False),
        (('blocklists.spamcop={profile="spamcop"}', f"{APP}.complaint_rate=0.001"), False),
        (('destinations.sink.profile="gmail"',), False),
        (NEIGHBOURS, False),
        ((*NEIGHBOURS, "destinations.gate.refuses_on={own=0.1}"), True),
        ((*NEIGHBOURS, 'destinations.gate.refuses_on={"uceprotect-2"=0.1}'), True),
        ((QUIET, EVENT), False),
        ((QUIET, EVENT, "destinations.gate.refuses_on={own=0.1}"), True),
        ((COUNT, f"{APP}.trap_rate=0.001", DIRECT_TRAPS), True),
    ],
)
def test_behind_a_smart_host_a_listing_of_our_ip_counts_only_where_a_domain_queries_it(
    changes: tuple[str, ...], behind: bool
) -> None:
    assert _possible(GATE, *changes)
    assert _possible(GATE, *changes, *SMART[1:]) is behind


def test_a_smart_host_that_keeps_reputations_can_act() -> None:
    assert not _possible(*SMART)
    assert _possible(*SMART, 'destinations.gate.profile="gmail"')
