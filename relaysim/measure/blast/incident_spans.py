"""Trouble: spans in which a public IP is listed, or blocked or throttled by a mailbox provider."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from relaysim.mail.provider_state import State
from relaysim.measure.measured_window import HOUR, Window
from relaysim.stats.interval import Mask
from relaysim.trace.step_function import Steps
from relaysim.trace.tables import Column, Level, Trace

DAY = 24 * HOUR
LISTED = 0
"""The state of an IP on a blocklist; others are `State.THROTTLE` and `State.BLOCK`."""
OPEN = 2**62
"""The end of what lasts beyond the run."""


class Incident(NamedTuple):
    """A span of trouble of any public IP, [start, end), and the rows of `Trouble` in it."""

    start: int
    end: int
    rows: Column


@dataclass(frozen=True)
class Trouble:
    """One entry a span [start, end) of one IP, microseconds.

    `subject` is a blocklist for `state` LISTED, else the destination whose provider it is.
    """

    egress: Column
    start: Column
    end: Column
    state: Column
    subject: Column

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """From the listings and the states of providers in a trace."""
        listings = trace.listings
        account, start, end, state = spans(trace)
        bad = state >= State.THROTTLE
        egress = np.array(trace.names.provider_state_egress, np.int64)[account[bad]]
        destination = np.array(trace.names.provider_state_destination, np.int64)[account[bad]]
        until = listings["end"]
        return cls(
            np.concatenate((listings["egress"], egress)),
            np.concatenate((listings["start"], start[bad])),
            np.concatenate((np.where(until >= 0, until, OPEN), end[bad])),
            np.concatenate((np.full(len(listings), LISTED), state[bad])),
            np.concatenate((listings["blocklist"], destination)),
        )

    def incidents(self, window: Window) -> list[Incident]:
        """Those that touch the window; spans less than 24 h apart are one."""
        if not len(self.start):
            return []
        order = np.argsort(self.start, kind="stable")
        until = np.maximum.accumulate(self.end[order])
        new = np.flatnonzero(self.start[order][1:] - until[:-1] >= DAY) + 1
        found = []
        for rows in np.split(order, new):
            start, end = int(self.start[rows].min()), int(self.end[rows].max())
            if start < window.end and end > window.start:
                found.append(Incident(start, end, rows))
        return found

    def address_time(self, ips: Mask, window: Window) -> int:
        """How long some IPs are listed or blocked in the window, microseconds, summed over them."""
        total = 0
        for egress in np.flatnonzero(ips):
            rows = (self.egress == egress) & (self.state != State.THROTTLE)
            steps = Steps.of(self.start[rows], self.end[rows]).between(window.start, window.end)
            total += steps.time_where(steps.values > 0)
        return total


def spans(trace: Trace) -> tuple[Column, Column, Column, Column]:
    """Return the spans of provider states: account, start, end and state of each."""
    levels = trace.levels
    rows = np.flatnonzero(levels["level"] == Level.PROVIDER)
    account, start = levels["subject"][rows], levels["time"][rows]
    order = np.lexsort((start, account))
    account, start, state = account[order], start[order], levels["value"][rows][order]
    end = np.full(len(rows), OPEN)
    same = np.flatnonzero(account[1:] == account[:-1])
    end[same] = start[same + 1]
    return account, start, end, state
