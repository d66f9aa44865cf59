"""Queues of the simulator with a formula, each as a scenario with the value of the formula.

All are the M/M/4 scenario with other settings. Loads are low where the law allows a choice: the
lower the load, the shorter the run that gives a narrow interval. Times are seconds.
"""

from functools import partial

import numpy as np

from relaysim.measure.measured_window import SECOND, Window
from relaysim.theory.batch_queue import batch_members, batch_wait
from relaysim.theory.erlang import erlang_b, erlang_c, mmc_queue_length, mmc_wait, mmc_wait_quantile
from relaysim.theory.offered_work import utilization
from relaysim.theory.priority_queue import PriorityClass, mg1_priority_waits, mmc_priority_waits
from relaysim.theory.single_server import md1_wait, mg1_wait, mm1_wait
from relaysim.theory.stations_in_a_row import Station, tandem_sojourn
from relaysim.trace.tables import Status
from worlds.agreement import Measure, Outcome, System

QUEUE, CORES, LINE = "HUB01->example.org", "HUB01.cpu", "198.51.100.10.line"
SUBMISSION, DATABASE, MAILBOX = "HUB01.submission", "HUB01.commit", "HUB01.mailbox"


def of_resource(outcome: Outcome, subject: str, metric: str) -> float:
    """A metric of a resource."""
    return outcome.resource(subject, metric)


def of_stream(outcome: Outcome, stream: str, metric: str) -> float:
    """A metric of a stream of the application."""
    return outcome.metric("stream", f"app.{stream}", metric)


def _resource(subject: str, metric: str) -> Measure:
    return partial(of_resource, subject=subject, metric=metric)


def _stream(stream: str, metric: str) -> Measure:
    return partial(of_stream, stream=stream, metric=metric)


