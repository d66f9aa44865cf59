"""Classes of receiving domains: how they answer, and what the large providers make of an IP."""

import pytest

from relaysim import units
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import destination_defaults as defaults_of
from relaysim.profiles.kind import Kind
from relaysim.profiles.value import Certainty

DESTINATIONS = BUILT_IN.names(Kind.DESTINATION)
REPUTATIONS = BUILT_IN.tables(Kind.DESTINATION, "reputation")
PROVIDERS = ["gmail", "outlook", "yahoo", "m365-business"]


def destination_defaults(name: str) -> dict:
    return defaults_of(BUILT_IN.profile(Kind.DESTINATION, name))


@pytest.mark.parametrize(
    ("name", "mean", "cv"),
    [
        ("gmail", "0.8 s", 0.8),
        ("outlook", "0.7 s", 0.8),
        ("yahoo", "1.0 s", 0.8),
        ("secure-gateway", "1.2 s", 1.5),
        ("small-business-gateway", "1.5 s", 1.5),
    ],
)
def test_response_times(name: str, mean: str, cv: float) -> None:
    table = destination_defaults(name)
    assert table["response_time"] == {"distribution": "lognormal", "mean": mean, "cv": cv}
    assert table["connect_time"] == {"distribution": "lognormal", "mean": "0.4 s", "cv": 0.8}


def test_who_refuses_on_which_list() -> None:
    small = destination_defaults("small-business-gateway")
    assert small["refuses_on"] == {
        "spamhaus-css": 0.563,
        "spamhaus-sbl": 0.563,
        "spamhaus-xbl": 0.563,
        "spamhaus-dbl": 0.241,
        "spamcop": 0.0309,
        "uceprotect-1": 0.00648,
        "uceprotect-2": 0.00216,
        "psbl": 0.00306,
        "barracuda": 0.00156,
    }
    stages = {name: destination_defaults(name)["refusal_stage"] for name in DESTINATIONS}
    assert stages == {
        "apple": "mail",
        "gmail": "rcpt",
        "outlook": "mail",
        "yahoo": "mail",
        "m365-business": "rcpt",
        "secure-gateway": "rcpt",
        "small-business-gateway": {"rcpt": 0.9, "greeting": 0.1},
        "isp": "greeting",
        "none": "rcpt",
    }
    assert destination_defaults("yahoo")["max_messages_per_connection"] == 20


def test_who_refuses_on_the_list_of_domains_of_spamhaus() -> None:
    """Three of seven large providers that refuse on its lists of IPs, as HADES has it."""
    use = {name: destination_defaults(name).get("refuses_on", {}) for name in DESTINATIONS}
    shares = {name: each["spamhaus-dbl"] for name, each in use.items() if "spamhaus-dbl" in each}
    assert {name for name, share in shares.items() if share == 1.0} == {"apple", "outlook"}
    for name in ("isp", "m365-business", "secure-gateway", "small-business-gateway"):
        assert shares.pop(name) == pytest.approx(use[name]["spamhaus-css"] * 3 / 7, abs=5e-4)
    assert set(shares) == {"apple", "outlook"}


def test_what_domains_do_about_a_listed_ip() -> None:
    actions = {name: destination_defaults(name)["refusal_action"] for name in DESTINATIONS}
    assert actions == {
        "apple": "reject",
        "gmail": "score",
        "outlook": "reject",
        "yahoo": "reject",
        "m365-business": "reject",
        "secure-gateway": {"reject": 0.7, "defer": 0.3},
        "small-business-gateway": {"reject": 0.8, "score": 0.2},
        "isp": "reject",
        "none": "reject",
    }
    gmail = destination_defaults("gmail")
    assert gmail["refuses_on"] == {"spamhaus-css": 1.0, "spamhaus-sbl": 1.0, "spamhaus-xbl": 1.0}
    assert gmail["junk_share"] == 0.58
    for name in DESTINATIONS:
        for key in ("refusal_stage", "refusal_action"):
            shares = destination_defaults(name)[key]
            assert isinstance(shares, str) or sum(shares.values()) == pytest.approx(1.0)


def test_the_none_destination_does_nothing() -> None:
    assert destination_defaults("none") == {
        "connect_time": "0 s",
        "response_time": "0 s",
        "connect_failure": 0.0,
        "defer": 0.0,
        "max_connections_per_ip": "unlimited",
        "max_messages_per_connection": "unlimited",
        "refuses_on": {},
        "refusal_stage": "rcpt",
        "refusal_action": "reject",
        "junk_share": 0.0,
        "dnsbl_ttl": "0 s",
        "dnsbl_negative_ttl": "0 s",
        "mirrors": 0.0,
        "reputation": "none",
        "requires": "none",
    }


def test_all_classes_have_the_same_keys() -> None:
    for name in DESTINATIONS:
        assert destination_defaults(name).keys() == destination_defaults("none").keys()


def test_who_keeps_a_reputation() -> None:
    kept = {name for name in DESTINATIONS if destination_defaults(name)["reputation"] != "none"}
    assert kept == {"gmail", "outlook", "yahoo", "m365-business"}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("complaint_limit", (0.001, 0.001, 0.001, 0.001)),
        ("unknown_limit", (0.05, 0.05, 0.05, 0.05)),
        ("trap_limit", (1, 1, 1, 1)),
        ("half_life", ("3 d", "3 d", "3 d", "3 d")),
        ("domain_weight", (0.7, 0.3, 0.5, 0.3)),
        ("throttle_rate", ("600/h", "60/h", "100/h", "60/h")),
        ("cold_rate", ("20/h", "20/h", "100/h", "20/h")),
        ("cold_growth", (1.4, 1.4, 1.4, 1.4)),
        ("idle_after", ("30 d", "30 d", "30 d", "30 d")),
        ("persistence", (None, 3.0, None, None)),
        ("persistence_time", (None, "6 h", None, None)),
        ("trap_share", (0.05, 0.10, 0.05, 0.10)),
        ("widening", (0.0, 0.1, 0.0, 0.0)),
    ],
)
def test_what_the_providers_make_of_an_ip(key: str, values: tuple[object, ...]) -> None:
    tables = {name: destination_defaults(name)["reputation"] for name in PROVIDERS}
    assert set(tables) == set(REPUTATIONS)
    assert tuple(table.get(key) for table in tables.values()) == values


def test_with_less_mail_than_is_judged_one_complaint_would_be_over_the_limit() -> None:
    for table in REPUTATIONS.values():
        assert table["least_inboxed"].value * table["complaint_limit"].value == 1.0


def test_bad_standing_gets_worse_step_by_step() -> None:
    for name in REPUTATIONS:
        table = destination_defaults(name)["reputation"]
        assert 0 < table["warn_junk"] < table["throttle_junk"] < 1
        assert units.duration(table["recovery_time"]) < units.duration(table["block_time"])
        assert units.rate(table["throttle_rate"]) >= units.rate(table["cold_rate"])


def test_only_microsoft_ends_a_block_on_request() -> None:
    asked = {name for name in REPUTATIONS if "mitigation_time" in REPUTATIONS[name]}
    assert asked == {"outlook"}
    law = REPUTATIONS["outlook"]["mitigation_time"]
    assert law.value == {"distribution": "uniform", "low": "24 h", "high": "96 h"}
    assert law.certainty is Certainty.ONE_SOURCE
