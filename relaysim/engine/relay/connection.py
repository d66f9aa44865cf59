"""Connections of a hub: to other organizations, to the mailbox server, and to hubs of the site."""

from collections.abc import Sequence
from functools import partial

from relaysim.engine.kernel import ATTEMPT, ProcessGenerator
from relaysim.engine.relay.connection_cache import CachedConnection
from relaysim.engine.relay.delivery_queue import DeliveryQueue
from relaysim.engine.relay.duplicates import in_mailbox
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.outbound_proxy import OutboundProxies
from relaysim.engine.relay.station import RECEIVE, SEND, Line
from relaysim.engine.reputation.receiver import (
    ACCEPTED,
    CLOSED,
    DEFERRED,
    DROPPED,
    WAITS,
    Internet,
)
from relaysim.mail.dialogue import HUB_BANDWIDTH, transfer_time
from relaysim.mail.reply import CLOSES, PERMANENT
from relaysim.plan.plan import Plan
from relaysim.plan.receiver_plan import MAILBOXES
from relaysim.trace.tables import Status, Visit
from relaysim.traffic.draw import Decision, draw32, hop_counter, looked_up, relay_counter

_SEND, _RECEIVE = int(Visit.SEND), int(Visit.RECEIVE)
_CONNECT_TIME, _RESPONSE_TIME = int(Decision.CONNECT_TIME), int(Decision.RESPONSE_TIME)
_MAILBOX_TIME, _SEND_COST = int(Decision.MAILBOX_TIME), int(Decision.SEND_COST)
_RECEIVE_COST = int(Decision.RECEIVE_COST)
_DELIVERED, _BOUNCED = int(Status.DELIVERED), int(Status.BOUNCED)


