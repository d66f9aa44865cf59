"""A shared hub to try things on, and where the shared examples are if they are there."""

from pathlib import Path

import pytest

from relaysim.audit import Finding, check
from relaysim.scenario.load import load, loads
from relaysim.scenario.model import Scenario

EXAMPLES = Path(__file__).parents[3] / "shared" / "examples"

SHARED_HUB = r"""
name = "shared-hub"
title = "One shared hub, one outbound IP"

[run]
start = 2010-03-01T08:00:00
duration = "10 h"
drain = "3 d"
seed = 1
replications = 5

[organization.domains]
"cozumpark.com" = "Authoritative"

[dns]
mail = ["192.168.168.169"]
internalrelay = ["192.168.168.170"]
externalrelay = ["192.168.168.171"]

[hubs.HUB01]
mta = "exchange-2010"
cores = 4
addresses = ["192.168.168.169", "192.168.168.170", "192.168.168.171"]
egress = "198.51.100.10"

[hubs.HUB01.receive_connectors."Default HUB01"]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers", "ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"]
auth_mechanism = ["Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer"]

[hubs.HUB01.receive_connectors."Client HUB01"]
bindings = ["0.0.0.0:587"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["ExchangeUsers"]
auth_mechanism = ["Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS"]

[hubs.HUB01.receive_connectors.internalrelay]
bindings = ["192.168.168.170:25"]
remote_ip_ranges = ["192.168.168.50", "192.168.168.100"]
permission_groups = ["AnonymousUsers"]
auth_mechanism = ["Tls"]

[hubs.HUB01.receive_connectors.externalrelay]
bindings = ["192.168.168.171:25"]
remote_ip_ranges = ["10.10.20.30", "192.168.168.60"]
permission_groups = ["AnonymousUsers"]
auth_mechanism = ["Tls"]
max_acknowledgement_delay = "0 s"
permissions = [
  { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = [
    "Ms-Exch-SMTP-Accept-Any-Recipient",
  ] },
]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]

[lines.main]
bandwidth = "20 Mbit/s"

[egress."198.51.100.10"]
line = "main"
allocation = "198.51.100.8/29"
asn = 64500
age = "400 d"

[mailboxes]
delivery_time = { distribution = "lognormal", mean = "150 ms", cv = 1.0 }

[hosts.users]
kind = "mailbox_users"
address = "192.168.168.20"
server = "mail"

[hosts.users.streams.correspondence]
class = "corporate"
sender = "hakan@cozumpark.com"
arrivals = { process = "poisson", rate = "6000/d", profile = "office-hours" }
size = { distribution = "lognormal", median = "25 KB", sigma = 1.6 }
recipients = { distribution = "zipf", s = 2.5, max = 50 }
to = { internal = 0.7, gmail = 0.1, outlook = 0.05, business = 0.15 }
deadline = "15 min"
weight = 5

[hosts.internet]
kind = "internet"
address = "203.0.113.7"
server = "mail"

[hosts.internet.streams.inbound]
class = "corporate"
sender = "someone@example.net"
arrivals = { process = "poisson", rate = "16000/d", profile = "office-hours" }
size = { distribution = "lognormal", median = "40 KB", sigma = 1.4 }
to = { internal = 1.0 }
deadline = "15 min"
weight = 3

[hosts.sharepoint]
kind = "sharepoint"
address = "192.168.168.50"
server = "internalrelay"

[hosts.sharepoint.streams.alerts]
class = "system"
sender = "sharepoint@cozumpark.com"
arrivals = { process = "poisson", rate = "4000/d", profile = "office-hours" }
size = { distribution = "lognormal", median = "20 KB", sigma = 0.5 }
to = { internal = 1.0 }
deadline = "1 h"
weight = 2

[hosts.antivirus]
kind = "antivirus"
address = "192.168.168.100"
server = "internalrelay"

[hosts.antivirus.streams.alerts]
class = "system"
sender = "av@cozumpark.com"
arrivals = { process = "bursts", rate = "1000/d", burst_factor = 50, burst_length = "2 min" }
size = "4 KB"
to = { internal = 1.0 }
deadline = "5 min"
weight = 6

[hosts.crm]
kind = "application"
address = "192.168.168.60"
server = "externalrelay"

[hosts.crm.streams.invoices]
class = "transactional"
sender = "billing@cozumpark.com"
arrivals = { process = "poisson", rate = "3000/d", profile = "office-hours" }
size = { distribution = "lognormal", median = "15 KB", sigma = 0.6 }
to = { gmail = 0.45, outlook = 0.2, yahoo = 0.15, business = 0.2 }
deadline = "2 min"
weight = 10

[hosts.marketing]
kind = "bulk_marketing"
address = "10.10.20.30"
server = "externalrelay"
sessions = 20
messages_per_connection = 100

[hosts.marketing.streams.newsletter]
class = "bulk"
sender = "news@cozumpark.com"
arrivals = { process = "campaign", at = "2 h", messages = 60000, rate = "100/s" }
size = { distribution = "lognormal", median = "60 KB", sigma = 0.5 }
to = { gmail = 0.45, outlook = 0.2, yahoo = 0.15, business = 0.2 }
deadline = "1 d"
weight = 0
culprit = true
mailing_list = { trap_share = 5e-4, complaint_rate = 3e-3, unknown_rate = 0.05 }

[destinations.gmail]
profile = "gmail"
domains = ["gmail.com"]

[destinations.outlook]
profile = "outlook"
domains = ["hotmail.com"]

[destinations.yahoo]
profile = "yahoo"
domains = ["yahoo.com"]

[destinations.business]
profile = "small-business-gateway"
domain_count = 2000

[blocklists.spamcop]
profile = "spamcop"

[blocklists.css]
profile = "spamhaus-css"

[blocklists.uceprotect-2]
profile = "uceprotect-2"

[operations]
monitor_every = "6 h"
on_listing = "nothing"
"""

