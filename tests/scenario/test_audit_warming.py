"""A campaign from a new IP: what providers take of it, in numbers."""

import re
from pathlib import Path

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import DEDICATED, found, shared_hub

from relaysim.audit import Severity
from relaysim.scenario.load import load

AGE = 'egress."203.0.113.25".age'


def taken(reason: str) -> dict[str, tuple[str, str]]:
    """Return by provider the messages that it accepts in an hour, and those that it gets."""
    numbers = r"(gmail|outlook|yahoo)\D+([\d,]*\d)\D+([\d,]*\d)"
    return {name: (accepted, sent) for name, accepted, sent in re.findall(numbers, reason)}


def test_a_new_ip_is_too_cold_for_a_campaign(wording: Wording) -> None:
    (finding,) = found(shared_hub(*DEDICATED), "cold_egress")
    assert finding.severity is Severity.WARNING
    assert finding.place == 'egress."203.0.113.25"'
    # In two days Gmail and Outlook take 24 x (20 + 28) each, Yahoo 24 x (100 + 140).
    assert 27_000 - 1_152 + 12_000 - 1_152 + 9_000 - 5_760 == 39_936
    assert taken(finding.reason) == {
        "gmail": ("20", "27,000"),
        "outlook": ("20", "12,000"),
        "yahoo": ("100", "9,000"),
    }
    assert quantities(finding.reason) >= {"0 d", "100/s", "2 d", "39,936", "60,000"}
    assert "22 d" in quantities(finding.fix)
    wording(finding)


def test_a_slow_campaign_asks_less_an_hour(wording: Wording) -> None:
    slow = 'hosts.marketing.streams.newsletter.arrivals.rate="10/min"'
    (finding,) = found(shared_hub(*DEDICATED, slow), "cold_egress")
    assert taken(finding.reason) == {"gmail": ("20", "270"), "outlook": ("20", "120")}
    wording(finding)


def test_a_nearly_warm_ip_is_late(wording: Wording) -> None:
    (finding,) = found(shared_hub(*DEDICATED, f'{AGE}="21 d"'), "cold_egress")
    assert taken(finding.reason) == {"gmail": ("23,427", "27,000")}
    assert "1 d" in quantities(finding.fix)
    wording(finding)


def test_a_warm_ip_takes_it() -> None:
    assert found(shared_hub(*DEDICATED, f'{AGE}="22 d"'), "cold_egress") == []
    assert found(shared_hub(), "cold_egress") == []


def test_a_campaign_to_the_own_people_or_to_small_domains_needs_no_warmth() -> None:
    for to in ("{internal=1.0}", "{business=1.0}"):
        scenario = shared_hub(*DEDICATED, f"hosts.marketing.streams.newsletter.to={to}")
        assert found(scenario, "cold_egress") == []


def test_mail_without_campaigns_warms_an_ip_by_itself() -> None:
    steady = 'hosts.marketing.streams.newsletter.arrivals={process="poisson", rate="3000/d"}'
    assert found(shared_hub(*DEDICATED, steady), "cold_egress") == []


def test_where_nothing_grows_a_year_is_the_longest_time_given() -> None:
    flat = [f"destinations.{name}.reputation.cold_growth=1.0" for name in ("gmail", "outlook")]
    (finding,) = found(shared_hub(*DEDICATED, *flat), "cold_egress")
    assert "365 d" in quantities(finding.fix)


def test_two_relays_with_one_new_ip_share_what_providers_take() -> None:
    """One finding, for the IP: Gmail gets 35 % of 80,000 messages by both relays."""
    path = Path(__file__).parents[2] / "scenarios" / "today" / "planner-second-ip.toml"
    (finding,) = found(load(path), "cold_egress")
    assert "gmail accepts 20 an hour and gets 28,000" in finding.reason
    assert "expire at DMZ01 and DMZ02" in finding.reason
