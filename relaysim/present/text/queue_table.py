"""The queues of a run at a time, by age: Postfix's qshape for a simulated hub."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from relaysim.mail.spelling import look_up
from relaysim.measure.qshape import COLUMNS, TOTAL, Entries
from relaysim.present.text.caption import origin
from relaysim.present.text.terminal import text
from relaysim.scenario.model import Scenario
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.provenance import Provenance
from relaysim.study.replicate import trace_of
from relaysim.study.sampling import Sampling
from relaysim.trace.tables import Trace
from relaysim.units import duration
from relaysim.wording import columns

_CLOCK = re.compile(r"(?:day\s+(?P<day>[0-9]{1,4})\s+)?(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})")
_SECOND, _MINUTE, _DAY = 1_000_000, 60_000_000, 86_400_000_000
NARROW = 3
"""The fewest columns of text that a count gets."""
READING = (
    "T: all entries; then those of an age below 5 minutes, from 5 to below 10, and so on. Entries "
    "are transactions, in a submission queue messages; what is being sent is counted too. The age "
    "of an entry is the time since it came into this queue."
)


@dataclass(frozen=True)
class QShape:
    """The queues of one replication at a time, microseconds since the start of the run.

    `shape` has a row for each queue that is not empty, by `measure.qshape.COLUMNS`. `hub` restricts
    it to the queues of one hub; `fullest` is whether the time is that of the most entries.
    """

    scenario: Scenario
    replication: int
    at: int
    hub: str | None
    fullest: bool
    shape: pd.DataFrame = field(repr=False)
    provenance: Provenance

    @classmethod
    def of(
        cls,
        trace: Trace,
        scenario: Scenario,
        replication: int,
        provenance: Provenance,
        at: int | None = None,
        hub: str | None = None,
    ) -> "QShape":
        """Return the queues of a replication from its trace.

        Without a time, at the time of the most entries.

        Raises
        ------
        ValueError
            If the hub is unknown, or the time is after the end of the run.
        """
        entries = Entries.of(trace, scenario)
        if hub is not None:
            look_up(scenario.hubs, hub, "a hub")
            entries = entries.within(hub)
        fullest = at is None
        time = entries.fullest() if at is None else at
        if time > trace.end:
            start, end = (clock(scenario, item) for item in (0, trace.end))
            raise ValueError(
                f"there is nothing at {clock(scenario, time)}: give a time from "
                f"{start} to {end}, when all mail had its final status"
            )
        shape = entries.shape(time)
        return cls(scenario, replication, time, hub, fullest, shape, provenance)

    @property
    def total(self) -> "pd.Series[int]":
        """All queues together, by the same columns."""
        return self.shape.sum()

    @property
    def caption(self) -> str:
        """The origin of the numbers."""
        return f"{of_one(self.replication)}; {origin(self.provenance, intervals=False)}"


def of_one(replication: int) -> str:
    """Return the replication of a number that is no mean, in words."""
    return f"replication {replication} alone, counted from 0"


def qshape(
    scenario: Scenario,
    at: int | None = None,
    hub: str | None = None,
    replication: int = 0,
    seed: int | None = None,
    command: str = "",
) -> QShape:
    """Run one replication and return its queues at a time.

    Parameters
    ----------
    scenario : Scenario
        The design.
    at : int or None
        Microseconds since the start of the run; None: the time of the most entries.
    hub : str or None
        Restricts the queues to one hub.
    replication : int
        The number of the replication, from 0.
    seed : int or None
        None for that of the scenario.
    command : str
        The command with the same result, for the provenance.

    Raises
    ------
    ValueError
        If the hub is unknown, or the time is after the end of the run.
    ScenarioError
        If the run is too large for any machine.
    """
    execution = Execution(command=command)
    if hub is not None:
        look_up(scenario.hubs, hub, "a hub")
    _, seed = Sampling(replication + 1, seed).resolved([scenario])
    trace = trace_of(scenario, replication, seed)
    origin = execution.provenance([scenario], 1, seed)
    return QShape.of(trace, scenario, replication, origin, at, hub)


def moment(scenario: Scenario, written: str) -> int:
    """Return the time of a text: "11:00", "day 2 09:30" or "3 h" after the start of the run.

    A time of day without a day is the first one in the run.

    Returns
    -------
    int
        Microseconds since the start of the run.

    Raises
    ------
    ValueError
        If the text is no time.
    """
    result = _CLOCK.fullmatch(written.strip())
    start = scenario.run.start
    if result is None:
        try:
            return duration(written)
        except ValueError:
            raise ValueError(
                f'"{written}" is no time: write a time of day ("11:00", "day 2 09:30") or how long '
                'after the start ("3 h")'
            ) from None
    hour, minute = int(result["h"]), int(result["m"])
    if hour > 23 or minute > 59:
        raise ValueError(f'"{written}" is no time: the day ends at 23:59')
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    time = midnight + timedelta(days=int(result["day"] or 1) - 1, hours=hour, minutes=minute)
    if time < start and result["day"] is None:
        time += timedelta(days=1)
    if time < start:
        raise ValueError(f'"{written}" is before the start of the run, {start:%H:%M}')
    return (time - start) // timedelta(microseconds=1)


def clock(scenario: Scenario, time: int) -> str:
    """Return the time of day to the second, with the number of the day from the second day on."""
    at = scenario.run.start + timedelta(microseconds=time // _SECOND * _SECOND)
    day = (at.date() - scenario.run.start.date()).days
    shown = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return (f"day {day + 1} " if day else "") + shown


def queue_ages_text(ages: QShape) -> list[RenderableType]:
    """Return the text for the terminal."""
    which = ages.hub or " and ".join(ages.scenario.hubs)
    when = clock(ages.scenario, ages.at)
    most = ", the peak" if ages.fullest and len(ages.shape) else ""
    what = f"{ages.scenario.name}: the queues of {which} at {when}{most}, by age in minutes"
    lines: list[RenderableType] = [text(what), text("")]
    lines += [Text(line) for line in _lines(ages)]
    return [*lines, text(""), text(READING), text(ages.caption)]


def _lines(ages: QShape) -> Iterator[str]:
    """Yield rows in the form of Postfix: names to the right, all queues first.

    A name that is too long for its column has a line of its own.
    """
    rows = [(TOTAL, ages.total), *((str(name), row) for name, row in ages.shape.iterrows())]
    widths = {
        column: max(
            NARROW * (column != COLUMNS[0]),
            len(column),
            *(len(f"{row[column]}") for _, row in rows),
        )
        for column in COLUMNS
    }
    taken = sum(width + 1 for width in widths.values())
    longest = max(len(name) for name, _ in rows)
    room = min(longest, max(columns() - taken, len(TOTAL)))
    yield " " * room + "".join(f" {column:>{widths[column]}}" for column in COLUMNS)
    for name, row in rows:
        if len(name) > room:
            yield name
            name = ""
        yield f"{name:>{room}}" + "".join(f" {row[c]:>{widths[c]}}" for c in COLUMNS)
