"""Connections: what happens between a hub and whoever takes its mail."""

from typing import TYPE_CHECKING

from relaysim.engine.kernel import ATTEMPT, Life
from relaysim.engine.relay.station import RECEIVE, SEND
from relaysim.engine.reputation.receiver import ACCEPTED, CLOSED, DEFERRED
from relaysim.mail.dialogue import HUB_BANDWIDTH, transfer_time
from relaysim.trace.tables import Status, Visit
from relaysim.traffic.draw import Decision, draw32, hop_counter, looked_up

if TYPE_CHECKING:
    from relaysim.engine.relay.delivery_queue import DeliveryQueue

_SEND, _RECEIVE = int(Visit.SEND), int(Visit.RECEIVE)
_CONNECT_TIME, _RESPONSE_TIME = int(Decision.CONNECT_TIME), int(Decision.RESPONSE_TIME)
_MAILBOX_TIME, _SEND_COST = int(Decision.MAILBOX_TIME), int(Decision.SEND_COST)
_RECEIVE_COST = int(Decision.RECEIVE_COST)
_DELIVERED, _BOUNCED = int(Status.DELIVERED), int(Status.BOUNCED)


def outside(queue: "DeliveryQueue", transaction: int) -> Life:
    """The life of a connection to another organization.

    If the hub stops, the queue takes back what it carried; the connection finds out and is gone.
    """
    plan, hub, clock, record = queue.plan, queue.hub, queue.clock, queue.record
    internet, line = queue.world.internet, queue.world.lines[plan.line]
    receiver = queue.world.plan.receivers[plan.receiver]
    epoch, counts = hub.epoch, queue.world.counts_volume
    recipient, attempt = record.leader[transaction], record.tried[transaction]
    time = looked_up(receiver.connect_time, draw32(record.key[recipient], _CONNECT_TIME, attempt))
    if time:
        yield clock.at(clock.tick + time, ATTEMPT, hub.number, recipient, attempt)
    greeting = -1
    if hub.epoch == epoch:
        greeting = internet.greet(plan, transaction)
        if greeting >= 0 and greeting != internet.unable:
            due = clock.tick + hub.plan.reject_time
            yield clock.at(due, ATTEMPT, hub.number, recipient, attempt)
    if hub.epoch != epoch:
        return
    if greeting >= 0:
        if record.code(greeting) >= 500 and not hub.plan.skip_5xx_greeting:
            internet.bounced(plan, transaction, greeting)
            queue.turned_away(transaction, greeting)
        else:
            queue.failed(transaction, greeting)
        return
    queue.connected()
    watched = internet.watched[plan.domain]
    if not watched:
        queue.works(transaction)
    carried = 0
    while True:
        recipient, attempt = record.leader[transaction], record.tried[transaction]
        key, size = record.key[recipient], record.size[record.carries[transaction]]
        kind, said = ACCEPTED, -1
        if watched:
            kind, said = internet.asked(plan, transaction, hub)
            if kind != CLOSED:
                queue.works(transaction)
        if kind != ACCEPTED:
            due = clock.tick + hub.plan.reject_time
            yield clock.at(due, ATTEMPT, hub.number, recipient, attempt)
        else:
            counter = hop_counter(record.hop[transaction], attempt)
            work = hub.plan.send.of(size, draw32(key, _SEND_COST, counter))
            yield hub.cores.serve(SEND, _SEND, transaction, attempt, recipient, work)
            if hub.epoch == epoch:
                yield line.transfer(transaction, attempt, recipient, size)
                bits = draw32(key, _RESPONSE_TIME, attempt)
                due = clock.tick + looked_up(receiver.response_time, bits)
                yield clock.at(due, ATTEMPT, hub.number, recipient, attempt)
                kind, said = internet.verdict(plan, transaction)
        if hub.epoch != epoch:
            internet.leave(plan.egress, plan.domain)
            return
        if kind == CLOSED:
            if queue.backs_off(transaction, said):
                internet.leave(plan.egress, plan.domain)
                return
        else:
            queue.ended(transaction, said)
            if kind == ACCEPTED:
                if counts:
                    internet.sent(plan, transaction)
                if watched:
                    internet.take(plan, transaction, hub)
                else:
                    hub.finish(transaction, _DELIVERED, said)
            elif kind == DEFERRED:
                queue.put_off(transaction, recipient, attempt)
            else:
                internet.bounced(plan, transaction, said)
                hub.finish(transaction, _BOUNCED, said)
        carried += 1
        if carried == plan.per_connection:
            break
        transaction = queue.take()
        if transaction < 0:
            break
    internet.leave(plan.egress, plan.domain)
    queue.closed()


def inside(queue: "DeliveryQueue", transaction: int) -> Life:
    """The life of a connection to the mailbox server, or to another hub of the site.

    If the other hub stops, this one notices when it has sent its message or waits for the commit.
    A hub without resources takes no further message over an open connection either; its delay of
    replies applies to other hubs too (confirmed for 2013).
    """
    plan, hub, clock, record = queue.plan, queue.hub, queue.clock, queue.record
    epoch = hub.epoch
    there, refusal = queue.next_hub()
    if refusal >= 0:
        queue.failed(transaction, refusal)
        return
    its_epoch = there.epoch if there is not None else 0
    queue.connected()
    queue.works(transaction)
    carried = 0
    while True:
        recipient, attempt = record.leader[transaction], record.tried[transaction]
        key, message = record.key[recipient], record.carries[transaction]
        size = record.size[message]
        if there is not None and carried and there.up and (said := queue.refusal(there)) >= 0:
            queue.turned_off(transaction, said)
            return
        counter = hop_counter(record.hop[transaction], attempt)
        work = hub.plan.send.of(size, draw32(key, _SEND_COST, counter))
        yield hub.cores.serve(SEND, _SEND, transaction, attempt, recipient, work)
        if hub.epoch == epoch:
            if there is None:
                bits = draw32(key, _MAILBOX_TIME, attempt)
                due = clock.tick + looked_up(queue.world.plan.mailbox_time, bits)
            else:
                transfer = transfer_time(size, HUB_BANDWIDTH)
                due = clock.tick + there.pressure.delay + transfer
                there.pressure.uncommitted += size
            yield clock.at(due, ATTEMPT, hub.number, recipient, attempt)
            if there is not None:
                if there.epoch == its_epoch and hub.epoch == epoch:
                    bits = draw32(key, _RECEIVE_COST, record.hop[transaction] + 1)
                    work = there.plan.receive.of(size, bits)
                    yield there.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
                # Either hub may have stopped while the message waited for a core.
                if there.epoch == its_epoch and hub.epoch == epoch:
                    yield there.database.commit(message, recipient)
                there.pressure.uncommitted -= size
        if hub.epoch != epoch:
            return
        if there is not None and there.epoch != its_epoch:
            queue.broken(transaction)
            return
        queue.ended(transaction, queue.world.internet.accepted)
        if there is None:
            hub.finish(transaction, _DELIVERED, queue.world.internet.accepted)
        else:
            hub.hand_over(transaction, there)
        carried += 1
        if carried == plan.per_connection:
            break
        transaction = queue.take()
        if transaction < 0:
            break
    queue.closed()
