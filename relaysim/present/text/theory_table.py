"""Theory beside simulation: what a formula says of a run, or why none does."""

from collections import defaultdict
from typing import Any

import pandas as pd
from rich.console import RenderableType

from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text.number_format import NONE, interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.guard import Guarded, described
from relaysim.study.replicate import RunResult
from relaysim.study.theory import beside, parted

NAMES = {
    "wait_mean": "wait",
    "queue_mean": "queue mean",
    "latency_mean": "latency",
    "wait_delivery": "wait for a connection",
    "listed_time": "time listed",
}
DEPENDENT = "Rows of one queue hang together: a busy spell moves them all."
NO_WARM_UP = (
    "Formulas are for the steady state and the run has no warm-up: its queues start empty, which "
    "makes the simulated waits shorter."
)
MOST_REASONS = 3
"""The most reasons that are told; the frame has all."""


def theory(result: RunResult) -> list[RenderableType]:
    """The section: every value that a formula gives, and the reasons of the resources without.

    A fault in the section costs the section alone.
    """
    with Guarded("the comparison with theory") as part:
        return _section(result)
    error = "" if part.error is None else described(part.error)
    return [text(f"Theory beside simulation: not made ({error})."), text("")]


def _section(result: RunResult) -> list[RenderableType]:
    found = beside(result)
    known = found[found["formula"] != ""]
    lines: list[RenderableType] = []
    if not known.empty:
        lines += tables(values(known))
        warm = result.scenario.run.warm_up > 0
        lines += [text(DEPENDENT if warm else f"{DEPENDENT} {NO_WARM_UP}"), text("")]
    else:
        lines.append(text("Theory beside simulation"))
    said = reasons(found[found["scope"] == "resource"])
    return [*lines, *([text(said), text("")] if said else [])]


def values(known: pd.DataFrame) -> Grid:
    """What was simulated beside what theory says, subject by subject."""
    rows: list[list[str]] = []
    subject = ""
    records: Any = known.to_dict("records")
    for row in records:
        if row["subject"] != subject:
            subject = row["subject"]
            rows.append([subject])
        rows.append(_cells(row))
    return Grid(
        "Theory beside simulation (one in twenty 95 % intervals misses by chance)",
        ["", "simulated", "theory", "formula", "inside"],
        rows,
    )


def _cells(row: dict[str, Any]) -> list[str]:
    unit = METRICS[row["metric"]].unit
    return [
        f"  {NAMES.get(row['metric'], row['metric'])}",
        interval(row["value"], row["low"], row["high"], unit),
        number(row["theory"], unit),
        row["formula"],
        NONE if pd.isna(row["inside"]) else "yes" if row["inside"] else "no",
    ]


def reasons(rows: pd.DataFrame) -> str:
    """Why some resources have no formula, the commonest reasons first; nothing if all have one."""
    said: dict[str, set[str]] = defaultdict(set)
    for subject, reason in zip(rows["subject"], rows["reason"], strict=True):
        for each in parted(reason):
            said[each].add(subject)
    if not said:
        return ""
    without = set().union(*said.values())
    partly = without & set(rows["subject"][rows["formula"] != ""])
    order = sorted(said, key=lambda reason: -len(said[reason]))
    told = [f"{reason} ({len(said[reason])})" for reason in order[:MOST_REASONS]]
    more = len(order) - len(told)
    if more:
        told.append(f"and {more} more reason{'s' * (more > 1)}")
    many = f"{len(without)} resource{'s' * (len(without) > 1)}"
    what = f"No formula for {many}{', or not for the waits' if partly else ''}"
    return f"{what}: {'; '.join(told)}."
