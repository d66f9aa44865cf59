"""Blocklists: what each operator is known, said or assumed to do."""

import pytest

from relaysim import units
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import blocklist_defaults as defaults_of
from relaysim.profiles.kind import Kind
from relaysim.profiles.value import Certainty

BLOCKLISTS = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")
PROPERTIES = {name: BUILT_IN.profile(Kind.BLOCKLIST, name).properties for name in BLOCKLISTS}


def blocklist_defaults(name: str) -> dict:
    return defaults_of(BUILT_IN.profile(Kind.BLOCKLIST, name))


def test_every_list_that_is_refused_on_is_known_and_has_a_zone() -> None:
    destinations = BUILT_IN.tables(Kind.DESTINATION, "destination").values()
    used = {name for table in destinations for name in table["refuses_on"].value}
    zones = {name: each.zone for name, each in PROPERTIES.items() if each.zone}
    assert used <= set(zones)
    assert set(BLOCKLISTS) - set(zones) == {"none"}
    of_spamhaus = {name: zones[name] for name in zones if name.startswith("spamhaus")}
    assert of_spamhaus.pop("spamhaus-dbl") == "dbl.spamhaus.org"
    assert len(set(of_spamhaus.values())) == 1


def test_the_measured_or_published_lifetimes_of_lists() -> None:
    lifetimes = {name: blocklist_defaults(name).get("lifetime") for name in BLOCKLISTS}
    assert lifetimes == {
        "spamhaus-css": "7 d",
        "spamhaus-sbl": None,
        "spamhaus-xbl": "7 d",
        "spamhaus-dbl": "14 d",
        "surbl": "7 d",
        "spamcop": "3 d",
        "barracuda": "7 d",
        "uceprotect-1": "7 d",
        "uceprotect-2": "7 d",
        "uceprotect-3": "7 d",
        "abusix": "5.2 d",
        "psbl": "14 d",
        "none": None,
    }


def test_what_makes_each_operator_list_an_ip() -> None:
    triggers = {name: blocklist_defaults(name)["trigger"] for name in BLOCKLISTS}
    assert triggers == {
        "spamhaus-css": "count",
        "spamhaus-sbl": "hazard",
        "spamhaus-xbl": "compromise",
        "spamhaus-dbl": "count",
        "surbl": "count",
        "spamcop": "scored_ratio",
        "barracuda": "count",
        "uceprotect-1": "count",
        "uceprotect-2": "count",
        "uceprotect-3": "count",
        "abusix": "count",
        "psbl": "count",
        "none": "none",
    }


def test_which_lists_have_domains() -> None:
    """And how long each of them takes to list one; all others list at once, and IPs."""
    domains = {name: blocklist_defaults(name) for name in BLOCKLISTS}
    assert {name: each["listing_time"] for name, each in domains.items() if "lists" in each} == {
        "spamhaus-dbl": "6 h",
        "surbl": "10 h",
    }


def test_whom_else_each_operator_lists() -> None:
    widening = {name: blocklist_defaults(name)["widening"] for name in BLOCKLISTS}
    assert {name: how for name, how in widening.items() if how != "none"} == {
        "spamhaus-css": "vicinity",
        "spamhaus-sbl": "escalate",
        "uceprotect-2": "allocation_count",
        "uceprotect-3": "asn_score",
        "abusix": "vicinity",
    }


_NEEDS = {
    "count": {"trap_share", "trap_delay", "threshold", "relist_factor", "memory"},
    "scored_ratio": {
        *("trap_share", "trap_delay", "window", "threshold"),
        *("threshold_ratio", "visibility", "report_share"),
    },
    "hazard": {"trap_share", "trap_delay", "window", "hazard_rate", "hazard_hits"},
    "compromise": {"compromise_time"},
    "none": set(),
    "vicinity": {"memory", "vicinity_listings", "vicinity_prefix", "vicinity_probability"},
    "escalate": {"escalate_after", "escalate_rate"},
    "allocation_count": {"neighbour_rate"},
    "asn_score": {"neighbour_rate", "asn_addresses"},
}


@pytest.mark.parametrize("name", BLOCKLISTS)
def test_a_list_has_what_its_rules_need(name: str) -> None:
    table = blocklist_defaults(name)
    assert _NEEDS[table["trigger"]] | _NEEDS[table["widening"]] <= table.keys()
    if table["trigger"] == "count" and table["threshold"] > 1:
        assert "window" in table
    if table.get("growth", 1.0) > 1.0:
        assert {"memory", "max_lifetime"} <= table.keys()
    assert ("max_requests" in table) <= ("delisting_time" in table)


def test_of_all_traps_a_fifth_belongs_to_no_known_operator() -> None:
    """Operators have 0.6, the providers' own are 0.2: a list's share is that of its operator."""
    shares = {}
    for name, table in BLOCKLISTS.items():
        if "trap_share" in table:
            share = shares.setdefault(PROPERTIES[name].operator, table["trap_share"].value)
            assert share == table["trap_share"].value
    assert shares == {
        "spamhaus": 0.25,
        "spamcop": 0.05,
        "barracuda": 0.08,
        "uceprotect": 0.02,
        "abusix": 0.10,
        "psbl": 0.05,
        "surbl": 0.05,
    }
    assert sum(shares.values()) == pytest.approx(0.6)


def test_lists_of_one_operator_share_its_traps() -> None:
    assert {name: each.operator for name, each in PROPERTIES.items()} == {
        "spamhaus-css": "spamhaus",
        "spamhaus-sbl": "spamhaus",
        "spamhaus-xbl": "spamhaus",
        "spamhaus-dbl": "spamhaus",
        "surbl": "surbl",
        "spamcop": "spamcop",
        "barracuda": "barracuda",
        "uceprotect-1": "uceprotect",
        "uceprotect-2": "uceprotect",
        "uceprotect-3": "uceprotect",
        "abusix": "abusix",
        "psbl": "psbl",
        "none": "none",
    }


def test_the_higher_levels_of_uceprotect_count_as_level_1_does() -> None:
    level_1 = blocklist_defaults("uceprotect-1")
    for name in ("uceprotect-2", "uceprotect-3"):
        higher = blocklist_defaults(name)
        assert {key: higher[key] for key in level_1 if key != "widening"} == {
            key: value for key, value in level_1.items() if key != "widening"
        }


def test_foreign_neighbours_come_from_the_published_size_of_level_1() -> None:
    """63,378 to 187,089 of 3.7e9 addresses, 7 days each, are so many new ones of 256 a day."""
    low, high = (256 * size / 3.7e9 / 7 for size in (63_378, 187_089))
    assert (round(low, 4), round(high, 4)) == (0.0006, 0.0018)
    entry = BLOCKLISTS["uceprotect-2"]["neighbour_rate"]
    assert low < float(units.rate(entry.value)) * 86_400 < high
    assert entry.certainty is Certainty.ASSUMPTION
