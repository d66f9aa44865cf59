"""One hub without costs, hosts without delays, domains that take everything; lists as given.

Formulas for listings are tested on such scenarios. Everything is loaded from tables, as a
scenario file has them, and run by the engine.
"""

import tomllib
from typing import Any

import numpy as np
from scipy.stats import binom

from relaysim.engine.run import simulate
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Cause, Signal, Status, Trace
from relaysim.traffic.workload import draw

Tables = dict[str, Any]

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
SURE = 0.999
"""Confidence of an interval that must contain the true value: one in a thousand does not."""

BASE = r"""
name = "world"
[run]
duration = "1 d"
drain = "0 s"

[organization.domains]
"cozumpark.com" = "Authoritative"

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"

[mailboxes]
delivery_time = "0 s"

[coupling]
reaction = false

[destinations.sink]
profile = "none"
domain_count = 1
"""

HUB = r"""
[hubs.{hub}]
mta = "none"
cores = 1
addresses = ["{hub_address}"]
egress = "{egress}"

[hubs.{hub}.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]
permissions = [
  {{ user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] }},
]

[egress."{egress}"]
age = "400 d"

[hosts.{host}]
kind = "none"
address = "{host_address}"
server = "{hub_address}"
"""


def hub(number: int = 1, host: str = "app", egress: str = "198.51.100.10") -> str:
    """A hub with an IP of its own and a host that submits to it."""
    return HUB.format(
        hub=f"HUB{number:02d}",
        host=host,
        egress=egress,
        hub_address=f"192.168.168.{100 + number}",
        host_address=f"192.168.168.{200 + number}",
    )


def merged(below: Tables, above: Tables) -> Tables:
    """Tables merged key by key; lists and values are replaced."""
    result = dict(below)
    for key, value in above.items():
        lower = result.get(key)
        both = isinstance(lower, dict) and isinstance(value, dict)
        result[key] = merged(lower, value) if both else value  # type: ignore[arg-type]
    return result


def world(*changes: str, first: str | None = None) -> Scenario:
    """The base with changes in TOML; `first` in place of the one hub and its host."""
    tables: Tables = {}
    for text in (BASE, hub() if first is None else first, *changes):
        tables = merged(tables, tomllib.loads(text))
    return from_mapping(tables)


def stream(name: str, arrivals: str, more: str = "", host: str = "app") -> str:
    """A stream of small mail to the sink."""
    return f"""
    [hosts.{host}.streams.{name}]
    sender = "{name}@cozumpark.com"
    arrivals = {{ {arrivals} }}
    size = "1 KB"
    to = {{ sink = 1.0 }}
    {more}
    """


def play(scenario: Scenario, seed: int = 1, replication: int = 0, tilt: float = 1.0) -> Trace:
    """One replication."""
    return simulate(scenario, draw(scenario, replication, seed, tilt))


def listings(trace: Trace, blocklist: str, egress: str | None = None) -> list[tuple[int, int]]:
    """When a list had an IP (or any), in order; what is still on at the end of the run ends there."""
    rows, names = trace.listings, trace.names
    own = rows["blocklist"] == names.blocklists.index(blocklist)
    if egress is not None:
        own &= rows["egress"] == names.egress.index(egress)
    end = np.where(rows["end"] < 0, trace.end, rows["end"])
    return sorted(zip(rows["start"][own].tolist(), end[own].tolist(), strict=True))


def on_list(trace: Trace, blocklist: str) -> dict[str, Cause]:
    """The IPs that a list ever had, each with the cause of its first listing."""
    rows, names = trace.listings, trace.names
    result: dict[str, Cause] = {}
    for row in np.flatnonzero(rows["blocklist"] == names.blocklists.index(blocklist)).tolist():
        result.setdefault(names.egress[rows["egress"][row]], Cause(rows["cause"][row]))
    return result


def seen(trace: Trace, what: Signal, operator: str | None = None) -> list[int]:
    """When signals of a kind were seen, in order; of an operator's traps alone, if it is named."""
    own = trace.signals["signal"] == what
    if operator is not None:
        own &= trace.signals["subject"] == trace.names.operators.index(operator)
    return sorted(trace.signals["time"][own].tolist())


def statuses(trace: Trace, name: str) -> list[Status]:
    """The final statuses of the recipients of a stream `host.stream`, in order."""
    number = trace.names.streams.index(name)
    own = trace.messages["stream"][trace.recipients["message"]] == number
    return [Status(status) for status in trace.recipients["status"][own].tolist()]


def within(count: int, trials: int, chance: float, sure: float = SURE) -> bool:
    """Whether a count of successes lies in the central binomial interval of this confidence."""
    low, high = binom.interval(sure, trials, chance)
    return bool(low <= count <= high)
