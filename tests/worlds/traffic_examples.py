"""A small scenario to draw for, and the creation times of one stream."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter
from scipy import stats

from relaysim.scenario.arrivals import Arrivals
from relaysim.scenario.event import Event
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Run
from relaysim.traffic.arrival_times import creation_times
from relaysim.traffic.draw import name_key
from relaysim.traffic.rate import pace_of
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws, draw

Raw = dict[str, Any]

MS = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CAMPAIGN = {"process": "campaign", "at": "1 min", "messages": 3, "rate": "1/s"}
POISSON = {"process": "poisson", "rate": "200/h"}

DESTINATIONS = {
    "sink": {"profile": "none", "domains": ["example.org"], "refuses_on": {"spamhaus-css": 0.5}},
    "business": {"profile": "none", "domain_count": 30, "refuses_on": {"spamhaus-css": 0.5}},
}
LISTS = {"css": {"profile": "spamhaus-css"}}

HUB = {
    "mta": "none",
    "cores": 1,
    "addresses": ["192.168.168.169"],
    "egress": "198.51.100.10",
    "receive_connectors": {
        "relay": {
            "bindings": ["0.0.0.0:25"],
            "remote_ip_ranges": ["192.168.168.0/24"],
            "permission_groups": ["AnonymousUsers"],
        }
    },
}


def host(address: str = "192.168.168.50", **streams: Raw) -> Raw:
    return {"kind": "none", "address": address, "server": "192.168.168.169", "streams": streams}


def stream(arrivals: Raw = POISSON, to: Raw | None = None, **more: object) -> Raw:
    return {
        "sender": "app@cozumpark.com",
        "arrivals": arrivals,
        "size": "1 KB",
        "to": {"sink": 1.0} if to is None else to,
        **more,
    }


def tables(hosts: Raw | None = None, destinations: Raw | None = None, **more: object) -> Raw:
    """Return a small scenario: the host `app` with the stream `load`, unless changed."""
    return {
        "name": "small",
        "run": {"duration": "1 h"},
        "organization": {"domains": {"cozumpark.com": "Authoritative"}},
        "hubs": {"HUB01": HUB},
        "egress": {"198.51.100.10": {}},
        "hosts": {"app": host(load=stream())} if hosts is None else hosts,
        "destinations": {"sink": {"profile": "none", "domains": ["example.org"]}}
        if destinations is None
        else destinations,
        **more,
    }


def drawn(raw: Raw, replication: int = 0, seed: int = 1, tilt: float = 1.0) -> Draws:
    return draw(from_mapping(deepcopy(raw)), replication, seed, tilt)


def arrays(draws: Draws) -> Raw:
    return {name: value.tolist() for name, value in vars(draws).items() if hasattr(value, "tolist")}


def by_name(draws: Draws, name: str) -> list[dict[str, Any]]:
    """All that a stream draws, message by message, with names in place of indices."""
    traps = Counter(
        (recipient, draws.operators[operator])
        for recipient, operator in zip(
            draws.trap_recipient.tolist(), draws.trap_operator.tolist(), strict=True
        )
    )
    assert set(traps.values()) <= {1}
    rows = []
    for m in np.flatnonzero(draws.stream == draws.streams.index(name)).tolist():
        recipients = range(int(draws.first_recipient[m]), int(draws.first_recipient[m + 1]))
        places = [int(draws.domain[c]) for c in recipients]
        rows.append(
            {
                "number": int(draws.number[m]),
                "created": int(draws.created[m]),
                "size": int(draws.size[m]),
                "keys": [int(draws.key[c]) for c in recipients],
                "domains": [draws.domains[d] for d in places],
                "destinations": [draws.destinations[draws.destination[d]] for d in places],
                "signals": [Signal(int(draws.signal[c])) for c in recipients],
                "operators": [
                    [each for each in draws.operators if (c, each) in traps] for c in recipients
                ],
            }
        )
    return rows


def flagged(draws: Draws, signal: Signal) -> npt.NDArray[np.bool_]:
    """For each recipient, whether it has the signal."""
    return (draws.signal & np.uint8(signal)) > 0


def likely(hits: int, of: int, probability: float) -> bool:
    """Whether so many hits are within the central 99.9 % of a binomial distribution."""
    return bool(stats.binomtest(hits, of, probability).pvalue > 1e-3)


def compromise(per_hour: int, **more: object) -> Raw:
    return {"process": "compromise", "rate": f"{per_hour}/h", **more}


def times(
    arrivals: Raw,
    duration: str = "1 h",
    events: Iterable[Raw] = (),
    scale: float = 1.0,
    start: datetime | None = None,
    name: str = "invoices",
) -> npt.NDArray[np.int64]:
    """Creation times of the stream `crm.NAME`."""
    run = Run.model_validate(
        {"duration": duration, "scale": scale, "start": start or datetime(2010, 3, 1)}  # noqa: DTZ001
    )
    scripted = [Event.model_validate(event) for event in events]
    return creation_times(
        TypeAdapter(Arrivals).validate_python(arrivals),
        name_key(1, 0, "stream", "crm", name),
        run,
        pace_of(f"crm.{name}", scripted, run),
    )


def rate(at: str, factor: float, length: str, stream: str = "crm.invoices") -> Raw:
    return {"at": at, "rate": {"stream": stream, "factor": factor, "for": length}}


def poisson(per_hour: int, **more: object) -> Raw:
    return {"process": "poisson", "rate": f"{per_hour}/h", **more}


def campaign(at: str, messages: int, speed: str, **more: object) -> Raw:
    return {"process": "campaign", "at": at, "messages": messages, "rate": speed, **more}


def bursts(per_hour: int, factor: float, length: str) -> Raw:
    return {
        "process": "bursts",
        "rate": f"{per_hour}/h",
        "burst_factor": factor,
        "burst_length": length,
    }
