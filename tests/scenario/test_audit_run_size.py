import pytest
from relay_designs import SHARED_HUB

from relaysim.scenario.audit import Severity
from relaysim.scenario.audit.size import run_size, too_large
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario


def design(*overrides: str) -> Scenario:
    return loads(SHARED_HUB, overrides=overrides)


def test_a_day_of_a_small_company_is_no_matter() -> None:
    assert list(run_size(design())) == []
    assert too_large(design()) is None


def test_a_year_takes_its_time_and_is_told_so() -> None:
    (found,) = run_size(design("run.duration=365 d"))

    assert found.severity is Severity.ADVICE
    assert "GB of memory" in found.reason


@pytest.mark.parametrize(
    "override",
    [
        "hosts.marketing.streams.newsletter.arrivals.messages=1000000000",
        'hosts.crm.streams.invoices.arrivals.rate="1e9/s"',
        'hosts.crm.streams.invoices.arrivals={process="every", every="1 us"}',
        "hosts.antivirus.streams.alerts.arrivals.burst_length=1 us",
    ],
)
def test_what_no_machine_would_finish_is_an_error(override: str) -> None:
    huge = design("run.duration=365 d", "hosts.marketing.streams.newsletter.arrivals.rate=100/s")
    scenario = design("run.duration=365 d", override)

    assert too_large(huge) is None
    assert str(too_large(scenario)).startswith("shared-hub: a replication would have about ")
    (found,) = run_size(scenario)
    assert found.severity is Severity.ERROR
