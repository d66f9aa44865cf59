"""A hub: from the commit of a message to the final status of each of its recipients."""

from array import array
from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.kernel import Moment
from relaysim.engine.relay.back_pressure import Pressure
from relaysim.engine.relay.delivery_queue import DeliveryQueue
from relaysim.engine.relay.expiry import Ageing
from relaysim.engine.relay.outbound_connections import Outbound
from relaysim.engine.relay.receive_connector_sessions import Listener
from relaysim.engine.relay.station import CATEGORIZE, Cores, QueueDatabase
from relaysim.engine.world import World
from relaysim.mail import reply
from relaysim.plan.plan import TOO_LARGE, HubPlan
from relaysim.trace.tables import Level, Status, Visit
from relaysim.traffic.draw import Decision, draw32, mix

if TYPE_CHECKING:
    from relaysim.engine.relay.mailbox_server import MailboxServer

DSN_SIZE = 5 * 1024
"""Bytes of an NDR or a delay notice with the headers of the original (assumption)."""

_MINUTE = 60_000_000
_CATEGORIZE = int(Visit.CATEGORIZE)
_CATEGORIZE_COST, _ANTIVIRUS_COST = int(Decision.CATEGORIZE_COST), int(Decision.ANTIVIRUS_COST)
_BAD = (int(Status.BOUNCED), int(Status.EXPIRED))


class Acknowledgement:
    """A session waits for the transactions of its message; `left` of them are not done."""

    __slots__ = ("left", "moment")

    def __init__(self, moment: Moment) -> None:
        self.left, self.moment = -1, moment


