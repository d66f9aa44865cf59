"""The frames of a trace: its tables with names in place of integers and seconds in place of ticks.

Columns and their meaning stand in `measure.columns`. Times are float64 seconds since the start of
the run, which hold microseconds exactly over any run that is allowed; names are categoricals.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from relaysim.engine.trace import Column, Fate, Level, Trace
from relaysim.measure.copies import DSN, Copies, streams
from relaysim.measure.waits import PARTS
from relaysim.measure.window import SECOND
from relaysim.scenario.model import Scenario

Frames = dict[str, pd.DataFrame]
FATES = tuple(fate.name.lower() for fate in Fate)
LEVELS = tuple(level.name.lower() for level in Level)


def tables(
    trace: Trace, scenario: Scenario, replication: int = 0, copies: Copies | None = None
) -> Frames:
    """The frames `messages`, `copies`, `attempts`, `listings` and `levels` of one replication."""
    copies = Copies.of(trace, scenario) if copies is None else copies
    made = {
        "messages": _messages(trace, scenario),
        "copies": _copies(trace, copies),
        "attempts": _attempts(trace),
        "listings": _listings(trace),
        "levels": _levels(trace),
    }
    for frame in made.values():
        frame.insert(0, "replication", np.int64(replication))
    return made


def gather(parts: Sequence[Frames]) -> Frames:
    """The frames of several replications, one under the other; names stay categoricals."""
    return {name: _stacked([part[name] for part in parts]) for name in parts[0]}


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    columns = {}
    for name in frames[0].columns:
        pieces = [frame[name] for frame in frames]
        if isinstance(pieces[0].dtype, pd.CategoricalDtype):
            # Replies differ from one replication to the next.
            columns[name] = pd.Series(pd.api.types.union_categoricals(pieces))
        else:
            columns[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(columns)


def _name(code: Column, names: Sequence[str]) -> "pd.Categorical[str]":
    """Names of some codes; -1 is absent."""
    dtype: pd.CategoricalDtype[str] = pd.CategoricalDtype(list(names))
    return pd.Categorical.from_codes(code, dtype=dtype)


def _named(code: Column, label: Callable[[int], str | None], codes: int) -> "pd.Categorical[str]":
    """Labels of some codes, of which several may share one; None is absent."""
    labels = [label(i) for i in range(codes)]
    names = sorted({text for text in labels if text is not None})
    index = np.array([-1 if text is None else names.index(text) for text in labels], np.int64)
    return _name(index[code], names)


def _seconds(time: Column) -> "pd.Series[float]":
    """Times in seconds; -1 is absent."""
    return pd.Series(np.where(time >= 0, time / SECOND, np.nan))


def _messages(trace: Trace, scenario: Scenario) -> pd.DataFrame:
    rows, names = trace.messages, trace.names
    known = streams(scenario)
    host_of = {f"{host}.{s}": host for host, h in scenario.hosts.items() for s in h.streams}

    def class_of(stream: int) -> str:
        name = names.streams[stream]
        return known[name].class_ if name in known else DSN

    stream, many = rows["stream"], len(names.streams)
    return pd.DataFrame(
        {
            "message": np.arange(len(rows)),
            "host": _named(stream, lambda i: host_of.get(names.streams[i]), many),
            "stream": _name(stream, names.streams),
            "class": _named(stream, class_of, many),
            "number": rows["number"],
            "created": _seconds(rows["created"]),
            "size": rows["size"],
            "copies": rows["copies"],
            "connected": _seconds(rows["connected"]),
            "committed": _seconds(rows["committed"]),
            "acknowledged": _seconds(rows["acknowledged"]),
            "reply": _name(rows["reply"], names.replies),
            "connector": _name(rows["connector"], names.connectors),
            "hub": _name(rows["hub"], names.hubs),
            "tries": rows["tries"],
            "parent": rows["parent"],
        }
    )


def _copies(trace: Trace, copies: Copies) -> pd.DataFrame:
    rows, names = trace.copies, trace.names
    transaction, sent = rows["transaction"], rows["transaction"] >= 0
    queued = np.full(len(rows), -1, np.int64)
    queued[sent] = trace.transactions["queued"][transaction[sent]]
    frame = pd.DataFrame(
        {
            "copy": np.arange(len(rows)),
            "message": rows["message"],
            "stream": _name(copies.stream, names.streams),
            "destination": _name(copies.destination, names.destinations),
            "domain": _name(rows["domain"], names.domains),
            "hub": _name(copies.hub, names.hubs),
            "egress": _name(copies.egress, names.egress),
            "created": _seconds(copies.created),
            "queued": _seconds(queued),
            "first_attempt": _seconds(copies.first_attempt),
            "end": _seconds(rows["end"]),
            "attempts": copies.attempts,
            "fate": _name(rows["fate"], FATES),
            "reply": _name(rows["reply"], names.replies),
            "latency": _seconds(copies.latency),
        }
    )
    for part in PARTS:
        frame[part] = _seconds(np.where(copies.accepted, copies.waits[part], -1))
    return frame


def _attempts(trace: Trace) -> pd.DataFrame:
    rows, names = trace.attempts, trace.names
    return pd.DataFrame(
        {
            "transaction": rows["transaction"],
            "message": trace.transactions["message"][rows["transaction"]],
            "attempt": rows["attempt"],
            "queue": _name(rows["queue"], names.queues),
            "egress": _name(rows["egress"], names.egress),
            "enter": _seconds(rows["enter"]),
            "start": _seconds(rows["start"]),
            "end": _seconds(rows["end"]),
            "reply": _name(rows["reply"], names.replies),
            "opened": rows["opened"] > 0,
            "copies": rows["copies"],
        }
    )


def _listings(trace: Trace) -> pd.DataFrame:
    rows, names = trace.listings, trace.names
    return pd.DataFrame(
        {
            "egress": _name(rows["egress"], names.egress),
            "blocklist": _name(rows["blocklist"], names.blocklists),
            "start": _seconds(rows["start"]),
            "end": _seconds(rows["end"]),
            "scripted": rows["scripted"] > 0,
        }
    )


def _levels(trace: Trace) -> pd.DataFrame:
    rows, names = trace.levels, trace.names
    whose = {
        Level.QUEUE_RETRY: names.queues,
        Level.HUB_DOWN: names.hubs,
        Level.VERSION_BUCKETS: names.hubs,
        Level.QUEUE_DISK: names.hubs,
        Level.OUTAGE: names.destinations,
        Level.HOST_RETRY: names.hosts,
    }
    subjects = sorted({name for of in whose.values() for name in of})
    index = {name: i for i, name in enumerate(subjects)}
    subject = np.full(len(rows), -1, np.int64)
    for level, of in whose.items():
        mine = rows["level"] == level
        subject[mine] = np.array([index[name] for name in of], np.int64)[rows["subject"][mine]]
    return pd.DataFrame(
        {
            "level": _name(rows["level"], LEVELS),
            "subject": _name(subject, subjects),
            "time": _seconds(rows["time"]),
            "value": rows["value"],
        }
    )
