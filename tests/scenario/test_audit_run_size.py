import pytest
from worlds.golden_sections import Golden, Wording
from worlds.quantities import quantities
from worlds.relay_designs import SHARED_HUB, found

from relaysim.analysis.message_rates import messages
from relaysim.analysis.run_size import sizes, too_large
from relaysim.audit import Severity
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario
from relaysim.study.sampling import Sampling


def design(*overrides: str) -> Scenario:
    return loads(SHARED_HUB, overrides=overrides)


def test_a_day_of_a_small_company_is_no_matter() -> None:
    assert found(design(), "run_size") == []
    assert too_large(design()) is None


def test_a_year_takes_long_and_the_finding_has_the_time(wording: Wording) -> None:
    (finding,) = found(design("run.duration=365 d"), "run_size")

    assert finding.severity is Severity.WARNING
    assert any(each.endswith(" GB") for each in quantities(finding.reason))
    wording(finding)


@pytest.mark.parametrize(
    "override",
    [
        "hosts.marketing.streams.newsletter.arrivals.messages=1000000000",
        'hosts.crm.streams.invoices.arrivals.rate="1e9/s"',
        'hosts.crm.streams.invoices.arrivals={process="every", every="1 us"}',
        "hosts.antivirus.streams.alerts.arrivals.burst_length=1 us",
    ],
    ids=["messages", "rate", "clock", "bursts"],
)
def test_what_no_machine_would_finish_is_an_error(wording: Wording, override: str) -> None:
    huge = design("run.duration=365 d", "hosts.marketing.streams.newsletter.arrivals.rate=100/s")
    scenario = design("run.duration=365 d", override)

    assert too_large(huge) is None
    assert str(too_large(scenario)).startswith("shared-hub: ")
    (finding,) = found(scenario, "run_size")
    assert finding.severity is Severity.ERROR
    wording(finding)


def counts(*overrides: str) -> dict[str, float]:
    return {each.what: each.count for each in sizes(design(*overrides))}


def test_recipients_are_counted_by_the_mean_of_their_law() -> None:
    one = "hosts.marketing.streams.newsletter.mailing_list"
    plain = counts()
    users = messages(design(), "users", "correspondence")
    assert counts("hosts.users.streams.correspondence.recipients=3")["recipients"] == pytest.approx(
        plain["recipients"] + users * (3 - (plain["recipients"] - plain["messages"]) / users - 1)
    )
    assert counts(f"{one}=none")["messages"] == plain["messages"]


def test_a_message_to_thousands_is_refused_by_its_recipients(golden_section: Golden) -> None:
    huge = design(
        'hosts.crm.streams.invoices.arrivals={process="campaign", at="0 s", messages=100000,'
        ' rate="100/s"}',
        "hosts.crm.streams.invoices.recipients=5000",
    )
    text = str(too_large(huge))
    assert "crm.invoices" in text
    (expected,) = quantities(text) - {"100,000,000"}
    assert expected.startswith("500,1")
    golden_section("errors/run_size", text)


def test_clocks_that_tick_without_mail_are_steps(golden_section: Golden) -> None:
    again = (
        'hosts.crm.streams.invoices.arrivals={process="campaign", at="0 s", messages=1,'
        ' rate="1/h", every="1 us"}'
    )
    quiet = design("run.scale=0.001", again)
    assert "crm.invoices" in str(too_large(quiet))
    golden_section("errors/run_size", str(too_large(quiet)))
    years = design(
        "run.scale=0.001", "run.duration=3660 d", 'operations.monitor_every="1 s"',
        'hubs.HUB01.back_pressure={queue_drive_size="1 TB", resource_monitoring_interval="1 s"}',
    )  # fmt: skip
    assert counts("run.duration=10 h", 'run.drain="0 s"', 'operations.monitor_every="1 s"')[
        "steps"
    ] == pytest.approx(36_000 + counts("run.duration=10 h", 'run.drain="0 s"',
        "operations.monitor_every=unlimited")["steps"])  # fmt: skip
    assert too_large(years) is None


def test_rate_events_count() -> None:
    event = '[{at="0 s", rate={stream="crm.invoices", factor=1000, for="365 d"}}]'
    huge = design("run.duration=365 d", f"events={event}")
    assert too_large(design("run.duration=365 d")) is None
    assert "crm.invoices" in str(too_large(huge))


@pytest.mark.parametrize(
    ("at", "count", "rate", "every"),
    [(0, 100, 1, 1000), (50, 700, 2, 300), (3000, 10, 1, 7), (3599, 5, 1, 3), (4000, 5, 1, 3)],
)
def test_campaigns_are_counted_in_one_go_as_one_by_one(
    at: int, count: int, rate: int, every: int
) -> None:
    arrivals = (
        f'{{process="campaign", at="{at} s", messages={count}, rate="{rate}/s", every="{every} s"}}'
    )
    scenario = design("run.duration=1 h", f"hosts.crm.streams.invoices.arrivals={arrivals}")
    one_by_one = sum(min(count, rate * (3600 - start)) for start in range(at, 3600, every))
    assert messages(scenario, "crm", "invoices") == pytest.approx(one_by_one)


def test_more_replications_than_a_scenario_may_ask_for_are_refused(golden_section: Golden) -> None:
    with pytest.raises(ValueError, match=r"1,000,000,000 .* 100,000 ") as caught:
        Sampling(1_000_000_000, 1).resolved([design()])
    golden_section("errors/run_size", str(caught.value))
