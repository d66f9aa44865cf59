"""Incidents: spans in which an IP or a sender domain is listed, or blocked by a provider."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from relaysim.mail.provider_state import State
from relaysim.measure.measured_window import HOUR, Window
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Level, Trace

DAY = 24 * HOUR
LISTED = 0
"""The state of an IP on a blocklist; others are `State.THROTTLE` and `State.BLOCK`."""
OPEN = 2**62
"""The end of what lasts beyond the run."""


class Incident(NamedTuple):
    """A span of listings or bad provider states, [start, end), and its rows."""

    start: int
    end: int
    rows: Column


@dataclass(frozen=True)
class IncidentSpans:
    """Spans of listings and bad provider states of one IP each, [start, end), microseconds.

    `subject` is a blocklist for `state` LISTED, else the destination of the provider. A listing of
    a registered domain has that `sender_domain`, and -1 for the IP; all others have -1 for it.
    """

    egress: Column
    sender_domain: Column
    start: Column
    end: Column
    state: Column
    subject: Column

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """Return the spans of a trace, from listings and provider states."""
        listings = trace.listings
        account, start, end, state = spans(trace)
        bad = state >= State.THROTTLE
        egress = np.array(trace.names.provider_state_egress, np.int64)[account[bad]]
        destination = np.array(trace.names.provider_state_destination, np.int64)[account[bad]]
        until = listings["end"]
        return cls(
            np.concatenate((listings["egress"], egress)),
            np.concatenate((listings["sender_domain"], np.full(len(egress), -1))),
            np.concatenate((listings["start"], start[bad])),
            np.concatenate((np.where(until >= 0, until, OPEN), end[bad])),
            np.concatenate((np.full(len(listings), LISTED), state[bad])),
            np.concatenate((listings["blocklist"], destination)),
        )

    def incidents(self, window: Window) -> list[Incident]:
        """Return the incidents that touch the window, in the order of time."""
        if not len(self.start):
            return []
        incidents = []
        for rows in grouped(self.start, self.end):
            start, end = int(self.start[rows].min()), int(self.end[rows].max())
            if start < window.end and end > window.start:
                incidents.append(Incident(start, end, rows))
        return incidents

    def address_time(self, ips: Mask, window: Window) -> int:
        """Return how long IPs are listed or blocked in the window, µs, summed over IPs."""
        total = 0
        for egress in np.flatnonzero(ips):
            # A throttled IP still delivers.
            rows = (self.egress == egress) & (self.state != State.THROTTLE)
            steps = StepFunction.of(self.start[rows], self.end[rows]).between(
                window.start, window.end
            )
            total += steps.time_where(steps.values > 0)
        return total


def grouped(start: Column, end: Column) -> list[Column]:
    """Group spans into incidents: spans less than 24 h apart are one incident.

    Parameters
    ----------
    start, end : array of int, shape (spans,)
        Microseconds.

    Returns
    -------
    list of array of int
        The rows of each incident, in the order of time.
    """
    order = np.argsort(start, kind="stable")
    # A long span may end after later ones, so the gap counts from the latest end so far.
    until = np.maximum.accumulate(end[order])
    new = np.flatnonzero(start[order][1:] - until[:-1] >= DAY) + 1
    return np.split(order, new)


def incident_of(starts: Column, time: Column) -> Column:
    """Return the incident of each recipient: an incident lasts until the next one starts.

    Parameters
    ----------
    starts : array of int, shape (incidents,)
        Starts of the incidents in the order of time, microseconds.
    time : array of int, shape (recipients,)
        When each recipient got its final status, microseconds.

    Returns
    -------
    array of int, shape (recipients,)
        Indexes of incidents; -1 before the first incident.

    Notes
    -----
    A domain may refuse for a listing that it has read before the listing ended, so what comes after
    the end of an incident still belongs to it.
    """
    return np.searchsorted(starts, time, "right") - 1


def spans(trace: Trace) -> tuple[Column, Column, Column, Column]:
    """Return the spans of provider states: account, start, end and state of each."""
    levels = trace.levels
    rows = np.flatnonzero(levels["level"] == Level.PROVIDER)
    account, start = levels["subject"][rows], levels["time"][rows]
    # By account, then time: a state lasts until the next change of the same account.
    order = np.lexsort((start, account))
    account, start, state = account[order], start[order], levels["value"][rows][order]
    end = np.full(len(rows), OPEN)
    same = np.flatnonzero(account[1:] == account[:-1])
    end[same] = start[same + 1]
    return account, start, end, state
