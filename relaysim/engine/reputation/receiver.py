"""The Internet as a hub sees it: who can be connected to, who refuses, how long an answer takes."""

from typing import TYPE_CHECKING

import numpy as np

from relaysim.engine.reputation.listings import PARTIES, Lookups
from relaysim.engine.reputation.mailbox_provider import Provider
from relaysim.engine.reputation.provider_account import Standing
from relaysim.mail import remote_reply as remote
from relaysim.mail import reply
from relaysim.plan.plan import Plan, QueuePlan, StreamPlan
from relaysim.trace.tables import PROVIDER_CAUSE, Level, Status
from relaysim.traffic.draw import Decision, draw32, name_key
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

if TYPE_CHECKING:
    from relaysim.engine.relay.hub import Hub
    from relaysim.engine.world import World

ACCEPTED, DEFERRED, REFUSED, CLOSED = range(4)
"""The kinds of verdict; CLOSED is a 4xx reply that ends the connection."""
GREETING, MAIL, RCPT, DATA = range(4)
"""Where a domain refuses what it sees on a list."""
REJECT, DEFER, SCORE = range(3)
"""What it does: refuse for good, for a time, or put into the junk folder."""

_CONNECT_FAILURE, _DEFER = int(Decision.CONNECT_FAILURE), int(Decision.DEFER)
_JUNK, _UNKNOWN = int(Decision.JUNK), int(Signal.UNKNOWN)
_DELIVERED, _JUNKED = int(Status.DELIVERED), int(Status.JUNKED)


