"""The mailbox server: it submits the mail of the users to the hubs of the site."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from relaysim.engine.context import Context
from relaysim.engine.kernel import ATTEMPT, HOST, TIMER, Event, Process, ProcessGenerator
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.shadow_copy import copy_to_shadow
from relaysim.engine.relay.station import RECEIVE
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.mail.session_time import mailbox_timing
from relaysim.trace.tables import Status, Visit
from relaysim.traffic.draw import Decision, draw32

_RECEIVE, _SUBMIT = int(Visit.RECEIVE), int(Visit.SUBMIT)
_RECEIVE_COST = int(Decision.RECEIVE_COST)


class SubmissionPlaces:
    """MaxConcurrentMailboxSubmissions of one hub: a limited number of submissions at a time.

    Each place is a process that carries out one submission after another, in the order of requests.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit  # 0: no limit
        self.waiting: deque[Callable[[], ProcessGenerator]] = deque()
        self.in_use = 0

    def queue(self, submission: Callable[[], ProcessGenerator]) -> None:
        """Queue a submission; it begins at once if a place is free."""
        self.waiting.append(submission)
        if not self.limit or self.in_use < self.limit:
            self.in_use += 1
            Process(self._place())

    def _place(self) -> ProcessGenerator:
        while self.waiting:
            yield from self.waiting.popleft()()
        self.in_use -= 1


class OpenSubmission(NamedTuple):
    """A submission in progress: its hub, its start (µs), and the epoch of the hub at that time."""

    hub: Hub
    start: int
    epoch: int


