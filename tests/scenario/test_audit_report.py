"""The audit as a whole: which checks there are, their order, and how findings are printed."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.relay_designs import example, found, shared_hub

from relaysim import wording as words
from relaysim.audit import CHECKS, Finding, Severity, check, render
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def names(scenario: Scenario, severity: Severity) -> list[str]:
    return [finding.check for finding in check(scenario) if finding.severity is severity]


@pytest.mark.parametrize("name", ["shared-hub", "dedicated-hub", "listing-day", "mm4"])
def test_the_examples_have_no_errors(name: str) -> None:
    assert names(example(name), Severity.ERROR) == []


def test_the_shared_hub_gets_the_advice_of_the_article() -> None:
    scenario = shared_hub()
    assert names(scenario, Severity.ERROR) == []
    assert dict.fromkeys(names(scenario, Severity.WARNING)) == dict.fromkeys(
        [
            "bulk_shares_hub",
            "bulk_shares_connections",
            "bulk_shares_ip",
            "bulk_shares_domain",
            "delayed_acknowledgement",
            "campaign_load",
            "forged_sender",
        ]
    )
    assert names(scenario, Severity.INFO) == [
        *("listing_reach", "trap_hits", "people_trap_rate", "out_of_support")
    ]


def test_the_dedicated_hub_shares_line_and_domain_and_is_cold() -> None:
    advice = names(example("dedicated-hub"), Severity.WARNING)
    assert [name for name in advice if name.startswith(("bulk_shares", "cold"))] == [
        "bulk_shares_line",
        "bulk_shares_domain",
        "cold_egress",
    ]


def test_theory_needs_no_advice() -> None:
    assert check(load(SCENARIOS / "mm4.toml")) == []


def test_every_check_has_a_name_of_its_own_and_says_what_it_looks_for() -> None:
    assert len({each.__name__ for each in CHECKS}) == len(CHECKS)
    assert all(each.__doc__ for each in CHECKS)


def test_errors_come_first() -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    order = [finding.severity for finding in check(scenario)]
    assert order == sorted(order, key=list(Severity).index)
    assert order[0] is Severity.ERROR


def test_a_finding_in_print(golden: Golden) -> None:
    finding = Finding(
        Severity.WARNING,
        "hosts.marketing.streams.newsletter",
        "A reason of some length, " * 6 + "and its end.",
        "A fix of some length, " * 7 + "and its end.",
        'Set-ReceiveConnector "HUB01\\relay" -RemoteIPRanges 192.168.168.50,192.168.168.100',
        "unused",
    )
    note = Finding(Severity.INFO, "", "A reason without a place.", "No fix.", None, "unused")
    golden("reports/findings", render([finding, note]) + "\n")


def test_a_long_command_goes_on_after_a_backtick() -> None:
    (finding,) = found(shared_hub(), "forged_sender")
    assert render([finding]).splitlines()[-5:-2] == [
        '    Get-ReceiveConnector "HUB01\\Default HUB01" | Remove-ADPermission -User `',
        '      "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights `',
        '      "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"',
    ]


def test_no_line_is_wider_than_eighty_columns() -> None:
    assert max(map(len, render(check(shared_hub())).splitlines())) <= 80


def test_nothing_found_is_said_too() -> None:
    assert quantities(render([])) == {"0"}


def test_a_finding_as_json_has_it() -> None:
    finding = Finding(Severity.INFO, "dns.mail", "Why.", "What to do.", None, "unused")
    assert finding.as_dict() == {
        "check": "unused",
        "severity": "info",
        "place": "dns.mail",
        "reason": "Why.",
        "fix": "What to do.",
        "command": None,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (words.about(90_000), "25 h"),
        (words.about(150), "2.5 min"),
        (words.about(60), "60 s"),
        (words.about(0.25), "0.25 s"),
        (words.about(600_000), "6.9 d"),
        (words.per_time(100), "100/s"),
        (words.per_time(2 / 3), "40/min"),
        (words.per_time(1 / 7200), "12/d"),
        (words.share(0.3), "30 %"),
        (words.share(1.0), "100 %"),
        (words.listed(["a"]), "a"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_numbers_and_lists_in_words(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (words.times(1.84), "1.8"),
        (words.times(1234.5), "1,234"),
        (words.share(0.999), "99 %"),
        (words.share(0.00001), "0.01 %"),
        (words.listed("abcdefgh"), "3"),
    ],
    ids=["times", "many times", "nearly all", "hardly any", "a long list"],
)
def test_numbers_with_words_beside_them(golden_section: Golden, text: str, expected: str) -> None:
    assert quantities(text) == {expected}
    golden_section("checks/_numbers", text)
