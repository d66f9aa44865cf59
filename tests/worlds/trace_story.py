"""Traces made by hand: events with times in seconds, in the tables that the engine writes."""

from collections.abc import Sequence

import numpy as np

from relaysim.plan.names import Party, QueueKind, StationKind
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario
from relaysim.trace.record import TABLES, Rows, column_names
from relaysim.trace.tables import Action, Cause, Level, Names, Signal, Status, Trace, Visit
from relaysim.traffic.workload import Draws

SECOND = 1_000_000
WIDTH = {name: len(column_names(table)) for name, table in TABLES.items()}

TOML = """
name = "story"

[run]
duration = "100 s"
drain = "1 d"
warm_up = "0 s"

[organization.domains]
"cozumpark.com" = "Authoritative"

[hubs.HUB01]
mta = "none"
cores = 2
addresses = ["192.168.168.169"]
egress = "198.51.100.10"
max_per_domain_outbound_connections = 2
queue_database_batch_size = 2
queue_database_batch_timeout = "1 s"
message_expiration_timeout = "2 d"

[hubs.HUB02]
mta = "none"
cores = 1
addresses = ["192.168.168.172"]
egress = "203.0.113.25"

[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["AnonymousUsers"]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02"]

[lines.main]
bandwidth = "20 Mbit/s"

[egress."198.51.100.10"]
line = "main"

[egress."203.0.113.25"]
line = "main"

[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"

[hosts.app.streams.alerts]
class = "system"
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "1/s" }
size = "1 KB"
to = { internal = 0.5, gmail = 0.5 }
deadline = "10 s"

[hosts.app.streams.news]
class = "bulk"
sender = "news@cozumpark.com"
arrivals = { process = "poisson", rate = "1/s" }
size = "1 KB"
to = { gmail = 0.5, business = 0.5 }
deadline = "1 h"

[destinations.gmail]
profile = "none"
domains = ["gmail.com"]
refuses_on = { css = 1.0 }
refusal_stage = "rcpt"
refusal_action = "reject"

[destinations.business]
profile = "none"
domain_count = 2

[blocklists.css]
profile = "spamhaus-css"
"""

NAMES = Names(
    hosts=("app",),
    streams=("app.alerts", "app.news", "HUB01.dsn", "HUB02.dsn"),
    hubs=("HUB01", "HUB02"),
    connectors=("HUB01/relay",),
    queues=(
        "HUB01.mailbox",
        "HUB01->HUB02",
        "HUB01->gmail.com",
        "HUB01->business-1.example",
        "HUB01->business-2.example",
        "HUB02->gmail.com",
    ),
    egress=("198.51.100.10", "203.0.113.25"),
    blocklists=("css",),
    destinations=("internal", "business", "gmail", "elsewhere"),
    domains=(
        "cozumpark.com",
        "business-1.example",
        "business-2.example",
        "gmail.com",
        "example.net",
    ),
    destination=(0, 1, 1, 2, 3),
    stations=("HUB01.cpu", "HUB01.commit", "HUB02.cpu", "HUB02.commit", "main.line", "HUB01/relay"),
    capacity=(2, 1, 1, 1, 1, 0),
    queue_capacity=(20, 0, 2, 2, 2, 2),
    replies=(
        "250 2.0.0 OK",
        "550 5.7.1 Unable to relay",
        "451 4.7.1 Later",
        "554 5.7.1 Client host blocked using css",
        "550 5.7.1 S3140",
        "550 5.1.1 User unknown",
    ),
    causes=(-1, -1, -1, 0, -2, -1),
    provider_states=("gmail 198.51.100.10 cozumpark.com", "gmail 203.0.113.25 cozumpark.com"),
    operators=("spamhaus",),
    registered_domains=(),
    stream_host=(0, 0, -1, -1),
    stream_title=("alerts", "news", "dsn", "dsn"),
    stream_registered_domain=(-1, -1, -1, -1),
    stream_hub=(-1, -1, 0, 1),
    hub_title=("HUB01", "HUB02"),
    connector_hub=(0,),
    queue_kind=(QueueKind.MAILBOX, QueueKind.TRANSFER, *[QueueKind.REMOTE] * 4),
    queue_hub=(0, 0, 0, 0, 0, 1),
    queue_next_hop=(
        "",
        "HUB02",
        "gmail.com",
        "business-1.example",
        "business-2.example",
        "gmail.com",
    ),
    queue_domain=(-1, -1, 3, 1, 2, 3),
    queue_egress=(-1, -1, 0, 0, 0, 1),
    queue_by_ip=(False,) * 6,
    station_kind=(
        *(StationKind.CORES, StationKind.COMMIT) * 2,
        StationKind.LINE,
        StationKind.CONNECTOR,
    ),
    station_hub=(0, 0, 1, 1, -1, 0),
    station_title=("", "", "", "", "main", "relay"),
    provider_state_destination=(2, 2),
    provider_state_egress=(0, 1),
    provider_state_sender=("cozumpark.com", "cozumpark.com"),
    provider_state_party=(Party.ALL, Party.ALL),
)
OK, REFUSAL, LATER, LISTED, BLOCKED, UNKNOWN = range(6)