class Connections:
    """The factory of the processes of connections."""

    def __init__(
        self, plan: Plan, internet: Internet, lines: Sequence[Line], hubs: Sequence[Hub]
    ) -> None:
        self.plan, self.internet, self.lines = plan, internet, lines
        self.proxies = OutboundProxies(plan, hubs)

    def deliver(
        self, queue: DeliveryQueue, transaction: int, cached: CachedConnection | None
    ) -> ProcessGenerator:
        """Return the process of a connection, new or cached, which begins with a transaction."""
        if queue.leads_outside:
            return self._outside(queue, transaction, cached)
        return self._inside(queue, transaction)

    def _outside(
        self, queue: DeliveryQueue, transaction: int, cached: CachedConnection | None
    ) -> ProcessGenerator:
        """Carry mail over a connection to another organization.

        If the hub stops, its queue takes the transaction back (`DeliveryQueue.stop`); the process
        sees another epoch after its yield and ends. If the server of a front end stops that proxies
        the connection, this hub notices as it notices a line that goes down.
        """
        hub, loop, record = queue.hub, queue.loop, queue.record
        send_cost = queue.plan.send or hub.plan.send
        transactions, messages = queue.transactions, record.messages
        epoch, opened_at, carried = hub.epoch, loop.tick, 0
        recipient = transactions.first_recipient[transaction]
        attempt = transactions.attempts[transaction]
        outlet = self.proxies.outlet(queue.number, hub, queue.plan, record.key[recipient], attempt)
        plan = outlet.plan
        queue.leaves_by(transaction, plan.egress)
        internet, line = self.internet, self.lines[plan.line]
        receiver = self.plan.receivers[plan.receiver]

        # Connect: a process, MX hosts that do not answer, TCP and greeting. A cached connection
        # needs the process alone.
        time, in_vain = hub.outbound.processes.wait(loop.tick), 0
        if cached is None:
            in_vain = internet.unanswered(plan, transaction)
            bits = draw32(record.key[recipient], _CONNECT_TIME, relay_counter(plan.relay, attempt))
            time += looked_up(receiver.connect_time, bits) + in_vain * hub.plan.connect_timeout
        else:
            opened_at, carried = cached.opened_at, cached.carried
        if time:
            yield loop.at(loop.tick + time, ATTEMPT, hub.number, recipient, attempt)
        refusal = -1  # the reply that refuses the connection; -1: a greeting
        if hub.epoch != epoch and cached is not None:
            internet.disconnect(plan)
        if hub.epoch == epoch and cached is None:  # else the hub stopped while it connected
            refusal = internet.unable
            if in_vain < receiver.mx_hosts and not outlet.stopped:
                refusal = internet.connect(plan, transaction)
            if refusal == WAITS:
                yield internet.wait_for_place(plan, recipient, attempt)
                if hub.epoch == epoch:
                    refusal = internet.greet(plan, transaction)
                else:
                    internet.leave_place(plan)
            elif refusal == DROPPED:
                due = loop.tick + hub.plan.connect_timeout
                yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
                refusal = internet.unable
            if refusal >= 0 and refusal != internet.unable:
                due = loop.tick + hub.plan.reject_time
                yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
        if hub.epoch != epoch:
            return
        if refusal >= 0:
            if record.replies.codes[refusal] >= PERMANENT and not hub.plan.skip_5xx_greeting:
                internet.bounced(plan, transaction, refusal)
                queue.bounced_by_greeting(transaction, refusal)
            else:
                queue.connection_failed(transaction, refusal)
            return
        queue.connection_opened()

        # A domain that is not watched accepts every MAIL FROM and RCPT TO.
        watched = internet.watched[plan.domain]
        if not watched:
            queue.connection_works(transaction)
        while True:
            leaves = queue.cache.leaves(transaction)
            recipient = transactions.first_recipient[transaction]
            attempt = transactions.attempts[transaction]
            key, size = record.key[recipient], messages.size[transactions.message[transaction]]

            # MAIL FROM and RCPT TO.
            verdict, reply = ACCEPTED, -1
            if watched:
                verdict, reply = internet.envelope(plan, transaction, hub.send_dsn)
                if verdict != CLOSED:
                    queue.connection_works(transaction)
            if verdict != ACCEPTED:
                due = loop.tick + hub.plan.reject_time
                yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
            elif plan.relay >= 0:
                due = internet.relay_limits.held_until(plan.relay, plan.egress)
                if due > loop.tick:
                    yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
            if verdict == ACCEPTED and hub.epoch == epoch:
                # Content: core time, transfer over the line, final reply.
                counter = hop_counter(transactions.hops[transaction], attempt)
                work = send_cost.of(size, draw32(key, _SEND_COST, counter))
                yield hub.cores.serve(SEND, _SEND, transaction, attempt, recipient, work)
                if hub.epoch == epoch:  # else the hub stopped before a core was free
                    yield line.transfer(transaction, attempt, recipient, size)
                    # The hub may have stopped meanwhile: the reply then has no effect, see below.
                    bits = draw32(key, _RESPONSE_TIME, relay_counter(plan.relay, attempt))
                    due = loop.tick + looked_up(receiver.response_time, bits)
                    yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
                    verdict, reply = internet.content(plan, transaction)
            if hub.epoch != epoch:
                internet.disconnect(plan)
                return
            # The line went down meanwhile, or the server that proxies.
            if internet.outages.line_cut_at[plan.line] > opened_at or outlet.stopped:
                internet.disconnect(plan)
                queue.connection_dropped(transaction)
                return

            # The verdict. The queue may be in Retry now, because another connection failed.
            if verdict == CLOSED:
                if queue.throttled(transaction, reply):
                    internet.disconnect(plan)
                    return
            else:
                queue.end_attempt(transaction, reply)
                if verdict == ACCEPTED:
                    if internet.counts_volume:
                        internet.count_volume(plan, transaction)
                    if plan.relay >= 0:
                        hub.hand_over(transaction, queue.hubs.peers[0])
                    elif not watched:
                        hub.finish(transaction, _DELIVERED, reply)
                    elif messages.recipients[transactions.message[transaction]] == 1:
                        (status,) = internet.delivered(plan, transaction, [recipient])
                        hub.finish(transaction, status, reply)
                    else:
                        recipients = transactions.recipients(transaction)
                        statuses = internet.delivered(plan, transaction, recipients)
                        hub.finish_each(transaction, recipients, statuses, reply)
                elif verdict == DEFERRED:
                    queue.message_retry.defer(transaction)
                else:
                    internet.bounced(plan, transaction, reply)
                    hub.finish(transaction, _BOUNCED, reply)
            carried += 1
            if carried == plan.per_connection or not leaves:
                break
            transaction = queue.take_next(opened_at)
            if transaction < 0:
                break
            queue.leaves_by(transaction, plan.egress)
        if transaction < 0 and queue.may_be_used_again(opened_at):
            queue.cache.keep(opened_at, carried, partial(internet.disconnect, plan))
        else:
            internet.disconnect(plan)
        queue.connection_closed()

    def _inside(self, queue: DeliveryQueue, transaction: int) -> ProcessGenerator:
        """Carry mail over a connection to the mailbox server, or to another hub of the site.

        If the other hub stops, this hub notices when it has sent its message or waits for the
        commit; if the mailbox server does, at the end of the delivery. A hub short of resources
        takes no further message over an open connection either; its delay of replies applies to
        other hubs too (confirmed for Exchange 2013).
        """
        plan, hub, loop, record = queue.plan, queue.hub, queue.loop, queue.record
        send_cost = plan.send or hub.plan.send
        transactions, messages = queue.transactions, record.messages
        accepted = self.internet.accepted
        epoch, opened_at, mailbox_stops = hub.epoch, loop.tick, self.internet.outages.mailbox_stops
        peer, refusal = queue.hubs.next()
        if peer is None and refusal < 0 and self.internet.outages.of[MAILBOXES]:
            refusal = self.internet.unable
        if refusal >= 0:
            queue.connection_failed(transaction, refusal)
            return
        peer_epoch = peer.epoch if peer is not None else 0
        queue.connection_opened()
        queue.connection_works(transaction)
        carried = 0
        while True:
            recipient = transactions.first_recipient[transaction]
            attempt = transactions.attempts[transaction]
            key, message = record.key[recipient], transactions.message[transaction]
            size = messages.size[message]
            if peer is not None and carried and peer.up and not plan.sessions:
                refusal = queue.hubs.refusal(peer)
                if refusal >= 0:
                    queue.close_connection(transaction, refusal)
                    return

            # MAIL FROM and RCPT TO at a smart host that is a hub.
            refusal = -1
            if peer is not None and plan.sessions and peer.epoch == peer_epoch:
                refusal, delay = queue.hubs.envelope(peer, transaction)
            if peer is not None and refusal >= 0:
                due = loop.tick + hub.plan.reject_time + peer.pressure.delay + delay
                yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
                if hub.epoch != epoch:
                    queue.hubs.leave(peer, peer_epoch)
                    return
                if record.replies.codes[refusal] == CLOSES:
                    queue.hubs.leave(peer, peer_epoch)
                    queue.close_connection(transaction, refusal)
                    return
                queue.end_attempt(transaction, refusal)
                if record.replies.codes[refusal] >= PERMANENT:
                    hub.finish(transaction, _BOUNCED, refusal)
                else:
                    queue.message_retry.defer(transaction)
                carried += 1
                if carried == plan.per_connection:
                    break
                transaction = queue.take_next(opened_at)
                if transaction < 0:
                    break
                continue

            # Core time to send.
            counter = hop_counter(transactions.hops[transaction], attempt)
            work = send_cost.of(size, draw32(key, _SEND_COST, counter))
            yield hub.cores.serve(SEND, _SEND, transaction, attempt, recipient, work)
            if hub.epoch == epoch:  # else the hub stopped before a core was free
                if peer is None:
                    # Delivery to the mailbox.
                    bits = draw32(key, _MAILBOX_TIME, attempt)
                    due = loop.tick + looked_up(self.plan.mailbox_time, bits)
                    yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
                else:
                    # Transfer, core time to receive, and commit at the other hub.
                    delay = peer.pressure.delay + peer.active.intake_delay()
                    due = loop.tick + delay + transfer_time(size, HUB_BANDWIDTH)
                    peer.pressure.uncommitted += size
                    yield loop.at(due, ATTEMPT, hub.number, recipient, attempt)
                    # Either hub may have stopped during the transfer,
                    if peer.epoch == peer_epoch and hub.epoch == epoch:
                        bits = draw32(key, _RECEIVE_COST, transactions.hops[transaction] + 1)
                        work = queue.hubs.receive_cost(peer).of(size, bits)
                        yield peer.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
                    # or while the message waited for a core,
                    if peer.epoch == peer_epoch and hub.epoch == epoch:
                        yield peer.database.commit(message, recipient)
                    # or while it waited for the commit: see below.
                    peer.pressure.uncommitted -= size
            if hub.epoch != epoch:
                queue.hubs.leave(peer, peer_epoch)
                return
            cut_off = self.internet.outages.mailbox_stops != mailbox_stops
            if cut_off if peer is None else peer.epoch != peer_epoch:
                queue.connection_dropped(transaction)
                return

            queue.end_attempt(transaction, accepted)
            if peer is None:
                recipients = transactions.recipients(transaction)
                hub.finish_each(transaction, recipients, in_mailbox(record, recipients), accepted)
            else:
                hub.hand_over(transaction, peer)
            carried += 1
            if carried == plan.per_connection:
                break
            transaction = queue.take_next(opened_at)
            if transaction < 0:
                break
        queue.hubs.leave(peer, peer_epoch)
        queue.connection_closed()