class MailboxServer:
    """The mailbox server submits the mail of the users to the hubs of the site in turn.

    It is no SMTP client: no receive connector, no rights, no acknowledgement. Each hub has a
    limited number of submissions at a time. In an attempt the server tries each hub at most once: a
    hub that is down is passed over, and after a refusal or a cut submission the server tries the
    next hub at once. After the last hub the message waits for `retry_every`.

    While the server is down, the mail of the users waits for its return; a submission under way
    ends as usual (assumption).

    Parameters
    ----------
    is_down : callable
        Returns whether the server is down.

    Attributes
    ----------
    held : list of int
        Messages that wait for its return.

    Notes
    -----
    It is an assumption that submission goes on to another hub of the site without a wait.
    Documented for Exchange 2007 and 2010 are the turns over the hubs of a site with the next one on
    failure; one source has a selector of 2010 that avoids hubs marked unhealthy.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        hubs: Sequence[Hub],
        places: Sequence[SubmissionPlaces],
        is_down: Callable[[], bool],
    ) -> None:
        self.loop, self.record, _, plan = context
        self.entity = HOST | number
        self.plan = plan.hosts[number]
        self.hubs = [hubs[target.hub] for target in self.plan.submission_targets]
        self.places = [places[target.hub] for target in self.plan.submission_targets]
        self.timing = mailbox_timing(self.plan.round_trip, self.plan.bandwidth)
        self.turn = 0
        self.is_down = is_down
        self.held: list[int] = []
        self.open_submissions: dict[int, OpenSubmission] = {}
        self.refused = self.record.replies.number(str(reply.INSUFFICIENT_RESOURCES))
        self.unable = self.record.replies.number(str(reply.UNABLE_TO_CONNECT))

    def submit(self, message: int) -> None:
        """Begin an attempt for a message that a user has sent."""
        if self.is_down():
            self.held.append(message)
            return
        first = self.turn
        self.turn = (first + 1) % len(self.hubs)
        for turn in range(len(self.hubs)):
            if self._hub(first, turn).up:
                self._queue_at(message, first, turn)
                return
        self.record.messages.attempts[message] += 1
        number = self.hubs[first].number
        self.record.refusal(message, number, -1, self.loop.tick, self.unable)
        self._submission_failed(message, self.unable)

    def resume(self) -> None:
        """Submit what waited for the return of the server."""
        held, self.held = self.held, []
        for message in held:
            self.submit(message)

    def _hub(self, first: int, turn: int) -> Hub:
        return self.hubs[(first + turn) % len(self.hubs)]

    def _queue_at(self, message: int, first: int, turn: int) -> None:
        """Queue for a place at the hub that is `turn` hubs after the `first` of this attempt."""
        place = (first + turn) % len(self.hubs)
        self.places[place].queue(lambda: self._submission(message, first, turn))

    def _queue_at_next(self, message: int, first: int, turn: int, reply_number: int) -> None:
        """Queue for a place at the next hub that is up; else the message waits for its retry."""
        refused = self._hub(first, turn).number
        self.record.refusal(message, refused, -1, self.loop.tick, reply_number)
        for later in range(turn + 1, len(self.hubs)):
            if self._hub(first, later).up:
                self._queue_at(message, first, later)
                return
        self._submission_failed(message, reply_number)

    def _submission(self, message: int, first: int, turn: int) -> ProcessGenerator:
        """Submit a message that has a place at a hub."""
        loop, messages, hub = self.loop, self.record.messages, self._hub(first, turn)
        if self.is_down() or not hub.up:  # since the message waited for a place
            self.submit(message)
            return
        messages.attempts[message] += 1
        if hub.pressure.refuses_mail_from(Peer.MAILBOX_SERVER, sender_is_authoritative=True):
            self._queue_at_next(message, first, turn, self.refused)
            return
        size, recipient = messages.size[message], messages.first_recipient[message]
        start, epoch = loop.tick, hub.epoch
        messages.connected[message] = start
        self.open_submissions[message] = OpenSubmission(hub, start, epoch)
        hub.pressure.uncommitted += size
        time = self.timing.submission(0, 0, 1, size)
        if time:
            yield loop.at(start + time, ATTEMPT, self.entity, recipient, messages.attempts[message])
        if hub.epoch == epoch:  # else the hub stopped during the transfer
            bits = draw32(self.record.key[recipient], _RECEIVE_COST, 0)
            work = hub.plan.receive.of(size, bits)
            yield hub.cores.serve(RECEIVE, _RECEIVE, message, 0, recipient, work)
        if hub.epoch == epoch:  # else it stopped before the work was done
            yield hub.database.commit(message, recipient)
        hub.pressure.uncommitted -= size
        yield from copy_to_shadow(hub, epoch, self.entity, message)
        # The hub may have stopped during commit or copy: the epochs are compared once more below.
        self._record_submission(message, loop.tick)
        del self.open_submissions[message]
        if hub.epoch != epoch:  # it stopped before the message was safe
            self._queue_at_next(message, first, turn, self.unable)
        else:
            messages.acknowledged[message] = loop.tick
            hub.accept(message)

    def _record_submission(self, message: int, end: int) -> None:
        hub, start, epoch = self.open_submissions[message]
        if hub.epoch != epoch:
            end = hub.stopped_at[epoch]
        self.record.visit((hub.plan.submission_station, _SUBMIT, message, 0, start, start, end))

    def _submission_failed(self, message: int, reply_number: int) -> None:
        """Schedule another attempt for a message that no hub accepted, or give it up."""
        record, messages, plan = self.record, self.record.messages, self.plan
        now = self.loop.tick
        messages.reply[message] = reply_number
        due = now + plan.retry_every
        # retry_every 0: no retry
        if not plan.retry_every or due >= messages.created[message] + plan.give_up_after:
            first = messages.first_recipient[message]
            for recipient in range(first, first + messages.recipients[message]):
                record.set_final(recipient, Status.ABANDONED, now, reply_number)
            if not record.open:
                self.loop.finished = True
            return
        recipient, attempt = messages.first_recipient[message], messages.attempts[message]
        timer = self.loop.at(due, TIMER, self.entity, recipient, attempt, row=message)
        timer.callbacks.append(self._retry)

    def _retry(self, timer: Event) -> None:
        self.submit(timer.row)

    def close(self) -> None:
        """Record the submissions that are under way when the run ends."""
        for message in self.open_submissions:
            self._record_submission(message, -1)
