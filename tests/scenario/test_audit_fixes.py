"""Fixes that fix: what check prints is done, and then the finding is gone and no new error came.

Each check stands in the registry with a scenario that provokes it and what a person does who follows
its words; the commands that it prints are run on a small model of the shell. A note that only
explains has no fix.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import DEDICATED, one_hub, shared_hub, two_hubs
from worlds.shell import overrides as done_by

import relaysim
from relaysim.audit import CHECKS, Finding, Severity, check
from relaysim.scenario.model import Scenario

Design = Callable[..., Scenario]
CONNECTORS = "hubs.HUB01.receive_connectors"
RELAY = f"{CONNECTORS}.relay"
DEFAULT = f'{CONNECTORS}."Default HUB01"'
NEWS = "hosts.marketing.streams.newsletter"
INVOICES = "hosts.erp.streams.invoices"
ALLOWED = (
    r"permissions=[{user='NT AUTHORITY\ANONYMOUS LOGON', extended_rights="
    '["Ms-Exch-SMTP-Accept-Any-Recipient"]}]'
)
APP = (
    'hosts.app={kind="application", address="192.168.10.61", server="mail", account="svc-app",'
    ' streams={mail={sender="noreply@example.com", arrivals={process="poisson", rate="500/d"},'
    ' size="20 KB", to={internal=1.0}}}}'
)
GATE = (
    'send_connectors.internet.smart_hosts=["gate.example.net"]',
    "send_connectors.internet.dns_routing_enabled=false",
    'destinations.gate={profile="none", domains=["gate.example.net"]}',
)
SERVICE = (
    'relays.m365={profile="filter", names=["mx.provider.example"]}',
    'send_connectors.internet.smart_hosts=["mx.provider.example"]',
)
THRESHOLD = "smtp_connector_queue_message_count_threshold_for_concurrent_connections"
NO_ACK = f'{CONNECTORS}.externalrelay.max_acknowledgement_delay="0 s"'
PEAK = ",".join("0.4" if hour == 10 else "1.0" if hour != 9 else "1.6" for hour in range(24))
SPREAD = tuple(each for each in DEDICATED if "submission_server" not in each)
AT_25 = f'{DEFAULT}.transport_role="FrontendTransport"'
"""From 2013 on the Default connector is one of the Transport service, at port 2525."""
SE = (
    *SPREAD,
    *(f'hubs.HUB0{number}.mta="exchange-se"' for number in (1, 2)),
    AT_25,
)


@dataclass(frozen=True)
class Case:
    """How a check is provoked, and what is done about it.

    `by_hand` are the settings of a person who follows the words of the fix; empty where the command
    is all. `why` says why nothing mends a finding that only explains. `refused` asks that a run
    delivers what was refused.
    """

    design: Design
    provoked: tuple[str, ...]
    by_hand: tuple[str, ...] = ()
    why: str = ""
    refused: bool = False


REGISTRY: dict[str, Case] = {
    "connector_conflict": Case(
        one_hub, (f'{RELAY}.remote_ip_ranges=["0.0.0.0/0"]', f"{RELAY}.permissions=[]")
    ),
    "partial_overlap": Case(
        one_hub,
        (
            f'{RELAY}.remote_ip_ranges=["192.168.10.60-192.168.10.70"]',
            f'{CONNECTORS}.scan={{bindings=["0.0.0.0:25"], remote_ip_ranges=["192.168.10.50-192.168.10.65"],'
            ' permission_groups=["AnonymousUsers"]}',
        ),
    ),
    "binding_address": Case(
        one_hub, (f'{RELAY}.bindings=["192.168.10.99:25"]', "hosts.erp.streams={}")
    ),
    "open_relay": Case(one_hub, (f"{DEFAULT}.{ALLOWED}",)),
    "server_address": Case(
        one_hub, ('dns.mail=["192.168.10.99"]',), ('dns.mail=["192.168.10.10"]',), refused=True
    ),
    "host_unanswered": Case(
        one_hub,
        (
            f'{RELAY}.bindings=["192.168.10.10:26"]',
            "hosts.erp.port=26",
            f'{RELAY}.remote_ip_ranges=["192.168.10.9"]',
        ),
        refused=True,
    ),
    "back_pressure": Case(
        one_hub,
        ('hubs.HUB01.back_pressure={queue_drive_size="130 GB", queue_drive_used="129.8 GB"}',),
        ('hubs.HUB01.back_pressure.queue_drive_used="119.5 GB"',),
        refused=True,
    ),
    "stream_refused": Case(one_hub, (APP,), refused=True),
    "relay_refused": Case(two_hubs, (), refused=True),
    "refused_by_smart_hub": Case(
        two_hubs,
        (
            'send_connectors.internet.source_transport_servers=["HUB01"]',
            'send_connectors.internet.smart_hosts=["HUB02"]',
            "send_connectors.internet.dns_routing_enabled=false",
            'send_connectors.last={address_spaces=["SMTP:*;1"],'
            ' source_transport_servers=["HUB02"]}',
        ),
        by_hand=(
            'hubs.HUB02.receive_connectors.servers={bindings=["0.0.0.0:25"],'
            ' remote_ip_ranges=["192.168.10.10"], permission_groups=["AnonymousUsers"],'
            f" {ALLOWED}}}",
        ),
    ),
    "hand_over_refused": Case(
        one_hub,
        (
            'hubs.HUB02={mta="exchange-2010", cores=4, addresses=["192.168.10.11"],'
            ' egress="198.51.100.10", receive_connectors={"Default HUB02"={'
            'bindings=["0.0.0.0:25"], remote_ip_ranges=["0.0.0.0-255.255.255.255"],'
            ' permission_groups=["ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"],'
            ' auth_mechanism=["Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS",'
            ' "ExchangeServer"]}}}',
            'mailboxes.submission_server_override_list=["HUB02"]',
            f'{RELAY}.remote_ip_ranges=["192.168.10.0/24"]',
        ),
        refused=True,
    ),
    "right_without_user": Case(
        one_hub,
        (
            f"{RELAY}.permissions=[{{user='nobody@example.com', extended_rights=[\"Ms-Exch-SMTP-Accept-Any-Recipient\"]}}]",
            "hosts.erp.streams={}",
        ),
        (f"{RELAY}.permissions=[]",),
    ),
    "no_send_connector": Case(
        one_hub, ('send_connectors.internet.address_spaces=["SMTP:gmail.com;1"]',), refused=True
    ),
    "submission_spread": Case(shared_hub, SPREAD),
    "front_end_spread": Case(
        shared_hub,
        SE,
        ('hubs.HUB02.site="Bulk-Relay"', 'mailboxes.site="Default-First-Site-Name"'),
    ),
    "front_end_proxy": Case(
        shared_hub,
        (
            *SE,
            'hubs.HUB02.receive_connectors.bulkrelay.transport_role="HubTransport"',
            "send_connectors.internet.frontend_proxy_enabled=true",
        ),
        by_hand=('hubs.HUB02.site="Bulk-Relay"', 'mailboxes.site="Default-First-Site-Name"'),
    ),
    "bulk_shares_hub": Case(shared_hub, (), DEDICATED),
    "bulk_shares_connections": Case(shared_hub, (), DEDICATED),
    "bulk_shares_line": Case(
        shared_hub,
        (*DEDICATED, 'egress."203.0.113.25".line="main"'),
        ('lines.bulk={bandwidth="20 Mbit/s"}', 'egress."203.0.113.25".line="bulk"'),
    ),
    "bulk_shares_ip": Case(shared_hub, (), DEDICATED),
    "bulk_shares_allocation": Case(
        shared_hub,
        (*DEDICATED, 'egress."203.0.113.25".asn=64500'),
        ('egress."203.0.113.25".asn=64501',),
    ),
    "bulk_shares_domain": Case(shared_hub, (), (f'{NEWS}.sender="news@news.cozumpark.example"',)),
    "bulk_shares_registered_domain": Case(
        shared_hub,
        ('blocklists.dbl.profile="spamhaus-dbl"', f'{NEWS}.sender="news@news.cozumpark.com"'),
        (f'{NEWS}.sender="news@cozumpark-news.com"',),
    ),
    "outside_allocation": Case(
        one_hub,
        ('egress."198.51.100.10".allocation="203.0.113.0/29"',),
        ('egress."198.51.100.10".allocation="198.51.100.8/29"',),
    ),
    "cold_egress": Case(shared_hub, DEDICATED, ('egress."203.0.113.25".age="400 d"',)),
    "listing_reach": Case(shared_hub, (), why="it says who is in reach; no setting mends that"),
    "trap_hits": Case(shared_hub, (), (f"{NEWS}.mailing_list.trap_share=0.0",)),
    "culprit_without_signals": Case(
        shared_hub,
        (f"{NEWS}.mailing_list={{trap_share=0.0, complaint_rate=0.0, unknown_rate=0.0}}",),
        (f"{NEWS}.mailing_list.complaint_rate=0.003",),
    ),
    "innocent_with_signals": Case(
        shared_hub,
        (f"{NEWS}.culprit=false", f"{NEWS}.mailing_list.trap_share=0.01"),
        (f"{NEWS}.culprit=true",),
    ),
    "people_trap_rate": Case(
        shared_hub, (), why="it names the range of a number that nobody measured"
    ),
    "reaction": Case(
        shared_hub,
        ("operations.on_listing=clean_list", f"{NEWS}.culprit=false"),
        (f"{NEWS}.culprit=true",),
    ),
    "refused_version": Case(
        one_hub,
        (*SERVICE, "relays.m365.profile=m365-connector", "relays.m365.licences=300"),
        ("hubs.HUB01.mta=exchange-se", AT_25),
    ),
    "relay_limit": Case(
        one_hub,
        (*SERVICE, "relays.m365.profile=ses-sandbox", f'{INVOICES}.arrivals.rate="20/min"'),
        ("relays.m365.limits.day.limit=5000",),
    ),
    "relay_retry": Case(
        one_hub,
        (
            *(SERVICE[0], "relays.m365.profile=m365-smtp-auth"),
            *('hosts.erp.server="m365"', 'hosts.erp.on_failure="drop"'),
        ),
        (
            'hosts.erp.on_failure={retry_every="5 min", give_up_after="1 d"}',
            "hosts.erp.sessions=3",
        ),
    ),
    "unauthenticated": Case(
        one_hub,
        (
            'sender_domains={"example.com"={spf=[], dkim=[], dmarc="missing"}}',
            'egress."198.51.100.10".ptr=false',
            "send_connectors.internet.ignore_starttls=true",
        ),
        (
            'sender_domains."example.com".spf=["198.51.100.10"]',
            'sender_domains."example.com".dkim=["HUB01"]',
            "sender_domains.\"example.com\".dmarc='none'",
            'egress."198.51.100.10".ptr=true',
            "send_connectors.internet.ignore_starttls=false",
        ),
    ),
    "smart_host": Case(one_hub, GATE, why="what happens behind a smart host is not modelled"),
    "ndr_leaves": Case(
        two_hubs,
        (f'{INVOICES}.sender="erp@erp.example.org"',),
        by_hand=('organization.domains."erp.example.org"="Authoritative"',),
    ),
    "forged_sender": Case(one_hub, ()),
    "sessions_over_limit": Case(one_hub, (f"{RELAY}.max_inbound_connection_per_source=2",)),
    "message_rate": Case(
        one_hub,
        (f'{RELAY}.message_rate_limit="5/min"', f'{INVOICES}.arrivals.rate="20/min"'),
    ),
    "message_too_large": Case(
        one_hub,
        (f'{INVOICES}.size="15 MB"', 'send_connectors.internet.max_message_size="unlimited"'),
        refused=True,
    ),
    "recipient_limit": Case(
        one_hub, (f"{RELAY}.max_recipients_per_message=2", f"{INVOICES}.recipients=5")
    ),
    "route_too_small": Case(
        one_hub, ('send_connectors.internet.max_message_size="50 KB"',), refused=True
    ),
    "handed_over": Case(two_hubs, ('send_connectors.internet.source_transport_servers=["HUB01"]',)),
    "same_source": Case(
        one_hub,
        ('hosts.printer.address="192.168.10.60"',),
        ('hosts.printer.address="192.168.10.52"',),
    ),
    "balancer_hides_sources": Case(
        one_hub,
        (
            'load_balancers={front={address="192.168.10.9", hubs=["HUB01"], source_nat=true}}',
            'hosts.erp.server="front"',
            "hosts.erp.sessions=30",
        ),
        ("load_balancers.front.source_nat=false",),
    ),
    "wildcard_answers": Case(
        one_hub,
        (f'{RELAY}.bindings=["192.168.10.10:25"]',),
        (
            f'{RELAY}.remote_ip_ranges=["192.168.10.60", "192.168.10.52", "203.0.113.7"]',
            f"{RELAY}.permissions=[]",
            "hosts.erp.streams={}",
        ),
    ),
    "delayed_acknowledgement": Case(
        shared_hub,
        (NO_ACK.replace("0 s", "30 s"),),
        why="on and off both have a price, which it names",
    ),
    "short_reply_timeout": Case(
        shared_hub,
        (
            NO_ACK.replace("0 s", "30 s"),
            'hosts.marketing.data_done_timeout="20 s"',
        ),
        ('hosts.marketing.data_done_timeout="10 min"',),
    ),
    "campaign_load": Case(shared_hub, (), (f'{NEWS}.arrivals.rate="20/s"',)),
    "busiest_hour_load": Case(
        one_hub,
        (
            'run.duration="2 h"',
            "hubs.HUB01.cores=1",
            f'{RELAY}.max_acknowledgement_delay="0 s"',
            f'{INVOICES}.arrivals={{process="poisson", rate="15/s", profile={{hours=[{PEAK}]}}}}',
        ),
        (
            "hubs.HUB01.cores=4",
            'lines.main.bandwidth="1 Gbit/s"',
            "hosts.erp.sessions=100",
            f'{RELAY}.max_inbound_connection_per_source="unlimited"',
            f"{RELAY}.max_inbound_connection_percentage_per_source=100",
            'hubs.HUB01.max_per_domain_outbound_connections="unlimited"',
        ),
    ),
    "whole_run_load": Case(
        one_hub,
        ('mailboxes.delivery_time="9.7 s"', 'hosts.printer.streams.scans.arrivals.rate="700/h"'),
    ),
    "ip_warm_up": Case(
        shared_hub,
        (
            'hubs.HUB01.mta="none"',
            'egress."203.0.113.25"={line="main"}',
            'pools.bulk={members={"203.0.113.25"=1, "198.51.100.10"=1}}',
            'hubs.HUB01.egress="bulk"',
            'warm_up_plans.new={egress="203.0.113.25", days=[30000]}',
        ),
        why="the volumes of a plan are a choice; where they are too large it says for which provider",
    ),
    "relay_by_address": Case(
        one_hub,
        (
            'hosts.erp.streams.spam={class="spam", sender="x@spam.example", size="3 KB", to={gmail=1.0}, trap_rate=0.001,'
            ' arrivals={process="compromise", at="1 min", rate="60/min", lasts="10 min"}}',
        ),
        why="until the host logs in it relays by its address; the limit makes the harm smaller",
    ),
    "endless_listing": Case(
        shared_hub,
        (
            'blocklists.sbl={profile="spamhaus-sbl"}',
            "destinations.gmail.refuses_on={sbl=1.0}",
            "operations.delisting=never",
        ),
        ("operations.delisting=after_repair",),
    ),
    "listing_removed": Case(
        shared_hub,
        (
            'events=[{at="1 h", listing={of="marketing", blocklist="css", for="2 d"}}]',
            "operations.delisting=at_once",
        ),
        ('events=[{at="1 h", listing={of="marketing", blocklist="css", for="2 d", fixed=true}}]',),
    ),
    "heavy_tail": Case(
        one_hub,
        ('mailboxes.delivery_time={distribution="pareto", minimum="50 ms", alpha=1.5}',),
        (
            'mailboxes.delivery_time={distribution="pareto", minimum="50 ms", alpha=1.5, maximum="5 s"}',
        ),
    ),
    "mail_after_the_end": Case(
        one_hub,
        (f'{INVOICES}.arrivals={{process="campaign", at="25 min", messages=600, rate="1/s"}}',),
        (f'{INVOICES}.arrivals.at="5 min"',),
    ),
    "late_connections": Case(
        shared_hub,
        (f"hubs.HUB01.{THRESHOLD}=20", f'{NEWS}.arrivals.rate="50/s"'),
        by_hand=(f"hubs.HUB01.{THRESHOLD}=2",),
    ),
    "greylisting": Case(
        one_hub,
        ("hubs.HUB01.mta=exchange-2019", AT_25, "destinations.gmail.greylisting={}"),
        by_hand=('hubs.HUB01.message_retry_interval="5 min"',),
    ),
    "dead_mx_hosts": Case(
        one_hub,
        ("destinations.gmail.mx_hosts=2", "destinations.gmail.unreachable_mx_hosts=1"),
        by_hand=('hubs.HUB01.smtp_connect_timeout="5 s"',),
    ),
    "campaign_days": Case(
        one_hub,
        (
            f'{INVOICES}.arrivals={{process="campaign", at="Tuesday 10:00", every="working day", messages=100,'
            ' growth=0.05, rate="1/s"}',
            'run.duration="3 d"',
        ),
        why="the days are for the reader to check",
    ),
    "run_size": Case(shared_hub, ("run.scale=30",), ("run.scale=1",)),
    "drain_below_deadline": Case(one_hub, ('run.drain="5 min"',), ('run.drain="1 d"',)),
    "event_in_drain": Case(
        one_hub,
        ('events=[{at="2 h", stop={hub="HUB01", for="1 min"}}]',),
        ('events=[{at="10 min", stop={hub="HUB01", for="1 min"}}]',),
    ),
    "out_of_support": Case(
        one_hub, ("hubs.HUB01.mta=exchange-2016", AT_25), ("hubs.HUB01.mta=exchange-se",)
    ),
    "documents_disagree": Case(
        one_hub,
        ("hubs.HUB01.mta=exchange-2019", AT_25),
        (
            "hubs.HUB01.max_per_domain_outbound_connections=40",
            'hubs.HUB01.message_retry_interval="5 min"',
            'send_connectors.internet.max_message_size="35 MB"',
        ),
    ),
    "unused": Case(
        one_hub,
        ('destinations.gate={profile="none", domains=["gate.example.net"]}',),
        (f"{INVOICES}.to={{gmail=0.5, outlook=0.3, gate=0.2}}",),
    ),
}


def findings(scenario: Scenario, name: str) -> list[Finding]:
    return [each for each in check(scenario) if each.check == name]


@cache
def provoked(name: str) -> tuple[Scenario, list[Finding]]:
    """The scenario that provokes a check, and all findings: several tests ask for them."""
    case = REGISTRY[name]
    scenario = case.design(*case.provoked)
    return scenario, check(scenario)


def of(name: str) -> list[Finding]:
    """The findings of a check in the scenario that provokes it."""
    return [each for each in provoked(name)[1] if each.check == name]


def mended_by(after: Scenario, name: str) -> bool:
    """Whether a scenario has no such finding, and no error that was not there before."""
    result = check(after)
    return name not in {each.check for each in result} and errors(result) <= errors(
        provoked(name)[1]
    )


def errors(result: list[Finding]) -> set[tuple[str, str]]:
    return {(each.check, each.place) for each in result if each.severity is Severity.ERROR}


def commanded(case: Case, name: str) -> Scenario:
    """The scenario after all commands of the check's findings, one after the other."""
    done = list(case.provoked)
    for finding in findings(case.design(*done), name):
        for line in (finding.command or "").splitlines():
            done += done_by(case.design(*done), line)
    return case.design(*done)


