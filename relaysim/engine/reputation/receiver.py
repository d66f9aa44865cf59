"""The receiving side of the Internet: failed connections, refused mail, and the reasons."""

from collections.abc import Callable, Sequence

import numpy as np

from relaysim.engine.context import Context
from relaysim.engine.kernel import Event
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.bulk_senders import BulkSenders
from relaysim.engine.reputation.connection_backlogs import ConnectionBacklogs
from relaysim.engine.reputation.greylists import Greylists
from relaysim.engine.reputation.ip_volume import IpVolumes
from relaysim.engine.reputation.listings import (
    BOTH,
    DOMAINS,
    IPS,
    PARTIES,
    Listings,
    Lookups,
    domain_number,
)
from relaysim.engine.reputation.mailbox_provider import Provider
from relaysim.engine.reputation.mailing_lists import MailingLists
from relaysim.engine.reputation.outages import Outages
from relaysim.engine.reputation.provider_counters import ProviderState
from relaysim.engine.reputation.relay_limits import RelayLimits
from relaysim.engine.reputation.requirements import ALL, Requirements
from relaysim.engine.reputation.resolver_faults import ResolverFaults
from relaysim.engine.reputation.signals import SignalReports
from relaysim.mail import remote_reply as remote
from relaysim.mail import reply
from relaysim.mail.transport_enforcement import enforcement_reply
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.trace.tables import NO_CAUSE, PROVIDER_CAUSE, Status
from relaysim.traffic.draw import Decision, draw32, mx_counter, relay_counter
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

ACCEPTED, DEFERRED, REFUSED, CLOSED = range(4)
"""Verdicts: 2xx, 4xx, 5xx, and a 4xx reply that ends the connection."""
GREETED, WAITS, DROPPED = -1, -2, -3
"""Outcomes of a new connection besides the reply that refuses it: none is the number of a reply."""
GREETING, MAIL, RCPT, DATA = range(4)
"""Stages at which a domain refuses mail of a listed IP."""
REJECT, DEFER, SCORE = range(3)
"""What it does then: refuse for good, refuse for now, or put the mail into the junk folder."""

_CONNECT_FAILURE, _DEFER = int(Decision.CONNECT_FAILURE), int(Decision.DEFER)
_MX_HOST = int(Decision.MX_HOST)
_JUNK, _UNKNOWN = int(Decision.JUNK), int(Signal.UNKNOWN)
_DELIVERED, _JUNKED = int(Status.DELIVERED), int(Status.JUNKED)


