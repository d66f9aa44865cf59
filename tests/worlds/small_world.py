"""Small scenarios, run at once, and their traces with seconds and names."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from relaysim.engine.fast import simulation as fast
from relaysim.engine.run import simulate
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.trace.invariants import check
from relaysim.trace.tables import Level, Status, Trace, first_divergence
from relaysim.traffic.workload import Draws, draw

Tables = dict[str, Any]
Mail = Mapping[str, Sequence[float | tuple[float, int] | tuple[float, int, int]]]
"""By `host.stream`, each message: seconds, or (seconds, recipients), or (seconds, recipients,
bytes)."""

BASE = r"""
name = "story"

[run]
duration = "1 d"
drain = "3 d"

[organization.domains]
"cozumpark.com" = "Authoritative"

[hubs.HUB01]
mta = "none"
cores = 1
addresses = ["192.168.168.169"]
egress = "198.51.100.10"

[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]
permissions = [
  { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]
max_message_size = "unlimited"
smtp_max_messages_per_connection = "unlimited"

[egress."198.51.100.10"]
age = "400 d"

[mailboxes]
delivery_time = "0 s"

[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"

[destinations.sink]
profile = "none"
domains = ["example.org"]
"""
"""One hub without costs and limits, one host without delays, one domain that takes everything."""

SECOND_HUB = r"""
[hubs.HUB02]
mta = "none"
cores = 1
addresses = ["192.168.168.172"]
egress = "203.0.113.25"

[hubs.HUB02.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]
permissions = [
  { user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] },
]

[egress."203.0.113.25"]
"""
"""A second hub like the first, with a public IP of its own. It is no source of `internet`."""

_STREAM: Tables = {"sender": "app@cozumpark.com", "size": "1 KB", "to": {"sink": 1.0}}


def merged(below: Tables, above: Tables) -> Tables:
    """Tables merged key by key; lists and values are replaced."""
    result = dict(below)
    for key, value in above.items():
        lower = result.get(key)
        both = isinstance(lower, dict) and isinstance(value, dict)
        result[key] = merged(lower, value) if both else value  # type: ignore[arg-type]
    return result


def tables(*changes: str, mail: Mail | None = None, folder: Path | None = None) -> Tables:
    """The base with changes in TOML, whose events add up; the mail is replayed from `folder`.

    A stream that is described but sends nothing is left out.
    """
    result, events = tomllib.loads(BASE), []
    for text in changes:
        result = merged(result, tomllib.loads(text))
        events += result.pop("events", [])
    result["events"] = events
    for name, messages in (mail or {}).items():
        assert folder is not None
        host, _, short = name.partition(".")
        file = folder / f"{name}.csv"
        rows = [(m, 1, 1024) if isinstance(m, int | float) else (*m, 1024)[:3] for m in messages]
        file.write_text(
            "seconds,recipients,bytes\n" + "".join(f"{t},{n},{size}\n" for t, n, size in rows),
            encoding="utf-8",
        )
        stream = _STREAM | {"arrivals": {"process": "replay", "file": str(file)}}
        given = result["hosts"][host].get("streams", {}).get(short, {})
        if "to" in given:
            stream.pop("to")
        result["hosts"][host].setdefault("streams", {})[short] = merged(stream, given)
    for host in result["hosts"].values():
        streams = host.get("streams", {})
        host["streams"] = {name: table for name, table in streams.items() if "arrivals" in table}
    return result


def play(*changes: str, mail: Mail | None = None, seed: int = 1) -> "Played":
    """Run the base with changes and mail.

    Whatever happens, no invariant may be broken, and both engines give the same trace.
    """
    with TemporaryDirectory() as folder:
        scenario = from_mapping(tables(*changes, mail=mail, folder=Path(folder)), "story")
        draws = draw(scenario, 0, seed)
        trace = simulate(scenario, draws)
        compiled = fast.run(compile_plan(scenario), draws)
    broken = check(trace, draws, scenario)
    assert not broken, "\n".join(f"{name}: {text}" for name, text in broken)
    assert first_divergence(trace, compiled) is None
    return Played(scenario, draws, trace)


@dataclass(frozen=True)
class Played:
    """A run with seconds and names; -1 s and "" where there is nothing."""

    scenario: Scenario
    draws: Draws
    trace: Trace

    def _rows(self, table: str, *columns: str) -> list[tuple[int, ...]]:
        result = getattr(self.trace, table)
        return list(zip(*(result[column].tolist() for column in columns), strict=True))

    def reply(self, number: int) -> str:
        """The text of a reply."""
        return self.trace.names.replies[number] if number >= 0 else ""

    def _of(self, stream: str) -> list[int]:
        """The messages of a stream."""
        number = self.trace.names.streams.index(stream)
        return np.flatnonzero(self.trace.messages["stream"] == number).tolist()

    def messages(self, stream: str, column: str) -> list[float]:
        """A time of each message of a stream, in seconds."""
        return [seconds(self.trace.messages[column][m]) for m in self._of(stream)]

    def replies(self, stream: str) -> list[str]:
        """The last reply at submission to each message of a stream."""
        return [self.reply(self.trace.messages["reply"][m]) for m in self._of(stream)]

    def submissions(self, stream: str) -> list[int]:
        """The submissions of each message of a stream."""
        return self.trace.messages["attempts"][self._of(stream)].tolist()

    def hubs(self, stream: str) -> list[str]:
        """The hub that accepted each message of a stream."""
        hubs = self.trace.messages["hub"][self._of(stream)]
        return [self.trace.names.hubs[hub] if hub >= 0 else "" for hub in hubs]

    def connectors(self, stream: str) -> list[str]:
        """The receive connector that each message of a stream came to."""
        names = self.trace.names.connectors
        result = self.trace.messages["connector"][self._of(stream)]
        return [names[connector] if connector >= 0 else "" for connector in result]

    def _recipients(self, stream: str) -> list[int]:
        own = np.isin(self.trace.recipients["message"], self._of(stream))
        return np.flatnonzero(own).tolist()

    def ends(self, stream: str) -> list[tuple[float, str]]:
        """Of each recipient of a stream: when it became final, and which."""
        recipients = self.trace.recipients
        return [
            (seconds(recipients["end"][c]), Status(recipients["status"][c]).name.lower())
            for c in self._recipients(stream)
        ]

    def statuses(self, stream: str) -> list[str]:
        """The final statuses of the recipients of a stream."""
        return [status for _, status in self.ends(stream)]

    def verdicts(self, stream: str) -> list[str]:
        """The reply that decided the final status of each recipient of a stream."""
        return [self.reply(self.trace.recipients["reply"][c]) for c in self._recipients(stream)]

    def last_hubs(self, stream: str) -> list[str]:
        """The hub of the last transaction of each recipient of a stream."""
        hub_of = self.trace.transactions["hub"]
        names = self.trace.names.hubs
        return [
            names[hub_of[self.trace.recipients["transaction"][c]]] for c in self._recipients(stream)
        ]

    def visits(self, station: str) -> list[tuple[int, float, float, float]]:
        """The visits to a station by when they were written: subject, enter, start, end."""
        number = self.trace.names.stations.index(station)
        return [
            (subject, seconds(enter), seconds(start), seconds(end))
            for at, subject, enter, start, end in self._rows(
                "visits", "station", "subject", "enter", "start", "end"
            )
            if at == number
        ]

    def attempts(self, queue: str) -> list[tuple[int, float, float, str]]:
        """The attempts from a queue by when they ended: transaction, start, end, reply."""
        number = self.trace.names.queues.index(queue)
        return [
            (transaction, seconds(start), seconds(end), self.reply(reply))
            for at, transaction, start, end, reply in self._rows(
                "attempts", "queue", "transaction", "start", "end", "reply"
            )
            if at == number
        ]

    def opened(self, queue: str) -> list[int]:
        """Of each attempt from a queue, by when it ended: whether it opened its connection."""
        number = self.trace.names.queues.index(queue)
        attempts = self.trace.attempts
        return attempts["opened"][attempts["queue"] == number].tolist()

    def levels(self, level: Level, subject: str) -> list[tuple[float, int]]:
        """When a state changed, and to what."""
        names = self.trace.names
        of = {
            Level.QUEUE_RETRY: names.queues,
            Level.OUTAGE: names.destinations,
            Level.MX_OUTAGE: names.destinations,
            Level.LINE_DOWN: names.stations,
            Level.HOST_RETRY: names.hosts,
        }.get(level, names.hubs)
        number = of.index(subject)
        return [
            (seconds(time), value)
            for what, whose, time, value in self._rows(
                "levels", "level", "subject", "time", "value"
            )
            if what == level and whose == number
        ]


def seconds(ticks: int) -> float:
    """Microseconds as seconds; an absent time stays -1."""
    return float(ticks / 1_000_000) if ticks >= 0 else -1.0
