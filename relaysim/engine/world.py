"""The world of a run: what all actors share."""

from typing import TYPE_CHECKING

from relaysim.engine.kernel import Clock
from relaysim.engine.recorder import Recorder
from relaysim.engine.relay.station import Line
from relaysim.engine.reputation.ip_volume import Volumes
from relaysim.engine.reputation.listings import Listings
from relaysim.engine.reputation.suppression import Mailing
from relaysim.plan.plan import Plan
from relaysim.plan.reached import busiest_days
from relaysim.traffic.workload import Draws

if TYPE_CHECKING:
    from relaysim.engine.relay.host import Host
    from relaysim.engine.relay.hub import Hub
    from relaysim.engine.relay.mailbox_server import MailboxServer
    from relaysim.engine.reputation.administrator import Administrator
    from relaysim.engine.reputation.list_operator import Blocklist
    from relaysim.engine.reputation.receiver import Internet
    from relaysim.engine.reputation.signal_reports import Signals


class World:
    """Clock, record and plan, lines and lists; and, once they are there, all who act.

    `counts_volume`: somebody wants to know how much each IP sends.
    """

    internet: "Internet"
    signals: "Signals"
    administrator: "Administrator"

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        self.busiest_days = busiest_days(plan, draws)
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
