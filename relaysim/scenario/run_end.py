"""When a run ends and what is on time: defaults of `run.drain` and of the deadline of a stream.

Both read the tables as a file has them. Deadlines and drains that cannot be read are passed over:
the check of the file reports them.
"""

from collections.abc import Mapping
from typing import Any

from relaysim import units
from relaysim.scenario.raw_tables import at, named, parsed
from relaysim.scenario.stream import DEADLINE
from relaysim.scenario.table import DAY

LONGEST = 3660 * DAY
"""The longest `duration` and the longest `drain`."""
USUAL = 3 * DAY
"""Exchange gives up after two days (message_expiration_timeout), so all is final by then (ours)."""


def default_drain(raw: Mapping[str, Any]) -> int:
    """Return the largest deadline of a stream, at least three days.

    All recipients are judged then, and mail that waits out its deadline is delivered or expires
    instead of being under way, so lost to latency quantiles, when the run ends. A run with nothing
    under way ends earlier.

    Parameters
    ----------
    raw
        The tables of a scenario file.

    Returns
    -------
    int
        Microseconds, at most ten years.
    """
    deadlines = (
        parsed(units.duration, stream.get("deadline", DEADLINE))
        for host, _ in named(raw, "hosts")
        for _, stream in named(raw, "hosts", host, "streams")
    )
    return min(max((d for d in deadlines if d is not None and d > USUAL), default=USUAL), LONGEST)


def default_deadline(raw: Mapping[str, Any]) -> int:
    """Return a day, or the drain where the file sets a shorter one.

    A run shows of all its recipients whether they arrived within its drain, so a stream whose file
    sets no deadline is judged by no longer one (ours). Without any drain it stays at a day.

    Parameters
    ----------
    raw
        The tables of a scenario file.

    Returns
    -------
    int
        Microseconds, above 0.
    """
    drain = parsed(units.duration, at(raw, "run").get("drain"))
    return min(drain, DEADLINE) if drain else DEADLINE
