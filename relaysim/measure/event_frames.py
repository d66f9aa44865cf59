"""The frames of events beside the mail: listings, states, signals, lookups and actions."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
import pandas as pd

from relaysim.measure.frame_cells import named, seconds
from relaysim.trace.columns import Column
from relaysim.trace.tables import Action, Cause, Level, Signal, Trace

AGAINST = ("all", "innocents", "culprits")
"""Whose mail a listing is held against."""


def listings(trace: Trace) -> pd.DataFrame:
    """Return the frame `listings`: one row for each listing of a public IP or a domain."""
    rows, names = trace.listings, trace.names
    return pd.DataFrame(
        {
            "egress": named(rows["egress"], names.egress),
            "sender_domain": named(rows["sender_domain"], names.registered_domains),
            "blocklist": named(rows["blocklist"], names.blocklists),
            "start": seconds(rows["start"]),
            "end": seconds(rows["end"]),
            "cause": named(rows["cause"], _words(Cause)),
            "against": named(rows["against"], AGAINST),
        }
    )


def levels(trace: Trace) -> pd.DataFrame:
    """Return the frame `levels`: one row for each change of a state."""
    rows, names = trace.levels, trace.names
    subject_names: dict[int, Sequence[str]] = {
        Level.QUEUE_RETRY: names.queues,
        Level.HUB_DOWN: names.hubs,
        Level.VERSION_BUCKETS: names.hubs,
        Level.QUEUE_DISK: names.hubs,
        Level.LOG_DISK: names.hubs,
        Level.SUBMISSION_QUEUE: names.hubs,
        Level.OUTAGE: names.destinations,
        Level.MX_OUTAGE: names.destinations,
        Level.LINE_DOWN: names.stations,
        Level.HOST_RETRY: names.hosts,
        Level.PROVIDER: names.provider_states,
        Level.PAUSED: names.streams,
    }
    return pd.DataFrame(
        {
            "level": named(rows["level"], _words(Level)),
            "subject": _subjects(rows["level"], rows["subject"], subject_names),
            "time": seconds(rows["time"]),
            "value": rows["value"],
        }
    )


def refusals(trace: Trace) -> pd.DataFrame:
    """Return one row for each attempt at submission that was not taken.

    Parameters
    ----------
    trace : Trace
        The trace of one replication.

    Returns
    -------
    pandas.DataFrame
        The columns of `measure.columns.FRAMES["refusals"]` but the replication.
    """
    rows, names = trace.refusals, trace.names
    stream = trace.messages["stream"][rows["message"]]
    return pd.DataFrame(
        {
            "message": rows["message"],
            "host": named(np.array(names.stream_host, np.int64)[stream], names.hosts),
            "stream": named(stream, names.streams),
            "hub": named(rows["hub"], names.hubs),
            "connector": named(rows["connector"], names.connectors),
            "time": seconds(rows["time"]),
            "reply": named(rows["reply"], names.replies),
            "recipients": rows["recipients"],
        }
    )


def signals(trace: Trace) -> pd.DataFrame:
    """Return the frame `signals`.

    One row for each signal that an operator or a provider received.
    """
    rows, names = trace.signals, trace.names
    subject_names: dict[int, Sequence[str]] = {
        Signal.TRAP: names.operators,
        Signal.PROVIDER_TRAP: names.destinations,
        Signal.COMPLAINT: names.destinations,
        Signal.UNKNOWN: names.destinations,
        Signal.REPORT: names.blocklists,
    }
    return pd.DataFrame(
        {
            "signal": named(rows["signal"], _words(Signal)),
            "recipient": rows["recipient"],
            "egress": named(rows["egress"], names.egress),
            "time": seconds(rows["time"]),
            "subject": _subjects(rows["signal"], rows["subject"], subject_names),
        }
    )


def lookups(trace: Trace) -> pd.DataFrame:
    """Return the frame `lookups`: one row for each DNSBL query of a domain."""
    rows, names = trace.lookups, trace.names
    return pd.DataFrame(
        {
            "egress": named(rows["egress"], names.egress),
            "sender_domain": named(rows["sender_domain"], names.registered_domains),
            "domain": named(rows["domain"], names.domains),
            "time": seconds(rows["time"]),
            "until": seconds(rows["until"]),
            # Tables of a trace have integers only.
            "listed": rows["listed"] > 0,
            "against": named(rows["against"], AGAINST),
        }
    )


def actions(trace: Trace) -> pd.DataFrame:
    """Return the frame `actions`: one row for each action of the administrator."""
    rows, names = trace.actions, trace.names
    action, subject = rows["action"], rows["subject"]
    requested = np.isin(action, (Action.REQUESTED, Action.INELIGIBLE))
    # A provider is asked in the place -1 - destination: blocklists first, then destinations.
    lists = len(names.blocklists)
    place = np.where(requested & (subject < 0), lists - 1 - subject, subject)
    subject_names: dict[int, Sequence[str]] = {
        **dict.fromkeys(
            (Action.REQUESTED, Action.INELIGIBLE), (*names.blocklists, *names.destinations)
        ),
        **dict.fromkeys(
            (Action.PAUSED, Action.RESUMED, Action.CLEANED, Action.MOVED), names.streams
        ),
    }
    return pd.DataFrame(
        {
            "action": named(action, _words(Action)),
            "egress": named(rows["egress"], names.egress),
            "sender_domain": named(rows["sender_domain"], names.registered_domains),
            "time": seconds(rows["time"]),
            "subject": _subjects(action, place, subject_names),
        }
    )


def _words(of: type[IntEnum]) -> list[str]:
    return [item.name.lower() for item in of]


def _subjects(
    kind: Column, subject: Column, subject_names: Mapping[int, Sequence[str]]
) -> "pd.Categorical[str]":
    """Return the name of each subject, which is a number among the names of its kind.

    Else absent.
    """
    names = sorted({name for of in subject_names.values() for name in of})
    index = {name: i for i, name in enumerate(names)}
    code = np.full(len(subject), -1, np.int64)
    for number, of in subject_names.items():
        chosen = (kind == number) & (subject >= 0)
        code[chosen] = np.array([index[name] for name in of], np.int64)[subject[chosen]]
    return named(code, names)
