"""The Internet as a hub sees it: who can be connected to, who refuses, how long an answer takes."""

import numpy as np
import numpy.typing as npt

from relaysim.engine.clock import Clock
from relaysim.engine.plan import Plan
from relaysim.engine.recorder import Recorder
from relaysim.engine.trace import Level
from relaysim.mail import remote, reply
from relaysim.traffic.draw import Decision, draw32

ACCEPTED, JUNKED, DEFERRED, REFUSED = range(4)
"""The kinds of verdict."""

_CONNECT_FAILURE, _DEFER = int(Decision.CONNECT_FAILURE), int(Decision.DEFER)


class Internet:
    """The receiving domains, and the blocklists that some of them use.

    `uses` (domains x blocklists) says which domain uses which list; it is drawn once a replication.
    """

    def __init__(
        self, clock: Clock, record: Recorder, plan: Plan, uses: npt.NDArray[np.bool_]
    ) -> None:
        self.clock, self.record, self.plan = clock, record, plan
        self.uses: list[list[int]] = [np.flatnonzero(row).tolist() for row in uses]
        self.uses.extend([] for _ in range(len(plan.domains) - len(uses)))
        self.listed: dict[int, dict[int, int]] = {}
        self.out = [0] * len(plan.receivers)
        self.connections: dict[tuple[int, int], int] = {}
        self.unable = record.reply_id(str(reply.UNABLE_TO_CONNECT))
        self.accepted = record.reply_id(str(remote.ACCEPTED))

    def greet(self, egress: int, domain: int, key: int, attempt: int) -> int:
        """What a new connection meets: the id of the reply that ends it, or -1 for a greeting.

        In this order: the destination is down, the connection fails by chance, too many
        connections from this IP, the IP is on a list that the domain acts on at the greeting.
        A greeting must be followed by `leave` when the connection ends.
        """
        number = self.plan.receiver_of[domain]
        receiver = self.plan.receivers[number]
        if self.out[number]:
            return self.unable
        if receiver.connect_failure and (
            draw32(key, _CONNECT_FAILURE, attempt) < receiver.connect_failure
        ):
            return self.unable
        if receiver.connections_per_ip:
            there = self.connections.get((egress, domain), 0)
            if there >= receiver.connections_per_ip:
                return self._said(str(remote.TOO_MANY_CONNECTIONS), egress)
        if self.listed:
            kind, said = self.refusal(egress, domain, "greeting")
            if kind != ACCEPTED:
                return said
        if receiver.connections_per_ip:
            self.connections[egress, domain] = there + 1
        return -1

    def leave(self, egress: int, domain: int) -> None:
        """A connection ends."""
        if self.plan.receivers[self.plan.receiver_of[domain]].connections_per_ip:
            self.connections[egress, domain] -= 1

    def refusal(self, egress: int, domain: int, stage: str) -> tuple[int, int]:
        """What the lists that the egress is on make a domain do at a stage: verdict and reply."""
        lists = self.listed.get(egress)
        if lists:
            number = self.plan.receiver_of[domain]
            receiver = self.plan.receivers[number]
            if receiver.refuses_at == stage and not receiver.junks:
                for blocklist in self.uses[domain]:
                    if blocklist in lists:
                        text = self.plan.refusals[number, blocklist]
                        kind = DEFERRED if text.startswith("4") else REFUSED
                        return kind, self._said(text, egress)
        return ACCEPTED, -1

    def verdict(self, egress: int, domain: int, key: int, attempt: int) -> tuple[int, int]:
        """The answer to the end of the data: verdict and reply."""
        receiver = self.plan.receivers[self.plan.receiver_of[domain]]
        if self.listed:
            kind, said = self.refusal(egress, domain, "data")
            if kind != ACCEPTED:
                return kind, said
        if receiver.defer and draw32(key, _DEFER, attempt) < receiver.defer:
            return DEFERRED, self._said(receiver.deferral, egress)
        if self.listed and receiver.junks:
            lists = self.listed.get(egress, {})
            if any(blocklist in lists for blocklist in self.uses[domain]):
                return JUNKED, self.accepted
        return ACCEPTED, self.accepted

    def _said(self, text: str, egress: int) -> int:
        return self.record.reply_id(text.replace("{ip}", self.plan.egress[egress]))

    def list_egress(self, egress: int, blocklist: int) -> None:
        """An egress gets on a list; listings that overlap are counted."""
        lists = self.listed.setdefault(egress, {})
        lists[blocklist] = lists.get(blocklist, 0) + 1

    def delist_egress(self, egress: int, blocklist: int) -> None:
        """A listing ends."""
        lists = self.listed[egress]
        lists[blocklist] -= 1
        if not lists[blocklist]:
            del lists[blocklist]
        if not lists:
            del self.listed[egress]

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
