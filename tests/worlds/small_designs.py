"""Designs that run in a moment: one application, one domain, few connections."""

from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario

TOML = """
name = "two"

[run]
duration = "60 s"
drain = "1 d"
seed = 7
replications = 3

[organization.domains]
"cozumpark.com" = "Authoritative"

[hubs.HUB01]
mta = "none"
cores = 1
addresses = ["192.168.168.169"]
egress = "198.51.100.10"
max_per_domain_outbound_connections = 2

[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]
permissions = [{ user = 'NT AUTHORITY\\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] }]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]

[egress."198.51.100.10"]
bandwidth = "unlimited"

[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"

[hosts.app.streams.invoices]
class = "transactional"
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "2/s" }
size = "1 KB"
to = { sink = 1.0 }
deadline = "1500 ms"

[destinations.sink]
profile = "none"
domains = ["example.org"]
response_time = { distribution = "exponential", mean = "1 s" }
"""

NEWS = """
[hosts.app.streams.news]
class = "bulk"
sender = "news@cozumpark.com"
arrivals = { process = "poisson", rate = "1/s" }
size = "1 KB"
to = { sink = 1.0 }
"""


def design(name: str, *changes: str, news: bool = False) -> Scenario:
    """The design under a name, with overrides, and with a newsletter if asked."""
    overrides = (f'name="{name}"', *changes)
    return loads(TOML + NEWS if news else TOML, overrides=overrides)


MORE = "hubs.HUB01.max_per_domain_outbound_connections=8"
