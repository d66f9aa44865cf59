"""Theory beside simulation: the frame `theory` of a run.

Formulas are for a steady state. They are given for designs whose mail is Poisson at a constant rate
and whose attempts all succeed: there the utilization law holds for every resource, and where mail
waits at one resource only, that resource is an M/M/c or M/G/1 queue. All other designs are the
reason to simulate.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import pandas as pd

from relaysim.analysis.message_rates import messages
from relaysim.analysis.offered_load import Stage, stages
from relaysim.measure.wait_parts import WAITS
from relaysim.plan.names import stream_name
from relaysim.scenario.arrivals import Arrivals, Poisson
from relaysim.scenario.distribution import mean
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import SECOND
from relaysim.study.guard import Guarded
from relaysim.theory.applies import Queue, mg1_applies, mmc_applies
from relaysim.theory.erlang import mmc_wait
from relaysim.theory.littles import little
from relaysim.theory.single_server import mg1_wait
from relaysim.traffic.service import mixture

COLUMNS = (
    *("scenario", "subject", "metric", "formula", "theory"),
    *("value", "low", "high", "inside"),
)
UTILIZATION_LAW = "utilization law"
_FAILURES = (
    *("refused", "abandoned", "bounced", "expired", "suppressed", "junked"),
    *("refused_attempts", "wait_retry", "wait_host"),
)
"""Metrics of all mail, each 0 where every attempt succeeds and no host holds mail back."""


class MeasuredRun(Protocol):
    """A run with its metrics, as the comparison with theory needs it."""

    @property
    def scenario(self) -> Scenario:
        """Return the design."""
        ...

    @property
    def metrics(self) -> pd.DataFrame:
        """Return the means over the replications."""
        ...


class Value(NamedTuple):
    """The value of a formula for a metric of a resource."""

    subject: str
    metric: str
    formula: str
    theory: float


def beside(result: MeasuredRun) -> pd.DataFrame:
    """Return what formulas give for a run, with what was simulated.

    Parameters
    ----------
    result : RunResult
        The run.

    Returns
    -------
    DataFrame
        Columns as in `COLUMNS`; one row for each value of a formula: the `utilization` of each
        resource that is busy, and `wait_mean` and `queue_mean` of the one queue of a design that
        is one queue. Values have the unit of the metric. `inside` says whether the confidence
        interval, `low` to `high`, contains the value of the formula; it is absent without an
        interval. An error of a formula is counted (`Guarded`) and costs the other rows nothing.
    """
    frame = result.metrics
    rows = frame.loc[frame["scope"] == "resource", ["subject", "metric", "value", "low", "high"]]
    measured = {(row[0], row[1]): row[2:] for row in rows.itertuples(index=False)}
    compared = []
    for value in _values(result):
        if (value.subject, value.metric) in measured:
            simulated, low, high = measured[value.subject, value.metric]
            # NaN is not equal to itself: one replication has no interval.
            inside = low <= value.theory <= high if low == low else None
            compared.append((result.scenario.name, *value, simulated, low, high, inside))
    return pd.DataFrame(compared, columns=list(COLUMNS)).astype({"inside": "boolean"})


def _values(result: MeasuredRun) -> Iterator[Value]:
    scenario = result.scenario
    with Guarded("the comparison with theory"):
        metrics = result.metrics
        total = metrics[metrics["scope"] == "total"].set_index("metric")["value"]
        if not _is_poisson(scenario) or not _succeeds(total):
            return
        rates = {
            stream_name(host, title): messages(scenario, host, title)
            * SECOND
            / scenario.run.duration
            for host, model in scenario.hosts.items()
            for title in model.streams
        }
        busy = [stage for stage in stages(scenario) if stage.load(rates)]
        if any(stage.load(rates) >= 1 for stage in busy):
            return  # there is no steady state
        for stage in busy:
            with Guarded(f"theory of {stage.name}"):
                yield Value(stage.name, "utilization", UTILIZATION_LAW, stage.load(rates))
        if len(busy) == 1 and _waits_at_one_place(total) and _opens_at_once(scenario):
            with Guarded(f"theory of {busy[0].name}"):
                yield from waits(busy[0], rates)


def _is_poisson(scenario: Scenario) -> bool:
    """Return whether all mail is Poisson at one rate, alike in priority, one recipient a message.

    A connection that is opened for some transactions only has no service law of its own, so that
    destinations must need no time to connect.
    """
    streams = [stream for host in scenario.hosts.values() for stream in host.streams.values()]
    connects = any(
        mean(model.connect_time) or model.unreachable_mx_hosts
        for model in scenario.destinations.values()
    )
    return (
        bool(streams)
        and not scenario.events
        and not connects
        and len({stream.priority for stream in streams}) == 1
        and all(_is_steady(stream.arrivals) and stream.recipients == 1 for stream in streams)
    )


def _is_steady(arrivals: Arrivals) -> bool:
    if not isinstance(arrivals, Poisson):
        return False
    profile = arrivals.profile
    return profile is None or len({*profile.hours}) == len({*profile.weekdays}) == 1


def _succeeds(total: "pd.Series[float]") -> bool:
    """Return whether every attempt of all mail succeeded and no host held mail back."""
    return not total[[*_FAILURES]].fillna(0.0).any()


def _waits_at_one_place(total: "pd.Series[float]") -> bool:
    """Return whether only one part of the latency is a wait: what comes to it is Poisson still."""
    return bool((total[[*WAITS]] > 0).sum() <= 1)


def _opens_at_once(scenario: Scenario) -> bool:
    """Return whether each message that waits opens a connection: else some servers stay idle."""
    return all(
        hub.smtp_connector_queue_message_count_threshold_for_concurrent_connections == 1
        for hub in scenario.hubs.values()
    )


def waits(stage: Stage, rates: dict[str, float]) -> Iterator[Value]:
    """Yield mean wait and mean queue length of a queue with Poisson arrivals, if a formula holds.

    Parameters
    ----------
    stage : Stage
        The servers and their work.
    rates : dict of str to float
        Messages a second, by stream.

    Yields
    ------
    Value
        `wait_mean` in seconds and `queue_mean` in transactions.

    Notes
    -----
    M/M/c by Erlang C; M/G/1 by Pollaczek and Khinchine (`relaysim.theory`).
    """
    work = [
        (rates[part.stream] * part.visits, part.service)
        for part in stage.parts
        if part.service.seconds
    ]
    rate, service = sum(arrivals for arrivals, _ in work), mixture(work)
    queue = Queue(
        arrivals="poisson",
        constant_rate=True,
        singly=True,
        service=service.law,
        cv=service.cv,
        servers=stage.servers,
        queue_limit=None,
        load=rate * service.seconds / stage.servers,
    )
    if mmc_applies(queue) is None:
        formula = f"M/M/{stage.servers}"
        wait = mmc_wait(rate, 1 / service.seconds, stage.servers)
    elif mg1_applies(queue) is None:
        formula = "M/G/1" if service.cv else "M/D/1"
        wait = mg1_wait(rate, service.seconds, service.cv)
    else:
        return
    yield Value(stage.name, "wait_mean", formula, wait)
    yield Value(stage.name, "queue_mean", formula, stage.alike * little(rate, wait))
