"""Load balancers: which hub gets the next connection."""

from collections.abc import Sequence

from relaysim.engine.kernel import EventLoop
from relaysim.engine.relay.hub import Hub
from relaysim.plan.host_plan import BalancerPlan


class LoadBalancer:
    """A load balancer in front of hubs.

    Attributes
    ----------
    connections : int
        Connections so far, which gives each hub its turn.
    sessions : list of (int, int)
        Of each hub, its epoch and the sessions by this balancer that it has accepted since. A stop
        of the hub ends them.
    """

    def __init__(self, loop: EventLoop, plan: BalancerPlan, hubs: Sequence[Hub]) -> None:
        self.loop, self.plan = loop, plan
        self.hubs = [hubs[number] for number in plan.hubs]
        self.connections = 0
        self.sessions = [(0, 0)] * len(self.hubs)

    def choose(self) -> int:
        """Return the place of the hub of the next connection among its hubs; -1 if none runs.

        Notes
        -----
        Round robin passes over a hub that did not run at the last health check. Of hubs with
        equally few sessions the first by name is chosen. Both rules are without chance.
        """
        count, start = len(self.hubs), self.connections
        self.connections += 1
        last_check = self.loop.tick - self.loop.tick % self.plan.health_check_interval
        turns = ((start + turn) % count for turn in range(count))
        running = [place for place in turns if self.hubs[place].ran_at(last_check)]
        if not running:
            return -1
        if not self.plan.least_connections:
            return running[0]
        return min(running, key=lambda place: (self._open(place), place))

    def _open(self, place: int) -> int:
        epoch, count = self.sessions[place]
        return count if epoch == self.hubs[place].epoch else 0

    def opened(self, place: int) -> None:
        """Count a session that a hub has accepted."""
        self.sessions[place] = self.hubs[place].epoch, self._open(place) + 1

    def closed(self, place: int) -> None:
        """Count the end of a session at a hub that has not stopped since."""
        self.sessions[place] = self.hubs[place].epoch, self._open(place) - 1