def _waits(outcome: Outcome) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The wait of each attempt of the window for its connection, microseconds."""
    attempts, window = outcome.trace.attempts, Window.of(outcome.scenario)
    chosen = window.holds(attempts["enter"])
    return (attempts["start"] - attempts["enter"])[chosen]


def share_that_waits(outcome: Outcome) -> float:
    """Share of the attempts that did not find a connection at once."""
    return float((_waits(outcome) > 0).mean())


def wait_p95(outcome: Outcome) -> float:
    """The wait that 95 % of the attempts do not exceed."""
    return float(np.quantile(_waits(outcome), 0.95)) / SECOND


def share_blocked(outcome: Outcome) -> float:
    """Share of the messages created in the window that the application lost."""
    trace, window = outcome.trace, Window.of(outcome.scenario)
    counted = window.holds(trace.messages["created"])
    return float((trace.recipients["status"][counted] == Status.ABANDONED).mean())


def batch_size(outcome: Outcome) -> float:
    """Mean number of messages in a batch of the queue database."""
    visits, window = outcome.trace.visits, Window.of(outcome.scenario)
    station = outcome.trace.names.stations.index(DATABASE)
    closed = visits["start"][visits["station"] == station]
    closed = closed[window.holds(closed)]
    return len(closed) / len(np.unique(closed))


def _run(rate: str, duration: int, warm_up: int) -> list[str]:
    return [
        f"hosts.app.streams.load.arrivals.rate={rate}",
        f"run.duration={duration} s",
        f"run.warm_up={warm_up} s",
    ]


AT_ONCE = [
    "destinations.sink.response_time=0 s",
    "hubs.HUB01.max_per_domain_outbound_connections=unlimited",
]
"""Delivery takes no time and waits for nothing."""


def _cores(cost_cv: float, cores: int = 1) -> list[str]:
    cost = f'{{base = "1 s", per_kb = "0 s", cv = {cost_cv}}}'
    return [f"hubs.HUB01.categorize_cost={cost}", f"hubs.HUB01.cores={cores}"]


def _more(stream: str, priority: str, rate: str) -> list[str]:
    """Another stream like the one that is there."""
    whole = (
        f'sender = "{stream}@cozumpark.com", size = "1 KB", to = {{sink = 1.0}}, '
        f'priority = "{priority}", arrivals = {{process = "poisson", rate = "{rate}"}}'
    )
    return [f"hosts.app.streams.{stream}={{{whole}}}"]


def _by_priority(waits: tuple[float, ...]) -> dict[str, tuple[float, Measure]]:
    streams = ("urgent", "load", "later")[: len(waits)]
    return {
        f"wait of {stream}": (wait, _stream(stream, "wait_delivery"))
        for stream, wait in zip(streams, waits, strict=True)
    }


SYSTEMS = (
    System(
        "M/M/4: connections to a domain",
        _run("2.4/s", 20_000, 200),
        {
            "wait": (mmc_wait(2.4, 1, 4), _resource(QUEUE, "wait_mean")),
            "wait p95": (mmc_wait_quantile(2.4, 1, 4, 0.95), wait_p95),
            "share that waits": (erlang_c(4, 2.4), share_that_waits),
            "queue length": (mmc_queue_length(2.4, 1, 4), _resource(QUEUE, "queue_mean")),
            "utilization": (utilization(2.4, 1, 4), _resource(QUEUE, "utilization")),
        },
    ),
    System(
        "M/M/1: a core, gamma cost with cv 1",
        (*_run("0.5/s", 30_000, 200), *AT_ONCE, *_cores(1.0)),
        {
            "wait": (mm1_wait(0.5, 1), _resource(SUBMISSION, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(CORES, "utilization")),
        },
    ),
    System(
        "M/G/1: a core, gamma cost with cv 0.5",
        (*_run("0.5/s", 20_000, 200), *AT_ONCE, *_cores(0.5)),
        {
            "wait": (mg1_wait(0.5, 1, 0.5), _resource(SUBMISSION, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(CORES, "utilization")),
        },
    ),
    System(
        "M/D/1: a line, messages of one size",
        (*_run("0.5/s", 14_000, 200), *AT_ONCE, 'egress."198.51.100.10".bandwidth=8192 bit/s'),
        {
            "wait": (md1_wait(0.5, 1), _resource(LINE, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(LINE, "utilization")),
        },
    ),
    System(
        "M/G/1: a line, gamma sizes",
        (
            *_run("0.5/s", 24_000, 200),
            *AT_ONCE,
            'egress."198.51.100.10".bandwidth=819200 bit/s',
            'hosts.app.streams.load.size={distribution = "gamma", mean = "100 KB", cv = 0.7}',
        ),
        {
            "wait": (mg1_wait(0.5, 1, 0.7), _resource(LINE, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(LINE, "utilization")),
        },
    ),
    System(
        "M/G/1: one connection, lognormal answers",
        (
            *_run("0.5/s", 30_000, 200),
            "hubs.HUB01.max_per_domain_outbound_connections=1",
            'destinations.sink.response_time={distribution="lognormal", mean="1 s", cv=0.8}',
        ),
        {
            "wait": (mg1_wait(0.5, 1, 0.8), _resource(QUEUE, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(QUEUE, "utilization")),
        },
    ),
    System(
        "M/G/1: mailbox delivery, uniform times",
        (
            *_run("0.5/s", 18_000, 200),
            "hosts.app.streams.load.to={internal = 1.0}",
            "hubs.HUB01.max_concurrent_mailbox_deliveries=1",
            'mailboxes.delivery_time={distribution = "uniform", low = "0 s", high = "2 s"}',
        ),
        {
            "wait": (mg1_wait(0.5, 1, 3**-0.5), _resource(MAILBOX, "wait_mean")),
            "utilization": (utilization(0.5, 1, 1), _resource(MAILBOX, "utilization")),
        },
    ),
    System(
        "M/D/1: a host with one session",
        (
            *_run("0.5/s", 14_000, 200),
            *AT_ONCE,
            "hosts.app.sessions=1",
            "hosts.app.bandwidth=8192 bit/s",
        ),
        {"wait": (md1_wait(0.5, 1), _stream("load", "wait_host"))},
    ),
    System(
        "M/G/3/3: a receive connector that turns away",
        (
            *_run("2/s", 2_500, 100),
            *AT_ONCE,
            "hubs.HUB01.receive_connectors.relay.max_inbound_connection=3",
            "hosts.app.kind=internet",
            "hosts.app.on_failure=drop",
            "hosts.app.round_trip=0 s",
            "hosts.app.bandwidth=819200 bit/s",
            'hosts.app.streams.load.size={distribution = "lognormal", mean = "100 KB", cv = 1.5}',
        ),
        {
            "share turned away": (erlang_b(3, 2), share_blocked),
            "utilization": (
                utilization(2 * (1 - erlang_b(3, 2)), 1, 3),
                _resource("HUB01/relay", "utilization"),
            ),
        },
    ),
    System(
        "M/M/2, then M/M/3: cores, then connections",
        (
            *_run("1/s", 6_000, 200),
            *_cores(1.0, cores=2),
            "hubs.HUB01.max_per_domain_outbound_connections=3",
            'destinations.sink.response_time={distribution="exponential", mean="2 s"}',
        ),
        {
            "time through both": (
                tandem_sojourn(1, [Station(1, 2), Station(0.5, 3)]),
                _stream("load", "latency_mean"),
            ),
        },
    ),
    System(
        "M/G/1, three priorities: one connection",
        (
            *_run("0.2/s", 40_000, 300),
            "hubs.HUB01.priority_queuing_enabled=true",
            "hubs.HUB01.max_per_domain_outbound_connections=1",
            'destinations.sink.response_time={distribution="gamma", mean="1 s", cv=0.5}',
            *_more("urgent", "high", "0.2/s"),
            *_more("later", "low", "0.2/s"),
        ),
        _by_priority(mg1_priority_waits([PriorityClass(0.2, 1, 0.5)] * 3)),
    ),
    System(
        "M/M/2, two priorities: two connections",
        (
            *_run("0.8/s", 24_000, 200),
            "hubs.HUB01.priority_queuing_enabled=true",
            "hubs.HUB01.max_per_domain_outbound_connections=2",
            *_more("urgent", "high", "0.4/s"),
        ),
        _by_priority(mmc_priority_waits([0.4, 0.8], 1, 2)),
    ),
    System(
        "batches that close by size or time",
        (
            *_run("40/s", 60, 10),
            *AT_ONCE,
            "hubs.HUB01.queue_database_batch_size=5",
            "hubs.HUB01.queue_database_batch_timeout=100 ms",
        ),
        {
            "wait": (batch_wait(40, 5, 0.1), _resource(DATABASE, "wait_mean")),
            "messages in a batch": (batch_members(40, 5, 0.1), batch_size),
        },
    ),
)

SEEDS = 20


def seeds(system: System, count: int = SEEDS) -> range:
    """The first seeds of a system: no two systems have one in common, or the same arrivals."""
    first = 1 + SEEDS * SYSTEMS.index(system)
    return range(first, first + count)
