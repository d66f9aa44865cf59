"""Designs that run in a moment and get listed: one list, one domain that refuses on it."""

from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario
from worlds.small_designs import TOML

ADDRESSES, TRAP_SHARE, THRESHOLD = 40, 0.015, 2

LISTING = f"""
[destinations.sink.refuses_on]
traps = 1.0

[blocklists.traps]
profile = "psbl"
trap_share = 1.0
trap_delay = "1 s"
window = "1 d"
threshold = {THRESHOLD}
build_interval = "0 s"
lifetime = "1 d"

[operations]
on_listing = "nothing"

[hosts.marketing]
kind = "bulk_marketing"
address = "192.168.168.60"
server = "192.168.168.169"

[hosts.marketing.streams.news]
class = "bulk"
sender = "news@cozumpark.com"
arrivals = {{ process = "campaign", at = "0 s", messages = {ADDRESSES}, rate = "4/s" }}
size = "1 KB"
to = {{ sink = 1.0 }}
mailing_list = {{ trap_share = {TRAP_SHARE} }}
"""

APART = """
[hubs.HUB02]
mta = "none"
cores = 1
addresses = ["192.168.168.170"]
egress = "203.0.113.25"

[hubs.HUB02.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]
permissions = [{ user = 'NT AUTHORITY\\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] }]

[egress."203.0.113.25"]
bandwidth = "unlimited"
"""
SECOND = (
    'send_connectors.internet.source_transport_servers=["HUB01", "HUB02"]',
    'hosts.marketing.server="192.168.168.170"',
)
OFTEN = "hosts.marketing.streams.news.mailing_list.trap_share=0.06"
"""A worse list: 2.4 hits are expected, so a listing is likely."""
ROOM = (
    "hubs.HUB01.max_per_domain_outbound_connections=20",
    'hosts.app.streams.invoices.deadline="1 min"',
)
"""Nobody waits, so that what a listing does stands alone."""


def shared(*changes: str, name: str = "shared") -> Scenario:
    """The newsletter leaves by the IP of the invoices."""
    return loads(TOML + LISTING, overrides=(f'name="{name}"', *ROOM, *changes))


def apart(*changes: str) -> Scenario:
    """The newsletter leaves by a hub and an IP of its own."""
    return loads(TOML + LISTING + APART, overrides=('name="apart"', *ROOM, *SECOND, *changes))