HUB02 = (
    'hubs.HUB02={mta="exchange-2010", cores=4, addresses=["192.168.168.172"],'
    ' egress="203.0.113.25", receive_connectors={bulkrelay={bindings=["192.168.168.172:25"],'
    ' remote_ip_ranges=["10.10.20.30"], permission_groups=["AnonymousUsers"],'
    ' auth_mechanism=["Tls"], max_acknowledgement_delay="0 s", permissions=[{'
    r" user='NT AUTHORITY\ANONYMOUS LOGON',"
    ' extended_rights=["Ms-Exch-SMTP-Accept-Any-Recipient"]}]}}}'
)
DEDICATED = (
    HUB02,
    'egress."203.0.113.25"={allocation="203.0.113.24/29", asn=64501}',
    'send_connectors.internet.source_transport_servers=["HUB01", "HUB02"]',
    'hosts.marketing.server="192.168.168.172"',
    'mailboxes.submission_server_override_list=["HUB01"]',
)
"""What a hub, a line and an IP of its own for the bulk mail change."""


def shared_hub(*overrides: str) -> Scenario:
    """The shared hub with some values set otherwise."""
    return loads(SHARED_HUB, "shared-hub", overrides)


def example(name: str, *overrides: str) -> Scenario:
    """One of the shared examples, with some values set otherwise."""
    if not EXAMPLES.is_dir():
        pytest.skip("the shared examples are not here")
    return load(EXAMPLES / f"{name}.toml", overrides)


def found(scenario: Scenario, name: str) -> list[Finding]:
    """What one check finds."""
    return [finding for finding in check(scenario) if finding.check == name]


ONE_HUB = Path(__file__).with_name("one_hub.toml")


def one_hub(*overrides: str) -> Scenario:
    """A small company with one hub and half an hour of mail, with some values set otherwise."""
    return load(ONE_HUB, overrides)


def two_hubs(*overrides: str) -> Scenario:
    """The same with a second hub behind the same name; the relay connector is on HUB01 only."""
    return one_hub(
        'dns.mail=["192.168.10.10", "192.168.10.11"]',
        'hubs.HUB02={mta="exchange-2010", cores=4, addresses=["192.168.10.11"],'
        ' egress="198.51.100.10", receive_connectors={"Default HUB02"={bindings=["0.0.0.0:25"],'
        ' remote_ip_ranges=["0.0.0.0-255.255.255.255"], permission_groups=["AnonymousUsers",'
        ' "ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"],'
        ' auth_mechanism=["Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS",'
        ' "ExchangeServer"]}}}',
        'send_connectors.internet.source_transport_servers=["HUB01", "HUB02"]',
        *overrides,
    )
