"""The targets of a host, the connector that answers, and the rights of the session."""

from worlds.relay_designs import shared_hub

from relaysim.mail.rights import ANONYMOUS, AUTHENTICATED_USERS
from relaysim.plan import submission
from relaysim.plan.submission import Target
from relaysim.scenario.model import Scenario

HUB01 = "hubs.HUB01.receive_connectors"


def places(scenario: Scenario, host: str) -> list[tuple[str | None, str, int]]:
    result = submission.targets(scenario, scenario.hosts[host])
    return [(each.hub, str(each.address), each.port) for each in result]


def verdicts(scenario: Scenario, sender: str, domain: str) -> tuple[str, str]:
    """Return the replies to MAIL FROM and RCPT TO of the CRM."""
    host = scenario.hosts["crm"]
    connector = submission.listen(scenario, host, submission.targets(scenario, host)[0]).connector
    assert connector is not None
    mail = submission.mail_verdict(scenario, "HUB01", host, connector, sender)
    return str(mail), str(submission.rcpt_verdict(scenario, "HUB01", host, connector, domain))


def test_a_name_of_the_dns_leads_to_each_of_its_addresses_in_order() -> None:
    scenario = shared_hub('dns.externalrelay=["192.168.168.171", "192.168.168.169"]')
    assert places(scenario, "crm") == [
        ("HUB01", "192.168.168.171", 25),
        ("HUB01", "192.168.168.169", 25),
    ]


def test_an_address_may_stand_for_a_name() -> None:
    scenario = shared_hub('hosts.crm.server="192.168.168.170"', "hosts.crm.port=2525")
    assert places(scenario, "crm") == [("HUB01", "192.168.168.170", 2525)]


def test_an_address_that_no_hub_has_leads_nowhere() -> None:
    scenario = shared_hub('dns.externalrelay=["192.168.168.199"]')
    assert places(scenario, "crm") == [(None, "192.168.168.199", 25)]
    host = scenario.hosts["crm"]
    (target,) = submission.targets(scenario, host)
    assert submission.listen(scenario, host, target).connector is None
    assert str(submission.greeting(target, None)) == "421 4.2.1 Unable to connect"


def test_mailbox_users_submit_to_every_hub_of_the_site_by_name() -> None:
    second = 'hubs.A={mta="none", cores=1, addresses=["10.0.0.1"], egress="198.51.100.10"}'
    assert places(shared_hub(second), "users") == [
        ("A", "10.0.0.1", 25),
        ("HUB01", "192.168.168.169", 25),
    ]


def test_unless_the_override_list_names_some() -> None:
    scenario = shared_hub(
        'hubs.A={mta="none", cores=1, addresses=["10.0.0.1"], egress="198.51.100.10"}',
        'mailboxes.submission_server_override_list=["HUB01"]',
    )
    assert places(scenario, "users") == [("HUB01", "192.168.168.169", 25)]


def test_the_setting_decides_whether_a_wildcard_binding_answers_a_host_that_is_not_listed() -> None:
    scenario = shared_hub(f'{HUB01}.internalrelay.remote_ip_ranges=["192.168.168.100"]')
    host = scenario.hosts["sharepoint"]
    (target,) = submission.targets(scenario, host)
    answer = submission.listen(scenario, host, target).connector
    assert answer is not None
    assert answer.name == "Default HUB01"
    hidden = submission.listen(scenario, host, target, hides_wildcard=True).connector
    assert hidden is None
    assert str(submission.greeting(target, hidden)) == "421 4.3.2 Service not available"


def test_a_host_without_an_account_is_anonymous() -> None:
    scenario = shared_hub()
    connector = scenario.hubs["HUB01"].receive_connectors["externalrelay"]
    session = submission.session(scenario, scenario.hosts["crm"], connector)
    assert session.principal == ANONYMOUS
    assert session.login is None
    assert verdicts(scenario, "billing@cozumpark.com", "hotmail.com") == (
        "250 2.1.0 Sender OK",
        "250 2.1.5 Recipient OK",
    )


