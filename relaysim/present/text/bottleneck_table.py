"""Binding resources: the resource that causes each wait for a connection or a session."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import RenderableType

from relaysim.measure.wait_parts import PARTS
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import number
from relaysim.present.text.terminal import Grid, tables

SHORTEST, SMALLEST = 1.0, 0.05
"""A wait of less than 1 s, or of less than 5 % of the mean latency, is not shown (assumption)."""


class Wait(NamedTuple):
    """A wait for a connection or a session, with its possible causes, by metric."""

    text: str
    causes: dict[str, str]
    otherwise: str


WAITS = {
    "wait_delivery": Wait(
        "connection",
        {"wait_delivery_line": "Internet line", "wait_delivery_core": "cores"},
        "connections",
    ),
    "wait_mailbox": Wait(
        "mailbox delivery", {"wait_mailbox_core": "cores"}, "mailbox deliveries at a time"
    ),
    "wait_host": Wait(
        "session",
        {"wait_host_acknowledgement": "delayed acknowledgement"},
        "sessions, limits and retries of the host",
    ),
}


def binding(measured: Lookup, designs: Sequence[str], subjects: Sequence[str]) -> Grid:
    """Make the table of waits for connections and sessions, each with the resource that binds.

    Parameters
    ----------
    measured : Lookup
        The frame `metrics`.
    designs, subjects : sequence of str
        Designs, and subjects of the scope `class`.

    Returns
    -------
    Grid
        Without rows where no such wait is long enough to show. The cause is the largest part of
        the wait, see `relaysim.measure.binding_resource`.
    """
    rows: list[list[str]] = []
    for subject in subjects:
        waits = [
            [design, *wait] for design in designs for wait in _waits(measured, (design, subject))
        ]
        if len(designs) == 1:
            rows += [[subject, *wait] for _, *wait in waits]
        elif waits:
            rows += [[subject], *([f"  {design}", *wait] for design, *wait in waits)]
    return Grid(
        "Which resource binds (mean wait of a delivered recipient)",
        ["class", "waits for", "mean wait", "held up by", "share"],
        rows,
        ["waits for", "held up by"],
    )


def binding_tables(
    measured: Lookup, designs: Sequence[str], subjects: Sequence[str]
) -> list[RenderableType]:
    """Return the table of binding resources for the terminal; an empty list without a row."""
    grid = binding(measured, designs, subjects)
    return tables(grid) if grid.rows else []


def _waits(measured: Lookup, of: tuple[str, str]) -> Iterator[list[str]]:
    """Yield each wait of a design and a class that is long enough, with its largest cause."""
    design, subject = of
    key = (design, "class", subject)
    latency = sum(measured.value(*key, part) for part in PARTS)
    for metric, wait in WAITS.items():
        mean = measured.value(*key, metric)
        if not mean >= max(SHORTEST, SMALLEST * latency):
            continue
        causes = {text: measured.value(*key, name) for name, text in wait.causes.items()}
        causes[wait.otherwise] = mean - sum(causes.values())
        cause = max(causes, key=lambda text: causes[text])
        yield [wait.text, number(mean, "s"), cause, number(causes[cause] / mean, "share")]
