"""The frames of a trace: its tables with names in place of integers and seconds in place of ticks.

Columns and their meaning are in `measure.frame_columns`. Times are float64 seconds since the start
of the run, exact to the microsecond over any run that is allowed; names are categoricals.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relaysim.measure.event_frames import actions, levels, listings, lookups, refusals, signals
from relaysim.measure.frame_cells import labelled, named, seconds
from relaysim.measure.recipients import DSN, Recipients, streams
from relaysim.measure.wait_parts import PARTS
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status, Trace

Frames = dict[str, pd.DataFrame]
STATUSES = tuple(status.name.lower() for status in Status)


def tables(
    trace: Trace, scenario: Scenario, replication: int = 0, recipients: Recipients | None = None
) -> Frames:
    """Return the frames of one replication by name.

    Parameters
    ----------
    trace : Trace
        The trace of the replication.
    scenario : Scenario
        The design.
    replication : int
        The number of the replication, from 0.
    recipients : Recipients or None
        The recipients of the trace, if they are computed already.

    Returns
    -------
    dict of str to pandas.DataFrame
        The frames that a run has.
    """
    recipients = Recipients.of(trace, scenario) if recipients is None else recipients
    made = {
        "messages": _messages(trace, scenario),
        "recipients": _recipients(trace, recipients),
        "attempts": _attempts(trace),
        "listings": listings(trace),
        "levels": levels(trace),
        "signals": signals(trace),
        "lookups": lookups(trace),
        "actions": actions(trace),
        "refusals": refusals(trace),
    }
    for frame in made.values():
        frame.insert(0, "replication", np.int64(replication))
    return made


def gather(parts: Sequence[Frames]) -> Frames:
    """Return the frames of several replications, one under the other; names stay categoricals."""
    return {name: stacked([part[name] for part in parts]) for name in parts[0]}


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of the same columns, one under the other; names stay categoricals."""
    columns = {}
    for name in frames[0].columns:
        pieces = [frame[name] for frame in frames]
        if isinstance(pieces[0].dtype, pd.CategoricalDtype):
            # Replies differ from one replication to the next.
            columns[name] = pd.Series(pd.api.types.union_categoricals(pieces))
        else:
            columns[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(columns)


def _messages(trace: Trace, scenario: Scenario) -> pd.DataFrame:
    rows, names = trace.messages, trace.names
    known = streams(scenario)
    host_of = {f"{host}.{s}": host for host, h in scenario.hosts.items() for s in h.streams}

    def class_of(stream: int) -> str:
        name = names.streams[stream]
        return known[name].class_ if name in known else DSN

    stream, count = rows["stream"], len(names.streams)
    return pd.DataFrame(
        {
            "message": np.arange(len(rows)),
            "host": labelled(stream, lambda i: host_of.get(names.streams[i]), count),
            "stream": named(stream, names.streams),
            "class": labelled(stream, class_of, count),
            "number": rows["number"],
            "created": seconds(rows["created"]),
            "size": rows["size"],
            "recipients": rows["recipients"],
            "connected": seconds(rows["connected"]),
            "committed": seconds(rows["committed"]),
            "acknowledged": seconds(rows["acknowledged"]),
            "reply": named(rows["reply"], names.replies),
            "connector": named(rows["connector"], names.connectors),
            "hub": named(rows["hub"], names.hubs),
            "attempts": rows["attempts"],
            "parent": rows["parent"],
        }
    )


def _recipients(trace: Trace, recipients: Recipients) -> pd.DataFrame:
    rows, names = trace.recipients, trace.names
    transaction, sent = rows["transaction"], rows["transaction"] >= 0
    queued = np.full(len(rows), -1, np.int64)
    queued[sent] = trace.transactions["queued"][transaction[sent]]
    frame = pd.DataFrame(
        {
            "recipient": np.arange(len(rows)),
            "message": rows["message"],
            "stream": named(recipients.stream, names.streams),
            "destination": named(recipients.destination, names.destinations),
            "domain": named(rows["domain"], names.domains),
            "hub": named(recipients.hub, names.hubs),
            "egress": named(recipients.egress, names.egress),
            "created": seconds(recipients.created),
            "queued": seconds(queued),
            "first_attempt": seconds(recipients.first_attempt),
            "end": seconds(rows["end"]),
            "attempts": recipients.attempts.astype(np.int64),
            "status": named(rows["status"], STATUSES),
            "reply": named(rows["reply"], names.replies),
            "latency": seconds(recipients.latency),
        }
    )
    for part in PARTS:
        frame[part] = seconds(np.where(recipients.accepted, recipients.waits[part], -1))
    return frame


def _attempts(trace: Trace) -> pd.DataFrame:
    rows, names = trace.attempts, trace.names
    return pd.DataFrame(
        {
            "transaction": rows["transaction"],
            "message": trace.transactions["message"][rows["transaction"]],
            "attempt": rows["attempt"],
            "queue": named(rows["queue"], names.queues),
            "egress": named(rows["egress"], names.egress),
            "enter": seconds(rows["enter"]),
            "start": seconds(rows["start"]),
            "end": seconds(rows["end"]),
            "reply": named(rows["reply"], names.replies),
            "opened": rows["opened"] > 0,
            "recipients": rows["recipients"],
        }
    )
