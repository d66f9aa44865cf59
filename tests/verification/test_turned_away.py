"""A receive connector with few connections and a host that does not try again: Erlang's B."""

import numpy as np
from worlds.systems import SYSTEMS

from relaysim.mail import reply
from relaysim.study.replicate import trace_of
from relaysim.trace.tables import Status, Trace

LOSS = next(system for system in SYSTEMS if system.name.startswith("M/G/3/3"))


def traced() -> Trace:
    return trace_of(LOSS.scenario(), replication=0, seed=1)


def test_what_is_turned_away_is_abandoned_with_the_reply_of_max_inbound_connection() -> None:
    trace = traced()
    status, text = trace.recipients["status"], trace.recipients["reply"]
    lost = status == Status.ABANDONED
    assert lost.any()
    assert np.all(lost | (status == Status.DELIVERED))
    assert {trace.names.replies[number] for number in np.unique(text[lost])} == {
        str(reply.TOO_MANY_CONNECTIONS)
    }
    assert np.array_equal(trace.recipients["end"][lost], trace.messages["created"][lost])


def test_nobody_is_turned_away_while_a_connection_is_free() -> None:
    trace = traced()
    sessions = trace.visits["station"] == trace.names.stations.index("HUB01/relay")
    start, end = (np.sort(trace.visits[column][sessions]) for column in ("start", "end"))
    created, status = trace.messages["created"], trace.recipients["status"]
    result = np.searchsorted(start, created, "left") - np.searchsorted(end, created, "right")
    assert np.array_equal(status == Status.ABANDONED, result == 3)
