"""Back pressure of the start: check, explain and a run answer alike."""

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found, one_hub, two_hubs

import relaysim
from relaysim.audit import Severity
from relaysim.explanation import explain
from relaysim.scenario.model import Scenario

DRIVE = 'hubs.HUB01.back_pressure={{queue_drive_size="130 GB", queue_drive_used="{}"}}'
SHORT = "452 4.3.1 Insufficient system resources"
OLD = 'hubs.HUB01.mta="exchange-2007"'

STREAMS = {"users.correspondence", "internet.inbound", "printer.scans", "erp.invoices"}


def named(reason: str) -> set[str]:
    """Return the streams that a finding names."""
    return {stream for stream in STREAMS if stream in reason}


def replies(scenario: Scenario) -> dict[str, set[str]]:
    """Return the replies to each host in a run, for mail created after the first poll."""
    result = relaysim.run(scenario, replications=1, jobs=1)
    messages = result.messages[result.messages["created"] > 5]
    return {host: set(rows["reply"].dropna()) for host, rows in messages.groupby("host")}


def explained(scenario: Scenario, host: str, to: str) -> str:
    (attempt,) = explain(scenario, host, to).attempts
    return str(attempt.outcomes[0].reply)


def test_a_full_drive_is_an_error_with_the_room_that_mends_it(wording: Wording) -> None:
    """The drive is at 99 %: High for the queue database and for its log."""
    (finding,) = found(one_hub(DRIVE.format("129.8 GB")), "back_pressure")
    assert finding.severity is Severity.ERROR
    assert finding.place == "hubs.HUB01.back_pressure.queue_drive_used"
    assert quantities(finding.reason) >= {"99 %", "96 %"}
    assert named(finding.reason) == STREAMS
    assert quantities(finding.fix) >= {"119.5 GB"}
    wording(finding)


def test_the_log_is_watched_by_thresholds_of_its_own(wording: Wording) -> None:
    """At 96 % the log is High, and the database is Normal."""
    (finding,) = found(one_hub(DRIVE.format("125.5 GB")), "back_pressure")
    assert finding.severity is Severity.ERROR
    assert quantities(finding.reason) >= {"96 %"}
    assert named(finding.reason) == STREAMS
    wording(finding)


def test_the_log_on_a_drive_of_its_own_is_named_by_its_own_key(wording: Wording) -> None:
    (finding,) = found(
        one_hub(
            'hubs.HUB01.back_pressure={queue_drive_size="130 GB", log_drive_size="100 GB", '
            'log_drive_used="99 GB"}'
        ),
        "back_pressure",
    )
    assert finding.place == "hubs.HUB01.back_pressure.log_drive_used"
    assert 'log_drive_used = "91 GB"' in finding.fix
    wording(finding)


def test_medium_refuses_senders_from_outside_only(wording: Wording) -> None:
    """94 % is Medium for the log: mail of the own domain still flows, as a run shows."""
    scenario = one_hub(DRIVE.format("122.5 GB"))
    (finding,) = found(scenario, "back_pressure")
    assert finding.severity is Severity.ERROR
    assert named(finding.reason) == {"internet.inbound"}
    wording(finding)
    assert explained(scenario, "internet", "ada@example.com") == SHORT
    assert explained(scenario, "erp", "x@gmail.com") == "250 2.1.5 Recipient OK"
    assert explained(scenario, "users", "x@gmail.com") == "None"
    printed = replies(scenario)
    assert printed["internet"] == {SHORT}
    assert SHORT not in printed["erp"] | printed["printer"] | printed["users"]


@pytest.mark.parametrize(
    ("used", "hosts"),
    [("129.8 GB", {"users", "internet", "printer", "erp"}), ("119.5 GB", set())],
)
def test_check_explain_and_run_refuse_the_same_hosts(used: str, hosts: set[str]) -> None:
    """119.5 GB is what the fix says: then nobody is refused."""
    scenario = one_hub(DRIVE.format(used))
    reasons = " ".join(finding.reason for finding in found(scenario, "back_pressure"))
    writes = {"internet": "ada@example.com", "printer": "ada@example.com"}
    for host in scenario.hosts:
        refused = explained(scenario, host, writes.get(host, "x@gmail.com")) == SHORT
        assert refused is (host in hosts) is (f"{host}." in reasons)
    printed = replies(scenario)
    assert {host for host, texts in printed.items() if SHORT in texts} == hosts


def test_exchange_2007_refuses_the_connection(wording: Wording) -> None:
    scenario = one_hub(OLD, DRIVE.format("129.8 GB"))
    (finding,) = found(scenario, "back_pressure")
    assert "421 4.3.2 Service not available" in finding.reason
    wording(finding)
    assert explained(scenario, "erp", "x@gmail.com") == "421 4.3.2 Service not available"
    assert explained(scenario, "users", "x@gmail.com") == SHORT
    assert found(scenario, "host_unanswered") == []
    assert replies(scenario)["erp"] == {"421 4.3.2 Service not available"}


def test_the_other_hub_takes_what_the_full_one_does_not(wording: Wording) -> None:
    """Mail of the mailbox server goes on to the other hub; applications hear 452 half the time."""
    scenario = two_hubs(DRIVE.format("129.8 GB").replace("HUB01", "HUB02"))
    (finding,) = found(scenario, "back_pressure")
    assert named(finding.reason) == STREAMS - {"users.correspondence"}
    wording(finding)


def test_a_refusal_for_want_of_resources_is_no_matter_of_rights() -> None:
    assert found(one_hub(DRIVE.format("129.8 GB")), "stream_refused") == []


def test_a_hub_with_room_is_not_mentioned() -> None:
    assert found(one_hub(DRIVE.format("100 GB")), "back_pressure") == []