class Internet:
    """The receiving domains: their limits, their DNSBL queries, and the states of their providers.

    Attributes
    ----------
    stage, action : list of int
        For each domain the stage at which it acts on a listed IP, and the action.
    judges : list of bool
        For each domain whether it may refuse mail for the reputation of the sender.
    watched : list of bool
        For each domain whether it may do anything but accept all mail in the same way.
    outages : Outages
        The scripted outages.
    connections : dict of (int, int) to int
        Open connections by egress and domain, where the destination limits them.
    counts_volume : bool
        Whether a blocklist needs the volume of each IP.

    Parameters
    ----------
    lookups : Lookups
        The DNSBL queries.
    providers : sequence of Provider or None
        For each destination its provider; None: it keeps no reputations.
    call_administrator : callable
        Called when innocent mail bounced for the reputation of an IP or a domain, with its number
        (`listings.PARTIES`) without the party.
    relay_limits : RelayLimits
        The limits of relay services.
    greylists : Greylists
        The greylists of the domains that have one.
    bulk_senders : BulkSenders
        What providers count of each registered domain.
    """

    def __init__(
        self,
        context: Context,
        draws: Draws,
        listings: Listings,
        providers: Sequence[Provider | None],
        operators: Sequence[BlocklistOperator],
        volumes: IpVolumes,
        mailing_lists: MailingLists,
        signals: SignalReports,
        call_administrator: Callable[[int], None],
        relay_limits: RelayLimits,
        greylists: Greylists,
        bulk_senders: BulkSenders,
    ) -> None:
        self.loop, self.record, self.transactions, self.plan = context
        plan = self.plan
        self.providers, self.operators, self.volumes = providers, operators, volumes
        self.mailing_lists, self.signals = mailing_lists, signals
        self.call_administrator, self.relay_limits = call_administrator, relay_limits
        self.greylists = greylists
        self.requirements = Requirements(context, bulk_senders)
        self.resolver_faults = ResolverFaults(plan, draws)
        self.lookups = Lookups(self.record, plan, draws, listings)
        # Domains without recipients, such as smart hosts, are not among the draws.
        extra = len(plan.domains) - len(draws.stage)
        self.stage = [*draws.stage.tolist(), *[RCPT] * extra]
        self.action = [*draws.action.tolist(), *[REJECT] * extra]
        self.judges = [
            providers[receiver] is not None or bool(blocklists)
            for receiver, blocklists in zip(plan.receiver_of, self.lookups.uses, strict=True)
        ]
        watched = set(np.unique(draws.domain[draws.signal > 0]).tolist())
        watched |= {queue.domain for queue in plan.queues if queue.relay >= 0}
        watched |= greylists.domains
        requires = self.requirements.of
        self.watched = [
            judges
            or number in watched
            or bool(requires[receiver] or plan.receivers[receiver].bulk_junk)
            for number, (judges, receiver) in enumerate(
                zip(self.judges, plan.receiver_of, strict=True)
            )
        ]
        self.outages = Outages(context)
        self.offset = plan.operations.offset
        self.connections: dict[tuple[int, int], int] = {}
        self.backlogs = ConnectionBacklogs(self.loop)
        self.counts_volume = any(blocklist.counts_volume for blocklist in plan.blocklists)
        self.unable = self.record.replies.number(str(reply.UNABLE_TO_CONNECT))
        self.accepted = self.record.replies.number(str(remote.ACCEPTED))

    def _stream(self, transaction: int) -> StreamPlan:
        message = self.transactions.message[transaction]
        return self.plan.streams[self.record.messages.stream[message]]

    def _reply(
        self, text: str, egress: int, cause: int = NO_CAUSE, registered_domain: int = -1
    ) -> int:
        text = text.replace("{ip}", self.plan.egress[egress].name)
        if registered_domain >= 0:
            text = text.replace("{domain}", self.plan.registered_domains[registered_domain].name)
        return self.record.replies.number(text, cause)

    # A connection, in the order of its stages.

    def unanswered(self, queue: QueuePlan, transaction: int) -> int:
        """Return how many MX hosts a new connection tries in vain; all if none answers.

        None answers while the line is down: names are in the cache of the resolver (assumption).
        The hosts have equal preference, so each attempt tries them in an order of its own (Postfix,
        `smtp_randomize_addresses`; for Exchange an assumption).
        """
        receiver = self.plan.receivers[queue.receiver]
        hosts = receiver.mx_hosts
        if self.outages.lines_down[queue.line]:
            return hosts
        dead = min(receiver.unreachable_mx_hosts + self.outages.lost_hosts[queue.receiver], hosts)
        tried = 0
        while tried < dead:
            key = self.record.key[self.transactions.first_recipient[transaction]]
            attempt = self.transactions.attempts[transaction]
            bits = draw32(key, _MX_HOST, mx_counter(queue.relay, attempt, tried))
            if bits * (hosts - tried) >> 32 >= dead - tried:  # one that answers is next
                break
            tried += 1
        return tried

    def connect(self, queue: QueuePlan, transaction: int) -> int:
        """Return the outcome of a new connection.

        The reasons of a refusal, in this order: the destination or the line is down, the connection
        fails by chance, too many connections from this IP, the IP is on a blocklist on which the
        domain acts at the greeting, too many connections for a relay service. After GREETED,
        `disconnect` must follow when the connection ends; after WAITS, `wait_for_place`.

        Returns
        -------
        int
            Number of the reply that refuses the connection, or GREETED, WAITS or DROPPED.
        """
        egress, domain = queue.egress, queue.domain
        number = self.plan.receiver_of[domain]
        receiver = self.plan.receivers[number]
        if self.outages.of[number] or self.outages.lines_down[queue.line]:
            return self.unable
        if receiver.connect_failure:
            key = self.record.key[self.transactions.first_recipient[transaction]]
            counter = relay_counter(queue.relay, self.transactions.attempts[transaction])
            if draw32(key, _CONNECT_FAILURE, counter) < receiver.connect_failure:
                return self.unable
        count = 0
        if receiver.connections_per_ip:  # 0: no limit
            count = self.connections.get((egress, domain), 0)
            if count >= receiver.connections_per_ip:
                if self.backlogs.length(queue) < receiver.connection_backlog:
                    return WAITS
                if receiver.drops_surplus:
                    return DROPPED
                return self._reply(str(remote.TOO_MANY_CONNECTIONS), egress)
        refusal = self._greeting(queue, transaction)
        if refusal == GREETED and receiver.connections_per_ip:
            self.connections[egress, domain] = count + 1
        return refusal

    def _greeting(self, queue: QueuePlan, transaction: int) -> int:
        """Return the reply in place of a greeting, or GREETED."""
        domain = queue.domain
        if self.stage[domain] == GREETING and self.lookups.of_ips[domain]:
            verdict, reply_number = self._by_blocklists(queue, self._stream(transaction), IPS)
            if verdict != ACCEPTED:
                return reply_number
        if queue.relay >= 0:
            return self.relay_limits.connect(queue.relay, queue.egress)
        return GREETED

    def wait_for_place(self, queue: QueuePlan, recipient: int, attempt: int) -> Event:
        """Return the event at which a connection of the backlog has its place.

        After it `greet` must follow, or `leave_place` if the hub has stopped: the receiver notices
        that only now (assumption).
        """
        return self.backlogs.join(queue, recipient, attempt)

    def greet(self, queue: QueuePlan, transaction: int) -> int:
        """Return the reply in place of a greeting to a connection that waited, or GREETED."""
        refusal = self.unable
        if not self.outages.of[queue.receiver] and not self.outages.lines_down[queue.line]:
            refusal = self._greeting(queue, transaction)
        if refusal != GREETED:
            self.leave_place(queue)
        return refusal

    def leave_place(self, queue: QueuePlan) -> None:
        """Give the place of a connection to the one that waits longest."""
        place = queue.egress, queue.domain
        if self.plan.receivers[queue.receiver].connections_per_ip and not self.backlogs.next(place):
            self.connections[place] -= 1

    def disconnect(self, queue: QueuePlan) -> None:
        """Count the end of a connection that was greeted."""
        self.leave_place(queue)
        if queue.relay >= 0:
            self.relay_limits.disconnect(queue.relay, queue.egress)

    def envelope(
        self, queue: QueuePlan, transaction: int, send_dsn: Callable[[int, Decision], None]
    ) -> tuple[int, int]:
        """Return the verdict about MAIL FROM and RCPT TO of a transaction.

        Recipients that do not exist bounce; the transaction continues without them. Greylisting
        comes last, as postgrey's answer `DEFER_IF_PERMIT` demands.

        Parameters
        ----------
        queue : QueuePlan
            The queue that sends.
        transaction : int
            Row.
        send_dsn : callable
            Sends a DSN about a recipient from the hub.

        Returns
        -------
        verdict, reply : int
            The reply is -1 for ACCEPTED.
        """
        if queue.relay >= 0:
            if queue.below_baseline >= 0:
                now = self.loop.tick
                refusal = enforcement_reply(queue.below_baseline + now, now + self.offset)
                if refusal is not None:
                    verdict = REFUSED if refusal.code >= reply.PERMANENT else DEFERRED
                    return verdict, self._reply(str(refusal), queue.egress)
            return self.relay_limits.envelope(queue, transaction, send_dsn)
        recipients, domain = self.record.recipients, queue.domain
        message = self.transactions.message[transaction]
        if self.judges[domain]:
            stream = self.plan.streams[self.record.messages.stream[message]]
            if self.stage[domain] != DATA and self.lookups.uses[domain]:
                # A greeting comes before MAIL FROM, which has the domain of the sender.
                asked = DOMAINS if self.stage[domain] == GREETING else BOTH
                verdict, reply_number = self._by_blocklists(queue, stream, asked)
                if verdict != ACCEPTED:
                    return verdict, reply_number
            provider = self.providers[queue.receiver]
            if provider is not None and stream.host >= 0:  # host -1: a DSN
                text = provider.refusal(stream, queue.egress)
                if text:
                    verdict = CLOSED if text.startswith("4") else REFUSED
                    return verdict, self._reply(text, queue.egress, PROVIDER_CAUSE)
        if self.record.messages.recipients[message] == 1:
            recipient = self.transactions.first_recipient[transaction]
            exists = not self.record.signal[recipient] & _UNKNOWN
            # The domain of a smart host has no list of users.
            if exists or recipients.domain[recipient] != domain:
                return self._known_sender(queue, transaction)
        elif not self._all_unknown(queue, transaction, send_dsn):
            return self._known_sender(queue, transaction)
        unknown = self.transactions.recipients(transaction)
        return REFUSED, self._count_unknown(queue, transaction, unknown)

    def _known_sender(self, queue: QueuePlan, transaction: int) -> tuple[int, int]:
        """Return verdict and reply of a domain that greylists; others accept."""
        if self.greylists.admit(queue, transaction):
            return ACCEPTED, -1
        return DEFERRED, self._reply(self.plan.receivers[queue.receiver].greylisted, queue.egress)

    def _all_unknown(
        self, queue: QueuePlan, transaction: int, send_dsn: Callable[[int, Decision], None]
    ) -> bool:
        """Return whether no recipient exists; if some do, bounce the others."""
        record = self.record
        recipients = self.transactions.recipients(transaction)
        unknown = [recipient for recipient in recipients if record.signal[recipient] & _UNKNOWN]
        if not unknown or record.recipients.domain[recipients[0]] != queue.domain:
            return False
        if len(unknown) == len(recipients):
            return True
        reply_number = self._count_unknown(queue, transaction, unknown)
        for recipient in unknown:
            record.set_final(recipient, int(Status.BOUNCED), self.loop.tick, reply_number)
        send_dsn(unknown[0], Decision.NDR)
        return False

    def _count_unknown(self, queue: QueuePlan, transaction: int, unknown: list[int]) -> int:
        """Count recipients that do not exist; return the number of the reply."""
        provider, stream = self.providers[queue.receiver], self._stream(transaction)
        for recipient in unknown:
            self.mailing_lists.bounced(recipient)
            if stream.counted and provider is not None:
                provider.unknown_user(stream, queue.egress)
                self.signals.unknown_user(recipient, queue.egress, queue.receiver)
        text = self.plan.receivers[queue.receiver].unknown_user
        return self._reply(text, queue.egress)

    def content(self, queue: QueuePlan, transaction: int) -> tuple[int, int]:
        """Return verdict and reply at the end of the content of a transaction."""
        egress, domain = queue.egress, queue.domain
        receiver = self.plan.receivers[queue.receiver]
        if self.stage[domain] == DATA and self.lookups.uses[domain]:
            verdict, reply_number = self._by_blocklists(queue, self._stream(transaction), BOTH)
            if verdict != ACCEPTED:
                return verdict, reply_number
        if self.requirements.of[queue.receiver]:
            verdict, reply_number = self.requirements.verdict(queue, transaction)
            if verdict != ACCEPTED:
                return verdict, reply_number
        if receiver.defer:
            transactions = self.transactions
            key = self.record.key[transactions.first_recipient[transaction]]
            counter = relay_counter(queue.relay, transactions.attempts[transaction])
            if draw32(key, _DEFER, counter) < receiver.defer:
                return DEFERRED, self._reply(receiver.deferral, egress)
        return ACCEPTED, self.accepted

    def _by_blocklists(self, queue: QueuePlan, stream: StreamPlan, asked: int) -> tuple[int, int]:
        """Return verdict and reply for the blocklists on which a domain sees IP or sender."""
        domain, egress = queue.domain, queue.egress
        action = self.action[domain]
        if action == SCORE:
            return ACCEPTED, -1
        if self.resolver_faults.has(domain):
            # No list has the mail, so the reply has no cause that anybody could repair.
            blocklist, cause = self.lookups.queried(domain, stream, asked), NO_CAUSE
        else:
            blocklist = self.lookups.first(domain, egress, stream, self.loop.tick, asked)
            cause = blocklist
        if blocklist < 0:
            return ACCEPTED, -1
        text = self.plan.refusals[queue.receiver, blocklist, action]
        reply_number = self._reply(text, egress, cause, stream.registered_domain)
        return REFUSED if action == REJECT else DEFERRED, reply_number

    # After the final reply.

    def delivered(self, queue: QueuePlan, transaction: int, recipients: list[int]) -> list[int]:
        """Return the final status of accepted recipients, and count them.

        Returns
        -------
        list of int
            For each recipient DELIVERED or JUNKED.
        """
        domain, stream = queue.domain, self._stream(transaction)
        provider, state, junk = self.providers[queue.receiver], None, 0
        if provider is not None and stream.host >= 0:  # host -1: a DSN
            state = provider.state(stream, queue.egress)
            junk = state.junk
        if self.action[domain] == SCORE and self.lookups.uses[domain]:
            seen = (
                self.lookups.queried(domain, stream, BOTH)
                if self.resolver_faults.has(domain)
                else self.lookups.first(domain, queue.egress, stream, self.loop.tick, BOTH)
            )
            if seen >= 0:
                junk = max(junk, self.plan.receivers[queue.receiver].junk_share)
        if stream.bulk:
            junk = max(junk, self.plan.receivers[queue.receiver].bulk_junk)
        requires = self.requirements.of[queue.receiver]
        if requires and self.requirements.junks(queue, transaction):
            junk = ALL
        if requires or (provider is not None and provider.plan.mitigation_limit):
            self.requirements.count_bulk(queue, transaction, len(recipients))
        if not stream.counted:
            state = None
        return [
            self._final_status(queue, stream, state, recipient, junk) for recipient in recipients
        ]

    def _final_status(
        self,
        queue: QueuePlan,
        stream: StreamPlan,
        state: ProviderState | None,
        recipient: int,
        junk: int,
    ) -> int:
        """Return the final status of an accepted recipient.

        `state` counts it, unless it is None; `junk` is a threshold for a 32-bit draw.
        """
        record = self.record
        junked = junk > 0 and draw32(record.key[recipient], _JUNK, 0) < junk
        if state is not None:
            state.count_delivery(junked)
        direct = record.recipients.domain[recipient] == queue.domain  # else by a smart host
        if stream.counted and record.signal[recipient] and direct:
            self.signals.schedule(recipient, queue.egress, queue.receiver, junked)
        return _JUNKED if junked else _DELIVERED

    def count_volume(self, queue: QueuePlan, transaction: int) -> None:
        """Count a message that went out by an IP; operators do not see those by a smart host."""
        stream = self._stream(transaction)
        recipient = self.transactions.first_recipient[transaction]
        direct = self.record.recipients.domain[recipient] == queue.domain
        if stream.counted and direct:
            ip = queue.egress * PARTIES + stream.listing_party
            self.volumes.add(ip, self.loop.tick)
            if stream.registered_domain >= 0:
                self.volumes.add(domain_number(self.plan, stream), self.loop.tick)
            if stream.compromised:
                for operator in self.operators:
                    operator.compromised(ip)

    def bounced(self, queue: QueuePlan, transaction: int, reply_number: int) -> None:
        """Call the administrator if innocent mail bounced for the reputation of IP or domain.

        No call follows for DSNs and other mail of the null sender, because no NDR is sent.
        """
        stream = self._stream(transaction)
        has_ndr = stream.host >= 0 and stream.sender_domain >= 0
        cause = self.record.replies.causes[reply_number]
        if cause != NO_CAUSE and has_ndr and not stream.culprit:
            of_domain = cause >= 0 and self.plan.blocklists[cause].lists_domains
            ips = len(self.plan.egress)
            self.call_administrator(ips + stream.registered_domain if of_domain else queue.egress)
