"""How far a listing or a bad name of the bulk mail reaches: IP, neighbours, sender domain."""

from relay_designs import DEDICATED, found, shared_hub

from relaysim.scenario.audit import Finding, Severity
from relaysim.scenario.model import Scenario

NEXT_DOOR = (
    *DEDICATED,
    'hubs.HUB02.egress="198.51.100.11"',
    'egress."198.51.100.11"={allocation="198.51.100.8/29", asn=64500}',
)


def only(scenario: Scenario, name: str) -> Finding:
    (finding,) = found(scenario, name)
    return finding


def test_who_is_hit_when_the_common_ip_is_listed() -> None:
    finding = only(shared_hub(), "listing_reach")
    assert finding.severity is Severity.NOTE
    assert finding.place == 'egress."198.51.100.10"'
    # Invoices, css: outlook 0.2 and yahoo 0.15 refuse, and of business 0.2 x 0.6 x 0.8 do; Gmail
    # and every fifth business domain take the mail and score it.
    assert finding.reason == (
        "If 198.51.100.10 gets on a list, these shares of the recipients of innocent mail are at "
        "domains that refuse or defer it: css (crm.invoices 45 %, users.correspondence 12 %), "
        "spamcop (crm.invoices 1.9 %, users.correspondence 1.4 %) and uceprotect-2 (crm.invoices "
        "0.16 %, users.correspondence 0.12 %)."
    )


def test_an_ip_lies_in_its_allocation() -> None:
    scenario = shared_hub('egress."198.51.100.10".allocation=203.0.113.0/24')
    finding = only(scenario, "outside_allocation")
    assert finding.severity is Severity.ERROR
    assert finding.place == 'egress."198.51.100.10".allocation'
    assert finding.reason == "198.51.100.10 does not lie in 203.0.113.0/24."
    assert found(shared_hub(), "outside_allocation") == []


def test_an_own_ip_keeps_a_listing_away_from_the_others() -> None:
    assert found(shared_hub(*DEDICATED), "listing_reach") == []
    assert found(shared_hub(*DEDICATED), "bulk_shares_allocation") == []


def test_a_list_counts_by_its_own_name_too() -> None:
    scenario = shared_hub("destinations.gmail.refuses_on.uceprotect-2=1.0", *ALL_REJECT)
    assert "domains that refuse or defer it: uceprotect-2 (crm.invoices 45 %" in (
        only(scenario, "listing_reach").reason
    )


ALL_REJECT = (
    "destinations.gmail.refusal_action=reject",
    *(f"destinations.{name}.refuses_on.spamhaus-css=0.0" for name in ("gmail", "outlook")),
    *(f"destinations.{name}.refuses_on.spamhaus-css=0.0" for name in ("yahoo", "business")),
)


def test_lists_and_providers_that_widen_reach_the_ip_next_door() -> None:
    finding = only(shared_hub(*NEXT_DOOR), "bulk_shares_allocation")
    assert finding.severity is Severity.ADVICE
    assert finding.place == 'egress."198.51.100.11"'
    assert finding.reason == (
        "198.51.100.11 carries bulk mail and 198.51.100.10 does not, but both are in the block "
        "198.51.100.8/29. A listing that is widened to the neighbour meets users.correspondence "
        "and crm.invoices: by css (from listing 2 on, in 10 % of cases), uceprotect-2 (when 1 of "
        "198.51.100.8/29 is listed) and outlook (when it blocks, in 10 % of cases)."
    )


def test_a_larger_allocation_needs_more_listed_ips() -> None:
    wide = [f'egress."198.51.100.{n}".allocation="198.51.100.0/24"' for n in (10, 11)]
    scenario = shared_hub(*NEXT_DOOR, *wide)
    reason = only(scenario, "bulk_shares_allocation").reason
    assert "uceprotect-2 (when 5 of 198.51.100.0/24 are listed)" in reason


def test_people_who_list_by_hand_escalate_in_time() -> None:
    scenario = shared_hub(*NEXT_DOOR, 'blocklists.sbl.profile="spamhaus-sbl"')
    assert "sbl (after 1 w unrepaired)" in only(scenario, "bulk_shares_allocation").reason


def test_where_no_list_widens_the_neighbourhood_is_a_note() -> None:
    scenario = shared_hub(
        *NEXT_DOOR,
        'blocklists.css.widening="none"',
        'blocklists.uceprotect-2.widening="none"',
        "destinations.outlook.reputation.widening=0.0",
    )
    finding = only(scenario, "bulk_shares_allocation")
    assert finding.severity is Severity.NOTE
    assert finding.reason.endswith(
        "No blocklist of this scenario widens a listing that far; some others do."
    )


def test_neighbours_in_the_24_are_near_enough_for_some() -> None:
    scenario = shared_hub(
        *DEDICATED,
        'hubs.HUB02.egress="198.51.100.20"',
        'egress."198.51.100.20"={allocation="198.51.100.16/29", asn=64501}',
    )
    reason = only(scenario, "bulk_shares_allocation").reason
    assert "but both are in the block 198.51.100.0/24." in reason
    assert reason.endswith("by outlook (when it blocks, in 10 % of cases).")


def test_another_block_of_the_same_network_is_reached_by_lists_of_networks() -> None:
    same_network = 'egress."203.0.113.25".asn=64500'
    finding = only(shared_hub(*DEDICATED, same_network), "bulk_shares_allocation")
    assert finding.severity is Severity.NOTE
    assert "both are in AS64500" in finding.reason
    level_3 = 'blocklists.uceprotect-3.profile="uceprotect-3"'
    finding = only(shared_hub(*DEDICATED, same_network, level_3), "bulk_shares_allocation")
    assert finding.severity is Severity.ADVICE
    assert finding.reason.endswith("by uceprotect-3 (when AS64500 has many listed).")


def test_addresses_of_another_version_are_no_neighbours() -> None:
    scenario = shared_hub(
        *DEDICATED, 'hubs.HUB02.egress="2001:db8::1"', 'egress."2001:db8::1"={asn=64501}'
    )
    assert found(scenario, "bulk_shares_allocation") == []


def test_the_sender_domain_goes_to_every_ip() -> None:
    finding = only(shared_hub(*DEDICATED), "bulk_shares_domain")
    assert finding.severity is Severity.ADVICE
    assert finding.place == "hosts.marketing.streams.newsletter"
    assert finding.reason == (
        "marketing.newsletter shares the sender domain cozumpark.com with users.correspondence and "
        "crm.invoices, and the domain has this weight beside the IP: gmail (70 %), outlook (30 %) "
        "and yahoo (50 %). Its bad name follows it to every IP."
    )


def test_a_sender_domain_of_its_own_is_judged_alone() -> None:
    sender = 'hosts.marketing.streams.newsletter.sender="news@news.cozumpark.com"'
    assert found(shared_hub(sender), "bulk_shares_domain") == []


def test_only_providers_that_both_write_to_judge_for_both() -> None:
    apart = "hosts.marketing.streams.newsletter.to={business=0.5, yahoo=0.5}"
    invoices = "hosts.crm.streams.invoices.to={business=1.0}"
    assert found(shared_hub(apart, invoices), "bulk_shares_domain") == []
    reason = only(shared_hub(apart), "bulk_shares_domain").reason
    assert "with crm.invoices, and the domain has this weight beside the IP: yahoo" in reason