class Internet:
    """The receiving domains: their limits, the lists that they ask, the reputations that they keep.

    `wary` says of each domain whether it may refuse mail for its sender's reputation, `watched`
    whether it may do anything but accept all of it in the same way.
    """

    def __init__(self, world: "World", draws: Draws) -> None:
        self.world, self.clock, self.record = world, world.clock, world.record
        self.plan: Plan = world.plan
        plan = self.plan
        self.lookups = Lookups(self.record, plan, draws, world.listings)
        extra = len(plan.domains) - len(draws.stage)
        self.stage = [*draws.stage.tolist(), *[RCPT] * extra]
        self.action = [*draws.action.tolist(), *[REJECT] * extra]
        self.providers = [
            None
            if receiver.reputation is None
            else Provider(
                world,
                number,
                receiver.reputation,
                name_key(draws.seed, draws.replication, "provider", receiver.name),
            )
            for number, receiver in enumerate(plan.receivers)
        ]
        keeps = [self.providers[of] is not None for of in plan.receiver_of]
        uses = [bool(lists) for lists in self.lookups.uses]
        self.wary = [a or b for a, b in zip(keeps, uses, strict=True)]
        told = set(np.unique(draws.domain[draws.signal > 0]).tolist())
        self.watched = [wary or number in told for number, wary in enumerate(self.wary)]
        self.out = [0] * len(plan.receivers)
        self.connections: dict[tuple[int, int], int] = {}
        self.unable = self.record.reply_id(str(reply.UNABLE_TO_CONNECT))
        self.accepted = self.record.reply_id(str(remote.ACCEPTED))

    def greet(self, queue: QueuePlan, transaction: int) -> int:
        """What a new connection meets: the id of the reply that ends it, or -1 for a greeting.

        In this order: the destination is down, the connection fails by chance, too many
        connections from this IP, the IP is on a list that the domain acts on at the greeting.
        A greeting must be followed by `leave` when the connection ends.
        """
        egress, domain = queue.egress, queue.domain
        number = self.plan.receiver_of[domain]
        receiver = self.plan.receivers[number]
        if self.out[number]:
            return self.unable
        if receiver.connect_failure:
            key = self.record.key[self.record.leader[transaction]]
            attempt = self.record.tried[transaction]
            if draw32(key, _CONNECT_FAILURE, attempt) < receiver.connect_failure:
                return self.unable
        there = 0
        if receiver.connections_per_ip:
            there = self.connections.get((egress, domain), 0)
            if there >= receiver.connections_per_ip:
                return self._said(str(remote.TOO_MANY_CONNECTIONS), egress)
        if self.stage[domain] == GREETING and self.lookups.uses[domain]:
            kind, said = self._listed(queue, self._stream(transaction))
            if kind != ACCEPTED:
                return said
        if receiver.connections_per_ip:
            self.connections[egress, domain] = there + 1
        return -1

    def leave(self, egress: int, domain: int) -> None:
        """A connection ends."""
        if self.plan.receivers[self.plan.receiver_of[domain]].connections_per_ip:
            self.connections[egress, domain] -= 1

    def _stream(self, transaction: int) -> StreamPlan:
        record = self.record
        return self.plan.streams[record.stream[record.carries[transaction]]]

    def _listed(self, queue: QueuePlan, stream: StreamPlan) -> tuple[int, int]:
        """What the lists that a domain sees the IP on make it do: verdict and reply."""
        domain, egress = queue.domain, queue.egress
        action = self.action[domain]
        if action == SCORE:
            return ACCEPTED, -1
        who = egress * PARTIES + stream.listing_party
        lists = self.lookups.seen(domain, who, self.clock.tick)
        if not lists:
            return ACCEPTED, -1
        text = self.plan.refusals[queue.receiver, lists[0], action]
        kind = REFUSED if action == REJECT else DEFERRED
        return kind, self._said(text, egress, lists[0])

    def asked(self, queue: QueuePlan, transaction: int, hub: "Hub") -> tuple[int, int]:
        """The answer to MAIL FROM and RCPT TO of a transaction: verdict and reply.

        Recipients that do not exist are refused; the others go on without them.
        """
        record, domain = self.record, queue.domain
        message = record.carries[transaction]
        if self.wary[domain]:
            stream = self.plan.streams[record.stream[message]]
            if self.stage[domain] in (MAIL, RCPT) and self.lookups.uses[domain]:
                kind, said = self._listed(queue, stream)
                if kind != ACCEPTED:
                    return kind, said
            provider = self.providers[queue.receiver]
            if provider is not None and stream.host >= 0:
                text = provider.refuses(stream, queue.egress)
                if text:
                    kind = CLOSED if text.startswith("4") else REFUSED
                    return kind, self._said(text, queue.egress, PROVIDER_CAUSE)
        if record.recipients[message] == 1:
            recipient = record.leader[transaction]
            if not record.signal[recipient] & _UNKNOWN or record.domain[recipient] != domain:
                return ACCEPTED, -1
        elif not self._some_unknown(queue, transaction, hub):
            return ACCEPTED, -1
        recipients = record.members(transaction)
        return REFUSED, self._unknown(queue, transaction, recipients)

    def _some_unknown(self, queue: QueuePlan, transaction: int, hub: "Hub") -> bool:
        """Refuse the recipients that do not exist, if there are others; whether there are none."""
        record = self.record
        recipients = record.members(transaction)
        unknown = [recipient for recipient in recipients if record.signal[recipient] & _UNKNOWN]
        if not unknown or record.domain[recipients[0]] != queue.domain:
            return False
        if len(unknown) == len(recipients):
            return True
        said = self._unknown(queue, transaction, unknown)
        for recipient in unknown:
            record.fated(recipient, int(Status.BOUNCED), self.clock.tick, said)
        hub.notify(unknown[0], Decision.NDR)
        return False

    def _unknown(self, queue: QueuePlan, transaction: int, unknown: list[int]) -> int:
        """Some recipients do not exist: who counts it counts it. Returns the reply."""
        provider, stream = self.providers[queue.receiver], self._stream(transaction)
        for recipient in unknown:
            self.world.mailing.bounced(recipient)
            if stream.counted and provider is not None:
                provider.unknown(stream, queue.egress)
                self.world.signals.unknown(recipient, queue.egress, queue.receiver)
        text = self.plan.receivers[queue.receiver].unknown_user
        return self._said(text, queue.egress)

    def verdict(self, queue: QueuePlan, transaction: int) -> tuple[int, int]:
        """The answer to the end of the data: verdict and reply."""
        egress, domain = queue.egress, queue.domain
        receiver = self.plan.receivers[queue.receiver]
        if self.stage[domain] == DATA and self.lookups.uses[domain]:
            kind, said = self._listed(queue, self._stream(transaction))
            if kind != ACCEPTED:
                return kind, said
        if receiver.defer:
            record = self.record
            key, attempt = record.key[record.leader[transaction]], record.tried[transaction]
            if draw32(key, _DEFER, attempt) < receiver.defer:
                return DEFERRED, self._said(receiver.deferral, egress)
        return ACCEPTED, self.accepted

    def take(self, queue: QueuePlan, transaction: int, hub: "Hub") -> None:
        """Count the recipients that a domain accepted, and the signals that follow."""
        record, domain = self.record, queue.domain
        stream = self._stream(transaction)
        provider, standing, junk = self.providers[queue.receiver], None, 0
        if provider is not None and stream.host >= 0:
            standing = provider.standing(stream, queue.egress)
            junk = standing.junk
        if self.action[domain] == SCORE and self.lookups.uses[domain]:
            who = queue.egress * PARTIES + stream.listing_party
            if self.lookups.seen(domain, who, self.clock.tick):
                junk = max(junk, self.plan.receivers[queue.receiver].junk_share)
        if not stream.counted:
            standing = None
        if record.recipients[record.carries[transaction]] == 1:
            recipient = record.leader[transaction]
            status = self._lands(queue, stream, standing, recipient, junk)
            hub.finish(transaction, status, self.accepted)
        else:
            recipients = record.members(transaction)
            statuses = [
                self._lands(queue, stream, standing, recipient, junk) for recipient in recipients
            ]
            hub.settle(transaction, recipients, statuses, self.accepted)

    def _lands(
        self,
        queue: QueuePlan,
        stream: StreamPlan,
        standing: Standing | None,
        recipient: int,
        junk: int,
    ) -> int:
        """The final status of a recipient that was taken; whoever counts it counts it."""
        record = self.record
        junked = junk > 0 and draw32(record.key[recipient], _JUNK, 0) < junk
        if standing is not None:
            standing.took(junked)
        if stream.counted and record.signal[recipient] and record.domain[recipient] == queue.domain:
            self.world.signals.follow(recipient, queue.egress, queue.receiver, junked)
        return _JUNKED if junked else _DELIVERED

    def sent(self, queue: QueuePlan, transaction: int) -> None:
        """A message has gone out by an IP, which receivers behind a smart host do not see."""
        record, stream = self.record, self._stream(transaction)
        direct = record.domain[record.leader[transaction]] == queue.domain
        if stream.counted and direct:
            who = queue.egress * PARTIES + stream.listing_party
            self.world.volumes.add(who, self.clock.tick)
            if stream.compromised:
                for blocklist in self.world.blocklists:
                    blocklist.compromised(who)

    def bounced(self, queue: QueuePlan, transaction: int, said: int) -> None:
        """A message is refused for good: an innocent sender refused for a reputation will call.

        Of DSNs and other mail of the null sender there is no NDR, so nobody does.
        """
        stream = self._stream(transaction)
        tells = stream.host >= 0 and stream.sender_domain >= 0 and not stream.culprit
        if self.record.causes[said] != -1 and tells:
            self.world.administrator.bounced(queue.egress)

    def _said(self, text: str, egress: int, cause: int = -1) -> int:
        return self.record.reply_id(text.replace("{ip}", self.plan.egress[egress].name), cause)

    def go_down(self, receiver: int) -> None:
        """A destination cannot be connected to any more; outages that overlap are counted."""
        self.out[receiver] += 1
        if self.out[receiver] == 1:
            self.record.level(Level.OUTAGE, receiver, self.clock.tick, 1)

    def come_back(self, receiver: int) -> None:
        """An outage ends."""
        self.out[receiver] -= 1
        if not self.out[receiver]:
            self.record.level(Level.OUTAGE, receiver, self.clock.tick, 0)
