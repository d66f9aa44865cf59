"""What a run says of quantiles that stand on a cliff: they jump, and what to judge by instead."""

from collections.abc import Iterator

from rich.console import RenderableType

from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import text
from relaysim.stats.unstable_quantile import Cliff, cliff_of
from relaysim.study.replicate import RunResult

QUANTILES = {"latency_p95": "p95", "latency_p95_busy_hours": "p95 in the busy hours"}
"""Those that a run shows."""


def cliffs(result: RunResult) -> list[RenderableType]:
    """One line for each class and quantile on a cliff."""
    lines = [text(line, hanging=2) for line in _lines(result)]
    return [*lines, text("")] if lines else []


def late(cliff: Cliff) -> str:
    """How many are late, over the replications."""
    return f"{100 * cliff.low:.2g} to {100 * cliff.high:.2g} % are late"


def _lines(result: RunResult) -> Iterator[str]:
    found, name = Lookup(result.metrics), result.scenario.name
    keys = [("class", subject) for subject in classes(found.subjects("class"))]
    for key in [*keys, ("total", "total")]:
        for metric, what in QUANTILES.items():
            cliff = cliff_of(result.per_replication, name, *key, metric)
            if cliff is not None:
                instead = found.interval(name, *key, "on_time")
                yield (
                    f"{key[1]}, {what}: stands on a cliff, {late(cliff)}: "
                    f"judge by on_time ({instead})."
                )
