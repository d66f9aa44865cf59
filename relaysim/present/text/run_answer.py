"""The answer of a run in plain sentences, and the table of the numbers behind it."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from relaysim.analysis.listing_sources import listed_things, listing_possible
from relaysim.present.text.answer_numbers import MOST_LINES, fitted
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import number
from relaysim.present.text.terminal import Grid, tables
from relaysim.study.run_result import RunResult
from relaysim.wording import listed

LOSSES = ("refused", "abandoned", "bounced", "expired", "suppressed")
TOTAL = ("total", "total")


def run_paragraph(result: RunResult, shown: Sequence[str]) -> str:
    """Return the answer of a run: on time, losses, listings and the busiest resource.

    Parameters
    ----------
    result : RunResult
        The replications of one scenario.
    shown : sequence of str
        Subjects of the scope `class` that are shown.
    """
    measured, name = Lookup(result.metrics), result.scenario.name
    sentences = [
        *_on_time(measured, name, shown),
        _lost(measured, name),
        *_twice(measured, name),
        *_listed(result, measured, name),
        *_busiest(measured, name),
    ]
    return f"{name}: {' '.join(sentences)}"


def run_numbers(result: RunResult, shown: Sequence[str], full: bool) -> list[RenderableType]:
    """Return a table of classes: recipients by final status, share on time and p95.

    Without `full` it has at most `MOST_LINES` lines.
    """
    measured, name = Lookup(result.metrics), result.scenario.name
    keys = [TOTAL, *(("class", subject) for subject in shown)]
    losses = [
        metric
        for metric in ("junked", *LOSSES, "in_flight", "duplicates")
        if any(measured.value(name, *key, metric) > 0.0 for key in keys)
    ]
    grid = Grid(
        "Recipients of a replication, by class of mail",
        [
            *("class", "created", "delivered"),
            *(metric.replace("_", " ") for metric in losses),
            *("on time", "p95"),
        ],
        [
            [
                key[1],
                *(
                    measured.number(name, *key, metric)
                    for metric in ("created", "delivered", *losses)
                ),
                measured.interval(name, *key, "on_time"),
                measured.interval(name, *key, "latency_p95"),
            ]
            for key in keys
        ],
    )
    return tables(grid) if full else fitted(grid, MOST_LINES)


def _on_time(measured: Lookup, name: str, shown: Sequence[str]) -> Iterator[str]:
    yield f"{measured.interval(name, *TOTAL, 'on_time')} of the mail is on time."
    shares = {subject: measured.value(name, "class", subject, "on_time") for subject in shown}
    shares = {subject: share for subject, share in shares.items() if share == share}
    worst = min(shares, key=lambda subject: shares[subject], default=None)
    if worst is not None and len(shares) > 1 and shares[worst] < max(shares.values()):
        yield f"The worst class is {worst}: {measured.interval(name, 'class', worst, 'on_time')}."


def _lost(measured: Lookup, name: str) -> str:
    lost = {metric: measured.value(name, *TOTAL, metric) for metric in LOSSES}
    parts = [f"{number(count)} {metric}" for metric, count in lost.items() if count > 0.0]
    created = measured.number(name, *TOTAL, "created")
    if not parts:
        return f"None of {created} recipients is lost."
    return f"Lost of {created} recipients: {listed(parts)}."


def _twice(measured: Lookup, name: str) -> Iterator[str]:
    if measured.value(name, *TOTAL, "duplicates") > 0.0:
        duplicates = measured.number(name, *TOTAL, "duplicates")
        yield f"Delivered once more, as the host had no acknowledgement: {duplicates} (duplicates)."


def _listed(result: RunResult, measured: Lookup, name: str) -> Iterator[str]:
    if not listing_possible(result.scenario):
        return
    likely = measured.value(name, *TOTAL, "listed")
    if likely > 0.0:
        time = measured.interval(name, *TOTAL, "listed_time")
        chance = measured.chance(name, *TOTAL, "listed")
        what = listed_things(result.scenario)
        yield f"Probability that a {what} is listed: {chance}; time listed: {time}."
    else:
        yield f"No {listed_things(result.scenario)} is listed in the replications."


def _busiest(measured: Lookup, name: str) -> Iterator[str]:
    metric = "utilization_busiest_5_min"
    loads = {
        subject: measured.value(name, "resource", subject, metric)
        for subject in measured.subjects("resource")
    }
    loads = {subject: load for subject, load in loads.items() if load > 0.0}
    if loads:
        busiest = max(loads, key=lambda subject: loads[subject])
        yield (
            f"The busiest resource is {busiest}: utilization {number(loads[busiest], 'share')} in "
            "the busiest five minutes."
        )
