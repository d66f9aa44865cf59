"""A hub: from the commit of a message to the final status of each of its recipients."""

from collections import deque
from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.engine.kernel import Event
from relaysim.engine.relay.accepted_mail import AcceptedMail
from relaysim.engine.relay.acknowledgement import Acknowledgements
from relaysim.engine.relay.active_queue import ActiveQueue, PerNextHop
from relaysim.engine.relay.ageing import Ageing
from relaysim.engine.relay.back_pressure import Pressure
from relaysim.engine.relay.job_list import JobList
from relaysim.engine.relay.outbound_connections import OutboundConnections
from relaysim.engine.relay.public_ip_choice import PublicIpChoice
from relaysim.engine.relay.receive_connector_sessions import ConnectorSessions
from relaysim.engine.relay.station import CATEGORIZE, Cores, QueueDatabase
from relaysim.engine.relay.transaction_queue import TransactionQueue
from relaysim.mail import reply
from relaysim.plan.queue_plan import TOO_LARGE
from relaysim.trace.tables import Level, Status, Visit
from relaysim.traffic.draw import Decision, draw32, mix
from relaysim.units import MINUTE

DSN_SIZE = 5 * 1024
"""Bytes of an NDR or a delay notice with the headers of the original (assumption)."""

_CATEGORIZE = int(Visit.CATEGORIZE)
_CATEGORIZE_COST, _ANTIVIRUS_COST = int(Decision.CATEGORIZE_COST), int(Decision.ANTIVIRUS_COST)
_NDR_STATUSES = (int(Status.BOUNCED), int(Status.EXPIRED))


