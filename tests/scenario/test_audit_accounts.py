"""A right that nobody can use is found, whatever language its user is written in."""

import pytest
from worlds.golden_sections import Wording
from worlds.relay_designs import SHARED_HUB, found

from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.plan import submission
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario


def relay_for(user: str, *overrides: str) -> Scenario:
    given = f"[{{user = '{user}', extended_rights = ['ms-Exch-SMTP-Accept-Any-Recipient']}}]"
    return loads(
        SHARED_HUB,
        overrides=[f"hubs.HUB01.receive_connectors.externalrelay.permissions={given}", *overrides],
    )


@pytest.mark.parametrize("user", [r"NT-AUTORITÄT\ANONYMOUS-ANMELDUNG", "S-1-5-7", ANONYMOUS])
def test_a_relay_for_the_anonymous_logon_relays_in_any_language(user: str) -> None:
    design = relay_for(user)
    connector = design.hubs["HUB01"].receive_connectors["externalrelay"]
    session = submission.session(design, design.hosts["crm"], connector)
    assert session.principal == ANONYMOUS
    assert Right.ACCEPT_ANY_RECIPIENT in session.rights
    assert found(design, "right_without_user") == []


def test_a_right_for_a_user_that_no_host_logs_in_as_is_found(wording: Wording) -> None:
    (finding,) = found(relay_for(r"CORP\anonymous"), "right_without_user")
    assert finding.place == "hubs.HUB01.receive_connectors.externalrelay"
    assert r"CORP\anonymous" in finding.reason
    assert ANONYMOUS in finding.fix
    wording(finding)


def test_another_spelling_of_an_account_is_named(wording: Wording) -> None:
    design = relay_for(r"CORP\svc-crm", r"hosts.crm.account=CORP\svc-crms")
    (finding,) = found(design, "right_without_user")
    assert r'"CORP\svc-crms"' in finding.fix
    wording(finding)
    same = relay_for(r"corp\SVC-crm", r"hosts.crm.account=CORP\svc-crm")
    assert found(same, "right_without_user") == []
