"""Unstable quantiles of a run: they jump between replications, so on_time is better."""

from collections.abc import Iterator

from rich.console import RenderableType

from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import text
from relaysim.stats.unstable_quantile import Cliff, cliff_of
from relaysim.study.replicate import RunResult

QUANTILES = {"latency_p95": "p95", "latency_p95_busy_hours": "p95 in the busy hours"}
"""Quantiles that the tables of a run contain."""


def unstable(result: RunResult) -> list[RenderableType]:
    """Return one line for each class and quantile that is unstable."""
    lines = [text(line, hanging=2) for line in _lines(result)]
    return [*lines, text("")] if lines else []


def late(cliff: Cliff) -> str:
    """Return how many recipients are late: "between 1 and 13 % of the mail is late"."""
    low, high = (f"{100 * share:.2g}" for share in (cliff.low, cliff.high))
    return f"between {low} and {high} % of the mail is late"


def _lines(result: RunResult) -> Iterator[str]:
    measured, name = Lookup(result.metrics), result.scenario.name
    keys = [("class", subject) for subject in classes(measured.subjects("class"))]
    for key in [*keys, ("total", "total")]:
        for metric, quantile in QUANTILES.items():
            cliff = cliff_of(result.per_replication, name, *key, metric)
            if cliff is not None:
                instead = measured.interval(name, *key, "on_time")
                yield (
                    f"{key[1]}, {quantile}: unstable, because {late(cliff)}; "
                    f"compare on_time instead ({instead})."
                )