def delivered(scenario: Scenario) -> tuple[int, int]:
    """Recipients delivered, and refused or abandoned, in a run."""
    result = relaysim.run(scenario, replications=1, jobs=1)
    rows = result.metrics
    total = rows[rows["scope"] == "total"].set_index("metric")["value"]
    return int(total["delivered"]), int(total["refused"] + total["abandoned"] + total["bounced"])


LIMITS = (
    'max_message_size="10 MB"',
    "max_inbound_connection_per_source=2",
    "max_recipients_per_message=2",
    'message_rate_limit="5/min"',
)
AT_BOTH = (
    'hubs.HUB02.receive_connectors.relay={bindings=["0.0.0.0:25"],'
    ' remote_ip_ranges=["192.168.10.60"], permission_groups=["AnonymousUsers"],'
    ' auth_mechanism=["Tls"]}',
    *(
        f"hubs.{hub}.receive_connectors.relay.{each}"
        for hub in ("HUB01", "HUB02")
        for each in LIMITS
    ),
    f'{INVOICES}.size="15 MB"',
    f"{INVOICES}.recipients=5",
    f'{INVOICES}.arrivals.rate="40/min"',
)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("message_too_large", "-MaxMessageSize 25MB"),
        ("recipient_limit", "-MaxRecipientsPerMessage 5"),
        ("sessions_over_limit", "-MaxInboundConnectionPerSource 4"),
        ("message_rate", "-MessageRateLimit unlimited"),
    ],
)
def test_a_limit_of_two_hubs_is_one_finding_with_a_command_for_each(
    wording: Wording, name: str, parameter: str
) -> None:
    (finding,) = findings(two_hubs(*AT_BOTH), name)
    assert "HUB01" in finding.reason
    assert "HUB02" in finding.reason
    wording(finding)
    one, two = (finding.command or "").splitlines()
    assert one.startswith(f'Set-ReceiveConnector "HUB01\\relay" {parameter}')
    assert two.startswith(f'Set-ReceiveConnector "HUB02\\relay" {parameter}')
    assert findings(commanded(Case(two_hubs, AT_BOTH), name), name) == []


