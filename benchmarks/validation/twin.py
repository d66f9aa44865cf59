"""The simulated twin of a case: an ordinary relaysim scenario, run by the compiled engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import relaysim
from relaysim.engine.choice import Engine, using
from relaysim.study.run_result import RunResult
from validation.cases import Case, Hub, NextHop
from validation.deliveries import Deliveries
from validation.load import message_name

SEED = 1
MESSAGE_SIZE = 4096
"""Bytes of each message."""

_FRAME = """\
name = "{name}"
title = "{title}"

[run]
duration = "{duration} s"
drain = "1 h"
seed = {seed}
replications = 1

[organization.domains]
"corp.test" = "Authoritative"
"""

_HUB = """
[hubs.{name}]
mta = "{mta}"
cores = {cores}
addresses = ["192.168.10.{number}"]
egress = "198.51.100.{number}"
{settings}
[hubs.{name}.receive_connectors.mynetworks]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.0.0/16"]
permission_groups = ["AnonymousUsers"]

[[hubs.{name}.receive_connectors.mynetworks.permissions]]
user = 'NT AUTHORITY\\ANONYMOUS LOGON'
extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"]

[send_connectors.of-{name}]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["{name}"]
{route}
[egress."198.51.100.{number}"]
bandwidth = "unlimited"
age = "400 d"
"""

_STREAM = """
[hosts.{name}]
kind = "none"
address = "192.168.20.{number}"
server = "{server}"
sessions = {sessions}

[hosts.{name}.streams.mail]
sender = "app@corp.test"
arrivals = {{ process = "replay", file = "{name}.csv" }}
size = "{size} B"
deadline = "1 h"
to = {{ {next_hop} = 1.0 }}
"""

_NEXT_HOP = """
[destinations.{name}]
profile = "none"
domains = ["{name}.test"]
response_time = {response_time}
connect_time = "{connect_time} ms"
defer = {defer}
"""


@dataclass(frozen=True)
class Costs:
    """Core time of a message, seconds: what calibration finds.

    Attributes
    ----------
    receive, send : float
        `receive_cost` and `send_cost`.
    """

    receive: float
    send: float


def write(case: Case, costs: Costs, arrivals: Mapping[str, Sequence[float]], folder: Path) -> Path:
    """Write the scenario of a case with its arrivals, and return its file.

    Parameters
    ----------
    case : Case
        The case.
    costs : Costs
        The calibrated costs of its hubs.
    arrivals : mapping of str to sequence of float
        When each message of a stream was submitted, seconds from the start of the run.
    folder : Path
        Where the files go.
    """
    hubs = "".join(
        _hub(name, hub, number, _settings(case, name, costs), "postfix")
        for number, (name, hub) in enumerate(case.hubs.items(), 1)
    )
    return _write(case, hubs, arrivals, folder)


def _write(case: Case, hubs: str, arrivals: Mapping[str, Sequence[float]], folder: Path) -> Path:
    last = max(max(times) for times in arrivals.values())
    text = _FRAME.format(name=case.name, title=case.title, duration=int(last) + 1, seed=SEED)
    text += hubs
    for number, (name, stream) in enumerate(case.streams.items(), 1):
        server = f"192.168.10.{list(case.hubs).index(stream.hub) + 1}"
        text += _STREAM.format(
            name=name,
            number=number,
            server=server,
            sessions=stream.sessions,
            size=MESSAGE_SIZE,
            next_hop=stream.next_hop,
        )
        rows = "".join(f"{time:.6f}\n" for time in arrivals[name])
        (folder / f"{name}.csv").write_text(f"seconds\n{rows}", encoding="ascii")
    for name, next_hop in case.next_hops.items():
        text += _next_hop(name, next_hop)
    file = folder / f"{case.name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def _hub(name: str, hub: Hub, number: int, settings: str, mta: str) -> str:
    route = (
        f'smart_hosts = ["{hub.next_hub}"]\ndns_routing_enabled = false\n' if hub.next_hub else ""
    )
    return _HUB.format(
        name=name, mta=mta, cores=hub.cores, number=number, settings=settings, route=route
    )


def _settings(case: Case, name: str, costs: Costs) -> str:
    hub = case.hubs[name]
    settings = {
        "receive_cost": f'{{ base = "{costs.receive * 1e6:.0f} us", per_kb = "0 s", cv = 0.5 }}',
        "send_cost": f'{{ base = "{costs.send * 1e6:.0f} us", per_kb = "0 s", cv = 0.5 }}',
        "initial_destination_concurrency": str(hub.initial),
        "max_per_domain_outbound_connections": str(hub.limit),
        "max_outbound_connections": str(hub.processes),
    }
    if hub.backoff:
        settings["minimal_backoff_time"] = f'"{hub.backoff} s"'
        settings["maximal_backoff_time"] = f'"{hub.backoff} s"'
    if hub.scan:
        settings["queue_run_delay"] = f'"{hub.scan} s"'
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


def _next_hop(name: str, next_hop: NextHop) -> str:
    return _NEXT_HOP.format(
        name=name,
        response_time=next_hop.response_time,
        connect_time=round(next_hop.connect_time * 1000),
        defer=next_hop.defer,
    )


def planned_replies(case: Case, folder: Path) -> dict[str, list[tuple[float, int]]]:
    """Return delay (s) and code of each attempt of each message: what relaysim draws for them.

    So the sink has the response times of the twin, and the comparison no noise of sampling. Draws
    depend on the message and the number of the attempt alone, not on the hub or the time, so a run
    with hubs that cost nothing shows them.

    Parameters
    ----------
    case : Case
        The case.
    folder : Path
        Where the files of that run go.

    Returns
    -------
    dict of str to list of (float, int)
        By the name of the message.
    """
    names = list(case.hubs)
    hubs = "".join(_hub(name, Hub(), number, "", "none") for number, name in enumerate(names, 1))
    at_once = {
        name: NextHop(next_hop.response_time, defer=next_hop.defer)
        for name, next_hop in case.next_hops.items()
    }
    arrivals = {
        name: [number / 1000 for number in range(stream.messages)]
        for name, stream in case.streams.items()
    }
    file = _write(replace(case, name="draws", next_hops=at_once), hubs, arrivals, folder)
    result = _run(file)
    tries = result.attempts.merge(
        result.messages[["message", "stream", "number"]], on="message"
    ).sort_values("attempt")
    replies: dict[str, list[tuple[float, int]]] = {}
    for stream, number, start, end, reply in zip(
        *(tries[column] for column in ("stream", "number", "start", "end", "reply")), strict=True
    ):
        name = message_name(stream.partition(".")[0], number)
        replies.setdefault(name, []).append((end - start, int(reply[:3])))
    return replies


def simulate(file: Path) -> dict[str, Deliveries]:
    """Run the scenario of a case.

    Parameters
    ----------
    file : Path
        The scenario.

    Returns
    -------
    dict of str to Deliveries
        By stream.

    Raises
    ------
    RuntimeError
        If a message is not delivered.
    """
    recipients = _run(file).recipients
    if not (recipients["status"] == "delivered").all():
        raise RuntimeError(f"{file}: not all messages are delivered")
    return {
        str(stream).partition(".")[0]: Deliveries(
            rows["created"].to_numpy(float), rows["end"].to_numpy(float)
        )
        for stream, rows in recipients.groupby("stream", observed=True)
    }


def _run(file: Path) -> RunResult:
    with using(Engine.FAST):
        return relaysim.run(relaysim.load(file), replications=1, seed=SEED, frames=True, jobs=1)
