"""The cases, and the quantities that are compared: fixed before anything is measured.

A case is written once. `twin.py` makes its relaysim scenario, `trial.py` its private Postfix.
"""

import os
from dataclasses import dataclass, field
from typing import Literal

REPEATS = 3
"""How often each case is measured."""
TOLERANCE = 0.10
"""A quantity agrees if simulation and measurement differ by at most this share of the latter."""
CORES = os.cpu_count() or 1
"""Cores of the machine that measures."""
HALF = max(1, CORES // 2)
P99_FROM = 1000
"""Messages from which on p99 is compared."""

Quantity = Literal["p50", "p95", "p99", "throughput", "makespan"]


@dataclass(frozen=True)
class NextHop:
    """A receiver: one domain, which is one port of the sink.

    Parameters
    ----------
    response_time : str
        The TOML value of `response_time`: the delay from the end of a message to its reply.
    connect_time : float
        Delay of the greeting, seconds.
    defer : float
        Share of attempts that get a 451 instead of a 250.
    """

    response_time: str
    connect_time: float = 0.0
    defer: float = 0.0


@dataclass(frozen=True)
class Burst:
    """Messages as fast as the hub takes them.

    Parameters
    ----------
    messages, sessions : int
        Messages, and the sessions that submit them.
    hub, next_hop : str
        Where they are submitted, and who gets them.
    at : float
        When it starts, seconds.
    """

    messages: int
    hub: str = "HUB01"
    next_hop: str = "remote"
    at: float = 0.0
    sessions: int = 20

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is compared; a burst ends when the hub and the receiver let it end."""
        return (*_latencies(self.messages), "throughput", "makespan")


@dataclass(frozen=True)
class Poisson:
    """A Poisson stream of messages, each with a session of its own.

    Parameters
    ----------
    messages : int
        Messages.
    rate : float
        Messages a second.
    hub, next_hop : str
        Where they are submitted, and who gets them.
    sessions : int
        Most sessions at a time: below the 100 processes of Postfix that take mail.
    """

    messages: int
    rate: float
    hub: str = "HUB01"
    next_hop: str = "remote"
    sessions: int = 90

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is compared: replayed arrivals determine throughput and makespan, so not these."""
        return _latencies(self.messages)


Stream = Burst | Poisson


def _latencies(messages: int) -> tuple[Quantity, ...]:
    return ("p50", "p95", "p99") if messages >= P99_FROM else ("p50", "p95")


@dataclass(frozen=True)
class Hub:
    """A Postfix: the settings that differ from its defaults.

    Parameters
    ----------
    limit, initial : int
        default_destination_concurrency_limit and initial_destination_concurrency.
    processes : int
        Processes of the smtp client in all (the limit of its line in master.cf).
    backoff : int
        minimal_backoff_time and maximal_backoff_time, seconds; 0: the defaults.
    scan : int
        queue_run_delay, seconds; 0: the default.
    next_hub : str
        The hub that gets all of its mail; empty: it sends to the receivers.
    cores : int
        Of its twin. All hubs run on one machine, and simulated hubs share no cores: hubs that work
        at the same time get half of them each (assumption).
    """

    limit: int = 20
    initial: int = 5
    processes: int = 100
    backoff: int = 0
    scan: int = 0
    next_hub: str = ""
    cores: int = CORES


@dataclass(frozen=True)
class Case:
    """What is sent, by which hubs, to which receivers.

    Parameters
    ----------
    name, title : str
        A short name, and what is special.
    streams : dict of str to Burst or Poisson
        By name.
    next_hops : dict of str to NextHop
        By name, which is the name of the domain.
    hubs : dict of str to Hub
        By name.
    """

    name: str
    title: str
    streams: dict[str, Stream]
    next_hops: dict[str, NextHop]
    hubs: dict[str, Hub] = field(default_factory=lambda: {"HUB01": Hub()})

    @property
    def messages(self) -> int:
        """Messages of all streams."""
        return sum(stream.messages for stream in self.streams.values())


def _side_by_side(name: str, title: str, two_hubs: bool, shared: bool) -> Case:
    """Return a newsletter beside invoices: by one hub or two, to one next hop or two."""
    second, other = "HUB02" if two_hubs else "HUB01", "remote" if shared else "other"
    receivers = {"remote": NextHop('"150 ms"')} | ({} if shared else {other: NextHop('"150 ms"')})
    return Case(
        name,
        title,
        {
            "invoices": Poisson(150, rate=12),
            "newsletter": Burst(500, hub=second, next_hop=other, at=2),
        },
        receivers,
        {hub: Hub(limit=10) for hub in dict.fromkeys(("HUB01", second))},
    )


CASES: tuple[Case, ...] = (
    Case(
        "burst",
        "1,000 messages at once to one next hop that answers after 200 ms; defaults of Postfix",
        {"newsletter": Burst(1000)},
        {"remote": NextHop('"200 ms"')},
    ),
    Case(
        "burst-spread",
        "the same, with response times of a mean of 200 ms and a wide spread (lognormal, cv 1)",
        {"newsletter": Burst(1000)},
        {"remote": NextHop('{ distribution = "lognormal", mean = "200 ms", cv = 1.0 }')},
    ),
    Case(
        "burst-fast",
        "1,500 messages at once to a next hop that answers after 20 ms, over 5 connections",
        {"newsletter": Burst(1500)},
        {"remote": NextHop('"20 ms"')},
        {"HUB01": Hub(limit=5)},
    ),
    Case(
        "burst-greeting",
        "400 messages at once to a next hop that greets after 300 ms and answers after 100 ms",
        {"newsletter": Burst(400)},
        {"remote": NextHop('"100 ms"', connect_time=0.3)},
        {"HUB01": Hub(limit=10)},
    ),
    Case(
        "poisson",
        "20 messages a second to a next hop that answers after 200 ms: connections to spare",
        {"invoices": Poisson(300, rate=20)},
        {"remote": NextHop('"200 ms"')},
    ),
    Case(
        "poisson-queue",
        "45 messages a second over 10 connections; exponential response times, mean 200 ms",
        {"invoices": Poisson(1000, rate=45)},
        {"remote": NextHop('{ distribution = "exponential", mean = "200 ms" }')},
        {"HUB01": Hub(limit=10, initial=10)},
    ),
    Case(
        "poisson-greeting",
        "25 messages a second to a next hop that greets after 300 ms and answers after 100 ms",
        {"invoices": Poisson(300, rate=25)},
        {"remote": NextHop('"100 ms"', connect_time=0.3)},
    ),
    _side_by_side(
        "one-hub-shared",
        "12 invoices a second beside a newsletter of 500: one hub, one next hop (150 ms)",
        two_hubs=False,
        shared=True,
    ),
    _side_by_side(
        "one-hub-separate", "the same: one hub, a next hop each", two_hubs=False, shared=False
    ),
    _side_by_side(
        "two-hubs-shared", "the same: a hub each, one next hop", two_hubs=True, shared=True
    ),
    _side_by_side(
        "two-hubs-separate", "the same: a hub and a next hop each", two_hubs=True, shared=False
    ),
    Case(
        "processes",
        "12 invoices a second (150 ms) beside a newsletter of 300 (400 ms), 10 processes in all",
        {
            "invoices": Poisson(150, rate=12, next_hop="remote"),
            "newsletter": Burst(300, next_hop="slow", at=2),
        },
        {"remote": NextHop('"150 ms"'), "slow": NextHop('"400 ms"')},
        {"HUB01": Hub(limit=10, processes=10)},
    ),
    Case(
        "chain",
        "600 messages at once by two hubs in a row to a next hop that answers after 200 ms",
        {"newsletter": Burst(600)},
        {"remote": NextHop('"200 ms"')},
        {"HUB01": Hub(next_hub="HUB02", cores=HALF), "HUB02": Hub(cores=HALF)},
    ),
    Case(
        "retry",
        "15 messages a second (200 ms); a fifth of the attempts gets a 451, retry after 12 s",
        {"invoices": Poisson(150, rate=15)},
        {"remote": NextHop('"200 ms"', defer=0.2)},
        {"HUB01": Hub(backoff=12, scan=4)},
    ),
)
"""All cases, in the order in which they are measured."""

RECEIVE_RUN = Case(
    "calibrate-receive",
    "intake alone: one delivery, which does not end",
    {"newsletter": Burst(1500)},
    {"remote": NextHop('"1 h"')},
    {"HUB01": Hub(limit=1, initial=1)},
)
SEND_RUN = Case(
    "calibrate-send",
    "delivery over ten connections, judged after the intake",
    {"newsletter": Burst(600)},
    {"remote": NextHop('"50 ms"')},
    {"HUB01": Hub(limit=10, initial=10)},
)
"""The runs that calibrate `receive_cost` and `send_cost`; they are not among the cases."""