def test_every_check_is_in_the_registry() -> None:
    assert set(REGISTRY) == {each.__name__ for each in CHECKS}


@pytest.mark.parametrize("name", REGISTRY)
def test_the_scenario_provokes_the_check(wording: Wording, name: str) -> None:
    case, result = REGISTRY[name], of(name)
    assert result
    wording(*result)
    mended = bool(case.by_hand) or any(each.command for each in result)
    assert mended or case.why
    if case.why:
        assert {each.severity for each in result} <= {Severity.INFO, Severity.WARNING}


@pytest.mark.parametrize("name", [name for name, case in REGISTRY.items() if case.by_hand])
def test_what_the_words_say_mends_it(name: str) -> None:
    case = REGISTRY[name]
    assert mended_by(case.design(*case.provoked, *case.by_hand), name)


@pytest.mark.parametrize("name", [name for name, case in REGISTRY.items() if not case.why])
def test_the_commands_mend_it(name: str) -> None:
    case = REGISTRY[name]
    if not any(each.command for each in of(name)):
        assert case.by_hand  # the words have a test of their own
        return
    assert mended_by(commanded(case, name), name)


@pytest.mark.parametrize("name", [name for name, case in REGISTRY.items() if case.refused])
def test_a_run_delivers_what_was_refused(name: str) -> None:
    case = REGISTRY[name]
    before = delivered(provoked(name)[0])
    if case.by_hand:
        after = delivered(case.design(*case.provoked, *case.by_hand))
    else:
        after = delivered(commanded(case, name))
    assert after[0] > before[0]
    assert after[1] < before[1] or before[1] == 0


