"""Back pressure: a hub polls its resources and refuses mail while they run short."""

from relaysim.engine.clock import CLOCK, Actor, Clock, Life
from relaysim.engine.plan import PressurePlan
from relaysim.engine.recorder import Recorder
from relaysim.engine.trace import Level
from relaysim.mail import backpressure
from relaysim.mail.backpressure import Peer, Thresholds

_NORMAL = backpressure.Level.NORMAL


class Pressure:
    """The watched resources of one hub; without a size nothing is watched and nothing refused.

    Version buckets follow the uncommitted work: bytes of messages in DATA or commit. The drive
    follows the most that the queue database ever held, since its file does not shrink.
    """

    def __init__(self, clock: Clock, record: Recorder, hub: int, plan: PressurePlan) -> None:
        self.clock, self.record, self.hub, self.plan = clock, record, hub, plan
        self.uncommitted = self.held = self.most_held = 0
        self.buckets = self.disk = _NORMAL
        self.pressed_polls = self.delay = 0
        if plan.version_bucket_size or plan.queue_drive_size:
            Actor(self._poll())

    def hold(self, size: int) -> None:
        """The queue database holds `size` bytes more (or less)."""
        self.held += size
        if self.held > self.most_held:
            self.most_held = self.held

    @property
    def level(self) -> backpressure.Level:
        """The pressure that refusals go by."""
        return backpressure.refusing_level(
            self.disk, self.buckets, self.pressed_polls, self.plan.delays_first
        )

    def refuses_connection(self) -> bool:
        """Whether a connection is refused."""
        return backpressure.refuses_connection(self.level, self.plan.delays_first)

    def refuses_mail_from(self, peer: Peer, sender_is_authoritative: bool) -> bool:
        """Whether MAIL FROM, or a mailbox submission, is refused."""
        return backpressure.refuses_mail_from(self.level, peer, sender_is_authoritative)

    def _poll(self) -> Life:
        plan, clock = self.plan, self.clock
        buckets = backpressure.VERSION_BUCKETS
        drive = plan.queue_drive_size
        disk = backpressure.disk_thresholds(drive) if drive else None
        while True:
            yield clock.at(clock.tick + plan.resource_monitoring_interval, CLOCK, self.hub)
            if plan.version_bucket_size:
                used = -(-self.uncommitted // plan.version_bucket_size)
                self.buckets = self._rated(Level.VERSION_BUCKETS, self.buckets, used, buckets)
                pressed = self.buckets is not _NORMAL
                self.pressed_polls = self.pressed_polls + 1 if pressed else 0
                if plan.delays_first:
                    self.delay = backpressure.mail_from_delay(self.delay, pressed)
            if disk is not None:
                use = backpressure.disk_use(self.most_held + plan.queue_drive_used, drive)
                self.disk = self._rated(Level.QUEUE_DISK, self.disk, use, disk)

    def _rated(
        self, what: Level, before: backpressure.Level, value: int, thresholds: Thresholds
    ) -> backpressure.Level:
        now = backpressure.level(before, value, thresholds)
        if now is not before:
            self.record.level(what, self.hub, self.clock.tick, int(now))
        return now
