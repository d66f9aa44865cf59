"""Back pressure: a hub polls its resources and refuses mail while they run short."""

from relaysim.engine.kernel import TIMER, EventLoop, Process, ProcessGenerator
from relaysim.engine.recorder import Recorder
from relaysim.mail import backpressure
from relaysim.mail.backpressure import Peer, Thresholds
from relaysim.mail.watched_drive import Resource
from relaysim.plan.hub_plan import PressurePlan
from relaysim.trace.tables import Level

_NORMAL = backpressure.Level.NORMAL
_LEVEL = {Resource.DATABASE: Level.QUEUE_DISK, Resource.LOG: Level.LOG_DISK}


class Pressure:
    """The monitored resources of one hub. A resource without a size is not monitored.

    The submission queue has the messages that wait for the categorizer or are in it. Version
    buckets are the uncommitted work: bytes of messages in DATA or commit. The level of the
    queue drive depends on the largest size of the database so far, since its file does not shrink.
    The log is circular: it takes no room of its own (assumption).

    Attributes
    ----------
    uncommitted : int
        Bytes of the messages in DATA or commit.
    submitted : int
        Messages in the submission queue.
    delay : int
        Microseconds by which replies to MAIL FROM are delayed.
    level : backpressure.Level
        The pressure that decides refusals. It changes at polls only and is read for each message.
    """

    def __init__(self, loop: EventLoop, record: Recorder, hub: int, plan: PressurePlan) -> None:
        self.loop, self.record, self.hub, self.plan = loop, record, hub, plan
        self.uncommitted = self.submitted = self.held = self.most_held = 0
        self.buckets = self.queue = _NORMAL
        self.disks = [_NORMAL] * len(plan.drives)
        self.pressed_polls = self.queue_polls = self.delay = 0
        self.level = _NORMAL
        if plan.version_bucket_size or plan.drives or plan.submission_queue_watched:
            Process(self._poll())

    def hold(self, size: int) -> None:
        """Add bytes to the queue database; a negative size removes them."""
        self.held += size
        if self.held > self.most_held:
            self.most_held = self.held

    def refuses_connection(self) -> bool:
        """Return whether the hub refuses connections."""
        return backpressure.refuses_connection(self.level, self.plan.delays_first)

    def refuses_mail_from(self, peer: Peer, sender_is_authoritative: bool) -> bool:
        """Return whether the hub refuses MAIL FROM, or a mailbox submission, of a peer."""
        return backpressure.refuses_mail_from(self.level, peer, sender_is_authoritative)

    def _poll(self) -> ProcessGenerator:
        """Measure the resources every ResourceMonitoringInterval, also while the hub is stopped."""
        plan, loop = self.plan, self.loop
        buckets, queue = plan.used_version_buckets, plan.submission_queue_length
        # Exchange 2007 refuses at once.
        patience, queue_patience = (
            (plan.version_buckets_history_depth, plan.submission_queue_history_depth)
            if plan.delays_first
            else (0, 0)
        )
        thresholds = [drive.thresholds for drive in plan.drives]
        # What the last poll measured, if another poll of the same would change nothing.
        settled: tuple[int, int, int] | None = None
        while True:
            yield loop.at(loop.tick + plan.resource_monitoring_interval, TIMER, self.hub)
            # The hub may be stopped: its drives still hold the mail, so the poll continues.
            measured = self.uncommitted, self.submitted, self.most_held
            if measured == settled:
                continue
            delay_before = self.delay
            if plan.version_bucket_size:
                used = -(-self.uncommitted // plan.version_bucket_size)
                self.buckets = self._rated(Level.VERSION_BUCKETS, self.buckets, used, buckets)
                pressed = self.buckets is not _NORMAL
                self.pressed_polls = self.pressed_polls + 1 if pressed else 0
            if plan.submission_queue_watched:
                self.queue = self._rated(Level.SUBMISSION_QUEUE, self.queue, self.submitted, queue)
                self.queue_polls = self.queue_polls + 1 if self.queue is not _NORMAL else 0
            steady = self.buckets is _NORMAL and self.queue is _NORMAL
            if plan.delays_first:
                self.delay = backpressure.mail_from_delay(self.delay, not steady, plan.reply_delay)
            for number, drive in enumerate(plan.drives):
                use = drive.use(self.most_held)
                resource, before = _LEVEL[drive.resource], self.disks[number]
                self.disks[number] = self._rated(resource, before, use, thresholds[number])
            disks = max(self.disks, default=_NORMAL)
            self.level = max(
                backpressure.refusing_level(disks, self.buckets, self.pressed_polls, patience),
                backpressure.refusing_level(disks, self.queue, self.queue_polls, queue_patience),
            )
            # Under pressure, and while a delay changes, polls are counted.
            settled = measured if steady and self.delay == delay_before else None

    def _rated(
        self, resource: Level, before: backpressure.Level, value: int, thresholds: Thresholds
    ) -> backpressure.Level:
        now = backpressure.level(before, value, thresholds)
        if now is not before:
            self.record.level(resource, self.hub, self.loop.tick, int(now))
        return now
