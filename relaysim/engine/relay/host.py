"""Hosts: a spool of messages, and the SMTP sessions that submit them."""

from collections import Counter, deque
from collections.abc import Generator

from relaysim.engine.kernel import ATTEMPT, CLOCK, HOST, Actor, Life, Moment
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.receive_connector_sessions import Listener
from relaysim.engine.relay.station import RECEIVE
from relaysim.engine.world import World
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.plan.plan import HostPlan, Verdicts
from relaysim.trace.tables import Level, Status, Visit
from relaysim.traffic.draw import Decision, draw32

_RECEIVE, _SESSION = int(Visit.RECEIVE), int(Visit.SESSION)
_RECEIVE_COST = int(Decision.RECEIVE_COST)

CLOSED = 421
"""The code with which a hub closes the session."""


class Host:
    """A host that submits over SMTP.

    Its messages wait in the spool, first come, first served. As long as one waits and the host has
    a session to spare, a session connects; it closes when the spool is empty or
    `messages_per_connection` is reached.
    """

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number, self.entity = world, number, HOST | number
        self.plan: HostPlan = world.plan.hosts[number]
        self.clock, self.record = world.clock, world.record
        self.spool: deque[int] = deque()
        self.sessions = self.connected = self.connections = 0
        self.most = self.plan.sessions or 1 << 62
        self.resting = False
        self.talking: dict[int, tuple[int, int, int, int, int]] = {}
        said = self.record.reply_id
        self.unable = said(str(reply.UNABLE_TO_CONNECT))
        self.dropped = said(str(reply.CONNECTION_DROPPED))
        self.unavailable = said(str(reply.SERVICE_NOT_AVAILABLE))
        self.queued = said(str(reply.QUEUED.filled(message_id="id")))

    def submit(self, message: int) -> None:
        """A stream of the host has created a message."""
        self.spool.append(message)
        self._knock()

    def _knock(self) -> None:
        if self.sessions < self.most and not self.resting and self.spool:
            self.sessions += 1
            Actor(self._session())

    def _session(self) -> Life:
        """One connection after another, as long as there is mail."""
        clock, record, plan = self.clock, self.record, self.plan
        while self.spool and not self.resting:
            message = self.spool.popleft()
            asked = clock.tick
            recipient = record.first_recipient[message]
            connection, self.connections = self.connections, self.connections + 1
            said, door, hub = self.unable, -1, None
            for turn in range(len(plan.submission_targets)):
                target = (connection + turn) % len(plan.submission_targets)
                number, door = plan.submission_targets[target]
                said, hub = self.unable, None
                if number >= 0 and self.world.hubs[number].up:
                    hub = self.world.hubs[number]
                    answered = hub.slot()
                    if answered > clock.tick:
                        yield clock.at(answered, ATTEMPT, self.entity, recipient)
                    said = self._greet(hub, door)
                    if said < 0:
                        break
                record.refusal(message, number, door, clock.tick, said)
                if plan.round_trip:
                    due = clock.tick + plan.round_trip
                    yield clock.at(due, ATTEMPT, self.entity, recipient, record.tries[message])
            if said >= 0 or hub is None:
                if self._turned_away(message, said):
                    break
                continue
            epoch, accepted = hub.epoch, clock.tick
            self.connected += 1
            self.talking[connection] = (message, door, asked, accepted, epoch)
            setup = plan.verdicts[door].timing.opening_time
            if setup:
                due = accepted + setup
                yield clock.at(due, ATTEMPT, self.entity, recipient, record.tries[message])
            record.connected[message] = accepted
            carried = 0
            listener = hub.listeners[door]
            while (yield from self._dialog(hub, listener, door, epoch, message)):
                carried += 1
                if carried == plan.messages_per_connection or not self.spool:
                    break
                message = self.spool.popleft()
                record.connected[message] = clock.tick
            self._close(hub, connection)
        self.sessions -= 1

    def _greet(self, hub: Hub, door: int) -> int:
        """Ask a hub that is up for a session: -1 for a greeting, else the reply."""
        if not hub.up:
            return self.unable
        if door < 0 or hub.pressure.refuses_connection():
            return self.unavailable
        answer = hub.listeners[door].admit(self.plan.source)
        return self.record.reply_id(answer) if answer else -1

    def _close(self, hub: Hub, connection: int) -> None:
        opener, door, asked, accepted, epoch = self.talking.pop(connection)
        self.connected -= 1
        end = self.clock.tick
        if hub.epoch == epoch:
            hub.listeners[door].leave(self.plan.source)
        else:
            end = hub.stopped_at[epoch]
        station = hub.listeners[door].plan.station
        self.record.visit((station, _SESSION, opener, 0, asked, accepted, end))

    def _dialog(
        self, hub: Hub, listener: Listener, door: int, epoch: int, message: int
    ) -> Generator[Moment, None, bool]:
        """One message from MAIL FROM to the final reply. False: the session is over."""
        clock, record, plan = self.clock, self.record, self.plan
        verdicts = plan.verdicts[door]
        size, recipient = record.size[message], record.first_recipient[message]
        record.tries[message] += 1
        record.connector[message] = door
        tries = record.tries[message]
        if hub.epoch != epoch:
            self._lost(message, self.dropped)
            return False
        pressure = hub.pressure
        asked = record.recipients[message] - record.final_recipients(message)
        said = self._mail_from(hub, listener, verdicts, message)
        if said >= 0:
            closes = record.code(said) == CLOSED
            time = pressure.delay + verdicts.timing.refusal(asked, closes)
            yield clock.at(clock.tick + time, ATTEMPT, self.entity, recipient, tries)
            self._lost(message, said)
            return not closes
        refused = self._rcpt_to(verdicts, message)
        accepted = asked - len(refused)
        mails = -(-accepted // (listener.plan.max_recipients_per_message or accepted or 1))
        time = pressure.delay + verdicts.timing.submission(asked, len(refused), mails, size)
        if accepted:
            pressure.uncommitted += size
        if time:
            yield clock.at(clock.tick + time, ATTEMPT, self.entity, recipient, tries)
        if refused:
            for answer, recipients in Counter(answer for _, answer in refused).items():
                record.refusal(message, hub.number, door, clock.tick, answer, recipients)
            for one, answer in refused:
                record.fated(one, Status.REFUSED, clock.tick, answer)
                record.reply[message] = answer
        if not accepted:
            self._check_end()
            return hub.epoch == epoch
        if hub.epoch == epoch:
            bits = draw32(record.key[recipient], _RECEIVE_COST, 0)
            work = mails * hub.plan.receive.of(size, bits)
            yield hub.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
            if hub.epoch == epoch:
                yield hub.database.commit(message, recipient)
        pressure.uncommitted -= size
        if hub.epoch != epoch:
            self._lost(message, self.dropped)
            return False
        delay = listener.plan.max_acknowledgement_delay
        if delay:
            done = hub.hold(message)
            hub.own(message)
            if done.callbacks is not None:
                late = clock.at(clock.tick + delay, CLOCK, hub.number, recipient, about=message)
                late.callbacks.append(hub.too_late)
                yield done
            if hub.epoch != epoch:
                record.reply[message] = self.dropped
                return False
        else:
            hub.own(message)
        record.acknowledged[message] = clock.tick
        record.reply[message] = self.queued
        return True

    def _mail_from(self, hub: Hub, listener: Listener, verdicts: Verdicts, message: int) -> int:
        """The reply to MAIL FROM, SIZE included: -1 if it is a success."""
        record, pressure = self.record, hub.pressure
        stream = record.stream[message]
        said = verdicts.mail[stream]
        if said >= 0:
            return record.reply_id(self.world.plan.replies[said])
        own = self.world.plan.streams[stream].sender_is_authoritative
        if pressure.refuses_mail_from(Peer.OTHER, own):
            return record.reply_id(str(reply.INSUFFICIENT_RESOURCES))
        limit = listener.plan.max_message_size
        if limit is not None and record.size[message] > limit and not verdicts.bypasses_size_limit:
            return record.reply_id(str(reply.MESSAGE_TOO_LARGE))
        answer = listener.over_rate(self.plan.source, self.plan.account, self.clock.tick)
        return record.reply_id(answer) if answer else -1

    def _rcpt_to(self, verdicts: Verdicts, message: int) -> list[tuple[int, int]]:
        """The recipients that are refused, each with the reply."""
        if verdicts.relays:
            return []
        record, rcpt = self.record, verdicts.rcpt
        first = record.first_recipient[message]
        return [
            (recipient, record.reply_id(self.world.plan.replies[rcpt[record.domain[recipient]]]))
            for recipient in range(first, first + record.recipients[message])
            if rcpt[record.domain[recipient]] >= 0 and not record.status[recipient]
        ]

    # Failure.

    def _lost(self, message: int, said: int) -> None:
        """The hub did not take a message: try again later, or let it go."""
        plan, record, now = self.plan, self.record, self.clock.tick
        record.reply[message] = said
        door = record.connector[message]
        record.refusal(message, self.world.plan.connectors[door].hub, door, now, said)
        permanent = record.code(said) >= 500
        again = now + plan.retry_every
        if permanent or not plan.retry_every or self._too_old(message, again):
            self._let_go(message, Status.REFUSED if permanent else Status.ABANDONED, said)
            return
        recipient = record.first_recipient[message]
        moment = self.clock.at(
            again, CLOCK, self.entity, recipient, record.tries[message], about=message
        )
        moment.callbacks.append(self._again)

    def _again(self, moment: Moment) -> None:
        self.submit(moment.about)

    def _too_old(self, message: int, when: int) -> bool:
        return when >= self.record.created[message] + self.plan.give_up_after

    def _let_go(self, message: int, status: Status, said: int) -> None:
        record = self.record
        first = record.first_recipient[message]
        for recipient in range(first, first + record.recipients[message]):
            if not record.status[recipient]:
                record.fated(recipient, status, self.clock.tick, said)
        self._check_end()

    def _check_end(self) -> None:
        if not self.record.open:
            self.clock.finished = True

    def _turned_away(self, message: int, said: int) -> bool:
        """No hub would talk. True: this session ends.

        An application that does not retry loses the message. One that does keeps it: its other
        sessions go on with the spool; without any it rests for its retry interval (assumption,
        after the rule for a hub's own queues).
        """
        plan, record = self.plan, self.record
        record.tries[message] += 1
        record.reply[message] = said
        again = self.clock.tick + plan.retry_every
        if not plan.retry_every or self._too_old(message, again):
            self._let_go(message, Status.ABANDONED, said)
            return False
        self._put_back(message)
        if not self.connected and not self.resting:
            self.resting = True
            record.level(Level.HOST_RETRY, self.number, self.clock.tick, 1)
            self.clock.at(again, CLOCK, self.entity).callbacks.append(self._rested)
        return True

    def _put_back(self, message: int) -> None:
        """Into the spool, before all that were created later."""
        spool, created = self.spool, self.record.created
        place = 0
        while place < len(spool) and created[spool[place]] <= created[message]:
            place += 1
        spool.insert(place, message)

    def _rested(self, _: object) -> None:
        self.resting = False
        self.record.level(Level.HOST_RETRY, self.number, self.clock.tick, 0)
        for _ in range(min(len(self.spool), self.most - self.sessions)):
            self._knock()

    def close(self) -> None:
        """The run is over: sessions that are open are written down as such."""
        for opener, door, asked, accepted, epoch in self.talking.values():
            connector = self.world.plan.connectors[door]
            hub = self.world.hubs[connector.hub]
            end = hub.stopped_at[epoch] if hub.epoch != epoch else -1
            self.record.visit((connector.station, _SESSION, opener, 0, asked, accepted, end))
