"""The hubs that a delivery queue hands mail to."""

from collections.abc import Sequence

from relaysim.engine.context import Context
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.load_balancer import LoadBalancer
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.plan.queue_plan import ClientSession, QueuePlan
from relaysim.plan.resource_plan import Cost


class HubChoice:
    """The hubs that a delivery queue hands mail to, and the turn of each.

    Attributes
    ----------
    connections : int
        Connections opened so far, which gives each hub its turn.
    """

    def __init__(
        self,
        context: Context,
        plan: QueuePlan,
        peers: Sequence[Hub],
        balancer: LoadBalancer | None,
    ) -> None:
        self.loop, self.record, self.transactions, self.scenario_plan = context
        self.plan, self.peers, self.balancer = plan, peers, balancer
        self.connections = 0

    def next(self) -> tuple[Hub | None, int]:
        """Choose the hub of the next connection.

        The hubs take turns; a hub that would refuse the connection is passed over. If all hubs
        would refuse, the connection goes to the hub whose turn it is. A load balancer chooses by
        itself, and a refusal of its hub is final.

        Returns
        -------
        hub : Hub or None
            None if the queue leads to the mailbox server.
        reply : int
            The reply that refuses the connection; -1 if the connection is accepted.
        """
        if not self.peers:
            return None, -1
        if self.balancer is not None:
            return self._by_balancer(self.balancer)
        start, self.connections = self.connections, self.connections + 1
        hubs = [self.peers[(start + turn) % len(self.peers)] for turn in range(len(self.peers))]
        if self.plan.sessions:
            return self._enter(hubs)
        replies = [self.refusal(hub) for hub in hubs]
        taken = replies.index(-1) if -1 in replies else 0
        return hubs[taken], replies[taken]

    def _by_balancer(self, balancer: LoadBalancer) -> tuple[Hub, int]:
        """Open a session at the hub that a load balancer chooses."""
        place = balancer.choose()
        if place < 0:  # it has no hub that runs
            return self.peers[0], self.record.replies.number(str(reply.UNABLE_TO_CONNECT))
        hub, refusal = self._enter(self.peers[place : place + 1])
        if refusal < 0:
            balancer.opened(place)
        return hub, refusal

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
        # As a client the hub gets this reply to MAIL FROM: see `envelope`.
        if not self.plan.sessions and pressure.refuses_mail_from(
            Peer.EXCHANGE_SERVER, sender_is_authoritative=True
        ):
            return number(str(reply.INSUFFICIENT_RESOURCES))
        return -1

    # A smart host that is a hub: this hub is a client there, like any other.

    def _session(self, peer: Hub) -> ClientSession | None:
        sessions = self.plan.sessions
        return sessions[self.plan.to_hubs.index(peer.number)] if sessions else None

    def receive_cost(self, peer: Hub) -> Cost:
        """Return the core time by which another hub takes a message of this hub in."""
        costs = self.plan.receive
        own = costs[self.plan.to_hubs.index(peer.number)] if costs else None
        return own or peer.plan.receive

    def _enter(self, hubs: Sequence[Hub]) -> tuple[Hub, int]:
        """Open a session at the first hub that admits it; else return the first refusal."""
        first = -1
        for hub in hubs:
            refusal, session = self.refusal(hub), self._session(hub)
            if refusal < 0 and session is not None:
                text = hub.sessions[session.connector].admit(session.source)
                refusal = self.record.replies.number(text) if text else -1
            if refusal < 0:
                return hub, -1
            first = refusal if first < 0 else first
        return hubs[0], first

    def leave(self, peer: Hub | None, epoch: int) -> None:
        """End the session at another hub that has not stopped since; `epoch` is of its begin."""
        session = None if peer is None else self._session(peer)
        if peer is not None and session is not None and peer.epoch == epoch:
            peer.sessions[session.connector].leave(session.source)
            if self.balancer is not None:
                self.balancer.closed(self.peers.index(peer))

    def envelope(self, peer: Hub, transaction: int) -> tuple[int, int]:
        """Return how another hub answers MAIL FROM and RCPT TO of a transaction.

        A transaction is refused as a whole if one of its recipients is refused (assumption).

        Returns
        -------
        reply : int
            The reply that refuses the transaction; -1 if it is accepted.
        delay : int
            How long the hub delays an error reply, microseconds.
        """
        session = self._session(peer)
        if session is None:
            return -1, 0
        record, transactions, plan = self.record, self.transactions, self.scenario_plan
        number, connector = record.replies.number, peer.sessions[session.connector]
        message = transactions.message[transaction]
        stream, size = record.messages.stream[message], record.messages.size[message]
        refused, delay = session.mail[stream], session.error_delay
        if refused >= 0:
            return number(plan.replies[refused]), delay
        is_own = plan.streams[stream].sender_is_authoritative
        if peer.pressure.refuses_mail_from(Peer.OTHER, is_own):
            return number(connector.text(reply.INSUFFICIENT_RESOURCES)), delay
        limit = connector.plan.max_message_size
        if limit is not None and size > limit and not session.bypasses_size_limit:
            return number(connector.text(reply.MESSAGE_TOO_LARGE)), delay
        text = connector.over_rate(session.source, -1, self.loop.tick)
        if text:
            return number(text), delay
        domain = record.recipients.domain
        for recipient in transactions.recipients(transaction):
            refused = session.rcpt[domain[recipient]]
            if refused >= 0:
                return number(plan.replies[refused]), delay
        return -1, 0