def test_an_account_relays_but_only_from_its_own_address() -> None:
    scenario = shared_hub('hosts.crm.account="COZUMPARK\\\\Billing"', 'hosts.crm.server="mail"')
    connector = scenario.hubs["HUB01"].receive_connectors["Client HUB01"]
    session = submission.session(scenario, scenario.hosts["crm"], connector)
    assert session.principal == AUTHENTICATED_USERS
    assert str(session.login) == "235 2.7.0 Authentication successful"
    denied = "550 5.7.1 Client does not have permissions to send as this sender"
    assert verdicts(scenario, "billing@cozumpark.com", "hotmail.com") == (
        "250 2.1.0 Sender OK",
        "250 2.1.5 Recipient OK",
    )
    assert verdicts(scenario, "boss@cozumpark.com", "hotmail.com")[0] == denied
    assert verdicts(scenario, "billing@example.net", "hotmail.com")[0] == denied


def test_an_account_that_is_an_address_is_its_own_address() -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing@cozumpark.com"',
        'hosts.crm.server="mail"',
    )
    assert verdicts(scenario, "billing@cozumpark.com", "x.com")[0] == "250 2.1.0 Sender OK"
    assert verdicts(scenario, "billing@example.net", "x.com")[0].startswith("550")


def test_a_right_that_was_added_for_the_account_counts() -> None:
    scenario = shared_hub(
        'hosts.crm.account="COZUMPARK\\\\Billing"',
        'hosts.crm.server="mail"',
        f'{HUB01}."Client HUB01".permissions=[{{user="COZUMPARK\\\\billing",'
        ' extended_rights=["ms-Exch-SMTP-Accept-Any-Sender"]}]',
    )
    assert verdicts(scenario, "anybody@example.net", "x.com")[0] == "250 2.1.0 Sender OK"


def test_where_no_login_is_offered_an_account_stays_anonymous() -> None:
    scenario = shared_hub('hosts.crm.account="billing"', "hosts.crm.port=25")
    connector = scenario.hubs["HUB01"].receive_connectors["externalrelay"]
    assert submission.session(scenario, scenario.hosts["crm"], connector).principal == ANONYMOUS


def test_a_login_that_fails_is_the_answer_to_all_mail() -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing"',
        f'{HUB01}."Client HUB01".permission_groups=[]',
    )
    answer = verdicts(scenario, "billing@cozumpark.com", "x.com")[0]
    assert answer == "535 5.7.3 Authentication unsuccessful"


def test_size_and_number_of_recipients_have_their_limits() -> None:
    scenario = shared_hub()
    host, limit = scenario.hosts["crm"], 10 * 1024**2
    connector = scenario.hubs["HUB01"].receive_connectors["externalrelay"]
    assert submission.size_verdict(scenario, host, connector, limit).code == 250
    assert submission.size_verdict(scenario, host, connector, limit + 1).code == 552
    assert submission.count_verdict(connector, 199).code == 250
    assert submission.count_verdict(connector, 200).code == 452


def test_targets_are_plain_values() -> None:
    scenario = shared_hub()
    (target,) = submission.targets(scenario, scenario.hosts["crm"])
    assert target == Target("HUB01", target.address, 25)
    assert len({target, target}) == 1


def test_exchange_2013_and_later_word_three_replies_of_rights_differently() -> None:
    role = f'{HUB01}."Default HUB01".transport_role="FrontendTransport"'
    newer = ("hubs.HUB01.mta=exchange-2019", role)
    relay = 'hosts.crm.server="192.168.168.170"'
    assert verdicts(shared_hub(relay), "crm@cozumpark.com", "example.org")[1] == (
        "550 5.7.1 Unable to relay"
    )
    assert verdicts(shared_hub(relay, *newer), "crm@cozumpark.com", "example.org")[1] == (
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"
    )
    groups = f'{HUB01}."Default HUB01".permission_groups=["ExchangeServers"]'
    assert verdicts(shared_hub(relay, *newer, groups), "crm@cozumpark.com", "example.org")[0] == (
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM"
    )
