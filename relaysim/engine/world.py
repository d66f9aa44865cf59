"""The world of a run: what all actors share."""

from typing import TYPE_CHECKING

from relaysim.engine.clock import Clock
from relaysim.engine.listings import Listings
from relaysim.engine.mailing import Mailing
from relaysim.engine.plan import Plan
from relaysim.engine.recorder import Recorder
from relaysim.engine.station import Line
from relaysim.engine.volumes import Volumes
from relaysim.traffic.workload import Draws

if TYPE_CHECKING:
    from relaysim.engine.administrator import Administrator
    from relaysim.engine.blocklist import Blocklist
    from relaysim.engine.host import Host
    from relaysim.engine.hub import Hub
    from relaysim.engine.mailbox import MailboxServer
    from relaysim.engine.receiver import Internet
    from relaysim.engine.signals import Signals


class World:
    """Clock, record and plan, lines and lists; and, once they are there, all who act.

    `counts_volume`: somebody wants to know how much each IP sends.
    """

    internet: "Internet"
    signals: "Signals"
    administrator: "Administrator"

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        self.clock = Clock()
        self.record = Recorder(plan, draws)
        self.listings = Listings(self.clock, self.record, plan)
        self.mailing = Mailing(self.record, plan, draws)
        self.volumes = Volumes()
        self.counts_volume = any(
            blocklist.trigger in ("scored_ratio", "compromise") for blocklist in plan.blocklists
        )
        self.blocklists: list[Blocklist] = []
        self.lines = [
            Line(self.clock, self.record, number, line.station, line.bandwidth)
            for number, line in enumerate(plan.lines)
        ]
        self.hubs: list[Hub] = []
        self.hosts: list[Host | MailboxServer] = []
