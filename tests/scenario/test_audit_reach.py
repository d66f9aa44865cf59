"""How far a listing or a bad name of the bulk mail reaches: IP, neighbours, sender domain."""

import re

from worlds.golden_sections import Wording
from worlds.quantities import quantities, quantities_after
from worlds.relay_designs import DEDICATED, found, shared_hub

from relaysim.audit import Finding, Severity
from relaysim.scenario.model import Scenario

NEXT_DOOR = (
    *DEDICATED,
    'hubs.HUB02.egress="198.51.100.11"',
    'egress."198.51.100.11"={allocation="198.51.100.8/29", asn=64500}',
)
JUDGES = ("css", "spamcop", "uceprotect-2", "sbl", "outlook", "gmail", "yahoo")
"""Lists and providers that a finding may name."""


def shares(reason: str) -> dict[str, dict[str, str]]:
    """Return the share of each stream by list, in the order of the text."""
    parts = re.split(r"\b(css|spamcop|uceprotect-2)\b", reason)
    return {
        name: dict(quantities_after(streams, ("crm.invoices", "users.correspondence")))
        for name, streams in zip(parts[1::2], parts[2::2], strict=True)
    }


def only(scenario: Scenario, name: str) -> Finding:
    (finding,) = found(scenario, name)
    return finding


def test_who_is_hit_when_the_common_ip_is_listed(wording: Wording) -> None:
    finding = only(shared_hub(), "listing_reach")
    assert finding.severity is Severity.INFO
    assert finding.place == 'egress."198.51.100.10"'
    # Invoices, css: outlook 0.2 and yahoo 0.15 refuse, and of business 0.2 x 0.563 x 0.8 do; Gmail
    # and every fifth business domain take the mail and score it.
    assert shares(finding.reason) == {
        "css": {"crm.invoices": "44 %", "users.correspondence": "12 %"},
        "spamcop": {"crm.invoices": "0.49 %", "users.correspondence": "0.37 %"},
        "uceprotect-2": {"crm.invoices": "0.035 %", "users.correspondence": "0.026 %"},
    }
    wording(finding)


def test_an_ip_lies_in_its_allocation(wording: Wording) -> None:
    scenario = shared_hub('egress."198.51.100.10".allocation=203.0.113.0/24')
    finding = only(scenario, "outside_allocation")
    assert finding.severity is Severity.ERROR
    assert finding.place == 'egress."198.51.100.10".allocation'
    wording(finding)
    assert found(shared_hub(), "outside_allocation") == []


def test_an_own_ip_keeps_a_listing_away_from_the_others() -> None:
    assert found(shared_hub(*DEDICATED), "listing_reach") == []
    assert found(shared_hub(*DEDICATED), "bulk_shares_allocation") == []


def test_a_list_counts_by_its_own_name_too() -> None:
    scenario = shared_hub("destinations.gmail.refuses_on.uceprotect-2=1.0", *ALL_REJECT)
    reach = shares(only(scenario, "listing_reach").reason)
    assert next(iter(reach)) == "uceprotect-2"
    assert reach["uceprotect-2"]["crm.invoices"] == "45 %"


ALL_REJECT = (
    "destinations.gmail.refusal_action=reject",
    *(f"destinations.{name}.refuses_on.spamhaus-css=0.0" for name in ("gmail", "outlook")),
    *(f"destinations.{name}.refuses_on.spamhaus-css=0.0" for name in ("yahoo", "business")),
)


def test_lists_and_providers_that_widen_reach_the_ip_next_door(wording: Wording) -> None:
    finding = only(shared_hub(*NEXT_DOOR), "bulk_shares_allocation")
    assert finding.severity is Severity.WARNING
    assert finding.place == 'egress."198.51.100.11"'
    assert "198.51.100.8/29" in finding.reason
    assert quantities(finding.reason) >= {"2", "10 %", "1"}
    assert [word for word in JUDGES if word in finding.reason] == ["css", "uceprotect-2", "outlook"]
    wording(finding)