class Hub:
    """A Hub Transport server.

    `epoch` counts its stops: who finds another number than when he began has been cut off.
    `stopped_at` has the end of each epoch that is over. `submissions` is the mail that mailbox
    servers have for this hub, `submitting` how many places for it are in use.
    """

    def __init__(self, world: World, number: int) -> None:
        plan: HubPlan = world.plan.hubs[number]
        self.world, self.number, self.plan = world, number, plan
        self.clock, self.record = world.clock, world.record
        self.up, self.epoch, self.stops = True, 0, 0
        self.stopped_at: list[int] = []
        self.cores = Cores(self.clock, self.record, number, plan.cpu_station, plan.cores)
        self.database = QueueDatabase(
            self.clock,
            self.record,
            number,
            plan.commit_station,
            plan.batch_size,
            plan.batch_timeout,
            plan.commit_write,
        )
        self.pressure = Pressure(self.clock, self.record, number, plan.pressure)
        self.listeners = {
            door: Listener(connector)
            for door, connector in enumerate(world.plan.connectors)
            if connector.hub == number
        }
        self.queues: dict[int, DeliveryQueue] = {}
        self.outbound = Outbound(plan.outbound_connections)
        self.submissions: deque[tuple[MailboxServer, int, int, int]] = deque()
        self.submitting = 0
        self.accepted: deque[int] = deque(maxlen=plan.connection_rate or 1)
        self.waiting: dict[int, Acknowledgement] = {}
        self.owned = array("q")
        self.owned_at = array("q")
        self.handed = array("q")
        self.notices = 0
        self.categorize = plan.categorize
        self.scans = plan.antivirus.base > 0 or plan.antivirus.per_kb > 0
        self._on_categorized = self._categorized
        self.expired = self.record.reply_id(str(reply.MESSAGE_EXPIRED))
        self.ageing = Ageing(self)

    def slot(self) -> int:
        """When a connection asked for now is answered: so many in any minute (assumption)."""
        now = self.clock.tick
        if not self.plan.connection_rate:
            return now
        accepted = self.accepted
        full = len(accepted) == accepted.maxlen
        at = max(now, accepted[0] + _MINUTE) if full else now
        accepted.append(at)
        return at

    # From the commit on.

    def own(self, message: int, handed: int = -1) -> None:
        """A message has been committed (or the transaction `handed` over by another hub)."""
        record, now = self.record, self.clock.tick
        if record.committed[message] < 0:
            record.committed[message] = now
            record.hub[message] = self.number
        self.owned.append(message)
        self.owned_at.append(now)
        self.handed.append(handed)
        size = record.size[message]
        recipient = record.first_recipient[message] if handed < 0 else record.leader[handed]
        self.pressure.hold(size)
        if self.ageing.asleep:
            self.ageing.wake()
        key, hop = record.key[recipient], record.hops(handed)
        work = self.categorize.of(size, draw32(key, _CATEGORIZE_COST, hop))
        if self.scans:
            work += self.plan.antivirus.of(size, draw32(key, _ANTIVIRUS_COST, hop))
        done = self.cores.serve(CATEGORIZE, _CATEGORIZE, message, 0, recipient, work)
        if done is self.clock.past:
            self._route(message, handed, now)
        else:
            done.about = len(self.owned) - 1
            done.callbacks.append(self._on_categorized)

    def _categorized(self, done: Moment) -> None:
        number = done.about
        self._route(self.owned[number], self.handed[number], self.owned_at[number])

    def _route(self, message: int, handed: int, since: int) -> None:
        """Split a message by next hop and queue the transactions: Exchange's bifurcation."""
        record, plan = self.record, self.world.plan
        size = record.size[message]
        band = 0
        while band < len(plan.bands) and size > plan.bands[band]:
            band += 1
        connector = record.connector[message] if plan.linked else -1
        routes = plan.routes[self.number, connector][band]
        first, count = record.first_recipient[message], record.recipients[message]
        groups: dict[int, list[int]] = {}
        if count == 1:
            groups[routes[record.domain[first]]] = [first]
        else:
            for recipient in range(first, first + count):
                if record.transaction[recipient] == handed and not record.status[recipient]:
                    groups.setdefault(routes[record.domain[recipient]], []).append(recipient)
            self.pressure.hold(size * (len(groups) - 1))
        waiting = self.waiting.get(message) if handed < 0 else None
        if waiting is not None:
            waiting.left = len(groups)
        now, expires = self.clock.tick, since + self.plan.message_expiration_timeout
        if self.world.administrator.moved and plan.streams[record.stream[message]].culprit:
            groups = {
                plan.moved.get(route, route): recipients for route, recipients in groups.items()
            }
        for route, recipients in groups.items():
            if route == TOO_LARGE:
                said = record.reply_id(str(reply.NO_ROUTE_FOR_SIZE))
                for recipient in recipients:
                    record.fated(recipient, Status.BOUNCED, now, said)
                self.notify(recipients[0], Decision.NDR)
                self._one_done(message, size)
            else:
                transaction = record.open_transaction(
                    recipients, self.number, route, handed, now, expires
                )
                if now < expires:
                    (self.queues.get(route) or self._new_queue(route)).put(transaction)
                else:
                    self.finish(transaction, Status.EXPIRED, self.expired)

    def _new_queue(self, number: int) -> DeliveryQueue:
        plan = self.world.plan.queues[number]
        queue = self.queues[number] = DeliveryQueue(self.world, self, number, plan)
        return queue

    # The end of a transaction.

    def finish(self, transaction: int, status: int, said: int) -> None:
        """All that a transaction still carries becomes final; of a bad one an NDR tells."""
        record, now = self.record, self.clock.tick
        record.settled[transaction] = 1
        message = record.carries[transaction]
        if record.recipients[message] == 1:
            record.fated(record.leader[transaction], status, now, said)
        else:
            for recipient in record.members(transaction):
                record.fated(recipient, status, now, said)
        if status in _BAD:
            self.notify(record.leader[transaction], Decision.NDR)
        self._one_done(message, record.size[message])

    def settle(
        self, transaction: int, recipients: list[int], statuses: list[int], said: int
    ) -> None:
        """Each recipient that a transaction still carries meets a good final status of its own."""
        record, now = self.record, self.clock.tick
        record.settled[transaction] = 1
        message = record.carries[transaction]
        for recipient, status in zip(recipients, statuses, strict=True):
            record.fated(recipient, status, now, said)
        self._one_done(message, record.size[message])

    def hand_over(self, transaction: int, there: "Hub") -> None:
        """Another hub has committed the transaction: it is delivered, as far as this hub goes."""
        record = self.record
        message = record.carries[transaction]
        record.settled[transaction] = 1
        there.own(message, transaction)
        self._one_done(message, record.size[message])

    def gives_up(self, transaction: int) -> bool:
        """Whether a transaction that failed is too old to be tried again; then it expires."""
        if self.clock.tick < self.record.expires[transaction]:
            return False
        self.finish(transaction, Status.EXPIRED, self.expired)
        return True

    def notify(self, recipient: int, why: Decision) -> None:
        """Tell the sender by a DSN. A DSN and other mail of the null sender never make one."""
        record, plan = self.record, self.world.plan
        stream = plan.streams[record.stream[record.message[recipient]]]
        if stream.host < 0 or stream.sender_domain < 0:
            return
        message = record.notice(
            self.plan.dsn_stream,
            self.notices,
            self.clock.tick,
            DSN_SIZE,
            self.number,
            stream.sender_domain,
            mix(record.key[recipient], why),
            recipient,
        )
        self.notices += 1
        self.own(message)

    # Acknowledgement.

    def hold(self, message: int) -> Moment:
        """What a session waits for that acknowledges late; call before `own`."""
        moment = Moment(self.clock, message)
        self.waiting[message] = Acknowledgement(moment)
        return moment

    def release(self, message: int) -> None:
        """Acknowledge now, if that has not been done."""
        waiting = self.waiting.pop(message, None)
        if waiting is not None:
            waiting.moment.happen()

    def too_late(self, timer: Moment) -> None:
        """MaxAcknowledgementDelay is over."""
        self.release(timer.about)

    def _one_done(self, message: int, size: int) -> None:
        """A transaction of a message is delivered or bounced."""
        self.pressure.hold(-size)
        if self.waiting:
            waiting = self.waiting.get(message)
            if waiting is not None:
                waiting.left -= 1
                if waiting.left == 0:
                    self.release(message)
        if not self.record.open:
            self.clock.finished = True

    # Stops.

    def stop(self) -> None:
        """The hub stops. What it has committed stays; who was talking to it is cut off."""
        self.stops += 1
        if not self.up:
            return
        self.up = False
        self.epoch += 1
        self.stopped_at.append(self.clock.tick)
        self.record.level(Level.HUB_DOWN, self.number, self.clock.tick, 1)
        self.outbound.reset()
        for listener in self.listeners.values():
            listener.reset()
        self.cores.stop()
        self.database.stop()
        for number in sorted(self.queues):
            self.queues[number].stop()
        for message in list(self.waiting):
            self.release(message)

    def start(self) -> None:
        """The hub is back, unless another stop still lasts."""
        self.stops -= 1
        if self.stops:
            return
        self.up = True
        self.record.level(Level.HUB_DOWN, self.number, self.clock.tick, 0)
        self.cores.start()
        self.ageing.wake()
        for number in sorted(self.queues):
            self.queues[number].start()

    def close(self) -> None:
        """The run is over: what is under way is written down as such."""
        self.cores.close()
        self.database.close()
        for number in sorted(self.queues):
            self.queues[number].close()
