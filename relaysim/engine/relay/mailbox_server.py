"""The mailbox server: it submits the users' mail to the hubs of the site."""

from relaysim.engine.kernel import ATTEMPT, CLOCK, HOST, Actor, Life, Moment
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.station import RECEIVE
from relaysim.engine.world import World
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.mail.session_time import mailbox_timing
from relaysim.plan.plan import HostPlan
from relaysim.trace.tables import Status, Visit
from relaysim.traffic.draw import Decision, draw32

_RECEIVE, _SUBMIT = int(Visit.RECEIVE), int(Visit.SUBMIT)
_RECEIVE_COST = int(Decision.RECEIVE_COST)


class MailboxServer:
    """The users' mail: the mailbox server hands it to the hubs of the site in turn.

    It is no SMTP client: no receive connector, no rights, no acknowledgement. Each hub takes so
    many submissions at a time. The server asks each hub at most once in an attempt: a hub that is
    down is passed over, and after a refusal or a cut submission the next hub is asked at once.
    After the last hub the message waits for `retry_every`.

    Notes
    -----
    That submission goes on to another hub of the site without a wait is an assumption. Documented
    for Exchange 2007 and 2010 are the turns over the hubs of a site with the next one on failure;
    one source has a selector of 2010 that avoids hubs marked unhealthy.
    """

    def __init__(self, world: World, number: int) -> None:
        self.entity = HOST | number
        self.plan: HostPlan = world.plan.hosts[number]
        self.clock, self.record = world.clock, world.record
        self.hubs = [world.hubs[hub] for hub, _ in self.plan.submission_targets]
        self.timing = mailbox_timing(self.plan.round_trip, self.plan.bandwidth)
        self.turn = 0
        self.talking: dict[int, tuple[Hub, int, int]] = {}
        self.refused = self.record.reply_id(str(reply.INSUFFICIENT_RESOURCES))
        self.unable = self.record.reply_id(str(reply.UNABLE_TO_CONNECT))

    def submit(self, message: int) -> None:
        """A user has sent a message."""
        first = self.turn
        self.turn = (first + 1) % len(self.hubs)
        for turn, number in enumerate(range(first, first + len(self.hubs))):
            if self.hubs[number % len(self.hubs)].up:
                self._ask(message, first, turn)
                return
        self.record.tries[message] += 1
        number = self.hubs[first].number
        self.record.refusal(message, number, -1, self.clock.tick, self.unable)
        self._lost(message, self.unable)

    def _ask(self, message: int, first: int, turn: int) -> None:
        """Queue a message for a place at a hub: `turn` hubs after the `first` of this attempt."""
        hub = self.hubs[(first + turn) % len(self.hubs)]
        hub.submissions.append((self, message, first, turn))
        most = hub.plan.mailbox_submissions
        if not most or hub.submitting < most:
            hub.submitting += 1
            Actor(_place(hub))

    def _ask_next(self, message: int, first: int, turn: int, said: int) -> None:
        """Ask the next hub that is up; without one the message waits, with the reply `said`."""
        refused = self.hubs[(first + turn) % len(self.hubs)].number
        self.record.refusal(message, refused, -1, self.clock.tick, said)
        for later in range(turn + 1, len(self.hubs)):
            if self.hubs[(first + later) % len(self.hubs)].up:
                self._ask(message, first, later)
                return
        self._lost(message, said)

    def submission(self, hub: Hub, message: int, first: int, turn: int) -> Life:
        """One message has a place at a hub, the one `turn` hubs after the `first` asked."""
        clock, record = self.clock, self.record
        if not hub.up:
            self.submit(message)
            return
        record.tries[message] += 1
        if hub.pressure.refuses_mail_from(Peer.MAILBOX_SERVER, sender_is_authoritative=True):
            self._ask_next(message, first, turn, self.refused)
            return
        size, recipient = record.size[message], record.first_recipient[message]
        start, epoch = clock.tick, hub.epoch
        record.connected[message] = start
        self.talking[message] = (hub, start, epoch)
        hub.pressure.uncommitted += size
        time = self.timing.submission(0, 0, 1, size)
        if time:
            yield clock.at(start + time, ATTEMPT, self.entity, recipient, record.tries[message])
        if hub.epoch == epoch:
            bits = draw32(record.key[recipient], _RECEIVE_COST, 0)
            work = hub.plan.receive.of(size, bits)
            yield hub.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
        if hub.epoch == epoch:
            yield hub.database.commit(message, recipient)
        hub.pressure.uncommitted -= size
        self._write(message, clock.tick)
        del self.talking[message]
        if hub.epoch != epoch:
            self._ask_next(message, first, turn, self.unable)
        else:
            record.acknowledged[message] = clock.tick
            hub.own(message)

    def _write(self, message: int, end: int) -> None:
        hub, start, epoch = self.talking[message]
        if hub.epoch != epoch:
            end = hub.stopped_at[epoch]
        self.record.visit((hub.plan.submission_station, _SUBMIT, message, 0, start, start, end))

    def _lost(self, message: int, said: int) -> None:
        """No hub took it: the mailbox server keeps it and tries again."""
        record, plan, now = self.record, self.plan, self.clock.tick
        record.reply[message] = said
        again = now + plan.retry_every
        if not plan.retry_every or again >= record.created[message] + plan.give_up_after:
            first = record.first_recipient[message]
            for recipient in range(first, first + record.recipients[message]):
                record.fated(recipient, Status.ABANDONED, now, said)
            if not record.open:
                self.clock.finished = True
            return
        recipient = record.first_recipient[message]
        moment = self.clock.at(
            again, CLOCK, self.entity, recipient, record.tries[message], about=message
        )
        moment.callbacks.append(self._again)

    def _again(self, moment: Moment) -> None:
        self.submit(moment.about)

    def close(self) -> None:
        """The run is over: submissions under way are written down as such."""
        for message in self.talking:
            self._write(message, -1)


def _place(hub: Hub) -> Life:
    """A place for submission at a hub: one message after another, whichever server has it."""
    while hub.submissions:
        server, *asked = hub.submissions.popleft()
        yield from server.submission(hub, *asked)
    hub.submitting -= 1
