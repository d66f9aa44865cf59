"""The four weeks of campaigns and the break-in that come with the project."""

from datetime import timedelta
from pathlib import Path

import pytest

from relaysim.analysis.message_rates import messages
from relaysim.audit import Severity, check
from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.culprit import culprits
from relaysim.scenario.difference import diff
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import DAY, SECOND

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CAMPAIGNS = sorted(path.stem for path in SCENARIOS.glob("campaign-*.toml"))


def scenario(name: str) -> Scenario:
    return load(SCENARIOS / f"{name}.toml")


def size(found: Scenario) -> float:
    """Messages of a run, on average."""
    return sum(
        messages(found, host, stream)
        for host, table in found.hosts.items()
        for stream in table.streams
    )


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_only_the_fresh_hub_has_errors(path: Path) -> None:
    errors = [each for each in check(load(path)) if each.severity is Severity.ERROR]
    assert bool(errors) == (path.stem == "fresh-hub")


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_nothing_in_them_is_unused(name: str) -> None:
    assert "unused" not in [each.check for each in check(scenario(name))]


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_newsletter_goes_out_on_four_tuesdays_at_ten(name: str) -> None:
    result = scenario(name)
    assert (result.run.duration, result.run.drain) == (28 * DAY, 3 * DAY)
    newsletter = result.hosts["marketing"].streams["newsletter"]
    assert isinstance(newsletter.arrivals, Campaign)
    assert (newsletter.arrivals.messages, newsletter.arrivals.rate) == (20_000, 100)
    begins = [
        result.run.start + timedelta(seconds=start / SECOND)
        for start in Campaigns(newsletter.arrivals, result.run).starts
    ]
    assert [f"{start:%d %A %H:%M}" for start in begins] == [
        f"{day} Tuesday 10:00" for day in ("02", "09", "16", "23")
    ]
    assert messages(result, "marketing", "newsletter") == 80_000
    assert culprits(result) == {"marketing.newsletter"}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_run_is_small_enough_for_many(name: str) -> None:
    assert 100_000 < size(scenario(name)) < 150_000


@pytest.mark.parametrize(
    ("name", "traps", "complaints", "unknown"),
    [
        ("campaign-optin", 5e-5, 3e-4, 0.01),
        ("campaign-aged-list", 5e-4, 3e-3, 0.05),
        ("campaign-purchased-list", 5e-3, 1e-2, 0.10),
    ],
)
def test_the_lists_differ_in_what_they_hold_and_in_nothing_else(
    name: str, traps: float, complaints: float, unknown: float
) -> None:
    mailing_list = scenario(name).hosts["marketing"].streams["newsletter"].mailing_list
    assert mailing_list is not None
    assert (mailing_list.trap_share, mailing_list.complaint_rate) == (traps, complaints)
    assert mailing_list.unknown_rate == unknown
    changes = {change.path for change in diff(scenario("campaign-optin"), scenario(name))}
    own = "hosts.marketing.streams.newsletter.mailing_list"
    assert all(path.startswith(own) for path in changes)


def test_the_administrator_cleans_the_list_and_seven_lists_watch() -> None:
    result = scenario("campaign-aged-list")
    assert result.operations.on_listing == "clean_list"
    assert {each.profile for each in result.blocklists.values()} == {
        "spamhaus-css",
        "spamhaus-sbl",
        "spamcop",
        "barracuda",
        "uceprotect-1",
        "uceprotect-2",
        "psbl",
    }


def test_only_the_ip_of_the_bulk_hub_differs_between_the_designs() -> None:
    base, warm = scenario("campaign-aged-list-dedicated"), "campaign-aged-list-dedicated-warm"
    assert [change.path for change in diff(base, scenario(warm))] == ['egress."203.0.113.25".age']
    cold = [
        name
        for name in CAMPAIGNS
        if any(each.check == "cold_egress" for each in check(scenario(name)))
    ]
    assert cold == ["campaign-aged-list-dedicated", "campaign-aged-list-same-allocation"]


def test_without_bulk_mail_there_is_no_culprit() -> None:
    assert culprits(scenario("small-company")) == set()
    assert size(scenario("small-company")) == pytest.approx(size(scenario(CAMPAIGNS[0])) - 80_000)


def test_a_pc_that_relays_by_its_address_is_taken_over() -> None:
    result = scenario("compromised-host")
    assert culprits(result) == {"pc.spam"}
    assert result.run.duration == 14 * DAY
    assert result.operations.on_listing == "pause_culprit"
    assert result.blocklists["xbl"].trigger == "compromise"
    assert messages(result, "pc", "spam") == pytest.approx(600 * 60 * 24)
    # With the first one in a random year the PC is rarely taken over in these two weeks: 0.2 a year
    # x (14 d - 1 d / 2) x 1 d / 365 d, nearly, is the time that its spam goes on.
    drawn = load(
        SCENARIOS / "compromised-host.toml", ["hosts.pc.streams.spam.arrivals.per_year=0.2"]
    )
    spam = 600 * 1440 * 0.2 * (14 - 0.5) / 365
    assert messages(drawn, "pc", "spam") == pytest.approx(spam, rel=0.005)
    assert [each.check for each in check(result) if "pc.streams" in each.place] == [
        "relay_by_address",
        "trap_hits",
    ]