def test_a_larger_allocation_needs_more_listed_ips(wording: Wording) -> None:
    wide = [f'egress."198.51.100.{n}".allocation="198.51.100.0/24"' for n in (10, 11)]
    scenario = shared_hub(*NEXT_DOOR, *wide)
    finding = only(scenario, "bulk_shares_allocation")
    assert "198.51.100.0/24" in finding.reason
    assert "5" in quantities(finding.reason)
    wording(finding)


def test_human_operators_escalate_in_time(wording: Wording) -> None:
    scenario = shared_hub(*NEXT_DOOR, 'blocklists.sbl.profile="spamhaus-sbl"')
    finding = only(scenario, "bulk_shares_allocation")
    assert "sbl" in finding.reason
    assert "1 w" in quantities(finding.reason)
    wording(finding)


def test_where_no_list_widens_the_neighbourhood_is_a_note(wording: Wording) -> None:
    scenario = shared_hub(
        *NEXT_DOOR,
        'blocklists.css.widening="none"',
        'blocklists.uceprotect-2.widening="none"',
        "destinations.outlook.reputation.widening=0.0",
    )
    finding = only(scenario, "bulk_shares_allocation")
    assert finding.severity is Severity.INFO
    assert [word for word in JUDGES if word in finding.reason] == []
    wording(finding)


def test_neighbours_in_the_24_are_near_enough_for_some(wording: Wording) -> None:
    scenario = shared_hub(
        *DEDICATED,
        'hubs.HUB02.egress="198.51.100.20"',
        'egress."198.51.100.20"={allocation="198.51.100.16/29", asn=64501}',
    )
    finding = only(scenario, "bulk_shares_allocation")
    assert "198.51.100.0/24" in finding.reason
    assert "10 %" in quantities(finding.reason)
    assert [word for word in JUDGES if word in finding.reason] == ["outlook"]
    wording(finding)


def test_another_block_of_the_same_network_is_reached_by_lists_of_networks(
    wording: Wording,
) -> None:
    same_network = 'egress."203.0.113.25".asn=64500'
    note = only(shared_hub(*DEDICATED, same_network), "bulk_shares_allocation")
    assert note.severity is Severity.INFO
    assert "AS64500" in note.reason
    level_3 = 'blocklists.uceprotect-3.profile="uceprotect-3"'
    advice = only(shared_hub(*DEDICATED, same_network, level_3), "bulk_shares_allocation")
    assert advice.severity is Severity.WARNING
    assert "uceprotect-3" in advice.reason
    wording(note, advice)


def test_addresses_of_another_version_are_no_neighbours() -> None:
    scenario = shared_hub(
        *DEDICATED, 'hubs.HUB02.egress="2001:db8::1"', 'egress."2001:db8::1"={asn=64501}'
    )
    assert found(scenario, "bulk_shares_allocation") == []


def test_the_sender_domain_goes_to_every_ip(wording: Wording) -> None:
    finding = only(shared_hub(*DEDICATED), "bulk_shares_domain")
    assert finding.severity is Severity.WARNING
    assert finding.place == "hosts.marketing.streams.newsletter"
    assert quantities_after(finding.reason, JUDGES) == [
        ("gmail", "70 %"),
        ("outlook", "30 %"),
        ("yahoo", "50 %"),
    ]
    wording(finding)


def test_a_sender_domain_of_its_own_is_judged_alone() -> None:
    sender = 'hosts.marketing.streams.newsletter.sender="news@news.cozumpark.com"'
    assert found(shared_hub(sender), "bulk_shares_domain") == []


def test_only_providers_that_both_write_to_judge_for_both(wording: Wording) -> None:
    apart = "hosts.marketing.streams.newsletter.to={business=0.5, yahoo=0.5}"
    invoices = "hosts.crm.streams.invoices.to={business=1.0}"
    assert found(shared_hub(apart, invoices), "bulk_shares_domain") == []
    finding = only(shared_hub(apart), "bulk_shares_domain")
    assert "users.correspondence" not in finding.reason
    assert [name for name, _ in quantities_after(finding.reason, JUDGES)] == ["yahoo"]
    wording(finding)
