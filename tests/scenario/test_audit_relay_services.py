"""Checks of relay services: refused versions of Exchange, and limits that are too small."""

import pytest
from worlds.golden_sections import Wording
from worlds.relay_designs import found, one_hub, shared_hub

from relaysim.analysis.offered_load import stages
from relaysim.audit import Severity
from relaysim.scenario.problem import ScenarioError

CONNECTOR = (
    'relays.m365={profile="m365-connector", licences=300, names=["mx.provider.example"]}',
    'send_connectors.internet.smart_hosts=["mx.provider.example"]',
)
AUTH = ('relays.m365={profile="m365-smtp-auth", names=["mx.provider.example"]}', CONNECTOR[1])
SES = ('relays.m365={profile="ses", names=["mx.provider.example"]}', CONNECTOR[1])
AT_25 = 'hubs.HUB01.receive_connectors."Default HUB01".transport_role="FrontendTransport"'


@pytest.mark.parametrize("mta", ["exchange-2007", "exchange-2010"])
def test_a_version_that_is_blocked_is_an_error(mta: str) -> None:
    (finding,) = found(one_hub(*CONNECTOR, f"hubs.HUB01.mta={mta}"), "refused_version")
    assert finding.severity is Severity.ERROR


def test_a_version_that_is_throttled_in_stages_is_a_warning(wording: Wording) -> None:
    scenario = one_hub(*CONNECTOR, "hubs.HUB01.mta=exchange-2016", AT_25)
    (finding,) = found(scenario, "refused_version")
    assert finding.severity is Severity.WARNING
    assert "from day 90 on always" in finding.reason
    wording(finding)


def test_other_servers_and_services_have_no_such_finding() -> None:
    for settings in (
        (*CONNECTOR, "hubs.HUB01.mta=exchange-se", AT_25),
        (*CONNECTOR, "hubs.HUB01.mta=none"),
        AUTH,
    ):
        assert found(one_hub(*settings), "refused_version") == []


def test_a_campaign_above_the_limit_of_the_tenant(wording: Wording) -> None:
    """One licence: 10,000 external recipients; the newsletter alone has more."""
    scenario = shared_hub(*CONNECTOR, "relays.m365.licences=1")
    (finding,) = found(scenario, "relay_limit")
    assert finding.severity is Severity.WARNING
    wording(finding)
    assert found(shared_hub(*CONNECTOR, "relays.m365.licences=100000"), "relay_limit") == []


def test_a_campaign_at_30_messages_a_minute(wording: Wording) -> None:
    """10,000 messages take 333 minutes and one third, 5.55 h."""
    news = "hosts.marketing.streams.newsletter"
    campaign = f"{news}.arrivals.messages=10000"
    limits = "relays.m365.limits.day.limit=unlimited"
    (finding,) = found(shared_hub(*AUTH, campaign, limits), "relay_limit")
    assert "at least 5.55 h" in finding.reason
    wording(finding)


def test_own_mailboxes_and_an_unused_service() -> None:
    scenario = one_hub(
        'relays.spare={profile="filter", names=["mx.spare.example"]}',
    )
    places = [finding.place for finding in found(scenario, "unused")]
    assert places == ["relays.spare"]
    assert found(one_hub(*AUTH), "unused") == []


def test_a_run_with_a_relay_service_has_its_table_of_theory() -> None:
    """A bare smart host once ended a run with a division by zero in this table."""
    names = [stage.name for stage in stages(one_hub(*AUTH))]
    assert "HUB01->mx.provider.example" in names


def test_a_limit_of_nothing_is_for_a_day_alone() -> None:
    """0 recipients outside in a day is documented of two services; 0 in a second is an error."""
    with pytest.raises(ScenarioError) as refused:
        one_hub(*SES, "relays.m365.limits.second.limit=0")
    (problem,) = refused.value.problems
    assert problem.path == ("relays", "m365", "limits", "second", "limit")
    assert problem.message == 'write an integer from 1, or 0 with window = "rolling day"'


def test_a_day_of_nothing_is_named_in_the_singular() -> None:
    scenario = one_hub(*SES, "relays.m365.limits.day.limit=0", "hosts.users.streams={}")
    (finding,) = found(scenario, "relay_limit")
    assert finding.reason.startswith("erp.invoices has about ")
    assert "allows 0 in 24 h" in finding.reason


def test_a_host_loses_mail_on_another_day_than_the_largest() -> None:
    """Invoices are above the limit on the third day alone, the newsletter even more on the first."""
    scenario = shared_hub(
        'relays.m365={profile="ses", names=["mx.provider.example"]}',
        "relays.m365.limits.day.limit=50",
        'run.duration="3 d"',
        *(
            setting
            for host, stream, at, messages in (
                ("marketing", "newsletter", "1 h", 900),
                ("crm", "invoices", "60 h", 80),
            )
            for setting in (
                f'hosts.{host}.server="m365"',
                f'hosts.{host}.on_failure="drop"',
                f'hosts.{host}.streams.{stream}.arrivals={{process="campaign", at="{at}", '
                f'messages={messages}, rate="1/s"}}',
            )
        ),
    )
    lost = {finding.place: finding.reason for finding in found(scenario, "relay_retry")}
    assert "above relays.m365.limits.day" in lost["hosts.crm.on_failure"]
    (limit,) = (of for of in found(scenario, "relay_limit") if of.place.endswith("day"))
    assert "marketing.newsletter" in limit.reason
    assert "crm.invoices" not in limit.reason
