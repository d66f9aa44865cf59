"""Scripted outages: of destinations, of their MX hosts, of the mailbox server and of lines."""

from relaysim.engine.context import Context
from relaysim.plan.receiver_plan import MAILBOXES
from relaysim.trace.tables import Level


class Outages:
    """The scripted outages that last now.

    Attributes
    ----------
    of : list of int
        For each destination the current scripted outages; they may overlap. Those of the own
        mailboxes are outages of the mailbox server.
    mailbox_stops : int
        Outages of the mailbox server so far. Another number after a yield means that it cut a
        delivery.
    lines_down, line_cut_at : list of int
        For each line its current scripted outages, and when the last one began; -1: none did. A
        connection that is older was cut.
    lost_hosts : list of int
        For each destination the MX hosts of a domain that scripted outages keep unreachable.
    """

    def __init__(self, context: Context) -> None:
        self.loop, self.record, _, self.plan = context
        plan = self.plan
        self.of = [0] * len(plan.receivers)
        self.mailbox_stops = 0
        self.lines_down, self.line_cut_at = [0] * len(plan.lines), [-1] * len(plan.lines)
        self.lost_hosts = [0] * len(plan.receivers)

    def lose_hosts(self, receiver: int, hosts: int) -> None:
        """Make so many more MX hosts of each domain unreachable; a negative number: fewer."""
        self.lost_hosts[receiver] += hosts
        self.record.level(Level.MX_OUTAGE, receiver, self.loop.tick, self.lost_hosts[receiver])

    def begin_outage(self, receiver: int) -> None:
        """Begin an outage: connections to the destination fail from now on."""
        self.of[receiver] += 1
        self.mailbox_stops += receiver == MAILBOXES
        if self.of[receiver] == 1:
            self.record.level(Level.OUTAGE, receiver, self.loop.tick, 1)

    def end_outage(self, receiver: int) -> None:
        """End an outage of a destination, unless another one still lasts."""
        self.of[receiver] -= 1
        if not self.of[receiver]:
            self.record.level(Level.OUTAGE, receiver, self.loop.tick, 0)

    def begin_line_outage(self, line: int) -> None:
        """Begin an outage of a line: connections by it are cut, and new ones fail."""
        self.lines_down[line] += 1
        self.line_cut_at[line] = self.loop.tick
        if self.lines_down[line] == 1:
            station = self.plan.lines[line].station
            self.record.level(Level.LINE_DOWN, station, self.loop.tick, 1)

    def end_line_outage(self, line: int) -> None:
        """End an outage of a line, unless another one still lasts."""
        self.lines_down[line] -= 1
        if not self.lines_down[line]:
            station = self.plan.lines[line].station
            self.record.level(Level.LINE_DOWN, station, self.loop.tick, 0)
