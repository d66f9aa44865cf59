"""Hosts: a spool of messages, and the SMTP sessions that submit them."""

from collections import Counter, deque
from collections.abc import Generator, Sequence
from typing import NamedTuple

from relaysim.engine.context import Context
from relaysim.engine.kernel import ATTEMPT, HOST, TIMER, Event, Process, ProcessGenerator
from relaysim.engine.relay.duplicates import taken
from relaysim.engine.relay.envelope import Envelope
from relaysim.engine.relay.front_end import FrontEnds
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.load_balancer import LoadBalancer
from relaysim.engine.relay.receive_connector_sessions import ConnectorSessions
from relaysim.engine.relay.relay_intake import RelayIntake
from relaysim.engine.relay.reply_timeout import ReplyTimeouts
from relaysim.engine.relay.shadow_copy import copy_to_shadow
from relaysim.engine.relay.station import RECEIVE
from relaysim.mail import reply
from relaysim.plan.host_plan import Server, SubmissionTarget
from relaysim.trace.tables import Level, Status, Visit
from relaysim.traffic.draw import Decision, draw32

_RECEIVE, _SESSION = int(Visit.RECEIVE), int(Visit.SESSION)
_RECEIVE_COST = int(Decision.RECEIVE_COST)

NO_LIMIT = 1 << 62


class OpenSession(NamedTuple):
    """A session that a hub has accepted.

    `requested` and `accepted` are times in microseconds, `epoch` is that of the hub at acceptance.
    `place` is that of the hub behind the load balancer of the server, or 0.
    """

    first_message: int
    target: SubmissionTarget
    server: Server
    place: int
    requested: int
    accepted: int
    epoch: int


