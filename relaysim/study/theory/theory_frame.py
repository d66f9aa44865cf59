"""Theory beside simulation: the frame `theory` of a run."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

import pandas as pd

from relaysim.scenario.model import Scenario
from relaysim.stats.interval import interval
from relaysim.stats.possible_range import estimate_within_range
from relaysim.study.guard import Guarded
from relaysim.study.theory.latency_theory import latency, wait_of_priority
from relaysim.study.theory.listing_theory import listed_time
from relaysim.study.theory.resource_theory import answers
from relaysim.study.theory.theory_answer import Answer, Answers, joined
from relaysim.study.theory.theory_network import APART, Network

COLUMNS = (
    *("scenario", "scope", "subject", "metric", "formula", "theory"),
    *("value", "low", "high", "inside", "reason"),
)
_METRICS = ("utilization", "wait_mean", "queue_mean")
_NO_MAIL = "the stream sends no mail in this run"
_NO_STREAM = "no stream comes here, but notices or mail to spam traps may"


class MeasuredRun(Protocol):
    """A run with its metrics: what theory is compared with."""

    @property
    def scenario(self) -> Scenario:
        """Return the design."""
        ...

    @property
    def metrics(self) -> pd.DataFrame:
        """Return the means over the replications."""
        ...

    @property
    def per_replication(self) -> pd.DataFrame:
        """Return the metrics of each replication."""
        ...


def _listed(result: MeasuredRun) -> "dict[_Key, _Measured]":
    """Return the time on each list with its interval, which `metrics` leaves out."""
    frame = result.per_replication
    listed = frame[(frame["scope"] == "blocklist") & (frame["metric"] == "listed_time")]
    return {
        _Key("blocklist", str(name), "listed_time"): _Measured(
            *estimate_within_range(interval(rows["value"]), "s")[:3]
        )
        for name, rows in listed.groupby("subject", sort=False)
    }


class _Key(NamedTuple):
    scope: str
    subject: str
    metric: str


class _Measured(NamedTuple):
    value: float
    low: float
    high: float


def beside(result: MeasuredRun) -> pd.DataFrame:
    """What theory says of a run, beside what the run says; columns as in `COLUMNS`.

    One row for each of `utilization`, `wait_mean` and `queue_mean` of each resource that was used,
    for the `latency_mean` of each stream (and its `wait_delivery` where priority is asked for), and
    for the `listed_time` of each blocklist. Values have the unit of the metric. `inside` tells
    whether the 95 % interval, `low` to `high`, holds the theoretical value; it is absent without
    either. Without a formula `formula` is "", `theory` NaN, and `reason` has all reasons, joined by
    "; ".
    """
    measured = {
        _Key(scope, subject, metric): _Measured(value, low, high)
        for scope, subject, metric, value, low, high in zip(
            *(result.metrics[name].tolist() for name in ("scope", "subject", "metric")),
            *(result.metrics[name].tolist() for name in ("value", "low", "high")),
            strict=True,
        )
    }
    measured |= _listed(result)
    rows = [
        _row(result.scenario.name, key, answer, measured[key])
        for key, answer in _answers(result, measured)
        if key in measured
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"inside": "boolean"})


def _answers(result: MeasuredRun, measured: dict[_Key, _Measured]) -> Iterator[tuple[_Key, Answer]]:
    used = {
        key.subject: None
        for key, row in measured.items()
        if key.scope == "resource" and key.metric in _METRICS and row.value > 0
    }
    with Guarded("the comparison with theory") as whole:
        network = Network(result.scenario)
    if whole.error is not None:
        for resource in used:
            for metric in _METRICS:
                yield _Key("resource", resource, metric), _failed(whole.error)
        return
    for resource in used:
        answers = _guarded(resource, partial(_resource, network, resource), _METRICS)
        for metric in _METRICS:
            if metric in answers:
                yield _Key("resource", resource, metric), answers[metric]
    for name in network.streams:
        answers = _guarded(name, partial(_stream, network, name), ("latency_mean",))
        for metric, answer in answers.items():
            yield _Key("stream", name, metric), answer
    for name in result.scenario.blocklists:
        answers = _guarded(name, partial(_blocklist, network, name), ("listed_time",))
        yield _Key("blocklist", name, "listed_time"), answers["listed_time"]


def _guarded(subject: str, answer: Callable[[], Answers], metrics: Sequence[str]) -> Answers:
    """Return the answers about a subject; an error of a formula counts as a reason."""
    with Guarded(f"theory of {subject}") as part:
        return answer()
    return dict.fromkeys(metrics, _failed(part.error))


def _failed(error: Exception | None) -> Answer:
    return Answer.none([f"the formula failed ({type(error).__name__})"])


def _resource(network: Network, resource: str) -> Answers:
    """Return the answers for a resource, by metric."""
    if network.apart:
        return dict.fromkeys(_METRICS, Answer.none([APART]))
    return answers(network, resource) or dict.fromkeys(_METRICS, Answer.none([_NO_STREAM]))


def _stream(network: Network, name: str) -> Answers:
    """Return the answers for a stream, by metric."""
    if network.apart or not network.rates[name]:
        return {"latency_mean": Answer.none([APART if network.apart else _NO_MAIL])}
    wait = wait_of_priority(network, name)
    first = {} if wait is None else {"wait_delivery": wait}
    return first | {"latency_mean": latency(network, name)}


def _blocklist(network: Network, name: str) -> Answers:
    """Return the answers for a blocklist, by metric."""
    return {"listed_time": listed_time(network, name)}


def _row(scenario: str, key: _Key, answer: Answer, measured: _Measured) -> tuple[Any, ...]:
    known = measured.low == measured.low and answer.theory == answer.theory
    inside = measured.low <= answer.theory <= measured.high if known else None
    reasons = joined(answer.reasons)
    return (scenario, *key, answer.formula, answer.theory, *measured, inside, reasons)
