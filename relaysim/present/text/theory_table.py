"""Theory beside simulation: the values that formulas give for a run."""

from typing import Any

import pandas as pd
from rich.console import RenderableType

from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text.number_format import NONE, interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.guard import Guarded, described
from relaysim.study.run_result import RunResult
from relaysim.study.theory_beside import beside

NAMES = {"wait_mean": "wait", "queue_mean": "queue mean"}
DEPENDENT = "Rows of one queue are correlated: a busy spell changes all of them."
NO_WARM_UP = (
    "Formulas are for the steady state and the run has no warm-up: its queues start empty, which "
    "makes the simulated waits shorter."
)


def theory(result: RunResult) -> list[RenderableType]:
    """Return the section: every value that a formula gives; nothing where no formula holds.

    A fault in the section costs the section alone.
    """
    with Guarded("the comparison with theory") as part:
        return _section(result)
    error = "" if part.error is None else described(part.error)
    return [text(f"Theory beside simulation: not made ({error})."), text("")]


def _section(result: RunResult) -> list[RenderableType]:
    frame = beside(result)
    if frame.empty:
        return []
    warm = result.scenario.run.warm_up > 0
    return [
        *tables(values(frame)),
        text(DEPENDENT if warm else f"{DEPENDENT} {NO_WARM_UP}"),
        text(""),
    ]


def values(frame: pd.DataFrame) -> Grid:
    """Return the simulated values beside the values of theory, subject by subject."""
    rows: list[list[str]] = []
    subject = ""
    records: Any = frame.to_dict("records")
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
