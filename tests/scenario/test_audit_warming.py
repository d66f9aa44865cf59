"""A campaign from a new IP: what providers take of it, in numbers."""

from relay_designs import DEDICATED, found, shared_hub

from relaysim.scenario.audit import Severity

AGE = 'egress."203.0.113.25".age'


def test_a_new_ip_is_too_cold_for_a_campaign() -> None:
    (finding,) = found(shared_hub(*DEDICATED), "cold_egress")
    assert finding.severity is Severity.ADVICE
    assert finding.place == 'egress."203.0.113.25"'
    # In two days Gmail and Outlook take 24 x (20 + 28) each, Yahoo 24 x (100 + 140).
    assert 27_000 - 1_152 + 12_000 - 1_152 + 9_000 - 5_760 == 39_936
    assert finding.reason == (
        "203.0.113.25 is new (0 d), and marketing.newsletter sends at 100/s: gmail takes 20 an "
        "hour and gets 27,000, outlook takes 20 an hour and gets 12,000 and yahoo takes 100 an "
        "hour and gets 9,000. When HUB02 gives up after 2 d, about 39,936 of the 60,000 messages "
        "are not delivered."
    )
    assert finding.way_out == (
        "Warm the IP up first (22 d, with a little more mail each day), or send the campaign in "
        "small parts over as long a time."
    )


def test_a_slow_campaign_asks_less_an_hour() -> None:
    slow = 'hosts.marketing.streams.newsletter.arrivals.rate="10/min"'
    (finding,) = found(shared_hub(*DEDICATED, slow), "cold_egress")
    assert "gmail takes 20 an hour and gets 270, outlook takes 20 an hour and gets 120." in (
        finding.reason.replace("0 and outlook", "0, outlook")
    )


def test_a_nearly_warm_ip_is_late() -> None:
    (finding,) = found(shared_hub(*DEDICATED, f'{AGE}="21 d"'), "cold_egress")
    assert "gmail takes 23,427 an hour and gets 27,000. When" in finding.reason
    assert finding.reason.endswith("all is delivered, but late.")
    assert finding.way_out.startswith("Warm the IP up first (1 d,")


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


def test_where_nothing_grows_a_year_is_the_most_that_is_told() -> None:
    flat = [f"destinations.{name}.reputation.cold_growth=1.0" for name in ("gmail", "outlook")]
    (finding,) = found(shared_hub(*DEDICATED, *flat), "cold_egress")
    assert finding.way_out.startswith("Warm the IP up first (365 d,")
