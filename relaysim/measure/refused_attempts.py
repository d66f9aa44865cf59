"""Refused attempts at submission: their number by subject, and by host, connector and reply.

A refused attempt is no loss: a host may try again and succeed. A refusal of several recipients in
one session is one attempt.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import numpy as np
import pandas as pd

from relaysim.measure.recipients import Recipients, streams
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column, Kept
from relaysim.trace.tables import Trace

NAME = "refused_attempts"
BY = ["host", "where", "reply"]
"""What a breakdown counts by; `where` is the connector, or the hub where none answered."""
Row = tuple[str, str, str, float]


def refused_attempts(
    trace: Trace, scenario: Scenario, recipients: Recipients, only: AbstractSet[str] | None = None
) -> list[Row]:
    """Return the number of refused attempts of all mail, each stream and each hub.

    Parameters
    ----------
    trace : Trace
        The trace of one replication.
    scenario : Scenario
        Its scenario.
    recipients : Recipients
        All its recipients; a message counts if its recipients do.
    only : set of str, optional
        The streams (full names) that count; all by default.

    Returns
    -------
    list of (scope, subject, metric, value)
        An attempt at an address that no hub has counts for no hub.
    """
    names = trace.names
    rows = _counted(trace, recipients)
    if only is not None:
        in_streams = np.array([name in only for name in names.streams], bool)
        chosen = in_streams[rows["stream"]]
        rows = {name: column[chosen] for name, column in rows.items()}
    known = streams(scenario)
    by_stream = np.bincount(rows["stream"], minlength=len(names.streams)).tolist()
    by_hub = np.bincount(rows["hub"][rows["hub"] >= 0], minlength=len(names.hubs)).tolist()
    return [
        ("total", "total", NAME, float(len(rows["stream"]))),
        *(
            ("stream", name, NAME, float(count))
            for name, count in zip(names.streams, by_stream, strict=True)
            if name in known
        ),
        *(
            ("hub", name, NAME, float(count))
            for name, count in zip(names.hubs, by_hub, strict=True)
        ),
    ]


def breakdown(trace: Trace, recipients: Recipients) -> pd.DataFrame:
    """Return the refused attempts by host, connector or hub, and reply.

    Parameters
    ----------
    trace : Trace
        The trace of one replication.
    recipients : Recipients
        All its recipients; a message counts if its recipients do.

    Returns
    -------
    pandas.DataFrame
        Columns `host, where, reply, attempts`; `where` is "" where no hub has the address.
    """
    rows, names = _counted(trace, recipients), trace.names
    # Count by numbers first: names are looked up once for each kind, not for each attempt.
    kinds, count = distinct_rows(*(rows[name] for name in ("stream", "hub", "connector", "reply")))
    where = [
        names.connectors[connector] if connector >= 0 else names.hubs[hub] if hub >= 0 else ""
        for hub, connector in zip(kinds[1].tolist(), kinds[2].tolist(), strict=True)
    ]
    frame = pd.DataFrame(
        {
            "host": [names.hosts[names.stream_host[stream]] for stream in kinds[0]],
            "where": where,
            "reply": [names.replies[reply] for reply in kinds[3]],
            "attempts": count.astype(np.float64),
        }
    ).astype(dict.fromkeys(BY, str))
    return summed(frame)


def distinct_rows(*columns: Kept) -> tuple[tuple[Column, ...], Column]:
    """Return the distinct rows of columns, ascending, and how often each is there.

    Parameters
    ----------
    *columns : array of int, shape (n,)
        Values from -1 on; the product of their largest values fits into 64 bits.

    Returns
    -------
    tuple of arrays, array of int
        The columns of the distinct rows, and their counts.
    """
    widths = [int(column.max(initial=-1)) + 2 for column in columns]
    keys = np.ravel_multi_index(tuple(column + 1 for column in columns), tuple(widths))
    distinct, count = np.unique(keys, return_counts=True)
    return tuple(column - 1 for column in np.unravel_index(distinct, tuple(widths))), count


def summed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a breakdown with one row for each host, place and reply."""
    total: pd.DataFrame = frame.groupby(BY, as_index=False, sort=True)[["attempts"]].sum()
    return total


def by_design(breakdowns: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the breakdowns of designs as one table.

    Parameters
    ----------
    breakdowns : mapping of str to pandas.DataFrame
        The breakdown of each design by its name.

    Returns
    -------
    pandas.DataFrame
        The columns of `measure.columns.FRAMES["refused_attempts"]`, the most frequent first.
    """
    tables = [
        frame.sort_values("attempts", ascending=False, kind="stable").assign(scenario=name)
        for name, frame in breakdowns.items()
    ]
    return pd.concat(tables, ignore_index=True)[["scenario", *BY, "attempts"]]


def _counted(trace: Trace, recipients: Recipients) -> dict[str, Column]:
    """Return the refused attempts to submit messages of the window, each with its stream."""
    result = trace.refusals
    # All recipients of a message are created together, so the first one decides.
    counted = recipients.in_window[trace.messages["first_recipient"][result["message"]]]
    rows = {name: result[name][counted] for name in ("message", "hub", "connector", "reply")}
    return rows | {"stream": trace.messages["stream"][rows["message"]]}