def test_a_connector_on_one_of_two_hubs_refuses_half_and_its_fix_is_on_the_other(
    wording: Wording,
) -> None:
    (finding,) = findings(two_hubs(), "relay_refused")
    assert "50 %" in quantities(finding.reason)
    new, right = str(finding.command).splitlines()
    assert new.startswith('New-ReceiveConnector -Name "relay" -Server HUB02 ')
    assert "-RemoteIPRanges 192.168.10.60 " in new
    assert right.startswith('Get-ReceiveConnector "HUB02\\relay" | Add-ADPermission ')
    wording(finding)


def test_an_account_gets_both_rights_at_once_for_a_user_that_permissions_takes() -> None:
    """A run then delivers, which the registry asks; here the command."""
    (finding,) = findings(one_hub(APP), "stream_refused")
    assert '-User "svc-app@example.com" ' in str(finding.command)
    assert '"ms-Exch-SMTP-Accept-Any-Sender"' in str(finding.command)
    assert '"ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"' in str(finding.command)


def test_a_relay_hub_without_hosts_gets_none_of_the_users_mail(wording: Wording) -> None:
    """Not PF1 is named for the users' mail, but the hub that is in use, bulk mail or not."""
    idle = (
        'hubs.PF1={mta="exchange-2010", cores=4, addresses=["192.168.168.173"],'
        ' egress="198.51.100.10"}',
        'send_connectors.internet.source_transport_servers=["HUB01", "PF1"]',
    )
    (finding,) = findings(shared_hub(*idle), "submission_spread")
    assert finding.severity is Severity.WARNING
    assert str(finding.command).endswith("-SubmissionServerOverrideList HUB01")
    wording(finding)
    after = shared_hub(*idle, *done_by(shared_hub(*idle), str(finding.command)))
    assert findings(after, "submission_spread") == []


def test_what_holds_at_each_hub_is_said_once(wording: Wording) -> None:
    scenario = two_hubs(APP, f"{RELAY}.permissions=[]")
    keys = [(each.check, each.place) for each in check(scenario)]
    assert len(keys) == len(set(keys))
    assert len(findings(scenario, "forged_sender")) == 1
    (finding,) = findings(scenario, "relay_refused")
    assert "HUB01" in finding.reason
    assert "Default HUB02" in finding.reason
    wording(finding)


def test_the_fix_against_forged_senders_keeps_the_mail_of_own_hosts() -> None:
    case = REGISTRY["forged_sender"]
    assert errors(check(commanded(case, "forged_sender"))) == set()
