"""The world of a run: what all actors share."""

from typing import TYPE_CHECKING

from relaysim.engine.clock import Clock
from relaysim.engine.plan import Plan
from relaysim.engine.receiver import Internet
from relaysim.engine.recorder import Recorder
from relaysim.engine.station import Line
from relaysim.traffic.workload import Draws

if TYPE_CHECKING:
    from relaysim.engine.host import Host
    from relaysim.engine.hub import Hub
    from relaysim.engine.mailbox import MailboxServer


class World:
    """Clock, record and plan; lines and the Internet; and, once they are there, hubs and hosts."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        self.clock = Clock()
        self.record = Recorder(plan, draws)
        self.internet = Internet(self.clock, self.record, plan, draws.uses)
        self.lines = [
            Line(self.clock, self.record, number, line.station, line.bandwidth)
            for number, line in enumerate(plan.lines)
        ]
        self.hubs: list[Hub] = []
        self.hosts: list[Host | MailboxServer] = []