class Host:
    """A host that submits over SMTP.

    A host outside reaches a hub by the line of its public IP; an outage of the line refuses new
    sessions and leaves open ones alone (assumption).

    Messages wait in the spool, first in, first out. While a message waits and the host may open one
    more session, a session connects. A session closes when the spool is empty or after
    `messages_per_connection` messages.

    Parameters
    ----------
    lines_down : sequence of int
        For each line its current outages.
    intake : RelayIntake
        What relay services do with hosts that submit to them.

    Attributes
    ----------
    spool : deque of int
        Messages that wait for a session.
    sessions : int
        Session processes that exist, whether a hub has accepted them or not.
    connected : int
        Sessions that a hub has accepted.
    connections : int
        Connections requested so far, which gives each address of the server its turn.
    waiting_to_retry : bool
        No hub accepted a session: the host opens no connection until its retry interval is over.
    open_sessions : dict of int to OpenSession
        Accepted sessions, by number of the connection.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        hubs: Sequence[Hub],
        balancers: Sequence[LoadBalancer],
        lines_down: Sequence[int],
        front_ends: FrontEnds,
        intake: RelayIntake,
    ) -> None:
        self.loop, self.record, _, self.scenario_plan = context
        self.number, self.entity = number, HOST | number
        self.hubs, self.balancers = hubs, balancers
        self.lines_down, self.front_ends, self.intake = lines_down, front_ends, intake
        self.plan = context.plan.hosts[number]
        self.spool: deque[int] = deque()
        self.sessions = self.connected = self.connections = 0
        self.limit = self.plan.sessions or NO_LIMIT
        self.waiting_to_retry = False
        self.open_sessions: dict[int, OpenSession] = {}
        self.envelope = Envelope(context, self.plan.account)
        self.timeouts = ReplyTimeouts(
            self.loop, self.entity, self.plan.data_done_timeout, self._timed_out
        )
        self.reply_number = self.record.replies.number
        self.unable = self.reply_number(str(reply.UNABLE_TO_CONNECT))
        self.dropped = self.reply_number(str(reply.CONNECTION_DROPPED))
        self.unavailable = self.reply_number(str(reply.SERVICE_NOT_AVAILABLE))
        self.reply_number(str(reply.QUEUED.filled(message_id="id")))

    # Step 1: a message is created and waits in the spool.

    def submit(self, message: int) -> None:
        """Put a message that a stream has created into the spool."""
        self.spool.append(message)
        self._open_session()

    def _open_session(self) -> None:
        if self.sessions < self.limit and not self.waiting_to_retry and self.spool:
            self.sessions += 1
            Process(self._session())

    # Step 2: connections.

    def _session(self) -> ProcessGenerator:
        """Open one connection after another, as long as messages wait in the spool."""
        loop, plan, messages = self.loop, self.plan, self.record.messages
        while self.spool and not self.waiting_to_retry:
            message = self.spool.popleft()
            requested = loop.tick
            recipient = messages.first_recipient[message]
            connection, self.connections = self.connections, self.connections + 1
            for turn in range(len(plan.servers)):
                server = plan.servers[(connection + turn) % len(plan.servers)]
                place, target = self._target(server)
                number, connector, _ = target
                answer = self.unable  # -1: a greeting
                if number >= 0 and self._reaches(self.hubs[number]):  # -1: no hub has the address
                    hub = self.hubs[number]
                    answered = hub.next_connection_time()
                    if connector >= 0 and hub.sessions[connector].plan.relay >= 0:
                        plan_of = hub.sessions[connector].plan
                        answered += self.intake.connect_time(plan_of, message)
                    if answered > loop.tick:
                        yield loop.at(answered, ATTEMPT, self.entity, recipient)
                    # The hub may have stopped meanwhile: `_greeting` checks again.
                    answer = self._greeting(hub, target, message)
                    if answer < 0:
                        break
                self.record.refusal(message, number, connector, loop.tick, answer)
                if plan.round_trip:
                    due = loop.tick + plan.round_trip
                    attempt = messages.attempts[message]
                    yield loop.at(due, ATTEMPT, self.entity, recipient, attempt)
            if answer >= 0:
                if self._connection_refused(message, answer):
                    break
                continue
            epoch, accepted = hub.epoch, loop.tick
            self.connected += 1
            if server.balancer >= 0:  # -1: none
                self.balancers[server.balancer].opened(place)
            self.open_sessions[connection] = OpenSession(
                message, target, server, place, requested, accepted, epoch
            )
            setup = plan.verdicts[connector].timing.opening_time
            if setup:
                due = accepted + setup
                yield loop.at(due, ATTEMPT, self.entity, recipient, messages.attempts[message])
            # The hub may have stopped since it accepted the session: `_dialogue` compares epochs.
            messages.connected[message] = accepted
            carried = 0
            sessions = hub.sessions[connector]
            while (yield from self._dialogue(hub, sessions, target, epoch, connection, message)):
                carried += 1
                if carried == plan.messages_per_connection or not self.spool:
                    break
                message = self.spool.popleft()
                messages.connected[message] = loop.tick
            if connection not in self.open_sessions:  # `_timed_out` has closed it
                return
            self._close_session(hub, connection)
        self.sessions -= 1

    def _target(self, server: Server) -> tuple[int, SubmissionTarget]:
        """Return the target of the next connection to an address, and its place behind it."""
        place = 0 if server.balancer < 0 else self.balancers[server.balancer].choose()
        if place < 0:  # the load balancer has no hub that runs
            return place, SubmissionTarget(-1, -1)
        return place, self.plan.submission_targets[server.first + place]

    def _reaches(self, hub: Hub) -> bool:
        """Return whether a hub answers: it is up, and so is its line for a host outside."""
        return hub.up and not (self.plan.outside and self.lines_down[hub.plan.line])

    def _greeting(self, hub: Hub, target: SubmissionTarget, message: int) -> int:
        """Return the reply with which a hub refuses a session now; -1 if it greets the host."""
        connector = target.connector
        if not hub.up:
            return self.unable
        if connector < 0 or hub.pressure.refuses_connection():  # -1: no connector matches
            return self.unavailable
        if hub.sessions[connector].plan.relay >= 0:  # -1: no relay service
            answer = self.intake.greeting(hub.sessions[connector].plan, target, message)
            if answer >= 0:
                return answer
        refusal = hub.sessions[connector].admit(target.source)
        return self.reply_number(refusal) if refusal else -1

    def _close_session(self, hub: Hub, connection: int) -> None:
        session = self.open_sessions.pop(connection)
        self.connected -= 1
        end = self.loop.tick
        if hub.epoch == session.epoch:
            sessions = hub.sessions[session.target.connector]
            sessions.leave(session.target.source)
            if sessions.plan.relay >= 0:
                self.intake.leave(sessions.plan, session.target)
            if session.server.balancer >= 0:
                self.balancers[session.server.balancer].closed(session.place)
        else:
            end = hub.stopped_at[session.epoch]
        self._record_session(session, end)

    def _record_session(self, session: OpenSession, end: int) -> None:
        station = self.scenario_plan.connectors[session.target.connector].station
        times = session.requested, session.accepted, end
        self.record.visit((station, _SESSION, session.first_message, 0, *times))

    # Steps 3 to 5: the SMTP dialogue of a message, commit and acknowledgement.

    def _dialogue(
        self,
        hub: Hub,
        sessions: ConnectorSessions,
        target: SubmissionTarget,
        epoch: int,
        connection: int,
        message: int,
    ) -> Generator[Event, None, bool]:
        """Submit one message, from MAIL FROM to the final reply; return whether the session lasts.

        After each yield the hub may have stopped: then its epoch differs, and the session is lost.
        Behind a front end another hub may take the message; if that one stops, the session lasts.
        From the end of DATA on the host may have closed the session, see `_timed_out`: the hub
        that takes the message commits it all the same.
        """
        loop, record, messages, plan = self.loop, self.record, self.record.messages, self.plan
        connector, verdicts = target.connector, plan.verdicts[target.connector]
        size, recipient = messages.size[message], messages.first_recipient[message]
        messages.attempts[message] += 1
        messages.connector[message] = connector
        attempt = messages.attempts[message]
        if hub.epoch != epoch:
            self._submission_failed(message, self.dropped)
            return False
        takes = self.front_ends.taker(hub, sessions.plan, verdicts.rcpt, message, attempt)
        taking, pressure = takes.epoch, takes.pressure
        recipients = messages.recipients[message] - record.final_recipients(message)

        # MAIL FROM and RCPT TO. The replies are decided now, the time for them passes afterwards.
        refusal = self.envelope.mail_from(pressure, sessions, target.source, verdicts, message)
        if refusal >= 0:
            closes = record.replies.codes[refusal] == reply.CLOSES
            time = pressure.delay + verdicts.timing.refusal(recipients, closes)
            yield loop.at(loop.tick + time, ATTEMPT, self.entity, recipient, attempt)
            # The hub may have stopped meanwhile: the next message of the session compares epochs.
            self._submission_failed(message, refusal)
            return not closes
        relay = sessions.plan if sessions.plan.relay >= 0 else None
        if relay is None:
            refused = self.envelope.rcpt_to(verdicts, message)
        else:
            refused = self.intake.rcpt_to(relay, target, message)
        accepted = recipients - len(refused)
        # A message with more recipients than the connector accepts is sent several times.
        mails = -(-accepted // (sessions.plan.max_recipients_per_message or accepted or 1))
        time = pressure.delay + verdicts.timing.submission(recipients, len(refused), mails, size)
        if accepted:
            time += takes.active.intake_delay()
            if relay is not None:
                time += self.intake.reply_time(relay, target, message)
        if accepted:
            pressure.uncommitted += size
        if time:
            yield loop.at(loop.tick + time, ATTEMPT, self.entity, recipient, attempt)
        # If the hub has stopped meanwhile, the host has the replies to RCPT TO all the same.
        final = [record.replies.codes[number] >= reply.PERMANENT for _, number in refused]
        if refused and not accepted and not any(final):
            self._submission_failed(message, refused[0][1])
            return hub.epoch == epoch
        if refused:
            for reply_number, count in Counter(number for _, number in refused).items():
                record.refusal(message, hub.number, connector, loop.tick, reply_number, count)
            for (refused_recipient, reply_number), is_final in zip(refused, final, strict=True):
                # A host does not send a message again for some of its recipients (assumption).
                status = Status.REFUSED if is_final else Status.ABANDONED
                record.set_final(refused_recipient, status, loop.tick, reply_number)
                messages.reply[message] = reply_number
        if not accepted:
            self._check_end()
            return hub.epoch == epoch

        # A relay service has neither cores nor a queue database.
        if relay is not None:
            pressure.uncommitted -= size
            deferral = self.intake.content(relay, message)
            if deferral >= 0:
                self._submission_failed(message, deferral)
                return True
            takes.accept(message)
            messages.acknowledged[message] = loop.tick
            messages.reply[message] = self.reply_number(sessions.queued)
            return True

        # Commit.
        complete = hub.epoch == epoch  # else the session was lost before the end of DATA
        if complete:
            self.timeouts.start(connection, message, recipient, attempt)
        if complete and takes.epoch == taking:
            bits = draw32(record.key[recipient], _RECEIVE_COST, 0)
            work = mails * (sessions.plan.receive or takes.plan.receive).of(size, bits)
            yield takes.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
            # Else the hub stopped before the work was done.
            if takes.epoch == taking:
                yield takes.database.commit(message, recipient)
        pressure.uncommitted -= size
        if complete:
            yield from copy_to_shadow(takes, taking, self.entity, message, mails)
        if not complete or takes.epoch != taking:  # not committed
            if connection not in self.open_sessions:
                self._give_up(message, Status.ABANDONED, messages.reply[message])
                return False
            self.timeouts.end(connection)
            if hub.epoch != epoch:
                self._submission_failed(message, self.dropped)
                return False
            error = self.reply_number(str(reply.TEMPORARY_SERVER_ERROR))
            self._submission_failed(message, error)
            return True

        # Acknowledgement.
        delay = sessions.plan.max_acknowledgement_delay
        if delay and hub.epoch == epoch and connection in self.open_sessions:
            acknowledged = takes.acknowledgements.delay(message)
            takes.accept(message)
            if acknowledged.callbacks is not None:  # else every transaction is done already
                timer = loop.at(loop.tick + delay, TIMER, takes.number, recipient, row=message)
                timer.callbacks.append(takes.acknowledgements.delay_over)
                yield acknowledged
        else:
            takes.accept(message)
        if connection not in self.open_sessions:
            return False
        self.timeouts.end(connection)
        if hub.epoch != epoch or takes.epoch != taking:
            self._acknowledgement_lost(message, self.dropped)
            return False
        messages.acknowledged[message] = loop.tick
        messages.reply[message] = self.reply_number(sessions.queued)
        return True

    def _timed_out(self, connection: int, message: int) -> None:
        """Close a session whose reply to the end of DATA does not come in time."""
        self._close_session(self.hubs[self.open_sessions[connection].target.hub], connection)
        self.sessions -= 1
        self._acknowledgement_lost(message, self.reply_number(str(reply.CONNECTION_TIMED_OUT)))
        self._open_session()

    # Step 10: a refused or failed submission.

    def _submission_failed(self, message: int, reply_number: int) -> None:
        """Schedule another attempt for a message that the hub did not accept, or give it up."""
        plan, messages, now = self.plan, self.record.messages, self.loop.tick
        messages.reply[message] = reply_number
        connector = messages.connector[message]
        hub = self.scenario_plan.connectors[connector].hub
        self.record.refusal(message, hub, connector, now, reply_number)
        permanent = self.record.replies.codes[reply_number] >= reply.PERMANENT
        due = now + plan.retry_every
        if permanent or not plan.retry_every or self._too_old(message, due):  # 0: no retry
            self._give_up(message, Status.REFUSED if permanent else Status.ABANDONED, reply_number)
            return
        recipient, attempt = messages.first_recipient[message], messages.attempts[message]
        timer = self.loop.at(due, TIMER, self.entity, recipient, attempt, row=message)
        timer.callbacks.append(self._retry)

    def _acknowledgement_lost(self, message: int, reply_number: int) -> None:
        """Handle a message that a hub has, but that its host counts as failed.

        A host that retries sends it once more: a duplicate.
        """
        plan, messages, now = self.plan, self.record.messages, self.loop.tick
        messages.reply[message] = reply_number
        connector = messages.connector[message]
        hub = self.scenario_plan.connectors[connector].hub
        recipients = taken(self.record, message)
        self.record.refusal(message, hub, connector, now, reply_number, len(recipients))
        due = now + plan.retry_every
        if plan.retry_every and not self._too_old(message, due):  # 0: no retry
            duplicate = self.record.new_duplicate(message, recipients)
            recipient = messages.first_recipient[duplicate]
            timer = self.loop.at(due, TIMER, self.entity, recipient, row=duplicate)
            timer.callbacks.append(self._retry)

    def _retry(self, timer: Event) -> None:
        self.submit(timer.row)

    def _too_old(self, message: int, due: int) -> bool:
        return due >= self.record.messages.created[message] + self.plan.give_up_after

    def _give_up(self, message: int, status: Status, reply_number: int) -> None:
        messages, recipients = self.record.messages, self.record.recipients
        first = messages.first_recipient[message]
        for recipient in range(first, first + messages.recipients[message]):
            if not recipients.status[recipient]:
                self.record.set_final(recipient, status, self.loop.tick, reply_number)
        self._check_end()

    def _check_end(self) -> None:
        if not self.record.open:
            self.loop.finished = True

    def _connection_refused(self, message: int, reply_number: int) -> bool:
        """Handle a message for which no server took a connection; return whether its session ends.

        An application that does not retry loses the message. One that does keeps it: its other
        sessions continue with the spool. Without any, the host waits for its retry interval
        (assumption, after the rule for the queues of a hub).
        """
        plan, messages = self.plan, self.record.messages
        messages.attempts[message] += 1
        messages.reply[message] = reply_number
        permanent = self.record.replies.codes[reply_number] >= reply.PERMANENT
        due = self.loop.tick + plan.retry_every
        if permanent or not plan.retry_every or self._too_old(message, due):  # 0: no retry
            self._give_up(message, Status.REFUSED if permanent else Status.ABANDONED, reply_number)
            return False
        self._put_back(message)
        if not self.connected and not self.waiting_to_retry:
            self.waiting_to_retry = True
            self.record.level(Level.HOST_RETRY, self.number, self.loop.tick, 1)
            self.loop.at(due, TIMER, self.entity).callbacks.append(self._retry_interval_over)
        return True

    def _put_back(self, message: int) -> None:
        """Put a message back into the spool, before all messages that were created later."""
        spool, created = self.spool, self.record.messages.created
        place = 0
        while place < len(spool) and created[spool[place]] <= created[message]:
            place += 1
        spool.insert(place, message)

    def _retry_interval_over(self, _: object) -> None:
        self.waiting_to_retry = False
        self.record.level(Level.HOST_RETRY, self.number, self.loop.tick, 0)
        for _ in range(min(len(self.spool), self.limit - self.sessions)):
            self._open_session()

    def close(self) -> None:
        """Record the sessions that are open when the run ends."""
        for session in self.open_sessions.values():
            hub = self.hubs[session.target.hub]
            stopped = hub.epoch != session.epoch
            self._record_session(session, hub.stopped_at[session.epoch] if stopped else -1)