class Hub:
    """A Hub Transport server, or another MTA.

    Attributes
    ----------
    up : bool
        The hub runs.
    epoch : int
        Number of stops. A different epoch after a yield means that the hub stopped in between, and
        that the stop ended the session, connection or work of the process.
    stopped_at, started_at : list of int
        End of each epoch that is over, and begin of each later one, microseconds.
    stops : int
        Scripted stops that last now; they may overlap.
    sessions : dict of int to ConnectorSessions
        Its receive connectors, by number.
    queues : dict of int to TransactionQueue
        Its delivery queues, by number; each is opened for its first transaction.
    active : ActiveQueue
        The transactions that it may send now, where that is limited.
    jobs : JobList or None
        At a hub of Postfix, the messages that wait to go outside.
    accepted : AcceptedMail
        What the hub has accepted.
    acknowledgements : Acknowledgements
        Delayed acknowledgements.
    shadow : Hub or None
        The hub that gets a copy of each message of a host before the host gets its 250.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        open_queue: Callable[["Hub", int], TransactionQueue],
        public_ips: PublicIpChoice,
    ) -> None:
        self.loop, self.record, self.transactions, self.scenario_plan = context
        loop, record, plan = self.loop, self.record, context.plan.hubs[number]
        self.number, self.plan, self.open_queue = number, plan, open_queue
        self.public_ips = public_ips
        self.up, self.epoch, self.stops = True, 0, 0
        self.stopped_at: list[int] = []
        self.started_at: list[int] = []
        self.cores = Cores(loop, record, number, plan.cpu_station, plan.cores, plan.sends_first)
        self.database = QueueDatabase(
            loop,
            record,
            number,
            plan.commit_station,
            plan.batch_size,
            plan.batch_timeout,
            plan.commit_write,
        )
        self.pressure = Pressure(loop, record, number, plan.pressure)
        self.sessions = {
            connector: ConnectorSessions(connector_plan)
            for connector, connector_plan in enumerate(context.plan.connectors)
            if connector_plan.hub == number
        }
        self.queues: dict[int, TransactionQueue] = {}
        self.active = ActiveQueue(context, plan.queue_manager)
        self.jobs = None if plan.queue_manager is None else JobList(plan.queue_manager.slots)
        self.outbound = OutboundConnections(loop, plan.outbound_connections, plan.queue_manager)
        # Times of the last connections, as many as the rate allows in a minute.
        self.connection_times: deque[int] = deque(maxlen=plan.connection_rate or 1)
        self.acknowledgements = Acknowledgements(loop)
        self.accepted = AcceptedMail()
        self.dsns = 0
        self.shadow: Hub | None = None
        self.categorize_cost = plan.categorize
        self.scans = plan.antivirus.base > 0 or plan.antivirus.per_kb > 0
        self._on_categorized = self._categorized
        self.expired = record.replies.number(str(reply.MESSAGE_EXPIRED))
        self.ageing = Ageing(
            context,
            number,
            plan,
            self.accepted,
            is_up=lambda: self.up,
            send_delay_notice=self._send_delay_notice,
            expire=self._expire,
        )

    # Step 2: connections.

    def next_connection_time(self) -> int:
        """Reserve a connection under MaxConnectionRatePerMinute.

        The limit applies to any span of a minute, and connections above it wait (assumption).

        Returns
        -------
        int
            When the hub answers the connection, microseconds.
        """
        now = self.loop.tick
        if not self.plan.connection_rate:
            return now
        times = self.connection_times
        full = len(times) == times.maxlen
        answered = max(now, times[0] + MINUTE) if full else now
        times.append(answered)
        return answered

    # Steps 4 and 6: the hub owns the message, and the categorizer processes it.

    def accept(self, message: int, parent: int = -1) -> None:
        """Take over a message that has just been committed.

        Parameters
        ----------
        message : int
            Row.
        parent : int
            Transaction by which another hub hands the message over; -1 for a message of a host and
            for a DSN.
        """
        messages, now = self.record.messages, self.loop.tick
        if messages.committed[message] < 0:
            messages.committed[message] = now
            messages.hub[message] = self.number
        accepted = self.accepted
        accepted.message.append(message)
        accepted.time.append(now)
        accepted.parent.append(parent)
        size = messages.size[message]
        if parent < 0:
            recipient = messages.first_recipient[message]
        else:
            recipient = self.transactions.first_recipient[parent]
        self.pressure.hold(size)
        self.pressure.submitted += 1
        if self.ageing.asleep:
            self.ageing.wake()
        key, hop = self.record.key[recipient], self.transactions.hops_after(parent)
        work = self.categorize_cost.of(size, draw32(key, _CATEGORIZE_COST, hop))
        if self.scans:
            work += self.plan.antivirus.of(size, draw32(key, _ANTIVIRUS_COST, hop))
        done = self.cores.serve(CATEGORIZE, _CATEGORIZE, message, 0, recipient, work)
        if done is self.loop.processed:
            self._route(message, parent, now)
        else:
            done.row = len(accepted.message) - 1
            done.callbacks.append(self._on_categorized)

    def _categorized(self, done: Event) -> None:
        accepted, entry = self.accepted, done.row
        self._route(accepted.message[entry], accepted.parent[entry], accepted.time[entry])

    # Step 7: transactions.

    def _route(self, message: int, parent: int, accepted_at: int) -> None:
        """Split a message by next hop and queue the transactions (bifurcation)."""
        self.pressure.submitted -= 1
        record, plan = self.record, self.scenario_plan
        messages, recipients = record.messages, record.recipients
        size = messages.size[message]
        band = 0
        while band < len(plan.bands) and size > plan.bands[band]:
            band += 1
        connector = self.transactions.linked_to(message, parent) if plan.linked else -1
        routes = plan.routes[self.number, connector][band]
        first, count = messages.first_recipient[message], messages.recipients[message]
        groups: dict[int, list[int]] = {}
        if count == 1:
            groups[routes[recipients.domain[first]]] = [first]
        else:
            for recipient in range(first, first + count):
                # Other recipients of the message are with other hubs, or final.
                if recipients.transaction[recipient] == parent and not recipients.status[recipient]:
                    groups.setdefault(routes[recipients.domain[recipient]], []).append(recipient)
        now, expires = self.loop.tick, accepted_at + self.plan.message_expiration_timeout
        if plan.ip_choices or self.public_ips.culprits_moved:
            groups = {
                self.public_ips.queue(queue, message, len(rows)): rows
                for queue, rows in groups.items()
            }
        parts = self._parts(groups)
        self.pressure.hold(size * (len(parts) - 1))
        if parent < 0:
            self.acknowledgements.routed(message, len(parts))
        entering: list[tuple[PerNextHop, int]] = []
        for queue, rows in parts:
            if queue == TOO_LARGE:
                no_route = record.replies.number(str(reply.NO_ROUTE_FOR_SIZE))
                for recipient in rows:
                    record.set_final(recipient, Status.BOUNCED, now, no_route)
                self.send_dsn(rows[0], Decision.NDR)
                self._transaction_done(message, size)
            else:
                transaction = self.transactions.start(
                    rows, self.number, queue, parent, now, expires
                )
                if now < expires:
                    joined = self.queues.get(queue) or self._open_queue(queue)
                    if self.jobs is None:
                        self.active.enter(joined, transaction)
                    else:
                        entering.append((joined, transaction))
                else:
                    self.finish(transaction, Status.EXPIRED, self.expired)
        if entering:
            self.active.enter_all(entering)

    def _parts(self, groups: dict[int, list[int]]) -> list[tuple[int, list[int]]]:
        """Return the recipients of each transaction, with its queue: Postfix limits their number.

        Parameters
        ----------
        groups : dict of int to list of int
            By queue, the recipients of a message.
        """
        postfix = self.plan.queue_manager
        if postfix is None:
            return list(groups.items())
        most, result = postfix.recipient_limit, []
        for queue, rows in groups.items():
            step = len(rows) if queue == TOO_LARGE else most
            result += [(queue, rows[at : at + step]) for at in range(0, len(rows), step)]
        return result

    def _open_queue(self, number: int) -> TransactionQueue:
        queue = self.queues[number] = self.open_queue(self, number)
        return queue

    # Step 9: how transactions end.

    def finish(self, transaction: int, status: int, reply_number: int) -> None:
        """Set the final status of every recipient left in a transaction.

        The hub sends an NDR if they bounced or expired.
        """
        record, now = self.record, self.loop.tick
        self.transactions.final[transaction] = 1
        message = self.transactions.message[transaction]
        first = self.transactions.first_recipient[transaction]
        if record.messages.recipients[message] == 1:
            record.set_final(first, status, now, reply_number)
        else:
            for recipient in self.transactions.recipients(transaction):
                record.set_final(recipient, status, now, reply_number)
        if status in _NDR_STATUSES:
            self.send_dsn(first, Decision.NDR)
        self._transaction_done(message, record.messages.size[message])
        self.active.leave(transaction)

    def finish_each(
        self, transaction: int, recipients: list[int], statuses: list[int], reply_number: int
    ) -> None:
        """Set a final status for each recipient left in a transaction: delivered or junked."""
        now = self.loop.tick
        self.transactions.final[transaction] = 1
        message = self.transactions.message[transaction]
        for recipient, status in zip(recipients, statuses, strict=True):
            self.record.set_final(recipient, status, now, reply_number)
        self._transaction_done(message, self.record.messages.size[message])
        self.active.leave(transaction)

    def hand_over(self, transaction: int, peer: "Hub") -> None:
        """Finish a transaction that another hub has committed."""
        message = self.transactions.message[transaction]
        self.transactions.final[transaction] = 1
        peer.accept(message, transaction)
        self._transaction_done(message, self.record.messages.size[message])
        self.active.leave(transaction)

    def expire_if_due(self, transaction: int) -> bool:
        """Expire a transaction that failed and is too old for another attempt.

        Returns
        -------
        bool
            Whether it expired.
        """
        if self.loop.tick < self.transactions.expires[transaction]:
            return False
        self.finish(transaction, Status.EXPIRED, self.expired)
        return True

    def _expire(self, transaction: int) -> None:
        """Expire a transaction that waits.

        One that is on a connection is judged by `expire_if_due` when its attempt has ended. One
        that got room in the active queue just now may have expired by that already.
        """
        if self.transactions.final[transaction]:
            return
        queue = self.queues[self.transactions.queue(transaction)]
        if transaction not in queue.started:
            queue.expire(transaction)

    def _send_delay_notice(self, transaction: int) -> None:
        self.send_dsn(self.transactions.first_recipient[transaction], Decision.DELAY_NOTICE)

    def send_dsn(self, recipient: int, decision: Decision) -> None:
        """Send a DSN about a recipient to its sender.

        DSNs and other mail of the null sender never cause a DSN (RFC 5321, section 4.5.5).

        Parameters
        ----------
        recipient : int
            Row.
        decision : Decision
            NDR or DELAY_NOTICE; part of the key of the draws of the DSN.
        """
        record, plan = self.record, self.scenario_plan
        stream = plan.streams[record.messages.stream[record.recipients.message[recipient]]]
        if stream.host < 0 or stream.sender_domain < 0:  # a DSN; the null sender
            return
        message = record.new_dsn(
            self.plan.dsn_stream,
            self.dsns,
            self.loop.tick,
            DSN_SIZE,
            self.number,
            stream.sender_domain,
            mix(record.key[recipient], decision),
            recipient,
        )
        self.dsns += 1
        self.accept(message)

    def _transaction_done(self, message: int, size: int) -> None:
        """Free the room of a transaction that is delivered, bounced, expired or handed over."""
        self.pressure.hold(-size)
        self.acknowledgements.transaction_done(message)
        if not self.record.open:
            self.loop.finished = True

    # Stops, and the end of the run.

    def stop(self) -> None:
        """Stop the hub: committed mail stays, sessions and connections are cut off."""
        self.stops += 1
        if not self.up:
            return
        self.up = False
        # Before the processes that are cut off continue: they compare their epoch with this one.
        self.epoch += 1
        self.stopped_at.append(self.loop.tick)
        self.record.level(Level.HUB_DOWN, self.number, self.loop.tick, 1)
        self.outbound.reset()
        for sessions in self.sessions.values():
            sessions.reset()
        self.cores.stop()
        self.database.stop()
        for number in sorted(self.queues):
            self.queues[number].stop()
        self.acknowledgements.end_all()

    def ran_at(self, tick: int) -> bool:
        """Return whether the hub ran at a time that is over, microseconds."""
        stops = sum(stopped <= tick for stopped in self.stopped_at)
        return stops == sum(started <= tick for started in self.started_at)

    def start(self) -> None:
        """Start the hub again, unless another stop still lasts."""
        self.stops -= 1
        if self.stops:
            return
        self.up = True
        self.started_at.append(self.loop.tick)
        self.record.level(Level.HUB_DOWN, self.number, self.loop.tick, 0)
        self.cores.start()
        self.ageing.wake()
        for number in sorted(self.queues):
            self.queues[number].start()

    def close(self) -> None:
        """Record what is under way when the run ends."""
        self.cores.close()
        self.database.close()
        self.active.close()
        for number in sorted(self.queues):
            self.queues[number].close()
