"""Theory beside simulation: the frame `theory` of a run."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from relaysim.study.replicate import RunResult
from relaysim.study.theory.answer import Answer, joined
from relaysim.study.theory.latency import latency, wait_of_priority
from relaysim.study.theory.listed import listed_time
from relaysim.study.theory.network import Network
from relaysim.study.theory.resources import answers

COLUMNS = (
    *("scenario", "scope", "subject", "metric", "formula", "theory"),
    *("value", "low", "high", "inside", "reason"),
)
_METRICS = ("utilization", "wait_mean", "queue_mean")
_NO_STREAM = "no stream comes here, but notices or mail to spam traps may"


class _Key(NamedTuple):
    scope: str
    subject: str
    metric: str


class _Measured(NamedTuple):
    value: float
    low: float
    high: float


def beside(result: RunResult) -> pd.DataFrame:
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
    rows = [
        _row(result.scenario.name, key, answer, measured[key])
        for key, answer in _answers(result, measured)
        if key in measured
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"inside": "boolean"})


def _answers(result: RunResult, measured: dict[_Key, _Measured]) -> Iterator[tuple[_Key, Answer]]:
    network = Network(result.scenario)
    used = {
        key.subject: None
        for key, found in measured.items()
        if key.scope == "resource" and key.metric in _METRICS and found.value > 0
    }
    for resource in used:
        found = answers(network, resource) or dict.fromkeys(_METRICS, Answer.none([_NO_STREAM]))
        for metric in _METRICS:
            if metric in found:
                yield _Key("resource", resource, metric), found[metric]
    for name in network.streams:
        wait = wait_of_priority(network, name)
        if wait is not None:
            yield _Key("stream", name, "wait_delivery"), wait
        yield _Key("stream", name, "latency_mean"), latency(network, name)
    for name in result.scenario.blocklists:
        yield _Key("blocklist", name, "listed_time"), listed_time(network, name)


def _row(scenario: str, key: _Key, answer: Answer, found: _Measured) -> tuple[Any, ...]:
    known = found.low == found.low and answer.theory == answer.theory
    inside = found.low <= answer.theory <= found.high if known else None
    said = joined(answer.reasons)
    return (scenario, *key, answer.formula, answer.theory, *found, inside, said)