def ticks(seconds: float) -> int:
    """Seconds as the trace has them; -1 stays absent."""
    return -1 if seconds == -1 else round(seconds * SECOND)


def scenario(changes: Sequence[str] = ()) -> Scenario:
    """The scenario of all stories, with overrides such as `run.warm_up="5 s"`."""
    return loads(TOML, overrides=changes)


class Story:
    """Tells what happened, step by step; each step returns its row."""

    def __init__(self) -> None:
        self.tables = {name: Rows(table) for name, table in TABLES.items()}
        self.numbers: dict[str, int] = {}

    def message(
        self,
        stream: str,
        to: Sequence[str],
        created: float,
        connected: float = -1,
        committed: float = -1,
        *,
        hub: str = "HUB01",
        parent: int = -1,
        reply: int = OK,
        acknowledged: float | None = None,
    ) -> int:
        """A message and a recipient to each domain; acknowledged when committed, unless said later."""
        number = self.numbers.setdefault(stream, 0)
        self.numbers[stream] += 1
        row, recipient = self._rows("messages"), self._rows("recipients")
        at = NAMES.hubs.index(hub) if committed >= 0 else -1
        door = 0 if connected >= 0 and parent < 0 else -1
        self._add(
            "messages",
            NAMES.streams.index(stream),
            number,
            ticks(created),
            1024,
            recipient,
            len(to),
            ticks(connected),
            ticks(committed),
            ticks(-1 if parent >= 0 else committed if acknowledged is None else acknowledged),
            reply,
            door,
            at,
            1,
            parent,
        )
        for domain in to:
            where = NAMES.domains.index(domain)
            self._add("recipients", row, where, -1, -1, Status.IN_FLIGHT, -1)
        return row

    def recipient(self, message: int, index: int = 0) -> int:
        """The row of a recipient of a message."""
        return self.tables["messages"].flat[message * WIDTH["messages"] + 4] + index

    def ends(
        self, recipient: int, at: float, status: Status = Status.DELIVERED, reply: int = OK
    ) -> None:
        """A recipient becomes final."""
        flat, base = self.tables["recipients"].flat, recipient * WIDTH["recipients"]
        flat[base + 3], flat[base + 4], flat[base + 5] = ticks(at), status, reply

    def queued(self, recipients: Sequence[int], queue: str, at: float, parent: int = -1) -> int:
        """Recipients of one message enter a delivery queue as one transaction."""
        row = self._rows("transactions")
        hub = queue.split("->")[0].split(".")[0]
        flat = self.tables["recipients"].flat
        message = flat[recipients[0] * WIDTH["recipients"]]
        for recipient in recipients:
            flat[recipient * WIDTH["recipients"] + 2] = row
        self._add(
            "transactions",
            message,
            recipients[0],
            len(recipients),
            NAMES.hubs.index(hub),
            NAMES.queues.index(queue),
            parent,
            ticks(at),
        )
        return row

    def attempt(
        self,
        transaction: int,
        enter: float,
        start: float,
        end: float,
        *,
        attempt: int = 0,
        reply: int = OK,
        opened: int = 1,
    ) -> int:
        """An attempt to deliver a transaction."""
        row = self._rows("attempts")
        flat, base = self.tables["transactions"].flat, transaction * WIDTH["transactions"]
        recipients, hub, queue = flat[base + 2], flat[base + 3], flat[base + 4]
        outside = NAMES.queue_kind[queue] is QueueKind.REMOTE
        egress = hub if outside else -1
        self._add(
            "attempts",
            transaction,
            attempt,
            queue,
            egress,
            ticks(enter),
            ticks(start),
            ticks(end),
            reply,
            opened,
            recipients,
        )
        return row

    def visit(
        self,
        station: str,
        visit: Visit,
        subject: int,
        enter: float,
        start: float,
        end: float,
        attempt: int = 0,
    ) -> None:
        """A visit to a station."""
        number = NAMES.stations.index(station)
        self._add("visits", number, visit, subject, attempt, ticks(enter), ticks(start), ticks(end))

    def level(self, level: Level, subject: int, at: float, value: int) -> None:
        """A state changes."""
        self._add("levels", level, subject, ticks(at), value)

    def listing(
        self, egress: str, start: float, end: float, cause: Cause = Cause.SCRIPT, against: int = 0
    ) -> None:
        """A public IP is on the list."""
        number = NAMES.egress.index(egress)
        self._add("listings", number, -1, 0, ticks(start), ticks(end), cause, against)

    def signal(self, seen: Signal, recipient: int, at: float, subject: int = 0) -> None:
        """Somebody sees something of a recipient that came by the first IP."""
        self._add("signals", seen, recipient, 0, ticks(at), subject)

    def lookup(
        self, domain: str, at: float, until: float, listed: bool, egress: str = "198.51.100.10"
    ) -> None:
        """A domain asks about a public IP."""
        ip, number = NAMES.egress.index(egress), NAMES.domains.index(domain)
        self._add("lookups", ip, -1, number, ticks(at), ticks(until), listed, 0)

    def action(self, action: Action, at: float, subject: int = -1) -> None:
        """The administrator does something about the first IP."""
        self._add("actions", action, 0, -1, ticks(at), subject)

    def refusal(self, message: int, at: float, reply: int) -> None:
        """The first hub does not take a message at its first connector."""
        self._add("refusals", message, 0, 0, ticks(at), reply, 1)

    def trace(self, end: float) -> Trace:
        """The story so far, as a trace that ends then."""
        made = {name: rows.table() for name, rows in self.tables.items()}
        return Trace(names=NAMES, end=ticks(end), **made)

    def draws(self) -> Draws:
        """The draws that belong to the story: all of its messages but DSNs."""
        messages = self.tables["messages"].table()
        mail = messages["parent"] < 0
        recipients = self.tables["recipients"].table()
        first = messages["first_recipient"][mail]
        total = int(messages["recipients"][mail].sum())
        return Draws(
            seed=1,
            replication=0,
            streams=NAMES.streams[:2],
            stream=messages["stream"][mail].astype(np.int32),
            created=messages["created"][mail],
            size=messages["size"][mail],
            first_recipient=np.append(first, total),
            domain=recipients["domain"][:total],
            key=np.arange(total, dtype=np.uint64),
            domains=NAMES.domains[:4],
            destination=NAMES.destination[:4],
            destinations=NAMES.destinations[:3],
            uses=np.array([[False], [False], [False], [True]]),
            stage=np.full(4, 2, np.int8),
            action=np.zeros(4, np.int8),
            mirrors=np.zeros(4, bool),
            greylists=np.zeros(4, bool),
            signal=np.zeros(total, np.uint8),
            trap_recipient=np.zeros(0, np.int64),
            trap_operator=np.zeros(0, np.int64),
            operators=NAMES.operators,
            list_size=np.zeros(2, np.int64),
            usual=(),
            log_weight=0.0,
        )

    def _rows(self, table: str) -> int:
        rows = self.tables[table]
        return len(rows.flat) // len(rows.columns)

    def _add(self, table: str, *row: int) -> None:
        assert len(row) == len(self.tables[table].columns)
        self.tables[table].flat.extend(row)
