"""Backlog: the number of entries in the longest queues over the day."""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from relaysim.measure.resource_metrics import QueueResource
from relaysim.plan.names import QueueKind
from relaysim.present.drawing.style import PALE, Look, Sheet, looks, sheet
from relaysim.present.drawing.time_axis import active, at, clock_axis, clock_label
from relaysim.present.text.number_format import number

MOST = 3
"""Kinds of queue that are shown: the longest ones."""
_ROOM = 1.3
"""How much higher than the longest queue a panel is: there the names of the hubs stand."""
_LONG = 2.0
"""How many times as long as the run an axis is at most."""
_DASHES = ("-", (0.0, (4.0, 1.5)), (0.0, (1.2, 1.2)))
_BELOW = ("axes fraction", "offset points")
_KINDS = {
    QueueKind.SUBMISSION: "submission queue",
    QueueKind.MAILBOX: "mailbox delivery queue",
}


class Queue(NamedTuple):
    """A queue of a design: its kind, which other hubs and designs have too, and its hub."""

    kind: str
    hub: str
    waiting: "pd.Series[float]"

    def longest(self) -> float:
        """Return the largest number that waits."""
        return float(self.waiting.max())

    def peak(self) -> float:
        """Return the time of the largest number, seconds."""
        return float(self.waiting.index[int(self.waiting.to_numpy().argmax())])


def queues(frame: pd.DataFrame, known: Mapping[str, QueueResource]) -> list[Queue]:
    """Return the queues among the resources of a frame; unreachable mail waits in none.

    Parameters
    ----------
    frame : pandas.DataFrame
        Mean number waiting: one column for each resource.
    known : mapping of str to QueueResource
        What the names of queues stand for (`measure.resource_metrics.queue_resources`).
    """
    shown = []
    for name in map(str, frame):
        queue = known.get(name)
        if queue is None or queue.kind is QueueKind.UNREACHABLE:
            continue
        kind = _KINDS.get(queue.kind, f"queue to {queue.leads_to}")
        shown.append(Queue(kind, queue.hub, frame[name]))
    return sorted(shown, key=lambda queue: queue[:2])


def backlog(
    series: Mapping[str, pd.DataFrame],
    known: Mapping[str, QueueResource],
    start: datetime,
    duration: float,
    caption: str,
) -> Sheet:
    """Draw a row for each design, a column for each of the longest kinds of queue, a line a hub.

    The axis covers the run and the time that queues take to empty; only the time in which they are
    not empty if that is short. If they take longer than the run, a text has the rest.

    Parameters
    ----------
    series : mapping of str to pandas.DataFrame
        `backlog` of `measure.run_series`, by design.
    known : mapping of str to QueueResource
        The queue behind each name of a resource.
    start : datetime
        Start of the run.
    duration : float
        Length of the run, seconds.
    caption : str
        The origin of the numbers.
    """
    by_name = {design: queues(frame, known) for design, frame in series.items()}
    by_kind: dict[str, list[Queue]] = {}
    for queue in (queue for item in by_name.values() for queue in item):
        by_kind.setdefault(queue.kind, []).append(queue)
    longest = {kind: max(map(Queue.longest, queues)) for kind, queues in by_kind.items()}
    # Sorted by name first, so that equal lengths have a fixed order.
    kinds = sorted(sorted(longest), key=lambda kind: -longest[kind])[:MOST]
    # Where nothing waits, one panel shows that.
    kinds = [kind for kind in kinds if longest[kind] > 0.01 * longest[kinds[0]]] or kinds[:1]
    spells = [active(q.waiting for q in by_kind[kind]) for kind in kinds]
    first, last, outside = _span(spells, duration, start)
    figure, axes = sheet(
        len(series),
        len(kinds),
        _message(by_name, start),
        caption,
        row_height=1.9,
        sharex=True,
        sharey="col",
    )
    for number_, panel in enumerate(axes):
        row, column = divmod(number_, len(kinds))
        design, look = list(looks(list(series)).items())[row]
        _draw(panel, [q for q in by_name[design] if q.kind == kinds[column]], look)
        clock_axis(panel, start, first, last, most=4)
        # An axis from 0 to 0 is not possible.
        panel.set_ylim(0.0, _ROOM * longest[kinds[column]] or 1.0)
        if row == 0:
            # The public IP of a queue goes below its domain: two columns would overlap.
            panel.set_title(kinds[column].replace(" by ", "\nby "))
        if row == len(series) - 1:
            panel.set_xlabel(clock_label(last))
            if outside and column == len(kinds) - 1:
                panel.annotate(outside, (1, 0), (0, -38), *_BELOW, size=6.5, color=PALE, ha="right")
        if column == 0:
            panel.set_ylabel(f"{textwrap.fill(design, 20)}\nentries waiting")
    return figure


def _span(
    spells: list[tuple[float, float]], duration: float, start: datetime
) -> tuple[float, float, str]:
    """Return start and end of the axis, and the remark on what it leaves out."""
    first, last = min(spell[0] for spell in spells), max(spell[1] for spell in spells)
    if last > _LONG * duration:
        return 0.0, duration, f"mail that waits at the end is final by {at(start, last)}"
    if last - first > duration / 3 or not last:
        return 0.0, max(duration, last), ""
    margin = 0.3 * (last - first) + 300.0
    return max(first - margin, 0.0), last + 2 * margin, "before and after: below 1 % of the peaks"


def _draw(panel: Axes, queues: list[Queue], look: Look) -> None:
    for queue, dashes in zip(queues, _DASHES, strict=False):
        times, waiting = queue.waiting.index.to_numpy(), queue.waiting.to_numpy()
        panel.plot(times, waiting, color=look.colour, linestyle=dashes, label=queue.hub)
    panel.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if queues:
        panel.legend(loc="upper right", fontsize=7.5, ncols=len(queues), borderaxespad=0.0)


def _message(result: Mapping[str, list[Queue]], start: datetime) -> str:
    """Return the title: the longest queue of each design, or of the worst where there are many."""
    worst = [
        (design, max(queues, key=Queue.longest)) for design, queues in result.items() if queues
    ]
    if len(worst) > 2:
        worst = [max(worst, key=lambda pair: pair[1].longest())]
    if not any(queue.longest() for _, queue in worst):
        return "Longest queue: no mail waits"
    return "Longest queue: " + ", ".join(
        f"{number(round(queue.longest()))} in the {queue.kind} "
        f"({design}, {queue.hub}, {at(start, queue.peak())})"
        for design, queue in worst
    )
