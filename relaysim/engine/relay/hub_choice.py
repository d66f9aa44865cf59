"""The hubs that a delivery queue hands mail to."""

from collections.abc import Sequence

from relaysim.engine.context import Context
from relaysim.engine.relay.hub import Hub
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.plan.plan import QueuePlan


class HubChoice:
    """The hubs that a delivery queue hands mail to, and the turn of each.

    Attributes
    ----------
    connections : int
        Connections opened so far, which gives each hub its turn.
    """

    def __init__(self, context: Context, plan: QueuePlan, peers: Sequence[Hub]) -> None:
        self.record, self.plan, self.peers = context.record, plan, peers
        self.connections = 0

    def next(self) -> tuple[Hub | None, int]:
        """Choose the hub of the next connection.

        The hubs take turns; a hub that would refuse the connection is passed over. If all hubs
        would refuse, the connection goes to the hub whose turn it is.

        Returns
        -------
        hub : Hub or None
            None if the queue leads to the mailbox server.
        reply : int
            The reply that refuses the connection; -1 if the connection is accepted.
        """
        if not self.peers:
            return None, -1
        start, self.connections = self.connections, self.connections + 1
        hubs = [self.peers[(start + turn) % len(self.peers)] for turn in range(len(self.peers))]
        replies = [self.refusal(hub) for hub in hubs]
        taken = replies.index(-1) if -1 in replies else 0
        return hubs[taken], replies[taken]

    def refusal(self, peer: Hub) -> int:
        """Return the reply with which another hub refuses mail of this hub now; -1 for none."""
        number, pressure = self.record.replies.number, peer.pressure
        if not peer.up:
            return number(str(reply.UNABLE_TO_CONNECT))
        if pressure.refuses_connection():
            return number(str(reply.SERVICE_NOT_AVAILABLE))
        refusal = self.plan.refusals[self.plan.to_hubs.index(peer.number)]
        if refusal:
            return number(refusal)
        if pressure.refuses_mail_from(Peer.EXCHANGE_SERVER, sender_is_authoritative=True):
            return number(str(reply.INSUFFICIENT_RESOURCES))
        return -1
